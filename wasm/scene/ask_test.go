package scene

import (
	"slices"
	"testing"

	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// TestClicksAsk clicks all over three stages: what can be asked about there is asked about by its right name.
func TestClicksAsk(t *testing.T) {
	b := &view.Batch{}
	f := &b.Frame
	f.CPU = view.CPU{Mode: "long", Paging: true, RIP: 0x401000}
	f.Code = view.Code{Bits: 64, Lines: []view.Line{{Addr: 0x401000, Bytes: []byte{0x90}, Intel: "nop"}}}
	f.Term = view.Term{Rows: 2, Cols: 20, Cells: make([]view.Cell, 40)}
	for i := range f.Term.Cells {
		f.Term.Cells[i] = view.Cell{Rune: 'x', At: uint32(100 + i)}
	}
	f.RAM = view.RAM{Frames: 64, Uses: make([]uint8, 64), Chosen: view.Frame4K{Valid: true, Asked: true, Frame: 0x2a, Written: true, Bytes: make([]byte, 128)}}
	levels := make([]view.Level, 4)
	for i, name := range []string{"PML4", "PDPT", "PD", "PT"} {
		levels[i] = view.Level{Name: name, Table: uint64(i+1) << 12, Near: make([]uint64, 7), Entry: 7, Used: 1}
	}
	f.Walk = view.Walk{Valid: true, VA: 0x401000, CR3: 0x1000, Bits: 48, Entry: 8, Page: 4096, Phys: 0x5000, Levels: levels, Bytes: make([]byte, 64)}
	f.Walk.Plan = []view.WalkLevel{{Name: "PML4", Bits: 9, Shift: 39}, {Name: "PDPT", Bits: 9, Shift: 30}, {Name: "PD", Bits: 9, Shift: 21}, {Name: "PT", Bits: 9, Shift: 12}}
	p := newPicture()
	p.Model.Add(b, 0)
	for stage, wants := range map[string][]string{
		diagram.IDInstructions: {"register:rax", "register:r15", "register:rip", "register:ZF", "register:CF"},
		diagram.IDWalk:         {"entry:1:401000"},
		diagram.IDMemory:       {"frame:2a"},
		diagram.IDConsole:      {"printed"},
	} {
		p.SetStage(stage)
		var asked []string
		for y := float32(4); y < 760; y += 7 {
			for x := float32(4); x < 1100; x += 14 {
				p.Draw(1100, 760, 1, 1000, ui.Input{Inside: true, Pos: ui.Point{X: x, Y: y}, Clicked: true})
				for _, a := range p.C.Actions {
					switch {
					case a.Kind == "who":
						asked = append(asked, a.Text)
					case a.Kind == "printed" && a.N >= 100 && a.N < 140:
						asked = append(asked, a.Kind)
					}
				}
				p.SetStage(stage)
			}
		}
		for _, want := range wants {
			if !slices.Contains(asked, want) {
				slices.Sort(asked)
				t.Errorf("%s: nobody asks %q, but %q", stage, want, slices.Compact(asked))
			}
		}
	}
}
