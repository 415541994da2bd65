package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// current returns the line at RIP, nil when it cannot be read.
func current(m *Model) *view.Line {
	if i := m.F.Code.Current; i >= 0 && i < len(m.F.Code.Lines) {
		return &m.F.Code.Lines[i]
	}
	return nil
}

// apartHeight is how much room the current instruction taken apart needs.
func apartHeight(m *Model) float32 {
	if current(m) == nil {
		return 0
	}
	return 74 + 22*float32(max(1, min(3, len(m.F.Code.Operands))))
}

// apartPanel draws the current instruction in large, its bytes by field and its operands down to their values.
func apartPanel(c *ui.Context, m *Model, r ui.Rect) {
	l := current(m)
	if l == nil || r.H < 60 {
		return
	}
	t := c.Theme
	c.Frame(r, 8, 1, t.Paper, t.Soft)
	x, w := r.X+16, r.W-32
	c.TextFit(x, r.Y+24, w, ui.MonoHd, t.Ink, l.Intel)
	if m.F.Code.Loops > 1 {
		c.TextRight(r.Right()-16, r.Y+24, ui.Small, t.Ink3, "here "+group(m.F.Code.Loops)+" times lately")
	}
	used := encoding(c, l, x, r.Y+36, w)
	y := r.Y + 36 + used + 22
	if len(m.F.Code.Operands) == 0 {
		c.Text(x, y, ui.Small, t.Ink3, "no operands")
		return
	}
	for i, o := range m.F.Code.Operands {
		if i == 3 || y > r.Bottom()-6 {
			break
		}
		operand(c, &o, x, y, w)
		y += 22
	}
}

// operand draws "[rbp-8] → 7ffe… → value", and whether it is written.
func operand(c *ui.Context, o *view.Operand, x, y, w float32) {
	t := c.Theme
	right := x + w
	x += c.Text(x, y, ui.MonoM, t.Ink, o.Text) + 8
	if o.Mem {
		x += c.Text(x, y, ui.Mono, t.Ink3, "→") + 6
		x += c.Text(x, y, ui.MonoM, t.DispPart, hex(o.Addr, 1)) + 8
	}
	if o.Known {
		x += c.Text(x, y, ui.Mono, t.Ink3, "→") + 6
		x += c.TextFit(x, y, right-x-80, ui.MonoM, t.Granted, value(o)) + 10
	} else if o.Mem {
		x += c.Text(x, y, ui.Small, t.Ring0, "not mapped: reading it would fault") + 10
	}
	if o.Write && right-x > 60 {
		c.Text(x, y, ui.Small, t.Ink3, "will be written")
	}
}

// value returns an operand's value in hex, with decimal or a letter beside it when that says more.
func value(o *view.Operand) string {
	v := o.Value
	if o.Size > 0 && o.Size < 8 {
		v &= 1<<(8*uint(o.Size)) - 1
	}
	s := hex(v, 1)
	switch {
	case o.Size == 1 && v >= 32 && v < 127:
		return s + "  '" + string(rune(v)) + "'"
	case v >= 10 && v < 1_000_000:
		return s + "  (" + group(v) + ")"
	}
	return s
}

// statePanel draws all registers with old → new, and the flags.
func statePanel(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	c.Text(r.X, r.Y+12, ui.SmallB, t.Ink3, "registers")
	stepped := !m.F.Running
	row := min(22, max(18, (r.H-150)/17))
	y := r.Y + 34
	for _, i := range shownRegisters(m, len(readingOrder)) {
		registerRow(c, m, registerName(m, i), cpu.R[i], cpu.PrevR[i], stepped, ui.Rect{X: r.X, Y: y, W: r.W, H: row})
		y += row
	}
	registerRow(c, m, inWidth(m, "rip"), cpu.RIP, cpu.PrevRIP, stepped, ui.Rect{X: r.X, Y: y, W: r.W, H: row})
	y += row + 8
	c.Text(r.X, y+2, ui.Mono, t.Ink2, inWidth(m, "rflags"))
	flagLetters(c, r.X+58, y-11, r.Right(), cpu.RFLAGS, cpu.PrevRFLAGS, stepped)
	y += row + 10
	if !wide(m) {
		segmentRows(c, m, ui.Rect{X: r.X, Y: y, W: r.W, H: r.Bottom() - y})
		return
	}
	for _, s := range []string{
		"cr3  " + hex(cpu.CR3, 9) + "   cr2  " + hex(cpu.CR2, 1),
		"cs " + hex(uint64(cpu.Sel[1]), 2) + "   ss " + hex(uint64(cpu.Sel[2]), 2) + "   fs " + hex(cpu.FSBase, 1) + "   gs " + hex(cpu.GSBase, 1),
	} {
		if y > r.Bottom() {
			break
		}
		c.TextFit(r.X, y, r.W, ui.Mono, t.Ink2, s)
		y += row
	}
}

