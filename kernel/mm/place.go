package mm

import "vitrine/kernel/abi"

// place decides where a new mapping goes. Linux mm/mmap.c:get_unmapped_area
func (as *AddressSpace) place(addr, size uint64, flags uint32) (uint64, abi.Errno) {
	if flags&(abi.MAP_FIXED|abi.MAP_FIXED_NOREPLACE) != 0 {
		return addr, as.checkFixed(addr, size, flags)
	}
	if addr != 0 {
		addr = max(pageUp(addr), MmapMinAddr)
		if addr <= TaskSize-size && as.gapAt(addr, size) {
			return addr, abi.OK
		}
	}
	if flags&abi.MAP_32BIT != 0 {
		return as.lowestGap(low32Start, low32End, size)
	}
	if a, e := as.highestGap(as.MmapBase, size); e == abi.OK {
		return a, abi.OK
	}
	return as.lowestGap(bottomUp, TaskSize, size)
}

func (as *AddressSpace) checkFixed(addr, size uint64, flags uint32) abi.Errno {
	switch {
	case addr > TaskSize-size:
		return abi.ENOMEM
	case addr&pageMask != 0:
		return abi.EINVAL
	case addr < MmapMinAddr && !as.LowMaps:
		return abi.EPERM
	case flags&abi.MAP_FIXED_NOREPLACE != 0 && as.overlap(addr, addr+size) != 0:
		return abi.EEXIST
	}
	return abi.OK
}

// gapAt tells whether [addr, addr+size) is free and not in a stack's guard gap.
func (as *AddressSpace) gapAt(addr, size uint64) bool {
	i := as.find(addr)
	return i == len(as.VMAs) || addr+size <= as.VMAs[i].guardStart()
}

// highestGap finds the highest free place below top. Linux mm/vma.c:unmapped_area_topdown
func (as *AddressSpace) highestGap(top, size uint64) (uint64, abi.Errno) {
	for i := as.find(top); ; i-- {
		end := top
		if i < len(as.VMAs) {
			end = min(top, as.VMAs[i].guardStart())
		}
		start := uint64(MmapMinAddr)
		if i > 0 {
			start = max(start, as.VMAs[i-1].End)
		}
		if end > start && end-start >= size {
			return end - size, abi.OK
		}
		if i == 0 {
			return 0, abi.ENOMEM
		}
	}
}

// lowestGap finds the lowest free place in [from, to). Linux mm/vma.c:unmapped_area
func (as *AddressSpace) lowestGap(from, to, size uint64) (uint64, abi.Errno) {
	start := from
	for i := as.find(from); start < to; i++ {
		end := to
		if i < len(as.VMAs) {
			end = min(to, as.VMAs[i].guardStart())
		}
		if end > start && end-start >= size {
			return start, abi.OK
		}
		if i == len(as.VMAs) {
			break
		}
		start = max(start, as.VMAs[i].End)
	}
	return 0, abi.ENOMEM
}
