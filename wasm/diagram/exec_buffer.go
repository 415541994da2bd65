package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// byteFace is the size of the buffer's bytes.
var byteFace = ui.Face{Mono: true, Weight: 400, Size: 10}

const (
	bytePitch = 14.2 // of a byte in hexadecimal
	byteRow   = 13.4
	denseRow  = 11.2 // where there are many rows
	byteFrom  = 22   // left of it the offset
)

// rowHeight is how high a row of so many bytes is drawn.
func rowHeight(per int) float32 {
	if per < 32 {
		return denseRow
	}
	return byteRow
}

func bufferHeight(per int) float32 { return 34 + rowHeight(per)*float32(256/per) }

func bufferWidth(c *ui.Context, per int) float32 {
	return byteFrom + float32(per)*(bytePitch+c.Width(byteFace, "0")) + 10
}

// buffer draws linux_binprm's 256 bytes of the chosen level: those that decided stand out, those that mean nothing are grey.
func (d *execDiagram) buffer(c *ui.Context, e *view.Exec, r ui.Rect, per int) {
	t := c.Theme
	l := &e.Levels[d.level]
	w := c.Text(r.X, r.Y+12, ui.Head, t.Ink, "linux_binprm")
	facts := "buf[256] of " + l.Path + " · argc " + itoa(len(l.Argv)) + " · envc " + itoa(e.Envc)
	c.TextFit(r.X+w+10, r.Y+12, r.W-w-10, ui.Small, t.Ink2, facts)
	c.Hover(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 18}, "what the kernel keeps of an execve on its way: filename \""+e.Filename+"\", interp \""+l.Path+"\", and the first 256 bytes of the file at hand, by which the formats know it")
	face := byteFace
	if bufferWidth(c, per) > r.W+8 {
		face.Size = 9
	}
	letter, high := c.Width(face, "0"), rowHeight(per)
	pitch := min(bytePitch, (r.W-byteFrom-6)/float32(per)-letter)
	ascii := r.X + byteFrom + float32(per)*pitch + 6
	for i := range l.Buf {
		row, col := i/per, i%per
		y := r.Y + 22 + float32(row)*high
		if col == 0 {
			c.Text(r.X, y+9.5, face, t.Ink3, hex(uint64(i), 2))
		}
		ink, lit := d.byteLook(c, l, i)
		cell := ui.Rect{X: r.X + byteFrom + float32(col)*pitch - 1, Y: y, W: pitch, H: high}
		text := ui.Rect{X: ascii + float32(col)*letter, Y: y, W: letter, H: high}
		if lit.A > 0 {
			c.Fill(cell, lit)
			c.Fill(text, lit)
		}
		b := l.Buf[i]
		c.Text(cell.X+1, y+9.5, face, ink, hex(uint64(b), 2))
		if b > ' ' && b < 0x7f {
			c.Text(text.X, y+9.5, face, ink, string(rune(b)))
		}
		if c.In.Inside && (cell.Contains(c.In.Pos) || text.Contains(c.In.Pos)) {
			c.Hover(cell, byteTip(l, i))
			c.Hover(text, byteTip(l, i))
		}
	}
	d.bufferWords(c, l, ui.Rect{X: r.X + byteFrom, Y: r.Y + 22 + high*float32(256/per), W: r.W - byteFrom, H: 14})
}

