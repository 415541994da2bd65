//go:build linux

package sys_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/scripts/bench/measure"
)

// TestGrowth: with 1,000 tasks, mappings, files, pages, entries, timers, locks and so on an operation retires as many
// instructions and takes as much of the guest's time as with 100. What it takes of the host's time only `make bench`
// shows: a test must not depend on it.
func TestGrowth(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand of everything")
	}
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
	program := filepath.Join(t.TempDir(), "costs")
	compile(t, "../../scripts/bench/guest/costs.c", program)
	last := map[string]measure.Cost{}
	n := 0
	err := measure.Costs(diskWith(t, baseDisk(t), program, "1000"), func() float64 { return 0 }, func(c measure.Cost) {
		name, size, series := strings.Cut(c.Name, "/")
		before := last[name]
		last[name] = c
		if !series || size != "1000" {
			return
		}
		n++
		if c.Instructions > 1.5*before.Instructions+50 || c.GuestNS > 1.5*before.GuestNS+500 {
			t.Errorf("%s: with 1,000 each takes %.0f instructions and %.0f ns, with 100 %.0f and %.0f", name,
				c.Instructions, c.GuestNS, before.Instructions, before.GuestNS)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 50 {
		t.Errorf("only %d series", n)
	}
}
