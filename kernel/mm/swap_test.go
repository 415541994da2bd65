package mm

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"vitrine/engine/state"
	"vitrine/kernel/abi"
)

func (p *fakePager) SwapRead(a *SwapArea, page uint32, b []byte) abi.Errno {
	if p.swapFail != abi.OK {
		return p.swapFail
	}
	copy(b, p.disks[a.Object][page<<pageShift:])
	return abi.OK
}

func (p *fakePager) SwapWrite(a *SwapArea, page uint32, b []byte) abi.Errno {
	if p.swapFail != abi.OK {
		return p.swapFail
	}
	copy(p.disks[a.Object][page<<pageShift:], b)
	return abi.OK
}

// swapOn adds an area of n usable pages.
func (w *world) swapOn(n uint32, prio int16) int {
	w.t.Helper()
	disk := make([]byte, (n+1)<<pageShift)
	copy(disk, MakeSwapHeader(n+1, [16]byte{}))
	h, e := ParseSwapHeader(disk, n+1)
	if e != abi.OK {
		w.t.Fatal(e)
	}
	w.pager.disks = append(w.pager.disks, disk)
	if e := w.SwapOn(SwapArea{Object: uint32(len(w.pager.disks) - 1), Prio: prio}, h); e != abi.OK {
		w.t.Fatal(e)
	}
	for i := range w.State.Swap {
		if s := &w.State.Swap[i]; s.On && s.Object == uint32(len(w.pager.disks)-1) {
			return i
		}
	}
	return -1
}

// noSwapLeft wants every slot free.
func (w *world) noSwapLeft() {
	w.t.Helper()
	if _, used := w.SwapSize(); used != 0 {
		w.t.Errorf("%d swap slots are left", used)
	}
	if err := w.Check(); err != nil {
		w.t.Error(err)
	}
	if w.State.Rmaps.Live != 0 {
		w.t.Errorf("%d reverse maps are left", w.State.Rmaps.Live)
	}
}

// fill writes a word that depends on page and seed at both ends of the page.
func (w *world) fill(id ASID, va uint64, seed uint64) {
	w.t.Helper()
	for _, at := range []uint64{va, va + pageSize - 8} {
		if e := w.Write64(id, at, at*0x9e3779b97f4a7c15+seed); e != abi.OK {
			w.t.Fatalf("write at %#x: %s", at, e.Name())
		}
	}
}

func (w *world) verify(id ASID, va uint64, seed uint64) {
	w.t.Helper()
	for _, at := range []uint64{va, va + pageSize - 8} {
		if got, e := w.Read64(id, at); e != abi.OK || got != at*0x9e3779b97f4a7c15+seed {
			w.t.Fatalf("read at %#x: %#x, %s", at, got, e.Name())
		}
	}
}

func TestSwapEntryIsLinux(t *testing.T) {
	for _, c := range []struct {
		area int
		page uint32
		pte  uint64
	}{ // by arch/x86/include/asm/pgtable_64.h of Linux 6.1, with a C compiler
		{0, 1, 0x07fffffffffffc00},
		{1, 1, 0x0ffffffffffffc00},
		{7, 0x12345, 0x3ffffffffdb97400},
	} {
		s := swapEntry(c.area, c.page)
		if got := s.PTE(); got != c.pte || !IsSwap(got) || SwapOf(got) != s {
			t.Errorf("type %d, offset %#x: %#x, want %#x", c.area, c.page, got, c.pte)
		}
	}
}

func TestSwapHeader(t *testing.T) {
	good := MakeSwapHeader(100, [16]byte{1, 2, 3})
	if h, e := ParseSwapHeader(good, 100); e != abi.OK || h.Last != 99 || h.Bad != nil {
		t.Errorf("%+v, %s", h, e.Name())
	}
	for _, c := range []struct {
		name  string
		at    int
		value byte
		pages uint32
	}{
		{"longer than the disk", 0, 0, 99}, {"another magic", 4090, 'X', 100}, {"version 2", 1024, 2, 100},
		{"bad page 0", 1032, 1, 100}, {"too many bad pages", 1034, 1, 100},
	} {
		p := slices.Clone(good)
		p[c.at] = c.value
		if _, e := ParseSwapHeader(p, c.pages); e != abi.EINVAL {
			t.Errorf("%s: %s", c.name, e.Name())
		}
	}
	p := slices.Clone(good)
	p[1032], p[1536], p[1537] = 1, 5, 0
	if h, e := ParseSwapHeader(p, 100); e != abi.OK || len(h.Bad) != 1 || h.Bad[0] != 5 {
		t.Errorf("a bad page: %+v, %s", h, e.Name())
	}
}

