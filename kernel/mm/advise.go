package mm

import (
	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

// eachVMA calls fn for the mapped parts of [start, end); ENOMEM when there was a hole.
func (m *Manager) eachVMA(as *AddressSpace, start, end uint64, fn func(v *VMA, start, end uint64) abi.Errno) abi.Errno {
	hole := abi.OK
	for start < end {
		v := as.VMAs.at(as.VMAs.find(start)) // fn may cut and join VMAs
		if v == nil || v.Start >= end {
			return abi.ENOMEM
		}
		if v.Start > start {
			hole, start = abi.ENOMEM, v.Start
		}
		stop := min(end, v.End)
		if e := fn(v, start, stop); e != abi.OK {
			return e
		}
		start = stop
	}
	return hole
}

// Advise is madvise(2). Linux mm/madvise.c:do_madvise
func (m *Manager) Advise(id ASID, addr, length uint64, advice int) abi.Errno {
	if !knownAdvice(advice) || addr&pageMask != 0 || length != 0 && pageUp(length) == 0 {
		return abi.EINVAL
	}
	end := addr + pageUp(length)
	if end < addr {
		return abi.EINVAL
	}
	as := m.AS(id)
	return m.eachVMA(as, addr, end, func(v *VMA, start, end uint64) abi.Errno {
		return m.adviseVMA(as, v, start, end, advice)
	})
}

func knownAdvice(advice int) bool {
	return advice >= abi.MADV_NORMAL && advice <= abi.MADV_WILLNEED || advice == abi.MADV_DONTNEED || advice == abi.MADV_FREE ||
		advice == abi.MADV_REMOVE || advice == abi.MADV_DONTNEED_LOCKED || advice >= abi.MADV_DONTFORK && advice <= abi.MADV_DOFORK ||
		advice >= abi.MADV_HUGEPAGE && advice <= abi.MADV_POPULATE_WRITE
}

func (m *Manager) adviseVMA(as *AddressSpace, v *VMA, start, end uint64, advice int) abi.Errno {
	switch advice {
	case abi.MADV_FREE:
		if v.Object != 0 {
			return abi.EINVAL
		}
		m.zap(as, start, end) // MADV_FREE may free at once
	case abi.MADV_DONTNEED:
		if v.Flags&VM_LOCKED != 0 {
			return abi.EINVAL
		}
		m.zap(as, start, end)
	case abi.MADV_DONTNEED_LOCKED:
		m.zap(as, start, end)
	case abi.MADV_REMOVE:
		return m.removePages(v, start, end)
	case abi.MADV_COLD, abi.MADV_PAGEOUT:
		if v.Flags&VM_LOCKED != 0 {
			return abi.EINVAL
		}
		m.pageOut(as, start, end, advice == abi.MADV_PAGEOUT)
	case abi.MADV_POPULATE_READ, abi.MADV_POPULATE_WRITE:
		write := advice == abi.MADV_POPULATE_WRITE
		if v.Flags&vmAccess == 0 || write && v.Flags&VM_WRITE == 0 {
			return abi.EINVAL
		}
		return m.populateFor(as, start, end, write)
	case abi.MADV_WIPEONFORK:
		if v.Object != 0 {
			return abi.EINVAL
		}
	}
	if f, ok := adviceFlags(advice); ok {
		return m.reflag(as, start, end, v.Flags&^f.clear|f.set)
	}
	return abi.OK
}

// removePages makes a hole in what is shared: for everybody the pages are zero. Files are cut with fallocate(2) only.
// Linux mm/madvise.c:madvise_remove
func (m *Manager) removePages(v *VMA, start, end uint64) abi.Errno {
	switch {
	case v.Flags&VM_LOCKED != 0, v.Object == 0:
		return abi.EINVAL
	case v.Flags&(VM_SHARED|VM_MAYWRITE) != VM_SHARED|VM_MAYWRITE:
		return abi.EACCES
	case v.Object&ShmemBit == 0:
		return abi.EOPNOTSUPP
	}
	m.shmemDrop(m.shmem(v.Object), v.Index(start), v.Index(end))
	return abi.OK
}

// flagChange is what an advice does to VMA.Flags.
type flagChange struct{ set, clear uint32 }

// adviceFlags are the advices that only mark the VMA. Linux mm/madvise.c:madvise_vma_behavior
func adviceFlags(advice int) (flagChange, bool) {
	switch advice {
	case abi.MADV_NORMAL:
		return flagChange{0, VM_SEQ_READ | VM_RAND_READ}, true
	case abi.MADV_SEQUENTIAL:
		return flagChange{VM_SEQ_READ, VM_RAND_READ}, true
	case abi.MADV_RANDOM:
		return flagChange{VM_RAND_READ, VM_SEQ_READ}, true
	case abi.MADV_DONTFORK:
		return flagChange{VM_DONTCOPY, 0}, true
	case abi.MADV_DOFORK:
		return flagChange{0, VM_DONTCOPY}, true
	case abi.MADV_WIPEONFORK:
		return flagChange{VM_WIPEONFORK, 0}, true
	case abi.MADV_KEEPONFORK:
		return flagChange{0, VM_WIPEONFORK}, true
	case abi.MADV_DONTDUMP:
		return flagChange{VM_DONTDUMP, 0}, true
	case abi.MADV_DODUMP:
		return flagChange{0, VM_DONTDUMP}, true
	case abi.MADV_HUGEPAGE:
		return flagChange{VM_HUGEPAGE, VM_NOHUGEPAGE}, true
	case abi.MADV_NOHUGEPAGE:
		return flagChange{VM_NOHUGEPAGE, VM_HUGEPAGE}, true
	}
	return flagChange{}, false
}

// populateFor touches pages, as many as memory has: more would only throw out what it has just brought.
func (m *Manager) populateFor(as *AddressSpace, start, end uint64, write bool) abi.Errno {
	if most := uint64(m.ram.Frames()) << pageShift; end-start > most {
		end = start + most
	}
	for va := start; va < end; va += pageSize {
		if _, e := m.reach(as, va, write); e != abi.OK {
			return e
		}
	}
	return abi.OK
}

// reflag gives [start, end), which lies in one VMA, other flags.
func (m *Manager) reflag(as *AddressSpace, start, end uint64, flags uint32) abi.Errno {
	if e := m.splitRange(as, start, end); e != abi.OK {
		return e
	}
	m.setFlags(as, as.Find(start), flags)
	m.mergeAround(as, start, end)
	return abi.OK
}

// Incore is mincore(2): one byte per page, 1 when the page is in memory. Linux mm/mincore.c
func (m *Manager) Incore(id ASID, addr, length uint64) ([]byte, abi.Errno) {
	if addr&pageMask != 0 {
		return nil, abi.EINVAL
	}
	as := m.AS(id)
	if !as.accessOK(addr, length) {
		return nil, abi.ENOMEM
	}
	var vec []byte
	for va := addr; va < addr+length; va += pageSize {
		v := as.Find(va)
		if v == nil {
			return nil, abi.ENOMEM
		}
		vec = append(vec, m.incore(as, v, va))
	}
	return vec, abi.OK
}

func (m *Manager) incore(as *AddressSpace, v *VMA, va uint64) byte {
	if m.inMemory(as, v, va) {
		return 1
	}
	return 0
}

// inMemory tells whether touching the page needs no disk. Linux mm/mincore.c:mincore_pte_range
func (m *Manager) inMemory(as *AddressSpace, v *VMA, va uint64) bool {
	if pte, _, ok := m.leaf(as, va); ok {
		switch e := m.ram.Read64(pte); {
		case mapped(e):
			return true
		case IsSwap(e):
			a, n := m.swapArea(SwapOf(e))
			return a.Cache[n] != 0
		}
	}
	switch {
	case v.Object == 0:
		return false
	case v.Object&ShmemBit == 0:
		return m.cached(v.Object, v.Index(va))
	}
	p := m.shmem(v.Object).page(v.Index(va))
	return p != nil && p.Frame != 0
}

// Sync is msync(2): it returns the objects whose dirty pages the caller must write back now.
// Linux mm/msync.c
func (m *Manager) Sync(id ASID, addr, length uint64, flags uint32) ([]uint32, abi.Errno) {
	const all = abi.MS_ASYNC | abi.MS_INVALIDATE | abi.MS_SYNC
	if flags&^all != 0 || addr&pageMask != 0 || flags&(abi.MS_ASYNC|abi.MS_SYNC) == abi.MS_ASYNC|abi.MS_SYNC {
		return nil, abi.EINVAL
	}
	end := addr + pageUp(length)
	if end < addr {
		return nil, abi.ENOMEM
	}
	var objs []uint32
	as := m.AS(id)
	e := m.eachVMA(as, addr, end, func(v *VMA, _, _ uint64) abi.Errno {
		if flags&abi.MS_INVALIDATE != 0 && v.Flags&VM_LOCKED != 0 {
			return abi.EBUSY
		}
		if flags&abi.MS_SYNC != 0 && v.Flags&VM_SHARED != 0 && v.Object&ShmemBit == 0 {
			objs = append(objs, v.Object)
		}
		return abi.OK
	})
	return objs, e
}

// ZapObject unmaps the object's pages from index first on, everywhere, copies included: the file became shorter.
// Linux mm/memory.c:unmap_mapping_range
func (m *Manager) ZapObject(obj uint32, first uint64) {
	m.eachMapping(obj, func(as *AddressSpace, v *VMA) {
		start := v.Start
		if from := first << pageShift; from > v.Off {
			start += min(from-v.Off, v.Len())
		}
		m.zap(as, start, v.End)
	})
}

// CleanObject takes write permission and the dirty bit from the object's shared mappings, so that the next write is
// noticed: its pages were just written back. Linux mm/rmap.c:folio_mkclean
func (m *Manager) CleanObject(obj uint32) {
	m.eachMapping(obj, func(as *AddressSpace, v *VMA) {
		if v.Flags&VM_SHARED == 0 {
			return
		}
		m.eachPTE(as, v.Start, v.End, func(_, pa, e uint64) { m.ram.Write64(pa, e&^(mmu.W|mmu.D)) })
		m.flush(as.ID, v.Start, v.End)
	})
}

func (m *Manager) eachMapping(obj uint32, fn func(as *AddressSpace, v *VMA)) {
	for id := ASID(1); int(id) <= m.State.Spaces.Len(); id++ {
		as := m.AS(id)
		if as == nil {
			continue
		}
		for v := range as.VMAs.All() {
			if v.Object == obj {
				fn(as, v)
			}
		}
	}
}
