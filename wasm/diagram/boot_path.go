package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// bootPath draws the stages from left to right on a line that shows how far the machine has come, and from where on
// addresses are translated.
func bootPath(c *ui.Context, m *Model, r ui.Rect) {
	n := len(m.F.Boot)
	if n == 0 {
		return
	}
	const gap = 8
	cards := ui.Rect{X: r.X, Y: r.Y + 26, W: r.W, H: r.H - 26}.Columns(n, gap)
	now := nowStage(m)
	y := r.Y + 9
	paging := len(cards)
	for i := range cards {
		if i <= now && stageModes(m, i)[3].Set {
			paging = min(paging, i)
		}
	}
	bootLine(c, m, cards, y, now, paging)
	for i, card := range cards {
		bootStop(c, m, ui.Point{X: card.X + 9, Y: y}, i, now, i >= paging)
		stageCard(c, m, card, i, now)
	}
}

// bootLine is the way gone and the way to go.
func bootLine(c *ui.Context, m *Model, cards []ui.Rect, y float32, now, paging int) {
	t := c.Theme
	from, to := cards[0].X+9, cards[len(cards)-1].Right()
	c.Line(ui.Path{{X: from, Y: y}, {X: to, Y: y}}, 1.4, t.Line)
	if now < 0 {
		return
	}
	end := cards[now].X + 9
	if booted(m) {
		end = to
	}
	end = c.Ease(ui.Key{S: "boot.way"}, end, 500)
	c.Line(ui.Path{{X: from, Y: y}, {X: end, Y: y}}, 2.2, t.Ink2)
	if paging < len(cards) && end > cards[paging].X {
		x := cards[paging].X + 9
		c.Line(ui.Path{{X: x, Y: y}, {X: end, Y: y}}, 2.2, t.Table)
		c.Text(x+15, y-4, ui.Tiny, t.Table, "virtual addresses")
		c.Text(from+15, y-4, ui.Tiny, t.Ink2, "physical addresses")
	}
}

// bootStop is a stage's place on the line.
func bootStop(c *ui.Context, m *Model, p ui.Point, i, now int, paged bool) {
	t := c.Theme
	switch {
	case i > now:
		c.Circle(p, 8, t.Card)
		c.Ring(p, 8, 1.2, t.Line)
		c.TextMid(p.X, p.Y+3.6, ui.Tiny, t.Ink3, itoa(i+1))
		return
	case i == now && !booted(m):
		c.Circle(p, 9.5, t.Ring0)
	case paged:
		c.Circle(p, 8, t.Table)
	default:
		c.Circle(p, 8, t.Ink2)
	}
	c.TextMid(p.X, p.Y+3.6, ui.Tiny, t.OnAccent, itoa(i+1))
}

// stageCard draws one stage: its name, how the CPU works, the code that runs and where, and when it was reached.
func stageCard(c *ui.Context, m *Model, r ui.Rect, i, now int) {
	t, s := c.Theme, &m.F.Boot[i]
	fill, edge, width, ink, dim := t.Card, t.Line, float32(1), t.Ink, t.Ink2
	switch {
	case i > now:
		ink, dim = t.Ink3, t.Ink3
	case i == now && !booted(m):
		fill, edge, width = t.Now.Mix(t.Card, 0.35), t.Ring0, 1.6
	}
	if s.Done && toMoment(c, r, s.At, "") {
		edge = t.Ink3
	}
	c.Frame(r, 6, width, fill, edge)
	x, w := r.X+10, r.W-18
	name := ui.TextB
	if c.Width(name, s.Name) > w {
		name = ui.SmallB
	}
	c.TextFit(x, r.Y+20, w, name, ink, s.Name)
	c.TextFit(x, r.Y+40, w, ui.MonoM, dim, stageWords(s, i == len(m.F.Boot)-1))
	if s.Done {
		c.Bits(x, r.Y+50, min(14, (w-12)/7.2), modeBits(t, stageModes(m, i)))
	} else {
		c.TextFit(x, r.Y+61, w, ui.Small, t.Ink3, "not yet")
	}
	code, where := s.Code, hex(s.Addr, 4)
	if code == "" {
		code = initProgram(m)
	}
	if s.Addr == 0 {
		where = ""
	}
	c.TextFit(x, r.Y+90, w, ui.MonoM, ink, code)
	c.TextFit(x, r.Y+105, w, ui.Mono, dim, where)
	c.HLine(x, r.Right()-10, r.Y+115, t.Soft)
	if s.Done {
		c.TextFit(x, r.Y+132, w, ui.Small, dim, span(s.At))
	}
	c.Hover(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 46}, stageTip(s))
	c.Hover(ui.Rect{X: r.X, Y: r.Y + 78, W: r.W, H: r.H - 78}, stageCodeTip(s, code))
}

