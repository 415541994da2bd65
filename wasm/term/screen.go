// Package term is the console's screen: what a terminal that understands ECMA-48 and the common xterm sequences would
// show after the bytes it was sent. It is plain data and knows nothing of drawing.
//
// Read in this order: screen.go (the model), parse.go (bytes to actions), control.go and sgr.go (the actions).
package term

import (
	"strings"

	"github.com/mattn/go-runewidth"

	"vitrine/wasm/view"
)

// MaxScrollback is how many lines above the screen are kept.
const MaxScrollback = 1000

// cursor is a position and what the next character will look like.
type cursor struct {
	x, y    int
	pen     view.Cell
	wrap    bool // the last column was written: the next character goes to a new line
	charset [2]byte
	shift   int
}

// Screen is a terminal. Use New.
type Screen struct {
	rows, cols int
	cells      []view.Cell // rows × cols of the screen in use
	other      []view.Cell // the main screen while the alternate one is shown
	alt        bool
	cur, saved cursor
	savedMain  cursor
	top, bot   int // scroll region, inclusive
	hidden     bool
	noWrap     bool
	insert     bool
	origin     bool
	newline    bool
	appCursor  bool
	bracketed  bool
	tabs       []bool
	scrollback [][]view.Cell
	scrolled   uint64 // lines that ever went there
	title      string
	last       rune
	fed        uint64 // bytes taken in

	parser parser
	reply  []byte
}

// New returns a blank screen of the given size, at least 1 × 1.
func New(rows, cols int) *Screen {
	s := &Screen{}
	s.rows, s.cols = max(rows, 1), max(cols, 1)
	s.reset()
	return s
}

func (s *Screen) reset() {
	s.cells = make([]view.Cell, s.rows*s.cols)
	s.other = nil
	s.alt, s.hidden, s.noWrap, s.insert, s.origin, s.newline, s.appCursor, s.bracketed = false, false, false, false, false, false, false, false
	s.cur, s.saved, s.savedMain = cursor{}, cursor{}, cursor{}
	s.top, s.bot = 0, s.rows-1
	s.setTabs()
	s.clear(0, len(s.cells))
}

func (s *Screen) setTabs() {
	s.tabs = make([]bool, s.cols)
	for x := 8; x < s.cols; x += 8 {
		s.tabs[x] = true
	}
}

// Size returns rows and columns.
func (s *Screen) Size() (rows, cols int) { return s.rows, s.cols }

// Reply returns what the terminal answered to queries (cursor position, identity) since the last call.
func (s *Screen) Reply() []byte {
	r := s.reply
	s.reply = nil
	return r
}

// Key returns what a key sends: the cursor keys' CSI becomes SS3 when the program has asked for application mode
// (xterm "Special Keys", DECCKM).
func (s *Screen) Key(text string) string {
	if s.appCursor && len(text) == 3 && text[:2] == "\x1b[" && strings.IndexByte("ABCDHF", text[2]) >= 0 {
		return "\x1bO" + text[2:]
	}
	return text
}

// View fills t with what is on the screen now. t.Cells is reused when it is large enough.
func (s *Screen) View(t *view.Term) {
	t.Rows, t.Cols = s.rows, s.cols
	t.Cells = append(t.Cells[:0], s.cells...)
	t.CurX, t.CurY = min(s.cur.x, s.cols-1), s.cur.y
	t.CurOn = !s.hidden
	t.Title = s.title
	t.Scrolled = len(s.scrollback)
}

