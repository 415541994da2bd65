package ui

// Box draws the terminal's line-drawing, block and Braille characters in cell r, joined without gaps whatever the face;
// it tells whether ch is one of them.
func (p *Painter) Box(r Rect, ch rune, col Color) bool {
	switch {
	case ch >= 0x2500 && ch <= 0x257F:
		return p.lines(r, ch, col)
	case ch >= 0x2580 && ch <= 0x259F:
		return p.blocks(r, ch, col)
	case ch >= 0x2800 && ch <= 0x28FF:
		p.braille(r, ch, col)
		return true
	}
	return false
}

// arms gives for U+2500–U+257F the weight of the arms left, right, up, down: 0 none, 1 light, 2 heavy, 3 double.
// One string of four digits for each character.
const arms = "" +
	"1100220000110022110022000011002211002200001100220101020101020202" + // ─━│┃┄┅┆┇┈┉┊┋┌┍┎┏
	"1001200110022002011002100120022010102010102020200111021101210112" + // ┐┑┒┓└┕┖┗┘┙┚┛├┝┞┟
	"0122022102120222101120111021101210222021201220221101210112012201" + // ┠┡┢┣┤┥┦┧┨┩┪┫┬┭┮┯
	"1102210212022202111021101210221011202120122022201111211112112211" + // ┰┱┲┳┴┵┶┷┸┹┺┻┼┽┾┿
	"1121111211222121122121121212222122122122122222221100220000110022" + // ╀╁╂╃╄╅╆╇╈╉╊╋╌╍╎╏
	"3300003303010103030330011003300303100130033030101030303003110133" + // ═║╒╓╔╕╖╗╘╙╚╛╜╝╞╟
	"0333301110333033330111033303331011303330331111333333010110011010" + // ╠╡╢╣╤╥╦╧╨╩╪╫╬╭╮╯
	"0110000000000000100000100100000120000020020000021200001221000021" // ╰╱╲╳╴╵╶╷╸╹╺╻╼╽╾╿

func (p *Painter) lines(r Rect, ch rune, col Color) bool {
	i := int(ch-0x2500) * 4
	if i+4 > len(arms) || arms[i:i+4] == "0000" {
		return false
	}
	d := p.snap(r)
	thin := p.hair(1)
	cx, cy := d.X+floor((d.W-thin)/2), d.Y+floor((d.H-thin)/2)
	arm := func(kind byte, x0, y0, x1, y1 float32, across func(Rect, float32) Rect) {
		line := Rect{x0, y0, x1 - x0, y1 - y0}
		switch kind {
		case '1':
			p.box(line, 0, 0, col)
		case '2':
			p.box(across(line, 0).Intersect(d), 0, 0, col)
			p.box(across(line, thin).Intersect(d), 0, 0, col)
		case '3':
			p.box(across(line, -thin).Intersect(d), 0, 0, col)
			p.box(across(line, thin).Intersect(d), 0, 0, col)
		}
	}
	down := func(l Rect, by float32) Rect { l.Y += by; return l }
	right := func(l Rect, by float32) Rect { l.X += by; return l }
	arm(arms[i], d.X, cy, cx+thin, cy+thin, down)
	arm(arms[i+1], cx, cy, d.Right(), cy+thin, down)
	arm(arms[i+2], cx, d.Y, cx+thin, cy+thin, right)
	arm(arms[i+3], cx, cy, cx+thin, d.Bottom(), right)
	return true
}

// quadrants of U+2596–U+259F: bits upper left, upper right, lower left, lower right.
var quadrants = [10]uint8{4, 8, 1, 13, 9, 7, 11, 2, 6, 14}

func (p *Painter) blocks(r Rect, ch rune, col Color) bool {
	d := p.snap(r)
	fill := func(x, y, w, h float32) {
		x0, y0 := round(d.X+x*d.W), round(d.Y+y*d.H)
		p.box(Rect{x0, y0, round(d.X+(x+w)*d.W) - x0, round(d.Y+(y+h)*d.H) - y0}, 0, 0, col)
	}
	n := float32(ch-0x2580) / 8
	switch {
	case ch == 0x2580:
		fill(0, 0, 1, 0.5)
	case ch <= 0x2588:
		fill(0, 1-n, 1, n)
	case ch <= 0x258F:
		fill(0, 0, 1-(n-1), 1)
	case ch == 0x2590:
		fill(0.5, 0, 0.5, 1)
	case ch <= 0x2593:
		col.A *= float32(ch-0x2590) / 4
		fill(0, 0, 1, 1)
	case ch == 0x2594:
		fill(0, 0, 1, 0.125)
	case ch == 0x2595:
		fill(0.875, 0, 0.125, 1)
	default:
		q := quadrants[ch-0x2596]
		for i, at := range [4]Point{{0, 0}, {0.5, 0}, {0, 0.5}, {0.5, 0.5}} {
			if q>>i&1 != 0 {
				fill(at.X, at.Y, 0.5, 0.5)
			}
		}
	}
	return true
}

func (p *Painter) braille(r Rect, ch rune, col Color) {
	at := [8]Point{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}}
	for i, q := range at {
		if (ch-0x2800)>>i&1 != 0 {
			p.Circle(Point{r.X + r.W*(0.3+0.4*q.X), r.Y + r.H*(0.2+0.2*q.Y)}, min(r.W*0.16, r.H*0.09), col)
		}
	}
}
