package mm

import (
	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

// Fork makes a copy of an address space that shares its frames until one side writes. Linux kernel/fork.c:dup_mmap
func (m *Manager) Fork(src ASID) (ASID, abi.Errno) {
	id, e := m.NewAS(m.AS(src).Limits)
	if e != abi.OK {
		return 0, e
	}
	from, to := m.AS(src), m.AS(id)
	root, tables := to.Root, to.Tables
	*to = *from
	to.ID, to.Users, to.Root, to.Tables = id, 1, root, tables
	to.RSSAnon, to.RSSFile, to.RSSShmem, to.PeakRSS, to.Swapped = 0, 0, 0, 0, 0
	to.Huge, to.Deposits = 0, nil
	to.VMAs, to.DefFlags = VMAList{}, 0
	to.Total, to.PeakTotal, to.Data, to.Exec, to.Stack, to.Locked = 0, 0, 0, 0, 0, 0
	for v := range from.VMAs.All() {
		if e := m.dupVMA(from, to, v); e != abi.OK {
			m.Free(id)
			return 0, e
		}
	}
	m.flush(src, 0, TaskSize)
	return id, abi.OK
}

// dupVMA gives the child the mapping, and those of its pages that a fault could not find again.
func (m *Manager) dupVMA(from, to *AddressSpace, v *VMA) abi.Errno {
	if v.Flags&VM_DONTCOPY != 0 {
		return abi.OK
	}
	if v.Flags&VM_ACCOUNT != 0 && !m.enough(from, v.Len()>>pageShift) {
		return abi.ENOMEM
	}
	w := *v
	w.Flags &^= vmLock
	if v.Flags&VM_WIPEONFORK != 0 {
		w.HasAnon = false
	}
	m.objGet(w.Object)
	m.count(to, w.Flags, int64(w.Len()>>pageShift))
	to.VMAs.insert(w)
	if !w.HasAnon {
		return abi.OK // Linux mm/memory.c:vma_needs_copy: faults will fill it from the same object
	}
	return m.copyPageRange(from, to, v)
}

// copyPageRange copies the entries of v. Where a write must not be seen by the other side both lose W.
// Linux mm/memory.c:copy_page_range, copy_present_pte
func (m *Manager) copyPageRange(from, to *AddressSpace, v *VMA) abi.Errno {
	failed := abi.OK
	small := func(va, pa, _ uint64) {
		if failed != abi.OK {
			return
		}
		dst, ok := m.pteAlloc(to, va)
		if !ok {
			failed = abi.ENOMEM
			return
		}
		e := m.ram.Read64(pa) // the page may have left to make room for the table
		if e == 0 {
			return
		}
		m.State.Counters.PTECopied++
		if IsSwap(e) {
			m.swapDup(SwapOf(e))
			to.Swapped++
			m.ram.Write64(dst, e)
			return
		}
		if v.IsCOW() && e&mmu.W != 0 {
			e = e&^mmu.W | mmu.COW
			m.ram.Write64(pa, e)
		}
		if f := pteFrame(e); f != m.State.ZeroPage {
			m.GetFrame(f)
			m.account(to, f, 1)
			m.rmapAdd(f, dst)
		}
		m.ram.Write64(dst, e&^mmu.A)
	}
	m.eachLeaf(from, v.Start, v.End, func(va, pa, e, size uint64) {
		if size == pageSize {
			small(va, pa, e)
			return
		}
		if failed != abi.OK {
			return
		}
		ok, huge := m.copyHuge(to, va, pa)
		switch {
		case !ok:
			failed = abi.ENOMEM
		case !huge:
			m.eachEntry(from, va, va+hugeSize, small)
		}
	})
	return failed
}
