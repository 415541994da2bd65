package decode

import "golang.org/x/arch/x86/x86asm"

// VEX on general registers (SDM 2A "Intel Advanced Vector Extensions (Intel AVX)", appendix A maps 0F 38 and 0F 3A).

// vexOrder is where the operands of an instruction are encoded, first operand first.
type vexOrder uint8

const (
	regVvvvRM vexOrder = iota
	regRMVvvv
	vvvvRM
	regRMImm
)

type vexForm struct {
	op    x86asm.Op
	order vexOrder
}

// vexForms are the instructions, by map, opcode and pp; those of opcode F3 by ModRM.reg too.
var vexForms = map[[4]byte]vexForm{
	{2, 0xf2, 0, 0}: {x86asm.ANDN, regVvvvRM},
	{2, 0xf3, 0, 1}: {x86asm.BLSR, vvvvRM},
	{2, 0xf3, 0, 2}: {x86asm.BLSMSK, vvvvRM},
	{2, 0xf3, 0, 3}: {x86asm.BLSI, vvvvRM},
	{2, 0xf5, 0, 0}: {x86asm.BZHI, regRMVvvv},
	{2, 0xf5, 2, 0}: {x86asm.PEXT, regVvvvRM},
	{2, 0xf5, 3, 0}: {x86asm.PDEP, regVvvvRM},
	{2, 0xf6, 3, 0}: {x86asm.MULX, regVvvvRM},
	{2, 0xf7, 0, 0}: {x86asm.BEXTR, regRMVvvv},
	{2, 0xf7, 1, 0}: {x86asm.SHLX, regRMVvvv},
	{2, 0xf7, 2, 0}: {x86asm.SARX, regRMVvvv},
	{2, 0xf7, 3, 0}: {x86asm.SHRX, regRMVvvv},
	{3, 0xf0, 3, 0}: {x86asm.RORX, regRMImm},
}

// vex decodes an instruction with a VEX or EVEX prefix. Those on vectors, which this processor does not have, are left to
// x86asm: they can be shown.
func vex(p *prefixes, mode int) (inst Inst, err error) {
	if p.lock || p.simd() || p.rex != 0 {
		return inst, ErrUndefined // SDM 2A "VEX and the LOCK prefix", "VEX and the 66H, F2H, and F3H prefixes"
	}
	if f, ok := p.vexForm(); ok && p.at(0) == 0xc4 {
		if p.at(2)&4 != 0 || f.order == regRMImm && p.at(2)>>3&15 != 15 {
			return inst, ErrUndefined // VEX.L, or VEX.vvvv where there is no operand
		}
		return p.vexGeneral(f, mode)
	}
	inst, err = x86asm.Decode(p.b, mode)
	if err != nil || inst.Op == 0 {
		return inst, ErrUndefined
	}
	return inst, nil
}

// vexForm looks the instruction up.
func (p *prefixes) vexForm() (f vexForm, ok bool) {
	last, op := p.at(2), p.at(3)
	key := [4]byte{p.at(1) & 0x1f, op, last & 3}
	if op == 0xf3 {
		key[3] = p.at(4) >> 3 & 7
	}
	f, ok = vexForms[key]
	return f, ok
}

// vexGeneral decodes by lending the operands of IMUL r, r/m.
func (p *prefixes) vexGeneral(f vexForm, mode int) (Inst, error) {
	base, v := x86asm.EAX, ^p.at(2)>>3&15
	if mode == 64 {
		p.rex = 0x40 | ^p.at(1)>>5&7 | p.at(2)>>4&8
	} else {
		v &= 7
	}
	if p.rex&8 != 0 {
		base = x86asm.RAX
	}
	inst, err := p.lend(mode, 4, false, 0x0f, 0xaf)
	if err != nil {
		return inst, err
	}
	inst.Op = f.op
	reg, rm, third := inst.Args[0], inst.Args[1], x86asm.Arg(base+x86asm.Reg(v))
	switch f.order {
	case regVvvvRM:
		inst.Args = x86asm.Args{reg, third, rm}
	case regRMVvvv:
		inst.Args = x86asm.Args{reg, rm, third}
	case vvvvRM:
		inst.Args = x86asm.Args{third, rm}
	case regRMImm:
		inst.Args = x86asm.Args{reg, rm, x86asm.Imm(int8(p.at(inst.Len - p.n)))}
		inst.Len++
	}
	return inst, nil
}
