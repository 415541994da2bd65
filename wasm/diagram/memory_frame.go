package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// framePanel tells all there is to know of the chosen frame, as far as there is room.
func framePanel(c *ui.Context, m *Model, r ui.Rect) {
	t, v := c.Theme, &m.F.RAM.Chosen
	if !v.Valid {
		c.Para(r.X, r.Y+14, r.W, 18, 0, ui.Text, t.Ink2, "Click a square to see its frame: where it is mapped, what it holds and who wrote it last.")
		return
	}
	w := c.Text(r.X, r.Y+13, ui.MonoHd, t.Ink, "frame "+hex(uint64(v.Frame), 5))
	first := uint64(v.Frame) << 12
	c.Hover(ui.Rect{X: r.X, Y: r.Y, W: w, H: 18}, "frame "+group(uint64(v.Frame))+": the bytes from physical address "+hex(first, 8)+" to "+hex(first+0xfff, 8))
	framePill(c, v, r)
	tight := r.H < 240
	y := frameUse(c, v, r, r.Y+34, tight)
	y = frameMaps(c, m, v, r, y, tight)
	y = frameWriter(c, m, v, r, y, tight)
	frameBytes(c, v, ui.Rect{X: r.X, Y: y, W: r.W, H: r.Bottom() - y})
}

// framePill says why this frame is told of.
func framePill(c *ui.Context, v *view.Frame4K, r ui.Rect) {
	t, follow := c.Theme, "written last"
	if v.Asked {
		follow = "follow writes"
	}
	w := c.Width(ui.SmallB, follow) + 22
	pill := ui.Rect{X: r.Right() - w, Y: r.Y - 2, W: w, H: 20}
	if !v.Asked {
		c.Round(pill, 10, t.Now)
		c.TextMid(pill.CX(), pill.Y+14, ui.SmallB, t.Ink2, follow)
		c.Hover(pill, "this is the frame that was written last; click a square to choose another")
		return
	}
	c.Outline(pill, 10, 1.2, t.Ring3)
	c.TextMid(pill.CX(), pill.Y+14, ui.SmallB, t.Ring3, follow)
	if _, clicked := c.Click(pill, "show the frame that was written last again"); clicked {
		c.Act(ui.Action{Kind: "frame", Text: "follow"})
	}
}

// frameUse says what the frame is, whose, and how many refer to it; it returns where to go on.
func frameUse(c *ui.Context, v *view.Frame4K, r ui.Rect, y float32, tight bool) float32 {
	t := c.Theme
	use := view.Use(min(v.Use, view.NumUses-1))
	c.Round(ui.Rect{X: r.X, Y: y - 10, W: 12, H: 12}, 3, useColor(t, use))
	words := view.UseNames[use]
	if v.Code && use != view.UseCode {
		words += ", and code that was run"
	}
	room := r.W - 20
	if v.Known && v.Refs > 0 {
		at := ui.Point{X: r.Right() - 12, Y: y + 2}
		c.Count(at, itoa(int(v.Refs)), useColor(t, use))
		c.Hover(ui.Rect{X: at.X - 12, Y: at.Y - 12, W: 24, H: 24}, plural(uint64(v.Refs), "reference")+": by page tables, by the page cache, by the swap cache. At 0 the frame is free")
		room -= 30
	}
	if v.Zero && use != view.UseZero {
		words += ", zeros alone"
	}
	c.TextFit(r.X+20, y, room, ui.TextB, t.Ink, words)
	if v.Owner != "" {
		y += 16
		c.TextFit(r.X+20, y, room, ui.Small, t.Ink2, v.Owner)
	}
	switch {
	case tight && v.Owner == "":
		return y + 26
	case tight:
		return y + 17
	}
	return y + 28
}

// frameMaps lists the addresses that lead to the frame; user addresses say most and come first.
func frameMaps(c *ui.Context, m *Model, v *view.Frame4K, r ui.Rect, y float32, tight bool) float32 {
	t, most, step := c.Theme, 4, float32(19)
	if tight {
		most, step = 3, 17
	} else {
		c.HLine(r.X, r.Right(), y-17, t.Soft)
	}
	if len(v.Maps) == 0 {
		words := "Paging is off: its address is its place."
		if m.F.CPU.Paging {
			words = "No address of CR3's tables leads to it."
		}
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink3, words)
		return y + step
	}
	shown := 0
	for _, kernel := range []bool{false, true} {
		for i := range v.Maps {
			if p := &v.Maps[i]; p.VA>>63 == 1 == kernel && shown < most {
				frameMap(c, m, p, r, y)
				y += step
				shown++
			}
		}
	}
	if hidden := v.More + len(v.Maps) - shown; hidden > 0 && !tight {
		c.Text(r.X, y, ui.Small, t.Ink3, "and "+itoa(hidden)+" more")
		y += step
	}
	return y
}

