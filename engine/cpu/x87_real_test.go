package cpu

import (
	"encoding/binary"
	"testing"

	"vitrine/engine/mem"
)

// TestRealModeEnvironment: FNSTENV and FLDENV of real mode, in both sizes.
func TestRealModeEnvironment(t *testing.T) {
	for _, c := range []struct {
		name   string
		prefix []byte
		want   []byte // the environment from FIP on
	}{
		{"16-bit", nil, []byte{0x45, 0x23, 0xa5, 0x11, 0x56, 0x34, 0x00, 0x20}},
		{"32-bit", []byte{0x66}, []byte{0x45, 0x23, 0xff, 0xff, 0xa5, 0x11, 0, 0, 0x56, 0x34, 0xff, 0xff, 0x00, 0x20, 0, 0}},
	} {
		b := newBench()
		s := &b.c.S
		b.c.Reset()
		s.Seg[CS] = Segment{Attr: 0x9b, Limit: 0xffff}
		var code []byte
		for _, insn := range [][]byte{{0xd9, 0x36, 0x00, 0x05}, {0xdb, 0xe3}, {0xd9, 0x26, 0x00, 0x05}, {0xf4}} { // FNSTENV, FNINIT, FLDENV
			code = append(append(code, c.prefix...), insn...)
		}
		copy(b.ram.Bytes[0x8000:], code)
		b.ram.Touch(mem.FrameOf(0x8000))
		s.RIP, s.FCW, s.FTW = 0x8000, fcwInitial, tagsEmpty
		s.FIP, s.FOP, s.FDP = 0x12345, 0x1a5, 0x23456
		if e := b.c.Run(10); e != ExitHalt {
			t.Fatal(e, s.RIP)
		}
		width := 2 + 2*len(c.prefix)
		if got := b.ram.Bytes[0x500+3*width : 0x500+7*width]; string(got) != string(c.want) {
			t.Errorf("%s: % x, want % x", c.name, got, c.want)
		}
		if s.FIP != 0x12345 || s.FOP != 0x1a5 || s.FDP != 0x23456 {
			t.Errorf("%s: loaded FIP %#x FOP %#x FDP %#x", c.name, s.FIP, s.FOP, s.FDP)
		}
		if w := binary.LittleEndian.Uint16(b.ram.Bytes[0x500:]); w != fcwInitial {
			t.Errorf("%s: control word %#x", c.name, w)
		}
	}
}
