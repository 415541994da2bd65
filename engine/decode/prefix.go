package decode

import "golang.org/x/arch/x86/x86asm"

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
func splitPrefixes(b []byte, mode int) prefixes {
	p := prefixes{b: b}
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

// simd tells of a prefix that may select another instruction.
func (p *prefixes) simd() bool { return p.data || p.rep != 0 }

// at is byte i after the prefixes; 0 beyond the end.
func (p *prefixes) at(i int) byte {
	if p.n+i < len(p.b) {
		return p.b[p.n+i]
	}
	return 0
}

// canonical is the instruction with each prefix at most once, and zeros behind it.
func (p *prefixes) canonical() []byte {
	out := make([]byte, 0, 2*MaxLen)
	if p.lock {
		out = append(out, 0xf0)
	}
	if p.rep != 0 {
		out = append(out, p.rep)
	}
	if p.data {
		out = append(out, 0x66)
	}
	return p.rest(out, p.n)
}

// rest appends the prefixes of address, segment and REX, the opcode op, and what follows from index from on.
func (p *prefixes) rest(out []byte, from int, op ...byte) []byte {
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
	out = append(out, op...)
	return append(out, p.b[min(from, len(p.b)):]...)[:cap(out)]
}

// lend decodes the operands of an instruction whose opcode has size bytes as those of one that x86asm knows, with opcode op
// and an operand size of 32 bits, or 64 with REX.W; with word, 16 bits.
func (p *prefixes) lend(mode, size int, word bool, op ...byte) (Inst, error) {
	out := make([]byte, 0, 2*MaxLen)
	if word != (mode == 16) {
		out = append(out, 0x66)
	}
	inst, err := x86asm.Decode(p.rest(out, p.n+size, op...), mode)
	if err != nil || inst.Op == 0 {
		return inst, ErrUndefined
	}
	inst.Len += p.n - p.kept + size - len(op)
	return inst, nil
}

// plain is an instruction of n opcode bytes without operands.
func (p *prefixes) plain(op x86asm.Op, mode, n int) (Inst, error) {
	return Inst{Op: op, Mode: mode, AddrSize: mode, DataSize: 32, Len: p.n + n}, nil
}
