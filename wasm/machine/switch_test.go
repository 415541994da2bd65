package main

import (
	"testing"

	"vitrine/wasm/view"
)

// TestComing: just after a switch the frame has the saved registers of the task that comes, too: those with which the CPU is in ring 3
// a little later.
func TestComing(t *testing.T) {
	s, _ := stopAt(t, "spin 3 & spin 3", "interrupt")
	for range 3 {
		s.Command(view.Command{Kind: "event", Text: "switch"})
		play(t, s)
	}
	k := &s.Batch().Frame.Kernel
	var saved []uint64
	for i := range k.Tasks {
		if k.Tasks[i].PID == k.Current {
			saved = k.Tasks[i].Frame
		}
	}
	if len(saved) != 21 {
		t.Fatalf("of pid %d there are %d words", k.Current, len(saved))
	}
	s.Command(view.Command{Kind: "event", Text: "iret"})
	play(t, s)
	f := s.Batch().Frame
	if f.Kernel.Current != k.Current || f.CPU.Ring != 3 || f.CPU.RIP != saved[16] || f.CPU.R[4] != saved[19] || f.CPU.R[0] != saved[10] {
		t.Errorf("pid %d goes on at %#x with rsp %#x and rax %#x; its saved words are %#x", f.Kernel.Current, f.CPU.RIP, f.CPU.R[4], f.CPU.R[0], saved)
	}
}
