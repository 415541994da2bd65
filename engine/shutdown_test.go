package engine

import (
	"testing"

	"vitrine/engine/cpu"
)

// A triple fault is told of where it happened, and then resets the CPU: the machine starts again at the reset vector.
func TestShutdownResets(t *testing.T) {
	m := New(Config{RAM: MinRAM})
	s := m.CPU.S
	s.CR0 |= cpu.CR0PE
	s.Seg[cpu.CS] = cpu.Segment{Sel: 8, Attr: 0xc09b, Limit: ^uint32(0)}
	s.RIP = 0x1000
	s.IDTR = cpu.Table{} // no gate for anything
	m.CPU.SetState(s)
	m.RAM.WriteAt([]byte{0x0f, 0x0b}, 0x1000) // UD2
	if e := m.Run(100); e.Reason != Shutdown || m.CPU.S.RIP != 0x1000 {
		t.Fatalf("%v at %#x", e.Reason, m.CPU.S.RIP)
	}
	if e := m.Run(m.Now() + 1); e.Reason != Reset || m.CPU.S.RIP != 0xfff0 || m.CPU.S.CR0&cpu.CR0PE != 0 {
		t.Errorf("%v at %#x", e.Reason, m.CPU.S.RIP)
	}
}
