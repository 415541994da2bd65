package kernel

import "vitrine/kernel/abi"

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
	now := int64(k.Now())
	for i := range k.State.Tasks.Slots {
		s := &k.State.Tasks.Slots[i]
		if !s.Used || !s.V.Leader() {
			continue
		}
		k.runPosixTimers(&s.V, now)
		if p := k.Process(&s.V); p.ItimerReal.Next != 0 && p.ItimerReal.Next <= now {
			p.ItimerReal.rearm(now)
			k.SendSignalProcess(&s.V, Siginfo{Signo: abi.SIGALRM, Code: abi.SI_KERNEL})
		}
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
	for i := range k.State.Procs.Slots {
		if s := &k.State.Procs.Slots[i]; s.Used && s.V.armed() {
			return true
		}
	}
	return false
}
