package cpu

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// access is the kind of an access to linear memory.
type access uint8

const (
	accessRead access = iota
	accessWrite
	accessFetch
)

// wrap cuts a linear address to 32 bits outside long mode.
func (c *CPU) wrap(la uint64) uint64 {
	if c.S.EFER&EFERLMA == 0 {
		return uint64(uint32(la))
	}
	return la
}

// last is the address of the last of n bytes at la. Outside 64-bit mode addresses go on at 0 after 4 GiB, in
// compatibility mode too (SDM 3A "Linear Addresses in Compatibility Mode").
func (c *CPU) last(la, n uint64) uint64 {
	end := la + n - 1
	if la>>32 == 0 && !c.mode64() {
		return uint64(uint32(end))
	}
	return end
}

// bounded tells whether an access that goes on in another page ends at a canonical address, as it must before its first
// page is looked at.
func (c *CPU) bounded(la, size uint64) bool {
	if c.root.Mode < mmu.Level4 || mmu.Canonical(c.last(la, size), int(c.root.Mode)) {
		return true
	}
	c.trap = Trap{Vector: VecGP, Canon: true}
	return false
}

// levels is how many levels of tables the width of a canonical address comes from.
func (c *CPU) levels() int {
	if c.S.CR4&CR4LA57 != 0 {
		return 5
	}
	return 4
}

// walk reads the tables for la, setting accessed and dirty bits, and returns what a TLB entry holds.
func (c *CPU) walk(la uint64, acc access) (pte uint64, ok bool) {
	if c.root.Mode >= mmu.Level4 && !mmu.Canonical(la, int(c.root.Mode)) {
		c.trap = Trap{Vector: VecGP, Canon: true}
		return 0, false
	}
	pte, ok = mmu.Find(c.ram, &c.root, la)
	if c.trace.Has(trace.Walk) {
		c.traceWalk(la, pte)
	}
	if !ok {
		code := uint32(0)
		if mmu.Walk(c.ram, c.root, la).Reserved {
			code = mmu.FaultP | mmu.FaultR
		}
		return 0, c.pageFault(la, acc, code)
	}
	if !c.permits(pte, acc) {
		return 0, c.pageFault(la, acc, mmu.FaultP)
	}
	if pte&mmu.A == 0 || acc == accessWrite && pte&mmu.D == 0 {
		if !c.mark(la, acc) {
			return 0, false
		}
		if acc == accessWrite {
			pte |= mmu.D
		}
	}
	if c.S.CR4&CR4PGE == 0 {
		pte &^= mmu.G
	}
	return unalias(pte&mmu.AddrMask)&^c.S.A20 | pte&(mmu.W|mmu.U|mmu.D|mmu.PS|mmu.G|mmu.NX), true
}

// traceWalk tells of a walk; pte is 0 where it found no page.
func (c *CPU) traceWalk(la, pte uint64) {
	switch {
	case c.root.Mode == mmu.Off:
	case pte == 0:
		c.emit(trace.Walk, la, 0)
	default:
		c.emit(trace.Walk, la, pte&mmu.AddrMask|la&mem.FrameMask)
	}
}

// mark sets the accessed bits along the walk of la and the dirty bit for a write.
func (c *CPU) mark(la uint64, acc access) bool {
	w := mmu.Walk(c.ram, c.root, la)
	for i := range w.N {
		bits := uint64(mmu.A)
		if acc == accessWrite && i == w.N-1 {
			bits |= mmu.D
		}
		e, pa := w.Steps[i].Entry, w.EntryAddr(i)
		if e&bits == bits || w.InRegister(i) || !c.ram.Has(pa, w.Mode.EntrySize()) {
			continue
		}
		if !c.mayWrite(pa, 1) { // a table may lie in a page of code
			return false
		}
		c.writePhys(pa, 1, e|bits)
	}
	return true
}

// pageFault makes #PF pending. It takes the address out of the TLBs (SDM 3A "Operations that Invalidate TLBs and
// Paging-Structure Caches").
func (c *CPU) pageFault(la uint64, acc access, code uint32) bool {
	if acc == accessWrite {
		code |= mmu.FaultW
	}
	if c.user == fastUser {
		code |= mmu.FaultU
	}
	if acc == accessFetch && (c.S.CR4&CR4SMEP != 0 || c.S.CR4&CR4PAE != 0 && c.S.EFER&EFERNXE != 0) {
		code |= mmu.FaultI
	}
	if e := c.dataEntry(la); e.VA == la&^mem.FrameMask|1 {
		c.fastDrop(la)
		*e = TLBEntry{}
	}
	if e := c.instructionEntry(la); e.VA == la&^mem.FrameMask|1 {
		*e = TLBEntry{}
		c.bump()
	}
	c.trap = Trap{Vector: VecPF, Addr: la, Code: code}
	return false
}
