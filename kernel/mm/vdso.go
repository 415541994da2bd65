package mm

import "vitrine/kernel/abi"

// MapVDSO maps code that the kernel brings with it where mappings go, read-only, as a page of the space's own.
// Linux arch/x86/entry/vdso/vma.c:map_vdso, mm/mmap.c:_install_special_mapping
func (m *Manager) MapVDSO(id ASID, code []byte) abi.Errno {
	size := uint64(len(code))
	at, e := m.Map(id, 0, size, abi.PROT_READ|abi.PROT_WRITE, abi.MAP_PRIVATE|abi.MAP_ANONYMOUS, 0, 0)
	if e != abi.OK {
		return e
	}
	if e := m.CopyOut(id, at, code); e != abi.OK {
		return e
	}
	as := m.AS(id)
	if e := m.protectRange(as, at, at+pageUp(size), abi.PROT_READ|abi.PROT_EXEC); e != abi.OK {
		return e
	}
	v := as.Find(at)
	m.setFlags(as, v, v.Flags|VM_DONTEXPAND) // nothing joins it
	as.VDSO = at
	return abi.OK
}
