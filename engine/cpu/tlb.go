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

// right says which accesses a TLB entry allows: those for whose bits in mask it has the values of want.
type right struct{ mask, want uint64 }

// permits checks an access against a TLB entry.
func (c *CPU) permits(pte uint64, acc access) bool {
	r := &c.rights[c.user/TLBSize&3][acc&3]
	return pte&r.mask == r.want
}

// setRights derives rights from the control registers, for each part of fast (SDM 3A "Determination of Access Rights").
func (c *CPU) setRights() {
	s := &c.S
	user, kernel := right{mmu.U, mmu.U}, right{}
	ac, fetch := kernel, kernel
	if s.CR0&CR0PG != 0 && s.CR4&CR4SMAP != 0 {
		kernel = right{mmu.U, 0}
	}
	if s.CR0&CR0PG != 0 && s.CR4&CR4SMEP != 0 {
		fetch = right{mmu.U, 0}
	}
	for part, data := range [...]right{fastKernel / TLBSize: kernel, fastUser / TLBSize: user, fastAC / TLBSize: ac} {
		write, code := data, fetch
		if part == fastUser/TLBSize {
			code = user
		}
		if part == fastUser/TLBSize || s.CR0&CR0WP != 0 {
			write = right{data.mask | mmu.W, data.want | mmu.W}
		}
		code.mask |= mmu.NX
		c.rights[part] = [4]right{accessRead: data, accessWrite: write, accessFetch: code}
	}
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
	if e := &c.S.TLB[la>>mem.FrameShift&(TLBSize-1)]; e.VA == la&^mem.FrameMask|1 {
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

// Parts of fast: one for each way in which an access's privilege can matter. CPU.user is the one in use.
const (
	fastKernel = 0           // supervisor accesses; with SMAP not to pages of ring 3
	fastUser   = TLBSize     // accesses of ring 3
	fastAC     = 2 * TLBSize // with SMAP: supervisor accesses while RFLAGS.AC is set
	fastSize   = 3 * TLBSize
)

// supervisor is the part of fast for explicit supervisor accesses (SDM 3A "Access Rights").
func (c *CPU) supervisor() uint64 {
	if c.S.CR4&CR4SMAP != 0 && c.S.RFLAGS&FlagAC != 0 {
		return fastAC
	}
	return fastKernel
}

// fastFill lets the fast path use e from now on.
func (c *CPU) fastFill(e *TLBEntry) {
	pa, page := e.PTE&mmu.AddrMask, e.VA&^1
	if !c.ram.Has(pa, mem.FrameSize) || pa == c.apicPage || c.guard != 0 && c.keptOut(page) {
		return
	}
	f := c.at(page)
	f.R, f.W, f.Add = page, noPage, pa-page
	c.usedAC = c.usedAC || c.user == fastAC
	marks := &c.ram.Marks[mem.FrameOf(pa)]
	rom := pa >= romBase && pa < romEnd
	if e.PTE&mmu.D != 0 && c.permits(e.PTE, accessWrite) && *marks&mem.MarkCode == 0 && !rom {
		*marks |= mem.MarkWritten
		f.W = page
	}
}

// fastDrop forgets the fast entries at la's place, in all parts.
func (c *CPU) fastDrop(la uint64) {
	for i := la >> mem.FrameShift & (TLBSize - 1); i < fastSize; i += TLBSize {
		c.fast[i].R, c.fast[i].W = noPage, noPage
	}
}

// dropFast forgets all fast entries and everything that was looked up through them or derived from control registers.
func (c *CPU) dropFast() {
	c.root, c.apicPage = c.S.Root(), c.apicWindow()
	c.setRights()
	used := c.fast[:]
	if !c.usedAC {
		used = c.fast[:fastAC]
	}
	for i := range used {
		used[i].R, used[i].W = noPage, noPage
	}
	c.usedAC = false
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

// LoadCR3 switches to other page tables. Not for PAE paging, which has registers to load.
func (c *CPU) LoadCR3(v uint64) {
	if was := c.S.CR3; was != v && c.trace.Has(trace.Space) {
		c.emit(trace.Space, v, was)
	}
	c.S.CR3 = v
	c.FlushTLB()
}
