package main

import (
	"strings"
	"testing"

	"vitrine/engine/cpu"
	"vitrine/wasm/view"
)

// Phases go on and back: six on are one instruction and the first phase of the next, and the same number back is where it began.
func TestMicroSteps(t *testing.T) {
	s := session(t, Options{Run: "ls"})
	play(t, s)
	do(t, s, view.Command{Kind: "backevent", Text: "page-fault"})
	start, hash := s.comp.M.CPU.S.Retired, s.comp.Hash()
	var way []uint8
	for range 14 {
		f := do(t, s, view.Command{Kind: "micro", N: 1})
		way = append(way, f.Micro.Phase)
		if f.Micro.Phase != f.Timeline.Micro || f.Micro.Phase == 0 || len(f.Micro.Phases[f.Micro.Phase-1]) == 0 || f.Micro.Text == "" {
			t.Fatalf("%+v", f.Micro)
		}
		if twin := view.MakeTwin(f).Code; !strings.Contains(twin, "["+view.PhaseNames[f.Micro.Phase-1]+"]") {
			t.Errorf("the text says %q", twin)
		}
	}
	if s.comp.M.CPU.S.Retired < start+2 || way[0] != 1 {
		t.Errorf("%v, instruction %d, it was %d", way, s.comp.M.CPU.S.Retired, start)
	}
	for i := len(way) - 2; i >= 0; i-- {
		f := do(t, s, view.Command{Kind: "micro", N: -1})
		if got, want := f.Micro.Phase%view.NumPhases, way[i]%view.NumPhases; got != want {
			t.Fatalf("back from phase %d of %v: %d", i+1, way, got)
		}
	}
	do(t, s, view.Command{Kind: "micro", N: -1})
	if s.comp.Hash() != hash {
		t.Error("the computer is another one")
	}
}

// A goal is gone to and back; what cannot be waited for is said.
func TestUntil(t *testing.T) {
	s := session(t, Options{Run: "ls"})
	play(t, s)
	for range 8 {
		do(t, s, view.Command{Kind: "backevent", Text: "syscall"})
	}
	stack := s.comp.M.CPU.S.R[cpu.RSP]
	rip, now := s.comp.M.CPU.S.RIP, s.comp.M.Now()
	for _, c := range []view.Command{
		{Text: "break", Addr: rip}, {Text: "write", Addr: stack, N: 64}, {Text: "register:RAX"}, {Text: "register:zf"}, {Text: "event:syscall"},
	} {
		do(t, s, view.Command{Kind: "seek", N: float64(now)})
		c.Kind = "until"
		f := do(t, s, c)
		there, hash := s.comp.M.Now(), s.comp.Hash()
		if f.Stop != "step" || there <= now {
			t.Errorf("%+v: %q at %d, from %d", c, f.Stop, there, now)
			continue
		}
		do(t, s, view.Command{Kind: "seek", N: float64(there + 10)})
		c.Kind = "backuntil"
		for s.comp.M.Now() > there { // others may lie between
			if f = do(t, s, c); f.Stop != "step" {
				break
			}
		}
		if s.comp.M.Now() != there || s.comp.Hash() != hash {
			t.Errorf("%+v: %q at %d, it was %d", c, f.Stop, s.comp.M.Now(), there)
		}
	}
	for _, c := range []view.Command{{Text: "break?"}, {Text: "write", Addr: 0x123456789000, N: 8}, {Text: "write", Addr: stack, N: 1e12}, {Text: "register:"}} {
		c.Kind = "backuntil"
		if f := do(t, s, c); f.Stop == "step" || f.Stop == "" {
			t.Errorf("%+v: %q", c, f.Stop)
		}
	}
}
