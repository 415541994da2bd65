package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// Far transfers, software interrupts and IRET.

var (
	_ = def(Def{Op: x86asm.LJMP, Ref: "SDM 2A JMP", Fn: ljmpFn, Traits: End})
	_ = def(Def{Op: x86asm.LCALL, Ref: "SDM 2A CALL", Fn: lcallFn, Traits: End})
	_ = def(Def{Op: x86asm.LRET, Ref: "SDM 2B RET", Fn: lretFn, Traits: End})
	_ = def(Def{Op: x86asm.INT, Ref: "SDM 2A INT n/INTO/INT3", Fn: intFn, Traits: End})
	_ = def(Def{Op: x86asm.INTO, Ref: "SDM 2A INT n/INTO/INT3", Fn: intoFn, In: FlagOF, Traits: End | Not64})
	_ = def(Def{Op: x86asm.ICEBP, Ref: "SDM 2A INT n/INTO/INT3", Fn: icebpFn, Traits: End})
	_ = def(Def{Op: x86asm.IRET, Ref: "SDM 2A IRET", Fn: iretFn(2), Out: aflags, Traits: End})
	_ = def(Def{Op: x86asm.IRETD, Ref: "SDM 2A IRET", Fn: iretFn(4), Out: aflags, Traits: End})
	_ = def(Def{Op: x86asm.IRETQ, Ref: "SDM 2A IRET", Fn: iretFn(8), Out: aflags, Traits: End})
)

// farPointer is the target of a far branch: immediate or in memory. x86asm gives the selector first.
func (c *CPU) farPointer(u *Uop) (sel uint16, off uint64, ok bool) {
	if u.Form&FormMem0 == 0 {
		return uint16(u.Disp), uint64(u.Imm) & maskOf(u.Size), true
	}
	size := u.farSize()
	la := c.ea(u)
	if off, ok = c.load(la, size); !ok {
		return 0, 0, false
	}
	sel, ok = c.load16(la + uint64(size))
	return sel, off, ok
}

// farSize is the size of a far pointer's offset.
func (u *Uop) farSize() uint8 {
	switch u.Size {
	case 4:
		return 2
	case 6:
		return 4
	}
	return 8
}

// enterCS goes to sel:off at the same privilege.
func (c *CPU) enterCS(sel uint16, off uint64) bool {
	if !c.protected() {
		c.realSegment(CS, sel)
		c.S.RIP = off & 0xffff
		c.bump()
		c.setCS(c.S.Seg[CS])
		return true
	}
	cs, ok := c.codeSegment(sel, c.cpl())
	if !ok {
		return false
	}
	if cs.Attr&attrL != 0 && c.long() {
		if !mmu.Canonical(off, c.levels()) {
			return c.raise(VecGP, 0)
		}
	} else {
		off &= 0xffffffff
	}
	c.S.RIP = off
	c.setCS(cs)
	return true
}

func ljmpFn(c *CPU, u *Uop) bool {
	mode := c.ctx & ctxMode
	sel, off, ok := c.farPointer(u)
	if !ok || !c.enterCS(sel, off) {
		return false
	}
	if c.ctx&ctxMode != mode && c.trace.Has(trace.Mode) {
		c.emit(trace.Mode, c.S.CR0, c.S.EFER)
	}
	return true
}

func lcallFn(c *CPU, u *Uop) bool {
	sel, off, ok := c.farPointer(u)
	if !ok {
		return false
	}
	size := u.Size
	if u.Form&FormMem0 != 0 {
		size = u.farSize()
	}
	next, cs, rsp := c.S.RIP, c.S.Seg[CS], c.S.R[RSP]
	if !c.push(size, uint64(cs.Sel)) {
		return false
	}
	if !c.push(size, next) || !c.enterCS(sel, off) {
		c.S.R[RSP] = rsp
		return false
	}
	return true
}

func lretFn(c *CPU, u *Uop) bool {
	size := u.Size
	off, ok := c.top(size, 0)
	if !ok {
		return false
	}
	sel, ok := c.top(size, uint64(size))
	if !ok {
		return false
	}
	pop := 2*uint64(size) + uint64(uint16(u.Imm))
	if c.protected() && uint8(sel&3) > c.cpl() {
		return c.outward(uint16(sel), off, size, pop)
	}
	rsp := c.S.R[RSP]
	c.setSP(rsp + pop) // with the old stack size
	if !c.enterCS(uint16(sel), off) {
		c.S.R[RSP] = rsp
		return false
	}
	return true
}

