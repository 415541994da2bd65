package cpu

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

type access uint8

const (
	accessRead access = iota
	accessWrite
	accessFetch
)

// wrap cuts a linear address to 32 bits outside 64-bit mode.
func (c *CPU) wrap(la uint64) uint64 {
	if c.S.EFER&EFERLMA == 0 {
		return uint64(uint32(la))
	}
	return la
}

// levels is the number of paging levels in use; 0 without paging.
func (c *CPU) levels() int {
	switch {
	case c.S.CR0&CR0PG == 0:
		return 0
	case c.S.CR4&CR4LA57 != 0:
		return 5
	}
	return 4
}

// translate gives the physical address of la for an access at the present privilege, or makes #PF or #GP pending.
func (c *CPU) translate(la uint64, acc access) (pa uint64, ok bool) {
	if acc == accessFetch {
		return c.translateFetch(la)
	}
	e := &c.S.TLB[la>>mem.FrameShift&(TLBSize-1)]
	if e.VA != la&^mem.FrameMask|1 {
		if ok = c.fill(e, la, acc); !ok {
			return 0, false
		}
	}
	user := c.user != 0
	if !c.permits(e.PTE, acc, user) || acc == accessWrite && e.PTE&mmu.D == 0 {
		// The entry may be stale, and the dirty bit is set by a walk: walk again (SDM 3A "Invalidation of TLBs").
		if ok = c.fill(e, la, acc); !ok {
			return 0, false
		}
		if !c.permits(e.PTE, acc, user) {
			e.VA = 0
			c.fastDrop(la)
			return 0, c.pageFault(la, acc, mmu.FaultP)
		}
	}
	c.fastFill(e, user)
	return e.PTE&mmu.AddrMask | la&mem.FrameMask, true
}

// translateFetch is translate for instructions. Blocks found once are entered again without it, so what it leaves behind
// must not depend on how often it is asked: nothing but fetches from other pages evicts an entry, and then the jump cache
// is void.
func (c *CPU) translateFetch(la uint64) (pa uint64, ok bool) {
	e := &c.S.ITLB[(la>>mem.FrameShift^la>>21)&(TLBSize-1)]
	if e.VA != la&^mem.FrameMask|1 || !c.permits(e.PTE, accessFetch, c.user != 0) {
		if e.VA != 0 {
			c.bump()
		}
		if !c.fill(e, la, accessFetch) {
			return 0, false
		}
	}
	return e.PTE&mmu.AddrMask | la&mem.FrameMask, true
}

// permits checks an access against a TLB entry (SDM 3A "Determination of Access Rights").
func (c *CPU) permits(pte uint64, acc access, user bool) bool {
	switch {
	case user && pte&mmu.U == 0:
		return false
	case acc == accessWrite:
		return pte&mmu.W != 0 || !user && c.S.CR0&CR0WP == 0
	case acc == accessFetch:
		return pte&mmu.NX == 0 || c.S.EFER&EFERNXE == 0
	}
	return true
}

// fill walks the tables for la and puts the translation into e, setting accessed and dirty bits as the walk does.
func (c *CPU) fill(e *TLBEntry, la uint64, acc access) bool {
	if acc != accessFetch {
		c.fastDrop(e.VA)
	}
	page := la &^ mem.FrameMask
	levels := c.levels()
	if levels == 0 {
		*e = TLBEntry{VA: page | 1, PTE: unalias(page) | mmu.W | mmu.U | mmu.D}
		return true
	}
	if !mmu.Canonical(la, levels) {
		c.trap = Trap{Vector: VecGP, Canon: true}
		return false
	}
	w := mmu.Walk(c.ram, c.S.CR3, levels, la)
	if c.trace.Has(trace.Walk) {
		c.emit(trace.Walk, la, w.Phys)
	}
	if w.Reserved {
		return c.pageFault(la, acc, mmu.FaultP|mmu.FaultR)
	}
	if !w.Present {
		return c.pageFault(la, acc, 0)
	}
	pte := unalias(w.Phys&^mem.FrameMask) | w.Perm
	if w.PageSize > mem.FrameSize {
		pte |= mmu.PS
	}
	if !c.permits(pte, acc, c.user != 0) {
		return c.pageFault(la, acc, mmu.FaultP)
	}
	pte |= c.mark(&w, acc)
	if w.Perm&mmu.G != 0 && c.S.CR4&CR4PGE == 0 {
		pte &^= mmu.G
	}
	*e = TLBEntry{VA: page | 1, PTE: pte}
	return true
}

// mark sets the accessed bits along a walk and the dirty bit for a write. It returns the dirty bit as it is now.
func (c *CPU) mark(w *mmu.Result, acc access) uint64 {
	for i := range w.N {
		bits := uint64(mmu.A)
		if acc == accessWrite && i == w.N-1 {
			bits |= mmu.D
		}
		s := &w.Steps[i]
		if s.Entry&bits == bits {
			continue
		}
		s.Entry |= bits
		if pa := w.EntryAddr(i); c.ram.Has(pa, 8) {
			c.ram.Write64(pa, s.Entry)
		}
	}
	c.syncStale() // a table may lie in a page of code
	return w.Steps[w.N-1].Entry & mmu.D
}

// pageFault makes #PF pending.
func (c *CPU) pageFault(la uint64, acc access, code uint32) bool {
	if acc == accessWrite {
		code |= mmu.FaultW
	}
	if c.user != 0 {
		code |= mmu.FaultU
	}
	if acc == accessFetch && c.S.EFER&EFERNXE != 0 {
		code |= mmu.FaultI
	}
	c.trap = Trap{Vector: VecPF, Addr: la, Code: code}
	return false
}

// fastFill lets the fast path use e from now on.
func (c *CPU) fastFill(e *TLBEntry, user bool) {
	pa, page := e.PTE&mmu.AddrMask, e.VA&^1
	if !c.ram.Has(pa, mem.FrameSize) {
		return
	}
	f := c.at(page)
	*f = fastEntry{R: page, W: noPage, Add: pa - page}
	marks := &c.ram.Marks[mem.FrameOf(pa)]
	rom := pa >= romBase && pa < romEnd
	if e.PTE&mmu.D != 0 && c.permits(e.PTE, accessWrite, user) && *marks&mem.MarkCode == 0 && !rom {
		*marks |= mem.MarkWritten
		f.W = page
	}
}

// fastDrop forgets the fast entries at la's place, for both privileges.
func (c *CPU) fastDrop(la uint64) {
	i := la >> mem.FrameShift & (TLBSize - 1)
	c.fast[i] = fastEntry{R: noPage, W: noPage}
	c.fast[i+TLBSize] = fastEntry{R: noPage, W: noPage}
}

// dropFast forgets all fast entries and everything that was looked up through them.
func (c *CPU) dropFast() {
	for i := range c.fast {
		c.fast[i] = fastEntry{R: noPage, W: noPage}
	}
	c.bump()
}

// protectCode takes frame f out of the fast entries for writing: from now on a write into it must be noticed.
func (c *CPU) protectCode(f mem.Frame) {
	for i := range c.fast {
		e := &c.fast[i]
		if e.W != noPage && mem.FrameOf(e.W+e.Add) == f {
			e.W = noPage
		}
	}
}

// Watch makes the CPU notice again which frames it writes, after somebody cleared mem.MarkDirty or mem.MarkFresh.
func (c *CPU) Watch() { c.dropFast() }

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

// LoadCR3 switches to other page tables.
func (c *CPU) LoadCR3(v uint64) {
	c.S.CR3 = v
	c.FlushTLB()
}
