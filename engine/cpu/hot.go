package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

// hot turns the uop of a frequent 64-bit instruction into one that the loop executes itself, and tells whether it could.
func (t *translator) hot(u *Uop, op x86asm.Op) bool {
	if t.mode != 64 {
		return false
	}
	h := *u // u stays as it is when the loop cannot execute it
	if u.Form&FormMem != 0 && op != x86asm.LEA && !h.flatten() {
		return false
	}
	h.Seg = uint8(shiftOf(u.Size) & 63)
	h.Form, h.ASize = 0, 1
	if u.Form&FormImm == 0 {
		h.Imm = 0
	}
	if u.Form&FormTwo == 0 {
		h.Src = RegZero
	}
	if !h.specialize(u, op) {
		return false
	}
	h.Dst, h.Src, h.Base, h.Index = 8*h.Dst, 8*h.Src, 8*h.Base, 8*h.Index
	*u = h
	return true
}

// flatten makes the address one of base + index + displacement without a segment, if it can be.
func (u *Uop) flatten() bool {
	if u.ASize != 8 {
		return false
	}
	if u.Seg < FS {
		return true
	}
	reg := uint8(RegFS)
	if u.Seg == GS {
		reg = RegGS
	}
	switch {
	case u.Base == RegZero:
		u.Base = reg
	case u.Index == RegZero:
		u.Index, u.Scale = reg, 0
	default:
		return false
	}
	u.Seg = DS // the base is in the address now
	return true
}

// wide tells of operand sizes whose results replace the whole register.
func wide(size uint8) bool { return size >= 4 && size <= 8 }

// specialize sets h's kind for instruction op with the operands of u; h is prepared by hot.
func (h *Uop) specialize(u *Uop, op x86asm.Op) bool {
	switch op {
	case x86asm.MOV:
		return h.hotMov(u)
	case x86asm.MOVZX:
		return h.hotMovzx(u)
	case x86asm.MOVSX, x86asm.MOVSXD:
		if !wide(u.Size) || u.Src >= 16 {
			return false
		}
		h.SSize = uint8(shiftOf(u.SSize))
		return h.loading(u, kindMovsx)
	case x86asm.CDQE, x86asm.CWDE:
		h.Kind, h.Dst, h.Src, h.SSize = kindMovsx, RAX, RAX, uint8(shiftOf(u.Size/2))
		return true
	case x86asm.LEA:
		h.Kind, h.Src = kindLea, RegZero
		return wide(u.Size) && u.ASize == 8
	case x86asm.ADD, x86asm.SUB, x86asm.AND, x86asm.OR, x86asm.XOR:
		return h.hotALU(u, aluKind[op])
	case x86asm.ADC, x86asm.SBB:
		return h.hotCarry(u, op)
	case x86asm.CMP, x86asm.TEST:
		return h.hotCompare(u, op)
	case x86asm.SHL, x86asm.SHR, x86asm.SAR:
		return h.hotShift(u, op)
	case x86asm.ROL, x86asm.ROR:
		return h.hotRotate(u, op)
	case x86asm.IMUL:
		return h.hotImul(u)
	case x86asm.NEG, x86asm.INC, x86asm.DEC, x86asm.NOT:
		return h.hotUnary(u, op)
	case x86asm.PUSH, x86asm.POP, x86asm.LEAVE:
		return h.hotStack(u, op)
	case x86asm.JMP, x86asm.CALL, x86asm.RET:
		return h.hotBranch(u, op)
	case x86asm.NOP, decode.HINT, decode.ENDBR64:
		h.Kind = kindNop
		return true
	}
	return h.hotCondition(u, op) || h.hotXMM(u, op) || h.hotPacked(u, op)
}

// loading gives the kind, with KindLoad when the second operand is memory, whose size goes to Size.
func (h *Uop) loading(u *Uop, kind uint16) bool {
	h.Kind = kind
	if u.Form&FormMem1 != 0 {
		h.Kind |= KindLoad
		h.Src, h.Imm = RegZero, 0
		h.Size = u.SSize
	}
	return true
}

func (h *Uop) hotMov(u *Uop) bool {
	switch {
	case u.Form&(FormSeg|FormCtl) != 0 || u.Src >= 16:
		return false
	case u.Form&FormMem0 != 0:
		h.Kind = kindStore
		return true
	case u.Dst >= 16:
		return false // AH and its like
	case !wide(u.Size):
		return h.loading(u, kindMovLow)
	}
	return h.loading(u, kindMov)
}

func (h *Uop) hotMovzx(u *Uop) bool {
	if !wide(u.Size) || u.Src >= 16 {
		return false
	}
	h.Seg = uint8(shiftOf(u.SSize))
	return h.loading(u, kindMov)
}

var aluKind = map[x86asm.Op]uint16{x86asm.ADD: kindAdd, x86asm.SUB: kindSub, x86asm.AND: kindAnd, x86asm.OR: kindOr, x86asm.XOR: kindXor}

func (h *Uop) hotALU(u *Uop, kind uint16) bool {
	if u.Src >= 16 {
		return false // AH and its like
	}
	if u.Form&FormMem0 != 0 {
		h.Kind, h.Fn = kindModify|KindLoad, kind
		return true
	}
	return wide(u.Size) && h.loading(u, kind)
}

func (h *Uop) hotCarry(u *Uop, op x86asm.Op) bool {
	if u.Form&FormMem0 != 0 || u.Src >= 16 || !wide(u.Size) {
		return false
	}
	h.Fn = twoAdc
	if op == x86asm.SBB {
		h.Fn = twoSbb
	}
	return h.loading(u, kindTwo)
}

