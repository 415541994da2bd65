package mm

import (
	"encoding/binary"

	"vitrine/kernel/abi"
)

// The first page of a swap area, as mkswap(8) writes it. Linux include/linux/swap.h:union swap_header
const (
	swapMagic     = "SWAPSPACE2"
	swapMagicAt   = pageSize - len(swapMagic)
	swapVersionAt = 1024
	swapLastAt    = swapVersionAt + 4
	swapNrBadAt   = swapVersionAt + 8
	swapBadAt     = swapVersionAt + 12 + 16 + 16 + 117*4 // behind UUID, label and padding
	maxBadPages   = (swapMagicAt - swapBadAt) / 4
)

// SwapHeader is what swapon(2) needs to know of it.
type SwapHeader struct {
	Last uint32   // the area's last page
	Bad  []uint32 // pages not to be used
}

// ParseSwapHeader reads page 0 of an area of the given number of pages; EINVAL when it is none, or claims more than
// there is. Linux mm/swapfile.c:read_swap_header
func ParseSwapHeader(p []byte, pages uint32) (SwapHeader, abi.Errno) {
	if len(p) < pageSize || string(p[swapMagicAt:pageSize]) != swapMagic || binary.LittleEndian.Uint32(p[swapVersionAt:]) != 1 {
		return SwapHeader{}, abi.EINVAL
	}
	h := SwapHeader{Last: binary.LittleEndian.Uint32(p[swapLastAt:])}
	bad := binary.LittleEndian.Uint32(p[swapNrBadAt:])
	if h.Last == 0 || h.Last >= pages || h.Last >= maxSwapPages || bad > uint32(maxBadPages) || bad >= h.Last {
		return SwapHeader{}, abi.EINVAL
	}
	for i := range bad {
		n := binary.LittleEndian.Uint32(p[swapBadAt+4*i:])
		if n == 0 || n > h.Last {
			return SwapHeader{}, abi.EINVAL
		}
		h.Bad = append(h.Bad, n)
	}
	return h, abi.OK
}

// MakeSwapHeader is page 0 of an area of the given number of pages without bad ones, as mkswap(8) makes it.
func MakeSwapHeader(pages uint32, uuid [16]byte) []byte {
	p := make([]byte, pageSize)
	binary.LittleEndian.PutUint32(p[swapVersionAt:], 1)
	binary.LittleEndian.PutUint32(p[swapLastAt:], pages-1)
	copy(p[swapVersionAt+12:], uuid[:])
	copy(p[swapMagicAt:], swapMagic)
	return p
}
