package kernel

import (
	"vitrine/engine/trace"
	"vitrine/kernel/wait"
)

// The scheduler is round robin: the head of State.Queue runs until its slice is used up, it sleeps or it yields, and
// goes to the tail. The task on the CPU is not in the queue.

// Current is the task on the CPU.
func (k *Kernel) Current() *Task { return k.State.Tasks.Get(k.State.Current) }

// enqueue makes t ready to run at the tail of the queue.
func (k *Kernel) enqueue(t *Task) { k.State.Queue = append(k.State.Queue, t.ID) }

// dequeue takes t out of the queue when it is in it.
func (k *Kernel) dequeue(t *Task) {
	for i, id := range k.State.Queue {
		if id == t.ID {
			k.State.Queue = append(k.State.Queue[:i], k.State.Queue[i+1:]...)
			return
		}
	}
}

// ready tells whether t can be on the CPU.
func (t *Task) ready() bool { return t.Run == User || t.Run == Invoke }

// schedule puts the next task on the CPU. The one that leaves goes to the tail when it could go on.
// Linux kernel/sched/core.c:__schedule
func (k *Kernel) schedule() {
	prev := k.Current()
	prev.NeedResched = false
	if prev.ready() && prev.ID != k.State.Idle {
		if len(k.State.Queue) == 0 {
			prev.Slice = k.State.Sched.SliceTicks
			return
		}
		prev.NIvCsw++
		k.enqueue(prev)
	} else if prev.ID != k.State.Idle {
		prev.NVCsw++
	}
	next := k.State.Tasks.Get(k.State.Idle)
	if len(k.State.Queue) > 0 {
		next = k.State.Tasks.Get(k.State.Queue[0])
		k.State.Queue = append(k.State.Queue[:0], k.State.Queue[1:]...)
	}
	if next == prev {
		return
	}
	k.switchTo(prev, next)
	if k.Spurious && prev.Run == Sleep && prev.Wait.Seq%2 == 0 {
		k.wakeTask(prev, wait.Sleeping)
	}
	if prev.Run == Dead {
		k.releaseTask(prev)
	}
}

// Yield gives the CPU away at the return to ring 3: sched_yield(2).
func (k *Kernel) Yield(t *Task) { t.NeedResched = true }

// tickTask is the scheduler's part of a timer tick. Linux kernel/sched/rt.c:task_tick_rt
func (k *Kernel) tickTask(t *Task) {
	if t.ID == k.State.Idle {
		return
	}
	if t.Slice > 1 {
		t.Slice--
		return
	}
	t.Slice = k.State.Sched.SliceTicks
	t.NeedResched = len(k.State.Queue) > 0
}

// wakeTask ends t's sleep.
func (k *Kernel) wakeTask(t *Task, why wait.Outcome) {
	if t.Run != Sleep {
		return
	}
	t.Wait.Outcome = why
	t.setRun(Invoke)
	if t.ID != k.State.Current {
		k.enqueue(t)
	}
	if k.Trace.Has(trace.Wake) {
		k.Trace.Emit(trace.Wake, uint64(t.PID), uint64(t.Wait.Reason))
	}
}