// outward is a far return to an outer privilege: the stack pointer comes from the stack too.
func (c *CPU) outward(sel uint16, off uint64, size uint8, pop uint64) bool {
	rsp, ok := c.top(size, pop)
	if !ok {
		return false
	}
	ss, ok := c.top(size, pop+uint64(size))
	if !ok {
		return false
	}
	if !c.returnTo(sel, off, uint16(ss), rsp) {
		return false
	}
	if c.trace.Has(trace.FarOut) {
		c.emit(trace.FarOut, c.S.RIP, uint64(c.S.Seg[CS].Sel))
	}
	return true
}

// returnTo enters code and stack segments of another privilege.
func (c *CPU) returnTo(sel uint16, off uint64, ss uint16, rsp uint64) bool {
	rpl := uint8(sel & 3)
	cs, ok := c.codeSegment(sel, rpl)
	if !ok {
		return false
	}
	wide := cs.Attr&attrL != 0 && c.long()
	stack := Segment{Sel: ss, Attr: uint16(rpl) << 5}
	if ss&^3 != 0 {
		d, ok := c.descriptor(ss, VecGP)
		if !ok {
			return false
		}
		stack = parseDescriptor(ss, d)
		if uint8(ss&3) != rpl || stack.dpl() != rpl || stack.Attr&(attrS|attrCode|attrRW) != attrS|attrRW {
			return c.raise(VecGP, uint32(ss&^3))
		}
		if stack.Attr&attrP == 0 {
			return c.raise(VecSS, uint32(ss&^3))
		}
		if !c.setAccessed(ss, d) {
			return false
		}
		stack.Attr |= attrA
	} else if !wide || rpl == 3 {
		return c.raise(VecGP, 0)
	}
	if wide && !mmu.Canonical(off, c.levels()) {
		return c.raise(VecGP, 0)
	}
	if !wide {
		off &= 0xffffffff
	}
	outer := rpl > c.cpl()
	c.S.RIP = off
	c.S.Seg[SS] = stack
	c.S.R[RSP] = rsp
	c.setCS(cs)
	if outer {
		c.dropInner(rpl)
	}
	return true
}

// dropInner clears the data segment registers that the outer privilege must not have.
func (c *CPU) dropInner(cpl uint8) {
	for _, n := range [4]int{ES, DS, FS, GS} {
		s := &c.S.Seg[n]
		conforming := s.Attr&(attrCode|attrC) == attrCode|attrC
		if s.Sel&^3 != 0 && !conforming && s.dpl() < cpl {
			*s = Segment{Base: s.Base}
		}
	}
}

// soft delivers a software interrupt; S.RIP is already behind the instruction.
func (c *CPU) soft(vector uint8, k cause) bool {
	if c.trace.Has(trace.SoftInt) {
		c.emit(trace.SoftInt, uint64(vector), c.S.RIP)
	}
	return c.deliver(vector, 0, k)
}

func intFn(c *CPU, u *Uop) bool { return c.soft(uint8(u.Imm), causeSoftware) }

func intoFn(c *CPU, u *Uop) bool {
	if c.flags()&FlagOF == 0 {
		return true
	}
	return c.soft(VecOF, causeSoftware)
}

func icebpFn(c *CPU, u *Uop) bool { return c.soft(VecDB, causeExternal) }

func iretFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		if c.long() && c.S.RFLAGS&FlagNT != 0 {
			return c.raise(VecGP, 0)
		}
		var w [5]uint64 // RIP, CS, RFLAGS, RSP, SS
		for i := range 3 {
			var ok bool
			if w[i], ok = c.top(size, uint64(i)*uint64(size)); !ok {
				return false
			}
		}
		flags := c.userFlags(size)
		if !c.protected() {
			c.setSP(c.S.R[RSP] + 3*uint64(size))
			c.enterCS(uint16(w[1]), w[0])
			c.setFlags(flags, w[2])
			return true
		}
		mode64 := c.mode64()
		if !mode64 && uint8(w[1]&3) == c.cpl() {
			rsp := c.S.R[RSP]
			c.setSP(rsp + 3*uint64(size))
			if !c.enterCS(uint16(w[1]), w[0]) {
				c.S.R[RSP] = rsp
				return false
			}
			c.setFlags(flags, w[2])
			return true
		}
		if uint8(w[1]&3) < c.cpl() {
			return c.raise(VecGP, uint32(w[1]&^3))
		}
		for i := 3; i < 5; i++ {
			var ok bool
			if w[i], ok = c.top(size, uint64(i)*uint64(size)); !ok {
				return false
			}
		}
		if !c.returnTo(uint16(w[1]), w[0], uint16(w[4]), w[3]) {
			return false
		}
		c.setFlags(flags, w[2])
		if c.trace.Has(trace.Iret) {
			c.emit(trace.Iret, c.S.RIP, uint64(c.S.Seg[CS].Sel))
		}
		return true
	}
}
