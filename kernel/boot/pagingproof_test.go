package boot_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/dev"
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	computer "vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// TestPagingTurnedOn stops before and behind the instruction that turns paging on: addresses change their meaning, and the
// identity view keeps the next instruction where it is.
func TestPagingTurnedOn(t *testing.T) {
	for _, cmdline := range []string{"quiet", "quiet la57"} {
		disk := newGuest(t, "", nil).disk
		start := func() *computer.Computer {
			c, err := computer.New(computer.Options{Cmdline: cmdline, RAM: 8 << 20, Disk: dev.Image(disk), Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		c, before := start(), uint64(0)
		for c.M.CPU.S.CR0&cpu.CR0PG == 0 && before < 100_000_000 {
			before = c.M.CPU.S.Retired
			c.Run(computer.NoLimit, before+20_000)
		}
		c = start()
		c.Run(computer.NoLimit, before)
		s := &c.M.CPU.S
		for n := before; s.CR0&cpu.CR0PG == 0; n++ {
			if n > before+20_000 {
				t.Fatalf("paging is off at %#x", s.RIP)
			}
			c.Run(computer.NoLimit, n+1)
		}
		levels := mmu.Level4
		if cmdline != "quiet" {
			levels = mmu.Level5
		}
		w := mmu.Walk(c.M.RAM, mmu.Root{Mode: levels, NXE: true, CR3: s.CR3}, s.RIP)
		name, _, _ := boot.Lookup(s.RIP)
		high := mmu.Walk(c.M.RAM, mmu.Root{Mode: levels, NXE: true, CR3: s.CR3}, boot.KernelBase+s.RIP)
		if s.EFER&cpu.EFERLMA == 0 || s.CR4&cpu.CR4PAE == 0 || !w.Present || w.Phys != s.RIP || high.Phys != s.RIP || w.N != int(levels)-1 {
			t.Errorf("%s at %s: EFER %#x, CR3 %#x, %+v, %+v", cmdline, name, s.EFER, s.CR3, w, high)
		}
	}
}

// TestIsolation: one address, two trees, two frames; MAP_SHARED is one frame in both; the kernel's half is the same.
func TestIsolation(t *testing.T) {
	g := memoryGuest(t, "", "pair")
	at := g.waits(t, "ready")
	var page, shared uint64
	fmt.Sscanf(g.out.String(), "%v %v", &page, &shared)
	child, b := g.task(t, "memory")
	a := g.K.MM.AS(g.K.FindTask(child.PPID).ASID)
	if a.Root == b.Root {
		t.Fatal("one tree")
	}
	ram := g.M.RAM
	for _, va := range []uint64{at, page} {
		p, c := g.walk(a, va), g.walk(b, va)
		if !p.Present || !c.Present || p.Phys == c.Phys || ram.Read8(p.Phys) == ram.Read8(c.Phys) {
			t.Errorf("%#x: %+v %+v", va, p, c)
		}
	}
	p, c := g.walk(a, shared), g.walk(b, shared)
	if p.Phys != c.Phys || (p.Perm&c.Perm)&mmu.W == 0 || ram.Read8(p.Phys) != 'c' || g.K.MM.FrameInfo(mem.FrameOf(p.Phys)).Use != mm.SharedMemory {
		t.Errorf("shared: %+v %+v", p, c)
	}
	if !bytes.Equal(ram.Page(a.Root)[2048:], ram.Page(b.Root)[2048:]) || bytes.Equal(ram.Page(a.Root)[:2048], ram.Page(b.Root)[:2048]) {
		t.Error("the kernel's half differs, or the programs' does not")
	}
}

// TestFaultCauses: why an access was refused, as the CPU told the kernel, and what the program's handler was told.
func TestFaultCauses(t *testing.T) {
	for n, c := range []struct {
		what   string
		vector uint8
		code   uint32
		va     uint64 // 0: wherever it is
		stop   func(w *mmu.Result) bool
	}{
		{"null pointer", cpu.VecPF, mmu.FaultU, 0x123, func(w *mmu.Result) bool { return !w.Present }},
		{"kernel memory", cpu.VecPF, mmu.FaultU | mmu.FaultP, 0xffff888000100000, func(w *mmu.Result) bool { return w.Present && w.Perm&mmu.U == 0 }},
		{"write to text", cpu.VecPF, mmu.FaultU | mmu.FaultP | mmu.FaultW, 0, func(w *mmu.Result) bool { return w.Present && w.Perm&(mmu.W|mmu.NX) == 0 }},
		{"execution of data", cpu.VecPF, mmu.FaultU | mmu.FaultP | mmu.FaultI, 0, func(w *mmu.Result) bool { return w.Present && w.Perm&(mmu.W|mmu.NX) == mmu.W|mmu.NX }},
		{"address that is not canonical", cpu.VecGP, 0, 0, nil},
		{"hole", cpu.VecPF, mmu.FaultU | mmu.FaultW, 0x456789, func(w *mmu.Result) bool { return !w.Present }},
	} {
		g := memoryGuest(t, "", "fault", fmt.Sprint(n))
		at := g.waits(t, "ready")
		task, as := g.task(t, "memory")
		f := task.Fault
		if f.Vector != c.vector || f.Error != c.code || c.va != 0 && f.CR2 != c.va || c.vector == cpu.VecPF && f.CR2 != at {
			t.Errorf("%s: vector %d, error %#x, CR2 %#x, si_addr %#x", c.what, f.Vector, f.Error, f.CR2, at)
		}
		if w := g.walk(as, f.CR2); c.stop != nil && !c.stop(&w) {
			t.Errorf("%s: %+v", c.what, w)
		}
	}
}

// TestTreeOfTables: a program's tables are a handful of frames, where a flat one would need 512 GiB; what is not there costs
// one empty entry, and the walk ends at it.
func TestTreeOfTables(t *testing.T) {
	g := memoryGuest(t, "", "demand")
	g.waits(t, "ready")
	_, as := g.task(t, "memory")
	tables := 0
	mmu.Tree(g.M.RAM, g.K.MM.Root(as), 1<<20, func(n mmu.Node) {
		if n.Table && n.VA < 1<<47 {
			tables++
		}
	})
	if tables != int(as.Tables)+1 || tables > 12 {
		t.Errorf("%d tables, %d counted", tables, as.Tables)
	}
	if w := g.walk(as, 0x200000000000); w.Present || w.N != 1 {
		t.Errorf("an empty subtree: %+v", w)
	}
}

// TestDemandPaging: mmap of a file maps nothing; the first touch maps the page cache's frame of that page alone.
func TestDemandPaging(t *testing.T) {
	g := memoryGuest(t, "", "demand")
	at := g.waits(t, "ready")
	_, as := g.task(t, "memory")
	for i := range uint64(8) {
		if g.walk(as, at+i<<12).Present {
			t.Errorf("page %d is there before it was touched", i)
		}
	}
	majorMinor := g.K.MM.State.Counters.Faults
	g.goOn()
	g.waits(t, "touched")
	code, _ := memoryProgram()
	for i := range uint64(8) {
		w := g.walk(as, at+i<<12)
		if w.Present != (i == 2) {
			t.Errorf("page %d is there: %v", i, w.Present)
		}
	}
	w := g.walk(as, at+2<<12)
	in := g.K.MM.FrameInfo(mem.FrameOf(w.Phys))
	if in.Use != mm.PageCache || in.Index != 2 || in.Owner != as.ExeObject || w.Perm&mmu.W != 0 ||
		!bytes.Equal(g.M.RAM.Page(mem.FrameOf(w.Phys)), []byte(code)[2<<12:3<<12]) {
		t.Errorf("%+v %+v", w, in)
	}
	if g.K.MM.State.Counters.Faults == majorMinor {
		t.Error("no fault was counted")
	}
}

// TestSwappedOut: a page in swap is an entry that is not present and names its slot; the disk has the bytes; a touch brings
// it back by a major fault.
func TestSwappedOut(t *testing.T) {
	code, err := memoryProgram()
	if err != nil {
		t.Fatal(err)
	}
	swap := computer.SwapDisk(1 << 20)
	g := tight(t, "quiet swap=/dev/sdb", newGuest(t, "", map[string]string{"/bin/memory": code}, "/bin/memory", "out").disk, swap)
	at := g.waits(t, "ready")
	_, as := g.task(t, "memory")
	if as.Swapped < 8 {
		t.Errorf("%d pages in swap", as.Swapped)
	}
	for i := range uint64(8) {
		w := g.walk(as, at+i<<12)
		e := w.Steps[w.N-1].Entry
		if w.Present || w.N != 4 || !mm.IsSwap(e) {
			t.Fatalf("page %d: %+v", i, w)
		}
		var slot [mem.FrameSize]byte
		if n := int64(mm.SwapOf(e).Page()) << 12; !readSwap(g, slot[:], n) || !bytes.Equal(slot[:], bytes.Repeat([]byte{'a' + byte(i)}, mem.FrameSize)) {
			t.Errorf("page %d: the slot holds %q…", i, slot[:4])
		}
	}
	major := g.K.MM.State.Counters.Major
	g.goOn()
	g.waits(t, "back")
	if w := g.walk(as, at+3<<12); !w.Present || g.M.RAM.Read8(w.Phys) != 'd' || g.K.MM.State.Counters.Major != major+1 {
		t.Errorf("%+v, %d major faults", w, g.K.MM.State.Counters.Major-major)
	}
	if w := g.walk(as, at+4<<12); w.Present {
		t.Error("its neighbour came too")
	}
}

// TestMemoryFileSwapped: a file that lives in memory may be larger than memory, as long as there is swap; swapoff brings what is
// left of it back.
func TestMemoryFileSwapped(t *testing.T) {
	code, err := memoryProgram()
	if err != nil {
		t.Fatal(err)
	}
	g := tight(t, "quiet swap=/dev/sdb", newGuest(t, "", map[string]string{"/bin/memory": code}, "/bin/memory", "file").disk, computer.SwapDisk(32<<20))
	g.waits(t, "ready")
	_, full := g.K.MM.SwapSize()
	g.goOn()
	g.waits(t, "cut")
	_, cut := g.K.MM.SwapSize()
	if full < 4000 || cut > 400 || !strings.Contains(g.out.String(), "0 wrong, hole at 24576000\n") {
		t.Errorf("%d slots in use, %d when most was cut off\n%s", full, cut, g.out.String())
	}
	if e := g.K.MM.SwapOff(0); e != 0 {
		t.Errorf("swapoff: %s", e.Name())
	}
	if err := g.K.MM.Check(); err != nil {
		t.Error(err)
	}
	g.goOn()
	if stop := g.until(60); stop.Reason != computer.PowerOff {
		t.Errorf("%+v", stop)
	}
}

// readSwap reads from the second disk.
func readSwap(g *guest, p []byte, off int64) bool {
	return g.K.BlockDevice(8<<8|16).ReadBlock(uint32(off/512), p) == 0
}

// TestSegmentationFault: the shell's words and the status of a program that a fault has killed.
func TestSegmentationFault(t *testing.T) {
	_, out := runs(t, "/bin/sh", "-c", "cd /tmp; /bin/segv; echo $?; ulimit -c unlimited; /bin/segv; echo $?")
	if !strings.Contains(out, "Segmentation fault\n139\n") || !strings.Contains(out, "Segmentation fault (core dumped)\n139\n") {
		t.Error(out)
	}
}
