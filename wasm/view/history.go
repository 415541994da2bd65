package view

import (
	"sort"

	"vitrine/engine/trace"
)

// TaskState is what a task was doing during a Span.
type TaskState uint8

// The states of a task, as the lanes show them.
const (
	Gone TaskState = iota
	Running
	Ready
	Blocked
)

// Span is a stretch of virtual time; To is 0 while it lasts.
type Span struct {
	From, To uint64
	State    TaskState
	Why      string // of Blocked: what for, when the frame told
}

// Lane is what one task did.
type Lane struct {
	PID   int
	Name  string
	Spans []Span
}

// RingSpan is a stretch of time at one privilege level.
type RingSpan struct {
	From, To uint64 // To is 0 while it lasts
	Ring     uint8  // 0, 3, or RingIdle
	Task     int
}

// RingIdle marks a stretch in which the CPU was halted.
const RingIdle = 255

// How much of the past is kept; half of it is dropped when it grows beyond.
const (
	maxSpans = 1024
	maxRings = 4096
	maxMarks = 2048
)

// History is the recent past, built from the events of the batches: who ran when, at which privilege level, and why it
// changed. It is exact as long as no events were lost; each frame corrects it.
type History struct {
	Now     uint64
	Lanes   []*Lane // by PID
	Rings   []RingSpan
	Marks   []trace.Event // what the event lane shows
	Stories Stories
	Calls   map[uint64]string // names of system calls seen

	running int  // who has the CPU
	foreign bool // the tasks are not known: lanes are those of address spaces, numbered by the frame of their root
}

// marked are the kinds that the event lane shows.
const marked = 1<<trace.Syscall | 1<<trace.PageFault | 1<<trace.COW | 1<<trace.Interrupt | 1<<trace.Fork | 1<<trace.Exec |
	1<<trace.Exit | 1<<trace.Signal | 1<<trace.Switch | 1<<trace.BootStep

// Needs are the kinds a History is built from.
const Needs = marked | 1<<trace.SyscallIn | 1<<trace.SyscallOut | 1<<trace.Sysenter | 1<<trace.Sysexit | 1<<trace.FarIn | 1<<trace.FarOut | 1<<trace.Space | 1<<trace.Exception | 1<<trace.SoftInt | 1<<trace.Iret |
	1<<trace.Halt | 1<<trace.Block | 1<<trace.Wake | 1<<trace.IRQ | 1<<trace.Tick | 1<<trace.FrameAlloc | 1<<trace.SyscallRet

// unknown are the kinds that the event lane shows of a kernel that tells nothing itself.
const unknown = 1<<trace.SyscallIn | 1<<trace.Sysenter | 1<<trace.SoftInt | 1<<trace.Exception

// Add takes in one batch.
func (h *History) Add(b *Batch) {
	f := &b.Frame
	h.foreign = f.Kernel.Foreign != ""
	switch {
	case b.Jumped && b.From > h.Now: // what was in between is not known
		*h = History{Calls: h.Calls}
		h.foreign = f.Kernel.Foreign != ""
	case b.Jumped:
		h.cut(b.From)
	case f.Now < h.Now:
		h.cut(f.Now)
	}
	if h.Calls == nil {
		h.Calls = map[uint64]string{}
	}
	for _, c := range b.Calls {
		h.Calls[uint64(c.NR)] = c.Name
	}
	for i := range b.Events {
		if b.Events[i].Kind < trace.NumKinds {
			h.event(&b.Events[i])
		}
	}
	h.Now = f.Now
	h.correct(f)
}

// cut forgets what lies after now: the machine went back or began again.
func (h *History) cut(now uint64) {
	for _, l := range h.Lanes {
		n := sort.Search(len(l.Spans), func(i int) bool { return l.Spans[i].From >= now })
		l.Spans = l.Spans[:n]
		if n > 0 && l.Spans[n-1].To > now {
			l.Spans[n-1].To = 0
		}
	}
	lanes := h.Lanes[:0]
	for _, l := range h.Lanes {
		if len(l.Spans) > 0 {
			lanes = append(lanes, l)
		}
	}
	h.Lanes, h.running = lanes, 0
	for _, l := range lanes {
		if last := &l.Spans[len(l.Spans)-1]; last.State == Running && last.To == 0 {
			h.running = l.PID
		}
	}
	n := sort.Search(len(h.Rings), func(i int) bool { return h.Rings[i].From >= now })
	h.Rings = h.Rings[:n]
	if n > 0 && h.Rings[n-1].To > now {
		h.Rings[n-1].To = 0
	}
	h.Marks = h.Marks[:sort.Search(len(h.Marks), func(i int) bool { return h.Marks[i].At >= now })]
	h.Stories = Stories{}
}

func (h *History) event(e *trace.Event) {
	if marked>>e.Kind&1 != 0 || h.foreign && unknown>>e.Kind&1 != 0 {
		if len(h.Marks) >= maxMarks {
			h.Marks = append(h.Marks[:0], h.Marks[maxMarks/2:]...)
		}
		h.Marks = append(h.Marks, *e)
	}
	switch e.Kind {
	case trace.SyscallIn, trace.Sysenter, trace.FarIn, trace.Exception, trace.Interrupt, trace.SoftInt:
		h.ring(e, 0)
	case trace.SyscallOut, trace.Sysexit:
		h.ring(e, 3)
	case trace.Iret, trace.FarOut:
		h.ring(e, uint8(e.B&3))
	case trace.Halt:
		h.ring(e, RingIdle)
	case trace.Space:
		if h.foreign {
			h.space(e.A, e.At)
		}
	case trace.Switch:
		h.leave(int(e.A), e.At)
		h.set(int(e.B), e.At, Running)
	case trace.Block:
		h.set(int(e.A), e.At, Blocked)
	case trace.Wake:
		h.set(int(e.A), e.At, Ready)
	case trace.Fork:
		h.set(int(e.B), e.At, Ready)
		if parent, child := h.lane(int(e.A)), h.lane(int(e.B)); parent != nil && child != nil {
			child.Name = parent.Name
		}
	case trace.Exit:
		h.set(int(e.A), e.At, Gone)
	}
	h.Stories.event(e, h.Calls)
}

