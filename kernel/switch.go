package kernel

import (
	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/trace"
)

// switchTo is the context switch: address space, kernel stack, segment bases and floating-point registers become
// those of next. Its general registers wait on its kernel stack; the entry code pops them.
// Linux arch/x86/kernel/process_64.c:__switch_to
func (k *Kernel) switchTo(prev, next *Task) {
	k.Charge(costSwitch)
	k.State.Stats.ContextSwitches++
	s := &k.M.CPU.S
	saveFPU(s, &prev.FPU)
	k.saveSegments(prev)

	if k.Trace.Has(trace.Switch) {
		k.Trace.Emit(trace.Switch, uint64(prev.PID), uint64(next.PID))
	}
	k.State.Current = next.ID
	k.Trace.Task = uint16(next.PID)
	k.switchMM(next)
	loadFPU(s, &next.FPU)
	k.loadSegments(next)
	k.setKernelStack(next.stackTop())
	s.RFLAGS &^= cpu.FlagIF // kernel code runs with interrupts off; only idle turns them on
}

// switchMM makes the task's address space the current one. A task without one has the kernel's.
func (k *Kernel) switchMM(t *Task) {
	if cr3 := k.MM.Activate(t.ASID); cr3 != k.M.CPU.S.CR3 {
		k.M.CPU.LoadCR3(cr3)
	}
}

// setKernelStack says where the CPU (through the TSS) and SYSCALL (through the per-CPU area) begin in the kernel.
func (k *Kernel) setKernelStack(top uint64) {
	k.M.RAM.Write64(k.sym.percpu+boot.PerCPUStack, top)
	k.M.RAM.Write64(k.sym.percpu+boot.PerCPUTSS+tssRSP0, top)
}

func saveFPU(s *cpu.State, f *FPU) {
	f.X, f.MXCSR = s.X, s.MXCSR
	f.FCW, f.FSW, f.FTW, f.FOP, f.FIP, f.FDP, f.ST = s.FCW, s.FSW, s.FTW, s.FOP, s.FIP, s.FDP, s.ST
}

func loadFPU(s *cpu.State, f *FPU) {
	s.X, s.MXCSR = f.X, f.MXCSR
	s.FCW, s.FSW, s.FTW, s.FOP, s.FIP, s.FDP, s.ST = f.FCW, f.FSW, f.FTW, f.FOP, f.FIP, f.FDP, f.ST
}

// initFPU is the state after FNINIT with every exception masked. Linux arch/x86/kernel/fpu: fpstate_init_user
func initFPU(f *FPU) { *f = FPU{MXCSR: 0x1f80, FCW: 0x37f, FTW: 0xffff} }

// resume makes the CPU go on with the current task where it entered the kernel: the entry code pops its registers, or
// the kernel code that it was in (idle, and PID 1 before it has a program) continues.
func (k *Kernel) resume() {
	t := k.Current()
	s := &k.M.CPU.S
	if t.ASID != 0 {
		k.chooseReturn(t)
	}
	s.R[cpu.RSP], s.RIP = t.KRSP, t.KRIP
	t.Since = k.M.Now()
}

// chooseReturn lets a system call return by SYSRET only when the registers are as SYSCALL left them, and by SYSEXIT only to
// the vDSO, which expects to lose ECX and EDX; IRETQ restores all of them.
// Linux arch/x86/entry/syscall_64.c:do_syscall_64, arch/x86/entry/syscall_32.c:do_fast_syscall_32
func (k *Kernel) chooseReturn(t *Task) {
	ram, f := k.M.RAM, t.frame()
	rip, flags, cs := ram.Read64(f+boot.PtRIP), ram.Read64(f+boot.PtRFLAGS), ram.Read64(f+boot.PtCS)
	var fast bool
	switch ram.Read64(f + boot.PtVector) {
	case boot.VectorSyscall:
		fast = ram.Read64(f+boot.PtRCX) == rip && ram.Read64(f+boot.PtR11) == flags && rip < 1<<47 && cs == boot.UserCS
	case boot.VectorSysenter:
		fast = rip == k.LandingPad(t) && cs == boot.User32CS
	default:
		return
	}
	flag := uint8(1)
	if fast && ram.Read64(f+boot.PtSS) == boot.UserDS && flags&(cpu.FlagRF|cpu.FlagTF) == 0 {
		flag = 0
	}
	ram.Write8(k.sym.percpu+boot.PerCPUReturn, flag)
}
