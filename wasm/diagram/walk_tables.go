package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// large draws the address, the tables side by side, and the frame.
func (d *walk) large(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Walk
	c.Text(r.X, r.Y+10, ui.SmallM, t.Ink3, "virtual address · "+w.Why)
	c.TextRight(r.Right(), r.Y+10, ui.MonoBig, t.Ink, linear(w))
	_, rest := r.CutTop(20, 0)
	address, below := rest.CutTop(46, 32)
	boxes := d.address(c, w, address)
	names := tables(w)
	gap := max(24, min(36, r.W*0.045))
	cols := below.Columns(len(names)+1, gap)
	rows := 7
	if below.H < 24+7*20 {
		rows = 5
	}
	rowH := min(40, (below.H-24)/float32(rows))
	var from ui.Point
	for i := range w.Levels {
		l := &w.Levels[i]
		col := levelColor(t, l.Name)
		chosen := d.table(c, cols[i], i, l, rowH, rows, w)
		d.fromIndex(c, boxes[i+len(boxes)-len(names)-1], ui.Point{X: cols[i].X + 8, Y: below.Y - 3}, col)
		if i > 0 {
			to := ui.Point{X: cols[i].X - 2, Y: cols[i].Y + 22 + rowH/2}
			c.Arrow(ui.Swing(from, to), 1.8, 8, levelColor(t, w.Levels[i-1].Name))
		}
		from = ui.Point{X: chosen.Right() + 1, Y: chosen.CY()}
	}
	for i := len(w.Levels); i < len(names); i++ {
		unread(c, cols[i], names[i].Name, rowH, rows)
	}
	last := cols[len(cols)-1]
	if w.Fault != "" {
		d.failed(c, w, from, last)
		return
	}
	c.Arrow(ui.Swing(from, ui.Point{X: last.X - 2, Y: last.Y + 22 + rowH/2}), 1.8, 8, levelColor(t, w.Levels[len(w.Levels)-1].Name))
	d.frame(c, w, ui.Rect{X: last.X, Y: last.Y, W: last.W, H: 22 + float32(rows)*rowH})
}

// address draws the bits of the address in groups.
func (d *walk) address(c *ui.Context, w *view.Walk, r ui.Rect) []ui.Rect {
	t := c.Theme
	fields := cut(t, w)
	total := float32(0)
	weights := make([]float32, len(fields))
	for i, f := range fields {
		weights[i] = 1.0 + float32(min(f.bits, 21))*0.05
		if f.name == signName {
			weights[i] = 0.62
		}
		total += weights[i]
	}
	boxes := make([]ui.Rect, len(fields))
	x := r.X
	room := r.W - 4*float32(len(fields)-1)
	for i, f := range fields {
		b := ui.Rect{X: x, Y: r.Y, W: room * weights[i] / total, H: 44}
		boxes[i] = b
		c.Frame(b, 5, 1.4, t.Card, f.col)
		bits := bin(f.value, f.bits)
		if f.name == signName || f.bits > 22 || c.Width(ui.MonoM, bits) > b.W-6 {
			bits = hex(f.value, (f.bits+3)/4)
		}
		c.TextMid(b.CX(), b.Y+18, ui.MonoM, f.col, bits)
		c.TextMid(b.CX(), b.Y+35, ui.Small, t.Ink2, f.name)
		c.Hover(b, fieldTip(&f))
		x += b.W + 4
	}
	return boxes
}

func fieldTip(f *field) string {
	if f.name == signName {
		return "the upper " + itoa(f.bits) + " bits repeat the one below them: a canonical address"
	}
	if f.name == "offset" {
		return itoa(f.bits) + " bits choose the byte in the page: " + group(f.value)
	}
	return itoa(f.bits) + " bits choose entry " + itoa(int(f.value)) + " of the " + f.name
}

// fromIndex leads from a group of bits down to the table in which it chooses an entry.
func (d *walk) fromIndex(c *ui.Context, box ui.Rect, b ui.Point, col ui.Color) {
	a := ui.Point{X: box.CX(), Y: box.Bottom() + 1}
	c.Line(ui.Bezier(a, ui.Point{X: a.X, Y: a.Y + 17}, ui.Point{X: b.X, Y: b.Y - 17}, b), 1.3, col.Fade(0.6))
	c.Circle(b, 2, col)
}

