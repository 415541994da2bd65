package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// spaceBox is one or several areas of the address space drawn as one box.
type spaceBox struct {
	area *view.ExecArea
	n    int // how many it stands for
	r    ui.Rect
}

// boxes are the areas, neighbouring libraries as one.
func spaceBoxes(e *view.Exec) []spaceBox {
	var out []spaceBox
	for i := range e.Areas {
		a := &e.Areas[i]
		other := a.Kind == view.AreaLibrary || a.Kind == view.AreaOther
		if n := len(out); n > 0 && other && out[n-1].n > 0 && (out[n-1].area.Kind == view.AreaLibrary || out[n-1].area.Kind == view.AreaOther) {
			out[n-1].n++
			continue
		}
		out = append(out, spaceBox{area: a, n: 1})
	}
	return out
}

// space draws the new address space from low to high, the file's segments falling into their areas.
func (d *execDiagram) space(c *ui.Context, m *Model, r ui.Rect, places []segmentAt) {
	t, e := c.Theme, &m.F.Exec
	list := spaceBoxes(e)
	if len(list) == 0 {
		return
	}
	const gap = 5
	w := (r.W - gap*float32(len(list)-1)) / float32(len(list))
	h := r.H - 20
	landed := c.Since(m.Seen[view.KindExec], 600)
	for i := range list {
		list[i].r = ui.Rect{X: r.X + float32(i)*(w+gap), Y: r.Y, W: w, H: h}
	}
	for i := range list {
		d.fall(c, &list[i], places, landed)
	}
	restore := c.Fade(min(1, 0.25+landed))
	for i := range list {
		d.areaBox(c, e, &list[i])
	}
	restore()
	word := "address space as exec made it"
	if e.Alive {
		word = "address space now"
	}
	c.Text(r.X, r.Bottom()-4, ui.Small, t.Ink3, word+", low to high, not to scale")
	if e.More == 0 && e.Interp.Path != "" && r.W > 520 {
		c.TextRight(r.Right(), r.Bottom()-4, ui.Small, t.Ink2, "first the linker, then the program at AT_ENTRY "+hex(e.AtEntry, 6))
	}
	if e.More > 0 {
		c.TextRight(r.Right(), r.Bottom()-4, ui.Small, t.Ink3, "and "+itoa(e.More)+" more")
	}
}

// fall draws the way of a segment from the file into memory.
func (d *execDiagram) fall(c *ui.Context, b *spaceBox, places []segmentAt, at float32) {
	t := c.Theme
	a := b.area
	if a.Index < 0 || a.Kind != view.AreaProgram && a.Kind != view.AreaInterp {
		return
	}
	for _, p := range places {
		if p.index != a.Index || p.interp != (a.Kind == view.AreaInterp) {
			continue
		}
		to := filePartOf(b)
		chosen := d.part.kind == partProg && d.part.index == p.index && d.part.interp == p.interp
		col := t.Cache.Fade(0.16)
		if chosen {
			col = t.Cache.Fade(0.42)
		}
		ribbon(c, p.box, to, at, col)
	}
}

// ribbon joins a box to one below it, as far as at says, row of pixels by row of pixels.
func ribbon(c *ui.Context, from, to ui.Rect, at float32, col ui.Color) {
	const step = 1
	y0, y1 := from.Bottom()+6, to.Y
	for y := y0; y < y0+(y1-y0)*at; y += step {
		f := clamp((y - y0) / max(1, y1-y0))
		f = f * f * (3 - 2*f)
		left := ui.Lerp(from.X, to.X, f)
		c.Fill(ui.Rect{X: left, Y: y, W: ui.Lerp(from.W, to.W, f), H: step}, col)
	}
}

// filePartOf is what of a box holds the file's bytes.
func filePartOf(b *spaceBox) ui.Rect {
	r := b.r
	if b.area.FileEnd != 0 {
		part := float32(b.area.FileEnd-b.area.Start) / float32(b.area.End-b.area.Start)
		r.W *= max(0.25, min(0.75, part))
	}
	return r
}

