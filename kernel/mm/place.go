package mm

import "vitrine/kernel/abi"

// MapLow4G among the flags of Map asks for a place that a 32-bit pointer can name: a mapping made by a 32-bit system
// call. No program can set it. Linux arch/x86/include/asm/compat.h:in_32bit_syscall
const MapLow4G = 0x2000000

// place decides where a new mapping goes. Only who asks for an address above 47 bits gets one.
// Linux mm/mmap.c:get_unmapped_area, arch/x86/kernel/sys_x86_64.c:arch_get_unmapped_area_topdown
func (as *AddressSpace) place(addr, size uint64, flags uint32) (uint64, abi.Errno) {
	end, base, low, top := as.TaskSize, as.MmapBase, uint64(bottomUp), uint64(TaskSize)
	if flags&MapLow4G != 0 || end == TaskSize32 {
		end, low, top = TaskSize32, bottomUp32, TaskSize32
	}
	if as.TaskSize > end {
		base = MmapBase(TaskSize32, as.Limits.Stack, 0, 0)
	}
	if flags&(abi.MAP_FIXED|abi.MAP_FIXED_NOREPLACE) != 0 {
		return addr, as.checkFixed(addr, size, flags)
	}
	if size > end {
		return 0, abi.ENOMEM
	}
	if addr != 0 {
		addr = max(pageUp(addr), MmapMinAddr)
	}
	if addr != 0 && addr <= end-size && as.inWindow(addr, size) && as.gapAt(addr, size) {
		return addr, abi.OK
	}
	if flags&abi.MAP_32BIT != 0 {
		return as.lowestGap(low32Start, low32End, size)
	}
	if addr > TaskSize && end > TaskSize {
		base += as.TaskSize - TaskSize
	}
	if a, e := as.highestGap(base, size); e == abi.OK {
		return a, abi.OK
	}
	return as.lowestGap(low, top, size)
}

// inWindow: a mapping that crosses the 47-bit border needs a hint above it. Linux arch/x86/mm/mmap.c:mmap_address_hint_valid
func (as *AddressSpace) inWindow(addr, size uint64) bool {
	return (addr > TaskSize) == (addr+size > TaskSize)
}

func (as *AddressSpace) checkFixed(addr, size uint64, flags uint32) abi.Errno {
	switch {
	case size > as.TaskSize || addr > as.TaskSize-size:
		return abi.ENOMEM
	case addr&pageMask != 0:
		return abi.EINVAL
	case addr < MmapMinAddr && !as.capable(abi.CAP_SYS_RAWIO):
		return abi.EPERM
	case flags&abi.MAP_FIXED_NOREPLACE != 0 && as.overlap(addr, addr+size) != 0:
		return abi.EEXIST
	}
	return abi.OK
}

// gapAt tells whether [addr, addr+size) is free and not in a stack's guard gap.
func (as *AddressSpace) gapAt(addr, size uint64) bool {
	v := as.VMAs.at(as.VMAs.find(addr))
	return v == nil || addr+size <= v.guardStart()
}

// highestGap finds the highest free place below top. Linux mm/vma.c:unmapped_area_topdown
func (as *AddressSpace) highestGap(top, size uint64) (uint64, abi.Errno) {
	l := &as.VMAs
	for p, ok := l.find(top), true; ok; p, ok = l.below(p, size) {
		end := top
		if v := l.at(p); v != nil {
			end = min(top, v.guardStart())
		}
		start := max(uint64(MmapMinAddr), l.endBelow(p))
		if end > start && end-start >= size {
			return end - size, abi.OK
		}
	}
	return 0, abi.ENOMEM
}

// lowestGap finds the lowest free place in [from, to). Linux mm/vma.c:unmapped_area
func (as *AddressSpace) lowestGap(from, to, size uint64) (uint64, abi.Errno) {
	l := &as.VMAs
	for p := l.find(from); ; p = l.above(p, size) {
		v := l.at(p)
		start, end := max(from, l.endBelow(p)), to
		if v != nil {
			end = min(to, v.guardStart())
		}
		if end > start && end-start >= size {
			return start, abi.OK
		}
		if v == nil || v.Start >= to {
			return 0, abi.ENOMEM
		}
	}
}
