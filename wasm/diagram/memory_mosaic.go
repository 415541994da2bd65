package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// gutter is where the addresses stand.
const gutter = 54

// frames draws the mosaic with addresses and legend, and above it what a square is and how to look closer.
func (d *memory) frames(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	head, r := r.CutTop(34, 6)
	legendH := legendHeight(c, m, r.W)
	words := c.Wrap(ui.Tiny, d.squareWords(m), r.W)
	area, foot := r.CutBottom(legendH+10+13*float32(len(words)), 10)
	inner := ui.Rect{X: area.X + gutter, Y: area.Y, W: area.W - gutter, H: area.H}
	d.window(m)
	n := d.shown(m)
	g := fitRound(n, inner)
	d.mosaic, d.grid = inner, g
	c.Text(head.X, head.Y+13, ui.Head, t.Ink, "RAM")
	c.TextFit(head.X, head.Y+30, head.W-64, ui.Small, t.Ink3, "one square is "+plural(uint64(g.per), "frame"))
	d.zoomer(c, m, ui.Rect{X: head.Right() - 56, Y: head.Y + 8, W: 56, H: 24})
	d.glow(c, m)
	d.squares(c, m)
	d.light(c, n)
	d.marks(c, m)
	d.hand(c, m)
	d.addresses(c)
	d.click(c, m)
	for i, line := range words {
		c.Text(foot.X, foot.Y+8+13*float32(i), ui.Tiny, t.Ink3, line)
	}
	legend(c, m, foot.X, foot.Bottom()-legendH+6, foot.W)
}

// window places the part of memory that is shown: all of it, or the part around the chosen frame.
func (d *memory) window(m *Model) {
	all := drawn(&m.F.RAM)
	for d.closer > 0 && all>>(2*d.closer) < closest {
		d.closer--
	}
	if v := &m.F.RAM.Chosen; v.Asked && v.Valid {
		d.middle = int(v.Frame)
	}
	d.first = 0
	if n := all >> (2 * d.closer); d.closer > 0 {
		d.first = max(0, min(d.middle/n*n, all-n))
	}
}

// closest is how few frames may fill the mosaic.
const closest = 64

// shown is how many frames the mosaic shows.
func (d *memory) shown(m *Model) int { return drawn(&m.F.RAM) >> (2 * d.closer) }

// zoomer draws the two buttons with which one looks closer at the frames around the chosen one.
func (d *memory) zoomer(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	for i, b := range []struct {
		sign, tip string
		can       bool
	}{{"−", "more of memory at once", d.closer > 0}, {"+", "closer: the frames around the chosen one", drawn(&m.F.RAM)>>(2*d.closer+2) >= closest}} {
		box := ui.Rect{X: r.X + float32(i)*30, Y: r.Y, W: 26, H: 22}
		ink := t.Ink2
		if !b.can {
			ink = t.Line
		}
		c.Outline(box, 5, 1, t.Line)
		c.TextMid(box.CX(), box.Y+15.5, ui.Head, ink, b.sign)
		if !b.can {
			continue
		}
		if _, clicked := c.Click(box, b.tip); clicked {
			if d.closer == 0 && m.F.RAM.Chosen.Valid {
				d.middle = int(m.F.RAM.Chosen.Frame)
			}
			d.closer += 2*i - 1
			c.Moving = true
		}
	}
}

// squareWords explain the marks in squares.
func (d *memory) squareWords(m *Model) string {
	v := &m.F.Memory
	if len(v.Spaces) == 0 {
		return "a dot: code of it was run"
	}
	words := "strong: of pid " + itoa(v.Spaces[0].PID)
	if len(v.Spaces) > 1 {
		words += " or " + itoa(v.Spaces[1].PID)
	}
	words += " · light dot: in several page tables"
	if len(v.Room.Left) > 0 {
		words += " · empty outline: its page has just left"
	}
	return words
}

// fitRound is fit with rows that begin at round addresses: as wide as a power of two of squares, or half as many more.
func fitRound(n int, area ui.Rect) grid {
	const smallest, largest = 6, 24
	for per := 1; per < n; per *= 2 {
		g, best := grid{}, float32(0)
		for _, cols := range []int{8, 16, 24, 32, 48, 64, 96, 128} {
			rows := ((n+per-1)/per + cols - 1) / cols
			across, down := min(largest, area.W/float32(cols)), min(largest, area.H/float32(rows))
			across, down = min(across, down*1.5), min(down, across*1.5)
			if size := across * down; across >= smallest && down >= smallest && size > best {
				best, g = size, grid{per, cols, rows, across, down}
			}
		}
		if best > 0 {
			return g
		}
	}
	return fit(n, area)
}

// square is where a frame is in the mosaic.
func (d *memory) square(frame int) (ui.Rect, bool) {
	if d.grid.per == 0 || frame < d.first || frame >= d.first+d.grid.per*d.grid.cols*d.grid.rows {
		return ui.Rect{}, false
	}
	return d.grid.square(d.mosaic, (frame-d.first)/d.grid.per*d.grid.per), true
}

