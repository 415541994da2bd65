package kernel

import (
	"vitrine/assets/boot"
	"vitrine/engine/mem"
	"vitrine/kernel/mm"
)

// PtRegs is Linux's pt_regs as it lies on the kernel stack, lowest address first, with our vector word below it.
type PtRegs struct {
	Vector                                    uint64
	R15, R14, R13, R12, RBP, RBX              uint64
	R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI uint64
	OrigRAX                                   uint64
	RIP, CS, RFLAGS, RSP, SS                  uint64
}

func (r *PtRegs) words() [boot.PtSize / 8]*uint64 {
	return [...]*uint64{&r.Vector, &r.R15, &r.R14, &r.R13, &r.R12, &r.RBP, &r.RBX, &r.R11, &r.R10, &r.R9, &r.R8,
		&r.RAX, &r.RCX, &r.RDX, &r.RSI, &r.RDI, &r.OrigRAX, &r.RIP, &r.CS, &r.RFLAGS, &r.RSP, &r.SS}
}

// user tells whether the registers were saved on the way in from ring 3.
func (r *PtRegs) user() bool { return r.CS&3 == 3 }

// phys translates an address of the kernel's own, in the direct map or in the kernel image.
func phys(va uint64) uint64 {
	if va >= boot.KernelBase {
		return va - boot.KernelBase
	}
	if va >= mm.PageOffset {
		return va - mm.PageOffset
	}
	return va // before paging has its final shape the boot stack may be identity mapped
}

// virt is the direct map's address of a physical address.
func virt(pa uint64) uint64 { return mm.PageOffset + pa }

// stackTop is where RSP stands when a task enters the kernel from ring 3.
func (t *Task) stackTop() uint64 { return virt(t.Stack.Addr()) + mem.FrameSize }

// frame is the physical address of the registers that the task saved when it left ring 3.
func (t *Task) frame() uint64 { return t.Stack.Addr() + mem.FrameSize - boot.PtSize }

// loadRegs reads saved registers at physical address pa.
func (k *Kernel) loadRegs(pa uint64) (r PtRegs) {
	for i, w := range r.words() {
		*w = k.M.RAM.Read64(pa + uint64(i)*8)
	}
	return r
}

// storeRegs writes saved registers at physical address pa.
func (k *Kernel) storeRegs(pa uint64, r *PtRegs) {
	for i, w := range r.words() {
		k.M.RAM.Write64(pa+uint64(i)*8, *w)
	}
}

// Regs are the task's saved user registers, on its kernel stack in guest RAM.
func (k *Kernel) Regs(t *Task) PtRegs { return k.loadRegs(t.frame()) }

// SetRegs writes them back.
func (k *Kernel) SetRegs(t *Task, r *PtRegs) { k.storeRegs(t.frame(), r) }

// setReturn stores what the task finds in RAX.
func (k *Kernel) setReturn(t *Task, v uint64) { k.M.RAM.Write64(t.frame()+boot.PtRAX, v) }
