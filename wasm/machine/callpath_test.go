package main

import (
	"testing"

	"vitrine/wasm/view"
)

// The way of a system call (M08) is as many instructions as the CPU's own counter says between the instruction that asks
// and the one that returns, for each of the three doors.
func TestCallPath(t *testing.T) {
	s, _ := stopAt(t, "doors32", "softint")
	for _, way := range []struct {
		kind     view.DoorKind
		in, back string
	}{{view.DoorSoft, "softint", "iret"}, {view.DoorSysenter, "sysenter-insn", "sysexit-insn"}, {view.DoorSyscall, "syscall-insn", "sysret-insn"}} {
		for range 2 { // the first may wait for a page
			s.Command(view.Command{Kind: "event", Text: way.in})
			play(t, s)
		}
		from, then := s.comp.M.CPU.S.Retired, s.comp.M.Now()
		s.Command(view.Command{Kind: "event", Text: way.back})
		play(t, s)
		want, took := s.comp.M.CPU.S.Retired-from, s.comp.M.Now()-then
		found := false
		f := &s.Batch().Frame
		for i := range f.Rings.Doors {
			d := &f.Rings.Doors[i]
			if d.Kind != way.kind || d.Kind == view.DoorSoft && d.Vector != 0x80 {
				continue
			}
			found = true
			if d.Path.In+d.Path.Out != want || d.Path.Took != took || d.Path.In == 0 || d.Path.Out == 0 {
				t.Errorf("%s: %+v; the CPU executed %d in %d units", d.Name, d.Path, want, took)
			}
		}
		if !found {
			t.Errorf("no door for %s", way.in)
		}
	}
}
