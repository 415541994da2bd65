package cpu

import (
	"math/rand"
	"testing"

	"vitrine/scripts/silicon"
)

// intForm is a family of integer encodings: opcode bytes, which ModRM reg fields, an immediate, and which flags are
// defined afterwards.
type intForm struct {
	name   string
	op     []byte
	spread byte // the last opcode byte takes this many consecutive values
	modrm  bool
	reg    int8 // fixed ModRM.reg, −1 any
	imm    uint8
	undef  uint64
	memory int8 // 1 memory only, −1 register only
}

const szap = FlagSF | FlagZF | FlagAF | FlagPF

// integers lists the general-purpose instructions by encoding (SDM 2A appendix A).
var integers = []intForm{
	{name: "add", op: []byte{0x00}, spread: 4, modrm: true, reg: -1},
	{name: "or", op: []byte{0x08}, spread: 4, modrm: true, reg: -1, undef: FlagAF},
	{name: "adc", op: []byte{0x10}, spread: 4, modrm: true, reg: -1},
	{name: "sbb", op: []byte{0x18}, spread: 4, modrm: true, reg: -1},
	{name: "and", op: []byte{0x20}, spread: 4, modrm: true, reg: -1, undef: FlagAF},
	{name: "sub", op: []byte{0x28}, spread: 4, modrm: true, reg: -1},
	{name: "xor", op: []byte{0x30}, spread: 4, modrm: true, reg: -1, undef: FlagAF},
	{name: "cmp", op: []byte{0x38}, spread: 4, modrm: true, reg: -1},
	{name: "add al", op: []byte{0x04}, imm: 1}, {name: "add eax", op: []byte{0x05}, imm: 4},
	{name: "cmp eax", op: []byte{0x3d}, imm: 4}, {name: "xor eax", op: []byte{0x35}, imm: 4, undef: FlagAF},
	{name: "group 1 imm8", op: []byte{0x80}, modrm: true, reg: -1, imm: 1, undef: FlagAF},
	{name: "group 1 imm", op: []byte{0x81}, modrm: true, reg: -1, imm: 4, undef: FlagAF},
	{name: "group 1 imm8x", op: []byte{0x83}, modrm: true, reg: -1, imm: 1, undef: FlagAF},
	{name: "test", op: []byte{0x84}, spread: 2, modrm: true, reg: -1, undef: FlagAF},
	{name: "test eax", op: []byte{0xa9}, imm: 4, undef: FlagAF},
	{name: "xchg", op: []byte{0x86}, spread: 2, modrm: true, reg: -1},
	{name: "mov", op: []byte{0x88}, spread: 4, modrm: true, reg: -1},
	{name: "lea", op: []byte{0x8d}, modrm: true, reg: -1, memory: 1},
	{name: "movsxd", op: []byte{0x63}, modrm: true, reg: -1},
	{name: "imul imm", op: []byte{0x69}, modrm: true, reg: -1, imm: 4, undef: szap},
	{name: "imul imm8", op: []byte{0x6b}, modrm: true, reg: -1, imm: 1, undef: szap},
	{name: "xchg eax", op: []byte{0x91}, spread: 2},
	{name: "cbw", op: []byte{0x98}, spread: 2},
	{name: "sahf lahf", op: []byte{0x9e}, spread: 2},
	{name: "mov imm8", op: []byte{0xb0}, spread: 4, imm: 1},
	{name: "mov imm", op: []byte{0xb8}, spread: 3, imm: 8},
	{name: "mov r/m imm", op: []byte{0xc7}, modrm: true, imm: 4},
	{name: "mov r/m imm8", op: []byte{0xc6}, modrm: true, imm: 1},
	{name: "not", op: []byte{0xf6}, spread: 2, modrm: true, reg: 2},
	{name: "neg", op: []byte{0xf6}, spread: 2, modrm: true, reg: 3},
	{name: "test imm", op: []byte{0xf7}, modrm: true, reg: 0, imm: 4, undef: FlagAF},
	{name: "mul", op: []byte{0xf6}, spread: 2, modrm: true, reg: 4, undef: szap},
	{name: "imul", op: []byte{0xf6}, spread: 2, modrm: true, reg: 5, undef: szap},
	{name: "div", op: []byte{0xf6}, spread: 2, modrm: true, reg: 6, undef: arith},
	{name: "idiv", op: []byte{0xf6}, spread: 2, modrm: true, reg: 7, undef: arith},
	{name: "inc", op: []byte{0xfe}, spread: 2, modrm: true, reg: 0},
	{name: "dec", op: []byte{0xfe}, spread: 2, modrm: true, reg: 1},
	{name: "clc stc", op: []byte{0xf8}, spread: 2}, {name: "cmc", op: []byte{0xf5}},
	{name: "cmov", op: []byte{0x0f, 0x40}, spread: 16, modrm: true, reg: -1},
	{name: "setcc", op: []byte{0x0f, 0x90}, spread: 16, modrm: true, reg: 0},
	{name: "imul r", op: []byte{0x0f, 0xaf}, modrm: true, reg: -1, undef: szap},
	{name: "cmpxchg", op: []byte{0x0f, 0xb0}, spread: 2, modrm: true, reg: -1},
	{name: "xadd", op: []byte{0x0f, 0xc0}, spread: 2, modrm: true, reg: -1},
	{name: "movzx", op: []byte{0x0f, 0xb6}, spread: 2, modrm: true, reg: -1},
	{name: "movsx", op: []byte{0x0f, 0xbe}, spread: 2, modrm: true, reg: -1},
	{name: "bswap", op: []byte{0x0f, 0xc8}, spread: 3},
	{name: "bt imm", op: []byte{0x0f, 0xba}, modrm: true, reg: 4, imm: 1, undef: FlagOF | FlagSF | FlagAF | FlagPF},
	{name: "bts imm", op: []byte{0x0f, 0xba}, modrm: true, reg: 5, imm: 1, undef: FlagOF | FlagSF | FlagAF | FlagPF},
	{name: "btr imm", op: []byte{0x0f, 0xba}, modrm: true, reg: 6, imm: 1, undef: FlagOF | FlagSF | FlagAF | FlagPF},
	{name: "btc imm", op: []byte{0x0f, 0xba}, modrm: true, reg: 7, imm: 1, undef: FlagOF | FlagSF | FlagAF | FlagPF},
	{name: "bt", op: []byte{0x0f, 0xa3}, modrm: true, reg: 6, undef: FlagOF | FlagSF | FlagAF | FlagPF},
	{name: "bts", op: []byte{0x0f, 0xab}, modrm: true, reg: 6, undef: FlagOF | FlagSF | FlagAF | FlagPF},
	{name: "btr", op: []byte{0x0f, 0xb3}, modrm: true, reg: 6, undef: FlagOF | FlagSF | FlagAF | FlagPF},
	{name: "btc", op: []byte{0x0f, 0xbb}, modrm: true, reg: 6, undef: FlagOF | FlagSF | FlagAF | FlagPF},
	{name: "bsf bsr", op: []byte{0x0f, 0xbc}, spread: 2, modrm: true, reg: -1, undef: arith &^ FlagZF},
	{name: "cmpxchg8b", op: []byte{0x0f, 0xc7}, modrm: true, reg: 1, memory: 1},
	{name: "rol 1", op: []byte{0xd0}, spread: 2, modrm: true, reg: 0}, {name: "ror 1", op: []byte{0xd0}, spread: 2, modrm: true, reg: 1},
	{name: "rcl 1", op: []byte{0xd0}, spread: 2, modrm: true, reg: 2}, {name: "rcr 1", op: []byte{0xd0}, spread: 2, modrm: true, reg: 3},
	{name: "shl 1", op: []byte{0xd0}, spread: 2, modrm: true, reg: 4, undef: FlagAF}, {name: "shr 1", op: []byte{0xd0}, spread: 2, modrm: true, reg: 5, undef: FlagAF},
	{name: "sar 1", op: []byte{0xd0}, spread: 2, modrm: true, reg: 7, undef: FlagAF},
	{name: "shift imm", op: []byte{0xc0}, spread: 2, modrm: true, reg: -1, imm: 1, undef: FlagAF | FlagOF | FlagCF},
	{name: "shl imm", op: []byte{0xc1}, modrm: true, reg: 4, imm: 1, undef: FlagAF | FlagOF},
	{name: "shr imm", op: []byte{0xc1}, modrm: true, reg: 5, imm: 1, undef: FlagAF | FlagOF},
	{name: "sar imm", op: []byte{0xc1}, modrm: true, reg: 7, imm: 1, undef: FlagAF | FlagOF},
	{name: "rol cl", op: []byte{0xd2}, spread: 2, modrm: true, reg: 0, undef: FlagOF}, {name: "ror cl", op: []byte{0xd2}, spread: 2, modrm: true, reg: 1, undef: FlagOF},
	{name: "rcl cl", op: []byte{0xd2}, spread: 2, modrm: true, reg: 2, undef: FlagOF}, {name: "rcr cl", op: []byte{0xd2}, spread: 2, modrm: true, reg: 3, undef: FlagOF},
	{name: "shl cl", op: []byte{0xd3}, modrm: true, reg: 4, undef: FlagAF | FlagOF}, {name: "shr cl", op: []byte{0xd3}, modrm: true, reg: 5, undef: FlagAF | FlagOF},
	{name: "sar cl", op: []byte{0xd3}, modrm: true, reg: 7, undef: FlagAF | FlagOF},
	{name: "shld imm", op: []byte{0x0f, 0xa4}, modrm: true, reg: -1, imm: 1, undef: FlagAF | FlagOF},
	{name: "shld cl", op: []byte{0x0f, 0xa5}, modrm: true, reg: -1, undef: FlagAF | FlagOF},
	{name: "shrd imm", op: []byte{0x0f, 0xac}, modrm: true, reg: -1, imm: 1, undef: FlagAF | FlagOF},
	{name: "shrd cl", op: []byte{0x0f, 0xad}, modrm: true, reg: -1, undef: FlagAF | FlagOF},
	{name: "xlat", op: []byte{0xd7}},
	{name: "movs", op: []byte{0xa4}, spread: 2}, {name: "cmps", op: []byte{0xa6}, spread: 2},
	{name: "stos", op: []byte{0xaa}, spread: 2}, {name: "lods", op: []byte{0xac}, spread: 2}, {name: "scas", op: []byte{0xae}, spread: 2},
	{name: "endbr64", op: []byte{0xf3, 0x0f, 0x1e, 0xfa}}, {name: "ud2", op: []byte{0x0f, 0x0b}},
}

