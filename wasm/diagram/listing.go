package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// listing draws lines of code around the instruction pointer, row pixels each, as many as fit r, the current one marked.
func listing(c *ui.Context, m *Model, r ui.Rect, row float32) {
	code := &m.F.Code
	n := int(r.H / row)
	if len(code.Lines) == 0 {
		c.Para(r.X+4, r.Y+16, r.W-8, 16, 0, ui.Small, c.Theme.Ink3, "No instruction can be read at this address.")
		return
	}
	first := window(len(code.Lines), code.Current, n)
	for i := first; i < len(code.Lines) && i < first+n; i++ {
		line := &code.Lines[i]
		area := ui.Rect{X: r.X, Y: r.Y + float32(i-first)*row, W: r.W, H: row}
		codeLine(c, line, area, i == code.Current)
	}
}

// window returns the first of n lines to show of total, the current one in the middle.
func window(total, current, n int) int {
	return max(0, min(current-n/2, total-n))
}

// addressWidth is how many digits the addresses of user code, or of the kernel's, need.
func addressText(a uint64) string {
	if a >= 0xffff_0000_0000_0000 {
		return "…" + hex(a&0xFFFFFFFF, 8)
	}
	if a >= 1<<32 {
		return "…" + hex(a&0xFFFFFFF, 7)
	}
	return hex(a, 6)
}

func codeLine(c *ui.Context, l *view.Line, r ui.Rect, now bool) {
	t := c.Theme
	base := r.Y + r.H/2 + 4
	op, ops := mnemonic(l.Intel)
	fo, fa := ui.Mono, ui.Mono
	ink2 := t.Ink2
	if now {
		c.Frame(ui.Rect{X: r.X - 8, Y: r.Y, W: r.W + 16, H: r.H}, 4, 1, t.Now, t.NowLine)
		fo, fa, ink2 = ui.MonoB, ui.MonoM, t.Ink
	}
	c.Text(r.X+2, base, ui.Mono, t.Ink3, addressText(l.Addr))
	x := r.X + max(60, c.Width(ui.Mono, addressText(l.Addr))+16)
	x += max(c.Text(x, base, fo, t.Ink, op)+8, 42)
	c.TextFit(x, base, r.Right()-x, fa, ink2, fitOperands(c, fa, ops, r.Right()-x))
	if c.Over(r) {
		c.Hover(r, l.Intel+" at 0x"+hex(l.Addr, 1)+", "+plural(uint64(len(l.Bytes)), "byte")+": "+hexBytes(l.Bytes))
	}
}

// mnemonic splits an instruction into its name (with prefixes) and its operands.
func mnemonic(s string) (op, operands string) {
	op, operands, _ = strings.Cut(s, " ")
	if op == "rep" || op == "repe" || op == "repne" || op == "lock" {
		next, rest, _ := strings.Cut(operands, " ")
		op, operands = op+" "+next, rest
	}
	return op, strings.TrimSpace(operands)
}

func hexBytes(b []byte) string {
	s := ""
	for _, v := range b {
		s += hex(uint64(v), 2) + " "
	}
	return strings.TrimSpace(s)
}

// partLook gives each field of an encoding its name and colour.
func partLook(t *ui.Theme, k view.PartKind, n uint8) (string, ui.Color) {
	bits := itoa(int(n) * 8)
	switch k {
	case view.PartPrefix:
		return "prefix", t.PrefixPart
	case view.PartREX:
		return "REX", t.PrefixPart
	case view.PartOpcode:
		return "opcode", t.OpPart
	case view.PartModRM:
		return "ModRM", t.ModRMPart
	case view.PartSIB:
		return "SIB", t.SIBPart
	case view.PartDisp:
		return "disp" + bits, t.DispPart
	}
	return "imm" + bits, t.ImmPart
}

// encoding draws the bytes of a line split into fields, each with its name, wrapped to w; it returns the height used.
func encoding(c *ui.Context, l *view.Line, x, y, w float32) float32 {
	rows := fields(c, l, w, func(dx float32, row int, text, name string, col ui.Color, tip func() string) {
		top := y + float32(row)*22
		wb := c.Width(ui.MonoM, text) + 12
		box := ui.Rect{X: x + dx, Y: top, W: wb, H: 18}
		c.Frame(box, 4, 1.2, c.Theme.Card, col)
		c.TextMid(box.CX(), top+13, ui.MonoM, col, text)
		box.W += 4 + c.Text(x+dx+wb+4, top+13, ui.Tiny, c.Theme.Ink3, name)
		if c.Over(box) {
			c.Hover(box, tip())
		}
	})
	return float32(rows)*22 - 4
}

// fieldRows returns how many rows encoding needs at width w.
func fieldRows(c *ui.Context, l *view.Line, w float32) int {
	return fields(c, l, w, func(float32, int, string, string, ui.Color, func() string) {})
}

// fields places the fields of an encoding in rows of width w and returns how many rows there are.
func fields(c *ui.Context, l *view.Line, w float32, place func(x float32, row int, text, name string, col ui.Color, tip func() string)) int {
	at, row := 0, 0
	x := float32(0)
	for _, p := range l.Parts {
		end := min(at+int(p.Len), len(l.Bytes))
		part := l.Bytes[at:end]
		text := hexBytes(part)
		at = end
		name, col := partLook(c.Theme, p.Kind, p.Len)
		need := c.Width(ui.MonoM, text) + 16 + c.Width(ui.Tiny, name)
		if x > 0 && x+need > w {
			x = 0
			row++
		}
		place(x, row, text, name, col, func() string { return partTip(p.Kind, part) })
		x += need + 8
	}
	return row + 1
}
