package boot_test

import (
	"reflect"
	"strings"
	"testing"

	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// session has a little of everything: forks, pipes, a sleep, a signal, two programs at once.
const session = "ls -l / | wc -l; (sleep 0.05; echo later) & spin & sleep 0.02; kill %2; wait; cat /etc/passwd\n"

// TestEqualRuns: how a run is cut into pieces does not show, and neither does playing it from its tape, nor that all
// caches are dropped again and again.
func TestEqualRuns(t *testing.T) {
	const end = 60_000_000
	first := newGuest(t, "quiet", nil)
	first.until(10)
	first.Input([]byte(session))
	first.Run(end, boot.NoLimit)
	want := first.Hash()

	second := newGuest(t, "quiet", nil)
	second.Play(first.Tape())
	for n := uint64(1); second.M.Now() < end && n < 1<<20; n++ {
		if stop := second.Run(min(second.M.Now()+n*7919%100_000+1, end), boot.NoLimit); stop.Reason != boot.Budget {
			break
		}
		if n%5 == 0 {
			second.M.CPU.SetState(second.M.CPU.S)
			second.M.CPU.DropCode()
		}
	}
	if got := second.Hash(); got != want {
		t.Errorf("at %d: %016x; in pieces at %d: %016x", first.M.Now(), want, second.M.Now(), got)
	}
}

// TestExactLimit stops at exactly the instruction.
func TestExactLimit(t *testing.T) {
	g := newGuest(t, "quiet", nil, "/bin/echo", "x")
	for _, n := range []uint64{1, 1000, 20_000, 40_001} {
		if stop := g.Run(boot.NoLimit, n); stop.Reason != boot.Budget || g.Stats().Instructions != n {
			t.Errorf("%+v at %d, want %d", stop, g.Stats().Instructions, n)
		}
	}
}

// TestSnapshot carries a computer over into a fresh one in the middle of everything.
func TestSnapshot(t *testing.T) {
	a := newGuest(t, "quiet", nil)
	a.until(10)
	a.Input([]byte(strings.Repeat("# more than the serial port takes\n", 50) + session))
	a.Run(a.M.Now()+1_000_000, boot.NoLimit)
	saved, at := a.Snapshot(), a.M.Now()
	b := newGuest(t, "quiet", nil)
	if err := b.Restore(saved); err != nil {
		t.Fatal(err)
	}
	if a.Hash() != b.Hash() {
		t.Fatal("the restored computer is another one")
	}
	a.Run(at+3_000_000, boot.NoLimit)
	b.Run(at+3_000_000, boot.NoLimit)
	if a.Hash() != b.Hash() {
		t.Error("the restored computer goes on differently")
	}
	if !reflect.DeepEqual(a.Tape(), b.Tape()) {
		t.Error("the restored computer forgot what was typed")
	}
	if err := b.Restore(saved[:len(saved)/2]); err == nil {
		t.Error("half a snapshot was accepted")
	}
	saved[8]++ // the fingerprint of the State types
	if err := b.Restore(saved); err == nil || !strings.Contains(err.Error(), "version") {
		t.Errorf("a snapshot of another version: %v", err)
	}
}

// TestListening: whoever listens to everything, down to each instruction, changes nothing.
func TestListening(t *testing.T) {
	deaf := newGuest(t, "quiet", nil, "/bin/sh", "-c", session)
	all := newGuest(t, "quiet", nil, "/bin/sh", "-c", session)
	all.M.Trace.Mask = 1<<trace.NumKinds - 2
	for _, g := range []*guest{deaf, all} {
		if stop := g.until(10); stop.Reason != boot.PowerOff {
			t.Fatalf("%+v %s", stop, g.out.String())
		}
	}
	if all.M.Trace.Count() == 0 || deaf.Hash() != all.Hash() {
		t.Errorf("%d events, %016x; unheard %016x", all.M.Trace.Count(), all.Hash(), deaf.Hash())
	}
}
