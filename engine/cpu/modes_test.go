package cpu

import (
	"testing"

	"vitrine/engine/mmu"
)

// Ways into and out of the paging modes (SDM 3A "Paging-Mode Enabling", "Initializing IA-32e Mode").

const (
	modes32   = 0x50000 // page directory of 32-bit paging
	modesPAE  = 0x51020 // page-directory-pointer table: aligned to 32 bytes only
	modesPD   = 0x52000
	modesVA   = 0x12345678
	modesPhys = modesVA & 0x1fffff // in the page of 2 or 4 MiB that holds physical 0
)

// newModes is a CPU in 32-bit protected mode without paging, with tables for all modes.
func newModes() *bench {
	b := newBenchOf(4 << 20)
	b.longMode()
	s := &b.c.S
	s.CR0, s.CR4, s.EFER = CR0PE|CR0ET, 0, 0
	s.Seg[CS] = Segment{Sel: 8, Attr: 0xc09b, Limit: ^uint32(0)}
	r := b.ram
	r.Write32(modes32+4*(modesVA>>22), mmu.P|mmu.W|mmu.PS)
	r.Write64(modesPAE, modesPD|mmu.P)
	r.Write64(modesPD+8*(modesVA>>21), mmu.P|mmu.W|mmu.PS)
	b.c.FlushTLB()
	b.c.modeChanged()
	return b
}

// reaches checks where an address leads; want is −1 for a fault.
func (b *bench) reaches(t *testing.T, what string, la uint64, want int64) {
	t.Helper()
	pa, ok := b.c.translate(la, accessRead)
	got := int64(pa)
	if !ok {
		got = -1
	}
	if got != want {
		t.Errorf("%s: %#x leads to %#x, want %#x", what, la, got, want)
	}
}

// must checks whether a write to a control register is accepted.
func must(t *testing.T, what string, ok, want bool) {
	t.Helper()
	if ok != want {
		t.Errorf("%s: accepted %v", what, ok)
	}
}

// TestModes goes without paging → 32-bit → off → PAE → 32-bit → off → long → off.
func TestModes(t *testing.T) {
	b := newModes()
	c, s := b.c, &b.c.S
	b.reaches(t, "without paging", modesVA, modesVA)
	must(t, "CR3", c.writeCR3(modes32), true)
	must(t, "PSE", c.writeCR4(CR4PSE), true)
	must(t, "PG", c.writeCR0(s.CR0|CR0PG), true)
	b.reaches(t, "32-bit paging", modesVA, modesVA&0x3fffff)
	must(t, "PSE off", c.writeCR4(0), true)
	b.reaches(t, "without PSE the entry is a table", modesVA, -1)
	must(t, "PG off", c.writeCR0(s.CR0&^CR0PG), true)
	b.reaches(t, "paging off", modesVA, modesVA)

	must(t, "PAE", c.writeCR4(CR4PAE), true)
	must(t, "CR3", c.writeCR3(modesPAE), true)
	must(t, "PG", c.writeCR0(s.CR0|CR0PG), true)
	b.reaches(t, "PAE paging", modesVA, modesPhys)
	must(t, "CR3 for 32-bit paging", c.writeCR3(modes32), true)
	must(t, "PAE off under way", c.writeCR4(CR4PSE), true)
	b.reaches(t, "32-bit paging again", modesVA, modesVA&0x3fffff)
	must(t, "PG off", c.writeCR0(s.CR0&^CR0PG), true)

	must(t, "LME", c.writeEFER(EFERLME), true)
	must(t, "long mode without PAE", c.writeCR0(s.CR0|CR0PG), false)
	must(t, "PAE", c.writeCR4(CR4PAE), true)
	must(t, "CR3", c.writeCR3(benchTables), true)
	must(t, "PG", c.writeCR0(s.CR0|CR0PG), true)
	if s.EFER&EFERLMA == 0 || s.Paging() != mmu.Level4 {
		t.Errorf("EFER %#x, %d levels", s.EFER, s.Paging())
	}
	b.reaches(t, "4-level paging", 0x1234, 0x1234)
	must(t, "PAE off in long mode", c.writeCR4(0), false)
	must(t, "LA57 in long mode", c.writeCR4(CR4PAE|CR4LA57), false)
	must(t, "LME off in long mode", c.writeEFER(0), false)
	must(t, "PG off in compatibility mode", c.writeCR0(s.CR0&^CR0PG), true)
	if s.EFER != EFERLME {
		t.Errorf("EFER %#x", s.EFER)
	}
	must(t, "LA57", c.writeCR4(CR4PAE|CR4LA57), true)
	b.ram.Write64(0x53000, benchTables|mmu.P|mmu.W)
	must(t, "CR3", c.writeCR3(0x53000), true)
	must(t, "PG", c.writeCR0(s.CR0|CR0PG), true)
	b.reaches(t, "5-level paging", 0x1234, 0x1234)
	s.Seg[CS].Attr = 0xa09b
	c.modeChanged()
	must(t, "PG off in 64-bit mode", c.writeCR0(s.CR0&^CR0PG), false)
	b.reaches(t, "a canonical address of 57 bits", 1<<55, -1)
	if c.trap.Vector != VecPF {
		t.Errorf("vector %d", c.trap.Vector)
	}
	b.reaches(t, "one that is not", 1<<56, -1)
	if c.trap.Vector != VecGP {
		t.Errorf("vector %d", c.trap.Vector)
	}
}

