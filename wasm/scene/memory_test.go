package scene

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// memoryBatch is two processes that share a page of a library; one of them has a page in swap.
func memoryBatch() *view.Batch {
	b := &view.Batch{}
	f := &b.Frame
	f.RAM = view.RAM{Frames: 512, Uses: make([]uint8, 512), Chosen: view.Frame4K{Valid: true, Frame: 0x30}}
	f.RAM.Uses[0x2a], f.RAM.Uses[0x30] = uint8(view.UsePageCache), uint8(view.UseAnon)
	library := func(start uint64) view.Region {
		return view.Region{Start: start, End: start + 2<<12, Prot: "r-xp", Name: "/lib/libc.so", Per: 1, Cells: []uint8{uint8(view.PageFile | view.PageMany), uint8(view.PageWaiting)}, Frames: []uint32{0x2a, 0}}
	}
	stack := view.Region{Start: 0x7ff000, End: 0x801000, Prot: "rw-p", Name: "[stack]", Per: 1, Cells: []uint8{uint8(view.PageSwapped), uint8(view.PageAnon | view.PageWritable)}, Frames: []uint32{5, 0x30}, Swapped: 1, Present: 1}
	own := make([]uint64, 8)
	own[0] = 1 << 0x2a
	f.Memory = view.Memory{Known: true, Chosen: 7, PIDs: []int{7, 9, 12}, Many: own,
		Spaces: []view.Space{{PID: 7, Comm: "seven", Areas: []view.Region{library(0x400000), stack}, Own: own}, {PID: 9, Comm: "nine", Areas: []view.Region{library(0x500000)}, Own: own}},
		Room:   view.Room{Policy: "clock", Hand: 0x60, Low: 4, High: 8, Free: 300},
		Swap:   []view.SwapArea{{Path: "/dev/sdb", Slots: 9, Used: 1, Per: 1, Cells: make([]view.SwapCell, 10)}}}
	f.Memory.Swap[0].Cells[5] = view.SwapCell{Used: 1, PID: 12, VA: 0x7ff000}
	return b
}

// TestMemoryClicks clicks all over the diagram of memory: a page leads to its walk in its own address space, a slot and a name to
// a process, a square to its frame, and one may look closer.
func TestMemoryClicks(t *testing.T) {
	p := newPicture()
	p.Model.Add(memoryBatch(), 0)
	p.SetStage(diagram.IDMemory)
	p.Draw(1440, 650, 1, 1000, ui.Input{})
	r := p.layout.Stage
	did := map[string]int{}
	for y := r.Y + 4; y < r.Bottom(); y += 6 {
		for x := r.X + 4; x < r.Right(); x += 6 {
			p.Draw(1440, 650, 1, 1000, ui.Input{Inside: true, Pos: ui.Point{X: x, Y: y}, Clicked: true})
			for _, a := range p.C.Actions {
				did[fmt.Sprint(a.Kind, " ", a.Text, " ", a.N, " ", fmt.Sprintf("%x", a.Addr))]++
			}
		}
	}
	for _, want := range []string{"walk  7 400000", "walk  7 401000", "walk  9 500000", "walk  7 7ff000", "walk  7 800000", "stage walk 0 0",
		"space  9 0", "space  12 0", "frame  42 0", "frame  48 0", "frame  127 0"} {
		if did[want] == 0 {
			t.Errorf("nothing does %q", want)
		}
	}
	if did["walk  9 400000"] > 0 {
		t.Error("a page is walked in another's address space")
	}
}

// TestMemoryOld: the diagram's name in older links still opens it, and the twin tells what it shows.
func TestMemoryOld(t *testing.T) {
	p := newPicture()
	if p.SetStage("frames"); p.Stage() != diagram.IDMemory {
		t.Errorf("%q is on stage", p.Stage())
	}
	b := memoryBatch()
	lines := strings.Split(view.MakeTwin(&b.Frame).Pages, "\n")
	for _, want := range []string{"    F,", "    _a", "  slots 5–5: pid 12 from 7ff000", "the hand points to frame 60"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}
