package cpu

import "testing"

// realCase runs code in real mode at 1000:0000 with all segments there and HLT as handler of every exception at 2000:v.
func realCase(prepare func(*bench, *State), code ...byte) *bench {
	b := newBenchOf(2<<20).fuzz(append(code, 0xf4), 3, 4)
	s := &b.c.S
	s.RFLAGS, s.DR[7] = 2, 0x400
	s.R[RSP] = 0x8000
	for v := range uint64(32) {
		b.ram.Write32(4*v, uint32(0x20000000|v))
		b.ram.Bytes[0x20000+v] = 0xf4
	}
	prepare(b, s)
	b.c.debugChanged()
	b.c.modeChanged()
	return b
}

// TestRealLimits: in real mode an access must not go across the end of 64 KiB, unless protected mode left a larger limit.
func TestRealLimits(t *testing.T) {
	nothing := func(*bench, *State) {}
	for _, c := range []struct {
		name    string
		prepare func(*bench, *State)
		code    []byte
		want    int // vector, or −1
	}{
		{"word at FFFF", nothing, []byte{0xa1, 0xff, 0xff}, VecGP},
		{"byte at FFFF", nothing, []byte{0xa0, 0xff, 0xff}, -1},
		{"word at FFFF through SS", nothing, []byte{0x36, 0xa1, 0xff, 0xff}, VecSS},
		{"word at FFFF through CS", nothing, []byte{0x2e, 0xa1, 0xff, 0xff}, VecGP},
		{"store through CS", nothing, []byte{0x2e, 0xa3, 0x00, 0x80}, -1},
		{"PUSH with SP 1", func(_ *bench, s *State) { s.R[RSP] = 1 }, []byte{0x50}, VecDF}, // nor can #SS push
		{"POP at FFFF", func(_ *bench, s *State) { s.R[RSP] = 0xffff }, []byte{0x58}, VecSS},
		{"32-bit address above 64 KiB", func(_ *bench, s *State) { s.R[RBX] = 0x10000 }, []byte{0x67, 0x8a, 0x03}, VecGP},
		{"the same with a large limit", func(_ *bench, s *State) { s.R[RBX], s.Seg[DS].Limit = 0x10000, ^uint32(0) }, []byte{0x67, 0x8a, 0x03}, -1},
		{"a large limit stays when a selector is loaded", func(_ *bench, s *State) { s.R[RBX], s.R[RAX], s.Seg[DS].Limit = 0x10000, 0x1000, ^uint32(0) },
			[]byte{0x8e, 0xd8, 0x67, 0x8a, 0x03}, -1},
		{"jump beyond the segment", nothing, []byte{0x66, 0xe9, 0, 0, 1, 0}, VecGP},
		{"far jump beyond the segment", nothing, []byte{0x66, 0xea, 0, 0, 1, 0, 0, 0x10}, VecGP},
	} {
		b := realCase(c.prepare, c.code...)
		s := &b.c.S
		e := b.c.Run(20)
		got := -1
		if s.Seg[CS].Sel == 0x2000 {
			got = int(s.RIP) - 1
		}
		if c.want == VecDF {
			if e != ExitShutdown && got != VecDF {
				t.Errorf("%s: exit %d, vector %d", c.name, e, got)
			}
			continue
		}
		if e != ExitHalt || got != c.want {
			t.Errorf("%s: exit %d, vector %d, want %d", c.name, e, got, c.want)
		}
	}
}

// TestRealStringWrap: a repeated string instruction goes on at 0 after FFFF, and words must not lie across.
func TestRealStringWrap(t *testing.T) {
	b := realCase(func(b *bench, s *State) {
		s.R[RDI], s.R[RCX], s.R[RAX] = 0xfff0, 0x20, 0x55
		s.Seg[ES] = Segment{Sel: 0x4000, Base: 0x40000, Limit: 0xffff, Attr: 0x93}
	}, 0xf3, 0xaa) // rep stosb
	if e := b.c.Run(100); e != ExitHalt || b.ram.Bytes[0x4fff0] != 0x55 || b.ram.Bytes[0x4000f] != 0x55 || b.ram.Bytes[0x50000] != 0 || b.c.S.R[RDI] != 0x10 {
		t.Errorf("exit %d, DI %#x, memory %#x %#x %#x", e, b.c.S.R[RDI], b.ram.Bytes[0x4fff0], b.ram.Bytes[0x4000f], b.ram.Bytes[0x50000])
	}
}

// TestEndOfCode: running on beyond FFFF is #GP, not a jump to 0.
func TestEndOfCode(t *testing.T) {
	b := realCase(func(b *bench, s *State) {
		b.ram.Bytes[0x1ffff] = 0x90
		s.RIP = 0xffff
	})
	if e := b.c.Run(20); e != ExitHalt || b.c.S.Seg[CS].Sel != 0x2000 || b.c.S.RIP != VecGP+1 {
		t.Errorf("exit %d at %#x:%#x", e, b.c.S.Seg[CS].Sel, b.c.S.RIP)
	}
}
