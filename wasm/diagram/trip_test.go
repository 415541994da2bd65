package diagram

import (
	"testing"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// TestTrip: while the machine runs one thing travels at a time and to its end; where it stands the newest one does; nothing is
// drawn of a way whose ends cannot be seen.
func TestTrip(t *testing.T) {
	m := NewModel()
	come := func(running bool, now float64, kinds ...view.Kind) view.Kind {
		b := &view.Batch{Frame: view.Frame{Running: running, Now: uint64(now), Timer: view.Timer{Base: [2]uint8{32, 40}}}}
		for _, k := range kinds {
			b.Events = append(b.Events, view.Event{At: uint64(now), Kind: k, A: 32})
		}
		m.Add(b, now)
		return m.trip.kind
	}
	if k := come(true, 1000, view.KindInterrupt); k != view.KindInterrupt {
		t.Fatalf("%v travels", k)
	}
	if n := len(m.legs(m.trip)); n != 4 {
		t.Errorf("the timer's interrupt has %d legs, want 4: to the 8259, to the CPU, to the IDT, to the handler", n)
	}
	if k := come(true, 1500, view.KindSyscall); k != view.KindInterrupt {
		t.Errorf("%v has taken the place of what was on its way", k)
	}
	if k := come(true, 6000, view.KindSyscall, view.KindSwitch); k != view.KindSyscall {
		t.Errorf("after the interrupt's way %v travels", k)
	}
	if k := come(false, 6010, view.KindDiskRead, view.KindPageFault); k != view.KindPageFault {
		t.Errorf("where the machine stands %v travels, not what came last", k)
	}
	c := ui.NewContext(ui.NewFonts(ui.Fixed{}, 1024, 1024))
	drawn := func(parts map[station]ui.Rect) int {
		m.Begin()
		for s, r := range parts {
			m.place(s, r)
		}
		c.Begin(1, 6100, ui.Input{})
		DrawTrip(c, m)
		return len(c.V)
	}
	mmu, kernel := ui.Rect{W: 100, H: 50}, ui.Rect{X: 300, W: 100, H: 50}
	if drawn(map[station]ui.Rect{spotMMU: mmu}) != 0 || c.Moving {
		t.Error("something goes to a part that is not there")
	}
	if drawn(map[station]ui.Rect{spotMMU: mmu, spotKernel: mmu}) != 0 {
		t.Error("something goes from a part to itself")
	}
	if drawn(map[station]ui.Rect{spotMMU: mmu, spotKernel: kernel}) == 0 || !c.Moving {
		t.Error("nothing goes from the MMU to the kernel")
	}
	if c.Reduced = true; drawn(map[station]ui.Rect{spotMMU: mmu, spotKernel: kernel}) != 0 || c.Moving {
		t.Error("something moves for who wants no motion")
	}
}
