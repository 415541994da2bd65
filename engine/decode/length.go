package decode

// Whether an opcode has a ModRM byte (SDM 2D "Opcode Map"), a bit for each: it decides how long an undefined instruction
// is, and with it whether it is too long, which is #GP before it is #UD.

// hasModRM1 is for one-byte opcodes, by their high digit.
var hasModRM1 = [16]uint16{0x0f0f, 0x0f0f, 0x0f0f, 0x0f0f, 0, 0, 0x0a0c, 0, 0xffff, 0, 0, 0, 0x00f3, 0xff0f, 0, 0xc0c0}

// noModRM2 is for opcodes 0F xx.
var noModRM2 = [16]uint16{0xdff0, 0, 0x00f0, 0x00ff, 0, 0, 0, 0x0080, 0xffff, 0, 0x0707, 0, 0xff00, 0, 0, 0}

// length is how long the instruction would be if its opcode were defined.
func (p *prefixes) length(mode int) int {
	op := p.at(0)
	if (op == 0xc4 || op == 0xc5) && (mode == 64 || p.at(1) >= 0xc0) { // VEX: all have ModRM, those of map 3 an immediate
		n, imm := 3, 0
		if op == 0xc4 {
			n = 4
			if p.at(1)&31 == 3 {
				imm = 1
			}
		}
		return p.n + n + p.operandLength(n, mode) + imm
	}
	n, modrm, imm := 1, hasModRM1[op>>4]>>(op&15)&1 != 0, 0
	if op == 0x0f {
		op = p.at(1)
		n, modrm = 2, noModRM2[op>>4]>>(op&15)&1 == 0
		if op&0xf8 == 0x38 { // a third byte of opcode, also in the maps that are empty
			n = 3
		}
		imm = p.immediate2(op, mode)
	} else {
		imm = p.immediate1(op, mode)
	}
	n += p.n + imm
	switch {
	case n == p.n+imm+2 && p.at(0) == 0x0f && op&0xfc == 0x20: // MOV of control registers: ModRM.mod does not count
		n++
	case modrm:
		n += p.operandLength(n-p.n-imm, mode)
	}
	return n
}

// word is the length of an immediate as wide as the operand, at most 4 bytes.
func (p *prefixes) word(mode int) int {
	if p.rex&8 == 0 && p.data != (mode == 16) {
		return 2
	}
	return 4
}

// immediate1 is the length of the immediate of a one-byte opcode.
func (p *prefixes) immediate1(op byte, mode int) int {
	low := op & 7
	switch {
	case op < 0x40 && low == 4, op == 0x6a, op == 0x6b, op>>4 == 7, op == 0x80, op == 0x82, op == 0x83, op == 0xa8, op&0xf8 == 0xb0,
		op == 0xc0, op == 0xc1, op == 0xc6, op == 0xcd, op == 0xd4, op == 0xd5, op >= 0xe0 && op <= 0xe7, op == 0xeb,
		op == 0xf6 && p.at(1)&0x30 == 0:
		return 1
	case op == 0xc2, op == 0xca:
		return 2
	case op == 0xc8:
		return 3
	case op < 0x40 && low == 5, op == 0x68, op == 0x69, op == 0x81, op == 0xa9, op == 0xc7, op == 0xe8, op == 0xe9,
		op == 0xf7 && p.at(1)&0x30 == 0:
		return p.word(mode)
	case op&0xf8 == 0xb8 && p.rex&8 != 0:
		return 8
	case op&0xf8 == 0xb8:
		return p.word(mode)
	case op == 0x9a, op == 0xea:
		return 2 + p.word(mode)
	case op&0xfc == 0xa0:
		return p.address(mode)
	}
	return 0
}

// immediate2 is the length of the immediate of an opcode 0F op.
func (p *prefixes) immediate2(op byte, mode int) int {
	switch {
	case op == 0x3a, op == 0x3b, op == 0x3e, op == 0x3f, op >= 0x70 && op <= 0x73, op == 0xa4, op == 0xac, op == 0xba, op == 0xc2, op >= 0xc4 && op <= 0xc6:
		return 1
	case op>>4 == 8:
		return p.word(mode)
	}
	return 0
}

// address is the address size in bytes.
func (p *prefixes) address(mode int) int {
	switch {
	case mode == 64 && !p.addr:
		return 8
	case (mode == 16) == p.addr || mode == 64:
		return 4
	}
	return 2
}

// operandLength is the length of ModRM at index i after the prefixes, SIB and displacement.
func (p *prefixes) operandLength(i, mode int) int {
	m := p.at(i)
	mod, rm := m>>6, m&7
	if mod == 3 {
		return 1
	}
	if p.address(mode) == 2 {
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
