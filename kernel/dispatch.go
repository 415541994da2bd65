package kernel

import (
	"encoding/binary"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
)

// enterSyscall records the call that SYSCALL brought; the way out invokes it.
func (k *Kernel) enterSyscall(t *Task) {
	r := k.Regs(t)
	nr := uint64(uint32(r.OrigRAX)) // Linux looks at EAX alone
	if nr >= CompatBase {
		nr |= noSyscall
	}
	k.begin(t, nr, Args{r.RDI, r.RSI, r.RDX, r.R10, r.R8, r.R9}, false)
}

// enterCompat records a call by INT 0x80: 32-bit numbers, arguments in ebx ecx edx esi edi ebp. Whoever calls, the upper
// halves of the registers do not count. Linux arch/x86/entry/common.c:do_int80_emulation
func (k *Kernel) enterCompat(t *Task, r *PtRegs) {
	r.OrigRAX = r.RAX
	r.RAX = minus(abi.ENOSYS)
	k.beginCompat(t, r)
}

// enterSysenter records a call by SYSENTER, which saved nothing: EBP is the stack pointer, on that stack lies what EBP was,
// the sixth argument, and the return address is the vDSO's. A program without a vDSO comes back where nothing is mapped;
// so does a 64-bit one, whose code goes on as 32-bit code. Linux arch/x86/entry/syscall_32.c:do_SYSENTER_32
func (k *Kernel) enterSysenter(t *Task) {
	r := k.Regs(t)
	r.RSP = r.RBP & 0xffffffff
	r.RIP = k.LandingPad(t)
	r.RFLAGS |= cpu.FlagIF
	var sixth [4]byte
	if k.CopyIn(t, r.RSP, sixth[:]) != abi.OK {
		r.RAX = minus(abi.EFAULT)
		k.SetRegs(t, &r)
		return
	}
	r.RBP = uint64(binary.LittleEndian.Uint32(sixth[:]))
	k.beginCompat(t, &r)
}

// LandingPad is where SYSENTER returns to.
func (k *Kernel) LandingPad(t *Task) uint64 { return k.MM.AS(t.ASID).VDSO + boot.VDSOLandingPad }

// MoveLanding has a call that would return to the landing pad before a move of the vDSO return to where it is now.
// Linux arch/x86/entry/vdso/vma.c:vdso_fix_landing
func (k *Kernel) MoveLanding(t *Task, old uint64) {
	if r := k.Regs(t); t.Sys.Compat && r.RIP == old && k.LandingPad(t) != old {
		r.RIP = k.LandingPad(t)
		k.SetRegs(t, &r)
	}
}

// beginCompat records a call with the conventions of i386. Its number is in OrigRAX.
func (k *Kernel) beginCompat(t *Task, r *PtRegs) {
	r.OrigRAX &= 0xffffffff
	nr := r.OrigRAX
	k.SetRegs(t, r)
	var a Args
	for i, v := range [...]uint64{r.RBX, r.RCX, r.RDX, r.RSI, r.RDI, r.RBP} {
		a[i] = uint64(uint32(v))
	}
	if nr < CompatBase {
		nr += CompatBase
	} else {
		nr |= noSyscall
	}
	k.begin(t, nr, a, true)
}

func (k *Kernel) begin(t *Task, nr uint64, a Args, compat bool) {
	k.State.Stats.Syscalls++
	k.Charge(costSyscall)
	t.Sys = SysState{Active: true, Compat: compat, Nr: uint16(min(nr, 0xffff)), Args: a, Entered: k.M.Now(), Opened: k.M.Now()}
	t.setRun(Invoke)
	if k.Trace.Has(trace.Syscall) {
		k.Trace.Emit(trace.Syscall, nr, a[0])
	}
	s := k.Syscall(nr)
	switch {
	case s == nil && compat:
		k.Lacks(t, "32-bit system call %d", compatNumber(nr))
		return
	case s == nil:
		k.Lacks(t, "system call %d", nr&^noSyscall)
		return
	case s.Fn == nil:
		k.Lacks(t, "system call %s", s.Name)
	}
	if k.OnSyscall != nil {
		k.OnSyscall(t, s)
	}
}

