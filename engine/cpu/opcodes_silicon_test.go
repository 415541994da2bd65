package cpu

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"

	"vitrine/engine/mem"
	"vitrine/scripts/silicon"
)

// TestOpcodeMapsAgainstSilicon goes through the opcode maps of 64-bit mode with the prefixes that matter: what is undefined on the host's
// processor is undefined here, and the other way round.
func TestOpcodeMapsAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(41))
	b := newBench()
	low := bytes.Clone(b.ram.Bytes[:benchStack]) // which ring 0 may overwrite
	wrong := map[string]int{}
	for i, prefix := range [][]byte{nil, {0x66}, {0xf3}, {0xf2}, {0x48}, {0x66, 0xf2}, {0xf3, 0x66}, {0xf2, 0xf3}, {0xf3, 0xf2}, {0xf0}} {
		for _, escape := range [][]byte{nil, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}} {
			if i > 4 && len(escape) != 1 {
				continue
			}
			cases := opcodeCases(r, prefix, escape)
			for j, want := range silicon.Run(t, cases) {
				c := &cases[j]
				copy(b.ram.Bytes, low)
				b.ram.Touch(mem.FrameOf(benchHandlers))
				got := b.run(c)
				at := len(prefix) + len(escape)
				if here := got.Signal == silicon.SIGILL; here != (want.Signal == silicon.SIGILL) && !(here && beyond(escape, c.Code[at], c.Code[at+1])) {
					wrong[fmt.Sprintf("% x: signal %d, silicon %d", c.Code[:at+2], got.Signal, want.Signal)]++
				}
			}
		}
	}
	for what := range wrong {
		t.Error(what)
	}
}

// opcodeCases are the instructions with a prefix and an escape.
func opcodeCases(r *rand.Rand, prefix, escape []byte) (cases []silicon.Case) {
	for op := range 256 {
		for _, m := range modrms(escape, byte(op)) {
			if dangerous(escape, byte(op), m) {
				continue
			}
			code := append(append(append([]byte{}, prefix...), escape...), byte(op), m)
			c := randomCase(r, append(code, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90), false)
			c.GPR[RBP] = silicon.Data + 2048
			cases = append(cases, c)
		}
	}
	return cases
}

// modrms are the bytes to try after an opcode: memory and register forms, of the groups all register forms.
func modrms(escape []byte, op byte) (list []byte) {
	switch {
	case len(escape) == 0 && (op < 0x40 && op&7 > 3 || op >= 0x40 && op < 0x63 || op >= 0x64 && op < 0x80 && op != 0x69 && op != 0x6b ||
		op >= 0x90 && op < 0xc0 || op >= 0xc8 && op < 0xd0 || op >= 0xd4 && op < 0xd8 || op >= 0xe0 && op < 0xf6 || op >= 0xf8 && op < 0xfe),
		len(escape) == 1 && (op >= 0x05 && op < 0x0d || op >= 0x30 && op < 0x40 || op == 0x77 || op >= 0xa0 && op < 0xa3 || op >= 0xa8 && op < 0xab || op >= 0xc8 && op < 0xd0):
		return []byte{0x90} // no ModRM
	}
	for n := range byte(8) {
		list = append(list, 3|n<<3, 0xc2|n<<3)
		if len(escape) == 1 && (op == 0x01 || op == 0xae || op == 0xc7 || op == 0x1e) || len(escape) == 0 && op >= 0xd8 && op <= 0xdf {
			list = append(list, 0xc0|n<<3, 0xc1|n<<3, 0xc3|n<<3, 0xc4|n<<3, 0xc5|n<<3, 0xc6|n<<3, 0xc7|n<<3)
		}
	}
	return list
}

// beyond are instructions of features that the host's processor may have and this one does not.
func beyond(escape []byte, op, modrm byte) bool {
	switch len(escape) {
	case 1:
		// SERIALIZE, TSX, SGX, user interrupts; PTWRITE, WAITPKG, CET; XSAVES, VMX, SENDUIPI
		return op == 0x01 && modrm >= 0xc0 || op == 0xae || op == 0xc7
	case 2:
		// INVPCID, SHA, GFNI, AES, CET, MOVDIRI; PCLMULQDQ
		return escape[1] == 0x38 && (op == 0x82 || op >= 0xc8 && op <= 0xdf || op >= 0xf5) || escape[1] == 0x3a && (op == 0x44 || op >= 0xcc)
	}
	return false
}

// dangerous are instructions that would take a process elsewhere: branches, system calls, segment registers.
func dangerous(escape []byte, op, modrm byte) bool {
	reg := modrm >> 3 & 7
	switch len(escape) {
	case 0:
		switch {
		case op == 0x0f, op >= 0x70 && op <= 0x7f, op >= 0xe0 && op <= 0xe3, op >= 0xe8 && op <= 0xeb, op == 0x8e, op == 0xcd, op == 0x62,
			op == 0xc4, op == 0xc5, op >= 0xc2 && op <= 0xc3, op >= 0xca && op <= 0xcb, op == 0xcf, op == 0xff && reg >= 2 && reg <= 5,
			op >= 0x40 && op <= 0x4f, op == 0x9d, op == 0x8f && reg != 0, op == 0xc7 && modrm == 0xf8:
			return true
		}
		return isPrefix(op)
	case 1:
		switch op {
		case 0x05, 0x07, 0x34, 0x35, 0xa1, 0xa9, 0xb2, 0xb4, 0xb5, 0x38, 0x3a:
			return true
		case 0x01:
			return modrm == 0xc1 || modrm == 0xd9 || modrm == 0xef || modrm == 0xd4 || modrm == 0xca || modrm == 0xcb
		case 0xae:
			return reg < 4 && modrm >= 0xc0
		}
		return op >= 0x80 && op <= 0x8f
	}
	return false
}

func isPrefix(op byte) bool {
	switch op {
	case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3:
		return true
	}
	return false
}
