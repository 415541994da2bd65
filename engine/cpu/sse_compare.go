package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

var (
	_ = def(Def{Op: x86asm.CMPPS, Ref: "SDM 2A CMPPS", Fn: cmpps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.CMPPD, Ref: "SDM 2A CMPPD", Fn: cmppd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CMPSS, Ref: "SDM 2A CMPSS", Fn: cmpss, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.CMPSD_XMM, Ref: "SDM 2A CMPSD", Fn: cmpsdXMM, Traits: NeedSSE})

	_ = def(Def{Op: x86asm.COMISS, Ref: "SDM 2A COMISS", Fn: comiss, Out: compareFlags, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.COMISD, Ref: "SDM 2A COMISD", Fn: comisd, Out: compareFlags, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.UCOMISS, Ref: "SDM 2B UCOMISS", Fn: ucomiss, Out: compareFlags, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.UCOMISD, Ref: "SDM 2B UCOMISD", Fn: ucomisd, Out: compareFlags, Traits: NeedSSE})
)

// predicate is a comparison of SDM 2A "CMPPD", table "Comparison Predicate for CMPPD and CMPPS Instructions".
type predicate uint8

// signals tells that a QNaN is invalid: LT, LE, NLT, NLE.
func (p predicate) signals() bool { return p&3 == 1 || p&3 == 2 }

// orders are the outcomes for which EQ, LT, LE and UNORD hold; bit 2 of the predicate negates.
var orders = [4]uint8{
	1 << softfloat.Equal,
	1 << softfloat.Less,
	1<<softfloat.Less | 1<<softfloat.Equal,
	1 << softfloat.Unordered,
}

func (p predicate) mask(o softfloat.Order) uint64 {
	holds := uint64(orders[p&3]>>o&1) ^ uint64(p>>2&1)
	return -holds
}

func compare64(e *softfloat.Env, p predicate, a, b uint64) uint64 {
	return p.mask(e.Compare64(a, b, p.signals()))
}

func compare32(e *softfloat.Env, p predicate, a, b uint32) uint32 {
	return uint32(p.mask(e.Compare32(a, b, p.signals())))
}

func cmpps(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	e, d, p := c.beginSSE(), &c.S.X[u.Dst&15], predicate(u.Imm&7)
	var r [2]uint64
	for i := range r {
		low := compare32(e, p, uint32(d[i]), uint32(s[i]))
		r[i] = pair(low, compare32(e, p, uint32(d[i]>>32), uint32(s[i]>>32)))
	}
	return c.setAll(u, r)
}

func cmppd(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	e, d, p := c.beginSSE(), &c.S.X[u.Dst&15], predicate(u.Imm&7)
	return c.setAll(u, [2]uint64{compare64(e, p, d[0], s[0]), compare64(e, p, d[1], s[1])})
}

func cmpss(c *CPU, u *Uop) bool {
	b, ok := c.src32(u)
	return ok && c.setLow32(u, compare32(c.beginSSE(), predicate(u.Imm&7), uint32(c.S.X[u.Dst&15][0]), b))
}

func cmpsdXMM(c *CPU, u *Uop) bool {
	b, ok := c.src64(u)
	return ok && c.setLow64(u, compare64(c.beginSSE(), predicate(u.Imm&7), c.S.X[u.Dst&15][0], b))
}

func comiss(c *CPU, u *Uop) bool  { return c.compareSingle(u, true) }
func ucomiss(c *CPU, u *Uop) bool { return c.compareSingle(u, false) }
func comisd(c *CPU, u *Uop) bool  { return c.compareDouble(u, true) }
func ucomisd(c *CPU, u *Uop) bool { return c.compareDouble(u, false) }

func (c *CPU) compareSingle(u *Uop, signal bool) bool {
	b, ok := c.src32(u)
	if !ok {
		return false
	}
	order := c.beginSSE().Compare32(uint32(c.S.X[u.Dst&15][0]), b, signal)
	return c.setOrder(order)
}

func (c *CPU) compareDouble(u *Uop, signal bool) bool {
	b, ok := c.src64(u)
	if !ok {
		return false
	}
	order := c.beginSSE().Compare64(c.S.X[u.Dst&15][0], b, signal)
	return c.setOrder(order)
}

func (c *CPU) setOrder(o softfloat.Order) bool {
	if !c.endSSE() {
		return false
	}
	c.setArith(orderFlags[o])
	return true
}
