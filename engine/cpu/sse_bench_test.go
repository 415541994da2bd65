package cpu

import (
	"testing"

	"vitrine/engine/mem"
	"vitrine/scripts/silicon"
)

// benchmarkLoop runs code, then DEC ECX, JNZ back, and reports instructions per second.
func benchmarkLoop(b *testing.B, code []byte) {
	p := newBench()
	p.longMode()
	loop := append(append([]byte{}, code...), 0xff, 0xc9, 0x0f, 0x85)
	back := -int32(len(loop) + 4)
	loop = append(loop, byte(back), byte(back>>8), byte(back>>16), byte(back>>24), 0xf4)
	copy(p.ram.Bytes[silicon.Code:], loop)
	p.ram.Touch(mem.FrameOf(silicon.Code))
	s := &p.c.S
	s.FCW, s.FTW, s.MXCSR = fcwInitial, tagsEmpty, 0x1fa0
	s.R[RBX] = silicon.Data
	s.X[2][0] = 0x3ff8 << 48
	copy(p.ram.Bytes[silicon.Data:], []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f})
	for range b.N {
		s.RIP, s.R[RCX], s.R[RSP] = silicon.Code, 100000, benchStack
		if e := p.c.Run(1 << 40); e != ExitHalt {
			b.Fatal(e, s.RIP)
		}
	}
	b.ReportMetric(float64(s.Retired)/b.Elapsed().Seconds()/1e6, "MIPS")
}

// BenchmarkSSE is the inner loop of a dot product: MOVSD, MULSD, ADDSD.
func BenchmarkSSE(b *testing.B) {
	benchmarkLoop(b, []byte{0xf2, 0x0f, 0x10, 0x0b, 0xf2, 0x0f, 0x59, 0xca, 0xf2, 0x0f, 0x58, 0xc1})
}

// BenchmarkStrlen is the inner loop of strlen: MOVDQA, PCMPEQB, PMOVMSKB.
func BenchmarkStrlen(b *testing.B) {
	benchmarkLoop(b, []byte{0x66, 0x0f, 0x6f, 0x0b, 0x66, 0x0f, 0x74, 0xca, 0x66, 0x0f, 0xd7, 0xd1})
}

// BenchmarkX87 is FLD m64, FMUL m64, FSTP m64.
func BenchmarkX87(b *testing.B) {
	benchmarkLoop(b, []byte{0xdd, 0x03, 0xdc, 0x4b, 0x08, 0xdd, 0x1b})
}
