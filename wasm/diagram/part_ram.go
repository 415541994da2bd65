package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// useColor returns the one colour of a use of memory.
func useColor(t *ui.Theme, u view.Use) ui.Color {
	switch u {
	case view.UseReserved, view.UseROM:
		return t.Ink3.Fade(0.45)
	case view.UseZero:
		return t.Line
	case view.UseCode:
		return t.Kernel
	case view.UseUser:
		return t.Ring3.Fade(0.7)
	case view.UseBoot:
		return t.Ink2.Fade(0.6)
	case view.UseKernel:
		return t.Kernel
	case view.UseKernelInit:
		return t.Kernel.Fade(0.55)
	case view.UsePageTable:
		return t.Table
	case view.UseKernelStack:
		return t.Stack
	case view.UsePageCache:
		return t.Cache
	case view.UseAnon, view.UseShared, view.UseCow:
		return t.Anon
	}
	return t.Fill
}

// ramCard draws physical memory as a mosaic, one square for a power of two of frames.
func ramCard(c *ui.Context, m *Model, r ui.Rect) {
	t, ram := c.Theme, &m.F.RAM
	part(c, r, IDMemory, "physical memory", 0)
	in := r.Inset(16, 0)
	if ram.Frames == 0 {
		c.Label(in.X, r.Y+24, "RAM", "nothing is known of it yet")
		return
	}
	legendRows := legendHeight(c, m, in.W)
	area := ui.Rect{X: in.X, Y: r.Y + 36, W: in.W, H: r.H - 36 - legendRows - 16}
	n := drawn(ram)
	g := fit(n, area)
	w := c.Text(in.X, r.Y+24, ui.Head, t.Ink, "RAM") + 10
	c.TextFit(in.X+w, r.Y+24, in.W-w, ui.Small, t.Ink2, ramWords(c, ram, n, g, in.W-w))
	mosaic(c, m, area, g)
	legend(c, m, in.X, r.Bottom()-legendRows-2, in.W)
}

// drawn returns how many frames the mosaic shows: all, or as long as most were never used the first of them, so that
// what happens can be seen. The kernel takes the lowest free frame first.
func drawn(ram *view.RAM) int {
	last := len(ram.Uses) - 1
	for last > 0 && (ram.Uses[last] == uint8(view.UseFree) || ram.Uses[last] == uint8(view.UseUntouched)) {
		last--
	}
	n := 512
	for n < last+last/8 {
		n *= 2
	}
	return min(n, len(ram.Uses))
}

// ramWords says how large the memory is and what a square stands for, in as many words as fit w.
func ramWords(c *ui.Context, ram *view.RAM, n int, g grid, w float32) string {
	size := bytesOf(uint64(ram.Frames) * 4096)
	square := "one square is " + plural(uint64(g.per), "frame")
	all := size + " · " + group(uint64(ram.Frames)) + " frames of 4 KiB, " + square
	if n == ram.Frames {
		return all
	}
	words := size + " · the lowest " + group(uint64(n)) + " of " + group(uint64(ram.Frames)) + " frames, the others are " + view.UseNames[lastUse(ram)] + "; " + square
	for _, shorter := range []string{size + " · the lowest " + group(uint64(n)) + " frames; " + square, size + " · lowest " + group(uint64(n)) + " frames"} {
		if c.Width(ui.Small, words) <= w {
			break
		}
		words = shorter
	}
	return words
}

// grid is how squares are laid out.
type grid struct {
	per, cols, rows int
	pitch, tall     float32 // from one square to the next, across and down
}

// fit chooses how many frames one square stands for and how large squares are, so that n frames fill the area.
func fit(n int, area ui.Rect) grid {
	const smallest, largest = 7, 14
	if n == 0 || area.W < smallest || area.H < smallest {
		return grid{per: max(1, n), cols: 1, rows: 1, pitch: smallest, tall: smallest}
	}
	per := 1
	for ; per < n; per *= 2 {
		squares := (n + per - 1) / per
		if int(area.W/smallest)*int(area.H/smallest) >= squares {
			break
		}
	}
	squares := (n + per - 1) / per
	for pitch := float32(largest); pitch > smallest; pitch -= 0.5 {
		cols, rows := int(area.W/pitch), int(area.H/pitch)
		if cols*rows >= squares {
			return grid{per, cols, (squares + cols - 1) / cols, pitch, pitch}
		}
	}
	cols := int(area.W / smallest)
	return grid{per, cols, (squares + cols - 1) / cols, smallest, smallest}
}

// square returns where the square of a frame is drawn.
func (g grid) square(area ui.Rect, frame int) ui.Rect {
	i := frame / g.per
	return ui.Rect{X: area.X + float32(i%g.cols)*g.pitch, Y: area.Y + float32(i/g.cols)*g.tall, W: g.pitch - 1, H: g.tall - 1}
}

