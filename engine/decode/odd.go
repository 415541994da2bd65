package decode

import "golang.org/x/arch/x86/x86asm"

// odd decodes what x86asm gave up on: strange orders of prefixes, and undocumented aliases.
func odd(p *prefixes, mode int) (Inst, error) {
	b := p.canonical()
	if inst, err := x86asm.Decode(b, mode); err == nil && inst.Op != 0 {
		inst.Len += p.n - p.kept
		return inst, nil
	}
	if p.at(0) == 0x0f && p.at(1) == 0x1f {
		return hint(p, mode) // with REX.W
	}
	return p.alias(b, mode)
}

// alias decodes undocumented encodings as the documented ones that they behave like. b is the canonical form.
func (p *prefixes) alias(b []byte, mode int) (Inst, error) {
	i := p.kept
	opcode := uint32(0)
	switch op, reg := b[i], b[i+1]>>3&7; {
	case op == 0xd6 && mode != 64:
		return p.plain(SALC, mode, 1)
	case op == 0x82 && mode != 64: // the same as 80
		b[i] = 0x80
	case op >= 0xd9 && op <= 0xdf && b[i+1] >= 0xc0:
		if op == 0xdb && obsolete87[b[i+1]] != 0 {
			return p.plain(obsolete87[b[i+1]], mode, 2)
		}
		like, ok := x87Aliases[[2]byte{op, reg}]
		if !ok {
			return Inst{}, ErrUndefined
		}
		opcode = uint32(op)<<24 | uint32(b[i+1])<<16
		b[i], b[i+1] = byte(like>>8), byte(like)|b[i+1]&7
	case (op&0xfe == 0xc0 || op >= 0xd0 && op <= 0xd3) && reg == 6: // SHL /6 = SHL /4
		b[i+1] = b[i+1]&^0x38 | 4<<3
	case op&0xfe == 0xf6 && reg == 1: // TEST /1 = TEST /0
		b[i+1] &^= 0x38
	default:
		return Inst{}, ErrUndefined
	}
	inst, err := x86asm.Decode(b, mode)
	if err != nil || inst.Op == 0 {
		return Inst{}, ErrUndefined
	}
	inst.Len += p.n - p.kept
	if opcode != 0 {
		inst.Opcode = opcode // the x87 remembers it
		if opcode>>24 == 0xd9 {
			inst.Op = FSTPNCE
		}
	}
	return inst, nil
}

// x87Aliases are the register forms that behave like others, by opcode and ModRM.reg: FCOM, FCOMP, FXCH, FSTP.
var x87Aliases = map[[2]byte]uint16{
	{0xdc, 2}: 0xd8d0, {0xdc, 3}: 0xd8d8, {0xde, 2}: 0xd8d8,
	{0xdd, 1}: 0xd9c8, {0xdf, 1}: 0xd9c8,
	{0xd9, 3}: 0xddd8, {0xdf, 2}: 0xddd8, {0xdf, 3}: 0xddd8,
}

// obsolete87 are control instructions of the 8087 and the 287, by the second byte.
var obsolete87 = map[byte]x86asm.Op{0xe0: FNENI, 0xe1: FNDISI, 0xe4: FNSETPM}
