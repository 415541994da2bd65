package mm

import "vitrine/engine/mem"

const (
	pageShift = mem.FrameShift
	pageSize  = mem.FrameSize
	pageMask  = mem.FrameMask
)

// The address space of x86-64 with 4-level paging. Linux Documentation/arch/x86/x86_64/mm.rst
const (
	TaskSize    = 0x7ffffffff000     // end of user space: 47 bits without the last page
	taskSize5   = 1<<56 - pageSize   // the same with 5-level paging: TASK_SIZE_MAX
	TaskSize32  = 0xffffe000         // of a 32-bit program's: IA32_PAGE_OFFSET
	PageOffset  = 0xffff888000000000 // direct map of all RAM
	bottomUp    = 0x2aaaaaaaa000     // TASK_UNMAPPED_BASE: a third of user space
	bottomUp32  = 0x55555000
	low32Start  = 0x40000000 // where MAP_32BIT looks
	low32End    = 0x80000000
	minMmapGap  = 128 << 20 // SIZE_128M: least room for the stack below TaskSize
	firstKernel = 256       // the PML4's upper half
)

// Limits, as Linux sets them.
const (
	MaxMapCount    = 65530     // vm.max_map_count
	MmapMinAddr    = 64 << 10  // vm.mmap_min_addr: page zero stays unmapped
	StackGuardGap  = 256 << 12 // stack_guard_gap: what stays free below a stack
	DefaultStack   = 8 << 20   // RLIMIT_STACK at boot
	DefaultMemlock = 8 << 20   // RLIMIT_MEMLOCK at boot
	flushThreshold = 33        // tlb_single_page_flush_ceiling: more pages than this flush everything
)

// pageUp rounds up to a page; 0 when that overflows.
func pageUp(n uint64) uint64 { return (n + pageMask) &^ pageMask }

// TaskSizeMax is where user space ends.
func (m *Manager) TaskSizeMax() uint64 {
	if m.State.Levels == 5 {
		return taskSize5
	}
	return TaskSize
}

// MmapBase is where mappings are placed downwards from: below the room that the stack may need, and below the most
// that it can have been moved down, shift. top is the end of user space. Linux arch/x86/mm/mmap.c:mmap_base
func MmapBase(top, stackLimit, shift, random uint64) uint64 {
	gap := stackLimit
	if pad := StackGuardGap + shift; gap+pad > gap {
		gap += pad
	}
	gap = min(max(gap, minMmapGap), top/6*5)
	return (top - gap - random) &^ pageMask
}
