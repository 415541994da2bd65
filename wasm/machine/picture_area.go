package main

import (
	"sort"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
	"vitrine/wasm/view"
)

// maxCells is how many cells an area is cut into at most.
const maxCells = 512

// frameOf is the frame that an entry of a page names.
func frameOf(entry uint64) mem.Frame { return mem.FrameOf(entry & mmu.AddrMask) }

// cells collects what the pages of an area are, as many of them as one cell stands for.
type cells struct {
	a    *view.Region
	kind [][view.NumPages]uint16
}

// readArea reads how the pages of an area stand, and notes in own which frames they are in.
func (p *picture) readArea(as *mm.AddressSpace, v *mm.VMA, own []uint64, names *names) view.Region {
	a := view.Region{Start: v.Start, End: v.End, Prot: v.Perms(), Name: as.Name(v), Per: 1}
	if v.Object != 0 {
		a.Name, a.Offset = names.of(v.Object), v.Off
	}
	pages := a.Pages()
	for pages > maxCells*uint64(a.Per) {
		a.Per *= 2
	}
	n := int((pages + uint64(a.Per) - 1) / uint64(a.Per))
	c := cells{&a, make([][view.NumPages]uint16, n)}
	a.Cells, a.Frames = make([]uint8, n), make([]uint32, n)
	p.comp.K.MM.EachPage(as, v.Start, v.End, func(va, entry uint64) { p.page(&c, va, entry, own) })
	p.waiting(&c, v)
	c.close()
	return a
}

// page takes in one entry.
func (p *picture) page(c *cells, va, entry uint64, own []uint64) {
	i := c.a.Cell(va)
	kind := view.PageSwapped
	if mm.IsSwap(entry) {
		c.a.Swapped++
		if c.a.Cells[i] == 0 {
			c.a.Frames[i] = mm.SwapOf(entry).Page()
		}
	} else {
		f := frameOf(entry)
		if c.kind[i] == [view.NumPages]uint16{} || c.a.Cells[i]&uint8(view.PageKind) == uint8(view.PageSwapped) {
			c.a.Frames[i] = uint32(f)
		}
		kind = p.pageKind(f, entry)
		own[f/64] |= 1 << (f % 64)
		c.a.Present++
		c.a.Cells[i] |= entryFlags(entry)
		if p.comp.K.MM.MapCount(f) > 1 {
			c.a.Cells[i] |= uint8(view.PageMany)
		}
	}
	c.kind[i][kind]++
}

// entryFlags are the bits of a page's entry that are told.
func entryFlags(entry uint64) (flags uint8) {
	for _, b := range []struct {
		bit  uint64
		page view.Page
	}{{mmu.W, view.PageWritable}, {mmu.A, view.PageAccessed}, {mmu.D, view.PageDirty}} {
		if entry&b.bit != 0 {
			flags |= uint8(b.page)
		}
	}
	return flags
}

// pageKind says how a page stands that is in frame f.
func (p *picture) pageKind(f mem.Frame, entry uint64) view.Page {
	m := p.comp.K.MM
	switch use := m.State.Frames.Use[f]; {
	case f == m.State.ZeroPage:
		return view.PageZero
	case use == mm.SharedMemory:
		return view.PageShared
	case use == mm.PageCache:
		return view.PageFile
	case entry&mmu.W == 0 && m.MapCount(f) > 1:
		return view.PageCow
	}
	return view.PageAnon
}

// waiting marks the pages of a file that are in memory and not in the page table.
func (p *picture) waiting(c *cells, v *mm.VMA) {
	if v.Object == 0 || v.Object&mm.ShmemBit != 0 {
		return
	}
	in := p.comp.K.VFS.S.Inodes.Get(vfs.InodeID(v.Object))
	if in == nil {
		return
	}
	first, end := v.Index(v.Start), v.Index(v.Start)+c.a.Pages()
	from := sort.Search(len(in.Pages), func(i int) bool { return in.Pages[i].Index >= first })
	for i := from; i < len(in.Pages) && in.Pages[i].Index < end; i++ {
		cell := int((in.Pages[i].Index - first) / uint64(c.a.Per))
		if in.Pages[i].Frame != 0 && c.kind[cell] == [view.NumPages]uint16{} {
			c.a.Cells[cell] = uint8(view.PageWaiting)
		}
	}
}

// close says of each cell how most of its pages stand.
func (c *cells) close() {
	if c.a.Per > 1 {
		c.a.Filled = make([]uint8, len(c.kind))
	}
	for i := range c.kind {
		best, present := view.PageNone, uint32(0)
		for kind, n := range c.kind[i] {
			if n > c.kind[i][best] {
				best = view.Page(kind)
			}
			if view.Page(kind) != view.PageSwapped {
				present += uint32(n)
			}
		}
		if best != view.PageNone {
			c.a.Cells[i] |= uint8(best)
		}
		if c.a.Per > 1 {
			c.a.Filled[i] = uint8(present * 255 / c.a.Per)
		}
	}
}
