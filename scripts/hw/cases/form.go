// Package cases makes cases for scripts/hw/silicon: from every encoding that the engine knows a definition for, and from
// every encoding that it does not know.
package cases

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
)

// Form is one encoding of an instruction: what is fixed in it, so that all the rest may be chosen.
type Form struct {
	Mode   int    // 64, 32, 16
	Prefix []byte // of 66, F2, F3
	W      bool   // REX.W
	VEX    byte   // the map of an opcode with a VEX prefix, 2 or 3
	PP     byte   // what VEX says in place of 66, F3, F2
	Opcode []byte
	ModRM  bool
	Memory bool // ModRM names memory
	Reg    int8 // fixed ModRM.reg, −1 any
	RM     int8 // fixed ModRM.rm, −1 any
	Imm    int  // bytes behind ModRM and displacement
	Op     x86asm.Op
	Def    *cpu.Def // nil: not an instruction
}

// Whether an opcode has a ModRM byte (SDM 2D appendix A "Opcode Map"): a row for the high digit, a column for the low.
var (
	modRM1 = [16]string{
		"xxxx....xxxx....", "xxxx....xxxx....", "xxxx....xxxx....", "xxxx....xxxx....",
		"................", "................", "..xx.....x.x....", "................",
		"xxxxxxxxxxxxxxxx", "................", "................", "................",
		"xx..xxxx........", "xxxx....xxxxxxxx", "................", "......xx......xx"}
	noModRM2 = [16]string{
		"....xxxxxxxxx.xx", "................", "....xxxx........", "xxxxxxxx........",
		"................", "................", "................", ".......x........",
		"xxxxxxxxxxxxxxxx", "................", "xxx.....xxx.....", "................",
		"........xxxxxxxx", "................", "................", "................"}
)

// opcodes lists every opcode of the four maps but prefixes, VEX and the like.
func opcodes(mode int) (list []Form) {
	add := func(modrm bool, op ...byte) {
		list = append(list, Form{Mode: mode, Opcode: op, ModRM: modrm, Reg: -1, RM: -1})
	}
	for i := range 256 {
		b := byte(i)
		switch {
		case b == 0x0f, b&0xe7 == 0x26, b >= 0x64 && b <= 0x67, b == 0xf0, b == 0xf2, b == 0xf3:
			continue // prefixes
		case mode == 64 && (b&0xf0 == 0x40 || b == 0xc4 || b == 0xc5 || b == 0x62):
			continue // REX, VEX, EVEX
		}
		add(modRM1[b>>4][b&15] == 'x', b)
	}
	for i := range 256 {
		b := byte(i)
		if b == 0x38 || b == 0x3a {
			continue
		}
		add(noModRM2[b>>4][b&15] != 'x', 0x0f, b)
	}
	for i := range 256 {
		add(true, 0x0f, 0x38, byte(i))
		add(true, 0x0f, 0x3a, byte(i))
	}
	for i := range 2 * 4 * 256 {
		list = append(list, Form{Mode: mode, VEX: byte(2 + i&1), PP: byte(i >> 1 & 3), Opcode: []byte{byte(i >> 3)}, ModRM: true, Reg: -1, RM: -1})
	}
	return list
}

// prefixSets are the prefixes that select an instruction or the operand size.
var prefixSets = [][]byte{nil, {0x66}, {0xf3}, {0xf2}, {0x66, 0xf3}, {0x66, 0xf2}}

// Forms finds all encodings of a mode.
func Forms(mode int) (list []Form) {
	for _, f := range opcodes(mode) {
		for _, p := range prefixSets {
			for _, w := range []bool{false, true} {
				if w && mode != 64 && f.VEX == 0 || p != nil && f.VEX != 0 {
					continue
				}
				f.Prefix, f.W = p, w
				list = f.split(list)
			}
		}
	}
	return list
}

// split appends the forms of an opcode: one, or one for each value of ModRM fields on which the operation depends.
func (f Form) split(list []Form) []Form {
	if !f.ModRM {
		f.examine(0)
		return append(list, f)
	}
	for _, memory := range []bool{true, false} {
		f.Memory = memory
		var ops [8][8]x86asm.Op
		for reg := range 8 {
			for rm := range 8 {
				g := f
				g.examine(g.sample(reg, rm))
				ops[reg][rm] = g.Op
			}
		}
		list = f.byFields(list, &ops)
	}
	return list
}

// byFields fixes the fields that select the operation.
func (f Form) byFields(list []Form, ops *[8][8]x86asm.Op) []Form {
	byReg, byRM := false, false
	for reg := range 8 {
		for rm := range 8 {
			byReg = byReg || ops[reg][rm] != ops[0][rm]
			byRM = byRM || !f.Memory && ops[reg][rm] != ops[reg][0]
		}
	}
	for reg := range int8(8) {
		for rm := range int8(8) {
			if !byReg && reg > 0 || !byRM && rm > 0 {
				continue
			}
			g := f
			if byReg {
				g.Reg = reg
			}
			if byRM {
				g.RM = rm
			}
			g.examine(g.sample(int(reg), int(rm)))
			if g.VEX == 0 || g.Def != nil { // AVX is for other processors
				list = append(list, g)
			}
		}
	}
	return list
}

// sample is a ModRM byte with the given fields; memory is the register RDI's or BX's, without displacement.
func (f *Form) sample(reg, rm int) byte {
	if f.Memory {
		return byte(reg)<<3 | 7
	}
	return 0xc0 | byte(reg)<<3 | byte(rm)
}

// head appends REX or VEX, with the bits R, X, B of rex and a register for VEX.vvvv, and the opcode.
func (f *Form) head(b []byte, rex, vvvv byte) []byte {
	w := byte(0)
	if f.W {
		w = 8
	}
	switch {
	case f.VEX != 0:
		b = append(b, 0xc4, ^rex&7<<5|f.VEX, w<<4|^vvvv&15<<3|f.PP)
	case rex|w != 0:
		b = append(b, 0x40|rex|w)
	}
	return append(b, f.Opcode...)
}

// examine decodes the form to know its operation and the length of its immediate.
func (f *Form) examine(modrm byte) {
	b := f.head(append([]byte(nil), f.Prefix...), 0, 0)
	if f.ModRM {
		b = append(b, modrm)
	}
	n := len(b)
	inst, err := decode.Decode(append(b, make([]byte, decode.MaxLen)...), f.Mode)
	f.Op, f.Def, f.Imm = 0, nil, 0
	if err != nil {
		return
	}
	f.Def = cpu.DefinitionOf(inst.Op)
	if f.Def == nil {
		return
	}
	f.Op, f.Imm = inst.Op, inst.Len-n
}
