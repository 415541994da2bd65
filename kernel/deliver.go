package kernel

import (
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
)

// deliverSignals does what the current task's signals ask for, until a handler is set up, the task can no longer go
// on, or no signal is left. Linux kernel/signal.c:get_signal, arch/x86/kernel/signal.c:arch_do_signal_or_restart
func (k *Kernel) deliverSignals(t *Task) {
	for k.State.Stop == Running {
		info, ok := k.DequeueSignal(t, ^(t.Sig.Blocked &^ sigKernelOnly))
		if !ok {
			break
		}
		hand := k.Sighand(t)
		act := hand.Action[info.Signo]
		if k.Trace.Has(trace.Signal) {
			k.Trace.Emit(trace.Signal, uint64(t.PID), uint64(info.Signo))
		}
		if k.OnSignal != nil {
			k.OnSignal(t, &info)
		}
		if act.Handler == abi.SIG_IGN {
			continue
		}
		if act.Handler != abi.SIG_DFL {
			if act.Flags&abi.SA_RESETHAND != 0 {
				hand.Action[info.Signo].Handler = abi.SIG_DFL
			}
			k.handleSignal(t, &info, &act)
			return
		}
		if !k.defaultAction(t, &info) {
			return
		}
	}
	k.noHandler(t)
}

// defaultAction does what signal(7) lists and tells whether the task looks for further signals.
func (k *Kernel) defaultAction(t *Task, info *Siginfo) bool {
	sig := info.Signo
	bit := sigbit(sig)
	switch {
	case sigIgnored&bit != 0:
		return true
	case t.TGID == 1 && info.Code != codeForced:
		return true // init gets only the signals it asked for
	case sigStops&bit != 0:
		if sig != abi.SIGSTOP && k.OrphanedGroup(t.PGID) {
			return true
		}
		k.stopGroup(t, sig)
		return false
	}
	if sigSynchronous&bit != 0 {
		k.logFault(t, info)
	}
	k.die(t, info)
	return false
}

// codeForced marks a fault's signal that its target blocked or ignored, or that hit init: it kills all the same.
const codeForced = 0x7fff

// ForceSignal sends a fault's signal, which cannot be blocked or ignored. Linux kernel/signal.c:force_sig_info_to_task
func (k *Kernel) ForceSignal(t *Task, info Siginfo) {
	bit := sigbit(info.Signo)
	act := &k.Sighand(t).Action[info.Signo]
	if t.Sig.Blocked&bit != 0 || act.Handler == abi.SIG_IGN {
		act.Handler = abi.SIG_DFL
		t.Sig.Blocked &^= bit
	}
	if t.TGID == 1 && act.Handler == abi.SIG_DFL {
		info.Code = codeForced
	}
	flush(&t.Sig.Pending, &t.Sig.Queue, bit)
	addSignal(&t.Sig.Pending, &t.Sig.Queue, info)
	k.tellSent(t, &info)
}

// noHandler ends an interrupted call that met no handler: it is simply invoked again with what it remembers, which
// is the restart block. A mask borrowed by sigsuspend or ppoll stays for as long as the call goes on.
func (k *Kernel) noHandler(t *Task) {
	if t.Sys.Restart != abi.OK {
		t.Sys.Restart = abi.OK
		return
	}
	if t.Sig.HasSaved && !t.Sys.Active {
		t.Sig.HasSaved = false
		t.Sig.Blocked = t.Sig.Saved
	}
}

// handleSignal makes t enter its handler, after deciding what becomes of an interrupted system call.
// Linux arch/x86/kernel/signal.c:handle_signal
func (k *Kernel) handleSignal(t *Task, info *Siginfo, act *SigAction) {
	r := k.Regs(t)
	if t.Sys.Active {
		restart := t.Sys.Restart
		again := restart == abi.ErrRestartNoIntr || restart == abi.ErrRestartSys && act.Flags&abi.SA_RESTART != 0
		if again {
			r.RAX = r.OrigRAX
			r.RIP -= 2 // SYSCALL and INT n are two bytes long
		} else {
			r.RAX = minus(abi.EINTR)
		}
		k.endSyscall(t, int64(r.RAX), again)
	}
	k.Charge(costSignal)
	if !k.setupFrame(t, &r, info, act) {
		bad := Siginfo{Signo: abi.SIGSEGV, Code: abi.SI_KERNEL}
		k.ForceSignal(t, bad)
		if info.Signo == abi.SIGSEGV {
			k.die(t, &bad)
		}
		return
	}
	k.SetRegs(t, &r)
	t.Sig.HasSaved = false
	t.Sig.Blocked |= act.Mask
	if act.Flags&abi.SA_NODEFER == 0 {
		t.Sig.Blocked |= sigbit(info.Signo) &^ sigKernelOnly
	}
}
