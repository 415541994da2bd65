package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// sigsetSize is sizeof(sigset_t) in the kernel.
const sigsetSize = 8

// sigactionFlags are those that Linux keeps. Linux kernel/signal.c:do_sigaction UAPI_SA_FLAGS
const sigactionFlags = abi.SA_NOCLDSTOP | abi.SA_NOCLDWAIT | abi.SA_SIGINFO | abi.SA_ONSTACK | abi.SA_RESTART |
	abi.SA_NODEFER | abi.SA_RESETHAND | abi.SA_EXPOSE_TAGBITS | abi.SA_RESTORER

var _ = define(kernel.Syscall{Nr: 13, Name: "rt_sigaction", Man: "sigaction(2); kernel/signal.c:rt_sigaction",
	Args: args(pSig("signum"), pStruct("act", "sigaction"), pResult("oldact", "sigaction"), pUint("sigsetsize")), Fn: rtSigaction})

func rtSigaction(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	sig := a.Int(0)
	if a[3] != sigsetSize {
		return 0, abi.EINVAL
	}
	var new [4]int64
	if a[1] != 0 {
		if e := readWords(k, t, a[1], new[:]); e != abi.OK {
			return 0, e
		}
	}
	if sig < 1 || sig > kernel.NumSigs || a[1] != 0 && (sig == abi.SIGKILL || sig == abi.SIGSTOP) {
		return 0, abi.EINVAL
	}
	old := k.Sighand(t).Action[sig]
	if a[1] != 0 {
		flags := uint64(new[1]) & sigactionFlags
		if t.Sys.Compat {
			flags |= abi.SA_IA32_ABI
		}
		k.SetAction(t, sig, kernel.SigAction{Handler: uint64(new[0]), Flags: flags,
			Restorer: uint64(new[2]), Mask: uint64(new[3])})
	}
	if a[2] == 0 {
		return 0, abi.OK
	}
	return done(writeWords(k, t, a[2], int64(old.Handler), int64(old.Flags&^abi.SA_IA32_ABI), int64(old.Restorer), int64(old.Mask)))
}

var _ = define(kernel.Syscall{Nr: 14, Name: "rt_sigprocmask", Man: "sigprocmask(2); kernel/signal.c:rt_sigprocmask",
	Args: args(pFlags("how", "sigprocmask"), pStruct("set", "sigset"), pResult("oldset", "sigset"), pUint("sigsetsize")), Fn: rtSigprocmask})

func rtSigprocmask(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[3] != sigsetSize {
		return 0, abi.EINVAL
	}
	old := t.Sig.Blocked
	if a[1] != 0 {
		set, e := k.ReadU64(t, a[1])
		if e != abi.OK {
			return 0, e
		}
		switch a.Int(0) {
		case abi.SIG_BLOCK:
			set |= old
		case abi.SIG_UNBLOCK:
			set = old &^ set
		case abi.SIG_SETMASK:
		default:
			return 0, abi.EINVAL
		}
		k.SetBlocked(t, set)
	}
	if a[2] == 0 {
		return 0, abi.OK
	}
	return done(k.WriteU64(t, a[2], old))
}

var _ = define(kernel.Syscall{Nr: 127, Name: "rt_sigpending", Man: "sigpending(2); kernel/signal.c:rt_sigpending",
	Args: args(pResult("set", "sigset"), pUint("sigsetsize")), Fn: rtSigpending})

func rtSigpending(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[1] > sigsetSize {
		return 0, abi.EINVAL
	}
	var b [sigsetSize]byte
	binary.LittleEndian.PutUint64(b[:], (t.Sig.Pending|k.Process(t).Pending)&t.Sig.Blocked)
	return done(k.CopyOut(t, a[0], b[:a[1]]))
}

var _ = define(kernel.Syscall{Nr: 130, Name: "rt_sigsuspend", Man: "sigsuspend(2); kernel/signal.c:rt_sigsuspend",
	Args: args(pStruct("mask", "sigset"), pUint("sigsetsize")), OnSignal: kernel.EINTROnHandler, Fn: rtSigsuspend})

