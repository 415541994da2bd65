package boot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vitrine/kernel"
	"vitrine/kernel/boot"
)

// TestPolicyFiles: what is written under /proc/sys/kernel counts at once.
func TestPolicyFiles(t *testing.T) {
	code, err := hogsProgram()
	if err != nil {
		t.Fatal(err)
	}
	g := newGuest(t, "quiet", map[string]string{"/bin/hogs": code})
	g.until(10)
	say := func(line string) string {
		g.out.Reset()
		g.Input([]byte(line + "\n"))
		g.until(1)
		return strings.TrimSuffix(g.out.String(), "~ # ")
	}
	say("hogs n0 n0 n0 &")
	g.until(1)
	want := func(what string, ticks ...uint64) {
		t.Helper()
		g.turns(10) // those of before are over
		for _, turn := range g.turns(9) {
			if !slices.Contains(ticks, turn.ticks) {
				t.Errorf("%s: a turn of %d ticks", what, turn.ticks)
			}
		}
	}
	want("at first", 4)
	say("echo 9000000 >/proc/sys/kernel/sched_slice_ns")
	want("slice 9 ms", 9)
	say("echo 100 >/proc/sys/kernel/hz; echo 50000000 >/proc/sys/kernel/sched_slice_ns")
	want("slice 50 ms at 100 Hz", 5)
	say("echo 1000 >/proc/sys/kernel/hz; echo latency >/proc/sys/kernel/sched; echo 30000000 >/proc/sys/kernel/sched_latency_ns")
	want("latency 30 ms", 10)
	say("echo 12000000 >/proc/sys/kernel/sched_min_granularity_ns")
	want("granularity 12 ms", 12)
	say("echo fair >/proc/sys/kernel/sched")
	want("fair", 12, 13)
	if g.K.State.Sched.Kind != kernel.Fair {
		t.Errorf("the policy is %v", g.K.State.Sched.Kind)
	}
	for _, bad := range []string{"echo x >/proc/sys/kernel/sched", "echo 5 >/proc/sys/kernel/hz", "echo -1 >/proc/sys/kernel/sched_latency_ns",
		"echo 1 2 >/proc/sys/kernel/sched_slice_ns", "echo 99999999999999999999 >/proc/sys/kernel/sched_min_granularity_ns", "echo 1000001 >/proc/sys/kernel/sched_rt_runtime_us"} {
		if out := say(bad); out != "sh: write error: Invalid argument\n" {
			t.Errorf("%s: %q", bad, out)
		}
	}
	if out := say("cd /proc/sys/kernel; cat sched hz sched_*"); out != "fair\n1000\n30000000\n12000000\n100\n1000000\n950000\n50000000\n1000000\n" {
		t.Errorf("%q", out)
	}
	say("echo cooperative >/proc/sys/kernel/sched")
	before := g.Stats().ContextSwitches
	if say("echo never"); g.out.String() != "" || g.Stats().ContextSwitches != before {
		t.Errorf("a cooperative system with hogs answers %q", g.out.String())
	}
}

// policies are boot options for each policy.
var policies = []string{"sched=rr", "sched=latency latency=10", "sched=fair", "sched=cooperative"}

// TestPoliciesEqualRuns: under each policy, how a run is cut into pieces and that it is moved into another computer does
// not show, and programs print what they print under any other.
func TestPoliciesEqualRuns(t *testing.T) {
	said := ""
	for _, policy := range policies {
		orders := []string{"/bin/sh", "-c", "spin 3 & (sleep 0.01; echo later) & yes | head -n 500 | tr y z | sort | wc -c; wait $!; forks >/dev/null; wait; echo over"}
		whole := newGuest(t, "quiet "+policy, nil, orders...)
		if stop := whole.until(20); stop.Reason != boot.PowerOff {
			t.Fatalf("%s: %+v\n%s", policy, stop, whole.out.String())
		}
		cut := power(t, "quiet "+policy, whole.disk)
		for stop := (boot.Stop{}); stop.Reason == boot.Budget; {
			stop = cut.Run(cut.M.Now()+1_234_567, boot.NoLimit)
			fresh := power(t, "quiet "+policy, whole.disk)
			if err := fresh.Restore(cut.Snapshot()); err != nil {
				t.Fatal(err)
			}
			cut.Computer = fresh.Computer
		}
		if whole.Hash() != cut.Hash() {
			t.Errorf("%s: %016x whole, %016x in pieces", policy, whole.Hash(), cut.Hash())
		}
		lines := strings.Split(whole.out.String(), "\n")
		slices.Sort(lines)
		if text := fmt.Sprint(lines); said == "" {
			said = text
		} else if text != said {
			t.Errorf("%s: %s, not %s", policy, text, said)
		}
	}
}
