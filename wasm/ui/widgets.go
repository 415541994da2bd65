package ui

// Card draws an empty card.
func (c *Context) Card(r Rect) {
	c.Round(r, 8, c.Theme.Card)
	c.Outline(r, 8, 1, c.Theme.Line)
}

// Frame draws a card whose edge carries an accent.
func (c *Context) Frame(r Rect, radius, width float32, fill, edge Color) {
	c.Round(r, radius, fill)
	c.Outline(r, radius, width, edge)
}

// Pill draws a word on a filled lozenge that ends at right, and returns its area.
func (c *Context) Pill(right, y float32, text string, fill, ink Color) Rect {
	w := c.Width(SmallB, text) + 24
	r := Rect{right - w, y, w, 20}
	c.Round(r, 10, fill)
	c.TextMid(r.CX(), y+14, SmallB, ink, text)
	return r
}

// RingPill shows the privilege level: colour and words.
func (c *Context) RingPill(right, y float32, ring uint8, halted bool) Rect {
	t := c.Theme
	switch {
	case halted:
		return c.Pill(right, y, "halted", t.Ink3, t.OnAccent)
	case ring == 0:
		return c.Pill(right, y, "ring 0 · kernel", t.Ring0, t.OnAccent)
	}
	return c.Pill(right, y, "ring 3 · user", t.Ring3, t.OnAccent)
}

// Step is one step of a story.
type Step struct {
	Text      string
	Done, Now bool
}

// Steps draws a story as a row of lozenges; it drops the earliest done ones when they do not fit. It returns its height.
func (c *Context) Steps(x, y, w float32, steps []Step) float32 {
	const gap, pad, h = 10, 13, 26
	widths := make([]float32, len(steps))
	total := float32(-gap)
	now := 0
	for i, s := range steps {
		f := SmallM
		if s.Now {
			f, now = SmallB, i
		}
		widths[i] = c.Width(f, s.Text) + 2*pad
		total += widths[i] + gap
	}
	first := 0
	for total > w && first < now {
		total -= widths[first] + gap
		first++
	}
	right := x + w
	for i := first; i < len(steps) && x+widths[i] <= right; i++ {
		if i > first {
			c.Line(Path{{x - gap + 2, y + h/2}, {x - 2, y + h/2}}, 1.4, c.Theme.Ink3)
		}
		c.step(Rect{x, y, widths[i], h}, steps[i])
		x += widths[i] + gap
	}
	return h
}

func (c *Context) step(r Rect, s Step) {
	t := c.Theme
	base := r.Y + 17
	switch {
	case s.Now:
		c.Round(r, 13, t.Ring0)
		c.TextMid(r.CX(), base, SmallB, t.OnAccent, s.Text)
	case s.Done:
		c.Round(r, 13, t.Fill)
		c.TextMid(r.CX(), base, SmallM, t.Ink2, s.Text)
	default:
		c.Outline(r, 13, 1, t.Line)
		c.TextMid(r.CX(), base, SmallM, t.Ink3, s.Text)
	}
}

// Bar draws a thin gauge filled to the part f.
func (c *Context) Bar(r Rect, f float32, col Color) {
	c.Round(r, r.H/2, c.Theme.Soft)
	if f > 0 {
		r.W = max(r.H, r.W*min(1, f))
		c.Round(r, r.H/2, col)
	}
}

// Bit is one flag of an entry: its letters, whether it is set and what it means when set.
type Bit struct {
	Name  string
	Set   bool
	Fill  Color // its colour when set
	Means string
}

// Bits draws flags as letters from x to the right and returns where it ended: filled when set, crossed out when not.
func (c *Context) Bits(x, y, size float32, bits []Bit) float32 {
	t := c.Theme
	for _, b := range bits {
		w := size
		if len(b.Name) > 1 {
			w = size * 1.44
		}
		r := Rect{x, y, w, size}
		face := MonoSB
		face.Size = size * 0.625
		base := y + size*0.5 + face.Size*0.36
		if b.Set {
			c.Round(r, 3, b.Fill)
			c.TextMid(r.CX(), base, face, t.OnAccent, b.Name)
		} else {
			c.Outline(r, 3, 1, t.Line)
			c.TextMid(r.CX(), base, face, t.Ink3, b.Name)
			c.Line(Path{{x + 2, y + size - 2}, {x + w - 2, y + 2}}, 1, t.Ink3)
		}
		state := " is clear: "
		if b.Set {
			state = " is set: "
		}
		c.Hover(r, b.Name+state+b.Means)
		x += w + 3
	}
	return x - 3
}

// Count draws a number in a circle: a reference count.
func (c *Context) Count(p Point, n string, edge Color) {
	c.Circle(p, 11, c.Theme.Card)
	c.Ring(p, 11, 1.4, edge)
	c.TextMid(p.X, p.Y+4.5, MonoB, c.Theme.Ink, n)
}

// Label draws a heading and its remark beside it.
func (c *Context) Label(x, y float32, head, remark string) float32 {
	w := c.Text(x, y, Head, c.Theme.Ink, head)
	if remark != "" {
		w += 10 + c.Text(x+w+10, y, Small, c.Theme.Ink2, remark)
	}
	return w
}

// KeyValue draws a name in grey capitals and a value beside it.
func (c *Context) KeyValue(x, y float32, key, value string, ink Color) {
	w := c.Text(x, y, Face{Mono: true, Weight: 600, Size: 11}, c.Theme.Ink3, key)
	c.Text(x+w+14, y, MonoBig, ink, value)
}
