package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

// Decimal adjustment and BOUND, which 64-bit mode has no more (SDM 1 "BCD and Packed BCD Arithmetic").

var (
	_ = def(Def{Op: x86asm.AAA, Ref: "SDM 2A AAA", Fn: aaaFn(1), In: aflags, Out: aflags, Traits: Not64, Undef: undefBCD})
	_ = def(Def{Op: x86asm.AAS, Ref: "SDM 2A AAS", Fn: aaaFn(-1), In: aflags, Out: aflags, Traits: Not64, Undef: undefBCD})
	_ = def(Def{Op: x86asm.DAA, Ref: "SDM 2A DAA", Fn: daaFn(1), In: aflags, Out: aflags, Traits: Not64, Undef: FlagOF})
	_ = def(Def{Op: x86asm.DAS, Ref: "SDM 2A DAS", Fn: daaFn(-1), In: aflags, Out: aflags, Traits: Not64, Undef: FlagOF})
	_ = def(Def{Op: x86asm.AAM, Ref: "SDM 2A AAM", Fn: aamFn, Out: aflags, Traits: Not64, Undef: FlagOF | FlagAF | FlagCF})
	_ = def(Def{Op: x86asm.AAD, Ref: "SDM 2A AAD", Fn: aadFn, Out: aflags, Traits: Not64, Undef: FlagOF | FlagAF | FlagCF})
	_ = def(Def{Op: decode.SALC, Ref: "undocumented: D6", Fn: salcFn, In: FlagCF, Traits: Not64})
	_ = def(Def{Op: x86asm.BOUND, Ref: "SDM 2A BOUND", Fn: boundFn, Traits: Not64})
)

// aaaFn is AAA (sign 1) or AAS (sign −1).
func aaaFn(sign int64) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		f := uint64(0)
		ax := c.reg(RAX, 2)
		if ax&15 > 9 || c.flags()&FlagAF != 0 {
			ax += uint64(sign * 0x106)
			f = FlagAF | FlagCF
		}
		c.setReg(RAX, 2, ax&0xff0f)
		c.setArith(f | resultFlags(ax&15<<56, 56))
		return true
	}
}

// daaFn is DAA (sign 1) or DAS (sign −1).
func daaFn(sign int64) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		old, flags := c.reg(RAX, 1), c.flags()
		al, f := old, uint64(0)
		if old&15 > 9 || flags&FlagAF != 0 {
			al += uint64(sign * 6)
			f = FlagAF | flags&FlagCF
			if sign < 0 && old < 6 || sign > 0 && al > 0xff {
				f |= FlagCF
			}
		}
		if old > 0x99 || flags&FlagCF != 0 {
			al += uint64(sign * 0x60)
			f |= FlagCF
		}
		c.setReg(RAX, 1, al)
		c.setArith(f | resultFlags(al<<56, 56))
		return true
	}
}

func aamFn(c *CPU, u *Uop) bool {
	base := uint64(uint8(u.Imm))
	if base == 0 {
		return c.raise(VecDE, 0)
	}
	al := c.reg(RAX, 1)
	c.setReg(RAX, 2, al/base<<8|al%base)
	c.setArith(resultFlags(al%base<<56, 56))
	return true
}

func aadFn(c *CPU, u *Uop) bool {
	ax := c.reg(RAX, 2)
	al := (ax&0xff + ax>>8*uint64(uint8(u.Imm))) & 0xff
	c.setReg(RAX, 2, al)
	c.setArith(resultFlags(al<<56, 56))
	return true
}

func boundFn(c *CPU, u *Uop) bool {
	la := c.ea(u)
	low, ok := c.load(la, u.Size)
	if !ok {
		return false
	}
	i := int64(signExtend(c.reg(u.Dst, u.Size), u.Size))
	if i < int64(signExtend(low, u.Size)) {
		return c.raise(VecBR, 0) // before the other is read
	}
	high, ok := c.load(la+uint64(u.Size), u.Size)
	if !ok {
		return false
	}
	if i > int64(signExtend(high, u.Size)) {
		return c.raise(VecBR, 0)
	}
	return true
}

func salcFn(c *CPU, _ *Uop) bool {
	c.setReg(RAX, 1, -c.carry())
	return true
}
