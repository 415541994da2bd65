package mm

import (
	"math/rand"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

// hugeWorld has memory for some huge pages and an address space with 8 MiB that want them.
func hugeWorld(t *testing.T) (w *world, id ASID, at uint64) {
	t.Helper()
	w = newWorld(t, 24<<20)
	id = w.newAS()
	at = w.mapAt(id, 0x40000000, 8<<20, rw, anon, 0)
	if e := w.Advise(id, at, 8<<20, abi.MADV_HUGEPAGE); e != abi.OK {
		t.Fatal(e.Name())
	}
	return w, id, at
}

func (w *world) wantHuge(id ASID, n int32) {
	w.t.Helper()
	if err := w.Check(); err != nil {
		w.t.Error(err)
	}
	if got := w.AS(id).Huge; got != n {
		w.t.Errorf("%d huge pages, want %d", got, n)
	}
}

// TestHugeFault: one fault maps 2 MiB by one entry of the page directory.
func TestHugeFault(t *testing.T) {
	w, id, at := hugeWorld(t)
	o := w.Fault(id, at+0x123456, mmu.FaultU|mmu.FaultW)
	r := w.walk(id, at+0x123456)
	if o.Kind != HugePage || !r.Present || r.PageSize != 2<<20 || r.Phys&(2<<20-1) != 0x123456 || r.Perm&(mmu.W|mmu.U) != mmu.W|mmu.U {
		t.Fatalf("%v %+v", o.Kind, r)
	}
	if in := w.FrameInfo(mem.FrameOf(r.Phys)); in.Use != Anonymous || in.Index != (at+0x123456)>>12 {
		t.Errorf("record %+v", in)
	}
	if as := w.AS(id); as.RSS() != 512 || as.Tables != 3 {
		t.Errorf("rss %d, %d tables", as.RSS(), as.Tables)
	}
	w.wantHuge(id, 1)
	w.Free(id)
	w.checkLeaks()
}

// TestHugeModes: where the mode or the VMA does not allow it, pages are small.
func TestHugeModes(t *testing.T) {
	for _, c := range []struct {
		mode   HugeMode
		advice int
		want   FaultKind
	}{
		{HugeMadvise, abi.MADV_HUGEPAGE, HugePage}, {HugeMadvise, abi.MADV_NORMAL, AnonPage}, {HugeMadvise, abi.MADV_NOHUGEPAGE, AnonPage},
		{HugeAlways, abi.MADV_HUGEPAGE, HugePage}, {HugeAlways, abi.MADV_NORMAL, HugePage}, {HugeAlways, abi.MADV_NOHUGEPAGE, AnonPage},
		{HugeNever, abi.MADV_HUGEPAGE, AnonPage}, {HugeNever, abi.MADV_NORMAL, AnonPage},
	} {
		w := newWorld(t, 16<<20)
		w.State.Huge = c.mode
		id := w.newAS()
		at := w.mapAt(id, 0x40001000, 6<<20, rw, anon, 0)
		w.Advise(id, at, 6<<20, c.advice)
		if o := w.Fault(id, at, mmu.FaultU|mmu.FaultW); o.Kind != AnonPage {
			t.Errorf("%v: a page at the unaligned start: %v", c.mode, o.Kind)
		}
		if o := w.Fault(id, at+2<<20, mmu.FaultU|mmu.FaultW); o.Kind != c.want {
			t.Errorf("%v, advice %d: %v, want %v", HugeModeNames[c.mode], c.advice, o.Kind, c.want)
		}
	}
}

// TestHugeSplit: what changes a part of a huge page makes small pages of it, and the rest keeps its contents.
func TestHugeSplit(t *testing.T) {
	for name, change := range map[string]func(w *world, id ASID, at uint64){
		"munmap":   func(w *world, id ASID, at uint64) { w.Unmap(id, at+0x5000, 0x1000) },
		"mprotect": func(w *world, id ASID, at uint64) { w.Protect(id, at+0x5000, 0x1000, abi.PROT_NONE) },
		"dontneed": func(w *world, id ASID, at uint64) { w.Advise(id, at+0x5000, 0x1000, abi.MADV_DONTNEED) },
		"mlock":    func(w *world, id ASID, at uint64) { w.Lock(id, at+0x5000, 0x1000, false) },
		"mremap": func(w *world, id ASID, at uint64) {
			w.Remap(id, at+0x5000, 0x1000, 0x1000, abi.MREMAP_MAYMOVE|abi.MREMAP_FIXED, 0x50000000)
		},
		"swap": func(w *world, id ASID, at uint64) { w.Advise(id, at+0x5000, 0x1000, abi.MADV_PAGEOUT) },
	} {
		w, id, at := hugeWorld(t)
		w.swapOn(64, -1)
		w.poke(id, at, 1)
		w.poke(id, at+0x1fffff, 2)
		w.poke(id, at+2<<20, 3)
		w.wantHuge(id, 2)
		change(w, id, at)
		w.wantHuge(id, 1)
		if w.State.Counters.HugeSplit != 1 || w.peek(id, at) != 1 || w.peek(id, at+0x1fffff) != 2 || w.walk(id, at).PageSize != 4096 {
			t.Errorf("%s: %d splits, page of %d", name, w.State.Counters.HugeSplit, w.walk(id, at).PageSize)
		}
		w.Free(id)
		w.noSwapLeft()
		w.checkLeaks()
	}
}

// TestHugeWhole: what changes a huge page as a whole leaves it whole.
func TestHugeWhole(t *testing.T) {
	w, id, at := hugeWorld(t)
	w.poke(id, at, 1)
	w.poke(id, at+2<<20, 2)
	w.Protect(id, at, 2<<20, abi.PROT_NONE)
	w.wantHuge(id, 2)
	w.Protect(id, at, 2<<20, rw)
	if to, e := w.Remap(id, at+2<<20, 2<<20, 2<<20, abi.MREMAP_MAYMOVE|abi.MREMAP_FIXED, 0x50000000); e != abi.OK || w.peek(id, to) != 2 {
		t.Errorf("mremap: %s", e.Name())
	}
	w.wantHuge(id, 2)
	if r := w.walk(id, 0x50000000); r.PageSize != 2<<20 || w.peek(id, at) != 1 {
		t.Errorf("page of %d", r.PageSize)
	}
	w.Unmap(id, 0x50000000, 2<<20)
	w.wantHuge(id, 1)
	w.Advise(id, at, 4<<20, abi.MADV_DONTNEED)
	w.wantHuge(id, 0)
	if w.State.Counters.HugeSplit != 0 || w.AS(id).RSS() != 0 {
		t.Errorf("%d splits, rss %d", w.State.Counters.HugeSplit, w.AS(id).RSS())
	}
	w.Free(id)
	w.checkLeaks()
}

// TestHugeFork: parent and child share the huge page until one writes; then that one has small pages, one of them its own.
func TestHugeFork(t *testing.T) {
	w, id, at := hugeWorld(t)
	w.poke(id, at+0x7000, 7)
	child, e := w.Fork(id)
	if e != abi.OK {
		t.Fatal(e.Name())
	}
	p, c := w.walk(id, at), w.walk(child, at)
	if p.PageSize != 2<<20 || c.PageSize != 2<<20 || p.Phys != c.Phys || (p.Perm|c.Perm)&mmu.W != 0 {
		t.Errorf("after fork: %+v %+v", p, c)
	}
	w.wantHuge(child, 1)
	w.poke(child, at+0x7000, 8)
	w.wantHuge(child, 0)
	w.wantHuge(id, 1)
	if w.peek(id, at+0x7000) != 7 || w.peek(child, at+0x7000) != 8 || w.AS(child).RSS() != 512 {
		t.Errorf("parent %d, child %d, rss %d", w.peek(id, at+0x7000), w.peek(child, at+0x7000), w.AS(child).RSS())
	}
	w.Free(child)
	if o := w.Fault(id, at+0x7000, mmu.FaultU|mmu.FaultW|mmu.FaultP); o.Kind != WPReuse {
		t.Errorf("the last owner's write: %v", o.Kind)
	}
	w.wantHuge(id, 1)
	w.Free(id)
	w.checkLeaks()
}

// TestHugeFallback: where 2 MiB in a row cannot be had, there are small pages.
func TestHugeFallback(t *testing.T) {
	w := newWorld(t, 6<<20)
	id := w.newAS()
	at := w.mapAt(id, 0x40000000, 8<<20, rw, anon, 0)
	w.Advise(id, at, 8<<20, abi.MADV_HUGEPAGE)
	for i := range uint64(3) {
		w.poke(id, at+i<<21, 1)
	}
	w.wantHuge(id, 2)
	if c := w.State.Counters; c.HugeFault != 2 || c.HugeFallback != 1 {
		t.Errorf("%d huge pages, %d not to be had", c.HugeFault, c.HugeFallback)
	}
	w.Free(id)
	w.checkLeaks()
}

// TestRandomHuge does in no sensible order what changes huge pages, in several spaces and with too little memory, and
// compares what is read with a copy kept beside.
func TestRandomHuge(t *testing.T) {
	for seed := range int64(12) {
		randomHuge(t, rand.New(rand.NewSource(seed)))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

type hugeModel map[uint64]byte // what was written; 0 where nothing was

func (h hugeModel) forget(addr, n uint64) {
	for va := range h {
		if addr <= va && va < addr+n {
			delete(h, va)
		}
	}
}

func randomHuge(t *testing.T, r *rand.Rand) {
	const base, span = 0x40000000, 6 << 20
	w := newWorld(t, 12<<20)
	w.swapOn(4096, -1)
	w.State.Reclaim.Policy = Replacement(r.Intn(int(NumReplacements)))
	w.State.Huge = []HugeMode{HugeAlways, HugeMadvise}[r.Intn(2)]
	first := w.newAS()
	w.mapAt(first, base, span, rw, anon, 0)
	spaces := map[ASID]hugeModel{first: {}}
	for step := 0; step < 150 && !t.Failed(); step++ {
		id := ASID(1 + r.Intn(4))
		mine := spaces[id]
		if mine == nil {
			continue
		}
		n := uint64(1+r.Intn(8)) << 12
		addr := base + uint64(r.Intn(span>>12))<<12
		if r.Intn(2) == 0 {
			addr, n = addr&^hugeMask, hugeSize
		}
		n = min(n, base+span-addr)
		switch r.Intn(12) {
		case 0:
			w.mapAt(id, addr, n, rw, anon, 0)
			mine.forget(addr, n)
		case 1:
			w.Unmap(id, addr, n)
			mine.forget(addr, n)
		case 2:
			w.Protect(id, addr, n, []uint32{abi.PROT_READ, rw, rw, abi.PROT_NONE}[r.Intn(4)])
		case 3:
			w.Advise(id, addr, n, []int{abi.MADV_HUGEPAGE, abi.MADV_HUGEPAGE, abi.MADV_NOHUGEPAGE}[r.Intn(3)])
		case 4:
			w.Advise(id, addr, n, abi.MADV_DONTNEED) // ENOMEM when there is a hole, but what is there goes
			for va := range mine {
				if addr <= va && va < addr+n {
					mine[va] = 0
				}
			}
		case 5:
			w.Advise(id, addr, n, abi.MADV_PAGEOUT)
		case 6:
			w.Shrink(r.Intn(400))
		case 7:
			if len(spaces) < 4 {
				child, e := w.Fork(id)
				if e != abi.OK {
					break
				}
				spaces[child] = hugeModel{}
				for va, b := range mine {
					spaces[child][va] = b
				}
			}
		case 8:
			if len(spaces) > 1 && r.Intn(2) == 0 {
				w.Free(id)
				delete(spaces, id)
				continue
			}
		case 9:
			to := base + uint64(r.Intn(3))*hugeSize + uint64(r.Intn(2)*r.Intn(512))<<12
			if v := w.AS(id).Find(addr); v == nil || addr+n > v.End || to+n > base+span || to < addr+n && addr < to+n {
				break
			}
			if _, e := w.Remap(id, addr, n, n, abi.MREMAP_MAYMOVE|abi.MREMAP_FIXED, to); e == abi.OK {
				mine.forget(to, n)
				for va, b := range mine {
					if addr <= va && va < addr+n {
						delete(mine, va)
						mine[va-addr+to] = b
					}
				}
			}
		default:
			for range 4 {
				va := addr + uint64(r.Intn(int(n)))
				if w.CopyOut(id, va, []byte{byte(step)}) == abi.OK {
					mine[va] = byte(step)
				}
			}
		}
		for va, want := range mine {
			if v := w.AS(id).Find(va); v == nil || v.Flags&VM_READ == 0 {
				continue
			}
			if got := w.peek(id, va); got != want {
				t.Errorf("step %d: %#x reads %d, want %d", step, va, got, want)
			}
		}
		if err := w.Check(); err != nil {
			t.Errorf("step %d: %v", step, err)
		}
	}
	for id := range spaces {
		w.Free(id)
	}
	w.noSwapLeft()
	w.checkLeaks()
}
