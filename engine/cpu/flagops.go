package cpu

import "golang.org/x/arch/x86/x86asm"

// Flag control and no-operations (SDM 1 "Flag Control (EFLAG) Instructions").

var (
	_ = def(Def{Op: x86asm.CLC, Ref: "SDM 2A CLC", Fn: clcFn, Out: FlagCF})
	_ = def(Def{Op: x86asm.STC, Ref: "SDM 2B STC", Fn: stcFn, Out: FlagCF})
	_ = def(Def{Op: x86asm.CMC, Ref: "SDM 2A CMC", Fn: cmcFn, In: FlagCF})
	_ = def(Def{Op: x86asm.CLD, Ref: "SDM 2A CLD", Fn: cldFn})
	_ = def(Def{Op: x86asm.STD, Ref: "SDM 2B STD", Fn: stdFn})
	_ = def(Def{Op: x86asm.LAHF, Ref: "SDM 2A LAHF", Fn: lahfFn, In: aflags})
	_ = def(Def{Op: x86asm.SAHF, Ref: "SDM 2B SAHF", Fn: sahfFn})
	_ = def(Def{Op: x86asm.CLI, Ref: "SDM 2A CLI", Fn: cliFn, Traits: End})
	_ = def(Def{Op: x86asm.STI, Ref: "SDM 2B STI", Fn: stiFn, Traits: End})
)

func clcFn(c *CPU, u *Uop) bool { c.setSome(FlagCF, 0); return true }
func stcFn(c *CPU, u *Uop) bool { c.setSome(FlagCF, FlagCF); return true }
func cmcFn(c *CPU, u *Uop) bool { c.setSome(FlagCF, ^c.flags()); return true }
func cldFn(c *CPU, u *Uop) bool { c.S.RFLAGS &^= FlagDF; return true }
func stdFn(c *CPU, u *Uop) bool { c.S.RFLAGS |= FlagDF; return true }

func lahfFn(c *CPU, u *Uop) bool {
	c.setReg(16, 1, c.flags()&0xff)
	return true
}

func sahfFn(c *CPU, u *Uop) bool {
	c.setSome(FlagCF|FlagPF|FlagAF|FlagZF|FlagSF, c.reg(16, 1))
	return true
}

// mayChangeIF checks CPL against IOPL.
func (c *CPU) mayChangeIF() bool {
	if uint64(c.cpl()) > c.S.RFLAGS>>12&3 {
		return c.raise(VecGP, 0)
	}
	return true
}

func cliFn(c *CPU, u *Uop) bool {
	if !c.mayChangeIF() {
		return false
	}
	c.S.RFLAGS &^= FlagIF
	return true
}

// stiFn sets IF; interrupts are taken only after the next instruction.
func stiFn(c *CPU, u *Uop) bool {
	if !c.mayChangeIF() {
		return false
	}
	if c.S.RFLAGS&FlagIF == 0 {
		c.S.RFLAGS |= FlagIF
		c.hold(ShadowSTI)
	}
	return true
}
