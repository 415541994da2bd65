package kernel

// latency is round robin with a slice that shrinks with the number of ready tasks: each shall have had a turn within the
// target latency, but no turn is shorter than the minimum granularity.
//
// A turn ends at a tick. What it is longer than the slice by then the task owes, and its next turn is so much shorter:
// slices of 1.5 ticks are 2 and 1 in turn.
type latency struct{ roundRobin }

// enter: at the tail; rest is forfeited, debts stay.
func (latency) enter(k *Kernel, t *Task, how entry) {
	if how == preempted && t.Sched.LeftNS > 0 {
		k.insert(k.firstNormal(), t)
		return
	}
	t.Sched.LeftNS = min(t.Sched.LeftNS, 0)
	if how == born {
		t.Sched.LeftNS = 0
	}
	k.insert(len(k.State.Queue), t)
}

func (latency) begin(k *Kernel, t *Task) {
	s := &t.Sched
	if s.LeftNS > 0 {
		return
	}
	s.SliceNS, s.TurnStart = k.latencySlice(t), s.Exec
	// A debt is less than a tick, and whoever has a turn has a tick of it.
	s.LeftNS = max(s.LeftNS, 1-int64(k.State.Sched.tickNS())) + int64(s.SliceNS)
	s.LeftNS = max(s.LeftNS, 1)
}

// latencySlice is max(target latency / ready tasks, minimum granularity), t among them.
func (k *Kernel) latencySlice(t *Task) uint64 {
	n, _ := k.normalLoad(t)
	return max(k.State.Sched.LatencyNS/n, k.State.Sched.MinGranNS)
}

// normalLoad counts the ready tasks that are not real-time, with t in any case, and adds up their weights.
func (k *Kernel) normalLoad(t *Task) (n, weight uint64) {
	q := k.queueLoad()
	n, weight = q.n, q.weight
	cur := k.Current()
	runs := cur.ID != k.State.Idle && cur.ready() && !cur.realtime()
	if runs {
		n, weight = n+1, weight+cur.Weight()
	}
	if !runs || cur != t { // t is on its way to the CPU or into the queue
		n, weight = n+1, weight+t.Weight()
	}
	return n, weight
}

// load is how many normal tasks are in the queue, and their weight.
type load struct {
	n, weight uint64
	known     bool
}

// count adds t, or takes it away.
func (l *load) count(t *Task, by int) {
	if !t.realtime() {
		l.n += uint64(by)
		l.weight += uint64(by) * t.Weight()
	}
}

func (k *Kernel) queueLoad() load {
	if l := &k.index.load; !l.known {
		*l = load{known: true}
		for _, id := range k.State.Queue {
			l.count(k.Task(id), 1)
		}
	}
	return k.index.load
}
