package main

import (
	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// stages are the chapters of the boot, each reached by an event that really happened. Of somebody else's kernel they are
// not known: there are none.
type stages struct {
	list  []view.BootStage
	steps int // stages and named steps of the kernel so far
}

const (
	stageReset = iota
	stageSector
	stageProtected
	stageLong
	stageKernel
	stageRoot
	stageInit
	numStages
)

var stageTexts = [numStages]view.BootStage{
	stageReset:     {Name: "reset vector", Text: "The CPU wakes in real mode and fetches its first instruction from the ROM, 16 bytes below 4 GiB."},
	stageSector:    {Name: "boot sector", Text: "The ROM has read the disk's first sector to 0x7c00 and jumps to it. Now the boot sector reads the kernel."},
	stageProtected: {Name: "protected mode", Text: "CR0.PE is set: addresses go through a descriptor table, and 32 bits of them count."},
	stageLong:      {Name: "long mode", Text: "Page tables are built, CR4.PAE, EFER.LME and CR0.PG are set: 64-bit code, and every address is translated."},
	stageKernel:    {Name: "start_kernel", Text: "In the higher half the kernel sets up its tables, its memory, the interrupt controller and the timer."},
	stageRoot:      {Name: "root file system", Text: "The kernel reads the disk's file system and frees what only booting needed."},
	stageInit:      {Name: "init", Text: "The first program runs in ring 3. Everything else will be its descendant."},
}

func (s *stages) init(ours bool) {
	if !ours {
		*s = stages{}
		return
	}
	s.list, s.steps = append([]view.BootStage(nil), stageTexts[:]...), 0
	s.list[stageReset].Done = true
}

func (s *stages) reach(i int, at uint64) {
	for j := range s.list[:i+1] {
		if !s.list[j].Done {
			s.list[j].Done, s.list[j].At = true, at
			s.steps++
		}
	}
}

// over tells whether the first program runs.
func (s *stages) over() bool { return len(s.list) == 0 || s.list[numStages-1].Done }

// done is how many have been reached.
func (s *stages) done() (n int) {
	for i := range s.list {
		if s.list[i].Done {
			n++
		}
	}
	return n
}

func (s *stages) event(e *trace.Event) {
	if s.over() {
		return
	}
	switch e.Kind {
	case trace.DiskRead:
		if e.A >= boot.KernelLBA && !s.list[stageProtected].Done {
			s.reach(stageSector, e.At)
		}
	case trace.Mode:
		switch {
		case e.B&cpu.EFERLMA != 0:
			s.reach(stageLong, e.At)
		case e.A&cpu.CR0PE != 0 && s.list[stageSector].Done: // the ROM visits protected mode before
			s.reach(stageProtected, e.At)
		}
	case trace.BootStep:
		s.reach(stageKernel, e.At)
		s.steps++
		if e.A >= boot.StepMountRoot {
			s.reach(stageRoot, e.At)
		}
	case trace.Exec:
		s.reach(stageInit, e.At)
	}
}

// view marks the stage reached last as the present one, until init runs.
func (s *stages) view() []view.BootStage {
	out := append([]view.BootStage(nil), s.list...)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i].Done {
			out[i].Now = i < len(out)-1
			break
		}
	}
	return out
}

func (p *picture) chapter(f *view.Frame) string {
	for _, s := range f.Boot {
		if s.Now {
			return "booting · " + s.Name
		}
	}
	for i := range f.Kernel.Tasks {
		t := &f.Kernel.Tasks[i]
		if t.PID == f.Kernel.Current {
			return "running · " + t.Comm
		}
	}
	if f.Stop == "waiting for input" {
		return "running · waiting for you"
	}
	if f.Kernel.Foreign != "" {
		return "running · " + f.Kernel.Foreign
	}
	return "running · idle"
}
