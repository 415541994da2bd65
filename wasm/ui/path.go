package ui

import "math"

// Path is a line of points.
type Path []Point

// Bezier returns a cubic curve from a to b with control points c and d.
func Bezier(a, c, d, b Point) Path {
	const n = 28
	out := make(Path, n+1)
	for i := range out {
		t := float32(i) / n
		u := 1 - t
		k0, k1, k2, k3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		out[i] = Point{k0*a.X + k1*c.X + k2*d.X + k3*b.X, k0*a.Y + k1*c.Y + k2*d.Y + k3*b.Y}
	}
	return out
}

// Swing returns a curve that leaves a and arrives at b horizontally.
func Swing(a, b Point) Path {
	dx := (b.X - a.X) / 2
	return Bezier(a, Point{a.X + dx, a.Y}, Point{b.X - dx, b.Y}, b)
}

// Arc returns a part of a circle; angles in turns, clockwise from the top.
func Arc(c Point, radius, from, to float32) Path {
	n := max(2, int(math.Abs(float64(to-from))*72)+1)
	out := make(Path, n+1)
	for i := range out {
		a := float64(from+(to-from)*float32(i)/float32(n)) * 2 * math.Pi
		out[i] = Point{c.X + radius*float32(math.Sin(a)), c.Y - radius*float32(math.Cos(a))}
	}
	return out
}

// Length returns how long the path is.
func (l Path) Length() float32 {
	var sum float32
	for i := 1; i < len(l); i++ {
		sum += dist(l[i-1], l[i])
	}
	return sum
}

// At returns the point at the part t (0 to 1) of the path's length.
func (l Path) At(t float32) Point {
	rest := t * l.Length()
	for i := 1; i < len(l); i++ {
		d := dist(l[i-1], l[i])
		if rest <= d && d > 0 {
			f := rest / d
			return Point{Lerp(l[i-1].X, l[i].X, f), Lerp(l[i-1].Y, l[i].Y, f)}
		}
		rest -= d
	}
	return l[len(l)-1]
}

// Cut returns the path from the part t0 to the part t1 of its length.
func (l Path) Cut(t0, t1 float32) Path {
	total := l.Length()
	from, to := t0*total, t1*total
	if to <= from {
		return nil
	}
	out := Path{l.At(t0)}
	var at float32
	for i := 1; i < len(l); i++ {
		at += dist(l[i-1], l[i])
		if at > from && at < to {
			out = append(out, l[i])
		}
	}
	return append(out, l.At(t1))
}

func dist(a, b Point) float32 { return sqrt((a.X-b.X)*(a.X-b.X) + (a.Y-b.Y)*(a.Y-b.Y)) }

// Line draws the path with the given width.
func (p *Painter) Line(l Path, width float32, col Color) {
	if len(l) < 2 || col.A == 0 {
		return
	}
	half := width * p.Scale / 2
	side := half + 1
	k := [4]float32{1e6, half, 0, 0}
	n := uint32(len(p.V))
	for i := range l {
		nx, ny := l.normal(i)
		x, y := l[i].X*p.Scale, l[i].Y*p.Scale
		p.vertex(x+nx*side, y+ny*side, 0, side, col, k)
		p.vertex(x-nx*side, y-ny*side, 0, -side, col, k)
	}
	for i := uint32(0); i+1 < uint32(len(l)); i++ {
		a := n + 2*i
		p.I = append(p.I, a, a+1, a+2, a+1, a+3, a+2)
	}
}

// normal returns the unit vector across the path at point i, lengthened at bends so that the line keeps its width.
func (l Path) normal(i int) (x, y float32) {
	a, b := l[max(0, i-1)], l[min(len(l)-1, i+1)]
	d := dist(a, b)
	if d == 0 {
		return 0, 1
	}
	x, y = -(b.Y-a.Y)/d, (b.X-a.X)/d
	if i == 0 || i == len(l)-1 {
		return x, y
	}
	d1 := dist(l[i-1], l[i])
	if d1 == 0 {
		return x, y
	}
	x1, y1 := -(l[i].Y-l[i-1].Y)/d1, (l[i].X-l[i-1].X)/d1
	f := 1 / max(0.4, x*x1+y*y1)
	return x * f, y * f
}

// Dashes draws the path in dashes.
func (p *Painter) Dashes(l Path, width, on, off float32, col Color) {
	total := l.Length()
	if total == 0 {
		return
	}
	for at := float32(0); at < total; at += on + off {
		p.Line(l.Cut(at/total, min(1, (at+on)/total)), width, col)
	}
}

// Arrow draws the path with a head at its end.
func (p *Painter) Arrow(l Path, width, head float32, col Color) {
	if len(l) < 2 {
		return
	}
	total := l.Length()
	if total <= 0 {
		return
	}
	stem := max(0, 1-head*0.8/total)
	p.Line(l.Cut(0, stem), width, col)
	p.Head(l, head, col)
}

// Head draws only the arrow head at the end of the path.
func (p *Painter) Head(l Path, head float32, col Color) {
	tip := l[len(l)-1]
	from := l.At(max(0, 1-head/max(head, l.Length())))
	d := dist(from, tip)
	if d == 0 {
		return
	}
	ux, uy := (tip.X-from.X)/d, (tip.Y-from.Y)/d
	b := Point{tip.X - ux*head, tip.Y - uy*head}
	w := head * 0.46
	p.Polygon(col, tip, Point{b.X - uy*w, b.Y + ux*w}, Point{b.X + uy*w, b.Y - ux*w})
}

// Polygon fills a convex shape with soft edges.
func (p *Painter) Polygon(col Color, pts ...Point) {
	k := [4]float32{0, 0, 0, -2}
	var cx, cy float32
	for _, q := range pts {
		cx += q.X / float32(len(pts))
		cy += q.Y / float32(len(pts))
	}
	n := uint32(len(p.V))
	soft := col
	soft.A = 0
	for _, q := range pts {
		x, y := q.X*p.Scale, q.Y*p.Scale
		dx, dy := q.X-cx, q.Y-cy
		d := max(0.001, sqrt(dx*dx+dy*dy))
		p.vertex(x-dx/d*0.5, y-dy/d*0.5, 0, 0, col, k)
		p.vertex(x+dx/d*0.7, y+dy/d*0.7, 0, 0, soft, k)
	}
	m := uint32(len(pts))
	for i := uint32(1); i+1 < m; i++ {
		p.I = append(p.I, n, n+2*i, n+2*i+2)
	}
	for i := uint32(0); i < m; i++ {
		a, b := n+2*i, n+2*((i+1)%m)
		p.I = append(p.I, a, a+1, b, a+1, b+1, b)
	}
}

// Cross draws an ✕ centred at c.
func (p *Painter) Cross(c Point, size, width float32, col Color) {
	p.Line(Path{{c.X - size, c.Y - size}, {c.X + size, c.Y + size}}, width, col)
	p.Line(Path{{c.X - size, c.Y + size}, {c.X + size, c.Y - size}}, width, col)
}
