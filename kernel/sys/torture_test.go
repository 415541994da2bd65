//go:build linux

package sys_test

import (
	"bytes"
	"flag"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/boot"
	"vitrine/kernel/wait"
	"vitrine/scripts/image"
)

// tortureFlag has every mode meet every moment, as `make torture` does; without it some modes take samples.
var tortureFlag = flag.Bool("torture", false, "torture at every moment, not at samples")

// torture is what may happen to a program at any moment and must not show: not in what it prints, nor in how it ends.
type torture struct {
	name    string
	cmdline string
	swap    bool
	// start prepares a computer: hooks that disturb it.
	start func(d *driven)
	// drive runs it to its end; nil for without interruption.
	drive func(d *driven) boot.Stop
	// exact: not even the state shows it.
	exact bool
}

// driven is a computer that runs in pieces, perhaps each in a new computer.
type driven struct {
	*boot.Computer
	t       *testing.T
	options boot.Options
	out     bytes.Buffer
	strikes int // how often it was disturbed
}

// every is how often a mode that costs much strikes: each time, or one time in n.
func every(n uint64) uint64 {
	if *tortureFlag {
		return 1
	}
	return n
}

var tortures = []torture{
	{name: "spurious", start: func(d *driven) { d.onFirstSleep(d.disturb) }},
	{name: "spurious-often", start: func(d *driven) {
		d.K.OnSleep = func(t *kernel.Task) {
			if t.Wait.Seq%3 != 0 {
				d.disturb(t)
			}
		}
	}},
	{name: "signal", start: func(d *driven) { d.onFirstSleep(d.interrupt) }},
	{name: "evict", start: func(d *driven) { d.evictEach(every(5)) }},
	{name: "swap", cmdline: "swap=/dev/sdb", swap: true, start: func(d *driven) { d.evictEach(every(101)) }},
	{name: "snapshot-block", exact: true, drive: func(d *driven) boot.Stop { return d.moveAtBlocks(every(20)) }},
	{name: "snapshot-count", exact: true, drive: func(d *driven) boot.Stop { return d.moveEach(every(20) * 100_003) }},
	{name: "observed", exact: true, drive: func(d *driven) boot.Stop { return d.observeOne(every(30)) }},
	{name: "dropcache", exact: true, drive: func(d *driven) boot.Stop { return d.dropEach(every(20) * 5_003) }},
}

func (d *driven) disturb(t *kernel.Task) {
	d.K.Disturb(t)
	d.strikes++
}

// onFirstSleep calls f for every task that goes to sleep in a system call for the first time; in one that was restarted
// it sleeps in peace.
func (d *driven) onFirstSleep(f func(*kernel.Task)) {
	type call struct {
		nr   uint16
		args kernel.Args
	}
	last := map[int32]call{}
	d.K.OnSleep = func(t *kernel.Task) {
		this := call{t.Sys.Nr, t.Sys.Args}
		if last[t.PID] == this {
			delete(last, t.PID)
			return
		}
		last[t.PID] = this
		f(t)
	}
}

// interrupt wakes a sleeper by a signal that it ignores or, where that cannot be noticed, has a handler for that does
// nothing: the call must be one that SA_RESTART restarts, without a deadline, and not through with half of its work.
func (d *driven) interrupt(t *kernel.Task) {
	k := d.K
	act := k.Sighand(t).Action[abi.SIGURG]
	switch {
	case t.Sys.Done > 0 || t.Sig.Wanted != 0:
		return
	case act.Handler == abi.SIG_DFL || act.Handler == abi.SIG_IGN:
	case act.Flags&abi.SA_RESTART == 0 || t.Wait.Deadline != wait.Never:
		return
	case k.SignalClass(t) != kernel.RestartIfSA && k.SignalClass(t) != kernel.RestartAlways:
		return
	}
	if k.Interrupt(t, kernel.Siginfo{Signo: abi.SIGURG, Code: abi.SI_KERNEL}) {
		d.strikes++
	}
}

// evictEach drops every page that can leave memory before every n-th system call, and where a task goes to sleep.
func (d *driven) evictEach(n uint64) {
	calls := uint64(0)
	evict := func() {
		if calls++; calls%n == 0 {
			d.strikes += d.K.MM.Shrink(d.M.RAM.Frames())
		}
	}
	d.K.OnSyscall = func(*kernel.Task, *kernel.Syscall) { evict() }
	d.K.OnSleep = func(*kernel.Task) { evict() }
}

// move goes on in a fresh computer.
func (d *driven) move() {
	d.out.Write(d.Output())
	fresh := power(d.t, d.options)
	if err := fresh.Restore(d.Snapshot()); err != nil {
		d.t.Fatal(err)
	}
	d.Computer = fresh
	d.strikes++
}

// moveAtBlocks moves at every n-th sleep.
func (d *driven) moveAtBlocks(n uint64) boot.Stop {
	for sleeps := uint64(1); ; sleeps++ {
		d.M.Trace.Mask, d.StopOn = 1<<trace.Block, 1<<trace.Block
		stop := d.Run(boot.NoLimit, instrLimit)
		if stop.Reason != boot.Event {
			return stop
		}
		if sleeps%n == 0 {
			d.move()
		}
	}
}

// moveEach moves after every n instructions.
func (d *driven) moveEach(n uint64) boot.Stop {
	for {
		stop := d.Run(boot.NoLimit, d.Stats().Instructions+n)
		if stop.Reason != boot.Budget || d.Stats().Instructions > instrLimit {
			return stop
		}
		d.move()
	}
}

