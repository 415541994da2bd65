package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Walk is the diagram of a page walk on a real address.
var Walk = Definition{
	ID: IDWalk, Title: "Page walk", Needs: view.MaskOf(view.KindWalk), Side: true,
	Slow: Slow{What: "page faults", Kinds: view.MaskOf(view.KindPageFault), Ms: 150},
	New:  func() Diagram { return &walk{chosen: -1} },
	Card: walkCard, Badge: walkBadge,
}

type walk struct {
	chosen int    // level whose entry is explained, counted from the first; -1 the last reached
	va     uint64 // of the walk in which it was chosen
}

// Height implements Diagram.
func (d *walk) Height(m *Model, w float32) float32 {
	if n := len(m.F.Walk.Plan); w < 640 && n > 0 && len(m.F.Walk.Levels) == 0 {
		return 300
	} else if w < 640 && n > 0 {
		return 464 + 64*float32(min(n, 5))
	}
	if w < 640 {
		return 720
	}
	return 600
}

// Draw implements Diagram.
func (d *walk) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	w := &m.F.Walk
	rest := heading(c, r, "From an address to a byte", walkLead(m))
	if !drawable(w) {
		unpaged(c, m, rest)
		return
	}
	if w.VA != d.va {
		d.va, d.chosen = w.VA, -1
	}
	rest = story(c, rest, walkSteps(w))
	rest, tlb := rest.CutBottom(40, 6)
	rest, about := rest.CutBottom(96, 14)
	if rest.W < 500 {
		d.small(c, m, rest)
	} else {
		d.large(c, m, rest)
	}
	if len(w.Levels) > 0 {
		entryPanel(c, w, about, d.level(w))
	}
	tlbRow(c, m, tlb)
}

func walkLead(m *Model) string {
	w := &m.F.Walk
	switch {
	case w.Valid && len(w.Levels) == 0:
		return "The address is not canonical: its upper bits differ, and the CPU refuses it with #GP before any table is read."
	case !m.F.CPU.Paging:
		return "Paging is off: the CPU sends every address to memory as it is."
	case !w.Valid:
		return "No address has been translated by a walk yet."
	case w.Fault != "":
		return "This walk failed: " + w.Fault + ". The CPU raises #PF and puts the address into CR2."
	}
	index := 0
	for _, l := range w.Plan[:min(len(w.Levels), len(w.Plan))] {
		index += int(l.Bits)
	}
	if w.Levels[0].Reg {
		return walkMode(w) + ": the MMU looks into one of four registers, then walks the tables that it names. " + itoa(index) + " bits choose entries."
	}
	return walkMode(w) + ": the MMU walks " + plural(uint64(len(w.Levels)), "table") + " in guest memory. " + itoa(index) + " bits choose entries, the rest choose the byte."
}

// walkMode names the paging mode. SDM 3A "Four Paging Modes"
func walkMode(w *view.Walk) string {
	switch {
	case w.Entry == 4:
		return "32-bit paging"
	case w.Bits == 32:
		return "PAE paging"
	}
	return itoa(len(w.Plan)) + "-level paging"
}

// walkSteps is the walk as a story.
func walkSteps(w *view.Walk) []view.Step {
	if len(w.Levels) == 0 {
		return []view.Step{{Text: "not canonical", Now: true}, {Text: "#GP"}}
	}
	first := "TLB miss"
	if w.Hit {
		first = "TLB hit"
	}
	out := []view.Step{{Text: first, Done: true}}
	for _, l := range w.Levels {
		out = append(out, view.Step{Text: l.Name, Done: true})
	}
	last := &out[len(out)-1]
	if w.Fault != "" {
		last.Now = true
		return append(out, view.Step{Text: "#PF"})
	}
	return append(out, view.Step{Text: "frame " + hex(w.Phys>>12, 5), Done: true}, view.Step{Text: "byte", Now: true})
}

func (d *walk) level(w *view.Walk) int {
	if d.chosen >= 0 && d.chosen < len(w.Levels) {
		return d.chosen
	}
	return len(w.Levels) - 1
}

// levelColor gives a table the colour of its index bits, the same in every paging mode.
func levelColor(t *ui.Theme, name string) ui.Color {
	switch name {
	case "PML5":
		return t.Level[0]
	case "PML4":
		return t.Level[1]
	case "PDPT":
		return t.Level[2]
	case "PD":
		return t.Level[3]
	}
	return t.Level[4]
}

