package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Walk is the diagram of a page walk on a real address.
var Walk = Definition{
	ID: IDWalk, Title: "Page walk", Needs: view.MaskOf(view.KindWalk), Side: true,
	New: func() Diagram { return &walk{chosen: -1} },
}

type walk struct {
	chosen int    // level whose entry is explained, counted from the first; -1 the last reached
	va     uint64 // of the walk in which it was chosen
}

// Height implements Diagram.
func (d *walk) Height(_ *Model, w float32) float32 {
	if w < 640 {
		return 720
	}
	return 600
}

// Draw implements Diagram.
func (d *walk) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	w := &m.F.Walk
	rest := heading(c, r, "From an address to a byte", walkLead(m))
	if !drawable(w) {
		emptyWalk(c, m, rest)
		return
	}
	if w.VA != d.va {
		d.va, d.chosen = w.VA, -1
	}
	rest = story(c, rest, walkSteps(w))
	rest, tlb := rest.CutBottom(40, 6)
	rest, about := rest.CutBottom(96, 14)
	if rest.W < 500 {
		d.small(c, m, rest)
	} else {
		d.large(c, m, rest)
	}
	entryPanel(c, w, about, d.level(w))
	tlbRow(c, m, tlb)
}

func walkLead(m *Model) string {
	w := &m.F.Walk
	switch {
	case w.Valid && len(w.Levels) == 0:
		return "The address is not canonical: its upper bits differ, and the CPU refuses it before any table is read."
	case !m.F.CPU.Paging:
		return "Paging is off: the CPU sends every address to memory as it is."
	case !w.Valid:
		return "No address has been translated by a walk yet."
	case w.Fault != "":
		return "This walk failed: " + w.Fault + ". The CPU raises #PF and puts the address into CR2."
	}
	return "The MMU walks " + itoa(len(w.Levels)) + " tables in guest memory. " + itoa(9*len(w.Levels)) + " bits choose entries, the rest choose the byte."
}

func emptyWalk(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	text := "There are no page tables yet. When the kernel has written CR3 and switched paging on, each address that the TLB does not know is walked here."
	c.Para(r.X, r.Y+60, min(r.W, 560), 22, 0, ui.Body, t.Ink2, text)
	c.Text(r.X, r.Y+150, ui.Mono, t.Ink3, "CR0.PG "+hex(m.F.CPU.CR0>>31&1, 1)+"   CR3 "+hex(m.F.CPU.CR3, 8)+"   RIP "+hex(m.F.CPU.RIP, 8))
}

// walkSteps is the walk as a story.
func walkSteps(w *view.Walk) []view.Step {
	first := "TLB miss"
	if w.Hit {
		first = "TLB hit"
	}
	out := []view.Step{{Text: first, Done: true}}
	for _, l := range w.Levels {
		out = append(out, view.Step{Text: l.Name, Done: true})
	}
	last := &out[len(out)-1]
	if w.Fault != "" {
		last.Now = true
		return append(out, view.Step{Text: "#PF"})
	}
	return append(out, view.Step{Text: "frame " + hex(w.Phys>>12, 5), Done: true}, view.Step{Text: "byte", Now: true})
}

func (d *walk) level(w *view.Walk) int {
	if d.chosen >= 0 && d.chosen < len(w.Levels) {
		return d.chosen
	}
	return len(w.Levels) - 1
}

// levelColor gives a table the colour of its index bits: PT is always the last of five.
func levelColor(t *ui.Theme, name string) ui.Color {
	switch name {
	case "PML5":
		return t.Level[0]
	case "PML4":
		return t.Level[1]
	case "PDPT":
		return t.Level[2]
	case "PD":
		return t.Level[3]
	}
	return t.Level[4]
}

// allTables are the levels of paging from the root down. SDM 3A "Paging".
var allTables = []string{"PML5", "PML4", "PDPT", "PD", "PT"}

// drawable tells whether there is a walk whose levels follow each other.
func drawable(w *view.Walk) bool {
	if !w.Valid || len(w.Levels) == 0 {
		return false
	}
	all := allTables
	if w.Levels[0].Name != all[0] {
		all = all[1:]
	}
	if len(w.Levels) > len(all) {
		return false
	}
	for i := range w.Levels {
		if w.Levels[i].Name != all[i] {
			return false
		}
	}
	return true
}