func FuzzSwapHeader(f *testing.F) {
	f.Add(MakeSwapHeader(64, [16]byte{}), uint32(64))
	f.Fuzz(func(t *testing.T, p []byte, pages uint32) {
		h, e := ParseSwapHeader(p, pages)
		if e != abi.OK {
			return
		}
		if h.Last >= pages || h.Last == 0 || h.Last >= maxSwapPages {
			t.Fatalf("%+v of %d pages", h, pages)
		}
		for _, bad := range h.Bad {
			if bad == 0 || bad > h.Last {
				t.Fatalf("bad page %d of %d", bad, h.Last)
			}
		}
	})
}

// TestMoreThanMemory touches four times the memory there is under every policy and finds every word again.
func TestMoreThanMemory(t *testing.T) {
	for policy := range NumReplacements {
		t.Run(policy.String(), func(t *testing.T) {
			w := newWorld(t, 2<<20)
			w.State.Reclaim.Policy = policy
			w.swapOn(1024, -1)
			id := w.newAS()
			const pages = 900
			a := w.mapAt(id, 0x10000000, pages<<12, rw, anon, 0)
			s := w.mapAt(id, 0x20000000, 100<<12, rw, shared|abi.MAP_ANONYMOUS, 0)
			r := rand.New(rand.NewSource(int64(policy)))
			for round := range uint64(3) {
				for i := range uint64(pages) {
					w.fill(id, a+i<<12, round)
					if i < 100 {
						w.fill(id, s+i<<12, round)
					}
				}
				for range pages {
					i := uint64(r.Intn(pages))
					w.verify(id, a+i<<12, round)
					w.verify(id, s+i%100<<12, round)
				}
				if err := w.Check(); err != nil {
					t.Fatal(err)
				}
			}
			if c := &w.State.Counters; c.SwapOut < 2000 || c.SwapIn < 1000 || c.Major < c.SwapIn/2 {
				t.Errorf("counters %+v", *c)
			}
			w.Free(id)
			w.checkLeaks()
			w.noSwapLeft()
		})
	}
}

func TestOutOfMemoryWhenSwapIsFull(t *testing.T) {
	w := newWorld(t, 2<<20)
	w.swapOn(300, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 4<<20, rw, anon, 0)
	free, n := w.FreeFrames(), 0
	for w.Write64(id, a+uint64(n)<<12, uint64(n)) == abi.OK {
		n++
	}
	if _, used := w.SwapSize(); used != 300 || n < free+300-16 || n > free+300 {
		t.Errorf("out of memory after %d pages, with %d frames and %d slots", n, free, used)
	}
	w.Free(id)
	w.checkLeaks()
	w.noSwapLeft()
}

// TestSwapOff brings back pages of a fork, of a PROT_NONE mapping and of shared memory.
func TestSwapOff(t *testing.T) {
	w := newWorld(t, 4<<20)
	area := w.swapOn(500, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 100<<12, rw, anon, 0)
	s := w.mapAt(id, 0x20000000, 50<<12, rw, shared|abi.MAP_ANONYMOUS, 0)
	for i := range uint64(100) {
		w.fill(id, a+i<<12, 1)
		w.fill(id, s+i%50<<12, 2)
	}
	w.Protect(id, a, 10<<12, abi.PROT_NONE)
	w.Shrink(120)
	child, e := w.Fork(id)
	if e != abi.OK {
		t.Fatal(e)
	}
	w.fill(child, a+50<<12, 3)
	if w.AS(id).Swapped < 50 || w.AS(child).Swapped < 50 {
		t.Errorf("%d and %d pages in swap", w.AS(id).Swapped, w.AS(child).Swapped)
	}
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	if e := w.SwapOff(area); e != abi.OK {
		t.Fatal(e)
	}
	if w.AS(id).Swapped != 0 || w.State.Swap[area].On {
		t.Error("something is left in swap")
	}
	w.Protect(id, a, 10<<12, rw)
	for i := range uint64(100) {
		w.verify(id, a+i<<12, 1)
		w.verify(child, s+i%50<<12, 2)
	}
	w.verify(child, a+50<<12, 3)
	if err := w.Check(); err != nil {
		t.Error(err)
	}
	w.Free(child)
	w.Free(id)
	w.noSwapLeft()
	w.checkLeaks()
}

