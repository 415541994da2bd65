package boot_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vitrine/engine/cpu"
	"vitrine/engine/debug"
	"vitrine/engine/dev"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// verbs goes forward and backward in a run by all verbs there are.
type verbs struct {
	t    *testing.T
	c    *boot.Computer
	h    *boot.History
	seed uint64
}

func newVerbs(t *testing.T, c *boot.Computer, o boot.HistoryOptions) *verbs {
	return &verbs{t: t, c: c, h: boot.NewHistory(c, o), seed: 1}
}

func (v *verbs) random(n uint64) uint64 {
	v.seed = v.seed*6364136223846793005 + 1442695040888963407
	return v.seed >> 20 % max(n, 1)
}

// at is a moment with its hash.
type at struct{ now, retired, hash uint64 }

func (v *verbs) here() at { return at{v.c.M.Now(), v.c.M.CPU.S.Retired, v.c.Hash()} }

// goal picks something to wait for that has to do with where the computer is.
func (v *verbs) goal() (string, debug.Goal) {
	m := v.c.M
	s := &m.CPU.S
	switch v.random(9) {
	case 0:
		return "breakpoint", debug.AtAddress(m, v.linear())
	case 1, 2:
		at := s.R[cpu.RSP] - 64
		g, err := debug.Writing(m, at&^7, 1+v.random(64))
		if err == nil {
			return "write to the stack", g
		}
		return "write to a page table", debug.Goal{Writes: []mem.Range{{First: s.CR3, Last: s.CR3 + 4095}}}
	case 3:
		names := []string{"RBX", "R12", "RSP", "ZF", "CPL", "CR3", "CS", "FSBASE", "XMM0", "IF"}
		name := names[v.random(uint64(len(names)))]
		g, _ := debug.Changing(name)
		return name, g
	case 4:
		return "walk", debug.Goal{Events: 1 << trace.Walk}
	case 5:
		return "ways in", debug.Goal{Events: trace.MaskOf(trace.Exception, trace.Interrupt, trace.SyscallIn, trace.SoftInt)}
	case 6:
		return "kernel", debug.Goal{Events: trace.MaskOf(trace.Syscall, trace.PageFault, trace.Switch, trace.Fork)}
	case 7:
		return "device", debug.Goal{Events: trace.MaskOf(trace.IRQ, trace.Console, trace.PortOut, trace.Halt)}
	}
	g := debug.AtAddress(m, v.linear())
	g.Events = trace.MaskOf(trace.Iret, trace.COW, trace.Space)
	return "breakpoint or event", g
}

func (v *verbs) linear() uint64 {
	s := &v.c.M.CPU.S
	if s.EFER&cpu.EFERLMA == 0 {
		return uint64(uint32(s.RIP + s.Seg[cpu.CS].Base))
	}
	return s.RIP
}

// rounds goes to places in the run up to end: from each forward by some goal to its stops, the same way back and forth again; then a
// few single steps back and forth.
func (v *verbs) rounds(n int, end uint64) {
	v.t.Helper()
	for range n {
		v.h.Seek(v.random(end))
		name, g := v.goal()
		start := v.here()
		stops := []at{start}
		for range 1 + v.random(4) {
			if v.h.Until(g, start.now+400_000).Reason != boot.Event {
				break
			}
			stops = append(stops, v.here())
		}
		v.h.Seek(stops[len(stops)-1].now + v.random(50_000)) // and on, if there was nothing else
		if len(stops) > 1 {
			v.h.Seek(stops[len(stops)-1].now)
		}
		for i := len(stops) - 2; i > 0; i-- {
			if !v.h.BackUntil(g) || v.here() != stops[i] {
				v.t.Fatalf("back to %s: %+v; forward it was %+v", name, v.here(), stops[i])
			}
		}
		found := v.h.BackUntil(g) // one before the start, or the start itself
		first := v.here()
		if len(stops) > 1 && found {
			if first.now > start.now {
				v.t.Fatalf("back to %s from %+v: %+v lies behind the start %+v", name, stops[1], first, start)
			}
			for first.now < start.now && v.h.Until(g, start.now).Reason == boot.Event && v.c.M.Now() <= start.now {
				if v.c.M.Now() < start.now {
					v.t.Fatalf("back to %s: %+v was passed over", name, v.here())
				}
			}
			v.h.Seek(start.now)
		}
		for i := 1; i < len(stops); i++ {
			if stop := v.h.Until(g, boot.NoLimit); stop.Reason != boot.Event || v.here() != stops[i] {
				v.t.Fatalf("forward again to %s: %+v %+v; it was %+v", name, stop, v.here(), stops[i])
			}
		}
		v.singles()
	}
}