// stageWords say how the code of a stage is run.
func stageWords(s *view.BootStage, last bool) string {
	if last {
		return itoa(s.Bits) + "-bit, ring 3"
	}
	return itoa(s.Bits) + "-bit code"
}

// initProgram is the program that was found, or what is looked for.
func initProgram(m *Model) string {
	tries := m.F.Start.Inits
	if len(tries) == 0 {
		return "PID 1"
	}
	return tries[len(tries)-1].Path
}

func stageTip(s *view.BootStage) string {
	if !s.Done {
		return s.Name + " has not been reached. " + s.Text
	}
	return s.Text + " Click to go to this moment."
}

func stageCodeTip(s *view.BootStage, code string) string {
	tip := code
	if s.Addr != 0 {
		tip += " at 0x" + hex(s.Addr, 4)
	}
	if s.Done {
		tip += ", reached " + span(s.At) + " after power-on (" + group(s.At) + " units of 10 ns); until then " + plural(s.Sectors, "sector") + " had been read from the disk. CR0 was 0x" +
			hex(s.CR0, 8) + ", EFER 0x" + hex(s.EFER, 3) + "."
	}
	return tip
}

// bootRows draws the stages below each other for a narrow window.
func bootRows(c *ui.Context, m *Model, r ui.Rect) {
	t, now := c.Theme, nowStage(m)
	if len(m.F.Boot) == 0 {
		return
	}
	h := r.H / float32(len(m.F.Boot))
	x := r.X + 10
	c.Line(ui.Path{{X: x, Y: r.Y + 14}, {X: x, Y: r.Y + 14 + h*float32(len(m.F.Boot)-1)}}, 1.4, t.Line)
	if now > 0 {
		c.Line(ui.Path{{X: x, Y: r.Y + 14}, {X: x, Y: r.Y + 14 + h*float32(now)}}, 2.2, t.Ink2)
	}
	for i := 1; i <= now; i++ {
		if stageModes(m, i-1)[3].Set {
			c.Line(ui.Path{{X: x, Y: r.Y + 14 + h*float32(i-1)}, {X: x, Y: r.Y + 14 + h*float32(i)}}, 2.2, t.Table)
		}
	}
	for i := range m.F.Boot {
		s := &m.F.Boot[i]
		row := ui.Rect{X: r.X, Y: r.Y + float32(i)*h, W: r.W, H: h}
		paged := i <= now && stageModes(m, i)[3].Set
		if s.Done {
			toMoment(c, row, s.At, stageTip(s))
		}
		if i == now && !booted(m) {
			c.Frame(row.Inset(-6, 1), 6, 1.4, t.Now.Mix(t.Card, 0.35), t.Ring0)
		}
		bootStop(c, m, ui.Point{X: x, Y: row.Y + 14}, i, now, paged)
		ink, dim := t.Ink, t.Ink2
		if i > now {
			ink, dim = t.Ink3, t.Ink3
		}
		left := x + 20
		c.TextFit(left, row.Y+18, r.W*0.45, ui.TextB, ink, s.Name)
		code := s.Code
		if code == "" {
			code = initProgram(m)
		}
		if s.Addr != 0 {
			code += "  " + hex(s.Addr, 4)
		}
		right := row.Right() - 4
		if s.Done && h > 36 {
			right -= c.TextRight(right, row.Y+34, ui.Small, t.Ink2, span(s.At)) + 8
		}
		c.TextFit(left, row.Y+34, right-left, ui.Mono, dim, code)
		if s.Done {
			c.Bits(row.Right()-112, row.Y+7, 13, modeBits(t, stageModes(m, i)))
		}
	}
}
