package mm

import (
	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

// Map is mmap(2) of an object that may be read, written and executed; 0 is anonymous memory.
func (m *Manager) Map(id ASID, addr, length uint64, prot, flags, obj uint32, off uint64) (uint64, abi.Errno) {
	return m.MapFile(id, addr, length, prot, flags, obj, off, vmMay)
}

// MapFile is mmap(2) with what the file descriptor allows: may is a set of VM_MAYREAD, VM_MAYWRITE (the file is
// open for writing) and VM_MAYEXEC (its mount is not noexec). Linux mm/mmap.c:do_mmap
func (m *Manager) MapFile(id ASID, addr, length uint64, prot, flags, obj uint32, off uint64, may uint32) (uint64, abi.Errno) {
	as := m.AS(id)
	if length == 0 {
		return 0, abi.EINVAL
	}
	size := pageUp(length)
	if size == 0 || size > as.TaskSize {
		return 0, abi.ENOMEM
	}
	if off&pageMask != 0 {
		return 0, abi.EINVAL
	}
	if off+size < off {
		return 0, abi.EOVERFLOW
	}
	if as.VMAs.Len() > MaxMapCount {
		return 0, abi.ENOMEM
	}
	addr, e := as.place(addr, size, flags)
	if e != abi.OK {
		return 0, e
	}
	flags &^= MapLow4G
	if flags&abi.MAP_LOCKED != 0 && as.Limits.Memlock == 0 && !as.capable(abi.CAP_IPC_LOCK) {
		return 0, abi.EPERM
	}
	if as.ReadImpliesExec && prot&abi.PROT_READ != 0 && may&VM_MAYEXEC != 0 {
		prot |= abi.PROT_EXEC
	}
	if m.State.Commit.Mode == OvercommitNever {
		flags &^= abi.MAP_NORESERVE
	}
	v := VMA{Object: obj, Off: off}
	if v.Flags, e = vmFlags(prot, flags, obj, may); e != abi.OK {
		return 0, e
	}
	v.Flags |= as.DefFlags
	if !as.mayLock(size, v.Flags) {
		return 0, abi.EAGAIN
	}
	return m.mapRegion(as, v, addr, size, flags)
}

// mapRegion puts v at [addr, addr+size) in the place of whatever is there. Linux mm/vma.c:mmap_region
func (m *Manager) mapRegion(as *AddressSpace, v VMA, addr, size uint64, flags uint32) (uint64, abi.Errno) {
	if e := as.mayExpand(size, as.overlap(addr, addr+size), v.Flags); e != abi.OK {
		return 0, e
	}
	var e abi.Errno
	if v.Flags, e = m.charge(as, v.Flags, size>>pageShift-as.charged(addr, addr+size)); e != abi.OK {
		return 0, e
	}
	if e := m.Unmap(as.ID, addr, size); e != abi.OK {
		return 0, e
	}
	if v.Object == 0 {
		v.Off = 0
	}
	if v.Object == 0 && v.Flags&VM_SHARED != 0 {
		if v.Object, e = m.newShmem(as, size, v.Flags); e != abi.OK {
			return 0, e
		}
	} else {
		m.objGet(v.Object)
	}
	v.Start, v.End = addr, addr+size
	m.insert(as, v)
	if flags&abi.MAP_POPULATE != 0 && flags&abi.MAP_NONBLOCK == 0 || v.Flags&VM_LOCKED != 0 {
		m.populate(as, addr, addr+size)
	}
	return addr, abi.OK
}

// legacyMapMask are the flags that MAP_SHARED_VALIDATE knows. Linux include/linux/mman.h:LEGACY_MAP_MASK
const legacyMapMask = abi.MAP_TYPE | abi.MAP_FIXED | abi.MAP_ANONYMOUS | abi.MAP_DENYWRITE | abi.MAP_EXECUTABLE | abi.MAP_GROWSDOWN |
	abi.MAP_LOCKED | abi.MAP_NORESERVE | abi.MAP_POPULATE | abi.MAP_NONBLOCK | abi.MAP_STACK | abi.MAP_HUGETLB | abi.MAP_32BIT

// vmFlags turns prot and flags into VM_* bits.
func vmFlags(prot, flags, obj, may uint32) (uint32, abi.Errno) {
	vm := prot&vmAccess | vmMay
	if flags&abi.MAP_GROWSDOWN != 0 {
		vm |= VM_GROWSDOWN
	}
	if flags&abi.MAP_LOCKED != 0 {
		vm |= VM_LOCKED
	}
	if flags&abi.MAP_NORESERVE != 0 {
		vm |= VM_NORESERVE
	}
	if flags&abi.MAP_HUGETLB != 0 {
		return 0, abi.ENOMEM // the pool of huge pages is empty
	}
	kind := flags & abi.MAP_TYPE
	switch {
	case kind == abi.MAP_SHARED_VALIDATE && obj == 0, kind != abi.MAP_SHARED && kind != abi.MAP_PRIVATE && kind != abi.MAP_SHARED_VALIDATE:
		return 0, abi.EINVAL
	case kind == abi.MAP_SHARED_VALIDATE && flags&^legacyMapMask != 0:
		return 0, abi.EOPNOTSUPP
	case obj != 0 && flags&abi.MAP_GROWSDOWN != 0:
		return 0, abi.EINVAL
	}
	return fileFlags(vm, kind != abi.MAP_PRIVATE, prot, may)
}

// fileFlags takes away what the file descriptor does not allow.
func fileFlags(vm uint32, shared bool, prot, may uint32) (uint32, abi.Errno) {
	if may&VM_MAYREAD == 0 {
		return 0, abi.EACCES
	}
	if may&VM_MAYEXEC == 0 {
		if prot&abi.PROT_EXEC != 0 {
			return 0, abi.EPERM
		}
		vm &^= VM_MAYEXEC
	}
	if !shared {
		return vm, abi.OK
	}
	if may&VM_MAYWRITE != 0 {
		return vm | VM_SHARED | VM_MAYSHARE, abi.OK
	}
	if prot&abi.PROT_WRITE != 0 {
		return 0, abi.EACCES
	}
	return vm&^VM_MAYWRITE | VM_MAYSHARE, abi.OK
}

// overlap is how many bytes of [start, end) are mapped.
func (as *AddressSpace) overlap(start, end uint64) uint64 {
	n := uint64(0)
	l := &as.VMAs
	for p := l.find(start); ; p = l.next(p) {
		v := l.at(p)
		if v == nil || v.Start >= end {
			return n
		}
		n += min(v.End, end) - max(v.Start, start)
	}
}

// charged is how many pages of [start, end) were promised.
func (as *AddressSpace) charged(start, end uint64) uint64 {
	n := uint64(0)
	l := &as.VMAs
	for p := l.find(start); ; p = l.next(p) {
		v := l.at(p)
		if v == nil || v.Start >= end {
			return n >> pageShift
		}
		if v.Flags&VM_ACCOUNT != 0 {
			n += min(v.End, end) - max(v.Start, start)
		}
	}
}

// Unmap is munmap(2). Linux mm/vma.c:do_vmi_munmap
func (m *Manager) Unmap(id ASID, addr, length uint64) abi.Errno {
	as := m.AS(id)
	size := pageUp(length)
	if addr&pageMask != 0 || addr > as.TaskSize || size == 0 || size > as.TaskSize-addr {
		return abi.EINVAL
	}
	end := addr + size
	if e := m.splitForUnmap(as, addr, end); e != abi.OK {
		return e
	}
	l, any := &as.VMAs, false
	for p := l.find(addr); ; p = l.find(addr) {
		v := l.at(p)
		if v == nil || v.Start >= end {
			break
		}
		any = true
		m.zap(as, v.Start, v.End)
		m.objPut(v.Object)
		m.count(as, v.Flags, -int64(v.Len()>>pageShift))
		l.remove(p)
	}
	if any {
		m.freeTablesAround(as, addr)
	}
	return abi.OK
}

// freeTablesAround gives back the tables of the hole that va lies in.
func (m *Manager) freeTablesAround(as *AddressSpace, va uint64) {
	p, ceiling := as.VMAs.find(va), m.userHalf()
	if v := as.VMAs.at(p); v != nil {
		ceiling = v.Start
	}
	m.freeTables(as, as.VMAs.endBelow(p), ceiling)
}

// Protect is mprotect(2). Linux mm/mprotect.c:do_mprotect_pkey
func (m *Manager) Protect(id ASID, addr, length uint64, prot uint32) abi.Errno {
	const grows = abi.PROT_GROWSDOWN | abi.PROT_GROWSUP
	if prot&grows == grows || addr&pageMask != 0 {
		return abi.EINVAL
	}
	if length == 0 {
		return abi.OK
	}
	size := pageUp(length)
	if size == 0 || addr+size < addr {
		return abi.ENOMEM
	}
	if prot&^(vmAccess|abi.PROT_SEM|grows) != 0 {
		return abi.EINVAL
	}
	as := m.AS(id)
	start, e := as.protectStart(addr, addr+size, prot)
	if e != abi.OK {
		return e
	}
	return m.protectRange(as, start, addr+size, prot&vmAccess)
}

// protectStart is start, or with PROT_GROWSDOWN the start of the stack that is there.
func (as *AddressSpace) protectStart(start, end uint64, prot uint32) (uint64, abi.Errno) {
	v := as.VMAs.at(as.VMAs.find(start))
	if v == nil || v.Start >= end {
		return 0, abi.ENOMEM
	}
	switch {
	case prot&abi.PROT_GROWSDOWN != 0 && v.Flags&VM_GROWSDOWN != 0:
		return v.Start, abi.OK
	case prot&abi.PROT_GROWSDOWN != 0:
		return 0, abi.EINVAL
	case v.Start > start:
		return 0, abi.ENOMEM
	case prot&abi.PROT_GROWSUP != 0:
		return 0, abi.EINVAL // nothing grows up on x86
	}
	return start, abi.OK
}

// protectRange changes VMA after VMA, so that what comes before a hole or a refusal has changed, as on Linux.
func (m *Manager) protectRange(as *AddressSpace, start, end uint64, prot uint32) abi.Errno {
	for start < end {
		v := as.Find(start)
		if v == nil {
			return abi.ENOMEM
		}
		want := prot
		if as.ReadImpliesExec && prot&abi.PROT_READ != 0 {
			want |= v.Flags >> 4 & VM_EXEC
		}
		if want&^(v.Flags>>4) != 0 {
			return abi.EACCES
		}
		stop := min(end, v.End)
		if e := m.protectVMA(as, v, start, stop, v.Flags&^vmAccess|want); e != abi.OK {
			return e
		}
		start = stop
	}
	return abi.OK
}

// protectVMA gives [start, end) of v new flags. What becomes writable is promised from now on, and promised no more when
// it becomes read-only before it was touched. Linux mm/mprotect.c:mprotect_fixup
func (m *Manager) protectVMA(as *AddressSpace, v *VMA, start, end uint64, flags uint32) abi.Errno {
	old, n := v.Flags, end-start
	if dataMapping(flags) && !dataMapping(old) && as.mayExpand(n, n, flags) != abi.OK {
		return abi.ENOMEM
	}
	switch {
	case flags&VM_WRITE != 0 && old&(VM_ACCOUNT|VM_WRITE|VM_SHARED|VM_NORESERVE) == 0:
		if !m.enough(as, n>>pageShift) {
			return abi.ENOMEM
		}
		flags |= VM_ACCOUNT
	case flags&VM_WRITE == 0 && old&VM_ACCOUNT != 0 && v.Object == 0 && !v.HasAnon:
		flags &^= VM_ACCOUNT
	}
	if e := m.splitRange(as, start, end); e != abi.OK {
		return e
	}
	v = as.Find(start)
	m.setFlags(as, v, flags)
	m.reprotect(as, v)
	m.mergeAround(as, start, end)
	return abi.OK
}

// reprotect writes the VMA's new protection in its entries. Write permission is not given back here: the next write
// faults and do_wp_page decides. Linux mm/mprotect.c:change_protection
func (m *Manager) reprotect(as *AddressSpace, v *VMA) {
	m.eachLeaf(as, v.Start, v.End, func(_, pa, e, _ uint64) {
		if !mapped(e) {
			return
		}
		keep := e & (mmu.AddrMask | mmu.A | mmu.D | mmu.PS)
		w := e & mmu.W
		if v.Flags&VM_WRITE == 0 {
			w = 0
		}
		m.ram.Write64(pa, keep|w|pteProt(v, w != 0))
	})
	m.flush(as.ID, v.Start, v.End)
}

// pteProt is the entry bits that the VMA's protection asks for, without W.
// Linux arch/x86/mm/pgprot.c:vm_get_page_prot
func pteProt(v *VMA, writable bool) uint64 {
	if v.Flags&vmAccess == 0 {
		return mmu.U | mmu.NX | pteProtNone
	}
	bits := uint64(mmu.P | mmu.U)
	if v.Flags&VM_EXEC == 0 {
		bits |= mmu.NX
	}
	if !writable && v.Flags&VM_WRITE != 0 && v.IsCOW() {
		bits |= mmu.COW
	}
	return bits
}
