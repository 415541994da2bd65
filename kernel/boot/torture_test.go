package boot_test

import (
	"os"
	"testing"

	"vitrine/kernel"
	"vitrine/kernel/boot"
)

// tortured is a longer session, with the programs that compare themselves with the host too.
const tortured = session + "/bin/signals; /bin/tasks; /bin/talk; cow; forks; yes | head -n 2000 | tr y z | sort | wc -c; sleep 0.1 & sleep 0.05; wait\n"

func newTortured(t *testing.T, cmdline string) *guest {
	t.Helper()
	add := map[string]string{}
	for _, name := range []string{"signals", "tasks", "talk"} {
		bin, err := compile(t.TempDir(), "testdata/"+name+".c")
		if err != nil {
			t.Fatal(err)
		}
		code, err := os.ReadFile(bin)
		if err != nil {
			t.Fatal(err)
		}
		add["/bin/"+name] = string(code)
	}
	g := newGuest(t, "quiet "+cmdline, add)
	if stop := g.until(10); stop.Reason != boot.WaitInput {
		t.Fatalf("%+v", stop)
	}
	return g
}

// TestSpuriousWakeups: every other sleeper is woken at once for no reason, and nothing that is printed changes.
func TestSpuriousWakeups(t *testing.T) {
	for _, policy := range policies {
		plain, shaken := newTortured(t, policy), newTortured(t, policy)
		shaken.K.OnSleep = func(t *kernel.Task) {
			if t.Wait.Seq%2 == 0 {
				shaken.K.Disturb(t)
			}
		}
		for _, g := range []*guest{plain, shaken} {
			g.Input([]byte(tortured))
			if stop := g.until(60); stop.Reason != boot.WaitInput {
				t.Fatalf("%s: %+v\n%s", policy, stop, g.out.String())
			}
		}
		if a, b := plain.out.String(), shaken.out.String(); a != b {
			t.Errorf("%s: plain\n%s\nshaken\n%s", policy, a, b)
		}
		if s := &shaken.K.Unix.State; s.Socks.Live != 0 || s.Inflight != 0 {
			t.Errorf("%s: %d sockets and %d files between them are left", policy, s.Socks.Live, s.Inflight)
		}
	}
}

// TestSnapshotEverywhere moves the computer into a fresh one again and again; it must not notice.
func TestSnapshotEverywhere(t *testing.T) {
	g := newTortured(t, "")
	g.Input([]byte(tortured))
	h := newTortured(t, "")
	h.Input([]byte(tortured))
	for stop := (boot.Stop{}); stop.Reason == boot.Budget; {
		stop = h.Run(h.M.Now()+4_234_567, boot.NoLimit)
		h.out.Write(h.Output())
		fresh := power(t, "quiet", h.disk)
		if err := fresh.Restore(h.Snapshot()); err != nil {
			t.Fatal(err)
		}
		h.Computer = fresh.Computer
	}
	g.until(60)
	if g.Hash() != h.Hash() || g.out.String() != h.out.String() {
		t.Errorf("at %d: %016x\n%s\nmoved, at %d: %016x\n%s", g.M.Now(), g.Hash(), g.out.String(), h.M.Now(), h.Hash(), h.out.String())
	}
}

// TestSnapshotInBoot moves computers into fresh ones while they boot: at any instruction of the firmware and of the boot,
// and in the middle of disk commands and strings.
func TestSnapshotInBoot(t *testing.T) {
	whole := newGuest(t, "quiet", nil)
	if stop := whole.until(10); stop.Reason != boot.WaitInput {
		t.Fatalf("%+v", stop)
	}
	end, hash := whole.M.Now(), whole.Hash()
	g := power(t, "quiet", whole.disk)
	moved := 0
	move := func() {
		fresh := power(t, "quiet", whole.disk)
		if err := fresh.Restore(g.Snapshot()); err != nil {
			t.Fatal(err)
		}
		g, moved = fresh, moved+1
	}
	for n := uint64(1); g.M.Now() < end; n = n*6364136223846793005 + 1442695040888963407 {
		g.Run(min(end, g.M.Now()+n>>33%(end/12)), boot.NoLimit)
		for range 2000 { // a moment when the disk is busy or a string instruction is not through
			rip, retired := g.M.CPU.S.RIP, g.M.CPU.S.Retired
			if g.M.Now() >= end || g.M.ATA.S.Status&0x88 != 0 {
				break
			}
			g.Run(g.M.Now()+1, boot.NoLimit)
			if g.M.CPU.S.RIP == rip && g.M.CPU.S.Retired != retired {
				break
			}
		}
		move()
	}
	if g.Hash() != hash || g.M.Now() != end {
		t.Errorf("after %d moves, at %d: %016x; without, at %d: %016x", moved, g.M.Now(), g.Hash(), end, hash)
	}
	if moved < 6 {
		t.Errorf("only %d moves", moved)
	}
}
