package mm

import (
	"testing"

	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

func TestProtect(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x4000, rw, anon, 0)
	w.poke(id, a+0x1000, 42)
	if e := w.Protect(id, a+0x1000, 0x1000, abi.PROT_NONE); e != abi.OK {
		t.Fatal(e)
	}
	if n := w.AS(id).VMAs.Len(); n != 3 {
		t.Errorf("%d VMAs", n)
	}
	if o := w.Fault(id, a+0x1000, mmu.FaultU); o.Kind != SegvAcc || w.walk(id, a+0x1000).Present {
		t.Errorf("PROT_NONE: %v", o.Kind)
	}
	if e := w.Protect(id, a+0x1000, 0x1000, rw); e != abi.OK {
		t.Fatal(e)
	}
	if n := w.AS(id).VMAs.Len(); n != 1 {
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
	if e != abi.OK || w.Protect(id, a, 0x1000, rw) != abi.EACCES {
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
	if b := w.Brk(id, 0x700000); b != 0x700000 || as.VMAs.Len() != 1 || as.Name(as.VMAs.at(vmaPos{})) != "[heap]" {
		t.Errorf("grown to %#x, %d VMAs", b, as.VMAs.Len())
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
	if b, e := w.Remap(id, a, 0x2000, 0x3000, 0, 0); b != a || e != abi.OK {
		t.Errorf("grow in place: %#x %s", b, e.Name())
	}
	w.mapAt(id, 0x403000, 0x1000, abi.PROT_READ, anon, 0)
	if _, e := w.Remap(id, a, 0x3000, 0x4000, 0, 0); e != abi.ENOMEM {
		t.Errorf("grow without room: %s", e.Name())
	}
	b, e := w.Remap(id, a, 0x3000, 0x8000, abi.MREMAP_MAYMOVE, 0)
	if e != abi.OK || b == a || w.peek(id, b) != 1 || w.peek(id, b+0x1000) != 2 {
		t.Fatalf("move: %#x %s", b, e.Name())
	}
	if w.AS(id).Find(a) != nil {
		t.Error("the old place is still mapped")
	}
	if _, e := w.Remap(id, b, 0x8000, 0x1000, 0, 0); e != abi.OK || w.AS(id).Find(b+0x1000) != nil {
		t.Errorf("shrink: %s", e.Name())
	}
	c, e := w.Remap(id, b, 0x1000, 0x1000, abi.MREMAP_MAYMOVE|abi.MREMAP_FIXED, 0x403000)
	if e != abi.OK || c != 0x403000 || w.peek(id, c) != 1 {
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
	if v, e := w.Incore(id, a, 0x3000); e != abi.OK || string(v) != "\x01\x01\x00" {
		t.Errorf("mincore: %v %s", v, e.Name())
	}
	if e := w.Advise(id, a, 0x1000, abi.MADV_DONTNEED); e != abi.OK || w.peek(id, a) != 0 || w.peek(id, a+0x1000) != 1 {
		t.Errorf("MADV_DONTNEED: %s", e.Name())
	}
	if e := w.Advise(id, a+0x1000, 0x1000, abi.MADV_DONTFORK); e != abi.OK || w.AS(id).VMAs.Len() != 3 {
		t.Errorf("MADV_DONTFORK: %s", e.Name())
	}
	if e := w.Advise(id, a, 0x3000, abi.MADV_DOFORK); e != abi.OK || w.AS(id).VMAs.Len() != 1 {
		t.Errorf("MADV_DOFORK: %s, %d VMAs", e.Name(), w.AS(id).VMAs.Len())
	}
	if e := w.Advise(id, a, 0x4000, abi.MADV_DONTNEED); e != abi.ENOMEM {
		t.Errorf("over a hole: %s", e.Name())
	}
	if e := w.Advise(id, a, 0x1000, 77); e != abi.EINVAL {
		t.Errorf("unknown: %s", e.Name())
	}
}

func TestPlacement(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	if a, e := w.Map(id, 0, 0x1000, rw, anon|abi.MAP_32BIT, 0, 0); e != abi.OK || a != 0x40000000 {
		t.Errorf("MAP_32BIT: %#x %s", a, e.Name())
	}
	w.mapAt(id, 0x7ffff0000000, 0x1000, rw, anon|abi.MAP_GROWSDOWN, 0)
	w.mapAt(id, 0x7ffff0001000, MmapBase(TaskSize, DefaultStack, 0, 0)-0x7ffff0001000, rw, anon, 0)
	if a, e := w.Map(id, 0, 0x1000, rw, anon, 0, 0); e != abi.OK || a != 0x7ffff0000000-StackGuardGap-0x1000 {
		t.Errorf("below a stack: %#x %s", a, e.Name())
	}
	if a, e := w.Map(id, 0, 0x7fffefff0000, rw, anon, 0, 0); e != abi.ENOMEM {
		t.Errorf("larger than any hole: %#x %s", a, e.Name())
	}
	w.AS(id).Limits.AS = 1 << 20
	if _, e := w.Map(id, 0, 0x1000, rw, anon, 0, 0); e != abi.ENOMEM {
		t.Errorf("RLIMIT_AS: %s", e.Name())
	}
}

func TestLock(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x4000, rw, anon, 0)
	if e := w.Lock(id, a+0x1000, 0x1001, false); e != abi.OK || w.AS(id).RSSAnon != 2 || w.AS(id).VMAs.Len() != 3 {
		t.Errorf("mlock: %s, rss %d, %d VMAs", e.Name(), w.AS(id).RSSAnon, w.AS(id).VMAs.Len())
	}
	if e := w.Advise(id, a, 0x4000, abi.MADV_DONTNEED); e != abi.EINVAL {
		t.Errorf("MADV_DONTNEED of locked memory: %s", e.Name())
	}
	if e := w.Unlock(id, a, 0x4000); e != abi.OK || w.AS(id).VMAs.Len() != 1 {
		t.Errorf("munlock: %s, %d VMAs", e.Name(), w.AS(id).VMAs.Len())
	}
	if e := w.Lock(id, a, 0x5000, true); e != abi.ENOMEM {
		t.Errorf("mlock over a hole: %s", e.Name())
	}
	b := w.mapAt(id, 0x500000, 0x2000, rw, anon|abi.MAP_POPULATE, 0)
	if r := w.walk(id, b+0x1000); !r.Present || r.Perm&mmu.W == 0 {
		t.Error("MAP_POPULATE did not populate")
	}
}

func TestTLB(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x40000, rw, anon|abi.MAP_POPULATE, 0)
	tlb := w.tlb.(*fakeTLB)
	*tlb = fakeTLB{}
	w.Protect(id, a, 0x1000, abi.PROT_READ)
	if *tlb != (fakeTLB{}) {
		t.Error("another address space was flushed")
	}
	if cr3 := w.Activate(id); cr3 != w.AS(id).Root.Addr() {
		t.Errorf("CR3 %#x", cr3)
	}
	w.Protect(id, a, 0x1000, rw)
	if tlb.pages != 1 || tlb.all != 0 {
		t.Errorf("one page: %+v", *tlb)
	}
	w.Unmap(id, a, 0x40000)
	if tlb.all == 0 {
		t.Errorf("many pages: %+v", *tlb)
	}
	w.Hold(id)
	w.Free(id)
	if cr3 := w.Activate(0); w.AS(id) == nil || cr3 != w.State.KernelRoot.Addr() {
		t.Error("an address space with a user left was freed")
	}
	w.Free(id)
	w.checkLeaks()
}
