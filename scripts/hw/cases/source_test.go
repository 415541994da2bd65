package cases

import (
	"testing"

	"vitrine/engine/cpu"
	"vitrine/scripts/hw/silicon"
)

// TestSource: every definition has forms unless it cannot be asked, and a test's number is all that it depends on.
func TestSource(t *testing.T) {
	s := NewSource(7, nil)
	have := map[string]bool{}
	for _, op := range s.Ops() {
		have[op.String()] = true
	}
	for _, d := range cpu.Definitions() {
		if have[d.Op.String()] == (Unasked(d.Op) != "") {
			t.Errorf("%v: has forms: %v", d.Op, have[d.Op.String()])
		}
	}
	for i := range uint64(2000) {
		a, b := s.Test(i), s.Test(i)
		if a != b {
			t.Fatalf("test %d is not always the same", i)
		}
		if a.Len == 0 || a.At < silicon.Code || a.At >= silicon.CodeEnd {
			t.Errorf("test %d: % x at %#x", i, a.Code(), a.At)
		}
	}
}
