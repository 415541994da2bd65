package main

import (
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/engine/mmu"
	"vitrine/wasm/view"
)

// parts divides an instruction's bytes into the fields of SDM 2A "Instruction Format". Displacement and immediate are
// told apart by their sizes: what follows ModRM and SIB is displacement as far as ModRM says, the rest is immediate.
func parts(b []byte, inst decode.Inst, bits int) []view.Part {
	var list []view.Part
	add := func(kind view.PartKind, n int) {
		if n > 0 {
			list = append(list, view.Part{Kind: kind, Len: uint8(n)})
		}
	}
	i := 0
	for i < len(b)-1 && isPrefix(b[i]) {
		i++
	}
	add(view.PartPrefix, i)
	if bits == 64 && i < len(b)-1 && b[i]&0xf0 == 0x40 {
		add(view.PartREX, 1)
		i++
	}
	op := opcodeLen(b[i:])
	add(view.PartOpcode, op)
	opcode := b[i : i+op]
	i += op
	if !hasModRM(opcode, inst) || i >= len(b) {
		if _, rel := inst.Args[0].(x86asm.Rel); rel {
			add(view.PartDisp, len(b)-i)
		} else {
			add(view.PartImm, len(b)-i)
		}
		return list
	}
	modrm := b[i]
	add(view.PartModRM, 1)
	i++
	disp, sib := addressBytes(modrm, b[i:], inst.AddrSize)
	add(view.PartSIB, sib)
	disp = min(disp, len(b)-i-sib)
	add(view.PartDisp, disp)
	add(view.PartImm, len(b)-i-sib-disp)
	return list
}

func isPrefix(b byte) bool {
	switch b {
	case 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65:
		return true
	}
	return false
}

func opcodeLen(b []byte) int {
	switch {
	case len(b) > 2 && b[0] == 0x0f && (b[1] == 0x38 || b[1] == 0x3a):
		return 3
	case len(b) > 1 && b[0] == 0x0f:
		return 2
	}
	return 1
}

// addressBytes returns how many bytes of displacement and SIB follow a ModRM byte (SDM 2A tables 2-1 to 2-3).
func addressBytes(modrm byte, rest []byte, addrSize int) (disp, sib int) {
	mod, rm := modrm>>6, modrm&7
	if mod == 3 {
		return 0, 0
	}
	if addrSize == 16 {
		if mod == 0 && rm == 6 {
			return 2, 0
		}
		return int(mod), 0
	}
	if rm == 4 {
		sib = 1
	}
	switch {
	case mod == 1:
		return 1, sib
	case mod == 2, mod == 0 && rm == 5:
		return 4, sib
	case mod == 0 && sib == 1 && len(rest) > 0 && rest[0]&7 == 5:
		return 4, sib
	}
	return 0, sib
}

// hasModRM tells by the opcode maps (SDM 2D appendix A) whether a ModRM byte follows.
func hasModRM(op []byte, inst decode.Inst) bool {
	if len(op) == 3 {
		return true
	}
	if len(op) == 2 {
		b := op[1]
		switch {
		case b >= 0x80 && b <= 0x8f, b >= 0xc8 && b <= 0xcf, b >= 0x30 && b <= 0x37, b >= 0x05 && b <= 0x09, b == 0x0b:
			return false
		case b == 0xa0, b == 0xa1, b == 0xa2, b == 0xa8, b == 0xa9, b == 0xaa, b == 0x77:
			return false
		}
		return true
	}
	b := op[0]
	switch {
	case b < 0x40:
		return b&7 < 4
	case b == 0x62, b == 0x63, b == 0x69, b == 0x6b, b >= 0x80 && b <= 0x8f, b >= 0xd8 && b <= 0xdf:
		return true
	case b == 0xc0, b == 0xc1, b >= 0xc4 && b <= 0xc7, b >= 0xd0 && b <= 0xd3, b == 0xf6, b == 0xf7, b == 0xfe, b == 0xff:
		return true
	}
	return false
}

// taken tells whether a jump, seen with the present registers, will jump.
func taken(op x86asm.Op, s *cpu.State) bool {
	switch op {
	case x86asm.JMP, x86asm.CALL:
		return true
	case x86asm.LOOP:
		return s.R[cpu.RCX] != 1
	case x86asm.JRCXZ:
		return s.R[cpu.RCX] == 0
	}
	return cpu.Jumps(op, s.RFLAGS)
}

// operands resolves the current instruction's operands against the registers: [rbp-8] → address → value.
func (p *picture) operands(v *view.Code, line *view.Line, bytes []byte, s *cpu.State) {
	inst, err := decode.Decode(bytes, s.CodeBits())
	if err != nil {
		return
	}
	for i, arg := range inst.Args {
		if arg == nil {
			break
		}
		o := view.Operand{Text: strings.ToLower(arg.String()), Write: i == 0 && writesFirst(inst.Op)}
		switch a := arg.(type) {
		case x86asm.Reg:
			val, size, ok := register(a, s)
			if !ok {
				continue
			}
			o.Value, o.Size, o.Known = val, size, true
		case x86asm.Mem:
			p.memory(&o, a, &inst, s)
		default:
			continue
		}
		v.Operands = append(v.Operands, o)
	}
}

