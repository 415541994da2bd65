package pc

import (
	"testing"

	"vitrine/scripts/hw/silicon"
)

// TestModes: the engine ends a case as the processor does, in each code size.
func TestModes(t *testing.T) {
	p := New()
	c := silicon.Case{RIP: silicon.Code + 64, At: silicon.Code + 64, Flags: 2, FCW: 0x37f, MXCSR: 0x1f80,
		Seg: [6]uint16{silicon.UserData, silicon.User64, silicon.UserData, silicon.UserData, 0, 0}}
	c.GPR[4] = silicon.Stack + 2048
	c.SetCode([]byte{0xb0, 7, 0x50})
	if e := p.Run(&c); e.Vector != 13 || e.RIP != c.RIP+3 || e.GPR[0] != 7 || e.GPR[4] != c.GPR[4]-8 || e.NWords != 1 {
		t.Errorf("64 bits: %+v", e)
	}
	c.Seg[silicon.CS] = silicon.User32
	if e := p.Run(&c); e.Vector != 13 || e.RIP != c.RIP+3 || e.GPR[0] != 7 || e.GPR[4] != c.GPR[4]-4 || e.NWords != 1 {
		t.Errorf("32 bits: %+v", e)
	}
	c.Seg = [6]uint16{silicon.Data16, silicon.Code16, silicon.Data16, silicon.Data16, silicon.Data16, silicon.Data16}
	c.RIP -= silicon.World
	c.GPR[4] -= silicon.World
	if e := p.Run(&c); e.Vector != 13 || e.RIP != c.RIP+3 || e.GPR[0] != 7 || e.GPR[4] != c.GPR[4]-2 || e.NWords != 1 {
		t.Errorf("16 bits: %+v", e)
	}
}

func BenchmarkRun(b *testing.B) {
	p := New()
	c := silicon.Case{RIP: silicon.Code + 64, At: silicon.Code + 64, Flags: 2, FCW: 0x37f, MXCSR: 0x1f80,
		Seg: [6]uint16{silicon.UserData, silicon.User64, silicon.UserData, silicon.UserData, 0, 0}}
	c.SetCode([]byte{0x90})
	for b.Loop() {
		p.Run(&c)
	}
}
