package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

// operands fills in the operands of a uop; t.rip is already the address of the next instruction.
func (t *translator) operands(u *Uop, inst *decode.Inst) {
	u.Base, u.Index = RegZero, RegZero
	u.ASize = uint8(inst.AddrSize / 8)
	u.Bits = uint8(t.ctx&ctxMode) << 4
	if inst.DataSize == 16 != (t.mode == 16) || inst.DataSize == 64 {
		u.Bits |= BitData
	}
	for _, p := range inst.Prefix {
		switch p &^ (x86asm.PrefixImplicit | x86asm.PrefixIgnored) {
		case x86asm.PrefixLOCK:
			u.Bits |= BitLock
		case x86asm.PrefixREP, x86asm.PrefixXRELEASE:
			u.Bits |= BitRep
			u.Bits &^= BitRepne
		case x86asm.PrefixREPN, x86asm.PrefixXACQUIRE, x86asm.PrefixBND:
			u.Bits |= BitRepne
			u.Bits &^= BitRep
		}
	}
	u.Size = uint8(inst.DataSize / 8)
	imms := 0
	for i, a := range inst.Args {
		switch a := a.(type) {
		case x86asm.Reg:
			t.register(u, i, a)
		case x86asm.Mem:
			t.memory(u, inst, i, a)
		case x86asm.Imm:
			if imms == 0 {
				u.Imm = int64(a)
				u.Form |= FormImm
			} else {
				u.Disp = u.Imm
				u.Imm = int64(a)
			}
			imms++
		case x86asm.Rel:
			u.Form |= FormImm
			u.Imm = int64(t.target(inst, int64(a)))
			t.taken = uint64(u.Imm)
		}
	}
	if u.SSize == 0 {
		u.SSize = u.Size
	}
	if isString(inst.Op) {
		u.Seg = stringSegment(inst)
	}
	if u.stackOp(inst.Op) {
		u.Size = t.stackSize(inst)
	}
}

// target is the absolute target of a relative branch.
func (t *translator) target(inst *decode.Inst, rel int64) uint64 {
	v := t.rip + uint64(rel)
	switch {
	case t.mode == 64:
		return v
	case inst.DataSize == 16:
		return v & 0xffff
	}
	return uint64(uint32(v))
}

// stackOp tells whether the operand size of op is that of the stack.
func (u *Uop) stackOp(op x86asm.Op) bool {
	switch op {
	case x86asm.PUSH, x86asm.POP, x86asm.CALL, x86asm.RET, x86asm.LEAVE, x86asm.ENTER,
		x86asm.PUSHF, x86asm.PUSHFD, x86asm.PUSHFQ, x86asm.POPF, x86asm.POPFD, x86asm.POPFQ:
		return true
	case x86asm.JMP:
		return u.Form&FormImm == 0
	}
	return false
}

// stackSize is the operand size of stack instructions: 64 bits by default in 64-bit mode, where near branches ignore
// the operand-size prefix.
func (t *translator) stackSize(inst *decode.Inst) uint8 {
	switch {
	case t.mode != 64:
		return uint8(inst.DataSize / 8)
	case inst.DataSize == 16 && inst.Op != x86asm.CALL && inst.Op != x86asm.RET && inst.Op != x86asm.JMP:
		return 2
	}
	return 8
}

func (t *translator) register(u *Uop, i int, r x86asm.Reg) {
	n, size, form := regNumber(r)
	if i > 1 {
		u.Imm = int64(n) // also CL of SHLD and SHRD, XMM0 of BLENDVPS and its like
		return
	}
	if form == FormCtl && r >= x86asm.DR0 {
		u.Bits |= BitDebug
	}
	if i == 0 {
		u.Dst, u.Size = n, size
		if form == FormGPR0 {
			u.Form |= FormGPR0
		}
	} else {
		u.Src, u.SSize = n, size
		u.Form |= FormTwo
		if form == FormGPR0 {
			u.Form |= FormGPR1
		}
	}
	u.Form |= form & (FormSeg | FormCtl)
}

