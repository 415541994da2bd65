package cpu

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// translate gives the physical address of la for an access at the present privilege, or makes #PF or #GP pending.
func (c *CPU) translate(la uint64, acc access) (pa uint64, ok bool) {
	if acc == accessFetch {
		return c.translateFetch(la)
	}
	e := &c.S.TLB[la>>mem.FrameShift&(TLBSize-1)]
	// An entry that does not allow the access may be stale, and the dirty bit is set by a walk: walk again (SDM 3A
	// "Invalidation of TLBs and Paging-Structure Caches").
	if e.VA != la&^mem.FrameMask|1 || !c.permits(e.PTE, acc) || acc == accessWrite && e.PTE&mmu.D == 0 {
		pte, ok := c.walk(la, acc)
		if !ok {
			return 0, false
		}
		c.fastDrop(la)
		e.VA, e.PTE = la&^mem.FrameMask|1, pte
	}
	c.fastFill(e)
	return e.PTE&mmu.AddrMask | la&mem.FrameMask, true
}

// translateFetch is translate for instructions. Blocks found once are entered again without it, so what it leaves behind
// must not depend on how often it is asked: nothing but fetches from other pages evicts an entry, and then the jump cache
// is void.
func (c *CPU) translateFetch(la uint64) (pa uint64, ok bool) {
	e := c.instructionEntry(la)
	if e.VA != la&^mem.FrameMask|1 || !c.permits(e.PTE, accessFetch) {
		pte, ok := c.walk(la, accessFetch)
		if !ok {
			return 0, false
		}
		if e.VA != 0 {
			c.bump()
		}
		e.VA, e.PTE = la&^mem.FrameMask|1, pte
	}
	return e.PTE&mmu.AddrMask | la&mem.FrameMask, true
}

// instructionEntry is the place of la in the TLB for instructions.
func (c *CPU) instructionEntry(la uint64) *TLBEntry {
	return &c.S.ITLB[(la>>mem.FrameShift^la>>21)&(TLBSize-1)]
}

// FlushTLB drops all translations but the global ones, as a write to CR3 does.
func (c *CPU) FlushTLB() {
	for i := range c.S.TLB {
		if c.S.TLB[i].PTE&mmu.G == 0 {
			c.S.TLB[i] = TLBEntry{}
		}
		if c.S.ITLB[i].PTE&mmu.G == 0 {
			c.S.ITLB[i] = TLBEntry{}
		}
	}
	c.dropFast()
	if c.trace.Has(trace.TLBFlush) {
		c.emit(trace.TLBFlush, 0, 1)
	}
}

// flushGlobal drops all translations.
func (c *CPU) flushGlobal() {
	c.S.TLB, c.S.ITLB = [TLBSize]TLBEntry{}, [TLBSize]TLBEntry{}
	c.FlushTLB()
}

// InvalidatePage drops the translation of va, as INVLPG does. The TLB holds large pages in pieces: those in the same
// GiB go too.
func (c *CPU) InvalidatePage(va uint64) {
	for i := range c.S.TLB {
		if e := &c.S.TLB[i]; e.covers(va) {
			c.fastDrop(e.VA)
			*e = TLBEntry{}
		}
		if e := &c.S.ITLB[i]; e.covers(va) {
			*e = TLBEntry{}
		}
	}
	c.bump()
	if c.trace.Has(trace.TLBFlush) {
		c.emit(trace.TLBFlush, va, 0)
	}
}

// covers tells whether e may be of the page that maps va.
func (e *TLBEntry) covers(va uint64) bool {
	return e.VA == va&^mem.FrameMask|1 || e.PTE&mmu.PS != 0 && e.VA>>30 == va>>30
}

// LoadCR3 switches to other page tables. Not for PAE paging, which has registers to load.
func (c *CPU) LoadCR3(v uint64) {
	if was := c.S.CR3; was != v && c.trace.Has(trace.Space) {
		c.emit(trace.Space, v, was)
	}
	c.S.CR3 = v
	c.FlushTLB()
}
