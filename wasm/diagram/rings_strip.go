package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// crossings draws the last stays in each ring, one place for each whatever it lasted, ring 3 above ring 0, with how
// long it lasted and through which door it ended.
func crossings(c *ui.Context, m *Model, r ui.Rect) {
	t, all := c.Theme, m.F.Rings.Crossings
	if len(all) == 0 {
		c.Text(r.X, r.CY()+4, ui.Small, t.Ink3, "Nobody has gone through a door yet.")
		return
	}
	label := float32(46)
	c.Text(r.X, r.Y+17, ui.Mono, t.Ring3, "ring 3")
	c.Text(r.X, r.Y+43, ui.Mono, t.Ring0, "ring 0")
	area := ui.Rect{X: r.X + label + 8, Y: r.Y, W: r.W - label - 8, H: r.H}
	n := min(len(all), max(2, int(area.W/88)))
	all = all[len(all)-n:]
	w := area.W / float32(n)
	for i := range all {
		x := &all[i]
		end, next := m.F.Now, (*view.Crossing)(nil)
		if i+1 < n {
			next = &all[i+1]
			end = next.At
		}
		place := ui.Rect{X: area.X + float32(i)*w, Y: area.Y + 4, W: w - 3, H: 18}
		other := place
		other.Y += 26
		col, ink := t.Ring3.Fade(0.22), t.Ink
		if x.To != 3 {
			place, other = other, place
			col, ink = t.Ring0.Fade(0.85), t.OnAccent
		}
		if next == nil {
			c.Frame(place, 4, 1.4, col, t.Ink)
		} else {
			c.Round(place, 4, col)
		}
		lasted := span(end - min(end, x.At))
		c.TextMid(place.CX(), place.Y+13, ui.Tiny, ink, c.Fit(ui.Tiny, lasted, place.W-4))
		if next != nil {
			left := t.Ink2
			c.TextRight(other.Right()-2, other.Y+13, ui.Tiny, left, c.Fit(ui.Tiny, next.How, other.W-4))
		}
		if at := (ui.Rect{X: place.X, Y: area.Y, W: place.W, H: area.H}); c.Over(at) {
			toMomentAt(c, at, x.At, stayTip(m, x, lasted))
		}
	}
}

func stayTip(m *Model, x *view.Crossing, lasted string) string {
	s := lasted + " in ring " + itoa(int(x.To)) + ", entered at " + span(x.At) + " by " + x.How
	if x.Kind == view.DoorSyscall && !x.Back {
		if name := m.H.Calls[x.Number]; name != "" {
			s += " " + name + "()"
		} else {
			s += " " + itoa(int(x.Number))
		}
	}
	if x.Kind == view.DoorException && !x.Back {
		s += ", error code " + hex(x.Number, 1)
	}
	if t := m.task(int(x.Task)); t != nil {
		s += ", pid " + itoa(t.PID) + " " + t.Comm
	}
	return s
}
