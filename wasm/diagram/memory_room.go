package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// slotBox is where the slots of a swap area are drawn.
type slotBox struct {
	area       int
	r          ui.Rect
	pitch      float32
	cols       int
	per, cells int // slots of a square; squares
}

// square is where a slot is.
func (b *slotBox) square(slot uint32) ui.Rect {
	i := min(int(slot)/max(1, b.per), max(0, b.cells-1))
	return ui.Rect{X: b.r.X + float32(i%b.cols)*b.pitch, Y: b.r.Y + float32(i/b.cols)*b.pitch, W: b.pitch - 1, H: b.pitch - 1}
}

// fit makes the squares as large as there is room for; with too little of it one stands for several.
func (b *slotBox) fit() {
	high := func() float32 {
		b.cols = max(1, int(b.r.W/b.pitch))
		return float32((b.cells+b.cols-1)/b.cols) * b.pitch
	}
	for high() > b.r.H && b.pitch > 4 {
		b.pitch -= 0.5
	}
	for high() > b.r.H && b.cells > 1 {
		b.per, b.cells = b.per*2, (b.cells+1)/2
	}
}

// room draws how memory is kept from running out: what is free, how busy it was lately, and the slots of swap.
func (d *memory) room(c *ui.Context, m *Model, r ui.Rect) {
	t, v := c.Theme, &m.F.Memory
	c.Text(r.X, r.Y+13, ui.Head, t.Ink, "Making room")
	c.TextRight(r.Right(), r.Y+13, ui.SmallB, t.Ring0, v.Room.Policy)
	c.Hover(ui.Rect{X: r.Right() - 50, Y: r.Y, W: 50, H: 18}, replaceWords(v.Room.Policy))
	d.level(c, m, ui.Rect{X: r.X, Y: r.Y + 26, W: r.W, H: 22})
	beats(c, v, ui.Rect{X: r.X, Y: r.Y + 56, W: r.W, H: 38})
	rest := ui.Rect{X: r.X, Y: r.Y + 104, W: r.W, H: r.H - 104}
	if len(v.Swap) == 0 {
		words := "There is no swap area: only pages that a file has, too, can leave."
		if v.Reclaimed > 0 {
			words += " " + plural(v.Reclaimed, "page") + " did."
		}
		c.Para(rest.X, rest.Y+14, rest.W, 16, 3, ui.Small, t.Ink2, words)
		return
	}
	d.swap(c, m, rest)
}

func replaceWords(policy string) string {
	switch policy {
	case "lru":
		return "least recently used: the page that was not found used for the longest leaves"
	case "fifo":
		return "first in, first out: the page that came first leaves, whether it is used or not"
	}
	return "clock, or second chance: a hand goes round the frames; a page used since it came by is spared once (its accessed bit is cleared), any other leaves"
}

// level is a gauge of free frames near the watermarks, at which pages begin and cease to leave.
func (d *memory) level(c *ui.Context, m *Model, r ui.Rect) {
	t, v := c.Theme, &m.F.Memory.Room
	most := float32(max(4*v.High, 1))
	c.TextFit(r.X, r.Y+8, r.W, ui.Small, t.Ink2, group(uint64(v.Free))+" free frames; pages leave at "+group(uint64(v.Low))+", until "+group(uint64(v.High)))
	bar := ui.Rect{X: r.X, Y: r.Y + 14, W: r.W, H: 6}
	col := t.Granted
	if v.Free <= v.High {
		col = t.Ring0
	}
	c.Bar(bar, c.Ease(ui.Key{S: "free frames"}, float32(v.Free)/most, 300), col)
	for _, mark := range []uint32{v.Low, v.High} {
		c.VLine(r.X+r.W*float32(mark)/most, bar.Y-2, bar.Bottom()+2, t.Ink)
	}
	c.Hover(r, group(uint64(v.Free))+" frames are free ("+bytesOf(uint64(v.Free)*4096)+"). The marks are the watermarks low, "+group(uint64(v.Low))+", and high, "+group(uint64(v.High))+
		"; the bar ends at "+group(uint64(most)))
}

