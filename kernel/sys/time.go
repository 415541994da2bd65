package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

var _ = define(kernel.Syscall{Nr: 35, Name: "nanosleep", Man: "nanosleep(2); kernel/time/hrtimer.c:nanosleep",
	Args: args(pStruct("req", "timespec"), pResult("rem", "rem")), OnSignal: kernel.EINTROnHandler, Fn: nanosleep})

func nanosleep(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[0] == 0 {
		return 0, abi.EFAULT
	}
	if e := deadlineFrom(k, t, a[0]); e != abi.OK {
		return 0, e
	}
	return sleepUntil(k, t, a[1])
}

var _ = define(kernel.Syscall{Nr: 230, Name: "clock_nanosleep", Man: "clock_nanosleep(2); kernel/time/posix-timers.c",
	Args:     args(pFlags("clockid", "clock"), pFlags("flags", "timer"), pStruct("request", "timespec"), pResult("remain", "rem")),
	OnSignal: kernel.EINTROnHandler, Fn: clockNanosleep})

func clockNanosleep(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	clock := a.Int(0)
	switch clock {
	case abi.CLOCK_REALTIME, abi.CLOCK_MONOTONIC, abi.CLOCK_BOOTTIME, abi.CLOCK_TAI:
	case abi.CLOCK_MONOTONIC_RAW, abi.CLOCK_REALTIME_COARSE, abi.CLOCK_MONOTONIC_COARSE, abi.CLOCK_THREAD_CPUTIME_ID:
		return 0, abi.EOPNOTSUPP
	default:
		return cpuSleep(k, t, a)
	}
	if t.Sys.Phase&deadlineSet != 0 {
		return sleepUntil(k, t, remainder(a))
	}
	if a[2] == 0 {
		return 0, abi.EFAULT
	}
	ns, e := timespec(k, t, a[2])
	if e != abi.OK {
		return 0, e
	}
	if a.Uint(1)&abi.TIMER_ABSTIME != 0 {
		now, _ := k.ClockNow(t, clock)
		ns = max(ns-now, 0)
	}
	setDeadline(k, t, ns)
	return sleepUntil(k, t, remainder(a))
}

// remainder is where clock_nanosleep reports the time left: nowhere for an absolute sleep.
func remainder(a *kernel.Args) uint64 {
	if a.Uint(1)&abi.TIMER_ABSTIME != 0 {
		return 0
	}
	return a[3]
}

func sleepUntil(k *kernel.Kernel, t *kernel.Task, rem uint64) (int64, abi.Errno) {
	until, over := expired(k, t)
	if over {
		return 0, abi.OK
	}
	e := k.Block(t, until, wait.Key{Kind: wait.Timer, ID: uint64(t.PID)})
	if e != abi.ErrBlocked && rem != 0 {
		left := timeLeft(k, t)
		if e2 := writeWords(k, t, rem, left/second, left%second); e2 != abi.OK {
			return 0, e2
		}
	}
	return 0, e
}

var _ = define(kernel.Syscall{Nr: 228, Name: "clock_gettime", Man: "clock_gettime(2); kernel/time/posix-timers.c",
	Args: args(pFlags("clockid", "clock"), pResult("tp", "timespec")), Fn: clockGettime})

func clockGettime(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	ns, e := k.ClockNow(t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(writeWords(k, t, a[1], ns/second, ns%second))
}

var _ = define(kernel.Syscall{Nr: 229, Name: "clock_getres", Man: "clock_getres(2); kernel/time/posix-timers.c",
	Args: args(pFlags("clockid", "clock"), pResult("res", "timespec")), Fn: clockGetres})

func clockGetres(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	clock := a.Int(0)
	if _, e := k.ClockNow(t, clock); e != abi.OK {
		return 0, e
	}
	if a[1] == 0 {
		return 0, abi.OK
	}
	res := int64(1)
	if clock == abi.CLOCK_REALTIME_COARSE || clock == abi.CLOCK_MONOTONIC_COARSE {
		res = second / int64(k.State.Sched.HZ)
	}
	return done(writeWords(k, t, a[1], 0, res))
}

var _ = define(kernel.Syscall{Nr: 227, Name: "clock_settime", Man: "clock_settime(2); kernel/time/posix-timers.c",
	Args: args(pFlags("clockid", "clock"), pPtr("tp")), Fn: clockSettime})

func clockSettime(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Int(0) < 0 {
		if _, e := k.CPUClock(t, a.Int(0)); e == abi.OK {
			return 0, abi.EPERM // what was used stays used
		}
	}
	if a.Int(0) != abi.CLOCK_REALTIME {
		return 0, abi.EINVAL
	}
	ns, e := timespec(k, t, a[1])
	if e != abi.OK {
		return 0, e
	}
	return done(setTimeOfDay(k, t, ns))
}

var _ = define(kernel.Syscall{Nr: 164, Name: "settimeofday", Man: "settimeofday(2); kernel/time/time.c",
	Args: args(pPtr("tv"), pPtr("tz")), Fn: settimeofday})

func settimeofday(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[0] == 0 {
		return 0, abi.OK
	}
	var v [2]int64
	if e := readWords(k, t, a[0], v[:]); e != abi.OK {
		return 0, e
	}
	if v[0] < 0 || v[1] < 0 || v[1] >= 1_000_000 {
		return 0, abi.EINVAL
	}
	return done(setTimeOfDay(k, t, clampNS(v[0], v[1]*1000)))
}

func setTimeOfDay(k *kernel.Kernel, t *kernel.Task, ns int64) abi.Errno {
	if !t.Capable(abi.CAP_SYS_TIME) {
		return abi.EPERM
	}
	k.State.BootTime = ns - int64(k.Now())
	k.TimesChanged()
	for f := vfs.FileID(1); int(f) <= k.VFS.S.Files.Len(); f++ { // who waits for a time of day waits longer or shorter now
		if k.VFS.File(f) != nil && k.VFS.Anon(f) == vfs.AnonTimer {
			k.Wake(k.VFS.WaitKey(f, false), -1)
		}
	}
	return abi.OK
}

var _ = define(kernel.Syscall{Nr: 96, Name: "gettimeofday", Man: "gettimeofday(2); kernel/time/time.c",
	Args: args(pResult("tv", "timeval"), pPtr("tz")), Fn: gettimeofday})

func gettimeofday(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	sec, nsec := k.TimeOfDay()
	if a[0] != 0 {
		if e := writeWords(k, t, a[0], sec, int64(nsec/1000)); e != abi.OK {
			return 0, e
		}
	}
	if a[1] != 0 {
		return done(k.WriteU64(t, a[1], 0)) // struct timezone: UTC
	}
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 201, Name: "time", Man: "time(2); kernel/time/time.c",
	Args: args(pPtr("tloc")), Fn: time})

