package main

import (
	"cmp"
	"math/bits"
	"slices"

	"vitrine/engine/mem"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// shownFiles is how many files of the page cache are told by name.
const shownFiles = 8

// files lists the files of which most is in memory.
func (p *picture) files(v *view.Memory, names *names) {
	type cached struct {
		id    uint32
		pages uint32
		size  uint64
	}
	var all []cached
	inodes := &p.comp.K.VFS.S.Inodes
	for i := range inodes.Slots {
		in := &inodes.Slots[i]
		if !in.Used || len(in.V.Pages) == 0 {
			continue
		}
		c := cached{id: uint32(i + 1), size: (in.V.Size + mem.FrameMask) >> mem.FrameShift}
		for j := range in.V.Pages {
			if in.V.Pages[j].Frame != 0 {
				c.pages++
			}
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b cached) int { return cmp.Or(cmp.Compare(b.pages, a.pages), cmp.Compare(a.id, b.id)) })
	for i, c := range all {
		if i < shownFiles {
			v.Files = append(v.Files, view.CachedFile{Name: names.of(c.id), Pages: c.pages, Size: c.size})
			continue
		}
		v.More.Pages += c.pages
		v.More.Size++
	}
}

// readRoom tells how memory is kept from running out.
func (p *picture) readRoom(v *view.Room) {
	m := p.comp.K.MM
	r := &m.State.Reclaim
	v.Policy, v.Hand, v.Low, v.High = r.Policy.String(), uint32(r.Hand), r.Low, r.High
	v.Free = m.State.Frames.Count[mm.Free]
	if r.Policy != mm.Clock {
		v.Oldest, v.Age = p.oldest(r.Policy == mm.LRU)
	}
	p.pressure.view(v, p.comp.M.Now())
}

// oldest finds the page that was not used for the longest, or that came first, among those that can leave memory.
func (p *picture) oldest(lru bool) (frame uint32, age uint8) {
	fr := &p.comp.K.MM.State.Frames
	first := ^uint64(0)
	for w := range fr.Moving[0] {
		for word := fr.Moving[0][w] | fr.Moving[1][w]; word != 0; word &= word - 1 {
			f := w*64 + bits.TrailingZeros64(word)
			if lru && fr.Age[f] < age {
				continue
			}
			if lru && fr.Age[f] > age || fr.Loaded[f] < first {
				frame, age, first = uint32(f), fr.Age[f], fr.Loaded[f]
			}
		}
	}
	return frame, age
}

// maxSwapCells is how many cells a swap area is cut into at most.
const maxSwapCells = 512

// swapAreas tells which slots are in use, and whose pages are in them.
func (p *picture) swapAreas(v *view.Memory) {
	m := p.comp.K.MM
	at := [mm.MaxSwap]int{}
	for i := range m.State.Swap {
		at[i] = -1
		if a := &m.State.Swap[i]; a.On {
			at[i] = len(v.Swap)
			v.Swap = append(v.Swap, swapArea(a))
		}
	}
	if len(v.Swap) == 0 {
		return
	}
	for _, t := range p.owners() {
		as := m.AS(t.ASID)
		if as.Swapped == 0 {
			continue
		}
		who := func(va, entry uint64) {
			if !mm.IsSwap(entry) {
				return
			}
			s := mm.SwapOf(entry)
			a := &v.Swap[at[s.Area()]]
			if c := &a.Cells[s.Page()/a.Per]; c.PID == 0 {
				c.PID, c.VA = t.PID, va
			}
		}
		for area := range as.VMAs.All() {
			m.EachPage(as, area.Start, area.End, who)
		}
	}
}

func swapArea(a *mm.SwapArea) view.SwapArea {
	v := view.SwapArea{Path: a.Path, Prio: a.Prio, Slots: a.Pages, Used: a.Used, Per: 1}
	for len(a.Count) > maxSwapCells*int(v.Per) {
		v.Per *= 2
	}
	v.Cells = make([]view.SwapCell, (uint32(len(a.Count))+v.Per-1)/v.Per)
	for i := 1; i < len(a.Count); i++ { // page 0 is the header
		c := &v.Cells[uint32(i)/v.Per]
		if a.Count[i] != 0 && a.Count[i] != swapBad || a.Cache[i] != 0 {
			c.Used++
		}
		if a.Cache[i] != 0 {
			c.Cached++
		}
	}
	return v
}

// swapBad marks a slot that is never used. Linux include/linux/swap.h:SWAP_MAP_BAD
const swapBad = 1 << 31
