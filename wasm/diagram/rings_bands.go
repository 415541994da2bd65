package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// share is which part of all time a ring had the CPU, in words.
func share(m *Model, ring int) string {
	total := uint64(0)
	for _, n := range m.F.Rings.Time {
		total += n
	}
	if total == 0 || m.F.Rings.Time[ring] == 0 {
		return ""
	}
	return span(m.F.Rings.Time[ring]) + " here, " + percent(m.F.Rings.Time[ring], total)
}

// percent is a part of a whole; a small one is not called nothing.
func percent(part, whole uint64) string {
	p := 100 * float64(part) / float64(whole)
	if p < 0.1 {
		return "< 0.1 %"
	}
	return fixed(p, 1) + " %"
}

// ringTitle draws the name of a band as a lozenge, filled where the CPU is.
func ringTitle(c *ui.Context, x, y float32, words string, here bool, col ui.Color) float32 {
	w := c.Width(ui.SmallB, words) + 24
	r := ui.Rect{X: x, Y: y, W: w, H: 20}
	if here {
		c.Round(r, 10, col)
		c.TextMid(r.CX(), y+14, ui.SmallB, c.Theme.OnAccent, words)
	} else {
		c.Outline(r, 10, 1.2, col)
		c.TextMid(r.CX(), y+14, ui.SmallB, col, words)
	}
	return w
}

// bandLabel is how wide the left part of a band is, where its name stands.
const bandLabel = 176

// bandColumns are the three columns right of a band's name: the same in both, so that they stand under each other.
func bandColumns(r ui.Rect) [3]ui.Rect {
	in := ui.Rect{X: r.X + bandLabel, Y: r.Y + 8, W: r.W - bandLabel - 14, H: r.H - 14}
	third := (in.W - 40) / 3
	code, in := in.CutLeft(third+14, 20)
	stack, papers := in.CutLeft(third-8, 20)
	return [3]ui.Rect{code, stack, papers}
}

// outerBand draws ring 3: who is there, and the code that runs or waits to go on.
func outerBand(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	here := cpu.Ring != 0
	c.Frame(r, 8, 1, t.Card.Mix(t.Ring3, 0.05), t.Card.Mix(t.Ring3, 0.3))
	x := r.X + 14
	name := "ring 3 · user"
	if cpu.Ring == 1 || cpu.Ring == 2 {
		name = "ring " + itoa(int(cpu.Ring))
	}
	ringTitle(c, x, r.Y+12, name, here, t.Ring3)
	const label = bandLabel
	e := &m.F.Rings.User
	if r.W < 600 {
		c.TextRight(r.Right()-14, r.Y+26, ui.Small, t.Ink2, c.Fit(ui.Small, userWords(m), r.W-160))
		excerpt(c, e, ui.Rect{X: x, Y: r.Y + 40, W: r.W - 28, H: r.H - 46}, here, t.Ring3, nobody(m))
		return
	}
	c.TextFit(x, r.Y+50, label-14, ui.TextB, t.Ink, userWords(m))
	c.TextFit(x, r.Y+67, label-14, ui.Small, t.Ink2, calledWords(m))
	c.TextFit(x, r.Y+84, label-14, ui.Small, t.Ink3, share(m, 3))
	cols := bandColumns(r)
	code := ui.Rect{X: cols[0].X, Y: r.Y + 8, W: cols[1].Right() - cols[0].X, H: r.H - 16}
	excerpt(c, e, code, here, t.Ring3, nobody(m))
	userRegisters(c, m, ui.Rect{X: cols[2].X, Y: r.Y, W: cols[2].W, H: r.H}, here)
}

func nobody(m *Model) string {
	if s := &m.F.Rings.Saved; s.Open && s.Lies && s.From3 {
		for _, w := range s.Words {
			if w.Name == "RIP" || w.Name == "EIP" {
				return "It goes on at " + hex(w.Value, 6) + ", in a page that cannot be read now."
			}
		}
	}
	if m.F.Rings.Time[3] == 0 {
		return "Nothing has run here yet."
	}
	return "Nobody waits here to go on: the kernel works for itself."
}

func userWords(m *Model) string {
	if t := m.task(m.F.Kernel.Current); t != nil {
		return "pid " + itoa(t.PID) + " " + t.Comm
	}
	if m.F.CPU.Paging && !m.F.Kernel.Booted {
		return "CR3 " + hex(m.F.CPU.CR3&frameMask, 8)
	}
	return ""
}