// TestPDPTEs: the registers of PAE paging change with CR3 and with certain bits of CR0 and CR4, and are checked then.
func TestPDPTEs(t *testing.T) {
	b := newModes()
	c, s := b.c, &b.c.S
	c.writeCR4(CR4PAE)
	c.writeCR3(modesPAE)
	c.writeCR0(s.CR0 | CR0PG)
	b.ram.Write64(modesPAE, 0)
	c.flushGlobal()
	b.reaches(t, "the table changed, the register not", modesVA, modesPhys)
	must(t, "CR3", c.writeCR3(modesPAE), true)
	b.reaches(t, "loaded again", modesVA, -1)
	b.ram.Write64(modesPAE, modesPD|mmu.P)
	must(t, "CR4.TSD", c.writeCR4(s.CR4^CR4TSD), true)
	b.reaches(t, "CR4.TSD loads nothing", modesVA, -1)
	must(t, "CR4.PGE", c.writeCR4(s.CR4^CR4PGE), true)
	b.reaches(t, "CR4.PGE loads", modesVA, modesPhys)
	before := *s
	b.ram.Write64(modesPAE+24, mmu.P|mmu.W) // bit 1 is reserved
	must(t, "reserved bit by CR3", c.writeCR3(modesPAE), false)
	must(t, "reserved bit by CR4", c.writeCR4(s.CR4^CR4PSE), false)
	must(t, "reserved bit by CR0", c.writeCR0(s.CR0^CR0CD), false)
	if *s != before || c.trap.Vector != VecGP || c.trap.Code != 0 {
		t.Errorf("%+v", c.trap)
	}
	must(t, "PG off", c.writeCR0(s.CR0&^CR0PG), true)
	must(t, "reserved bit by PG", c.writeCR0(s.CR0|CR0PG), false)
}

// TestCR3: bits beyond the width of physical addresses are refused, the others stay.
func TestCR3(t *testing.T) {
	b := newPaging(0)
	b.enter(false)
	must(t, "bit 40", b.c.writeCR3(1<<40|benchTables), false)
	must(t, "bit 63", b.c.writeCR3(1<<63|benchTables), false)
	must(t, "PWT, PCD and what is ignored", b.c.writeCR3(benchTables|0xfff), true)
	must(t, "PCIDE", b.c.writeCR4(b.c.S.CR4|1<<17), false)
	if b.c.S.CR3 != benchTables|0xfff {
		t.Errorf("CR3 %#x", b.c.S.CR3)
	}
}

// TestCompatibilityWraps: outside 64-bit mode addresses go on at 0 after 4 GiB.
func TestCompatibilityWraps(t *testing.T) {
	for _, long := range []bool{false, true} {
		b := newRights(long)
		s := &b.c.S
		b.ram.Write16(0xffe, 0x2211)
		b.ram.Write16(0x0, 0x4433)
		v, ok := b.c.loadSlow(0xfffffffe, 4)
		if !ok || v != 0x44332211 {
			t.Errorf("long %v: %#x %v, CR2 would be %#x", long, v, ok, b.c.trap.Addr)
		}
		s.Seg[CS].Attr = 0xa09b
		b.c.modeChanged()
		if _, ok := b.c.loadSlow(0xfffffffe, 4); long && (ok || b.c.trap.Addr != 1<<32) {
			t.Errorf("64-bit mode: %v, fault at %#x", ok, b.c.trap.Addr)
		}
	}
}

// newRights maps the first page to itself and the last one below 4 GiB to frame 0 too, in 32-bit code.
func newRights(long bool) *bench {
	b := newBenchOf(4 << 20)
	m := rightsMap{mmu.PAE, 1, 1}
	if long {
		m = rightsMap{mmu.Level4, 1, 1}
	}
	b.rights(m, 0)
	s := &b.c.S
	s.Seg[CS].Attr = 0xc09b
	for level := int(m.mode); level >= 1; level-- {
		for _, va := range []uint64{0, 0xfffff000} {
			e := uint64(rightsTables) + uint64(int(m.mode)-level+1)*0x1000 | mmu.P | mmu.W
			if level == 1 {
				e = mmu.P | mmu.W
			}
			if m.mode == mmu.PAE && level == 3 {
				s.PDPTE[m.mode.Index(va, 3)] = e &^ mmu.W
				continue
			}
			b.ram.Write64(rightsTables+uint64(int(m.mode)-level)*0x1000+8*uint64(m.mode.Index(va, level)), e)
		}
	}
	b.c.FlushTLB()
	b.c.modeChanged()
	return b
}
