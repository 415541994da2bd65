package mm

import (
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
)

// fakePager keeps the pages of a few objects in frames; object n is full of the byte n.
type fakePager struct {
	m     *Manager
	sizes map[uint32]uint64
	pages map[[2]uint64]mem.Frame
	refs  map[uint32]int
	dirty map[[2]uint64]int
	fail  abi.Errno
}

func (p *fakePager) PageIn(obj uint32, index uint64) (mem.Frame, abi.Errno) {
	if p.fail != 0 {
		return 0, p.fail
	}
	k := [2]uint64{uint64(obj), index}
	f, ok := p.pages[k]
	if !ok {
		if f, ok = p.m.AllocFrame(PageCache, obj, index); !ok {
			return 0, abi.ENOMEM
		}
		page := p.m.ram.Page(f)
		for i := range page {
			page[i] = byte(obj)
		}
		p.pages[k] = f
	}
	p.m.GetFrame(f)
	return f, 0
}
func (p *fakePager) ObjGet(obj uint32)      { p.refs[obj]++ }
func (p *fakePager) ObjPut(obj uint32)      { p.refs[obj]-- }
func (p *fakePager) Size(obj uint32) uint64 { return p.sizes[obj] }
func (p *fakePager) Dirty(obj uint32, index uint64) {
	p.dirty[[2]uint64{uint64(obj), index}]++
}
func (p *fakePager) Cached(obj uint32, index uint64) bool {
	_, ok := p.pages[[2]uint64{uint64(obj), index}]
	return ok
}
func (p *fakePager) Reclaim(n int) int {
	freed := 0
	for k, f := range p.pages {
		if freed < n && p.m.State.Frames.Ref[f] == 1 {
			p.m.PutFrame(f)
			delete(p.pages, k)
			freed++
		}
	}
	return freed
}

type fakeTLB struct{ pages, all int }

func (t *fakeTLB) InvalidatePage(uint64) { t.pages++ }
func (t *fakeTLB) FlushTLB()             { t.all++ }

const (
	rw      = abi.PROT_READ | abi.PROT_WRITE
	anon    = abi.MAP_PRIVATE | abi.MAP_ANONYMOUS
	private = abi.MAP_PRIVATE
	shared  = abi.MAP_SHARED
)

type world struct {
	*Manager
	t     *testing.T
	pager *fakePager
	base  int // free frames before any address space
}

func newWorld(t *testing.T, size uint64) *world {
	t.Helper()
	p := &fakePager{sizes: map[uint32]uint64{}, pages: map[[2]uint64]mem.Frame{}, refs: map[uint32]int{}, dirty: map[[2]uint64]int{}}
	m := New(mem.New(size), &trace.Hub{}, p, &fakeTLB{})
	p.m = m
	m.InitFrames([]Range{{0, 1 << 20, Reserved}, {1 << 20, 1<<20 + 0x3000, Kernel}, {1<<20 + 0x3000, 1<<20 + 0x5000, KernelInit}})
	root, _ := m.AllocFrame(PageTable, 0, 4<<48)
	m.ram.Zero(root)
	if e := m.InitKernel(root); e != 0 {
		t.Fatal(e)
	}
	return &world{m, t, p, m.FreeFrames()}
}

func (w *world) newAS() ASID {
	id, e := w.NewAS(DefaultLimits())
	if e != 0 {
		w.t.Fatal(e)
	}
	return id
}

func (w *world) mapAt(id ASID, addr, n uint64, prot, flags, obj uint32) uint64 {
	w.t.Helper()
	if addr != 0 {
		flags |= abi.MAP_FIXED
	}
	a, e := w.Map(id, addr, n, prot, flags, obj, 0)
	if e != 0 {
		w.t.Fatalf("mmap: %s", e.Name())
	}
	return a
}

func (w *world) walk(id ASID, va uint64) mmu.Result {
	return mmu.Walk(w.ram, w.AS(id).Root.Addr(), int(w.State.Levels), va)
}

