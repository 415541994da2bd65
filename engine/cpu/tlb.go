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
	e := c.dataEntry(la)
	walked := false
	// An entry that does not allow the access may be stale, and the dirty bit is set by a walk: walk again (SDM 3A
	// "Invalidation of TLBs and Paging-Structure Caches").
	if e.VA != la&^mem.FrameMask|1 || !c.permits(e.PTE, acc) || acc == accessWrite && e.PTE&mmu.D == 0 {
		pte, ok := c.walk(la, acc)
		if walked = true; !ok {
			c.refused(la, acc)
			return 0, false
		}
		c.fastDrop(la)
		c.use(int(la >> mem.FrameShift & (TLBSize - 1)))
		e.VA, e.PTE = la&^mem.FrameMask|1, pte
		c.noteEntry(e)
	}
	c.fastFill(e)
	pa = e.PTE&mmu.AddrMask | la&mem.FrameMask
	if c.observer != nil {
		c.observer.translated(c, la, pa, acc, walked, true)
	}
	return pa, true
}

// refused tells an observer that a walk has ended in a fault.
func (c *CPU) refused(la uint64, acc access) {
	if c.observer != nil && c.trap.Vector != vecAlone {
		c.observer.translated(c, la, 0, acc, true, false)
	}
}

// translateFetch is translate for instructions. Blocks found once are entered again without it, so what it leaves behind
// must not depend on how often it is asked: nothing but fetches from other pages evicts an entry, and then the jump cache
// is void.
func (c *CPU) translateFetch(la uint64) (pa uint64, ok bool) {
	e := c.instructionEntry(la)
	walked := false
	if e.VA != la&^mem.FrameMask|1 || !c.permits(e.PTE, accessFetch) {
		pte, ok := c.walk(la, accessFetch)
		if walked = true; !ok {
			c.refused(la, accessFetch)
			return 0, false
		}
		if e.VA != 0 {
			c.bump()
		}
		e.VA, e.PTE = la&^mem.FrameMask|1, pte
		c.noteEntry(e)
	}
	pa = e.PTE&mmu.AddrMask | la&mem.FrameMask
	if c.observer != nil {
		c.observer.translated(c, la, pa, accessFetch, walked, true)
	}
	return pa, true
}

// dataEntry is the place of la in the TLB for data.
func (c *CPU) dataEntry(la uint64) *TLBEntry {
	return &c.S.TLB[la>>mem.FrameShift&(TLBSize-1)]
}

// instructionEntry is the place of la in the TLB for instructions.
func (c *CPU) instructionEntry(la uint64) *TLBEntry {
	return &c.S.ITLB[(la>>mem.FrameShift^la>>21)&(ITLBSize-1)]
}

// FlushTLB drops all translations but the global ones, as a write to CR3 does.
func (c *CPU) FlushTLB() { c.flush(mmu.G) }

// flushGlobal drops all translations.
func (c *CPU) flushGlobal() { c.flush(0) }

// flush drops the translations that have none of the bits in keep.
func (c *CPU) flush(keep uint64) {
	for i := c.used(0); i < TLBSize; i = c.used(i + 1) {
		if e := &c.S.TLB[i]; e.PTE&keep == 0 {
			*e = TLBEntry{}
		}
	}
	for i := range c.S.ITLB {
		if e := &c.S.ITLB[i]; e.PTE&keep == 0 {
			*e = TLBEntry{}
		}
	}
	if keep == 0 {
		c.large = 0
	}
	c.dropFast()
	if c.trace.Has(trace.TLBFlush) {
		c.emit(trace.TLBFlush, 0, 1)
	}
}

// InvalidatePage drops the translation of va, as INVLPG does.
func (c *CPU) InvalidatePage(va uint64) {
	if e := c.dataEntry(va); e.VA == va&^mem.FrameMask|1 {
		c.fastDrop(va)
		*e = TLBEntry{}
	}
	if e := c.instructionEntry(va); e.VA == va&^mem.FrameMask|1 {
		*e = TLBEntry{}
	}
	if c.large&regionOf(va) != 0 {
		c.invalidateLarge(va)
	}
	c.bump()
	if c.trace.Has(trace.TLBFlush) {
		c.emit(trace.TLBFlush, va, 0)
	}
}

// invalidateLarge drops the large pages around va. The TLBs hold them in pieces, without saying how large they are: all
// in the same GiB go.
func (c *CPU) invalidateLarge(va uint64) {
	for i := c.used(0); i < TLBSize; i = c.used(i + 1) {
		if e := &c.S.TLB[i]; e.PTE&mmu.PS != 0 && e.VA>>30 == va>>30 {
			c.fastDrop(e.VA)
			*e = TLBEntry{}
		}
	}
	for i := range c.S.ITLB {
		if e := &c.S.ITLB[i]; e.PTE&mmu.PS != 0 && e.VA>>30 == va>>30 {
			*e = TLBEntry{}
		}
	}
}

// regionOf is the bit of CPU.large for the GiB of va.
func regionOf(va uint64) uint64 { return 1 << (va >> 30 & 63) }

// noteEntry notes that a TLB holds e from now on.
func (c *CPU) noteEntry(e *TLBEntry) {
	if e.PTE&mmu.PS != 0 {
		c.large |= regionOf(e.VA)
	}
}

// LoadCR3 switches to other page tables. Not for PAE paging, which has registers to load.
func (c *CPU) LoadCR3(v uint64) {
	if was := c.S.CR3; was != v && c.trace.Has(trace.Space) {
		c.emit(trace.Space, v, was)
	}
	c.S.CR3 = v
	c.FlushTLB()
}