// beats draws page faults and what went to swap and came back, one column for each stretch of time.
func beats(c *ui.Context, v *view.Memory, r ui.Rect) {
	t, n := c.Theme, len(v.Room.Beats)
	if n == 0 {
		return
	}
	most := uint16(4)
	for _, b := range v.Room.Beats {
		most = max(most, b.Faults, b.In+b.Out)
	}
	w := r.W / float32(n)
	high := r.H - 14
	for i, b := range v.Room.Beats {
		x := r.X + float32(i)*w
		column := func(from, k uint16, col ui.Color) {
			h := high * float32(k) / float32(most)
			c.Fill(ui.Rect{X: x, Y: r.Y + high - high*float32(from)/float32(most) - h, W: max(1, w-1), H: h}, col)
		}
		column(0, b.Faults, t.Line)
		column(0, b.Out, t.Anon)
		column(b.Out, b.In, t.Ring0)
		c.Hover(ui.Rect{X: x, Y: r.Y, W: w, H: high}, plural(uint64(b.Faults), "page fault")+", "+group(uint64(b.Out))+" pages to swap, "+group(uint64(b.In))+" back, in "+span(v.Room.Beat))
	}
	c.HLine(r.X, r.Right(), r.Y+high, t.Line)
	x := r.X
	for _, k := range []struct {
		col  ui.Color
		text string
	}{{t.Line, "faults"}, {t.Anon, "to swap"}, {t.Ring0, "back"}} {
		c.Round(ui.Rect{X: x, Y: r.Bottom() - 8, W: 8, H: 8}, 2, k.col)
		x += 12 + c.Text(x+12, r.Bottom(), ui.Tiny, t.Ink2, k.text) + 10
	}
	c.TextRight(r.Right(), r.Bottom(), ui.Tiny, t.Ink2, group(faultRate(&v.Room))+" faults/s")
	c.Hover(ui.Rect{X: r.Right() - 90, Y: r.Bottom() - 10, W: 90, H: 14}, "page faults in a second of the guest's time, of the last "+span(rateOver*v.Room.Beat)+"; all columns together are "+span(v.Room.Beat*uint64(n)))
}

// rateOver is of how many stretches of time a rate is made.
const rateOver = 5

// faultRate is how many page faults there were lately in a second of the guest's time.
func faultRate(v *view.Room) uint64 {
	n := min(rateOver, len(v.Beats))
	if n == 0 || v.Beat == 0 {
		return 0
	}
	sum := uint64(0)
	for _, b := range v.Beats[len(v.Beats)-n:] {
		sum += uint64(b.Faults)
	}
	return sum * perSec / (uint64(n) * v.Beat)
}

// swap draws the slots of the swap areas, and whose pages are in them.
func (d *memory) swap(c *ui.Context, m *Model, r ui.Rect) {
	v := &m.F.Memory
	for i, part := range splitRows(r, min(len(v.Swap), 2)) {
		d.swapArea(c, m, i, &v.Swap[i], part)
	}
}

// splitRows cuts r into n rows.
func splitRows(r ui.Rect, n int) []ui.Rect {
	rows := make([]ui.Rect, n)
	h := r.H / float32(n)
	for i := range rows {
		rows[i] = ui.Rect{X: r.X, Y: r.Y + float32(i)*h, W: r.W, H: h}
	}
	return rows
}

func (d *memory) swapArea(c *ui.Context, m *Model, i int, a *view.SwapArea, r ui.Rect) {
	t := c.Theme
	w := c.Text(r.X, r.Y+11, ui.MonoM, t.Ink, a.Path)
	c.TextFit(r.X+w+8, r.Y+11, r.W-w-8, ui.Small, t.Ink2, group(uint64(a.Used))+" of "+group(uint64(a.Slots))+" slots"+swappers(m))
	_, grid := r.CutTop(18, 0)
	b := slotBox{area: i, r: grid, per: max(1, int(a.Per)), cells: len(a.Cells), pitch: 10}
	b.fit()
	d.slots = append(d.slots, b)
	join := b.per / max(1, int(a.Per))
	for k := range b.cells {
		cell := joinSlots(a.Cells[k*join : min((k+1)*join, len(a.Cells))])
		sq := b.square(uint32(k * b.per))
		c.Round(sq, 1.5, t.Fill)
		if cell.Used == 0 {
			continue
		}
		part := float32(cell.Used) / float32(b.per)
		col := t.Fill.Mix(t.Anon, 0.35+0.65*min(1, part))
		if !spaceShown(m, int(cell.PID)) {
			col = col.Mix(t.Card, 0.55)
		}
		c.Round(sq, 1.5, col)
		if cell.Cached > 0 {
			c.Circle(ui.Point{X: sq.CX(), Y: sq.CY()}, max(1.1, sq.W*0.18), t.Card)
		}
		if hover, clicked := c.Click(sq, slotTip(m, k*b.per, b.per, &cell)); hover && clicked && cell.PID != 0 {
			c.Act(ui.Action{Kind: "space", N: float64(cell.PID)})
		}
	}
}

