package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// timerCard draws the 8254's channel 0 as a ring that runs out.
func timerCard(c *ui.Context, m *Model, r ui.Rect, hot float32) {
	t, tm := c.Theme, &m.F.Timer
	part(c, r, IDTime, "the timer", hot)
	c.Text(r.X+14, r.Y+22, ui.TextB, t.Ink, "8254 timer")
	radius := min(33, (r.H-44)/2)
	under := r.W < 2*radius+136 // the words stand below the ring where there is no room beside it
	if under {
		radius = min(radius, (r.H-54)/2)
	}
	center := ui.Point{X: r.X + 16 + radius, Y: r.Y + 30 + radius}
	countdown(c, tm, center, radius)
	x, y := center.X+radius+20, center.Y-16
	if under {
		x = r.X + 14
		y = r.Bottom() - 10
		c.TextFit(x, y, r.W-20, ui.Mono, t.Ink2, "mode "+itoa(int(tm.Mode))+" · "+hertz(tm))
		return
	}
	if tm.Reload == 0 {
		c.Para(x, y+12, r.Right()-x-10, 16, 2, ui.Small, t.Ink2, "not programmed yet")
		return
	}
	c.Text(x, y+2, ui.Mono, t.Ink2, "mode "+itoa(int(tm.Mode)))
	c.Text(x, y+20, ui.Mono, t.Ink2, "reload "+itoa(int(tm.Reload)))
	c.Text(x, y+38, ui.Mono, t.Ink2, hertz(tm))
}

// hertz says how often the timer goes off.
func hertz(tm *view.Timer) string {
	if tm.HZ == 0 && tm.Reload != 0 {
		return "once"
	}
	return itoa(int(tm.HZ)) + " Hz"
}

// countdown draws the count of channel 0 as the rest of a ring.
func countdown(c *ui.Context, tm *view.Timer, at ui.Point, radius float32) {
	t := c.Theme
	c.Ring(at, radius, 6, t.Soft)
	if tm.Reload == 0 {
		c.TextMid(at.X, at.Y+4, ui.MonoM, t.Ink3, "—")
		return
	}
	left := min(1, float32(tm.Count)/float32(tm.Reload))
	if left > 0 {
		c.Line(ui.Arc(at, radius-3, 0, left), 6, t.Ring0)
	}
	c.TextMid(at.X, at.Y+4.5, ui.MonoB, t.Ink, itoa(int(tm.Count)))
}

// picCard draws both 8259s: each line asked for, masked or in service.
func picCard(c *ui.Context, m *Model, r ui.Rect, hot float32) {
	t, tm := c.Theme, &m.F.Timer
	part(c, r, IDTime, "the interrupt controller", hot)
	name := "8259 interrupt controllers"
	if c.Width(ui.TextB, name) > r.W-68 {
		name = "8259 PICs"
	}
	c.TextFit(r.X+14, r.Y+22, r.W-68, ui.TextB, t.Ink, name)
	lines := 8
	if r.W >= 400 {
		lines = 16
	}
	irqRow(c, tm, r.X+14, r.Y+34, r.W-28, 0, lines)
	words := []string{"request " + hex(uint64(tm.IRR[0]), 2), "mask " + hex(uint64(tm.IMR[0]), 2), "in service " + hex(uint64(tm.ISR[0]), 2)}
	tips := []string{"IRR: lines that ask", "IMR: lines that are held off", "ISR: lines whose handler has not said it is done"}
	x := r.X + 14
	for i, s := range words {
		wt := c.Width(ui.Mono, s)
		if x+wt > r.Right()-8 {
			break
		}
		c.Text(x, r.Bottom()-13, ui.Mono, t.Ink2, s)
		c.Hover(ui.Rect{X: x, Y: r.Bottom() - 26, W: wt, H: 16}, tips[i])
		x += wt + 18
	}
	if m.F.Timer.INTR {
		c.TextRight(r.Right()-14, r.Y+22, ui.SmallB, t.Ring0, "INTR")
	}
}

