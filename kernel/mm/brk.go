package mm

import "vitrine/kernel/abi"

// Brk is brk(2): it returns the program break, unchanged when the wish cannot be met. Linux mm/mmap.c
func (m *Manager) Brk(id ASID, brk uint64) uint64 {
	as := m.AS(id)
	if brk < as.StartBrk || brk > as.TaskSize || brk-as.StartBrk+as.EndData-as.StartData > as.Limits.Data {
		return as.Brk
	}
	old, end := pageUp(as.Brk), pageUp(brk)
	switch {
	case end < old:
		if m.Unmap(id, end, old-end) != abi.OK {
			return as.Brk
		}
	case end > old:
		if m.growHeap(as, old, end) != abi.OK {
			return as.Brk
		}
	}
	as.Brk = brk
	if end > old && as.DefFlags&VM_LOCKED != 0 {
		m.populate(as, old, end)
	}
	return brk
}

// growHeap is Linux mm/vma.c:do_brk_flags.
func (m *Manager) growHeap(as *AddressSpace, start, end uint64) abi.Errno {
	if v := as.VMAs.at(as.VMAs.find(start)); v != nil && v.guardStart() < end+pageSize {
		return abi.ENOMEM
	}
	v := VMA{Start: start, End: end, Flags: VM_READ | VM_WRITE | vmMay | as.DefFlags}
	if as.ReadImpliesExec {
		v.Flags |= VM_EXEC
	}
	if !as.mayLock(end-start, v.Flags) {
		return abi.EAGAIN
	}
	if e := as.mayExpand(end-start, 0, v.Flags); e != abi.OK {
		return e
	}
	if as.VMAs.Len() > MaxMapCount || !m.enough(as, (end-start)>>pageShift) {
		return abi.ENOMEM
	}
	v.Flags |= VM_ACCOUNT
	m.insert(as, v)
	return abi.OK
}
