package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

// Scalar and packed arithmetic. The commonest scalar instructions are written out, so that softfloat is called directly.

var (
	_ = def(Def{Op: x86asm.ADDSD, Ref: "SDM 2A ADDSD", Fn: addsd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.SUBSD, Ref: "SDM 2B SUBSD", Fn: subsd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MULSD, Ref: "SDM 2B MULSD", Fn: mulsd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.DIVSD, Ref: "SDM 2A DIVSD", Fn: divsd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.ADDSS, Ref: "SDM 2A ADDSS", Fn: addss, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.SUBSS, Ref: "SDM 2B SUBSS", Fn: subss, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MULSS, Ref: "SDM 2B MULSS", Fn: mulss, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.DIVSS, Ref: "SDM 2A DIVSS", Fn: divss, Traits: NeedSSE, Feature: SSE})

	_ = scalar64(x86asm.SQRTSD, "SQRTSD", sqrt64)
	_ = scalar64(x86asm.MINSD, "MINSD", (*softfloat.Env).Min64)
	_ = scalar64(x86asm.MAXSD, "MAXSD", (*softfloat.Env).Max64)
	_ = scalar32(x86asm.SQRTSS, "SQRTSS", sqrt32)
	_ = scalar32(x86asm.MINSS, "MINSS", (*softfloat.Env).Min32)
	_ = scalar32(x86asm.MAXSS, "MAXSS", (*softfloat.Env).Max32)
	_ = scalar32(x86asm.RCPSS, "RCPSS", reciprocal, Approximation)
	_ = scalar32(x86asm.RSQRTSS, "RSQRTSS", reciprocalRoot, Approximation)

	_ = packed64(x86asm.ADDPD, "ADDPD", (*softfloat.Env).Add64)
	_ = packed64(x86asm.SUBPD, "SUBPD", (*softfloat.Env).Sub64)
	_ = packed64(x86asm.MULPD, "MULPD", (*softfloat.Env).Mul64)
	_ = packed64(x86asm.DIVPD, "DIVPD", (*softfloat.Env).Div64)
	_ = packed64(x86asm.MINPD, "MINPD", (*softfloat.Env).Min64)
	_ = packed64(x86asm.MAXPD, "MAXPD", (*softfloat.Env).Max64)
	_ = packed64(x86asm.SQRTPD, "SQRTPD", sqrt64)
	_ = packed32(x86asm.ADDPS, "ADDPS", (*softfloat.Env).Add32)
	_ = packed32(x86asm.SUBPS, "SUBPS", (*softfloat.Env).Sub32)
	_ = packed32(x86asm.MULPS, "MULPS", (*softfloat.Env).Mul32)
	_ = packed32(x86asm.DIVPS, "DIVPS", (*softfloat.Env).Div32)
	_ = packed32(x86asm.MINPS, "MINPS", (*softfloat.Env).Min32)
	_ = packed32(x86asm.MAXPS, "MAXPS", (*softfloat.Env).Max32)
	_ = packed32(x86asm.SQRTPS, "SQRTPS", sqrt32)
	_ = packed32(x86asm.RCPPS, "RCPPS", reciprocal, Approximation)
	_ = packed32(x86asm.RSQRTPS, "RSQRTPS", reciprocalRoot, Approximation)

	_ = def(Def{Op: x86asm.ANDPS, Ref: "SDM 2A ANDPS", Fn: pand, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.ANDPD, Ref: "SDM 2A ANDPD", Fn: pand, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.ANDNPS, Ref: "SDM 2A ANDNPS", Fn: pandn, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.ANDNPD, Ref: "SDM 2A ANDNPD", Fn: pandn, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.ORPS, Ref: "SDM 2B ORPS", Fn: por, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.ORPD, Ref: "SDM 2B ORPD", Fn: por, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.XORPS, Ref: "SDM 2D XORPS", Fn: pxor, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.XORPD, Ref: "SDM 2D XORPD", Fn: pxor, Traits: NeedSSE})
)

