package diagram

import (
	"slices"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Cow is the diagram of two address spaces that share frames until one of them writes.
var Cow = Definition{
	ID: IDCow, Title: "Fork and COW", Needs: view.MaskOf(view.KindCOW, view.KindFork, view.KindPageFault), Side: true,
	Slow: Slow{What: "copies", Kinds: view.MaskOf(view.KindCOW, view.KindFork), Ms: 450},
	New:  func() Diagram { return &cow{} },
	Card: cowCard, Badge: cowBadge,
}

type cow struct{}

// Height implements Diagram.
func (d *cow) Height(m *Model, w float32) float32 {
	if w < 640 {
		return 260 + 62*float32(min(8, max(4, len(m.F.Cow.Rows))))
	}
	return 600
}

// columns are the three columns of the diagram and how its rows are spaced.
type columns struct {
	a, frames, b ui.Rect
	pitch, h     float32
	first, n     int // rows shown
	spare        ui.Rect
}

// cowLead says in a sentence what the two may do.
func cowLead(w *view.Cow) string {
	switch {
	case w.Shared == 0:
		return "pid " + itoa(w.Parent.PID) + " and its child " + itoa(w.Child.PID) + " share no frame any more: each has written to every page."
	case slices.ContainsFunc(w.Rows, func(r view.CowRow) bool { return r.A.Use == view.UseShared }):
		return "What is private, neither may write without a copy; what was mapped as shared, both may write."
	}
	return "fork copied the page tables of pid " + itoa(w.Parent.PID) + ", not its memory. What both share, neither may write."
}

// Draw implements Diagram.
func (d *cow) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	w := &m.F.Cow
	if !w.Valid || w.Shared == 0 && w.Parent.Comm != w.Child.Comm {
		alone(c, m, r)
		return
	}
	rest := heading(c, r, "Two address spaces, one set of frames", cowLead(w))
	told := m.H.Stories.Last[view.StoryCow]
	rest = story(c, rest, told.Steps())
	col := d.layout(w, rest)
	d.heads(c, w, col)
	for i := range col.n {
		if col.first+i != w.Active {
			d.row(c, m, col, col.first+i)
		}
	}
	if w.Active >= col.first && w.Active < col.first+col.n {
		d.row(c, m, col, w.Active)
	}
	if hidden := len(w.Rows) - col.n; hidden > 0 {
		c.TextMid(col.frames.CX(), col.spare.Y-5, ui.Tiny, c.Theme.Ink3, "and "+plural(uint64(hidden), "more page"))
	}
	d.foot(c, m, col)
}

// alone is drawn while no two processes share memory: the frames themselves.
func alone(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	lead := "Which processes share frames, and why, only the kernel's records tell. This kernel is somebody else's; here are the frames as the machine knows them."
	if m.F.Kernel.Foreign == "" {
		lead = "No two processes share memory now: exec gives each a memory of its own. When one calls fork(), its child shares every frame until one of them writes; type cow into the console to see it. Until then, here are the frames of the machine."
	}
	rest := heading(c, r, "Two address spaces, one set of frames", lead)
	if m.F.RAM.Frames == 0 {
		c.Text(rest.X, rest.Y+40, ui.Body, t.Ink2, "Nothing is known of the memory yet.")
		return
	}
	h := legendHeight(c, m, rest.W)
	area, foot := rest.CutBottom(h+14, 10)
	mosaic(c, m, area, fit(drawn(&m.F.RAM), area))
	legend(c, m, foot.X, foot.Y+14, foot.W)
}

func (d *cow) layout(w *view.Cow, r ui.Rect) columns {
	side, mid := min(200, r.W*0.31), min(124, r.W*0.235)
	col := columns{pitch: 58}
	body := ui.Rect{X: r.X, Y: r.Y + 44, W: r.W, H: r.H - 44}
	const foot = 74
	room := body.H - foot
	col.n = len(w.Rows)
	for col.n > 1 && room/float32(col.n) < 48 {
		col.n--
	}
	col.pitch = min(66, room/float32(max(1, col.n)))
	col.h = col.pitch - min(10, col.pitch*0.16)
	col.first = max(0, min(w.Active-col.n/2, len(w.Rows)-col.n))
	col.a = ui.Rect{X: r.X, Y: body.Y, W: side, H: r.H}
	col.b = ui.Rect{X: r.Right() - side, Y: body.Y, W: side, H: r.H}
	col.frames = ui.Rect{X: r.CX() - mid/2, Y: body.Y, W: mid, H: r.H}
	y := min(r.Bottom()-52, body.Y+float32(col.n)*col.pitch+16)
	col.spare = ui.Rect{X: col.frames.X, Y: y, W: mid, H: 48}
	return col
}

