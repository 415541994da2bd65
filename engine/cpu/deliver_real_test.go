package cpu

import "testing"

// TestRealFrameInCodePage: an exception in real mode whose frame lies in the page of the running code is delivered.
// It was tried again for ever.
func TestRealFrameInCodePage(t *testing.T) {
	b := newBenchOf(2<<20).fuzz([]byte{0x0f, 0x0b}, 3, 1) // UD2
	s := &b.c.S
	s.R[RSP] = 0x800
	b.ram.Write32(VecUD*4, 0x10000010) // 1000:0010
	b.ram.Bytes[0x10010] = 0xf4        // HLT
	b.c.Run(100)
	if s.RIP != 0x11 || !s.Halted || uint16(s.R[RSP]) != 0x800-6 {
		t.Errorf("RIP %#x, RSP %#x, halted %v", s.RIP, s.R[RSP], s.Halted)
	}
}
