package picture

import (
	"image"
	"math"
	"os"
	"testing"

	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// blank is a black canvas with a painter of one pixel for one CSS pixel.
func blank(w, h int) (*canvas, *ui.Painter) {
	p := &ui.Painter{Fonts: ui.NewFonts(ui.Fixed{}, 64, 64)}
	p.Reset(1)
	return &canvas{w: w, h: h, pix: make([]float32, 3*w*h), atlas: image.NewAlpha(image.Rect(0, 0, 64, 64))}, p
}

func (c *canvas) sum() (sum float64) {
	for i := 0; i < len(c.pix); i += 3 {
		sum += float64(c.pix[i])
	}
	return sum
}

// TestAreas: shapes cover the areas that geometry gives them.
func TestAreas(t *testing.T) {
	white := ui.Hex(0xffffff)
	for name, s := range map[string]struct {
		draw func(p *ui.Painter)
		want float64
	}{
		"box":     {func(p *ui.Painter) { p.Fill(ui.Rect{X: 10, Y: 20, W: 30, H: 40}, white) }, 30 * 40},
		"disc":    {func(p *ui.Painter) { p.Circle(ui.Point{X: 50.3, Y: 49.7}, 30, white) }, math.Pi * 900},
		"ring":    {func(p *ui.Painter) { p.Ring(ui.Point{X: 50, Y: 50}, 30, 5, white) }, math.Pi * (900 - 625)},
		"line":    {func(p *ui.Painter) { p.Line(ui.Path{{X: 10, Y: 10}, {X: 70, Y: 90}}, 3, white) }, 3 * 100},
		"outside": {func(p *ui.Painter) { p.Fill(ui.Rect{X: -50, Y: -50, W: 60, H: 60}, white) }, 100},
		"clipped": {func(p *ui.Painter) {
			p.Clip(ui.Rect{X: 0, Y: 0, W: 25, H: 100})
			p.Fill(ui.Rect{X: 20, Y: 0, W: 30, H: 10}, white)
		}, 50},
	} {
		c, p := blank(100, 100)
		s.draw(p)
		c.paint(p.V, p.I)
		if got := c.sum(); math.Abs(got-s.want) > 0.02*s.want+0.5 {
			t.Errorf("%s covers %.1f pixels, want %.1f", name, got, s.want)
		}
	}
}

// TestSeams: two triangles that share an edge paint each pixel of it once, whichever way they turn.
func TestSeams(t *testing.T) {
	for n := range 40 {
		c, p := blank(64, 64)
		corner := func(x, y float32) ui.Vertex {
			return ui.Vertex{DstX: x, DstY: y, ColorR: 0.25, ColorA: 0.25, Custom3: -2}
		}
		p.V = []ui.Vertex{corner(float32(n), 3), corner(60, float32(n)), corner(float32(60-n), 61), corner(2, float32(50-n))}
		p.I = []uint32{0, 1, 2, 2, 3, 0}
		if n%2 == 1 {
			p.I = []uint32{2, 1, 0, 2, 3, 0}
		}
		c.paint(p.V, p.I)
		for i := 0; i < len(c.pix); i += 3 {
			if c.pix[i] != 0 && math.Abs(float64(c.pix[i])-0.25) > 1e-5 {
				t.Fatalf("%d: pixel %d, %d is %v", n, i/3%64, i/3/64, c.pix[i])
			}
		}
	}
}

// fonts are fetched by the build; where they are not, what needs them is passed over.
func fonts(t *testing.T) *Faces {
	t.Helper()
	f, err := LoadFaces("../../build/fonts")
	if err != nil {
		if os.Getenv("VITRINE_PAGE") == "" {
			t.Skip("the fonts are not fetched: make build")
		}
		t.Fatal(err)
	}
	return f
}

// TestFaces: JetBrains Mono's letters are 600 of 1,000 units wide, as its makers say; a letter's ink stands on the baseline.
func TestFaces(t *testing.T) {
	f := fonts(t)
	if w := f.Measure(ui.Face{Mono: true, Weight: 500, Size: 10}, 2, "il0M"); math.Abs(float64(w)-4*12) > 0.1 {
		t.Errorf("four letters of 20 pixels are %v wide", w)
	}
	f.Clear(64, 64)
	f.Draw(ui.Face{Weight: 600, Size: 20}, 1, "H", 10, 40)
	rows := map[int]bool{}
	for y := range 64 {
		for x := range 64 {
			if f.atlas.AlphaAt(x, y).A > 128 {
				rows[y] = true
			}
		}
	}
	if !rows[39] || rows[40] || rows[24] || !rows[27] { // 728 of 1,000 units high
		t.Errorf("an H of 20 pixels has ink in rows %v", rows)
	}
}

// TestDraw: every stage is drawn before the machine has told anything, in both themes.
func TestDraw(t *testing.T) {
	f := fonts(t)
	for _, d := range diagram.All {
		for _, dark := range []bool{false, true} {
			m := Shot{Stage: d.ID, Dark: dark, W: 724, H: 380, Scale: 0.5}.Draw(f, []*view.Batch{{}})
			colors := map[[3]uint8]bool{}
			for i := 0; i < len(m.Pix); i += 4 {
				colors[[3]uint8(m.Pix[i:])] = true
			}
			ground := m.Pix[0] > 128
			if m.Bounds().Dx() != 362 || len(colors) < 30 || ground == dark {
				t.Errorf("%s, dark %v: %v, %d colours, corner %v", d.ID, dark, m.Bounds(), len(colors), m.Pix[:3])
			}
		}
	}
}

func FuzzWOFF(f *testing.F) {
	f.Add([]byte("wOFF"))
	f.Add(append([]byte("wOFF\x00\x01\x00\x00\x00\x00\x00\x60\x00\x01"), make([]byte, 80)...))
	f.Fuzz(func(t *testing.T, p []byte) {
		if out, err := unpackWOFF(p); err == nil && len(out) < 12 {
			t.Error("a font without a head")
		}
	})
}