func TestSwapOffWithoutRoom(t *testing.T) {
	w := newWorld(t, 2<<20)
	area := w.swapOn(600, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 500<<12, rw, anon, 0)
	for i := range uint64(500) {
		w.fill(id, a+i<<12, 7)
	}
	if e := w.SwapOff(area); e != abi.ENOMEM || !w.State.Swap[area].On {
		t.Errorf("swapoff: %s", e.Name())
	}
	for i := range uint64(500) {
		w.verify(id, a+i<<12, 7)
	}
	w.Free(id)
	w.checkLeaks()
	w.noSwapLeft()
}

// TestSwapPriority fills the area of higher priority first, and counts later ones down from -2.
func TestSwapPriority(t *testing.T) {
	w := newWorld(t, 4<<20)
	low, high := w.swapOn(50, -1), w.swapOn(20, 5)
	if third := w.swapOn(10, -1); w.State.Swap[low].Prio != -2 || w.State.Swap[third].Prio != -3 {
		t.Errorf("priorities %d, %d", w.State.Swap[low].Prio, w.State.Swap[third].Prio)
	}
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 60<<12, rw, anon, 0)
	for i := range uint64(60) {
		w.fill(id, a+i<<12, 1)
	}
	w.Shrink(30)
	if w.State.Swap[high].Used != 20 || w.State.Swap[low].Used != 10 {
		t.Errorf("%d and %d slots in use", w.State.Swap[high].Used, w.State.Swap[low].Used)
	}
	w.Free(id)
	w.noSwapLeft()
}

func TestSwapKeepsLocked(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.swapOn(100, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 40<<12, rw, anon, 0)
	for i := range uint64(40) {
		w.fill(id, a+i<<12, 1)
	}
	w.Lock(id, a, 10<<12, false)
	w.Shrink(1000)
	vec, _ := w.Incore(id, a, 40<<12)
	for i, in := range vec {
		if (in == 1) != (i < 10) {
			t.Errorf("page %d: in memory %d", i, in)
		}
	}
	if e := w.Lock(id, a, 40<<12, false); e != abi.OK || w.AS(id).Swapped != 0 {
		t.Errorf("mlock: %s, %d in swap", e.Name(), w.AS(id).Swapped)
	}
	w.Free(id)
	w.noSwapLeft()
}

// TestSwapCache: a page read back and only read needs no second write, and one copy serves parent and child.
func TestSwapCache(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.swapOn(100, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 1<<12, rw, anon, 0)
	w.fill(id, a, 1)
	child, _ := w.Fork(id)
	c := &w.State.Counters
	w.Shrink(1000)
	w.verify(id, a, 1)
	w.verify(child, a, 1)
	if c.SwapOut != 1 || c.SwapIn != 1 || w.FrameInfo(pteFrame(w.pte(id, a))).Ref != 3 {
		t.Errorf("%d out, %d in", c.SwapOut, c.SwapIn)
	}
	w.Shrink(1000)
	if c.SwapOut != 1 || w.AS(child).Swapped != 1 {
		t.Errorf("a clean page was written again: %d", c.SwapOut)
	}
	w.fill(child, a, 2)
	w.verify(id, a, 1)
	w.fill(id, a, 3)
	w.verify(child, a, 2)
	if err := w.Check(); err != nil {
		t.Error(err)
	}
	w.Free(id)
	w.Free(child)
	w.checkLeaks()
	w.noSwapLeft()
}

