package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Instructions is the diagram of the code being executed.
var Instructions = Definition{
	ID: IDInstructions, Title: "Instructions",
	New:  func() Diagram { return &instructions{} },
	Card: instructionsCard, Badge: instructionsBadge,
}

type instructions struct{}

// Height implements Diagram.
func (d *instructions) Height(_ *Model, w float32) float32 {
	if w < 640 {
		return 1010
	}
	return 600
}

// Draw implements Diagram.
func (d *instructions) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	lead := m.F.Code.Where
	if lead == "" {
		lead = "The bytes at RIP cannot be read."
	}
	if calls := m.F.Code.Calls; len(calls) > 1 {
		lead += " · called by " + strings.Join(calls[:len(calls)-1], " → ")
	}
	if m.F.Code.Bits != 0 && m.F.Code.Bits != 64 {
		lead += " · " + itoa(m.F.Code.Bits) + "-bit code"
	}
	title := "One instruction after another"
	if r.W < 440 && m.F.CPU.Mode == "protected" {
		title = "Instructions" // the words for the mode need the room on a phone
	}
	rest := heading(c, r, title, lead)
	modePill(c, &m.F.CPU, r.Right()-20, r.Y+16)
	if r.W < 640 {
		code, below := rest.CutTop(430, 20)
		codePanel(c, m, code)
		statePanel(c, m, below)
		return
	}
	code, right := rest.CutLeft(rest.W*0.56, 28)
	c.VLine(right.X-14, rest.Y, rest.Bottom(), c.Theme.Soft)
	codePanel(c, m, code)
	statePanel(c, m, right)
}

// codePanel draws the source line, the listing with bytes and jumps, and the current instruction taken apart.
func codePanel(c *ui.Context, m *Model, r ui.Rect) {
	r = sourceLines(c, m, r)
	if h := microHeight(m); h != 0 {
		list, phases := r.CutBottom(h, 12)
		longListing(c, m, list)
		microPanel(c, m, phases)
		return
	}
	list, apart := r.CutBottom(apartHeight(c, m, r.W-32), 12)
	longListing(c, m, list)
	apartPanel(c, m, apart)
}

// sourceLines draws the program's own text around here, when it is known.
func sourceLines(c *ui.Context, m *Model, r ui.Rect) ui.Rect {
	src := m.F.Code.Source
	if len(src) == 0 {
		return r
	}
	t := c.Theme
	const row = 19
	n := min(len(src), 5)
	at := 0
	for i := range src {
		if src[i].Current {
			at = i
		}
	}
	first := window(len(src), at, n)
	area, rest := r.CutTop(float32(n)*row+14, 14)
	c.Round(area, 6, t.Paper)
	for i := range n {
		s := &src[first+i]
		y := area.Y + 7 + float32(i)*row + 13
		ink, face := t.Ink3, ui.Mono
		if s.Current {
			ink, face = t.Ink, ui.MonoM
		}
		w := c.Width(ui.Mono, "0000")
		c.TextRight(area.X+14+w, y, ui.Mono, t.Ink3, itoa(s.N))
		room := area.W - w - 36
		if i == 0 {
			c.TextRight(area.Right()-12, y, ui.Small, t.Ink3, s.File)
			room -= c.Width(ui.Small, s.File) + 14
		}
		c.Text(area.X+26+w, y, face, ink, fitSource(c, face, s.Text, room))
	}
	return rest
}

// fitSource shortens a line of source; of a comment that nothing of could be read nothing is left.
func fitSource(c *ui.Context, face ui.Face, text string, room float32) string {
	s := c.Fit(face, text, room)
	if s == text {
		return s
	}
	code := strings.TrimRight(strings.TrimSuffix(s, "…"), " #/*")
	if rest := strings.TrimLeft(strings.TrimPrefix(text, code), " "); strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "/") {
		return code
	}
	return s
}

// longListing draws the listing with symbols, bytes and arcs.
func longListing(c *ui.Context, m *Model, r ui.Rect) {
	t, code := c.Theme, &m.F.Code
	if len(code.Lines) == 0 {
		c.Para(r.X, r.Y+20, r.W, 18, 0, ui.Text, t.Ink2, "Nothing can be decoded here: "+noCode(m))
		return
	}
	const row = 22
	rows := layoutRows(code, max(1, int(r.H/row)))
	arcs := float32(44)
	y := r.Y
	var at []float32 // y of the middle of each line shown, by index; 0 when not shown
	at = make([]float32, len(code.Lines))
	for _, e := range rows {
		l := &code.Lines[e.line]
		if e.label {
			c.TextFit(r.X+arcs, y+15, r.W-arcs, ui.MonoB, t.Ink, l.Symbol+":")
			y += row
			continue
		}
		at[e.line] = y + row/2
		longLine(c, m, e.line, ui.Rect{X: r.X + arcs, Y: y, W: r.W - arcs - 8, H: row})
		y += row
	}
	c.Clip(ui.Rect{X: r.X - 8, Y: r.Y, W: r.W + 16, H: r.H})
	jumps(c, code, r.X+arcs-10, at, r.Y, y)
	c.Unclip()
}

