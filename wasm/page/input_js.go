package main

import (
	"syscall/js"

	"vitrine/wasm/ui"
)

// listen takes pointer events before Ebitengine does and keeps all others from it: scrolling, zooming, keys and touch
// stay the browser's. Ebitengine would prevent the default of every one of them.
func (g *game) listen() {
	window := js.Global().Get("window")
	on := func(kind string, f func(e js.Value)) {
		opts := js.Global().Get("Object").New()
		opts.Set("capture", true)
		opts.Set("passive", kind != "wheel")
		window.Call("addEventListener", kind, js.FuncOf(func(_ js.Value, args []js.Value) any {
			e := args[0]
			e.Call("stopPropagation")
			f(e)
			return nil
		}), opts)
	}
	for _, kind := range []string{"keydown", "keyup", "mousedown", "mouseup", "mousemove", "touchstart", "touchmove", "touchend", "touchcancel", "contextmenu"} {
		on(kind, func(js.Value) {})
	}
	var down ui.Point
	on("pointermove", func(e js.Value) { g.point(e); g.redraw() })
	on("pointerdown", func(e js.Value) { g.point(e); down = g.input.Pos })
	on("pointerup", func(e js.Value) {
		g.point(e)
		if abs(g.input.Pos.X-down.X)+abs(g.input.Pos.Y-down.Y) < 8 {
			g.input.Clicked = true
		}
		g.redraw()
	})
	on("wheel", func(e js.Value) {
		g.point(e)
		if g.inside && !e.Get("ctrlKey").Bool() && g.picture.TakesWheel(g.input.Pos) { // with Ctrl it zooms, as a pinch does
			e.Call("preventDefault")
			g.input.Wheel += wheel(e)
			g.redraw()
		}
	})
	leave := js.FuncOf(func(js.Value, []js.Value) any {
		g.input.Inside = false
		g.redraw()
		return nil
	})
	js.Global().Get("document").Get("documentElement").Call("addEventListener", "pointerleave", leave)
	window.Call("addEventListener", "resize", js.FuncOf(func(js.Value, []js.Value) any { g.resized(); return nil }))
}

func (g *game) point(e js.Value) {
	g.input.Pos = ui.Point{X: float32(e.Get("clientX").Float()), Y: float32(e.Get("clientY").Float())}
	if kind := e.Get("pointerType"); kind.Type() == js.TypeString {
		g.input.Touch = kind.String() == "touch"
	}
	g.input.Inside = true
}

// wheel returns how many notches the wheel turned, whatever unit the browser counts in.
func wheel(e js.Value) float32 {
	d := float32(e.Get("deltaY").Float())
	if e.Get("deltaMode").Int() == 0 {
		return d / 100
	}
	return d / 3
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}

// showCursor makes the pointer a hand over what can be clicked.
func (g *game) showCursor() {
	cursor := "default"
	if g.picture.C.Pointer {
		cursor = "pointer"
	}
	if cursor == g.cursor {
		return
	}
	g.cursor = cursor
	js.Global().Get("document").Get("body").Get("style").Set("cursor", cursor)
}

// dress sets up the canvas that Ebitengine made. It gets a render surface of its own: where something opaque lies over its
// lower end, as the page's transport does, or the window ends, Chromium else shows the wrong part of it, counted from the
// bottom, so that it is shifted up by what is hidden (seen in version 156 with software compositing).
func dress() {
	canvas := js.Global().Get("document").Call("querySelector", "canvas")
	if !canvas.Truthy() {
		return
	}
	canvas.Get("style").Set("filter", "opacity(1)")
	// Ebitengine gives its canvas a place before everything else in the order of Tab, and no name.
	canvas.Set("tabIndex", 0)
	canvas.Call("setAttribute", "role", "img")
	canvas.Call("setAttribute", "aria-label", "The machine, drawn. The same stands as text below the picture.")
}

// loadFonts draws again once the web fonts have arrived: a canvas does not wait for them.
func (g *game) loadFonts() {
	fonts := js.Global().Get("document").Get("fonts")
	for _, f := range []string{`400 12px Inter`, `500 12px Inter`, `600 12px Inter`, `400 12px "JetBrains Mono"`, `500 12px "JetBrains Mono"`, `600 12px "JetBrains Mono"`} {
		fonts.Call("load", f).Call("then", js.FuncOf(func(js.Value, []js.Value) any {
			g.fonts.Clear()
			g.redraw()
			return nil
		}))
	}
}
