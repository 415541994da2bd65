package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

type operation80 = func(e *softfloat.Env, a, b softfloat.F80) softfloat.F80

func subtractFrom(e *softfloat.Env, a, b softfloat.F80) softfloat.F80 { return e.Sub80(b, a) }
func divideInto(e *softfloat.Env, a, b softfloat.F80) softfloat.F80   { return e.Div80(b, a) }

var (
	_ = arithmetic("FADD/FADDP/FIADD", (*softfloat.Env).Add80, x86asm.FADD, x86asm.FADDP, x86asm.FIADD)
	_ = arithmetic("FMUL/FMULP/FIMUL", (*softfloat.Env).Mul80, x86asm.FMUL, x86asm.FMULP, x86asm.FIMUL)
	_ = arithmetic("FSUB/FSUBP/FISUB", (*softfloat.Env).Sub80, x86asm.FSUB, x86asm.FSUBP, x86asm.FISUB)
	_ = arithmetic("FSUBR/FSUBRP/FISUBR", subtractFrom, x86asm.FSUBR, x86asm.FSUBRP, x86asm.FISUBR)
	_ = arithmetic("FDIV/FDIVP/FIDIV", (*softfloat.Env).Div80, x86asm.FDIV, x86asm.FDIVP, x86asm.FIDIV)
	_ = arithmetic("FDIVR/FDIVRP/FIDIVR", divideInto, x86asm.FDIVR, x86asm.FDIVRP, x86asm.FIDIVR)

	_ = def(Def{Op: x86asm.FSQRT, Ref: "SDM 2A FSQRT", Fn: fsqrt, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FRNDINT, Ref: "SDM 2A FRNDINT", Fn: frndint, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FSCALE, Ref: "SDM 2A FSCALE", Fn: fscale, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FXTRACT, Ref: "SDM 2A FXTRACT", Fn: fxtract, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FPREM, Ref: "SDM 2A FPREM", Fn: fprem, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FPREM1, Ref: "SDM 2A FPREM1", Fn: fprem1, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FCHS, Ref: "SDM 2A FCHS", Fn: fchs, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FABS, Ref: "SDM 2A FABS", Fn: fabs, Traits: NeedX87})
)

// arithmetic defines the three forms of an operation: registers or a real in memory, registers with a pop, an integer in memory.
func arithmetic(ref string, f operation80, plain, popping, integer x86asm.Op) struct{} {
	ref = "SDM 2A " + ref
	def(Def{Op: plain, Ref: ref, Traits: NeedX87, Fn: func(c *CPU, u *Uop) bool {
		if u.Form&FormMem0 != 0 {
			return c.arithReal(u, f)
		}
		return c.arithRegisters(u, f, false)
	}})
	def(Def{Op: popping, Ref: ref, Traits: NeedX87, Fn: func(c *CPU, u *Uop) bool { return c.arithRegisters(u, f, true) }})
	return def(Def{Op: integer, Ref: ref, Traits: NeedX87, Fn: func(c *CPU, u *Uop) bool { return c.arithInteger(u, f) }})
}

func (c *CPU) arithRegisters(u *Uop, f operation80, pop bool) bool {
	if !c.begin87() {
		return false
	}
	if c.isEmpty(u.Dst) || c.isEmpty(u.Src) {
		if !c.emptyRead() {
			return true
		}
		c.fpPut(u.Dst, softfloat.Default80)
	} else {
		v := f(&c.x87.Env, c.fpGet(u.Dst), c.fpGet(u.Src))
		if !c.settle() {
			return true
		}
		c.fpPut(u.Dst, v)
	}
	if pop {
		c.fpPop()
	}
	return true
}

// operandReal reads a memory operand of arithmetic or comparison.
func (c *CPU) operandReal(u *Uop) (softfloat.F80, bool) {
	la := c.ea(u)
	if u.Size == 4 {
		v, ok := c.load32(la)
		return c.x87.Operand32(v), ok
	}
	v, ok := c.load64(la)
	return c.x87.Operand64(v), ok
}

