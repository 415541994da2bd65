package scene

import (
	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
)

// In an embed there is as much room as the lesson gives, and nothing should need scrolling. Everything is shown where it can be
// read; with less room the stage stands alone, as small as can still be read.
const (
	roomyW, roomyH = 1100, 560 // of everything
	smallest       = 0.7       // zoom
	edge           = 8
)

// roomy tells whether everything fits, in units of the layout.
func roomy(w, h float32) bool { return w >= roomyW && h >= roomyH }

// embedZoom is the zoom in a window of w by h CSS pixels.
func (p *Picture) embedZoom(w, h float32) float32 {
	if z := min(w/roomyW, h/roomyH); z >= 0.85 {
		return min(max(z*0.999, 0.85), 1, z)
	}
	if p.asCard(w, h) {
		return min(max(1, min(w/cardW, h/cardH)), 2)
	}
	for z := float32(1); z > smallest; z -= 0.02 {
		if p.fits(w/z, h/z) {
			return z
		}
	}
	if p.fits(w/smallest, h/smallest) || w/0.8 < narrowest {
		return max(smallest, min(0.8, w/narrowest))
	}
	return 0.8
}

// The window, in units of the layout, that a card alone is drawn for, and the height from which on the stage is shown also when
// it has to scroll.
const (
	cardW, cardH = diagram.CardW + 2*edge, diagram.CardH + 2*edge
	scrollable   = 440
)

// asCard tells whether there is so little room that the diagram is drawn as a card.
func (p *Picture) asCard(w, h float32) bool {
	return p.def.Card != nil && h < scrollable && !p.fits(w/smallest, h/smallest)
}

// narrowest is the width that a column is drawn for.
const narrowest = 380

// fits tells whether the stage alone has the height that it wants, or nearly.
func (p *Picture) fits(w, h float32) bool {
	return p.stage.Height(p.Model, w-2*edge)*0.9 <= h-2*edge
}

// alone is the layout with nothing but the stage.
func (p *Picture) alone(w, h float32) Layout {
	l := Layout{Alone: p.asCard(w*p.zoom, h*p.zoom), Stage: ui.Rect{X: edge, Y: edge, W: w - 2*edge, H: h - 2*edge}, Height: h}
	if want := p.stage.Height(p.Model, l.Stage.W); !l.Alone && !p.fits(w, h) {
		l.Stage.H, l.Height = want, want+2*edge
	}
	l.Need = l.Height
	return l
}