func (w *world) pte(id ASID, va uint64) uint64 {
	pa, _ := w.ptep(w.AS(id), va)
	return w.ram.Read64(pa)
}

func TestSwapDiskFails(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.swapOn(100, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 2<<12, rw, anon, 0)
	w.fill(id, a, 1)
	w.pager.swapFail = abi.EIO
	w.Shrink(1000)
	w.verify(id, a, 1)
	w.pager.swapFail = abi.OK
	w.Shrink(1000)
	w.pager.swapFail = abi.EIO
	if o := w.Fault(id, a, 4); o.Signal != abi.SIGBUS {
		t.Errorf("read error: %+v", o)
	}
	w.pager.swapFail = abi.OK
	w.verify(id, a, 1)
	w.Free(id)
	w.checkLeaks()
	w.noSwapLeft()
}

// The reference string of Belady, Nelson and Shedler, "An Anomaly in Space-Time Characteristics of Certain Programs
// Running in a Paging Machine", 1969: with FIFO more memory makes more faults.
var belady = []int{1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5}

// TestReplacement compares the page faults of the policies with textbook versions of them.
func TestReplacement(t *testing.T) {
	if f3, f4 := textbook(FIFO, 3, belady), textbook(FIFO, 4, belady); len(f3) != 9 || len(f4) != 10 {
		t.Errorf("the textbook knows no anomaly: %d and %d", len(f3), len(f4))
	}
	r := rand.New(rand.NewSource(1))
	long := make([]int, 400)
	for i := range long {
		long[i] = 1 + min(r.Intn(12), r.Intn(12))
	}
	for policy := range NumReplacements {
		for _, frames := range []int{2, 3, 4, 7} {
			for _, refs := range [][]int{belady, long} {
				want := textbook(policy, frames, refs)
				if got := replacementFaults(t, policy, frames, refs); !slices.Equal(got, want) {
					t.Errorf("%v with %d frames: %d faults, want %d", policy, frames, len(got), len(want))
				}
			}
		}
	}
}

// replacementFaults is which references of refs fault with that many frames.
func replacementFaults(t *testing.T, policy Replacement, frames int, refs []int) (faults []int) {
	w := newWorld(t, 4<<20)
	w.swapOn(100, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 32<<12, rw, anon, 0)
	for i := range uint64(32) {
		w.fill(id, a+i<<12, 1)
	}
	w.Shrink(1000)
	w.State.Reclaim = Reclaim{Policy: policy, High: 1}
	for w.FreeFrames() > frames {
		w.AllocFrame(Kernel, 0, 0)
	}
	for i, page := range refs {
		before := w.State.Counters.Major
		w.verify(id, a+uint64(page)<<12, 1)
		if w.State.Counters.Major != before {
			faults = append(faults, i)
		}
		if policy == LRU {
			w.AgePages() // exact, when every reference is a look
		}
	}
	return faults
}

// textbook is the policies as books have them, on a list of frames.
func textbook(policy Replacement, frames int, refs []int) (faults []int) {
	var memory []int
	used := map[int]bool{}
	hand := 0
	for i, page := range refs {
		at := slices.Index(memory, page)
		used[page] = true
		switch {
		case at >= 0 && policy == LRU:
			memory = append(slices.Delete(memory, at, at+1), page)
		case at < 0 && len(memory) < frames:
			memory = append(memory, page)
			faults = append(faults, i)
		case at < 0 && policy == Clock:
			faults = append(faults, i)
			for used[memory[hand]] {
				used[memory[hand]] = false
				hand = (hand + 1) % frames
			}
			memory[hand] = page
			hand = (hand + 1) % frames
		case at < 0:
			memory = append(memory[1:], page)
			faults = append(faults, i)
		}
	}
	return faults
}

// TestSwapTorture is a forest of processes that write, fork, unmap, move and end with far too little memory; the
// state goes through the codec in the middle. Every word is compared with a copy kept beside.
func TestSwapTorture(t *testing.T) {
	for seed := range int64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { swapTorture(t, seed) })
	}
}

