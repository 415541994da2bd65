package cpu

import (
	"math/bits"

	"golang.org/x/arch/x86/x86asm"
)

// Data movement (SDM 1 "Data Transfer Instructions").

var (
	_ = def(Def{Op: x86asm.MOV, Ref: "SDM 2B MOV", Fn: movFn})
	_ = def(Def{Op: x86asm.MOVNTI, Ref: "SDM 2B MOVNTI", Fn: movFn, Feature: SSE2})
	_ = def(Def{Op: x86asm.MOVZX, Ref: "SDM 2B MOVZX", Fn: movzxFn})
	_ = def(Def{Op: x86asm.MOVSX, Ref: "SDM 2B MOVSX/MOVSXD", Fn: movsxFn})
	_ = def(Def{Op: x86asm.MOVSXD, Ref: "SDM 2B MOVSX/MOVSXD", Fn: movsxFn})
	_ = def(Def{Op: x86asm.LEA, Ref: "SDM 2A LEA", Fn: leaFn})
	_ = def(Def{Op: x86asm.BSWAP, Ref: "SDM 2A BSWAP", Fn: bswapFn})
	_ = def(Def{Op: x86asm.CBW, Ref: "SDM 2A CBW/CWDE/CDQE", Fn: cbwFn})
	_ = def(Def{Op: x86asm.CWDE, Ref: "SDM 2A CBW/CWDE/CDQE", Fn: cbwFn})
	_ = def(Def{Op: x86asm.CDQE, Ref: "SDM 2A CBW/CWDE/CDQE", Fn: cbwFn})
	_ = def(Def{Op: x86asm.CWD, Ref: "SDM 2A CWD/CDQ/CQO", Fn: cwdFn})
	_ = def(Def{Op: x86asm.CDQ, Ref: "SDM 2A CWD/CDQ/CQO", Fn: cwdFn})
	_ = def(Def{Op: x86asm.CQO, Ref: "SDM 2A CWD/CDQ/CQO", Fn: cwdFn})
	_ = def(Def{Op: x86asm.XLATB, Ref: "SDM 2D XLAT", Fn: xlatFn})
)

func movFn(c *CPU, u *Uop) bool {
	switch {
	case u.Form&FormSeg != 0:
		return c.movSegment(u)
	case u.Form&FormCtl != 0:
		return c.movControl(u)
	case u.Form&(FormMem1|FormTwo) == 0:
		return c.setDst(u, uint64(u.Imm))
	}
	v, ok := c.src(u)
	return ok && c.setDst(u, v)
}

// movSegment is MOV to or from a segment register.
func (c *CPU) movSegment(u *Uop) bool {
	if u.Form&FormGPR0 != 0 {
		c.setReg(u.Dst, u.Size, uint64(c.S.Seg[u.Src].Sel))
		return true
	}
	if u.Form&FormMem0 != 0 {
		return c.store16(c.ea(u), c.S.Seg[u.Src].Sel)
	}
	v := uint64(0)
	ok := true
	if u.Form&FormMem1 != 0 {
		v, ok = c.load(c.ea(u), 2)
	} else {
		v = c.reg(u.Src, 2)
	}
	if !ok {
		return false
	}
	if u.Dst == CS {
		return c.raise(VecUD, 0)
	}
	if !c.loadSegment(u.Dst, uint16(v)) {
		return false
	}
	if u.Dst == SS {
		c.hold(ShadowSS)
	}
	return true
}

func movzxFn(c *CPU, u *Uop) bool {
	v, ok := c.src(u)
	if ok {
		c.setReg(u.Dst, u.Size, v)
	}
	return ok
}

func movsxFn(c *CPU, u *Uop) bool {
	w := *u
	if w.Size == 2 {
		w.SSize = min(w.SSize, 2) // MOVSXD with a 16-bit operand reads no more
	}
	v, ok := c.src(&w)
	if ok {
		c.setReg(w.Dst, w.Size, signExtend(v, w.SSize))
	}
	return ok
}

func leaFn(c *CPU, u *Uop) bool {
	c.setReg(u.Dst, u.Size, c.offset(u))
	return true
}

