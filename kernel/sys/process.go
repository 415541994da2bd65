package sys

import (
	"vitrine/engine/cpu"
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 60, Name: "exit", Man: "exit(2); kernel/exit.c:exit",
	Args: args(pInt("status")), Fn: exit})

func exit(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if k.ReleasePages(t) {
		return 0, abi.ErrPaused
	}
	k.Exit(t, abi.WaitExited(int(a.Int(0))))
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 231, Name: "exit_group", Man: "exit_group(2); kernel/exit.c:do_group_exit",
	Args: args(pInt("status")), Fn: exitGroup})

func exitGroup(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if k.ReleasePages(t) {
		return 0, abi.ErrPaused
	}
	k.ExitGroup(t, abi.WaitExited(int(a.Int(0))))
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 57, Name: "fork", Man: "fork(2); kernel/fork.c:fork", Fn: fork})

func fork(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return k.Clone(t, kernel.CloneArgs{ExitSignal: abi.SIGCHLD})
}

var _ = define(kernel.Syscall{Nr: 58, Name: "vfork", Man: "vfork(2); kernel/fork.c:vfork",
	OnSignal: kernel.Uninterruptible, Fn: vfork})

func vfork(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return k.Clone(t, kernel.CloneArgs{Flags: abi.CLONE_VFORK | abi.CLONE_VM, ExitSignal: abi.SIGCHLD})
}

var _ = define(kernel.Syscall{Nr: 56, Name: "clone", Man: "clone(2); kernel/fork.c:clone", Missing: "namespaces",
	Args:     args(pFlags("flags", "clone"), pHex("stack"), pPtr("parent_tid"), pPtr("child_tid"), pHex("tls")),
	OnSignal: kernel.Uninterruptible, Fn: clone})

func clone(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if both := uint32(abi.CLONE_PIDFD | abi.CLONE_PARENT_SETTID); a.Uint(0)&both == both {
		return 0, abi.EINVAL // parent_tid is the place for either
	}
	c := kernel.CloneArgs{Flags: uint64(a.Uint(0)) &^ abi.CSIGNAL, ExitSignal: int32(a[0] & abi.CSIGNAL),
		Stack: a[1], ParentTID: a[2], PIDFile: a[2], ChildTID: a[3], TLS: a[4]}
	if e := cloneTLS(k, t, &c); e != abi.OK {
		return 0, e
	}
	return k.Clone(t, c)
}

var _ = define(kernel.Syscall{Nr: 435, Name: "clone3", Man: "clone3(2); kernel/fork.c:clone3", Missing: "namespaces, CLONE_INTO_CGROUP",
	Args: args(pPtr("cl_args"), pUint("size")), OnSignal: kernel.Uninterruptible, Fn: clone3})

// Sizes of struct clone_args. Linux include/uapi/linux/sched.h
const (
	cloneArgsMin  = 64 // CLONE_ARGS_SIZE_VER0
	cloneArgsSize = 88 // CLONE_ARGS_SIZE_VER2
)

func clone3(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	size := a[1]
	if size > 4096 {
		return 0, abi.E2BIG
	}
	if size < cloneArgsMin {
		return 0, abi.EINVAL
	}
	raw := make([]byte, size)
	if e := k.CopyIn(t, a[0], raw); e != abi.OK {
		return 0, e
	}
	for _, b := range raw[min(size, cloneArgsSize):] {
		if b != 0 {
			return 0, abi.E2BIG
		}
	}
	var v [11]uint64 // flags pidfd child_tid parent_tid exit_signal stack stack_size tls set_tid set_tid_size cgroup
	for i := range min(len(raw), cloneArgsSize) {
		v[i/8] |= uint64(raw[i]) << (i % 8 * 8)
	}
	flags, signal, stack, stackSize := v[0], v[4], v[5], v[6]
	const known = 0xffffffff | abi.CLONE_CLEAR_SIGHAND | abi.CLONE_INTO_CGROUP
	if flags&^uint64(known) != 0 || flags&(abi.CSIGNAL|abi.CLONE_DETACHED) != 0 || signal > kernel.NumSigs || (stack == 0) != (stackSize == 0) {
		return 0, abi.EINVAL
	}
	tid, e := wantedTID(k, t, v[8], v[9])
	if e != abi.OK {
		return 0, e
	}
	if flags&(abi.CLONE_THREAD|abi.CLONE_PARENT) != 0 && signal != 0 {
		return 0, abi.EINVAL
	}
	c := kernel.CloneArgs{Flags: flags, Stack: stack + stackSize, TLS: v[7], ParentTID: v[3], PIDFile: v[1],
		ChildTID: v[2], ExitSignal: int32(signal), SetTID: tid}
	if e := cloneTLS(k, t, &c); e != abi.OK {
		return 0, e
	}
	return k.Clone(t, c)
}

// wantedTID reads set_tid, the numbers that a child is to have in its PID namespaces: here there is one.
func wantedTID(k *kernel.Kernel, t *kernel.Task, addr, n uint64) (int32, abi.Errno) {
	if n > 32 || (addr == 0) != (n == 0) { // MAX_PID_NS_LEVEL
		return 0, abi.EINVAL
	}
	if n == 0 {
		return 0, abi.OK
	}
	tid, e := k.ReadU32(t, addr)
	if e == abi.OK && (n > 1 || int32(tid) < 1 || tid >= kernel.MaxPID) {
		e = abi.EINVAL
	}
	return int32(tid), e
}

var _ = define(kernel.Syscall{Nr: 39, Name: "getpid", Man: "getpid(2); kernel/sys.c:getpid", Fn: getpid})