func rtSigsuspend(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[1] != sigsetSize {
		return 0, abi.EINVAL
	}
	if e := borrowMask(k, t, a[0], a[1]); e != abi.OK {
		return 0, e
	}
	if t.Sys.Phase&maskSet == 0 {
		return 0, abi.EFAULT
	}
	return 0, k.Block(t, wait.Never, wait.Key{Kind: wait.Signal, ID: uint64(t.PID)})
}

var _ = define(kernel.Syscall{Nr: 34, Name: "pause", Man: "pause(2); kernel/signal.c:pause",
	OnSignal: kernel.EINTROnHandler, Fn: pause})

func pause(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return 0, k.Block(t, wait.Never, wait.Key{Kind: wait.Signal, ID: uint64(t.PID)})
}

var _ = define(kernel.Syscall{Nr: 128, Name: "rt_sigtimedwait", Man: "sigtimedwait(2); kernel/signal.c:do_sigtimedwait",
	Args: args(pStruct("set", "sigset"), pPtr("info"), pStruct("timeout", "timespec"), pUint("sigsetsize")), OnSignal: kernel.EINTRAlways, Fn: rtSigtimedwait})

// rtSigtimedwait sleeps with the signals it waits for in Sig.Wanted, so that sending one wakes it though it is blocked.
func rtSigtimedwait(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	t.Sig.Wanted = 0
	if a[3] != sigsetSize {
		return 0, abi.EINVAL
	}
	set, e := k.ReadU64(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	if e := deadlineFrom(k, t, a[2]); e != abi.OK {
		return 0, e
	}
	set &^= k.FatalSignals(t)
	if info, ok := k.DequeueSignal(t, set); ok {
		if a[1] != 0 {
			b := info.Bytes()
			e = k.CopyOut(t, a[1], b[:])
		}
		return int64(info.Signo), e
	}
	until, over := expired(k, t)
	if over {
		return 0, abi.EAGAIN
	}
	t.Sig.Wanted = set
	e = k.Block(t, until, wait.Key{Kind: wait.Signal, ID: uint64(t.PID)})
	if e != abi.ErrBlocked {
		t.Sig.Wanted = 0
	}
	return 0, e
}

var _ = define(kernel.Syscall{Nr: 15, Name: "rt_sigreturn", Man: "sigreturn(2); arch/x86/kernel/signal_64.c", Fn: rtSigreturn})

func rtSigreturn(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return k.SigReturn(t)
}

var _ = define(kernel.Syscall{Nr: 62, Name: "kill", Man: "kill(2); kernel/signal.c:kill",
	Args: args(pPID("pid"), pSig("sig")), Fn: kill})

func kill(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	pid, sig := a.Int(0), a.Int(1)
	if pid == -1<<31 {
		return 0, abi.ESRCH
	}
	return done(k.Kill(t, pid, fromUser(t, sig, abi.SI_USER)))
}

var _ = define(kernel.Syscall{Nr: 200, Name: "tkill", Man: "tkill(2); kernel/signal.c:tkill",
	Args: args(pPID("tid"), pSig("sig")), Fn: tkill})

func tkill(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	tid, sig := a.Int(0), a.Int(1)
	if tid <= 0 {
		return 0, abi.EINVAL
	}
	return done(k.Tgkill(t, 0, tid, fromUser(t, sig, abi.SI_TKILL)))
}

var _ = define(kernel.Syscall{Nr: 234, Name: "tgkill", Man: "tgkill(2); kernel/signal.c:tgkill",
	Args: args(pPID("tgid"), pPID("tid"), pSig("sig")), Fn: tgkill})

func tgkill(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	tgid, tid, sig := a.Int(0), a.Int(1), a.Int(2)
	if tgid <= 0 || tid <= 0 {
		return 0, abi.EINVAL
	}
	return done(k.Tgkill(t, tgid, tid, fromUser(t, sig, abi.SI_TKILL)))
}

// fromUser describes a signal that a program sends.
func fromUser(t *kernel.Task, sig, code int32) kernel.Siginfo {
	return kernel.Siginfo{Signo: sig, Code: code, PID: t.TGID, UID: t.Cred.UID}
}

var _ = define(kernel.Syscall{Nr: 129, Name: "rt_sigqueueinfo", Man: "rt_sigqueueinfo(2); kernel/signal.c:do_rt_sigqueueinfo",
	Args: args(pPID("tgid"), pSig("sig"), pPtr("info")), Fn: rtSigqueueinfo})

func rtSigqueueinfo(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	pid, sig := a.Int(0), a.Int(1)
	info, e := readSiginfo(k, t, pid, sig, a[2])
	if e != abi.OK {
		return 0, e
	}
	if pid <= 0 {
		return 0, abi.ESRCH
	}
	return done(k.Kill(t, pid, info))
}

var _ = define(kernel.Syscall{Nr: 297, Name: "rt_tgsigqueueinfo", Man: "rt_tgsigqueueinfo(2); kernel/signal.c:do_rt_tgsigqueueinfo",
	Args: args(pPID("tgid"), pPID("tid"), pSig("sig"), pPtr("info")), Fn: rtTgsigqueueinfo})

func rtTgsigqueueinfo(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	tgid, tid, sig := a.Int(0), a.Int(1), a.Int(2)
	if tgid <= 0 || tid <= 0 {
		return 0, abi.EINVAL
	}
	info, e := readSiginfo(k, t, tgid, sig, a[3])
	if e != abi.OK {
		return 0, e
	}
	return done(k.Tgkill(t, tgid, tid, info))
}

// decodeSiginfo reads a siginfo_t of 64 bits, whatever it is about: the layouts overlap.
func decodeSiginfo(b []byte) kernel.Siginfo {
	le := binary.LittleEndian
	word := func(at int) uint32 { return le.Uint32(b[at:]) }
	return kernel.Siginfo{Signo: int32(word(0)), Errno: int32(word(4)), Code: int32(word(8)), PID: int32(word(16)), UID: word(20),
		Status: int32(word(24)), Addr: le.Uint64(b[16:]), Value: le.Uint64(b[24:]), UTime: int64(le.Uint64(b[32:])), STime: int64(le.Uint64(b[40:]))}
}

// readSiginfo reads the siginfo_t of sigqueue(3). Only to itself may a process pretend that the kernel sends.
func readSiginfo(k *kernel.Kernel, t *kernel.Task, pid, sig int32, addr uint64) (kernel.Siginfo, abi.Errno) {
	var b [128]byte
	if e := k.CopyIn(t, addr, b[:]); e != abi.OK {
		return kernel.Siginfo{}, e
	}
	info := decodeSiginfo(b[:])
	info.Signo = sig
	if (info.Code >= 0 || info.Code == abi.SI_TKILL) && pid != t.TGID {
		return info, abi.EPERM
	}
	return info, abi.OK
}

var _ = define(kernel.Syscall{Nr: 131, Name: "sigaltstack", Man: "sigaltstack(2); kernel/signal.c:do_sigaltstack",
	Args: args(pStruct("ss", "stack"), pResult("old_ss", "stack")), Fn: sigaltstack})

func sigaltstack(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	s, sp := &t.Sig, k.Regs(t).RSP
	old := [3]int64{int64(s.AltStack), int64(s.AltStackFlags(sp)), int64(s.AltSize)}
	if a[0] != 0 {
		var new [3]int64
		if e := readWords(k, t, a[0], new[:]); e != abi.OK {
			return 0, e
		}
		if e := s.SetAltStack(sp, uint64(new[0]), uint32(new[1]), uint64(new[2])); e != abi.OK {
			return 0, e
		}
	}
	if a[1] == 0 {
		return 0, abi.OK
	}
	return done(writeWords(k, t, a[1], old[:]...))
}

var _ = define(kernel.Syscall{Nr: 219, Name: "restart_syscall", Man: "restart_syscall(2); kernel/signal.c:restart_syscall", Fn: restartSyscall})

// restartSyscall is never needed: an interrupted call keeps its own state and goes on.
func restartSyscall(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return 0, abi.EINTR
}
