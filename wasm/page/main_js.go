// Command page is the picture: it runs in the canvas' own document, receives batches from the page around it, draws
// them with Ebitengine and passes on what the viewer does. web/canvas.js stands between it and the page.
package main

import (
	"runtime/debug"
	"strconv"
	"syscall/js"

	"github.com/hajimehoshi/ebiten/v2"

	"vitrine/wasm/scene"
	"vitrine/wasm/ui"
)

// garbage is how much memory may be waiting to be collected, in percent of what is in use: a collection in the middle of a picture
// can be seen, and what a picture leaves behind is little.
const garbage = 300

func main() {
	debug.SetGCPercent(garbage)
	g := newGame()
	g.listen()
	js.Global().Set("vitrinePage", map[string]any{
		"batch": js.FuncOf(g.batch),
		"set":   js.FuncOf(g.set),
		"costs": js.FuncOf(g.costs),
	})
	send(ui.Action{Kind: "ready"})
	watchScale()
	ebiten.SetFPSMode(ebiten.FPSModeVsyncOffMinimum)
	ebiten.SetTPS(ebiten.SyncWithFPS)
	ebiten.SetScreenClearedEveryFrame(false)
	g.loadFonts()
	if err := ebiten.RunGame(g); err != nil {
		panic(err)
	}
}

// batch(Uint8Array) takes in what the machine's worker sent.
func (g *game) batch(_ js.Value, args []js.Value) any {
	b := make([]byte, args[0].Get("length").Int())
	js.CopyBytesToGo(b, args[0])
	began := now()
	defer func() { g.cost.decoded(b, now()-began) }()
	if err := g.picture.Model.Take(b, now()); err != nil {
		return err.Error()
	}
	g.redraw()
	return nil
}

// set(settings) takes in settings: theme, stage, parts (the cards beside it: a list of diagrams), narrated (the page tells the
// story), reducedMotion, keyboard (typing goes to the machine), inside (keys or typing do, and the wheel), embed (little room: the
// stage alone). Absent ones stay as they are.
func (g *game) set(_ js.Value, args []js.Value) any {
	o := args[0]
	if v := o.Get("theme"); v.Type() == js.TypeString {
		g.theme(v.String())
	}
	if v := o.Get("stage"); v.Type() == js.TypeString {
		g.picture.SetStage(v.String())
	}
	if v := o.Get("parts"); v.Type() == js.TypeObject {
		ids := make([]string, v.Length())
		for i := range ids {
			ids[i] = v.Index(i).String()
		}
		g.picture.SetParts(ids)
	}
	if v := o.Get("narrated"); v.Type() == js.TypeBoolean {
		g.picture.Narrated = v.Bool()
	}
	if v := o.Get("reducedMotion"); v.Type() == js.TypeBoolean {
		g.picture.C.Reduced = v.Bool()
	}
	if v := o.Get("keyboard"); v.Type() == js.TypeBoolean {
		g.picture.Model.Keyboard = v.Bool()
	}
	if v := o.Get("inside"); v.Type() == js.TypeBoolean {
		g.inside = v.Bool()
	}
	if v := o.Get("embed"); v.Type() == js.TypeBoolean {
		g.picture.Embed = v.Bool()
	}
	g.redraw()
	return nil
}

// theme chooses the colours; "auto" follows the system.
func (g *game) theme(name string) {
	dark := name == "dark"
	if name == "auto" {
		dark = js.Global().Call("matchMedia", "(prefers-color-scheme: dark)").Get("matches").Bool()
	}
	g.picture.C.Theme = &ui.Light
	ground := "#fbfaf6"
	if dark {
		g.picture.C.Theme = &ui.Dark
		ground = "#14171a"
	}
	// Ebitengine makes the document black, which would show at the edges while the window changes its size.
	for _, of := range []string{"body", "documentElement"} {
		js.Global().Get("document").Get(of).Get("style").Set("background", ground)
	}
}

// send passes an action of the viewer to the page around the canvas.
func send(a ui.Action) {
	o := js.Global().Get("Object").New()
	o.Set("kind", a.Kind)
	if a.Text != "" {
		o.Set("text", a.Text)
	}
	if a.N != 0 {
		o.Set("n", a.N)
	}
	if a.Mask != 0 {
		o.Set("mask", float64(a.Mask))
	}
	if a.Addr != 0 {
		o.Set("addr", float64(a.Addr))
	}
	if a.Rows != 0 {
		o.Set("rows", a.Rows)
		o.Set("cols", a.Cols)
	}
	if a.Kind == "story" {
		o.Set("x", a.At.X)
		o.Set("y", a.At.Y)
		o.Set("w", a.At.W)
		o.Set("h", a.At.H)
	}
	js.Global().Call("vitrineSend", o)
}

// watchScale begins anew when the window comes to a screen of another density or is zoomed: Ebitengine asks for the
// density only once. The machine is not touched; the page sends the last picture again.
func watchScale() {
	window := js.Global().Get("window")
	ratio := strconv.FormatFloat(window.Get("devicePixelRatio").Float(), 'f', -1, 64)
	query := js.Global().Call("matchMedia", "(resolution: "+ratio+"dppx)")
	query.Call("addEventListener", "change", js.FuncOf(func(js.Value, []js.Value) any {
		window.Get("location").Call("reload")
		return nil
	}))
}

// now returns host time in milliseconds; it only moves pictures, never the machine.
func now() float64 { return js.Global().Get("performance").Call("now").Float() }

// newPicture returns the picture with an atlas for this screen.
func newPicture(w, h int) (*scene.Picture, *ui.Fonts) {
	fonts := ui.NewFonts(ui.NewBrowser(), w, h)
	return scene.New(ui.NewContext(fonts)), fonts
}
