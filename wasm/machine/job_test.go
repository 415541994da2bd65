package main

import (
	"iter"
	"testing"

	"vitrine/wasm/view"
)

// turns plays a session as the worker does, in turns, and calls each at the beginning of each.
func turns(t *testing.T, s *Session, most int, each func(turn int)) {
	t.Helper()
	ms := 0.0
	next, stop := iter.Pull(player(s, &chunked{}, func() float64 { ms += sliceMs; return ms }))
	defer stop()
	for i := range most {
		each(i)
		if got, _ := next(); got.wait < 0 {
			return
		}
	}
	t.Fatalf("not over after %d turns", most)
}

// played is a session with something behind it, of which no moments but the first can be kept: all ways are far.
func played(t *testing.T) *Session {
	s := session(t, Options{Run: "seq 1 20000 | md5sum", Budget: 1})
	play(t, s)
	s.Command(view.Command{Kind: "pause"})
	s.Batch()
	return s
}

// A far way gives way and says how far it is. What is asked meanwhile waits for its end.
func TestFarWay(t *testing.T) {
	s := played(t)
	end := s.comp.M.Now()
	s.Command(view.Command{Kind: "back", N: 1e12})
	play(t, s)
	s.Batch()
	s.Command(view.Command{Kind: "end"})
	shown, before, name, step, answered := 0, uint64(0), "", false, false
	turns(t, s, 10_000, func(int) {
		b := s.Batch()
		if b == nil || s.job == nil {
			return
		}
		f := &b.Frame
		if f.Job.Name != name {
			name, before = f.Job.Name, 0
		}
		if f.Job.Of == 0 || f.Job.Done > f.Job.Of || f.Job.Done < before || f.Now != s.shown.Now {
			t.Errorf("%+v at %d, shown is %d", f.Job, f.Now, s.shown.Now)
		}
		before = f.Job.Done
		if shown++; shown == 2 {
			s.Command(view.Command{Kind: "back", N: 1})
			step = true
			s.Ask([]byte(`{"kind":"now"}`), func(b []byte, err error) { answered = err == nil && s.job == nil })
		}
	})
	if shown < 3 || !step {
		t.Errorf("%d turns on the way", shown)
	}
	f := &s.shown
	if s.Batch(); f.Now >= end || f.Now+10_000 < end || f.Job.Of != 0 || !answered {
		t.Errorf("one step before the end, %d: %d, %+v, answered %v", end, f.Now, f.Job, answered)
	}
}

// A way that is cancelled ends at a moment of the run like any other.
func TestCancel(t *testing.T) {
	s := played(t)
	end, hash := s.comp.M.Now(), s.comp.Hash()
	s.Command(view.Command{Kind: "seek", N: 0})
	play(t, s)
	s.Command(view.Command{Kind: "end"})
	turns(t, s, 10_000, func(i int) {
		if i == 3 {
			s.Command(view.Command{Kind: "cancel"})
		}
	})
	s.Batch()
	if f := &s.shown; f.Stop != "cancelled" || !f.Timeline.Past || f.Now == 0 || f.Now >= end {
		t.Errorf("%q at %d of %d", f.Stop, f.Now, end)
	}
	do(t, s, view.Command{Kind: "end"})
	if s.comp.M.Now() != end || s.comp.Hash() != hash {
		t.Error("the end is another one")
	}
}

// Of several moments that are asked for on the way, only the last is gone to.
func TestLastMomentCounts(t *testing.T) {
	s := played(t)
	do(t, s, view.Command{Kind: "seek", N: 1})
	s.Command(view.Command{Kind: "end"})
	turns(t, s, 10_000, func(i int) {
		if i == 2 {
			for n := range 50 {
				s.Command(view.Command{Kind: "seek", N: float64(1000 * n)})
			}
			if len(s.later) != 1 {
				t.Errorf("%d ways are to be gone", len(s.later))
			}
		}
	})
	if now := s.comp.M.Now(); now < 49_000 || now > 60_000 {
		t.Errorf("it went to %d", now)
	}
}
