package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// SYSENTER and SYSEXIT (SDM 3A "Performing Fast Calls to System Procedures with the SYSENTER and SYSEXIT
// Instructions"): as on Intel's processors they work in 64-bit mode too.

var (
	_ = def(Def{Op: x86asm.SYSENTER, Ref: "SDM 2B SYSENTER", Fn: sysenterFn, Traits: End, Feature: SEP})
	_ = def(Def{Op: x86asm.SYSEXIT, Ref: "SDM 2B SYSEXIT", Fn: sysexitFn, Traits: End | Ring0, Feature: SEP})
)

func sysenterFn(c *CPU, u *Uop) bool {
	s := &c.S
	if !c.protected() || s.SysenterCS&^3 == 0 {
		return c.raise(VecGP, 0)
	}
	if c.trace.Has(trace.Sysenter) {
		c.emit(trace.Sysenter, s.R[RAX], s.RIP-uint64(u.Len))
	}
	s.RFLAGS = c.flags() &^ (FlagIF | FlagVM | FlagRF)
	wide := c.long()
	s.RIP, s.R[RSP] = s.SysenterEIP, s.SysenterESP
	if !wide {
		s.RIP, s.R[RSP] = s.RIP&0xffffffff, s.R[RSP]&0xffffffff
	}
	sel := uint16(s.SysenterCS) &^ 3
	s.Seg[SS] = flatData(sel+8, 0)
	c.setCS(flatCode(sel, 0, wide))
	return true
}

func sysexitFn(c *CPU, u *Uop) bool {
	s := &c.S
	wide := u.Size == 8
	if !c.protected() || s.SysenterCS&^3 == 0 {
		return c.raise(VecGP, 0)
	}
	if wide && (!mmu.Canonical(s.R[RCX], c.levels()) || !mmu.Canonical(s.R[RDX], c.levels())) {
		return c.raise(VecGP, 0)
	}
	s.RIP, s.R[RSP] = s.R[RDX], s.R[RCX]
	code, stack := uint16(16), uint16(24)
	if wide {
		code, stack = 32, 40
	} else {
		s.RIP, s.R[RSP] = s.RIP&0xffffffff, s.R[RSP]&0xffffffff
	}
	sel := uint16(s.SysenterCS) &^ 3
	s.Seg[SS] = flatData(sel+stack, 3)
	c.setCS(flatCode(sel+code, 3, wide))
	if c.trace.Has(trace.Sysexit) {
		c.emit(trace.Sysexit, s.R[RAX], s.RIP)
	}
	return true
}