// anyBit tells whether one of n bits from first on is set.
func anyBit(bits []uint64, first, n int) bool {
	for end := first + n; first < end && first/64 < len(bits); {
		here := min(64-first%64, end-first)
		if bits[first/64]>>(first%64)<<(64-here) != 0 {
			return true
		}
		first += here
	}
	return false
}

// squares draws the frames: those of the address spaces beside them strong, the others pale.
func (d *memory) squares(c *ui.Context, m *Model) {
	t, v := c.Theme, &m.F.Memory
	uses, g := m.F.RAM.Uses, d.grid
	end := min(d.first+d.shown(m), len(uses))
	for at := d.first; at < end; at += g.per {
		n := min(g.per, end-at)
		use, part := telling(uses[at : at+n])
		r := g.square(d.mosaic, at-d.first)
		col := useColor(t, use)
		if use != view.UseFree && use != view.UseUntouched {
			col = t.Fill.Mix(col, 0.35+0.65*part)
		}
		if d.others(v, use, at, n) {
			col = col.Mix(t.Card, 0.6)
		}
		c.Round(r, 2, col)
		switch {
		case use == view.UseShared:
			bar(c, r)
		case use == view.UseCow || anyBit(v.Many, at, n):
			c.Circle(ui.Point{X: r.CX(), Y: r.CY()}, max(1.3, min(r.W, r.H)*0.2), t.Card)
		}
	}
	d.ghosts(c, m)
}

// others tells whether frames belong to processes that are not shown beside them.
func (d *memory) others(v *view.Memory, use view.Use, first, n int) bool {
	switch use {
	case view.UsePageCache, view.UseAnon, view.UseCow, view.UseShared:
	default:
		return false
	}
	for i := range v.Spaces {
		if anyBit(v.Spaces[i].Own, first, n) {
			return false
		}
	}
	return len(v.Spaces) > 0
}

// bar marks what is shared on purpose.
func bar(c *ui.Context, r ui.Rect) {
	c.Fill(ui.Rect{X: r.X + r.W*0.2, Y: r.CY() - max(0.7, r.H*0.09), W: r.W * 0.6, H: max(1.4, r.H*0.18)}, c.Theme.Card)
}

// ghosts outlines the frames whose pages left memory last, as long as they are free.
func (d *memory) ghosts(c *ui.Context, m *Model) {
	for _, l := range m.F.Memory.Room.Left {
		if int(l.Frame) >= len(m.F.RAM.Uses) || view.Use(m.F.RAM.Uses[l.Frame]) != view.UseFree {
			continue
		}
		if r, ok := d.square(int(l.Frame)); ok {
			c.Outline(r, 2, 1.2, useColor(c.Theme, l.Use))
		}
	}
}

// glow notes which squares were written since the last picture.
func (d *memory) glow(c *ui.Context, m *Model) {
	if m.F.Seq == d.seq {
		return
	}
	d.seq = m.F.Seq
	for w, bits := range m.F.RAM.Written {
		for i := 0; bits != 0; i, bits = i+1, bits>>1 {
			if bits&1 != 0 {
				d.lit[(w*64+i)/d.grid.per*d.grid.per] = c.Now
			}
		}
	}
}

// glowMs is how long a written square glows.
const glowMs = 1200

// light draws the glow of the squares that were written lately.
func (d *memory) light(c *ui.Context, n int) {
	for first, at := range d.lit {
		age := float32((c.Now - at) / glowMs)
		if age >= 1 || c.Reduced && age > 0.9 {
			delete(d.lit, first)
			continue
		}
		c.Moving = true
		sq, ok := d.square(first)
		if !ok || first >= d.first+n {
			continue
		}
		c.Outline(sq.Inset(-1.5, -1.5), 3, 1.6, c.Theme.NowLine.Fade(1-age))
		c.Round(sq.Inset(1, 1), 1.5, c.Theme.Now.Fade(0.85*(1-age)))
	}
}

// marks points to the code that runs, while no kernel tells whose frames they are, and to the chosen frame.
func (d *memory) marks(c *ui.Context, m *Model) {
	t, v := c.Theme, &m.F.RAM.Chosen
	if m.F.RAM.Facts && d.grid.pitch >= 7 {
		last := -1 // one dot for a square
		for w, bits := range m.F.RAM.Code {
			for i := 0; bits != 0; i, bits = i+1, bits>>1 {
				f := w*64 + i
				sq, ok := d.square(f)
				if bits&1 != 0 && ok && f/d.grid.per != last {
					last = f / d.grid.per
					c.Fill(ui.Rect{X: sq.CX() - 1.5, Y: sq.CY() - 1.5, W: 3, H: 3}, t.Ink.Fade(0.8))
				}
			}
		}
	}
	if sq, ok := d.square(int(v.Frame)); ok && v.Valid {
		col := t.NowLine
		if v.Asked {
			col = t.Ink
		}
		c.Outline(sq.Inset(-2.5, -2.5), 3.5, 2, col)
	}
}

