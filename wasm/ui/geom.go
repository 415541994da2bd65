// Package ui is the drawing vocabulary of the picture: colours, text, cards, curves, eased values and hit regions.
// It turns calls into triangles and knows neither Ebitengine nor the browser (only raster_js.go asks the browser for glyphs),
// so that every layout can be tested headless. Coordinates are CSS pixels; the Painter multiplies by the device's scale.
package ui

import "math"

// Point is a place in CSS pixels.
type Point struct{ X, Y float32 }

// Rect is an area in CSS pixels.
type Rect struct{ X, Y, W, H float32 }

// Right returns the x just past r.
func (r Rect) Right() float32 { return r.X + r.W }

// Bottom returns the y just past r.
func (r Rect) Bottom() float32 { return r.Y + r.H }

// CX returns the middle of r horizontally.
func (r Rect) CX() float32 { return r.X + r.W/2 }

// CY returns the middle of r vertically.
func (r Rect) CY() float32 { return r.Y + r.H/2 }

// Inset returns r made smaller by x on the left and right and y above and below.
func (r Rect) Inset(x, y float32) Rect { return Rect{r.X + x, r.Y + y, r.W - 2*x, r.H - 2*y} }

// Contains tells whether p lies in r.
func (r Rect) Contains(p Point) bool {
	return p.X >= r.X && p.X < r.Right() && p.Y >= r.Y && p.Y < r.Bottom()
}

// Intersect returns the common area of r and q, of size 0 when there is none.
func (r Rect) Intersect(q Rect) Rect {
	x0, y0 := max(r.X, q.X), max(r.Y, q.Y)
	x1, y1 := min(r.Right(), q.Right()), min(r.Bottom(), q.Bottom())
	return Rect{x0, y0, max(0, x1-x0), max(0, y1-y0)}
}

// CutTop splits r into its first h pixels and the rest below a gap.
func (r Rect) CutTop(h, gap float32) (top, rest Rect) {
	h = min(h, r.H)
	return Rect{r.X, r.Y, r.W, h}, Rect{r.X, r.Y + h + gap, r.W, max(0, r.H-h-gap)}
}

// CutBottom splits r into the rest above a gap and its last h pixels.
func (r Rect) CutBottom(h, gap float32) (rest, bottom Rect) {
	h = min(h, r.H)
	return Rect{r.X, r.Y, r.W, max(0, r.H-h-gap)}, Rect{r.X, r.Bottom() - h, r.W, h}
}

// CutLeft splits r into its first w pixels and the rest after a gap.
func (r Rect) CutLeft(w, gap float32) (left, rest Rect) {
	w = min(w, r.W)
	return Rect{r.X, r.Y, w, r.H}, Rect{r.X + w + gap, r.Y, max(0, r.W-w-gap), r.H}
}

// CutRight splits r into the rest before a gap and its last w pixels.
func (r Rect) CutRight(w, gap float32) (rest, right Rect) {
	w = min(w, r.W)
	return Rect{r.X, r.Y, max(0, r.W-w-gap), r.H}, Rect{r.Right() - w, r.Y, w, r.H}
}

// Columns splits r into n columns of equal width.
func (r Rect) Columns(n int, gap float32) []Rect {
	out := make([]Rect, n)
	w := (r.W - gap*float32(n-1)) / float32(n)
	for i := range out {
		out[i] = Rect{r.X + float32(i)*(w+gap), r.Y, w, r.H}
	}
	return out
}

func sqrt(x float32) float32  { return float32(math.Sqrt(float64(x))) }
func round(x float32) float32 { return float32(math.Floor(float64(x) + 0.5)) }
func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
func ceil(x float32) float32  { return float32(math.Ceil(float64(x))) }

// Lerp goes from a to b as t goes from 0 to 1.
func Lerp(a, b, t float32) float32 { return a + (b-a)*t }
