package kernel

import (
	"vitrine/engine/cpu"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// faultSignal says what an exception of a program becomes. SDM 3A "Exception and Interrupt Reference";
// Linux arch/x86/kernel/traps.c
type faultSignal struct {
	name      string
	sig, code int32
	addr      bool // si_addr is the instruction
}

var faultSignals = [numExcept]faultSignal{
	cpu.VecDE: {"divide error", abi.SIGFPE, abi.FPE_INTDIV, true},
	cpu.VecDB: {"debug", abi.SIGTRAP, abi.TRAP_BRKPT, true},
	cpu.VecBP: {"int3", abi.SIGTRAP, abi.SI_KERNEL, false},
	cpu.VecOF: {"overflow", abi.SIGSEGV, abi.SI_KERNEL, false},
	cpu.VecBR: {"bounds", abi.SIGSEGV, abi.SI_KERNEL, false},
	cpu.VecUD: {"invalid opcode", abi.SIGILL, abi.ILL_ILLOPN, true},
	cpu.VecNM: {"device not available", abi.SIGSEGV, abi.SI_KERNEL, false},
	cpu.VecTS: {"invalid TSS", abi.SIGSEGV, abi.SI_KERNEL, false},
	cpu.VecNP: {"segment not present", abi.SIGBUS, abi.SI_KERNEL, false},
	cpu.VecSS: {"stack segment", abi.SIGBUS, abi.SI_KERNEL, false},
	cpu.VecGP: {"general protection fault", abi.SIGSEGV, abi.SI_KERNEL, false},
	cpu.VecMF: {"coprocessor error", abi.SIGFPE, abi.FPE_FLTINV, true},
	cpu.VecAC: {"alignment check", abi.SIGBUS, abi.BUS_ADRALN, false},
	cpu.VecXM: {"simd exception", abi.SIGFPE, abi.FPE_FLTINV, true},
}

// exception handles vectors 0 to 31. In ring 0 it is the end: the kernel's machine code has no fault to expect.
func (k *Kernel) exception(t *Task, r *PtRegs, v uint8) {
	if v == cpu.VecPF && r.user() {
		k.pageFault(t, r)
		return
	}
	if !r.user() && k.atIret(r, v) {
		k.badIret(t, r, v)
		return
	}
	f := faultSignals[v]
	if !r.user() || f.sig == 0 {
		k.oops(t, r, v)
		return
	}
	info := Siginfo{Signo: f.sig, Code: f.code}
	if f.addr {
		info.Addr = r.RIP
	}
	switch s := &k.M.CPU.S; v {
	case cpu.VecXM:
		info.Code = mathCode(s.MXCSR &^ (s.MXCSR >> 7))
	case cpu.VecMF:
		info.Code = mathCode(uint32(s.FSW &^ s.FCW))
	case cpu.VecDB:
		info.Code = debugCode(s)
	}
	t.Fault = FaultRecord{Vector: v, Error: uint32(r.OrigRAX)}
	k.ForceSignal(t, info)
}

// debugCode chooses si_code from DR6, and clears it: the processor only ever adds to it.
// Linux arch/x86/kernel/traps.c:exc_debug_user
func debugCode(s *cpu.State) int32 {
	const hits, step, clear = 0xf, 1 << 14, 0xffff0ff0
	was := s.DR[6]
	s.DR[6] = clear
	switch {
	case was&step != 0:
		return abi.TRAP_TRACE
	case was&hits != 0:
		return abi.TRAP_HWBKPT
	}
	return abi.TRAP_BRKPT
}

// mathCode chooses si_code from the unmasked exceptions of MXCSR or the x87's status, which lie alike.
// Linux arch/x86/kernel/fpu/core.c:fpu__exception_code
func mathCode(e uint32) int32 {
	switch {
	case e&1 != 0:
		return abi.FPE_FLTINV
	case e&4 != 0:
		return abi.FPE_FLTDIV
	case e&8 != 0:
		return abi.FPE_FLTOVF
	case e&0x12 != 0:
		return abi.FPE_FLTUND
	}
	return abi.FPE_FLTRES
}

// pageFault resolves the fault, so that the instruction can be tried again, or sends the signal.
// Linux arch/x86/mm/fault.c:do_user_addr_fault
func (k *Kernel) pageFault(t *Task, r *PtRegs) {
	va, code := k.M.CPU.S.CR2, uint32(r.OrigRAX)
	k.State.Stats.PageFaults++
	k.Charge(costFault)
	out := k.MM.Fault(t.ASID, va, code)
	if out.Kind == mm.WPCopy {
		k.State.Stats.COWFaults++
	}
	if out.Signal == 0 {
		k.countFault(t, &out)
		return
	}
	if out.Kind == mm.OOM {
		k.OutOfMemory(t)
		return
	}
	t.Fault = FaultRecord{Vector: cpu.VecPF, Error: code, CR2: va}
	k.ForceSignal(t, Siginfo{Signo: out.Signal, Code: out.Code, Addr: va})
}

func (k *Kernel) countFault(t *Task, out *mm.Outcome) {
	switch out.Kind {
	case mm.WPCopy, mm.AnonPage, mm.CowFault:
		k.Charge(costCopyPage)
	case mm.HugePage:
		k.Charge(costCopyPage * mm.HugeFrames)
	}
	if out.Major {
		t.MajFlt++
		return
	}
	t.MinFlt++
}

// FaultRecord is what the CPU said about a task's last fault, for the signal frame and the log.
type FaultRecord struct {
	Vector uint8
	Error  uint32
	CR2    uint64
}

// logFault writes the line that Linux writes for a program killed by its own fault.
// Linux arch/x86/mm/fault.c:show_signal_msg, arch/x86/kernel/traps.c:show_signal
func (k *Kernel) logFault(t *Task, info *Siginfo) {
	r := k.Regs(t)
	if info.Code <= 0 {
		return // sent by a program
	}
	if t.Fault.Vector == cpu.VecPF {
		k.Printk("%s[%d]: segfault at %x ip %016x sp %016x error %x", t.Name(), t.PID, t.Fault.CR2, r.RIP, r.RSP, t.Fault.Error)
		return
	}
	k.Printk("traps: %s[%d] trap %s ip:%x sp:%x error:%x", t.Name(), t.PID, faultSignals[t.Fault.Vector&31].name, r.RIP, r.RSP, t.Fault.Error)
}

// oops is a fault in the kernel's own machine code. Linux arch/x86/kernel/dumpstack.c:oops_begin
func (k *Kernel) oops(t *Task, r *PtRegs, v uint8) {
	name := faultSignals[v&31].name
	if v == cpu.VecPF {
		name = "unable to handle page fault"
	}
	k.Printk("Oops: %s, vector %d error %#x CR2 %#x", name, v, r.OrigRAX, k.M.CPU.S.CR2)
	k.Printk("RIP: %04x:%#x RSP: %04x:%#x RFLAGS: %#x PID: %d Comm: %s", r.CS, r.RIP, r.SS, r.RSP, r.RFLAGS, t.PID, t.Name())
	k.Panic("Fatal exception")
}
