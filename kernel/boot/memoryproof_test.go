package boot_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// memoryProgram is testdata/memory.c, compiled.
var memoryProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "memory")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	bin, err := compile(dir, "testdata/memory.c")
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(bin)
	return string(b), err
})

// memoryGuest is a computer that runs memory.c and stops where it waits.
func memoryGuest(t *testing.T, cmdline string, args ...string) *guest {
	t.Helper()
	code, err := memoryProgram()
	if err != nil {
		t.Fatal(err)
	}
	return newGuest(t, "quiet "+cmdline, map[string]string{"/bin/memory": code}, append([]string{"/bin/memory"}, args...)...)
}

// waits runs until the program says the word and returns the address that it says with it.
func (g *guest) waits(t *testing.T, word string) uint64 {
	t.Helper()
	line := regexp.MustCompile(`(?m)^` + word + ` (\S+)$`)
	for range 200 {
		g.until(1)
		if m := line.FindStringSubmatch(g.out.String()); m != nil && g.WantsInput() {
			var at uint64
			if _, err := fmt.Sscanf(strings.Replace(m[1], "(nil)", "0", 1), "%v", &at); m[1] != "0" && err != nil {
				t.Fatal(m[1], err)
			}
			if err := g.K.MM.Check(); err != nil {
				t.Error(err)
			}
			return at
		}
	}
	t.Fatalf("it did not say %q:\n%s", word, g.out.String())
	return 0
}

// task is the youngest task of a name.
func (g *guest) task(t *testing.T, name string) (*kernel.Task, *mm.AddressSpace) {
	t.Helper()
	var found *kernel.Task
	g.K.ForEachTask(func(o *kernel.Task) bool {
		if o.Name() == name && g.K.MM.AS(o.ASID) != nil && (found == nil || o.PID > found.PID) {
			found = o
		}
		return true
	})
	if found == nil {
		t.Fatalf("no task %q", name)
	}
	return found, g.K.MM.AS(found.ASID)
}

func (g *guest) walk(as *mm.AddressSpace, va uint64) mmu.Result {
	return mmu.Walk(g.M.RAM, g.K.MM.Root(as), va)
}

// goOn lets the program go on from where it waits.
func (g *guest) goOn() { g.Input([]byte("\n")) }

// TestHugePages: one entry of the page directory in guest RAM maps 2 MiB; munmap of a part puts a page table in its place;
// a child shares what is left until it writes.
func TestHugePages(t *testing.T) {
	g := memoryGuest(t, "", "huge")
	at := g.waits(t, "ready")
	_, as := g.task(t, "memory")
	for i, want := range []byte{'a', 'b'} {
		r := g.walk(as, at+uint64(i)<<21+5)
		if last := r.Steps[r.N-1]; !r.Present || r.N != 3 || last.Level != 2 || last.Entry&mmu.PS == 0 || r.PageSize != 2<<20 || r.Phys>>21<<21 != r.Phys-5 {
			t.Errorf("huge page %d: %+v", i, r)
		}
		if got := g.M.RAM.Read8(r.Phys); got != want {
			t.Errorf("huge page %d holds %q", i, got)
		}
	}
	if c := g.K.MM.State.Counters; c.HugeFault != 2 || as.Huge != 2 || g.K.MM.HugePages() != 2 {
		t.Errorf("%+v, %d in the space", c, as.Huge)
	}
	frame := mem.FrameOf(g.walk(as, at+5).Phys)
	g.goOn()
	g.waits(t, "split")
	_, as = g.task(t, "memory")
	small := g.walk(as, at+5)
	if small.N != 4 || small.PageSize != 4096 || mem.FrameOf(small.Phys) != frame || g.walk(as, at+0x3000).Present || !g.walk(as, at+0x4000).Present {
		t.Errorf("after munmap of one page: %+v", small)
	}
	g.goOn()
	g.waits(t, "child")
	parent := g.K.MM.AS(as.ID)
	_, child := g.task(t, "memory")
	p, c := g.walk(parent, at+0x200000), g.walk(child, at+0x200000)
	if parent.ID == child.ID || p.PageSize != 2<<20 || p.Perm&mmu.W != 0 || p.Steps[2].Entry&mmu.COW == 0 {
		t.Errorf("the parent's: %+v", p)
	}
	if c.PageSize != 4096 || c.Phys == p.Phys || g.walk(child, at+0x201000).Phys != p.Phys+0x1000 {
		t.Errorf("the child's: %+v", c)
	}
	g.goOn()
	if stop := g.until(60); stop.Reason != boot.PowerOff || !strings.HasSuffix(g.out.String(), "ab0\n") {
		t.Errorf("%+v\n%s", stop, g.out.String())
	}
	if err := g.K.MM.Check(); err != nil {
		t.Error(err)
	}
}

