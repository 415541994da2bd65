package mm

import (
	"math/rand"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/state"
	"vitrine/kernel/abi"
)

// checkInvariants wants Check content, and no reference that nothing explains.
func (w *world) checkInvariants() {
	w.t.Helper()
	if err := w.Check(); err != nil {
		w.t.Error(err)
	}
	refs := map[mem.Frame]int32{}
	for _, f := range w.pager.pages {
		refs[f]++
	}
	for id := ASID(1); int(id) <= w.State.Spaces.Len(); id++ {
		if as := w.AS(id); as != nil {
			w.eachPage(as, 0, TaskSize, func(_, _, e uint64) { refs[pteFrame(e)]++ })
		}
	}
	for _, f := range w.pager.pages {
		if got := w.FrameInfo(f).Ref; got != refs[f] {
			w.t.Errorf("page-cache frame %#x: %d references, %d found", f, got, refs[f])
		}
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
				if e == abi.OK {
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
				if _, e := w.Remap(id, addr, old, n, abi.MREMAP_MAYMOVE|abi.MREMAP_FIXED, to); e == abi.OK || e == abi.EFAULT || e == abi.ENOMEM {
					clear(mine) // partly moved, partly unmapped: start anew
				}
			}
		case 7:
			w.Advise(id, addr, n, abi.MADV_DONTNEED)
			forget(addr, n)
		default:
			v := w.AS(id).Find(addr)
			b := byte(r.Intn(256))
			if e := w.CopyOut(id, addr, []byte{b}); e == abi.OK && v.Flags&VM_SHARED == 0 {
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
	if state.Hash(&s) != state.Hash(&w.State) || *s.Spaces.Get(id).VMAs.at(vmaPos{}) != *w.AS(id).VMAs.at(vmaPos{}) {
		t.Error("the state does not survive encoding")
	}
}