// execAreaColor is the colour of what an area holds.
func execAreaColor(t *ui.Theme, a *view.ExecArea) ui.Color {
	switch a.Kind {
	case view.AreaProgram, view.AreaInterp, view.AreaLibrary:
		return t.Cache
	case view.AreaKernel:
		return t.Kernel
	}
	return t.Anon
}

// areaBox draws one area: where it is, what may be done with it, which pages are there.
func (d *execDiagram) areaBox(c *ui.Context, e *view.Exec, b *spaceBox) {
	t, a, r := c.Theme, b.area, b.r
	col := execAreaColor(t, a)
	here := e.RIP >= a.Start && e.RIP < a.End
	edge, width := col, float32(1.2)
	if d.part.kind == partProg && a.Index == d.part.index && d.part.interp == (a.Kind == view.AreaInterp) && a.Kind != view.AreaZero {
		edge, width = t.Ink, 1.5
	}
	c.Frame(r, 5, width, t.Card.Mix(col, 0.16), edge)
	if a.FileEnd != 0 {
		part := filePartOf(b)
		zero := ui.Rect{X: part.Right(), Y: r.Y + 1, W: r.Right() - part.Right() - 1, H: r.H - 2}
		c.Fill(zero, t.Card.Mix(t.Anon, 0.22))
		c.VLine(zero.X, zero.Y, zero.Bottom(), t.Anon)
		c.TextMid(zero.CX(), r.Y+47, ui.MonoSB, t.Ink2, "0")
		c.Hover(zero, "zeros from "+hex(a.FileEnd, 6)+" on: p_memsz is more than p_filesz, the rest of the page is cleared (.bss)")
	}
	in := r.W - 10
	addr := hex(a.Start, 6)
	if c.Width(ui.Mono, addr) > in {
		addr = "…" + addr[max(0, len(addr)-5):]
	}
	if c.Width(ui.Mono, addr) <= in {
		c.Text(r.X+6, r.Y+14, ui.Mono, t.Ink, addr)
	}
	c.TextFit(r.X+6, r.Y+30, in, ui.MonoSB, t.Ink2, strings.TrimRight(a.Prot, "p"))
	name := areaWord(a)
	if b.n > 1 {
		name = itoa(b.n) + " areas"
	}
	nameRoom := in
	if a.FileEnd != 0 {
		nameRoom = filePartOf(b).W - 8
	}
	c.TextFit(r.X+6, r.Y+46, nameRoom, ui.Tiny, t.Ink2, name)
	pageRow(c, a, ui.Rect{X: r.X + 5, Y: r.Bottom() - 11, W: r.W - 10, H: 6})
	areaClick(c, e, a, r)
	if e.Interp.Path != "" && !here && e.AtEntry >= a.Start && e.AtEntry < a.End {
		areaFlag(c, r, "AT_ENTRY", c.Theme.Ink3, "the program's own first instruction, "+hex(e.AtEntry, 6)+": the dynamic linker jumps there when it is done")
	}
	if here {
		label := "RIP"
		if e.RIP == e.Entry {
			label = "RIP at the entry"
		}
		areaFlag(c, r, label, t.Ring3, "it goes on at "+hex(e.RIP, 6)+" in user mode; click to see the instructions")
	}
}

// areaFlag marks a box from above with a word, and leads to the instructions.
func areaFlag(c *ui.Context, r ui.Rect, label string, col ui.Color, tip string) {
	x := r.CX()
	c.Polygon(col, ui.Point{X: x - 5, Y: r.Y - 8}, ui.Point{X: x + 5, Y: r.Y - 8}, ui.Point{X: x, Y: r.Y - 1})
	w := c.Width(ui.SmallB, label)
	at := min(max(x-w/2, r.X-20), r.Right()+20-w)
	back := ui.Rect{X: at - 6, Y: r.Y - 23, W: w + 12, H: 16}
	c.Round(back, 8, col)
	c.Text(at, r.Y-11.5, ui.SmallB, c.Theme.OnAccent, label)
	if _, clicked := c.Click(back, tip); clicked {
		c.Act(ui.Action{Kind: "stage", Text: IDInstructions})
	}
}