// TestHugePagesNever: the boot option switches them off.
func TestHugePagesNever(t *testing.T) {
	g := memoryGuest(t, "transparent_hugepage=never", "huge")
	at := g.waits(t, "ready")
	_, as := g.task(t, "memory")
	if r := g.walk(as, at+5); r.N != 4 || r.PageSize != 4096 || as.Huge != 0 {
		t.Errorf("%+v", r)
	}
}

// TestHugePagesSwitched: the file in /sys switches them while the machine runs, and shows in brackets what is on.
func TestHugePagesSwitched(t *testing.T) {
	const file = "/sys/kernel/mm/transparent_hugepage/enabled"
	_, out := runs(t, "/bin/sh", "-c", "/bin/busybox mkdir /sys; /bin/busybox mount -t sysfs sysfs /sys; cat "+file+"; echo never >"+file+"; cat "+file+"; echo always >"+file+"; cat "+file+
		"; echo often >"+file+"; /bin/touch-pages >/dev/null; /bin/busybox grep thp_fault_alloc /proc/vmstat")
	if !strings.HasPrefix(out, "always [madvise] never\nalways madvise [never]\n[always] madvise never\n") || !strings.Contains(out, "Invalid argument") {
		t.Error(out)
	}
}

// TestFiveLevels: with the option la57 the boot code builds a table more and sets CR4.LA57; the kernel runs as before, and a
// program gets an address above 47 bits only when it asks for one.
func TestFiveLevels(t *testing.T) {
	g := memoryGuest(t, "la57", "high")
	at := g.waits(t, "ready")
	_, as := g.task(t, "memory")
	if g.M.CPU.S.CR4&cpu.CR4LA57 == 0 || g.K.MM.State.Levels != 5 || at != 1<<50 {
		t.Fatalf("CR4 %#x, %d levels, address %#x", g.M.CPU.S.CR4, g.K.MM.State.Levels, at)
	}
	r := g.walk(as, at)
	if !r.Present || r.N != 5 || r.Steps[0].Level != 5 || r.Steps[0].Index != 4 || g.M.RAM.Read8(r.Phys) != 2 {
		t.Errorf("%+v", r)
	}
	if k := g.walk(as, mm.PageOffset); !k.Present || k.N != 4 || k.PageSize != 2<<20 || k.Perm&mmu.U != 0 {
		t.Errorf("the direct map: %+v", k)
	}
	if low := g.walk(as, 0xffff000000000000); low.Present {
		t.Errorf("the identity map of the boot code is there: %+v", low)
	}
	g.goOn()
	if stop := g.until(60); stop.Reason != boot.PowerOff || stop.Status != 128+11 || !strings.Contains(g.out.String(), "1 1 1\n") || !strings.Contains(g.out.String(), "6 3\n") {
		t.Errorf("%+v\n%s", stop, g.out.String())
	}
}

// TestFourLevels: without the option the same hints give addresses of 47 bits.
func TestFourLevels(t *testing.T) {
	g := memoryGuest(t, "", "high")
	at := g.waits(t, "ready")
	_, as := g.task(t, "memory")
	if r := g.walk(as, at); at>>47 != 0 || r.N != 4 || g.M.CPU.S.CR4&cpu.CR4LA57 != 0 || !strings.Contains(g.out.String(), "1 0 0\n") {
		t.Errorf("%#x %+v\n%s", at, r, g.out.String())
	}
}

// TestPageZero: a null pointer leads nowhere, or to the page that personality(MMAP_PAGE_ZERO) asked for, readable and
// executable.
func TestPageZero(t *testing.T) {
	g := memoryGuest(t, "", "null")
	if stop := g.until(60); stop.Reason != boot.PowerOff || stop.Status != 128+11 {
		t.Errorf("without: %+v\n%s", stop, g.out.String())
	}
	g = memoryGuest(t, "", "zero")
	if at := g.waits(t, "ready"); at != 0 {
		t.Errorf("at %#x", at)
	}
	_, as := g.task(t, "memory")
	r, v := g.walk(as, 0), as.Find(0)
	if v == nil || v.Perms() != "r-xp" || v.Len() != 4096 || !r.Present || r.Perm&(mmu.U|mmu.W|mmu.NX) != mmu.U {
		t.Errorf("%+v, %+v", v, r)
	}
	g.goOn()
	if stop := g.until(60); stop.Reason != boot.PowerOff || stop.Status != 128+11 || !strings.Contains(g.out.String(), "0\n") {
		t.Errorf("write to page 0: %+v\n%s", stop, g.out.String())
	}
}

