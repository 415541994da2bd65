package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// memoryCard draws the mosaic, with the page that faulted last, and how much the process on the CPU has.
func memoryCard(c *ui.Context, m *Model, r ui.Rect) {
	t, ram, v := c.Theme, &m.F.RAM, &m.F.Memory
	if ram.Frames == 0 || len(ram.Uses) == 0 {
		c.TextFit(r.X, r.Y+12, r.W, ui.Small, t.Ink3, "nothing is known yet")
		return
	}
	d := memory{}
	area, foot := r.CutBottom(30, 8)
	d.mosaic, d.grid = area, fit(drawn(ram), area)
	d.squares(c, m)
	if f := v.Fault; f.Valid && f.Frame != 0 {
		if sq, ok := d.square(int(f.Frame)); ok {
			c.Outline(sq.Inset(-2, -2), 3, 1.6, t.Ink)
		}
	}
	if len(v.Swap) > 0 {
		d.hand(c, m)
	}
	lines := smallWords(m)
	c.TextFit(foot.X, foot.Y+11, foot.W, ui.SmallM, t.Ink, lines[0])
	c.TextFit(foot.X, foot.Y+27, foot.W, ui.Small, t.Ink2, lines[1])
}

// smallWords are the two lines of a card.
func smallWords(m *Model) [2]string {
	ram, v := &m.F.RAM, &m.F.Memory
	if len(v.Spaces) == 0 {
		return [2]string{bytesOf(uint64(ram.Frames) * 4096), group(uint64(ram.Frames)) + " frames of 4 KiB"}
	}
	lines := [2]string{group(uint64(ram.Counts[view.UseFree])) + " of " + group(uint64(ram.Frames)) + " frames are free"}
	for i := range v.Spaces {
		if s := &v.Spaces[i]; s.PID == v.Chosen {
			lines[1] = "pid " + itoa(s.PID) + " " + s.Comm + ": " + plural(s.Present, "page") + " in memory"
			if s.Swapped > 0 {
				lines[1] += ", " + group(s.Swapped) + " in swap"
			}
		}
	}
	return lines
}

// memoryBadge draws what memory is used for as one bar, and how much of it is free.
func memoryBadge(c *ui.Context, m *Model, r ui.Rect) {
	t, ram := c.Theme, &m.F.RAM
	if ram.Frames == 0 {
		return
	}
	used := uint64(ram.Frames) - uint64(ram.Counts[view.UseFree]) - uint64(ram.Counts[view.UseUntouched])
	c.TextFit(r.X, r.Y+8, r.W, ui.SmallB, t.Ink, bytesOf(used*4096)+" used")
	bar := ui.Rect{X: r.X, Y: r.Bottom() - 6, W: r.W, H: 5}
	c.Round(bar, 2, t.Fill)
	x := bar.X
	for u := view.UseFree + 1; u < view.NumUses; u++ {
		if w := bar.W * float32(ram.Counts[u]) / float32(ram.Frames); u != view.UseUntouched && w > 0 {
			c.Fill(ui.Rect{X: x, Y: bar.Y, W: w, H: bar.H}, useColor(t, u))
			x += w
		}
	}
}
