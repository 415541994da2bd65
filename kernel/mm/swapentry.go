package mm

// SwapEntry names a slot of a swap area: the area's number and the page in it. The zero entry is none, since page 0
// of an area is its header. Linux include/linux/swapops.h:swp_entry_t
type SwapEntry uint32

const (
	swapTypeBits  = 5 // MAX_SWAPFILES_SHIFT
	swapTypeShift = 32 - swapTypeBits
	maxSwapPages  = 1 << swapTypeShift

	pteSwapTypeShift   = 64 - swapTypeBits
	pteSwapOffsetFirst = 9 // above the bit of PROT_NONE
	pteSwapOffsetShift = pteSwapOffsetFirst + swapTypeBits
)

func swapEntry(area int, page uint32) SwapEntry {
	return SwapEntry(uint32(area)<<swapTypeShift | page)
}

// Area is the number of the swap area, in the order of swapon(2).
func (s SwapEntry) Area() int { return int(s >> swapTypeShift) }

// Page is the slot: the page of the area.
func (s SwapEntry) Page() uint32 { return uint32(s) & (maxSwapPages - 1) }

// PTE is the entry as it stands in a page table: not present, the type in bits 59 to 63, the complement of the offset
// in bits 9 to 58, so that what a CPU could fetch through it by speculation lies beyond memory.
// Linux arch/x86/include/asm/pgtable_64.h:__swp_entry
func (s SwapEntry) PTE() uint64 {
	return ^uint64(s.Page())<<pteSwapOffsetShift>>swapTypeBits | uint64(s.Area())<<pteSwapTypeShift
}

// IsSwap tells whether a page-table entry holds the place of a page in swap.
func IsSwap(e uint64) bool { return e != 0 && !mapped(e) }

// SwapOf reads the entry from a page table. Linux arch/x86/include/asm/pgtable_64.h:__swp_offset
func SwapOf(e uint64) SwapEntry {
	return swapEntry(int(e>>pteSwapTypeShift), uint32(^e<<swapTypeBits>>pteSwapOffsetShift))
}
