package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// spot is a page of an address space that is told of.
type spot struct {
	box   *areaBox // nil: none
	cell  int
	fault bool // it is the one that faulted last, not one under the pointer
}

// areaBox is where an area of an address space is drawn.
type areaBox struct {
	s          *view.Space
	a          *view.Region
	all, strip ui.Rect
	right      bool // of the column at the right: lines leave to the left
	pitch      float32
	cols, join int // squares in a row; cells that one square stands for
	compact    bool
	prot       bool   // what may be done with it stands below it
	name       string // of its line, "" when it is not the first there
}

// squares is how many squares the strip has.
func (b *areaBox) squares() int { return (len(b.a.Cells) + b.join - 1) / b.join }

// square is where cell i is.
func (b *areaBox) square(i int) ui.Rect {
	i /= b.join
	return ui.Rect{X: b.strip.X + float32(i%b.cols)*b.pitch, Y: b.strip.Y + float32(i/b.cols)*b.pitch, W: b.pitch - 1, H: b.pitch - 1}
}

// space draws one address space: its areas from the lowest address on, each with its pages.
func (d *memory) space(c *ui.Context, m *Model, s *view.Space, r ui.Rect) {
	d.spaceHead(c, m, s, r)
	_, body := r.CutTop(34, 6)
	right := r.X > d.mosaic.X
	boxes, hidden := fitAreas(s, body, right)
	for i := range boxes {
		b := &boxes[i]
		d.areaLabel(c, b)
		d.pages(c, m, b)
	}
	if hidden += s.More; hidden > 0 {
		c.TextFit(body.X, body.Bottom()-2, body.W, ui.Tiny, c.Theme.Ink3, "and "+plural(uint64(hidden), "more area"))
	}
	d.boxes = append(d.boxes, boxes...)
}

func (d *memory) spaceHead(c *ui.Context, m *Model, s *view.Space, r ui.Rect) {
	t, v := c.Theme, &m.F.Memory
	ink := t.Ink
	if s.PID != v.Chosen {
		ink = t.Ink2
	}
	w := c.TextFit(r.X, r.Y+13, r.W-18, ui.MonoHd, ink, "pid "+itoa(s.PID)+"  "+s.Comm)
	next := s.PID
	for i, pid := range v.PIDs {
		if pid == s.PID {
			next = v.PIDs[(i+1)%len(v.PIDs)]
		}
	}
	head := ui.Rect{X: r.X, Y: r.Y, W: w + 18, H: 18}
	c.Line(ui.Path{{X: r.X + w + 7, Y: r.Y + 7}, {X: r.X + w + 11, Y: r.Y + 11}, {X: r.X + w + 15, Y: r.Y + 7}}, 1.3, t.Ink3)
	tip := "CR3 of this process is " + hex(s.CR3, 8) + "; " + plural(uint64(s.Tables), "frame") + " of page tables below the root. Click for pid " + itoa(next) + "."
	if _, clicked := c.Click(head, tip); clicked {
		c.Act(ui.Action{Kind: "space", N: float64(next)})
	}
	words, line := s.State, ui.Rect{X: r.X, Y: r.Y + 19, W: r.W, H: 15}
	if v.Asked && s.PID == v.Chosen {
		words = "chosen · follow the CPU again"
		if _, clicked := c.Click(line, "show the process whose turn it is"); clicked {
			c.Act(ui.Action{Kind: "space"})
		}
	}
	c.TextFit(r.X, r.Y+30, r.W, ui.SmallB, t.Ring3.Mix(t.Ink3, 0.3), words)
}

// fitAreas lays the areas out below each other: as large as there is room for, each pages' square for itself if possible.
func fitAreas(s *view.Space, r ui.Rect, right bool) (boxes []areaBox, hidden int) {
	const label, between, least = 14, 6, 13
	n := len(s.Areas)
	if n == 0 {
		return nil, 0
	}
	for _, try := range []struct {
		pitch float32
		rows  int
	}{{10, 99}, {9, 99}, {8, 99}, {7, 99}, {6, 99}, {6, 8}, {6, 5}, {6, 3}, {6, 2}, {6, 1}, {5, 1}} {
		cols, total := max(1, int(r.W/try.pitch)), float32(-between)
		for i := range s.Areas {
			total += label + between + try.pitch*float32(min((len(s.Areas[i].Cells)+cols-1)/cols, try.rows))
		}
		if total > r.H {
			continue
		}
		gap := between + min(10, (r.H-total)/float32(n))
		y := r.Y
		for i := range s.Areas {
			b := areaBox{s: s, a: &s.Areas[i], pitch: try.pitch, cols: cols, join: 1, right: right, name: shortName(&s.Areas[i])}
			rows := min((len(b.a.Cells)+cols-1)/cols, try.rows)
			for (len(b.a.Cells)+b.join-1)/b.join > rows*cols {
				b.join *= 2
			}
			b.strip = ui.Rect{X: r.X, Y: y + label, W: r.W, H: float32(rows) * try.pitch}
			b.all = ui.Rect{X: r.X, Y: y, W: r.W, H: label + b.strip.H}
			y += b.all.H + gap
			boxes = append(boxes, b)
		}
		return boxes, 0
	}
	return fitCompact(s, r, right, least)
}

