package vfs

import "vitrine/engine/mem"

// Frames is a FrameSource over a memory of its own, for tools and tests that have no guest.
type Frames struct {
	refs []int32
	low  int
}

// NewFrames serves all frames of ram.
func NewFrames(ram *mem.RAM) *Frames { return &Frames{refs: make([]int32, ram.Frames())} }

// AllocPageCache takes the lowest free frame.
func (s *Frames) AllocPageCache(obj uint32, index uint64) (mem.Frame, bool) {
	for i := s.low; i < len(s.refs); i++ {
		if s.refs[i] == 0 {
			s.refs[i], s.low = 1, i+1
			return mem.Frame(i), true
		}
	}
	s.low = len(s.refs)
	return 0, false
}

// GetFrame takes a reference.
func (s *Frames) GetFrame(f mem.Frame) { s.refs[f]++ }

// PutFrame drops one; the last frees the frame.
func (s *Frames) PutFrame(f mem.Frame) {
	if s.refs[f]--; s.refs[f] == 0 && int(f) < s.low {
		s.low = int(f)
	}
}

// RefCount is the number of references.
func (s *Frames) RefCount(f mem.Frame) int32 { return s.refs[f] }

// MarkAccessed does nothing: nobody chooses among the pages here.
func (s *Frames) MarkAccessed(mem.Frame) {}

// Free is how many frames are free.
func (s *Frames) Free() int {
	n := 0
	for _, r := range s.refs {
		if r == 0 {
			n++
		}
	}
	return n
}

// MemoryPages is how many pages memory has.
func (v *VFS) MemoryPages() uint64 { return uint64(v.ram.Frames()) }
