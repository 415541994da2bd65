package cpu

import (
	"testing"

	"vitrine/engine/mmu"
)

// What the TLBs keep and what takes it out of them (SDM 3A "Caching Translation Information").

// tlbBench maps pageVA to one frame and can be asked what a read there sees; frames are told apart by their first word.
type tlbBench struct {
	*bench
	t *testing.T
}

func newTLB(t *testing.T, bits uint64) tlbBench {
	b := newPaging(pageFrame | bits)
	for i := range uint64(4) {
		b.ram.Write32(pageFrame+i<<12, uint32(i))
	}
	b.enter(false)
	return tlbBench{b, t}
}

// sees checks which frame a read at pageVA reaches, −1 for a fault.
func (b tlbBench) sees(what string, want int) {
	b.t.Helper()
	v, ok := b.c.load32(pageVA)
	got := int(v)
	if !ok {
		got = -1
	}
	if got != want {
		b.t.Errorf("%s: a read sees frame %d, want %d", what, got, want)
	}
}

// remap changes the entry without telling the TLB.
func (b tlbBench) remap(frame, bits uint64) { b.ram.Write64(pagePT, pageFrame+frame<<12|bits) }

func TestGlobalPages(t *testing.T) {
	const bits = mmu.P | mmu.W | mmu.G
	b := newTLB(t, bits)
	s := &b.c.S
	b.c.writeCR4(s.CR4 | CR4PGE)
	b.sees("at first", 0)
	b.remap(1, bits)
	b.c.writeCR3(s.CR3)
	b.sees("after a write to CR3", 0)
	b.c.writeCR4(s.CR4 ^ CR4TSD)
	b.sees("after CR4.TSD changed", 0)
	b.c.writeCR4(s.CR4 &^ CR4PGE)
	b.sees("after CR4.PGE changed", 1)
	b.remap(2, bits)
	b.sees("unchanged", 1)
	b.c.writeCR3(s.CR3)
	b.sees("without CR4.PGE after a write to CR3", 2)
	b.c.writeCR4(s.CR4 | CR4PGE)
	b.sees("global again", 2)
	b.remap(3, bits)
	b.c.InvalidatePage(pageVA + 0x123)
	b.sees("after INVLPG", 3)
	b.remap(0, bits)
	b.c.writeCR0(s.CR0 ^ CR0WP)
	b.sees("after CR0.WP changed", 3)
}

// TestSMEPFlushes: to set CR4.SMEP drops what is not global, to clear it nothing.
func TestSMEPFlushes(t *testing.T) {
	b := newTLB(t, mmu.P)
	s := &b.c.S
	b.sees("at first", 0)
	b.remap(1, mmu.P)
	b.c.writeCR4(s.CR4 | CR4SMEP)
	b.sees("after SMEP was set", 1)
	b.remap(2, mmu.P)
	b.c.writeCR4(s.CR4 &^ CR4SMEP)
	b.sees("after SMEP was cleared", 1)
}

// TestFaultInvalidates: an access that the cached entry refuses walks again, and a page fault takes the entry out.
func TestFaultInvalidates(t *testing.T) {
	b := newTLB(t, mmu.P)
	b.sees("at first", 0)
	b.remap(1, mmu.P|mmu.W)
	b.sees("still", 0)
	if !b.c.store32(pageVA+4, 1) {
		t.Error("the write does not see that the page has become writable")
	}
	b.sees("after the write", 1)
	b.remap(2, mmu.P)
	b.sees("still", 1)
	b.c.InvalidatePage(pageVA)
	b.sees("read-only", 2)
	b.remap(3, mmu.P)
	if b.c.store32(pageVA+4, 1) {
		t.Error("a read-only page was written")
	}
	b.sees("after the page fault", 3)
}

// TestNotPresentIsNotCached: an entry that becomes present needs no INVLPG.
func TestNotPresentIsNotCached(t *testing.T) {
	b := newTLB(t, 0)
	b.sees("absent", -1)
	b.remap(1, mmu.P)
	b.sees("present", 1)
}

// TestLargePageInvalidated: INVLPG of any address takes out all of a large page.
func TestLargePageInvalidated(t *testing.T) {
	b := newTLB(t, mmu.P)
	const pde = 0x11000
	b.ram.Write64(pde, mmu.P|mmu.W|mmu.PS)
	b.ram.Write32(0x5000, 5)
	at := func(va uint64) uint32 { v, _ := b.c.load32(va); return v }
	b.c.InvalidatePage(pageVA)
	if at(pageVA+0x5000) != 5 || at(pageVA+pageFrame/2+4) != 0 {
		t.Errorf("%d", at(pageVA+0x5000))
	}
	b.ram.Write64(pde, pageFrame|mmu.P|mmu.W|mmu.PS)
	b.ram.Write32(pageFrame+0x5000, 6)
	if at(pageVA+0x5000) != 5 {
		t.Error("not stale")
	}
	b.c.InvalidatePage(pageVA + 0x1ff000)
	if at(pageVA+0x5000) != 6 {
		t.Error("a piece of the large page was left")
	}
}

