package ui

import "strings"

// Text draws s with its baseline at y starting at x, and returns how wide it is.
func (p *Painter) Text(x, y float32, f Face, col Color, s string) float32 {
	c := p.Fonts.cache(f, p.Scale)
	n := subpixels
	if p.Scale >= 1.5 {
		n = 2
	}
	pen, base := x*p.Scale, round(y*p.Scale)
	start := pen
	var prev rune
	for _, r := range s {
		pen += p.Fonts.kerning(c, f, p.Scale, prev, r)
		if !p.symbol(r, pen, base, f, col) {
			p.glyph(c, f, r, pen, base, n, col)
		}
		pen += p.width(c, f, r)
		prev = r
	}
	return (pen - start) / p.Scale
}

// glyph draws one letter with the pen at a device position.
func (p *Painter) glyph(c *cache, f Face, r rune, pen, base float32, n int, col Color) {
	at := floor(pen*float32(n)+0.5) / float32(n)
	whole := floor(at)
	g := p.Fonts.glyph(c, f, p.Scale, r, int((at-whole)*float32(n)), n)
	if g.w == 0 {
		return
	}
	d := Rect{whole + float32(g.ox), base + float32(g.oy), float32(g.w), float32(g.h)}
	p.quad(d, Rect{float32(g.x), float32(g.y), float32(g.w), float32(g.h)}, col, [4]float32{0, 0, 0, -1})
}

func (p *Painter) width(c *cache, f Face, r rune) float32 {
	if r == '→' || r == '←' || r == '↑' || r == '↓' {
		return f.Size * p.Scale
	}
	return p.Fonts.advance(c, f, p.Scale, r)
}

// Width returns how wide s is in CSS pixels.
func (p *Painter) Width(f Face, s string) float32 {
	c := p.Fonts.cache(f, p.Scale)
	var w float32
	var prev rune
	for _, r := range s {
		w += p.Fonts.kerning(c, f, p.Scale, prev, r) + p.width(c, f, r)
		prev = r
	}
	return w / p.Scale
}

// TextRight draws s ending at x.
func (p *Painter) TextRight(x, y float32, f Face, col Color, s string) float32 {
	w := p.Width(f, s)
	p.Text(x-w, y, f, col, s)
	return w
}

// TextMid draws s centred at x.
func (p *Painter) TextMid(x, y float32, f Face, col Color, s string) {
	p.Text(x-p.Width(f, s)/2, y, f, col, s)
}

// TextFit draws s, shortened with an ellipsis when it is wider than w.
func (p *Painter) TextFit(x, y, w float32, f Face, col Color, s string) float32 {
	return p.Text(x, y, f, col, p.Fit(f, s, w))
}

// Fit returns s shortened with an ellipsis to at most w.
func (p *Painter) Fit(f Face, s string, w float32) string {
	if p.Width(f, s) <= w {
		return s
	}
	runes := []rune(s)
	for n := min(len(runes)-1, p.reach(f, runes, w)); n > 0; n-- {
		t := strings.TrimRight(string(runes[:n]), " ·,") + "…"
		if p.Width(f, t) <= w {
			return t
		}
	}
	return ""
}

// reach returns how many runes fit w at most, without what their pairs add or take: kerning is less than a rune's width.
func (p *Painter) reach(f Face, runes []rune, w float32) int {
	c := p.Fonts.cache(f, p.Scale)
	left := (w + f.Size) * p.Scale
	for i, r := range runes {
		if left -= p.width(c, f, r); left < 0 {
			return i
		}
	}
	return len(runes)
}

// Wrap breaks s into lines of at most w.
func (p *Painter) Wrap(f Face, s string, w float32) []string {
	var out []string
	for _, para := range strings.Split(s, "\n") {
		line := ""
		for _, word := range strings.Fields(para) {
			if line == "" {
				line = word
				continue
			}
			if p.Width(f, line+" "+word) > w {
				out = append(out, line)
				line = word
				continue
			}
			line += " " + word
		}
		out = append(out, line)
	}
	return out
}

// Para draws s wrapped to w, at most limit lines (0: any number), and returns the baseline after the last.
func (p *Painter) Para(x, y, w, leading float32, limit int, f Face, col Color, s string) float32 {
	lines := p.Wrap(f, s, w)
	for i, line := range lines {
		if limit > 0 && i == limit-1 && len(lines) > limit {
			line = p.Fit(f, line+" …", w)
		}
		if limit > 0 && i >= limit {
			break
		}
		p.Text(x, y, f, col, line)
		y += leading
	}
	return y
}

// symbol draws the arrows that the faces' Latin subsets lack.
func (p *Painter) symbol(r rune, pen, base float32, f Face, col Color) bool {
	if r < 0x2190 || r > 0x2193 {
		return false
	}
	s := p.Scale
	size := f.Size
	if f.Mono {
		size *= 0.9
	}
	x, y := pen/s+size*0.06, base/s-f.Size*0.34
	a, b := Point{x, y}, Point{x + size*0.86, y}
	switch r {
	case '←':
		a, b = b, a
	case '↑':
		a, b = Point{x + size*0.4, y + size*0.4}, Point{x + size*0.4, y - size*0.4}
	case '↓':
		a, b = Point{x + size*0.4, y - size*0.4}, Point{x + size*0.4, y + size*0.4}
	}
	p.Arrow(Path{a, b}, max(1, f.Size*0.085), f.Size*0.42, col)
	return true
}
