package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

// MMX registers are the significands of the x87 registers, by their physical numbers (SDM 1 "The MMX State and MMX Register
// Aliasing"). Each MMX instruction but EMMS marks all of them in use and resets the top; a write sets the exponent to ones.

var _ = def(Def{Op: x86asm.EMMS, Ref: "SDM 2A EMMS", Fn: emms, Traits: NeedSSE, Feature: MMX})

// mmxOnly tells of instructions that do not need CR4.OSFXSR: none of their registers is an XMM register
// (SDM 3A "Providing Operating System Support for SSE Extensions").
func mmxOnly(inst *decode.Inst) bool {
	mmx := inst.Op == x86asm.EMMS
	for _, a := range inst.Args {
		r, ok := a.(x86asm.Reg)
		if ok && r >= x86asm.X0 && r <= x86asm.X15 {
			return false
		}
		mmx = mmx || ok && r >= x86asm.M0 && r <= x86asm.M7
	}
	return mmx
}

// beginMMX is the start of every MMX instruction: #MF when an x87 exception is pending.
func (c *CPU) beginMMX() bool {
	return c.S.FSW&fswES == 0 || c.withError()
}

// touchMMX is the effect on the x87 state; it comes when nothing can fault any more.
func (c *CPU) touchMMX() {
	c.S.FSW &^= fswTop
	c.S.FTW = 0
}

func (c *CPU) setMM(n uint8, v uint64) {
	c.touchMMX()
	c.S.ST[n&7] = Float80{Sig: v, SE: 0xffff}
}

// srcMM reads the second operand: an MMX register, or memory of u.SSize bytes.
func (c *CPU) srcMM(u *Uop) (uint64, bool) {
	if u.Form&FormMem1 != 0 {
		return c.load(c.ea(u), u.SSize)
	}
	return c.S.ST[u.Src&7].Sig, true
}

func emms(c *CPU, _ *Uop) bool {
	if !c.beginMMX() {
		return false
	}
	c.touchMMX()
	c.S.FTW = tagsEmpty
	return true
}
