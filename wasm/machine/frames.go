package main

import (
	"bytes"

	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/wasm/view"
)

// frames is what an onlooker finds out about physical memory from the machine alone: which frames are written, what the
// present tables reach, what holds nothing. The CPU marks what it writes; everything else is looked up.
type frames struct {
	known     []uint8  // known… bits, one byte a frame: whether it was written is in derived
	reach     []uint8  // reach… bits, of the last look at the tables
	at        []uint64 // Now when it was last seen written, 0 never
	by        []uint64 // the instruction that wrote, 0 when several ran
	who       []uint16 // PID then
	unchecked int      // frames of which it is not known whether they hold anything
	drawn     uint64   // instructions retired at the last picture
	next      int      // where looking for zeros goes on

	asked bool   // the reader chose the frame
	frame uint32 // the one that is told of
	pages []view.Mapping
	more  int // mappings beyond those in pages
}

const (
	knownChecked = 1 << iota // knownZero is right
	knownZero
)

const (
	reachTable = 1 << iota // a page table
	reachUser              // a page of ring 3
	reachPage
)

func (fr *frames) init(n int) {
	*fr = frames{known: make([]uint8, n), reach: make([]uint8, n), at: make([]uint64, n), by: make([]uint64, n), who: make([]uint16, n)}
}

// was tells whether a frame was written since power-on.
func (p *picture) was(i int) bool { return p.derived.written[i/64]>>(i%64)&1 != 0 }

// forget forgets when and by whom frames were written.
func (fr *frames) forget() {
	clear(fr.at)
	clear(fr.by)
	clear(fr.who)
}

// returned forgets what was seen later than now, and what frames hold that have another content now. written is of the
// moment already.
func (fr *frames) returned(ram *mem.RAM, now uint64, written []uint64) {
	fr.unchecked, fr.drawn = 0, 0
	for i, m := range ram.Marks {
		if m&mem.MarkFresh != 0 {
			ram.Marks[i] = m &^ mem.MarkFresh
			fr.known[i] = 0
		}
		if fr.at[i] > now {
			fr.at[i], fr.by[i], fr.who[i] = 0, 0, 0
		}
		if written[i/64]>>(i%64)&1 != 0 && fr.known[i]&knownChecked == 0 {
			fr.unchecked++
		}
	}
}

// written collects the frames written since the last picture as a bitmap, and makes the CPU tell of the next ones.
func (p *picture) written() []uint64 {
	ram, fr := p.comp.M.RAM, &p.frames
	var bits []uint64
	by, now, who := uint64(0), p.comp.M.Now(), p.comp.M.Trace.Task
	if p.s.stepped && p.s.prev.Retired == fr.drawn { // nothing else ran since the last picture
		by = p.s.prev.RIP
	}
	fr.drawn = p.comp.M.CPU.S.Retired
	last, found := uint32(0), false
	stack := mem.Frame(^uint32(0))
	if pa, ok := p.physical(p.comp.M.CPU.S.R[cpu.RSP]); ok && by == 0 {
		stack = mem.FrameOf(pa) // after many instructions the stack says most
	}
	for i, m := range ram.Marks {
		if m&mem.MarkFresh == 0 {
			continue
		}
		ram.Marks[i] = m &^ mem.MarkFresh
		if bits == nil {
			bits = make([]uint64, (len(ram.Marks)+63)/64)
		}
		bits[i/64] |= 1 << (i % 64)
		if !p.was(i) || fr.known[i]&knownChecked != 0 {
			fr.unchecked++
		}
		fr.known[i] &^= knownChecked | knownZero
		p.derived.written[i/64] |= 1 << (i % 64)
		fr.at[i], fr.by[i], fr.who[i] = max(now, 1), by, who
		if last != uint32(stack) && (!found || mem.Frame(i) == stack || fr.reach[i]&reachTable == 0) {
			last, found = uint32(i), true
		}
	}
	if bits != nil {
		p.comp.M.CPU.Watch()
	}
	if found && !fr.asked {
		fr.frame = last
	}
	return bits
}

// maxEntries bounds how much of the tables is read for a picture.
const maxEntries = 1 << 20

// maxMappings is how many addresses of a frame are told.
const maxMappings = 6

// look walks all tables that CR3 names: what they reach, and where the chosen frame is mapped.
func (p *picture) look() {
	fr, ram := &p.frames, p.comp.M.RAM
	clear(fr.reach)
	fr.pages, fr.more = fr.pages[:0], 0
	root := p.comp.M.CPU.S.Root()
	chosen := mem.Frame(fr.frame).Addr()
	mmu.Tree(ram, root, maxEntries, func(n mmu.Node) {
		if n.Table {
			fr.reach[mem.FrameOf(n.Phys)] |= reachTable
			return
		}
		size := root.Mode.PageSize(n.Level)
		if chosen >= n.Phys && chosen-n.Phys < size {
			if len(fr.pages) < maxMappings {
				fr.pages = append(fr.pages, view.Mapping{VA: n.VA + chosen - n.Phys, Entry: n.Entry, Perm: n.Perm, Page: size})
			} else {
				fr.more++
			}
		}
		bits := uint8(reachPage)
		if n.Perm&mmu.U != 0 {
			bits |= reachUser
		}
		first, count := int(n.Phys>>mem.FrameShift), int(size>>mem.FrameShift)
		for i := first; i < min(first+count, len(fr.reach)); i++ {
			fr.reach[i] |= bits
		}
	})
}

// zerosAtOnce is how many frames are looked through for a picture.
const zerosAtOnce = 512

// zeros finds out, a few frames at a time, which of the written frames hold nothing.
func (p *picture) zeros() {
	fr, ram := &p.frames, p.comp.M.RAM
	if fr.unchecked == 0 {
		return
	}
	var empty [mem.FrameSize]byte
	for left, steps := zerosAtOnce, len(fr.known); left > 0 && steps > 0 && fr.unchecked > 0; steps-- {
		i := fr.next
		fr.next = (fr.next + 1) % len(fr.known)
		if !p.was(i) || fr.known[i]&knownChecked != 0 {
			continue
		}
		left--
		fr.known[i] |= knownChecked
		fr.unchecked--
		if bytes.Equal(ram.Page(mem.Frame(i)), empty[:]) {
			fr.known[i] |= knownZero
		}
	}
}

// ROM's place below 1 MiB, in frames.
const (
	romFirst = 0xf0000 >> mem.FrameShift
	romLast  = 0xfffff >> mem.FrameShift
)

// fact is what the machine knows of a frame without the kernel's help.
func (p *picture) fact(i int) view.Use {
	fr := &p.frames
	switch {
	case i >= romFirst && i <= romLast:
		return view.UseROM
	case fr.reach[i]&reachTable != 0:
		return view.UsePageTable
	case fr.reach[i]&reachUser != 0:
		return view.UseUser
	case p.comp.M.RAM.Marks[i]&mem.MarkCode != 0:
		return view.UseCode
	case !p.was(i):
		return view.UseUntouched
	case fr.known[i]&knownZero != 0:
		return view.UseZero
	}
	return view.UseBoot
}
