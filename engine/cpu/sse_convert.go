package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

// Conversions. "Truncated" ones round towards zero whatever MXCSR says.

var (
	_ = def(Def{Op: x86asm.CVTSI2SS, Ref: "SDM 2A CVTSI2SS", Fn: cvtsi2ss, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.CVTSI2SD, Ref: "SDM 2A CVTSI2SD", Fn: cvtsi2sd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTSS2SI, Ref: "SDM 2A CVTSS2SI", Fn: cvtss2si, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.CVTTSS2SI, Ref: "SDM 2A CVTTSS2SI", Fn: cvttss2si, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.CVTSD2SI, Ref: "SDM 2A CVTSD2SI", Fn: cvtsd2si, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTTSD2SI, Ref: "SDM 2A CVTTSD2SI", Fn: cvttsd2si, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTSS2SD, Ref: "SDM 2A CVTSS2SD", Fn: cvtss2sd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTSD2SS, Ref: "SDM 2A CVTSD2SS", Fn: cvtsd2ss, Traits: NeedSSE})

	_ = def(Def{Op: x86asm.CVTDQ2PS, Ref: "SDM 2A CVTDQ2PS", Fn: cvtdq2ps, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTPS2DQ, Ref: "SDM 2A CVTPS2DQ", Fn: cvtps2dq, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTTPS2DQ, Ref: "SDM 2A CVTTPS2DQ", Fn: cvttps2dq, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTDQ2PD, Ref: "SDM 2A CVTDQ2PD", Fn: cvtdq2pd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTPD2DQ, Ref: "SDM 2A CVTPD2DQ", Fn: cvtpd2dq, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTTPD2DQ, Ref: "SDM 2A CVTTPD2DQ", Fn: cvttpd2dq, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTPS2PD, Ref: "SDM 2A CVTPS2PD", Fn: cvtps2pd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTPD2PS, Ref: "SDM 2A CVTPD2PS", Fn: cvtpd2ps, Traits: NeedSSE})

	_ = def(Def{Op: x86asm.CVTPI2PS, Ref: "SDM 2A CVTPI2PS", Fn: cvtpi2ps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.CVTPI2PD, Ref: "SDM 2A CVTPI2PD", Fn: cvtpi2pd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTPS2PI, Ref: "SDM 2A CVTPS2PI", Fn: cvtps2pi, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.CVTTPS2PI, Ref: "SDM 2A CVTTPS2PI", Fn: cvttps2pi, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.CVTPD2PI, Ref: "SDM 2A CVTPD2PI", Fn: cvtpd2pi, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.CVTTPD2PI, Ref: "SDM 2A CVTTPD2PI", Fn: cvttpd2pi, Traits: NeedSSE})
)

// sourceInteger reads the general register or memory operand of CVTSI2SS and CVTSI2SD.
func (c *CPU) sourceInteger(u *Uop) (int64, bool) {
	if u.Form&FormMem1 != 0 {
		v, ok := c.load(c.ea(u), u.SSize)
		return int64(signExtend(v, u.SSize)), ok
	}
	return int64(signExtend(c.S.R[u.Src&15], u.SSize)), true
}

func cvtsi2ss(c *CPU, u *Uop) bool {
	v, ok := c.sourceInteger(u)
	return ok && c.setLow32(u, c.beginSSE().FromInt32(v))
}

func cvtsi2sd(c *CPU, u *Uop) bool {
	v, ok := c.sourceInteger(u)
	return ok && c.setLow64(u, c.beginSSE().FromInt64(v))
}

// currentRound stands for MXCSR's rounding mode.
const currentRound = softfloat.Round(4)

func (c *CPU) rounding(r softfloat.Round) softfloat.Round {
	if r == currentRound {
		return c.sse.Round
	}
	return r
}

func cvtss2si(c *CPU, u *Uop) bool  { return c.singleToInteger(u, currentRound) }
func cvttss2si(c *CPU, u *Uop) bool { return c.singleToInteger(u, softfloat.Zero) }
func cvtsd2si(c *CPU, u *Uop) bool  { return c.doubleToInteger(u, currentRound) }
func cvttsd2si(c *CPU, u *Uop) bool { return c.doubleToInteger(u, softfloat.Zero) }

func (c *CPU) singleToInteger(u *Uop, r softfloat.Round) bool {
	v, ok := c.src32(u)
	return ok && c.setInteger(u, c.beginSSE().Int32(v, 8*uint(u.Size), c.rounding(r)))
}

func (c *CPU) doubleToInteger(u *Uop, r softfloat.Round) bool {
	v, ok := c.src64(u)
	return ok && c.setInteger(u, c.beginSSE().Int64(v, 8*uint(u.Size), c.rounding(r)))
}

func (c *CPU) setInteger(u *Uop, v int64) bool {
	if !c.endSSE() {
		return false
	}
	c.setReg(u.Dst, u.Size, uint64(v))
	return true
}

func cvtss2sd(c *CPU, u *Uop) bool {
	v, ok := c.src32(u)
	return ok && c.setLow64(u, c.beginSSE().Widen(v))
}

func cvtsd2ss(c *CPU, u *Uop) bool {
	v, ok := c.src64(u)
	return ok && c.setLow32(u, c.beginSSE().Narrow(v))
}

