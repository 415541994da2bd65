package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Console is the diagram that brings the terminal on stage.
var Console = Definition{ID: IDConsole, Title: "Console", New: func() Diagram { return &consoleStage{} }, Card: consoleCard, Badge: consoleBadge}

type consoleStage struct{}

// Height implements Diagram.
func (d *consoleStage) Height(_ *Model, w float32) float32 { return min(620, 80+25*w/44) }

// Draw implements Diagram.
func (d *consoleStage) Draw(c *ui.Context, m *Model, r ui.Rect) { DrawConsole(c, m, r, true) }

// The grid of the terminal's cells.
const (
	termSize    = 11 // of the letters
	termLeading = 1.42
	termMin     = 8.5
)

// TermGrid returns how many rows and columns a console drawn into r has room for.
func TermGrid(r ui.Rect) (rows, cols int) {
	in := termArea(r)
	cols = int(in.W / (termSize * 0.6))
	rows = int(in.H / (termSize * termLeading))
	return max(5, min(rows, 50)), max(20, min(cols, 132))
}

func termArea(r ui.Rect) ui.Rect {
	return ui.Rect{X: r.X + 16, Y: r.Y + 38, W: r.W - 32, H: r.H - 50}
}

// DrawConsole draws the terminal's screen as a dark card.
func DrawConsole(c *ui.Context, m *Model, r ui.Rect, large bool) {
	t, term := c.Theme, &m.F.Term
	m.place(spotConsole, r)
	c.Frame(r, 8, 1, t.Term, t.TermLine)
	if m.Keyboard {
		c.Outline(r, 8, 1.8, t.Ring3)
	}
	c.Text(r.X+16, r.Y+24, ui.SmallB, t.TermDim, "console")
	size := itoa(term.Cols) + " × " + itoa(term.Rows)
	w := c.Width(ui.Mono, size)
	c.Text(r.Right()-16-w, r.Y+24, ui.Mono, t.TermFaint, size)
	head, body := r.CutTop(34, 0)
	consoleState(c, m, ui.Rect{X: r.X + 74, Y: r.Y, W: r.W - 74 - w - 32, H: 34})
	if !large {
		if _, clicked := c.Click(ui.Rect{X: head.Right() - w - 24, Y: head.Y, W: w + 24, H: head.H}, "click for a large console"); clicked {
			c.Act(ui.Action{Kind: "stage", Text: IDConsole})
			return
		}
	}
	if _, clicked := c.Click(body, ""); clicked {
		c.Act(ui.Action{Kind: "focus"})
	}
	if term.Cols > 0 && len(term.Cells) >= term.Rows*term.Cols {
		screen(c, m, termArea(r), large)
	}
}

// consoleState says who listens to the keyboard.
func consoleState(c *ui.Context, m *Model, r ui.Rect) {
	words, col := "", c.Theme.TermFaint
	switch {
	case m.Keyboard:
		words, col = "the keyboard is yours · Shift+Tab leaves", c.Theme.ANSI[12]
	case m.F.Term.Wants:
		words = "waits for you · click to type"
	}
	c.TextFit(r.X, r.Y+24, r.W, ui.Small, col, words)
}

// screen draws the cells. Letters shrink when the terminal has more columns than fit; below a readable size
// the part around the cursor is shown.
func screen(c *ui.Context, m *Model, r ui.Rect, large bool) {
	term := &m.F.Term
	size := float32(termSize)
	if large {
		size = 22
	}
	size = max(termMin, min(size, r.W/float32(term.Cols)/0.6, r.H/float32(term.Rows)/termLeading))
	f := ui.Face{Mono: true, Weight: 400, Size: size}
	cw := floorTo(c.Width(f, "M"), c.Scale)
	ch := floorTo(size*termLeading, c.Scale)
	cols := min(term.Cols, int(r.W/cw))
	rows := min(term.Rows, int(r.H/ch))
	x0 := max(0, min(term.CurX-cols+2, term.Cols-cols))
	y0 := max(0, min(max(term.CurY, usedRows(term)-1)-rows+1, term.Rows-rows))
	c.Clip(r)
	for y := range rows {
		for x := range cols {
			cell := &term.Cells[(y0+y)*term.Cols+x0+x]
			area := ui.Rect{X: r.X + float32(x)*cw, Y: r.Y + float32(y)*ch, W: cw, H: ch}
			here := term.CurOn && x0+x == term.CurX && y0+y == term.CurY
			drawCell(c, m, cell, area, f, here)
			askCell(c, cell, area)
		}
	}
	c.Unclip()
}

// usedRows returns how many rows from the top hold anything, so that a taller terminal shows its last ones.
func usedRows(term *view.Term) int {
	for y := term.Rows - 1; y >= 0; y-- {
		if termLine(term, y) != "" {
			return y + 1
		}
	}
	return 0
}

// floorTo rounds down to whole device pixels, so that all cells are alike.
func floorTo(v, scale float32) float32 { return float32(int(v*scale+0.25)) / scale }

func drawCell(c *ui.Context, m *Model, cell *view.Cell, r ui.Rect, f ui.Face, cursor bool) {
	t := c.Theme
	fg, bg := cellColors(t, cell)
	if cell.Attr&view.AttrWide != 0 {
		r.W *= 2
	}
	if bg.A > 0 {
		c.Fill(r, bg)
	}
	if cursor {
		if m.Keyboard || m.F.Term.Wants {
			c.Round(ui.Rect{X: r.X, Y: r.Y + 1, W: r.W, H: r.H - 2}, 1, t.ANSI[15])
			fg = t.Term
		} else {
			c.Outline(ui.Rect{X: r.X, Y: r.Y + 1, W: r.W, H: r.H - 2}, 1, 1, t.TermDim)
		}
	}
	if cell.Rune <= ' ' || cell.Attr&view.AttrWideTail != 0 {
		return
	}
	if c.Box(r, cell.Rune, fg) {
		return
	}
	if cell.Attr&view.AttrBold != 0 {
		f.Weight = 600
	}
	base := r.Y + r.H*0.5 + f.Size*0.35
	c.Text(r.X, base, f, fg, string(cell.Rune))
	if cell.Attr&view.AttrUnderline != 0 {
		c.HLine(r.X, r.Right(), base+2, fg)
	}
}

func cellColors(t *ui.Theme, cell *view.Cell) (fg, bg ui.Color) {
	fg, bg = t.TermInk, ui.Color{}
	if cell.FG != 0 {
		fg = cellColor(t, cell.FG)
	}
	if cell.BG != 0 {
		bg = cellColor(t, cell.BG)
	}
	if cell.Attr&view.AttrBold != 0 && cell.FG == 0 {
		fg = t.ANSI[15]
	}
	if cell.Attr&view.AttrReverse != 0 {
		if bg.A == 0 {
			bg = t.Term
		}
		fg, bg = bg, fg
	}
	if cell.Attr&view.AttrDim != 0 {
		fg.A *= 0.6
	}
	return fg, bg
}

func cellColor(t *ui.Theme, v uint32) ui.Color {
	if v >= 0x1000000 {
		return ui.Hex(v & 0xFFFFFF)
	}
	return t.Palette(int(v-1) & 255)
}

// termLine returns a row of the terminal as text without trailing blanks.
func termLine(term *view.Term, y int) string {
	if (y+1)*term.Cols > len(term.Cells) {
		return ""
	}
	var b strings.Builder
	for _, cell := range term.Cells[y*term.Cols : (y+1)*term.Cols] {
		r := rune(cell.Rune)
		if cell.Attr&view.AttrWideTail != 0 {
			continue
		}
		if r < ' ' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ")
}
