package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

const compareFlags = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF | FlagOF

var (
	_ = compares(x86asm.FCOM, "FCOM/FCOMP/FCOMPP", true, 0)
	_ = compares(x86asm.FCOMP, "FCOM/FCOMP/FCOMPP", true, 1)
	_ = compares(x86asm.FUCOM, "FUCOM/FUCOMP/FUCOMPP", false, 0)
	_ = compares(x86asm.FUCOMP, "FUCOM/FUCOMP/FUCOMPP", false, 1)
	_ = def(Def{Op: x86asm.FCOMPP, Ref: "SDM 2A FCOM/FCOMP/FCOMPP", Fn: fcompp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FUCOMPP, Ref: "SDM 2A FUCOM/FUCOMP/FUCOMPP", Fn: fucompp, Traits: NeedX87})
	_ = comparesInteger(x86asm.FICOM, 0)
	_ = comparesInteger(x86asm.FICOMP, 1)

	_ = comparesFlags(x86asm.FCOMI, true, false)
	_ = comparesFlags(x86asm.FCOMIP, true, true)
	_ = comparesFlags(x86asm.FUCOMI, false, false)
	_ = comparesFlags(x86asm.FUCOMIP, false, true)

	_ = def(Def{Op: x86asm.FTST, Ref: "SDM 2A FTST", Fn: ftst, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FXAM, Ref: "SDM 2A FXAM", Fn: fxam, Traits: NeedX87})
)

// orderConditions are C3, C2, C0 by softfloat.Order: less, equal, greater, unordered.
var orderConditions = [4]uint16{fswC0, fswC3, 0, fswC3 | fswC2 | fswC0}

// orderFlags are ZF, PF, CF by softfloat.Order (SDM 2A "COMISS", "FCOMI").
var orderFlags = [4]uint64{FlagCF, FlagZF, 0, FlagZF | FlagPF | FlagCF}

func compares(op x86asm.Op, ref string, signal bool, pops int) struct{} {
	return def(Def{Op: op, Ref: "SDM 2A " + ref, Traits: NeedX87, Fn: func(c *CPU, u *Uop) bool {
		if !c.begin87() {
			return false
		}
		if u.Form&FormMem0 == 0 {
			return c.compareRegister(u.Dst, signal, pops)
		}
		b, ok := c.operandReal(u)
		return ok && c.compareTop(b, signal, pops)
	}})
}

func comparesInteger(op x86asm.Op, pops int) struct{} {
	return def(Def{Op: op, Ref: "SDM 2A FICOM/FICOMP", Traits: NeedX87, Fn: func(c *CPU, u *Uop) bool {
		if !c.begin87() {
			return false
		}
		b, ok := c.loadInteger(u)
		return ok && c.compareTop(b, true, pops)
	}})
}

func fcompp(c *CPU, _ *Uop) bool  { return c.begin87() && c.compareRegister(1, true, 2) }
func fucompp(c *CPU, _ *Uop) bool { return c.begin87() && c.compareRegister(1, false, 2) }
func ftst(c *CPU, _ *Uop) bool    { return c.begin87() && c.compareTop(softfloat.F80{}, true, 0) }

func (c *CPU) compareRegister(i uint8, signal bool, pops int) bool {
	if c.isEmpty(i) {
		return c.compared(softfloat.Unordered, c.emptyRead(), pops)
	}
	return c.compareTop(c.fpGet(i), signal, pops)
}

func (c *CPU) compareTop(b softfloat.F80, signal bool, pops int) bool {
	if c.isEmpty(0) {
		return c.compared(softfloat.Unordered, c.emptyRead(), pops)
	}
	order := c.x87.Compare80(c.fpGet(0), b, signal)
	return c.compared(order, c.settle(), pops)
}

// compared stores the outcome; an unmasked exception keeps the stack, but not the condition bits.
func (c *CPU) compared(order softfloat.Order, goOn bool, pops int) bool {
	c.S.FSW = c.S.FSW&^(fswC0|fswC2|fswC3) | orderConditions[order]
	for range pops {
		if goOn {
			c.fpPop()
		}
	}
	return true
}

// comparesFlags defines a comparison that sets RFLAGS. But for a stack fault it leaves C1 alone.
func comparesFlags(op x86asm.Op, signal, pop bool) struct{} {
	return def(Def{Op: op, Ref: "SDM 2A FCOMI/FCOMIP/FUCOMI/FUCOMIP", Out: compareFlags, Traits: NeedX87, Fn: func(c *CPU, u *Uop) bool {
		if !c.begin87() {
			return false
		}
		order, goOn := softfloat.Unordered, false
		if c.isEmpty(0) || c.isEmpty(u.Src) {
			goOn = c.emptyRead()
		} else {
			order = c.x87.Compare80(c.fpGet(0), c.fpGet(u.Src), signal)
			c1 := c.S.FSW & fswC1
			goOn = c.settle()
			c.S.FSW |= c1
		}
		c.setArith(orderFlags[order])
		if pop && goOn {
			c.fpPop()
		}
		return true
	}})
}

// fxam classifies ST(0), also when it is empty.
func fxam(c *CPU, _ *Uop) bool {
	if !c.begin87() {
		return false
	}
	v := c.fpGet(0)
	class := softfloat.Empty80
	if !c.isEmpty(0) {
		class = softfloat.Classify80(v)
	}
	cond := uint16(v.SE>>15) << 9
	cond |= uint16(class&1)<<8 | uint16(class>>1&1)<<10 | uint16(class>>2&1)<<14
	c.S.FSW = c.S.FSW&^fswConditions | cond
	return true
}
