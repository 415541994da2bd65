package main

import (
	"testing"

	"vitrine/engine/cpu"
	"vitrine/engine/mmu"
	"vitrine/wasm/view"
)

// paged puts a machine into a paging mode, with tables that map one address by a 4 KiB page, and returns the address.
func paged(t *testing.T, mode mmu.Mode) (s *Session, va uint64) {
	t.Helper()
	s, err := NewSession(nil, nil, Options{Kernel: foreignKernel(t), Mem: 16 << 20, Paused: true})
	if err != nil {
		t.Fatal(err)
	}
	va = uint64(0x8060_3456)
	st, ram := &s.comp.M.CPU.S, s.comp.M.RAM
	st.CR0 |= cpu.CR0PE | cpu.CR0PG
	st.CR3, st.CR4 = 0x200000, cpu.CR4PSE
	if mode == mmu.Legacy {
		ram.Write32(0x200000+va>>22*4, 0x201000|mmu.P|mmu.W|mmu.U)
		ram.Write32(0x201000+va>>12&1023*4, 0x345000|mmu.P|mmu.W|mmu.A)
		return s, va
	}
	st.CR4 |= cpu.CR4PAE
	st.PDPTE = [4]uint64{0x201000 | mmu.P, 0, 0x201000 | mmu.P, 0}
	ram.Write64(0x201000+va>>21&511*8, 0x202000|mmu.P|mmu.W|mmu.U)
	ram.Write64(0x202000+va>>12&511*8, 0x345000|mmu.P|mmu.W|mmu.A)
	return s, va
}

// The walk shown is the walk: its levels have the widths of the mode, and their entries are what memory holds.
func TestWalkModes(t *testing.T) {
	for _, c := range []struct {
		mode  mmu.Mode
		names []string
		bits  []uint8
	}{{mmu.Legacy, []string{"PD", "PT"}, []uint8{10, 10}}, {mmu.PAE, []string{"PDPT", "PD", "PT"}, []uint8{2, 9, 9}}} {
		s, va := paged(t, c.mode)
		s.Command(view.Command{Kind: "walk", Addr: va})
		w := &s.Batch().Frame.Walk
		if !w.Valid || w.Bits != 32 || uint64(w.Entry) != c.mode.EntrySize() || len(w.Levels) != len(c.names) || len(w.Plan) != len(c.names) {
			t.Fatalf("mode %d: %+v", c.mode, w)
		}
		for i := range c.names {
			l, plan := &w.Levels[i], w.Plan[i]
			if l.Name != c.names[i] || plan.Bits != c.bits[i] || uint64(l.Index) != va>>plan.Shift&(1<<plan.Bits-1) || l.Reg != (c.mode == mmu.PAE && i == 0) {
				t.Errorf("mode %d level %d: %+v, plan %+v", c.mode, i, l, plan)
			}
			if len(l.Near) == 0 || l.Near[l.Index-l.First] != l.Entry || l.Used == 0 {
				t.Errorf("mode %d level %d: entry %x, around it %x from %d on", c.mode, i, l.Entry, l.Near, l.First)
			}
		}
		if w.Phys != 0x345456 || w.Page != 4096 || w.Fault != "" {
			t.Errorf("mode %d: %x leads to %x, %q", c.mode, va, w.Phys, w.Fault)
		}
	}
}
