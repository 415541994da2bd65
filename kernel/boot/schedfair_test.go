package boot_test

import (
	"testing"

	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/kernel/wait"
)

// inRing3 stops a guest in the middle of a tick with one hog on the CPU, and returns who runs and who does not.
func inRing3(t *testing.T, g *guest, tasks []*kernel.Task) (cur, other *kernel.Task) {
	t.Helper()
	g.M.Trace.Mask |= 1<<trace.Tick | 1<<trace.Switch
	for range 10_000 {
		g.StopOn = 1 << trace.Tick
		g.until(1)
		g.StopOn = 0
		g.Run(g.M.Now()+second/5000, boot.NoLimit)
		cur, other = tasks[0], tasks[1]
		if g.K.Current() == other {
			cur, other = other, cur
		}
		if g.K.Current() == cur && g.M.CPU.S.CPL() == 3 && cur.Resched == kernel.Stay {
			return cur, other
		}
	}
	t.Fatal("never in ring 3")
	return nil, nil
}

// TestFairWakeup: a woken task takes the CPU at once when it is behind by more than the granularity, 1 ms.
func TestFairWakeup(t *testing.T) {
	g := hogs(t, "sched=fair", "n0", "s1000")
	tasks := g.started(t, 2)
	for _, c := range []struct {
		behind int64 // ns
		want   kernel.Resched
	}{{500_000, kernel.Stay}, {1_500_000, kernel.Preempt}, {2_900_000, kernel.Preempt}} {
		for tasks[1].Run != kernel.Sleep {
			g.Run(g.M.Now()+second/1000, boot.NoLimit)
		}
		cur, sleeper := inRing3(t, g, tasks)
		if sleeper.Run != kernel.Sleep {
			t.Fatal("it does not sleep")
		}
		sleeper.Sched.VTime = cur.Sched.VTime - c.behind + int64(g.M.Now()-cur.Sched.ExecStart)*kernel.UnitNS
		g.K.WakeTask(sleeper, wait.Sleeping)
		if cur.Resched != c.want {
			t.Errorf("woken %d ns behind: %d, want %d", c.behind, cur.Resched, c.want)
		}
	}
}

// TestFairYield: who yields lets the next go first, unless that one is too far ahead: more than 1 ms at the tick, 0.8 ms later.
func TestFairYield(t *testing.T) {
	for _, c := range []struct {
		behind int64
		gives  bool
	}{{-100_000, true}, {1_500_000, true}, {5_000_000, false}} {
		g := hogs(t, "sched=fair latency=100", "n0", "n0")
		tasks := g.started(t, 2)
		cur, other := inRing3(t, g, tasks)
		cur.Sched.VTime = other.Sched.VTime - c.behind
		g.K.Yield(cur)
		g.StopOn = 1 << trace.Tick
		g.until(1)
		if gave := g.K.Current() == other; gave != c.gives {
			t.Errorf("%d ns behind, it gave the CPU away: %v", c.behind, gave)
		}
	}
}