// regNumber gives number, size in bytes and kind (FormGPR0, FormSeg, FormCtl, 0) of a register.
func regNumber(r x86asm.Reg) (n, size, form uint8) {
	switch {
	case r >= x86asm.AL && r <= x86asm.BL:
		return uint8(r - x86asm.AL), 1, FormGPR0
	case r >= x86asm.AH && r <= x86asm.BH:
		return uint8(r-x86asm.AH) + 16, 1, FormGPR0
	case r >= x86asm.SPB && r <= x86asm.R15B:
		return uint8(r-x86asm.SPB) + 4, 1, FormGPR0
	case r >= x86asm.AX && r <= x86asm.R15W:
		return uint8(r - x86asm.AX), 2, FormGPR0
	case r >= x86asm.EAX && r <= x86asm.R15L:
		return uint8(r - x86asm.EAX), 4, FormGPR0
	case r >= x86asm.RAX && r <= x86asm.R15:
		return uint8(r - x86asm.RAX), 8, FormGPR0
	case r >= x86asm.F0 && r <= x86asm.F7:
		return uint8(r - x86asm.F0), 10, 0
	case r >= x86asm.M0 && r <= x86asm.M7:
		return uint8(r - x86asm.M0), 8, 0
	case r >= x86asm.X0 && r <= x86asm.X15:
		return uint8(r - x86asm.X0), 16, 0
	case r >= x86asm.ES && r <= x86asm.GS:
		return uint8(r - x86asm.ES), 2, FormSeg
	case r >= x86asm.CR0 && r <= x86asm.CR15:
		return uint8(r - x86asm.CR0), 8, FormCtl
	case r >= x86asm.DR0 && r <= x86asm.DR15:
		return uint8(r - x86asm.DR0), 8, FormCtl
	}
	return 0, 2, 0
}

func (t *translator) memory(u *Uop, inst *decode.Inst, i int, m x86asm.Mem) {
	if u.Form&FormMem != 0 {
		return // the second memory operand of a string instruction
	}
	size := uint8(inst.MemBytes)
	if size == 0 {
		size = uint8(inst.DataSize / 8)
		if inst.Opcode>>24 == 0xdb || inst.Opcode>>24 == 0xdf {
			size = 10 // 80-bit real, packed BCD
		}
	}
	if i == 0 {
		u.Form |= FormMem0
		u.Size = size
	} else {
		u.Form |= FormMem1 | FormTwo
		u.SSize = size
	}
	u.Disp = m.Disp
	u.Seg = DS
	if m.Base != 0 {
		t.base(u, m.Base)
	}
	if m.Index != 0 {
		u.Index, _, _ = regNumber(m.Index)
		for s := m.Scale; s > 1; s >>= 1 {
			u.Scale++
		}
	}
	if m.Segment != 0 {
		u.Seg, _, _ = regNumber(m.Segment)
	}
}

func (t *translator) base(u *Uop, r x86asm.Reg) {
	if r == x86asm.RIP || r == x86asm.EIP {
		u.Disp += int64(t.rip)
		if r == x86asm.EIP {
			u.Disp = int64(uint32(u.Disp))
		}
		return
	}
	n, _, _ := regNumber(r)
	u.Base = n
	if n == RSP || n == RBP {
		u.Seg = SS
	}
}

// isString tells whether op reads through DS:RSI, which a prefix can override.
func isString(op x86asm.Op) bool {
	switch op {
	case x86asm.MOVSB, x86asm.MOVSW, x86asm.MOVSD, x86asm.MOVSQ,
		x86asm.CMPSB, x86asm.CMPSW, x86asm.CMPSD, x86asm.CMPSQ,
		x86asm.LODSB, x86asm.LODSW, x86asm.LODSD, x86asm.LODSQ,
		x86asm.OUTSB, x86asm.OUTSW, x86asm.OUTSD,
		x86asm.MASKMOVDQU, x86asm.MASKMOVQ:
		return true
	}
	return false
}

// stringSegment is the segment of the source of a string instruction.
func stringSegment(inst *decode.Inst) uint8 {
	seg := uint8(DS)
	for _, p := range inst.Prefix {
		if p&x86asm.PrefixIgnored != 0 {
			continue
		}
		switch p &^ x86asm.PrefixImplicit {
		case x86asm.PrefixES:
			seg = ES
		case x86asm.PrefixCS:
			seg = CS
		case x86asm.PrefixSS:
			seg = SS
		case x86asm.PrefixDS:
			seg = DS
		case x86asm.PrefixFS:
			seg = FS
		case x86asm.PrefixGS:
			seg = GS
		}
	}
	return seg
}
