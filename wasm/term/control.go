package term

import (
	"strconv"

	"vitrine/wasm/view"
)

// control does a C0 control character.
func (s *Screen) control(b byte) {
	switch b {
	case '\b':
		s.cur.x = max(s.cur.x-1, 0)
		s.cur.wrap = false
	case '\t':
		s.tab(1)
	case '\n', '\v', '\f':
		s.lineFeed()
		if s.newline {
			s.cur.x = 0
		}
		s.cur.wrap = false
	case '\r':
		s.cur.x, s.cur.wrap = 0, false
	case 0x0e:
		s.cur.shift = 1
	case 0x0f:
		s.cur.shift = 0
	case 0x1b:
		s.parser.state = escape
	}
}

func (s *Screen) tab(n int) {
	for ; n > 0 && s.cur.x < s.cols-1; n-- {
		s.cur.x++
		for s.cur.x < s.cols-1 && !s.tabs[s.cur.x] {
			s.cur.x++
		}
	}
}

func (s *Screen) backTab(n int) {
	for ; n > 0 && s.cur.x > 0; n-- {
		s.cur.x--
		for s.cur.x > 0 && !s.tabs[s.cur.x] {
			s.cur.x--
		}
	}
}

// escape does ESC followed by a final byte.
func (s *Screen) escape(b byte) {
	switch b {
	case '7':
		s.saved = s.cur
	case '8':
		s.restoreCursor(s.saved)
	case 'D':
		s.lineFeed()
	case 'E':
		s.cur.x = 0
		s.lineFeed()
	case 'H':
		s.tabs[s.cur.x] = true
	case 'M':
		s.reverseIndex()
	case 'c':
		s.reset()
	}
}

func (s *Screen) restoreCursor(c cursor) {
	s.cur = c
	s.cur.x, s.cur.y = min(c.x, s.cols-1), min(c.y, s.rows-1)
}

func (s *Screen) reverseIndex() {
	switch {
	case s.cur.y == s.top:
		s.scrollDown(1)
	case s.cur.y > 0:
		s.cur.y--
	}
}

// designate chooses a character set for G0 or G1.
func (s *Screen) designate(inter, final byte) {
	switch inter {
	case '(':
		s.cur.charset[0] = final
	case ')':
		s.cur.charset[1] = final
	case '#':
		if final == '8' {
			for i := range s.cells {
				s.cells[i] = view.Cell{Rune: 'E'}
			}
		}
	}
}

func (s *Screen) moveTo(x, y int) {
	s.cur.wrap = false
	lo, hi := 0, s.rows-1
	if s.origin {
		lo, hi = s.top, s.bot
		y += s.top
	}
	s.cur.x = min(max(x, 0), s.cols-1)
	s.cur.y = min(max(y, lo), hi)
}

// csi does a control sequence with final byte b.
func (s *Screen) csi(b byte) {
	if s.parser.private != 0 {
		s.csiPrivate(b)
		return
	}
	if s.parser.inter != 0 {
		return
	}
	n := s.param(0, 1)
	switch b {
	case 'A':
		s.vertical(-n)
	case 'B', 'e':
		s.vertical(n)
	case 'C', 'a':
		s.cur.x, s.cur.wrap = min(s.cur.x+n, s.cols-1), false
	case 'D':
		s.cur.x, s.cur.wrap = max(s.cur.x-n, 0), false
	case 'E':
		s.vertical(n)
		s.cur.x = 0
	case 'F':
		s.vertical(-n)
		s.cur.x = 0
	case 'G', '`':
		s.cur.x, s.cur.wrap = min(n-1, s.cols-1), false
	case 'H', 'f':
		s.moveTo(s.param(1, 1)-1, n-1)
	case 'I':
		s.tab(n)
	case 'Z':
		s.backTab(n)
	case 'd':
		s.moveTo(s.cur.x, n-1)
	default:
		s.csiEdit(b, n)
	}
}

// vertical moves the cursor n lines, stopping at the scroll region when it starts inside.
func (s *Screen) vertical(n int) {
	s.cur.wrap = false
	lo, hi := 0, s.rows-1
	if s.cur.y >= s.top && s.cur.y <= s.bot {
		lo, hi = s.top, s.bot
	}
	s.cur.y = min(max(s.cur.y+n, lo), hi)
}

