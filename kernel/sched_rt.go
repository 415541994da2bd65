package kernel

import "vitrine/kernel/abi"

// realtime is for tasks with SCHED_FIFO and SCHED_RR: the highest priority runs, equals in order of arrival, and with
// SCHED_RR in turns. Of each second they get 0.95 while others wait. sched(7); Linux kernel/sched/rt.c
type realtime struct{}

// enter: behind equals, or before them when it was interrupted.
func (realtime) enter(k *Kernel, t *Task, how entry) {
	i := 0
	for i < len(k.State.Queue) {
		o := k.Task(k.State.Queue[i])
		if !o.realtime() || o.Sched.Priority < t.Sched.Priority || how == preempted && o.Sched.Priority == t.Sched.Priority {
			break
		}
		i++
	}
	if how == turnOver {
		t.Sched.LeftNS = 0
	}
	k.insert(i, t)
}

func (realtime) preempts(k *Kernel, t, cur *Task) bool {
	if !cur.realtime() {
		return !k.State.Sched.RT.Throttled
	}
	return cur.Sched.Priority < t.Sched.Priority
}

func (realtime) begin(k *Kernel, t *Task) {
	if t.Sched.Class == abi.SCHED_RR {
		t.begin(k.State.Sched.RTSliceNS)
		return
	}
	t.Sched.TurnStart, t.Sched.SliceNS, t.Sched.LeftNS = t.Sched.Exec, 0, 0
}

// ran uses up the period. Linux sched_rt_runtime_exceeded
func (realtime) ran(k *Kernel, t *Task, ns uint64) {
	r := &k.State.Sched.RT
	if r.End == 0 {
		r.End = k.M.Now() + uint64(r.PeriodUS)*1000/UnitNS
	}
	r.UsedNS += int64(ns)
	r.Throttled = r.Throttled || r.RuntimeUS >= 0 && r.UsedNS > r.RuntimeUS*1000
}

// tickRealtime begins a new period when one is over. Linux do_sched_rt_period_timer
func (k *Kernel) tickRealtime() {
	r := &k.State.Sched.RT
	if r.End == 0 || k.M.Now() < r.End {
		return
	}
	over := max(r.UsedNS-r.RuntimeUS*1000, 0)
	k.endThrottle()
	if r.RuntimeUS >= 0 {
		r.UsedNS = over
	}
	k.preemptIfBetter()
}

// endThrottle lets real-time tasks have all of a new period.
func (k *Kernel) endThrottle() {
	r := &k.State.Sched.RT
	r.UsedNS, r.End, r.Throttled = 0, 0, false
}

func (realtime) tick(k *Kernel, t *Task) Resched {
	if k.State.Sched.RT.Throttled && k.firstNormal() < len(k.State.Queue) {
		return Preempt
	}
	if t.Sched.Class != abi.SCHED_RR {
		return Stay
	}
	equals := false
	if len(k.State.Queue) > 0 {
		o := k.Task(k.State.Queue[0])
		equals = o.realtime() && o.Sched.Priority == t.Sched.Priority
	}
	return t.countTick(k, equals)
}
