package boot_test

import (
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/kernel/tty"
)

// named is the only task with a name.
func (g *guest) named(t *testing.T, name string) *kernel.Task {
	t.Helper()
	var found *kernel.Task
	g.K.ForEachTask(func(p *kernel.Task) bool {
		if p.Name() == name {
			if found != nil {
				t.Fatalf("there are two of %s", name)
			}
			found = p
		}
		return true
	})
	return found
}

// TestJobControl watches the shell, its job and the terminal while Ctrl-Z, bg, fg and Ctrl-C are typed.
func TestJobControl(t *testing.T) {
	g := newGuest(t, "quiet", nil)
	g.until(5)
	console := g.K.TTY.State
	sh := g.named(t, "sh")
	if console.Session != sh.PID || console.PGrp != sh.PID || sh.SID != sh.PID || g.K.Process(sh).TTY != tty.Serial {
		t.Fatalf("the shell does not have the console: %+v", sh)
	}
	says := func(input string, front bool, run kernel.RunState) {
		t.Helper()
		g.Input([]byte(input))
		g.until(1)
		job := g.named(t, "sleep")
		if job == nil || job.PGID != job.PID || job.SID != sh.PID || job.PPID != sh.PID || g.K.Process(job).TTY != tty.Serial {
			t.Fatalf("%q: %+v", input, job)
		}
		if job.Run != run || (g.K.Process(job).StopSig != 0) != (run == kernel.Stopped) {
			t.Errorf("%q: the job is in state %d", input, job.Run)
		}
		if want := map[bool]int32{true: job.PGID, false: sh.PGID}[front]; console.PGrp != want {
			t.Errorf("%q: group %d is in the foreground, not %d", input, console.PGrp, want)
		}
	}
	says("sleep 1000\n", true, kernel.Sleep)
	says("\x1a", false, kernel.Stopped)
	says("bg\n", false, kernel.Sleep)
	says("fg\n", true, kernel.Sleep)
	says("\x1a", false, kernel.Stopped)
	says("fg\n", true, kernel.Sleep)
	g.Input([]byte{3})
	g.until(1)
	if g.named(t, "sleep") != nil || console.PGrp != sh.PGID {
		t.Errorf("Ctrl-C: group %d is in the foreground", console.PGrp)
	}
	old := sh.PID
	g.Input([]byte("exit\n"))
	g.until(1)
	if next := g.named(t, "sh"); next == nil || next.PID == old || console.Session != next.PID {
		t.Errorf("init's next shell has no terminal: session %d", console.Session)
	}
}

// TestPseudoTerminal looks at a pair in the kernel's state while a session uses it, goes on from a snapshot of that
// moment, and finds nothing left at the end.
func TestPseudoTerminal(t *testing.T) {
	program := compiled(t, "testdata/pty.c")
	g := newGuest(t, "quiet", map[string]string{"/bin/pty": program}, "/bin/pty")
	g.until(1)
	const slave = tty.MajorSlave << 8
	pair := g.K.Terms.Pty(slave)
	if pair == nil || g.K.Terms.State.Ptys.Live != 1 {
		t.Fatalf("%d pairs; %q", g.K.Terms.State.Ptys.Live, g.out.String())
	}
	leader, front := g.K.FindTask(pair.Slave.Session), g.K.FindTask(pair.Slave.PGrp)
	if leader == nil || front == nil || front.PPID != leader.PID || front.SID != leader.SID || g.K.Process(front).TTY != slave || g.K.Process(leader).TTY != slave {
		t.Fatalf("leader %+v, foreground %+v", leader, front)
	}
	if string(pair.Slave.Buf[:pair.Slave.Head]) != "abc" || string(pair.Out) != "abc" || !pair.MasterOpen || pair.Locked {
		t.Errorf("typed %q, echoed %q", pair.Slave.Buf[:pair.Slave.Head], pair.Out)
	}
	c, err := boot.New(boot.Options{Cmdline: "quiet", Disk: dev.Image(g.disk), Seed: 1, Date: 1767225600, TermRaw: true, TermNoEcho: true})
	if err != nil {
		t.Fatal(err)
	}
	again := &guest{Computer: c}
	if err := again.Restore(g.Snapshot()); err != nil {
		t.Fatal(err)
	}
	again.out.WriteString(g.out.String())
	for _, g := range []*guest{g, again} {
		if stop := g.until(5); stop.Reason != boot.PowerOff || stop.Status != 3 || g.out.String() != "6 here\n1\n" || g.K.Terms.State.Ptys.Live != 0 {
			t.Errorf("%+v %q, %d pairs", stop, g.out.String(), g.K.Terms.State.Ptys.Live)
		}
	}
	if g.Hash() != again.Hash() {
		t.Error("a snapshot of it goes on differently")
	}
}