// swappers says how many pages in swap the processes beside the frames have.
func swappers(m *Model) string {
	words := ""
	for i := range m.F.Memory.Spaces {
		if s := &m.F.Memory.Spaces[i]; s.Swapped > 0 {
			words += " · " + s.Comm + " " + group(s.Swapped)
		}
	}
	return words
}

// joinSlots makes one of several cells.
func joinSlots(cells []view.SwapCell) view.SwapCell {
	var all view.SwapCell
	for _, c := range cells {
		if all.PID == 0 {
			all.PID, all.VA = c.PID, c.VA
		}
		all.Used, all.Cached = all.Used+c.Used, all.Cached+c.Cached
	}
	return all
}

func spaceShown(m *Model, pid int) bool {
	for i := range m.F.Memory.Spaces {
		if m.F.Memory.Spaces[i].PID == pid {
			return true
		}
	}
	return false
}

// slotTip tells who is in a slot, or in the first that is used of several.
func slotTip(m *Model, slot, per int, c *view.SwapCell) string {
	who := "shared memory, or a file in memory"
	if c.PID != 0 {
		who = "pid " + itoa(int(c.PID))
		if t := m.task(int(c.PID)); t != nil {
			who += " " + t.Comm
		}
		who += ", page " + hex(c.VA, 8)
	}
	tip := "slot " + group(uint64(slot)) + ": " + who
	if per > 1 {
		tip = itoa(int(c.Used)) + " of " + itoa(per) + " slots from " + group(uint64(slot)) + " on; the first: " + who
	}
	if c.Cached > 0 {
		tip += ". A light dot: memory has the same page, so that it can leave again without being written"
	}
	return tip
}

// cacheHeight is how high the list of files would like to be in a column.
func cacheHeight(m *Model) float32 {
	v := &m.F.Memory
	rows := len(v.Files)
	if v.More.Size > 0 {
		rows++
	}
	return 24 + 18*float32(min(max(rows, 2), 9))
}

// cacheBox lists the files of which pages are in memory.
func cacheBox(c *ui.Context, m *Model, r ui.Rect) {
	t, v := c.Theme, &m.F.Memory
	w := c.Text(r.X, r.Y+13, ui.Head, t.Ink, "Page cache")
	total := m.F.RAM.Counts[view.UsePageCache]
	c.TextFit(r.X+w+10, r.Y+13, r.W-w-10, ui.Small, t.Ink2, plural(uint64(total), "page")+" of files, kept in memory")
	const row = 18
	n := min(len(v.Files), int((r.H-24)/row))
	if v.More.Size > 0 || n < len(v.Files) {
		n = min(n, int((r.H-24)/row)-1)
	}
	gauge := min(90, r.W*0.3)
	for i := range max(0, n) {
		f := &v.Files[i]
		y := r.Y + 36 + float32(i)*row
		c.TextFit(r.X, y, r.W-gauge-62, ui.Mono, t.Ink, baseName(f.Name))
		c.TextRight(r.Right()-gauge-8, y, ui.Small, t.Ink2, group(uint64(f.Pages)))
		c.Bar(ui.Rect{X: r.Right() - gauge, Y: y - 7, W: gauge, H: 6}, float32(f.Pages)/float32(max(1, f.Size)), t.Cache)
		c.Hover(ui.Rect{X: r.X, Y: y - 13, W: r.W, H: row}, f.Name+": "+group(uint64(f.Pages))+" of its "+plural(f.Size, "page")+" are in memory. Who opens or maps it finds them without the disk.")
	}
	rest, files := v.More.Pages, v.More.Size
	for i := max(0, n); i < len(v.Files); i++ {
		rest, files = rest+v.Files[i].Pages, files+1
	}
	if files > 0 {
		c.TextFit(r.X, r.Y+36+float32(max(0, n))*row, r.W, ui.Small, t.Ink3, "and "+plural(uint64(rest), "page")+" of "+plural(files, "more file"))
	}
}
