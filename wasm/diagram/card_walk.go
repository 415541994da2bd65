package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// walkCard is the last page walk: the address in its parts, the entry that each chose, and the frame.
func walkCard(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Walk
	if !drawable(w) {
		c.Para(r.X, r.Y+14, r.W, 17, 0, ui.Text, t.Ink2, walkLead(m))
		return
	}
	c.TextFit(r.X, r.Y+12, r.W, ui.MonoBig, t.Ink, linear(w))
	names := tables(w)
	n := len(names) + 1
	_, body := r.CutTop(26, 0)
	bits := ui.Rect{X: body.X, Y: body.Y, W: body.W, H: 22}
	cols := bits.Columns(n, 4)
	h := min(30, max(22, (body.H-70)/2))
	y := body.Y + 22 + min(34, max(16, (body.H-22-h-44)/2))
	for i, l := range names {
		col := levelColor(t, l.Name)
		value := int(w.VA >> l.Shift & (1<<l.Bits - 1))
		c.Frame(cols[i], 4, 1.3, t.Card, col)
		c.TextMid(cols[i].CX(), cols[i].Y+15, ui.MonoM, col, itoa(value))
		c.Hover(cols[i], itoa(int(l.Bits))+" bits of the address choose entry "+itoa(value)+" of the "+l.Name)
		box := ui.Rect{X: cols[i].X, Y: y, W: cols[i].W, H: h}
		c.Line(ui.Path{{X: box.CX(), Y: cols[i].Bottom() + 1}, {X: box.CX(), Y: box.Y - 1}}, 1.2, col.Fade(0.6))
		walkBox(c, w, i, box, col)
		c.TextMid(box.CX(), box.Bottom()+14, ui.Tiny, t.Ink3, l.Name)
	}
	offset, frame := cols[n-1], ui.Rect{X: cols[n-1].X, Y: y, W: cols[n-1].W, H: h}
	c.Outline(offset, 4, 1.3, t.Ink)
	c.TextMid(offset.CX(), offset.Y+15, ui.MonoM, t.Ink, hex(w.VA&0xfff, 3))
	c.Hover(offset, "the offset in the page")
	if w.Fault != "" {
		c.Cross(ui.Point{X: frame.CX(), Y: frame.CY()}, 6, 2.2, t.Ring0)
		c.TextFit(r.X, r.Bottom()-4, r.W, ui.SmallB, t.Ring0, w.Fault)
		return
	}
	c.Frame(frame, 4, 1.3, t.Now, levelColor(t, "PT"))
	c.TextMid(frame.CX(), frame.CY()+4, ui.MonoM, t.Ink, c.Fit(ui.MonoM, hex(w.Phys>>12, 3), frame.W-4))
	c.TextMid(frame.CX(), frame.Bottom()+14, ui.Tiny, t.Ink3, "frame")
	c.Hover(frame, "frame "+hex(w.Phys>>12, 5)+": the byte is at physical "+hex(w.Phys, 8))
	if r.Bottom()-frame.Bottom() > 40 {
		c.Bits(r.X, min(r.Bottom()-17, frame.Bottom()+30), 17, walkBits(t, w, len(w.Levels)-1))
	}
}

// walkBox draws the entry of one level: the frame it names.
func walkBox(c *ui.Context, w *view.Walk, i int, r ui.Rect, col ui.Color) {
	t := c.Theme
	if i >= len(w.Levels) {
		c.Outline(r, 4, 1, t.Soft)
		return
	}
	l := &w.Levels[i]
	if i == len(w.Levels)-1 && w.Fault != "" {
		c.Frame(r, 4, 1.8, t.KernelFill, t.Ring0)
	} else {
		c.Frame(r, 4, 1.3, t.Card, col)
	}
	text := "—"
	if l.Entry&bitP != 0 {
		text = hex(l.Entry&frameMask>>12, 3)
	}
	c.TextMid(r.CX(), r.CY()+4, ui.MonoM, t.Ink, c.Fit(ui.MonoM, text, r.W-4))
	c.Hover(r, entryTip(w, i))
}

// entryTip explains an entry: its value, where it stands and what it says.
func entryTip(w *view.Walk, i int) string {
	l := &w.Levels[i]
	return l.Name + "E " + itoa(l.Index) + " = " + entryHex(w, l.Entry) + ", " + entryPlace(w, l) + ". " + entryWords(w, i)
}
