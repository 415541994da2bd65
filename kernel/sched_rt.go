package kernel

import "vitrine/kernel/abi"

// realtime is for tasks with SCHED_FIFO and SCHED_RR: the highest priority runs, equals in order of arrival, and with
// SCHED_RR in turns. There is no throttling, as on a Linux with sched_rt_runtime_us = -1. sched(7);
// Linux kernel/sched/rt.c
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
	return !cur.realtime() || cur.Sched.Priority < t.Sched.Priority
}

func (realtime) begin(k *Kernel, t *Task) {
	if t.Sched.Class == abi.SCHED_RR {
		t.begin(k.State.Sched.RTSliceNS)
		return
	}
	t.Sched.TurnStart, t.Sched.SliceNS, t.Sched.LeftNS = t.Sched.Exec, 0, 0
}

func (realtime) ran(k *Kernel, t *Task, ns uint64) {}

func (realtime) tick(k *Kernel, t *Task) Resched {
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
