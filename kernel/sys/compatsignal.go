package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// siginfoSize is that of siginfo_t in both ABIs.
const siginfoSize = 128

// outSiginfo converts what the handler tells about a signal. Linux kernel/signal.c:copy_siginfo_to_external32
func outSiginfo(i int) conversion {
	return func(c *compatCall) abi.Errno {
		addr := c.a[i]
		if addr == 0 {
			return abi.OK
		}
		s, at := c.k.Stage(make([]byte, siginfoSize))
		c.a[i] = at
		c.behind(s, addr, func(w []byte) ([]byte, abi.Errno) {
			info := decodeSiginfo(w)
			b := info.Bytes32()
			return b[:], abi.OK
		})
		return abi.OK
	}
}

// inSiginfo widens the siginfo_t that a program sends. Linux kernel/signal.c:copy_siginfo_from_user32
func inSiginfo(i int) conversion {
	return func(c *compatCall) abi.Errno {
		b, e := c.read(c.a[i], siginfoSize)
		if e != abi.OK {
			return e
		}
		w := make([]byte, siginfoSize)
		copy(w, b[:12])
		copy(w[16:], b[12:20]) // si_pid, si_uid
		copy(w[24:], b[20:24]) // si_value
		_, c.a[i] = c.k.Stage(w)
		return abi.OK
	}
}

// sigevent widens struct sigevent.
func sigevent(i int) conversion {
	return func(c *compatCall) abi.Errno {
		const s shape = "uiii"
		if c.a[i] == 0 {
			return abi.OK
		}
		b, e := c.read(c.a[i], s.size(false))
		if e == abi.OK {
			_, c.a[i] = c.k.Stage(append(s.widen(b), make([]byte, 64)...))
		}
		return e
	}
}

// sigaction32 is sigaction(2) of before real-time signals: handler, a mask of 32 signals, flags, restorer.
// Linux kernel/signal.c:COMPAT_SYSCALL_DEFINE3(sigaction)
func sigaction32(c *compatCall) abi.Errno {
	le := binary.LittleEndian
	c.a[3] = sigsetSize
	if c.a[1] != 0 {
		b, e := c.read(c.a[1], 16)
		if e != abi.OK {
			return e
		}
		var p packer
		for _, at := range []int{0, 8, 12, 4} {
			p.u64(uint64(le.Uint32(b[at:])))
		}
		_, c.a[1] = c.k.Stage(p.b)
	}
	if addr := c.a[2]; addr != 0 {
		s, at := c.k.Stage(make([]byte, 32))
		c.a[2] = at
		c.behind(s, addr, func(w []byte) ([]byte, abi.Errno) {
			var p packer
			for _, at := range []int{0, 24, 8, 16} {
				p.u32(le.Uint32(w[at:]))
			}
			return p.b, abi.OK
		})
	}
	return abi.OK
}

var (
	_ = i386Own(48, "signal", oldSignal)
	_ = i386Own(68, "sgetmask", sgetmask)
	_ = i386Own(69, "ssetmask", ssetmask)
	_ = i386Own(72, "sigsuspend", sigsuspend)
	_ = i386Own(73, "sigpending", sigpending)
	_ = i386Own(119, "sigreturn", sigreturn32(false))
	_ = i386Own(126, "sigprocmask", sigprocmask)
	_ = i386Own(173, "rt_sigreturn", sigreturn32(true))
)

func sigreturn32(rt bool) kernel.Handler {
	return func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) { return k.SigReturn32(t, rt) }
}

// oldSignal is signal(2): one shot, and the signal is not blocked meanwhile. Linux kernel/signal.c:signal
func oldSignal(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	sig := a.Int(0)
	if sig < 1 || sig > kernel.NumSigs || sig == abi.SIGKILL || sig == abi.SIGSTOP {
		return 0, abi.EINVAL
	}
	old := k.Sighand(t).Action[sig].Handler
	k.SetAction(t, sig, kernel.SigAction{Handler: a[1], Flags: abi.SA_RESETHAND | abi.SA_NODEFER | abi.SA_IA32_ABI})
	return int64(old), abi.OK
}

