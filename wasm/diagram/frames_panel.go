package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// framePanel tells all there is to know of the chosen frame.
func framePanel(c *ui.Context, m *Model, r ui.Rect) {
	t, v := c.Theme, &m.F.RAM.Chosen
	if !v.Valid {
		c.Para(r.X, r.Y+14, r.W, 18, 0, ui.Text, t.Ink2, "Click a square to see its frame: where it is mapped, what it holds and who wrote it last.")
		return
	}
	c.Text(r.X, r.Y+15, ui.MonoHd, t.Ink, "frame "+hex(uint64(v.Frame), 5))
	follow := "written last"
	if v.Asked {
		follow = "follow writes"
	}
	w := c.Width(ui.SmallB, follow) + 22
	pill := ui.Rect{X: r.Right() - w, Y: r.Y, W: w, H: 20}
	if v.Asked {
		c.Outline(pill, 10, 1.2, t.Ring3)
		c.TextMid(pill.CX(), pill.Y+14, ui.SmallB, t.Ring3, follow)
		if _, clicked := c.Click(pill, "show the frame that was written last again"); clicked {
			c.Act(ui.Action{Kind: "frame", Text: "follow"})
		}
	} else {
		c.Round(pill, 10, t.Now)
		c.TextMid(pill.CX(), pill.Y+14, ui.SmallB, t.Ink2, follow)
		c.Hover(pill, "this is the frame that was written last; click a square to choose another")
	}
	first := uint64(v.Frame) << 12
	c.TextFit(r.X, r.Y+36, r.W, ui.Mono, t.Ink2, hex(first, 8)+" – "+hex(first+0xfff, 8))
	y := frameUse(c, m, v, r, r.Y+60)
	y = frameMaps(c, m, v, r, y+10)
	y = frameWriter(c, m, v, r, y+10)
	frameBytes(c, v, ui.Rect{X: r.X, Y: y + 10, W: r.W, H: r.Bottom() - y - 10})
}

// frameUse says what the frame is, and how many refer to it.
func frameUse(c *ui.Context, m *Model, v *view.Frame4K, r ui.Rect, y float32) float32 {
	t := c.Theme
	use := view.Use(min(v.Use, view.NumUses-1))
	sq := ui.Rect{X: r.X, Y: y - 11, W: 13, H: 13}
	c.Round(sq, 3, useColor(t, use))
	words := view.UseNames[use]
	if v.Code && use != view.UseCode {
		words += ", and code that was run"
	}
	room := r.W - 22
	if v.Known && v.Refs > 0 {
		at := ui.Point{X: r.Right() - 12, Y: y - 4}
		c.Count(at, itoa(int(v.Refs)), useColor(t, use))
		c.Hover(ui.Rect{X: at.X - 12, Y: at.Y - 12, W: 24, H: 24}, plural(uint64(v.Refs), "reference"))
		room -= 30
	}
	c.TextFit(r.X+22, y, room, ui.TextB, t.Ink, words)
	if v.Owner != "" {
		y += 18
		c.TextFit(r.X+22, y, room, ui.Small, t.Ink2, v.Owner)
	}
	if v.Zero && use != view.UseZero {
		y += 18
		c.TextFit(r.X+22, y, room, ui.Small, t.Ink2, "holds zeros alone")
	}
	return y + 12
}

