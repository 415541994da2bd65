package picture

import (
	"image"
	"testing"
)

// TestPaletted: flat areas keep their colours exactly, and what is blended stays near.
func TestPaletted(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 256, 64))
	for i := range 256 * 64 {
		x, y := i%256, i/256
		m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3] = uint8(x), uint8(255-x), 9, 255
		if y < 32 { // the ground
			copy(m.Pix[4*i:], []uint8{0xFB, 0xFA, 0xF6, 255})
		}
	}
	p := Paletted(m)
	if len(p.Palette) > 256 || p.Bounds() != m.Bounds() {
		t.Fatalf("%d colours, %v", len(p.Palette), p.Bounds())
	}
	for i := range 256 * 64 {
		want, got := colorAt(m, 4*i), p.At(i%256, i/256)
		r, g, b, _ := got.RGBA()
		here := want
		here.R, here.G, here.B = uint8(r), uint8(g), uint8(b)
		if d := distance(want, here); i < 256*32 && d != 0 || d >= apart {
			t.Fatalf("%v became %v", want, here)
		}
	}
}
