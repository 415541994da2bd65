package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// cpuSleep is clock_nanosleep(2) on a clock of CPU time: nobody knows when it will be so far, but not before as much real
// time has passed. Scratch[0] is the clock, Scratch[1] the moment on it. Linux kernel/time/posix-cpu-timers.c:posix_cpu_nsleep
func cpuSleep(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if t.Sys.Phase&deadlineSet == 0 {
		clock, e := k.CPUClock(t, a.Int(0))
		if e != abi.OK {
			return 0, e
		}
		if own, _ := k.CPUClock(t, abi.CLOCK_THREAD_CPUTIME_ID); clock == own {
			return 0, abi.EINVAL // it would never come
		}
		ns, e := timespec(k, t, a[2])
		if e != abi.OK {
			return 0, e
		}
		if a.Uint(1)&abi.TIMER_ABSTIME == 0 {
			now, _ := k.ClockNow(t, clock)
			ns += now
		}
		t.Sys.Phase |= deadlineSet
		t.Sys.Scratch[0], t.Sys.Scratch[1] = uint64(uint32(clock)), uint64(ns)
	}
	now, e := k.ClockNow(t, int32(t.Sys.Scratch[0]))
	left := int64(t.Sys.Scratch[1]) - now
	if e != abi.OK || left <= 0 {
		return 0, abi.OK // the time has come, or the process has ended
	}
	e = k.Block(t, k.Now()+uint64(min(left, forever)), wait.Key{Kind: wait.Timer, ID: uint64(t.PID)})
	if rem := remainder(a); e != abi.ErrBlocked && rem != 0 {
		if e2 := writeWords(k, t, rem, left/second, left%second); e2 != abi.OK {
			return 0, e2
		}
	}
	return 0, e
}
