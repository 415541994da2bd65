package cpu

import (
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// Paging returns the paging mode in use (SDM 3A "Paging-Mode Enabling").
func (s *State) Paging() mmu.Mode {
	switch {
	case s.CR0&CR0PG == 0:
		return mmu.Off
	case s.CR4&CR4PAE == 0:
		return mmu.Legacy
	case s.EFER&EFERLMA == 0:
		return mmu.PAE
	case s.CR4&CR4LA57 != 0:
		return mmu.Level5
	}
	return mmu.Level4
}

// Root is where a walk of the present page tables begins.
func (s *State) Root() mmu.Root {
	return mmu.Root{Mode: s.Paging(), PSE: s.CR4&CR4PSE != 0, NXE: s.EFER&EFERNXE != 0, CR3: s.CR3, PDPTE: s.PDPTE}
}

// The control registers that say how addresses are translated, and what a change of them takes out of the TLBs
// (SDM 3A "Operations that Invalidate TLBs and Paging-Structure Caches").

// cr4Bits are the bits of CR4 that exist.
const cr4Bits = CR4TSD | CR4DE | CR4PSE | CR4PAE | CR4PGE | 1<<8 | CR4OSFXSR | CR4OSXMMEXCPT | CR4UMIP | CR4LA57 |
	CR4FSGSBASE | CR4OSXSAVE | CR4SMEP | CR4SMAP

// writeCR0 enters and leaves protected mode, paging and, with EFER.LME, long mode.
func (c *CPU) writeCR0(v uint64) bool {
	const known = CR0PE | CR0MP | CR0EM | CR0TS | CR0ET | CR0NE | CR0WP | CR0AM | CR0NW | CR0CD | CR0PG
	s := &c.S
	if v>>32 != 0 || v&CR0PG != 0 && v&CR0PE == 0 || v&CR0NW != 0 && v&CR0CD == 0 {
		return c.raise(VecGP, 0)
	}
	v = v&known | CR0ET
	efer := s.EFER
	switch {
	case v&CR0PG != 0 && s.CR0&CR0PG == 0 && efer&EFERLME != 0:
		if s.CR4&CR4PAE == 0 || s.Seg[CS].Attr&attrL != 0 || s.TR.Attr&attrType == typeTSS16|attrBusy {
			return c.raise(VecGP, 0)
		}
		efer |= EFERLMA
	case v&CR0PG == 0 && s.CR0&CR0PG != 0:
		if c.mode64() {
			return c.raise(VecGP, 0)
		}
		efer &^= EFERLMA
	}
	changed := v ^ s.CR0
	if changed&(CR0PG|CR0CD|CR0NW) != 0 && v&CR0PG != 0 && efer&EFERLMA == 0 && s.CR4&CR4PAE != 0 && !c.loadPDPTEs(s.CR3) {
		return false
	}
	s.CR0, s.EFER = v, efer
	switch {
	case changed&CR0PG != 0:
		c.flushGlobal()
	case changed&(CR0PE|CR0WP) != 0:
		c.dropFast()
	}
	c.modeChanged()
	if changed&(CR0PG|CR0PE|CR0WP) != 0 && c.trace.Has(trace.Mode) {
		c.emit(trace.Mode, s.CR0, s.EFER)
	}
	return true
}

// writeCR3 switches to other page tables.
func (c *CPU) writeCR3(v uint64) bool {
	if v>>mmu.PhysBits != 0 || c.root.Mode == mmu.PAE && !c.loadPDPTEs(v) {
		return c.raise(VecGP, 0)
	}
	c.LoadCR3(v)
	return true
}

// writeCR4 switches features on and off.
func (c *CPU) writeCR4(v uint64) bool {
	s := &c.S
	changed := v ^ s.CR4
	if v&^uint64(cr4Bits) != 0 || c.long() && (v&CR4PAE == 0 || changed&CR4LA57 != 0) {
		return c.raise(VecGP, 0)
	}
	pae := v&CR4PAE != 0 && s.CR0&CR0PG != 0 && !c.long()
	if pae && changed&(CR4PAE|CR4PGE|CR4PSE|CR4SMEP) != 0 && !c.loadPDPTEs(s.CR3) {
		return false
	}
	s.CR4 = v
	switch {
	case changed&(CR4PGE|CR4PAE|CR4PSE|CR4LA57) != 0:
		c.flushGlobal()
	case changed&v&CR4SMEP != 0:
		c.FlushTLB()
	case changed&(CR4SMEP|CR4SMAP) != 0:
		c.dropFast()
	}
	if changed&CR4DE != 0 {
		c.debugChanged()
	}
	c.modeChanged()
	return true
}

// loadPDPTEs loads the four registers of PAE paging (SDM 3A "PDPTE Registers"). On false #GP is pending and they are
// as they were.
func (c *CPU) loadPDPTEs(cr3 uint64) bool {
	var e [4]uint64
	for i := range e {
		e[i] = c.readPhys(cr3&0xffffffe0+8*uint64(i), 8)
		if mmu.ReservedPDPTE(e[i]) {
			return c.raise(VecGP, 0)
		}
	}
	c.S.PDPTE = e
	return true
}
