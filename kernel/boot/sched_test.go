package boot_test

import (
	"math"
	"os"
	"slices"
	"sync"
	"testing"

	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
)

// hogsProgram is testdata/hogs.c, compiled once.
var hogsProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hogs")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	bin, err := compile(dir, "testdata/hogs.c")
	if err != nil {
		return "", err
	}
	code, err := os.ReadFile(bin)
	return string(code), err
})

// hogs is a guest in which tasks of these kinds run, as hogs.c tells them; init does not run meanwhile.
func hogs(t *testing.T, cmdline string, kinds ...string) *guest {
	t.Helper()
	code, err := hogsProgram()
	if err != nil {
		t.Fatal(err)
	}
	return newGuest(t, "quiet "+cmdline, map[string]string{"/bin/hogs": code}, append([]string{"/bin/hogs"}, kinds...)...)
}

// started waits until all kinds are there, and returns the tasks in their order.
func (g *guest) started(t *testing.T, n int) []*kernel.Task {
	t.Helper()
	var list []*kernel.Task
	for range 1000 {
		g.Run(g.M.Now()+second/1000, boot.NoLimit)
		list = list[:0]
		g.K.ForEachTask(func(o *kernel.Task) bool {
			if p := g.K.FindTask(o.PPID); o.Name() == "hogs" && p != nil && p.Name() == "hogs" {
				list = append(list, o)
			}
			return true
		})
		if len(list) == n {
			slices.SortFunc(list, func(a, b *kernel.Task) int { return int(a.PID - b.PID) })
			g.Run(g.M.Now()+second/5, boot.NoLimit)
			return list
		}
	}
	t.Fatalf("only %d tasks: %s", len(list), g.out.String())
	return nil
}

// cpuTime lets the guest run and returns how much of it each task had, in clock units.
func (g *guest) cpuTime(tasks []*kernel.Task, seconds uint64) []uint64 {
	used := make([]uint64, len(tasks))
	for i, o := range tasks {
		used[i] = o.UTime
	}
	g.until(seconds)
	for i, o := range tasks {
		used[i] = o.UTime - used[i]
	}
	return used
}

// turn is one task's time on the CPU, in ticks.
type turn struct {
	pid   int32
	ticks uint64
}

// turns returns the next n turns on the CPU from switch to switch. The first switch begins the first.
func (g *guest) turns(n int) []turn {
	g.M.Trace.Mask |= 1 << trace.Switch
	g.StopOn = 1 << trace.Switch
	defer func() { g.StopOn = 0 }()
	var list []turn
	var since uint64
	for i := 0; i <= n; i++ {
		pid := g.K.Current().PID
		if stop := g.until(10); stop.Reason != boot.Event {
			break
		}
		if i > 0 {
			list = append(list, turn{pid, g.K.State.Jiffies - since})
		}
		since = g.K.State.Jiffies
	}
	return list
}

// near tells whether got is want but for a part of it.
func near(got, want, part float64) bool { return math.Abs(got-want) <= want*part }

// TestFairShares: under the fair policy, time on the CPU is as the weights of the nice values are. The weights are
// those of Linux kernel/sched/core.c:sched_prio_to_weight, written down here a second time.
func TestFairShares(t *testing.T) {
	for _, c := range []struct {
		kinds   []string
		weights []float64
	}{
		{[]string{"n0", "n5"}, []float64{1024, 335}},
		{[]string{"n0", "n1", "n-1"}, []float64{1024, 820, 1277}},
		{[]string{"n-5", "n0", "n10", "n19"}, []float64{3121, 1024, 110, 15}},
		{[]string{"n-20", "n0"}, []float64{88761, 1024}},
		{[]string{"n0", "i0"}, []float64{1024, 3}},
		{slices.Repeat([]string{"n3"}, 12), nil},
		{slices.Repeat([]string{"n0"}, 100), nil},
	} {
		g := hogs(t, "sched=fair", c.kinds...)
		tasks := g.started(t, len(c.kinds))
		used := g.cpuTime(tasks, 10)
		sum, all := 0.0, 0.0
		for i := range used {
			all += float64(used[i])
			if c.weights == nil {
				sum++
			} else {
				sum += c.weights[i]
			}
		}
		for i := range used {
			w := 1.0
			if c.weights != nil {
				w = c.weights[i]
			}
			// A turn is a tick at least, so the smallest shares come in lumps.
			if want := all * w / sum; math.Abs(float64(used[i])-want) > max(want/100, 4*second/1000) {
				t.Errorf("%v: task %s had %.3f%%, want %.3f%%", c.kinds, c.kinds[i], float64(used[i])/all*100, want/all*100)
			}
		}
		if all < 9.9*second {
			t.Errorf("%v: only %.2f s of 10 were used", c.kinds, all/second)
		}
	}
}