// memory resolves a memory operand and reads it when that needs no fault.
func (p *picture) memory(o *view.Operand, m x86asm.Mem, inst *decode.Inst, s *cpu.State) {
	o.Mem = true
	o.Text = memText(m)
	addr := uint64(m.Disp)
	if v, _, ok := register(m.Base, s); ok {
		addr += v
	}
	if m.Base == x86asm.RIP {
		addr = s.RIP + uint64(inst.Len) + uint64(m.Disp)
	}
	if v, _, ok := register(m.Index, s); ok {
		addr += v * uint64(m.Scale)
	}
	if inst.AddrSize < 64 {
		addr &= 1<<uint(inst.AddrSize) - 1
	}
	addr += segmentBase(m, s)
	o.Addr = addr
	size := inst.MemBytes
	if size < 1 || size > 8 {
		size = 8
	}
	if inst.Op == x86asm.LEA {
		return // computes the address and does not read
	}
	var b [8]byte
	if p.read(b[:size], addr) == size {
		o.Size, o.Known = uint8(size), true
		for i := size - 1; i >= 0; i-- {
			o.Value = o.Value<<8 | uint64(b[i])
		}
	}
	if p.wanted.va == 0 {
		p.aimed = aim{va: addr, why: "operand"}
		if o.Write {
			p.aimed.code = mmu.FaultW
		}
	}
}

// memText writes an address as Intel does: [rbp-0x8], [rip+0x2004], fs:[0x28].
func memText(m x86asm.Mem) string {
	var b strings.Builder
	if m.Segment == x86asm.FS || m.Segment == x86asm.GS {
		b.WriteString(strings.ToLower(m.Segment.String()) + ":")
	}
	b.WriteByte('[')
	plus := ""
	if m.Base != 0 {
		b.WriteString(strings.ToLower(m.Base.String()))
		plus = "+"
	}
	if m.Index != 0 && m.Scale != 0 {
		b.WriteString(plus + strings.ToLower(m.Index.String()) + "*" + hex(uint64(m.Scale)))
		plus = "+"
	}
	switch {
	case m.Disp < 0 && plus != "":
		b.WriteString("-0x" + hex(uint64(-m.Disp)))
	case m.Disp != 0 || plus == "":
		b.WriteString(plus + "0x" + hex(uint64(m.Disp)))
	}
	return b.String() + "]"
}

func segmentBase(m x86asm.Mem, s *cpu.State) uint64 {
	switch m.Segment {
	case x86asm.FS:
		return s.Seg[cpu.FS].Base
	case x86asm.GS:
		return s.Seg[cpu.GS].Base
	}
	if s.CodeBits() == 64 {
		return 0
	}
	switch {
	case m.Segment == x86asm.ES:
		return s.Seg[cpu.ES].Base
	case m.Segment == x86asm.CS:
		return s.Seg[cpu.CS].Base
	case m.Segment == x86asm.SS, m.Base == x86asm.BP, m.Base == x86asm.EBP, m.Base == x86asm.ESP:
		return s.Seg[cpu.SS].Base
	}
	return s.Seg[cpu.DS].Base
}

// register reads a general register by its name; size in bytes.
func register(r x86asm.Reg, s *cpu.State) (value uint64, size uint8, ok bool) {
	switch {
	case r >= x86asm.RAX && r <= x86asm.R15:
		return s.R[r-x86asm.RAX], 8, true
	case r >= x86asm.EAX && r <= x86asm.R15L:
		return s.R[r-x86asm.EAX] & 0xffffffff, 4, true
	case r >= x86asm.AX && r <= x86asm.R15W:
		return s.R[r-x86asm.AX] & 0xffff, 2, true
	case r >= x86asm.AL && r <= x86asm.BL:
		return s.R[r-x86asm.AL] & 0xff, 1, true
	case r >= x86asm.AH && r <= x86asm.BH:
		return s.R[r-x86asm.AH] >> 8 & 0xff, 1, true
	case r >= x86asm.SPB && r <= x86asm.R15B:
		return s.R[r-x86asm.SPB+cpu.RSP] & 0xff, 1, true
	case r >= x86asm.X0 && r <= x86asm.X15:
		return s.X[r-x86asm.X0][0], 8, true
	}
	return 0, 0, false
}

// writesFirst tells whether an instruction's first operand is where its result goes.
func writesFirst(op x86asm.Op) bool {
	switch op {
	case x86asm.CMP, x86asm.TEST, x86asm.PUSH, x86asm.JMP, x86asm.CALL, x86asm.BT, x86asm.NOP, x86asm.UCOMISD, x86asm.UCOMISS, x86asm.COMISD, x86asm.COMISS, x86asm.OUT, x86asm.INT:
		return false
	}
	return true
}