func areaWord(a *view.ExecArea) string {
	switch a.Kind {
	case view.AreaProgram:
		return "program"
	case view.AreaInterp:
		return "linker"
	case view.AreaZero:
		return ".bss"
	}
	return view.AreaName(a.Kind)
}

// pageRow draws which pages of an area are there: of the page cache, or its own.
func pageRow(c *ui.Context, a *view.ExecArea, r ui.Rect) {
	t := c.Theme
	n := min(len(a.Pages), max(1, int(r.W/4)))
	if n == 0 {
		return
	}
	w := min(8, r.W/float32(n))
	for i := range n {
		state := byte(0)
		for _, s := range a.Pages[i*len(a.Pages)/n : (i+1)*len(a.Pages)/n] {
			state = max(state, s)
		}
		cell := ui.Rect{X: r.X + float32(i)*w, Y: r.Y, W: w - 1, H: r.H}
		switch state {
		case 0:
			c.Fill(cell, t.Soft)
		case 1:
			c.Fill(cell, t.Cache)
		default:
			c.Fill(cell, t.Anon)
		}
	}
}

// areaClick tells of an area, and leads to the memory.
func areaClick(c *ui.Context, e *view.Exec, a *view.ExecArea, r ui.Rect) {
	there := 0
	for _, s := range a.Pages {
		if s != 0 {
			there++
		}
	}
	tip := view.AreaName(a.Kind) + " " + hex(a.Start, 6) + " – " + hex(a.End, 6) + ", " + a.Prot + ", " + plural((a.End-a.Start)/4096, "page")
	switch {
	case there == 0:
		tip += ", none of them in memory yet: the first touch of each will fault"
	default:
		tip += ", the coloured ones are in memory"
	}
	if !e.Alive {
		c.Hover(r, tip)
		return
	}
	if _, clicked := c.Click(r, tip+"; click to see it among the memory of pid "+itoa(e.PID)); clicked {
		c.Act(ui.Action{Kind: "space", N: float64(e.PID)})
		c.Act(ui.Action{Kind: "stage", Text: IDMemory})
	}
}

// areaList is the address space for a narrow screen: a line for each area.
func areaList(c *ui.Context, e *view.Exec, r ui.Rect) {
	t := c.Theme
	c.Text(r.X, r.Y+12, ui.Head, t.Ink, "address space")
	y := r.Y + 26
	for i := range e.Areas {
		if y+20 > r.Bottom() {
			return
		}
		a := &e.Areas[i]
		row := ui.Rect{X: r.X, Y: y, W: r.W, H: 20}
		col := execAreaColor(t, a)
		c.Frame(row, 4, 1, t.Card.Mix(col, 0.14), col.Fade(0.7))
		c.Text(row.X+7, y+14, ui.Mono, t.Ink, hex(a.Start, 6))
		c.Text(row.X+104, y+14, ui.MonoSB, t.Ink2, a.Prot)
		word := areaWord(a)
		if a.FileEnd != 0 {
			word += ", zeros"
		}
		if e.RIP >= a.Start && e.RIP < a.End {
			c.Text(row.X+142, y+14, ui.SmallB, t.Ring3, word+" · RIP")
		} else {
			c.TextFit(row.X+142, y+14, row.W-236, ui.Small, t.Ink2, word)
		}
		pageRow(c, a, ui.Rect{X: row.Right() - 86, Y: y + 7, W: 80, H: 6})
		areaClick(c, e, a, row)
		y += 24
	}
}
