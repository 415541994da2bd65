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

	disks    [][]byte // swap areas
	swapFail abi.Errno
}

func (p *fakePager) PageIn(obj uint32, index uint64) (mem.Frame, abi.Errno) {
	if p.fail != abi.OK {
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
	return f, abi.OK
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
func (p *fakePager) Evictable(uint32) bool { return true }
func (p *fakePager) Evict(obj uint32, index uint64) bool {
	k := [2]uint64{uint64(obj), index}
	f := p.pages[k]
	if p.dirty[k] > 0 || p.m.State.Frames.Ref[f] != 1 {
		return false
	}
	p.m.PutFrame(f)
	delete(p.pages, k)
	return true
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
	m.State.Commit.Mode = OvercommitAlways
	m.InitFrames([]Range{{0, 1 << 20, Reserved}, {1 << 20, 1<<20 + 0x3000, Kernel}, {1<<20 + 0x3000, 1<<20 + 0x5000, KernelInit}})
	root, _ := m.AllocFrame(PageTable, 0, 4<<48)
	m.ram.Zero(root)
	if e := m.InitKernel(root); e != abi.OK {
		t.Fatal(e)
	}
	return &world{m, t, p, m.FreeFrames()}
}

func (w *world) newAS() ASID {
	id, e := w.NewAS(DefaultLimits())
	if e != abi.OK {
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
	if e != abi.OK {
		w.t.Fatalf("mmap: %s", e.Name())
	}
	return a
}

func (w *world) walk(id ASID, va uint64) mmu.Result {
	return mmu.Walk(w.ram, w.root(w.AS(id).Root), va)
}

func (w *world) poke(id ASID, va uint64, b byte) {
	w.t.Helper()
	if e := w.CopyOut(id, va, []byte{b}); e != abi.OK {
		w.t.Fatalf("write at %#x: %s", va, e.Name())
	}
}

func (w *world) peek(id ASID, va uint64) byte {
	w.t.Helper()
	var b [1]byte
	if e := w.CopyIn(id, b[:], va); e != abi.OK {
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
