package main

import (
	"slices"
	"strconv"

	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/wasm/view"
)

// births is what the kernel keeps no record of: who made whom, the last fork and the last signal, who ended lately.
type births struct {
	made   []born
	fork   view.ForkSeen
	signal view.SignalSeen
	sent   view.SignalSeen // the last one but for the SIGCHLD that follows every end
	gone   []view.Ended
}

// born is one task and the one that made it.
type born struct{ child, parent int32 }

const (
	maxGone = 8
	// maxBorn is from where on it pays to forget those who are not any more.
	maxBorn = 256
)

func (b *births) clone() births {
	c := *b
	c.made, c.gone = slices.Clip(b.made), slices.Clip(b.gone)
	return c
}

func (b *births) event(e *trace.Event, p *picture) {
	switch e.Kind {
	case trace.Fork:
		b.born(int32(e.A), int32(e.B), p)
		b.fork = view.ForkSeen{At: e.At, Parent: int(e.A), Child: int(e.B), Call: p.call}
	case trace.SyscallRet:
		if f := &b.fork; int(e.Task) == f.Parent && !f.Returned && forks(p.callName(e.A)) {
			f.Returned, f.Value = true, int64(e.B)
		}
	case trace.SignalSent:
		b.last(view.SignalSeen{Sent: e.At, From: int(e.A >> 32), To: int(int32(e.A)), Number: int(e.B)})
	case trace.Signal:
		b.delivered(e)
	case trace.Exit:
		if len(b.gone) == maxGone {
			b.gone = slices.Clone(b.gone[1:])
		}
		b.gone = append(b.gone, view.Ended{PID: int(e.A), At: e.At, Status: waitText(int32(e.B))})
	}
}

func (b *births) last(s view.SignalSeen) {
	b.signal = s
	if s.Number != abi.SIGCHLD {
		b.sent = s
	}
}

// delivered notes who took a signal: it may have been sent to another thread, and others may have been sent since.
func (b *births) delivered(e *trace.Event) {
	found := false
	for _, s := range []*view.SignalSeen{&b.signal, &b.sent} {
		if s.Number == int(e.B) && !s.Delivered {
			s.At, s.To, s.Delivered, found = e.At, int(e.A), true, true
		}
	}
	if !found {
		b.last(view.SignalSeen{Number: int(e.B), At: e.At, To: int(e.A), Delivered: true})
	}
}

func forks(call string) bool {
	return call == "fork" || call == "vfork" || call == "clone" || call == "clone3"
}

// born notes a child; a number that is used again is a new task.
func (b *births) born(parent, child int32, p *picture) {
	if len(b.made) >= maxBorn && len(b.made)%maxBorn == 0 && p.comp.K != nil {
		kept := make([]born, 0, len(b.made))
		for _, m := range b.made {
			if p.comp.K.FindTask(m.child) != nil {
				kept = append(kept, m)
			}
		}
		b.made = kept
	}
	b.made = append(b.made, born{child, parent})
}

// parent is who made a task, 0 when that is not known.
func (b *births) parent(child int32) int32 {
	for i := len(b.made) - 1; i >= 0; i-- {
		if b.made[i].child == child {
			return b.made[i].parent
		}
	}
	return 0
}

// status is how a task ended lately, "" when that is not known.
func (b *births) status(pid int) string {
	for i := len(b.gone) - 1; i >= 0; i-- {
		if b.gone[i].PID == pid {
			return b.gone[i].Status
		}
	}
	return ""
}

// waitText says how a task ended, from its status as wait4 reports it. wait(2)
func waitText(status int32) string {
	sig := int(status & 0x7f)
	switch {
	case sig == 0:
		return "exit " + strconv.Itoa(int(status>>8&0xff))
	case status&0x80 != 0:
		return "killed by " + abi.SignalName(sig) + ", core dumped"
	}
	return "killed by " + abi.SignalName(sig)
}