// Text returns scrollback and screen as lines of text without trailing blanks, for the text twin and for tests.
func (s *Screen) Text() []string {
	lines := make([]string, 0, len(s.scrollback)+s.rows)
	for _, row := range s.scrollback {
		lines = append(lines, rowText(row))
	}
	for y := 0; y < s.rows; y++ {
		lines = append(lines, rowText(s.row(y)))
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func rowText(row []view.Cell) string {
	out := make([]rune, 0, len(row))
	blanks := 0
	for _, c := range row {
		if c.Attr&view.AttrWideTail != 0 {
			continue
		}
		if c.Rune == 0 || c.Rune == ' ' {
			blanks++
			continue
		}
		for ; blanks > 0; blanks-- {
			out = append(out, ' ')
		}
		out = append(out, c.Rune)
	}
	return string(out)
}

func (s *Screen) row(y int) []view.Cell { return s.cells[y*s.cols : (y+1)*s.cols] }

// blank is an empty cell in the pen's background (xterm's "background colour erase").
func (s *Screen) blank() view.Cell { return view.Cell{Rune: ' ', BG: s.cur.pen.BG} }

func (s *Screen) clear(from, to int) {
	b := s.blank()
	for i := max(from, 0); i < min(to, len(s.cells)); i++ {
		s.cells[i] = b
	}
}

// put writes one character at the cursor.
func (s *Screen) put(r rune) {
	if set := s.cur.charset[s.cur.shift]; set == '0' && r >= 0x60 && r < 0x7f {
		r = lineDrawing[r-0x60]
	}
	width := runewidth.RuneWidth(r)
	if width == 0 {
		return // combining marks have no cell of their own
	}
	if s.cur.wrap && !s.noWrap {
		s.cur.x = 0
		s.lineFeed()
	}
	s.cur.wrap = false
	if s.cur.x+width > s.cols {
		if s.noWrap || width > s.cols {
			s.cur.x = max(s.cols-width, 0)
		} else {
			s.cur.x = 0
			s.lineFeed()
		}
	}
	if s.insert {
		s.insertCells(width)
	}
	s.unwide(s.cur.x, s.cur.y)
	cell := s.cur.pen
	cell.Rune, cell.At = r, uint32(s.fed)
	row := s.row(s.cur.y)
	if width == 2 && s.cur.x+1 < s.cols {
		s.unwide(s.cur.x+1, s.cur.y)
		tail := cell
		tail.Rune = ' '
		tail.Attr |= view.AttrWideTail
		cell.Attr |= view.AttrWide
		row[s.cur.x+1] = tail
	}
	row[s.cur.x] = cell
	s.last = r
	s.cur.x += width
	if s.cur.x >= s.cols {
		s.cur.x = s.cols - 1
		s.cur.wrap = true
	}
}

// unwide blanks the other half of a double-width character of which one half is about to be overwritten.
func (s *Screen) unwide(x, y int) {
	row := s.row(y)
	if row[x].Attr&view.AttrWideTail != 0 && x > 0 {
		row[x-1].Rune, row[x-1].Attr = ' ', row[x-1].Attr&^view.AttrWide
	}
	if row[x].Attr&view.AttrWide != 0 && x+1 < s.cols {
		row[x+1].Rune, row[x+1].Attr = ' ', row[x+1].Attr&^view.AttrWideTail
	}
}

// lineFeed moves down one line and scrolls the region when the cursor is at its end.
func (s *Screen) lineFeed() {
	switch {
	case s.cur.y == s.bot:
		s.scrollUp(1)
	case s.cur.y < s.rows-1:
		s.cur.y++
	}
}

// scrollUp moves the scroll region up n lines; what leaves the top of the main screen is kept.
func (s *Screen) scrollUp(n int) {
	n = min(n, s.bot-s.top+1)
	for i := 0; i < n && !s.alt && s.top == 0; i++ {
		s.scrollback = append(s.scrollback, append([]view.Cell(nil), s.row(i)...))
		s.scrolled++
	}
	if extra := len(s.scrollback) - MaxScrollback; extra > 0 {
		s.scrollback = s.scrollback[extra:]
	}
	copy(s.cells[s.top*s.cols:], s.cells[(s.top+n)*s.cols:(s.bot+1)*s.cols])
	s.clear((s.bot+1-n)*s.cols, (s.bot+1)*s.cols)
}

func (s *Screen) scrollDown(n int) {
	n = min(n, s.bot-s.top+1)
	copy(s.cells[(s.top+n)*s.cols:(s.bot+1)*s.cols], s.cells[s.top*s.cols:(s.bot+1-n)*s.cols])
	s.clear(s.top*s.cols, (s.top+n)*s.cols)
}

// Resize changes the size. Lines stay anchored at the cursor: when rows are lost the top ones go to the scrollback.
func (s *Screen) Resize(rows, cols int) {
	rows, cols = max(rows, 1), max(cols, 1)
	if rows == s.rows && cols == s.cols {
		return
	}
	lost := max(s.cur.y-rows+1, 0)
	for y := 0; y < lost && !s.alt; y++ {
		s.scrollback = append(s.scrollback, append([]view.Cell(nil), s.row(y)...))
		s.scrolled++
	}
	s.cells = reshape(s.cells, s.rows, s.cols, rows, cols, lost)
	if s.other != nil {
		s.other = reshape(s.other, s.rows, s.cols, rows, cols, 0)
	}
	s.rows, s.cols = rows, cols
	s.top, s.bot = 0, rows-1
	s.cur.y = min(s.cur.y-lost, rows-1)
	s.cur.x = min(s.cur.x, cols-1)
	s.cur.wrap = false
	s.setTabs()
}

// reshape copies the old screen, without its first lost rows, into one of another size.
func reshape(old []view.Cell, oldRows, oldCols, rows, cols, lost int) []view.Cell {
	cells := make([]view.Cell, rows*cols)
	for i := range cells {
		cells[i].Rune = ' '
	}
	for y := 0; y < rows && y+lost < oldRows; y++ {
		copy(cells[y*cols:(y+1)*cols], old[(y+lost)*oldCols:(y+lost+1)*oldCols])
	}
	return cells
}

// lineDrawing is the DEC special graphics set, from 0x60 on (VT100 user guide, table 3-9).
var lineDrawing = [...]rune{
	'◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺',
	'⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
}
