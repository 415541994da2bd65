package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mmu"
)

// Descriptor-table registers (SDM 3A "Memory-Management Registers").

var (
	_ = def(Def{Op: x86asm.LGDT, Ref: "SDM 2A LGDT/LIDT", Fn: lgdtFn, Traits: End | Ring0})
	_ = def(Def{Op: x86asm.LIDT, Ref: "SDM 2A LGDT/LIDT", Fn: lidtFn, Traits: End | Ring0})
	_ = def(Def{Op: x86asm.SGDT, Ref: "SDM 2B SGDT", Fn: sgdtFn})
	_ = def(Def{Op: x86asm.SIDT, Ref: "SDM 2B SIDT", Fn: sidtFn})
	_ = def(Def{Op: x86asm.LLDT, Ref: "SDM 2A LLDT", Fn: lldtFn, Traits: End})
	_ = def(Def{Op: x86asm.LTR, Ref: "SDM 2A LTR", Fn: ltrFn, Traits: End})
	_ = def(Def{Op: x86asm.SLDT, Ref: "SDM 2B SLDT", Fn: sldtFn})
	_ = def(Def{Op: x86asm.STR, Ref: "SDM 2B STR", Fn: strFn})
)

// loadTable reads a limit and a base.
func (c *CPU) loadTable(u *Uop) (t Table, ok bool) {
	la := c.ea(u)
	limit, ok := c.load16(la)
	if !ok {
		return t, false
	}
	size := uint8(4)
	if c.mode64() {
		size = 8
	}
	base, ok := c.load(la+2, size)
	if !ok {
		return t, false
	}
	if size == 4 && u.Bits&BitMode == Mode16<<4 != (u.Bits&BitData != 0) {
		base &= 0xffffff // 16-bit operand size: 24 bits of base
	}
	if size == 8 && !mmu.Canonical(base, c.levels()) {
		return t, c.raise(VecGP, 0)
	}
	return Table{Base: base, Limit: limit}, true
}

func lgdtFn(c *CPU, u *Uop) bool {
	t, ok := c.loadTable(u)
	if ok {
		c.S.GDTR = t
	}
	return ok
}

func lidtFn(c *CPU, u *Uop) bool {
	t, ok := c.loadTable(u)
	if ok {
		c.S.IDTR = t
	}
	return ok
}

func (c *CPU) storeTable(u *Uop, t Table) bool {
	la := c.ea(u)
	size := uint8(4)
	if c.mode64() {
		size = 8
	}
	return c.probe(la, 2+uint64(size)) && c.store16(la, t.Limit) && c.store(la+2, size, t.Base)
}

// secret refuses what would tell ring 3 about the system's tables when CR4.UMIP is set (SDM 3A "User-Mode Instruction
// Prevention").
func (c *CPU) secret() bool {
	if c.S.CR4&CR4UMIP != 0 && c.cpl() != 0 {
		return c.raise(VecGP, 0)
	}
	return true
}

func sgdtFn(c *CPU, u *Uop) bool { return c.secret() && c.storeTable(u, c.S.GDTR) }
func sidtFn(c *CPU, u *Uop) bool { return c.secret() && c.storeTable(u, c.S.IDTR) }

// systemSegment reads the descriptor of an LDT or a TSS of one of some types; in long mode it has 16 bytes. vector is
// #GP, or #TS in a task switch, where an LDT that is not present is #TS too.
func (c *CPU) systemSegment(sel uint16, kinds uint16, vector uint8) (s Segment, ok bool) {
	if sel&4 != 0 {
		return s, c.refuse(vector, sel)
	}
	d, ok := c.descriptor(sel, vector)
	if !ok {
		return s, false
	}
	s = parseDescriptor(sel, d)
	if s.Attr&attrS != 0 || kinds>>(s.Attr&attrType)&1 == 0 {
		return s, c.refuse(vector, sel)
	}
	var hi uint64
	if c.long() {
		if hi, ok = c.upperHalf(sel); !ok {
			return s, false
		}
	}
	if s.Attr&attrP == 0 {
		if vector == VecGP {
			vector = VecNP
		}
		return s, c.refuse(vector, sel)
	}
	s.Base |= hi << 32
	if hi != 0 && !mmu.Canonical(s.Base, max(c.levels(), 4)) {
		return s, c.refuse(VecGP, sel)
	}
	return s, true
}

func lldtFn(c *CPU, u *Uop) bool {
	v, ok := c.systemSelector(u)
	if !ok {
		return false
	}
	if v&^3 == 0 {
		c.S.LDTR = Segment{Sel: v}
		return true
	}
	s, ok := c.systemSegment(v, 1<<typeLDT, VecGP)
	if ok {
		c.S.LDTR = s
	}
	return ok
}

func ltrFn(c *CPU, u *Uop) bool {
	v, ok := c.systemSelector(u)
	if !ok {
		return false
	}
	if v&^3 == 0 {
		return c.raise(VecGP, 0)
	}
	kinds := uint16(1<<typeTSS16 | 1<<(typeTSS16|typeWide))
	if c.long() {
		kinds = 1 << (typeTSS16 | typeWide)
	}
	s, ok := c.systemSegment(v, kinds, VecGP)
	if !ok {
		return false
	}
	s.Attr |= attrBusy
	if !c.setType(v, s.Attr) {
		return false
	}
	c.S.TR = s
	return true
}

// systemSelector is the operand of LLDT and LTR, which real mode does not know.
func (c *CPU) systemSelector(u *Uop) (uint16, bool) {
	switch {
	case c.realLike():
		return 0, c.raise(VecUD, 0)
	case c.cpl() != 0:
		return 0, c.raise(VecGP, 0)
	}
	return c.selector(u)
}

// selector reads a 16-bit first operand.
func (c *CPU) selector(u *Uop) (uint16, bool) {
	if u.Form&FormMem0 != 0 {
		return c.load16(c.ea(u))
	}
	return uint16(c.S.R[u.Dst&15]), true
}

func (c *CPU) storeSelector(u *Uop, sel uint16) bool {
	if u.Form&FormMem0 != 0 {
		return c.store16(c.ea(u), sel)
	}
	c.setReg(u.Dst, u.Size, uint64(sel))
	return true
}

func sldtFn(c *CPU, u *Uop) bool { return c.storeSystem(u, c.S.LDTR.Sel) }
func strFn(c *CPU, u *Uop) bool  { return c.storeSystem(u, c.S.TR.Sel) }

// storeSystem is SLDT and STR, which real mode does not know.
func (c *CPU) storeSystem(u *Uop, sel uint16) bool {
	if c.realLike() {
		return c.raise(VecUD, 0)
	}
	return c.secret() && c.storeSelector(u, sel)
}
