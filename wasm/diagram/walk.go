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
}

type walk struct {
	chosen int    // level whose entry is explained, counted from the first; -1 the last reached
	va     uint64 // of the walk in which it was chosen
}

// Height implements Diagram.
func (d *walk) Height(_ *Model, w float32) float32 {
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
	entryPanel(c, w, about, d.level(w))
	tlbRow(c, m, tlb)
}

func walkLead(m *Model) string {
	w := &m.F.Walk
	switch {
	case w.Valid && len(w.Levels) == 0:
		return "The address is not canonical: its upper bits differ, and the CPU refuses it before any table is read."
	case !m.F.CPU.Paging:
		return "Paging is off: the CPU sends every address to memory as it is."
	case !w.Valid:
		return "No address has been translated by a walk yet."
	case w.Fault != "":
		return "This walk failed: " + w.Fault + ". The CPU raises #PF and puts the address into CR2."
	}
	return "The MMU walks " + itoa(len(w.Levels)) + " tables in guest memory. " + itoa(9*len(w.Levels)) + " bits choose entries, the rest choose the byte."
}

// walkSteps is the walk as a story.
func walkSteps(w *view.Walk) []view.Step {
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

// levelColor gives a table the colour of its index bits: PT is always the last of five.
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

// allTables are the levels of paging from the root down. SDM 3A "Paging".
var allTables = []string{"PML5", "PML4", "PDPT", "PD", "PT"}

// drawable tells whether there is a walk whose levels follow each other.
func drawable(w *view.Walk) bool {
	if !w.Valid || len(w.Levels) == 0 {
		return false
	}
	all := allTables
	if w.Levels[0].Name != all[0] {
		all = all[1:]
	}
	if len(w.Levels) > len(all) {
		return false
	}
	for i := range w.Levels {
		if w.Levels[i].Name != all[i] {
			return false
		}
	}
	return true
}

// tables names all tables of the walk, also those that a failing walk did not come to.
func tables(w *view.Walk) []string {
	all := allTables
	if w.Levels[0].Name != all[0] {
		all = all[1:]
	}
	if w.Fault == "" || w.Page != 0 {
		all = all[:len(w.Levels)]
	}
	return all
}

// field is a group of the address's bits.
type field struct {
	name  string
	bits  int
	value uint64
	col   ui.Color
}

// cut divides the address into the bits that are copies of the sign, the indexes, and the offset into the page.
func cut(t *ui.Theme, w *view.Walk) []field {
	names := tables(w)
	used := 48
	if names[0] == "PML5" {
		used = 57
	}
	offset := used - 9*len(names)
	out := []field{{itoa(64 - used), 64 - used, w.VA >> uint(used), t.Ink3}}
	for i, name := range names {
		shift := uint(used - 9*(i+1))
		out = append(out, field{name, 9, w.VA >> shift & 511, levelColor(t, name)})
	}
	return append(out, field{"offset", offset, w.VA & (1<<uint(offset) - 1), t.Ink})
}

// small draws the walk for a narrow screen: one row for each level.
func (d *walk) small(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Walk
	c.Text(r.X, r.Y+10, ui.SmallM, t.Ink3, "virtual address · "+w.Why)
	c.Text(r.X, r.Y+32, ui.MonoHd, t.Ink, "0x"+hex8(w.VA))
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
		c.Text(row.X+62, row.CY()+4, ui.MonoM, col, bin(uint64(l.Index), 9)+" = "+itoa(l.Index))
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
