package cpu

import (
	"math/bits"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

// Bit manipulation (SDM 1 "Bit Manipulation Instructions"), ADX, MOVBE.

const undefBMI = FlagAF | FlagPF

var (
	_ = def(Def{Op: x86asm.TZCNT, Ref: "SDM 2B TZCNT", Fn: tzcntFn, Out: aflags, Undef: undefBMI | FlagOF | FlagSF, Feature: BMI1})
	_ = def(Def{Op: x86asm.LZCNT, Ref: "SDM 2A LZCNT", Fn: lzcntFn, Out: aflags, Undef: undefBMI | FlagOF | FlagSF, Feature: LZCNT})

	_ = vexed(Def{Op: x86asm.ANDN, Ref: "SDM 2A ANDN", Fn: andnFn, Out: aflags, Undef: undefBMI, Feature: BMI1})
	_ = vexed(Def{Op: x86asm.BEXTR, Ref: "SDM 2A BEXTR", Fn: bextrFn, Out: aflags, Undef: undefBMI | FlagSF, Feature: BMI1})
	_ = vexed(Def{Op: x86asm.BLSI, Ref: "SDM 2A BLSI", Fn: blsiFn, Out: aflags, Undef: undefBMI, Feature: BMI1})
	_ = vexed(Def{Op: x86asm.BLSMSK, Ref: "SDM 2A BLSMSK", Fn: blsmskFn, Out: aflags, Undef: undefBMI, Feature: BMI1})
	_ = vexed(Def{Op: x86asm.BLSR, Ref: "SDM 2A BLSR", Fn: blsrFn, Out: aflags, Undef: undefBMI, Feature: BMI1})
	_ = vexed(Def{Op: x86asm.BZHI, Ref: "SDM 2A BZHI", Fn: bzhiFn, Out: aflags, Undef: undefBMI, Feature: BMI2})
	_ = vexed(Def{Op: x86asm.MULX, Ref: "SDM 2B MULX", Fn: mulxFn, Feature: BMI2})
	_ = vexed(Def{Op: x86asm.PDEP, Ref: "SDM 2B PDEP", Fn: pdepFn, Feature: BMI2})
	_ = vexed(Def{Op: x86asm.PEXT, Ref: "SDM 2B PEXT", Fn: pextFn, Feature: BMI2})
	_ = vexed(Def{Op: x86asm.RORX, Ref: "SDM 2B RORX", Fn: rorxFn, Feature: BMI2})
	_ = vexed(Def{Op: x86asm.SARX, Ref: "SDM 2B SARX/SHLX/SHRX", Fn: sarxFn, Feature: BMI2})
	_ = vexed(Def{Op: x86asm.SHLX, Ref: "SDM 2B SARX/SHLX/SHRX", Fn: shlxFn, Feature: BMI2})
	_ = vexed(Def{Op: x86asm.SHRX, Ref: "SDM 2B SARX/SHLX/SHRX", Fn: shrxFn, Feature: BMI2})

	_ = def(Def{Op: decode.ADCX, Ref: "SDM 2A ADCX", Fn: adcxFn, In: FlagCF, Out: FlagCF, Feature: ADX})
	_ = def(Def{Op: decode.ADOX, Ref: "SDM 2A ADOX", Fn: adoxFn, In: FlagOF, Out: FlagOF, Feature: ADX})
	_ = def(Def{Op: x86asm.MOVBE, Ref: "SDM 2B MOVBE", Fn: movbeFn, Feature: MOVBE})
)

// vexed defines an instruction with a VEX prefix, which real and virtual-8086 mode do not have
// (SDM 2A "VEX-Encoded GPR Instructions").
func vexed(d Def) struct{} {
	fn := d.Fn
	d.Fn = func(c *CPU, u *Uop) bool {
		if c.S.CR0&CR0PE == 0 || c.S.RFLAGS&FlagVM != 0 {
			return c.raise(VecUD, 0)
		}
		return fn(c, u)
	}
	return def(d)
}

// third reads the last of three operands: a register, or memory.
func (c *CPU) third(u *Uop) (uint64, bool) {
	if u.Form&FormMem1 != 0 {
		return c.load(c.ea(u), u.SSize)
	}
	return c.reg(uint8(u.Imm), u.Size), true
}

// second reads the second of three operands, of which the last is a register or an immediate.
func (c *CPU) second(u *Uop) (uint64, bool) {
	if u.Form&FormMem1 != 0 {
		return c.load(c.ea(u), u.SSize)
	}
	return c.reg(u.Src, u.Size), true
}

// setBMI stores a result with SF, ZF and the given CF.
func (c *CPU) setBMI(u *Uop, r uint64, carry bool) bool {
	r &= maskOf(u.Size)
	c.setReg(u.Dst, u.Size, r)
	f := r << shiftOf(u.Size) >> 63 * FlagSF
	if r == 0 {
		f |= FlagZF
	}
	if carry {
		f |= FlagCF
	}
	c.setArith(f)
	return true
}

// setCount stores the result of TZCNT or LZCNT.
func (c *CPU) setCount(u *Uop, n int) bool {
	f := uint64(0)
	switch n {
	case 0:
		f = FlagZF
	case 8 * int(u.Size):
		f = FlagCF
	}
	c.setReg(u.Dst, u.Size, uint64(n))
	c.setArith(f)
	return true
}

func tzcntFn(c *CPU, u *Uop) bool {
	v, ok := c.src(u)
	return ok && c.setCount(u, min(bits.TrailingZeros64(v), 8*int(u.Size)))
}

func lzcntFn(c *CPU, u *Uop) bool {
	v, ok := c.src(u)
	return ok && c.setCount(u, 8*int(u.Size)-bits.Len64(v))
}

func andnFn(c *CPU, u *Uop) bool {
	v, ok := c.third(u)
	return ok && c.setBMI(u, v&^c.reg(u.Src, u.Size), false)
}

func bextrFn(c *CPU, u *Uop) bool {
	v, ok := c.second(u)
	if !ok {
		return false
	}
	control := c.reg(uint8(u.Imm), u.Size)
	v >>= control & 0xff
	if n := control >> 8 & 0xff; n < 64 {
		v &= 1<<n - 1
	}
	c.setBMI(u, v, false)
	c.S.RFLAGS &^= FlagSF
	return true
}

func blsiFn(c *CPU, u *Uop) bool {
	v, ok := c.second(u)
	return ok && c.setBMI(u, v&-v, v != 0)
}

func blsmskFn(c *CPU, u *Uop) bool {
	v, ok := c.second(u)
	return ok && c.setBMI(u, v^(v-1), v == 0)
}

func blsrFn(c *CPU, u *Uop) bool {
	v, ok := c.second(u)
	return ok && c.setBMI(u, v&(v-1), v == 0)
}

func bzhiFn(c *CPU, u *Uop) bool {
	v, ok := c.second(u)
	if !ok {
		return false
	}
	n := c.reg(uint8(u.Imm), u.Size) & 0xff
	over := n >= 8*uint64(u.Size)
	if !over {
		v &= 1<<n - 1
	}
	return c.setBMI(u, v, over)
}

// mulxFn writes the low half first: when both registers are the same, it is the high half that stays.
func mulxFn(c *CPU, u *Uop) bool {
	v, ok := c.third(u)
	if !ok {
		return false
	}
	hi, lo := bits.Mul64(c.reg(RDX, u.Size), v)
	if u.Size == 4 {
		hi = lo >> 32
	}
	c.setReg(u.Src, u.Size, lo)
	c.setReg(u.Dst, u.Size, hi)
	return true
}

func pdepFn(c *CPU, u *Uop) bool {
	mask, ok := c.third(u)
	if !ok {
		return false
	}
	v, r := c.reg(u.Src, u.Size), uint64(0)
	for ; mask != 0; mask &= mask - 1 {
		r |= mask & -mask & -(v & 1)
		v >>= 1
	}
	c.setReg(u.Dst, u.Size, r)
	return true
}

func pextFn(c *CPU, u *Uop) bool {
	mask, ok := c.third(u)
	if !ok {
		return false
	}
	v, r := c.reg(u.Src, u.Size), uint64(0)
	for i := 0; mask != 0; mask &= mask - 1 {
		r |= v >> bits.TrailingZeros64(mask) & 1 << i
		i++
	}
	c.setReg(u.Dst, u.Size, r)
	return true
}

func rorxFn(c *CPU, u *Uop) bool {
	v, ok := c.second(u)
	if !ok {
		return false
	}
	if u.Size == 4 {
		v = uint64(bits.RotateLeft32(uint32(v), -int(u.Imm&31)))
	} else {
		v = bits.RotateLeft64(v, -int(u.Imm&63))
	}
	c.setReg(u.Dst, u.Size, v)
	return true
}

// shiftx finishes SARX, SHLX and SHRX.
func (c *CPU) shiftx(u *Uop, f func(v uint64, n uint64) uint64) bool {
	v, ok := c.second(u)
	if !ok {
		return false
	}
	n := c.reg(uint8(u.Imm), u.Size) & (8*uint64(u.Size) - 1)
	c.setReg(u.Dst, u.Size, f(v, n))
	return true
}

func shlxFn(c *CPU, u *Uop) bool { return c.shiftx(u, func(v, n uint64) uint64 { return v << n }) }
func shrxFn(c *CPU, u *Uop) bool { return c.shiftx(u, func(v, n uint64) uint64 { return v >> n }) }
func sarxFn(c *CPU, u *Uop) bool {
	return c.shiftx(u, func(v, n uint64) uint64 { return uint64(int64(signExtend(v, u.Size)) >> n) })
}

func adcxFn(c *CPU, u *Uop) bool { return c.addWith(u, FlagCF) }
func adoxFn(c *CPU, u *Uop) bool { return c.addWith(u, FlagOF) }

// addWith adds with a carry that lies in one flag, and changes no other.
func (c *CPU) addWith(u *Uop, flag uint64) bool {
	b, ok := c.src(u)
	if !ok {
		return false
	}
	in := uint64(0)
	if c.flags()&flag != 0 {
		in = 1
	}
	r, out := bits.Add64(c.reg(u.Dst, u.Size), b, in)
	if u.Size == 4 {
		out = r >> 32
	}
	c.setReg(u.Dst, u.Size, r)
	c.setSome(flag, -out)
	return true
}

func movbeFn(c *CPU, u *Uop) bool {
	v, ok := c.src(u)
	return ok && c.setDst(u, bits.ReverseBytes64(v)>>shiftOf(u.Size))
}
