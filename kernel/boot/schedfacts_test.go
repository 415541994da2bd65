package boot_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	code "vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// TestTop: what busybox says of two hogs, one of them reniced, is what the weights say, and no time is counted twice.
func TestTop(t *testing.T) {
	code, err := hogsProgram()
	if err != nil {
		t.Fatal(err)
	}
	g := newGuest(t, "quiet sched=fair", map[string]string{"/bin/hogs": code})
	g.until(10)
	say := func(line string) string {
		g.out.Reset()
		g.Input([]byte(line + "\n"))
		g.until(3)
		return g.out.String()
	}
	say("hogs n0 n0 &")
	tasks := g.started(t, 2)
	say("busybox renice -n 5 -p " + strconv.Itoa(int(tasks[1].PID)))
	if tasks[1].Nice != 5 {
		t.Errorf("renice made it %d", tasks[1].Nice)
	}
	out := say("busybox top -b -d 1 -n 2")
	out = out[strings.LastIndex(out, "CPU:"):]
	share := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^ *(\d+) .* (\S+) +\d+ +\d+% +(\d+)% hogs`).FindAllStringSubmatch(out, -1) {
		share[m[1]+" "+m[2]], _ = strconv.Atoi(m[3])
	}
	first, second := strconv.Itoa(int(tasks[0].PID))+" R", strconv.Itoa(int(tasks[1].PID))+" RN"
	if a, b := share[first], share[second]; a < 72 || a > 76 || b < 22 || b > 26 {
		t.Errorf("%d%% and %d%%, %v:\n%s", a, b, share, out)
	}
	if m := regexp.MustCompile(`CPU: +(\d+)% usr +(\d+)% sys +(\d+)% nic +(\d+)% idle`).FindStringSubmatch(out); m == nil {
		t.Errorf("top says %s", out)
	} else if usr, _ := strconv.Atoi(m[1]); usr < 70 || usr > 77 {
		t.Errorf("top says %s", m[0])
	} else if nic, _ := strconv.Atoi(m[3]); nic < 22 || nic > 26 {
		t.Errorf("top says %s", m[0])
	}
}

// TestTimeCountedOnce: the time of all tasks together is not more than has passed, and each has waited or been on the
// CPU all its life.
func TestTimeCountedOnce(t *testing.T) {
	for _, policy := range policies[:3] {
		g := hogs(t, policy, "n0", "n0", "n5", "s10")
		tasks := g.started(t, 4)
		begin := g.M.Now()
		had := func() (sum uint64) {
			g.K.ForEachTask(func(o *kernel.Task) bool {
				if o.PID != 0 {
					sum += o.UTime + o.STime
				}
				return true
			})
			return sum
		}
		before := had()
		g.until(5)
		passed := g.M.Now() - begin
		if used := had() - before; used > passed || !near(float64(used), float64(passed), 0.01) {
			t.Errorf("%s: %d used of %d", policy, used, passed)
		}
		for i, o := range tasks[:3] {
			if sum := o.Sched.Exec + o.Sched.Waited; !near(float64(sum), float64(g.M.Now()-o.Start), 0.01) {
				t.Errorf("%s: task %d ran %d and waited %d in a life of %d", policy, i, o.Sched.Exec, o.Sched.Waited, g.M.Now()-o.Start)
			}
		}
	}
}

// TestContextSwitch looks, at each switch, at what has changed in the CPU and in guest memory: CR3, the stack that the
// TSS names, and the registers of the task that left, which are on its kernel stack.
func TestContextSwitch(t *testing.T) {
	g := hogs(t, "slice=1", "n0", "n0", "n0")
	g.started(t, 3)
	tss := code.Phys("percpu") + code.PerCPUTSS + 4
	g.M.Trace.Mask |= 1 << trace.Switch
	for range 20 {
		g.StopOn = 0
		for g.M.CPU.S.CPL() != 3 {
			g.Run(boot.NoLimit, g.Stats().Instructions+1)
		}
		g.StopOn = 1 << trace.Switch
		prev := g.K.Current()
		if stop := g.until(1); stop.Reason != boot.Event {
			t.Fatalf("%+v", stop)
		}
		next, ram := g.K.Current(), g.M.RAM
		if prev == next {
			t.Fatal("not another task")
		}
		r := g.K.Regs(prev)
		if r.CS != code.UserCS || r.Vector&0xff != 32 || r.RIP < 0x400000 || r.RIP > 0x500000 {
			t.Errorf("the saved frame of %d is %+v", prev.PID, r)
		}
		if got, want := g.M.CPU.S.CR3, g.K.MM.AS(next.ASID).Root.Addr(); got != want || want == g.K.MM.AS(prev.ASID).Root.Addr() {
			t.Errorf("CR3 is %#x, the next task's tables are at %#x", got, want)
		}
		if got, want := ram.Read64(tss), mm.PageOffset+next.Stack.Addr()+4096; got != want {
			t.Errorf("RSP0 is %#x, the next task's stack ends at %#x", got, want)
		}
		if sp := g.M.CPU.S.R[cpu.RSP] - mm.PageOffset - next.Stack.Addr(); sp >= 4096 {
			t.Errorf("RSP is not on the next task's stack")
		}
	}
}

// TestIdleInterrupted: an idle kernel is interrupted in ring 0. The frame lies on the stack it is on, in guest memory,
// names kernel code, and interrupts are on in it.
func TestIdleInterrupted(t *testing.T) {
	g := hogs(t, "", "s100")
	g.started(t, 1)
	for g.K.Current().PID != 0 || !g.M.CPU.S.Halted {
		g.Run(g.M.Now()+1000, boot.NoLimit)
	}
	g.M.Trace.Mask |= 1 << trace.Tick
	g.StopOn = 1 << trace.Tick
	jiffies := g.K.State.Jiffies
	if stop := g.until(1); stop.Reason != boot.Event {
		t.Fatalf("%+v", stop)
	}
	at := g.K.Task(g.K.State.Idle).KRSP - code.KernelBase // the boot's stack, in the kernel's image
	cs, flags := g.M.RAM.Read64(at+code.PtCS), g.M.RAM.Read64(at+code.PtRFLAGS)
	if cs != code.KernelCS || flags&cpu.FlagIF == 0 || g.K.State.Jiffies != jiffies+1 {
		t.Errorf("CS %#x, flags %#x, jiffies %d after %d", cs, flags, g.K.State.Jiffies, jiffies)
	}
}

// TestTickPeriod: the 8254 interrupts every so many units of the clock, whatever runs.
func TestTickPeriod(t *testing.T) {
	for _, c := range []struct {
		hz     string
		period float64 // in clock units: the divisor's pulses of 1.193182 MHz
	}{{"hz=1000", 1193.0 / 1193182 * second}, {"hz=100", 11932.0 / 1193182 * second}, {"hz=250", 4773.0 / 1193182 * second}} {
		g := hogs(t, c.hz, "n0", "s10")
		g.started(t, 2)
		g.M.Trace.Mask |= 1 << trace.Tick
		g.StopOn = 1 << trace.Tick
		g.until(1)
		from, n := g.M.Now(), 200
		for range n {
			g.until(1)
		}
		if got := float64(g.M.Now()-from) / float64(n); !near(got, c.period, 0.005) {
			t.Errorf("%s: %f units between two ticks, want %f", c.hz, got, c.period)
		}
	}
}
