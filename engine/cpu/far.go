package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// Far JMP, CALL and RET (SDM 3A "Privilege Levels", SDM 2A "JMP", "CALL").

var (
	_ = def(Def{Op: x86asm.LJMP, Ref: "SDM 2A JMP", Fn: ljmpFn, Traits: End})
	_ = def(Def{Op: x86asm.LCALL, Ref: "SDM 2A CALL", Fn: lcallFn, Traits: End})
	_ = def(Def{Op: x86asm.LRET, Ref: "SDM 2B RET", Fn: lretFn, Traits: End})
)

// farPointer is the target of a far branch: immediate or in memory. x86asm gives the selector first.
func (c *CPU) farPointer(u *Uop) (sel uint16, off uint64, size uint8, ok bool) {
	if u.Form&FormMem0 == 0 {
		return uint16(u.Disp), uint64(u.Imm) & maskOf(u.Size), u.Size, true
	}
	size = u.farSize()
	la := c.ea(u)
	if off, ok = c.load(la, size); !ok {
		return 0, 0, size, false
	}
	sel, ok = c.load16(la + uint64(size))
	return sel, off, size, ok
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

func ljmpFn(c *CPU, u *Uop) bool {
	mode := c.ctx & ctxMode
	sel, off, size, ok := c.farPointer(u)
	if !ok || !c.farTo(sel, off, size, false) {
		return false
	}
	if c.ctx&ctxMode != mode && c.trace.Has(trace.Mode) {
		c.emit(trace.Mode, c.S.CR0, c.S.EFER)
	}
	return true
}

func lcallFn(c *CPU, u *Uop) bool {
	sel, off, size, ok := c.farPointer(u)
	return ok && c.farTo(sel, off, size, true)
}

// farTo is a far jump or call to sel:off.
func (c *CPU) farTo(sel uint16, off uint64, size uint8, call bool) bool {
	if c.realLike() {
		return c.farReal(sel, off, size, call)
	}
	if sel&^3 == 0 {
		return c.raise(VecGP, 0)
	}
	d, ok := c.descriptor(sel, VecGP)
	if !ok {
		return false
	}
	s := parseDescriptor(sel, d)
	kind := s.Attr & attrType
	switch {
	case s.Attr&attrS != 0:
		return c.farCode(s, off, size, call)
	case kind == typeCall|typeWide, kind == typeCall && !c.long():
		return c.callGate(s, d, call)
	case c.long():
	case kind == typeTask:
		return c.farTask(s, uint16(d>>16), call)
	case kind&^(attrBusy|typeWide) == typeTSS16:
		return c.farTSS(s, call)
	}
	return c.refuse(VecGP, sel)
}

// farReal is a far jump or call in real or virtual-8086 mode.
func (c *CPU) farReal(sel uint16, off uint64, size uint8, call bool) bool {
	if off > c.codeEnd() {
		return c.raise(VecGP, 0)
	}
	if call {
		rsp := c.S.R[RSP]
		if !c.push(size, uint64(c.S.Seg[CS].Sel)) {
			return false
		}
		if !c.push(size, c.S.RIP) {
			c.S.R[RSP] = rsp
			return false
		}
	}
	c.enterReal(sel, off)
	return true
}

// enterReal goes to sel:off in real or virtual-8086 mode.
func (c *CPU) enterReal(sel uint16, off uint64) {
	old := c.S.Seg[CS].Base
	c.realSegment(CS, sel)
	c.S.RIP = off
	if c.S.Seg[CS].Base != old {
		c.bump() // the jump cache goes by RIP alone
	}
	c.modeChanged()
}

// farCode is a far jump or call to a code segment, which leaves the privilege as it is.
func (c *CPU) farCode(s Segment, off uint64, size uint8, call bool) bool {
	cpl := c.cpl()
	switch {
	case !s.code() || c.wide(&s) && s.Attr&attrDB != 0:
		return c.refuse(VecGP, s.Sel)
	case s.conforming() && s.dpl() > cpl, !s.conforming() && (uint8(s.Sel&3) > cpl || s.dpl() != cpl):
		return c.refuse(VecGP, s.Sel)
	case s.Attr&attrP == 0:
		return c.refuse(VecNP, s.Sel)
	}
	s.Sel = s.Sel&^3 | uint16(cpl)
	return c.enterCode(s, off, size, call)
}

// enterCode goes to a checked code segment of the present privilege; a call pushes where to return to.
func (c *CPU) enterCode(s Segment, off uint64, size uint8, call bool) bool {
	old, rsp := c.S.Seg[CS], c.S.R[RSP]
	c.setCS(s) // a call pushes with the new code size
	ok := !call || c.push(size, uint64(old.Sel)) && c.push(size, c.S.RIP)
	if ok {
		if off, ok = c.codeTarget(&s, off); ok {
			ok = c.setAccessed(&c.S.Seg[CS])
		}
	}
	if !ok {
		c.S.R[RSP] = rsp // what was pushed stays in memory
		c.setCS(old)
		return false
	}
	c.S.RIP = off
	return true
}

// codeTarget checks an offset in a code segment.
func (c *CPU) codeTarget(cs *Segment, off uint64) (uint64, bool) {
	if c.wide(cs) {
		if !mmu.Canonical(off, c.levels()) {
			return 0, c.raise(VecGP, c.ext)
		}
		return off, true
	}
	off = uint64(uint32(off))
	if off > uint64(cs.Limit) {
		return 0, c.raise(VecGP, c.ext)
	}
	return off, true
}

func lretFn(c *CPU, u *Uop) bool {
	size, n := u.Size, uint64(u.Size)
	v, ok := c.top(2, n) // this word first and no more of it, as a fault tells
	if !ok {
		return false
	}
	off, ok := c.top(size, 0)
	if !ok {
		return false
	}
	sel, drop := uint16(v), uint64(uint16(u.Imm))
	if c.realLike() {
		if off > c.codeEnd() {
			return c.raise(VecGP, 0)
		}
		c.setSP(c.S.R[RSP] + 2*n + drop)
		c.enterReal(sel, off)
		return true
	}
	if uint8(sel&3) <= c.cpl() {
		return c.returnSame(sel, off, 2*n+drop)
	}
	rsp, ok := c.top(size, 2*n+drop)
	if !ok {
		return false
	}
	ss, ok := c.top(size, 3*n+drop)
	if !ok || !c.returnOuter(sel, off, uint16(ss), rsp+drop) {
		return false
	}
	if c.trace.Has(trace.FarOut) {
		c.emit(trace.FarOut, c.S.RIP, uint64(c.S.Seg[CS].Sel))
	}
	return true
}

// returnCode reads and checks the code segment that a far return or IRET goes to.
func (c *CPU) returnCode(sel uint16) (s Segment, ok bool) {
	if sel&^3 == 0 {
		return s, c.raise(VecGP, 0)
	}
	d, ok := c.descriptor(sel, VecGP)
	if !ok {
		return s, false
	}
	s = parseDescriptor(sel, d)
	rpl := uint8(sel & 3)
	switch {
	case !s.code() || c.wide(&s) && s.Attr&attrDB != 0 || rpl < c.cpl():
		return s, c.refuse(VecGP, sel)
	case s.conforming() && s.dpl() > rpl, !s.conforming() && s.dpl() != rpl:
		return s, c.refuse(VecGP, sel)
	case s.Attr&attrP == 0:
		return s, c.refuse(VecNP, sel)
	}
	return s, true
}

// returnSame is a far return or IRET to the same privilege that pops pop bytes.
func (c *CPU) returnSame(sel uint16, off, pop uint64) bool {
	cs, ok := c.returnCode(sel)
	if !ok {
		return false
	}
	if off, ok = c.codeTarget(&cs, off); !ok || !c.setAccessed(&cs) {
		return false
	}
	c.S.RIP = off
	c.setCS(cs)
	c.setSP(c.S.R[RSP] + pop) // in the width of where it goes
	return true
}

// returnOuter is a far return to an outer privilege, or an IRET that loads a stack: ss:rsp.
func (c *CPU) returnOuter(sel uint16, off uint64, ss uint16, rsp uint64) bool {
	rpl := uint8(sel & 3)
	cs, ok := c.returnCode(sel)
	if !ok {
		return false
	}
	wide := c.wide(&cs)
	stack := Segment{Sel: ss, Attr: uint16(rpl) << 5}
	if ss&^3 != 0 || !wide || rpl == 3 {
		if stack, ok = c.stackSegment(ss, rpl, VecGP); !ok {
			return false
		}
	} else if uint8(ss&3) != rpl {
		return c.refuse(VecGP, ss)
	}
	if off, ok = c.codeTarget(&cs, off); !ok || !c.setAccessed(&cs) {
		return false
	}
	outer := rpl > c.cpl()
	c.S.RIP = off
	c.S.Seg[SS] = stack
	c.setCS(cs)
	c.setSP(rsp)
	if outer {
		c.dropInner(rpl)
	}
	return true
}

// dropInner clears the data segment registers that the outer privilege must not have.
func (c *CPU) dropInner(cpl uint8) {
	for _, n := range [4]int{ES, DS, FS, GS} {
		s := &c.S.Seg[n]
		switch {
		case s.Sel&^3 == 0:
			s.Sel = 0
		case !s.conforming() && s.dpl() < cpl:
			*s = Segment{Base: s.Base}
		}
	}
}
