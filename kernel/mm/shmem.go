package mm

import (
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
	Pages    []mem.Frame // by index; 0 where nothing is in memory
	Swap     []SwapEntry // by index, as far as pages were swapped out; 0 where none is
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
	for uint64(len(s.Pages)) <= index {
		s.Pages = append(s.Pages, 0)
	}
	if s.Pages[index] == 0 {
		f, ok := m.AllocFrame(SharedMemory, obj, index)
		if !ok {
			return 0, abi.ENOMEM
		}
		if e := m.fillShmem(s, index, f); e != abi.OK {
			m.PutFrame(f)
			return 0, e
		}
		s.Pages[index] = f
	}
	m.GetFrame(s.Pages[index])
	return s.Pages[index], abi.OK
}

// fillShmem reads the page back from swap, or clears it. Linux mm/shmem.c:shmem_swapin_folio
func (m *Manager) fillShmem(s *Shmem, index uint64, f mem.Frame) abi.Errno {
	if index >= uint64(len(s.Swap)) || s.Swap[index] == 0 {
		m.ram.Zero(f)
		m.State.Counters.Zeroed++
		return abi.OK
	}
	if e := m.readSwap(f, s.Swap[index]); e != abi.OK {
		return e
	}
	m.swapFree(s.Swap[index])
	s.Swap[index] = 0
	return abi.OK
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
	for _, f := range s.Pages {
		if f != 0 {
			m.PutFrame(f)
		}
	}
	for _, entry := range s.Swap {
		if entry != 0 {
			m.swapFree(entry)
		}
	}
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
		s := m.shmem(obj)
		return index >= uint64(len(s.Swap)) || s.Swap[index] == 0
	}
	c, ok := m.pager.(Cacher)
	return ok && c.Cached(obj, index)
}
