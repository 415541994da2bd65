package main

import (
	"slices"
	"testing"

	"vitrine/wasm/view"
)

// TestRunQueueInFrame: a frame has what a diagram of the run queue needs, and it is what the kernel has.
func TestRunQueueInFrame(t *testing.T) {
	s := session(t, Options{Boot: "sched=fair latency=9", Run: "spin 30 & spin 30 & renice -n 5 $!; spin 1"})
	ms := 0.0
	for range 100_000 {
		if s.Slice(func() float64 { ms += sliceMs; return ms }) < 0 {
			t.Fatal("it stopped")
		}
		b := s.Batch()
		if b == nil || len(b.Frame.Kernel.Queue) < 2 {
			continue
		}
		k := &b.Frame.Kernel
		if k.Policy != "fair" || k.Latency != 900_000 || k.MinGran != 75_000 || k.MinVTime <= 0 {
			t.Fatalf("%+v", k)
		}
		var waiting []int64
		for _, pid := range k.Queue {
			i := slices.IndexFunc(k.Tasks, func(t view.Task) bool { return t.PID == pid })
			waiting = append(waiting, k.Tasks[i].VTime)
			real := s.comp.K.FindTask(int32(pid))
			if v := &k.Tasks[i]; v.VTime != real.Sched.VTime || v.Nice != int(real.Nice) || v.Weight != int(real.Weight()) || v.Involuntary != real.NIvCsw {
				t.Errorf("the frame says %+v of %+v", v, real.Sched)
			}
		}
		if !slices.IsSorted(waiting) {
			t.Errorf("virtual times %d in the queue", waiting)
		}
		return
	}
	t.Error("never two tasks in the queue")
}
