package cpu

import (
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// Call gates, and the stacks of inner rings (SDM 3A "Accessing a Code Segment Through a Call Gate", "Stack Switching").

// callGate is a far jump or call through gate g, whose descriptor is d.
func (c *CPU) callGate(g Segment, d uint64, call bool) bool {
	cpl := c.cpl()
	size, off := uint8(2), d&0xffff
	if g.Attr&typeWide != 0 {
		size, off = 4, off|d>>48<<16
	}
	if c.long() {
		hi, ok := c.upperHalf(g.Sel)
		if !ok {
			return false
		}
		size, off = 8, off|hi<<32
	}
	if g.dpl() < cpl || g.dpl() < uint8(g.Sel&3) {
		return c.refuse(VecGP, g.Sel)
	}
	if g.Attr&attrP == 0 {
		return c.refuse(VecNP, g.Sel)
	}
	cs, ok := c.gateTarget(uint16(d >> 16))
	if !ok {
		return false
	}
	if !call && !cs.conforming() && cs.dpl() != cpl {
		return c.refuse(VecGP, cs.Sel)
	}
	if cs.Attr&attrP == 0 {
		return c.refuse(VecNP, cs.Sel)
	}
	if call && !cs.conforming() && cs.dpl() < cpl {
		rip := c.S.RIP
		if !c.callInner(cs, off, size, d>>32&31) {
			return false
		}
		if c.trace.Has(trace.FarIn) {
			c.emit(trace.FarIn, uint64(g.Sel), rip)
		}
		return true
	}
	cs.Sel = cs.Sel&^3 | uint16(cpl)
	return c.enterCode(cs, off, size, call)
}

// upperHalf reads the second half of a 16-byte gate, whose type must be 0.
func (c *CPU) upperHalf(sel uint16) (uint64, bool) {
	la, ok := c.descriptorAt(sel, 16)
	if !ok {
		return 0, c.refuse(VecGP, sel)
	}
	hi, ok := c.sysLoad(la+8, 8)
	if ok && hi>>40&0x1f != 0 {
		return 0, c.refuse(VecGP, sel)
	}
	return hi, ok
}

// gateTarget reads the code segment that a gate names; whether it is present is not yet checked.
func (c *CPU) gateTarget(sel uint16) (cs Segment, ok bool) {
	if sel&^3 == 0 {
		return cs, c.raise(VecGP, c.ext)
	}
	d, ok := c.descriptor(sel, VecGP)
	if !ok {
		return cs, false
	}
	cs = parseDescriptor(sel, d)
	if !cs.code() || cs.dpl() > c.cpl() || c.long() && cs.Attr&(attrL|attrDB) != attrL {
		return cs, c.refuse(VecGP, sel)
	}
	return cs, true
}

// callInner is a call through a gate to an inner ring: the stack is changed and params words are copied to the new one.
func (c *CPU) callInner(cs Segment, off uint64, size uint8, params uint64) bool {
	cs.Sel = cs.Sel&^3 | uint16(cs.dpl())
	st, ok := c.innerStack(cs.dpl())
	if !ok {
		return false
	}
	if size == 8 {
		params = 0
	}
	words := make([]uint64, 0, 35)
	words = append(words, c.S.RIP, uint64(c.S.Seg[CS].Sel))
	for i := range params {
		v, ok := c.top(size, i*uint64(size))
		if !ok {
			return false
		}
		words = append(words, v)
	}
	words = append(words, c.S.R[RSP], uint64(c.S.Seg[SS].Sel))
	if off, ok = c.codeTarget(&cs, off); !ok || !c.pushOn(&st, words, size) || !c.setAccessed(&cs) {
		return false
	}
	c.S.RIP = off
	c.S.Seg[SS], c.S.R[RSP] = st.ss, st.sp
	c.setCS(cs)
	return true
}

// stack is where a frame is pushed.
type stack struct {
	ss    Segment
	sp    uint64
	cpl   uint8
	inner bool // not the present one
}

// innerStack reads the stack for ring cpl from the TSS; in long mode SS becomes null.
func (c *CPU) innerStack(cpl uint8) (st stack, ok bool) {
	st = stack{cpl: cpl, inner: true}
	if c.long() {
		st.ss = Segment{Sel: uint16(cpl), Attr: uint16(cpl) << 5}
		st.sp, ok = c.longStack(4 + 8*uint32(cpl))
		return st, ok
	}
	tr := &c.S.TR
	at, size := 2+4*uint32(cpl), uint8(2)
	if tr.Attr&typeWide != 0 {
		at, size = 4+8*uint32(cpl), 4
	}
	if at+uint32(size)+1 > tr.Limit {
		return st, c.refuse(VecTS, tr.Sel)
	}
	if st.sp, ok = c.sysLoad(tr.Base+uint64(at), size); !ok {
		return st, false
	}
	sel, ok := c.sysLoad(tr.Base+uint64(at)+uint64(size), 2)
	if !ok {
		return st, false
	}
	st.ss, ok = c.stackSegment(uint16(sel), cpl, VecTS)
	return st, ok
}

// longStack reads a stack pointer at offset at of a 64-bit TSS.
func (c *CPU) longStack(at uint32) (uint64, bool) {
	tr := &c.S.TR
	if at+7 > tr.Limit {
		return 0, c.refuse(VecTS, tr.Sel)
	}
	rsp, ok := c.sysLoad(tr.Base+uint64(at), 8)
	if ok && !mmu.Canonical(rsp, c.levels()) {
		return 0, c.raise(VecSS, c.ext)
	}
	return rsp, ok
}

// pushOn pushes words, the last first, on a stack: all or nothing.
func (c *CPU) pushOn(st *stack, words []uint64, size uint8) bool {
	user, implicit, smc := c.user, c.implicit, c.smc
	defer func() { c.user, c.implicit, c.smc = user, implicit, smc }()
	c.implicit = true
	c.smc = true // the frame may lie in the page of the running code
	if st.cpl < 3 {
		c.user = c.supervisor()
	}
	sp := st.sp
	for range words {
		if sp = st.below(sp, size, c.long()); !c.stackWord(st, sp, size) {
			return false
		}
	}
	at := sp
	for _, w := range words {
		c.store(st.linear(at, c.long()), size, w)
		at += uint64(size)
	}
	st.sp = sp
	return true
}

// below is the stack pointer one word further down.
func (st *stack) below(sp uint64, size uint8, long bool) uint64 {
	switch {
	case long:
		return sp - uint64(size)
	case st.ss.Attr&attrDB != 0:
		return uint64(uint32(sp) - uint32(size))
	}
	return sp&^0xffff | uint64(uint16(sp)-uint16(size))
}

// linear is the linear address of stack pointer sp.
func (st *stack) linear(sp uint64, long bool) uint64 {
	switch {
	case long:
		return sp
	case st.ss.Attr&attrDB != 0:
		return uint64(uint32(st.ss.Base + sp))
	}
	return uint64(uint32(st.ss.Base + sp&0xffff))
}

// stackWord checks that a word at sp may be written: #SS with the new stack's selector when the limit forbids it.
func (c *CPU) stackWord(st *stack, sp uint64, size uint8) bool {
	if !c.long() {
		off := uint32(sp)
		if st.ss.Attr&attrDB == 0 {
			off &= 0xffff
		}
		if st.ss.holds(off, uint64(size)) {
			return c.probe(st.linear(sp, false), uint64(size))
		}
		if st.inner {
			return c.refuse(VecSS, st.ss.Sel)
		}
		return c.raise(VecSS, c.ext)
	}
	if c.probe(sp, uint64(size)) {
		return true
	}
	if c.trap.Canon {
		c.trap.Vector, c.trap.Code = VecSS, c.ext
	}
	return false
}
