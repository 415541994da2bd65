package kernel

import (
	"strconv"
	"strings"

	"vitrine/kernel/abi"
)

// defaultPolicy is what holds unless the command line says otherwise. The times of the fair policy are Linux's for one
// processor. Linux kernel/sched/fair.c, include/linux/sched/rt.h
func defaultPolicy() Policy {
	return Policy{Kind: RoundRobin, HZ: 1000, SliceTicks: 4, SliceNS: 4_000_000, LatencyNS: 6_000_000, MinGranNS: 750_000,
		WakeGranNS: 1_000_000, RTSliceNS: 100_000_000,
		RT: RealTime{PeriodUS: 1_000_000, RuntimeUS: 950_000}}
}

// Limits of what can be set. Linux kernel/sysctl.c had the same for the times.
const (
	MinHZ      = 20
	MaxHZ      = 1000
	MinSliceNS = 100_000
	MaxSliceNS = 1_000_000_000
)

// policyOptions reads sched=, hz=, slice=, latency= and mingran= off the command line.
func (k *Kernel) policyOptions() Policy {
	p := defaultPolicy()
	p.HZ = k.number("hz", MinHZ, MaxHZ, p.HZ)
	p.SliceNS = k.duration("slice", p.SliceNS)
	p.LatencyNS = k.duration("latency", p.LatencyNS)
	p.MinGranNS = k.duration("mingran", p.MinGranNS)
	if s, ok := k.option("sched"); ok {
		if p.Kind, ok = PolicyByName(s); !ok {
			k.Printk("sched: policy '%s' is not known, using %s", s, p.Kind)
		}
	}
	p.setTicks()
	return p
}

// setTicks: a slice is whole ticks, at least one.
func (p *Policy) setTicks() { p.SliceTicks = max(p.SliceNS*p.HZ/1e9, 1) }

// duration is an option's value in ns, given in milliseconds (0.75 or 0.75ms) or with us or ns behind it.
func (k *Kernel) duration(name string, def uint64) uint64 {
	s, ok := k.option(name)
	if !ok {
		return def
	}
	ns, ok := parseDuration(s)
	if !ok || ns < MinSliceNS || ns > MaxSliceNS {
		k.Printk("Malformed early option '%s'", name)
		return def
	}
	return ns
}

