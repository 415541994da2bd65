package boot_test

import (
	"os"
	"testing"

	"vitrine/kernel/boot"
)

// tortured is a longer session, with the programs that compare themselves with the host too.
const tortured = session + "/bin/signals; /bin/tasks; cow; forks; yes | head -n 2000 | tr y z | sort | wc -c; sleep 0.1 & sleep 0.05; wait\n"

func newTortured(t *testing.T) *guest {
	t.Helper()
	add := map[string]string{}
	for _, name := range []string{"signals", "tasks"} {
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
	g := newGuest(t, "quiet", add)
	if stop := g.until(10); stop.Reason != boot.WaitInput {
		t.Fatalf("%+v", stop)
	}
	return g
}

// TestSpuriousWakeups: every other sleeper is woken at once for no reason, and nothing that is printed changes.
func TestSpuriousWakeups(t *testing.T) {
	plain, shaken := newTortured(t), newTortured(t)
	shaken.K.Spurious = true
	for _, g := range []*guest{plain, shaken} {
		g.Input([]byte(tortured))
		if stop := g.until(60); stop.Reason != boot.WaitInput {
			t.Fatalf("%+v\n%s", stop, g.out.String())
		}
	}
	if a, b := plain.out.String(), shaken.out.String(); a != b {
		t.Errorf("plain\n%s\nshaken\n%s", a, b)
	}
}

// TestSnapshotEverywhere moves the computer into a fresh one again and again; it must not notice.
func TestSnapshotEverywhere(t *testing.T) {
	g := newTortured(t)
	g.Input([]byte(tortured))
	h := newTortured(t)
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
