package main

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"vitrine/wasm/scene"
	"vitrine/wasm/ui"
)

// game is Ebitengine's side: it turns the picture's triangles into one draw call, only when something changed.
type game struct {
	picture *scene.Picture
	fonts   *ui.Fonts
	atlas   *ebiten.Image
	shader  *ebiten.Shader
	kept    ui.Kept // what is on the screen
	input   ui.Input
	w, h    float64 // CSS pixels
	scale   float64
	dirty   bool
	again   int // pictures to draw whether or not something changed
	cursor  string
	cost    cost
	inside  bool // the machine has the keyboard, and so the wheel
}

func newGame() *game {
	shader, err := ebiten.NewShader([]byte(ui.Shader))
	if err != nil {
		panic("BUG: the shader does not compile: " + err.Error())
	}
	w, h := 2048, 1024
	if ebiten.Monitor().DeviceScaleFactor() > 1.25 {
		h = 2048
	}
	g := &game{shader: shader, dirty: true}
	g.picture, g.fonts = newPicture(w, h)
	g.atlas = ebiten.NewImageWithOptions(image.Rect(0, 0, w, h), &ebiten.NewImageOptions{Unmanaged: true})
	return g
}

// redraw asks for one more picture.
func (g *game) redraw() {
	g.dirty = true
	ebiten.ScheduleFrame()
}

// resized asks for a few pictures: the first ones after a change of size still go to the old frame buffer.
func (g *game) resized() {
	g.again = 4
	g.redraw()
}

// Update implements ebiten.Game; everything happens in Draw, because nothing here depends on a rate.
func (g *game) Update() error { return nil }

// largest is the edge in pixels beyond which some phones have no textures.
const largest = 4096

// LayoutF implements ebiten.LayoutFer: the canvas has the device's own pixels.
func (g *game) LayoutF(w, h float64) (float64, float64) {
	scale := ebiten.Monitor().DeviceScaleFactor()
	scale = min(scale, largest/max(w, h))
	if w != g.w || h != g.h || scale != g.scale {
		g.fonts.Clear()
		g.w, g.h, g.scale = w, h, scale
		dress()
		g.resized()
	}
	return math.Ceil(w * scale), math.Ceil(h * scale)
}

// Layout implements ebiten.Game; LayoutF is used instead.
func (g *game) Layout(w, h int) (int, int) { return w, h }

// Draw implements ebiten.Game.
func (g *game) Draw(screen *ebiten.Image) {
	if !g.dirty {
		return
	}
	g.dirty = false
	began := now()
	g.compose()
	if g.fonts.Full {
		g.fonts.Clear()
		g.compose()
	}
	glyphs := g.upload()
	p := g.picture.C
	same := g.kept.Same(p.Painter) && !glyphs && g.again == 0
	g.measured(now() - began)
	if same {
		g.after()
		return
	}
	op := &ebiten.DrawTrianglesShaderOptions{}
	op.Images[0] = g.atlas
	screen.DrawTrianglesShader32(vertices(p.V), p.I, g.shader, op)
	g.after()
}

// compose lets the picture draw itself.
func (g *game) compose() {
	g.picture.Draw(float32(g.w), float32(g.h), float32(g.scale), now(), g.input)
}

// upload brings new glyphs to the graphics card and tells whether there were any.
func (g *game) upload() bool {
	y, h, pixels := g.fonts.Flush()
	if h == 0 {
		return false
	}
	g.atlas.SubImage(image.Rect(0, y, g.fonts.W, y+h)).(*ebiten.Image).WritePixels(pixels)
	return true
}

// after passes on what the viewer did, and asks for another picture while something moves.
func (g *game) after() {
	c := g.picture.C
	g.input.Clicked, g.input.Wheel = false, 0
	for _, a := range c.Actions {
		if a.Kind == "stage" {
			g.picture.SetStage(a.Text)
			g.redraw()
		}
		send(a)
	}
	g.showCursor()
	if g.again > 0 {
		g.again--
		g.redraw()
	}
	if c.Moving {
		g.redraw()
	}
}
