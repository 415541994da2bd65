package ui

import (
	"strconv"
	"syscall/js"
)

// Browser rasterises glyphs with the browser's own text engine on a 2D canvas: every script and web font the page has,
// and no font code in the download.
type Browser struct {
	ctx      js.Value
	canvas   js.Value
	font     string
	measured faceKey
}

// NewBrowser returns a rasterizer on a canvas that is never shown.
func NewBrowser() *Browser {
	canvas := js.Global().Get("document").Call("createElement", "canvas")
	opts := js.Global().Get("Object").New()
	opts.Set("willReadFrequently", true)
	return &Browser{canvas: canvas, ctx: canvas.Call("getContext", "2d", opts)}
}

// Family names, as the page's style sheet loads them; the rest serve scripts that those lack.
const (
	sans = `Inter, "Noto Sans", system-ui, sans-serif`
	mono = `"JetBrains Mono", "Noto Sans Mono", ui-monospace, monospace`
)

func (b *Browser) use(f Face, scale float32) {
	if key := (faceKey{f, scale}); key != b.measured || b.font == "" {
		family := sans
		if f.Mono {
			family = mono
		}
		b.font = strconv.Itoa(int(f.Weight)) + " " + strconv.FormatFloat(float64(f.Size*scale), 'f', 3, 32) + "px " + family
		b.measured = key
		b.ctx.Set("font", b.font)
	}
}

// Measure implements Rasterizer.
func (b *Browser) Measure(f Face, scale float32, s string) float32 {
	b.use(f, scale)
	return float32(b.ctx.Call("measureText", s).Get("width").Float())
}

// Draw implements Rasterizer.
func (b *Browser) Draw(f Face, scale float32, s string, x, y float32) {
	b.use(f, scale)
	b.ctx.Call("fillText", s, x, y)
}

// Read implements Rasterizer.
func (b *Browser) Read(x, y, w, h int) []byte {
	data := b.ctx.Call("getImageData", x, y, w, h).Get("data")
	out := make([]byte, 4*w*h)
	js.CopyBytesToGo(out, data)
	for i := 0; i < len(out); i += 4 {
		a := out[i+3]
		out[i], out[i+1], out[i+2] = a, a, a
	}
	return out
}

// Clear implements Rasterizer.
func (b *Browser) Clear(w, h int) {
	b.canvas.Set("width", w)
	b.canvas.Set("height", h)
	b.font = ""
	b.ctx.Set("textRendering", "geometricPrecision")
	b.ctx.Set("fontKerning", "normal")
	b.ctx.Set("fillStyle", "#000")
}
