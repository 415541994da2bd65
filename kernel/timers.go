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

// itimerNow is what an interval timer of t's process counts, in ns.
func (k *Kernel) itimerNow(t *Task, which int) int64 {
	switch which {
	case abi.ITIMER_VIRTUAL:
		return k.cpuClockNow(cpuClockOf(t.TGID, cpuClockVirt))
	case abi.ITIMER_PROF:
		return k.cpuClockNow(cpuClockOf(t.TGID, cpuClockProf))
	}
	return int64(k.Now())
}

// SetItimer arms a timer: setitimer(2), alarm(2). v.Next is relative here, and so is what is returned.
func (k *Kernel) SetItimer(t *Task, which int, v Itimer) Itimer {
	old := k.GetItimer(t, which)
	if v.Next != 0 {
		v.Next += k.itimerNow(t, which)
	}
	*k.Process(t).itimer(which) = v
	if which == abi.ITIMER_REAL {
		k.TimerArmed(v.Next)
	}
	return old
}

// GetItimer tells how much is left: getitimer(2).
func (k *Kernel) GetItimer(t *Task, which int) Itimer {
	v := *k.Process(t).itimer(which)
	if v.Next != 0 {
		v.Next = max(v.Next-k.itimerNow(t, which), 1)
	}
	return v
}

// runTimers sends the signals of timers that have expired: of every process, but interval timers of CPU time only of the
// process that the tick found on the CPU. Linux kernel/time/itimer.c, posix-cpu-timers.c
func (k *Kernel) runTimers(current *Task) {
	if now := int64(k.Now()); now >= k.index.timers {
		k.expireTimers(now)
	}
	if current.ID == k.State.Idle {
		return
	}
	p := k.Process(current)
	if p.ItimerVirt.Next != 0 && p.ItimerVirt.expired(k.itimerNow(current, abi.ITIMER_VIRTUAL)) {
		k.SendSignalProcess(current, Siginfo{Signo: abi.SIGVTALRM, Code: abi.SI_KERNEL})
	}
	if p.ItimerProf.Next != 0 && p.ItimerProf.expired(k.itimerNow(current, abi.ITIMER_PROF)) {
		k.SendSignalProcess(current, Siginfo{Signo: abi.SIGPROF, Code: abi.SI_KERNEL})
	}
	k.limitCPU(current)
	k.limitRealtime(current)
}

// expireTimers goes through the timers of all processes and finds out when to do so again.
func (k *Kernel) expireTimers(now int64) {
	k.ForEachTask(func(t *Task) bool {
		if !t.Leader() {
			return true
		}
		k.runPosixTimers(t)
		if k.Process(t).ItimerReal.expired(now) {
			k.SendSignalProcess(t, Siginfo{Signo: abi.SIGALRM, Code: abi.SI_KERNEL})
		}
		return true
	})
	k.index.timers = math.MaxInt64
	for i := range k.State.Procs.Slots {
		if s := &k.State.Procs.Slots[i]; s.Used {
			k.TimerArmed(k.nextTimer(&s.V))
		}
	}
}

// TimerArmed must follow when a timer is set: it goes off at next (ns) or later, never for 0.
func (k *Kernel) TimerArmed(next int64) {
	if next != 0 {
		k.index.timers = min(k.index.timers, next)
	}
}

// TimesChanged must follow when the time of day is set: timers may be due.
func (k *Kernel) TimesChanged() { k.index.timers = 0 }

// expired tells whether a timer has expired, and sets its next time or disarms it.
func (it *Itimer) expired(now int64) bool {
	if it.Next == 0 || it.Next > now {
		return false
	}
	if it.Interval == 0 {
		it.Next = 0
	} else {
		it.Next += ((now-it.Next)/it.Interval + 1) * it.Interval
	}
	return true
}

// limitCPU is RLIMIT_CPU: SIGXCPU every second from the soft limit on, SIGKILL at the hard one.
// Linux kernel/time/posix-cpu-timers.c:check_process_timers
func (k *Kernel) limitCPU(t *Task) {
	limit := &k.Process(t).Rlimits[abi.RLIMIT_CPU]
	if limit.Cur == abi.RLIM_INFINITY {
		return
	}
	switch used := uint64(k.itimerNow(t, abi.ITIMER_PROF)) / 1e9; {
	case used >= limit.Max:
		k.SendSignalProcess(t, Siginfo{Signo: abi.SIGKILL, Code: abi.SI_KERNEL})
	case used >= limit.Cur:
		k.SendSignalProcess(t, Siginfo{Signo: abi.SIGXCPU, Code: abi.SI_KERNEL})
		limit.Cur = used + 1
	}
}

// limitRealtime is RLIMIT_RTTIME: how many µs a real-time thread may use without blocking. SIGXCPU, every second from the
// soft limit on, or SIGKILL. Linux kernel/time/posix-cpu-timers.c:check_thread_timers
func (k *Kernel) limitRealtime(t *Task) {
	limit := &k.Process(t).Rlimits[abi.RLIMIT_RTTIME]
	if limit.Cur == abi.RLIM_INFINITY || !t.realtime() {
		return
	}
	k.updateCurr()
	switch used := (t.Sched.Exec - t.Sched.AwakeExec) * UnitNS / 1000; {
	case used >= limit.Max:
		k.SendSignalProcess(t, Siginfo{Signo: abi.SIGKILL, Code: abi.SI_KERNEL})
	case used >= limit.Cur:
		k.SendSignalProcess(t, Siginfo{Signo: abi.SIGXCPU, Code: abi.SI_KERNEL})
		limit.Cur += 1e6
	}
}

// timersArmed tells whether any timer of real time will go off.
func (k *Kernel) timersArmed() bool {
	if k.index.timers == math.MaxInt64 {
		return false
	}
	for i := range k.State.Procs.Slots {
		if s := &k.State.Procs.Slots[i]; s.Used && s.V.timesReal() {
			return true
		}
	}
	return false
}
