package kernel

import (
	"math"

	"vitrine/kernel/abi"
)

// itimer is the interval timer that getitimer(2) numbers.
func (p *Process) itimer(which int) *Itimer {
	switch which {
	case abi.ITIMER_REAL:
		return &p.ItimerReal
	case abi.ITIMER_VIRTUAL:
		return &p.ItimerVirt
	case abi.ITIMER_PROF:
		return &p.ItimerProf
	}
	return nil
}

// SetItimer arms a timer: setitimer(2), alarm(2). v.Next is relative here, and so is what is returned.
func (k *Kernel) SetItimer(t *Task, which int, v Itimer) Itimer {
	old := k.GetItimer(t, which)
	it := k.Process(t).itimer(which)
	*it = v
	if v.Next != 0 && which == abi.ITIMER_REAL {
		it.Next += int64(k.Now())
		k.TimerArmed(it.Next)
	}
	return old
}

// GetItimer tells how much is left: getitimer(2).
func (k *Kernel) GetItimer(t *Task, which int) Itimer {
	v := *k.Process(t).itimer(which)
	if v.Next != 0 && which == abi.ITIMER_REAL {
		v.Next = max(v.Next-int64(k.Now()), 1)
	}
	return v
}

// runTimers sends the signals of interval timers that have expired: ITIMER_REAL of every process, the others of the
// process that the tick found on the CPU. Linux kernel/time/itimer.c, posix-cpu-timers.c
func (k *Kernel) runTimers(current *Task) {
	if now := int64(k.Now()); now >= k.index.timers {
		k.expireTimers(now)
	}
	if current.ID == k.State.Idle {
		return
	}
	p := k.Process(current)
	tick := int64(1e9 / k.State.Sched.HZ)
	if p.ItimerVirt.count(tick) {
		k.SendSignalProcess(current, Siginfo{Signo: abi.SIGVTALRM, Code: abi.SI_KERNEL})
	}
	if p.ItimerProf.count(tick) {
		k.SendSignalProcess(current, Siginfo{Signo: abi.SIGPROF, Code: abi.SI_KERNEL})
	}
}

// expireTimers goes through the timers of real time and finds out when to do so again.
func (k *Kernel) expireTimers(now int64) {
	k.ForEachTask(func(t *Task) bool {
		if !t.Leader() {
			return true
		}
		k.runPosixTimers(t, now)
		if p := k.Process(t); p.ItimerReal.Next != 0 && p.ItimerReal.Next <= now {
			p.ItimerReal.rearm(now)
			k.SendSignalProcess(t, Siginfo{Signo: abi.SIGALRM, Code: abi.SI_KERNEL})
		}
		return true
	})
	k.index.timers = math.MaxInt64
	for i := range k.State.Procs.Slots {
		if s := &k.State.Procs.Slots[i]; s.Used {
			k.TimerArmed(s.V.nextTimer())
		}
	}
}

// TimerArmed must follow when a timer of real time is set: it goes off at next (ns), never for 0.
func (k *Kernel) TimerArmed(next int64) {
	if next != 0 {
		k.index.timers = min(k.index.timers, next)
	}
}

// rearm sets the next expiry after now, or disarms.
func (it *Itimer) rearm(now int64) {
	if it.Interval == 0 {
		it.Next = 0
		return
	}
	it.Next += ((now-it.Next)/it.Interval + 1) * it.Interval
}

// count takes used time off a timer of CPU time and tells whether it expired.
func (it *Itimer) count(ns int64) bool {
	if it.Next == 0 {
		return false
	}
	if it.Next -= ns; it.Next > 0 {
		return false
	}
	it.Next = it.Interval
	return true
}

// timersArmed tells whether any interval timer will go off.
func (k *Kernel) timersArmed() bool {
	if k.index.timers == math.MaxInt64 {
		return false
	}
	for i := range k.State.Procs.Slots {
		if s := &k.State.Procs.Slots[i]; s.Used && s.V.nextTimer() != 0 {
			return true
		}
	}
	k.index.timers = math.MaxInt64
	return false
}