// invoke calls the handler, for the first time or again after a sleep.
func (k *Kernel) invoke(t *Task) {
	s := k.Syscall(uint64(t.Sys.Nr))
	if s == nil {
		k.finish(t, nil, -int64(abi.ENOSYS))
		return
	}
	if s.Fn == nil {
		k.finish(t, s, -int64(s.Refused))
		return
	}
	k.Charge(costInvoke)
	t.Sys.Resumed = false
	seq := k.State.SleepSeq
	ret, e := s.Fn(k, t, &t.Sys.Args)
	switch {
	case !t.Sys.Active || t.Run == Zombie || t.Run == Dead:
		// exit, or rt_sigreturn: the registers are not to be touched
	case e == abi.ErrPaused:
		if t.pauseBroken() {
			panic("BUG: " + s.Name + " pauses without having asked")
		}
		t.KRIP = k.sym.preemptPoint
	case e == abi.ErrBlocked:
		if k.State.SleepSeq == seq {
			panic("BUG: " + s.Name + " says that it blocks but does not sleep")
		}
	case e.Internal():
		t.Sys.Restart = e
		if !k.SignalPending(t) {
			t.Sys.Restart = abi.OK
		}
	case e != abi.OK:
		k.finish(t, s, -int64(e))
	default:
		k.finish(t, s, ret)
	}
}

// finish stores the answer and ends the call.
func (k *Kernel) finish(t *Task, s *Syscall, ret int64) {
	k.setReturn(t, uint64(ret))
	if s != nil && k.OnSyscallRet != nil {
		k.OnSyscallRet(t, s, ret)
	}
	k.endSyscall(t, ret, false)
	if t.Sig.HasSaved && ret != -int64(abi.EINTR) { // a mask borrowed by ppoll or the like goes back, now or after the signal
		t.Sig.HasSaved = false
		t.Sig.Blocked = t.Sig.Saved
	}
}

// endSyscall makes the task one that runs in ring 3 again.
func (k *Kernel) endSyscall(t *Task, ret int64, again bool) {
	if !again && k.Trace.Has(trace.SyscallRet) {
		k.Trace.Emit(trace.SyscallRet, uint64(t.Sys.Nr), uint64(ret))
	}
	if t.Sys.Restart != abi.OK && k.OnSyscallRet != nil {
		if s := k.Syscall(uint64(t.Sys.Nr)); s != nil {
			k.OnSyscallRet(t, s, -int64(t.Sys.Restart))
		}
	}
	k.unlockInode(t)
	t.Sys.Active, t.Sys.Restart = false, abi.OK
	t.setRun(User)
}

// ForgetSyscall ends the current call without an answer: execve's success and rt_sigreturn have set the registers.
func (k *Kernel) ForgetSyscall(t *Task) {
	if s := k.Syscall(uint64(t.Sys.Nr)); t.Sys.Active && s != nil && k.OnSyscallRet != nil {
		k.OnSyscallRet(t, s, 0)
	}
	if k.Trace.Has(trace.SyscallRet) {
		k.Trace.Emit(trace.SyscallRet, uint64(t.Sys.Nr), k.M.RAM.Read64(t.frame()+boot.PtRAX))
	}
	t.Sys.Active = false
	if t.Run == Invoke {
		t.setRun(User)
	}
}

// minus is how an error looks in RAX.
func minus(e abi.Errno) uint64 { return -uint64(e) }

// compatNumber is the number that a program asked for by INT 0x80, of what begin was given.
func compatNumber(nr uint64) uint64 {
	if nr&noSyscall != 0 {
		return nr &^ noSyscall
	}
	return nr - CompatBase
}