// SpaceLane is the number of an address space's lane.
func SpaceLane(cr3 uint64) int { return int(cr3 >> 12 & (1<<40 - 1)) }

// maxSpaces is how many address spaces have lanes; the ones that ran longest ago lose theirs.
const maxSpaces = 64

// space begins a stay in an address space.
func (h *History) space(cr3, at uint64) {
	oldest := -1
	for i, l := range h.Lanes {
		if l.PID == SpaceLane(cr3) || len(l.Spans) == 0 {
			continue
		}
		last := &l.Spans[len(l.Spans)-1]
		if last.State == Running {
			h.set(l.PID, at, Gone)
			continue
		}
		if oldest < 0 || last.From < h.Lanes[oldest].Spans[len(h.Lanes[oldest].Spans)-1].From {
			oldest = i
		}
	}
	if len(h.Lanes) >= maxSpaces && oldest >= 0 {
		h.Lanes = append(h.Lanes[:oldest], h.Lanes[oldest+1:]...)
	}
	h.set(SpaceLane(cr3), at, Running)
}

// leave ends the running of a task that was switched away from; if it had not gone to sleep it is ready to go on.
func (h *History) leave(pid int, at uint64) {
	l := h.lane(pid)
	if l == nil || len(l.Spans) == 0 || l.Spans[len(l.Spans)-1].State != Running {
		return
	}
	h.set(pid, at, Ready)
}

func (h *History) lane(pid int) *Lane {
	if pid == 0 {
		return nil
	}
	i := sort.Search(len(h.Lanes), func(i int) bool { return h.Lanes[i].PID >= pid })
	if i < len(h.Lanes) && h.Lanes[i].PID == pid {
		return h.Lanes[i]
	}
	l := &Lane{PID: pid}
	h.Lanes = append(h.Lanes, nil)
	copy(h.Lanes[i+1:], h.Lanes[i:])
	h.Lanes[i] = l
	return l
}

// hasCPU notes who runs. There is one CPU: whoever ran before has stopped, also when the event that said how was lost.
func (h *History) hasCPU(pid int, at uint64, s TaskState) {
	switch {
	case s == Running && h.running != pid:
		before := h.running
		h.running = pid
		if i := sort.Search(len(h.Lanes), func(i int) bool { return h.Lanes[i].PID >= before }); i < len(h.Lanes) && h.Lanes[i].PID == before {
			if spans := h.Lanes[i].Spans; len(spans) > 0 && spans[len(spans)-1].State == Running {
				h.set(before, at, Gone)
			}
		}
	case s != Running && h.running == pid:
		h.running = 0
	}
}

// set begins a new span of a task.
func (h *History) set(pid int, at uint64, s TaskState) {
	l := h.lane(pid)
	if l == nil {
		return
	}
	h.hasCPU(pid, at, s)
	if n := len(l.Spans); n > 0 {
		last := &l.Spans[n-1]
		if last.State == s && last.To == 0 {
			return
		}
		if last.To == 0 {
			last.To = at
		}
	}
	if len(l.Spans) >= maxSpans {
		l.Spans = append(l.Spans[:0], l.Spans[maxSpans/2:]...)
	}
	l.Spans = append(l.Spans, Span{From: at, State: s})
}

func (h *History) ring(e *trace.Event, ring uint8) {
	if n := len(h.Rings); n > 0 {
		last := &h.Rings[n-1]
		if last.Ring == ring && last.To == 0 {
			return
		}
		last.To = e.At
	}
	if len(h.Rings) >= maxRings {
		h.Rings = append(h.Rings[:0], h.Rings[maxRings/2:]...)
	}
	h.Rings = append(h.Rings, RingSpan{From: e.At, Ring: ring, Task: int(e.Task)})
}

// correct makes the ends of the lanes agree with what the frame says.
func (h *History) correct(f *Frame) {
	if h.foreign {
		if f.CPU.Paging {
			h.space(f.CPU.CR3, f.Now)
		}
		h.correctRing(f)
		return
	}
	seen := map[int]bool{}
	for i := range f.Kernel.Tasks {
		t := &f.Kernel.Tasks[i]
		seen[t.PID] = true
		l := h.lane(t.PID)
		if l == nil {
			continue
		}
		l.Name = t.Comm
		h.set(t.PID, f.Now, stateOf(t.State))
		if n := len(l.Spans); n > 0 && l.Spans[n-1].State == Blocked {
			l.Spans[n-1].Why = t.Reason
		}
	}
	for _, l := range h.Lanes {
		if !seen[l.PID] {
			h.set(l.PID, f.Now, Gone)
		}
	}
	h.correctRing(f)
}

func (h *History) correctRing(f *Frame) {
	ring := f.CPU.Ring
	if f.CPU.Halted {
		ring = RingIdle
	}
	h.ring(&trace.Event{At: f.Now}, ring)
}

func stateOf(s string) TaskState {
	switch s {
	case "running":
		return Running
	case "ready":
		return Ready
	case "zombie":
		return Gone
	}
	return Blocked
}