// segmentRows draws what matters besides the general registers while code has 16 or 32 bits: the segments, the mode and
// the paging registers.
func segmentRows(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	names := [6]string{"es", "cs", "ss", "ds", "fs", "gs"}
	y := r.Y
	for i, k := range []int{1, 2, 3, 0, 4, 5} {
		x := r.X + float32(i%2)*min(170, r.W/2)
		c.Text(x, y, ui.Mono, t.Ink2, names[k])
		w := c.Text(x+42, y, ui.MonoM, t.Ink, hex(uint64(cpu.Sel[k]), 4))
		if k == 1 {
			c.TextFit(x+50+w, y, min(170, r.W/2)-w-56, ui.Small, t.Ink3, "base "+hex(cpu.CSBase, 1))
		}
		if i%2 == 1 {
			y += 22
		}
	}
	y += 8
	for _, row := range [][2]string{{"cr0", hex(cpu.CR0, 8)}, {"cr3", hex(cpu.CR3, 8)}, {"cr4", hex(cpu.CR4, 8)}, {"cr2", hex(cpu.CR2, 8)}, {"gdt", hex(cpu.GDT, 8)}, {"idt", hex(cpu.IDT, 8)}} {
		if y > r.Bottom() {
			return
		}
		c.Text(r.X, y, ui.Mono, t.Ink2, row[0])
		c.Text(r.X+42, y, ui.MonoM, t.Ink, row[1])
		y += 22
	}
}

// registerRow draws a register; when it has just changed, the old value is struck out before the new one.
func registerRow(c *ui.Context, m *Model, name string, now, old uint64, stepped bool, r ui.Rect) {
	askRegister(c, name, ui.Rect{X: r.X - 3, Y: r.Y - 13, W: 48 + c.Width(ui.MonoM, registerText(m, now)), H: 18})
	t := c.Theme
	changed := stepped && now != old
	c.Text(r.X, r.Y, ui.Mono, t.Ink2, name)
	c.Hover(ui.Rect{X: r.X, Y: r.Y - 13, W: r.W, H: r.H}, name+" = "+group(now)+" unsigned, "+signed(now)+" signed · click: what wrote it?")
	if !changed {
		w := c.Text(r.X+42, r.Y, ui.MonoM, t.Ink, registerText(m, now))
		c.TextFit(r.X+42+w+16, r.Y, r.W-w-58, ui.Small, t.Ink3, region(m, now))
		return
	}
	c.Round(ui.Rect{X: r.X + 38, Y: r.Y - 13, W: c.Width(ui.MonoM, registerText(m, now)) + 8, H: 18}, 3, t.Now)
	w := c.Text(r.X+42, r.Y, ui.MonoB, t.Ring3, registerText(m, now))
	x := r.X + 42 + w + 12
	was := c.Fit(ui.Mono, "was "+hex(old, 1), r.Right()-x)
	c.Text(x, r.Y, ui.Mono, t.Ink3, was)
}

// region says what kind of place a value points to, when it looks like an address: part of the process, or the kernel.
func region(m *Model, v uint64) string {
	if v>>47 == 1<<17-1 {
		return "→ kernel"
	}
	task := m.task(m.F.Kernel.Current)
	if task == nil || v < 4096 {
		return ""
	}
	for i := range task.VMAs {
		a := &task.VMAs[i]
		if v < a.Start || v >= a.End {
			continue
		}
		name := a.Name
		if name == "" {
			name = "anonymous"
		}
		return "→ " + name + " " + a.Prot
	}
	return ""
}

func signed(v uint64) string {
	if int64(v) < 0 {
		return "−" + group(-v)
	}
	return group(v)
}
