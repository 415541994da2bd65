package cpu

import (
	"bytes"
	"math/rand"
	"testing"
)

// TestMovsByThePage: repeated MOVS in both directions, over pages, onto itself, gives the same in one Run, where pages are
// copied at once, as instruction by instruction.
func TestMovsByThePage(t *testing.T) {
	const area, size = 0x200000, 0x8000
	r := rand.New(rand.NewSource(1))
	for i := range 300 {
		code := [][]byte{{0xf3, 0xa4, 0xf4}, {0xf3, 0x48, 0xa5, 0xf4}, {0xf3, 0x66, 0xa5, 0xf4}}[i%3]
		count := uint64(r.Intn(0x500))
		from, to := area+size/2+uint64(r.Intn(0x1000))-0x800, area+size/2+uint64(r.Intn(0x1000))-0x800
		if i%5 == 0 {
			to = from + uint64(r.Intn(33)) - 16 // little between them
		}
		flags := uint64(2)
		if i%2 == 1 {
			flags |= FlagDF
		}
		var got [2][]byte
		var regs [2][16]uint64
		for k := range got {
			b := newPaging(0)
			rand.New(rand.NewSource(int64(i))).Read(b.ram.Bytes[area : area+size])
			b.enter(false, code...)
			s := &b.c.S
			s.RFLAGS, s.R[RCX], s.R[RSI], s.R[RDI] = flags, count, from, to
			for n := [2]uint64{1 << 20, 1}[k]; b.c.Run(n) != ExitHalt; {
			}
			got[k], regs[k] = bytes.Clone(b.ram.Bytes[area:area+size]), s.R
		}
		if !bytes.Equal(got[0], got[1]) || regs[0] != regs[1] {
			t.Fatalf("%d: % x from %#x to %#x, %d times, flags %#x: at once and one by one differ", i, code, from, to, count, flags)
		}
	}
}
