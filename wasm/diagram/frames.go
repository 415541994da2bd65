package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Frames is the diagram of physical memory, frame by frame.
var Frames = Definition{
	ID: IDFrames, Title: "Memory", Needs: view.MaskOf(view.KindPageFault, view.KindCOW),
	Slow: Slow{What: "page faults", Kinds: view.MaskOf(view.KindException, view.KindPageFault), Ms: 120},
	New:  func() Diagram { return &frames{lit: map[int]float64{}} },
}

// frames remembers when (in host time) squares were last seen written, for their glow.
type frames struct {
	lit map[int]float64 // by the first frame of 2^shift
	seq uint64
}

// Height implements Diagram.
func (d *frames) Height(_ *Model, w float32) float32 {
	if w < 640 {
		return 1000
	}
	return 600
}

// Draw implements Diagram.
func (d *frames) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	rest := heading(c, r, "Physical memory, frame by frame", framesLead(m))
	ram := &m.F.RAM
	if ram.Frames == 0 || len(ram.Uses) == 0 {
		c.Text(rest.X, rest.Y+20, ui.Body, c.Theme.Ink2, "Nothing is known of the memory yet.")
		return
	}
	var panel ui.Rect
	if r.W < 640 {
		rest, panel = rest.CutTop(rest.H-416, 18)
	} else {
		rest, panel = rest.CutRight(max(292, min(330, rest.W*0.32)), 28)
		c.VLine(panel.X-14, panel.Y, panel.Bottom(), c.Theme.Soft)
	}
	d.picture(c, m, rest)
	framePanel(c, m, panel)
}

func framesLead(m *Model) string {
	ram := &m.F.RAM
	size := bytesOf(uint64(ram.Frames)*4096) + " in " + group(uint64(ram.Frames)) + " frames of 4 KiB. "
	switch {
	case ram.Facts && m.F.Kernel.Foreign != "":
		return size + "Whose they are only their kernel knows; the machine knows what is written, what is run and what CR3's tables reach."
	case ram.Facts:
		return size + "No kernel keeps records yet; the machine knows what is written and what is run."
	}
	return size + "Each belongs to somebody, as the kernel's records say; free ones wait for the next who asks."
}

// gutter is where the addresses stand.
const gutter = 62

// picture draws the mosaic with addresses, the legend, and the group around the chosen frame.
func (d *frames) picture(c *ui.Context, m *Model, r ui.Rect) {
	t, ram := c.Theme, &m.F.RAM
	n := drawn(ram)
	legendH := legendHeight(c, m, r.W)
	area, foot := r.CutBottom(legendH+4, 14)
	inner := ui.Rect{X: area.X + gutter, Y: area.Y + 2, W: area.W - gutter, H: area.H - 2}
	g := fitRound(n, inner)
	if g.per > 1 {
		var lens ui.Rect
		inner, lens = inner.CutBottom(62, 14)
		area.H = inner.H
		g = fitRound(n, inner)
		d.lens(c, m, lens, g)
	}
	words := "one square is " + plural(uint64(g.per), "frame") + "; a dot: code of it was run"
	if n < ram.Frames {
		words += "; above " + hex(uint64(n)<<12, 6) + " all are " + view.UseNames[lastUse(ram)]
	}
	d.glow(c, m, g)
	mosaic(c, m, inner, g)
	d.light(c, inner, g, n)
	d.marks(c, m, inner, g, n)
	addresses(c, inner, g)
	d.click(c, m, inner, g, n)
	under := inner.Y + float32(g.rows)*g.tall + 13
	if under < inner.Bottom()+12 {
		c.TextFit(inner.X, under, inner.W, ui.Tiny, t.Ink3, words)
	}
	legend(c, m, foot.X, foot.Bottom()-legendH+8, foot.W)
}

