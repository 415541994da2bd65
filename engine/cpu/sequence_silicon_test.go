package cpu

import (
	"math/rand"
	"testing"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
	"vitrine/scripts/silicon"
)

// TestSequencesAgainstSilicon runs short straight pieces of code, whose flags are read and dropped in all orders, with
// conditional jumps over instructions: what fuse and dropFlags make of them must be what the processor does.
func TestSequencesAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	var forms []*intForm
	for i := range integers {
		f := &integers[i]
		exact := f.undef&^FlagAF == 0 && f.op[0] != 0xf3 && f.op[0] != 0x9e && f.name != "ud2" && f.name != "xlat"
		if exact && (f.op[0] < 0xa4 || f.op[0] > 0xaf || f.op[0] == 0xa9) {
			forms = append(forms, f)
		}
	}
	r := rand.New(rand.NewSource(7))
	cases := make([]silicon.Case, 20000)
	for i := range cases {
		cases[i] = sequence(r, forms)
	}
	compareWithSilicon(t, cases, arith&^FlagAF)
}

// sequence makes a case of as many instructions as fit. RBX, RSI and R14, which addresses are made of, are not written:
// instructions that change them are left out by trial.
func sequence(r *rand.Rand, forms []*intForm) silicon.Case {
	c := intCase(r, forms[0])
	c.Len = 0
	for {
		next := intCase(r, forms[r.Intn(len(forms))])
		code := next.Code[:next.Len]
		if !harmless(code) {
			continue
		}
		if r.Intn(3) == 0 {
			code = append([]byte{0x70 | byte(r.Intn(16)), byte(len(code))}, code...)
		}
		if int(c.Len)+len(code) > 30 {
			return c
		}
		c.Len += uint32(copy(c.Code[c.Len:], code))
	}
}

// harmless tells whether code names none of RBX, RSP, RSI and R14 but in addresses.
func harmless(code []byte) bool {
	inst, err := decode.Decode(code, 64)
	if err != nil {
		return false
	}
	for _, a := range inst.Args {
		r, ok := a.(x86asm.Reg)
		if !ok {
			continue
		}
		switch n, size, _ := regNumber(r); {
		case n == RBX || n == RSP || n == RSI || n == R14:
			return false
		case size == 1 && n == 19: // BH
			return false
		}
	}
	return inst.Op != x86asm.CMPXCHG8B
}