// irqRow draws n lines from first on.
func irqRow(c *ui.Context, tm *view.Timer, x, y, w float32, first, n int) {
	t := c.Theme
	pitch := min(34, w/float32(n))
	size := pitch - 5
	for i := range n {
		line := first + i
		chip, bit := line/8, uint(line%8)
		asks, held := tm.IRR[chip]>>bit&1 != 0, tm.IMR[chip]>>bit&1 != 0
		serves := tm.ISR[chip]>>bit&1 != 0
		r := ui.Rect{X: x + float32(i)*pitch, Y: y, W: size, H: min(size, 28)}
		ink := t.Ink2
		switch {
		case serves:
			c.Round(r, 5, t.Ring0)
			ink = t.OnAccent
		case asks:
			c.Frame(r, 5, 1.8, t.KernelFill, t.Ring0)
			ink = t.Ring0
		case held:
			c.Outline(r, 5, 1, t.Soft)
			c.Line(ui.Path{{X: r.X + 4, Y: r.Bottom() - 4}, {X: r.Right() - 4, Y: r.Y + 4}}, 1, t.Line)
			ink = t.Ink3
		default:
			c.Outline(r, 5, 1, t.Line)
		}
		c.TextMid(r.CX(), r.CY()+4.2, ui.MonoB, ink, itoa(line))
		if size >= 20 {
			c.TextMid(r.CX(), r.Bottom()+12, ui.Tiny, t.Ink3, view.IRQNames[line])
		}
		c.Hover(r, irqTip(line, asks, held, serves))
	}
}

func irqTip(line int, asks, held, serves bool) string {
	s := "IRQ " + itoa(line)
	if view.IRQNames[line] != "" {
		s += " (" + view.IRQNames[line] + ")"
	}
	switch {
	case serves:
		return s + ": in service, its handler has not sent EOI yet"
	case asks && held:
		return s + ": asks, but is masked"
	case asks:
		return s + ": asks for the CPU"
	case held:
		return s + ": masked"
	}
	return s + ": open and quiet"
}

// uartCard draws the serial port that the console hangs on.
func uartCard(c *ui.Context, m *Model, r ui.Rect, hot float32) {
	t, u := c.Theme, &m.F.UART
	part(c, r, IDTime, "the serial port", hot)
	c.Text(r.X+14, r.Y+22, ui.TextB, t.Ink, "16550 console")
	y := r.Y + 46
	for _, line := range lastLines(&m.F.Term, 2) {
		c.TextFit(r.X+14, y, r.W-28, ui.Mono, t.Ink2, line)
		y += 19
	}
	state := "IRQ 4 quiet"
	if u.IRQ {
		state = "IRQ 4 raised"
	}
	c.TextFit(r.X+14, r.Bottom()-13, r.W-28, ui.Small, t.Ink3, state+" · sent "+group(u.TX)+", got "+group(u.RX))
}

// lastLines returns the last n lines of the terminal that hold anything.
func lastLines(term *view.Term, n int) []string {
	var out []string
	for y := term.Rows - 1; y >= 0 && len(out) < n; y-- {
		line := termLine(term, y)
		if line != "" {
			out = append([]string{line}, out...)
		}
	}
	return out
}

// diskCard draws the ATA drive: the last command and where on the disk it was.
func diskCard(c *ui.Context, m *Model, r ui.Rect, hot float32) {
	t, d := c.Theme, &m.F.Disk
	part(c, r, IDTime, "the disk", hot)
	c.Text(r.X+14, r.Y+22, ui.TextB, t.Ink, "ATA disk")
	const pitch = 16
	n := int((r.W - 28) / pitch)
	if n < 1 || d.Sectors == 0 {
		c.Text(r.X+14, r.Bottom()-13, ui.Small, t.Ink3, "no disk")
		return
	}
	total := 2 * n
	here := int(d.LBA * uint64(total) / d.Sectors)
	for i := range total {
		sq := ui.Rect{X: r.X + 14 + float32(i%n)*pitch, Y: r.Y + 38 + float32(i/n)*pitch, W: pitch - 3, H: pitch - 3}
		col := t.Fill
		if i == here && d.Reads+d.Writes > 0 {
			col = t.Cache
		}
		c.Round(sq, 2, col)
		first := uint64(i) * d.Sectors / uint64(total)
		c.Hover(sq, "sectors from "+group(first)+" on")
	}
	state := "idle"
	if d.Busy {
		state = "busy, LBA " + group(d.LBA)
	}
	c.TextFit(r.X+14, r.Bottom()-13, r.W-28, ui.Small, t.Ink3, state+" · "+plural(d.Reads, "sector")+" read, "+group(d.Writes)+" written")
}