// calledWords names the system call that is under way, where the kernel tells.
func calledWords(m *Model) string {
	if t := m.task(m.F.Kernel.Current); t != nil && t.Syscall != "" && m.F.CPU.Ring == 0 {
		return "in " + t.Syscall + "()"
	}
	if m.F.CPU.Ring != 0 {
		return "runs"
	}
	if m.F.Rings.User.Known {
		return "waits for its CPU"
	}
	return ""
}

// userRegisters shows what the outer ring has in CS, the instruction pointer and the stack pointer: now, or as saved.
func userRegisters(c *ui.Context, m *Model, r ui.Rect, here bool) {
	t, cpu, s := c.Theme, &m.F.CPU, &m.F.Rings.Saved
	rows := [][2]string{{"CS", hex(uint64(cpu.Sel[1]), 4)}, {"SS", hex(uint64(cpu.Sel[2]), 4)}, {"RIP", hex(cpu.RIP, 1)}, {"RSP", hex(cpu.R[4], 1)}}
	if !here {
		if !s.Open || !s.From3 || !s.Lies && s.Size != 0 && s.From != view.StackKept {
			return
		}
		rows = nil
		if s.From == view.StackKept && len(s.Words) > 0 {
			rows = [][2]string{{"RIP", hex(s.Words[0].Value, 1)}, {"RSP", "saved"}}
		}
		for i := len(s.Words) - 1; i >= 0 && len(rows) < 4 && s.From != view.StackKept; i-- {
			if w := &s.Words[i]; w.Name != "error code" && w.Name != "RFLAGS" && w.Name != "EFLAGS" {
				rows = append(rows, [2]string{w.Name, hex(w.Value, 1)})
			}
		}
	}
	y := r.Y + 24
	pitch := min(20, (r.H-20)/4)
	for _, row := range rows {
		c.Text(r.X, y, ui.Mono, t.Ink3, row[0])
		x := r.X + max(42, c.Width(ui.Mono, row[0])+10)
		c.TextFit(x, y, r.Right()-x, ui.MonoM, t.Ink, row[1])
		y += pitch
	}
	c.Hover(r, "the low two bits of CS are the privilege level")
}

// excerpt draws a few lines of code, the current one marked; a waiting one is marked without fill.
func excerpt(c *ui.Context, e *view.Excerpt, r ui.Rect, here bool, col ui.Color, none string) {
	t := c.Theme
	if len(e.Lines) == 0 {
		c.Para(r.X, r.Y+20, r.W, 17, 3, ui.Text, t.Ink3, none)
		return
	}
	const row = 19
	y := r.Y
	if e.Where != "" {
		c.TextFit(r.X+12, y+13, r.W-12, ui.Small, t.Ink2, e.Where)
		y += 20
	}
	n := max(1, int((r.Bottom()-y)/row))
	first := window(len(e.Lines), max(0, e.Current), n)
	for i := first; i < len(e.Lines) && i < first+n; i++ {
		l := &e.Lines[i]
		area := ui.Rect{X: r.X + 12, Y: y, W: r.W - 12, H: row}
		if i == e.Current {
			if here {
				c.Frame(ui.Rect{X: area.X - 6, Y: y, W: area.W + 6, H: row}, 4, 1, t.Now, t.NowLine)
			} else {
				c.Outline(ui.Rect{X: area.X - 6, Y: y, W: area.W + 6, H: row}, 4, 1, col.Fade(0.5))
			}
			c.Polygon(col, ui.Point{X: r.X - 2, Y: y + 5}, ui.Point{X: r.X + 5, Y: y + row/2}, ui.Point{X: r.X - 2, Y: y + row - 5})
		}
		codeLine(c, l, area, false)
		y += row
	}
}

