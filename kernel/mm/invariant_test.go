package mm

import (
	"math/rand"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/state"
	"vitrine/kernel/abi"
)

// checkInvariants wants VMAs sorted and apart, every mapped page inside one, and every count to be what the page
// tables say.
func (w *world) checkInvariants() {
	w.t.Helper()
	refs := map[mem.Frame]int32{}
	for _, f := range w.pager.pages {
		refs[f]++
	}
	for i := range w.State.Shmem.Slots {
		for _, f := range w.State.Shmem.Slots[i].V.Pages {
			if f != 0 {
				refs[f]++
			}
		}
	}
	for id := ASID(1); int(id) <= w.State.Spaces.Len(); id++ {
		if as := w.AS(id); as != nil {
			w.checkSpace(as, refs)
		}
	}
	for f, n := range refs {
		if got := w.FrameInfo(f).Ref; got != n {
			w.t.Errorf("frame %#x (%v): %d references, %d found", f, w.FrameInfo(f).Use, got, n)
		}
	}
	count := [NumUses]uint32{}
	for f := range w.ram.Frames() {
		count[w.FrameInfo(mem.Frame(f)).Use]++
	}
	if count != w.State.Frames.Count {
		w.t.Errorf("counts %v, found %v", w.State.Frames.Count, count)
	}
}

func (w *world) checkSpace(as *AddressSpace, refs map[mem.Frame]int32) {
	last, pages, tables := uint64(0), int32(0), int32(0)
	for i := range as.VMAs {
		v := &as.VMAs[i]
		if v.Start < last || v.End <= v.Start || v.End > TaskSize {
			w.t.Errorf("VMA %#x-%#x after %#x", v.Start, v.End, last)
		}
		last = v.End
	}
	var visit func(table mem.Frame, level int, base uint64)
	visit = func(table mem.Frame, level int, base uint64) {
		for i := range uint64(512) {
			e := w.ram.Read64(table.Addr() + i*8)
			va := base + i*mmu.PageSize(level)
			switch {
			case level == 4 && i >= 256 || !mapped(e):
			case level > 1:
				tables++
				refs[pteFrame(e)]++
				visit(pteFrame(e), level-1, va)
			default:
				w.checkPage(as, va, e)
				if f := pteFrame(e); f != w.State.ZeroPage {
					refs[f]++
					pages++
				}
			}
		}
	}
	visit(as.Root, 4, 0)
	if pages != as.RSS() || tables != as.Tables {
		w.t.Errorf("rss %d, found %d; tables %d, found %d", as.RSS(), pages, as.Tables, tables)
	}
}

func (w *world) checkPage(as *AddressSpace, va, e uint64) {
	v := as.Find(va)
	if v == nil {
		w.t.Errorf("page %#x is mapped outside any VMA", va)
		return
	}
	if e&mmu.W != 0 && (v.Flags&VM_WRITE == 0 || v.IsCOW() && w.FrameInfo(pteFrame(e)).Ref != 1) {
		w.t.Errorf("page %#x is writable, VMA flags %#x, %d owners", va, v.Flags, w.FrameInfo(pteFrame(e)).Ref)
	}
	if e&mmu.P != 0 && v.Flags&vmAccess == 0 {
		w.t.Errorf("page %#x is present under PROT_NONE", va)
	}
}

// TestRandomOperations does what programs do in no sensible order and checks everything after every step. The bytes
// of private memory are compared with a copy kept beside.
func TestRandomOperations(t *testing.T) {
	for seed := range int64(20) {
		randomOperations(t, rand.New(rand.NewSource(seed)))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func randomOperations(t *testing.T, r *rand.Rand) {
	const base, pages = 0x400000, 24
	w := newWorld(t, 4<<20)
	w.pager.sizes[5] = 10<<12 + 100
	type shadow map[uint64]byte
	spaces := map[ASID]shadow{w.newAS(): {}}
	pick := func() ASID {
		for id := ASID(1); ; id = id%8 + 1 {
			if spaces[id] != nil && r.Intn(3) == 0 {
				return id
			}
		}
	}
	place := func() (addr, n uint64) {
		i := uint64(r.Intn(pages))
		return base + i<<12, (uint64(r.Intn(pages-int(i))) + 1) << 12
	}
	prots := []uint32{abi.PROT_NONE, abi.PROT_READ, rw, rw, rw | abi.PROT_EXEC}
	for step := 0; step < 300 && !t.Failed(); step++ {
		id := pick()
		mine := spaces[id]
		addr, n := place()
		forget := func(addr, n uint64) {
			for va := addr; va < addr+n; va += 4096 {
				delete(mine, va)
			}
		}
		switch r.Intn(10) {
		case 0, 1:
			kind := []uint32{anon, anon, private, shared, shared | abi.MAP_ANONYMOUS}[r.Intn(5)]
			obj := uint32(5)
			if kind&abi.MAP_ANONYMOUS != 0 {
				obj = 0
			}
			w.Map(id, addr, n, prots[r.Intn(5)], kind|abi.MAP_FIXED, obj, uint64(r.Intn(4))<<12)
			forget(addr, n)
		case 2:
			w.Unmap(id, addr, n)
			forget(addr, n)
		case 3:
			w.Protect(id, addr, n, prots[r.Intn(5)])
		case 4:
			if len(spaces) < 5 {
				child, e := w.Fork(id)
				if e == 0 {
					spaces[child] = shadow{}
					for k, b := range mine {
						spaces[child][k] = b
					}
				}
			}
		case 5:
			if len(spaces) > 1 {
				w.Free(id)
				delete(spaces, id)
				continue
			}
		case 6:
			to, _ := place()
			old := min(n, 0x4000)
			if v := w.AS(id).Find(addr); v != nil {
				if _, e := w.Remap(id, addr, old, n, abi.MREMAP_MAYMOVE|abi.MREMAP_FIXED, to); e == 0 || e == abi.EFAULT || e == abi.ENOMEM {
					clear(mine) // partly moved, partly unmapped: start anew
				}
			}
		case 7:
			w.Advise(id, addr, n, abi.MADV_DONTNEED)
			forget(addr, n)
		default:
			v := w.AS(id).Find(addr)
			b := byte(r.Intn(256))
			if e := w.CopyOut(id, addr, []byte{b}); e == 0 && v.Flags&VM_SHARED == 0 {
				mine[addr] = b
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
		w.checkInvariants()
	}
	for id := range spaces {
		w.Free(id)
	}
	w.checkLeaks()
}

func TestStateIsPlainData(t *testing.T) {
	w := newWorld(t, 2<<20)
	id := w.newAS()
	w.poke(id, w.mapAt(id, 0, 0x2000, rw, shared|abi.MAP_ANONYMOUS, 0), 1)
	w.poke(id, w.mapAt(id, 0, 0x2000, rw, anon, 0), 1)
	w.AS(id).Auxv = []uint64{6, 4096, 0, 0}
	b := state.Encode(&w.State)
	var s State
	if err := state.Decode(b, &s); err != nil {
		t.Fatal(err)
	}
	if state.Hash(&s) != state.Hash(&w.State) || s.Spaces.Get(id).VMAs[0] != w.AS(id).VMAs[0] {
		t.Error("the state does not survive encoding")
	}
}
