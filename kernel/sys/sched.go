package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 24, Name: "sched_yield", Man: "sched_yield(2); kernel/sched/core.c", Fn: schedYield})

func schedYield(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	k.Yield(t)
	return 0, abi.OK
}

// target is the task a sched call is about: 0 is the caller.
func target(k *kernel.Kernel, t *kernel.Task, pid int32) (*kernel.Task, abi.Errno) {
	if pid < 0 {
		return nil, abi.EINVAL
	}
	if pid == 0 {
		return t, abi.OK
	}
	if o := k.FindTask(pid); o != nil {
		return o, abi.OK
	}
	return nil, abi.ESRCH
}

var _ = define(kernel.Syscall{Nr: 204, Name: "sched_getaffinity", Man: "sched_getaffinity(2); kernel/sched/core.c",
	Args: args(pPID("pid"), pUint("cpusetsize"), pPtr("mask")), Fn: schedGetaffinity})

// schedGetaffinity: there is one CPU.
func schedGetaffinity(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(1)*8 < 1 || a.Uint(1)&7 != 0 {
		return 0, abi.EINVAL
	}
	if a.Int(0) < 0 {
		return 0, abi.ESRCH
	}
	if _, e := target(k, t, a.Int(0)); e != abi.OK {
		return 0, e
	}
	return 8, k.WriteU64(t, a[2], 1)
}

var _ = define(kernel.Syscall{Nr: 203, Name: "sched_setaffinity", Man: "sched_setaffinity(2); kernel/sched/core.c",
	Args: args(pPID("pid"), pUint("cpusetsize"), pPtr("mask")), Fn: schedSetaffinity})

func schedSetaffinity(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	var b [8]byte
	if e := k.CopyIn(t, a[2], b[:min(a.Uint(1), 8)]); e != abi.OK {
		return 0, e
	}
	if a.Int(0) < 0 {
		return 0, abi.ESRCH
	}
	if _, e := target(k, t, a.Int(0)); e != abi.OK {
		return 0, e
	}
	if b[0]&1 == 0 {
		return 0, abi.EINVAL
	}
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 145, Name: "sched_getscheduler", Man: "sched_getscheduler(2); kernel/sched/core.c",
	Args: args(pPID("pid")), Fn: schedGetscheduler})

