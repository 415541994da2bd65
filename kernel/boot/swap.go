package boot

import (
	"vitrine/engine/dev"
	"vitrine/engine/mem"
	"vitrine/kernel/mm"
)

// minSwap is the smallest area that mkswap(8) makes: ten pages.
const minSwap = 10

// SwapDisk is an empty disk of size bytes for Options.Swap, as mkswap(8) prepares one. It has no UUID, so that equal
// computers are equal.
func SwapDisk(size uint64) dev.Image {
	pages := min(max(size/mem.FrameSize, minSwap), MaxRAM/mem.FrameSize)
	disk := make(dev.Image, pages*mem.FrameSize)
	copy(disk, mm.MakeSwapHeader(uint32(pages), [16]byte{}))
	return disk
}
