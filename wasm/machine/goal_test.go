//go:build !js

package main

import (
	"strings"
	"testing"

	"vitrine/engine/rewind/link"
	"vitrine/engine/state"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// TestReach: a goal's link leads an independent computer to the same state, and what was sent on the way shows it.
func TestReach(t *testing.T) {
	disk := builtDisk(t)
	programs := builtPrograms(t)
	for _, c := range []struct {
		goal  view.Goal
		story string
	}{
		{view.Goal{}, "halted"},
		{view.Goal{Run: "cow", Stop: "cow", In: "cow", Times: 2}, "copied frame"},
		{view.Goal{Power: true, Stop: "boot", Times: 5}, "64-bit"},
		{view.Goal{Run: "hello", Stop: "syscall", In: "hello", Times: 2}, "write"},
	} {
		r, err := reach(disk, programs, 16<<20, view.Run{Goals: []view.Goal{c.goal}})
		if err != nil {
			t.Errorf("%+v: %v", c.goal, err)
			continue
		}
		at, last := r.Moments[0], view.Batch{}
		if err := state.Decode(at.Batches[len(at.Batches)-1], &last); err != nil {
			t.Fatal(err)
		}
		if last.Frame.Retired != at.Count || !strings.Contains(last.Frame.Story, c.story) {
			t.Errorf("%+v: at %d of %d, %q", c.goal, last.Frame.Retired, at.Count, last.Frame.Story)
		}
		l, _, err := link.Parse(r.Link)
		if err != nil {
			t.Fatal(err)
		}
		o, err := boot.Equip(l, &boot.Options{Disk: disk})
		if err != nil {
			t.Fatal(err)
		}
		comp, err := boot.New(*o)
		if err != nil {
			t.Fatal(err)
		}
		replay, err := boot.NewReplay(comp, l)
		if err != nil {
			t.Fatal(err)
		}
		replay.Run(boot.NoLimit, boot.NoLimit)
		if v := replay.Verdict(); !v.Verified() || v.Got.Retired != at.Count || v.Got.Hash != at.Hash || len(r.Link) > 300 {
			t.Errorf("%+v: %d characters, %s", c.goal, len(r.Link), v.String())
		}
	}
	if _, err := reach(disk, programs, 16<<20, view.Run{Goals: []view.Goal{{Run: "true", Stop: "cow", In: "nobody"}}}); err == nil {
		t.Error("a goal that never comes is reached")
	}
}
