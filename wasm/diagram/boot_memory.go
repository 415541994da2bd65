package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// bootMemory draws what lies where at this moment, from address 0 down, not to scale.
func bootMemory(c *ui.Context, m *Model, r ui.Rect) {
	t, areas := c.Theme, m.F.Start.Memory
	label(c, r, "memory now", "not to scale")
	r.Y, r.H = r.Y+26, r.H-26
	if len(areas) == 0 {
		return
	}
	h := min(34, max(15, r.H/float32(len(areas))))
	const left = 66
	for i := range areas {
		a := &areas[i]
		box := ui.Rect{X: r.X + left, Y: r.Y + float32(i)*h, W: r.W - left, H: h - 2}
		if box.Bottom() > r.Bottom()+2 {
			return
		}
		if i > 0 && areas[i-1].End < a.Start {
			for k := range 3 {
				c.Circle(ui.Point{X: box.X - 8 - 5*float32(k), Y: box.Y - 1}, 0.9, t.Ink3)
			}
		}
		col := areaColor(t, a.Use)
		c.Frame(box, 3, 1, t.Card.Mix(col, 0.28), col.Fade(0.7))
		c.TextRight(box.X-8, box.CY()+4, ui.Mono, t.Ink3, hex(a.Start, 1))
		size := bytesOf(a.End - min(a.Start, a.End))
		sw := float32(0)
		if box.W > 130 {
			sw = c.TextRight(box.Right()-8, box.CY()+4, ui.Tiny, t.Ink2, size)
		}
		c.TextFit(box.X+8, box.CY()+4, box.W-sw-20, ui.Small, t.Ink, a.Name)
		c.Hover(ui.Rect{X: r.X, Y: box.Y, W: r.W, H: h}, a.Name+", 0x"+hex(a.Start, 1)+" to 0x"+hex(a.End-min(1, a.End), 1)+", "+size+". "+a.Means)
	}
}

// areaColor is a use's colour; the ROM is what cannot be written.
func areaColor(t *ui.Theme, u view.Use) ui.Color {
	switch u {
	case view.UseROM:
		return t.Ink3
	case view.UseBoot:
		return t.Stack
	case view.UseFree:
		return t.Line
	}
	return useColor(t, u)
}

// bootLog draws what was printed, the newest lines that there is room for.
func bootLog(c *ui.Context, m *Model, r ui.Rect) {
	t, log := c.Theme, m.F.Start.Log
	label(c, r, "what it printed", "seconds since power-on")
	r.Y, r.H = r.Y+26, r.H-26
	rows := int(r.H / 16)
	if len(log) == 0 {
		c.Text(r.X, r.Y+14, ui.Small, t.Ink3, "nothing yet")
		return
	}
	first := max(0, len(log)-rows)
	for i := first; i < len(log); i++ {
		l := &log[i]
		row := ui.Rect{X: r.X, Y: r.Y + float32(i-first)*16, W: r.W, H: 16}
		ink := t.Ink
		if lastWords(l.Text) {
			ink = t.Ring0
		}
		x := r.X
		if l.Timed {
			c.Text(x, row.Y+12, ui.Mono, t.Ink3, seconds(l.At))
			toMoment(c, row, l.At, l.Text)
		} else {
			c.Hover(row, l.Text)
		}
		c.TextFit(x+66, row.Y+12, r.W-66, ui.Mono, ink, l.Text)
	}
}

func lastWords(text string) bool {
	return len(text) > 12 && text[:12] == "Kernel panic"
}

// seconds is a time as the kernel's log writes it.
func seconds(at uint64) string {
	us := at / perMicro
	s := itoa(int(us % 1_000_000))
	for len(s) < 6 {
		s = "0" + s
	}
	return itoa(int(us/1_000_000)) + "." + s
}

// bootCard draws how far the boot is.
func bootCard(c *ui.Context, m *Model, r ui.Rect) {
	t, now := c.Theme, nowStage(m)
	if !m.F.Start.Known || now < 0 {
		c.TextFit(r.X, r.Y+18, r.W, ui.MonoHd, t.Ink, modeWords(m))
		c.Bits(r.X, r.Y+30, 18, modeBits(t, view.Modes(m.F.CPU.CR0, m.F.CPU.CR4, m.F.CPU.EFER)))
		return
	}
	s := &m.F.Boot[now]
	name := s.Name
	if booted(m) {
		name = initProgram(m) + " runs"
	}
	ink := t.Ink
	if m.F.Start.Panic != "" {
		name, ink = "Kernel panic", t.Ring0
	}
	bootDots(c, m, ui.Rect{X: r.X, Y: r.Y + 4, W: r.W, H: 12})
	c.TextFit(r.X, r.Y+42, r.W, ui.Title, ink, name)
	c.TextFit(r.X, r.Y+62, r.W, ui.Small, t.Ink2, modeWords(m)+" · "+span(s.At))
	c.Bits(r.X, r.Y+76, 18, modeBits(t, stageModes(m, now)))
	log := m.F.Start.Log
	rows := int((r.H - 104) / 15)
	for i, l := range log[max(0, min(len(log), len(log)-rows)):] {
		c.TextFit(r.X, r.Y+118+float32(i)*15, r.W, ui.Mono, t.Ink2, l.Text)
	}
}

// bootBadge is the path alone, and how far it has been gone.
func bootBadge(c *ui.Context, m *Model, r ui.Rect) {
	t, now := c.Theme, nowStage(m)
	if !m.F.Start.Known || now < 0 {
		c.TextFit(r.X, r.CY()+4, r.W, ui.SmallM, t.Ink2, modeWords(m))
		return
	}
	w := min(58, r.W*0.5)
	bootDots(c, m, ui.Rect{X: r.X, Y: r.CY() - 5, W: w, H: 10})
	word, ink := span(m.F.Boot[now].At), t.Ink2
	switch {
	case m.F.Start.Panic != "":
		word, ink = "panic", t.Ring0
	case !booted(m):
		word, ink = m.F.Boot[now].Name, t.Ring0
	}
	c.TextFit(r.X+w+8, r.CY()+4, r.W-w-8, ui.SmallM, ink, word)
}

// bootDots is the path as dots: gone, here, to come.
func bootDots(c *ui.Context, m *Model, r ui.Rect) {
	t, now, n := c.Theme, nowStage(m), len(m.F.Boot)
	if n < 2 {
		return
	}
	radius := min(r.H/2, r.W/float32(n)/2.6)
	step := (r.W - 2*radius) / float32(n-1)
	y := r.CY()
	c.Line(ui.Path{{X: r.X + radius, Y: y}, {X: r.Right() - radius, Y: y}}, 1.2, t.Line)
	c.Line(ui.Path{{X: r.X + radius, Y: y}, {X: r.X + radius + step*float32(now), Y: y}}, 1.6, t.Ink2)
	for i := range n {
		p := ui.Point{X: r.X + radius + step*float32(i), Y: y}
		switch {
		case i > now:
			c.Circle(p, radius*0.8, t.Card)
			c.Ring(p, radius*0.8, 1.2, t.Line)
		case i == now && !booted(m):
			c.Circle(p, radius, t.Ring0)
		case stageModes(m, i)[3].Set:
			c.Circle(p, radius*0.8, t.Table)
		default:
			c.Circle(p, radius*0.8, t.Ink2)
		}
	}
}
