package mm

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// MaxSwap is how many swap areas there can be (Linux: MAX_SWAPFILES is 23 to 32).
const MaxSwap = 8

// Swapper is what a Pager may also be: the disks or files behind the swap areas. page is in units of 4 KiB, p one page.
type Swapper interface {
	SwapRead(a *SwapArea, page uint32, p []byte) abi.Errno
	SwapWrite(a *SwapArea, page uint32, p []byte) abi.Errno
}

// SwapArea is a disk or file that pages go to. Linux struct swap_info_struct
type SwapArea struct {
	On      bool
	Leaving bool // swapoff(2) is at work: nothing more goes there
	File    bool
	Object  uint32 // the Swapper's name for it
	Path    string // as given to swapon(2)
	Prio    int16
	Pages   uint32 // usable pages, without the header and bad ones
	Used    uint32
	Next    uint32      // where to look for a free slot first
	Count   []uint32    // swap_map: the page-table entries and shared-memory pages that name the slot
	Cache   []mem.Frame // the frame with the slot's contents, 0 when there is none in memory
}

// swapBad marks a slot that is never used.
const swapBad = 1 << 31

// busy tells whether a slot is in use.
func (a *SwapArea) busy(n uint32) bool { return a.Count[n] != 0 || a.Cache[n] != 0 }

// SwapOn begins to use an area whose header was read; a.Object, File, Path are the caller's, prio as in swapon(2),
// negative for "lower than all before". EPERM when there are too many. Linux mm/swapfile.c:swapon
func (m *Manager) SwapOn(a SwapArea, h SwapHeader) abi.Errno {
	n := uint32(0)
	for n < MaxSwap && m.State.Swap[n].On {
		n++
	}
	if n == MaxSwap {
		return abi.EPERM
	}
	if a.Prio < 0 {
		a.Prio = -2
		for i := range m.State.Swap {
			if s := &m.State.Swap[i]; s.On {
				a.Prio = min(a.Prio, s.Prio-1)
			}
		}
	}
	a.On, a.Leaving, a.Pages, a.Used, a.Next = true, false, h.Last, 0, 1
	a.Count, a.Cache = make([]uint32, h.Last+1), make([]mem.Frame, h.Last+1)
	a.Count[0] = swapBad
	for _, bad := range h.Bad {
		if a.Count[bad] == 0 {
			a.Count[bad] = swapBad
			a.Pages--
		}
	}
	if a.Pages == 0 {
		return abi.EINVAL
	}
	m.State.Swap[n] = a
	return abi.OK
}

// SwapOff brings back every page of an area and forgets it; ENOMEM when they do not all fit, and then the area stays.
// Linux mm/swapfile.c:swapoff, try_to_unuse
func (m *Manager) SwapOff(area int) abi.Errno {
	a := &m.State.Swap[area]
	a.Leaving = true
	e := m.unuse(area)
	a.Leaving = false
	if e != abi.OK {
		return e
	}
	for n := range a.Cache {
		if a.Cache[n] != 0 {
			m.uncache(a.Cache[n])
		}
	}
	if a.Used != 0 {
		panic("BUG: mm: swapoff left a slot in use")
	}
	*a = SwapArea{}
	return abi.OK
}

// unuse reads in every page whose place is in the area.
func (m *Manager) unuse(area int) abi.Errno {
	for i := range m.State.Shmem.Slots {
		s := &m.State.Shmem.Slots[i]
		for _, p := range s.V.Pages {
			if p.Swap == 0 || p.Swap.Area() != area {
				continue
			}
			f, e := m.shmemPage(ShmemBit|uint32(i+1), p.Index)
			if e != abi.OK {
				return e
			}
			m.PutFrame(f)
		}
	}
	failed := m.unuseFiles(area)
	for id := ASID(1); int(id) <= m.State.Spaces.Len(); id++ {
		as := m.AS(id)
		if as == nil || as.Swapped == 0 {
			continue
		}
		m.eachPage(as, 0, as.TaskSize, func(va, pa, e uint64) {
			if failed != abi.OK || !IsSwap(e) || SwapOf(e).Area() != area {
				return
			}
			if o := m.doSwapPage(&fault{as: as, v: as.Find(va), va: va, pte: pa}, e); o.Signal != 0 {
				failed = o.errno()
			}
		})
	}
	return failed
}

// unuseFiles reads in every page of a file in memory whose place is in the area.
func (m *Manager) unuseFiles(area int) abi.Errno {
	h, ok := m.pager.(SwapHolder)
	if !ok {
		return abi.OK
	}
	type page struct {
		obj   uint32
		index uint64
	}
	var all []page
	h.EachSwapped(func(obj uint32, index uint64, place SwapEntry) {
		if place.Area() == area {
			all = append(all, page{obj, index})
		}
	})
	for _, p := range all {
		f, e := m.pager.PageIn(p.obj, p.index)
		if e != abi.OK {
			return e
		}
		m.PutFrame(f)
	}
	return abi.OK
}

