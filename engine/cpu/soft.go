package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/trace"
)

// Software interrupts (SDM 2A "INT n/INTO/INT3/INT1").

var (
	_ = def(Def{Op: x86asm.INT, Ref: "SDM 2A INT n/INTO/INT3", Fn: intFn, Traits: End})
	_ = def(Def{Op: x86asm.INTO, Ref: "SDM 2A INT n/INTO/INT3", Fn: intoFn, In: FlagOF, Traits: End | Not64})
	_ = def(Def{Op: x86asm.ICEBP, Ref: "SDM 2A INT n/INTO/INT3", Fn: icebpFn, Traits: End})
)

// soft delivers a software interrupt; S.RIP is already behind the instruction.
func (c *CPU) soft(vector uint8, k cause) bool {
	if c.trace.Has(trace.SoftInt) {
		c.emit(trace.SoftInt, uint64(vector), c.S.RIP)
	}
	if !c.deliver(vector, 0, k) {
		return false
	}
	c.stepping = false
	return true
}

// intFn is INT n and INT3. In virtual-8086 mode INT n, not INT3, needs IOPL 3.
func intFn(c *CPU, u *Uop) bool {
	if u.Len > 1 && !c.ioplInV86() {
		return false
	}
	return c.soft(uint8(u.Imm), causeSoftware)
}

func intoFn(c *CPU, u *Uop) bool {
	if c.flags()&FlagOF == 0 {
		return true
	}
	return c.soft(VecOF, causeSoftware)
}

func icebpFn(c *CPU, u *Uop) bool { return c.soft(VecDB, causeExternal) }

// ioplInV86 refuses an instruction that is sensitive to IOPL in virtual-8086 mode.
func (c *CPU) ioplInV86() bool {
	if c.S.RFLAGS&FlagVM != 0 && c.S.RFLAGS&FlagIOPL != FlagIOPL {
		return c.raise(VecGP, 0)
	}
	return true
}
