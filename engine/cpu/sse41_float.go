package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

// Floating point of SSE4.1 (SDM 1 "Overview of SSE4 Instructions").

var (
	_ = def(Def{Op: x86asm.ROUNDPD, Ref: "SDM 2B ROUNDPD", Fn: roundpd, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.ROUNDPS, Ref: "SDM 2B ROUNDPS", Fn: roundps, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.ROUNDSD, Ref: "SDM 2B ROUNDSD", Fn: roundsd, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.ROUNDSS, Ref: "SDM 2B ROUNDSS", Fn: roundss, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.DPPD, Ref: "SDM 2A DPPD", Fn: dppd, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.DPPS, Ref: "SDM 2A DPPS", Fn: dpps, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.INSERTPS, Ref: "SDM 2A INSERTPS", Fn: insertps, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.EXTRACTPS, Ref: "SDM 2A EXTRACTPS", Fn: pextrd, Traits: NeedSSE, Feature: SSE41})
)

// roundingOf decodes the immediate of ROUNDxx: the mode, and whether an inexact result is reported.
func (c *CPU) roundingOf(imm int64) (r softfloat.Round, report bool) {
	r = softfloat.Round(imm & 3)
	if imm&4 != 0 {
		r = c.sse.Round
	}
	return r, imm&8 == 0
}

func roundpd(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	e := c.beginSSE()
	r, report := c.roundingOf(u.Imm)
	return c.setAll(u, [2]uint64{e.RoundInt64(s[0], r, report), e.RoundInt64(s[1], r, report)})
}

func roundps(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	e := c.beginSSE()
	r, report := c.roundingOf(u.Imm)
	for i, v := range s {
		low := e.RoundInt32(uint32(v), r, report)
		s[i] = pair(low, e.RoundInt32(uint32(v>>32), r, report))
	}
	return c.setAll(u, s)
}

func roundsd(c *CPU, u *Uop) bool {
	v, ok := c.src64(u)
	if !ok {
		return false
	}
	e := c.beginSSE()
	r, report := c.roundingOf(u.Imm)
	return c.setLow64(u, e.RoundInt64(v, r, report))
}

func roundss(c *CPU, u *Uop) bool {
	v, ok := c.src32(u)
	if !ok {
		return false
	}
	e := c.beginSSE()
	r, report := c.roundingOf(u.Imm)
	return c.setLow32(u, e.RoundInt32(v, r, report))
}

// The dot products multiply and add in steps, each of which may raise exceptions of its own. Each sum is made in every
// element: the order of the operands decides which of two NaNs it keeps, and is the one that processors show.

func dppd(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	e, d := c.beginSSE(), &c.S.X[u.Dst&15]
	var p [2]uint64
	for i := range p {
		if u.Imm>>(4+i)&1 != 0 {
			p[i] = e.Mul64(d[i], s[i])
		}
	}
	if !c.endSSE() {
		return false
	}
	e = c.beginSSE()
	sum := [2]uint64{e.Add64(p[0], p[1]), e.Add64(p[1], p[0])}
	if !c.endSSE() {
		return false
	}
	for i := range d {
		d[i] = sum[i] & -uint64(u.Imm>>i&1)
	}
	return true
}

func dpps(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	e, d := c.beginSSE(), &c.S.X[u.Dst&15]
	var p [4]uint32
	for i := range int64(4) {
		if u.Imm>>(4+i)&1 != 0 {
			p[i] = e.Mul32(dword(d, i), dword(&s, i))
		}
	}
	if !c.endSSE() || !c.addCrossed(&p, 1, 0) || !c.addCrossed(&p, 0, 2) {
		return false
	}
	for i := range d {
		d[i] = pair(p[2*i]&-uint32(u.Imm>>(2*i)&1), p[2*i+1]&-uint32(u.Imm>>(2*i+1)&1))
	}
	return true
}

// addCrossed makes element i the sum of those with index i^a and i^b.
func (c *CPU) addCrossed(p *[4]uint32, a, b int) bool {
	e, old := c.beginSSE(), *p
	for i := range p {
		p[i] = e.Add32(old[i^a], old[i^b])
	}
	return c.endSSE()
}

// insertps copies a doubleword, of a register one that the immediate names, and clears others.
func insertps(c *CPU, u *Uop) bool {
	var v uint32
	if u.Form&FormMem1 != 0 {
		m, ok := c.load32(c.ea(u))
		if !ok {
			return false
		}
		v = m
	} else {
		v = dword(&c.S.X[u.Src&15], u.Imm>>6)
	}
	d := &c.S.X[u.Dst&15]
	setDword(d, u.Imm>>4, v)
	for i := range int64(4) {
		if u.Imm>>i&1 != 0 {
			setDword(d, i, 0)
		}
	}
	return true
}

// setDword replaces doubleword i.
func setDword(d *[2]uint64, i int64, v uint32) {
	half, shift := &d[i>>1&1], i&1*32
	*half = *half&^(0xffffffff<<shift) | uint64(v)<<shift
}
