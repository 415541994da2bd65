package cpu

import (
	"encoding/binary"
	"math/rand"
	"testing"

	"vitrine/scripts/silicon"
)

// TestXSAVEAgainstSilicon compares with a processor that has more components: the requests are for x87 and SSE only.
func TestXSAVEAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(31))
	var cases []silicon.Case
	for _, code := range [][]byte{
		{0x0f, 0xae, 0x23}, {0x48, 0x0f, 0xae, 0x23}, {0x0f, 0xc7, 0x23}, {0x48, 0x0f, 0xc7, 0x23}, // XSAVE, XSAVEC
		{0x0f, 0xae, 0x2b}, {0x48, 0x0f, 0xae, 0x2b}, {0x0f, 0xae, 0x2b}, {0x48, 0x0f, 0xae, 0x2b}, // XRSTOR
		{0x0f, 0xae, 0x33}, // XSAVEOPT
	} {
		for i := range 400 {
			c := randomCase(r, code, false)
			randomFPU(r, &c, false)
			c.GPR[RBX] = silicon.Data + 64
			c.GPR[RAX], c.GPR[RDX] = uint64(r.Intn(4)), 0
			binary.LittleEndian.PutUint32(c.FX[24:], 0x1f80|uint32(r.Intn(2))<<6)
			clear(c.FX[8:24])
			header := c.Mem[64+512 : 64+576]
			if code[len(code)-1] == 0x2b {
				clear(c.Mem[64+26 : 64+28]) // reserved bits of MXCSR
				if r.Intn(8) == 0 {
					c.Mem[64+26] = 1
				}
				clear(c.Mem[64+8 : 64+24])
				clear(header)
				header[0] = byte(r.Intn(4))
				if i&1 != 0 {
					header[8], header[15] = byte(r.Intn(4)), 0x80
				}
				if r.Intn(8) == 0 {
					header[r.Intn(64)] |= 1 << r.Intn(8)
				}
				if header[0]&^3|header[8]&^3 != 0 || header[1]|header[9]|header[2]|header[10] != 0 {
					continue // may be a component that only the other processor has
				}
			}
			if r.Intn(16) == 0 {
				c.GPR[RBX] += 16
			}
			cases = append(cases, c)
		}
	}
	b, bad := newBench(), 0
	for i, want := range silicon.Run(t, cases) {
		got := b.run(&cases[i])
		if got.Signal != 0 && got.Signal == want.Signal {
			continue // a processor may find out about MXCSR when it has loaded other things; ours then changed nothing
		}
		if diff := difference(&got, &want, arithFlags); diff != "" && bad < 8 {
			t.Errorf("% x: %s\n\t%s", cases[i].Code[:cases[i].Len], diff, describe(&cases[i]))
			bad++
		}
	}
}

// TestXCR0 checks XSETBV's conditions, XGETBV and the mirror of CR4.OSXSAVE in CPUID.
func TestXCR0(t *testing.T) {
	for _, c := range []struct {
		eax, edx, ecx, cr4, want uint64
		vector                   uint8
	}{
		{eax: 3, want: 3}, {eax: 1, want: 1}, {eax: 2, vector: VecGP}, {eax: 7, vector: VecGP}, {eax: 3, edx: 1, vector: VecGP},
		{eax: 3, ecx: 1, vector: VecGP}, {eax: 3, cr4: CR4OSXSAVE, vector: VecUD},
	} {
		b := newBench()
		b.longMode()
		s := &b.c.S
		s.XCR0 = 1
		s.CR4 &^= c.cr4
		copy(b.ram.Bytes[silicon.Code:], []byte{0x0f, 0x01, 0xd1, 0xf4})
		s.R[RAX], s.R[RDX], s.R[RCX], s.RIP, s.R[RSP] = c.eax, c.edx, c.ecx, silicon.Code, benchStack
		b.c.Run(4)
		vector := uint8(0)
		if s.RIP >= benchHandlers && s.RIP <= benchHandlers+32 {
			vector = uint8(s.RIP - benchHandlers - 1)
		}
		if vector != c.vector || vector == 0 && s.XCR0 != c.want {
			t.Errorf("%+v: vector %d, XCR0 %d", c, vector, s.XCR0)
		}
		if _, _, x, _ := b.c.cpuid(1, 0); x>>27&1 != 0 != (c.cr4 == 0) {
			t.Errorf("OSXSAVE of CPUID is %d", x>>27&1)
		}
	}
}

// TestRandom: RDRAND gives another number each time, and the same ones for the same seed.
func TestRandom(t *testing.T) {
	var first [2]uint64
	for i := range 2 {
		b := newBench()
		b.longMode()
		b.c.S.Rand = 7
		copy(b.ram.Bytes[silicon.Code:], []byte{0x48, 0x0f, 0xc7, 0xf0, 0x48, 0x0f, 0xc7, 0xf9, 0xf4})
		b.c.S.RIP, b.c.S.R[RSP] = silicon.Code, benchStack
		b.c.Run(8)
		got := [2]uint64{b.c.S.R[RAX], b.c.S.R[RCX]}
		if b.c.S.RFLAGS&arith != FlagCF || got[0] == got[1] || i > 0 && got != first {
			t.Errorf("%x, before %x, flags %#x", got, first, b.c.S.RFLAGS)
		}
		first = got
	}
}