// innerBand draws ring 0: the handler, the stack with what was saved, and what the CPU read at the door.
func (d *rings) innerBand(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	here := cpu.Ring == 0
	c.Frame(r, 8, 1, t.KernelFill, t.KernelLine)
	x := r.X + 14
	words := "ring 0 · kernel"
	if here && cpu.Halted {
		words = "ring 0 · halted"
	}
	if cpu.Mode == "real" {
		words = "real mode"
	}
	ringTitle(c, x, r.Y+12, words, here, t.Ring0)
	none := "The door has not been built yet."
	if r.W < 600 {
		c.TextRight(r.Right()-14, r.Y+26, ui.Small, t.Ink2, c.Fit(ui.Small, share(m, 0), r.W-160))
		in := ui.Rect{X: x, Y: r.Y + 42, W: r.W - 28, H: r.H - 50}
		code, in := in.CutTop(118, 10)
		stack, papers := in.CutTop(138, 12)
		excerpt(c, &m.F.Rings.Inner, code, here, t.Ring0, none)
		savedFrame(c, m, stack)
		papers, given := papers.CutTop(min(118, papers.H), 6)
		d.papers(c, m, papers)
		askedPanel(c, m, given)
		return
	}
	if r.W < innerNarrow {
		d.innerColumns(c, m, r, none)
		return
	}
	c.TextFit(x, r.Y+52, 150, ui.Small, t.Ink3, share(m, 0))
	if halted := m.F.Rings.Time[view.RingHalted]; halted > 0 {
		c.TextFit(x, r.Y+69, 150, ui.Small, t.Ink3, span(halted)+" halted")
	}
	timeBars(c, m, ui.Rect{X: x, Y: r.Bottom() - 24, W: 136, H: 8})
	cols := bandColumns(r)
	excerpt(c, &m.F.Rings.Inner, cols[0], here, t.Ring0, none)
	d.papers(c, m, cols[2])
	if m.F.Rings.Asked.Name == "" || cols[1].H < twoRows {
		savedFrame(c, m, cols[1])
		return
	}
	stack, given := cols[1].CutTop(146, 10)
	savedFrame(c, m, stack)
	askedPanel(c, m, given)
}

// innerNarrow is the width below which the inner band has no column for its name.
const innerNarrow = 760

// innerColumns draws ring 0 in little width: its name above, and three columns below.
func (d *rings) innerColumns(c *ui.Context, m *Model, r ui.Rect, none string) {
	t := c.Theme
	words := share(m, 0)
	if halted := m.F.Rings.Time[view.RingHalted]; halted > 0 && words != "" {
		words += " · " + span(halted) + " halted"
	}
	c.TextRight(r.Right()-14, r.Y+26, ui.Small, t.Ink3, c.Fit(ui.Small, words, r.W-190))
	in := ui.Rect{X: r.X + 14, Y: r.Y + 40, W: r.W - 28, H: r.H - 48}
	if in.H > twoRows { // little width, but height enough for two rows of two
		top, below := in.CutTop(min(126, in.H*0.5), 8)
		code, papers := top.CutLeft(top.W*0.54, 18)
		stack, given := below.CutLeft(below.W*0.54, 18)
		excerpt(c, &m.F.Rings.Inner, code, m.F.CPU.Ring == 0, t.Ring0, none)
		savedFrame(c, m, stack)
		d.papers(c, m, papers)
		askedPanel(c, m, given)
		return
	}
	code, in := in.CutLeft(in.W*0.33, 16)
	stack, papers := in.CutLeft(in.W*0.53, 16)
	excerpt(c, &m.F.Rings.Inner, code, m.F.CPU.Ring == 0, t.Ring0, none)
	savedFrame(c, m, stack)
	d.papers(c, m, papers)
}

// twoRows is the height from which the inner band's parts stand in two rows when it is narrow.
const twoRows = 225

// timeBars draws how the time since reset was divided: user, kernel, halted.
func timeBars(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	total := uint64(0)
	for _, n := range m.F.Rings.Time {
		total += n
	}
	if total == 0 {
		return
	}
	c.Round(r, 3, t.Soft)
	x := r.X
	for _, p := range []struct {
		n   uint64
		col ui.Color
	}{{m.F.Rings.Time[3], t.Ring3}, {m.F.Rings.Time[0], t.Ring0}} {
		w := r.W * float32(float64(p.n)/float64(total))
		if p.n > 0 {
			c.Round(ui.Rect{X: x, Y: r.Y, W: max(2, w), H: r.H}, 2, p.col)
		}
		x += w
	}
	c.Text(r.X, r.Y-6, ui.Tiny, t.Ink3, "time since reset")
	c.Hover(r.Inset(0, -6), "blue: ring 3, "+percent(m.F.Rings.Time[3], total)+"; vermilion: ring 0, "+percent(m.F.Rings.Time[0], total)+"; the rest halted, "+percent(m.F.Rings.Time[view.RingHalted], total))
}

