// Package decode is the only decoder: bytes in, x86asm.Inst out, for execution and for display alike.
// golang.org/x/arch/x86/x86asm does the work; this package closes its gaps and owns the rules of #UD.
package decode

import (
	"errors"

	"golang.org/x/arch/x86/x86asm"
)

// Inst is a decoded instruction. Displacements of memory operands are sign-extended.
type Inst = x86asm.Inst

// MaxLen is the length limit of an instruction (SDM 2A "Instruction Format").
const MaxLen = 15

// Errors of Decode. ErrUndefined means #UD, ErrTooLong #GP(0); ErrTruncated that src ended inside the instruction.
var (
	ErrUndefined = errors.New("undefined opcode")
	ErrTooLong   = errors.New("instruction longer than 15 bytes")
	ErrTruncated = errors.New("truncated instruction")
)

// Operations that x86asm has no name for.
const (
	VMCALL x86asm.Op = 0x1f00 + iota
	ENDBR64
	ENDBR32
	HINT // a hint NOP: 0F 18–1F, 0F 0D, RDSSP without CET
)

// Decode decodes the instruction at the start of src; mode is 16, 32 or 64.
func Decode(src []byte, mode int) (Inst, error) {
	var buf [MaxLen]byte
	n := copy(buf[:], src)
	inst, err := x86asm.Decode(buf[:], mode)
	if err != nil || inst.Op == 0 {
		inst, err = odd(buf[:], mode)
	}
	if err == nil && inst.Len > n {
		return inst, ErrTruncated
	}
	if err != nil {
		if n < MaxLen && err == ErrUndefined {
			err = ErrTruncated // more bytes might have made something of it
		}
		return inst, err
	}
	if !legal(&inst, buf[:]) {
		return inst, ErrUndefined
	}
	repair(&inst)
	return inst, nil
}

// legal refuses what x86asm accepts but a processor does not.
func legal(inst *Inst, b []byte) bool {
	simd := false
	for i, p := range inst.Prefix {
		if p == 0 {
			break
		}
		if p&x86asm.PrefixInvalid != 0 {
			return false // LOCK on something that cannot be locked
		}
		simd = simd || b[i] == 0x66 || b[i] == 0xf2 || b[i] == 0xf3
	}
	switch inst.Op {
	case x86asm.LFENCE, x86asm.MFENCE, x86asm.SFENCE:
		return !simd // INCSSP, UMWAIT, TPAUSE and their like
	case x86asm.RCPPS, x86asm.RSQRTPS, x86asm.MOVNTI, x86asm.EMMS:
		return !simd // undefined with a prefix that elsewhere selects another instruction
	case x86asm.MOV:
		for _, a := range inst.Args[:2] {
			r, ok := a.(x86asm.Reg)
			if !ok {
				continue
			}
			if r >= x86asm.TR0 && r <= x86asm.TR7 {
				return false
			}
			if r >= x86asm.CR0 && r <= x86asm.CR15 && b[0] == 0xf0 {
				return false
			}
		}
	}
	return true
}

// repair mends what x86asm reports wrongly.
func repair(inst *Inst) {
	first := inst.Opcode >> 24
	moffs := first >= 0xa0 && first <= 0xa3
	for i, a := range inst.Args {
		m, ok := a.(x86asm.Mem)
		if !ok {
			continue
		}
		if d := int64(int32(m.Disp)); d != m.Disp && !moffs && inst.AddrSize != 16 {
			m.Disp = d
			inst.Args[i] = m
		}
	}
}