// tables names all tables of the walk, also those that a failing walk did not come to.
func tables(w *view.Walk) []string {
	all := allTables
	if w.Levels[0].Name != all[0] {
		all = all[1:]
	}
	if w.Fault == "" || w.Page != 0 {
		all = all[:len(w.Levels)]
	}
	return all
}

// field is a group of the address's bits.
type field struct {
	name  string
	bits  int
	value uint64
	col   ui.Color
}

// cut divides the address into the bits that are copies of the sign, the indexes, and the offset into the page.
func cut(t *ui.Theme, w *view.Walk) []field {
	names := tables(w)
	used := 48
	if names[0] == "PML5" {
		used = 57
	}
	offset := used - 9*len(names)
	out := []field{{itoa(64 - used), 64 - used, w.VA >> uint(used), t.Ink3}}
	for i, name := range names {
		shift := uint(used - 9*(i+1))
		out = append(out, field{name, 9, w.VA >> shift & 511, levelColor(t, name)})
	}
	return append(out, field{"offset", offset, w.VA & (1<<uint(offset) - 1), t.Ink})
}

// large draws the address, the tables side by side, and the frame.
func (d *walk) large(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Walk
	c.Text(r.X, r.Y+10, ui.SmallM, t.Ink3, "virtual address · "+w.Why)
	c.TextRight(r.Right(), r.Y+10, ui.MonoBig, t.Ink, "0x"+hex8(w.VA))
	_, rest := r.CutTop(20, 0)
	address, below := rest.CutTop(46, 32)
	boxes := d.address(c, w, address)
	names := tables(w)
	gap := max(24, min(36, r.W*0.045))
	cols := below.Columns(len(names)+1, gap)
	rows := 7
	if below.H < 24+7*20 {
		rows = 5
	}
	rowH := min(30, (below.H-24)/float32(rows))
	var from ui.Point
	for i := range w.Levels {
		l := &w.Levels[i]
		col := levelColor(t, l.Name)
		chosen := d.table(c, cols[i], i, l, rowH, rows, w)
		d.fromIndex(c, boxes[i+1], ui.Point{X: cols[i].X + 8, Y: below.Y - 3}, col)
		if i > 0 {
			to := ui.Point{X: cols[i].X - 2, Y: cols[i].Y + 22 + rowH/2}
			c.Arrow(ui.Swing(from, to), 1.8, 8, levelColor(t, w.Levels[i-1].Name))
		}
		from = ui.Point{X: chosen.Right() + 1, Y: chosen.CY()}
	}
	for i := len(w.Levels); i < len(names); i++ {
		unread(c, cols[i], names[i], rowH, rows)
	}
	last := cols[len(cols)-1]
	if w.Fault != "" {
		d.failed(c, w, from, last)
		return
	}
	c.Arrow(ui.Swing(from, ui.Point{X: last.X - 2, Y: last.Y + 22 + rowH/2}), 1.8, 8, levelColor(t, w.Levels[len(w.Levels)-1].Name))
	d.frame(c, w, ui.Rect{X: last.X, Y: last.Y, W: last.W, H: 22 + float32(rows)*rowH})
}

// address draws the bits of the address in groups.
func (d *walk) address(c *ui.Context, w *view.Walk, r ui.Rect) []ui.Rect {
	t := c.Theme
	fields := cut(t, w)
	total := float32(0)
	weights := make([]float32, len(fields))
	for i, f := range fields {
		weights[i] = 1.0 + float32(min(f.bits, 21))*0.05
		if i == 0 {
			weights[i] = 0.62
		}
		total += weights[i]
	}
	boxes := make([]ui.Rect, len(fields))
	x := r.X
	room := r.W - 4*float32(len(fields)-1)
	for i, f := range fields {
		b := ui.Rect{X: x, Y: r.Y, W: room * weights[i] / total, H: 44}
		boxes[i] = b
		c.Frame(b, 5, 1.4, t.Card, f.col)
		bits := bin(f.value, f.bits)
		if i == 0 || f.bits > 21 || c.Width(ui.MonoM, bits) > b.W-6 {
			bits = hex(f.value, (f.bits+3)/4)
		}
		c.TextMid(b.CX(), b.Y+18, ui.MonoM, f.col, bits)
		name := f.name
		if i == 0 {
			name = "sign"
		}
		c.TextMid(b.CX(), b.Y+35, ui.Small, t.Ink2, name)
		c.Hover(b, fieldTip(i, &f))
		x += b.W + 4
	}
	return boxes
}