// areaLabel writes where an area begins, what may be done with it and what it is.
func (d *memory) areaLabel(c *ui.Context, b *areaBox) {
	t := c.Theme
	if b.prot {
		under := ui.Rect{X: b.strip.X, Y: b.strip.Bottom(), W: 24, H: 12}
		c.Text(under.X, under.Y+9, memorySmall, t.Ink3, b.a.Prot)
		if _, clicked := c.Click(under, areaTip(b.a)); clicked {
			d.chooseArea(b)
		}
	}
	if b.name == "" {
		return
	}
	line := ui.Rect{X: b.all.X, Y: b.all.Y, W: b.all.W, H: 13}
	ink := t.Ink2
	if hover, clicked := c.Click(line, areaTip(b.a)); hover {
		ink = t.Ring3
		if clicked {
			d.chooseArea(b)
		}
	}
	if d.pid == b.s.PID && d.area == b.a.Start {
		c.Round(ui.Rect{X: line.X - 4, Y: line.Y - 1, W: line.W + 8, H: line.H}, 3, t.Now)
	}
	y := b.all.Y + 9.5
	if b.compact {
		c.TextFit(line.X, y, line.W, ui.Tiny, ink, b.name)
		return
	}
	w := c.Text(line.X, y, memorySmall, ink, hex(b.a.Start, 8))
	if !b.prot {
		w += 6 + c.Text(line.X+w+6, y, memorySmall, t.Ink3, b.a.Prot)
	}
	c.TextRight(line.Right(), y, ui.Tiny, ink, c.Fit(ui.Tiny, b.name, line.W-w-10))
}

// chooseArea has the area told of, or no longer.
func (d *memory) chooseArea(b *areaBox) {
	if d.pid == b.s.PID && d.area == b.a.Start {
		d.pid = 0
		return
	}
	d.pid, d.area = b.s.PID, b.a.Start
}

// shortName is the end of a file's path, or what Linux calls an area.
func shortName(a *view.Region) string {
	if a.Name == "" {
		return "anonymous"
	}
	return baseName(a.Name)
}

