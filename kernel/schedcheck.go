package kernel

import (
	"fmt"
	"slices"
)

// CheckQueue compares the run queue with the tasks: whoever is ready waits in it once or is on the CPU, nobody else is in
// it, and it is in the policy's order. For tests.
func (k *Kernel) CheckQueue() error {
	for i, id := range k.State.Queue {
		t := k.Task(id)
		switch {
		case t == nil:
			return fmt.Errorf("the queue names task %d, which does not exist", id)
		case !t.ready() || id == k.State.Current || id == k.State.Idle:
			return fmt.Errorf("pid %d is in the queue: %s, on the CPU is task %d", t.PID, t.Run, k.State.Current)
		case slices.Contains(k.State.Queue[:i], id):
			return fmt.Errorf("pid %d is in the queue twice", t.PID)
		case i > 0 && !k.ordered(k.Task(k.State.Queue[i-1]), t):
			return fmt.Errorf("pid %d is in the wrong place", t.PID)
		}
	}
	if l := k.queueLoad(); l != k.freshLoad() {
		return fmt.Errorf("the queue's load is %+v, not %+v", l, k.freshLoad())
	}
	var lost error
	k.ForEachTask(func(t *Task) bool {
		if t.ready() && t.ID != k.State.Current && t.ID != k.State.Idle && !slices.Contains(k.State.Queue, t.ID) {
			lost = fmt.Errorf("pid %d is ready and not in the queue", t.PID)
		}
		return lost == nil
	})
	return lost
}

// freshLoad is queueLoad counted anew.
func (k *Kernel) freshLoad() load {
	kept := k.index.load
	k.index.load.known = false
	fresh := k.queueLoad()
	k.index.load = kept
	return fresh
}

// ordered tells whether a may stand before b.
func (k *Kernel) ordered(a, b *Task) bool {
	switch {
	case k.State.Sched.Kind == Cooperative:
		return true
	case a.realtime() && b.realtime():
		return a.Sched.Priority >= b.Sched.Priority
	case a.realtime() || b.realtime():
		return a.realtime()
	case k.State.Sched.Kind == Fair:
		return a.Sched.VTime <= b.Sched.VTime
	}
	return true
}
