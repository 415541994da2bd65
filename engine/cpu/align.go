package cpu

import "vitrine/engine/mmu"

// Alignment checking: unaligned accesses in ring 3 are #AC when CR0.AM and RFLAGS.AC say so (SDM 3A "Alignment Check
// Exception"). While that is so instructions run one by one and the half of fast for ring 3 is empty, so that the slow
// path sees each access.

// alignment is ctxAlign when alignment is checked.
func (c *CPU) alignment() uint32 {
	s := &c.S
	if s.CR0&CR0AM == 0 || s.RFLAGS&FlagAC == 0 || s.CPL() != 3 {
		c.guard &^= guardAlign
		return 0
	}
	if c.guard&guardAlign == 0 {
		c.guard |= guardAlign
		c.dropPart(fastUser)
	}
	return ctxAlign | ctxSingle
}

// keptOut tells whether a page must stay out of fast.
func (c *CPU) keptOut(page uint64) bool {
	return c.guard&guardAlign != 0 && c.user == fastUser || c.watched(page)
}

// guarded looks at an access for #AC and for data breakpoints, which are noted when note is set.
func (c *CPU) guarded(la, size uint64, acc access, note bool) bool {
	if c.guard&guardAlign != 0 && !c.aligned(la, size) {
		return c.raise(VecAC, 0)
	}
	return c.guard&guardWatch == 0 || c.watch(la, size, acc, note)
}

// aligned checks size bytes. Of an area of several fields it is the beginning that counts: what lies inside is not
// asked again.
func (c *CPU) aligned(la, size uint64) bool {
	if c.mode64() && !mmu.Canonical(la, c.levels()) {
		return true // another fault, which comes first
	}
	if c.implicit || c.user != fastUser || la-c.waived[0] < c.waived[1] {
		return true
	}
	by := size
	switch {
	case size == 16:
		by = 1 // MOVUPS and its like
	case size == 10:
		by = 8
	case size > 16 && size&3 == 0:
		by = 4
	case size > 8:
		by = 2
	}
	if size > 8 {
		c.waived = [2]uint64{la, size}
	}
	return la&(by-1) == 0
}

// readable checks the alignment of an area of n bytes before its fields are read.
func (c *CPU) readable(la, n uint64) bool {
	if c.guard&guardAlign != 0 && !c.aligned(c.unmarked(la), n) {
		return c.raise(VecAC, 0)
	}
	return true
}