// hand draws the clock's hand, or marks the page that is the oldest by the policy's measure.
func (d *memory) hand(c *ui.Context, m *Model) {
	t, v := c.Theme, &m.F.Memory.Room
	if len(m.F.Memory.Swap) == 0 && m.F.Memory.Reclaimed == 0 {
		return
	}
	frame, tip := v.Hand, "the clock's hand: when room is needed, it goes on from frame "+hex(uint64(v.Hand), 5)+" and takes the first page that was not used since it came by"
	switch v.Policy {
	case "fifo":
		frame, tip = v.Oldest, "the page that came first is in frame "+hex(uint64(v.Oldest), 5)+": under fifo it leaves next, used or not"
	case "lru":
		frame, tip = v.Oldest, "the page in frame "+hex(uint64(v.Oldest), 5)+" was not found used for "+plural(uint64(v.Age), "look")+": under lru it leaves next"
	}
	sq, ok := d.square(int(frame))
	if !ok {
		return
	}
	at := ui.Point{X: c.Ease(ui.Key{S: "hand x"}, sq.CX(), 300), Y: c.Ease(ui.Key{S: "hand y"}, sq.CY(), 300)}
	c.Circle(at, 7.5, t.Card)
	c.Ring(at, 7.5, 1.6, t.Ring0)
	c.Line(ui.Path{at, {X: at.X, Y: at.Y - 5}}, 1.6, t.Ring0)
	c.Line(ui.Path{at, {X: at.X + 3.4, Y: at.Y}}, 1.6, t.Ring0)
	c.Hover(ui.Rect{X: at.X - 8, Y: at.Y - 8, W: 16, H: 16}, tip)
}

// addresses writes the physical address at the beginning of some rows.
func (d *memory) addresses(c *ui.Context) {
	every, g := 1, d.grid
	for float32(every)*g.tall < 22 {
		every *= 2
	}
	for row := 0; row < g.rows; row += every {
		c.TextRight(d.mosaic.X-8, d.mosaic.Y+(float32(row)+0.5)*g.tall+3, memorySmall, c.Theme.Ink3, hex(uint64(d.first+row*g.cols*g.per)<<12, 7))
	}
}

// memorySmall is the face of addresses where there are many.
var memorySmall = ui.Face{Mono: true, Weight: 400, Size: 9.5}

// click chooses the frame under the pointer: of a square of several the first that is used, and says what is there.
func (d *memory) click(c *ui.Context, m *Model) {
	g, end := d.grid, min(d.first+d.shown(m), len(m.F.RAM.Uses))
	if !c.In.Inside || !d.mosaic.Contains(c.In.Pos) {
		return
	}
	col, row := int((c.In.Pos.X-d.mosaic.X)/g.pitch), int((c.In.Pos.Y-d.mosaic.Y)/g.tall)
	first := d.first + (row*g.cols+col)*g.per
	if col >= g.cols || first >= end {
		return
	}
	uses := m.F.RAM.Uses[first:min(first+g.per, end)]
	c.Pointer = true
	if g.per == 1 {
		d.over = first
	}
	c.Hover(g.square(d.mosaic, first-d.first), squareTip(m, first, uses))
	if !c.In.Clicked {
		return
	}
	chosen := first
	if g.per > 1 && int(m.F.RAM.Chosen.Frame)/g.per*g.per != first {
		for i, u := range uses {
			if u := view.Use(u); u != view.UseFree && u != view.UseUntouched {
				chosen = first + i
				break
			}
		}
	}
	d.pid = 0
	c.Act(ui.Action{Kind: "frame", N: float64(chosen)})
}

// squareTip tells of the frames of one square.
func squareTip(m *Model, first int, uses []uint8) string {
	use, share := dominant(uses)
	if len(uses) == 1 {
		tip := "frame " + hex(uint64(first), 5) + " (" + group(uint64(first)) + "), physical " + hex(uint64(first)<<12, 8) + ": " + view.UseNames[use]
		for i := range m.F.Memory.Spaces {
			if s := &m.F.Memory.Spaces[i]; anyBit(s.Own, first, 1) {
				tip += ", of pid " + itoa(s.PID)
			}
		}
		return tip + ". Click to see whose it is."
	}
	tip := "frames " + hex(uint64(first), 5) + "–" + hex(uint64(first+len(uses)-1), 5) + ": "
	if share == 0 {
		return tip + view.UseNames[use]
	}
	return tip + itoa(int(share*float32(len(uses))+0.5)) + " of " + itoa(len(uses)) + " used, mostly " + view.UseNames[use]
}

// lastUse is what the frames that are not drawn are.
func lastUse(ram *view.RAM) view.Use {
	if u := view.Use(ram.Uses[len(ram.Uses)-1]); u < view.NumUses {
		return u
	}
	return view.UseFree
}