func schedGetscheduler(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	o, e := target(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	class := int64(o.Sched.Class)
	if o.Sched.ResetOnFork {
		class |= abi.SCHED_RESET_ON_FORK
	}
	return class, abi.OK
}

var _ = define(kernel.Syscall{Nr: 144, Name: "sched_setscheduler", Man: "sched_setscheduler(2); kernel/sched/core.c",
	Args: args(pPID("pid"), pFlags("policy", "sched"), pPtr("param")), Fn: schedSetscheduler})

func schedSetscheduler(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Int(1) < 0 {
		return 0, abi.EINVAL
	}
	return setSchedParam(k, t, a.Int(0), a[2], func(now schedAttr) schedAttr {
		now.class, now.resetOnFork = a.Int(1)&^abi.SCHED_RESET_ON_FORK, a.Int(1)&abi.SCHED_RESET_ON_FORK != 0
		return now
	})
}

// setSchedParam reads a priority and changes what a task has. Linux kernel/sched/core.c:do_sched_setscheduler
func setSchedParam(k *kernel.Kernel, t *kernel.Task, pid int32, addr uint64, change func(schedAttr) schedAttr) (int64, abi.Errno) {
	if addr == 0 || pid < 0 {
		return 0, abi.EINVAL
	}
	priority, e := k.ReadU32(t, addr)
	if e != abi.OK {
		return 0, e
	}
	o, e := target(k, t, pid)
	if e != abi.OK {
		return 0, e
	}
	want := change(attrOf(o))
	want.priority = priority
	return done(setAttr(k, t, o, want))
}

var _ = define(kernel.Syscall{Nr: 143, Name: "sched_getparam", Man: "sched_getparam(2); kernel/sched/core.c",
	Args: args(pPID("pid"), pPtr("param")), Fn: schedGetparam})

func schedGetparam(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[1] == 0 {
		return 0, abi.EINVAL
	}
	o, e := target(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(k.WriteU32(t, a[1], uint32(o.Sched.Priority)))
}

var _ = define(kernel.Syscall{Nr: 142, Name: "sched_setparam", Man: "sched_setparam(2); kernel/sched/core.c",
	Args: args(pPID("pid"), pPtr("param")), Fn: schedSetparam})

func schedSetparam(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return setSchedParam(k, t, a.Int(0), a[1], func(now schedAttr) schedAttr { return now })
}

var _ = define(kernel.Syscall{Nr: 146, Name: "sched_get_priority_max", Man: "sched_get_priority_max(2); kernel/sched/core.c",
	Args: args(pFlags("policy", "sched")), Fn: schedPriorityMax})

func schedPriorityMax(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return priorityBound(a.Int(0), maxPriority)
}

var _ = define(kernel.Syscall{Nr: 147, Name: "sched_get_priority_min", Man: "sched_get_priority_min(2); kernel/sched/core.c",
	Args: args(pFlags("policy", "sched")), Fn: schedPriorityMin})

func schedPriorityMin(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return priorityBound(a.Int(0), 1)
}

func priorityBound(policy int32, realtime int64) (int64, abi.Errno) {
	switch policy {
	case abi.SCHED_FIFO, abi.SCHED_RR:
		return realtime, abi.OK
	case abi.SCHED_NORMAL, abi.SCHED_BATCH, abi.SCHED_IDLE, abi.SCHED_DEADLINE:
		return 0, abi.OK
	}
	return 0, abi.EINVAL
}

var _ = define(kernel.Syscall{Nr: 148, Name: "sched_rr_get_interval", Man: "sched_rr_get_interval(2); kernel/sched/core.c",
	Args: args(pPID("pid"), pPtr("tp")), Fn: schedInterval})

func schedInterval(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	o, e := target(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	ns := int64(k.SliceOf(o))
	return done(writeWords(k, t, a[1], ns/second, ns%second))
}

// What getpriority(2) and setpriority(2) are about.
const (
	prioProcess = 0
	prioGroup   = 1
	prioUser    = 2
)

var _ = define(kernel.Syscall{Nr: 140, Name: "getpriority", Man: "getpriority(2); kernel/sys.c:getpriority",
	Args: args(pFlags("which", "prio"), pInt("who")), Fn: getpriority})

// getpriority answers 20 - nice, so that it is never negative.
func getpriority(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	best, e := int64(0), abi.ESRCH
	if bad := eachPriority(k, t, a.Int(0), a.Int(1), func(o *kernel.Task) {
		best, e = max(best, 20-int64(o.Nice)), abi.OK
	}); bad != abi.OK {
		return 0, bad
	}
	return best, e
}

var _ = define(kernel.Syscall{Nr: 141, Name: "setpriority", Man: "setpriority(2); kernel/sys.c:setpriority",
	Args: args(pFlags("which", "prio"), pInt("who"), pInt("niceval")), Fn: setpriority})

func setpriority(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	nice := min(max(a.Int(2), -20), 19)
	e := abi.ESRCH
	if bad := eachPriority(k, t, a.Int(0), a.Int(1), func(o *kernel.Task) {
		switch {
		case !t.Capable(abi.CAP_SYS_NICE) && t.Cred.EUID != o.Cred.EUID && t.Cred.EUID != o.Cred.UID:
			e = abi.EPERM
		case !t.Capable(abi.CAP_SYS_NICE) && nice < int32(o.Nice) && !canNice(k, o, nice):
			e = abi.EACCES
		default:
			k.SetNice(o, int8(nice))
			if e == abi.ESRCH {
				e = abi.OK
			}
		}
	}); bad != abi.OK {
		return 0, bad
	}
	return 0, e
}

func eachPriority(k *kernel.Kernel, t *kernel.Task, which, who int32, fn func(o *kernel.Task)) abi.Errno {
	if which < prioProcess || which > prioUser {
		return abi.EINVAL
	}
	k.ForEachTask(func(o *kernel.Task) bool {
		if o.PID == 0 || o.Run == kernel.Dead {
			return true
		}
		switch {
		case which == prioProcess && (o.PID == who || who == 0 && o.ID == t.ID),
			which == prioGroup && (o.PGID == who || who == 0 && o.PGID == t.PGID),
			which == prioUser && (o.Cred.UID == uint32(who) || who == 0 && o.Cred.UID == t.Cred.UID):
			fn(o)
		}
		return true
	})
	return abi.OK
}

var _ = define(kernel.Syscall{Nr: 309, Name: "getcpu", Man: "getcpu(2); kernel/sys.c:getcpu",
	Args: args(pPtr("cpu"), pPtr("node"), pPtr("tcache")), Fn: getcpu})

func getcpu(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	for _, addr := range a[:2] {
		if addr == 0 {
			continue
		}
		if e := k.WriteU32(t, addr, 0); e != abi.OK {
			return 0, e
		}
	}
	return 0, abi.OK
}
