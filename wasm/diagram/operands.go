package diagram

import (
	"strings"

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

// apartHeight is how much room the current instruction taken apart needs at width w.
func apartHeight(c *ui.Context, m *Model, w float32) float32 {
	l := current(m)
	if l == nil {
		return 0
	}
	return 52 + 22*float32(fieldRows(c, l, w)+max(1, min(3, len(m.F.Code.Operands))))
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
	left := x
	x += c.Text(x, y, ui.MonoM, t.Ink, o.Text) + 8
	if o.Mem {
		x += c.Text(x, y, ui.Mono, t.Ink3, "→") + 6
		x += c.Text(x, y, ui.MonoM, t.DispPart, hex(o.Addr, 1)) + 8
	}
	if o.Known {
		x += c.Text(x, y, ui.Mono, t.Ink3, "→") + 6
		x += c.TextFit(x, y, right-x-80, ui.MonoM, t.Granted, value(o)) + 10
	} else if o.Mem {
		words := "not mapped: it will fault"
		if c.Width(ui.Small, words) > right-x {
			words = "not mapped"
		}
		x += c.TextFit(x, y, right-x, ui.Small, t.Ring0, words) + 10
	}
	if at := (ui.Rect{X: left, Y: y - 14, W: x - left, H: 19}); c.Over(at) {
		tip := o.Text + ", " + plural(uint64(o.Size), "byte")
		if o.Known {
			tip += ": " + number(o.Value)
		}
		if o.Mem {
			toWalk(c, at, o.Addr, 0, tip+", at 0x"+hex(o.Addr, 1))
		} else {
			c.Hover(at, tip)
		}
	}
	if o.Write && right-x > c.Width(ui.Small, "will be written") {
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
		note := askedLabel(&m.F.Rings.Asked, i)
		registerRow(c, m, registerName(m, i), cpu.R[i], cpu.PrevR[i], stepped, note, ui.Rect{X: r.X, Y: y, W: r.W, H: row})
		y += row
	}
	registerRow(c, m, inWidth(m, "rip"), cpu.RIP, cpu.PrevRIP, stepped, "", ui.Rect{X: r.X, Y: y, W: r.W, H: row})
	y += row + 8
	c.Text(r.X, y+2, ui.Mono, t.Ink2, inWidth(m, "rflags"))
	flagLetters(c, r.X+58, y-11, r.Right(), cpu.RFLAGS, cpu.PrevRFLAGS, stepped)
	y += row + 10
	if !wide(m) {
		segmentRows(c, m, ui.Rect{X: r.X, Y: y, W: r.W, H: r.Bottom() - y})
		return
	}
	y = controlRows(c, m, ui.Rect{X: r.X, Y: y, W: r.W, H: r.Bottom() - y}, row)
	vectorRows(c, m, ui.Rect{X: r.X, Y: y + 6, W: r.W, H: r.Bottom() - y - 6}, row)
}

// controlRows draws the registers that steer the CPU, as far as there is room, and returns where it ended.
func controlRows(c *ui.Context, m *Model, r ui.Rect, row float32) float32 {
	t, cpu := c.Theme, &m.F.CPU
	y := r.Y
	line := func(words ...controlWord) {
		if y > r.Bottom() {
			return
		}
		x := r.X
		for _, w := range words {
			wide := c.TextFit(x, y, r.Right()-x, ui.Mono, t.Ink2, w.text)
			if at := (ui.Rect{X: x, Y: y - 12, W: wide, H: 16}); c.Over(at) {
				c.Hover(at, w.tip())
			}
			x += wide + 20
		}
		y += row
	}
	control := func(name, shown string, v uint64) controlWord {
		return controlWord{name + " " + shown, func() string { return registerTip(m, name, v) }}
	}
	line(control("cr3", hex(cpu.CR3, 9), cpu.CR3), control("cr2", hex(cpu.CR2, 1), cpu.CR2))
	line(controlWord{"cs " + hex(uint64(cpu.Sel[1]), 2), func() string { return selectorTip("CS", cpu.Sel[1]) }},
		controlWord{"ss " + hex(uint64(cpu.Sel[2]), 2), func() string { return selectorTip("SS", cpu.Sel[2]) }},
		controlWord{"fs " + hex(cpu.FSBase, 1), func() string {
			return "base of FS, where a program keeps what belongs to one thread: " + number(cpu.FSBase)
		}},
		controlWord{"gs " + hex(cpu.GSBase, 1), func() string {
			return "base of GS, where the kernel keeps what belongs to one CPU: " + number(cpu.GSBase)
		}})
	line(control("cr0", hex(cpu.CR0, 8), cpu.CR0), control("cr4", hex(cpu.CR4, 6), cpu.CR4),
		controlWord{"efer " + hex(cpu.EFER, 3), func() string { return "EFER = 0x" + hex(cpu.EFER, 1) + ": " + setBits(cpu.EFER, eferBits) }})
	return y
}

// controlWord is a register as text, with its explanation.
type controlWord struct {
	text string
	tip  func() string
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
		if at := (ui.Rect{X: x, Y: y - 13, W: 46 + w, H: 17}); c.Over(at) {
			c.Hover(at, segmentTip(m, strings.ToUpper(names[k]), cpu.Sel[k]))
		}
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
		w := c.Text(r.X+42, y, ui.MonoM, t.Ink, row[1])
		if at := (ui.Rect{X: r.X, Y: y - 13, W: 46 + w, H: 17}); c.Over(at) {
			c.Hover(at, controlTip(m, row[0]))
		}
		y += 22
	}
}

// segmentTip explains a segment register in the mode that the CPU is in.
func segmentTip(m *Model, name string, sel uint16) string {
	if m.F.CPU.Mode == "real" {
		return name + " = 0x" + hex(uint64(sel), 4) + ": in real mode its segment begins at 0x" + hex(uint64(sel)<<4, 5)
	}
	return selectorTip(name, sel)
}

// controlTip explains a control register or a table's base.
func controlTip(m *Model, name string) string {
	cpu := &m.F.CPU
	switch name {
	case "cr0":
		return registerTip(m, name, cpu.CR0)
	case "cr3":
		return registerTip(m, name, cpu.CR3)
	case "cr4":
		return registerTip(m, name, cpu.CR4)
	case "cr2":
		return registerTip(m, name, cpu.CR2)
	case "gdt":
		return "the table of segment descriptors begins at " + number(cpu.GDT)
	}
	return "the table of interrupt gates begins at " + number(cpu.IDT)
}

// registerRow draws a register with a note, or with its old value when it has just changed.
func registerRow(c *ui.Context, m *Model, name string, now, old uint64, stepped bool, note string, r ui.Rect) {
	askRegister(c, m, name, now, ui.Rect{X: r.X - 3, Y: r.Y - 13, W: r.W, H: r.H})
	t := c.Theme
	changed := stepped && now != old
	c.Text(r.X, r.Y, ui.Mono, t.Ink2, name)
	if note != "" { // what it is for matters more now than what it was
		w := c.Text(r.X+42, r.Y, ui.MonoM, t.Ink, registerText(m, now))
		c.TextFit(r.X+42+w+12, r.Y, r.W-w-54, ui.SmallB, t.Ring3, note)
		return
	}
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
