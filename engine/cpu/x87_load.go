package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

var (
	_ = def(Def{Op: x86asm.FLD, Ref: "SDM 2A FLD", Fn: fld, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FILD, Ref: "SDM 2A FILD", Fn: fild, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FBLD, Ref: "SDM 2A FBLD", Fn: fbld, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FST, Ref: "SDM 2A FST/FSTP", Fn: fst, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FSTP, Ref: "SDM 2A FST/FSTP", Fn: fstp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FIST, Ref: "SDM 2A FIST/FISTP", Fn: fist, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FISTP, Ref: "SDM 2A FIST/FISTP", Fn: fistp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FBSTP, Ref: "SDM 2A FBSTP", Fn: fbstp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FXCH, Ref: "SDM 2A FXCH", Fn: fxch, Traits: NeedX87})

	_ = def(Def{Op: x86asm.FLD1, Ref: "SDM 2A FLD1", Fn: fld1, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FLDZ, Ref: "SDM 2A FLD1", Fn: fldz, Traits: NeedX87})
	_ = loads(x86asm.FLDPI, &softfloat.Pi)
	_ = loads(x86asm.FLDL2E, &softfloat.Log2OfE)
	_ = loads(x86asm.FLDL2T, &softfloat.Log2Of10)
	_ = loads(x86asm.FLDLG2, &softfloat.Log10Of2)
	_ = loads(x86asm.FLDLN2, &softfloat.LnOf2)

	_ = conditional(x86asm.FCMOVB, func(f uint64) bool { return f&FlagCF != 0 })
	_ = conditional(x86asm.FCMOVE, func(f uint64) bool { return f&FlagZF != 0 })
	_ = conditional(x86asm.FCMOVBE, func(f uint64) bool { return f&(FlagCF|FlagZF) != 0 })
	_ = conditional(x86asm.FCMOVU, func(f uint64) bool { return f&FlagPF != 0 })
	_ = conditional(x86asm.FCMOVNB, func(f uint64) bool { return f&FlagCF == 0 })
	_ = conditional(x86asm.FCMOVNE, func(f uint64) bool { return f&FlagZF == 0 })
	_ = conditional(x86asm.FCMOVNBE, func(f uint64) bool { return f&(FlagCF|FlagZF) == 0 })
	_ = conditional(x86asm.FCMOVNU, func(f uint64) bool { return f&FlagPF == 0 })
)

// load80 reads an extended value.
func (c *CPU) load80(la uint64) (v softfloat.F80, ok bool) {
	if v.Sig, ok = c.load64(la); !ok {
		return v, false
	}
	v.SE, ok = c.load16(la + 8)
	return v, ok
}

// store80 leaves the first part when the other faults, as processors do.
func (c *CPU) store80(la uint64, v softfloat.F80) bool {
	return c.store64(la, v.Sig) && c.store16(la+8, v.SE)
}

func fld(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	if u.Form&FormMem0 == 0 {
		return c.fldRegister(u.Dst)
	}
	v, ok := c.loadReal(u)
	if !ok {
		return false
	}
	if !c.isEmpty(7) { // the stack fault comes before what the operand may raise
		c.x87.Flags = 0
	}
	if !c.settle() && c.x87.Flags&^c.x87.Masks&softfloat.Invalid != 0 {
		return true
	}
	return c.fpPush(v) // also a denormal, when that is unmasked
}

func (c *CPU) fldRegister(i uint8) bool {
	c.settle()
	if !c.isEmpty(i) {
		return c.fpPush(c.fpGet(i))
	}
	if c.emptyRead() {
		c.fpPushed(softfloat.Default80)
	}
	return true
}

// loadReal reads and converts the memory operand of FLD.
func (c *CPU) loadReal(u *Uop) (softfloat.F80, bool) {
	la := c.ea(u)
	switch u.Size {
	case 4:
		v, ok := c.load32(la)
		return c.x87.Load32(v), ok
	case 8:
		v, ok := c.load64(la)
		return c.x87.Load64(v), ok
	}
	return c.load80(la)
}

// loadInteger reads the memory operand of FILD, FIADD and so on.
func (c *CPU) loadInteger(u *Uop) (softfloat.F80, bool) {
	v, ok := c.load(c.ea(u), u.Size)
	return softfloat.FromInt80(int64(signExtend(v, u.Size))), ok
}

func fild(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	v, ok := c.loadInteger(u)
	if !ok {
		return false
	}
	c.settle()
	return c.fpPush(v)
}

func fbld(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	v, ok := c.load80(c.ea(u))
	if !ok {
		return false
	}
	c.settle()
	return c.fpPush(softfloat.FromBCD(v.Sig, v.SE))
}

func fld1(c *CPU, _ *Uop) bool { return c.loadConstant(softfloat.FromInt80(1)) }
func fldz(c *CPU, _ *Uop) bool { return c.loadConstant(softfloat.F80{}) }

func loads(op x86asm.Op, k *softfloat.Constant) struct{} {
	return def(Def{Op: op, Ref: "SDM 2A FLD1", Traits: NeedX87, Fn: func(c *CPU, _ *Uop) bool {
		return c.loadConstant(k.Load(softfloat.Round(c.S.FCW >> 10 & 3)))
	}})
}