// fitRound is fit with rows that begin at round addresses: as wide as a power of two of squares, or half as many more.
func fitRound(n int, area ui.Rect) grid {
	const smallest, largest = 7, 22
	for per := 1; per < n; per *= 2 {
		g, best := grid{}, float32(0)
		for _, cols := range []int{16, 24, 32, 48, 64, 96, 128} {
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

// lastUse is what the frames that are not drawn are.
func lastUse(ram *view.RAM) view.Use {
	if u := view.Use(ram.Uses[len(ram.Uses)-1]); u < view.NumUses {
		return u
	}
	return view.UseFree
}

// glow notes which squares were written since the last picture.
func (d *frames) glow(c *ui.Context, m *Model, g grid) {
	if m.F.Seq == d.seq {
		return
	}
	d.seq = m.F.Seq
	for w, bits := range m.F.RAM.Written {
		for i := 0; bits != 0; i, bits = i+1, bits>>1 {
			if bits&1 != 0 {
				d.lit[(w*64+i)/g.per*g.per] = c.Now
			}
		}
	}
}

// glowMs is how long a written square glows.
const glowMs = 1200

// light draws the glow of the squares that were written lately.
func (d *frames) light(c *ui.Context, area ui.Rect, g grid, n int) {
	for first, at := range d.lit {
		age := float32((c.Now - at) / glowMs)
		if age >= 1 || c.Reduced && age > 0.9 {
			delete(d.lit, first)
			continue
		}
		c.Moving = true
		if first >= n || first%g.per != 0 {
			continue
		}
		sq := g.square(area, first)
		c.Outline(sq.Inset(-1.5, -1.5), 3, 1.6, c.Theme.NowLine.Fade(1-age))
		c.Round(sq.Inset(1, 1), 1.5, c.Theme.Now.Fade(0.85*(1-age)))
	}
}

// marks points to the code that runs and to the chosen frame.
func (d *frames) marks(c *ui.Context, m *Model, area ui.Rect, g grid, n int) {
	t, v := c.Theme, &m.F.RAM.Chosen
	if g.pitch >= 7 {
		last := -1 // one dot for a square
		for w, bits := range m.F.RAM.Code {
			for i := 0; bits != 0; i, bits = i+1, bits>>1 {
				if f := w*64 + i; bits&1 != 0 && f < n && f/g.per != last {
					last = f / g.per
					sq := g.square(area, last*g.per)
					c.Fill(ui.Rect{X: sq.CX() - 1.5, Y: sq.CY() - 1.5, W: 3, H: 3}, t.Ink.Fade(0.8))
				}
			}
		}
	}
	if v.Valid && int(v.Frame) < n {
		c.Outline(g.square(area, int(v.Frame)/g.per*g.per).Inset(-2.5, -2.5), 3.5, 1.8, t.Ink)
	}
}

// addresses writes the physical address at the beginning of some rows.
func addresses(c *ui.Context, area ui.Rect, g grid) {
	every := 1
	for float32(every)*g.tall < 22 {
		every *= 2
	}
	for row := 0; row < g.rows; row += every {
		c.TextRight(area.X-8, area.Y+(float32(row)+0.5)*g.tall+3, ui.Face{Mono: true, Weight: 400, Size: 9.5}, c.Theme.Ink3, hex(uint64(row*g.cols*g.per)<<12, 7))
	}
}

// click chooses the frame under the pointer: of a square of several the first that was written lately, else the first
// that is used.
func (d *frames) click(c *ui.Context, m *Model, area ui.Rect, g grid, n int) {
	if !c.In.Inside || !area.Contains(c.In.Pos) {
		return
	}
	col, row := int((c.In.Pos.X-area.X)/g.pitch), int((c.In.Pos.Y-area.Y)/g.tall)
	first := (row*g.cols + col) * g.per
	if col >= g.cols || first >= n {
		return
	}
	c.Pointer = true
	if !c.In.Clicked {
		return
	}
	chosen := first
	if g.per > 1 && int(m.F.RAM.Chosen.Frame)/g.per*g.per != first {
		for f := first; f < min(first+g.per, n); f++ {
			if u := view.Use(m.F.RAM.Uses[f]); u != view.UseFree && u != view.UseUntouched {
				chosen = f
				break
			}
		}
	}
	c.Act(ui.Action{Kind: "frame", N: float64(chosen)})
}

// lensFrames is how many frames the lens shows.
const lensFrames = 64

// lens draws the frames around the chosen one, one square for each, when the mosaic has not room for that.
func (d *frames) lens(c *ui.Context, m *Model, r ui.Rect, g grid) {
	t, ram := c.Theme, &m.F.RAM
	if !ram.Chosen.Valid {
		return
	}
	first := int(ram.Chosen.Frame) &^ (lensFrames - 1)
	c.TextFit(r.X, r.Y+10, r.W, ui.Small, t.Ink3, "the "+itoa(lensFrames)+" frames from "+hex(uint64(first)<<12, 7)+" on")
	perRow := lensFrames
	if r.W/lensFrames < 9 {
		perRow = lensFrames / 2
	}
	pitch := min(r.W/float32(perRow), 18, (r.H-18)/float32(lensFrames/perRow))
	for i := range lensFrames {
		f := first + i
		if f >= len(ram.Uses) {
			break
		}
		sq := ui.Rect{X: r.X + float32(i%perRow)*pitch, Y: r.Y + 18 + float32(i/perRow)*pitch, W: pitch - 1.5, H: pitch - 1.5}
		use, _ := dominant(ram.Uses[f : f+1])
		c.Round(sq, 2, useColor(t, use))
		if f == int(ram.Chosen.Frame) {
			c.Outline(sq.Inset(-2, -2), 3, 1.8, t.Ink)
		}
		if _, clicked := c.Click(sq, "frame "+hex(uint64(f), 5)+": "+view.UseNames[use]); clicked {
			c.Act(ui.Action{Kind: "frame", N: float64(f)})
		}
	}
}
