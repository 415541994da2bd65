package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Boot is the diagram of how the machine comes from its first instruction to a prompt.
var Boot = Definition{
	ID: IDBoot, Title: "Boot", Needs: view.MaskOf(view.KindBootStep, view.KindDiskRead, view.KindMode),
	Slow: Slow{What: "steps of the boot", Kinds: view.MaskOf(view.KindBootStep, view.KindMode), Ms: 500},
	New:  func() Diagram { return &boot{} },
	Card: bootCard, Badge: bootBadge,
}

type boot struct{}

// Height implements Diagram.
func (d *boot) Height(m *Model, w float32) float32 {
	if w >= 640 {
		return 600
	}
	return 190 + 7*50 + 20 + 320 + 20*float32(len(m.F.Start.Memory)) + 60 + 17*float32(len(m.F.Start.Log)) + 40
}

// Draw implements Diagram.
func (d *boot) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	if !m.F.Start.Known {
		d.foreign(c, m, r)
		return
	}
	rest := heading(c, r, "From the reset vector to the prompt", bootLead(m))
	if r.W < 640 {
		d.column(c, m, rest)
		return
	}
	if r.W < 860 {
		d.halves(c, m, rest)
		return
	}
	path, rest := rest.CutTop(172, 18)
	bootPath(c, m, path)
	if rest.H < 120 {
		return
	}
	work, rest := rest.CutLeft(rest.W*0.34, 30)
	memory, log := rest.CutLeft(rest.W*0.4, 30)
	bootWork(c, m, work)
	bootMemory(c, m, memory)
	bootLog(c, m, log)
}

// halves is for a stage with cards beside it: the path down the left, what is done at the right, and both as lists below.
func (d *boot) halves(c *ui.Context, m *Model, r ui.Rect) {
	areas := max(5, len(m.F.Start.Memory))
	high := min(7*50, max(7*38, r.H-26-20-30*float32(areas)))
	left, right := r.CutLeft((r.W-30)/2, 30)
	path, memory := left.CutTop(high, 22)
	work, log := right.CutTop(high, 22)
	bootRows(c, m, path)
	bootWork(c, m, work)
	if memory.H > 90 {
		bootMemory(c, m, memory)
		bootLog(c, m, log)
	}
}

// column is for a narrow window.
func (d *boot) column(c *ui.Context, m *Model, r ui.Rect) {
	path, rest := r.CutTop(7*50, 20)
	bootRows(c, m, path)
	work, rest := rest.CutTop(300, 20)
	bootWork(c, m, work)
	memory, log := rest.CutTop(20*float32(len(m.F.Start.Memory))+40, 20)
	bootMemory(c, m, memory)
	bootLog(c, m, log)
}

// foreign says what is known of the start of another kernel: how the CPU works now.
func (d *boot) foreign(c *ui.Context, m *Model, r ui.Rect) {
	lead := "Nothing has been heard of the machine yet."
	if m.F.Kernel.Foreign != "" {
		lead = "Somebody else's kernel (" + m.F.Kernel.Foreign + ") was put into memory as a boot loader would, and starts by itself. Its steps are not known; how the CPU works now is."
	}
	rest := heading(c, r, "From the reset vector to the prompt", lead)
	if m.F.Kernel.Foreign == "" {
		return
	}
	t := c.Theme
	c.Text(rest.X, rest.Y+18, ui.MonoHd, t.Ink, modeWords(m))
	c.Bits(rest.X, rest.Y+32, 18, modeBits(t, view.Modes(m.F.CPU.CR0, m.F.CPU.CR4, m.F.CPU.EFER)))
	c.Text(rest.X, rest.Y+76, ui.Text, t.Ink2, m.F.Chapter)
}

// nowStage is the index of the stage reached last, -1 when there is none.
func nowStage(m *Model) int {
	for i := len(m.F.Boot) - 1; i >= 0; i-- {
		if m.F.Boot[i].Done {
			return i
		}
	}
	return -1
}

// booted tells whether the first program runs.
func booted(m *Model) bool { return len(m.F.Boot) > 0 && nowStage(m) == len(m.F.Boot)-1 }

func bootLead(m *Model) string {
	s, i := &m.F.Start, nowStage(m)
	switch {
	case s.Panic != "":
		return "Kernel panic: " + s.Panic
	case i < 0:
		return "The machine is off."
	case booted(m):
		return "Each stage loaded the next and handed the CPU over to it. " + span(m.F.Boot[i].At) + " after power-on, the first program ran. Click a stage to go back to it."
	}
	return m.F.Boot[i].Text
}

// modeWords says how instructions are read now.
func modeWords(m *Model) string {
	bits := m.F.Code.Bits
	if bits == 0 {
		return m.F.CPU.Mode + " mode"
	}
	return m.F.CPU.Mode + " mode, " + itoa(bits) + "-bit code"
}

func modeBits(t *ui.Theme, modes []view.ModeBit) []ui.Bit {
	out := make([]ui.Bit, len(modes))
	for i, b := range modes {
		fill := t.Ink2
		if b.Name == "PG" || b.Name == "LMA" {
			fill = t.Table
		}
		out[i] = ui.Bit{Name: b.Name, Set: b.Set, Fill: fill, Means: b.Means}
	}
	return out
}

// stageModes are the bits of a stage: as they are now in the present one.
func stageModes(m *Model, i int) []view.ModeBit {
	if i == nowStage(m) {
		return view.Modes(m.F.CPU.CR0, m.F.CPU.CR4, m.F.CPU.EFER)
	}
	return m.F.Boot[i].Modes()
}

// label draws a heading and as much of a remark as there is room for.
func label(c *ui.Context, r ui.Rect, head, remark string) {
	w := c.Text(r.X, r.Y+14, ui.Head, c.Theme.Ink, head) + 10
	c.TextFit(r.X+w, r.Y+14, r.W-w, ui.Small, c.Theme.Ink2, remark)
}

// toMoment goes to a moment when r is clicked.
func toMoment(c *ui.Context, r ui.Rect, at uint64, tip string) (hover bool) {
	hover, clicked := c.Click(r, tip)
	if clicked {
		c.Act(ui.Action{Kind: "seek", N: float64(at)})
	}
	return hover
}