func (h *Uop) hotCompare(u *Uop, op x86asm.Op) bool {
	if u.Src >= 16 || u.Form&FormMem0 == 0 && u.Dst >= 16 {
		return false
	}
	kind, reversed := uint16(kindCmp), uint16(kindCmpR)
	if op == x86asm.TEST {
		kind, reversed = kindTest, kindTestR
	}
	if u.Form&FormMem0 != 0 {
		h.Kind = reversed | KindLoad
		return true
	}
	return h.loading(u, kind)
}

func (h *Uop) hotShift(u *Uop, op x86asm.Op) bool {
	n := u.Imm & 31
	if u.Size == 8 {
		n = u.Imm & 63
	}
	if u.Form&FormGPR0 == 0 || !wide(u.Size) {
		return false
	}
	kind := uint16(kindSar)
	switch op {
	case x86asm.SHL:
		kind = kindShl
	case x86asm.SHR:
		kind = kindShr
	}
	if u.Form&FormImm == 0 {
		h.Kind, h.Fn = kindShiftCL, kind
		return true
	}
	h.Kind, h.Imm, h.Src = kind, n, RegZero
	return n != 0
}

func (h *Uop) hotRotate(u *Uop, op x86asm.Op) bool {
	w := 8 * int64(u.Size)
	n := u.Imm & (w - 1)
	if u.Form&(FormGPR0|FormImm) != FormGPR0|FormImm || !wide(u.Size) || n == 0 {
		return false
	}
	h.Kind, h.Imm, h.Src = kindRol, n, RegZero
	if op == x86asm.ROR {
		h.Imm, h.Form = w-n, 1
	}
	return true
}

func (h *Uop) hotImul(u *Uop) bool {
	if u.Form&FormTwo == 0 || !wide(u.Size) || u.Form&(FormImm|FormMem1) == FormImm|FormMem1 {
		return false
	}
	if u.Form&FormImm != 0 {
		h.Form, h.Disp, h.Imm = 1, u.Imm, 0
	}
	h.Fn = twoImul
	return h.loading(u, kindTwo)
}

func (h *Uop) hotUnary(u *Uop, op x86asm.Op) bool {
	if u.Form&FormMem0 != 0 && (op == x86asm.INC || op == x86asm.DEC) {
		h.Kind, h.Fn, h.Imm = kindModify|KindLoad, kindInc, 0
		if op == x86asm.DEC {
			h.Fn = kindDec
		}
		return true
	}
	if u.Form&FormGPR0 == 0 || !wide(u.Size) {
		return false
	}
	switch op {
	case x86asm.NEG:
		h.Kind = kindNeg
	case x86asm.NOT:
		h.Kind, h.Imm = kindXorN, -1
	case x86asm.INC:
		h.Kind, h.Imm = kindInc, 1
	default:
		h.Kind, h.Imm = kindDec, 1
	}
	return true
}

func (h *Uop) hotStack(u *Uop, op x86asm.Op) bool {
	if u.Size != 8 || u.Form&FormSeg != 0 {
		return false
	}
	switch {
	case op == x86asm.LEAVE:
		h.loads(RBP)
		h.Kind = kindLeave | KindLoad
	case op == x86asm.POP:
		if u.Form&FormMem0 != 0 {
			return false
		}
		h.loads(RSP)
		h.Kind = kindPop | KindLoad
	case u.Form&FormMem0 != 0:
		h.Kind = kindPush | KindLoad
	default:
		h.Kind, h.Base = kindPush, RSP
		if u.Form&FormGPR0 != 0 {
			h.Src = u.Dst
		}
	}
	return true
}

// loads sets the address to what a register points to.
func (h *Uop) loads(base uint8) {
	h.Base, h.Index, h.Disp, h.Size = base, RegZero, 0, 8
}

func (h *Uop) hotBranch(u *Uop, op x86asm.Op) bool {
	switch {
	case u.Size != 8 && u.Form&(FormMem0|FormGPR0) != 0:
		return false
	case op == x86asm.RET:
		h.loads(RSP)
		h.Kind, h.Imm = kindRet|KindLoad, int64(uint16(u.Imm))
		return true
	case u.Form&(FormMem0|FormGPR0) == 0:
		h.Kind = kindJmp
		if op == x86asm.CALL {
			h.Kind, h.Base = kindCall, RSP
		}
		return canonical48(uint64(u.Imm))
	}
	h.Kind = kindJmpTo
	if op == x86asm.CALL {
		h.Kind = kindCallTo
	}
	if u.Form&FormMem0 != 0 {
		h.Kind |= KindLoad
	} else {
		h.Src = u.Dst
	}
	return true
}

// ccOf finds the condition code of SETcc, CMOVcc or Jcc.
func ccOf(ops *[16]x86asm.Op, op x86asm.Op) (uint8, bool) {
	for cc, o := range ops {
		if o == op {
			return uint8(cc), true
		}
	}
	return 0, false
}

func (h *Uop) hotCondition(u *Uop, op x86asm.Op) bool {
	if cc, ok := ccOf(&jccOps, op); ok {
		h.Kind, h.Form, h.Fn = kindJcc, cc, conditions[cc]
		return canonical48(uint64(u.Imm))
	}
	if cc, ok := ccOf(&setOps, op); ok {
		h.Kind, h.Form, h.Fn = kindSet, cc, conditions[cc]
		return u.Form&FormGPR0 != 0 && u.Dst < 16
	}
	if cc, ok := ccOf(&cmovOps, op); ok {
		h.Form, h.Fn = cc, conditions[cc]
		return wide(u.Size) && h.loading(u, kindCmov)
	}
	return false
}
