package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mmu"
)

// Near branches (SDM 1 "Control Transfer Instructions").

var (
	_ = def(Def{Op: x86asm.JMP, Ref: "SDM 2A JMP", Fn: jmpFn, Traits: End})
	_ = def(Def{Op: x86asm.CALL, Ref: "SDM 2A CALL", Fn: callFn, Traits: End})
	_ = def(Def{Op: x86asm.RET, Ref: "SDM 2B RET", Fn: retFn, Traits: End})
	_ = def(Def{Op: x86asm.LOOP, Ref: "SDM 2A LOOP/LOOPcc", Fn: loopFn, Traits: End})
	_ = def(Def{Op: x86asm.LOOPE, Ref: "SDM 2A LOOP/LOOPcc", Fn: loopeFn, In: FlagZF, Traits: End})
	_ = def(Def{Op: x86asm.LOOPNE, Ref: "SDM 2A LOOP/LOOPcc", Fn: loopneFn, In: FlagZF, Traits: End})
	_ = def(Def{Op: x86asm.JCXZ, Ref: "SDM 2A Jcc", Fn: jcxzFn, Traits: End})
	_ = def(Def{Op: x86asm.JECXZ, Ref: "SDM 2A Jcc", Fn: jcxzFn, Traits: End})
	_ = def(Def{Op: x86asm.JRCXZ, Ref: "SDM 2A Jcc", Fn: jcxzFn, Traits: End})
)

// jump sets RIP to a near target; one beyond the segment and a non-canonical one are refused.
func (c *CPU) jump(target uint64) bool {
	if target > c.codeEnd() || c.mode64() && !mmu.Canonical(target, c.levels()) {
		return c.raise(VecGP, 0)
	}
	c.S.RIP = target
	return true
}

// branchTarget is where a near CALL or JMP goes.
func (c *CPU) branchTarget(u *Uop) (uint64, bool) {
	if u.Form&(FormMem0|FormGPR0) == 0 {
		return uint64(u.Imm), true
	}
	return c.dst(u)
}

func jmpFn(c *CPU, u *Uop) bool {
	t, ok := c.branchTarget(u)
	return ok && c.jump(t)
}

func callFn(c *CPU, u *Uop) bool {
	t, ok := c.branchTarget(u)
	if !ok {
		return false
	}
	rsp := c.S.R[RSP]
	if !c.push(u.Size, c.S.RIP) {
		return false
	}
	if !c.jump(t) {
		c.S.R[RSP] = rsp // the return address stays in memory
		return false
	}
	return true
}

func retFn(c *CPU, u *Uop) bool {
	t, ok := c.top(u.Size, 0)
	if !ok || !c.jump(t) {
		return false
	}
	c.setSP(c.S.R[RSP] + uint64(u.Size) + uint64(uint16(u.Imm)))
	return true
}

func jccFn(cc uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		if c.cond(cc) {
			return c.jump(uint64(u.Imm))
		}
		return true
	}
}

func loopFn(c *CPU, u *Uop) bool   { return c.loopIf(u, true) }
func loopeFn(c *CPU, u *Uop) bool  { return c.loopIf(u, c.cond(ccE)) }
func loopneFn(c *CPU, u *Uop) bool { return c.loopIf(u, c.cond(ccNE)) }

// loopIf decrements the counter, in the address size, and jumps when it is not yet zero.
func (c *CPU) loopIf(u *Uop, more bool) bool {
	n := (c.reg(RCX, u.ASize) - 1) & maskOf(u.ASize)
	if n != 0 && more && !c.jump(uint64(u.Imm)) {
		return false
	}
	c.setReg(RCX, u.ASize, n)
	return true
}

func jcxzFn(c *CPU, u *Uop) bool {
	if c.reg(RCX, u.ASize) == 0 {
		return c.jump(uint64(u.Imm))
	}
	return true
}
