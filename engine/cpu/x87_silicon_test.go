package cpu

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"testing"

	"vitrine/scripts/silicon"
)

// interesting80 are extended values of every class, unsupported encodings among them.
var interesting80 = []Float80{
	{Sig: 0}, {SE: 0x8000}, {Sig: 1}, {Sig: 1<<63 - 1, SE: 0x8000}, {Sig: 1 << 63}, {Sig: 1 << 63, SE: 1}, {Sig: ^uint64(0), SE: 0x8001},
	{Sig: 1 << 63, SE: 0x3fff}, {Sig: 1 << 63, SE: 0xbfff}, {Sig: 3 << 62, SE: 0x4000}, {Sig: 1<<63 | 1, SE: 0x3ffe},
	{Sig: 1 << 63, SE: 0x7fff}, {Sig: 1 << 63, SE: 0xffff}, {Sig: ^uint64(0), SE: 0x7ffe}, {Sig: 1 << 63, SE: 0xfffe},
	{Sig: 1<<63 | 1, SE: 0x7fff}, {Sig: 3 << 62, SE: 0xffff}, {Sig: 3<<62 | 7, SE: 0x7fff}, {Sig: 5, SE: 0x7fff}, {Sig: 1 << 62, SE: 0x4001},
	{Sig: 1 << 63, SE: 0x403e}, {Sig: 1 << 63, SE: 0xc03e}, {Sig: ^uint64(0), SE: 0x401d}, {Sig: 0xde0b6b3a76400000, SE: 0x403a},
	{Sig: 0xde0b6b3a763ffff0, SE: 0x403a}, {Sig: 1 << 63, SE: 0x3bcd}, {Sig: 1 << 63, SE: 0x3f6a}, {Sig: 0xffffff8000000000, SE: 0x407e},
}

func extended(r *rand.Rand) Float80 {
	switch r.Intn(3) {
	case 0:
		return interesting80[r.Intn(len(interesting80))]
	case 1:
		return Float80{Sig: r.Uint64() | 1<<63, SE: uint16(r.Uint32())}
	}
	return Float80{Sig: 1<<63 | r.Uint64()&(^uint64(0)<<uint(r.Intn(64))), SE: uint16(0x3fff-8+r.Intn(80)) | uint16(r.Intn(2))<<15}
}

// randomFPU fills the x87 state: any top, mostly full registers, all modes; with unmasked also unmasked exceptions, and
// sometimes one that is pending.
func randomFPU(r *rand.Rand, c *silicon.Case, unmasked bool) {
	fcw := 0x7f | uint16(r.Intn(4))<<10 | uint16(r.Intn(4))<<8
	fsw := uint16(r.Intn(8))<<11 | uint16(r.Intn(64)) | uint16(r.Uint32())&0x4700
	if unmasked {
		fcw &^= uint16(r.Intn(64))
		if r.Intn(4) != 0 {
			fsw &^= ^fcw & 0x3f
		}
	}
	if fsw&^fcw&0x3f != 0 {
		fsw |= 0x8080
	}
	tags := byte(0xff)
	switch r.Intn(3) {
	case 0:
		tags = byte(r.Uint32())
	case 1: // the register that a push would take is free
		tags &^= 1 << ((fsw>>11 + 7) & 7)
	}
	binary.LittleEndian.PutUint16(c.FX[0:], fcw)
	binary.LittleEndian.PutUint16(c.FX[2:], fsw)
	c.FX[4] = tags
	binary.LittleEndian.PutUint16(c.FX[6:], uint16(r.Intn(1<<11)))
	binary.LittleEndian.PutUint64(c.FX[8:], r.Uint64()>>17)
	binary.LittleEndian.PutUint64(c.FX[16:], r.Uint64()>>17)
	for i := range 8 {
		v := extended(r)
		binary.LittleEndian.PutUint64(c.FX[32+16*i:], v.Sig)
		binary.LittleEndian.PutUint16(c.FX[40+16*i:], v.SE)
	}
	v := extended(r)
	if r.Intn(2) == 0 {
		binary.LittleEndian.PutUint64(c.Mem[512:], v.Sig)
		binary.LittleEndian.PutUint16(c.Mem[520:], v.SE)
	}
}

// transcendental are the opcodes D9 F0…FF that approximate; their results are tested apart.
var transcendental = map[byte]bool{0xf0: true, 0xf1: true, 0xf2: true, 0xf3: true, 0xf9: true, 0xfb: true, 0xfe: true, 0xff: true}