func (s *Screen) csiEdit(b byte, n int) {
	switch b {
	case '@':
		s.insertCells(n)
	case 'P':
		s.deleteCells(n)
	case 'X':
		at := s.cur.y*s.cols + s.cur.x
		s.clear(at, min(at+n, (s.cur.y+1)*s.cols))
	case 'J':
		s.eraseDisplay(s.param(0, 0))
	case 'K':
		s.eraseLine(s.param(0, 0))
	case 'L':
		s.shiftLines(n, s.scrollDown)
	case 'M':
		s.shiftLines(n, s.scrollUp)
	case 'S':
		s.scrollUp(n)
	case 'T':
		s.scrollDown(n)
	case 'b':
		for ; n > 0 && s.last != 0; n-- {
			s.put(s.last)
		}
	case 'c':
		s.reply = append(s.reply, "\x1b[?62;22c"...)
	case 'g':
		s.clearTabs(s.param(0, 0))
	case 'h', 'l':
		s.mode(b == 'h')
	case 'm':
		s.sgr()
	case 'n':
		s.report(s.param(0, 0))
	case 'r':
		s.region(n-1, s.param(1, s.rows)-1)
	case 's':
		s.saved = s.cur
	case 'u':
		s.restoreCursor(s.saved)
	}
}

func (s *Screen) insertCells(n int) {
	row := s.row(s.cur.y)[s.cur.x:]
	n = min(n, len(row))
	copy(row[n:], row)
	for i := range row[:n] {
		row[i] = s.blank()
	}
}

func (s *Screen) deleteCells(n int) {
	row := s.row(s.cur.y)[s.cur.x:]
	n = min(n, len(row))
	copy(row, row[n:])
	for i := len(row) - n; i < len(row); i++ {
		row[i] = s.blank()
	}
}

// shiftLines opens or closes n lines at the cursor by scrolling the rest of the region.
func (s *Screen) shiftLines(n int, scroll func(int)) {
	if s.cur.y < s.top || s.cur.y > s.bot {
		return
	}
	top, alt := s.top, s.alt
	s.top, s.alt = s.cur.y, true // deleted lines do not belong in the scrollback
	scroll(n)
	s.top, s.alt = top, alt
	s.cur.x, s.cur.wrap = 0, false
}

func (s *Screen) eraseDisplay(how int) {
	at := s.cur.y*s.cols + s.cur.x
	switch how {
	case 0:
		s.clear(at, len(s.cells))
	case 1:
		s.clear(0, at+1)
	case 2:
		s.clear(0, len(s.cells))
	case 3:
		s.scrollback = nil
	}
}

func (s *Screen) eraseLine(how int) {
	start := s.cur.y * s.cols
	switch how {
	case 0:
		s.clear(start+s.cur.x, start+s.cols)
	case 1:
		s.clear(start, start+s.cur.x+1)
	case 2:
		s.clear(start, start+s.cols)
	}
}

func (s *Screen) clearTabs(how int) {
	switch how {
	case 0:
		s.tabs[s.cur.x] = false
	case 3:
		clear(s.tabs)
	}
}

func (s *Screen) mode(on bool) {
	switch s.param(0, 0) {
	case 4:
		s.insert = on
	case 20:
		s.newline = on
	}
}

func (s *Screen) report(what int) {
	switch what {
	case 5:
		s.reply = append(s.reply, "\x1b[0n"...)
	case 6:
		s.reply = append(s.reply, "\x1b["...)
		s.reply = strconv.AppendInt(s.reply, int64(s.cur.y+1), 10)
		s.reply = append(s.reply, ';')
		s.reply = strconv.AppendInt(s.reply, int64(s.cur.x+1), 10)
		s.reply = append(s.reply, 'R')
	}
}

func (s *Screen) region(top, bot int) {
	top, bot = max(top, 0), min(bot, s.rows-1)
	if top >= bot {
		return
	}
	s.top, s.bot = top, bot
	s.moveTo(0, 0)
}

// csiPrivate does the DEC private modes that programs on Linux use.
func (s *Screen) csiPrivate(b byte) {
	if s.parser.private == '>' && b == 'c' {
		s.reply = append(s.reply, "\x1b[>0;0;0c"...)
		return
	}
	if s.parser.private != '?' || b != 'h' && b != 'l' {
		return
	}
	on := b == 'h'
	for i := 0; i < s.parser.n; i++ {
		switch s.parser.params[i] {
		case 1:
			s.appCursor = on
		case 6:
			s.origin = on
			s.moveTo(0, 0)
		case 7:
			s.noWrap = !on
		case 25:
			s.hidden = !on
		case 47, 1047, 1049:
			s.alternate(on)
		case 1048:
			if on {
				s.saved = s.cur
			} else {
				s.restoreCursor(s.saved)
			}
		case 2004:
			s.bracketed = on
		}
	}
}

// Alternate tells whether the alternate screen is shown: a program has the whole of it, as editors do.
func (s *Screen) Alternate() bool { return s.alt }

// alternate switches to the alternate screen and back; the main one is kept as it was.
func (s *Screen) alternate(on bool) {
	if on == s.alt {
		return
	}
	if on {
		s.savedMain = s.cur
		s.other, s.cells = s.cells, make([]view.Cell, s.rows*s.cols)
		s.alt = true
		s.clear(0, len(s.cells))
		return
	}
	s.cells, s.other = s.other, nil
	s.alt = false
	s.top, s.bot = 0, s.rows-1
	s.restoreCursor(s.savedMain)
}
