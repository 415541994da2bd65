package cpu

import "testing"

// step runs one instruction in ring 0 of 64-bit mode, set up by prepare.
func step(t *testing.T, prepare func(*State), code ...byte) *State {
	t.Helper()
	b := newPaging(0)
	b.enter(false, code...)
	prepare(&b.c.S)
	b.c.Run(1)
	if at := b.c.S.RIP; at >= benchHandlers && at < benchHandlers+32 {
		t.Errorf("% x: exception %d", code, at-benchHandlers)
	}
	return &b.c.S
}

func TestSelectors(t *testing.T) {
	s := step(t, func(s *State) { s.R[RCX] = 0x33 }, 0x0f, 0x02, 0xc1) // lar %ecx, %eax
	if s.R[RAX] != 0xaffb00 || s.RFLAGS&FlagZF == 0 {
		t.Errorf("LAR of the user's code: %#x", s.R[RAX])
	}
	s = step(t, func(s *State) { s.R[RCX] = 0x2b }, 0x0f, 0x03, 0xc1) // lsl %ecx, %eax
	if s.R[RAX] != 0xffffffff || s.RFLAGS&FlagZF == 0 {
		t.Errorf("LSL of the user's data: %#x", s.R[RAX])
	}
	s = step(t, func(s *State) { s.R[RCX], s.R[RAX] = 0x100, 7 }, 0x0f, 0x03, 0xc1)
	if s.R[RAX] != 7 || s.RFLAGS&FlagZF != 0 {
		t.Errorf("LSL beyond the GDT: %#x, flags %#x", s.R[RAX], s.RFLAGS)
	}
	for _, c := range []struct {
		sel         uint64
		read, write bool
	}{{0x10, true, false}, {0x18, true, true}, {0, false, false}} {
		r := step(t, func(s *State) { s.R[RCX] = c.sel }, 0x0f, 0x00, 0xe1).RFLAGS&FlagZF != 0
		w := step(t, func(s *State) { s.R[RCX] = c.sel }, 0x0f, 0x00, 0xe9).RFLAGS&FlagZF != 0
		if r != c.read || w != c.write {
			t.Errorf("selector %#x: VERR %v VERW %v", c.sel, r, w)
		}
	}
}

func TestSysenter(t *testing.T) {
	s := step(t, func(s *State) {
		s.SysenterCS, s.SysenterEIP, s.SysenterESP, s.RFLAGS = 0x10, 0x5555, 0x6666, 2|FlagIF
	}, 0x0f, 0x34)
	if s.RIP != 0x5555 || s.R[RSP] != 0x6666 || s.Seg[CS].Sel != 0x10 || s.Seg[SS].Sel != 0x18 || s.RFLAGS != 2 {
		t.Errorf("SYSENTER: RIP %#x RSP %#x CS %#x", s.RIP, s.R[RSP], s.Seg[CS].Sel)
	}
	s = step(t, func(s *State) { s.SysenterCS, s.R[RDX], s.R[RCX] = 0x10, 0x1234, 0x5678 }, 0x48, 0x0f, 0x35)
	if s.RIP != 0x1234 || s.R[RSP] != 0x5678 || s.Seg[CS].Sel != 0x33 || s.CPL() != 3 {
		t.Errorf("SYSEXIT: RIP %#x RSP %#x CS %#x", s.RIP, s.R[RSP], s.Seg[CS].Sel)
	}
}

// TestDecimal has the examples of the SDM and the corners; it runs in 32-bit protected mode.
func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		name      string
		code      []byte
		ax, flags uint64
		want      uint64
		carry     bool
	}{
		{"aaa", []byte{0x37}, 0x000f, 0, 0x0105, true},
		{"aaa none", []byte{0x37}, 0x0215, 0, 0x0205, false},
		{"aas", []byte{0x3f}, 0x020d, 0, 0x0107, true},
		{"daa", []byte{0x27}, 0x00ae, 0, 0x0014, true},
		{"daa none", []byte{0x27}, 0x0042, 0, 0x0042, false},
		{"das", []byte{0x2f}, 0x00ee, 0, 0x0088, true},
		{"aam", []byte{0xd4, 10}, 0x0063, 0, 0x0909, false},
		{"aad", []byte{0xd5, 10}, 0x0907, 0, 0x0061, false},
	} {
		b := newBenchOf(2<<20).fuzz(append(c.code, 0xf4), 2, 1)
		s := &b.c.S
		s.R[RAX], s.RFLAGS = c.ax, 2|c.flags
		if e := b.c.Run(10); e != ExitHalt || s.R[RAX] != c.want || s.RFLAGS&FlagCF != 0 != c.carry {
			t.Errorf("%s: exit %d AX %#x flags %#x", c.name, e, s.R[RAX], s.RFLAGS)
		}
	}
}

// TestUndefined: what CPUID does not report raises #UD.
func TestUndefined(t *testing.T) {
	for name, code := range map[string][]byte{
		"vzeroupper": {0xc5, 0xf8, 0x77}, "vmcall": {0x0f, 0x01, 0xc1}, "ud1": {0x0f, 0xb9, 0xc0},
		"lock mov": {0xf0, 0x89, 0x03}, "aaa": {0x37},
	} {
		b := newPaging(0)
		b.enter(false, code...)
		if v, _ := b.trapped(t); v != VecUD {
			t.Errorf("%s: vector %d", name, v)
		}
	}
}

// TestTooLong: #GP, not #UD, for more than 15 bytes.
func TestTooLong(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90)
	if v, code := b.trapped(t); v != VecGP || code != 0 {
		t.Errorf("vector %d", v)
	}
}
