package picture

import (
	"image"

	"vitrine/wasm/scene"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Shot says what of the picture is drawn.
type Shot struct {
	Stage string   // the diagram on stage
	Parts []string // those beside it, as the picture chooses them when there are none
	Embed bool     // little room, in somebody else's page
	Dark  bool
	W, H  float32 // the window, in CSS pixels
	Scale float32 // pixels for one CSS pixel
	After float64 // milliseconds since the last batch came; 0: everything has come to rest
}

// Draw returns the canvas as it is once it has received the batches and everything on it has come to rest.
func (s Shot) Draw(f *Faces, batches []*view.Batch) *image.RGBA {
	mine := f.with()
	fonts := ui.NewFonts(mine, 2048, 2048)
	p := scene.New(ui.NewContext(fonts))
	p.C.Reduced = s.After == 0
	if s.Dark {
		p.C.Theme = &ui.Dark
	}
	p.SetStage(s.Stage)
	p.SetParts(s.Parts)
	p.Embed = s.Embed
	const frame = 1000.0 / 60
	now := frame
	for _, b := range batches {
		p.Model.Add(b, now)
	}
	if now += s.After; s.After > 0 { // what moves has been seen at its beginning
		p.Draw(s.W, s.H, s.Scale, frame, ui.Input{})
	}
	for range 4 { // what is told and where it stands may follow from the picture before
		p.Draw(s.W, s.H, s.Scale, now, ui.Input{})
		if s.After == 0 {
			now += frame
		}
	}
	c := &canvas{w: int(s.W*s.Scale + 0.5), h: int(s.H*s.Scale + 0.5), atlas: mine.atlas}
	c.pix = make([]float32, 3*c.w*c.h)
	c.paint(p.C.V, p.C.I)
	return c.image()
}
