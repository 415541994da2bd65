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
	Refs  int32       // mappings
	Size  uint64      // bytes
	Pages []mem.Frame // by index; 0 where nothing was touched
}

func (m *Manager) newShmem(size uint64) uint32 {
	id, s := m.State.Shmem.Alloc()
	*s = Shmem{Refs: 1, Size: size}
	return ShmemBit | uint32(id)
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
		m.ram.Zero(f)
		m.State.Counters.Zeroed++
		s.Pages[index] = f
	}
	m.GetFrame(s.Pages[index])
	return s.Pages[index], abi.OK
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
		return true
	}
	c, ok := m.pager.(Cacher)
	return ok && c.Cached(obj, index)
}
