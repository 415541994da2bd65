package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 97, Name: "getrlimit", Man: "getrlimit(2); kernel/sys.c:getrlimit",
	Args: args(pFlags("resource", "rlimit"), pResult("rlim", "rlimit")), Fn: getrlimit})

func getrlimit(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(0) >= abi.RLIM_NLIMITS {
		return 0, abi.EINVAL
	}
	r := k.Process(t).Rlimits[a.Uint(0)]
	return done(writeWords(k, t, a[1], int64(r.Cur), int64(r.Max)))
}

var _ = define(kernel.Syscall{Nr: 160, Name: "setrlimit", Man: "setrlimit(2); kernel/sys.c:setrlimit",
	Args: args(pFlags("resource", "rlimit"), pStruct("rlim", "rlimit")), Fn: setrlimit})

func setrlimit(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	var v [2]int64
	if e := readWords(k, t, a[1], v[:]); e != abi.OK {
		return 0, e
	}
	return done(changeRlimit(k, t, t, a.Uint(0), kernel.Rlimit{Cur: uint64(v[0]), Max: uint64(v[1])}))
}

// maxOpen is what RLIMIT_NOFILE can be raised to. Linux sysctl_nr_open
const maxOpen = 1 << 20

// changeRlimit is Linux kernel/sys.c:do_prlimit.
func changeRlimit(k *kernel.Kernel, by, t *kernel.Task, resource uint32, new kernel.Rlimit) abi.Errno {
	if resource >= abi.RLIM_NLIMITS || new.Cur > new.Max {
		return abi.EINVAL
	}
	if resource == abi.RLIMIT_NOFILE && new.Max > maxOpen {
		return abi.EPERM
	}
	old := &k.Process(t).Rlimits[resource]
	if new.Max > old.Max && !by.Capable(abi.CAP_SYS_RESOURCE) {
		return abi.EPERM
	}
	*old = new
	if as := k.MM.AS(t.ASID); as != nil {
		as.Limits = k.MemoryLimits(t)
	}
	return abi.OK
}

var _ = define(kernel.Syscall{Nr: 302, Name: "prlimit64", Man: "prlimit(2); kernel/sys.c:prlimit64",
	Args: args(pPID("pid"), pFlags("resource", "rlimit"), pStruct("new_limit", "rlimit"), pResult("old_limit", "rlimit")), Fn: prlimit64})

func prlimit64(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	of := t
	if a.Uint(1) >= abi.RLIM_NLIMITS {
		return 0, abi.EINVAL
	}
	var v [2]int64
	if a[2] != 0 {
		if e := readWords(k, t, a[2], v[:]); e != abi.OK {
			return 0, e
		}
	}
	if pid := a.Int(0); pid != 0 {
		if of = k.FindTask(pid); of == nil {
			return 0, abi.ESRCH
		}
		if !sameUser(t, of, abi.CAP_SYS_RESOURCE) {
			return 0, abi.EPERM
		}
	}
	old := k.Process(of).Rlimits[a.Uint(1)]
	if a[2] != 0 {
		if e := changeRlimit(k, t, of, a.Uint(1), kernel.Rlimit{Cur: uint64(v[0]), Max: uint64(v[1])}); e != abi.OK {
			return 0, e
		}
	}
	if a[3] == 0 {
		return 0, abi.OK
	}
	return done(writeWords(k, t, a[3], int64(old.Cur), int64(old.Max)))
}

var _ = define(kernel.Syscall{Nr: 98, Name: "getrusage", Man: "getrusage(2); kernel/sys.c:getrusage",
	Args: args(pFlags("who", "rusage"), pResult("usage", "rusage")), Fn: getrusage})

func getrusage(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	var u kernel.Usage
	switch a.Int(0) {
	case abi.RUSAGE_SELF:
		u = k.ProcessUsage(t)
	case abi.RUSAGE_THREAD:
		u = k.ThreadUsage(t)
	case abi.RUSAGE_CHILDREN:
		u = k.Process(t).Children
	default:
		return 0, abi.EINVAL
	}
	return done(putRusage(k, t, a[1], u))
}

// putRusage writes struct rusage, 144 bytes.
func putRusage(k *kernel.Kernel, t *kernel.Task, addr uint64, u kernel.Usage) abi.Errno {
	user, system := int64(u.UTime)*kernel.UnitNS, int64(u.STime)*kernel.UnitNS
	return writeWords(k, t, addr, user/second, user%second/1000, system/second, system%second/1000, int64(u.MaxRSS), 0, 0, 0,
		int64(u.MinFlt), int64(u.MajFlt), 0, 0, 0, 0, 0, 0, int64(u.NVCsw), int64(u.NIvCsw))
}