func fieldTip(i int, f *field) string {
	if i == 0 {
		return "the upper " + itoa(f.bits) + " bits repeat the one below them: a canonical address"
	}
	if f.name == "offset" {
		return itoa(f.bits) + " bits choose the byte in the page: " + group(f.value)
	}
	return "9 bits choose entry " + itoa(int(f.value)) + " of the " + f.name
}

// fromIndex leads from a group of bits down to the table in which it chooses an entry.
func (d *walk) fromIndex(c *ui.Context, box ui.Rect, b ui.Point, col ui.Color) {
	a := ui.Point{X: box.CX(), Y: box.Bottom() + 1}
	c.Line(ui.Bezier(a, ui.Point{X: a.X, Y: a.Y + 17}, ui.Point{X: b.X, Y: b.Y - 17}, b), 1.3, col.Fade(0.6))
	c.Circle(b, 2, col)
}

// table draws the neighbourhood of the chosen entry and returns where the chosen one is.
func (d *walk) table(c *ui.Context, r ui.Rect, i int, l *view.Level, rowH float32, rows int, w *view.Walk) ui.Rect {
	t := c.Theme
	last, fault := i == len(w.Levels)-1, w.Fault
	col := levelColor(t, l.Name)
	c.Text(r.X, r.Y+12, ui.Head, t.Ink, l.Name)
	c.TextRight(r.Right(), r.Y+12, ui.Mono, t.Ink3, "@"+hex(l.Table>>12, 5))
	c.Hover(ui.Rect{X: r.X, Y: r.Y - 2, W: r.W, H: 18}, "this table fills frame "+hex(l.Table>>12, 5)+"; "+plural(uint64(l.Used), "entry in use")+" of 512")
	var chosen ui.Rect
	skip := max(0, min(l.Index-l.First-rows/2, len(l.Near)-rows))
	for k, e := range l.Near[skip:min(len(l.Near), skip+rows)] {
		row := ui.Rect{X: r.X, Y: r.Y + 22 + float32(k)*rowH, W: r.W, H: rowH - 3}
		index := l.First + skip + k
		here := index == l.Index
		ink := t.Ink3
		switch {
		case here && last && fault != "":
			c.Frame(row, 4, 1.8, t.KernelFill, t.Ring0)
			ink, chosen = t.Ring0, row
		case here && last:
			c.Frame(row, 4, 1.8, t.Now, col)
			ink, chosen = t.Ink, row
		case here:
			c.Frame(row, 4, 1.8, t.Card, col)
			ink, chosen = t.Ink, row
		default:
			c.Outline(row, 4, 1, t.Soft)
		}
		base := row.CY() + 4
		face := ui.Mono
		if here {
			face = ui.MonoM
			c.Text(row.X+8, base, face, col, itoa(index))
		} else {
			c.Text(row.X+8, base, face, t.Ink3, itoa(index))
		}
		c.TextRight(row.Right()-8, base, face, ink, entryText(e))
		if here {
			if _, clicked := c.Click(row, "click to read this entry below"); clicked {
				d.chosen = i
			}
		}
	}
	if chosen.W == 0 {
		chosen = ui.Rect{X: r.X, Y: r.Y + 22, W: r.W, H: rowH - 3}
	}
	return chosen
}

const frameMask = 0x000f_ffff_ffff_f000

// entryText is the frame an entry names, or a dash when it is not present.
func entryText(e uint64) string {
	if e&1 == 0 {
		if e == 0 {
			return "—"
		}
		return "absent"
	}
	return hex(e&frameMask>>12, 5)
}

// unread draws a table that the walk did not come to.
func unread(c *ui.Context, r ui.Rect, name string, rowH float32, rows int) {
	t := c.Theme
	c.Text(r.X, r.Y+12, ui.Head, t.Ink3.Fade(0.6), name)
	for k := range rows {
		c.Outline(ui.Rect{X: r.X, Y: r.Y + 22 + float32(k)*rowH, W: r.W, H: rowH - 3}, 4, 1, t.Soft.Fade(0.6))
	}
	c.TextMid(r.CX(), r.Y+18+float32(rows)*rowH/2, ui.Small, t.Ink3, "not read")
}

