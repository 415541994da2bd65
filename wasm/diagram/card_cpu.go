package diagram

import (
	"vitrine/wasm/ui"
)

// instructionsCard is the CPU at a glance: where it is, and the code there.
func instructionsCard(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	modePill(c, &m.F.CPU, r.Right(), r.Y-27)
	ip, at := ipText(m)
	c.KeyValue(r.X, r.Y+13, ip, at, t.Ink)
	_, area := r.CutTop(24, 0)
	row := float32(21)
	n := max(1, float32(int(area.H/row)))
	if n > 12 {
		n = 12
	}
	area.Y += (area.H - n*row) / 2
	area.H = n * row
	listing(c, m, area, row)
}

// ringsCard shows the two rings, who is in which, and the doors between them.
func ringsCard(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	band := min(56, (r.H-58)/2)
	user, kernel := ui.Rect{X: r.X, Y: r.Y, W: r.W, H: band}, ui.Rect{X: r.X, Y: r.Bottom() - band, W: r.W, H: band}
	inside := cpu.Ring == 0
	c.Frame(user, 6, 1, t.Card.Mix(t.Ring3, 0.05), t.Card.Mix(t.Ring3, 0.3))
	c.Frame(kernel, 6, 1, t.KernelFill, t.KernelLine)
	zero := "ring 0"
	if cpu.Mode == "real" {
		zero = "real mode"
	}
	w := ringTitle(c, user.X+10, user.CY()-10, "ring 3", !inside, t.Ring3)
	c.TextFit(user.X+w+20, user.CY()+4, user.W-w-28, ui.MonoM, t.Ink, userWords(m))
	w = ringTitle(c, kernel.X+10, kernel.CY()-10, zero, inside, t.Ring0)
	where := m.F.Rings.Inner.Where
	if inside {
		where = m.F.Code.Where
	}
	if cpu.Halted {
		where = "halted"
	}
	c.TextFit(kernel.X+w+20, kernel.CY()+4, kernel.W-w-28, ui.MonoM, t.Ink, where)
	cardDoors(c, m, ui.Rect{X: r.X, Y: user.Bottom(), W: r.W, H: kernel.Y - user.Bottom()})
}

// cardDoors draws the doors that matter most between the bands, the last way through one as an arrow.
func cardDoors(c *ui.Context, m *Model, r ui.Rect) {
	t, v := c.Theme, &m.F.Rings
	shown := shownDoors(m, 3)
	if len(shown) == 0 {
		c.TextMid(r.CX(), r.CY()+4, ui.Small, t.Ink3, "no door is built yet")
		return
	}
	const gap = 8
	w := min(100, (r.W-gap*float32(len(shown)-1))/float32(len(shown)))
	x := r.CX() - (float32(len(shown))*(w+gap)-gap)/2
	h := min(38, r.H-20)
	for _, k := range shown {
		d := &v.Doors[k]
		box := ui.Rect{X: x, Y: r.CY() - h/2, W: w, H: h}
		x += w + gap
		edge, ink := t.Line, t.Ink
		last := k == v.Saved.Door
		if last {
			edge = t.Ring0
			out := !v.Saved.Open
			if out {
				edge = t.Ring3
			}
			doorArrow(c, r, box, out, edge)
		}
		if d.Count+d.Nested == 0 {
			ink = t.Ink3
		}
		c.Frame(box, 5, 1.3, t.Card, edge)
		if h < 32 {
			c.TextMid(box.CX(), box.CY()+4, ui.MonoB, ink, c.Fit(ui.MonoB, d.Name, w-8))
		} else {
			c.TextMid(box.CX(), box.Y+16, ui.MonoB, ink, c.Fit(ui.MonoB, d.Name, w-8))
			c.TextMid(box.CX(), box.Y+30, ui.Tiny, t.Ink2, c.Fit(ui.Tiny, short(d.Count+d.Nested)+" ×", w-8))
		}
		c.Hover(box, doorTip(m, d))
	}
}

// doorArrow draws the last way through a door: inwards, or back out.
func doorArrow(c *ui.Context, wall, box ui.Rect, out bool, col ui.Color) {
	x := box.CX()
	way := ui.Path{{X: x, Y: wall.Y - 2}, {X: x, Y: wall.Bottom() + 2}}
	if out {
		way[0], way[1] = way[1], way[0]
	}
	c.Arrow(way, 2, 8, col)
}
