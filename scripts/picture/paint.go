package picture

import (
	"image"
	"math"

	"vitrine/wasm/ui"
)

// canvas is what is painted on: premultiplied colours of 32 bits each, as a graphics card blends them.
type canvas struct {
	w, h  int
	pix   []float32 // red, green, blue of each pixel; what lies below is opaque
	atlas *image.Alpha
}

// paint draws triangles as ui.Shader says.
func (c *canvas) paint(v []ui.Vertex, index []uint32) {
	for i := 0; i+2 < len(index); i += 3 {
		c.triangle(&v[index[i]], &v[index[i+1]], &v[index[i+2]])
	}
}

// cross is twice the signed area of the triangle a, b, (x, y).
func cross(a, b *ui.Vertex, x, y float32) float32 {
	return (b.DstX-a.DstX)*(y-a.DstY) - (b.DstY-a.DstY)*(x-a.DstX)
}

// owns tells whether pixels exactly on the edge from a to b belong to the triangle: of two that share it one does.
func owns(a, b *ui.Vertex) bool {
	return b.DstY < a.DstY || b.DstY == a.DstY && b.DstX > a.DstX
}

func (c *canvas) triangle(p, q, r *ui.Vertex) {
	area := cross(p, q, r.DstX, r.DstY)
	if area == 0 {
		return
	}
	if area < 0 {
		q, r, area = r, q, -area
	}
	x0, x1 := span(p.DstX, q.DstX, r.DstX, c.w)
	y0, y1 := span(p.DstY, q.DstY, r.DstY, c.h)
	edges := [3][2]*ui.Vertex{{q, r}, {r, p}, {p, q}}
	var own [3]bool
	for i, e := range edges {
		own[i] = owns(e[0], e[1])
	}
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			var k [3]float32
			in := true
			for i, e := range edges {
				k[i] = cross(e[0], e[1], float32(x)+0.5, float32(y)+0.5)
				in = in && (k[i] > 0 || k[i] == 0 && own[i])
			}
			if in {
				c.fragment(3*(y*c.w+x), p, q, r, k[0]/area, k[1]/area, k[2]/area)
			}
		}
	}
}

// span is the range of pixels between the least and the largest, inside the picture.
func span(a, b, c float32, most int) (from, to int) {
	from = int(math.Floor(float64(min(a, b, c))))
	to = int(math.Ceil(float64(max(a, b, c))))
	return max(0, from), min(most, to)
}

// fragment blends one pixel; a, b and d are the weights of the three corners.
func (c *canvas) fragment(at int, p, q, r *ui.Vertex, a, b, d float32) {
	u, v := a*p.SrcX+b*q.SrcX+d*r.SrcX, a*p.SrcY+b*q.SrcY+d*r.SrcY
	cover := c.cover(p, u, v)
	if cover <= 0 {
		return
	}
	alpha := (a*p.ColorA + b*q.ColorA + d*r.ColorA) * cover
	out := c.pix[at : at+3]
	out[0] = out[0]*(1-alpha) + cover*(a*p.ColorR+b*q.ColorR+d*r.ColorR)
	out[1] = out[1]*(1-alpha) + cover*(a*p.ColorG+b*q.ColorG+d*r.ColorG)
	out[2] = out[2]*(1-alpha) + cover*(a*p.ColorB+b*q.ColorB+d*r.ColorB)
}

// cover is how much of the pixel at u, v is covered. See ui.Shader.
func (c *canvas) cover(k *ui.Vertex, u, v float32) float32 {
	switch {
	case k.Custom3 < -1.5:
		return 1
	case k.Custom3 < -0.5:
		return float32(c.atlas.AlphaAt(int(u), int(v)).A) / 255
	}
	qx, qy := abs(u)-k.Custom0+k.Custom2, abs(v)-k.Custom1+k.Custom2
	d := float32(math.Hypot(float64(max(qx, 0)), float64(max(qy, 0)))) + min(max(qx, qy), 0) - k.Custom2
	cover := min(max(0.5-d, 0), 1)
	if k.Custom3 > 0 {
		cover = min(cover, min(max(0.5+d+k.Custom3, 0), 1))
	}
	return cover
}

func abs(x float32) float32 { return max(x, -x) }

// image returns what was painted.
func (c *canvas) image() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
	for i := range c.w * c.h {
		for k := range 3 {
			m.Pix[4*i+k] = uint8(min(max(c.pix[3*i+k], 0), 1)*255 + 0.5)
		}
		m.Pix[4*i+3] = 255
	}
	return m
}