func time(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	sec, _ := k.TimeOfDay()
	if a[0] != 0 {
		if e := k.WriteU64(t, a[0], uint64(sec)); e != abi.OK {
			return 0, e
		}
	}
	return sec, abi.OK
}

// unitsPerTick is a tick of times(2): 10 ms, USER_HZ = 100.
const unitsPerTick = 10_000_000 / kernel.UnitNS

var _ = define(kernel.Syscall{Nr: 100, Name: "times", Man: "times(2); kernel/sys.c:times",
	Args: args(pPtr("buf")), Fn: times})

func times(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[0] != 0 {
		u, kids := k.ProcessUsage(t), &k.Process(t).Children
		e := writeWords(k, t, a[0], int64(u.UTime/unitsPerTick), int64(u.STime/unitsPerTick),
			int64(kids.UTime/unitsPerTick), int64(kids.STime/unitsPerTick))
		if e != abi.OK {
			return 0, e
		}
	}
	return int64(k.Now() / (unitsPerTick * kernel.UnitNS)), abi.OK
}

var _ = define(kernel.Syscall{Nr: 37, Name: "alarm", Man: "alarm(2); kernel/time/itimer.c:alarm_setitimer",
	Args: args(pUint("seconds")), Fn: alarm})

func alarm(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	old := k.SetItimer(t, abi.ITIMER_REAL, kernel.Itimer{Next: int64(a.Uint(0)) * second})
	left := old.Next / second
	if rest := old.Next % second; rest >= second/2 || left == 0 && rest > 0 {
		left++
	}
	return left, abi.OK
}

var _ = define(kernel.Syscall{Nr: 38, Name: "setitimer", Man: "setitimer(2); kernel/time/itimer.c:setitimer",
	Args: args(pFlags("which", "itimer"), pStruct("new_value", "itimer"), pResult("old_value", "itimer")), Fn: setitimer})

func setitimer(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	var v [4]int64 // it_interval, it_value, each in seconds and microseconds
	if a[1] != 0 {
		if e := readWords(k, t, a[1], v[:]); e != abi.OK {
			return 0, e
		}
	}
	for i := 0; i < 4; i += 2 {
		if v[i] < 0 || v[i+1] < 0 || v[i+1] >= 1_000_000 {
			return 0, abi.EINVAL
		}
	}
	if a.Uint(0) > abi.ITIMER_PROF {
		return 0, abi.EINVAL
	}
	old := k.SetItimer(t, int(a.Int(0)), kernel.Itimer{Interval: clampNS(v[0], v[1]*1000), Next: clampNS(v[2], v[3]*1000)})
	if a[2] == 0 {
		return 0, abi.OK
	}
	return done(putItimer(k, t, a[2], old))
}

var _ = define(kernel.Syscall{Nr: 36, Name: "getitimer", Man: "getitimer(2); kernel/time/itimer.c:getitimer",
	Args: args(pFlags("which", "itimer"), pResult("curr_value", "itimer")), Fn: getitimer})

func getitimer(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(0) > abi.ITIMER_PROF {
		return 0, abi.EINVAL
	}
	return done(putItimer(k, t, a[1], k.GetItimer(t, int(a.Int(0)))))
}

func putItimer(k *kernel.Kernel, t *kernel.Task, addr uint64, v kernel.Itimer) abi.Errno {
	return writeWords(k, t, addr, v.Interval/second, v.Interval%second/1000, v.Next/second, v.Next%second/1000)
}