func (c *CPU) loadConstant(v softfloat.F80) bool {
	if !c.begin87() {
		return false
	}
	c.settle()
	return c.fpPush(v)
}

func fst(c *CPU, u *Uop) bool {
	_, ok := c.storeReal(u)
	return ok
}

func fstp(c *CPU, u *Uop) bool {
	done, ok := c.storeReal(u)
	if done {
		c.fpPop()
	}
	return ok
}

// storeReal is FST without and FSTP before the pop; done tells that the value was stored.
func (c *CPU) storeReal(u *Uop) (done, ok bool) {
	if !c.begin87() {
		return false, false
	}
	if u.Form&FormMem0 == 0 {
		return c.storeRegister(u.Dst), true
	}
	v, empty := c.fpGet(0), c.isEmpty(0)
	if empty {
		if c.x87.Masks&softfloat.Invalid == 0 {
			c.emptyRead()
			return false, true
		}
		v = softfloat.Default80
	}
	la, e := c.ea(u), &c.x87.Env
	switch u.Size {
	case 4:
		r := e.Store32(v)
		ok = c.kept() || c.store32(la, r)
	case 8:
		r := e.Store64(v)
		ok = c.kept() || c.store64(la, r)
	default:
		ok = c.store80(la, v)
	}
	return c.storedMemory(ok, empty), ok
}

// kept tells that an unmasked exception keeps a result from memory.
func (c *CPU) kept() bool {
	return c.x87.Flags&^c.x87.Masks&(softfloat.Before|softfloat.Overflow|softfloat.Underflow) != 0
}

// storedMemory settles after a store that succeeded, and tells whether the stack may be popped.
func (c *CPU) storedMemory(ok, empty bool) bool {
	switch {
	case !ok:
		return false
	case empty:
		return c.emptyRead()
	}
	kept := c.kept()
	if kept {
		c.x87.RoundUp = false
		c.x87.Flags &^= softfloat.Precision
	}
	c.settle()
	return !kept
}

func (c *CPU) storeRegister(i uint8) bool {
	c.settle()
	v := c.fpGet(0)
	if c.isEmpty(0) {
		if !c.emptyRead() {
			return false
		}
		v = softfloat.Default80
	}
	c.fpPut(i, v)
	return true
}

func fist(c *CPU, u *Uop) bool {
	_, ok := c.storeInteger(u, false)
	return ok
}

func fistp(c *CPU, u *Uop) bool {
	done, ok := c.storeInteger(u, false)
	if done {
		c.fpPop()
	}
	return ok
}

// fisttp is FISTP that always cuts off.
func fisttp(c *CPU, u *Uop) bool {
	done, ok := c.storeInteger(u, true)
	if done {
		c.fpPop()
	}
	return ok
}

func (c *CPU) storeInteger(u *Uop, truncate bool) (done, ok bool) {
	if !c.begin87() {
		return false, false
	}
	empty := c.isEmpty(0)
	if empty && c.x87.Masks&softfloat.Invalid == 0 {
		c.emptyRead()
		return false, true
	}
	v := int64(-1) << (8*u.Size - 1)
	round := c.x87.Round
	if truncate {
		round = softfloat.Zero
	}
	if !empty {
		v = c.x87.Int80(c.fpGet(0), 8*uint(u.Size), round)
	}
	ok = c.kept() || c.store(c.ea(u), u.Size, uint64(v))
	return c.storedMemory(ok, empty), ok
}

func fbstp(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	empty := c.isEmpty(0)
	if empty && c.x87.Masks&softfloat.Invalid == 0 {
		c.emptyRead()
		return true
	}
	v := softfloat.IndefiniteBCD
	if !empty {
		v = c.x87.ToBCD(c.fpGet(0))
	}
	ok := c.kept() || c.store80(c.ea(u), v)
	if c.storedMemory(ok, empty) {
		c.fpPop()
	}
	return ok
}

// fxch exchanges; empty registers are filled with the indefinite first.
func fxch(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	c.settle()
	if c.isEmpty(0) || c.isEmpty(u.Dst) {
		if !c.emptyRead() {
			return true
		}
		c.fillEmpty(0)
		c.fillEmpty(u.Dst)
	}
	a, b := c.fpGet(0), c.fpGet(u.Dst)
	c.fpPut(0, b)
	c.fpPut(u.Dst, a)
	return true
}

func (c *CPU) fillEmpty(i uint8) {
	if c.isEmpty(i) {
		c.fpPut(i, softfloat.Default80)
	}
}

func conditional(op x86asm.Op, holds func(flags uint64) bool) struct{} {
	return def(Def{Op: op, Ref: "SDM 2A FCMOVcc", In: FlagCF | FlagZF | FlagPF, Traits: NeedX87, Fn: func(c *CPU, u *Uop) bool {
		if !c.begin87() {
			return false
		}
		if c.isEmpty(0) || c.isEmpty(u.Src) {
			if c.emptyRead() { // whatever the condition
				c.fpPut(0, softfloat.Default80)
			}
			return true
		}
		if holds(c.flags()) {
			c.fpPut(0, c.fpGet(u.Src))
		}
		return true
	}})
}
