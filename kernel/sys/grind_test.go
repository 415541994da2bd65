//go:build linux

package sys_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

var grindFlag = flag.Int("grind", 1, "how many seeds of random system calls to try with each size of memory")

// grindFirst lets a failure be repeated.
var grindFirst = flag.Uint64("grindseed", 1, "the first seed of random system calls")

// TestGrind has programs make random system calls with random arguments. The kernel must go on, its records must stay
// true, and in the end it must have everything back.
func TestGrind(t *testing.T) {
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
	program := filepath.Join(t.TempDir(), "grind")
	compile(t, "testdata/hostile/grind.c", program)
	disk := baseDisk(t)
	for _, ram := range []uint64{8 << 20, 16 << 20, 64 << 20} {
		idle := newGrind(t, disk, program, ram, 0, 0)
		idle.finish()
		for n := range uint64(*grindFlag) {
			seed := *grindFirst + n
			t.Run(fmt.Sprintf("%dM/%d", ram>>20, seed), func(t *testing.T) {
				g := newGrind(t, disk, program, ram, seed, 24)
				g.restless = ram == 16<<20
				g.finish()
				if got, want := g.held(), idle.held(); got != want {
					t.Errorf("held %+v\nbefore %+v", got, want)
				}
				g.fsck()
			})
		}
	}
}

// grind is a computer under attack.
type grind struct {
	*boot.Computer
	t    *testing.T
	last []string // system calls and signals, newest last
	// restless changes the scheduler's policy again and again.
	restless bool
}

// newGrind boots a computer whose init has only the attacker to run.
func newGrind(t *testing.T, disk []byte, program string, ram, seed uint64, children int) *grind {
	t.Helper()
	c := guestComputerOf(t, disk, ram, program, fmt.Sprint(seed), fmt.Sprint(children), "400")
	g := &grind{Computer: c, t: t}
	c.K.OnSyscall = func(task *kernel.Task, s *kernel.Syscall) {
		g.note("%d %s%x", task.PID, s.Name, task.Sys.Args)
	}
	c.K.OnSignal = func(task *kernel.Task, info *kernel.Siginfo) {
		g.note("%d signal %+v", task.PID, *info)
	}
	return g
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
	const slice, most = 1_000_000, 100_000_000_000
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
		if err := g.K.CheckQueue(); err != nil {
			g.t.Fatalf("%v\n%s", err, strings.Join(g.last, "\n"))
		}
		if stop.Reason == boot.PowerOff && stop.Status == 0 && strings.HasSuffix(out, "ground\n") {
			return
		}
		if stop.Reason != boot.Budget || g.M.Now() > most {
			log := g.K.State.Log.Text
			g.t.Fatalf("%+v\n%s\n%s\n%s", stop, out[max(0, len(out)-1000):], log[max(0, len(log)-1000):], strings.Join(g.last, "\n"))
		}
	}
}

// grindHeld is what the kernel has handed out and not got back.
type grindHeld struct {
	tasks, procs, hands, spaces, files, tables, dirs, pipes int32
	anonymous, pageTables, stacks, shared                   uint32
}

func (g *grind) held() grindHeld {
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
