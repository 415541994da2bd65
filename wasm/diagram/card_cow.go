package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// cowCard is two address spaces as columns of squares, joined to their frames.
func cowCard(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Cow
	if !w.Valid || w.Shared == 0 && w.Parent.Comm != w.Child.Comm {
		c.Para(r.X, r.Y+14, r.W, 17, 0, ui.Text, t.Ink2, "No two processes share memory that one of them could write to. fork() would make them.")
		return
	}
	foot := float32(22)
	_, body := r.CutTop(24, 0)
	body.H -= foot
	c.TextFit(r.X, r.Y+12, r.W/2-8, ui.MonoM, t.Ink, itoa(w.Parent.PID)+" "+w.Parent.Comm)
	child := c.Fit(ui.MonoM, itoa(w.Child.PID)+" "+w.Child.Comm, r.W/2-8)
	c.TextRight(r.Right(), r.Y+12, ui.MonoM, t.Ink, child)
	n := min(len(w.Rows), max(1, int(body.H/15)))
	first := max(0, min(w.Active-n/2, len(w.Rows)-n))
	pitch := min(24, body.H/float32(max(1, n)))
	for i := range n {
		cowCardRow(c, w, first+i, ui.Rect{X: body.X, Y: body.Y + float32(i)*pitch, W: body.W, H: pitch - 4})
	}
	c.TextFit(r.X, r.Bottom()-3, r.W, ui.Small, t.Ink2, itoa(w.Shared)+" of "+itoa(w.Total)+" frames shared · "+group(w.Copies)+" copied so far")
}

// cowCardRow draws one page as both have it.
func cowCardRow(c *ui.Context, w *view.Cow, i int, r ui.Rect) {
	t := c.Theme
	row := &w.Rows[i]
	side, mid := float32(34), float32(46)
	a, b := ui.Rect{X: r.X, Y: r.Y, W: side, H: r.H}, ui.Rect{X: r.Right() - side, Y: r.Y, W: side, H: r.H}
	f := ui.Rect{X: r.CX() - mid/2, Y: r.Y, W: mid, H: r.H}
	shared := row.A.Present && row.B.Present && row.A.Frame == row.B.Frame
	fa, fb := f, f
	if !shared && row.A.Present && row.B.Present {
		fa.X, fb.X = f.X-mid*0.62, f.X+mid*0.62
	}
	for _, s := range []struct {
		page      *view.CowPage
		box, to   ui.Rect
		left, own bool
		pid       int
	}{{&row.A, a, fa, true, true, w.Parent.PID}, {&row.B, b, fb, false, !shared, w.Child.PID}} {
		if !s.page.Present {
			c.Outline(s.box, 4, 1, t.Soft)
			continue
		}
		col := useColor(t, s.page.Use)
		line := ui.Path{{X: s.box.Right(), Y: s.box.CY()}, {X: s.to.X, Y: s.box.CY()}}
		if !s.left {
			line = ui.Path{{X: s.to.Right(), Y: s.box.CY()}, {X: s.box.X, Y: s.box.CY()}}
		}
		c.Line(line, 1.6, col)
		edge, fill := t.Line, t.Card
		if i == w.Active && w.CopiedBy == s.pid {
			edge, fill = t.Ring0, t.Now
		}
		c.Frame(s.box, 4, 1.3, fill, edge)
		if s.page.PTE&bitW != 0 {
			c.TextMid(s.box.CX(), s.box.CY()+3.6, ui.MonoSB, t.Granted, "W")
		}
		c.Hover(s.box, "page "+hex(row.VA, 8)+" ("+row.Name+") of pid "+itoa(s.pid)+", entry "+hex(s.page.PTE, 16))
		if s.own {
			c.Frame(s.to, 4, 1.2, t.Card.Mix(col, 0.25), col)
			c.TextMid(s.to.CX(), s.to.CY()+3.6, ui.MonoSB, t.Ink, hex(uint64(s.page.Frame), 3))
		}
	}
}

// consoleCard is the end of what the console shows.
func consoleCard(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	c.Round(r, 5, t.Term)
	f := ui.Face{Mono: true, Weight: 400, Size: 10}
	n := max(1, int((r.H-14)/15))
	for i, line := range lastLines(&m.F.Term, n) {
		c.TextFit(r.X+10, r.Y+18+15*float32(i), r.W-20, f, t.TermInk, line)
	}
}