// TestFairFollowsWeights: renice takes effect at once.
func TestFairFollowsWeights(t *testing.T) {
	g := hogs(t, "sched=fair", "n0", "n0")
	tasks := g.started(t, 2)
	if used := g.cpuTime(tasks, 2); !near(float64(used[0]), float64(used[1]), 0.01) {
		t.Errorf("equals had %d", used)
	}
	g.K.SetNice(tasks[0], 5)
	if used := g.cpuTime(tasks, 2); !near(float64(used[1])/float64(used[0]), 1024.0/335, 0.02) {
		t.Errorf("nice 5 and 0 had %d, ratio %f", used, float64(used[1])/float64(used[0]))
	}
}

// TestFairSleeper: who has slept for long is not owed all of it, and who forks gains nothing by it.
func TestFairSleeper(t *testing.T) {
	g := hogs(t, "sched=fair", "n0", "l3000")
	tasks := g.started(t, 2)
	g.until(2)
	for tasks[1].UTime < second/1000 {
		g.Run(g.M.Now()+second/1000, boot.NoLimit)
	}
	if used := g.cpuTime(tasks, 2); !near(float64(used[0]), second, 0.01) || !near(float64(used[1]), second, 0.01) {
		t.Errorf("they had %d", used)
	}
	g = hogs(t, "sched=fair latency=40", "n0", "n0", "n0")
	g.M.Trace.Mask |= 1 << trace.Fork
	g.StopOn = 1 << trace.Fork
	born := 0
	for g.until(1).Reason == boot.Event {
		child := g.K.FindTask(g.K.State.LastPID)
		if ahead := child.Sched.VTime - g.K.State.Sched.MinVTime; child.Name() == "hogs" && ahead < 10_000_000 {
			t.Errorf("pid %d is born %d ns of virtual time ahead", child.PID, ahead)
		}
		born++
	}
	if born < 3 {
		t.Errorf("%d births", born)
	}
}

// TestFairAfterRealtime: a task that was real-time is not owed what the others had meanwhile.
func TestFairAfterRealtime(t *testing.T) {
	g := hogs(t, "sched=fair", "f10", "n0")
	tasks := g.started(t, 2)
	g.until(5)
	g.K.SetScheduler(tasks[0], 0, 0)
	if used := g.cpuTime(tasks, 2); !near(float64(used[0]), second, 0.01) || !near(float64(used[1]), second, 0.01) {
		t.Errorf("they had %d", used)
	}
}

// TestEqualShares: the other policies do not know nice values; round robin and target latency share equally.
func TestEqualShares(t *testing.T) {
	for _, sched := range []string{"rr", "latency"} {
		g := hogs(t, "sched="+sched, "n0", "n5", "n19", "n-20")
		tasks := g.started(t, 4)
		used := g.cpuTime(tasks, 4)
		for i := range used {
			if !near(float64(used[i]), second, 0.01) {
				t.Errorf("%s: %d", sched, used)
			}
		}
	}
}

