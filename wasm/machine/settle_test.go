package main

import (
	"testing"

	"vitrine/wasm/view"
)

// A pause prepares for steps back: the picture stays what it was.
func TestSettle(t *testing.T) {
	s := session(t, Options{Run: "seq 1 2000 | md5sum"})
	run := func(n uint64) {
		for from := s.comp.M.CPU.S.Retired; s.comp.M.CPU.S.Retired < from+n; {
			s.run(s.comp.M.Now()+chunk, from+n)
		}
	}
	run(2_000_000)
	for kept := s.hist.Moments(); s.hist.Moments() == kept; {
		run(10_000)
	}
	run(900_000) // far from the moment that has been kept
	s.Batch()
	before, kept := look(s, false), s.hist.Moments()
	play(t, s) // look has paused it
	if s.hist.Moments() == kept {
		t.Error("nothing was prepared")
	}
	if b := s.Batch(); b != nil && len(b.Events) != 0 {
		t.Errorf("%d events are told again", len(b.Events))
	}
	after := look(s, false)
	if d := before.same(&after); d != "" {
		t.Error(d)
	}
	if f := do(t, s, view.Command{Kind: "back", N: 1}); f.Retired+1 != before.retired {
		t.Errorf("a step back leads to instruction %d from %d", f.Retired, before.retired)
	}
}