func (w *world) poke(id ASID, va uint64, b byte) {
	w.t.Helper()
	if e := w.CopyOut(id, va, []byte{b}); e != 0 {
		w.t.Fatalf("write at %#x: %s", va, e.Name())
	}
}

func (w *world) peek(id ASID, va uint64) byte {
	w.t.Helper()
	var b [1]byte
	if e := w.CopyIn(id, b[:], va); e != 0 {
		w.t.Fatalf("read at %#x: %s", va, e.Name())
	}
	return b[0]
}

// checkLeaks wants every frame back that is not the page cache's, and no record to disagree with the tables.
func (w *world) checkLeaks() {
	w.t.Helper()
	if got := w.FreeFrames() + len(w.pager.pages); got != w.base {
		w.t.Errorf("%d frames leaked", w.base-got)
	}
	for obj, n := range w.pager.refs {
		if n != 0 {
			w.t.Errorf("object %d has %d references too many", obj, n)
		}
	}
	if w.State.Shmem.Live != 0 {
		w.t.Errorf("%d shared-memory objects are left", w.State.Shmem.Live)
	}
}

func TestDirectMap(t *testing.T) {
	w := newWorld(t, 8<<20+0x3000)
	for _, pa := range []uint64{0, 0x1234, 2 << 20, 8<<20 - 1, 8<<20 + 0x2fff} {
		r := mmu.Walk(w.ram, w.State.KernelRoot.Addr(), 4, PageOffset+pa)
		if !r.Present || r.Phys != pa || r.Perm&mmu.U != 0 || r.Perm&mmu.W == 0 || r.Perm&mmu.NX == 0 {
			t.Errorf("direct map of %#x: %+v", pa, r)
		}
	}
	id := w.newAS()
	if r := w.walk(id, PageOffset+0x1000); !r.Present || r.PageSize != 2<<20 {
		t.Errorf("kernel half is not shared: %+v", r)
	}
	if r := mmu.Walk(w.ram, w.State.KernelRoot.Addr(), 4, PageOffset+8<<20+0x3000); r.Present {
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
	if e != 0 {
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
	if n, e := w.Prefault(id, data+0xffc, 8, true); n != 4 || e != 0 {
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

func TestProtect(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x4000, rw, anon, 0)
	w.poke(id, a+0x1000, 42)
	if e := w.Protect(id, a+0x1000, 0x1000, abi.PROT_NONE); e != 0 {
		t.Fatal(e)
	}
	if n := len(w.AS(id).VMAs); n != 3 {
		t.Errorf("%d VMAs", n)
	}
	if o := w.Fault(id, a+0x1000, mmu.FaultU); o.Kind != SegvAcc || w.walk(id, a+0x1000).Present {
		t.Errorf("PROT_NONE: %v", o.Kind)
	}
	if e := w.Protect(id, a+0x1000, 0x1000, rw); e != 0 {
		t.Fatal(e)
	}
	if n := len(w.AS(id).VMAs); n != 1 {
		t.Errorf("%d VMAs after the way back", n)
	}
	if w.peek(id, a+0x1000) != 42 {
		t.Error("PROT_NONE lost the page")
	}
	if o := w.Fault(id, a+0x1000, mmu.FaultU|mmu.FaultW|mmu.FaultP); o.Kind != WPReuse {
		t.Errorf("write again: %v", o.Kind)
	}
	if e := w.Protect(id, a+0x3000, 0x2000, rw); e != abi.ENOMEM {
		t.Errorf("over the end: %s", e.Name())
	}
	w.Free(id)
	w.checkLeaks()
}

func TestMapErrors(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	w.mapAt(id, 0x400000, 0x1000, rw, anon, 0)
	for _, c := range []struct {
		addr, n, off uint64
		flags        uint32
		want         abi.Errno
	}{
		{0, 0, 0, anon, abi.EINVAL},
		{0, 0x1000, 5, private, abi.EINVAL},
		{0, ^uint64(0), 0, anon, abi.ENOMEM},
		{0, 0x1000, 0, abi.MAP_ANONYMOUS, abi.EINVAL},
		{0x1000, 0x1000, 0, anon | abi.MAP_FIXED, abi.EPERM},
		{0x400800, 0x1000, 0, anon | abi.MAP_FIXED, abi.EINVAL},
		{TaskSize, 0x1000, 0, anon | abi.MAP_FIXED, abi.ENOMEM},
		{0x400000, 0x1000, 0, anon | abi.MAP_FIXED_NOREPLACE, abi.EEXIST},
		{0, 0x2000, ^uint64(0xfff), private, abi.EOVERFLOW},
	} {
		if _, e := w.Map(id, c.addr, c.n, rw, c.flags, 0, c.off); e != c.want {
			t.Errorf("mmap(%#x, %#x, flags %#x, off %#x): %s, want %s", c.addr, c.n, c.flags, c.off, e.Name(), c.want.Name())
		}
	}
	if _, e := w.MapFile(id, 0, 0x1000, rw, shared, 7, 0, VM_MAYREAD|VM_MAYEXEC); e != abi.EACCES {
		t.Errorf("shared writable mapping of a read-only file: %s", e.Name())
	}
	a, e := w.MapFile(id, 0, 0x1000, abi.PROT_READ, shared, 7, 0, VM_MAYREAD|VM_MAYEXEC)
	if e != 0 || w.Protect(id, a, 0x1000, rw) != abi.EACCES {
		t.Error("mprotect made a read-only file writable")
	}
	if a, _ := w.Map(id, 0x12345, 0x1000, rw, anon, 0, 0); a != 0x13000 {
		t.Errorf("hint: %#x", a)
	}
}

func TestBrk(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	as := w.AS(id)
	as.StartBrk, as.Brk = 0x600000, 0x600000
	if b := w.Brk(id, 0); b != 0x600000 {
		t.Errorf("brk(0) = %#x", b)
	}
	if b := w.Brk(id, 0x601234); b != 0x601234 {
		t.Errorf("grown to %#x", b)
	}
	w.poke(id, 0x601233, 1)
	if b := w.Brk(id, 0x700000); b != 0x700000 || len(as.VMAs) != 1 || as.VMAs[0].Name != NameHeap {
		t.Errorf("grown to %#x, %d VMAs", b, len(as.VMAs))
	}
	w.mapAt(id, 0x800000, 0x1000, rw, anon, 0)
	if b := w.Brk(id, 0x900000); b != 0x700000 {
		t.Errorf("grown over a mapping to %#x", b)
	}
	if b := w.Brk(id, 0x600000); b != 0x600000 || as.RSS() != 0 {
		t.Errorf("shrunk to %#x, rss %d", b, as.RSS())
	}
	w.Free(id)
	w.checkLeaks()
}

func TestRemap(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x2000, rw, anon, 0)
	w.poke(id, a, 1)
	w.poke(id, a+0x1000, 2)
	if b, e := w.Remap(id, a, 0x2000, 0x3000, 0, 0); b != a || e != 0 {
		t.Errorf("grow in place: %#x %s", b, e.Name())
	}
	w.mapAt(id, 0x403000, 0x1000, abi.PROT_READ, anon, 0)
	if _, e := w.Remap(id, a, 0x3000, 0x4000, 0, 0); e != abi.ENOMEM {
		t.Errorf("grow without room: %s", e.Name())
	}
	b, e := w.Remap(id, a, 0x3000, 0x8000, abi.MREMAP_MAYMOVE, 0)
	if e != 0 || b == a || w.peek(id, b) != 1 || w.peek(id, b+0x1000) != 2 {
		t.Fatalf("move: %#x %s", b, e.Name())
	}
	if w.AS(id).Find(a) != nil {
		t.Error("the old place is still mapped")
	}
	if _, e := w.Remap(id, b, 0x8000, 0x1000, 0, 0); e != 0 || w.AS(id).Find(b+0x1000) != nil {
		t.Errorf("shrink: %s", e.Name())
	}
	c, e := w.Remap(id, b, 0x1000, 0x1000, abi.MREMAP_MAYMOVE|abi.MREMAP_FIXED, 0x403000)
	if e != 0 || c != 0x403000 || w.peek(id, c) != 1 {
		t.Errorf("fixed: %#x %s", c, e.Name())
	}
	if _, e := w.Remap(id, 0x10000000, 0x1000, 0x2000, 0, 0); e != abi.EFAULT {
		t.Errorf("of nothing: %s", e.Name())
	}
	w.Free(id)
	w.checkLeaks()
}

func TestAdvise(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x3000, rw, anon, 0)
	w.poke(id, a, 1)
	w.poke(id, a+0x1000, 1)
	if v, e := w.Incore(id, a, 0x3000); e != 0 || string(v) != "\x01\x01\x00" {
		t.Errorf("mincore: %v %s", v, e.Name())
	}
	if e := w.Advise(id, a, 0x1000, abi.MADV_DONTNEED); e != 0 || w.peek(id, a) != 0 || w.peek(id, a+0x1000) != 1 {
		t.Errorf("MADV_DONTNEED: %s", e.Name())
	}
	if e := w.Advise(id, a+0x1000, 0x1000, abi.MADV_DONTFORK); e != 0 || len(w.AS(id).VMAs) != 3 {
		t.Errorf("MADV_DONTFORK: %s", e.Name())
	}
	if e := w.Advise(id, a, 0x3000, abi.MADV_DOFORK); e != 0 || len(w.AS(id).VMAs) != 1 {
		t.Errorf("MADV_DOFORK: %s, %d VMAs", e.Name(), len(w.AS(id).VMAs))
	}
	if e := w.Advise(id, a, 0x4000, abi.MADV_DONTNEED); e != abi.ENOMEM {
		t.Errorf("over a hole: %s", e.Name())
	}
	if e := w.Advise(id, a, 0x1000, 77); e != abi.EINVAL {
		t.Errorf("unknown: %s", e.Name())
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
	if e := w.Unmap(id, f, 64<<12); e != 0 {
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

func TestCopyString(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x2000, rw, anon, 0)
	if e := w.CopyOut(id, a+0xffd, []byte("across\x00")); e != 0 {
		t.Fatal(e)
	}
	if s, e := w.CopyString(id, a+0xffd, 4096); string(s) != "across" || e != 0 {
		t.Errorf("%q %s", s, e.Name())
	}
	if _, e := w.CopyString(id, a+0xffd, 6); e != abi.ENAMETOOLONG {
		t.Errorf("without room for the NUL: %s", e.Name())
	}
	w.CopyOut(id, a+0x1ffc, []byte("endx"))
	if _, e := w.CopyString(id, a+0x1ffc, 4096); e != abi.EFAULT {
		t.Errorf("unterminated at the edge: %s", e.Name())
	}
}

func TestFutexKey(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	s := w.mapAt(id, 0x400000, 0x2000, rw, shared|abi.MAP_ANONYMOUS, 0)
	p := w.mapAt(id, 0x500000, 0x1000, rw, anon, 0)
	child, _ := w.Fork(id)
	a, _ := w.FutexKey(id, s+0x1004, false)
	b, _ := w.FutexKey(child, s+0x1004, false)
	if a != b || a.Off != 0x1004 {
		t.Errorf("shared: %+v %+v", a, b)
	}
	c, _ := w.FutexKey(id, p, false)
	d, _ := w.FutexKey(child, p, false)
	if c == d {
		t.Error("private words have one key")
	}
}