// TestDirtyByWalk: a clean page that was read is marked dirty by the first write, and a cached dirty bit is not written again.
func TestDirtyByWalk(t *testing.T) {
	b := newTLB(t, mmu.P|mmu.W)
	b.sees("at first", 0)
	if e := b.ram.Read64(pagePT); e&(mmu.A|mmu.D) != mmu.A {
		t.Errorf("read: %#x", e)
	}
	b.c.store32(pageVA, 0)
	if e := b.ram.Read64(pagePT); e&mmu.D == 0 {
		t.Errorf("written: %#x", e)
	}
	b.remap(0, mmu.P|mmu.W|mmu.A)
	b.c.store32(pageVA, 0)
	if e := b.ram.Read64(pagePT); e&mmu.D != 0 {
		t.Errorf("written through the TLB: %#x", e)
	}
}

// TestSMAPSwitch: RFLAGS.AC opens pages of ring 3 at once and closes them at once, whatever is cached.
func TestSMAPSwitch(t *testing.T) {
	b := newTLB(t, mmu.P|mmu.W|mmu.U)
	s := &b.c.S
	b.sees("without SMAP", 0)
	b.c.writeCR4(s.CR4 | CR4SMAP)
	b.sees("with SMAP", -1)
	for range 2 {
		b.c.setFlags(FlagAC, FlagAC)
		b.sees("with AC", 0)
		if _, ok := b.c.sysLoad(pageVA, 4); ok {
			t.Error("an implicit access does not look at AC")
		}
		b.sees("with AC", 0)
		b.c.setFlags(FlagAC, 0)
		b.sees("without AC", -1)
	}
	b.c.setFlags(FlagAC, FlagAC)
	for i := range uint64(3) {
		b.remap(i, mmu.P|mmu.W|mmu.U)
		b.c.writeCR3(s.CR3)
		b.sees("with AC after a write to CR3", int(i))
	}
}

// TestInvalidateInSegment: INVLPG takes a linear address whatever the limit of the segment that it comes from.
func TestInvalidateInSegment(t *testing.T) {
	const base, pde = modesVA &^ 0x3fffff, modes32 + 4*(modesVA>>22)
	b := newModes()
	c, s := b.c, &b.c.S
	c.writeCR3(modes32)
	c.writeCR4(CR4PSE)
	c.writeCR0(s.CR0 | CR0PG)
	b.reaches(t, "at first", modesVA, modesVA-base)
	copy(b.ram.Bytes[0x60000:], []byte{0x0f, 0x01, 0x3b, 0xf4}) // invlpg (%ebx); hlt
	s.Seg[DS] = Segment{Sel: 0x18, Attr: 0x93, Limit: 0xfff, Base: base}
	s.RIP, s.R[RBX] = base+0x60000, modesVA-base
	c.modeChanged()
	c.translate(s.RIP, accessFetch)
	b.ram.Write32(pde, 0)
	if c.Run(1); s.RIP != base+0x60003 {
		t.Fatalf("RIP %#x", s.RIP)
	}
	b.reaches(t, "after INVLPG", modesVA, -1)
}

// TestReplacedState: a CPU that was given a state flushes and invalidates what its TLBs hold.
func TestReplacedState(t *testing.T) {
	from := newTLB(t, mmu.P|mmu.W)
	from.ram.Write64(0x11000+8, pageFrame|mmu.P|mmu.W|mmu.PS) // 2 MiB behind pageVA's
	const large = pageVA + 0x200000
	from.sees("at first", 0)
	from.c.load32(large + 0x1000)
	for what, drop := range map[string]func(c *CPU){
		"flush":      func(c *CPU) { c.writeCR3(c.S.CR3) },
		"invalidate": func(c *CPU) { c.InvalidatePage(pageVA); c.InvalidatePage(large) },
	} {
		b := newTLB(t, mmu.P|mmu.W)
		b.c.SetState(from.c.S)
		b.remap(1, mmu.P|mmu.W)
		b.ram.Write64(0x11000+8, 0)
		b.sees("stale", 0)
		if v, ok := b.c.load32(large + 0x1000); !ok || v != 1 {
			t.Errorf("the large page: %d %v", v, ok)
		}
		drop(b.c)
		b.sees(what, 1)
		if _, ok := b.c.load32(large + 0x1000); ok {
			t.Errorf("%s: the large page is left", what)
		}
	}
}