// TestSliceLengths: turns are as long as the policy says, to the tick.
func TestSliceLengths(t *testing.T) {
	for _, c := range []struct {
		cmdline string
		hogs    int
		want    []uint64 // ticks, in turn
	}{
		{"slice=4", 3, []uint64{4}},
		{"slice=7", 3, []uint64{7}},
		{"slice=1", 2, []uint64{1}},
		{"hz=100 slice=50", 2, []uint64{5}},
		{"hz=250 slice=4", 2, []uint64{1}},
		{"sched=latency latency=15", 3, []uint64{5}},            // 15 ms / 3
		{"sched=latency latency=15", 10, []uint64{1, 2}},        // 15 ms / 10 = 1.5 ms
		{"sched=latency latency=15 mingran=3", 10, []uint64{3}}, // no shorter than that
		{"sched=latency latency=15 mingran=2.5", 10, []uint64{2, 3}},
		{"sched=latency latency=6 mingran=0.75", 3, []uint64{2}},
		{"sched=latency", 12, []uint64{1}}, // 0.75 ms is less than a tick
	} {
		kinds := slices.Repeat([]string{"n0"}, c.hogs)
		g := hogs(t, c.cmdline, kinds...)
		g.started(t, c.hogs)
		list := g.turns(c.hogs * 8)
		if len(list) != c.hogs*8 {
			t.Fatalf("%s: %d turns", c.cmdline, len(list))
		}
		had := map[int32][]uint64{}
		for i, turn := range list {
			had[turn.pid] = append(had[turn.pid], turn.ticks)
			if i >= c.hogs && turn.pid != list[i-c.hogs].pid {
				t.Errorf("%s: not in turn: %v", c.cmdline, list)
				break
			}
		}
		for pid, ticks := range had {
			for i := 0; i+len(c.want) <= len(ticks); i++ {
				if !slices.Equal(slices.Sorted(slices.Values(ticks[i:i+len(c.want)])), c.want) {
					t.Errorf("%s: task %d had turns of %v ticks, want %v again and again", c.cmdline, pid, ticks, c.want)
					break
				}
			}
		}
	}
}

// TestFairSlices: equal tasks have equal turns of latency / n, until that is less than the granularity; a turn ends at
// the tick behind it.
func TestFairSlices(t *testing.T) {
	for _, c := range []struct {
		cmdline   string
		hogs      int
		low, high uint64
	}{
		{"latency=20", 2, 10, 11},
		{"latency=20", 4, 5, 6},
		{"latency=20 mingran=8", 4, 8, 9},
		{"latency=200", 2, 100, 101},
	} {
		g := hogs(t, "sched=fair "+c.cmdline, slices.Repeat([]string{"n0"}, c.hogs)...)
		g.started(t, c.hogs)
		for _, turn := range g.turns(c.hogs * 5) {
			if turn.ticks < c.low || turn.ticks > c.high {
				t.Errorf("%s, %d hogs: a turn of %d ticks", c.cmdline, c.hogs, turn.ticks)
			}
		}
	}
}

// TestCooperative: the timer interrupts a hog and returns to it; nobody else ever runs.
func TestCooperative(t *testing.T) {
	g := hogs(t, "sched=cooperative", "n0", "s10", "n0")
	g.until(1)
	before, who := g.Stats(), g.K.Current()
	g.until(1)
	after := g.Stats()
	if g.K.Current() != who || after.ContextSwitches != before.ContextSwitches || after.TimerInterrupts < before.TimerInterrupts+990 {
		t.Errorf("%s runs; from %+v to %+v", who.Name(), before, after)
	}
	if used, slice := g.K.Turn(who); used != 0 || slice != 0 {
		t.Errorf("its turn is %d of %d", used, slice)
	}
}

