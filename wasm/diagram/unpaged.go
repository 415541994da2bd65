package diagram

import "vitrine/wasm/ui"

// unpaged draws how an address becomes a place in memory while paging is off: the segment's base is added, no more.
// SDM 3A "Real-Address Mode Operation".
func unpaged(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	if cpu.Paging {
		c.Para(r.X, r.Y+44, min(r.W, 560), 22, 0, ui.Body, t.Ink2, "Each address that the TLB does not know is walked here, through tables that the kernel wrote.")
		return
	}
	y := r.Y + 34
	gap := float32(34)
	w := min(210, (r.W-2*gap)/3)
	sum := cpu.CSBase + cpu.RIP
	a := addend(c, ui.Rect{X: r.X, Y: y, W: w, H: 64}, "base of CS", hex(cpu.CSBase, 8), t.Level[1], "the segment register is added to every address of code")
	sign(c, a, gap, "+")
	ip, _ := ipText(m)
	if cpu.Mode == "real" {
		ip = "IP"
	}
	b := addend(c, ui.Rect{X: a.Right() + gap, Y: y, W: w, H: 64}, ip, hex(cpu.RIP, 8), t.Level[2], "where the next instruction is, counted from the base")
	sign(c, b, gap, "=")
	at := addend(c, ui.Rect{X: b.Right() + gap, Y: y, W: w, H: 64}, "physical address", hex(sum, 8), t.Level[3], "what the CPU puts on the bus")
	y = at.Bottom() + 36
	words := "In protected mode the base comes from a descriptor of the GDT."
	if cpu.Mode == "real" {
		words = "In real mode the base is CS × 16: " + hex(uint64(cpu.Sel[1]), 4) + "0."
		if cpu.CSBase != uint64(cpu.Sel[1])<<4 {
			words = "Reset has set the base of CS by hand, so that the first instruction comes from the ROM at the top of 4 GiB. The first far jump makes it CS × 16."
		}
	}
	y = c.Para(r.X, y, min(r.W, 620), 22, 0, ui.Body, t.Ink, words)
	y = c.Para(r.X, y+10, min(r.W, 620), 22, 0, ui.Body, t.Ink2, "There are no page tables yet. When CR3 points to some and CR0.PG is set, each address that the TLB does not know is walked through them, here.")
	c.Text(r.X, y+20, ui.Mono, t.Ink3, "CR0.PE "+hex(cpu.CR0&1, 1)+"   CR0.PG "+hex(cpu.CR0>>31&1, 1)+"   CR3 "+hex(cpu.CR3, 8))
	if l := current(m); l != nil {
		c.Text(at.X, at.Bottom()+18, ui.Mono, t.Ink2, hexBytes(l.Bytes))
	}
}

// addend draws one number of the sum.
func addend(c *ui.Context, r ui.Rect, name, value string, col ui.Color, tip string) ui.Rect {
	c.Frame(r, 6, 1.4, c.Theme.Card, col)
	c.TextMid(r.CX(), r.Y+27, ui.MonoHd, col, value)
	c.TextMid(r.CX(), r.Y+48, ui.Small, c.Theme.Ink2, c.Fit(ui.Small, name, r.W-8))
	c.Hover(r, tip)
	return r
}

// sign draws a plus or equals in the gap after r.
func sign(c *ui.Context, r ui.Rect, gap float32, s string) {
	c.TextMid(r.Right()+gap/2, r.CY()+6, ui.Face{Weight: 400, Size: 18}, c.Theme.Ink2, s)
}