// baseName is the end of a path.
func baseName(path string) string {
	for i := len(path) - 2; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

func areaTip(a *view.Region) string {
	tip := hex(a.Start, 8) + " to " + hex(a.End-1, 8) + ": " + plural(a.Pages(), "page") + ", " + bytesOf(a.End-a.Start) + ". " + protWords(a.Prot) + ". "
	if a.Name != "" {
		tip += a.Name
		if a.Name[0] == '/' {
			tip += " from byte " + hex(a.Offset, 1) + " on"
		}
		tip += ". "
	}
	return tip + group(uint64(a.Present)) + " in memory, " + group(uint64(a.Swapped)) + " in swap. Click for more."
}

// protWords says in words what /proc/PID/maps says in four letters.
func protWords(prot string) string {
	var may []string
	for i, w := range []string{"read", "written", "executed"} {
		if i < len(prot) && prot[i] != '-' {
			may = append(may, w)
		}
	}
	words := "May not be touched at all"
	switch len(may) {
	case 1:
		words = "May be " + may[0]
	case 2:
		words = "May be " + may[0] + " and " + may[1]
	case 3:
		words = "May be " + may[0] + ", " + may[1] + " and " + may[2]
	}
	if len(prot) > 3 && prot[3] == 's' {
		return words + "; shared: others see what is written"
	}
	return words + "; private: what is written stays here"
}

// pages draws the pages of an area.
func (d *memory) pages(c *ui.Context, m *Model, b *areaBox) {
	for i := 0; i < len(b.a.Cells); i += b.join {
		page, part := b.look(i)
		pageSquare(c, b.square(i), page, part)
	}
	b.firstFrame(c)
	if !c.In.Inside || !b.strip.Contains(c.In.Pos) {
		return
	}
	col, row := int((c.In.Pos.X-b.strip.X)/b.pitch), int((c.In.Pos.Y-b.strip.Y)/b.pitch)
	cell := (row*b.cols + col) * b.join
	if col >= b.cols || cell >= len(b.a.Cells) {
		return
	}
	d.focus = spot{box: b, cell: cell}
	if _, clicked := c.Click(b.square(cell), pageTip(b, cell)); clicked {
		c.Act(ui.Action{Kind: "walk", Addr: b.va(cell), N: float64(b.s.PID)})
		c.Act(ui.Action{Kind: "stage", Text: IDWalk})
	}
}

// firstFrame says beside a short strip in which frame the first page of it is.
func (b *areaBox) firstFrame(c *ui.Context) {
	const room = 62
	if b.pitch < 8 || b.a.Per != 1 || b.strip.X+float32(b.squares())*b.pitch+room > b.strip.Right() {
		return
	}
	for cell := range b.a.Cells {
		words := "frame " + hex(uint64(b.a.Frame(cell)), 3)
		switch view.Page(b.a.Cells[cell]) & view.PageKind {
		case view.PageNone, view.PageWaiting:
			continue
		case view.PageSwapped:
			words = "slot " + itoa(int(b.a.Frame(cell)))
		}
		c.Text(b.strip.X+float32(b.squares())*b.pitch+8, b.strip.Y+b.pitch-1.5, ui.Tiny, c.Theme.Ink3, words)
		return
	}
}

// va is the address of a cell's first page.
func (b *areaBox) va(cell int) uint64 { return b.a.Start + uint64(cell)*uint64(b.a.Per)<<12 }

// look says how the pages of one square stand, and which part of them does so.
func (b *areaBox) look(cell int) (view.Page, float32) {
	n := min(b.join, len(b.a.Cells)-cell)
	page, part := view.PageNone, float32(0)
	for i := cell; i < cell+n; i++ {
		p := view.Page(b.a.Cells[i])
		if p&view.PageKind == view.PageNone {
			continue
		}
		if page&view.PageKind == view.PageNone || page&view.PageKind == view.PageWaiting {
			page = p
		}
		share := float32(1)
		if b.a.Per > 1 && i < len(b.a.Filled) && p&view.PageKind != view.PageSwapped {
			share = float32(b.a.Filled[i]) / 255
		}
		part += share / float32(n)
	}
	return page, part
}

// pageSquare draws a page: filled in the colour of its frame, an empty outline when it is in swap, pale when it is nowhere.
func pageSquare(c *ui.Context, r ui.Rect, p view.Page, part float32) {
	t := c.Theme
	col := t.Anon
	switch p & view.PageKind {
	case view.PageNone:
		c.Round(r, 1.5, t.Fill)
		return
	case view.PageWaiting:
		c.Round(r, 1.5, t.Fill.Mix(t.Cache, 0.3))
		return
	case view.PageSwapped:
		c.Outline(r, 1.5, 1.2, t.Anon)
		return
	case view.PageFile:
		col = t.Cache
	case view.PageZero:
		col = t.Line
	}
	c.Round(r, 1.5, t.Fill.Mix(col, 0.3+0.7*part))
	switch {
	case p&view.PageKind == view.PageShared:
		bar(c, r)
	case p&view.PageMany != 0 || p&view.PageKind == view.PageCow:
		c.Circle(ui.Point{X: r.CX(), Y: r.CY()}, max(1.2, r.W*0.18), t.Card)
	}
}

// pageTip tells of the pages of one square.
func pageTip(b *areaBox, cell int) string {
	p := view.Page(b.a.Cells[cell])
	kind := p & view.PageKind
	per := b.join * int(b.a.Per)
	if per > 1 {
		_, part := b.look(cell)
		return plural(uint64(per), "page") + " from " + hex(b.va(cell), 8) + " on, of " + shortName(b.a) + " (" + b.a.Prot + "): " + itoa(int(part*100+0.5)) + "% of them " + view.PageNames[min(kind, view.NumPages-1)]
	}
	tip := "page " + hex(b.va(cell), 8) + " of " + shortName(b.a) + " (" + b.a.Prot + "), number " + itoa(cell) + " of " + group(b.a.Pages()) + ": " + view.PageNames[min(kind, view.NumPages-1)]
	switch kind {
	case view.PageNone, view.PageWaiting:
		return tip + ". Click for its page walk."
	case view.PageSwapped:
		return tip + ", slot " + group(uint64(b.a.Frame(cell))) + ". Click for its page walk."
	}
	tip += ". Frame " + hex(uint64(b.a.Frame(cell)), 5) + " (" + group(uint64(b.a.Frame(cell))) + ")"
	for _, f := range []struct {
		bit  view.Page
		word string
	}{{view.PageWritable, "writable"}, {view.PageAccessed, "accessed"}, {view.PageDirty, "dirty"}, {view.PageMany, "in other page tables, too"}} {
		if p&f.bit != 0 {
			tip += ", " + f.word
		}
	}
	return tip + ". Click for its page walk."
}
