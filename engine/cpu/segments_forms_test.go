package cpu

import (
	"encoding/binary"
	"math/rand"
	"testing"

	"vitrine/scripts/silicon"
	"vitrine/scripts/silicon/segments"
)

// segmentForm is a group of instructions that access memory or change segments.
type segmentForm struct {
	name string
	code func(g *segmentGen) []byte // without prefixes that gen chooses
}

// segmentGen chooses encodings.
type segmentGen struct {
	r    *rand.Rand
	wide bool // 32-bit addresses
	pre  []byte
}

func (g *segmentGen) of(b ...byte) byte { return b[g.r.Intn(len(b))] }

// mem is a ModR/M byte with a memory operand, and its displacement.
func (g *segmentGen) mem(reg byte) []byte {
	d := byte(g.r.Intn(16) - 8)
	rm := g.of(3, 5, 6, 7)
	if !g.wide {
		rm = g.of(4, 5, 6, 7)
	}
	switch g.r.Intn(4) {
	case 0:
		return []byte{reg<<3 | rm | 0x40, d}
	case 1:
		if g.wide {
			return []byte{0x80 | reg<<3 | rm, d, byte(g.r.Intn(2)), 0, 0}
		}
		return []byte{0x80 | reg<<3 | rm, d, byte(g.r.Intn(2))}
	}
	return []byte{0x40 | reg<<3 | rm, 0}
}

// with is op with a memory operand.
func with(reg byte, op ...byte) func(g *segmentGen) []byte {
	return func(g *segmentGen) []byte {
		n := reg
		if n == 8 {
			n = g.of(0, 1, 2, 3, 5, 6, 7) // not ESP
		}
		return append(append([]byte(nil), op...), g.mem(n)...)
	}
}

// either is one of several forms.
func either(forms ...func(g *segmentGen) []byte) func(g *segmentGen) []byte {
	return func(g *segmentGen) []byte { return forms[g.r.Intn(len(forms))](g) }
}

func bytesOf(b ...byte) func(g *segmentGen) []byte { return func(*segmentGen) []byte { return b } }

// segmentForms: R is 8 where any register will do.
var segmentForms = []segmentForm{
	{"load", either(with(8, 0x8b), with(8, 0x8a), with(8, 0x3b), with(8, 0x0f, 0xb6), with(8, 0x0f, 0xb7), with(8, 0x0f, 0x44), with(8, 0x0f, 0xaf))},
	{"store", either(with(8, 0x89), with(8, 0x88), with(0, 0x0f, 0x94), func(g *segmentGen) []byte { return append(with(0, 0xc6)(g), 0x5a) })},
	{"modify", either(with(8, 0x01), with(8, 0x00), with(0, 0xff), with(2, 0xf7), with(4, 0xd1), with(8, 0x87), with(8, 0x0f, 0xc1), with(8, 0x0f, 0xb1), with(1, 0x0f, 0xc7),
		func(g *segmentGen) []byte { return append(g.lock(), with(8, 0x01)(g)...) })},
	{"bits", either(with(8, 0x0f, 0xa3), with(8, 0x0f, 0xab), with(8, 0x0f, 0xb3))},
	{"sse", either(with(8, 0x0f, 0x10), with(8, 0x0f, 0x11), with(8, 0x0f, 0x28), with(8, 0x0f, 0x29), with(8, 0xf3, 0x0f, 0x10), with(8, 0xf2, 0x0f, 0x11), with(8, 0x66, 0x0f, 0xd6), with(8, 0x0f, 0x58), with(8, 0x0f, 0x12))},
	{"x87", either(with(0, 0xd9), with(2, 0xdd), with(0, 0xdd), with(7, 0xdb), with(5, 0xdb), with(7, 0xd9), with(7, 0xdd), with(0, 0xdf), with(6, 0xdd), with(6, 0xd9))},
	{"fxsave", either(with(0, 0x0f, 0xae))},
	{"far load", either(with(8, 0xc4), with(8, 0xc5), with(8, 0x0f, 0xb5), with(8, 0x0f, 0xb2))},
	{"bound", with(8, 0x62)},
	{"push m", either(with(6, 0xff), with(0, 0x8f))},
	{"near branch m", either(with(2, 0xff), with(4, 0xff))},
	{"far branch m", either(with(3, 0xff), with(5, 0xff))},
	{"mov seg", either(with(0, 0x8e), with(3, 0x8e), with(2, 0x8e), with(5, 0x8e), with(0, 0x8c), with(2, 0x8c), bytesOf(0x8e, 0xd8), bytesOf(0x8e, 0xd0), bytesOf(0x8c, 0xd8))},
	{"xlat", bytesOf(0xd7)},
	{"string", func(g *segmentGen) []byte {
		op := []byte{g.of(0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf)}
		if g.r.Intn(2) == 0 {
			return append([]byte{g.of(0xf2, 0xf3)}, op...)
		}
		return op
	}},
	{"push", func(g *segmentGen) []byte { return []byte{g.of(0x50, 0x55, 0x54, 0x06, 0x0e, 0x16, 0x1e, 0x60, 0x9c)} }},
	{"pop", func(g *segmentGen) []byte { return []byte{g.of(0x58, 0x5b, 0x5c, 0x07, 0x1f, 0x17, 0x61, 0xc9)} }},
	{"pushgs", either(bytesOf(0x0f, 0xa8), bytesOf(0x0f, 0xa9))},
	{"enter", func(g *segmentGen) []byte { return []byte{0xc8, byte(g.r.Intn(40)), 0, byte(g.r.Intn(5))} }},
	{"call", func(g *segmentGen) []byte {
		if g.r.Intn(2) == 0 {
			return []byte{g.of(0xc3, 0xcb)}
		}
		return []byte{g.of(0xc2, 0xca), byte(g.r.Intn(3) * 4), 0}
	}},
	{"iret", bytesOf(0xcf)},
	{"selectors", either(with(8, 0x0f, 0x02), with(8, 0x0f, 0x03), with(4, 0x0f, 0x00), with(5, 0x0f, 0x00), with(8, 0x63))},
	{"flow", func(g *segmentGen) []byte {
		return []byte{g.of(0xeb, 0x74, 0x75, 0xe2, 0xe3), byte(g.r.Intn(256))}
	}},
	{"int", either(bytesOf(0xcc), bytesOf(0xcd, 3), bytesOf(0xcd, 0x50), bytesOf(0xce), bytesOf(0xf1), bytesOf(0xf4), bytesOf(0xfa), bytesOf(0xec))},
}

