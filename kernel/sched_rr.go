package kernel

// roundRobin is a fixed slice for everybody in turn.
type roundRobin struct{}

// enter: at the tail, and a turn that was interrupted goes on before the others'.
func (roundRobin) enter(k *Kernel, t *Task, how entry) {
	if how == preempted && t.Sched.LeftNS > 0 {
		k.insert(k.firstNormal(), t)
		return
	}
	t.Sched.LeftNS = 0
	k.insert(len(k.State.Queue), t)
}

// preempts: whoever becomes ready waits for its turn.
func (roundRobin) preempts(k *Kernel, t, cur *Task) bool { return false }

func (roundRobin) begin(k *Kernel, t *Task) {
	p := &k.State.Sched
	t.begin(p.SliceTicks * p.tickNS())
}

func (roundRobin) ran(k *Kernel, t *Task, ns uint64) {}

// tick counts the slice in whole ticks, whatever part of the first one t had.
func (roundRobin) tick(k *Kernel, t *Task) Resched {
	return t.countTick(k, len(k.State.Queue) > 0)
}

// begin starts a turn of ns, or goes on with one that was interrupted.
func (t *Task) begin(ns uint64) {
	if s := &t.Sched; s.LeftNS <= 0 {
		s.SliceNS, s.LeftNS = ns, int64(ns)
		s.TurnStart = s.Exec
	}
}

// countTick takes a tick off the turn and ends it when others wait. Alone, t begins another one.
func (t *Task) countTick(k *Kernel, others bool) Resched {
	s := &t.Sched
	s.LeftNS -= int64(k.State.Sched.tickNS())
	switch {
	case s.LeftNS > 0:
		return Stay
	case others:
		return TurnOver
	}
	s.LeftNS = 0
	k.class(t).begin(k, t)
	return Stay
}
