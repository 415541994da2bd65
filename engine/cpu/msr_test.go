package cpu

import "testing"

// TestArchCapabilities: CPUID announces the register, which can only be read.
func TestArchCapabilities(t *testing.T) {
	if _, _, _, d := cpuid(7, 0); d>>29&1 == 0 {
		t.Error("CPUID does not report it")
	}
	s := step(t, func(s *State) { s.R[RCX] = msrArchCaps }, 0x0f, 0x32) // rdmsr
	if got := s.R[RDX]<<32 | s.R[RAX]; got != archCaps || got&1 == 0 {
		t.Errorf("reads %#x", got)
	}
	b := newPaging(0)
	b.enter(false, 0x0f, 0x30) // wrmsr
	b.c.S.R[RCX], b.c.S.R[RAX] = msrArchCaps, archCaps
	if v, code := b.trapped(t); v != VecGP || code != 0 {
		t.Errorf("written: vector %d", v)
	}
}
