package kernel

import "vitrine/kernel/abi"

// PosixTimer is one timer of timer_create(2). Linux struct k_itimer
type PosixTimer struct {
	ID      int32
	Clock   int32 // as ClockNow knows it; of CPU time as CPUClock names it
	Base    int32 // the clock that Next is on: a relative time does not care about changes of the time of day
	Notify  int32 // SIGEV_*
	Signo   int32
	TID     int32 // the thread that SIGEV_THREAD_ID names
	Value   uint64
	Overrun int32 // expiries that the last signal stood for, beyond the first
	Missed  int64 // expiries since the signal that waits was sent
	Itimer
}

// How a timer tells that it expired. sigevent(7)
const (
	SigevSignal   = 0
	SigevNone     = 1
	SigevThread   = 2 // the library's business: a signal for the kernel
	SigevThreadID = 4
)

// SetTimer arms a timer for a time on its clock, or for so many ns from now; 0 disarms it.
func (k *Kernel) SetTimer(tm *PosixTimer, absolute bool, v Itimer) {
	tm.Overrun, tm.Missed = 0, 0
	tm.Base = tm.Clock
	if tm.Clock >= 0 && !absolute {
		tm.Base = abi.CLOCK_MONOTONIC
	}
	if v.Next != 0 && !absolute {
		v.Next += k.timerNow(tm)
	}
	tm.Itimer = v
	k.TimerArmed(k.timerDue(tm))
}

// timerNow reads the clock that a timer's Next is on.
func (k *Kernel) timerNow(tm *PosixTimer) int64 {
	if tm.Base < 0 {
		return k.cpuClockNow(tm.Base)
	}
	now, _ := k.ClockNow(nil, tm.Base)
	return now
}

// timerDue is when a timer goes off, on the monotonic clock; 0 for never. One of CPU time goes off then or later: no task
// uses more time than passes.
func (k *Kernel) timerDue(tm *PosixTimer) int64 {
	if tm.Next == 0 || tm.Notify == SigevNone {
		return 0
	}
	return max(int64(k.Now())+tm.Next-k.timerNow(tm), 1)
}

// TimerLeft is how long it takes until a timer goes off, in ns; 0 when it will not. Linux common_timer_get
func (k *Kernel) TimerLeft(tm *PosixTimer) int64 {
	if tm.Next == 0 {
		return 0
	}
	left := tm.Next - k.timerNow(tm)
	switch {
	case left > 0:
		return left
	case tm.Interval > 0:
		return tm.Interval - -left%tm.Interval
	case tm.Notify == SigevNone:
		return 0
	}
	return 1 // the next tick sends it
}

// runPosixTimers tells what expired of one process. Linux kernel/time/posix-timers.c:posix_timer_fn
func (k *Kernel) runPosixTimers(t *Task) {
	p := k.Process(t)
	for i := range p.Timers {
		tm := &p.Timers[i]
		if tm.Next == 0 || tm.Notify == SigevNone {
			continue
		}
		now, missed := k.timerNow(tm), int64(0)
		if tm.Interval > 0 && now > tm.Next {
			missed = (now - tm.Next) / tm.Interval
		}
		if tm.expired(now) {
			k.sendTimer(t, tm, missed)
		}
	}
}

// sendTimer sends a timer's signal, or counts an expiry more while the last signal still waits.
// Linux kernel/signal.c:posixtimer_send_sigqueue
func (k *Kernel) sendTimer(t *Task, tm *PosixTimer, missed int64) {
	to, p := t, k.Process(t)
	pending, q := &p.Pending, &p.Queue
	if tm.Notify == SigevThreadID {
		if to = k.FindTask(tm.TID); to == nil || to.TGID != t.TGID {
			return
		}
		pending, q = &to.Sig.Pending, &to.Sig.Queue
	}
	for i := range *q {
		if s := &(*q)[i]; s.Timer && s.PID == tm.ID {
			tm.Missed += missed + 1
			return
		}
	}
	if !k.prepareSignal(to, tm.Signo) {
		return
	}
	tm.Missed = missed
	addSignal(pending, q, Siginfo{Signo: tm.Signo, Code: abi.SI_TIMER, PID: tm.ID, Value: tm.Value, Timer: true})
	if tm.Notify == SigevThreadID {
		k.notifySignal(to, tm.Signo)
	} else {
		k.notifyProcess(to, tm.Signo)
	}
}

// overran notes in a timer's signal, as it is taken, how many expiries it stands for. Linux posixtimer_deliver_signal
func (k *Kernel) overran(t *Task, info *Siginfo) {
	p := k.Process(t)
	for i := range p.Timers {
		if tm := &p.Timers[i]; info.Timer && tm.ID == info.PID {
			tm.Overrun = int32(min(tm.Missed, 1<<31-1))
			tm.Missed = 0
			info.UID = uint32(tm.Overrun)
		}
	}
}

// nextTimer is when the next timer of a process goes off at the earliest, 0 for never.
func (k *Kernel) nextTimer(p *Process) int64 {
	next := p.ItimerReal.Next
	for i := range p.Timers {
		if n := k.timerDue(&p.Timers[i]); n != 0 && (next == 0 || n < next) {
			next = n
		}
	}
	return next
}

// timesReal tells whether a timer of real time is armed.
func (p *Process) timesReal() bool {
	for i := range p.Timers {
		if tm := &p.Timers[i]; tm.Next != 0 && tm.Base >= 0 && tm.Notify != SigevNone {
			return true
		}
	}
	return p.ItimerReal.Next != 0
}
