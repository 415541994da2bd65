package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// lineMs is how long a line takes from a page to its frame after a fault, in milliseconds.
const lineMs = 500

// lines joins pages with what they are in: the page or the frame under the pointer, else all pages
// that are shown of a frame that the reader has chosen, else the page that faulted last.
func (d *memory) lines(c *ui.Context, m *Model) {
	if d.over >= 0 {
		d.all(c, uint32(d.over), 1)
		return
	}
	chosen := &m.F.RAM.Chosen
	if !chosen.Asked {
		d.faulted(m) // of a chosen frame only its own lines are drawn
	}
	if b := d.focus.box; b != nil {
		p := view.Page(b.a.Cells[d.focus.cell])
		at := float32(1)
		if d.focus.fault {
			at = c.Since(m.Seen[view.KindPageFault], lineMs)
		}
		d.spotlight(c, b, d.focus.cell, at)
		if kind := p & view.PageKind; kind == view.PageSwapped {
			d.toSlot(c, b, d.focus.cell, at)
		} else if kind != view.PageNone && kind != view.PageWaiting {
			d.all(c, b.a.Frame(d.focus.cell), at)
		}
	}
	if chosen.Valid && chosen.Asked {
		d.all(c, chosen.Frame, 1)
	}
	d.moves(c, m)
}

// faulted makes the page that faulted last the one that is told of, when none is under the pointer.
func (d *memory) faulted(m *Model) {
	f := &m.F.Memory.Fault
	if d.focus.box != nil || !f.Valid {
		return
	}
	for i := range d.boxes {
		b := &d.boxes[i]
		if cell := b.a.Cell(f.VA); b.s.PID == f.PID && cell >= 0 && cell < len(b.a.Cells) {
			d.focus = spot{box: b, cell: cell, fault: true}
		}
	}
}

// spotlight marks a page.
func (d *memory) spotlight(c *ui.Context, b *areaBox, cell int, at float32) {
	r := b.square(cell)
	grow := 1.5 + 5*(1-at)
	c.Outline(r.Inset(-grow, -grow), 3, 1.6, c.Theme.Ink)
}

// all draws the lines from every page that is in a frame.
func (d *memory) all(c *ui.Context, frame uint32, at float32) {
	to, ok := d.square(int(frame))
	if !ok || frame == 0 {
		return
	}
	for i := range d.boxes {
		b := &d.boxes[i]
		for cell := range b.a.Cells {
			kind := view.Page(b.a.Cells[cell]) & view.PageKind
			if b.a.Frame(cell) == frame && kind != view.PageNone && kind != view.PageWaiting && kind != view.PageSwapped {
				d.line(c, b, cell, to, at)
			}
		}
	}
	if at > 0.7 {
		c.Outline(to.Inset(-2.5, -2.5), 3.5, 1.8, c.Theme.Ink)
	}
}

// line joins a page with where it is: from below its square beside the others of its row, then over to the frame.
func (d *memory) line(c *ui.Context, b *areaBox, cell int, to ui.Rect, at float32) {
	t, from := c.Theme, b.square(cell)
	under := ui.Point{X: from.CX(), Y: from.Bottom() + 0.5}
	if b.squares() <= b.cols {
		under.Y += 3 // what stands beside a single row is not crossed out
	}
	edge, z := ui.Point{X: b.strip.Right() + 4, Y: under.Y}, ui.Point{X: to.Right() + 2, Y: to.CY()}
	switch {
	case d.stacked && from.Y > to.Y:
		under.Y = from.Y - 0.5
		edge, z = under, ui.Point{X: to.CX(), Y: to.Bottom() + 2}
	case d.stacked:
		edge, z = under, ui.Point{X: to.CX(), Y: to.Y - 2}
	case b.right:
		edge.X = b.strip.X - 4
	default:
		z.X = to.X - 2
	}
	path := append(ui.Path{{X: under.X, Y: from.Bottom()}, under}, ui.Swing(edge, z)...)
	if d.stacked {
		half := (z.Y - edge.Y) / 2
		path = ui.Bezier(edge, ui.Point{X: edge.X, Y: edge.Y + half}, ui.Point{X: z.X, Y: z.Y - half}, z)
	}
	c.Line(path.Cut(0, at), 1.4, t.Ink)
}

// toSlot joins a page that is in swap with its slot.
func (d *memory) toSlot(c *ui.Context, b *areaBox, cell int, at float32) {
	if len(d.slots) == 1 { // of several areas it is not told which
		d.line(c, b, cell, d.slots[0].square(b.a.Frame(cell)), at)
	}
}

// moves draws pages on their way between a frame and a slot.
func (d *memory) moves(c *ui.Context, m *Model) {
	for _, kind := range []view.Kind{view.KindSwapOut, view.KindSwapIn} {
		at := c.Since(m.Seen[kind], 600)
		e := &m.Event[kind]
		frame, ok := d.square(int(e.A))
		if at >= 1 || !ok {
			continue
		}
		for i := range d.slots {
			slot := d.slots[i].square(uint32(e.B) & (1<<27 - 1))
			if d.slots[i].area != int(uint32(e.B)>>27) {
				continue
			}
			a, z := ui.Point{X: frame.CX(), Y: frame.CY()}, ui.Point{X: slot.CX(), Y: slot.CY()}
			if kind == view.KindSwapIn {
				a, z = z, a
			}
			p := ui.Bezier(a, ui.Point{X: a.X, Y: (a.Y + z.Y) / 2}, ui.Point{X: z.X, Y: (a.Y + z.Y) / 2}, z).At(at)
			chip := ui.Rect{X: p.X - 6, Y: p.Y - 6, W: 12, H: 12}
			c.Round(chip, 2, c.Theme.Anon)
			c.Outline(chip, 2, 1.2, c.Theme.Ink)
		}
	}
}
