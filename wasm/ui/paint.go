package ui

import _ "embed"

// Vertex has the layout of ebiten.Vertex, so that the page converts one into the other without knowing the fields.
type Vertex struct {
	DstX, DstY, SrcX, SrcY         float32
	ColorR, ColorG, ColorB, ColorA float32
	Custom0, Custom1               float32
	Custom2, Custom3               float32
}

// Shader draws every primitive in one call: glyphs from the atlas, and rounded boxes, lines and curves by their
// distance function, smooth at every scale. Custom is half width, half height, corner radius and what:
// 0 filled, above 0 a stroke of that width inside the edge, -1 a glyph, -2 a plain triangle.
//
//go:embed shader.kage
var Shader string

// Painter collects one picture as triangles.
type Painter struct {
	Scale float32 // device pixels per CSS pixel
	V     []Vertex
	I     []uint32
	Fonts *Fonts

	clip  Rect // in device pixels
	clips []Rect
	alpha float32
}

// Reset begins an empty picture.
func (p *Painter) Reset(scale float32) {
	p.Scale, p.V, p.I, p.alpha = scale, p.V[:0], p.I[:0], 1
	p.clips = p.clips[:0]
	p.clip = Rect{-1e6, -1e6, 2e6, 2e6}
}

// Clip keeps glyphs and boxes drawn until Unclip inside r.
func (p *Painter) Clip(r Rect) {
	p.clips = append(p.clips, p.clip)
	s := p.Scale
	p.clip = p.clip.Intersect(Rect{round(r.X * s), round(r.Y * s), round(r.W * s), round(r.H * s)})
}

// Unclip ends the last Clip.
func (p *Painter) Unclip() {
	p.clip = p.clips[len(p.clips)-1]
	p.clips = p.clips[:len(p.clips)-1]
}

// Fade multiplies the opacity of everything until the returned function is called.
func (p *Painter) Fade(a float32) (restore func()) {
	old := p.alpha
	p.alpha *= a
	return func() { p.alpha = old }
}

// quad draws the axis-aligned device rectangle d whose corners have local or atlas coordinates s, clipped.
func (p *Painter) quad(d, s Rect, col Color, k [4]float32) {
	c := d.Intersect(p.clip)
	if c.W <= 0 || c.H <= 0 || d.W <= 0 || d.H <= 0 {
		return
	}
	fx, fy := s.W/d.W, s.H/d.H
	s = Rect{s.X + (c.X-d.X)*fx, s.Y + (c.Y-d.Y)*fy, c.W * fx, c.H * fy}
	n := uint32(len(p.V))
	p.vertex(c.X, c.Y, s.X, s.Y, col, k)
	p.vertex(c.Right(), c.Y, s.Right(), s.Y, col, k)
	p.vertex(c.X, c.Bottom(), s.X, s.Bottom(), col, k)
	p.vertex(c.Right(), c.Bottom(), s.Right(), s.Bottom(), col, k)
	p.I = append(p.I, n, n+1, n+2, n+1, n+3, n+2)
}

func (p *Painter) vertex(x, y, u, v float32, col Color, k [4]float32) {
	a := col.A * p.alpha
	p.V = append(p.V, Vertex{x, y, u, v, col.R * a, col.G * a, col.B * a, a, k[0], k[1], k[2], k[3]})
}

// box draws a rounded box by its distance function; d in device pixels.
func (p *Painter) box(d Rect, radius, stroke float32, col Color) {
	if col.A == 0 || d.W <= 0 || d.H <= 0 {
		return
	}
	hw, hh := d.W/2, d.H/2
	radius = min(radius, hw, hh)
	grown := d.Inset(-1, -1)
	p.quad(grown, Rect{-hw - 1, -hh - 1, d.W + 2, d.H + 2}, col, [4]float32{hw, hh, radius, stroke})
}

// snap aligns r to device pixels.
func (p *Painter) snap(r Rect) Rect {
	s := p.Scale
	x, y := round(r.X*s), round(r.Y*s)
	return Rect{x, y, round(r.Right()*s) - x, round(r.Bottom()*s) - y}
}

// Hair returns the width of a line of w CSS pixels in device pixels: whole and at least one.
func (p *Painter) hair(w float32) float32 { return max(1, round(w*p.Scale)) }

// Fill fills r, its edges on device pixels.
func (p *Painter) Fill(r Rect, col Color) { p.box(p.snap(r), 0, 0, col) }

// Round fills r with corners of the given radius.
func (p *Painter) Round(r Rect, radius float32, col Color) { p.box(p.snap(r), radius*p.Scale, 0, col) }

// Outline strokes the inside of r's edge.
func (p *Painter) Outline(r Rect, radius, width float32, col Color) {
	w := width * p.Scale
	if width <= 1 {
		w = p.hair(width)
	}
	p.box(p.snap(r), radius*p.Scale, w, col)
}

// Circle fills a disc; it is not aligned to pixels, so that it can glide.
func (p *Painter) Circle(c Point, radius float32, col Color) {
	s := p.Scale
	p.box(Rect{(c.X - radius) * s, (c.Y - radius) * s, 2 * radius * s, 2 * radius * s}, radius*s, 0, col)
}

// Ring strokes a circle inside its edge.
func (p *Painter) Ring(c Point, radius, width float32, col Color) {
	s := p.Scale
	p.box(Rect{(c.X - radius) * s, (c.Y - radius) * s, 2 * radius * s, 2 * radius * s}, radius*s, width*s, col)
}

// HLine draws a hairline from x0 to x1.
func (p *Painter) HLine(x0, x1, y float32, col Color) {
	s := p.Scale
	p.box(Rect{round(x0 * s), round(y * s), round(x1*s) - round(x0*s), p.hair(1)}, 0, 0, col)
}

// VLine draws a hairline from y0 to y1.
func (p *Painter) VLine(x, y0, y1 float32, col Color) {
	s := p.Scale
	p.box(Rect{round(x * s), round(y0 * s), p.hair(1), round(y1*s) - round(y0*s)}, 0, 0, col)
}
