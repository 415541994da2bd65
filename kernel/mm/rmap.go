package mm

import (
	"slices"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/state"
)

// The reverse map: from a frame to the page-table entries that map it. An entry is named by its physical address in
// units of its size, and the record of the table that it lies in tells whose it is and what it translates. Most frames
// have one entry, which Frames.Mapped names itself; only frames with more have a list. Linux mm/rmap.c

// Rmap is the entries that map a frame, when there are several.
type Rmap struct{ PTEs []uint32 } // sorted

const (
	pteShift = 3       // an entry has eight bytes
	rmapList = 1 << 31 // Frames.Mapped is the number of a list
)

// rmapAdd notes that the entry at pa maps frame f. Linux mm/rmap.c:folio_add_anon_rmap_ptes, folio_add_file_rmap_ptes
func (m *Manager) rmapAdd(f mem.Frame, pa uint64) {
	mapped, pte := &m.State.Frames.Mapped[f], uint32(pa>>pteShift)
	switch {
	case *mapped == 0:
		*mapped = pte
	case *mapped&rmapList == 0:
		id, r := m.State.Rmaps.Alloc()
		r.PTEs = []uint32{min(*mapped, pte), max(*mapped, pte)}
		*mapped = rmapList | uint32(id)
	default:
		r := m.rmap(f)
		at, _ := slices.BinarySearch(r.PTEs, pte)
		r.PTEs = slices.Insert(r.PTEs, at, pte)
	}
}

// rmapDel forgets that the entry at pa maps frame f. Linux mm/rmap.c:folio_remove_rmap_ptes
func (m *Manager) rmapDel(f mem.Frame, pa uint64) {
	mapped, pte := &m.State.Frames.Mapped[f], uint32(pa>>pteShift)
	if *mapped&rmapList == 0 {
		if *mapped != pte {
			panic("BUG: mm: an entry that is not in the reverse map")
		}
		*mapped = 0
		return
	}
	r := m.rmap(f)
	at, found := slices.BinarySearch(r.PTEs, pte)
	if !found {
		panic("BUG: mm: an entry that is not in the reverse map")
	}
	if r.PTEs = slices.Delete(r.PTEs, at, at+1); len(r.PTEs) > 1 {
		return
	}
	last := r.PTEs[0]
	m.State.Rmaps.Free(state.ID(*mapped &^ rmapList))
	*mapped = last
}

// rmap is the list of a frame with several entries.
func (m *Manager) rmap(f mem.Frame) *Rmap {
	return m.State.Rmaps.Get(state.ID(m.State.Frames.Mapped[f] &^ rmapList))
}

// MapCount is how many entries map frame f (Linux: folio_mapcount).
func (m *Manager) MapCount(f mem.Frame) int {
	switch mapped := m.State.Frames.Mapped[f]; {
	case mapped == 0:
		return 0
	case mapped&rmapList == 0:
		return 1
	}
	return len(m.rmap(f).PTEs)
}

// Mapping is one entry that maps a frame.
type Mapping struct {
	Space ASID
	VA    uint64 // of the page
	PTE   uint64 // physical address of the entry
	Huge  bool   // which is one of a page directory
}

// Mappings are the entries that map frame f, by their place in memory.
func (m *Manager) Mappings(f mem.Frame) []Mapping {
	mapped := m.State.Frames.Mapped[f]
	switch {
	case mapped == 0:
		return nil
	case mapped&rmapList == 0:
		return []Mapping{m.mapping(f, mapped)}
	}
	ptes := m.rmap(f).PTEs
	all := make([]Mapping, len(ptes))
	for i, pte := range ptes {
		all[i] = m.mapping(f, pte)
	}
	return all
}

// mapping reads whose entry it is, through which frame f is mapped, from the record of its table.
func (m *Manager) mapping(f mem.Frame, pte uint32) Mapping {
	pa := uint64(pte) << pteShift
	table := mem.FrameOf(pa)
	page, slot := m.State.Frames.Index[table]&(1<<48-1), pa&pageMask>>pteShift
	huge := m.inDirectory(pte)
	if huge {
		page += slot*HugeFrames + uint64(f%HugeFrames)
	} else {
		page += slot
	}
	return Mapping{Space: ASID(m.State.Frames.Owner[table]), VA: page << pageShift, PTE: pa, Huge: huge}
}

// unmapAll takes frame f out of every page table and leaves `instead` in its entries; it returns how many there were.
// Linux mm/rmap.c:try_to_unmap
func (m *Manager) unmapAll(f mem.Frame, instead uint64) int {
	all := m.Mappings(f)
	for _, w := range all {
		as := m.AS(w.Space)
		m.ram.Write64(w.PTE, instead)
		m.flush(w.Space, w.VA, w.VA+pageSize)
		m.account(as, f, -1)
		m.rmapDel(f, w.PTE)
		if instead != 0 {
			as.Swapped++
		}
		m.PutFrame(f)
	}
	return len(all)
}

// referenced tells whether frame f was used since it was last asked, and clears the marks. The TLB must forget the
// page, or a later use would leave none. Linux mm/rmap.c:folio_referenced
func (m *Manager) referenced(f mem.Frame) bool {
	young := m.State.Frames.Young[f]
	m.State.Frames.Young[f] = false
	mapped := m.State.Frames.Mapped[f]
	switch {
	case mapped == 0:
	case mapped&rmapList == 0:
		young = m.clearYoung(f, mapped) || young
	default:
		for _, pte := range m.rmap(f).PTEs {
			young = m.clearYoung(f, pte) || young
		}
	}
	return young
}

func (m *Manager) clearYoung(f mem.Frame, pte uint32) bool {
	pa := uint64(pte) << pteShift
	e := m.ram.Read64(pa)
	if e&mmu.A == 0 {
		return false
	}
	m.ram.Write64(pa, e&^mmu.A)
	w := m.mapping(f, pte)
	if w.Huge {
		m.flush(w.Space, w.VA&^hugeMask, w.VA&^hugeMask+hugeSize)
	} else {
		m.flush(w.Space, w.VA, w.VA+pageSize)
	}
	return true
}

// locked tells whether a mapping of frame f is kept in memory by mlock(2).
func (m *Manager) locked(f mem.Frame) bool {
	mapped := m.State.Frames.Mapped[f]
	switch {
	case mapped == 0:
		return false
	case mapped&rmapList == 0:
		return m.lockedAt(f, mapped)
	}
	return slices.ContainsFunc(m.rmap(f).PTEs, func(pte uint32) bool { return m.lockedAt(f, pte) })
}

func (m *Manager) lockedAt(f mem.Frame, pte uint32) bool {
	w := m.mapping(f, pte)
	v := m.AS(w.Space).Find(w.VA)
	return v != nil && v.Flags&VM_LOCKED != 0
}
