package term

import "vitrine/wasm/view"

// sgr selects how characters look (ECMA-48 "SGR – Select Graphic Rendition", and xterm's 256 and direct colours).
func (s *Screen) sgr() {
	p := &s.parser
	if p.n == 0 {
		p.n = 1
	}
	for i := 0; i < p.n; i++ {
		i += s.sgrOne(p.params[i], p.params[i+1:max(p.n, i+1)])
	}
}

// sgrOne applies one parameter and returns how many of the following ones it used up.
func (s *Screen) sgrOne(v int, rest []int) int {
	pen := &s.cur.pen
	switch {
	case v == 0:
		*pen = view.Cell{}
	case v == 1:
		pen.Attr |= view.AttrBold
	case v == 2:
		pen.Attr |= view.AttrDim
	case v == 3:
		pen.Attr |= view.AttrItalic
	case v == 4:
		pen.Attr |= view.AttrUnderline
	case v == 7:
		pen.Attr |= view.AttrReverse
	case v == 22:
		pen.Attr &^= view.AttrBold | view.AttrDim
	case v == 23:
		pen.Attr &^= view.AttrItalic
	case v == 24:
		pen.Attr &^= view.AttrUnderline
	case v == 27:
		pen.Attr &^= view.AttrReverse
	case v >= 30 && v <= 37:
		pen.FG = uint32(v-30) + 1
	case v >= 90 && v <= 97:
		pen.FG = uint32(v-90) + 9
	case v >= 40 && v <= 47:
		pen.BG = uint32(v-40) + 1
	case v >= 100 && v <= 107:
		pen.BG = uint32(v-100) + 9
	case v == 39:
		pen.FG = 0
	case v == 49:
		pen.BG = 0
	case v == 38:
		return extended(&pen.FG, rest)
	case v == 48:
		return extended(&pen.BG, rest)
	}
	return 0
}

// RGB marks a direct colour in Cell.FG and Cell.BG; the low 24 bits are red, green, blue.
const RGB = 1 << 24

// extended reads 5;INDEX or 2;R;G;B and returns how many parameters that took.
func extended(colour *uint32, rest []int) int {
	switch {
	case len(rest) >= 2 && rest[0] == 5:
		*colour = uint32(rest[1]&255) + 1
		return 2
	case len(rest) >= 4 && rest[0] == 2:
		*colour = RGB | uint32(rest[1]&255)<<16 | uint32(rest[2]&255)<<8 | uint32(rest[3]&255)
		return 4
	}
	return len(rest)
}
