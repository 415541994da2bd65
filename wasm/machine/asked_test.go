//go:build !js

package main

import (
	"math"
	"testing"

	"vitrine/engine/state"
	"vitrine/wasm/view"
)

// seenAt is what is seen at the last of some goals.
func seenAt(t *testing.T, goals ...view.Goal) *view.Frame {
	t.Helper()
	r, err := reach(builtDisk(t), builtPrograms(t), 16<<20, view.Run{Goals: goals})
	if err != nil {
		t.Fatal(err)
	}
	at, last := r.Moments[len(goals)-1], view.Batch{}
	if err := state.Decode(at.Batches[len(at.Batches)-1], &last); err != nil {
		t.Fatal(err)
	}
	return &last.Frame
}

// What a program asks (M07) is shown with its arguments as wrapper.c and hello32.S write them: before the instruction, at the
// door, and when the kernel has it.
func TestAsked(t *testing.T) {
	say := view.Goal{Run: "wrapper", At: "wrapper:write", In: "wrapper", Times: 2}
	for _, stop := range []string{"syscall-insn", "syscall"} {
		a := seenAt(t, say, view.Goal{Stop: stop, In: "wrapper"}).Rings.Asked
		if a.Name != "write" || a.Nr != 1 || a.Soon || len(a.Args) != 3 {
			t.Fatalf("%s: %+v", stop, a)
		}
		for i, want := range []view.RequestArg{{Reg: 7, Name: "fd", Value: 99, Text: "99"}, {Reg: 6, Name: "buf", Value: a.Args[1].Value, Text: `"nobody reads this\n"`},
			{Reg: 2, Name: "count", Value: 18, Text: "18"}} {
			if a.Args[i] != want {
				t.Errorf("%s: %+v, want %+v", stop, a.Args[i], want)
			}
		}
	}
	if a := seenAt(t, view.Goal{Run: "hello32", At: "hello32:ask", In: "hello32"}).Rings.Asked; a.Name != "fork" || a.Nr != 2 || !a.Soon || len(a.Args) != 0 {
		t.Errorf("before int 0x80: %+v", a)
	}
	if a := seenAt(t, view.Goal{Run: "spin 5", Stop: "interrupt", In: "spin"}).Rings.Asked; a.Name != "" {
		t.Errorf("at a timer interrupt: %+v", a)
	}
}

// The XMM registers (M04): CVTSI2SD has made a double of 0x80000000, where MOVQ had put the number itself.
func TestVectors(t *testing.T) {
	c := &seenAt(t, view.Goal{Run: "registers", At: "registers:ring", In: "registers"}).CPU
	if want := [2]uint64{math.Float64bits(1 << 31), 0}; c.X[0] != want || c.PrevX[0] != [2]uint64{1 << 31, 0} || len(c.FPU) != 0 {
		t.Errorf("%x, before %x, x87 %v", c.X[0], c.PrevX[0], c.FPU)
	}
}