// singlesOf converts two integers of 32 bits.
func singlesOf(e *softfloat.Env, v uint64) uint64 {
	low := e.FromInt32(int64(int32(v)))
	return pair(low, e.FromInt32(int64(int32(v>>32))))
}

// integersOfSingles converts two singles to integers of 32 bits.
func (c *CPU) integersOfSingles(v uint64, r softfloat.Round) uint64 {
	e, r := &c.sse.Env, c.rounding(r)
	low := uint32(e.Int32(uint32(v), 32, r))
	return pair(low, uint32(e.Int32(uint32(v>>32), 32, r)))
}

// integersOfDoubles converts two doubles to integers of 32 bits.
func (c *CPU) integersOfDoubles(v [2]uint64, r softfloat.Round) uint64 {
	e, r := &c.sse.Env, c.rounding(r)
	low := uint32(e.Int64(v[0], 32, r))
	return pair(low, uint32(e.Int64(v[1], 32, r)))
}

func doublesOf(e *softfloat.Env, v uint64) [2]uint64 {
	return [2]uint64{e.FromInt64(int64(int32(v))), e.FromInt64(int64(int32(v >> 32)))}
}

func cvtdq2ps(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	e := c.beginSSE()
	return c.setAll(u, [2]uint64{singlesOf(e, s[0]), singlesOf(e, s[1])})
}

func cvtps2dq(c *CPU, u *Uop) bool  { return c.singlesToIntegers(u, currentRound) }
func cvttps2dq(c *CPU, u *Uop) bool { return c.singlesToIntegers(u, softfloat.Zero) }

func (c *CPU) singlesToIntegers(u *Uop, r softfloat.Round) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	c.beginSSE()
	return c.setAll(u, [2]uint64{c.integersOfSingles(s[0], r), c.integersOfSingles(s[1], r)})
}

func cvtdq2pd(c *CPU, u *Uop) bool {
	v, ok := c.src64(u)
	return ok && c.setAll(u, doublesOf(c.beginSSE(), v))
}

func cvtpd2dq(c *CPU, u *Uop) bool  { return c.doublesToIntegers(u, currentRound) }
func cvttpd2dq(c *CPU, u *Uop) bool { return c.doublesToIntegers(u, softfloat.Zero) }

func (c *CPU) doublesToIntegers(u *Uop, r softfloat.Round) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	c.beginSSE()
	return c.setAll(u, [2]uint64{c.integersOfDoubles(s, r), 0})
}

func cvtps2pd(c *CPU, u *Uop) bool {
	v, ok := c.src64(u)
	if !ok {
		return false
	}
	e := c.beginSSE()
	return c.setAll(u, [2]uint64{e.Widen(uint32(v)), e.Widen(uint32(v >> 32))})
}

func cvtpd2ps(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	e := c.beginSSE()
	low := e.Narrow(s[0])
	return c.setAll(u, [2]uint64{pair(low, e.Narrow(s[1])), 0})
}

// The forms with MMX registers.

func cvtpi2ps(c *CPU, u *Uop) bool {
	v, ok := c.sourceMM(u)
	if !ok {
		return false
	}
	r := singlesOf(c.beginSSE(), v)
	c.touchUnlessMemory(u)
	return c.setLow64(u, r)
}

func cvtpi2pd(c *CPU, u *Uop) bool {
	v, ok := c.sourceMM(u)
	if !ok {
		return false
	}
	c.S.X[u.Dst&15] = doublesOf(c.beginSSE(), v)
	c.touchUnlessMemory(u)
	return true
}

// sourceMM reads an MMX register or 8 bytes of memory; only the register concerns the x87.
func (c *CPU) sourceMM(u *Uop) (uint64, bool) {
	if u.Form&FormMem1 == 0 && !c.beginMMX() {
		return 0, false
	}
	return c.srcMM(u)
}

func (c *CPU) touchUnlessMemory(u *Uop) {
	if u.Form&FormMem1 == 0 {
		c.touchMMX()
	}
}

func cvtps2pi(c *CPU, u *Uop) bool  { return c.singlesToMM(u, currentRound) }
func cvttps2pi(c *CPU, u *Uop) bool { return c.singlesToMM(u, softfloat.Zero) }
func cvtpd2pi(c *CPU, u *Uop) bool  { return c.doublesToMM(u, currentRound) }
func cvttpd2pi(c *CPU, u *Uop) bool { return c.doublesToMM(u, softfloat.Zero) }

func (c *CPU) singlesToMM(u *Uop, r softfloat.Round) bool {
	if !c.beginMMX() {
		return false
	}
	v, ok := c.src64(u)
	if !ok {
		return false
	}
	c.beginSSE()
	return c.setIntegersMM(u, c.integersOfSingles(v, r))
}

func (c *CPU) doublesToMM(u *Uop, r softfloat.Round) bool {
	if !c.beginMMX() {
		return false
	}
	v, ok := c.src128(u)
	if !ok {
		return false
	}
	c.beginSSE()
	return c.setIntegersMM(u, c.integersOfDoubles(v, r))
}

// setIntegersMM ends a conversion to an MMX register. Even #XM leaves the x87 in MMX mode.
func (c *CPU) setIntegersMM(u *Uop, v uint64) bool {
	c.touchMMX()
	if !c.endSSE() {
		return false
	}
	c.setMM(u.Dst, v)
	return true
}
