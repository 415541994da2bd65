package mm

import (
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

func TestAnonymous(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0, 0x3000, rw, anon, 0)
	if a != 0x7ffff7ffc000 {
		t.Errorf("first mapping is at %#x", a)
	}
	if r := w.walk(id, a); r.Present {
		t.Error("mmap mapped a page")
	}
	if o := w.Fault(id, a+8, mmu.FaultU); o.Kind != ZeroPage || !o.Resolved() {
		t.Errorf("read: %+v", o)
	}
	if r := w.walk(id, a); r.Phys != w.State.ZeroPage.Addr() || r.Perm&mmu.W != 0 || r.Steps[3].Entry&mmu.COW == 0 {
		t.Errorf("zero page: %+v", r)
	}
	if o := w.Fault(id, a+8, mmu.FaultU|mmu.FaultW|mmu.FaultP); o.Kind != WPCopy {
		t.Errorf("write to the zero page: %v", o.Kind)
	}
	if o := w.Fault(id, a+0x1000, mmu.FaultU|mmu.FaultW); o.Kind != AnonPage {
		t.Errorf("write: %v", o.Kind)
	}
	r := w.walk(id, a+0x1000)
	if r.Perm&(mmu.W|mmu.U|mmu.NX|mmu.D) != mmu.W|mmu.U|mmu.NX|mmu.D {
		t.Errorf("permissions %#x", r.Perm)
	}
	if in := w.FrameInfo(mem.FrameOf(r.Phys)); in.Use != Anonymous || in.Owner != uint32(id) || in.Index != (a+0x1000)>>12 {
		t.Errorf("record %+v", in)
	}
	if as := w.AS(id); as.RSS() != 2 || as.Tables != 3 {
		t.Errorf("rss %d tables %d", as.RSS(), as.Tables)
	}
	w.Free(id)
	w.checkLeaks()
}

func TestForkCopyOnWrite(t *testing.T) {
	w := newWorld(t, 4<<20)
	parent := w.newAS()
	a := w.mapAt(parent, 0, 0x2000, rw, anon, 0)
	s := w.mapAt(parent, 0, 0x1000, rw, shared|abi.MAP_ANONYMOUS, 0)
	w.poke(parent, a, 1)
	w.poke(parent, s, 1)
	child, e := w.Fork(parent)
	if e != abi.OK {
		t.Fatal(e)
	}
	p, c := w.walk(parent, a), w.walk(child, a)
	if p.Phys != c.Phys || (p.Perm|c.Perm)&mmu.W != 0 {
		t.Fatalf("after fork: %+v %+v", p, c)
	}
	if p.Steps[3].Entry&c.Steps[3].Entry&mmu.COW == 0 || w.FrameInfo(mem.FrameOf(p.Phys)).Ref != 2 {
		t.Error("the frame is not marked as shared")
	}
	if o := w.Fault(child, a, mmu.FaultU|mmu.FaultW|mmu.FaultP); o.Kind != WPCopy {
		t.Errorf("child's write: %v", o.Kind)
	}
	if o := w.Fault(parent, a, mmu.FaultU|mmu.FaultW|mmu.FaultP); o.Kind != WPReuse {
		t.Errorf("parent's write: %v", o.Kind)
	}
	w.poke(child, a, 2)
	w.poke(child, s, 2)
	if w.peek(parent, a) != 1 || w.peek(child, a) != 2 {
		t.Error("private memory is shared")
	}
	if w.peek(parent, s) != 2 {
		t.Error("shared memory is private")
	}
	if w.State.Counters.COWCopied != 1 || w.State.Counters.COWReused != 1 {
		t.Errorf("counters %+v", w.State.Counters)
	}
	w.Free(parent)
	w.Free(child)
	w.checkLeaks()
}

