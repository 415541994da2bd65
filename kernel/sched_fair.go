package kernel

import (
	"math/bits"
	"sort"

	"vitrine/kernel/abi"
)

// fair gives the CPU to whoever has had the least of it. A task's virtual time runs the slower the larger its weight; the
// queue is in order of it. This is Linux's CFS as 6.1 has it. Linux kernel/sched/fair.c
type fair struct{}

// nice0Weight is the weight at which virtual time is time.
const nice0Weight = 1024

// niceWeights are the weights of nice -20 … 19: each step is a tenth of the CPU between two tasks, a factor of 1.25.
// Linux kernel/sched/core.c:sched_prio_to_weight
var niceWeights = [40]uint64{
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
	1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
	110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
}

// idleWeight is that of SCHED_IDLE. Linux kernel/sched/sched.h:WEIGHT_IDLEPRIO
const idleWeight = 3

// Weight is t's share of the CPU in relation to the others', 1024 at nice 0.
func (t *Task) Weight() uint64 {
	if t.Sched.Class == abi.SCHED_IDLE {
		return idleWeight
	}
	return niceWeights[int(t.Nice)+20]
}

// virtual is ns of time in t's virtual time. Linux calc_delta_fair
func (t *Task) virtual(ns uint64) int64 {
	hi, lo := bits.Mul64(ns, nice0Weight)
	q, _ := bits.Div64(hi, lo, t.Weight()) // ns is less than 2^54
	return int64(q)
}

// enter: in order of virtual time, behind equals.
func (f fair) enter(k *Kernel, t *Task, how entry) {
	s := &t.Sched
	switch how {
	case born: // as if it had just had its turn, so that forking gains nothing
		s.VTime = max(s.VTime, k.State.Sched.MinVTime+t.virtual(k.fairSlice(t)))
	case woken: // a sleeper is not owed all the time it slept through, half a latency at most
		s.VTime = max(s.VTime, k.State.Sched.MinVTime-int64(k.sleeperCredit(t)))
	}
	first := k.firstNormal()
	i := first + sort.Search(len(k.State.Queue)-first, func(i int) bool { return k.vtimeAt(first+i) > s.VTime })
	// Who yields lets the next one go first, unless it is too far ahead. Linux pick_next_entity, the skip buddy
	if how == yielded && i == 0 && i < len(k.State.Queue) && k.vtimeAt(i)-s.VTime <= t.virtual(k.State.Sched.WakeGranNS) {
		i++
	}
	k.insert(i, t)
}

// sleeperCredit is Linux place_entity with GENTLE_FAIR_SLEEPERS.
func (k *Kernel) sleeperCredit(t *Task) uint64 {
	if t.Sched.Class == abi.SCHED_IDLE {
		return k.State.Sched.MinGranNS / 2
	}
	return k.State.Sched.LatencyNS / 2
}

func (k *Kernel) vtimeAt(i int) int64 { return k.Task(k.State.Queue[i]).Sched.VTime }

// preempts: a woken task takes the CPU when it is behind by more than the wake-up granularity. Linux
// check_preempt_wakeup
func (fair) preempts(k *Kernel, t, cur *Task) bool {
	if cur.realtime() {
		return false
	}
	idle := cur.Sched.Class == abi.SCHED_IDLE
	if idle != (t.Sched.Class == abi.SCHED_IDLE) {
		return idle
	}
	if t.Sched.Class != abi.SCHED_NORMAL {
		return false
	}
	return cur.Sched.VTime-t.Sched.VTime > t.virtual(k.State.Sched.WakeGranNS)
}

func (fair) begin(k *Kernel, t *Task) {
	s := &t.Sched
	s.TurnStart = s.Exec
	s.SliceNS = k.fairSlice(t)
	s.LeftNS = int64(s.SliceNS)
}

// fairSlice is t's part of the target latency by weight, or more when there are too many for it. Linux sched_slice
func (k *Kernel) fairSlice(t *Task) uint64 {
	p := &k.State.Sched
	n, weight := k.normalLoad(t)
	period := p.LatencyNS
	if n > (p.LatencyNS+p.MinGranNS-1)/p.MinGranNS {
		period = n * p.MinGranNS
	}
	return max(period*t.Weight()/weight, p.MinGranNS)
}

func (f fair) ran(k *Kernel, t *Task, ns uint64) {
	t.Sched.VTime += t.virtual(ns)
	t.Sched.LeftNS = int64(t.Sched.SliceNS) - int64((t.Sched.Exec-t.Sched.TurnStart)*UnitNS)
	k.advanceMinVTime()
}

// advanceMinVTime: the least virtual time of the ready tasks, and never less than before. Linux update_min_vruntime
func (k *Kernel) advanceMinVTime() {
	first := k.firstNormal()
	cur := k.Current()
	waits := first < len(k.State.Queue)
	runs := cur.ID != k.State.Idle && cur.ready() && !cur.realtime()
	var v int64
	switch {
	case waits && runs:
		v = min(k.vtimeAt(first), cur.Sched.VTime)
	case waits:
		v = k.vtimeAt(first)
	case runs:
		v = cur.Sched.VTime
	default:
		return
	}
	k.State.Sched.MinVTime = max(k.State.Sched.MinVTime, v)
}

// tick ends the turn when the slice is used up, or when the next task has fallen behind by as much.
// Linux check_preempt_tick
func (fair) tick(k *Kernel, t *Task) Resched {
	first := k.firstNormal()
	if first >= len(k.State.Queue) {
		return Stay
	}
	s, p := &t.Sched, &k.State.Sched
	s.SliceNS = min(k.fairSlice(t), max(p.LatencyNS, p.MinGranNS))
	ran := (s.Exec - s.TurnStart) * UnitNS
	s.LeftNS = int64(s.SliceNS) - int64(ran)
	switch {
	case s.LeftNS < 0:
		return TurnOver
	case ran < p.MinGranNS:
		return Stay
	case s.VTime-k.vtimeAt(first) > int64(s.SliceNS):
		return TurnOver
	}
	return Stay
}