// TestYield: under each policy, two who yield do so to each other.
func TestYield(t *testing.T) {
	for _, policy := range policies {
		g := hogs(t, policy, "y0", "y0")
		g.started(t, 2)
		list := g.turns(40)
		same := 0
		for i := 1; i < len(list); i++ {
			if list[i].pid == list[i-1].pid || list[i].ticks > 1 {
				same++
			}
		}
		if len(list) != 40 || same > 0 {
			t.Errorf("%s: they yield to %v", policy, list)
		}
		before, now := g.Stats().ContextSwitches, g.M.Now()
		g.until(1)
		if each := (g.M.Now() - now) / (g.Stats().ContextSwitches - before); each > second/100_000 {
			t.Errorf("%s: a turn is %d units long", policy, each)
		}
	}
}

// TestWakeupLatency: how long a task that sleeps most of the time waits for the CPU among three hogs.
func TestWakeupLatency(t *testing.T) {
	const ms = second / 1000
	for _, c := range []struct {
		cmdline   string
		low, high uint64
	}{
		{"sched=rr slice=4", 8 * ms, 12*ms + ms/10},           // three slices at most
		{"sched=rr slice=20", 40 * ms, 60*ms + ms/10},         //
		{"sched=latency latency=6 mingran=1", 3 * ms, 7 * ms}, // the target
		{"sched=latency latency=40 mingran=1", 15 * ms, 41 * ms},
		{"sched=fair", 0, ms / 10}, // at once
	} {
		g := hogs(t, c.cmdline, "n0", "n0", "n0", "s10")
		sleeper := g.started(t, 4)[3]
		sleeper.Sched.MaxWait = 0
		turns := sleeper.Sched.Turns
		g.until(2)
		if w := sleeper.Sched.MaxWait; w < c.low || w > c.high || sleeper.Sched.Turns < turns+20 {
			t.Errorf("%s: waited %.3f ms at most in %d turns", c.cmdline, float64(w)/ms, sleeper.Sched.Turns-turns)
		}
	}
}

// TestRealtime: real-time tasks come before all others, the higher priority first, and SCHED_RR shares.
func TestRealtime(t *testing.T) {
	for _, policy := range policies[:3] {
		g := hogs(t, policy, "n-20", "s5", "f10")
		g.started(t, 3)
		g.K.SetRealtime(1_000_000, -1)
		g.until(1)
		hog := g.K.Current()
		before := g.Stats().ContextSwitches
		g.until(1)
		if g.K.Current() != hog || hog.Sched.Priority != 10 || g.Stats().ContextSwitches != before {
			t.Errorf("%s: %+v runs", policy, hog.Sched)
		}
		g = hogs(t, policy, "r10", "r10", "n0")
		g.started(t, 3)
		g.K.SetRealtime(1_000_000, -1)
		g.until(1)
		for _, turn := range g.turns(6) {
			if turn.ticks != 100 {
				t.Errorf("%s: SCHED_RR had a turn of %d ms", policy, turn.ticks)
			}
		}
	}
}

// TestRealtimeThrottle: real-time hogs leave to the others what /proc/sys/kernel/sched_rt_runtime_us says.
func TestRealtimeThrottle(t *testing.T) {
	for _, policy := range policies[:3] {
		g := hogs(t, policy, "f10", "n0", "r20", "n0")
		tasks := g.started(t, 4)
		g.until(3) // they are born normal, and get to say what they want in what the first one leaves
		for _, runtime := range []int64{950_000, 500_000, 200_000} {
			g.K.SetRealtime(1_000_000, runtime)
			used := g.cpuTime(tasks, 10)
			if got, want := float64(used[2]), float64(runtime)*1000; used[0] != 0 || !near(got, want, 0.01) || !near(float64(used[1]), float64(used[3]), 0.02) {
				t.Errorf("%s: %d us of a second for real time: %d", policy, runtime, used)
			}
		}
	}
	g := hogs(t, "", "f10", "f20") // there are no others
	tasks := g.started(t, 2)
	g.until(3)
	if used := g.cpuTime(tasks, 4); used[1] < 3.9*second {
		t.Errorf("%d", used)
	}
}