// frameMaps lists the addresses that lead to the frame.
func frameMaps(c *ui.Context, m *Model, v *view.Frame4K, r ui.Rect, y float32) float32 {
	t := c.Theme
	c.HLine(r.X, r.Right(), y, t.Soft)
	y += 20
	if len(v.Maps) == 0 {
		words := "Paging is off: its address is its place."
		if m.F.CPU.Paging {
			words = "No address of CR3's tables leads to it."
		}
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink3, words)
		return y + 8
	}
	c.Text(r.X, y, ui.SmallB, t.Ink3, "mapped at")
	y += 19
	for i := range v.Maps[:min(len(v.Maps), 4)] {
		p := &v.Maps[i]
		w := c.Text(r.X, y, ui.MonoM, t.Ink, longAddress(p.VA))
		if p.PID != 0 {
			c.TextFit(r.X+w+8, y, r.W-w-90, ui.Small, t.Ink2, "pid "+itoa(p.PID))
		} else if p.Page > 4096 {
			c.TextFit(r.X+w+8, y, r.W-w-90, ui.Small, t.Ink3, "of "+bytesOf(p.Page))
		}
		c.Bits(r.Right()-77, y-11, 13, []ui.Bit{
			{Name: "U", Set: p.Perm&bitU != 0, Fill: t.Ring3, Means: "reachable from ring 3"},
			{Name: "W", Set: p.Perm&bitW != 0, Fill: t.Granted, Means: "writable, by all levels"},
			{Name: "X", Set: p.Perm&bitNX == 0, Fill: t.Ink2, Means: "may be executed"},
			{Name: "A", Set: p.Entry&bitA != 0, Fill: t.Ink3, Means: "accessed"},
			{Name: "D", Set: p.Entry&bitD != 0, Fill: t.Granted, Means: "dirty: written through this mapping"}})
		if _, clicked := c.Click(ui.Rect{X: r.X, Y: y - 13, W: w, H: 18}, "click to walk this address"); clicked {
			c.Act(ui.Action{Kind: "walk", Addr: p.VA})
			c.Act(ui.Action{Kind: "stage", Text: IDWalk})
		}
		y += 19
	}
	if hidden := v.More + max(0, len(v.Maps)-4); hidden > 0 {
		c.Text(r.X, y, ui.Small, t.Ink3, "and "+itoa(hidden)+" more")
		y += 17
	}
	return y - 6
}

// longAddress returns an address in full, in groups when it is long.
func longAddress(va uint64) string {
	if va < 1<<32 {
		return hex(va, 8)
	}
	if va>>63 == 0 {
		return hex(va>>32, 4) + " " + hex(va&0xffffffff, 8)
	}
	return hex8(va)
}

// frameWriter says when it was last written, and by what.
func frameWriter(c *ui.Context, m *Model, v *view.Frame4K, r ui.Rect, y float32) float32 {
	t := c.Theme
	c.HLine(r.X, r.Right(), y, t.Soft)
	y += 20
	askFrame(c, v.Frame, ui.Rect{X: r.X - 4, Y: y - 14, W: r.W + 8, H: 38})
	switch {
	case !v.Written:
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink3, "Never written since power-on.")
		return y + 8
	case v.Writer != 0:
		w := c.Text(r.X, y, ui.SmallB, t.Ink3, "written by ")
		w += c.Text(r.X+w, y, ui.MonoM, t.Ring3, addressText(v.Writer))
		c.TextFit(r.X+w+8, y, r.W-w-8, ui.Small, t.Ink2, v.WriterName)
	default:
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink2, "written among the last instructions; step to see by which")
	}
	y += 18
	words := "seen at " + span(v.At)
	if task := m.task(v.PID); task != nil {
		words += ", while pid " + itoa(task.PID) + " " + task.Comm + " had the CPU"
	}
	c.TextFit(r.X, y, r.W, ui.Small, t.Ink3, words)
	return y + 8
}

// frameBytes dumps the beginning of the frame.
func frameBytes(c *ui.Context, v *view.Frame4K, r ui.Rect) {
	t := c.Theme
	c.HLine(r.X, r.Right(), r.Y, t.Soft)
	const row, per = 18, 8
	rows := min(len(v.Bytes)/per, int((r.H-14)/row))
	cell := c.Width(ui.Mono, "00") + 5
	letter := c.Width(ui.Mono, "0")
	for y := range rows {
		base := r.Y + 22 + float32(y)*row
		c.Text(r.X, base, ui.Mono, t.Ink3, hex(uint64(y*per), 3))
		x := r.X + 36
		for i := range per {
			b := v.Bytes[y*per+i]
			ink := t.Ink
			if b == 0 {
				ink = t.Ink3.Fade(0.6)
			}
			c.Text(x, base, ui.Mono, ink, hex(uint64(b), 2))
			x += cell
			if i == 3 {
				x += 5
			}
		}
		x += 8
		if x+per*letter > r.Right()+1 {
			continue
		}
		for i := range per {
			if b := v.Bytes[y*per+i]; b > 32 && b < 127 {
				c.Text(x+float32(i)*letter, base, ui.Mono, t.Ink2, string(rune(b)))
			}
		}
	}
}