func bswapFn(c *CPU, u *Uop) bool {
	switch u.Size {
	case 8:
		c.S.R[u.Dst] = bits.ReverseBytes64(c.S.R[u.Dst])
	case 4:
		c.S.R[u.Dst] = uint64(bits.ReverseBytes32(uint32(c.S.R[u.Dst])))
	default:
		c.setReg(u.Dst, 2, 0) // undefined; processors clear it
	}
	return true
}

func cbwFn(c *CPU, u *Uop) bool {
	c.setReg(RAX, u.Size, signExtend(c.S.R[RAX], u.Size/2))
	return true
}

func cwdFn(c *CPU, u *Uop) bool {
	c.setReg(RDX, u.Size, uint64(int64(signExtend(c.S.R[RAX], u.Size))>>63))
	return true
}

func xlatFn(c *CPU, u *Uop) bool {
	v := *u
	v.Disp += int64(c.reg(RAX, 1))
	b, ok := c.load8(c.ea(&v))
	if ok {
		c.setReg(RAX, 1, uint64(b))
	}
	return ok
}

// CMOVcc and SETcc, by condition code.

func cmovFn(cc uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		v, ok := c.src(u) // a memory operand is read either way
		if !ok {
			return false
		}
		if !c.cond(cc) {
			v = c.reg(u.Dst, u.Size) // written back: clears the upper half
		}
		c.setReg(u.Dst, u.Size, v)
		return true
	}
}

func setccFn(cc uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		v := uint64(0)
		if c.cond(cc) {
			v = 1
		}
		return c.setDst(u, v)
	}
}

// ccIn are the flags that a condition reads.
var ccIn = [16]uint16{
	FlagOF, FlagOF, FlagCF, FlagCF, FlagZF, FlagZF, FlagCF | FlagZF, FlagCF | FlagZF,
	FlagSF, FlagSF, FlagPF, FlagPF, FlagSF | FlagOF, FlagSF | FlagOF, FlagZF | FlagSF | FlagOF, FlagZF | FlagSF | FlagOF,
}

// Instructions by condition code.
var (
	cmovOps = [16]x86asm.Op{x86asm.CMOVO, x86asm.CMOVNO, x86asm.CMOVB, x86asm.CMOVAE, x86asm.CMOVE, x86asm.CMOVNE,
		x86asm.CMOVBE, x86asm.CMOVA, x86asm.CMOVS, x86asm.CMOVNS, x86asm.CMOVP, x86asm.CMOVNP, x86asm.CMOVL,
		x86asm.CMOVGE, x86asm.CMOVLE, x86asm.CMOVG}
	setOps = [16]x86asm.Op{x86asm.SETO, x86asm.SETNO, x86asm.SETB, x86asm.SETAE, x86asm.SETE, x86asm.SETNE,
		x86asm.SETBE, x86asm.SETA, x86asm.SETS, x86asm.SETNS, x86asm.SETP, x86asm.SETNP, x86asm.SETL,
		x86asm.SETGE, x86asm.SETLE, x86asm.SETG}
	jccOps = [16]x86asm.Op{x86asm.JO, x86asm.JNO, x86asm.JB, x86asm.JAE, x86asm.JE, x86asm.JNE,
		x86asm.JBE, x86asm.JA, x86asm.JS, x86asm.JNS, x86asm.JP, x86asm.JNP, x86asm.JL,
		x86asm.JGE, x86asm.JLE, x86asm.JG}
)

// Jumps tells whether the conditional jump op jumps with these flags; false for any other instruction.
func Jumps(op x86asm.Op, flags uint64) bool {
	cc, ok := ccOf(&jccOps, op)
	return ok && condOf(cc, flags)
}

var _ = defConditions()

func defConditions() struct{} {
	for i := range uint8(16) {
		def(Def{Op: cmovOps[i], Ref: "SDM 2A CMOVcc", Fn: cmovFn(i), In: ccIn[i], Feature: CMOV})
		def(Def{Op: setOps[i], Ref: "SDM 2B SETcc", Fn: setccFn(i), In: ccIn[i]})
		def(Def{Op: jccOps[i], Ref: "SDM 2A Jcc", Fn: jccFn(i), In: ccIn[i], Traits: End})
	}
	return struct{}{}
}
