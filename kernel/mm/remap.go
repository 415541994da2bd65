package mm

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// Remap is mremap(2). Linux mm/mremap.c:do_mremap
func (m *Manager) Remap(id ASID, addr, oldLen, newLen uint64, flags uint32, newAddr uint64) (uint64, abi.Errno) {
	oldLen, newLen = pageUp(oldLen), pageUp(newLen)
	as := m.AS(id)
	if e := as.checkRemap(addr, oldLen, newLen, flags, newAddr); e != abi.OK {
		return 0, e
	}
	v := as.Find(addr)
	if v == nil {
		return 0, abi.EFAULT
	}
	if flags&movesTo != 0 {
		return m.remapTo(as, addr, oldLen, newLen, flags, newAddr)
	}
	if newLen <= oldLen && oldLen != 0 {
		if newLen < oldLen {
			return addr, m.Unmap(id, addr+newLen, oldLen-newLen)
		}
		return addr, abi.OK
	}
	if e := m.mayRemap(as, v, addr, oldLen, newLen); e != abi.OK {
		return 0, e
	}
	if oldLen != 0 && addr+oldLen == v.End && m.growInPlace(as, v, newLen-oldLen) {
		return addr, abi.OK
	}
	if flags&abi.MREMAP_MAYMOVE == 0 {
		return 0, abi.ENOMEM
	}
	to, e := as.place(0, newLen, 0)
	if e != abi.OK {
		return 0, e
	}
	return m.moveVMA(as, addr, oldLen, newLen, to, false)
}

// movesTo are the flags that always move.
const movesTo = abi.MREMAP_FIXED | abi.MREMAP_DONTUNMAP

// checkRemap is Linux mm/mremap.c:check_mremap_params.
func (as *AddressSpace) checkRemap(addr, oldLen, newLen uint64, flags uint32, newAddr uint64) abi.Errno {
	switch {
	case flags&^(movesTo|abi.MREMAP_MAYMOVE) != 0, flags&movesTo != 0 && flags&abi.MREMAP_MAYMOVE == 0,
		flags&abi.MREMAP_DONTUNMAP != 0 && oldLen != newLen,
		addr&pageMask != 0, newLen == 0, newLen > as.TaskSize:
		return abi.EINVAL
	}
	if flags&abi.MREMAP_FIXED == 0 {
		return abi.OK
	}
	if newAddr&pageMask != 0 || newAddr > as.TaskSize-newLen || newAddr < addr+oldLen && addr < newAddr+newLen {
		return abi.EINVAL
	}
	return abi.OK
}

// mayRemap is Linux mm/mremap.c:vma_to_resize.
func (m *Manager) mayRemap(as *AddressSpace, v *VMA, addr, oldLen, newLen uint64) abi.Errno {
	switch {
	case oldLen == 0 && v.Flags&VM_MAYSHARE == 0:
		return abi.EINVAL // a second view makes sense of shared pages only
	case oldLen > v.End-addr:
		return abi.EFAULT
	case newLen == oldLen:
		return abi.OK
	case v.Object != 0 && v.Off+(addr-v.Start)+newLen < newLen:
		return abi.EINVAL
	case v.Flags&VM_DONTEXPAND != 0:
		return abi.EFAULT
	}
	if newLen < oldLen {
		return abi.OK
	}
	more := newLen - oldLen
	if !as.mayLock(more, v.Flags) {
		return abi.EAGAIN
	}
	if e := as.mayExpand(more, 0, v.Flags); e != abi.OK {
		return e
	}
	if v.Flags&VM_ACCOUNT != 0 && !m.enough(as, more>>pageShift) {
		return abi.ENOMEM
	}
	return abi.OK
}

func (m *Manager) growInPlace(as *AddressSpace, v *VMA, more uint64) bool {
	start, end := v.Start, v.End
	if end+more > as.TaskSize || !as.gapAt(end, more) {
		return false
	}
	locked := v.Flags&VM_LOCKED != 0
	m.resize(as, as.VMAs.find(start), start, end+more)
	m.mergeAround(as, start, end+more)
	if locked {
		m.populate(as, end, end+more)
	}
	return true
}