// dropEach drops decoded instructions and remembered translations after every n instructions.
func (d *driven) dropEach(n uint64) boot.Stop {
	for {
		stop := d.Run(boot.NoLimit, d.Stats().Instructions+n)
		if stop.Reason != boot.Budget || d.Stats().Instructions > instrLimit {
			return stop
		}
		d.M.CPU.SetState(d.M.CPU.S)
		d.M.CPU.DropCode()
		d.strikes++
	}
}

// observeOne runs one in n pieces with somebody listening to each instruction.
func (d *driven) observeOne(n uint64) boot.Stop {
	for {
		d.M.Trace.Mask = 0
		if d.strikes++; uint64(d.strikes)%n == 0 {
			d.M.Trace.Mask = 1 << trace.Instr
		}
		stop := d.Run(boot.NoLimit, d.Stats().Instructions+10_007)
		if stop.Reason != boot.Budget || d.Stats().Instructions > instrLimit {
			return stop
		}
	}
}

// tortureDisk is the disk on which the programs of the suite have a handler for SIGURG.
func tortureDisk(t *testing.T) []byte {
	t.Helper()
	im, err := image.Open(baseDisk(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := im.WriteFile("/etc/torture", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	disk, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

// run runs a program under a torture; nil for undisturbed.
func (m *torture) run(t *testing.T, disk []byte) (result, *driven) {
	t.Helper()
	d := &driven{t: t, options: boot.Options{Cmdline: m.cmdline, RAM: boot.DefaultRAM, Disk: dev.Image(disk)}}
	if m.swap {
		d.options.Swap = boot.SwapDisk(32 << 20)
	}
	d.Computer = power(t, d.options)
	if m.start != nil {
		m.start(d)
	}
	drive := m.drive
	if drive == nil {
		drive = func(d *driven) boot.Stop { return d.Run(boot.NoLimit, instrLimit) }
	}
	stop := drive(d)
	d.out.Write(d.Output())
	if stop.Reason != boot.PowerOff {
		t.Fatalf("the guest stopped: %v %s\n%s", stop.Reason, stop.Text, d.out.String())
	}
	return result{d.out.String(), int(stop.Status)}, d
}

// notices are cases that look at what a torture does, each as MODE PROGRAM/CASE, and how.
var notices = map[string]string{
	"signal socket/streams_in_pieces":       "with MSG_WAITALL or SO_RCVLOWAT a signal yields what has come so far: recv(2)",
	"swap session/not_orphaned_by_a_member": "its naps are shorter than what the disk takes",
}

// residents are cases that look which pages are in memory, which eviction changes, and by what.
var residents = map[string]string{
	"mem/mincore_tells_of_residence":        "mincore",
	"mem/map_populate":                      "mincore",
	"mlock/lock_brings_pages":               "mincore after munlock",
	"procpid/pagemap_of_a_file":             "pagemap",
	"procpid/pagemap_tells_what_is_there":   "pagemap",
	"procpid/smaps_counts_what_was_touched": "smaps",
	"remap/grow_in_place":                   "mincore",
	"remap/shrink":                          "mincore",
	"shared/mincore_of_files":               "mincore",
	"shared/populate":                       "mincore",
}

// mayNotice tells whether a case looks at what a torture does.
func mayNotice(mode, name string) bool {
	return notices[mode+" "+name] != "" || (mode == "evict" || mode == "swap") && residents[name] != ""
}

// TestTorture runs the whole suite under each torture and compares with the undisturbed run, case by case.
func TestTorture(t *testing.T) {
	base := tortureDisk(t)
	strikes := make([]int, len(tortures))
	for _, p := range compiledSuite(t) {
		t.Run(p.name, func(t *testing.T) {
			disk := diskWith(t, base, p.path, workDir)
			plain, whole := (&torture{}).run(t, disk)
			for i := range tortures {
				m := &tortures[i]
				t.Run(m.name, func(t *testing.T) {
					got, d := m.run(t, disk)
					compareTortured(t, m.name, p.name, plain, got)
					if m.exact && d.Hash() != whole.Hash() {
						t.Errorf("after %d pieces, at %d: %016x; in one, at %d: %016x", d.strikes, d.M.Now(), d.Hash(), whole.M.Now(), whole.Hash())
					}
					if err := d.K.MM.Check(); err != nil {
						t.Error(err)
					}
					leavesNothing(t, d, whole)
					strikes[i] += d.strikes
				})
			}
		})
	}
	for i, n := range strikes {
		t.Logf("%8d times %s", n, tortures[i].name)
	}
}

// leavesNothing compares what is left of a program after torture and without, when what is in swap is back in memory.
func leavesNothing(t *testing.T, d, whole *driven) {
	t.Helper()
	for i := range d.K.MM.State.Swap {
		if !d.K.MM.State.Swap[i].On {
			continue
		}
		if e := d.K.MM.SwapOff(i); e != abi.OK {
			t.Errorf("swapoff: %s", e.Name())
		}
	}
	want := held(whole.Computer)
	for i, now := range held(d.Computer) {
		if now != want[i] {
			t.Errorf("%s: %d, undisturbed %d", now.name, now.n, want[i].n)
		}
	}
}

// compareTortured compares case by case, apart from those that may notice.
func compareTortured(t *testing.T, mode, program string, plain, got result) {
	t.Helper()
	g := cases(got.out)
	for i, c := range cases(plain.out) {
		out, ok := named(g, i, c.name)
		if !ok {
			t.Fatalf("%s: it did not come to it", c.name)
		}
		if out != c.out && !mayNotice(mode, program+"/"+c.name) {
			t.Errorf("%s noticed (host is undisturbed, guest tortured):\n%s", c.name, firstDifference(c.out, out))
		}
	}
	if got.status != plain.status {
		t.Errorf("exit status %d, undisturbed %d", got.status, plain.status)
	}
}
