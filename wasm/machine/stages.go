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
	list    []view.BootStage
	steps   int              // stages and named steps of the kernel so far
	named   [numSteps]uint64 // when each named step began, 0 not yet
	mode    [2]uint64        // CR0 and EFER since the CPU's last change of mode
	sectors [2]uint64        // read from the disk: in all, and of the kernel's image
	printed []byte           // the console's first bytes
}

// firstPrinted is how much of what the console printed first is kept: the ROM and the boot sector say little.
const firstPrinted = 1 << 10

// numSteps is how many named steps the kernel has.
const numSteps = boot.StepRunInitProcess - boot.StepSetupArch + 1

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

// stageCode are the labels at which the stages' own code begins, and how its instructions are read.
var stageCode = [numStages]struct {
	label string
	bits  int
}{
	stageReset: {"reset_vector", 16}, stageSector: {"boot_sector", 16}, stageProtected: {"protected_mode", 32}, stageLong: {"jump_to_64", 32},
	stageKernel: {"start_kernel", 64}, stageRoot: {"mount_root", 64}, stageInit: {"", 64},
}

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
	*s = stages{list: append([]view.BootStage(nil), stageTexts[:]...), mode: [2]uint64{resetCR0, 0}}
	for i := range s.list {
		s.list[i].Code, s.list[i].Bits = stageCode[i].label, stageCode[i].bits
		if s.list[i].Code != "" {
			s.list[i].Addr = boot.Addr(s.list[i].Code)
		}
	}
	s.list[stageReset].Done, s.list[stageReset].CR0 = true, resetCR0
}

// resetCR0 is CR0 after power-on: CD, NW and ET. SDM 3A table 10-1 "IA-32 and Intel 64 Processor States Following Power-up"
const resetCR0 = 0x60000010

// print takes in what the console printed, as long as it is booting.
func (s *stages) print(out []byte) {
	if room := firstPrinted - len(s.printed); room > 0 && !s.over() {
		s.printed = append(s.printed, out[:min(len(out), room)]...)
	}
}

func (s *stages) reach(i int, at uint64) {
	for j := range s.list[:i+1] {
		if !s.list[j].Done {
			st := &s.list[j]
			st.Done, st.At, st.CR0, st.EFER, st.Sectors = true, at, s.mode[0], s.mode[1], s.sectors[0]
			s.steps++
		}
	}
}

// kernelSectors is how many sectors the kernel's image has on the disk.
func kernelSectors() uint64 { return uint64(len(kernelImage)) / 512 }

// kernelImage is the kernel as it stands on the disk.
var kernelImage = boot.Kernel()

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
		s.sectors[0] += e.B
		if e.A >= boot.KernelLBA && e.A < boot.KernelLBA+kernelSectors() {
			s.sectors[1] = max(s.sectors[1], min(e.A+e.B-boot.KernelLBA, kernelSectors()))
		}
		if e.A >= boot.KernelLBA && !s.list[stageProtected].Done {
			s.reach(stageSector, e.At)
		}
	case trace.Mode:
		s.mode = [2]uint64{e.A, e.B}
		switch {
		case e.B&cpu.EFERLMA != 0:
			s.reach(stageLong, e.At)
		case e.A&cpu.CR0PE != 0 && s.list[stageSector].Done: // the ROM visits protected mode before
			s.reach(stageProtected, e.At)
		}
	case trace.BootStep:
		s.reach(stageKernel, e.At)
		s.steps++
		if n := e.A - boot.StepSetupArch; n < numSteps {
			s.named[n] = e.At
		}
		if e.A >= boot.StepMountRoot {
			s.reach(stageRoot, e.At)
		}
	case trace.Exec:
		s.reach(stageInit, e.At)
		s.list[stageInit].Addr = e.B
	}
}

// view marks the stage reached last as the present one, until init runs. The code of a stage runs a little before the event that
// tells of it: rip, where the CPU is.
func (s *stages) view(rip, now uint64) []view.BootStage {
	out := append([]view.BootStage(nil), s.list...)
	for i := 1; i < len(out); i++ {
		if st := &out[i]; !st.Done && out[i-1].Done && begins(i, rip) {
			st.Done, st.At, st.CR0, st.EFER, st.Sectors = true, now, s.mode[0], s.mode[1], s.sectors[0]
		}
	}
	for i := len(out) - 1; i >= 0; i-- {
		if out[i].Done {
			out[i].Now = i < len(out)-1
			break
		}
	}
	return out
}

// begins tells whether an address lies in the first code of a stage that nothing else has.
func begins(stage int, rip uint64) bool {
	switch stage {
	case stageSector:
		return rip >= boot.BootBase && rip < boot.BootBase+512
	case stageKernel:
		return rip >= boot.Addr("start_kernel") && rip < boot.Addr("setup_arch")
	}
	return false
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
