package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

// The last-instruction pointers (SDM 1 "x87 FPU Instruction and Data (Operand) Pointers", "Last Instruction Opcode"). FIP is
// recorded by every x87 instruction that is not a control instruction; FDP and FOP only by one that leaves an unmasked
// exception behind, as CPUID says (leaf 7, EBX bit 6).

// controls87 tells of the control instructions.
func controls87(op x86asm.Op) bool {
	switch op {
	case x86asm.FLDCW, x86asm.FNSTCW, x86asm.FNSTSW, x86asm.FNCLEX, x86asm.FNINIT, x86asm.FLDENV, x86asm.FNSTENV, x86asm.FNSAVE,
		x86asm.FRSTOR, x86asm.FXSAVE, x86asm.FXSAVE64, x86asm.FXRSTOR, x86asm.FXRSTOR64,
		decode.FNENI, decode.FNDISI, decode.FNSETPM:
		return true
	}
	return false
}

// locate notes in a uop of an x87 instruction, which has no immediate, where it lies and what its opcode bytes are. They go
// into fields that its form does not use.
func (u *Uop) locate(inst *decode.Inst, rip uint64) {
	u.Imm = int64(rip)
	u.SSize = uint8(inst.Opcode >> 16)
	first := uint8(inst.Opcode >> 24)
	if u.Form&FormMem0 != 0 {
		u.Dst = first
	} else {
		u.Seg = first
	}
}

// recording makes an x87 instruction record its pointers.
func recording(fn func(c *CPU, u *Uop) bool) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		if !fn(c, u) {
			return false
		}
		c.S.FIP = uint64(u.Imm)
		if c.S.FSW&fswES != 0 {
			c.recordOperand(u)
		}
		return true
	}
}

func (c *CPU) recordOperand(u *Uop) {
	first := u.Seg
	if u.Form&FormMem0 != 0 {
		first = u.Dst
		c.S.FDP = c.offset(u)
	}
	c.S.FOP = uint16(first&7)<<8 | uint16(u.SSize)
}
