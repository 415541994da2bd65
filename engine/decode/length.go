package decode

// Whether an opcode has a ModRM byte (SDM 2D "Opcode Map"), a bit for each: it decides how long an undefined instruction
// is, and with it whether it is too long, which is #GP before it is #UD.

// hasModRM1 is for one-byte opcodes, by their high digit.
var hasModRM1 = [16]uint16{0x0f0f, 0x0f0f, 0x0f0f, 0x0f0f, 0, 0, 0x0a0c, 0, 0xffff, 0, 0, 0, 0x00f3, 0xff0f, 0, 0xc0c0}

// noModRM2 is for opcodes 0F xx.
var noModRM2 = [16]uint16{0x5bf0, 0, 0, 0xfaff, 0, 0, 0, 0x0080, 0xffff, 0, 0x0707, 0, 0xff00, 0, 0, 0}

// length is how long the instruction would be if its opcode were defined.
func (p *prefixes) length(mode int) int {
	op := p.at(0)
	n, imm := 1, 0
	modrm := hasModRM1[op>>4]>>(op&15)&1 != 0
	if op == 0x0f {
		op = p.at(1)
		n, modrm = 2, noModRM2[op>>4]>>(op&15)&1 == 0
		switch op {
		case 0x38:
			n = 3
		case 0x3a:
			n, imm = 3, 1
		case 0x70, 0x71, 0x72, 0x73, 0xa4, 0xac, 0xba, 0xc2, 0xc4, 0xc5, 0xc6:
			imm = 1
		}
	} else if op >= 0x80 && op <= 0x83 && op != 0x81 {
		imm = 1
	}
	n += p.n
	if modrm {
		n += p.operandLength(n-p.n, mode)
	}
	return n + imm
}

// operandLength is the length of ModRM at index i after the prefixes, SIB and displacement.
func (p *prefixes) operandLength(i, mode int) int {
	m := p.at(i)
	mod, rm := m>>6, m&7
	if mod == 3 {
		return 1
	}
	if (mode == 16) != p.addr && mode != 64 { // 16-bit addresses
		if mod == 0 && rm == 6 {
			return 3
		}
		return 1 + int(mod)
	}
	n, disp := 1, [3]int{0, 1, 4}[mod]
	switch {
	case rm == 4:
		n = 2
		if mod == 0 && p.at(i+1)&7 == 5 {
			disp = 4
		}
	case rm == 5 && mod == 0:
		disp = 4
	}
	return n + disp
}