// parseDuration reads a decimal number and a unit; what is less than a nanosecond is refused.
func parseDuration(s string) (ns uint64, ok bool) {
	digits := 6
	for _, u := range []struct {
		name   string
		digits int
	}{{"ms", 6}, {"us", 3}, {"ns", 0}} {
		if rest, has := strings.CutSuffix(s, u.name); has {
			s, digits = rest, u.digits
			break
		}
	}
	whole, part, _ := strings.Cut(s, ".")
	if whole == "" || len(part) > digits || len(whole)+digits > 18 {
		return 0, false
	}
	for _, c := range whole + part {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	ns, err := strconv.ParseUint(whole+part+strings.Repeat("0", digits-len(part)), 10, 64)
	return ns, err == nil
}

// describe is the line of the boot log about the policy.
func (p *Policy) describe(k *Kernel) {
	switch p.Kind {
	case RoundRobin:
		k.Printk("sched: policy %s, %d ticks per second, time slice %d ticks", p.Kind, p.HZ, p.SliceTicks)
	case Cooperative:
		k.Printk("sched: policy %s, %d ticks per second, no preemption", p.Kind, p.HZ)
	default:
		k.Printk("sched: policy %s, %d ticks per second, latency %d us, granularity %d us", p.Kind, p.HZ, p.LatencyNS/1000, p.MinGranNS/1000)
	}
}

// SetPolicy changes the policy of a running system: all begin anew, in the order in which they wait.
func (k *Kernel) SetPolicy(kind PolicyKind) {
	if kind == k.State.Sched.Kind {
		return
	}
	k.updateCurr()
	k.State.Sched.Kind = kind
	k.State.Sched.MinVTime = 0
	k.endThrottle()
	for i := range k.State.Tasks.Slots {
		if s := &k.State.Tasks.Slots[i]; s.Used {
			s.V.Sched.VTime, s.V.Sched.LeftNS = 0, 0
		}
	}
	waiting := k.State.Queue
	k.State.Queue, k.index.load = nil, load{known: true}
	for _, id := range waiting {
		t := k.Task(id)
		k.class(t).enter(k, t, turnOver)
	}
	if cur := k.Current(); cur.ID != k.State.Idle {
		k.class(cur).begin(k, cur)
		k.preemptIfBetter()
	}
}

// preemptIfBetter has the task on the CPU give way when the first in the queue is better now.
func (k *Kernel) preemptIfBetter() {
	cur := k.Current()
	if cur.ID == k.State.Idle || len(k.State.Queue) == 0 {
		return
	}
	if t := k.Task(k.State.Queue[0]); k.class(t).preempts(k, t, cur) {
		cur.resched(Preempt)
	}
}

// SetHZ changes the rate of the tick.
func (k *Kernel) SetHZ(hz uint64) {
	k.State.Sched.HZ = hz
	k.State.Sched.setTicks()
	k.programTick()
}

// SetSlice changes the slice of round robin, from the next turns on.
func (k *Kernel) SetSlice(ns uint64) {
	k.State.Sched.SliceNS = ns
	k.State.Sched.setTicks()
}

// SetRealtime changes how much of how long a time real-time tasks may have.
func (k *Kernel) SetRealtime(periodUS, runtimeUS int64) {
	r := &k.State.Sched.RT
	r.PeriodUS, r.RuntimeUS = periodUS, runtimeUS
	k.endThrottle()
	k.preemptIfBetter()
}

// SetNice changes t's nice value and with it its weight. Linux kernel/sched/core.c:set_user_nice
func (k *Kernel) SetNice(t *Task, nice int8) {
	k.updateCurr()
	old := t.Nice
	t.Nice = nice
	k.index.load.known = false
	switch {
	case k.State.Sched.Kind != Fair || t.realtime() || !t.ready():
	case t.ID == k.State.Current:
		if nice > old {
			t.resched(Preempt)
		}
	default:
		k.preemptIfBetter()
	}
}

// SetScheduler makes t a task of class (SCHED_…) with a priority. Linux kernel/sched/core.c:__sched_setscheduler
func (k *Kernel) SetScheduler(t *Task, class, priority uint8) {
	s := &t.Sched
	if s.Class == class && s.Priority == priority {
		return
	}
	k.updateCurr()
	queued := k.dequeue(t)
	better := priority > s.Priority
	s.Class, s.Priority, s.LeftNS, s.AwakeExec = class, priority, 0, s.Exec
	s.VTime = max(s.VTime, k.State.Sched.MinVTime) // real time has not counted
	switch {
	case queued:
		k.enqueue(t, woken)
	case t.ID == k.State.Current:
		k.class(t).begin(k, t)
		if !better && len(k.State.Queue) > 0 {
			t.resched(TurnOver)
		}
	}
}

// forked is what a child takes over from its parent's Schedule. Linux kernel/sched/core.c:sched_fork
func (s *Schedule) forked(nice int8) (Schedule, int8) {
	child := Schedule{Class: s.Class, Priority: s.Priority, VTime: s.VTime}
	if s.ResetOnFork {
		if s.Class == abi.SCHED_FIFO || s.Class == abi.SCHED_RR {
			child.Class, child.Priority, nice = abi.SCHED_NORMAL, 0, 0
		}
		nice = max(nice, 0)
	}
	return child, nice
}

// Turn tells how much of its turn on the CPU t has had, and how long that is (0: no limit), in clock units. Round robin
// counts whole ticks.
func (k *Kernel) Turn(t *Task) (used, slice uint64) {
	s := &t.Sched
	slice = s.SliceNS / UnitNS
	switch left := s.LeftNS; {
	case left > 0:
		used = (s.SliceNS - min(uint64(left), s.SliceNS)) / UnitNS
	case t.ID == k.State.Current:
		used = slice
	}
	return used, slice
}

// SliceOf is the length in ns of t's turns as things are, 0 when only t itself ends them. sched_rr_get_interval(2)
func (k *Kernel) SliceOf(t *Task) uint64 {
	p := &k.State.Sched
	switch {
	case p.Kind == Cooperative || t.realtime() && t.Sched.Class == abi.SCHED_FIFO:
		return 0
	case t.realtime():
		return p.RTSliceNS
	case p.Kind == Latency:
		return k.latencySlice(t)
	case p.Kind == Fair:
		return k.fairSlice(t)
	}
	return p.SliceTicks * p.tickNS()
}