// SwapSize is how many pages all areas hold and how many of them are in use.
func (m *Manager) SwapSize() (total, used uint64) {
	for i := range m.State.Swap {
		total, used = total+uint64(m.State.Swap[i].Pages), used+uint64(m.State.Swap[i].Used)
	}
	return total, used
}

// SwapCached is how many frames have their contents in swap too.
func (m *Manager) SwapCached() (n uint64) {
	for i := range m.State.Swap {
		for _, f := range m.State.Swap[i].Cache {
			if f != 0 {
				n++
			}
		}
	}
	return n
}

// swapArea is the area of an entry.
func (m *Manager) swapArea(s SwapEntry) (*SwapArea, uint32) {
	return &m.State.Swap[s.Area()], s.Page()
}

// allocSlot takes a free slot from the area of highest priority that has one. Its count is for the caller to set.
// Linux mm/swapfile.c:folio_alloc_swap
func (m *Manager) allocSlot() (SwapEntry, bool) {
	best := -1
	for i := range m.State.Swap {
		a := &m.State.Swap[i]
		if !a.On || a.Leaving || a.Used == a.Pages && !m.freeCachedSlot(a) {
			continue
		}
		if best < 0 || a.Prio > m.State.Swap[best].Prio {
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	a := &m.State.Swap[best]
	for a.busy(a.Next) {
		if a.Next++; a.Next == uint32(len(a.Count)) {
			a.Next = 1
		}
	}
	a.Used++
	return swapEntry(best, a.Next), true
}

// freeCachedSlot frees a slot of a full area whose page is in memory, if there is one: it is only there to save a
// write. Linux mm/swapfile.c:__try_to_reclaim_swap
func (m *Manager) freeCachedSlot(a *SwapArea) bool {
	for n := range a.Cache {
		if a.Count[n] == 0 && a.Cache[n] != 0 {
			m.uncache(a.Cache[n])
			return true
		}
	}
	return false
}

// swapDup adds an entry that names the slot: a page-table entry was copied. Linux mm/swapfile.c:swap_duplicate
func (m *Manager) swapDup(s SwapEntry) {
	a, n := m.swapArea(s)
	a.Count[n]++
}

// swapFree drops an entry; a slot that nobody names is free, unless a mapped frame still has its contents.
// Linux mm/swapfile.c:swap_free, free_swap_and_cache
func (m *Manager) swapFree(s SwapEntry) {
	a, n := m.swapArea(s)
	if a.Count[n]&^swapBad == 0 {
		panic("BUG: mm: free of a free swap slot")
	}
	if a.Count[n]--; a.Count[n] != 0 {
		return
	}
	switch f := a.Cache[n]; {
	case f == 0:
		a.Used--
	case m.MapCount(f) == 0:
		m.uncache(f)
	}
}

// The swap cache: frames that hold what a slot holds. They are mapped read-only wherever they are mapped, so that
// they need not be written again; the first write takes the frame out of the cache or copies it. The cache has a
// reference of its own. Linux mm/swap_state.c

// cacheSwap puts frame f, just read from slot s, into the swap cache, which takes over the caller's reference.
func (m *Manager) cacheSwap(f mem.Frame, s SwapEntry) {
	a, n := m.swapArea(s)
	a.Cache[n] = f
	m.State.Frames.Swap[f] = s
}

// uncache takes a frame out of the swap cache. Linux mm/swap_state.c:delete_from_swap_cache
func (m *Manager) uncache(f mem.Frame) {
	a, n := m.swapArea(m.State.Frames.Swap[f])
	a.Cache[n] = 0
	m.State.Frames.Swap[f] = 0
	if a.Count[n] == 0 {
		a.Used--
	}
	m.PutFrame(f)
}

// inCache is 1 when frame f is in the swap cache: the reference that the cache has.
func (m *Manager) inCache(f mem.Frame) int32 {
	if m.State.Frames.Swap[f] != 0 {
		return 1
	}
	return 0
}

// unneeded takes a frame out of the swap cache when neither a page table nor a swap entry leads to it any more.
func (m *Manager) unneeded(f mem.Frame) {
	s := m.State.Frames.Swap[f]
	if s == 0 || m.State.Frames.Mapped[f] != 0 {
		return
	}
	if a, n := m.swapArea(s); a.Count[n] == 0 {
		m.uncache(f)
	}
}
