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

// stackOffsetMax is how many bytes at most are left out below the strings.
const stackOffsetMax = 8192

func (o *Layout) pages(of int, n uint64) uint64 {
	if o.Level == 0 {
		return 0
	}
	return o.Random[of] % n * pageSize
}

// stackShift is how far below the end of user space the stack's top lies. Linux fs/binfmt_elf.c:randomize_stack_top
func (o *Layout) stackShift(m *machine) uint64 { return o.pages(randomStack, m.stackPages) }

// programShift is added to the base of a position-independent program. Linux arch/x86/mm/mmap.c:arch_mmap_rnd
func (o *Layout) programShift(m *machine) uint64 { return o.pages(randomProgram, m.mmapPages) }

// stackOffset is left out below the strings. Linux arch/x86/kernel/process.c:arch_align_stack
func (o *Layout) stackOffset() uint64 {
	if o.Level == 0 {
		return 0
	}
	return o.Random[randomStackOffset] % stackOffsetMax
}

// heapShift is left out below the heap. Linux arch/x86/kernel/process.c:arch_randomize_brk
func (o *Layout) heapShift(m *machine) uint64 {
	if o.Level < 2 {
		return 0
	}
	return o.pages(randomHeap, m.heapPages)
}

// place says where mappings go. Linux arch/x86/mm/mmap.c:arch_pick_mmap_layout
func (o *Layout) place(as *mm.AddressSpace, m *machine) {
	shift := uint64(0)
	if o.Level != 0 {
		shift = m.stackPages * pageSize
	}
	as.MmapBase = mm.MmapBase(m.top, as.Limits.Stack, shift, o.pages(randomMmap, m.mmapPages))
}
