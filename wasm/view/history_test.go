package view

import (
	"slices"
	"strings"
	"testing"

	"vitrine/engine/trace"
)

func at(t uint64, k trace.Kind, task uint16, a, b uint64) trace.Event {
	return trace.Event{At: t, Kind: k, Task: task, A: a, B: b}
}

func tasks(now uint64, states ...string) Frame {
	f := Frame{Now: now}
	for i, s := range states {
		f.Kernel.Tasks = append(f.Kernel.Tasks, Task{PID: i + 1, Comm: "t", State: s})
	}
	return f
}

func TestLanes(t *testing.T) {
	var h History
	h.Add(&Batch{Frame: tasks(100, "running", "ready"), Events: []trace.Event{
		at(10, trace.Switch, 0, 0, 1), at(20, trace.Fork, 1, 1, 2), at(40, trace.Switch, 2, 1, 2),
		at(60, trace.Block, 2, 2, 0), at(60, trace.Switch, 1, 2, 1), at(80, trace.Wake, 1, 2, 0),
	}})
	want := map[int][]Span{
		1: {{From: 10, To: 40, State: Running}, {From: 40, To: 60, State: Ready}, {From: 60, State: Running}},
		2: {{From: 20, To: 40, State: Ready}, {From: 40, To: 60, State: Running}, {From: 60, To: 80, State: Blocked}, {From: 80, State: Ready}},
	}
	for _, l := range h.Lanes {
		if len(l.Spans) != len(want[l.PID]) {
			t.Fatalf("pid %d: %+v", l.PID, l.Spans)
		}
		for i, s := range l.Spans {
			if s != want[l.PID][i] {
				t.Errorf("pid %d span %d: %+v, want %+v", l.PID, i, s, want[l.PID][i])
			}
		}
	}
}

func TestRewind(t *testing.T) {
	var h History
	h.Add(&Batch{Frame: tasks(100, "running"), Events: []trace.Event{at(10, trace.Switch, 0, 0, 1), at(50, trace.Exec, 1, 1, 0)}})
	h.Add(&Batch{Frame: tasks(30, "running")})
	if len(h.Marks) != 1 || h.Marks[0].Kind != trace.Switch {
		t.Errorf("marks after going back: %+v", h.Marks)
	}
	if s := h.Lanes[0].Spans; len(s) != 1 || s[0].From != 10 || s[0].To != 0 {
		t.Errorf("spans after going back: %+v", s)
	}
	h.Add(&Batch{Frame: Frame{Now: 0}})
	if len(h.Marks) != 0 || len(h.Rings) != 1 {
		t.Errorf("after a restart: marks %+v, rings %+v", h.Marks, h.Rings)
	}
}

func TestBounds(t *testing.T) {
	var h History
	for i := range uint64(20_000) {
		h.Add(&Batch{Frame: tasks(i+1, "ready"), Events: []trace.Event{
			at(i, trace.SyscallIn, 1, 1, 0), at(i, trace.Syscall, 1, 1, 0), at(i, trace.SyscallOut, 1, 0, 0), at(i, trace.Switch, 1, 0, 1),
		}})
	}
	if len(h.Rings) > maxRings || len(h.Marks) > maxMarks || len(h.Lanes[0].Spans) > maxSpans {
		t.Errorf("the past grows: %d rings, %d marks, %d spans", len(h.Rings), len(h.Marks), len(h.Lanes[0].Spans))
	}
}

func told(s *Story) string {
	var out []string
	for _, step := range s.Steps() {
		switch {
		case step.Now:
			out = append(out, "["+step.Text+"]")
		case step.Done:
			out = append(out, step.Text)
		default:
			out = append(out, "("+step.Text+")")
		}
	}
	return strings.Join(out, " ")
}

