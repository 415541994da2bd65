package boot_test

import (
	"os"
	"testing"

	machine "vitrine/assets/boot"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// longCall is a guest in which one task has long system calls done and another counts.
func longCall(t *testing.T, cmdline string) *guest { return counting(t, "longcall", cmdline) }

func counting(t *testing.T, name, cmdline string) *guest {
	t.Helper()
	bin, err := compile(t.TempDir(), "testdata/"+name+".c")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	return newGuest(t, "quiet hz=1000 "+cmdline, map[string]string{"/bin/" + name: string(code)}, "/bin/"+name)
}

// frames reads the kernel stack of a task from guest RAM: where the inner registers lie, and the outer ones at its top.
func (g *guest) frames(o *kernel.Task) (inner, outer uint64) {
	return o.KRSP - mm.PageOffset, o.Stack.Addr() + mem.FrameSize - machine.PtSize
}

// inStub tells whether an address lies in preempt_point.
func inStub(a uint64) bool {
	s := machine.Find("preempt_point")
	return a >= s.Addr && a < s.Addr+s.Size
}

// preempted runs until a task has been made to leave the CPU in the middle of a system call.
func (g *guest) preempted() *kernel.Task {
	g.M.Trace.Mask |= 1 << trace.Switch
	g.StopOn = 1 << trace.Switch
	defer func() { g.StopOn = 0 }()
	for range 5000 {
		if stop := g.until(10); stop.Reason != boot.Event {
			return nil
		}
		var found *kernel.Task
		g.K.ForEachTask(func(o *kernel.Task) bool {
			if o.Sys.Nested && o.ID != g.K.Current().ID {
				found = o
			}
			return found == nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// TestKernelPreemption: under preempt=full a timer interrupt that comes in the middle of a long read(2) lies on the same
// kernel stack, is one of ring 0, and has another task run; a copy of the computer made then goes on like the original.
func TestKernelPreemption(t *testing.T) {
	g := longCall(t, "preempt=full")
	o := g.preempted()
	if o == nil {
		t.Fatal("no task was preempted in the kernel: ", g.out.String())
	}
	ram := g.M.RAM
	inner, outer := g.frames(o)
	if inner>>mem.FrameShift != outer>>mem.FrameShift || inner >= outer {
		t.Fatalf("registers at %#x and %#x", inner, outer)
	}
	if cs, rip, v := ram.Read64(inner+machine.PtCS), ram.Read64(inner+machine.PtRIP), ram.Read64(inner+machine.PtVector); cs != machine.KernelCS || !inStub(rip) || v != 32 {
		t.Errorf("interrupted at %#x:%#x by vector %d", cs, rip, v)
	}
	if cs, v := ram.Read64(outer+machine.PtCS), ram.Read64(outer+machine.PtVector); cs != machine.UserCS || v != machine.VectorSyscall {
		t.Errorf("the system call came from CS %#x by %#x", cs, v)
	}
	if sp := ram.Read64(inner + machine.PtRSP); sp != outer+mm.PageOffset {
		t.Errorf("the interrupted code's RSP is %#x, the call's registers lie at %#x", sp, outer+mm.PageOffset)
	}
	if o.Run != kernel.Invoke || o.Sys.Done == 0 {
		t.Errorf("state %v, %d bytes done", o.Run, o.Sys.Done)
	}

	fresh := power(t, "quiet hz=1000 preempt=full", g.disk)
	if err := fresh.Restore(g.Snapshot()); err != nil {
		t.Fatal(err)
	}
	fresh.out.WriteString(g.out.String())
	for _, c := range []*guest{g, fresh} {
		if stop := c.until(60); stop.Reason != boot.PowerOff || stop.Status != 0 || c.out.String() != "20\n" {
			t.Errorf("%v %d %q", stop.Reason, stop.Status, c.out.String())
		}
	}
	if g.Hash() != fresh.Hash() {
		t.Error("the copy ended differently")
	}
}

// TestVoluntaryPreemption: otherwise the interrupt comes all the same, but the task leaves the CPU between two pieces of
// work only, and under preempt=none these are long.
func TestVoluntaryPreemption(t *testing.T) {
	for _, mode := range []string{"none", "voluntary"} {
		g := longCall(t, "preempt="+mode)
		g.M.Trace.Mask |= 1 << trace.Tick
		g.StopOn = 1 << trace.Tick
		nested, between := 0, 0
		for {
			stop := g.until(60)
			if stop.Reason == boot.PowerOff {
				break
			}
			if stop.Reason != boot.Event {
				t.Fatal(mode, stop, g.out.String())
			}
			cur := g.K.Current()
			if cur.Sys.Nested {
				nested++
			}
			g.K.ForEachTask(func(o *kernel.Task) bool {
				if o.ID != cur.ID && o.Sys.Nested {
					t.Fatalf("%s: %s left the CPU in an interrupt of ring 0", mode, o.Name())
				}
				if o.ID != cur.ID && o.Sys.Resumed && inStub(o.KRIP-1) {
					between++
				}
				return true
			})
		}
		if nested == 0 || between == 0 || g.out.String() != "20\n" {
			t.Errorf("%s: %d interrupts in ring 0, %d seen between two pieces: %q", mode, nested, between, g.out.String())
		}
	}
}

// TestLongExit: a large program gives its memory back in pieces; another task runs in between.
func TestLongExit(t *testing.T) {
	g := counting(t, "longexit", "preempt=full sched=rr slice=1")
	o := g.preempted()
	if o == nil || g.K.Syscall(uint64(o.Sys.Nr)).Name != "exit_group" {
		t.Fatalf("nobody was preempted while ending: %q", g.out.String())
	}
	as := g.K.MM.AS(o.ASID)
	if left := as.RSS(); left == 0 || left > 24<<8 {
		t.Errorf("%d pages are left", left)
	}
	if err := g.K.MM.Check(); err != nil {
		t.Error(err)
	}
	if stop := g.until(60); stop.Reason != boot.PowerOff || stop.Status != 0 {
		t.Errorf("%v %d %q", stop.Reason, stop.Status, g.out.String())
	}
}