// lowMask are the signals that a mask of 32 bits knows.
const lowMask = 1<<32 - 1

func sgetmask(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return int64(t.Sig.Blocked & lowMask), abi.OK
}

func ssetmask(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	old := t.Sig.Blocked
	k.SetBlocked(t, uint64(a.Uint(0))) // the real-time signals are let through: siginitset
	return int64(old & lowMask), abi.OK
}

func sigpending(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.WriteU32(t, a[0], uint32((t.Sig.Pending|k.Process(t).Pending)&t.Sig.Blocked)))
}

// sigsuspend has its mask in the third argument.
func sigsuspend(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if t.Sys.Phase&maskSet == 0 {
		t.Sys.Phase |= maskSet
		t.Sig.Saved, t.Sig.HasSaved = t.Sig.Blocked, true
		k.SetBlocked(t, uint64(a.Uint(2)))
	}
	return 0, k.Block(t, wait.Never, wait.Key{Kind: wait.Signal, ID: uint64(t.PID)})
}

// sigprocmask changes the first 32 signals of the mask only. Linux kernel/signal.c:COMPAT_SYSCALL_DEFINE3(sigprocmask)
func sigprocmask(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	old := t.Sig.Blocked
	if a[1] != 0 {
		low, e := k.ReadU32(t, a[1])
		if e != abi.OK {
			return 0, e
		}
		set := uint64(low)
		switch a.Int(0) {
		case abi.SIG_BLOCK:
			set |= old
		case abi.SIG_UNBLOCK:
			set = old &^ set
		case abi.SIG_SETMASK:
			set |= old &^ lowMask
		default:
			return 0, abi.EINVAL
		}
		k.SetBlocked(t, set)
	}
	if a[2] == 0 {
		return 0, abi.OK
	}
	return done(k.WriteU32(t, a[2], uint32(old)))
}

// fdSets converts the three sets of select(2), arrays of long, for as many descriptors as the first argument says.
// Linux fs/select.c:compat_core_sys_select
func fdSets(c *compatCall) abi.Errno {
	n := int(c.a.Int(0))
	if n < 0 {
		return abi.EINVAL
	}
	n = min(n, 1<<16)
	for i := 1; i <= 3; i++ {
		addr := c.a[i]
		if addr == 0 {
			continue
		}
		size := roundUp(n, 32) / 8
		b := make([]byte, roundUp(n, 64)/8)
		if e := c.k.CopyIn(c.t, addr, b[:size]); e != abi.OK {
			return e
		}
		s, at := c.k.Stage(b)
		c.a[i] = at
		c.behind(s, addr, func(b []byte) ([]byte, abi.Errno) { return b[:size], abi.OK })
	}
	return abi.OK
}

// futexTimeout converts the fourth argument where it is a timeout and not a second count.
func futexTimeout(s shape) conversion {
	return func(c *compatCall) abi.Errno {
		switch c.a.Int(1) &^ (abi.FUTEX_PRIVATE_FLAG | abi.FUTEX_CLOCK_REALTIME) {
		case abi.FUTEX_WAIT, abi.FUTEX_WAIT_BITSET, futexLockPI, futexWaitRequeuePI, futexLockPI2:
			return in(3, s)(c)
		}
		return abi.OK
	}
}

// Operations of futex(2) with a timeout that are refused.
const (
	futexLockPI        = 6
	futexWaitRequeuePI = 11
	futexLockPI2       = 13
)

var _ = i386Own(311, "set_robust_list", setRobustList32)

// setRobustList32 notes a list whose pointers have 32 bits.
func setRobustList32(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[1] != 12 { // sizeof(struct compat_robust_list_head)
		return 0, abi.EINVAL
	}
	t.RobustList32 = a[0]
	return 0, abi.OK
}
