package mm

// Bits of an entry of /proc/PID/pagemap, beside the frame's number or the place in swap.
// Linux Documentation/admin-guide/mm/pagemap.rst
const (
	PagemapSoftDirty = 1 << 55
	PagemapExclusive = 1 << 56
	PagemapFile      = 1 << 61 // a file's page or shared memory
	PagemapSwap      = 1 << 62
	PagemapPresent   = 1 << 63
)

// EachPage calls fn for every entry of [start, end) that holds a page or a place in swap, by address; a huge page is shown as
// the small ones it consists of. Nothing changes.
func (m *Manager) EachPage(as *AddressSpace, start, end uint64, fn func(va, entry uint64)) {
	m.eachPage(as, start, end, func(va, _, entry uint64) { fn(va, entry) })
}

// Pagemap is the entry for the page at va, with the frame's number only for who may know it. Soft-dirty is not tracked:
// as on a Linux without CONFIG_MEM_SOFT_DIRTY the bit is always clear.
func (m *Manager) Pagemap(as *AddressSpace, va uint64, frames bool) uint64 {
	pa, size, ok := m.leaf(as, va)
	if !ok {
		return 0
	}
	e := m.ram.Read64(pa)
	if size == hugeSize {
		e += va & hugeMask &^ pageMask
	}
	switch {
	case e == 0:
		return 0
	case IsSwap(e):
		s := SwapOf(e)
		if !frames {
			return PagemapSwap
		}
		return PagemapSwap | uint64(s.Area()) | uint64(s.Page())<<swapTypeBits
	}
	f := pteFrame(e)
	x := uint64(PagemapPresent)
	if frames {
		x |= uint64(f)
	}
	if u := m.State.Frames.Use[f]; u == PageCache || u == SharedMemory {
		x |= PagemapFile
	}
	if f != m.State.ZeroPage && m.MapCount(f) == 1 {
		x |= PagemapExclusive
	}
	return x
}