func TestFileMappings(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.pager.sizes[7] = 0x1800
	id := w.newAS()
	priv := w.mapAt(id, 0x400000, 0x3000, rw, private, 7)
	shar := w.mapAt(id, 0x500000, 0x2000, rw, shared, 7)
	if o := w.Fault(id, priv, mmu.FaultU); o.Kind != ReadFault || !o.Major {
		t.Errorf("read: %+v", o)
	}
	if o := w.Fault(id, shar, mmu.FaultU); o.Kind != ReadFault || o.Major {
		t.Errorf("second mapping: %+v", o)
	}
	if w.walk(id, priv).Phys != w.walk(id, shar).Phys {
		t.Error("two mappings of one page have two frames")
	}
	w.poke(id, shar, 99)
	if w.pager.dirty[[2]uint64{7, 0}] != 1 || w.peek(id, priv) != 99 {
		t.Error("a shared write is not seen")
	}
	w.poke(id, priv, 5)
	if w.peek(id, shar) != 99 {
		t.Error("a private write is seen")
	}
	if o := w.Fault(id, priv+0x1000, mmu.FaultU|mmu.FaultW); o.Kind != CowFault {
		t.Errorf("private write first: %v", o.Kind)
	}
	if o := w.Fault(id, shar+0x1000, mmu.FaultU|mmu.FaultW); o.Kind != SharedFault {
		t.Errorf("shared write first: %v", o.Kind)
	}
	if o := w.Fault(id, priv+0x2000, mmu.FaultU); o.Kind != Bus || o.Signal != abi.SIGBUS || o.Code != abi.BUS_ADRERR {
		t.Errorf("past the end: %+v", o)
	}
	w.CleanObject(7)
	w.poke(id, shar, 1)
	if w.pager.dirty[[2]uint64{7, 0}] != 2 {
		t.Error("a write after writeback is not noticed")
	}
	w.ZapObject(7, 1)
	if w.walk(id, priv+0x1000).Present || w.walk(id, shar+0x1000).Present || !w.walk(id, priv).Present {
		t.Error("truncation unmapped the wrong pages")
	}
	w.pager.fail = abi.EIO
	if o := w.Fault(id, shar+0x1000, mmu.FaultU); o.Kind != Bus {
		t.Errorf("I/O error: %v", o.Kind)
	}
	w.Free(id)
	w.checkLeaks()
}

func TestRefusals(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.pager.sizes[7] = 0x1000
	id := w.newAS()
	text := w.mapAt(id, 0x400000, 0x1000, abi.PROT_READ|abi.PROT_EXEC, private, 7)
	none := w.mapAt(id, 0x500000, 0x1000, abi.PROT_NONE, anon, 0)
	data := w.mapAt(id, 0x600000, 0x1000, rw, anon, 0)
	w.poke(id, data, 1)
	for _, c := range []struct {
		va   uint64
		code uint32
		kind FaultKind
	}{
		{0, mmu.FaultU, SegvMap},
		{0x300000, mmu.FaultU | mmu.FaultW, SegvMap},
		{text, mmu.FaultU | mmu.FaultW, SegvAcc},
		{text, mmu.FaultU | mmu.FaultI, ReadFault},
		{none, mmu.FaultU, SegvAcc},
		{data, mmu.FaultU | mmu.FaultI | mmu.FaultP, SegvAcc},
		{TaskSize, mmu.FaultU, SegvMap},
		{PageOffset, mmu.FaultU | mmu.FaultP, SegvMap},
	} {
		if o := w.Fault(id, c.va, c.code); o.Kind != c.kind {
			t.Errorf("%#x code %#x: %v, want %v", c.va, c.code, o.Kind, c.kind)
		}
	}
	if e := w.CopyOut(id, text, []byte{1}); e != abi.EFAULT {
		t.Errorf("copy to read-only memory: %s", e.Name())
	}
	if e := w.CopyIn(id, make([]byte, 8), data+0xffc); e != abi.EFAULT {
		t.Errorf("copy over the edge: %s", e.Name())
	}
	if n, e := w.Prefault(id, data+0xffc, 8, true); n != 4 || e != abi.OK {
		t.Errorf("prefault over the edge: %d %s", n, e.Name())
	}
	if e := w.CopyIn(id, make([]byte, 8), PageOffset); e != abi.EFAULT {
		t.Errorf("copy from the kernel half: %s", e.Name())
	}
}

func TestStackGrows(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	top := uint64(0x7ffffffde000)
	w.mapAt(id, top, 0x21000, rw, anon|abi.MAP_GROWSDOWN, 0)
	if o := w.Fault(id, top-8, mmu.FaultU|mmu.FaultW); !o.Grown || o.Kind != AnonPage {
		t.Errorf("growth: %+v", o)
	}
	if o := w.Fault(id, 0x7ffffffff000-DefaultStack, mmu.FaultU); !o.Grown {
		t.Errorf("growth to the limit: %+v", o)
	}
	if o := w.Fault(id, 0x7ffffffff000-DefaultStack-8, mmu.FaultU); o.Kind != SegvMap {
		t.Errorf("growth past the limit: %+v", o)
	}
	low := w.newAS()
	w.mapAt(low, 0x10000000, 0x1000, rw, anon|abi.MAP_GROWSDOWN, 0)
	w.mapAt(low, 0x10000000-StackGuardGap-0x2000, 0x1000, rw, anon, 0)
	if o := w.Fault(low, 0x10000000-0x1000, mmu.FaultU); !o.Grown {
		t.Errorf("growth above the gap: %+v", o)
	}
	if o := w.Fault(low, 0x10000000-0x2000, mmu.FaultU); o.Kind != SegvMap {
		t.Errorf("growth into the gap: %+v", o)
	}
}
