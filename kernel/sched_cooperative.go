package kernel

// cooperative lets a task run until it sleeps, ends or yields. A task that does none of it keeps the CPU for ever; the
// timer interrupts it and returns to it.
type cooperative struct{}

func (cooperative) enter(k *Kernel, t *Task, how entry) { k.insert(len(k.State.Queue), t) }

func (cooperative) preempts(k *Kernel, t, cur *Task) bool { return false }

func (cooperative) begin(k *Kernel, t *Task) {
	t.Sched.TurnStart, t.Sched.SliceNS, t.Sched.LeftNS = t.Sched.Exec, 0, 0
}

func (cooperative) ran(k *Kernel, t *Task, ns uint64) {}

func (cooperative) tick(k *Kernel, t *Task) Resched { return Stay }
