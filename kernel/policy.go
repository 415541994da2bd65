package kernel

import "vitrine/kernel/abi"

// Policy is how the CPU is given to tasks. It can be changed at any time (schedparam.go).
type Policy struct {
	Kind       PolicyKind
	HZ         uint64 // timer ticks in a second
	SliceTicks uint64 // rr: ticks a task may run while others wait
	SliceNS    uint64 // rr: what SliceTicks was made from
	LatencyNS  uint64 // latency, fair: the time in which every ready task shall have had a turn
	MinGranNS  uint64 // latency, fair: no turn is shorter
	WakeGranNS uint64 // fair: by how much a woken task must be behind to take the CPU at once
	RTSliceNS  uint64 // of a task with SCHED_RR
	MinVTime   int64  // fair: ns; no ready task is behind it, it never goes back. Linux cfs_rq.min_vruntime
	RT         RealTime
}

// RealTime keeps real-time tasks from taking all of the CPU. Linux struct rt_bandwidth, sched(7)
type RealTime struct {
	PeriodUS  int64
	RuntimeUS int64  // what they may have of each period; -1 all
	UsedNS    int64  // of this one
	End       uint64 // Now at which it ends; 0 when there is none
	Throttled bool   // they have had it: others come first until the end
}

// PolicyKind names a policy.
type PolicyKind uint8

// The policies.
const (
	RoundRobin PolicyKind = iota
	Latency
	Fair
	Cooperative
	NumPolicies
)

// PolicyNames are the policies' names on the command line and in /proc/sys/kernel/sched.
var PolicyNames = [NumPolicies]string{"rr", "latency", "fair", "cooperative"}

func (p PolicyKind) String() string { return PolicyNames[p] }

// PolicyByName finds a policy.
func PolicyByName(name string) (PolicyKind, bool) {
	for i, n := range PolicyNames {
		if n == name {
			return PolicyKind(i), true
		}
	}
	return 0, false
}

// Schedule is what the scheduler knows of one task. Linux struct sched_entity, sched_rt_entity. Times are in clock units
// unless they end in NS; VTime is in ns too.
type Schedule struct {
	Class       uint8 // SCHED_NORMAL …: sched_setscheduler(2)
	Priority    uint8 // of SCHED_FIFO and SCHED_RR: 1–99, more is better
	ResetOnFork bool

	SliceNS   uint64 // length of the turn on the CPU, or of the last one
	LeftNS    int64  // of it; negative is a debt to the next one (latency.go)
	VTime     int64  // ns on the CPU, weighted: Linux vruntime
	ExecStart uint64 // Now up to which the time on the CPU is in Exec
	Exec      uint64 // time on the CPU
	AwakeExec uint64 // Exec when it was woken last, or became real-time
	TurnStart uint64 // Exec when the turn began
	Since     uint64 // Now when it began to wait for the CPU; 0 when it does not
	Waited    uint64 // time in the queue
	MaxWait   uint64 // the longest
	Turns     uint64 // times it was put on the CPU
}

// scheduler is one way to share the CPU. It has no state of its own.
// Linux kernel/sched/sched.h:struct sched_class
type scheduler interface {
	// enter puts t into the queue.
	enter(k *Kernel, t *Task, how entry)
	// preempts tells whether t, which has just entered, takes the CPU from cur before cur's turn is over.
	preempts(k *Kernel, t, cur *Task) bool
	// begin starts t's turn on the CPU, or goes on with the one that was interrupted.
	begin(k *Kernel, t *Task)
	// ran counts ns that t was on the CPU.
	ran(k *Kernel, t *Task, ns uint64)
	// tick tells whether the timer ends t's turn.
	tick(k *Kernel, t *Task) Resched
}

var schedulers = [NumPolicies]scheduler{roundRobin{}, latency{}, fair{}, cooperative{}}

// class is who decides about t: the policy, or for a real-time task its priority. Without preemption there is no real
// time, and everybody is equal.
func (k *Kernel) class(t *Task) scheduler {
	if kind := k.State.Sched.Kind; kind == Cooperative || !t.realtime() {
		return schedulers[kind]
	}
	return realtime{}
}

// realtime tells whether t comes before all normal tasks. sched(7)
func (t *Task) realtime() bool {
	return t.Sched.Class == abi.SCHED_FIFO || t.Sched.Class == abi.SCHED_RR
}

// tickNS is the nominal time between two ticks.
func (p *Policy) tickNS() uint64 { return 1e9 / p.HZ }

// firstNormal is the place in the queue behind the real-time tasks.
func (k *Kernel) firstNormal() int {
	for i, id := range k.State.Queue {
		if !k.Task(id).realtime() {
			return i
		}
	}
	return len(k.State.Queue)
}