// failed shows where the walk stopped.
func (d *walk) failed(c *ui.Context, w *view.Walk, from ui.Point, r ui.Rect) {
	t := c.Theme
	to := ui.Point{X: from.X + 10, Y: from.Y}
	c.Dashes(ui.Path{from, to}, 1.6, 4, 2, t.Ring0)
	c.Cross(ui.Point{X: to.X + 5, Y: to.Y}, 4.5, 2, t.Ring0)
	x := r.X + 4
	c.Text(x, r.Y+12, ui.Head, t.Ring0, "no frame")
	c.Para(x, r.Y+36, r.W-4, 18, 0, ui.Text, t.Ink2, w.Fault+".")
}

// frame draws the bytes around the one that was meant.
func (d *walk) frame(c *ui.Context, w *view.Walk, r ui.Rect) {
	t := c.Theme
	c.Text(r.X, r.Y+12, ui.Head, t.Ink, "frame")
	c.TextRight(r.Right(), r.Y+12, ui.Mono, t.Ink3, "@"+hex(w.Phys>>12, 5))
	box := ui.Rect{X: r.X, Y: r.Y + 22, W: r.W, H: r.H - 25}
	col := levelColor(t, "PT")
	c.Outline(box, 5, 1.4, col)
	per := 8
	if box.W < 8*19+20 {
		per = 4
	}
	rowH := float32(22)
	rows := min(len(w.Bytes)/per, int((box.H-8)/rowH))
	if rows == 0 {
		c.Text(box.X+12, box.Y+24, ui.Small, t.Ink3, "not in RAM")
		return
	}
	target := int(w.Phys - w.BytesAt)
	first := max(0, min(target/per-rows/2, len(w.Bytes)/per-rows))
	pitch := (box.W - 16) / float32(per)
	for y := range rows {
		for x := range per {
			i := (first+y)*per + x
			at := ui.Rect{X: box.X + 8 + float32(x)*pitch, Y: box.Y + 5 + float32(y)*rowH, W: pitch, H: rowH - 2}
			ink, face := t.Ink3, ui.Mono
			if i == target {
				c.Frame(ui.Rect{X: at.CX() - 11, Y: at.Y, W: 22, H: at.H}, 4, 1, t.Now, t.NowLine)
				ink, face = t.Ink, ui.MonoB
			}
			c.TextMid(at.CX(), at.CY()+4, face, ink, hex(uint64(w.Bytes[i]), 2))
			c.Hover(at, "physical "+hex(w.BytesAt+uint64(i), 8)+": "+itoa(int(w.Bytes[i])))
		}
	}
}

// small draws the walk for a narrow screen: one row for each level.
func (d *walk) small(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Walk
	c.Text(r.X, r.Y+10, ui.SmallM, t.Ink3, "virtual address · "+w.Why)
	c.Text(r.X, r.Y+32, ui.MonoHd, t.Ink, "0x"+hex8(w.VA))
	y := r.Y + 48
	rowH := min(64, (r.H-48)/float32(len(w.Levels)+1))
	for i := range w.Levels {
		l := &w.Levels[i]
		row := ui.Rect{X: r.X, Y: y, W: r.W, H: rowH - 14}
		col := levelColor(t, l.Name)
		fill := t.Card
		if i == d.level(w) {
			fill = t.Now
		}
		c.Frame(row, 6, 1.4, fill, col)
		c.Text(row.X+10, row.CY()+4.5, ui.Head, t.Ink, l.Name)
		c.Text(row.X+62, row.CY()+4, ui.MonoM, col, bin(uint64(l.Index), 9)+" = "+itoa(l.Index))
		c.TextRight(row.Right()-10, row.CY()+4, ui.MonoM, t.Ink, entryText(l.Entry))
		if _, clicked := c.Click(row, ""); clicked {
			d.chosen = i
		}
		down := ui.Path{{X: row.CX(), Y: row.Bottom() + 1}, {X: row.CX(), Y: row.Bottom() + 12}}
		if i < len(w.Levels)-1 || w.Fault == "" {
			c.Arrow(down, 1.6, 7, col)
		}
		y += rowH
	}
	if w.Fault != "" {
		c.Para(r.X, y+6, r.W, 17, 2, ui.Text, t.Ring0, w.Fault+".")
		return
	}
	row := ui.Rect{X: r.X, Y: y, W: r.W, H: rowH - 14}
	c.Frame(row, 6, 1.4, t.Card, levelColor(t, "PT"))
	c.Text(row.X+10, row.CY()+4.5, ui.Head, t.Ink, "frame "+hex(w.Phys>>12, 5))
	c.TextRight(row.Right()-10, row.CY()+4, ui.MonoM, t.Ink, "byte "+hex(w.Phys&0xFFF, 3))
}
