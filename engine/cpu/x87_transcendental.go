package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

var (
	_ = def(Def{Op: x86asm.F2XM1, Ref: "SDM 2A F2XM1", Fn: f2xm1, Loose: Ulp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FYL2X, Ref: "SDM 2A FYL2X", Fn: fyl2x, Loose: Ulp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FYL2XP1, Ref: "SDM 2A FYL2XP1", Fn: fyl2xp1, Loose: Ulp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FPATAN, Ref: "SDM 2A FPATAN", Fn: fpatan, Loose: Ulp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FSIN, Ref: "SDM 2A FSIN", Fn: fsin, Loose: Ulp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FCOS, Ref: "SDM 2A FCOS", Fn: fcos, Loose: Ulp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FSINCOS, Ref: "SDM 2A FSINCOS", Fn: fsincos, Loose: Ulp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FPTAN, Ref: "SDM 2A FPTAN", Fn: fptan, Loose: Ulp, Traits: NeedX87})
)

func f2xm1(c *CPU, _ *Uop) bool {
	return c.begin87() && c.intoTop(func(e *softfloat.Env, a, _ softfloat.F80) softfloat.F80 { return e.F2XM1(a) }, softfloat.F80{})
}

func fyl2x(c *CPU, _ *Uop) bool   { return c.intoSecond((*softfloat.Env).FYL2X) }
func fyl2xp1(c *CPU, _ *Uop) bool { return c.intoSecond((*softfloat.Env).FYL2XP1) }
func fpatan(c *CPU, _ *Uop) bool  { return c.intoSecond((*softfloat.Env).FPATAN) }

// intoSecond computes ST(1) := f(ST(0), ST(1)) and pops.
func (c *CPU) intoSecond(f operation80) bool {
	if !c.begin87() {
		return false
	}
	v := softfloat.Default80
	if c.isEmpty(0) || c.isEmpty(1) {
		if !c.emptyRead() {
			return true
		}
	} else {
		v = f(&c.x87.Env, c.fpGet(0), c.fpGet(1))
		if !c.settle() {
			return true
		}
	}
	c.fpPut(1, v)
	c.fpPop()
	return true
}

func fsin(c *CPU, _ *Uop) bool { return c.trigonometric((*softfloat.Env).FSIN) }
func fcos(c *CPU, _ *Uop) bool { return c.trigonometric((*softfloat.Env).FCOS) }

// trigonometric computes ST(0) := f(ST(0)), or sets C2 when the angle is out of range.
func (c *CPU) trigonometric(f func(e *softfloat.Env, a softfloat.F80) (softfloat.F80, bool)) bool {
	if !c.begin87() {
		return false
	}
	c.S.FSW &^= fswC2
	if c.isEmpty(0) {
		if c.emptyRead() {
			c.fpPut(0, softfloat.Default80)
		}
		return true
	}
	v, far := f(&c.x87.Env, c.fpGet(0))
	if c.settle() {
		c.fpPut(0, v)
	}
	if far {
		c.S.FSW |= fswC2
	}
	return true
}

// fsincos replaces the angle by its sine and pushes its cosine.
func fsincos(c *CPU, _ *Uop) bool {
	if !c.begin87() {
		return false
	}
	c.S.FSW &^= fswC2
	if c.cannotPushResult() {
		return true
	}
	sin, cos, far := c.x87.FSINCOS(c.fpGet(0))
	return c.pushResult(sin, cos, far)
}

// fptan replaces the angle by its tangent and pushes 1, or the same NaN.
func fptan(c *CPU, _ *Uop) bool {
	if !c.begin87() {
		return false
	}
	c.S.FSW &^= fswC2
	if c.cannotPushResult() {
		return true
	}
	tan, far := c.x87.FPTAN(c.fpGet(0))
	second := softfloat.FromInt80(1)
	if softfloat.Classify80(tan) == softfloat.NaN80 {
		second = tan
	}
	return c.pushResult(tan, second, far)
}

// cannotPushResult deals with a stack that is empty or full, for instructions that replace ST(0) and push.
func (c *CPU) cannotPushResult() bool {
	switch {
	case c.isEmpty(0):
		if c.emptyRead() {
			c.fpPut(0, softfloat.Default80)
			c.fpPushed(softfloat.Default80)
		}
		return true
	case !c.isEmpty(7):
		c.fpPush(softfloat.Default80)
		if c.x87.Masks&softfloat.Invalid != 0 {
			c.fpPut(1, softfloat.Default80)
		}
		return true
	}
	return false
}

func (c *CPU) pushResult(v, second softfloat.F80, far bool) bool {
	if !c.settle() {
		return true
	}
	if far {
		c.S.FSW |= fswC2
		return true
	}
	c.fpPut(0, v)
	return c.fpPush(second)
}
