package ui

// Input is what the pointer does.
type Input struct {
	Pos     Point
	Inside  bool // the pointer is over the canvas
	Clicked bool // pressed and released without moving, since the last picture
	Touch   bool // by a finger: nothing hovers
	Wheel   float32
}

// Action is what the viewer asked for in the picture.
type Action struct {
	Kind string
	Text string
	Addr uint64
	N    float64
	Mask uint64

	Rows, Cols int
	At         Rect // a place in the window, in CSS pixels
}

// Key names an eased value: what, and which of them.
type Key struct {
	S string
	N uint64
}

type eased struct {
	from, to float32
	start    float64
	dur      float64
	seen     uint64
}

// Context is what drawing one picture needs: the painter, colours, the pointer, time and the eased values.
type Context struct {
	*Painter
	Theme   *Theme
	In      Input
	Now     float64 // milliseconds of host time
	Reduced bool    // prefers-reduced-motion: everything is at its goal at once
	Moving  bool    // something has not arrived yet: draw again
	Pointer bool    // the pointer is over something that can be clicked
	Actions []Action

	eased   map[Key]*eased
	picture uint64
	tip     string
	tipAt   Rect
}

// NewContext returns a context that draws with the given fonts.
func NewContext(fonts *Fonts) *Context {
	return &Context{Painter: &Painter{Fonts: fonts}, Theme: &Light, eased: map[Key]*eased{}}
}

// Begin starts a picture.
func (c *Context) Begin(scale float32, now float64, in Input) {
	c.Reset(scale)
	c.Now, c.In = now, in
	c.Moving, c.Pointer, c.tip = false, false, ""
	c.Actions = c.Actions[:0]
	c.picture++
}

// End draws the tooltip and forgets eased values that were not used for a while.
func (c *Context) End(area Rect) {
	c.drawTip(area)
	if c.picture%256 != 0 {
		return
	}
	for k, e := range c.eased {
		if c.picture-e.seen > 256 {
			delete(c.eased, k)
		}
	}
}

// Ease returns a value on its way to target; it arrives after ms milliseconds. The first time it is there at once.
func (c *Context) Ease(k Key, target float32, ms float64) float32 {
	e := c.eased[k]
	if e == nil {
		c.eased[k] = &eased{from: target, to: target, seen: c.picture}
		return target
	}
	e.seen = c.picture
	if e.to != target {
		e.from, e.to, e.start, e.dur = e.value(c.Now), target, c.Now, ms
		if c.Reduced {
			e.from = target
		}
	}
	if c.Now < e.start+e.dur && e.from != e.to {
		c.Moving = true
	}
	return e.value(c.Now)
}

// Glow returns 1 when on and fades to 0 after it went off.
func (c *Context) Glow(k Key, on bool) float32 {
	if on {
		c.eased[k] = &eased{from: 1, to: 1, seen: c.picture}
		return 1
	}
	return c.Ease(k, 0, 600)
}

func (e *eased) value(now float64) float32 {
	if e.dur <= 0 || now >= e.start+e.dur {
		return e.to
	}
	return Lerp(e.from, e.to, smooth(float32((now-e.start)/e.dur)))
}

// smooth eases in and out.
func smooth(t float32) float32 { return t * t * (3 - 2*t) }

// Since returns how far, 0 to 1, the time from start (host milliseconds) has gone towards ms, eased, and asks for
// another picture until it is over.
func (c *Context) Since(start, ms float64) float32 {
	if c.Reduced || start <= 0 || c.Now >= start+ms {
		return 1
	}
	c.Moving = true
	return smooth(float32(max(0, c.Now-start) / ms))
}

// Hover tells whether the pointer rests on r, and shows tip there.
func (c *Context) Hover(r Rect, tip string) bool {
	if !c.In.Inside || !r.Contains(c.In.Pos) {
		return false
	}
	if tip != "" {
		c.tip, c.tipAt = tip, r
	}
	return true
}

// Over tells whether the pointer rests on r: what is explained there need only be written then.
func (c *Context) Over(r Rect) bool { return c.In.Inside && r.Contains(c.In.Pos) }

// Click tells whether r was clicked now, and shows that it can be.
func (c *Context) Click(r Rect, tip string) (hover, clicked bool) {
	if !c.Hover(r, tip) {
		return false, false
	}
	c.Pointer = true
	return true, c.In.Clicked
}

// Act asks the page for something.
func (c *Context) Act(a Action) { c.Actions = append(c.Actions, a) }

func (c *Context) drawTip(area Rect) {
	if c.tip == "" || c.In.Touch {
		return
	}
	t := c.Theme
	lines := c.Wrap(Small, c.tip, 260)
	var w float32
	for _, l := range lines {
		w = max(w, c.Width(Small, l))
	}
	r := Rect{W: w + 20, H: float32(len(lines))*15 + 11}
	r.X = min(max(c.tipAt.CX()-r.W/2, area.X+6), area.Right()-r.W-6)
	r.Y = c.tipAt.Y - r.H - 6
	if r.Y < area.Y+4 {
		r.Y = c.tipAt.Bottom() + 6
	}
	c.Round(r, 5, t.Ink)
	for i, l := range lines {
		c.Text(r.X+10, r.Y+17+float32(i)*15, Small, t.Card, l)
	}
}
