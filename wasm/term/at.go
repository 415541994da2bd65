package term

import "vitrine/wasm/view"

// At returns the cell at a place of Text: its line, and the character in it.
func (s *Screen) At(line, char int) (view.Cell, bool) {
	var row []view.Cell
	switch above := len(s.scrollback); {
	case line < 0 || char < 0 || line >= above+s.rows:
		return view.Cell{}, false
	case line < above:
		row = s.scrollback[line]
	default:
		row = s.row(line - above)
	}
	for _, c := range row {
		if c.Attr&view.AttrWideTail != 0 {
			continue
		}
		if char == 0 {
			return c, true
		}
		char--
	}
	return view.Cell{}, false
}