// table draws the neighbourhood of the chosen entry and returns where the chosen one is.
func (d *walk) table(c *ui.Context, r ui.Rect, i int, l *view.Level, rowH float32, rows int, w *view.Walk) ui.Rect {
	t := c.Theme
	last, fault := i == len(w.Levels)-1, w.Fault
	col := levelColor(t, l.Name)
	c.Text(r.X, r.Y+12, ui.Head, t.Ink, l.Name)
	at, tip := "@"+hex(l.Table>>12, 5), "this table fills frame "+hex(l.Table>>12, 5)+"; entries in use: "+itoa(l.Used)+" of "+itoa(1<<w.Plan[i].Bits)
	if l.Reg {
		at, tip = "in the CPU", "four registers, loaded from "+hex(l.Table, 8)+" when CR3 was written"
	}
	c.TextRight(r.Right(), r.Y+12, ui.Mono, t.Ink3, at)
	if head := (ui.Rect{X: r.X, Y: r.Y - 2, W: r.W, H: 18}); l.Reg {
		c.Hover(head, tip)
	} else {
		toFrame(c, head, l.Table>>12, tip)
	}
	var chosen ui.Rect
	skip := max(0, min(l.Index-l.First-rows/2, len(l.Near)-rows))
	for k, e := range l.Near[skip:min(len(l.Near), skip+rows)] {
		row := ui.Rect{X: r.X, Y: r.Y + 22 + float32(k)*rowH, W: r.W, H: rowH - 3}
		index := l.First + skip + k
		here := index == l.Index
		ink := t.Ink3
		switch {
		case here && last && fault != "":
			c.Frame(row, 4, 1.8, t.KernelFill, t.Ring0)
			ink, chosen = t.Ring0, row
		case here && last:
			c.Frame(row, 4, 1.8, t.Now, col)
			ink, chosen = t.Ink, row
		case here:
			c.Frame(row, 4, 1.8, t.Card, col)
			ink, chosen = t.Ink, row
		default:
			c.Outline(row, 4, 1, t.Soft)
		}
		base := row.CY() + 4
		face := ui.Mono
		if here {
			face = ui.MonoM
			c.Text(row.X+8, base, face, col, itoa(index))
		} else {
			c.Text(row.X+8, base, face, t.Ink3, itoa(index))
		}
		c.TextRight(row.Right()-8, base, face, ink, entryText(e))
		switch {
		case !c.Over(row):
		case here:
			if _, clicked := c.Click(row, nearTip(w, l, index, e)+" · click to read it below"); clicked {
				d.chosen = i
			}
		case e&bitP != 0:
			toFrame(c, row, e&frameMask>>12, nearTip(w, l, index, e))
		default:
			c.Hover(row, nearTip(w, l, index, e))
		}
	}
	if chosen.W == 0 {
		chosen = ui.Rect{X: r.X, Y: r.Y + 22, W: r.W, H: rowH - 3}
	}
	return chosen
}

const frameMask = 0x000f_ffff_ffff_f000

// entryText is the frame an entry names, or a dash when it is not present.
func entryText(e uint64) string {
	if e&1 == 0 {
		if e == 0 {
			return "—"
		}
		return "absent"
	}
	return hex(e&frameMask>>12, 5)
}

// unread draws a table that the walk did not come to.
func unread(c *ui.Context, r ui.Rect, name string, rowH float32, rows int) {
	t := c.Theme
	c.Text(r.X, r.Y+12, ui.Head, t.Ink3.Fade(0.6), name)
	for k := range rows {
		c.Outline(ui.Rect{X: r.X, Y: r.Y + 22 + float32(k)*rowH, W: r.W, H: rowH - 3}, 4, 1, t.Soft.Fade(0.6))
	}
	c.TextMid(r.CX(), r.Y+18+float32(rows)*rowH/2, ui.Small, t.Ink3, "not read")
}

// failed shows where the walk stopped.
func (d *walk) failed(c *ui.Context, w *view.Walk, from ui.Point, r ui.Rect) {
	t := c.Theme
	if len(w.Levels) > 0 {
		to := ui.Point{X: from.X + 10, Y: from.Y}
		c.Dashes(ui.Path{from, to}, 1.6, 4, 2, t.Ring0)
		c.Cross(ui.Point{X: to.X + 5, Y: to.Y}, 4.5, 2, t.Ring0)
	}
	x := r.X + 4
	c.Text(x, r.Y+12, ui.Head, t.Ring0, "no frame")
	c.Para(x, r.Y+36, r.W-4, 18, 0, ui.Text, t.Ink2, w.Fault+".")
}

// frame draws the bytes around the one that was meant.
func (d *walk) frame(c *ui.Context, w *view.Walk, r ui.Rect) {
	t := c.Theme
	c.Text(r.X, r.Y+12, ui.Head, t.Ink, "frame")
	c.TextRight(r.Right(), r.Y+12, ui.Mono, t.Ink3, "@"+hex(w.Phys>>12, 5))
	toFrame(c, ui.Rect{X: r.X, Y: r.Y - 2, W: r.W, H: 18}, w.Phys>>12, "the page is in frame "+hex(w.Phys>>12, 5))
	box := ui.Rect{X: r.X, Y: r.Y + 22, W: r.W, H: r.H - 25}
	col := levelColor(t, "PT")
	c.Outline(box, 5, 1.4, col)
	per := 8
	if box.W < 8*19+20 {
		per = 4
	}
	rowH := float32(22)
	rows := min(len(w.Bytes)/per, int((box.H-8)/rowH))
	if rows == 0 {
		c.Text(box.X+12, box.Y+24, ui.Small, t.Ink3, "not in RAM")
		return
	}
	target := int(w.Phys - w.BytesAt)
	first := max(0, min(target/per-rows/2, len(w.Bytes)/per-rows))
	pitch := (box.W - 16) / float32(per)
	for y := range rows {
		for x := range per {
			i := (first+y)*per + x
			at := ui.Rect{X: box.X + 8 + float32(x)*pitch, Y: box.Y + 5 + float32(y)*rowH, W: pitch, H: rowH - 2}
			ink, face := t.Ink3, ui.Mono
			if i == target {
				c.Frame(ui.Rect{X: at.CX() - 11, Y: at.Y, W: 22, H: at.H}, 4, 1, t.Now, t.NowLine)
				ink, face = t.Ink, ui.MonoB
			}
			c.TextMid(at.CX(), at.CY()+4, face, ink, hex(uint64(w.Bytes[i]), 2))
			if c.Over(at) {
				c.Hover(at, ramByteTip(w.BytesAt+uint64(i), w.Bytes[i]))
			}
		}
	}
}

// ramByteTip tells what a byte of memory is.
func ramByteTip(at uint64, b byte) string {
	s := "physical " + hex(at, 8) + ": 0x" + hex(uint64(b), 2) + " = " + itoa(int(b))
	if b >= ' ' && b < 127 {
		s += ", the letter " + string(rune(b))
	}
	return s
}