// frameMap is one address that leads to the frame, and what its entry allows.
func frameMap(c *ui.Context, m *Model, p *view.Mapping, r ui.Rect, y float32) {
	t := c.Theme
	w := c.Text(r.X, y, ui.MonoM, t.Ink, longAddress(p.VA))
	whose := ""
	switch {
	case p.PID != 0:
		whose = "pid " + itoa(p.PID)
	case p.Page > 4096:
		whose = "of " + bytesOf(p.Page)
	case p.VA>>63 == 0 && m.F.Kernel.Current != 0:
		whose = "pid " + itoa(m.F.Kernel.Current)
	case p.VA>>63 == 1:
		whose = "kernel"
	}
	c.TextFit(r.X+w+8, y, r.W-w-90, ui.Small, t.Ink2, whose)
	c.Bits(r.Right()-77, y-11, 13, []ui.Bit{
		{Name: "U", Set: p.Perm&bitU != 0, Fill: t.Ring3, Means: "reachable from ring 3"},
		{Name: "W", Set: p.Perm&bitW != 0, Fill: t.Granted, Means: "writable, by all levels"},
		{Name: "X", Set: p.Perm&bitNX == 0, Fill: t.Ink2, Means: "may be executed"},
		{Name: "A", Set: p.Entry&bitA != 0, Fill: t.Ink3, Means: "accessed"},
		{Name: "D", Set: p.Entry&bitD != 0, Fill: t.Granted, Means: "dirty: written through this mapping"}})
	if _, clicked := c.Click(ui.Rect{X: r.X, Y: y - 13, W: w, H: 18}, "click to walk this address"); clicked {
		c.Act(ui.Action{Kind: "walk", Addr: p.VA, N: float64(p.PID)})
		c.Act(ui.Action{Kind: "stage", Text: IDWalk})
	}
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
func frameWriter(c *ui.Context, m *Model, v *view.Frame4K, r ui.Rect, y float32, tight bool) float32 {
	t, step := c.Theme, float32(18)
	if tight {
		step = 16
	} else {
		c.HLine(r.X, r.Right(), y-8, t.Soft)
		y += 12
	}
	askFrame(c, v.Frame, ui.Rect{X: r.X - 4, Y: y - 13, W: r.W + 8, H: 2 * step})
	switch {
	case !v.Written:
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink3, "Never written since power-on.")
		return y + step
	case v.Writer != 0:
		w := c.Text(r.X, y, ui.SmallB, t.Ink3, "written by ")
		w += c.Text(r.X+w, y, ui.MonoM, t.Ring3, addressText(v.Writer))
		c.TextFit(r.X+w+8, y, r.W-w-8, ui.Small, t.Ink2, v.WriterName)
		y += step
	case !tight:
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink2, "written among the last instructions; step to see by which")
		y += step
	}
	words := "written at " + span(v.At)
	if task := m.task(v.PID); v.At == 0 {
		words = "written before the machine was looked at"
	} else if task != nil {
		words += ", while pid " + itoa(task.PID) + " " + task.Comm + " had the CPU"
	}
	c.TextFit(r.X, y, r.W, ui.Small, t.Ink3, words)
	if tight {
		return y + 8
	}
	return y + 18
}

// frameBytes dumps the beginning of the frame.
func frameBytes(c *ui.Context, v *view.Frame4K, r ui.Rect) {
	t := c.Theme
	if r.H < 30 {
		return
	}
	c.HLine(r.X, r.Right(), r.Y, t.Soft)
	const row, per = 17, 8
	rows := min(len(v.Bytes)/per, int((r.H-4)/row))
	cell := c.Width(ui.Mono, "00") + 5
	letter := c.Width(ui.Mono, "0")
	for y := range rows {
		base := r.Y + 17 + float32(y)*row
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