func noCode(m *Model) string {
	if m.F.CPU.Paging {
		return "no page is mapped at RIP."
	}
	return "there is no memory at RIP."
}

type rowEntry struct {
	line  int
	label bool
}

// layoutRows chooses n rows around the current line: instructions and the labels above them.
func layoutRows(code *view.Code, n int) []rowEntry {
	var all []rowEntry
	now := 0
	for i := range code.Lines {
		if code.Lines[i].Symbol != "" {
			all = append(all, rowEntry{i, true})
		}
		if i == code.Current {
			now = len(all)
		}
		all = append(all, rowEntry{i, false})
	}
	n = min(n, len(all))
	first := window(len(all), now, n)
	return all[first : first+n]
}

func longLine(c *ui.Context, m *Model, i int, r ui.Rect) {
	t, l := c.Theme, &m.F.Code.Lines[i]
	now := i == m.F.Code.Current
	base := r.Y + 15
	fo, fa, ink2 := ui.Mono, ui.Mono, t.Ink2
	if now {
		c.Frame(ui.Rect{X: r.X - 8, Y: r.Y, W: r.W + 16, H: r.H}, 4, 1, t.Now, t.NowLine)
		c.Polygon(t.Ring3, ui.Point{X: r.X - 16, Y: r.CY() - 5}, ui.Point{X: r.X - 8, Y: r.CY()}, ui.Point{X: r.X - 16, Y: r.CY() + 5})
		fo, fa, ink2 = ui.MonoB, ui.MonoM, t.Ink
	}
	a := addressText(l.Addr)
	c.Text(r.X, base, ui.Mono, t.Ink3, a)
	x := r.X + max(64, c.Width(ui.Mono, a)+16)
	if r.W > 420 {
		w := min(140, r.W*0.29)
		coloredBytes(c, l, x, base, w)
		x += w + 10
	}
	op, ops := mnemonic(l.Intel)
	x += max(c.Text(x, base, fo, t.Ink, op)+8, 48)
	c.TextFit(x, base, r.Right()-x, fa, ink2, fitOperands(c, fa, ops, r.Right()-x))
}

// fitOperands leaves the sizes of memory operands out where there is no room for them: the register beside tells it mostly.
func fitOperands(c *ui.Context, face ui.Face, ops string, room float32) string {
	if c.Width(face, ops) <= room {
		return ops
	}
	for _, size := range []string{"xmmword ptr ", "qword ptr ", "dword ptr ", "word ptr ", "byte ptr "} {
		ops = strings.ReplaceAll(ops, size, "")
	}
	return ops
}

// coloredBytes draws the bytes of a line, each field in its colour.
func coloredBytes(c *ui.Context, l *view.Line, x, y, w float32) {
	right := x + w
	at := 0
	for _, p := range l.Parts {
		_, col := partLook(c.Theme, p.Kind, p.Len)
		for range p.Len {
			if at >= len(l.Bytes) {
				return
			}
			if x+16 > right {
				c.Text(x, y, ui.Mono, c.Theme.Ink3, "…")
				return
			}
			x += c.Text(x, y, ui.Mono, col.Fade(0.8), hex(uint64(l.Bytes[at]), 2)) + 4
			at++
		}
	}
}

// jumps draws direct jumps as arcs left of the listing: solid when the current one will be taken.
func jumps(c *ui.Context, code *view.Code, x float32, at []float32, top, bottom float32) {
	t := c.Theme
	depth := 0
	for i := range code.Lines {
		l := &code.Lines[i]
		if l.Target == 0 || at[i] == 0 || depth > 3 {
			continue
		}
		to := float32(0)
		for j := range code.Lines {
			if code.Lines[j].Addr == l.Target {
				to = at[j]
			}
		}
		known := to != 0
		if !known {
			if l.Target > l.Addr {
				to = bottom - 2
			} else {
				to = top + 2
			}
		}
		if !known && i != code.Current {
			continue
		}
		col, width := t.Ink3, float32(1)
		if i == code.Current {
			col, width = t.Ring3, 1.6
			if !l.Taken {
				col = t.Ink2
			}
		}
		out := x - 8 - 7*float32(depth)
		way := ui.Bezier(ui.Point{X: x, Y: at[i]}, ui.Point{X: out - 6, Y: at[i]}, ui.Point{X: out - 6, Y: to}, ui.Point{X: x, Y: to})
		if i == code.Current && !l.Taken {
			c.Dashes(way, width, 4, 3, col)
			c.Head(way, 7, col)
		} else {
			c.Arrow(way, width, 7, col)
		}
		depth++
	}
}