// TestLockedPages: mlock brings its pages in, counts them, and no shortage takes them away.
func TestLockedPages(t *testing.T) {
	g := memoryGuest(t, "", "locked")
	at := g.waits(t, "ready")
	_, as := g.task(t, "memory")
	if as.Locked != 16 || g.K.MM.LockedFrames() != 16 {
		t.Errorf("%d pages and %d frames are locked", as.Locked, g.K.MM.LockedFrames())
	}
	g.K.MM.Shrink(1 << 20)
	for i := range uint64(20) {
		if in := g.walk(as, at+i<<12).Present; in != (i < 16) {
			t.Errorf("page %d is there: %v", i, in)
		}
	}
}

// TestStackGap: the stack's mapping grows down to what is touched, and never to within 256 pages of another.
func TestStackGap(t *testing.T) {
	g := memoryGuest(t, "", "stack")
	at := g.waits(t, "ready")
	_, as := g.task(t, "memory")
	if v := as.Find(at); v == nil || v.Start != at&^4095 || v.Flags&mm.VM_GROWSDOWN == 0 || as.Name(v) != "[stack]" || !g.walk(as, at).Present {
		t.Errorf("%#x: %+v", at, v)
	}
	g.goOn()
	g.waits(t, "edge")
	g.goOn()
	if stop := g.until(60); stop.Reason != boot.PowerOff || stop.Status != 128+11 {
		t.Errorf("%+v\n%s", stop, g.out.String())
	}
}

// TestOOMNamesVictim: who took all memory is killed, and the log says who it was.
func TestOOMNamesVictim(t *testing.T) {
	code, err := memoryProgram()
	if err != nil {
		t.Fatal(err)
	}
	g := newGuest(t, "", map[string]string{"/bin/memory": code}, "/bin/sh", "-c", "/bin/memory eat; echo status $?")
	stop := g.until(600)
	if out := g.out.String(); stop.Reason != boot.PowerOff || !strings.Contains(out, "status 137") ||
		!regexp.MustCompile(`Out of memory: Killed process \d+ \(memory\) .*anon-rss:[0-9]{5,}kB`).MatchString(out) {
		t.Errorf("%+v\n%s", stop, out)
	}
	if err := g.K.MM.Check(); err != nil {
		t.Error(err)
	}
}

// TestOvercommit: mode 2 promises as much as half of memory and all of swap, mode 1 everything, and mode 0 all but what could
// never be there; who ends gives back what it was promised.
func TestOvercommit(t *testing.T) {
	code, err := memoryProgram()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		mode      string
		most      bool
		noreserve string
	}{{"0", true, "1 1"}, {"1", true, "1 1"}, {"2", false, "1 0"}} {
		g := newGuest(t, "quiet", map[string]string{"/bin/memory": code}, "/bin/sh", "-c",
			"echo "+c.mode+" >/proc/sys/vm/overcommit_memory; echo 40 >/proc/sys/vm/overcommit_ratio; /bin/memory promise; /bin/busybox true; exit $?")
		g.waits(t, "ready")
		m := g.K.MM
		var n int
		var rest string
		line := g.out.String()
		fmt.Sscanf(line, "%d", &n)
		_, rest, _ = strings.Cut(strings.SplitN(line, "\n", 2)[0], " ")
		if rest != c.noreserve {
			t.Errorf("mode %s: %s", c.mode, line)
		}
		limit, promised := int64(m.CommitLimit()), m.State.Commit.Pages
		if limit != int64(m.TotalFrames())*40/100 {
			t.Errorf("limit %d of %d frames", limit, m.TotalFrames())
		}
		if c.most && n != 1000 || !c.most && (promised > limit || promised < limit*3/4) {
			t.Errorf("mode %s: %d MiB, %d of %d pages promised", c.mode, n, promised, limit)
		}
		g.goOn()
		if stop := g.until(60); stop.Reason != boot.PowerOff || m.State.Commit.Pages > 200 {
			t.Errorf("mode %s: %+v, %d pages promised at the end", c.mode, stop, m.State.Commit.Pages)
		}
	}
}
