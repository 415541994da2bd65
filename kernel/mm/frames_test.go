package mm

import (
	"testing"

	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

func TestDirectMap(t *testing.T) {
	w := newWorld(t, 8<<20+0x3000)
	for _, pa := range []uint64{0, 0x1234, 2 << 20, 8<<20 - 1, 8<<20 + 0x2fff} {
		r := mmu.Walk(w.ram, w.root(w.State.KernelRoot), PageOffset+pa)
		if !r.Present || r.Phys != pa || r.Perm&mmu.U != 0 || r.Perm&mmu.W == 0 || r.Perm&mmu.NX == 0 {
			t.Errorf("direct map of %#x: %+v", pa, r)
		}
	}
	id := w.newAS()
	if r := w.walk(id, PageOffset+0x1000); !r.Present || r.PageSize != 2<<20 {
		t.Errorf("kernel half is not shared: %+v", r)
	}
	if r := mmu.Walk(w.ram, w.root(w.State.KernelRoot), PageOffset+8<<20+0x3000); r.Present {
		t.Error("the direct map goes past the end of RAM")
	}
}

func TestFreeInitmem(t *testing.T) {
	w := newWorld(t, 4<<20)
	free := w.FreeFrames()
	if n := w.FreeUse(KernelInit); n != 2 || w.FreeFrames() != free+2 {
		t.Errorf("free_initmem gave back %d frames", n)
	}
	if f, ok := w.AllocFrame(Kernel, 0, 0); !ok || f != 0x103 {
		t.Errorf("lowest free frame is %#x", f)
	}
}

func TestOutOfMemory(t *testing.T) {
	w := newWorld(t, 2<<20)
	id := w.newAS()
	w.pager.sizes[3] = 64 << 12
	f := w.mapAt(id, 0x500000, 64<<12, abi.PROT_READ, private, 3)
	for i := range uint64(64) {
		w.peek(id, f+i<<12)
	}
	if e := w.Unmap(id, f, 64<<12); e != abi.OK {
		t.Fatal(e)
	}
	a := w.mapAt(id, 0x10000000, 4<<20, rw, anon, 0)
	n := 0
	for ; ; n++ {
		if o := w.Fault(id, a+uint64(n)<<12, mmu.FaultU|mmu.FaultW); o.Kind == OOM {
			break
		}
	}
	if len(w.pager.pages) != 0 || n < 200 {
		t.Errorf("out of memory after %d pages with %d in the page cache", n, len(w.pager.pages))
	}
	if _, e := w.Fork(id); e != abi.ENOMEM {
		t.Errorf("fork without memory: %s", e.Name())
	}
	w.Free(id)
	w.checkLeaks()
}

func TestFiveLevels(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.State.Levels = 5
	id := w.newAS()
	a := w.mapAt(id, 0, 0x1000, rw, anon, 0)
	w.poke(id, a, 9)
	if r := w.walk(id, a); !r.Present || r.N != 5 {
		t.Errorf("walk %+v", r)
	}
	w.Free(id)
	w.checkLeaks()
}

func TestAllocFrames(t *testing.T) {
	w := newWorld(t, 4<<20)
	one, _ := w.AllocFrame(Kernel, 0, 0)
	gap, _ := w.AllocFrame(Kernel, 0, 0)
	w.AllocFrame(Kernel, 0, 0)
	w.PutFrame(gap)
	stack, ok := w.AllocFrames(4, KernelStack, 7)
	if !ok || stack != one+3 || w.FrameInfo(stack+3).Owner != 7 || w.FrameInfo(gap).Use != Free {
		t.Errorf("four frames at %#x", stack)
	}
	if _, ok := w.AllocFrames(w.ram.Frames(), Kernel, 0); ok {
		t.Error("more frames than there are")
	}
	if next, _ := w.AllocFrame(Kernel, 0, 0); next != gap {
		t.Errorf("lowest free frame is %#x, want %#x", next, gap)
	}
}

func TestDropLowHalf(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.ram.Write64(w.State.KernelRoot.Addr(), 3)
	w.DropLowHalf()
	if w.ram.Read64(w.State.KernelRoot.Addr()) != 0 || w.ram.Read64(w.State.KernelRoot.Addr()+273*8) == 0 {
		t.Error("only the identity map must go")
	}
}
