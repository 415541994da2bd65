package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// timeCard is the countdown and the lanes of those who ran last.
func timeCard(c *ui.Context, m *Model, r ui.Rect) {
	t, tm := c.Theme, &m.F.Timer
	top, rest := r.CutTop(46, 12)
	radius := float32(22)
	at := ui.Point{X: top.X + radius + 1, Y: top.CY()}
	c.Ring(at, radius, 5, t.Soft)
	if tm.Reload == 0 {
		c.Text(at.X+36, at.Y+4, ui.Small, t.Ink2, "nobody has set the timer yet")
	} else {
		if left := min(1, float32(tm.Count)/float32(tm.Reload)); left > 0 {
			c.Line(ui.Arc(at, radius-2.5, 0, left), 5, t.Ring0)
		}
		next := "a tick is due"
		if tm.NextAt > m.F.Now {
			next = "tick in " + span(tm.NextAt-m.F.Now)
		}
		c.TextFit(at.X+36, at.Y-2, r.W-62, ui.TextB, t.Ink, next)
		ready, all := taskCounts(&m.F.Kernel)
		words := group(tm.Ticks) + " so far"
		if all > 0 {
			words = itoa(ready) + " of " + plural(uint64(all), "task") + " can run"
		}
		c.TextFit(at.X+36, at.Y+15, r.W-62, ui.Small, t.Ink2, words)
		c.Hover(ui.Rect{X: top.X, Y: top.Y, W: 2 * radius, H: top.H}, "channel 0 of the 8254 counts down from "+itoa(int(tm.Reload))+" and is at "+itoa(int(tm.Count)))
	}
	cardLanes(c, m, rest)
}

// cardLanes draws a few lanes: of tasks, or of rings where the tasks are not known.
func cardLanes(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	label := float32(72)
	l := newLanes(m, ui.Rect{X: r.X + label, Y: r.Y, W: r.W - label, H: r.H})
	n := max(1, int(r.H/19))
	if m.F.Kernel.Foreign != "" || !m.F.Kernel.Booted {
		pitch := min(28, r.H/3)
		for i, b := range []struct {
			words string
			ring  uint8
			col   ui.Color
		}{{"ring 3", 3, t.Ring3}, {"ring 0", 0, t.Ring0}, {"halted", view.RingIdle, t.Ink3}} {
			mid := r.Y + (float32(i)+0.5)*pitch
			c.Text(r.X, mid+4, ui.Mono, t.Ink2, b.words)
			c.HLine(l.area.X, l.area.Right(), mid, t.Soft)
			l.stays(c, m, b.ring, b.col, mid)
		}
		l.now(c, m, r.Y, r.Y+3*pitch)
		return
	}
	shown := l.recent(m, n)
	pitch := min(28, r.H/float32(max(1, len(shown))))
	for i, lane := range shown {
		mid := r.Y + (float32(i)+0.5)*pitch
		w := c.Text(r.X, mid+4, ui.MonoB, t.Ink, itoa(lane.PID))
		c.TextFit(r.X+w+6, mid+4, label-w-12, ui.Mono, t.Ink2, laneName(lane))
		c.HLine(l.area.X, l.area.Right(), mid, t.Soft)
		h := min(12, pitch-6)
		l.spans(c, lane, mid-h/2, h)
		l.inKernel(c, m, lane.PID, mid-h/2, h)
	}
	l.now(c, m, r.Y, r.Y+pitch*float32(len(shown)))
}
