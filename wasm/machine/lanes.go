package main

import (
	"slices"

	"vitrine/engine/trace"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// lanes is what happened when, over the whole run, for the scrubber: which ring and which task had the CPU, how many system
// calls, interrupts and faults. Unlike view.History, the exact recent past that the Time diagram draws, it is coarse, covers
// everything, and is kept while the reader is in the past: each branch has its line.
type lanes struct {
	lines []*line
	cur   *line
}

// line is what is known of one branch, from its fork on.
type line struct {
	id     int
	parent *line
	fork   uint64 // when it left its parent
	end    uint64 // what comes before is known
	ring   uint8  // at the end
	task   uint32
	list   []stretch // one after the other, without gaps
	names  map[uint32]string
}

// stretch is what happened from one time to another, in units of Now.
type stretch struct {
	from, to uint64
	ring     [2]uint64 // time in ring 0 and in ring 3; the rest was idle
	counts   [3]uint32 // system calls, interrupts, faults
	tasks    [4]share  // who ran, the longest first; who ran less is left out
	retired  uint64    // a moment of this stretch and how many instructions had retired then; 0 when none is known
	at       uint64
}

type share struct {
	task uint32 // PID, or with a kernel that is not ours the address space
	time uint64
}

// How fine a line is: stretches end at events, and are about this long at first; older ones are joined. A line of any
// length takes at most maxStretches.
const (
	maxStretches  = 4096
	finest        = 256     // units, in a short run
	coarsestFresh = 1 << 13 // units, at the end of a long one
	overview      = 2048    // stretches that the whole run has at least
	detail        = 64      // a stretch may be as long as this part of its age
)

// kinds counted, by the index in stretch.counts.
var laneCounts = [3]trace.Mask{1 << trace.Syscall, 1 << trace.Interrupt, 1 << trace.Exception}

// foreignCalls stand for system calls where the kernel does not tell.
const foreignCalls = 1<<trace.SyscallIn | 1<<trace.Sysenter | 1<<trace.SoftInt

// follow notes on which branch the machine is, and forgets those that are no more.
func (l *lanes) follow(h *boot.History) {
	list, cur := h.Branches()
	l.lines = slices.DeleteFunc(l.lines, func(b *line) bool {
		return !slices.ContainsFunc(list, func(o boot.Branch) bool { return o.ID == b.id })
	})
	if l.cur = l.find(list[cur].ID); l.cur != nil {
		return
	}
	b := list[cur]
	l.cur = &line{id: b.ID, fork: b.Fork, end: b.Fork, names: map[uint32]string{}}
	if b.Parent >= 0 {
		l.cur.parent = l.find(list[b.Parent].ID)
	}
	l.lines = append(l.lines, l.cur)
}

func (l *lanes) find(id int) *line {
	for _, b := range l.lines {
		if b.id == id {
			return b
		}
	}
	return nil
}

// event takes in what happened. Within one instruction events may come a little out of order.
func (b *line) event(e *trace.Event, foreign bool) {
	b.pass(max(e.At, b.end))
	s := b.open(0)
	for i, kinds := range laneCounts {
		if foreign && i == 0 {
			kinds = foreignCalls
		}
		if kinds>>e.Kind&1 != 0 {
			s.counts[i]++
		}
	}
	switch e.Kind {
	case trace.SyscallIn, trace.Sysenter, trace.FarIn, trace.Exception, trace.Interrupt, trace.SoftInt:
		b.ring = 0
	case trace.SyscallOut, trace.Sysexit:
		b.ring = 3
	case trace.Iret, trace.FarOut:
		b.ring = uint8(e.B & 3)
	case trace.Halt:
		b.ring = view.RingIdle
	case trace.Switch:
		b.task = uint32(e.B)
	case trace.Space:
		if foreign {
			b.task = uint32(view.SpaceLane(e.A))
		}
	case trace.Fork:
		if name := b.name(uint32(e.A)); name != "" {
			b.names[uint32(e.B)] = name
		}
	}
}

// ran notes where the machine is after a run, and what it is doing: events tell only of changes.
func (b *line) ran(now, retired uint64, ring uint8) {
	b.pass(max(now, b.end))
	s := b.open(0)
	s.at, s.retired = now, retired
	b.ring = ring
}

// pass lets time pass in which nothing happens.
func (b *line) pass(to uint64) {
	d := to - b.end
	if d == 0 {
		return
	}
	s := b.open(d)
	s.to = to
	b.end = to
	if b.ring == view.RingIdle {
		return
	}
	s.ring[min(b.ring, 1)] += d
	s.ran(b.task, d)
}

// open is the stretch that goes on for a further time d: the last one, or a new one when that is long enough.
func (b *line) open(d uint64) *stretch {
	fresh := min(max(b.end>>13, finest), coarsestFresh)
	if n := len(b.list); n > 0 {
		s := &b.list[n-1]
		if width := s.to - s.from; width == 0 || width < fresh && d < fresh {
			return s
		}
	}
	if len(b.list) >= maxStretches {
		b.join()
	}
	b.list = append(b.list, stretch{from: b.end, to: b.end})
	return &b.list[len(b.list)-1]
}

// join joins neighbours, those that are old or short more than others.
func (b *line) join() {
	kept := b.list[:1]
	for i := 1; i < len(b.list); i++ {
		s, last := &b.list[i], &kept[len(kept)-1]
		room := max(min(b.end/overview, (b.end-last.to)/detail), finest)
		if s.to-last.from > room {
			kept = append(kept, *s)
			continue
		}
		last.take(s)
	}
	b.list = kept
}

func (s *stretch) take(o *stretch) {
	s.to = o.to
	for i := range s.ring {
		s.ring[i] += o.ring[i]
	}
	for i := range s.counts {
		s.counts[i] += o.counts[i]
	}
	for _, t := range o.tasks {
		s.ran(t.task, t.time)
	}
	if o.at != 0 {
		s.at, s.retired = o.at, o.retired
	}
}

// ran adds a task's time; the one that ran shortest makes room.
func (s *stretch) ran(task uint32, d uint64) {
	if task == 0 || d == 0 {
		return
	}
	i := slices.IndexFunc(s.tasks[:], func(t share) bool { return t.task == task || t.task == 0 })
	if i < 0 {
		if i = len(s.tasks) - 1; s.tasks[i].time >= d {
			return
		}
		s.tasks[i] = share{}
	}
	s.tasks[i] = share{task, s.tasks[i].time + d}
	for ; i > 0 && s.tasks[i-1].time < s.tasks[i].time; i-- {
		s.tasks[i-1], s.tasks[i] = s.tasks[i], s.tasks[i-1]
	}
}

// maxNames bounds the names of tasks that a line keeps.
const maxNames = 1024

// call names a task.
func (b *line) call(task uint32, name string) {
	if b.name(task) == name {
		return
	}
	if len(b.names) >= maxNames {
		clear(b.names)
	}
	b.names[task] = name
}

// name is what a task was called last, "" when that is not known.
func (b *line) name(task uint32) string {
	for ; b != nil; b = b.parent {
		if name, ok := b.names[task]; ok {
			return name
		}
	}
	return ""
}
