//go:build !js

package main

import (
	"strings"
	"testing"

	"vitrine/engine/mmu"
	"vitrine/engine/state"
	"vitrine/wasm/view"
)

// TestWalkRefused: before an access that the tables refuse, the walk names the bit that will refuse it, and the error code of the
// fault that comes then says the same.
func TestWalkRefused(t *testing.T) {
	disk := builtDisk(t)
	programs := builtPrograms(t)
	for _, c := range []struct {
		at   string
		step int
		why  string
		code uint64
	}{
		{"read_kernel", 0, "U = 0", mmu.FaultP | mmu.FaultU},
		{"write_code", 0, "R/W = 0", mmu.FaultP | mmu.FaultU | mmu.FaultW},
		{"execute_data", 3, "NX = 1", mmu.FaultP | mmu.FaultU | mmu.FaultI},
	} {
		r, err := reach(disk, programs, 16<<20, view.Run{Goals: []view.Goal{
			{Run: "forbidden", At: "forbidden:" + c.at, Step: c.step},
			{Stop: "exception", In: "forbidden"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		var before, behind view.Batch
		for i, b := range []*view.Batch{&before, &behind} {
			sent := r.Moments[i].Batches
			if err := state.Decode(sent[len(sent)-1], b); err != nil {
				t.Fatal(err)
			}
		}
		will, did, cpu := &before.Frame.Walk, &behind.Frame.Walk, &behind.Frame.CPU
		if !strings.HasPrefix(will.Fault, c.why) || did.Fault != will.Fault || will.VA != cpu.CR2 || did.VA != cpu.CR2 {
			t.Errorf("%s: %x %q, then %x %q; CR2 is %x", c.at, will.VA, will.Fault, did.VA, did.Fault, cpu.CR2)
		}
		crossings := behind.Frame.Rings.Crossings
		if last := &crossings[len(crossings)-1]; last.Number != c.code {
			t.Errorf("%s: %+v", c.at, last)
		}
	}
}

// An address that is not canonical is refused before a table is read: no level is shown, and what comes is #GP, not a page fault.
func TestWalkNotCanonical(t *testing.T) {
	r, err := reach(builtDisk(t), builtPrograms(t), 16<<20, view.Run{Goals: []view.Goal{
		{Run: "forbidden", At: "forbidden:no_address"},
		{Stop: "exception", In: "forbidden"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var b view.Batch
	sent := r.Moments[0].Batches
	if err := state.Decode(sent[len(sent)-1], &b); err != nil {
		t.Fatal(err)
	}
	if w := &b.Frame.Walk; !w.Valid || len(w.Levels) != 0 || !strings.Contains(w.Fault, "canonical") || w.VA != 1<<47 {
		t.Errorf("%+v", w)
	}
	if event := r.Moments[1].Event; !strings.Contains(event, "exception 13") {
		t.Error(event)
	}
}