func (d *cow) heads(c *ui.Context, w *view.Cow, col columns) {
	t := c.Theme
	head := func(r ui.Rect, s *view.CowSide, role string) {
		y := r.Y - 26
		c.TextFit(r.X, y, r.W, ui.MonoHd, t.Ink, "pid "+itoa(s.PID)+"  "+s.Comm)
		ink := t.Ring3
		if s.State != "running" {
			ink = t.Ring3.Mix(t.Ink3, 0.4)
		}
		c.TextFit(r.X, y+17, r.W, ui.SmallB, ink, role+" · "+s.State)
	}
	head(col.a, &w.Parent, "parent")
	head(col.b, &w.Child, "child")
	c.TextMid(col.frames.CX(), col.frames.Y-26, ui.Head, t.Ink, "frames")
	c.TextMid(col.frames.CX(), col.frames.Y-9, ui.Small, t.Ink3, "physical memory")
}

// at returns where row i of a column is.
func (col *columns) at(r ui.Rect, i int) ui.Rect {
	return ui.Rect{X: r.X, Y: r.Y + float32(i-col.first)*col.pitch, W: r.W, H: col.h}
}

// row draws one page as both have it and the frames behind it.
func (d *cow) row(c *ui.Context, m *Model, col columns, i int) {
	w := &m.F.Cow
	row := &w.Rows[i]
	a, b, f := col.at(col.a, i), col.at(col.b, i), col.at(col.frames, i)
	active := i == w.Active
	written := row.A.Frame == w.NewFrame || row.B.Frame == w.NewFrame
	switch {
	case row.A.Present && row.B.Present && row.A.Frame == row.B.Frame:
		join(c, a, f, &row.A)
		join(c, f, b, &row.B)
		frameBox(c, f, &row.A, false)
	case active && written && row.A.Present && row.B.Present:
		d.copied(c, m, col, row, a, b, f)
	case row.A.Present && row.B.Present:
		left, right := f, f
		left.W, right.W = f.W*0.56, f.W*0.56
		left.X, right.X = f.X-f.W*0.1, f.Right()-f.W*0.46
		join(c, a, left, &row.A)
		join(c, right, b, &row.B)
		frameBox(c, left, &row.A, true)
		frameBox(c, right, &row.B, true)
	case row.A.Present:
		join(c, a, f, &row.A)
		frameBox(c, f, &row.A, false)
	case row.B.Present:
		join(c, f, b, &row.B)
		frameBox(c, f, &row.B, false)
	}
	toPage(c, a, row, &row.A, w.Parent.PID)
	toPage(c, b, row, &row.B, w.Child.PID)
	pageBox(c, a, row, &row.A, active && w.CopiedBy == w.Parent.PID)
	pageBox(c, b, row, &row.B, active && w.CopiedBy == w.Child.PID)
}

// join draws the line from a page to its frame or back.
func join(c *ui.Context, from, to ui.Rect, p *view.CowPage) {
	y := from.CY()
	c.Line(ui.Path{{X: from.Right(), Y: y}, {X: to.X, Y: y}}, 1.8, useColor(c.Theme, p.Use))
}

