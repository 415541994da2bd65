package silicon

import "testing"

// TestModes: one instruction in each code size, and a fault of each kind, end as the processor's manual says.
func TestModes(t *testing.T) {
	h, err := Start()
	if err != nil {
		t.Skip(err)
	}
	defer h.Close()
	c64 := Case{RIP: Code + 64, At: Code + 64, Flags: 2, FCW: 0x37f, MXCSR: 0x1f80,
		Seg: [6]uint16{UserData, User64, UserData, UserData, 0, 0}}
	c64.GPR[4] = Stack + 2048
	c32, c16 := c64, c64
	c32.Seg[CS], c32.Seg[FS], c32.Seg[GS] = User32, UserData, UserData
	c16.Seg = [6]uint16{Data16, Code16, Data16, Data16, Data16, Data16}
	c16.RIP -= World
	c16.GPR[4] -= World
	end := func(c Case, code ...byte) End {
		c.SetCode(code)
		e, err := h.Run([]Case{c})
		if err != nil {
			t.Fatal(err)
		}
		return e[0]
	}
	for i, c := range []Case{c64, c32, c16} {
		e := end(c, 0xb0, 7, 0x50) // mov al, 7; push ax/eax/rax
		n := uint64(8) >> i
		if e.Vector != 13 || e.RIP != c.RIP+3 || e.GPR[0] != 7 || e.GPR[4] != c.GPR[4]-n || e.NWords != 1 {
			t.Errorf("mode %d: %+v", i, e)
		}
		e = end(c, 0x0f, 0x0b)
		if e.Vector != 6 || e.RIP != c.RIP || e.NWords != 0 {
			t.Errorf("mode %d: %+v", i, e)
		}
	}
	if e := end(c64, 0x48, 0x8b, 0x04, 0x25, 0, 0x60, 0, 0x10); e.Vector != 14 || e.Err != 4 || e.CR2 != Hole {
		t.Errorf("read of a hole: %+v", e)
	}
	if e := end(c64, 0x0f, 0x05); e.Vector != Escaped {
		t.Errorf("syscall: %+v", e)
	}
	if e := end(c64, 0xeb, 0xfe); e.Vector != Timeout {
		t.Errorf("endless loop: %+v", e)
	}
}

func BenchmarkHost(b *testing.B) {
	h, err := Start()
	if err != nil {
		b.Skip(err)
	}
	defer h.Close()
	c := Case{RIP: Code + 64, At: Code + 64, Flags: 2, FCW: 0x37f, MXCSR: 0x1f80, Seg: [6]uint16{UserData, User64, UserData, UserData, 0, 0}}
	c.SetCode([]byte{0x90})
	cases := make([]Case, 1000)
	for i := range cases {
		cases[i] = c
	}
	for n := 0; n < b.N; n += len(cases) {
		if _, err := h.Run(cases); err != nil {
			b.Fatal(err)
		}
	}
}
