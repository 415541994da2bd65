package kernel

import "vitrine/kernel/wait"

const never = wait.Never

// alarms are when sleeps end by themselves: a heap, the next one first. An alarm whose sleep has ended otherwise stays
// until its turn comes, or until such alarms are the majority. Linux struct timerqueue_head
type alarms []alarm

type alarm struct {
	Deadline uint64
	Seq      uint64 // the sleep's
	Task     TaskID
}

// rings tells whether an alarm is for the sleep that t is in. One without a deadline needs none.
func (a alarm) rings(t *Task) bool {
	if t.Wait.Deadline == never {
		return true
	}
	return t.ID == a.Task && t.Run == Sleep && t.Wait.Seq == a.Seq
}

func (a alarm) before(b alarm) bool {
	return a.Deadline < b.Deadline || a.Deadline == b.Deadline && a.Seq < b.Seq
}

// setAlarm notes t's deadline.
func (k *Kernel) setAlarm(t *Task) {
	h := k.index.alarms
	if len(h) > 2*MaxTasks {
		h = k.liveAlarms()
	}
	h = append(h, alarm{t.Wait.Deadline, t.Wait.Seq, t.ID})
	for i := len(h) - 1; i > 0 && h[i].before(h[(i-1)/2]); i = (i - 1) / 2 {
		h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
	}
	k.index.alarms = h
}

// liveAlarms is the heap without those whose sleep is over.
func (k *Kernel) liveAlarms() alarms {
	live := k.index.alarms[:0]
	for _, a := range k.index.alarms {
		if t := k.Task(a.Task); t != nil && a.rings(t) {
			live = append(live, a)
		}
	}
	for i := len(live)/2 - 1; i >= 0; i-- {
		live.sink(i)
	}
	return live
}

// sink lets the alarm at i go down to its place.
func (h alarms) sink(i int) {
	for {
		least := i
		for _, kid := range [...]int{2*i + 1, 2*i + 2} {
			if kid < len(h) && h[kid].before(h[least]) {
				least = kid
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}

// nextAlarm is the next sleep that ends by itself, nil when none does.
func (k *Kernel) nextAlarm() *Task {
	for len(k.index.alarms) > 0 {
		a := k.index.alarms[0]
		if t := k.Task(a.Task); t != nil && t.Run == Sleep && t.Wait.Seq == a.Seq {
			return t
		}
		last := len(k.index.alarms) - 1
		k.index.alarms[0] = k.index.alarms[last]
		k.index.alarms = k.index.alarms[:last]
		k.index.alarms.sink(0)
	}
	return nil
}