// pageBox draws a page of an address space with its entry's bits.
func pageBox(c *ui.Context, r ui.Rect, row *view.CowRow, p *view.CowPage, hot bool) {
	t := c.Theme
	fill, edge, width := t.Card, t.Line, float32(1)
	if hot {
		fill, edge, width = t.Now.Mix(t.Card, 0.5), t.Ring0, 1.6
	}
	c.Frame(r, 6, width, fill, edge)
	x, base := r.X+10, r.Y+17
	address := hex(row.VA, 8)
	nameW := c.Width(ui.Small, row.Name)
	if c.Width(ui.MonoM, address)+nameW+30 > r.W {
		address = "…" + hex(row.VA&0xFFFFF, 5)
	}
	c.Text(x, base, ui.MonoM, t.Ink, address)
	c.TextRight(r.Right()-10, base, ui.Small, t.Ink2, row.Name)
	if !p.Present {
		c.Text(x, r.Bottom()-11, ui.Small, t.Ink3, "not mapped")
		return
	}
	size := min(16, (r.W-34)/6.4)
	if r.H < 46 {
		size = min(size, 14)
	}
	end := c.Bits(x, r.Bottom()-size-7, size, pageBits(t, p.PTE))
	word, ink := "", t.Ink3
	switch {
	case p.PTE&bitCow != 0 && p.PTE&bitW == 0:
		word, ink = "cow", t.Ring0
	case p.PTE&bitW != 0 && p.Use == view.UseShared:
		word, ink = "shared", t.Granted
	case p.PTE&bitW != 0:
		word = "private"
	}
	if word != "" && end+c.Width(ui.SmallB, word)+14 < r.Right() {
		c.TextRight(r.Right()-10, r.Bottom()-11, ui.SmallB, ink, word)
	}
}

// frameBox draws a frame with what it holds and how many refer to it.
func frameBox(c *ui.Context, r ui.Rect, p *view.CowPage, tight bool) {
	t := c.Theme
	col := useColor(t, p.Use)
	c.Frame(r, 6, 1.3, t.Card.Mix(col, 0.2), col)
	c.Text(r.X+9, r.Y+17, ui.MonoM, t.Ink, hex(uint64(p.Frame), 5))
	if tight || r.W < 96 {
		c.TextFit(r.X+9, r.Bottom()-11, r.W-14, ui.Small, t.Ink2, itoa(int(p.Refs))+" ×")
		return
	}
	c.TextFit(r.X+9, r.Bottom()-11, r.W-40, ui.Tiny, t.Ink2, shortUse(p.Use))
	c.Count(ui.Point{X: r.Right() - 19, Y: r.CY()}, itoa(int(p.Refs)), col)
	if c.Over(r) {
		toFrame(c, r, uint64(p.Frame), "frame "+hex(uint64(p.Frame), 5)+", "+view.UseNames[p.Use]+": "+plural(uint64(max(0, p.Refs)), "owner"))
	}
}

// toPage explains a page of one of the two; a click shows its walk.
func toPage(c *ui.Context, r ui.Rect, row *view.CowRow, p *view.CowPage, pid int) {
	if !c.Over(r) {
		return
	}
	tip := "page " + hex(row.VA, 8) + " of pid " + itoa(pid)
	if !p.Present {
		c.Hover(r, tip+" is not mapped")
		return
	}
	toWalk(c, r, row.VA, pid, tip+": entry 0x"+hex(p.PTE, 16)+" names frame "+hex(uint64(p.Frame), 5)+", "+entryFlags(p.PTE))
}

func shortUse(u view.Use) string {
	switch u {
	case view.UseCow, view.UseAnon:
		return "anonymous"
	case view.UseShared:
		return "shared memory"
	}
	return view.UseNames[u]
}

// copied draws the row that was written to: the line that snapped, the copy on its way, the new frame and its line.
func (d *cow) copied(c *ui.Context, m *Model, col columns, row *view.CowRow, a, b, f ui.Rect) {
	t, w := c.Theme, &m.F.Cow
	at := c.Since(m.Seen[view.KindCOW], 1400)
	old, fresh, keeps, writer := &row.A, &row.B, a, b
	mirrored := w.CopiedBy == w.Parent.PID
	if mirrored {
		old, fresh, keeps, writer = &row.B, &row.A, b, a
	}
	if mirrored {
		join(c, f, keeps, old)
	} else {
		join(c, keeps, f, old)
	}
	d.snapped(c, f, writer, mirrored, min(1, at*4))
	frameBox(c, f, old, false)

	slide := clamp((at - 0.2) / 0.5)
	spare := col.spare
	spare.Y = ui.Lerp(f.Y, col.spare.Y, slide)
	edge := t.Ring0
	if slide > 0 {
		d.trail(c, col, f, spare, mirrored, slide)
		box := spare
		c.Frame(box, 6, 1.8, t.Now, edge)
		c.Text(box.X+9, box.Y+18, ui.MonoM, t.Ink, hex(uint64(fresh.Frame), 5))
		c.TextFit(box.X+9, box.Bottom()-12, box.W-40, ui.Tiny, t.Ink2, "new, private")
		c.Count(ui.Point{X: box.Right() - 19, Y: box.CY()}, itoa(int(fresh.Refs)), edge)
	}
	if joined := clamp((at - 0.7) / 0.3); joined > 0 {
		from, to := ui.Point{X: spare.Right(), Y: spare.CY()}, ui.Point{X: writer.X, Y: writer.CY()}
		if mirrored {
			from.X, to.X = spare.X, writer.Right()
		}
		c.Line(ui.Swing(from, to).Cut(0, joined), 2, edge)
	}
}