// edges are the values around which integer instructions turn.
var edges = []uint64{0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
	0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xfffffffffffffffe, 0xffffffff80000000, 0x5555555555555555}

func edge(r *rand.Rand) uint64 {
	switch r.Intn(4) {
	case 0:
		return r.Uint64()
	case 1:
		return edges[r.Intn(len(edges))] + uint64(r.Intn(3)) - 1
	}
	return edges[r.Intn(len(edges))]
}

// intCase makes one instruction of a form with random operands, sizes and prefixes.
func intCase(r *rand.Rand, f *intForm) (c silicon.Case) {
	for i := range c.GPR {
		c.GPR[i] = edge(r)
	}
	for i := range c.Mem {
		c.Mem[i] = byte(edge(r))
	}
	c.FX[0], c.FX[1], c.FX[24], c.FX[25] = 0x7f, 3, 0x80, 0x1f
	c.Flags = 2 | uint64(r.Intn(1<<12))&arith
	c.GPR[RBX] = silicon.Data + 512
	c.GPR[RSI] = uint64(r.Intn(64)) - 32
	c.GPR[R14] = c.GPR[RSI] // the bit offset of BT reaches beyond the operand
	if f.name == "xlat" {
		c.GPR[RAX] &= 0x7f
	}
	var code []byte
	rep := false
	if f.op[0] >= 0xa4 && f.op[0] <= 0xaf && f.op[0] != 0xa9 { // strings
		c.GPR[RSI], c.GPR[RDI] = silicon.Data+uint64(300+r.Intn(300)), silicon.Data+uint64(300+r.Intn(300))
		c.Flags |= uint64(r.Intn(2)) * FlagDF
		c.GPR[RCX] = uint64(r.Intn(7))
		if rep = r.Intn(3) > 0; rep {
			code = append(code, byte(0xf2+r.Intn(2)))
		}
	}
	size16 := r.Intn(5) == 0 && f.name != "endbr64" && f.name != "ud2" && f.name != "bswap"
	if size16 {
		code = append(code, 0x66)
	}
	rex := byte(0)
	if r.Intn(2) == 0 && f.name != "endbr64" {
		rex = 0x40 | byte(r.Intn(2))<<3
		if f.modrm {
			rex |= byte(r.Intn(2)) << 2
		}
	}
	op := append([]byte(nil), f.op...)
	if f.spread > 1 {
		op[len(op)-1] += byte(r.Intn(int(f.spread)))
	}
	var tail []byte
	if f.modrm {
		reg := byte(r.Intn(8))
		if f.reg >= 0 {
			reg = byte(f.reg)
		}
		memory := f.memory > 0 || f.memory == 0 && r.Intn(2) == 0
		if memory {
			if r.Intn(2) == 0 {
				tail = append(tail, 0x43|reg<<3, byte(r.Intn(128)-64))
			} else {
				tail = append(tail, 0x84|reg<<3, 0x33|byte(r.Intn(2))<<6, byte(r.Intn(100)), 0, 0, 0)
			}
		} else {
			rm := byte(r.Intn(8))
			if rex != 0 {
				rex |= byte(r.Intn(2))
			}
			if rm == 4 || rm == 3 {
				rm = 1
			}
			tail = append(tail, 0xc0|reg<<3|rm)
		}
		if reg == 4 && rex&4 == 0 { // not RSP
			tail[0] ^= 8
			if f.reg >= 0 {
				tail[0] ^= 8
			}
		}
	}
	if rex != 0 {
		code = append(code, rex)
	}
	code = append(code, op...)
	code = append(code, tail...)
	n := int(f.imm)
	if n == 8 && rex&8 == 0 {
		n = 4
	}
	if n == 4 && size16 && rex&8 == 0 {
		n = 2
	}
	for v := edge(r); n > 0; n-- {
		code = append(code, byte(v))
		v >>= 8
	}
	c.Len = uint32(copy(c.Code[:], code))
	return c
}

// TestIntegersAgainstSilicon compares every general-purpose instruction with the host's processor.
func TestIntegersAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	for i := range integers {
		f := &integers[i]
		t.Run(f.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(int64(i)))
			cases := make([]silicon.Case, 400)
			for j := range cases {
				cases[j] = intCase(r, f)
			}
			compareWithSilicon(t, cases, (arith|FlagDF)&^f.undef)
		})
	}
}