func getpid(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return int64(t.TGID), abi.OK
}

var _ = define(kernel.Syscall{Nr: 186, Name: "gettid", Man: "gettid(2); kernel/sys.c:gettid", Fn: gettid})

func gettid(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return int64(t.PID), abi.OK
}

var _ = define(kernel.Syscall{Nr: 110, Name: "getppid", Man: "getppid(2); kernel/sys.c:getppid", Fn: getppid})

func getppid(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return int64(t.PPID), abi.OK
}

var _ = define(kernel.Syscall{Nr: 218, Name: "set_tid_address", Man: "set_tid_address(2); kernel/fork.c",
	Args: args(pPtr("tidptr")), Fn: setTIDAddress})

func setTIDAddress(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	t.ClearChildTID = a[0]
	return int64(t.PID), abi.OK
}

var _ = define(kernel.Syscall{Nr: 273, Name: "set_robust_list", Man: "set_robust_list(2); kernel/futex/syscalls.c",
	Args: args(pPtr("head"), pUint("len")), Fn: setRobustList})

const robustListSize = 24 // sizeof(struct robust_list_head)

func setRobustList(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[1] != robustListSize {
		return 0, abi.EINVAL
	}
	t.RobustList = a[0]
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 274, Name: "get_robust_list", Man: "get_robust_list(2); kernel/futex/syscalls.c",
	Args: args(pPID("pid"), pPtr("head_ptr"), pPtr("len_ptr")), Fn: getRobustList})

func getRobustList(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	of := t
	if pid := a.Int(0); pid != 0 {
		if of = k.FindTask(pid); of == nil {
			return 0, abi.ESRCH
		}
	}
	if !mayTrace(k, t, of) {
		return 0, abi.EPERM
	}
	if e := k.WriteU64(t, a[2], robustListSize); e != abi.OK {
		return 0, e
	}
	return done(k.WriteU64(t, a[1], of.RobustList))
}

var _ = define(kernel.Syscall{Nr: 334, Name: "rseq", Man: "rseq(2); kernel/rseq.c", Missing: "all: ENOSYS, as programs expect of some kernels",
	Args: args(pPtr("rseq"), pUint("rseq_len"), pHex("flags"), pHex("sig")), Fn: unsupported})

var _ = define(kernel.Syscall{Nr: 324, Name: "membarrier", Man: "membarrier(2); kernel/sched/membarrier.c", Missing: "commands for restartable sequences",
	Args: args(pInt("cmd"), pHex("flags"), pInt("cpu_id")), Fn: membarrier})

// Commands of membarrier(2), bits of what MEMBARRIER_CMD_QUERY answers, and who must register for which.
// Linux include/uapi/linux/membarrier.h
const (
	membarrierPrivate  = 8
	membarrierSyncCore = 32
	membarrierAll      = 1 | 2 | 4 | membarrierPrivate | membarrierPrivate<<1 | membarrierSyncCore | membarrierSyncCore<<1
)

// membarrier: with one CPU every context switch is the barrier already.
func membarrier(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	p, cmd := k.Process(t), a.Uint(0)
	switch {
	case a.Uint(1) != 0 || cmd&^membarrierAll != 0 || cmd&(cmd-1) != 0:
		return 0, abi.EINVAL
	case cmd == 0:
		return membarrierAll, abi.OK
	case cmd == membarrierPrivate<<1 || cmd == membarrierSyncCore<<1:
		p.Membarrier |= uint8(cmd >> 1)
	case (cmd == membarrierPrivate || cmd == membarrierSyncCore) && p.Membarrier&uint8(cmd) == 0:
		return 0, abi.EPERM
	}
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 330, Name: "pkey_alloc", Man: "pkey_alloc(2); mm/mprotect.c", Missing: "all: ENOSYS, as programs expect of some kernels",
	Args: args(pHex("flags"), pHex("access_rights")), Fn: unsupported})

// unsupported is for calls that programs probe for and do without; they are known, so the log does not name them.
func unsupported(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return 0, abi.ENOSYS
}

var _ = define(kernel.Syscall{Nr: 158, Name: "arch_prctl", Man: "arch_prctl(2); arch/x86/kernel/process_64.c:do_arch_prctl_64",
	Args: args(pFlags("code", "arch_prctl"), pHex("addr")), Fn: archPrctl})

func archPrctl(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	s, addr := &k.M.CPU.S, a[1]
	switch a.Int(0) {
	case abi.ARCH_SET_FS:
		if addr >= k.MM.TaskSizeMax() {
			return 0, abi.EPERM
		}
		t.FSBase, s.Seg[cpu.FS].Base = addr, addr
	case abi.ARCH_SET_GS:
		if addr >= k.MM.TaskSizeMax() {
			return 0, abi.EPERM
		}
		t.GSBase, s.KernelGSBase = addr, addr // SWAPGS on the way out makes it the GS base
	case abi.ARCH_GET_FS:
		return done(k.WriteU64(t, addr, s.Seg[cpu.FS].Base))
	case abi.ARCH_GET_GS:
		return done(k.WriteU64(t, addr, s.KernelGSBase))
	default:
		return 0, abi.EINVAL
	}
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 135, Name: "personality", Man: "personality(2); kernel/exec_domain.c:personality",
	Args: args(pHex("persona")), Ret: kernel.ArgHex, Fn: personality})

func personality(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	p := k.Process(t)
	old := p.Personality
	if new := a.Uint(0); new != 0xffffffff {
		p.Personality = new
	}
	return int64(old), abi.OK
}