func (c *CPU) arithReal(u *Uop, f operation80) bool {
	if !c.begin87() {
		return false
	}
	b, ok := c.operandReal(u)
	return ok && c.intoTop(f, b)
}

func (c *CPU) arithInteger(u *Uop, f operation80) bool {
	if !c.begin87() {
		return false
	}
	b, ok := c.loadInteger(u)
	return ok && c.intoTop(f, b)
}

// intoTop computes ST(0) := f(ST(0), b).
func (c *CPU) intoTop(f operation80, b softfloat.F80) bool {
	if c.isEmpty(0) {
		if c.emptyRead() {
			c.fpPut(0, softfloat.Default80)
		}
		return true
	}
	if v := f(&c.x87.Env, c.fpGet(0), b); c.settle() {
		c.fpPut(0, v)
	}
	return true
}

func fsqrt(c *CPU, _ *Uop) bool {
	return c.begin87() && c.intoTop(func(e *softfloat.Env, a, _ softfloat.F80) softfloat.F80 { return e.Sqrt80(a) }, softfloat.F80{})
}

func frndint(c *CPU, _ *Uop) bool {
	return c.begin87() && c.intoTop(func(e *softfloat.Env, a, _ softfloat.F80) softfloat.F80 { return e.RoundInt80(a) }, softfloat.F80{})
}

// twoEmpty deals with an empty ST(0) or ST(1), for instructions whose result is one register.
func (c *CPU) twoEmpty() bool {
	if !c.isEmpty(0) && !c.isEmpty(1) {
		return false
	}
	if c.emptyRead() {
		c.fpPut(0, softfloat.Default80)
	}
	return true
}

func fscale(c *CPU, _ *Uop) bool {
	if !c.begin87() {
		return false
	}
	if c.twoEmpty() {
		return true
	}
	return c.intoTop((*softfloat.Env).Scale80, c.fpGet(1))
}

// fxtract replaces ST(0) by its exponent and pushes its significand.
func fxtract(c *CPU, _ *Uop) bool {
	if !c.begin87() {
		return false
	}
	if c.cannotPushResult() {
		return true
	}
	exponent, significand := c.x87.Extract80(c.fpGet(0))
	if !c.settle() {
		return true
	}
	c.fpPut(0, exponent)
	return c.fpPush(significand)
}

func fprem(c *CPU, _ *Uop) bool  { return c.fpRemainder(false) }
func fprem1(c *CPU, _ *Uop) bool { return c.fpRemainder(true) }

// fpRemainder leaves the low quotient bits in C0, C3, C1, or sets C2 when the reduction is not complete.
func (c *CPU) fpRemainder(nearest bool) bool {
	if !c.begin87() {
		return false
	}
	c.S.FSW &^= fswC2
	if c.twoEmpty() {
		return true
	}
	v, q, outcome := c.x87.Rem80(c.fpGet(0), c.fpGet(1), nearest)
	if !c.settle() {
		return true
	}
	c.fpPut(0, v)
	switch outcome {
	case softfloat.Partial:
		c.S.FSW = c.S.FSW&^fswConditions | fswC2
	case softfloat.Complete:
		c.S.FSW = c.S.FSW&^fswConditions | uint16(q>>2&1)<<8 | uint16(q&1)<<9 | uint16(q>>1&1)<<14
	}
	return true
}

func fchs(c *CPU, _ *Uop) bool { return c.changeSign(0, 0x8000) }
func fabs(c *CPU, _ *Uop) bool { return c.changeSign(0x8000, 0) }

// changeSign clears and flips bits of ST(0)'s sign; even a NaN raises nothing.
func (c *CPU) changeSign(clear, flip uint16) bool {
	if !c.begin87() {
		return false
	}
	c.settle()
	if c.isEmpty(0) {
		if c.emptyRead() {
			c.fpPut(0, softfloat.Default80)
		}
		return true
	}
	r := c.st(0)
	r.SE = r.SE&^clear ^ flip
	return true
}
