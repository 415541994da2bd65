package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

const (
	microLine = 18 // height of a line of a phase's data
	mostMicro = 6  // lines that are drawn
)

// microHeight is the height of the panel of phases, 0 when none is shown.
func microHeight(m *Model) float32 {
	if m.F.Micro.Phase == 0 {
		return 0
	}
	return 74 + microLine*mostMicro
}

// microPanel draws the five phases of the instruction that is looked into, the active one lit, with its data.
func microPanel(c *ui.Context, m *Model, r ui.Rect) {
	u := &m.F.Micro
	if u.Phase == 0 || u.Phase > view.NumPhases || r.H < 60 {
		return
	}
	t := c.Theme
	c.Frame(r, 8, 1, t.Paper, t.Soft)
	x, w := r.X+16, r.W-32
	cell := (w - 4*(view.NumPhases-1)) / view.NumPhases
	for i, name := range view.PhaseNames {
		box := ui.Rect{X: x + float32(i)*(cell+4), Y: r.Y + 12, W: cell, H: 22}
		fill, ink := t.Fill, t.Ink2
		switch {
		case i+1 == int(u.Phase):
			fill, ink = t.Ring3, t.OnAccent
		case i+1 > int(u.Last):
			ink = t.Ink3 // it does not come so far
		}
		if i+1 == int(u.Phase) && u.Last < view.NumPhases && u.Phase >= u.Last {
			fill = t.Ring0
		}
		c.Round(box, 5, fill)
		c.TextMid(box.CX(), box.Y+15, ui.Small, ink, name)
	}
	c.TextFit(x, r.Y+54, w, ui.MonoM, t.Ink, u.Text)
	y := r.Y + 54 + microLine + 2
	lines := u.Phases[u.Phase-1]
	for i, line := range lines {
		if i == mostMicro-1 && len(lines) > mostMicro {
			c.Text(x, y, ui.Small, t.Ink3, "and "+itoa(len(lines)-i)+" more")
			break
		}
		c.TextFit(x, y, w, ui.Mono, t.Ink2, line)
		y += microLine
	}
}
