package mm

import (
	"math/rand"
	"slices"
	"testing"

	"vitrine/kernel/abi"
)

// TestVMAList compares the list with a plain sorted slice: what is found, what lies beside it, and where room is.
func TestVMAList(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	as := &AddressSpace{TaskSize: TaskSize, MmapBase: 1 << 30}
	l := &as.VMAs
	var plain []VMA
	for step := range 6000 {
		start := uint64(r.Intn(1<<16)) << pageShift
		at, _ := slices.BinarySearchFunc(plain, start, func(v VMA, va uint64) int {
			if v.End <= va {
				return -1
			}
			return 1
		})
		switch {
		case at < len(plain) && (step > 4000 || r.Intn(4) == 0):
			l.remove(l.find(plain[at].Start))
			plain = slices.Delete(plain, at, at+1)
		case at == len(plain) || plain[at].Start > start+8<<pageShift:
			v := VMA{Start: start, End: start + uint64(1+r.Intn(8))<<pageShift, Object: uint32(step)}
			if r.Intn(5) == 0 {
				v.Flags = VM_GROWSDOWN
			}
			l.insert(v)
			plain = slices.Insert(plain, at, v)
		}
		if step%20 != 0 {
			continue
		}
		n := 0
		for v := range l.All() {
			if n >= len(plain) || *v != plain[n] {
				t.Fatalf("step %d: VMA %d differs", step, n)
			}
			n++
		}
		c := checker{}
		as.Total, as.Data, as.Exec, as.Stack, as.Locked = 0, 0, 0, 0, 0
		for v := range l.All() {
			as.Total += v.Len() >> pageShift
			if v.Flags&VM_GROWSDOWN != 0 {
				as.Stack += v.Len() >> pageShift
			}
		}
		if c.list(as); n != len(plain) || c.err != nil {
			t.Fatalf("step %d: %d VMAs, want %d; %v", step, n, len(plain), c.err)
		}
		size := uint64(1+r.Intn(64)) << pageShift
		compareRoom(t, as, plain, size)
	}
}

// compareRoom looks for room page by page.
func compareRoom(t *testing.T, as *AddressSpace, plain []VMA, size uint64) {
	t.Helper()
	low, high := uint64(0), uint64(0)
	last := uint64(MmapMinAddr)
	for i := 0; i <= len(plain); i++ {
		end := as.MmapBase
		if i < len(plain) {
			end = plain[i].guardStart()
		}
		if end > last && end-last >= size {
			if low == 0 {
				low = last
			}
			high = end - size
		}
		if i < len(plain) {
			last = plain[i].End
		}
	}
	if a, e := as.lowestGap(MmapMinAddr, as.MmapBase, size); e != abi.OK || a != low {
		t.Fatalf("lowest room for %#x: %#x, want %#x", size, a, low)
	}
	if a, e := as.highestGap(as.MmapBase, size); e != abi.OK || a != high {
		t.Fatalf("highest room for %#x: %#x, want %#x", size, a, high)
	}
}

// TestManyVMAs fills an address space to the limit, takes every other mapping away and puts them back.
func TestManyVMAs(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	for i := range MaxMapCount + 1 {
		if _, e := w.Map(id, 0, pageSize, []uint32{abi.PROT_READ, abi.PROT_NONE}[i%2], anon, 0, 0); e != abi.OK {
			t.Fatalf("mapping %d: %s", i, e.Name())
		}
	}
	if _, e := w.Map(id, 0, pageSize, abi.PROT_READ, anon, 0, 0); e != abi.ENOMEM || w.AS(id).VMAs.Len() != MaxMapCount+1 {
		t.Errorf("one more: %s, %d VMAs", e.Name(), w.AS(id).VMAs.Len())
	}
	base := w.AS(id).MmapBase
	for i := range uint64(MaxMapCount / 2) {
		if e := w.Unmap(id, base-(2*i+2)<<pageShift, pageSize); e != abi.OK {
			t.Fatal(e.Name())
		}
	}
	for i := range uint64(MaxMapCount / 2) {
		if a, e := w.Map(id, 0, pageSize, rw, anon, 0, 0); e != abi.OK || a != base-(2*i+2)<<pageShift {
			t.Fatalf("again %d: %#x %s", i, a, e.Name())
		}
	}
	if err := w.Check(); err != nil {
		t.Error(err)
	}
	w.Free(id)
	w.checkLeaks()
}
