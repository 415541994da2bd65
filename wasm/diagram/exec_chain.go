package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// chain draws the files that were looked at, one below the other, each with the formats in the order in which they were asked.
func (d *execDiagram) chain(c *ui.Context, e *view.Exec, r ui.Rect) {
	t := c.Theme
	w := c.Text(r.X, r.Y+12, ui.Head, t.Ink, "formats, asked in turn")
	if r.W-w > 90 {
		c.TextFit(r.X+w+10, r.Y+12, r.W-w-10, ui.Small, t.Ink3, plural(uint64(len(e.Levels)), "level"))
	}
	body := ui.Rect{X: r.X, Y: r.Y + 22, W: r.W, H: r.H - 22}
	pitch := min(46, body.H/float32(len(e.Levels)))
	for i := range e.Levels {
		row := ui.Rect{X: body.X, Y: body.Y + float32(i)*pitch, W: body.W, H: pitch - 4}
		d.level1(c, e, i, row)
	}
	below := body.Y + pitch*float32(len(e.Levels)) + 4
	formatWords(c, &e.Levels[d.level], ui.Rect{X: body.X, Y: below, W: body.W, H: body.Bottom() - below})
}

// formatWords says what each format said of a file, as far as there is room.
func formatWords(c *ui.Context, l *view.ExecLevel, r ui.Rect) {
	t := c.Theme
	y := r.Y + 12
	for i := range l.Steps {
		s := &l.Steps[i]
		if y > r.Bottom()+6 {
			return
		}
		ink := t.Ink2
		if s.Mine {
			ink = t.Ink
		}
		w := max(44, c.Text(r.X+9, y, ui.SmallM, ink, s.Format)+8)
		c.TextFit(r.X+9+w, y, r.W-w-9, ui.Small, ink, s.Note)
		y += 16
	}
}

// level1 draws one level.
func (d *execDiagram) level1(c *ui.Context, e *view.Exec, i int, r ui.Rect) {
	t := c.Theme
	l := &e.Levels[i]
	hover, clicked := c.Click(r, "")
	if clicked {
		d.level = i
	}
	fill, edge := t.Card, t.Line
	if i == d.level && len(e.Levels) > 1 {
		fill, edge = t.Now.Mix(t.Card, 0.4), t.NowLine
	} else if hover {
		edge = t.Ink3
	}
	c.Frame(r, 6, 1, fill, edge)
	x := r.X + 9
	if r.H < 39 {
		w := r.W * 0.45
		c.TextFit(x, r.CY()+4, w-14, ui.MonoM, t.Ink, l.Path)
		d.formats(c, l, x+w, r.CY()-8, r.Right()-6)
		return
	}
	c.TextFit(x, r.Y+15, r.W-18, ui.MonoM, t.Ink, l.Path)
	d.formats(c, l, x, r.Y+20, r.Right()-6)
}

// formats draws who was asked and what each said.
func (d *execDiagram) formats(c *ui.Context, l *view.ExecLevel, x, y, right float32) {
	t := c.Theme
	for i := range l.Steps {
		s := &l.Steps[i]
		name := s.Format
		if name == "compat_elf" {
			name = "elf 32"
		}
		w := c.Width(ui.SmallM, name) + 14
		if s.Mine {
			w += 12
		}
		if x+w > right {
			c.Text(x, y+12, ui.Small, t.Ink3, "…")
			return
		}
		r := ui.Rect{X: x, Y: y, W: w, H: 17}
		switch {
		case s.Mine:
			c.Round(r, 8, t.Granted)
			c.Text(x+7, y+12.5, ui.SmallB, t.OnAccent, name)
			tick(c, ui.Point{X: r.Right() - 11, Y: r.CY()}, t.OnAccent)
		case s.Errno != "ENOEXEC":
			c.Round(r, 8, t.Ring0)
			c.Text(x+7, y+12.5, ui.SmallB, t.OnAccent, name)
		default:
			c.Outline(r, 8, 1, t.Line)
			c.Text(x+7, y+12.5, ui.SmallM, t.Ink3, name)
			c.Line(ui.Path{{X: r.X + 5, Y: r.CY()}, {X: r.Right() - 5, Y: r.CY()}}, 1, t.Ink3)
		}
		c.Hover(r, formatTip(s))
		x += w + 5
	}
	if n := len(l.Steps); n > 0 {
		last := &l.Steps[n-1]
		word, ink := "mine", t.Granted
		if !last.Mine {
			word, ink = last.Errno, t.Ring0
		}
		c.TextFit(x+2, y+12.5, right-x-2, ui.SmallB, ink, word)
	}
}

// tick draws a check mark.
func tick(c *ui.Context, at ui.Point, col ui.Color) {
	c.Line(ui.Path{{X: at.X - 4, Y: at.Y}, {X: at.X - 1.3, Y: at.Y + 2.7}}, 1.6, col)
	c.Line(ui.Path{{X: at.X - 1.3, Y: at.Y + 2.7}, {X: at.X + 3.7, Y: at.Y - 3}}, 1.6, col)
}

// formatTip tells what a format looked at and said.
func formatTip(s *view.ExecStep) string {
	text := loadName(s.Format)
	if s.Looked > 0 {
		text += " looked at the first " + itoa(s.Looked) + " bytes"
	}
	text += ": " + s.Note
	for _, m := range s.Tried {
		fits := ", no"
		if m.Fits {
			fits = ", yes"
		}
		if m.Extension != "" {
			text += "; entry " + m.Name + ", extension ." + m.Extension + fits
			continue
		}
		text += "; entry " + m.Name + ", magic"
		for _, b := range m.Magic[:min(len(m.Magic), 8)] {
			text += " " + hex(uint64(b), 2)
		}
		text += " at " + itoa(m.Offset) + fits
	}
	return text
}
