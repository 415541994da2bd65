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
	switch op, reg := b[i], b[i+1]>>3&7; {
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
	return inst, nil
}