func mosaic(c *ui.Context, m *Model, area ui.Rect, g grid) {
	t, uses := c.Theme, m.F.RAM.Uses[:drawn(&m.F.RAM)]
	for at := 0; at < len(uses); at += g.per {
		use, part := telling(uses[at:min(at+g.per, len(uses))])
		r := g.square(area, at)
		col := useColor(t, use)
		if use != view.UseFree && use != view.UseUntouched {
			col = t.Fill.Mix(col, 0.35+0.65*part)
		}
		c.Round(r, 2, col)
		switch use {
		case view.UseCow:
			c.Circle(ui.Point{X: r.CX(), Y: r.CY()}, min(r.W, r.H)*0.2, t.Card)
		case view.UseShared:
			bar(c, r)
		}
	}
	for i, f := range m.F.RAM.Hot {
		if int(f) >= len(uses) {
			continue
		}
		a := 0.35 + 0.65*float32(i+1)/float32(len(m.F.RAM.Hot))
		c.Outline(g.square(area, int(f)), 2, 1, t.Ink.Fade(a))
	}
	mosaicTip(c, m, area, g)
}

// weights make rare uses that tell much show in a square of many frames.
var weights = [view.NumUses]int{view.UsePageTable: 12, view.UseUser: 6, view.UseCode: 2}

// telling returns the use to show for a square, and which part of its frames is used at all.
func telling(uses []uint8) (view.Use, float32) {
	best, part := dominant(uses)
	if len(uses) < 2 {
		return best, part
	}
	var n [view.NumUses]int
	for _, u := range uses {
		if u < uint8(view.NumUses) {
			n[u] += max(1, weights[u])
		}
	}
	for u, k := range n {
		if weights[u] > 0 && k > n[best] {
			best = view.Use(u)
		}
	}
	return best, part
}

// dominant returns the most frequent use other than free, and which part of the frames is used at all.
func dominant(uses []uint8) (view.Use, float32) {
	var n [view.NumUses]int
	for _, u := range uses {
		if u < uint8(view.NumUses) {
			n[u]++
		}
	}
	best := view.UseFree
	if n[view.UseUntouched] > 0 {
		best = view.UseUntouched
	}
	nothing := best
	for u := view.UseFree + 1; u < view.NumUses; u++ {
		if u != view.UseUntouched && (n[u] > n[best] || best == nothing && n[u] > 0) {
			best = u
		}
	}
	return best, float32(len(uses)-n[view.UseFree]-n[view.UseUntouched]) / float32(len(uses))
}

func mosaicTip(c *ui.Context, m *Model, area ui.Rect, g grid) {
	if !c.In.Inside || !area.Contains(c.In.Pos) {
		return
	}
	col, row := int((c.In.Pos.X-area.X)/g.pitch), int((c.In.Pos.Y-area.Y)/g.tall)
	first := (row*g.cols + col) * g.per
	if col >= g.cols || first >= drawn(&m.F.RAM) {
		return
	}
	if c.In.Clicked {
		c.Act(ui.Action{Kind: "frame", N: float64(first)})
	}
	uses := m.F.RAM.Uses[first:min(first+g.per, len(m.F.RAM.Uses))]
	use, share := dominant(uses)
	if len(uses) == 1 {
		c.Hover(g.square(area, first), "frame "+hex(uint64(first), 5)+" at "+hex(uint64(first)<<12, 8)+": "+view.UseNames[use])
		return
	}
	text := "frames " + hex(uint64(first), 5) + "–" + hex(uint64(first+len(uses)-1), 5) + ": "
	if share == 0 {
		text += view.UseNames[use]
	} else {
		text += itoa(int(share*float32(len(uses))+0.5)) + " of " + itoa(len(uses)) + " used, mostly " + view.UseNames[use]
	}
	c.Hover(g.square(area, first), text)
}

// legend names the uses that occur, with the number of their frames on hover.
func legend(c *ui.Context, m *Model, x, y, w float32) {
	left := x
	for _, u := range legendUses(m) {
		name := view.UseNames[u]
		need := 15 + c.Width(ui.Small, name) + 14
		if x > left && x+need-14 > left+w {
			x, y = left, y+18
		}
		sq := ui.Rect{X: x, Y: y - 9, W: 10, H: 10}
		c.Round(sq, 2, useColor(c.Theme, u))
		switch u {
		case view.UseCow:
			c.Circle(ui.Point{X: sq.CX(), Y: sq.CY()}, 2, c.Theme.Card)
		case view.UseShared:
			bar(c, sq)
		}
		c.Text(x+15, y, ui.Small, c.Theme.Ink2, name)
		n := uint64(m.F.RAM.Counts[u])
		c.Hover(ui.Rect{X: x, Y: y - 12, W: need - 8, H: 16}, plural(n, "frame")+", "+bytesOf(n*4096))
		x += need
	}
}

func legendUses(m *Model) []view.Use {
	var out []view.Use
	for u := view.UseFree + 1; u < view.NumUses; u++ {
		if m.F.RAM.Counts[u] > 0 {
			out = append(out, u)
		}
	}
	if m.F.RAM.Facts {
		return out
	}
	return append(out, view.UseFree)
}

// legendHeight returns how high the legend is at width w, counted from its first baseline.
func legendHeight(c *ui.Context, m *Model, w float32) float32 {
	x, rows := float32(0), float32(1)
	for _, u := range legendUses(m) {
		need := 15 + c.Width(ui.Small, view.UseNames[u]) + 14
		if x > 0 && x+need-14 > w {
			x = 0
			rows++
		}
		x += need
	}
	return 10 + (rows-1)*18
}