func addsd(c *CPU, u *Uop) bool {
	b, ok := c.src64(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if r, ok := softfloat.HostAdd64(d[0], b); ok && c.hostSafe() {
		d[0] = r
		return true
	}
	return c.setLow64(u, c.beginSSE().Add64(d[0], b))
}

func subsd(c *CPU, u *Uop) bool {
	b, ok := c.src64(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if r, ok := softfloat.HostSub64(d[0], b); ok && c.hostSafe() {
		d[0] = r
		return true
	}
	return c.setLow64(u, c.beginSSE().Sub64(d[0], b))
}

func mulsd(c *CPU, u *Uop) bool {
	b, ok := c.src64(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if r, ok := softfloat.HostMul64(d[0], b); ok && c.hostSafe() {
		d[0] = r
		return true
	}
	return c.setLow64(u, c.beginSSE().Mul64(d[0], b))
}

func divsd(c *CPU, u *Uop) bool {
	b, ok := c.src64(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if r, ok := softfloat.HostDiv64(d[0], b); ok && c.hostSafe() {
		d[0] = r
		return true
	}
	return c.setLow64(u, c.beginSSE().Div64(d[0], b))
}

func addss(c *CPU, u *Uop) bool {
	b, ok := c.src32(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if r, ok := softfloat.HostAdd32(uint32(d[0]), b); ok && c.hostSafe() {
		d[0] = d[0]&^0xffffffff | uint64(r)
		return true
	}
	return c.setLow32(u, c.beginSSE().Add32(uint32(d[0]), b))
}

func subss(c *CPU, u *Uop) bool {
	b, ok := c.src32(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if r, ok := softfloat.HostSub32(uint32(d[0]), b); ok && c.hostSafe() {
		d[0] = d[0]&^0xffffffff | uint64(r)
		return true
	}
	return c.setLow32(u, c.beginSSE().Sub32(uint32(d[0]), b))
}

func mulss(c *CPU, u *Uop) bool {
	b, ok := c.src32(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if r, ok := softfloat.HostMul32(uint32(d[0]), b); ok && c.hostSafe() {
		d[0] = d[0]&^0xffffffff | uint64(r)
		return true
	}
	return c.setLow32(u, c.beginSSE().Mul32(uint32(d[0]), b))
}

func divss(c *CPU, u *Uop) bool {
	b, ok := c.src32(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if r, ok := softfloat.HostDiv32(uint32(d[0]), b); ok && c.hostSafe() {
		d[0] = d[0]&^0xffffffff | uint64(r)
		return true
	}
	return c.setLow32(u, c.beginSSE().Div32(uint32(d[0]), b))
}

// setLow64 ends a scalar instruction with its result.
func (c *CPU) setLow64(u *Uop, v uint64) bool {
	if !c.endSSE() {
		return false
	}
	c.S.X[u.Dst&15][0] = v
	return true
}

func (c *CPU) setLow32(u *Uop, v uint32) bool {
	if !c.endSSE() {
		return false
	}
	d := &c.S.X[u.Dst&15][0]
	*d = *d&^0xffffffff | uint64(v)
	return true
}

func sqrt64(e *softfloat.Env, _, b uint64) uint64 { return e.Sqrt64(b) }
func sqrt32(e *softfloat.Env, _, b uint32) uint32 { return e.Sqrt32(b) }

func scalar64(op x86asm.Op, ref string, f func(e *softfloat.Env, a, b uint64) uint64) struct{} {
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Traits: NeedSSE, Fn: func(c *CPU, u *Uop) bool {
		b, ok := c.src64(u)
		return ok && c.setLow64(u, f(c.beginSSE(), c.S.X[u.Dst&15][0], b))
	}})
}

func scalar32(op x86asm.Op, ref string, f func(e *softfloat.Env, a, b uint32) uint32, loose ...Loose) struct{} {
	return def(Def{Loose: append(loose, Exact)[0], Op: op, Ref: "SDM 2B " + ref, Feature: SSE, Traits: NeedSSE, Fn: func(c *CPU, u *Uop) bool {
		b, ok := c.src32(u)
		return ok && c.setLow32(u, f(c.beginSSE(), uint32(c.S.X[u.Dst&15][0]), b))
	}})
}

func packed64(op x86asm.Op, ref string, f func(e *softfloat.Env, a, b uint64) uint64) struct{} {
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Traits: NeedSSE, Fn: func(c *CPU, u *Uop) bool {
		s, ok := c.src128(u)
		if !ok {
			return false
		}
		e, d := c.beginSSE(), &c.S.X[u.Dst&15]
		r := [2]uint64{f(e, d[0], s[0]), f(e, d[1], s[1])}
		return c.setAll(u, r)
	}})
}

func packed32(op x86asm.Op, ref string, f func(e *softfloat.Env, a, b uint32) uint32, loose ...Loose) struct{} {
	return def(Def{Loose: append(loose, Exact)[0], Op: op, Ref: "SDM 2B " + ref, Feature: SSE, Traits: NeedSSE, Fn: func(c *CPU, u *Uop) bool {
		s, ok := c.src128(u)
		if !ok {
			return false
		}
		e, d := c.beginSSE(), &c.S.X[u.Dst&15]
		var r [2]uint64
		for i := range r {
			low := f(e, uint32(d[i]), uint32(s[i]))
			r[i] = pair(low, f(e, uint32(d[i]>>32), uint32(s[i]>>32)))
		}
		return c.setAll(u, r)
	}})
}

// setAll ends a packed instruction with its result.
func (c *CPU) setAll(u *Uop, v [2]uint64) bool {
	if !c.endSSE() {
		return false
	}
	c.S.X[u.Dst&15] = v
	return true
}

func reciprocal(_ *softfloat.Env, _, b uint32) uint32     { return softfloat.Reciprocal32(b) }
func reciprocalRoot(_ *softfloat.Env, _, b uint32) uint32 { return softfloat.ReciprocalSqrt32(b) }
