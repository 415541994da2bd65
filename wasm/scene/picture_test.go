package scene

import (
	"fmt"
	"math"
	"testing"

	"vitrine/engine/trace"
	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// sizes of windows, in CSS pixels: a projector, laptops, a tablet, phones, and silly ones.
var sizes = [][2]float32{{2560, 1400}, {1440, 770}, {1100, 760}, {1024, 600}, {720, 900}, {390, 760}, {320, 480}, {200, 100}, {1, 1}}

func newPicture() *Picture { return New(ui.NewContext(ui.NewFonts(ui.Fixed{}, 2048, 1024))) }

// TestEmpty draws every stage before the machine has sent anything.
func TestEmpty(t *testing.T) {
	p := newPicture()
	drawAll(t, p)
}

// TestOdd draws every stage from frames whose parts contradict each other, as a damaged batch could have them.
func TestOdd(t *testing.T) {
	p := newPicture()
	for seed := range uint64(40) {
		r := random(seed*977 + 1)
		p.Model.Add(r.batch(), float64(seed))
		drawAll(t, p)
	}
}

func drawAll(t *testing.T, p *Picture) {
	t.Helper()
	for _, d := range diagram.All {
		p.SetStage(d.ID)
		if p.Stage() != d.ID {
			t.Fatalf("stage is %q, want %q", p.Stage(), d.ID)
		}
		for i, s := range sizes {
			p.Embed = (i+len(d.ID))%2 == 0
			in := ui.Input{Inside: true, Pos: ui.Point{X: s[0] * 0.3, Y: s[1] * 0.4}, Clicked: true, Wheel: 1}
			p.Draw(s[0], s[1], 2, 1000, in)
			p.SetStage(d.ID)
			checkVertices(t, p, d.ID, s)
		}
	}
}

func checkVertices(t *testing.T, p *Picture, stage string, size [2]float32) {
	t.Helper()
	for _, i := range p.C.I {
		if int(i) >= len(p.C.V) {
			t.Fatalf("%s at %v: index %d of %d vertices", stage, size, i, len(p.C.V))
		}
	}
	for _, v := range p.C.V {
		if sum := float64(v.DstX + v.DstY + v.ColorA + v.Custom0); math.IsNaN(sum) || math.IsInf(sum, 0) {
			t.Fatalf("%s at %v: a vertex is not finite: %+v", stage, size, v)
		}
	}
}

// TestLayout checks that the parts of a layout lie in the window and not on each other.
func TestLayout(t *testing.T) {
	for _, s := range [][2]float32{{2560, 1400}, {2000, 1000}, {1440, 900}, {1440, 770}, {1100, 760}, {1024, 900}, {720, 980}, {390, 700}, {320, 480}} {
		for cards := range 3 {
			for _, badges := range []int{0, 1, 5, 9, 30} {
				for i := range 8 {
					checkLayout(t, Arrange(s[0], s[1], Wants{Cards: cards, Badges: badges, CPU: i&1 != 0, Console: i&2 != 0, NoStory: i&4 != 0, Stage: 600}), s)
				}
			}
		}
	}
}

func checkLayout(t *testing.T, l Layout, size [2]float32) {
	t.Helper()
	parts := map[string]ui.Rect{"stage": l.Stage, "console": l.Console, "story": l.Story}
	for i, r := range l.Cards {
		parts[fmt.Sprint("card ", i)] = r
	}
	for i, r := range l.Badges {
		parts[fmt.Sprint("badge ", i)] = r
	}
	window := ui.Rect{W: size[0], H: l.Height}
	for name, r := range parts {
		if r.W == 0 {
			continue
		}
		if r.X < -0.01 || r.Y < -0.01 || r.Right() > window.W+0.01 || r.Bottom() > window.H+0.01 {
			t.Errorf("%v: %s %v leaves the window", size, name, r)
		}
		for other, q := range parts {
			if o := r.Intersect(q); name < other && o.W > 0.01 && o.H > 0.01 {
				t.Errorf("%v: %s lies on %s: %v", size, name, other, o)
			}
		}
	}
}

// modes are the paging modes as the machine describes them, and one that is none.
var modes = []struct{ plan []view.WalkLevel }{
	{[]view.WalkLevel{{Name: "PD", Bits: 10, Shift: 22}, {Name: "PT", Bits: 10, Shift: 12}}},
	{[]view.WalkLevel{{Name: "PDPT", Bits: 2, Shift: 30}, {Name: "PD", Bits: 9, Shift: 21}, {Name: "PT", Bits: 9, Shift: 12}}},
	{[]view.WalkLevel{{Name: "PML4", Bits: 9, Shift: 39}, {Name: "PDPT", Bits: 9, Shift: 30}, {Name: "PD", Bits: 9, Shift: 21}, {Name: "PT", Bits: 9, Shift: 12}}},
	{[]view.WalkLevel{{Name: "PML5", Bits: 9, Shift: 48}, {Name: "PML4", Bits: 9, Shift: 39}, {Name: "PDPT", Bits: 9, Shift: 30}, {Name: "PD", Bits: 9, Shift: 21}, {Name: "PT", Bits: 9, Shift: 12}}},
	{[]view.WalkLevel{{Name: "PT", Bits: 200, Shift: 99}}},
}

// random makes frames without sense.
type random uint64

func (r *random) next(n int) int {
	*r = *r*6364136223846793005 + 1442695040888963407
	return int(uint64(*r) >> 33 % uint64(n))
}

func (r *random) word() uint64 {
	r.next(2)
	return uint64(*r) >> uint(r.next(60))
}

func (r *random) batch() *view.Batch {
	b := &view.Batch{}
	f := &b.Frame
	f.Now, f.Retired, f.Running, f.Rate = r.word(), r.word(), r.next(2) == 0, r.word()
	f.CPU = view.CPU{RIP: r.word(), CR0: r.word(), CR3: r.word(), Mode: []string{"real", "protected", "long", ""}[r.next(4)], Ring: uint8(r.next(4)), Paging: r.next(2) == 0,
		IDTFrame: uint32(r.next(1 << 20)), IDT: r.word(), Halted: r.next(3) == 0}
	for range r.next(20) {
		l := view.Line{Addr: r.word(), Bytes: make([]byte, r.next(16)), Intel: "mov rax, rbx", Target: r.word(), Symbol: []string{"", "main"}[r.next(2)]}
		for range r.next(5) {
			l.Parts = append(l.Parts, view.Part{Kind: view.PartKind(r.next(12)), Len: uint8(r.next(9))})
		}
		f.Code.Lines = append(f.Code.Lines, l)
	}
	f.Code.Current = r.next(30) - 5
	f.Code.Operands = make([]view.Operand, r.next(5))
	f.Timer = view.Timer{Reload: uint32(r.next(3)), Count: uint32(r.word()), Period: r.word(), NextAt: r.word(), INTR: r.next(2) == 0, IRR: [2]uint8{uint8(r.next(256)), uint8(r.next(256))}}
	f.Kernel.Booted, f.Kernel.Current, f.Kernel.Foreign = r.next(3) > 0, r.next(9), []string{"", "", "Linux"}[r.next(3)]
	f.Code.Bits = []int{0, 16, 32, 64}[r.next(4)]
	for i := range r.next(12) {
		f.Kernel.Tasks = append(f.Kernel.Tasks, view.Task{PID: i, Comm: "prog", State: []string{"running", "ready", "sleeping", "zombie", "?"}[r.next(5)],
			Used: r.word(), Slice: r.word() * uint64(r.next(2)), Frame: make([]uint64, r.next(30))})
		f.Kernel.Queue = append(f.Kernel.Queue, r.next(14))
	}
	f.Walk = view.Walk{Valid: r.next(4) > 0, VA: r.word(), Phys: r.word(), Page: r.word(), BytesAt: r.word(), Bytes: make([]byte, r.next(65)), Fault: []string{"", "P = 0"}[r.next(2)]}
	f.Walk.Plan, f.Walk.Bits, f.Walk.Entry = modes[r.next(len(modes))].plan, []uint8{32, 48, 57, 200}[r.next(4)], uint8(4+4*r.next(2))
	for i := range r.next(len(f.Walk.Plan) + 1) {
		f.Walk.Levels = append(f.Walk.Levels, view.Level{Name: f.Walk.Plan[i].Name, Index: r.next(1100), Entry: r.word(), First: r.next(600), Near: make([]uint64, r.next(9)), Reg: r.next(4) == 0})
	}
	for range r.next(4) * r.next(2) {
		f.Walk.Levels = append(f.Walk.Levels, view.Level{Name: []string{"PML5", "PML4", "PD", "?"}[r.next(4)], Index: r.next(600), First: r.next(600), Near: make([]uint64, r.next(9))})
	}
	f.RAM.Frames = r.next(5000)
	f.RAM.Uses = make([]uint8, r.next(5000))
	for i := range f.RAM.Uses {
		f.RAM.Uses[i] = uint8(r.next(14))
	}
	f.RAM.Hot = []uint32{uint32(r.next(9000))}
	f.RAM.Facts, f.RAM.Written, f.RAM.Code = r.next(2) == 0, []uint64{r.word(), r.word()}, make([]uint64, r.next(200))
	f.RAM.Chosen = view.Frame4K{Valid: r.next(3) > 0, Asked: r.next(2) == 0, Frame: uint32(r.next(9000)), Use: view.Use(r.next(25)), Written: r.next(2) == 0, At: r.word(),
		Writer: uint64(r.next(2)) * r.word(), Known: true, Refs: int32(r.next(9)) - 3, Bytes: make([]byte, r.next(140)), Maps: make([]view.Mapping, r.next(8)), More: r.next(4)}
	f.Memory = r.memory()
	f.Cow = view.Cow{Valid: r.next(2) == 0, Active: r.next(12) - 2, NewFrame: 1, CopiedBy: r.next(3), Rows: make([]view.CowRow, r.next(14))}
	for i := range f.Cow.Rows {
		f.Cow.Rows[i].A = view.CowPage{Present: r.next(2) == 0, Frame: uint32(r.next(3)), PTE: r.word(), Refs: int32(r.next(9)) - 2, Use: view.Use(r.next(int(view.NumUses)))}
		f.Cow.Rows[i].B = view.CowPage{Present: r.next(2) == 0, Frame: uint32(r.next(3)), PTE: r.word()}
	}
	f.Rings = view.Rings{IDTBase: r.word(), Gates: make([]view.Gate, r.next(300)), Doors: make([]view.Door, r.next(40)), Crossings: make([]view.Crossing, r.next(60)),
		Saved: view.Saved{Door: r.next(50) - 5, Open: r.next(2) == 0, Lies: r.next(2) == 0, From3: r.next(2) == 0, From: []string{"", view.StackKept, "TSS.RSP0"}[r.next(3)], Top: r.word()},
		Time:  [5]uint64{r.word(), r.word(), r.word(), r.word(), r.word()}, User: view.Excerpt{Lines: f.Code.Lines, Current: r.next(9) - 2, Known: true}, Inner: view.Excerpt{Current: r.next(9)}}
	for i := range f.Rings.Gates {
		f.Rings.Gates[i] = view.Gate{Vector: uint8(r.next(256)), Kind: uint8(r.next(32)), DPL: uint8(r.next(4)), IST: uint8(r.next(8)), Target: r.word()}
	}
	for i := range f.Rings.Doors {
		f.Rings.Doors[i] = view.Door{Kind: view.DoorKind(r.next(9)), Vector: uint16(r.next(1 << 16)), Name: "#PF", Count: r.word(), At: r.word()}
	}
	for i := range f.Rings.Crossings {
		f.Rings.Crossings[i] = view.Crossing{At: r.word(), Kind: view.DoorKind(r.next(9)), Back: r.next(2) == 0, How: "iret", To: uint8(r.next(7))}
	}
	for range r.next(7) {
		f.Rings.Saved.Words = append(f.Rings.Saved.Words, view.Word{Name: "RIP", Value: r.word(), Addr: r.word()})
	}
	r.processes(&f.Procs)
	r.startup(f)
	f.Disk = view.Disk{Sectors: uint64(r.next(3)) * 1000, LBA: r.word(), Reads: 1}
	f.Term = view.Term{Rows: r.next(40), Cols: r.next(140), CurX: r.next(200) - 20, CurY: r.next(60) - 9, CurOn: true}
	f.Term.Cells = make([]view.Cell, r.next(f.Term.Rows*f.Term.Cols+2))
	if r.next(2) == 0 {
		f.Term.Cells = make([]view.Cell, f.Term.Rows*f.Term.Cols)
		for i := range f.Term.Cells {
			f.Term.Cells[i] = view.Cell{Rune: int32(r.next(0x3000)), FG: uint32(r.word()), BG: uint32(r.word()), Attr: uint16(r.word())}
		}
	}
	for range r.next(60) {
		b.Events = append(b.Events, trace.Event{At: r.word(), A: uint64(r.next(9)), B: uint64(r.next(9)), Kind: trace.Kind(r.next(int(trace.NumKinds) + 4)), Task: uint16(r.next(9)), Ring: uint8(r.next(4))})
	}
	return b
}

// memory is nonsense about address spaces and swap.
func (r random) memory() view.Memory {
	v := view.Memory{Known: r.next(3) > 0, Chosen: r.next(4), Asked: r.next(2) == 0, Many: make([]uint64, r.next(60)), PIDs: make([]int, r.next(3)),
		Fault: view.Fault{Valid: r.next(2) == 0, PID: r.next(3), VA: uint64(r.next(40)) << 12, Frame: uint32(r.next(3000))}, Reclaimed: uint64(r.next(2)),
		Files: []view.CachedFile{{Pages: 3}, {Name: "/lib/x", Pages: 9, Size: 4}}}
	v.Room = view.Room{Policy: []string{"clock", "lru", "fifo"}[r.next(3)], Hand: uint32(r.next(9000)), Oldest: uint32(r.next(9000)), High: uint32(r.next(3)), Free: uint32(r.next(99)),
		Left: []view.Left{{Frame: uint32(r.next(9000)), Use: view.Use(r.next(30))}}, Beats: make([]view.Beat, r.next(50)), Beat: 1000}
	for range r.next(3) {
		s := view.Space{PID: r.next(3), Comm: "prog", Own: make([]uint64, r.next(50))}
		for i := range r.next(60) {
			n := r.next(300)
			a := view.Region{Start: uint64(i) << 20, End: uint64(i)<<20 + uint64(n)<<12, Prot: []string{"", "r-xp", "rw-s"}[r.next(3)], Name: []string{"", "/lib/x", "[heap]"}[r.next(3)],
				Per: uint32(r.next(3)), Cells: make([]uint8, n), Frames: make([]uint32, r.next(300)), Filled: make([]uint8, r.next(9))}
			for k := range a.Cells {
				a.Cells[k] = uint8(r.next(256))
			}
			s.Areas = append(s.Areas, a)
		}
		v.Spaces = append(v.Spaces, s)
	}
	for range r.next(3) {
		a := view.SwapArea{Path: "/dev/sdb", Slots: 99, Per: uint32(r.next(3)), Cells: make([]view.SwapCell, r.next(600))}
		for k := range a.Cells {
			a.Cells[k] = view.SwapCell{Used: uint16(r.next(3)), Cached: uint16(r.next(2)), PID: int32(r.next(4))}
		}
		v.Swap = append(v.Swap, a)
	}
	return v
}

// BenchmarkDraw measures how long composing one picture takes.
func BenchmarkDraw(b *testing.B) {
	p := newPicture()
	r := random(5)
	for range 20 {
		p.Model.Add(r.batch(), 1)
	}
	for _, d := range diagram.All {
		b.Run(d.ID, func(b *testing.B) {
			p.SetStage(d.ID)
			for b.Loop() {
				p.Draw(1440, 770, 2, 1000, ui.Input{})
			}
			b.ReportMetric(float64(len(p.C.V)), "vertices")
		})
	}
}
