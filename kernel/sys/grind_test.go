//go:build linux

package sys_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"vitrine/engine/dev"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
	"vitrine/kernel/sys"
)

var grindFlag = flag.Int("grind", 1, "how many seeds of random system calls to try with each size of memory")

// grindFirst lets a failure be repeated.
var grindFirst = flag.Uint64("grindseed", 1, "the first seed of random system calls")

// slowFlag finds calls that a guest can keep the host busy with.
var slowFlag = flag.Duration("slow", 0, "print random system calls that took the host longer")

// TestGrind has programs make random system calls with random arguments. The kernel must go on, its records must stay
// true, and in the end it must have everything back.
func TestGrind(t *testing.T) {
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
	program := grindProgram(t)
	disk := baseDisk(t)
	for _, ram := range grindSizes {
		idle := newGrind(t, disk, program, ram, 0, 0)
		idle.finish()
		for n := range uint64(*grindFlag) {
			seed := *grindFirst + n
			t.Run(fmt.Sprintf("%dM/%d", ram>>20, seed), func(t *testing.T) {
				grindOnce(t, disk, program, ram, seed, idle.held())
			})
		}
	}
}

// grindSizes are the sizes of memory: with the smallest there is swap, and the middle one has a restless scheduler.
var grindSizes = []uint64{9 << 20, 16 << 20, 64 << 20}

// FuzzCalls is TestGrind with any seed.
func FuzzCalls(f *testing.F) {
	program := grindProgram(f)
	disk := baseDisk(f)
	var idle []grindHeld
	for _, ram := range grindSizes {
		g := newGrind(f, disk, program, ram, 0, 0)
		g.finish()
		idle = append(idle, g.held())
	}
	f.Add(uint64(1), uint8(0))
	f.Fuzz(func(t *testing.T, seed uint64, size uint8) {
		n := int(size) % len(grindSizes)
		grindOnce(t, disk, program, grindSizes[n], seed, idle[n])
	})
}

func grindOnce(t *testing.T, disk []byte, program string, ram, seed uint64, idle grindHeld) {
	t.Helper()
	g := newGrind(t, disk, program, ram, seed, 24)
	g.restless = ram == grindSizes[1]
	g.finish()
	if got := g.held(); got != idle {
		t.Errorf("held %+v\nbefore %+v", got, idle)
	}
	g.fsck()
	for _, s := range g.slow {
		t.Logf("%d: %s", seed, s)
	}
	if *slowFlag > 0 {
		t.Logf("%d calls", g.calls)
	}
}

// grindProgram compiles the attacker with a table of what each system call wants.
func grindProgram(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"calls.h": grindTable()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "grind")
	cmd := exec.Command("musl-gcc", "-static", "-Os", "-s", "-w", "-I", dir, "-o", program, "testdata/hostile/grind.c")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// grindTable is calls.h, from the definitions of the system calls.
func grindTable() string {
	narrow := sys.CompatTable()
	for i := range narrow {
		narrow[i].Nr -= kernel.CompatBase
	}
	return grindCalls("calls", sys.Table()) + grindCalls("calls32", narrow)
}

