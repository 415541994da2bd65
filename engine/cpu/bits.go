package cpu

import (
	"math/bits"

	"golang.org/x/arch/x86/x86asm"
)

// Bit instructions (SDM 1 "Bit and Byte Instructions").

var (
	_ = def(Def{Op: x86asm.BT, Ref: "SDM 2A BT", Fn: btFn, Undef: undefBit})
	_ = def(Def{Op: x86asm.BTS, Ref: "SDM 2A BTS", Fn: btsFn, Traits: Locks, Undef: undefBit})
	_ = def(Def{Op: x86asm.BTR, Ref: "SDM 2A BTR", Fn: btrFn, Traits: Locks, Undef: undefBit})
	_ = def(Def{Op: x86asm.BTC, Ref: "SDM 2A BTC", Fn: btcFn, Traits: Locks, Undef: undefBit})
	_ = def(Def{Op: x86asm.BSF, Ref: "SDM 2A BSF", Fn: bsfFn, Undef: aflags &^ FlagZF})
	_ = def(Def{Op: x86asm.BSR, Ref: "SDM 2A BSR", Fn: bsrFn, Undef: aflags &^ FlagZF})
	_ = def(Def{Op: x86asm.POPCNT, Ref: "SDM 2B POPCNT", Fn: popcntFn, Out: aflags, Feature: POPCNT})
)

// bitArgs finds the word and the bit in it. A register bit offset into memory reaches beyond the operand.
func (c *CPU) bitArgs(u *Uop) (la, v uint64, bit uint, ok bool) {
	n := uint64(u.Imm)
	if u.Form&FormImm == 0 {
		n = c.reg(u.Src, u.Size)
	}
	bit = uint(n) & (8*uint(u.Size) - 1)
	if u.Form&FormMem0 == 0 {
		return 0, c.reg(u.Dst, u.Size), bit, true
	}
	la = c.bitEA(u)
	v, ok = c.load(la, u.Size)
	return la, v, bit, ok
}

// bitEA is the address of the memory operand, moved by the bit offset when it is a bit instruction with one in a register.
func (c *CPU) bitEA(u *Uop) uint64 {
	w := *u
	switch op := defs[u.Fn].Op; {
	case u.Form&FormImm != 0:
	case op == x86asm.BT || op == x86asm.BTS || op == x86asm.BTR || op == x86asm.BTC:
		w.Disp += int64(signExtend(c.reg(u.Src, u.Size), u.Size)) >> bits.TrailingZeros8(8*u.Size) * int64(u.Size)
	}
	return c.ea(&w)
}

// bitOp finishes BTS, BTR, BTC: only CF changes.
func (c *CPU) bitOp(u *Uop, change func(v, bit uint64) uint64) bool {
	la, v, bit, ok := c.bitArgs(u)
	if !ok {
		return false
	}
	r := change(v, 1<<bit)
	if u.Form&FormMem0 == 0 {
		c.setReg(u.Dst, u.Size, r)
	} else if !c.store(la, u.Size, r) {
		return false
	}
	c.setSome(FlagCF, v>>bit&1)
	return true
}

func btFn(c *CPU, u *Uop) bool {
	_, v, bit, ok := c.bitArgs(u)
	if ok {
		c.setSome(FlagCF, v>>bit&1)
	}
	return ok
}

func btsFn(c *CPU, u *Uop) bool {
	return c.bitOp(u, func(v, bit uint64) uint64 { return v | bit })
}

func btrFn(c *CPU, u *Uop) bool {
	return c.bitOp(u, func(v, bit uint64) uint64 { return v &^ bit })
}

func btcFn(c *CPU, u *Uop) bool {
	return c.bitOp(u, func(v, bit uint64) uint64 { return v ^ bit })
}

// scan finishes BSF and BSR: with a zero source ZF is set and the destination stays, as on all processors there are.
func (c *CPU) scan(u *Uop, v uint64, n int) bool {
	if v == 0 {
		c.setSome(FlagZF, FlagZF)
		return true
	}
	c.setReg(u.Dst, u.Size, uint64(n))
	c.setSome(FlagZF, 0)
	return true
}

func bsfFn(c *CPU, u *Uop) bool {
	v, ok := c.src(u)
	return ok && c.scan(u, v, bits.TrailingZeros64(v))
}

func bsrFn(c *CPU, u *Uop) bool {
	v, ok := c.src(u)
	return ok && c.scan(u, v, bits.Len64(v)-1)
}

func popcntFn(c *CPU, u *Uop) bool {
	v, ok := c.src(u)
	if !ok {
		return false
	}
	c.setReg(u.Dst, u.Size, uint64(bits.OnesCount64(v)))
	f := uint64(0)
	if v == 0 {
		f = FlagZF
	}
	c.setArith(f)
	return true
}
