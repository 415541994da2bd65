package decode

import "golang.org/x/arch/x86/x86asm"

// odd decodes what x86asm gave up on: strange orders of prefixes, instructions newer than its tables, undocumented
// aliases. b has MaxLen bytes.
func odd(b []byte, mode int) (Inst, error) {
	p := splitPrefixes(b, mode)
	if p.n >= MaxLen {
		return Inst{}, ErrTooLong
	}
	op := p.at(0)
	if op == 0x0f {
		if inst, ok := p.odd0F(mode); ok {
			return p.sized(inst)
		}
	}
	inst, err := x86asm.Decode(p.canonical(true), mode)
	if err == nil && inst.Op != 0 {
		inst.Len += p.n - p.kept
		return p.sized(inst)
	}
	return p.alias(mode)
}

// prefixes is an instruction cut into its prefixes and the rest.
type prefixes struct {
	b    []byte
	n    int // bytes of prefixes
	kept int // of them, how many canonical keeps
	rex  byte
	lock bool
	rep  byte // the last of F2, F3
	data bool
	addr bool
	seg  byte
}

// splitPrefixes reads legacy prefixes in any order; a REX prefix counts only directly before the opcode
// (SDM 2A "REX Prefixes").
func splitPrefixes(b []byte, mode int) *prefixes {
	p := &prefixes{b: b}
	for ; p.n < len(b); p.n++ {
		c := b[p.n]
		rex := byte(0)
		switch {
		case c == 0xf0:
			p.lock = true
		case c == 0xf2 || c == 0xf3:
			p.rep = c
		case c == 0x66:
			p.data = true
		case c == 0x67:
			p.addr = true
		case c == 0x26 || c == 0x2e || c == 0x36 || c == 0x3e || c == 0x64 || c == 0x65:
			if mode != 64 || c >= 0x64 {
				p.seg = c
			}
		case mode == 64 && c&0xf0 == 0x40:
			rex = c
		default:
			return p
		}
		p.rex = rex
	}
	return p
}

// at is byte i after the prefixes; 0 beyond the end.
func (p *prefixes) at(i int) byte {
	if p.n+i < len(p.b) {
		return p.b[p.n+i]
	}
	return 0
}

// canonical is the instruction with each prefix at most once, and room beyond 15 bytes to see that it is too long.
func (p *prefixes) canonical(simd bool) []byte {
	out := make([]byte, 0, 2*MaxLen) // zeros follow
	if p.lock {
		out = append(out, 0xf0)
	}
	if p.rep != 0 && simd {
		out = append(out, p.rep)
	}
	if p.data && simd {
		out = append(out, 0x66)
	}
	if p.addr {
		out = append(out, 0x67)
	}
	if p.seg != 0 {
		out = append(out, p.seg)
	}
	if p.rex != 0 {
		out = append(out, p.rex)
	}
	p.kept = len(out)
	return append(out, p.b[p.n:]...)[:cap(out)]
}

// sized refuses instructions that are too long.
func (p *prefixes) sized(inst Inst) (Inst, error) {
	if inst.Len > MaxLen {
		return inst, ErrTooLong
	}
	return inst, nil
}

// odd0F decodes the two-byte opcodes that x86asm lacks.
func (p *prefixes) odd0F(mode int) (Inst, bool) {
	op, modrm := p.at(1), p.at(2)
	switch {
	case op == 0x01 && modrm == 0xc1 && !p.lock:
		return Inst{Op: VMCALL, Mode: mode, AddrSize: mode, DataSize: 32, Len: p.n + 3}, true
	case op == 0x1e && modrm == 0xfa && p.rep == 0xf3:
		return Inst{Op: ENDBR64, Mode: mode, AddrSize: mode, DataSize: 32, Len: p.n + 3}, true
	case op == 0x1e && modrm == 0xfb && p.rep == 0xf3:
		return Inst{Op: ENDBR32, Mode: mode, AddrSize: mode, DataSize: 32, Len: p.n + 3}, true
	case (op >= 0x18 && op <= 0x1f || op == 0x0d) && !p.lock:
		return p.borrow(mode)
	}
	return Inst{}, false
}

// borrow decodes a hint NOP by lending it the operands of MOV r/m32, r32.
func (p *prefixes) borrow(mode int) (Inst, bool) {
	p.rex &^= 8
	b := p.canonical(false)
	b[p.kept+1] = 0x89
	b = append(b[:p.kept], b[p.kept+1:]...)
	inst, err := x86asm.Decode(b, mode)
	if err != nil || inst.Op == 0 {
		return inst, false
	}
	inst.Op = HINT
	inst.Args = x86asm.Args{inst.Args[0]}
	inst.Len += 1 + p.n - p.kept
	return inst, true
}

// alias decodes undocumented encodings as the documented ones that they behave like.
func (p *prefixes) alias(mode int) (Inst, error) {
	b := p.canonical(true)
	i := p.kept
	if len(b) < i+3 {
		return Inst{}, ErrUndefined
	}
	reg := b[i+1] >> 3 & 7
	switch op := b[i]; {
	case (op&0xfe == 0xc0 || op >= 0xd0 && op <= 0xd3) && reg == 6: // SHL /6 = SHL /4
		b[i+1] = b[i+1]&^0x38 | 4<<3
	case op&0xfe == 0xf6 && reg == 1: // TEST /1 = TEST /0
		b[i+1] &^= 0x38
	case op == 0x0f && b[i+1] == 0xae && b[i+2] >= 0xe8: // LFENCE, MFENCE, SFENCE with any r/m
		b[i+2] &^= 7
	default:
		return Inst{}, ErrUndefined
	}
	inst, err := x86asm.Decode(b, mode)
	if err != nil || inst.Op == 0 {
		return Inst{}, ErrUndefined
	}
	inst.Len += p.n - p.kept
	return p.sized(inst)
}