// grindCalls is a table of calls as C.
func grindCalls(name string, table []kernel.Syscall) string {
	letters := map[kernel.ArgKind]byte{kernel.ArgFD: 'f', kernel.ArgDirFD: 'd', kernel.ArgPath: 'p', kernel.ArgStr: 's', kernel.ArgOct: 'o',
		kernel.ArgBufIn: 'b', kernel.ArgBufOut: 'b', kernel.ArgPtr: '*', kernel.ArgFlags: 'F', kernel.ArgSig: 'S', kernel.ArgPID: 'P',
		kernel.ArgArgv: 'A', kernel.ArgUint: 'u'}
	table = slices.SortedFunc(slices.Values(table), func(a, b kernel.Syscall) int { return int(a.Nr) - int(b.Nr) })
	var b strings.Builder
	fmt.Fprintf(&b, "static const struct call %s[] = {\n", name)
	for _, s := range table {
		fmt.Fprintf(&b, "{ %d, %d, {", s.Nr, len(s.Args))
		for _, a := range s.Args {
			letter, one := letters[a.Kind], false
			var values []uint64
			if a.Kind == kernel.ArgFlags {
				values, one = sys.FlagValues(a.Flags)
			}
			fmt.Fprintf(&b, " { '%c', %d, \"%s\", (const uint64_t[]){ 0", max(letter, '0'), bit(one), a.Flags)
			for _, v := range values {
				fmt.Fprintf(&b, ", %#xul", v)
			}
			fmt.Fprintf(&b, " }, %d },", len(values)+1)
		}
		fmt.Fprintf(&b, " } }, // %s\n", s.Name)
	}
	b.WriteString("};\n")
	return b.String()
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// grind is a computer under attack.
type grind struct {
	*boot.Computer
	t     testing.TB
	last  []string // system calls and signals, newest last
	calls int
	slow  []string      // calls that took the host long
	began time.Duration // of the call that is under way, on the host
	// restless changes the scheduler's policy again and again.
	restless bool
}

// newGrind boots a computer whose init has only the attacker to run.
func newGrind(t testing.TB, disk []byte, program string, ram, seed uint64, children int) *grind {
	t.Helper()
	o := boot.Options{RAM: ram, Disk: dev.Image(diskWith(t, disk, program, fmt.Sprint(seed), fmt.Sprint(children), "400"))}
	if ram == grindSizes[0] {
		o.Swap, o.Cmdline = boot.SwapDisk(16<<20), "swap=/dev/sdb"
	}
	c := power(t, o)
	g := &grind{Computer: c, t: t}
	c.K.OnSyscall = func(task *kernel.Task, s *kernel.Syscall) {
		g.calls++
		g.began = busy()
		g.note("%d %s%x", task.PID, s.Name, task.Sys.Args)
	}
	c.K.OnSyscallRet = func(task *kernel.Task, s *kernel.Syscall, ret int64) {
		if took := busy() - g.began; *slowFlag > 0 && took > *slowFlag && !task.Sys.Slept {
			g.slow = append(g.slow, fmt.Sprintf("%s%x = %d took %v", s.Name, task.Sys.Args, ret, took))
		}
	}
	c.K.OnSignal = func(task *kernel.Task, info *kernel.Siginfo) {
		g.note("%d signal %+v", task.PID, *info)
	}
	return g
}

// tasks tells what everybody does.
func (g *grind) tasks() string {
	var b strings.Builder
	g.K.ForEachTask(func(t *kernel.Task) bool {
		fmt.Fprintf(&b, "pid %d tgid %d ppid %d %s %s: call %d%x active %v, waits %+v, pending %x blocked %x, class %d, turns %d, exec %d, faults %d %d\n",
			t.PID, t.TGID, t.PPID, t.Name(), t.Run, t.Sys.Nr, t.Sys.Args, t.Sys.Active, t.Wait, t.Sig.Pending, t.Sig.Blocked, t.Sched.Class,
			t.Sched.Turns, t.Sched.Exec, t.MinFlt, t.MajFlt)
		return true
	})
	return b.String()
}

// note keeps the last that happened.
func (g *grind) note(format string, args ...any) {
	if len(g.last) == 16 {
		g.last = append(g.last[:0], g.last[1:]...)
	}
	g.last = append(g.last, fmt.Sprintf(format, args...))
}

// finish runs it to the end, and compares the records of memory with the page tables now and then.
func (g *grind) finish() {
	g.t.Helper()
	defer func() {
		if r := recover(); r != nil {
			g.t.Fatalf("the host panics: %v\n%s\n%s", r, strings.Join(g.last, "\n"), debug.Stack())
		}
	}()
	const slice, most = 1_000_000, 3_000_000_000
	out := ""
	for n := 0; ; n++ {
		if g.restless {
			g.K.SetPolicy(kernel.PolicyKind(n / 3 % int(kernel.NumPolicies)))
		}
		stop := g.Run(g.M.Now()+slice, boot.NoLimit)
		out += string(g.Output())
		if err := g.K.MM.Check(); err != nil {
			g.t.Fatalf("%v\n%s", err, strings.Join(g.last, "\n"))
		}
		if err := errors.Join(g.K.CheckQueue(), g.K.CheckIndex()); err != nil {
			g.t.Fatalf("%v\n%s", err, strings.Join(g.last, "\n"))
		}
		if stop.Reason == boot.PowerOff && stop.Status == 0 && strings.HasSuffix(out, "ground\n") {
			return
		}
		if stop.Reason != boot.Budget || g.M.Now() > most {
			log := g.K.State.Log.Text
			g.t.Fatalf("%+v\n%s\n%s\n%s\n%s", stop, out[max(0, len(out)-1000):], log[max(0, len(log)-1000):], strings.Join(g.last, "\n"), g.tasks())
		}
	}
}

// grindHeld is what the kernel has handed out and not got back.
type grindHeld struct {
	tasks, procs, hands, spaces, files, tables, dirs, pipes int32
	anonymous, pageTables, stacks, shared                   uint32
}

func (g *grind) held() grindHeld {
	for i := range g.K.MM.State.Swap {
		if !g.K.MM.State.Swap[i].On {
			continue
		}
		if e := g.K.MM.SwapOff(i); e != abi.OK {
			g.t.Errorf("swapoff: %s", e.Name())
		}
	}
	k, v, f := &g.K.State, &g.K.VFS.S, &g.K.MM.State.Frames
	return grindHeld{k.Tasks.Live, k.Procs.Live, k.Hands.Live, g.K.MM.State.Spaces.Live, v.Files.Live, v.Tables.Live, v.FS.Live, v.Pipes.Live,
		f.Count[mm.Anonymous], f.Count[mm.PageTable], f.Count[mm.KernelStack], f.Count[mm.SharedMemory]}
}

// fsck has Debian's checker look at the root partition, where there is one.
func (g *grind) fsck() {
	g.t.Helper()
	const e2fsck, partition = "/usr/sbin/e2fsck", 2048
	if _, err := os.Stat(e2fsck); err != nil {
		return
	}
	disk := make([]byte, (g.M.ATA.Sectors()-partition)*dev.SectorSize)
	for i := range g.M.ATA.Sectors() - partition {
		g.M.ATA.ReadSector(partition+i, disk[i*dev.SectorSize:][:dev.SectorSize])
	}
	file := filepath.Join(g.t.TempDir(), "root")
	if err := os.WriteFile(file, disk, 0o600); err != nil {
		g.t.Fatal(err)
	}
	if out, err := exec.Command(e2fsck, "-fn", file).CombinedOutput(); err != nil {
		g.t.Errorf("e2fsck: %v\n%s", err, out)
	}
}
