package mm

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// Locked pages never leave memory: evictable looks at the mark of the VMA. Linux mm/mlock.c

const vmLock = VM_LOCKED | VM_LOCKONFAULT

// Lock is mlock(2), and mlock2(2) with MLOCK_ONFAULT: then pages stay once they are there, but are not fetched.
// Linux mm/mlock.c:do_mlock
func (m *Manager) Lock(id ASID, addr, length uint64, onFault bool) abi.Errno {
	as := m.AS(id)
	if as.Limits.Memlock == 0 && !as.capable(abi.CAP_IPC_LOCK) {
		return abi.EPERM
	}
	start, end := lockRange(addr, length)
	locked := as.Locked<<pageShift + (end - start)
	if locked > as.Limits.Memlock && !as.capable(abi.CAP_IPC_LOCK) {
		locked -= as.lockedIn(start, end)
	}
	if locked > as.Limits.Memlock && !as.capable(abi.CAP_IPC_LOCK) {
		return abi.ENOMEM
	}
	flags := uint32(VM_LOCKED)
	if onFault {
		flags = vmLock
	}
	if e := m.setLock(as, start, end, flags); e != abi.OK {
		return e
	}
	return lockErrno(m.populateAll(as, start, end))
}

// Unlock is munlock(2).
func (m *Manager) Unlock(id ASID, addr, length uint64) abi.Errno {
	start, end := lockRange(addr, length)
	return m.setLock(m.AS(id), start, end, 0)
}

// LockAll is mlockall(2); current and future say what, onFault how.
func (m *Manager) LockAll(id ASID, current, future, onFault bool) abi.Errno {
	as := m.AS(id)
	if !as.capable(abi.CAP_IPC_LOCK) {
		switch {
		case as.Limits.Memlock == 0:
			return abi.EPERM
		case current && as.Total<<pageShift > as.Limits.Memlock:
			return abi.ENOMEM
		}
	}
	flags := uint32(VM_LOCKED)
	if onFault {
		flags = vmLock
	}
	if as.DefFlags = 0; future {
		as.DefFlags = flags
	}
	if !current {
		return abi.OK
	}
	m.lockEverything(as, flags)
	m.populate(as, 0, as.TaskSize)
	return abi.OK
}

// UnlockAll is munlockall(2).
func (m *Manager) UnlockAll(id ASID) {
	as := m.AS(id)
	as.DefFlags = 0
	m.lockEverything(as, 0)
}

func (m *Manager) lockEverything(as *AddressSpace, flags uint32) {
	for v := range as.VMAs.All() {
		m.setFlags(as, v, v.Flags&^vmLock|flags)
	}
	for va := uint64(0); ; {
		v := as.VMAs.at(as.VMAs.find(va))
		if v == nil {
			return
		}
		va = v.End
		m.mergeAround(as, v.Start, v.End)
	}
}

// lockRange widens a range to whole pages. A range without an end is empty.
func lockRange(addr, length uint64) (start, end uint64) {
	start = addr &^ pageMask
	return start, start + pageUp(length+addr&pageMask)
}

// setLock replaces the marks of [start, end); ENOMEM at the first hole. Linux mm/mlock.c:apply_vma_lock_flags
func (m *Manager) setLock(as *AddressSpace, start, end uint64, flags uint32) abi.Errno {
	if end < start {
		return abi.EINVAL
	}
	for start < end {
		v := as.Find(start)
		if v == nil {
			return abi.ENOMEM
		}
		stop := min(end, v.End)
		if e := m.reflag(as, start, stop, v.Flags&^vmLock|flags); e != abi.OK {
			return e
		}
		start = stop
	}
	return abi.OK
}

// unlock takes the marks away, if there are any.
func (m *Manager) unlock(as *AddressSpace, start, end uint64) {
	if v := as.Find(start); v != nil && v.Flags&VM_LOCKED != 0 {
		m.setLock(as, start, end, 0)
	}
}

// lockedIn is how many bytes of [start, end) are locked already. Linux mm/mlock.c:count_mm_mlocked_page_nr
func (as *AddressSpace) lockedIn(start, end uint64) uint64 {
	n := uint64(0)
	l := &as.VMAs
	for p := l.find(start); ; p = l.next(p) {
		v := l.at(p)
		if v == nil || v.Start >= end {
			return n
		}
		if v.Flags&VM_LOCKED != 0 {
			n += min(v.End, end) - max(v.Start, start)
		}
	}
}

// lockErrno is what POSIX wants to hear. Linux mm/mlock.c:__mlock_posix_error_return
func lockErrno(e abi.Errno) abi.Errno {
	switch e {
	case abi.EFAULT:
		return abi.ENOMEM
	case abi.ENOMEM:
		return abi.EAGAIN
	}
	return e
}

// populate touches every page of a range, as MAP_POPULATE asks; what cannot be had is left.
// Linux mm/gup.c:__mm_populate
func (m *Manager) populate(as *AddressSpace, start, end uint64) {
	m.eachVMA(as, start, end, func(v *VMA, start, end uint64) abi.Errno {
		m.populateVMA(as, v, start, end)
		return abi.OK
	})
}

// populateAll is populate that ends at the first page that cannot be had.
func (m *Manager) populateAll(as *AddressSpace, start, end uint64) abi.Errno {
	return m.eachVMA(as, start, end, func(v *VMA, start, end uint64) abi.Errno {
		return m.populateVMA(as, v, start, end)
	})
}

// populateVMA touches pages of one VMA: those that a write would copy, by a write.
// Linux mm/gup.c:populate_vma_page_range
func (m *Manager) populateVMA(as *AddressSpace, v *VMA, start, end uint64) abi.Errno {
	if v.Flags&VM_LOCKONFAULT != 0 {
		return abi.OK
	}
	return m.populateFor(as, start, end, v.Flags&(VM_WRITE|VM_SHARED) == VM_WRITE)
}

// LockedFrames is how many frames mlock(2) keeps in memory (Linux: NR_MLOCK).
func (m *Manager) LockedFrames() (n uint64) {
	any := false
	for id := ASID(1); int(id) <= m.State.Spaces.Len(); id++ {
		as := m.AS(id)
		any = any || as != nil && as.Locked != 0
	}
	for f := mem.Frame(0); any && int(f) < m.ram.Frames(); f++ {
		if m.locked(f) {
			n++
		}
	}
	return n
}