// singles goes a few instructions back and the same way forward.
func (v *verbs) singles() {
	v.t.Helper()
	var way []at
	for range v.random(3) {
		if !v.h.Back() {
			break
		}
		way = append(way, v.here())
	}
	for i := len(way) - 2; i >= 0; i-- {
		v.h.Run(boot.NoLimit, v.c.M.CPU.S.Retired+1)
		if v.here() != way[i] {
			v.t.Fatalf("one step forward: %+v; it was %+v", v.here(), way[i])
		}
	}
}

// light is a computer with little memory, which is soon hashed.
func light(t *testing.T, cmdline string) *boot.Computer {
	t.Helper()
	c, err := boot.New(boot.Options{Cmdline: cmdline, RAM: 16 << 20, Disk: dev.Image(newGuest(t, cmdline, nil).disk), Seed: 1, Date: 1767225600})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestVerbs: whatever sequence of verbs, forward and backward, at random places of runs of many kinds: the hashes of the stops are
// the same.
func TestVerbs(t *testing.T) {
	small := boot.HistoryOptions{Interval: 500_000}
	for name, start := range map[string]func(t *testing.T) (c *boot.Computer, typed string, length uint64){
		"shell": func(t *testing.T) (*boot.Computer, string, uint64) {
			return light(t, "quiet"), session + "seq 1 300 >/root/f; wc -c /root/f; sleep 0.1 & wait\n", second
		},
		"five levels": func(t *testing.T) (*boot.Computer, string, uint64) {
			return light(t, "quiet la57"), "ls | wc\n", second
		},
		"threads": func(t *testing.T) (*boot.Computer, string, uint64) {
			return newTortured(t, "").Computer, tortured, second / 4
		},
		"preempt": func(t *testing.T) (*boot.Computer, string, uint64) {
			return longCall(t, "preempt=full").Computer, "", second / 10
		},
		"swap": func(t *testing.T) (*boot.Computer, string, uint64) {
			code, _ := swapProgram(t)
			disk := newGuest(t, "", map[string]string{"/bin/swap": code}, "/bin/swap").disk
			return tight(t, "quiet swap=/dev/sdb", disk, boot.SwapDisk(24<<20)).Computer, "", second / 10
		},
		"32 bits": func(t *testing.T) (*boot.Computer, string, uint64) {
			return newGuest(t, "quiet", map[string]string{"/bin/hello32": hello32(t)}, "/bin/hello32").Computer, "", second
		},
		"foreign": func(t *testing.T) (*boot.Computer, string, uint64) {
			return newForeign(t, assemble(t, "testdata/echo.S"), ""), "hello there", second
		},
	} {
		t.Run(name, func(t *testing.T) {
			rounds := 8
			if name == "swap" {
				rounds = 3
			}
			c, typed, length := start(t)
			v := newVerbs(t, c, small)
			if typed != "" {
				v.h.Run(10*second, boot.NoLimit)
				v.h.Input([]byte(typed))
			}
			v.h.Run(c.M.Now()+length, boot.NoLimit)
			end := v.here()
			v.rounds(rounds, end.now)
			if v.h.Seek(boot.NoLimit); v.here() != end {
				t.Errorf("the end is %+v; it was %+v", v.here(), end)
			}
			if list, _ := v.h.Branches(); len(list) != 1 {
				t.Errorf("going back made branches: %+v", list)
			}
		})
	}
}

// hello32 is a 32-bit program that forks.
func hello32(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "hello32")
	cmd := exec.Command("gcc", "-m32", "-nostdlib", "-static", "-no-pie", "-Wl,-z,noseparate-code", "-o", bin, "../../assets/guest/hello32.S")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	code, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	return string(code)
}
