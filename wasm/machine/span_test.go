package main

import (
	"testing"

	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// What is shown begins at one instruction and ends at another, wherever the reader steps or plays.
func TestSpan(t *testing.T) {
	const start, end = 60_000, 61_000
	s := session(t, Options{Paused: true, At: start, End: end})
	play(t, s)
	if f := s.Batch().Frame; f.Retired != start || f.Running {
		t.Fatalf("it waits at instruction %d, running %v", f.Retired, f.Running)
	}
	for _, kind := range []string{"play", "step", "event", "play"} {
		f := do(t, s, view.Command{Kind: kind, N: 5000, Text: "syscall"})
		if f.Retired != end || f.Running || f.Stop != "end" {
			t.Fatalf("%s came to instruction %d, running %v, %q", kind, f.Retired, f.Running, f.Stop)
		}
	}
	if f := do(t, s, view.Command{Kind: "seekretired", N: start}); f.Retired != start {
		t.Errorf("back at instruction %d", f.Retired)
	}
}

// A locked machine does not go back behind its first moment.
func TestFirst(t *testing.T) {
	const first = 60_000
	s := session(t, Options{Paused: true, At: first, First: first})
	play(t, s)
	do(t, s, view.Command{Kind: "step", N: 3})
	for _, c := range []view.Command{{Kind: "back", N: 5}, {Kind: "back", N: 1}, {Kind: "seek", N: 0}, {Kind: "chapter", N: -1}, {Kind: "backevent", Text: "any"}} {
		if f := do(t, s, c); f.Retired != first {
			t.Errorf("%+v came to instruction %d", c, f.Retired)
		}
	}
	for range 8 {
		if f := do(t, s, view.Command{Kind: "micro", N: -1}); f.Retired != first {
			t.Errorf("a micro-step back came to instruction %d", f.Retired)
		}
	}
}

// Playing pauses at each event of the kind that was chosen, and nowhere else.
func TestMarks(t *testing.T) {
	s := session(t, Options{Run: "cow"})
	s.Command(view.Command{Kind: "marks", Text: "cow"})
	for range 3 {
		f := do(t, s, view.Command{Kind: "play"})
		if f.Running || f.Stop != "marked" || s.picture.hit.Kind != trace.COW {
			t.Fatalf("it is at %q, running %v, after %v", f.Stop, f.Running, s.picture.hit)
		}
	}
}