// drawable tells whether there is a walk whose levels follow its plan.
func drawable(w *view.Walk) bool {
	if !w.Valid || len(w.Levels) == 0 && w.Fault == "" || len(w.Levels) > len(w.Plan) || w.Bits < 32 || w.Bits > 57 {
		return false
	}
	at := w.Bits
	for _, l := range w.Plan {
		if l.Bits > 10 || l.Shift >= at {
			return false
		}
		at = l.Shift
	}
	for i := range w.Levels {
		if w.Levels[i].Name != w.Plan[i].Name {
			return false
		}
	}
	return true
}

// tables are all levels of the walk, also those that a failing walk did not come to.
func tables(w *view.Walk) []view.WalkLevel {
	if w.Fault == "" || w.Page != 0 {
		return w.Plan[:len(w.Levels)]
	}
	return w.Plan
}

// field is a group of the address's bits.
type field struct {
	name  string
	bits  int
	value uint64
	col   ui.Color
}

// cut divides the address into the bits that are copies of the sign, where there are some, the indexes, and the offset
// into the page.
func cut(t *ui.Theme, w *view.Walk) []field {
	var out []field
	if sign := 64 - int(w.Bits); sign < 32 {
		out = append(out, field{signName, sign, w.VA >> w.Bits, t.Ink3})
	}
	offset := int(w.Bits)
	for _, l := range tables(w) {
		out = append(out, field{l.Name, int(l.Bits), w.VA >> l.Shift & (1<<l.Bits - 1), levelColor(t, l.Name)})
		offset = int(l.Shift)
	}
	return append(out, field{"offset", offset, w.VA & (1<<uint(offset) - 1), t.Ink})
}

// signName is the field of the bits that are not looked at.
const signName = "sign"

// linear writes a linear address of the walk.
func linear(w *view.Walk) string {
	if w.Bits <= 32 {
		return "0x" + hex(w.VA, 8)
	}
	return "0x" + hex8(w.VA)
}

// small draws the walk for a narrow screen: one row for each level.
func (d *walk) small(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Walk
	c.Text(r.X, r.Y+10, ui.SmallM, t.Ink3, "virtual address · "+w.Why)
	c.Text(r.X, r.Y+32, ui.MonoHd, t.Ink, linear(w))
	y := r.Y + 48
	rowH := min(64, (r.H-48)/float32(len(w.Levels)+1))
	for i := range w.Levels {
		l := &w.Levels[i]
		row := ui.Rect{X: r.X, Y: y, W: r.W, H: rowH - 14}
		col := levelColor(t, l.Name)
		fill := t.Card
		if i == d.level(w) {
			fill = t.Now
		}
		c.Frame(row, 6, 1.4, fill, col)
		c.Text(row.X+10, row.CY()+4.5, ui.Head, t.Ink, l.Name)
		c.Text(row.X+62, row.CY()+4, ui.MonoM, col, bin(uint64(l.Index), int(w.Plan[i].Bits))+" = "+itoa(l.Index))
		c.TextRight(row.Right()-10, row.CY()+4, ui.MonoM, t.Ink, entryText(l.Entry))
		if _, clicked := c.Click(row, ""); clicked {
			d.chosen = i
		}
		down := ui.Path{{X: row.CX(), Y: row.Bottom() + 1}, {X: row.CX(), Y: row.Bottom() + 12}}
		if i < len(w.Levels)-1 || w.Fault == "" {
			c.Arrow(down, 1.6, 7, col)
		}
		y += rowH
	}
	if w.Fault != "" {
		c.Para(r.X, y+6, r.W, 17, 2, ui.Text, t.Ring0, w.Fault+".")
		return
	}
	row := ui.Rect{X: r.X, Y: y, W: r.W, H: rowH - 14}
	c.Frame(row, 6, 1.4, t.Card, levelColor(t, "PT"))
	c.Text(row.X+10, row.CY()+4.5, ui.Head, t.Ink, "frame "+hex(w.Phys>>12, 5))
	c.TextRight(row.Right()-10, row.CY()+4, ui.MonoM, t.Ink, "byte "+hex(w.Phys&0xFFF, 3))
}
