package main

import (
	"fmt"
	"path"
	"strings"

	"vitrine/engine/mem"
	"vitrine/kernel"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// lookAt finds what a moment looks at, and says how a page chooses it.
func (s *Session) lookAt(what string) ([]view.Command, error) {
	if what == "" {
		return nil, nil
	}
	if s.comp.K == nil {
		return nil, fmt.Errorf("look %q: our kernel does not run", what)
	}
	if what == view.LookFault {
		return s.lookAtFault()
	}
	if name, ok := strings.CutPrefix(what, view.LookFile); ok {
		return s.lookAtFile(name)
	}
	if name, ok := strings.CutPrefix(what, view.LookMemory); ok {
		return s.lookAtMemory(name)
	}
	return nil, fmt.Errorf("look %q is not known", what)
}

// lookAtFault chooses the frame of the last page fault, and the process that touched it.
func (s *Session) lookAtFault() ([]view.Command, error) {
	var f view.Fault
	s.picture.lastFault(&f)
	if f.Frame == 0 {
		return nil, fmt.Errorf("the last page fault, at %#x, has no frame", f.VA)
	}
	return []view.Command{{Kind: "frame", N: float64(f.Frame)}, {Kind: "space", N: float64(f.PID)}}, nil
}

// lookAtFile chooses the frame of a file's page that most page tables have: of those one that the CPU has run, and the first.
func (s *Session) lookAtFile(name string) ([]view.Command, error) {
	m := s.comp.K.MM
	files := names{k: s.comp.K, known: map[uint32]string{}}
	best, most := -1, 0
	for i, use := range m.State.Frames.Use {
		f := mem.Frame(i)
		if use != mm.PageCache || path.Base(files.of(m.FrameInfo(f).Owner)) != name {
			continue
		}
		weight := 2 * m.MapCount(f)
		if s.comp.M.RAM.Marks[i]&mem.MarkCode != 0 {
			weight++
		}
		if weight > most && m.MapCount(f) > 0 {
			best, most = i, weight
		}
	}
	if best < 0 {
		return nil, fmt.Errorf("no process has a page of %q", name)
	}
	return []view.Command{{Kind: "frame", N: float64(best)}}, nil
}

// lookAtMemory chooses the memory of the youngest process that runs a program.
func (s *Session) lookAtMemory(program string) ([]view.Command, error) {
	var found *kernel.Task
	for _, t := range s.picture.owners() {
		if t.Name() == program {
			found = t
		}
	}
	if found == nil {
		return nil, fmt.Errorf("no process runs %q", program)
	}
	return []view.Command{{Kind: "space", N: float64(found.PID)}}, nil
}