// remapTo is MREMAP_FIXED and MREMAP_DONTUNMAP. Linux mm/mremap.c:mremap_to
func (m *Manager) remapTo(as *AddressSpace, addr, oldLen, newLen uint64, flags uint32, newAddr uint64) (uint64, abi.Errno) {
	keep := flags&abi.MREMAP_DONTUNMAP != 0
	v := as.Find(addr)
	if keep && v.Flags&VM_DONTEXPAND != 0 {
		return 0, abi.EINVAL
	}
	if e := m.mayRemap(as, v, addr, oldLen, newLen); e != abi.OK {
		return 0, e
	}
	if flags&abi.MREMAP_FIXED != 0 {
		if newAddr < MmapMinAddr && !as.capable(abi.CAP_SYS_RAWIO) {
			return 0, abi.EPERM
		}
		if e := m.Unmap(as.ID, newAddr, newLen); e != abi.OK {
			return 0, e
		}
	}
	if oldLen > newLen {
		if e := m.Unmap(as.ID, addr+newLen, oldLen-newLen); e != abi.OK {
			return 0, e
		}
		oldLen = newLen
	}
	if flags&abi.MREMAP_FIXED == 0 {
		var e abi.Errno
		if newAddr, e = as.place(newAddr, newLen, 0); e != abi.OK {
			return 0, e
		}
	}
	return m.moveVMA(as, addr, oldLen, newLen, newAddr, keep)
}

// moveVMA makes a mapping at to and moves the pages of [addr, addr+oldLen) there. Linux mm/mremap.c:move_vma
func (m *Manager) moveVMA(as *AddressSpace, addr, oldLen, newLen, to uint64, keep bool) (uint64, abi.Errno) {
	if as.VMAs.Len() >= MaxMapCount-3 {
		return 0, abi.ENOMEM // unmapping the old place may split twice
	}
	v := *as.Find(addr)
	if v.Object != 0 {
		v.Off += addr - v.Start
	}
	v.Start, v.End = to, to+newLen
	if !m.roomForMove(as, addr, oldLen, to) {
		return 0, abi.ENOMEM
	}
	m.objGet(v.Object)
	m.movePTEs(as, addr, oldLen, to)
	m.insert(as, v)
	switch {
	case keep:
		m.unlock(as, addr, addr+oldLen)
	case oldLen != 0:
		if e := m.Unmap(as.ID, addr, oldLen); e != abi.OK {
			return 0, e
		}
	}
	if as.VDSO != 0 && addr == as.VDSO {
		as.VDSO = to // Linux arch/x86/entry/vdso/vma.c:vdso_mremap
	}
	if v.Flags&VM_LOCKED != 0 && newLen > oldLen {
		m.populate(as, to+oldLen, to+newLen)
	}
	return to, abi.OK
}

// roomForMove builds the tables of the new place first, so that the move itself cannot fail half-way. No page may leave
// in between, as that could split a huge page.
func (m *Manager) roomForMove(as *AddressSpace, addr, size, to uint64) bool {
	m.balance()
	m.reclaiming = true
	defer func() { m.reclaiming = false }()
	room := true
	m.eachLeaf(as, addr, addr+size, func(va, pa, e, size uint64) {
		switch dst := va - addr + to; {
		case !room:
		case size == hugeSize && m.movesWhole(as, dst):
			_, room = m.allocEntry(as.ID, as.Root, dst, 2, userTable)
		case size == hugeSize:
			m.splitHuge(as, va, pa)
			_, first := m.pteAlloc(as, dst)
			_, second := m.pteAlloc(as, dst+hugeSize-pageSize)
			room = first && second
		default:
			_, room = m.pteAlloc(as, dst)
		}
	})
	return room
}

// movesWhole tells whether a huge page can go to dst as it is: by its alignment, and because no table is there.
func (m *Manager) movesWhole(as *AddressSpace, dst uint64) bool {
	pmd, ok := m.pmdp(as, dst)
	return dst&hugeMask == 0 && (!ok || m.ram.Read64(pmd) == 0)
}

// movePTEs is Linux mm/mremap.c:move_page_tables.
func (m *Manager) movePTEs(as *AddressSpace, addr, size, to uint64) {
	m.eachLeaf(as, addr, addr+size, func(va, pa, e, size uint64) {
		dst, ok := m.pmdp(as, va-addr+to)
		if ok && size == pageSize {
			dst, ok = m.ptep(as, va-addr+to)
		}
		if !ok {
			panic("BUG: mm: mremap without a table")
		}
		m.ram.Write64(pa, 0)
		m.ram.Write64(dst, e)
		if f := pteFrame(e); mapped(e) && f != m.State.ZeroPage {
			for i := range size >> pageShift {
				m.rmapDel(f+mem.Frame(i), pa)
				m.rmapAdd(f+mem.Frame(i), dst)
				m.noteMove(f+mem.Frame(i), (va-addr+to)>>pageShift+i)
			}
		}
	})
	m.flush(as.ID, addr, addr+size)
	m.flush(as.ID, to, to+size)
}

// noteMove keeps the frame's record true: an anonymous frame is known by its virtual page.
func (m *Manager) noteMove(f mem.Frame, page uint64) {
	if m.State.Frames.Use[f] == Anonymous {
		m.State.Frames.Index[f] = page
	}
}
