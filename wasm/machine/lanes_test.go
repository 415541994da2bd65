package main

import (
	"reflect"
	"slices"
	"testing"

	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// away tells how far two numbers are apart.
func away(a, b uint64) uint64 { return max(a, b) - min(a, b) }

// What the lanes say of a boot and three programs is what the kernel and the CPU have counted themselves. A HLT begins to
// idle an instruction before it has retired, hence the few units.
func TestLanesAgainstCounts(t *testing.T) {
	s := session(t, Options{Run: "hello; spin 3 & spin 3; wait"})
	play(t, s)
	a := s.lanes.ask(laneQuestion{Columns: 500, Rows: 3})
	cpu, stats := &s.comp.M.CPU.S, &s.comp.K.State.Stats
	const halts = 50
	if busy := s.comp.M.Now() - cpu.Idled; away(a.Total, busy) > halts || a.To != a.Total || away(a.Sum.Ring[0]+a.Sum.Ring[1], busy) > halts+500 {
		t.Errorf("busy %d, %d in ring 0, %d in ring 3; the machine says %d", a.Total, a.Sum.Ring[0], a.Sum.Ring[1], busy)
	}
	if away(a.Sum.Idle, cpu.Idled) > halts {
		t.Errorf("idle %d, the machine says %d", a.Sum.Idle, cpu.Idled)
	}
	if a.Sum.Counts[0] != stats.Syscalls || a.Sum.Counts[2] != stats.PageFaults || a.Sum.Counts[1] < stats.TimerInterrupts {
		t.Errorf("%d system calls, interrupts, faults; the kernel says %d, %d, %d", a.Sum.Counts, stats.Syscalls, stats.TimerInterrupts, stats.PageFaults)
	}
	if len(a.Tasks) != 3 || a.Tasks[0].Name != "spin" || a.Tasks[1].Name != "spin" || a.Tasks[2].Task != 0 || away(a.Tasks[0].Time, a.Tasks[1].Time) > a.Total/20 {
		t.Errorf("tasks %+v", a.Tasks)
	}
	if !slices.IsSorted(a.At) || !slices.IsSorted(a.Retired) || a.At[500] != s.comp.M.Now() || a.Retired[500] != cpu.Retired {
		t.Errorf("the edges end at %d with %d instructions; the machine is at %d with %d", a.At[500], a.Retired[500], s.comp.M.Now(), cpu.Retired)
	}
}

// waits plays until the machine waits for the reader.
func waits(t *testing.T, s *Session) laneAnswer {
	t.Helper()
	s.Command(view.Command{Kind: "play"})
	play(t, s)
	return lanesNow(s)
}

func lanesNow(s *Session) laneAnswer {
	s.collect()
	return s.lanes.ask(laneQuestion{Columns: 300, Rows: 3})
}

// What lies before and after the reader's moment stays known: in the past, when the past is played again, on a new branch
// and back on the old one.
func TestLanesKeepTheFuture(t *testing.T) {
	s := session(t, Options{Run: "hello; spin 2; cow"})
	whole := waits(t, s)
	middle := whole.At[150]
	s.Command(view.Command{Kind: "seek", N: float64(middle)})
	play(t, s)
	if s.comp.M.Now() > middle+1000 || !s.hist.Past() {
		t.Fatalf("at %d, wanted %d", s.comp.M.Now(), middle)
	}
	if got := lanesNow(s); !reflect.DeepEqual(got, whole) {
		t.Error("going back changes the lanes")
	}
	if got := waits(t, s); !reflect.DeepEqual(got, whole) {
		t.Error("playing the past changes the lanes")
	}

	s.Command(view.Command{Kind: "seek", N: float64(middle)})
	play(t, s)
	fork := s.comp.M.Now()
	s.Command(view.Command{Kind: "input", Text: "x"})
	branch := waits(t, s)
	c := slices.IndexFunc(branch.At, func(at uint64) bool { return at > fork }) - 1
	if c < 10 {
		t.Fatalf("the branch has %d columns before its fork at %d", c, fork)
	}
	if now := s.comp.M.Now(); branch.At[300] != now || branch.Sum.Counts[0] != s.comp.K.State.Stats.Syscalls {
		t.Errorf("the branch ends at %d with %d system calls; the machine is at %d and has counted %d", branch.At[300], branch.Sum.Counts[0], now, s.comp.K.State.Stats.Syscalls)
	}
	s.Command(view.Command{Kind: "branch", N: 0})
	play(t, s)
	if got := lanesNow(s); !reflect.DeepEqual(got, whole) {
		t.Error("the old future's lanes are not what they were")
	}
}

// A line of any length is bounded, and still adds up.
func TestLanesAreBounded(t *testing.T) {
	b := &line{names: map[uint32]string{}}
	var calls, now uint64
	for i := range uint64(1_000_000) {
		now += 50 + i*7919%900
		kind := trace.Syscall
		if i%3 == 0 {
			kind = trace.SyscallOut
		} else {
			calls++
		}
		b.event(&trace.Event{At: now, Kind: kind}, false)
		if i%1000 == 0 {
			b.event(&trace.Event{At: now, Kind: trace.Switch, B: i % 7}, false)
		}
	}
	b.ran(now, now/2, 3)
	if len(b.list) > maxStretches {
		t.Errorf("%d stretches", len(b.list))
	}
	a := (&lanes{cur: b}).ask(laneQuestion{Columns: 1000, Rows: 12})
	if a.Total != now || a.Sum.Counts[0] != calls {
		t.Errorf("%d units with %d system calls, want %d with %d", a.Total, a.Sum.Counts[0], now, calls)
	}
	last := &b.list[len(b.list)-2]
	if width := last.to - last.from; width > 2*coarsestFresh {
		t.Errorf("near the present a stretch is %d units long", width)
	}
	for i := 1; i < len(b.list); i++ {
		if b.list[i].from != b.list[i-1].to {
			t.Fatalf("stretch %d begins at %d, the one before ends at %d", i, b.list[i].from, b.list[i-1].to)
		}
	}
}

// Whatever is asked is answered.
func FuzzLanes(f *testing.F) {
	f.Add(uint64(0), uint64(0), 100, 3)
	f.Add(uint64(5000), uint64(6000), 7, 0)
	f.Add(^uint64(0), ^uint64(0), 1<<40, -1)
	b := &line{names: map[uint32]string{}}
	for i := range uint64(500) {
		b.event(&trace.Event{At: i * i * 10, Kind: trace.Kind(1 + i%uint64(trace.NumKinds-1)), A: i, B: i % 4}, false)
	}
	b.ran(500*500*10, 100_000, 3)
	f.Fuzz(func(t *testing.T, from, to uint64, n, rows int) {
		a := (&lanes{cur: b}).ask(laneQuestion{From: from, To: to, Columns: n, Rows: rows})
		if a.From > a.To || a.To > a.Total || len(a.At) != len(a.Ring0)+1 || len(a.Ring0) > maxColumns || !slices.IsSorted(a.At) || len(a.Tasks) > maxTaskRows {
			t.Errorf("from %d to %d of %d, %d columns, %d rows", a.From, a.To, a.Total, len(a.Ring0), len(a.Tasks))
		}
	})
}

// BenchmarkLanes measures what an event costs, and a question to a long run.
func BenchmarkLanes(b *testing.B) {
	b.Run("event", func(b *testing.B) {
		l := &line{names: map[uint32]string{}}
		for i := range b.N {
			l.event(&trace.Event{At: uint64(i) * 400, Kind: trace.Syscall + trace.Kind(i&1), B: 3}, false)
		}
	})
	b.Run("question", func(b *testing.B) {
		l := &line{names: map[uint32]string{}}
		for i := range 1_000_000 {
			l.event(&trace.Event{At: uint64(i) * 400, Kind: trace.Syscall + trace.Kind(i&1), B: 3}, false)
		}
		for b.Loop() {
			(&lanes{cur: l}).ask(laneQuestion{Columns: 1300, Rows: 4})
		}
	})
}