func (g *segmentGen) lock() []byte { return []byte{0xf0} }

// place chooses prefixes and puts the code into its segment, behind it a jump to the end.
func place(r *rand.Rand, f *segmentForm, c *segments.Case) {
	long := r.Intn(2) == 0
	c.CS = uint32(segments.Selector(1))
	if long {
		c.CS = uint32(segments.Selector(0))
	}
	g := segmentGen{r: r, wide: long}
	var code []byte
	if r.Intn(4) == 0 {
		code = append(code, 0x67)
		g.wide = !g.wide
	}
	if r.Intn(3) == 0 && f.name != "fxsave" {
		code = append(code, 0x66)
	}
	if r.Intn(2) == 0 {
		code = append(code, [...]byte{0x26, 0x2e, 0x36, 0x3e, 0x65}[r.Intn(5)])
	}
	code = append(code, f.code(&g)...)
	if !long {
		code = append(code, 0x66)
	}
	code = append(code, 0xea)
	code = binary.LittleEndian.AppendUint32(code, segments.Done)
	code = binary.LittleEndian.AppendUint16(code, segments.UserCode)
	c.Len = uint32(copy(c.Code[:], code))
	c.At = uint32(r.Intn(0x2000))
	if r.Intn(8) == 0 { // at the end of a shortened segment
		n := int(c.CS >> 3)
		c.LDT[n].Limit = c.At + uint32(r.Intn(int(c.Len)+2))
	}
	c.Start = c.At
}

// TestSegmentsAgainstSilicon compares what limits, types, stacks and far transfers do.
func TestSegmentsAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	for i := range segmentForms {
		f := &segmentForms[i]
		t.Run(f.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(int64(i)))
			cases := make([]segments.Case, 200)
			for j := range cases {
				cases[j] = segmentCase(r, f)
			}
			b, bad := newSegments(), 0
			for j, want := range segments.Run(t, cases) {
				got := b.runSegments(&cases[j])
				if d := segmentDifference(&got, &want, f.name == "x87"); d != "" {
					in := &cases[j]
					t.Errorf("case %d: % x:%s\n\tCS %#x DS %#x ES %#x SS %#x GS %#x, registers %#x, flags %#x\n\t%v", j, in.Code[:in.Len], d, in.CS, in.DS, in.ES, in.SS, in.GS,
						in.GPR, in.Flags, in.LDT)
					if bad++; bad >= 5 {
						return
					}
				}
			}
		})
	}
}
