package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// lanes draws time from left to right: who ran when, at which privilege level, and what happened.
type lanes struct {
	area     ui.Rect // of the time axis
	from, to uint64  // virtual time at its edges
	at       uint64  // this instant
}

func (l lanes) x(at uint64) float32 {
	if at <= l.from {
		return l.area.X
	}
	return l.area.X + l.area.W*min(1, float32(float64(at-l.from)/float64(l.to-l.from)))
}

// newLanes returns an axis that ends a little after now.
func newLanes(m *Model, area ui.Rect) lanes {
	to := m.F.Now + m.Span/32
	if to < m.Span {
		return lanes{area, 0, m.F.Now + m.F.Now/32 + 100, m.F.Now}
	}
	return lanes{area, to - m.Span, to, m.F.Now}
}

// zoom changes how much time the lanes show.
func zoom(c *ui.Context, m *Model, area ui.Rect) {
	if c.In.Wheel == 0 || !c.Hover(area, "") {
		return
	}
	f := 1.0
	for n := c.In.Wheel; n > 0.5; n-- {
		f *= 1.25
	}
	for n := c.In.Wheel; n < -0.5; n++ {
		f /= 1.25
	}
	m.Span = uint64(min(1000*perSec, max(2*perMicro, float64(m.Span)*f)))
}

// seek goes to the time under the pointer when it is clicked; close to an event, to that.
func (l lanes) seek(c *ui.Context, m *Model) {
	if !c.Over(l.area) {
		return
	}
	at := l.from + uint64(float64(c.In.Pos.X-l.area.X)/float64(max(1, l.area.W))*float64(l.to-l.from))
	words := ""
	const near = 5 // CSS pixels
	best := float32(near)
	for i := range m.H.Marks {
		e := &m.H.Marks[i]
		if e.At < l.from || e.At > l.to {
			continue
		}
		if d := max(l.x(e.At)-c.In.Pos.X, c.In.Pos.X-l.x(e.At)); d < best {
			name, text := view.Describe(e.Kind)
			best, at, words = d, e.At, name+" at "+span(e.At)+": "+text
		}
	}
	if at > m.F.Now {
		return
	}
	toMomentAt(c, ui.Rect{X: c.In.Pos.X - 1, Y: l.area.Y, W: 2, H: l.area.H}, at, words)
}

// laneLabel is a lane's name: a task, or the root of an address space whose tasks are not known.
func laneLabel(m *Model, l *view.Lane) string {
	if m.F.Kernel.Foreign != "" {
		return "cr3 " + hex(uint64(l.PID), 5)
	}
	return itoa(l.PID) + " " + laneName(l)
}

// laneName returns what a task is called; one that lived only between two frames never told.
func laneName(l *view.Lane) string {
	if l.Name == "" {
		return "ended"
	}
	return l.Name
}

// bar returns the area of a stretch of time; ok is false when it is not in view.
func (l lanes) bar(from, to uint64, y, h float32) (r ui.Rect, ok bool) {
	if to == 0 || to > l.at {
		to = l.at
	}
	if to <= l.from || from >= l.to || to <= from {
		return r, false
	}
	x0, x1 := l.x(from), l.x(to)
	return ui.Rect{X: x0, Y: y, W: max(x1-x0, 0.5), H: h}, true
}

// recent returns at most n lanes that have something in view, those that ran most recently first to be chosen.
func (l lanes) recent(m *Model, n int) []*view.Lane {
	var out []*view.Lane
	for _, lane := range m.H.Lanes {
		if l.lastRun(lane) > 0 {
			out = append(out, lane)
		}
	}
	for len(out) > n {
		oldest := 0
		for i := range out {
			if l.lastRun(out[i]) < l.lastRun(out[oldest]) {
				oldest = i
			}
		}
		out = append(out[:oldest], out[oldest+1:]...)
	}
	return out
}

// lastRun returns when a task last stopped running, 0 when it did not live in view.
func (l lanes) lastRun(lane *view.Lane) uint64 {
	var last uint64
	alive := false
	for _, s := range lane.Spans {
		end := s.To
		if end == 0 {
			end = l.to
		}
		if end <= l.from || s.State == view.Gone {
			continue
		}
		alive = true
		if s.State == view.Running {
			last = end
		}
	}
	if !alive {
		return 0
	}
	return last + 1
}

// spans draws what one task did: running is a bar, ready a thin line, blocked nothing.
func (l lanes) spans(c *ui.Context, lane *view.Lane, y, h float32) {
	for _, s := range lane.Spans {
		r, ok := l.bar(s.From, s.To, y, h)
		if !ok {
			continue
		}
		switch s.State {
		case view.Running:
			c.Round(r, min(2, r.W/2), c.Theme.Ring3.Fade(0.85))
			c.Hover(r, itoa(lane.PID)+" "+lane.Name+" ran "+length(s))
		case view.Ready:
			line := ui.Rect{X: r.X, Y: y + h/2 - 1.5, W: r.W, H: 3}
			c.Fill(line, c.Theme.Ring3.Fade(0.3))
			c.Hover(ui.Rect{X: r.X, Y: y, W: r.W, H: h}, itoa(lane.PID)+" "+lane.Name+" was ready for "+length(s)+", others ran")
		}
	}
}

func length(s view.Span) string {
	if s.To == 0 {
		return "until now"
	}
	return span(s.To - s.From)
}

// markColor gives ticks their colours.
func markColor(t *ui.Theme, k view.Kind) ui.Color {
	switch k {
	case view.KindPageFault, view.KindCOW, view.KindException:
		return t.Anon
	case view.KindInterrupt:
		return t.Ring0
	case view.KindSyscall, view.KindSyscallIn, view.KindSysenter:
		return t.Ink
	}
	return t.Granted
}

// now draws the line of this instant.
func (l lanes) now(c *ui.Context, m *Model, top, bottom float32) {
	t := c.Theme
	x := l.x(m.F.Now)
	c.Line(ui.Path{{X: x, Y: top}, {X: x, Y: bottom}}, 1.6, t.Ink)
	c.Polygon(t.Ink, ui.Point{X: x - 6, Y: top - 5}, ui.Point{X: x + 6, Y: top - 5}, ui.Point{X: x, Y: top + 3})
}

// scale names how much time lies in view.
func (l lanes) scale(c *ui.Context, m *Model, y float32) {
	t := c.Theme
	x := l.x(m.F.Now)
	left := l.area.X + c.Text(l.area.X, y, ui.Tiny, t.Ink3, span(l.from))
	w := c.Width(ui.Tiny, span(m.F.Now))
	x = max(left+w, min(l.area.Right()-w/2, x))
	c.TextMid(x, y, ui.Tiny, t.Ink3, span(m.F.Now))
	words := span(l.to-l.from) + " of the machine's own time · scroll to zoom"
	if wide := c.Width(ui.Tiny, words); x-w/2-left > wide+40 {
		c.TextMid((left+x-w/2)/2, y, ui.Tiny, t.Ink3, words)
	}
}
