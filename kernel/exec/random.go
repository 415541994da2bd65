package exec

import "vitrine/kernel/mm"

// Layout says how far the parts of an address space are moved from where they usually are.
type Layout struct {
	// Level is 0 for not at all, 1 for stack, mappings and programs that can be moved, 2 for the heap too.
	// proc_sys_kernel(5), randomize_va_space
	Level int32
	// Random is a number for each part.
	Random [5]uint64
}

// Indices of Random.
const (
	randomMmap = iota
	randomStack
	randomStackOffset
	randomProgram
	randomHeap
)

// How many values there are for each part. Linux arch/x86/Kconfig, asm/elf.h:__STACK_RND_MASK, kernel/process.c
const (
	mmapRandomPages  = 1 << 28 // 1 TiB
	stackRandomPages = 1 << 22 // 16 GiB
	stackOffsetMax   = 8192    // bytes
	heapRandomPages  = 1 << 18 // 1 GiB
)

func (o *Layout) pages(of int, n uint64) uint64 {
	if o.Level == 0 {
		return 0
	}
	return o.Random[of] % n * pageSize
}

// stackShift is how far below the end of user space the stack's top lies. Linux fs/binfmt_elf.c:randomize_stack_top
func (o *Layout) stackShift() uint64 { return o.pages(randomStack, stackRandomPages) }

// programShift is added to the base of a position-independent program. Linux arch/x86/mm/mmap.c:arch_mmap_rnd
func (o *Layout) programShift() uint64 { return o.pages(randomProgram, mmapRandomPages) }

// stackOffset is left out below the strings. Linux arch/x86/kernel/process.c:arch_align_stack
func (o *Layout) stackOffset() uint64 {
	if o.Level == 0 {
		return 0
	}
	return o.Random[randomStackOffset] % stackOffsetMax
}

// heapShift is left out below the heap. Linux arch/x86/kernel/process.c:arch_randomize_brk
func (o *Layout) heapShift() uint64 {
	if o.Level < 2 {
		return 0
	}
	return o.pages(randomHeap, heapRandomPages)
}

// place says where mappings go. Linux arch/x86/mm/mmap.c:arch_pick_mmap_layout
func (o *Layout) place(as *mm.AddressSpace) {
	if o.Level != 0 {
		as.MmapBase = mm.MmapBase(as.Limits.Stack, stackRandomPages*pageSize, o.pages(randomMmap, mmapRandomPages))
	}
}
