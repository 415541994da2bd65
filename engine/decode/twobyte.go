package decode

import "golang.org/x/arch/x86/x86asm"

// oddTwoByte tells which opcodes 0F xx x86asm does not know or gets wrong.
func (p *prefixes) oddTwoByte() bool {
	switch op := p.at(1); {
	case op == 0x01:
		m := p.at(2)
		return m == 0xc1 || m == 0xca || m == 0xcb
	case op&0xfc == 0x20:
		return p.at(2) < 0xc0
	case op == 0x0d, op >= 0x18 && op < 0x1f, op == 0xae, op == 0xc7:
		return true
	case op == 0x38:
		return p.at(2) == 0xf6
	}
	return false
}

// twoByte decodes them.
func twoByte(p *prefixes, mode int) (Inst, error) {
	switch p.at(1) {
	case 0x01:
		return group7(p, mode)
	case 0x20, 0x21, 0x22, 0x23:
		return moveControl(p, mode)
	case 0x38:
		return adx(p, mode)
	case 0xae:
		return group15(p, mode)
	case 0xc7:
		return group9(p, mode)
	}
	return hint(p, mode)
}

func group7(p *prefixes, mode int) (Inst, error) {
	if p.simd() {
		return Inst{}, ErrUndefined
	}
	return p.plain(map[byte]x86asm.Op{0xc1: VMCALL, 0xca: CLAC, 0xcb: STAC}[p.at(2)], mode, 3)
}

// moveControl decodes MOV of control and debug registers: ModRM.mod does not count (SDM 2B "MOV—Move to/from Control
// Registers").
func moveControl(p *prefixes, mode int) (Inst, error) {
	b := p.canonical()
	b[p.kept+2] |= 0xc0
	inst, err := x86asm.Decode(b, mode)
	if err != nil || inst.Op == 0 {
		return inst, ErrUndefined
	}
	inst.Len += p.n - p.kept
	return inst, nil
}

// adx decodes ADCX and ADOX, whose operands are like those of IMUL.
func adx(p *prefixes, mode int) (inst Inst, err error) {
	op := ADCX
	switch {
	case p.rep == 0xf3:
		op = ADOX
	case p.rep != 0 || !p.data:
		return inst, ErrUndefined
	}
	inst, err = p.lend(mode, 3, false, 0x0f, 0xaf)
	inst.Op = op
	return inst, err
}

// hint decodes PREFETCHh, PREFETCHW and the NOPs of 0F 0D and 0F 18–1F, by the operand of MOV r/m32, r32.
func hint(p *prefixes, mode int) (Inst, error) {
	op, modrm := p.at(1), p.at(2)
	if op == 0x1e && p.rep == 0xf3 {
		switch modrm {
		case 0xfa:
			return p.plain(ENDBR64, mode, 3)
		case 0xfb:
			return p.plain(ENDBR32, mode, 3)
		}
	}
	word := p.data && p.rex&8 == 0
	inst, err := p.lend(mode, 2, word, 0x89)
	inst.Op = hintOp(op, modrm)
	inst.Args = x86asm.Args{inst.Args[0]}
	if inst.Op != HINT && inst.Op != x86asm.NOP {
		inst.MemBytes = 0
	}
	return inst, err
}

func hintOp(op, modrm byte) x86asm.Op {
	reg, memory := modrm>>3&7, modrm < 0xc0
	switch {
	case op == 0x0d && reg == 1 && memory:
		return x86asm.PREFETCHW
	case op == 0x18 && reg < 4 && memory:
		return [4]x86asm.Op{x86asm.PREFETCHNTA, x86asm.PREFETCHT0, x86asm.PREFETCHT1, x86asm.PREFETCHT2}[reg]
	case op == 0x1f:
		return x86asm.NOP
	}
	return HINT
}

// group9 decodes 0F C7: CMPXCHG8B and its neighbours.
func group9(p *prefixes, mode int) (inst Inst, err error) {
	reg, memory := p.at(2)>>3&7, p.at(2) < 0xc0
	switch {
	case memory && (reg == 0 || reg == 2 || reg >= 6): // VMPTRLD and its like
		return inst, ErrUndefined
	case memory:
		return odd(p, mode)
	case reg < 6 || p.rep == 0xf2:
		return inst, ErrUndefined
	}
	op := x86asm.RDRAND
	switch {
	case p.rep == 0xf3 && reg == 6: // SENDUIPI
		return inst, ErrUndefined
	case p.rep == 0xf3:
		op = RDPID
		p.rex &^= 8
		if mode == 64 {
			p.rex |= 0x48
		}
	case reg == 7:
		op = RDSEED
	}
	word := p.data && p.rex&8 == 0 && op != RDPID
	inst, err = p.lend(mode, 2, word, 0x89)
	inst.Op = op
	inst.Args = x86asm.Args{inst.Args[0]}
	return inst, err
}

// group15 decodes 0F AE: FXSAVE, XSAVE, the fences and what else there is.
func group15(p *prefixes, mode int) (inst Inst, err error) {
	modrm := p.at(2)
	reg := modrm >> 3 & 7
	switch {
	case modrm < 0xc0 && p.rep != 0: // PTWRITE, CLRSSBSY
		return inst, ErrUndefined
	case modrm < 0xc0 && p.data:
		return cacheLine(p, mode, reg)
	case modrm < 0xc0, p.rep == 0xf3 && !p.data && reg < 4: // FXSAVE and so on; RDFSBASE and so on
		return odd(p, mode)
	case p.simd() || reg < 5: // INCSSP, TPAUSE, UMWAIT, UMONITOR
		return inst, ErrUndefined
	}
	return p.plain([3]x86asm.Op{x86asm.LFENCE, x86asm.MFENCE, x86asm.SFENCE}[reg-5], mode, 3)
}

// cacheLine decodes 66 0F AE with memory.
func cacheLine(p *prefixes, mode int, reg byte) (inst Inst, err error) {
	if reg < 6 {
		return inst, ErrUndefined
	}
	inst, err = p.lend(mode, 2, false, 0x89)
	inst.Op = [2]x86asm.Op{CLWB, CLFLUSHOPT}[reg-6]
	inst.Args = x86asm.Args{inst.Args[0]}
	inst.MemBytes = 0
	return inst, err
}