// x87Codes lists every x87 instruction: each memory form at [RBX], each register form with ST(0) to ST(2).
func x87Codes() (codes [][]byte) {
	for op := byte(0xd8); op <= 0xdf; op++ {
		for n := range byte(8) {
			if op == 0xd9 && n == 1 || op == 0xdb && (n == 1 || n == 4 || n == 6) || op == 0xdd && (n == 1 || n == 5) || op == 0xdf && n == 1 {
				continue // undefined, or FISTTP of SSE3
			}
			codes = append(codes, []byte{op, 3 | n<<3})
		}
		for m := 0xc0; m <= 0xff; m++ {
			if m&7 <= 2 || op == 0xd9 && m >= 0xe0 || op == 0xdb && m >= 0xe0 && m < 0xe8 {
				codes = append(codes, []byte{op, byte(m)})
			}
		}
	}
	return append(codes, []byte{0x9b}, []byte{0x66, 0xd9, 0x33}, []byte{0x66, 0xd9, 0x23}, []byte{0x66, 0xdd, 0x33}, []byte{0x66, 0xdd, 0x23})
}

func TestX87AgainstSilicon(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(5))
	byOpcode := map[byte][]silicon.Case{}
	for _, code := range x87Codes() {
		if code[0] == 0xd9 && transcendental[code[1]] {
			continue
		}
		for i := range 60 {
			c := randomCase(r, code, false)
			randomFPU(r, &c, i%3 == 0)
			byOpcode[code[0]] = append(byOpcode[code[0]], c)
		}
	}
	for op, cases := range byOpcode {
		t.Run(fmt.Sprintf("%x", op), func(t *testing.T) { compareWithSilicon(t, cases, arithFlags) })
	}
}

// TestTranscendentalAgainstSilicon allows a difference in the last bit, which the SDM does, and then one of C1; it logs how
// many results differ at all.
func TestTranscendentalAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(6))
	for _, op := range []byte{0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff} {
		t.Run(fmt.Sprintf("d9%x", op), func(t *testing.T) {
			cases := make([]silicon.Case, 1500)
			for i := range cases {
				cases[i] = randomCase(r, []byte{0xd9, op}, false)
				randomFPU(r, &cases[i], i%3 == 0)
				inDomain(r, op, &cases[i])
			}
			b, off, bad := newBench(), 0, 0
			for i, want := range silicon.Run(t, cases) {
				got := b.run(&cases[i])
				off += forgiveLastBit(&got, &want)
				if diff := difference(&got, &want, arithFlags); diff != "" && bad < 8 {
					t.Errorf("% x: %s\n\t%s", cases[i].Code[:2], diff, describe(&cases[i]))
					bad++
				}
			}
			t.Logf("%d of %d differ in the last bit", off, len(cases))
		})
	}
}

// inDomain replaces operands for which the result is undefined.
func inDomain(r *rand.Rand, op byte, c *silicon.Case) {
	x := binary.LittleEndian.Uint16(c.FX[40:])
	class := x & 0x7fff
	switch {
	case op == 0xf0 && class >= 0x3fff && class != 0x7fff:
		x = x&0x8000 | uint16(0x3ffe-r.Intn(30))
	case op == 0xf9 && class >= 0x3ffd && class != 0x7fff || op == 0xf9 && class == 0x7fff && c.FX[39] == 0x80:
		x = x&0x8000 | uint16(0x3ffc-r.Intn(30))
	case op >= 0xfb && r.Intn(2) == 0 && class != 0x7fff:
		x = x&0x8000 | uint16(0x3fff-40+r.Intn(80))
	}
	binary.LittleEndian.PutUint16(c.FX[40:], x)
}

// forgiveLastBit makes ST(0) and ST(1) alike where they are neighbours, and C1, which tells how the processor's own
// approximation was rounded, unless there was a stack fault.
func forgiveLastBit(got, want *silicon.Case) (n int) {
	u64, u16 := binary.LittleEndian.Uint64, binary.LittleEndian.Uint16
	for at := 32; at <= 48; at += 16 {
		// Without the integer bit, which shifting drops, the successor of all ones is zero with the next exponent.
		g, w := u64(got.FX[at:])<<1, u64(want.FX[at:])<<1
		ge, we := u16(got.FX[at+8:]), u16(want.FX[at+8:])
		if ge == we && (g-w == 2 || w-g == 2) || ge+1 == we && g-w == ^uint64(1) || we+1 == ge && w-g == ^uint64(1) {
			copy(got.FX[at:at+10], want.FX[at:at+10])
			n = 1
		}
	}
	if want.FX[2]&0x40 == 0 {
		got.FX[3] = got.FX[3]&^2 | want.FX[3]&2
	}
	return n
}