func swapTorture(t *testing.T, seed int64) {
	const base, pages = 0x10000000, 120
	r := rand.New(rand.NewSource(seed))
	w := newWorld(t, 2<<20)
	w.State.Reclaim.Policy = Replacement(seed) % NumReplacements
	w.swapOn(700, -1)
	w.swapOn(300, 3)
	w.pager.sizes[5] = 80 << 12
	type shadow map[uint64]uint64
	first := w.newAS()
	w.mapAt(first, base, pages<<12, rw, anon, 0)
	w.mapAt(first, base+0x1000000, 80<<12, rw, private, 5)
	s := w.mapAt(first, base+0x2000000, 40<<12, rw, shared|abi.MAP_ANONYMOUS, 0)
	spaces, common := map[ASID]shadow{first: {}}, shadow{}
	ids := []ASID{first}
	for step := range 12000 {
		id := ids[r.Intn(len(ids))]
		mine := spaces[id]
		va := base + uint64(r.Intn(pages))<<12
		if r.Intn(4) == 0 {
			va = base + 0x1000000 + uint64(r.Intn(80))<<12
		}
		switch n := r.Intn(400); {
		case n == 0 && len(ids) < 6:
			child, e := w.Fork(id)
			if e != abi.OK {
				t.Fatal(e.Name())
			}
			spaces[child] = shadow{}
			for k, v := range mine {
				spaces[child][k] = v
			}
			ids = append(ids, child)
		case n == 1 && len(ids) > 1:
			w.Free(id)
			delete(spaces, id)
			ids = slices.DeleteFunc(ids, func(x ASID) bool { return x == id })
		case n == 2:
			w.Advise(id, va, 4<<12, abi.MADV_DONTNEED)
			for i := range uint64(4) {
				delete(mine, va+i<<12)
			}
		case n == 3:
			code := state.Encode(&w.State)
			w.State = State{}
			if err := state.Decode(code, &w.State); err != nil {
				t.Fatal(err)
			}
		case n == 4:
			w.Shrink(r.Intn(50))
		case n == 5:
			w.Protect(id, va, 1<<12, abi.PROT_READ)
			if e := w.Protect(id, va, 1<<12, rw); e != abi.OK {
				t.Fatal(e.Name())
			}
		case n < 100:
			at := s + uint64(r.Intn(40))<<12
			if v, e := w.Read64(id, at); e != abi.OK || v != common[at] {
				t.Fatalf("step %d: shared %#x reads %d, want %d", step, at, v, common[at])
			}
			common[at] = r.Uint64()
			w.Write64(id, at, common[at])
		case n < 250:
			mine[va] = r.Uint64()
			if e := w.Write64(id, va, mine[va]); e != abi.OK {
				t.Fatalf("step %d: %s", step, e.Name())
			}
		default:
			want, ok := mine[va]
			if got, e := w.Read64(id, va); e != abi.OK || ok && got != want {
				t.Fatalf("step %d: %#x reads %#x, want %#x; %s", step, va, got, want, e.Name())
			}
		}
		if step%500 == 0 {
			if err := w.Check(); err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
		}
	}
	if w.State.Counters.SwapIn < 500 {
		t.Errorf("only %d pages came from swap", w.State.Counters.SwapIn)
	}
	for _, id := range ids {
		w.Free(id)
	}
	w.checkLeaks()
	w.noSwapLeft()
}

