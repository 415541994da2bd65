package sys

import (
	"encoding/binary"
	"math"
	"slices"
	"sort"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// maxTimers bounds the timers of a process (Linux: RLIMIT_SIGPENDING).
const maxTimers = 1024

var _ = define(kernel.Syscall{Nr: 222, Name: "timer_create", Man: "timer_create(2); kernel/time/posix-timers.c:do_timer_create",
	Args: args(pFlags("clockid", "clock"), pPtr("sevp"), pResult("timerid", "int")), Fn: timerCreate})

func timerCreate(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	p := k.Process(t)
	id := freeTimerID(p)
	tm := kernel.PosixTimer{ID: id, Clock: a.Int(0), Notify: kernel.SigevSignal, Signo: abi.SIGALRM, Value: uint64(id)}
	if a[1] != 0 {
		var b [64]byte // struct sigevent
		if e := k.CopyIn(t, a[1], b[:]); e != 0 {
			return 0, e
		}
		le := binary.LittleEndian
		tm.Value, tm.Signo, tm.Notify, tm.TID = le.Uint64(b[:]), int32(le.Uint32(b[8:])), int32(le.Uint32(b[12:])), int32(le.Uint32(b[16:]))
	}
	switch tm.Clock {
	case abi.CLOCK_REALTIME, abi.CLOCK_MONOTONIC, abi.CLOCK_BOOTTIME, abi.CLOCK_TAI:
	case abi.CLOCK_MONOTONIC_RAW, abi.CLOCK_REALTIME_COARSE, abi.CLOCK_MONOTONIC_COARSE:
		return 0, abi.EOPNOTSUPP
	default:
		var e abi.Errno
		if tm.Clock, e = k.CPUClock(t, tm.Clock); e != abi.OK {
			return 0, e
		}
	}
	if !validNotify(k, t, &tm) {
		return 0, abi.EINVAL
	}
	if len(p.Timers) >= maxTimers {
		return 0, abi.EAGAIN
	}
	if e := k.WriteU32(t, a[2], uint32(id)); e != 0 {
		return 0, e
	}
	p.Timers = append(p.Timers, tm)
	return 0, 0
}

// validNotify checks a struct sigevent. Linux kernel/time/posix-timers.c:good_sigevent
func validNotify(k *kernel.Kernel, t *kernel.Task, tm *kernel.PosixTimer) bool {
	switch tm.Notify {
	case kernel.SigevNone:
		return true
	case kernel.SigevThreadID:
		if o := k.FindTask(tm.TID); o == nil || o.TGID != t.TGID {
			return false
		}
	case kernel.SigevSignal, kernel.SigevThread:
	default:
		return false
	}
	return tm.Signo > 0 && tm.Signo <= kernel.NumSigs
}

// freeTimerID is the number after the last one given, from 0 again when there are none left.
func freeTimerID(p *kernel.Process) int32 {
	if n := len(p.Timers); n > 0 && p.Timers[n-1].ID < math.MaxInt32 {
		return p.Timers[n-1].ID + 1
	}
	for id := range int32(len(p.Timers)) {
		if p.Timers[id].ID != id {
			return id
		}
	}
	return int32(len(p.Timers))
}

// findTimer relies on the timers' order, which is that of their numbers.
func findTimer(p *kernel.Process, id int32) *kernel.PosixTimer {
	i := sort.Search(len(p.Timers), func(i int) bool { return p.Timers[i].ID >= id })
	if i == len(p.Timers) || p.Timers[i].ID != id {
		return nil
	}
	return &p.Timers[i]
}

var _ = define(kernel.Syscall{Nr: 223, Name: "timer_settime", Man: "timer_settime(2); kernel/time/posix-timers.c:do_timer_settime",
	Args: args(pInt("timerid"), pFlags("flags", "timer"), pPtr("new_value"), pPtr("old_value")), Fn: timerSettime})

func timerSettime(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[2] == 0 {
		return 0, abi.EINVAL
	}
	interval, e := timespec(k, t, a[2])
	if e != 0 {
		return 0, e
	}
	value, e := timespec(k, t, a[2]+16)
	if e != 0 {
		return 0, e
	}
	tm := findTimer(k.Process(t), a.Int(0))
	if tm == nil {
		return 0, abi.EINVAL
	}
	old := *tm
	left := k.TimerLeft(tm)
	k.SetTimer(tm, a.Uint(1)&abi.TIMER_ABSTIME != 0, kernel.Itimer{Next: value, Interval: interval})
	if a[3] == 0 {
		return 0, 0
	}
	return done(putTimer(k, t, a[3], &old, left))
}

// putTimer writes a struct itimerspec: the interval and what is left.
func putTimer(k *kernel.Kernel, t *kernel.Task, addr uint64, tm *kernel.PosixTimer, left int64) abi.Errno {
	return writeWords(k, t, addr, tm.Interval/second, tm.Interval%second, left/second, left%second)
}

var _ = define(kernel.Syscall{Nr: 224, Name: "timer_gettime", Man: "timer_gettime(2); kernel/time/posix-timers.c:do_timer_gettime",
	Args: args(pInt("timerid"), pPtr("curr_value")), Fn: timerGettime})

func timerGettime(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	tm := findTimer(k.Process(t), a.Int(0))
	if tm == nil {
		return 0, abi.EINVAL
	}
	return done(putTimer(k, t, a[1], tm, k.TimerLeft(tm)))
}

var _ = define(kernel.Syscall{Nr: 225, Name: "timer_getoverrun", Man: "timer_getoverrun(2); kernel/time/posix-timers.c",
	Args: args(pInt("timerid")), Fn: timerGetoverrun})

func timerGetoverrun(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	tm := findTimer(k.Process(t), a.Int(0))
	if tm == nil {
		return 0, abi.EINVAL
	}
	return int64(tm.Overrun), 0
}

var _ = define(kernel.Syscall{Nr: 226, Name: "timer_delete", Man: "timer_delete(2); kernel/time/posix-timers.c",
	Args: args(pInt("timerid")), Fn: timerDelete})

func timerDelete(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	p := k.Process(t)
	tm := findTimer(p, a.Int(0))
	if tm == nil {
		return 0, abi.EINVAL
	}
	p.Timers = slices.DeleteFunc(p.Timers, func(o kernel.PosixTimer) bool { return o.ID == tm.ID })
	return 0, 0
}
