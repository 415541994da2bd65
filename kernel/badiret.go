package kernel

import (
	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/kernel/abi"
)

// A program can make its saved registers impossible: rt_sigreturn takes any CS and SS, a handler may lie at an address
// that is not canonical. IRETQ then faults, still in ring 0. SDM 2A "IRET/IRETD/IRETQ", 64-bit mode exceptions

// atIret tells whether an exception in ring 0 is of the entry code's IRETQ, which alone there can raise these.
func (k *Kernel) atIret(r *PtRegs, v uint8) bool {
	s := &k.sym.retByIret
	return (v == cpu.VecGP || v == cpu.VecSS || v == cpu.VecNP || v == cpu.VecTS) && r.RIP >= s.Addr && r.RIP < s.Addr+s.Size
}

// badIret makes the fault the program's: its registers are put together again, from the frame that IRETQ read and from
// what the fault saved. Linux arch/x86/kernel/traps.c:fixup_bad_iret
func (k *Kernel) badIret(t *Task, r *PtRegs, v uint8) {
	s := &k.M.CPU.S
	s.Seg[cpu.GS].Base, s.KernelGSBase = s.KernelGSBase, s.Seg[cpu.GS].Base // SWAPGS was executed already
	user := *r
	iret := phys(r.RSP)
	for i, w := range []*uint64{&user.RIP, &user.CS, &user.RFLAGS, &user.RSP, &user.SS} {
		*w = k.M.RAM.Read64(iret + uint64(i)*8)
	}
	user.CS, user.SS = boot.UserCS, boot.UserDS
	user.Vector, user.OrigRAX = uint64(v), r.OrigRAX
	k.SetRegs(t, &user)
	t.KRSP, t.KRIP = virt(t.frame()), k.sym.retFromFork
	t.Fault = FaultRecord{Vector: v, Error: uint32(r.OrigRAX)}
	k.ForceSignal(t, Siginfo{Signo: abi.SIGSEGV, Code: abi.SI_KERNEL})
}