func clamp(v float32) float32 { return max(0, min(1, v)) }

// snapped draws the rest of the line that joined the old frame to the page that was written.
func (d *cow) snapped(c *ui.Context, f, writer ui.Rect, mirrored bool, at float32) {
	t := c.Theme
	from, dir := f.Right()+6, float32(1)
	gap := writer.X - f.Right()
	if mirrored {
		from, dir, gap = f.X-6, -1, f.X-writer.Right()
	}
	reach := ui.Lerp(gap-12, gap*0.24, at)
	p := ui.Path{{X: from, Y: f.CY()}, {X: from + dir*reach*0.6, Y: f.CY() + 1}, {X: from + dir*reach, Y: f.CY() + 9*at}}
	c.Dashes(p, 1.5, 4, 3, t.Ring0)
	if at >= 1 {
		c.Cross(ui.Point{X: from + dir*(reach+2), Y: f.CY() - 6}, 4.5, 2, t.Ring0)
	}
}

// trail draws the bytes on their way from the old frame to the new one.
func (d *cow) trail(c *ui.Context, col columns, f, spare ui.Rect, mirrored bool, at float32) {
	t := c.Theme
	x, bend := f.X, -min(58, 1.1*(f.X-col.a.Right()))
	if mirrored {
		x, bend = f.Right(), -bend
	}
	from, to := ui.Point{X: x, Y: f.CY() + 12}, ui.Point{X: x, Y: spare.CY()}
	if to.Y-from.Y < 20 {
		return
	}
	way := ui.Bezier(from, ui.Point{X: x + bend, Y: from.Y + 14}, ui.Point{X: x + bend, Y: to.Y - 14}, to)
	c.Arrow(way, 1.6, 9, t.Ring0)
	if spare.W < 100 {
		return
	}
	for i := range 5 {
		p := way.At(0.14 + 0.15*float32(i))
		chip := ui.Rect{X: p.X - 8, Y: p.Y - 4.5, W: 16, H: 9}
		c.Round(chip, 1.5, t.Anon.Fade(clamp(at*5-float32(i))))
	}
}

// foot sums up.
func (d *cow) foot(c *ui.Context, m *Model, col columns) {
	t, w := c.Theme, &m.F.Cow
	y := col.spare.Y + 14
	left := col.frames.X - col.a.X - 70
	if left < 150 {
		y = col.spare.Bottom() + 16
		c.TextFit(col.a.X, y, col.b.Right()-col.a.X, ui.Text, t.Ink2, itoa(w.Shared)+" of "+itoa(w.Total)+" frames are shared · "+group(w.Copies)+" copied so far")
		return
	}
	if w.Active >= 0 && w.NewFrame != 0 {
		c.TextFit(col.a.X, y, left, ui.TextB, t.Ring0, "4 096 bytes copied for pid "+itoa(w.CopiedBy))
		c.TextFit(col.a.X, y+19, left+20, ui.Mono, t.Ink2, "frame "+hex(uint64(w.OldFrame), 5)+" → "+hex(uint64(w.NewFrame), 5))
		y += 43
	}
	c.TextFit(col.a.X, y, left+10, ui.Text, t.Ink2, itoa(w.Shared)+" of "+itoa(w.Total)+" frames are shared.")
	x := col.b.X
	y = col.spare.Y + 14
	copies := group(w.Copies) + " copies"
	if w.Copies == 1 {
		copies = "1 copy"
	}
	c.TextFit(x, y, col.b.W, ui.Text, t.Ink2, "cost so far: "+copies)
	c.TextFit(x, y+19, col.b.W, ui.Mono, t.Ink2, "free frames "+group(uint64(m.F.RAM.Counts[view.UseFree])))
}