// TestPageOut: MADV_PAGEOUT makes private pages leave, mincore(2) sees it, and what others map stays.
func TestPageOut(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.swapOn(100, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 4<<12, rw, anon, 0)
	s := w.mapAt(id, 0x20000000, 2<<12, rw, shared|abi.MAP_ANONYMOUS, 0)
	for i := range uint64(4) {
		w.fill(id, a+i<<12, 1)
		w.fill(id, s+i%2<<12, 2)
	}
	in := func(addr, n uint64) string {
		vec, e := w.Incore(id, addr, n<<12)
		if e != abi.OK {
			t.Fatal(e.Name())
		}
		return fmt.Sprint(vec)
	}
	if e := w.Advise(id, a, 2<<12, abi.MADV_COLD); e != abi.OK || in(a, 4) != "[1 1 1 1]" {
		t.Errorf("MADV_COLD: %s, %s", e.Name(), in(a, 4))
	}
	if e := w.Advise(id, a, 2<<12, abi.MADV_PAGEOUT); e != abi.OK || in(a, 4) != "[0 0 1 1]" || w.AS(id).Swapped != 2 {
		t.Errorf("MADV_PAGEOUT: %s, %s", e.Name(), in(a, 4))
	}
	if e := w.Advise(id, s, 1<<12, abi.MADV_PAGEOUT); e != abi.OK || in(s, 2) != "[0 1]" {
		t.Errorf("shared memory: %s, %s", e.Name(), in(s, 2))
	}
	w.verify(id, s, 2)
	child, _ := w.Fork(id)
	w.Advise(id, a, 4<<12, abi.MADV_PAGEOUT)
	if in(a, 4) != "[0 0 1 1]" {
		t.Errorf("pages that a child shares: %s", in(a, 4))
	}
	w.verify(child, a, 1)
	if in(a, 4) != "[1 0 1 1]" {
		t.Errorf("a page in the swap cache: %s", in(a, 4))
	}
	w.Lock(id, a, 1<<12, true)
	if e := w.Advise(id, a, 1<<12, abi.MADV_PAGEOUT); e != abi.EINVAL {
		t.Errorf("locked: %s", e.Name())
	}
	for _, as := range []ASID{id, child} {
		for i := range uint64(4) {
			w.verify(as, a+i<<12, 1)
		}
		w.Free(as)
	}
	w.checkLeaks()
	w.noSwapLeft()
}

// TestMappedFilePagesLeave maps a file larger than memory and finds every byte, with no swap at all.
func TestMappedFilePagesLeave(t *testing.T) {
	for policy := range NumReplacements {
		w := newWorld(t, 2<<20)
		w.State.Reclaim.Policy = policy
		id := w.newAS()
		w.pager.sizes[9] = 1000 << 12
		a := w.mapAt(id, 0x10000000, 1000<<12, abi.PROT_READ, private, 9)
		for round := range 2 {
			for i := range uint64(1000) {
				if got := w.peek(id, a+i<<12); got != 9 {
					t.Fatalf("%v, round %d: page %d reads %d", policy, round, i, got)
				}
			}
		}
		if err := w.Check(); err != nil || w.State.Counters.Reclaimed < 1000 {
			t.Errorf("%v: %d pages left memory; %v", policy, w.State.Counters.Reclaimed, err)
		}
		w.Free(id)
		w.checkLeaks()
	}
}

// TestUsage: what /proc/PID/smaps says of private and shared memory, in memory and in swap.
func TestUsage(t *testing.T) {
	w := newWorld(t, 4<<20)
	w.swapOn(100, -1)
	id := w.newAS()
	a := w.mapAt(id, 0x10000000, 6<<12, rw, anon, 0)
	s := w.mapAt(id, 0x20000000, 2<<12, rw, shared|abi.MAP_ANONYMOUS, 0)
	for i := range uint64(4) {
		w.fill(id, a+i<<12, 1)
		w.fill(id, s+i%2<<12, 2)
	}
	w.peek(id, a+4<<12) // the zero page does not count
	w.Advise(id, a, 1<<12, abi.MADV_PAGEOUT)
	w.Advise(id, s, 1<<12, abi.MADV_PAGEOUT)
	child, _ := w.Fork(id)
	w.fill(child, a+1<<12, 3)
	const page = pageSize
	want := Usage{Resident: 3 * page, Pss: 2 * page, PssDirty: 2 * page, PssAnon: 2 * page, SharedDirty: 2 * page, PrivateDirty: page, Referenced: 3 * page,
		Anonymous: 3 * page, Swap: page, SwapPss: page / 2}
	if got := w.UsageOf(w.AS(id), w.AS(id).Find(a)); got != want {
		t.Errorf("private: %+v, want %+v", got, want)
	}
	want = Usage{Resident: page, Pss: page, PssDirty: page, PrivateDirty: page, Referenced: page, Swap: page, SwapPss: page}
	if got := w.UsageOf(w.AS(id), w.AS(id).Find(s)); got != want {
		t.Errorf("shared: %+v, want %+v", got, want)
	}
	w.Free(id)
	w.Free(child)
	w.noSwapLeft()
}