// savedFrame draws the words that the CPU saved, where they lie.
func savedFrame(c *ui.Context, m *Model, r ui.Rect) {
	t, s := c.Theme, &m.F.Rings.Saved
	if s.Door < 0 || lastDoor(m) == nil {
		c.Text(r.X, r.Y+13, ui.SmallB, t.Ink2, "saved")
		c.Para(r.X, r.Y+34, r.W, 17, 3, ui.Small, t.Ink3, "Nobody has come in yet. What the CPU saves at a door will lie here.")
		return
	}
	dim := float32(1)
	head := "saved for the way back"
	if !s.Open {
		dim, head = 0.55, "left over from the last way in"
	}
	if !s.Open && !s.Lies && s.From != view.StackKept {
		c.Text(r.X, r.Y+13, ui.SmallB, t.Ink2, "saved")
		c.Para(r.X, r.Y+34, r.W, 17, 4, ui.Small, t.Ink3, "The last way in is over. It had pushed "+plural(uint64(len(s.Words)), "word")+" on the stack that was in use, which has been used again since.")
		return
	}
	defer c.Fade(dim)()
	c.TextFit(r.X, r.Y+13, r.W, ui.SmallB, t.Ring0, head)
	y := r.Y + 30
	if s.Top != 0 {
		w := c.Text(r.X, y, ui.Small, t.Ink2, s.From)
		c.TextFit(r.X+w+8, y, r.W-w-8, ui.Mono, t.Ink2, addressText(s.Top))
		y += 6
	} else if s.From != "" {
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink2, "stack: "+s.From)
		y += 6
	}
	if s.From == view.StackKept && r.Bottom()-y > 96 {
		c.Para(r.X, y+62, r.W, 16, 3, ui.Small, t.Ink2, "SYSCALL writes nothing to memory. The kernel changes the stack and saves the rest itself.")
	}
	if lastDoor(m).Kind == view.DoorSysenter {
		c.Para(r.X, y+16, r.W, 16, 3, ui.Small, t.Ink2, "SYSENTER saves nothing, neither RIP nor RSP. The program has put its stack pointer into EBP.")
	}
	row := max(14, min(20, (r.Bottom()-y-2)/float32(max(1, len(s.Words)))))
	for i := range s.Words {
		if y+row > r.Bottom()+2 {
			break
		}
		savedWord(c, m, s, &s.Words[i], ui.Rect{X: r.X, Y: y, W: r.W, H: row - 2})
		y += row
	}
}

func savedWord(c *ui.Context, m *Model, s *view.Saved, w *view.Word, r ui.Rect) {
	t := c.Theme
	base := r.CY() + 4
	sp := m.F.CPU.R[4]
	here := w.Addr != 0 && m.F.CPU.Ring == 0 && sp == w.Addr
	c.Frame(r, 3, 1, t.Card, t.KernelLine)
	x := r.X + 8
	if w.Addr != 0 {
		c.Text(x, base, ui.Mono, t.Ink3, hex(w.Addr&0xffff, 4))
		x += 40
	}
	x += max(62, c.Text(x, base, ui.MonoM, t.Ring0, w.Name)+12)
	value := "…"
	if s.Lies || w.Value != 0 && w.Addr == 0 {
		value = hex(w.Value, 1)
	}
	room := r.Right() - x - 8
	if here {
		room -= 42
		c.TextRight(r.Right()-6, base, ui.SmallB, t.Ring0, "← RSP")
	}
	c.TextFit(x, base, room, ui.MonoM, t.Ink, value)
	if c.Over(r) {
		explainWord(c, m, w, r)
	}
}

// explainWord explains a saved word; an address leads to its page walk.
func explainWord(c *ui.Context, m *Model, w *view.Word, r ui.Rect) {
	tip := wordTip(w) + ": 0x" + hex(w.Value, 1)
	switch {
	case strings.HasSuffix(w.Name, "FLAGS"):
		tip += ", " + setBits(w.Value, rflagsBits)
	case w.Name == "CS" || w.Name == "SS":
		tip += ". " + selectorTip(w.Name, uint16(w.Value))
	case w.Name == "error code" && lastDoor(m) != nil && lastDoor(m).Vector == pageFault:
		tip += ": " + setBits(w.Value, faultBits)
	case strings.HasSuffix(w.Name, "IP") || strings.HasSuffix(w.Name, "SP"):
		toWalk(c, r, w.Value, 0, tip)
		return
	}
	c.Hover(r, tip)
}

func wordTip(w *view.Word) string {
	tip := map[string]string{
		"SS": "the stack segment to go back to", "RSP": "the stack pointer to go back to", "ESP": "the stack pointer to go back to",
		"RFLAGS": "the flags, with the interrupt flag as it was", "EFLAGS": "the flags, with the interrupt flag as it was", "FLAGS": "the flags, with the interrupt flag as it was",
		"CS": "the code segment; its low two bits are the ring to go back to", "RIP": "the instruction to go on with", "EIP": "the instruction to go on with", "IP": "the instruction to go on with",
		"error code": "what the exception says about its cause",
	}[w.Name]
	if w.Addr != 0 {
		tip += ", at " + hex(w.Addr, 8)
	}
	return tip
}
