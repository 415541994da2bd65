package kernel

import (
	"vitrine/kernel/abi"
)

// PosixTimer is one timer of timer_create(2). Linux struct k_itimer
type PosixTimer struct {
	ID      int32
	Clock   int32
	Notify  int32 // SIGEV_*
	Signo   int32
	TID     int32 // the thread that SIGEV_THREAD_ID names
	Value   uint64
	Overrun int32 // expiries that the last signal stands for, beyond the first
	Itimer        // Next is on the monotonic clock
}

// How a timer tells that it expired. sigevent(7)
const (
	SigevSignal   = 0
	SigevNone     = 1
	SigevThreadID = 4
)

// runPosixTimers tells what expired of one process. Linux kernel/time/posix-timers.c:posix_timer_fn
func (k *Kernel) runPosixTimers(t *Task, now int64) {
	p := k.Process(t)
	for i := range p.Timers {
		tm := &p.Timers[i]
		if tm.Next == 0 || tm.Next > now {
			continue
		}
		if tm.Overrun = 0; tm.Interval > 0 {
			tm.Overrun = int32(min((now-tm.Next)/tm.Interval, 1<<31-1))
		}
		tm.rearm(now)
		info := Siginfo{Signo: tm.Signo, Code: abi.SI_TIMER, PID: tm.ID, UID: uint32(tm.Overrun), Value: tm.Value}
		switch tm.Notify {
		case SigevSignal:
			k.SendSignalProcess(t, info)
		case SigevThreadID:
			if o := k.FindTask(tm.TID); o != nil && o.TGID == t.TGID {
				k.SendSignal(o, info)
			}
		}
	}
}

// nextTimer is when the next timer of real time goes off, 0 for never.
func (p *Process) nextTimer() int64 {
	next := p.ItimerReal.Next
	for i := range p.Timers {
		if n := p.Timers[i].Next; n != 0 && (next == 0 || n < next) {
			next = n
		}
	}
	return next
}