// byteLook is the ink of a byte and what is behind it.
func (d *execDiagram) byteLook(c *ui.Context, l *view.ExecLevel, i int) (ink, behind ui.Color) {
	t := c.Theme
	faint := t.Ink3.Fade(0.55)
	for _, s := range l.Steps {
		for _, m := range s.Tried {
			if m.Fits && m.Extension == "" && i >= m.Offset && i < m.Offset+len(m.Magic) {
				return t.Ink, t.Now
			}
		}
	}
	switch {
	case i >= l.Read:
		return faint.Fade(0.6), ui.Color{}
	case l.Line > 0 && i < 2:
		return t.Ink, t.Now
	case l.Line > 0 && i >= l.Name[0] && i < l.Name[1]:
		return t.Ring3, t.Ring3.Fade(0.12)
	case l.Line > 0 && i >= l.Arg[0] && i < l.Arg[1]:
		return t.Granted, t.Granted.Fade(0.12)
	case l.Line > 0:
		return faint, ui.Color{}
	}
	h, ok := view.ParseELF(l.Buf)
	switch {
	case ok && i < 4:
		return t.Ink, t.Now
	case ok && uint64(i) < h.HeadSize():
		return t.Ink, t.Fill
	case ok:
		return t.Ink2, ui.Color{}
	case i < 4:
		return t.Ink, t.Fill
	case l.Line == 0:
		return t.Ink2, ui.Color{}
	}
	return faint, ui.Color{}
}

// byteTip explains a byte.
func byteTip(l *view.ExecLevel, i int) string {
	b := l.Buf[i]
	head := "byte " + itoa(i) + " is 0x" + hex(uint64(b), 2) + ", " + itoa(int(b))
	if b >= ' ' && b < 0x7f {
		head += ", '" + string(rune(b)) + "'"
	}
	switch {
	case i >= l.Read:
		return head + ": behind the end of the file"
	case l.Line > 0 && i < 2:
		return head + ": #! by which binfmt_script knows its files"
	case l.Line > 0 && i >= l.Name[0] && i < l.Name[1]:
		return head + ": the interpreter's path"
	case l.Line > 0 && i >= l.Arg[0] && i < l.Arg[1]:
		return head + ": the one optional argument, blanks within it and all"
	case l.Line > 0 && i > l.Line:
		return head + ": behind the first line, no affair of the kernel's"
	}
	for _, f := range view.HeaderFields(l.Buf) {
		if i >= f.Off && i < f.Off+f.Len {
			return head + ": " + f.Name + " " + f.Value + ", " + f.Means
		}
	}
	if h, ok := view.ParseELF(l.Buf); ok && uint64(i) >= h.Phoff && uint64(i) < h.Phoff+uint64(h.Phnum)*h.PhdrSize() {
		return head + ": of program header " + itoa(int((uint64(i)-h.Phoff)/h.PhdrSize()))
	}
	return head
}

// bufferWords says under the bytes what they are.
func (d *execDiagram) bufferWords(c *ui.Context, l *view.ExecLevel, r ui.Rect) {
	t := c.Theme
	x, y := r.X, r.Y+11
	word := func(col ui.Color, s string) {
		if w := c.Width(ui.Small, s); x+w <= r.Right() {
			c.Text(x, y, ui.Small, col, s)
			x += w + 12
		}
	}
	if l.Line == 0 {
		if h, ok := view.ParseELF(l.Buf); ok {
			word(t.Ink2, `"\x7fELF"`)
			word(t.Ink2, "ELF header, "+itoa(int(h.HeadSize()))+" bytes")
			word(t.Ink3, "then program headers")
			return
		}
		for _, s := range l.Steps {
			for _, m := range s.Tried {
				if m.Fits && m.Extension != "" {
					word(t.Ink2, "the name ends in ."+m.Extension+": entry "+m.Name+" of binfmt_misc")
					return
				}
				if m.Fits {
					word(t.Ink2, "the magic of entry "+m.Name+" of binfmt_misc")
					return
				}
			}
		}
		word(t.Ink3, "neither #! nor \\x7fELF")
		return
	}
	word(t.Ink2, "#!")
	word(t.Ring3, "interpreter")
	if l.Arg[1] > 0 {
		word(t.Granted, "one argument")
	}
	if l.Line == len(l.Buf) {
		word(t.Ring0, "cut at 256 bytes")
		return
	}
	word(t.Ink3, "the rest does not count")
}
