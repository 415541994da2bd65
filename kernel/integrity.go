package kernel

import (
	"bytes"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/mem"
)

// The kernel's machine code comes from the guest's disk, which may be damaged. Before the Go kernel believes anything
// that machine code says, it looks whether it is the one that was built with it; from then on only the order of the
// steps and the stack need a look.

// wholeImage tells whether setup_arch was called the way start_kernel does it, from an image without a wrong byte.
func (k *Kernel) wholeImage() bool {
	s := &k.M.CPU.S
	step := boot.Find("setup_arch")
	if s.Seg[cpu.CS].Sel != boot.KernelCS || s.EFER&cpu.EFERLMA == 0 || s.CR3 != boot.Phys(topTable(s)) ||
		s.RIP < step.Addr || s.RIP >= step.Addr+step.Size {
		return false
	}
	image := boot.Kernel()
	if !k.M.RAM.Has(boot.KernelPhys, uint64(len(image))) {
		return false
	}
	loaded := k.M.RAM.Bytes[boot.KernelPhys:][:len(image)]
	tables := boot.Phys("level3_ident_pgt") - boot.KernelPhys // the only part that the image itself has changed so far
	rest := tables + mem.FrameSize
	return bytes.Equal(loaded[:tables], image[:tables]) && bytes.Equal(loaded[rest:], image[rest:])
}

// topTable is the label of the boot code's highest table: one more with five levels.
func topTable(s *cpu.State) string {
	if s.CR4&cpu.CR4LA57 != 0 {
		return "level5_pgt"
	}
	return "init_top_pgt"
}

// inOrder tells whether step n is the one that follows.
func (k *Kernel) inOrder(n uint64) bool {
	if n != boot.StepSetupArch+uint64(k.State.Step) {
		return false
	}
	return n != boot.StepSetupArch || k.wholeImage()
}

// onItsStack tells whether RSP points to saved registers on the stack of the current task.
func (k *Kernel) onItsStack(t *Task) bool {
	if t == nil {
		return false
	}
	low, at := t.Stack.Addr(), phys(k.M.CPU.S.R[cpu.RSP])
	return at >= low && at <= low+mem.FrameSize-boot.PtSize
}
