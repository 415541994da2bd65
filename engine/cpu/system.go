package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// System calls, halting, and the door to the kernel.

var (
	_ = def(Def{Op: x86asm.HLT, Ref: "SDM 2A HLT", Fn: hltFn, Traits: End | Ring0})
	_ = def(Def{Op: x86asm.SYSCALL, Ref: "SDM 2B SYSCALL", Fn: syscallFn, In: aflags, Traits: End, Feature: SYSCALL})
	_ = def(Def{Op: x86asm.SYSRET, Ref: "SDM 2B SYSRET", Fn: sysretFn, Out: aflags, Traits: End | Ring0, Feature: SYSCALL})
	_ = def(Def{Op: decode.VMCALL, Ref: "SDM 3C VMCALL", Fn: vmcallFn, Traits: End})
	_ = def(Def{Op: x86asm.UD2, Ref: "SDM 2B UD", Fn: udFn})
)

func hltFn(c *CPU, u *Uop) bool {
	c.S.Halted = true
	c.out = ExitHalt
	return true
}

func udFn(c *CPU, u *Uop) bool { return c.raise(VecUD, 0) }

// vmcallFn hands over to the kernel outside, on a machine that has one; elsewhere it is #UD as without VMX.
func vmcallFn(c *CPU, u *Uop) bool {
	if !c.vmcall || c.cpl() != 0 {
		return c.raise(VecUD, 0)
	}
	c.out = ExitVMCall
	return true
}

// flatCode and flatData are the hidden parts that SYSCALL and SYSRET load without looking at descriptors.
func flatCode(sel uint16, cpl uint8, wide bool) Segment {
	s := Segment{Sel: sel&^3 | uint16(cpl), Attr: 0xb | attrS | attrP | attrG | uint16(cpl)<<5, Limit: 0xffffffff}
	if wide {
		s.Attr |= attrL
	} else {
		s.Attr |= attrDB
	}
	return s
}

func flatData(sel uint16, cpl uint8) Segment {
	return Segment{Sel: sel&^3 | uint16(cpl), Attr: 3 | attrS | attrP | attrG | attrDB | uint16(cpl)<<5, Limit: 0xffffffff}
}

func syscallFn(c *CPU, u *Uop) bool {
	s := &c.S
	if !c.mode64() || s.EFER&EFERSCE == 0 {
		return c.raise(VecUD, 0)
	}
	if c.trace.Has(trace.SyscallIn) {
		c.emit(trace.SyscallIn, s.R[RAX], s.RIP-uint64(u.Len))
	}
	s.R[RCX] = s.RIP
	s.R[R11] = c.flags() &^ FlagRF
	s.RIP = s.LSTAR
	s.RFLAGS = s.RFLAGS&^(s.SFMASK|FlagRF) | 2
	c.stepping = c.stepping && s.RFLAGS&FlagTF != 0
	sel := uint16(s.STAR >> 32)
	s.Seg[SS] = flatData(sel+8, 0)
	c.setCS(flatCode(sel, 0, true))
	return true
}

func sysretFn(c *CPU, u *Uop) bool {
	s := &c.S
	if !c.mode64() || s.EFER&EFERSCE == 0 {
		return c.raise(VecUD, 0)
	}
	wide := u.Size == 8
	if wide && !mmu.Canonical(s.R[RCX], c.levels()) {
		return c.raise(VecGP, 0)
	}
	sel := uint16(s.STAR >> 48)
	s.RIP = s.R[RCX]
	cs := sel
	if wide {
		cs += 16
	} else {
		s.RIP = uint64(uint32(s.RIP))
	}
	c.setFlags(0x3c7fd7, s.R[R11])
	s.RFLAGS &^= FlagRF | FlagVM
	c.stepping = false
	if s.RFLAGS&FlagTF != 0 {
		s.Held |= dr6BS // the step over the SYSCALL ends here
	}
	s.Seg[SS] = flatData(sel+8, 3)
	c.setCS(flatCode(cs, 3, wide))
	if c.trace.Has(trace.SyscallOut) {
		c.emit(trace.SyscallOut, s.R[RAX], s.RIP)
	}
	return true
}