func TestStories(t *testing.T) {
	for _, test := range []struct {
		name   string
		events []trace.Event
		want   string
	}{
		{"timer asks", []trace.Event{at(1, trace.IRQ, 7, 0, 0)},
			"count reaches 0 [IRQ 0] (8259: vector ?) (IDT[?]) (push frame) (tick) (schedule()) (CR3, RSP0) (iretq)"},
		{"timer switches", []trace.Event{at(1, trace.IRQ, 7, 0, 0), at(2, trace.Interrupt, 7, 32, 0), at(3, trace.Tick, 7, 1, 0), at(4, trace.Switch, 8, 7, 8)},
			"count reaches 0 IRQ 0 8259: vector 32 IDT[32] push frame tick schedule() [CR3, RSP0] (iretq to pid 8)"},
		{"timer without a switch, over", []trace.Event{at(1, trace.IRQ, 7, 0, 0), at(2, trace.Interrupt, 7, 32, 0), at(3, trace.Tick, 7, 1, 0), at(5, trace.Iret, 7, 0, 0x33)},
			"count reaches 0 IRQ 0 8259: vector 32 IDT[32] push frame tick iretq"},
		{"copy on write", []trace.Event{at(1, trace.Exception, 8, 14<<32|7, 0x1000), at(2, trace.COW, 8, 1, 2)},
			"write #PF error 7 IDT[14] do_wp_page [copy 4 KiB] (PTE writable) (iretq, retry)"},
		{"copy by the kernel", []trace.Event{at(1, trace.SyscallIn, 8, 61, 0), at(2, trace.Syscall, 8, 61, 0), at(3, trace.COW, 8, 1, 2), at(4, trace.PageFault, 8, 0x1000, 0), at(5, trace.SyscallOut, 8, 0, 0)},
			"wait4 writes do_wp_page copy 4 KiB PTE writable sysretq"},
		{"a system call that sleeps", []trace.Event{at(1, trace.SyscallIn, 4, 61, 0), at(2, trace.Syscall, 4, 61, 0), at(3, trace.Block, 4, 4, 0), at(4, trace.Switch, 7, 4, 7), at(5, trace.Iret, 7, 0, 0x33)},
			"syscall LSTAR pt_regs wait4 sleeps schedule() iretq"},
	} {
		var s Stories
		for i := range test.events {
			s.event(&test.events[i], map[uint64]string{61: "wait4"})
		}
		if got := told(&s.Current); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestWire(t *testing.T) {
	b := Batch{Frame: tasks(5, "ready"), Events: []trace.Event{at(1, trace.COW, 2, 3, 4)}, Calls: []Call{{1, "write"}}}
	var got Batch
	if err := got.Decode(b.Encode()); err != nil {
		t.Fatal(err)
	}
	if got.Frame.Now != 5 || len(got.Events) != 1 || got.Events[0] != b.Events[0] || got.Calls[0] != b.Calls[0] {
		t.Errorf("came back as %+v", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add((&Batch{Frame: tasks(5, "ready", "running")}).Encode())
	f.Fuzz(func(t *testing.T, p []byte) {
		var b Batch
		if b.Decode(p) == nil {
			var h History
			h.Add(&b)
		}
	})
}

// Of a kernel that is not ours there are lanes of address spaces: one runs at a time.
func TestSpaces(t *testing.T) {
	var h History
	f := Frame{Now: 100, Kernel: Kernel{Foreign: "Linux"}, CPU: CPU{Paging: true, CR3: 0x2000}}
	h.Add(&Batch{Frame: f, Events: []trace.Event{at(10, trace.Space, 0, 0x1000, 0), at(30, trace.Space, 0, 0x2000, 0), at(60, trace.Space, 0, 0x1000, 0), at(70, trace.Space, 0, 0x2000, 0)}})
	want := map[int][]Span{
		1: {{From: 10, To: 30, State: Running}, {From: 30, To: 60, State: Gone}, {From: 60, To: 70, State: Running}, {From: 70, State: Gone}},
		2: {{From: 30, To: 60, State: Running}, {From: 60, To: 70, State: Gone}, {From: 70, State: Running}},
	}
	for _, l := range h.Lanes {
		if !slices.Equal(l.Spans, want[l.PID]) {
			t.Errorf("space %d: %+v", l.PID, l.Spans)
		}
	}
	for i := range uint64(200) {
		f.Now += 10
		f.CPU.CR3 = (i + 10) << 12
		h.Add(&Batch{Frame: f})
	}
	if len(h.Lanes) > maxSpaces {
		t.Errorf("%d lanes", len(h.Lanes))
	}
}

// When the machine has gone elsewhere the lanes are those of the way there: what lies behind it is cut off, what lies in
// between is not made up.
func TestHistoryJumps(t *testing.T) {
	sysenter := func(at uint64) trace.Event { return trace.Event{At: at, Kind: trace.Syscall, A: 1, Task: 1} }
	var h History
	h.Add(&Batch{Frame: Frame{Now: 100}, Events: []trace.Event{sysenter(10), sysenter(50), sysenter(90)}})
	h.Add(&Batch{Frame: Frame{Now: 60}, Jumped: true, From: 40, Events: []trace.Event{sysenter(50)}})
	at := func() (list []uint64) {
		for _, e := range h.Marks {
			list = append(list, e.At)
		}
		return list
	}
	if got := at(); !slices.Equal(got, []uint64{10, 50}) || h.Now != 60 {
		t.Errorf("back at 60: %v, now %d", got, h.Now)
	}
	h.Add(&Batch{Frame: Frame{Now: 500}, Jumped: true, From: 400, Events: []trace.Event{sysenter(450)}})
	if got := at(); !slices.Equal(got, []uint64{450}) || len(h.Rings) != 1 {
		t.Errorf("on at 500: %v, rings %+v", got, h.Rings)
	}
}
