package mm

import (
	"slices"
	"sort"

	"vitrine/engine/mem"
	"vitrine/engine/state"
	"vitrine/kernel/abi"
)

// ShmemBit marks object numbers that are ours, not the Pager's: memory shared without a file.
const ShmemBit = 1 << 31

// Shmem is the object behind MAP_SHARED|MAP_ANONYMOUS. Linux mm/shmem.c:shmem_zero_setup
type Shmem struct {
	Refs     int32       // mappings
	Size     uint64      // bytes
	Promised int64       // pages, all or none. Linux mm/shmem.c:shmem_acct_size
	Pages    []ShmemPage // in order, as far as there are any
}

// ShmemPage is where a page is: in a frame or in swap.
type ShmemPage struct {
	Index uint64
	Frame mem.Frame // 0: not in memory
	Swap  SwapEntry // 0: not in swap
}

// at is the place of a page among the object's.
func (s *Shmem) at(index uint64) (int, bool) {
	n := len(s.Pages)
	if n > 0 && s.Pages[n-1].Index < index {
		return n, false
	}
	i := sort.Search(n, func(i int) bool { return s.Pages[i].Index >= index })
	return i, i < n && s.Pages[i].Index == index
}

// page is the record of a page, nil when it was never touched. It is valid until the next touch.
func (s *Shmem) page(index uint64) *ShmemPage {
	if i, found := s.at(index); found {
		return &s.Pages[i]
	}
	return nil
}

func (m *Manager) newShmem(as *AddressSpace, size uint64, vm uint32) (uint32, abi.Errno) {
	n := size >> pageShift
	if vm&VM_NORESERVE != 0 {
		n = 0
	}
	if n != 0 && !m.enough(as, n) {
		return 0, abi.ENOMEM
	}
	id, s := m.State.Shmem.Alloc()
	*s = Shmem{Refs: 1, Size: size, Promised: int64(n)}
	m.State.Commit.Pages += s.Promised
	return ShmemBit | uint32(id), abi.OK
}

func (m *Manager) shmem(obj uint32) *Shmem { return m.State.Shmem.Get(state.ID(obj &^ ShmemBit)) }

// shmemPage returns the frame of a page, taking one on first touch. Linux mm/shmem.c:shmem_get_folio
func (m *Manager) shmemPage(obj uint32, index uint64) (mem.Frame, abi.Errno) {
	s := m.shmem(obj)
	if p := s.page(index); p != nil && p.Frame != 0 {
		m.GetFrame(p.Frame)
		return p.Frame, abi.OK
	}
	f, ok := m.AllocFrame(SharedMemory, obj, index)
	if !ok {
		return 0, abi.ENOMEM
	}
	i, found := s.at(index)
	if !found {
		s.Pages = slices.Insert(s.Pages, i, ShmemPage{Index: index})
	}
	if e := m.fillShmem(&s.Pages[i], f); e != abi.OK {
		m.PutFrame(f)
		return 0, e
	}
	s.Pages[i].Frame = f
	m.GetFrame(f)
	return f, abi.OK
}

// fillShmem reads the page back from swap, or clears it. Linux mm/shmem.c:shmem_swapin_folio
func (m *Manager) fillShmem(p *ShmemPage, f mem.Frame) abi.Errno {
	if p.Swap == 0 {
		m.ram.Zero(f)
		m.State.Counters.Zeroed++
		return abi.OK
	}
	if e := m.readSwap(f, p.Swap); e != abi.OK {
		return e
	}
	m.swapFree(p.Swap)
	p.Swap = 0
	return abi.OK
}

// shmemDrop forgets the pages from first up to end, wherever they are mapped. Linux mm/shmem.c:shmem_truncate_range
func (m *Manager) shmemDrop(s *Shmem, first, end uint64) {
	i, _ := s.at(first)
	j, _ := s.at(end)
	for _, p := range s.Pages[i:j] {
		if p.Frame != 0 {
			m.unmapAll(p.Frame, 0)
			m.PutFrame(p.Frame)
		}
		if p.Swap != 0 {
			m.swapFree(p.Swap)
		}
	}
	s.Pages = slices.Delete(s.Pages, i, j)
}

// objGet, objPut, objSize, objDirty and pageIn speak to the Pager or to a Shmem, whichever owns the object.
func (m *Manager) objGet(obj uint32) {
	switch {
	case obj == 0:
	case obj&ShmemBit == 0:
		m.pager.ObjGet(obj)
	default:
		m.shmem(obj).Refs++
	}
}

func (m *Manager) objPut(obj uint32) {
	switch {
	case obj == 0:
	case obj&ShmemBit == 0:
		m.pager.ObjPut(obj)
	default:
		m.putShmem(obj)
	}
}

func (m *Manager) putShmem(obj uint32) {
	s := m.shmem(obj)
	if s.Refs--; s.Refs > 0 {
		return
	}
	m.shmemDrop(s, 0, ^uint64(0))
	m.State.Commit.Pages -= s.Promised
	m.State.Shmem.Free(state.ID(obj &^ ShmemBit))
}

func (m *Manager) objSize(obj uint32) uint64 {
	if obj&ShmemBit == 0 {
		return m.pager.Size(obj)
	}
	return m.shmem(obj).Size
}

func (m *Manager) objDirty(obj uint32, index uint64) {
	if obj&ShmemBit == 0 {
		m.pager.Dirty(obj, index)
	}
}

func (m *Manager) pageIn(obj uint32, index uint64) (mem.Frame, abi.Errno) {
	if obj&ShmemBit == 0 {
		return m.pager.PageIn(obj, index)
	}
	return m.shmemPage(obj, index)
}

// cached tells whether pageIn needs no disk.
func (m *Manager) cached(obj uint32, index uint64) bool {
	if obj&ShmemBit != 0 {
		p := m.shmem(obj).page(index)
		return p == nil || p.Swap == 0
	}
	c, ok := m.pager.(Cacher)
	return ok && c.Cached(obj, index)
}
