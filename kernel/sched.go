package kernel

import (
	"vitrine/engine/trace"
	"vitrine/kernel/wait"
)

// State.Queue holds the tasks that could run and do not, next to run first; the task on the CPU is not in it. Where a
// task enters and when it has to give way is the policy's business (policy.go); here is what all of them share.

// Current is the task on the CPU.
func (k *Kernel) Current() *Task { return k.State.Tasks.Get(k.State.Current) }

// Resched tells why a task gives way at the next return to ring 3.
type Resched uint8

// Reasons to give way, the stronger the later.
const (
	Stay     Resched = iota
	Preempt          // a better one is ready; the turn is not over
	TurnOver         // the time is up
	Yielded          // sched_yield(2)
)

// resched makes t give way at the next return to ring 3. Linux kernel/sched/core.c:resched_curr
func (t *Task) resched(why Resched) { t.Resched = max(t.Resched, why) }

// entry tells how a task comes into the queue.
type entry uint8

const (
	born entry = iota // by fork
	woken
	preempted // in the middle of its turn
	turnOver
	yielded
)

// enqueue puts t among the tasks that wait for the CPU, and has the one on the CPU give way if t is better.
// Linux kernel/sched/core.c:enqueue_task, check_preempt_curr
func (k *Kernel) enqueue(t *Task, how entry) {
	k.updateCurr()
	t.Sched.Since = k.M.Now()
	c := k.class(t)
	c.enter(k, t, how)
	cur := k.Current()
	if how > woken || cur.ID == k.State.Idle || !cur.ready() {
		return
	}
	if c.preempts(k, t, cur) {
		cur.resched(Preempt)
	}
}

// insert puts t into the queue at place i.
func (k *Kernel) insert(i int, t *Task) {
	k.index.load.count(t, 1)
	q := append(k.State.Queue, 0)
	copy(q[i+1:], q[i:])
	q[i] = t.ID
	k.State.Queue = q
}

// dequeue takes t out of the queue when it is in it.
func (k *Kernel) dequeue(t *Task) bool {
	if !t.ready() {
		return false
	}
	for i, id := range k.State.Queue {
		if id == t.ID {
			k.removeAt(i)
			return true
		}
	}
	return false
}

// removeAt takes the task at place i out of the queue and returns it.
func (k *Kernel) removeAt(i int) *Task {
	t := k.Task(k.State.Queue[i])
	k.index.load.count(t, -1)
	k.State.Queue = append(k.State.Queue[:i], k.State.Queue[i+1:]...)
	return t
}

// ready tells whether t can be on the CPU.
func (t *Task) ready() bool { return t.Run == User || t.Run == Invoke }

// schedule puts the next task on the CPU; the one that leaves waits for its next turn when it could go on.
// Linux kernel/sched/core.c:__schedule
func (k *Kernel) schedule() {
	prev := k.Current()
	why := prev.Resched
	prev.Resched = Stay
	k.updateCurr()
	if prev.ready() && prev.ID != k.State.Idle {
		if len(k.State.Queue) == 0 {
			k.class(prev).begin(k, prev)
			return
		}
		k.enqueue(prev, [...]entry{Stay: preempted, Preempt: preempted, TurnOver: turnOver, Yielded: yielded}[why])
	}
	next := k.pickNext()
	if next == prev {
		k.class(prev).begin(k, prev)
		return
	}
	switch {
	case prev.ID == k.State.Idle:
	case prev.ready():
		prev.NIvCsw++
	default:
		prev.NVCsw++
	}
	k.switchTo(prev, next)
	k.beginTurn(next)
	if k.OnSleep != nil && prev.Run == Sleep {
		k.OnSleep(prev)
	}
	if prev.Run == Dead {
		k.releaseTask(prev)
	}
}

// pickNext takes the next task out of the queue: the first, or PID 0 when it is empty.
func (k *Kernel) pickNext() *Task {
	if len(k.State.Queue) == 0 {
		return k.State.Tasks.Get(k.State.Idle)
	}
	i := 0
	if k.State.Sched.RT.Throttled {
		if i = k.firstNormal(); i == len(k.State.Queue) {
			i = 0 // there are only real-time tasks: rather they than nobody
		}
	}
	return k.removeAt(i)
}

// beginTurn starts what is counted while t is on the CPU, and ends its wait.
func (k *Kernel) beginTurn(t *Task) {
	if t.ID == k.State.Idle {
		return
	}
	s, now := &t.Sched, k.M.Now()
	if s.Since != 0 {
		waited := now - s.Since
		s.Waited += waited
		s.MaxWait = max(s.MaxWait, waited)
		s.Since = 0
	}
	s.Turns++
	s.ExecStart = now
	k.class(t).begin(k, t)
}

// updateCurr counts the time that the task on the CPU has used since it was counted last.
// Linux kernel/sched/fair.c:update_curr
func (k *Kernel) updateCurr() {
	t := k.Current()
	if t.ID == k.State.Idle {
		return
	}
	now := k.M.Now()
	used := now - t.Sched.ExecStart
	t.Sched.ExecStart = now
	t.Sched.Exec += used
	k.class(t).ran(k, t, used*UnitNS)
}

// Yield gives the CPU away at the return to ring 3: sched_yield(2).
func (k *Kernel) Yield(t *Task) { t.resched(Yielded) }

// tickTask is the scheduler's part of a timer tick. Linux kernel/sched/core.c:scheduler_tick
func (k *Kernel) tickTask(t *Task) {
	if t.ID == k.State.Idle {
		return
	}
	k.updateCurr()
	k.tickRealtime()
	t.resched(k.class(t).tick(k, t))
}

// wakeTask ends t's sleep.
func (k *Kernel) wakeTask(t *Task, why wait.Outcome) {
	if t.Run != Sleep {
		return
	}
	k.unindexSleep(t)
	t.Wait.Outcome = why
	t.setRun(Invoke)
	t.Sched.AwakeExec = t.Sched.Exec
	if t.ID != k.State.Current {
		k.enqueue(t, woken)
	}
	if k.Trace.Has(trace.Wake) {
		k.Trace.Emit(trace.Wake, uint64(t.PID), uint64(t.Wait.Reason))
	}
}
