package diagram

import (
	"math"
	"strconv"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// vectorRows draws the registers for vectors and floating point that are in use, those that have just changed first, as far
// as there is room.
func vectorRows(c *ui.Context, m *Model, r ui.Rect, row float32) {
	cpu := &m.F.CPU
	y := r.Y
	for _, i := range shownVectors(cpu, int(r.H/row)) {
		vectorRow(c, i, cpu.X[i], cpu.PrevX[i], !m.F.Running, ui.Rect{X: r.X, Y: y, W: r.W, H: row})
		y += row
	}
	for _, f := range cpu.FPU {
		if y > r.Bottom() {
			return
		}
		floatRow(c, &f, ui.Rect{X: r.X, Y: y, W: r.W, H: row})
		y += row
	}
}

// shownVectors chooses at most n of the XMM registers that hold something: what has changed comes before what has not.
func shownVectors(cpu *view.CPU, n int) []int {
	var list []int
	for _, changed := range []bool{true, false} {
		for i := range cpu.X {
			used := cpu.X[i] != [2]uint64{} || cpu.X[i] != cpu.PrevX[i]
			if used && (cpu.X[i] != cpu.PrevX[i]) == changed && len(list) < n {
				list = append(list, i)
			}
		}
	}
	return list
}

func vectorRow(c *ui.Context, i int, now, old [2]uint64, stepped bool, r ui.Rect) {
	t := c.Theme
	name := "xmm" + itoa(i)
	c.Text(r.X, r.Y, ui.Mono, t.Ink2, name)
	text := hex(now[1], 16) + " " + hex(now[0], 16)
	face, ink := ui.MonoM, t.Ink
	if now[1] == 0 {
		text = "0 " + hex(now[0], 16)
	} else if c.Width(ui.MonoB, text) > r.W-46 { // the low half is what scalar instructions use
		text = "… " + hex(now[0], 16)
	}
	if stepped && now != old {
		c.Round(ui.Rect{X: r.X + 42, Y: r.Y - 13, W: c.Width(ui.MonoB, text) + 8, H: 18}, 3, t.Now)
		face, ink = ui.MonoB, t.Ring3
	}
	w := c.Text(r.X+46, r.Y, face, ink, text)
	c.TextFit(r.X+58+w, r.Y, r.W-w-58, ui.Small, t.Ink3, double(math.Float64frombits(now[0])))
	if at := (ui.Rect{X: r.X, Y: r.Y - 13, W: r.W, H: r.H}); c.Over(at) {
		tip := name + " = 0x" + hex(now[1], 16) + hex(now[0], 16) + ", 128 bits. Its low half as a double is " + double(math.Float64frombits(now[0]))
		if stepped && now != old {
			tip += ". It was 0x" + hex(old[1], 16) + hex(old[0], 16)
		}
		c.Hover(at, tip)
	}
}

func floatRow(c *ui.Context, f *view.Float, r ui.Rect) {
	t := c.Theme
	c.Text(r.X, r.Y, ui.Mono, t.Ink2, f.Name)
	w := c.Text(r.X+46, r.Y, ui.MonoM, t.Ink, hex(uint64(f.SE), 4)+" "+hex(f.Sig, 16))
	c.TextFit(r.X+58+w, r.Y, r.W-w-58, ui.Small, t.Ink3, double(f.Value()))
	if at := (ui.Rect{X: r.X, Y: r.Y - 13, W: r.W, H: r.H}); c.Over(at) {
		c.Hover(at, f.Name+", a register of the x87: sign and exponent 0x"+hex(uint64(f.SE), 4)+", significand 0x"+hex(f.Sig, 16)+", about "+double(f.Value()))
	}
}

func double(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
