package diagram

import (
	"strconv"
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// mmuCard draws the MMU: which tables it walks and what it remembers.
func mmuCard(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	part(c, r, IDWalk, "the MMU", 0)
	in := r.Inset(16, 0)
	c.Text(in.X, r.Y+24, ui.Head, t.Ink, "MMU")
	if !m.F.CPU.Paging {
		y := c.Para(in.X, r.Y+48, in.W, 16, 0, ui.Small, t.Ink2, "Paging is off: every address goes to memory as it is.")
		cr0 := m.F.CPU.CR0
		if r.Bottom()-y > 60 {
			c.KeyValue(in.X, y+14, "CR0", hex(cr0, 8), t.Ink)
			c.Text(in.X, y+36, ui.Mono, t.Ink2, "PE "+hex(cr0&1, 1)+"  PG "+hex(cr0>>31&1, 1))
		}
		return
	}
	c.KeyValue(in.X, r.Y+48, "CR3", hex(m.F.CPU.CR3, 8), t.Ink)
	if at := (ui.Rect{X: in.X, Y: r.Y + 34, W: in.W, H: 20}); c.Over(at) {
		toFrame(c, at, m.F.CPU.CR3&frameMask>>12, registerTip(m, "cr3", m.F.CPU.CR3))
	}
	rows := max(1, int((r.H-62-34)/24))
	cells(c, m, ui.Rect{X: in.X, Y: r.Y + 62, W: in.W, H: float32(rows) * 24}, 2, rows)
	c.TextFit(in.X, r.Bottom()-15, in.W, ui.Small, t.Ink2, tlbWords(&m.F.TLB))
}

// tlbWords tells how often the TLB already knew.
func tlbWords(b *view.TLB) string {
	total := b.Hits + b.Misses
	if total == 0 {
		return plural(uint64(len(b.Entries)), "translation") + " kept"
	}
	if b.Hits == 0 {
		return plural(b.Misses, "page walk") + " so far"
	}
	return "TLB hits " + strconv.FormatFloat(100*float64(b.Hits)/float64(total), 'f', 1, 64) + " %"
}

// cells draws the TLB's newest entries in a grid; the one that the last walk used is marked.
func cells(c *ui.Context, m *Model, r ui.Rect, cols, rows int) {
	t := c.Theme
	w := (r.W - 4*float32(cols-1)) / float32(cols)
	for i := 0; i < cols*rows; i++ {
		cell := ui.Rect{X: r.X + float32(i%cols)*(w+4), Y: r.Y + float32(i/cols)*24, W: w, H: 20}
		if i >= len(m.F.TLB.Entries) {
			c.Outline(cell, 4, 1, t.Soft)
			c.TextMid(cell.CX(), cell.Y+14, ui.Mono, t.Ink3, "—")
			continue
		}
		tlbCell(c, m, cell, &m.F.TLB.Entries[i])
	}
}

func tlbCell(c *ui.Context, m *Model, r ui.Rect, e *view.TLBEntry) {
	t := c.Theme
	if m.F.Walk.Valid && e.VPN == m.F.Walk.VA>>12 {
		c.Frame(r, 4, 1, t.Now, t.NowLine)
	} else {
		c.Outline(r, 4, 1, t.Soft)
	}
	text := shortVPN(e.VPN)
	if c.Width(ui.MonoM, text) > r.W-4 {
		text = "…" + hex(e.VPN&0xFFFFF, 5)
	}
	c.TextMid(r.CX(), r.Y+14, ui.MonoM, t.Ink, c.Fit(ui.MonoM, text, r.W-2))
	if c.Over(r) {
		toWalk(c, r, e.VPN<<12, 0, tlbTip(e))
	}
}

// tlbTip explains a remembered translation.
func tlbTip(e *view.TLBEntry) string {
	s := "virtual page " + hex(e.VPN, 5) + " is frame " + hex(e.PFN, 5) + ", read-only"
	if e.Write {
		s = strings.TrimSuffix(s, "read-only") + "writable"
	}
	who := ", ring 0 only"
	if e.User {
		who = ", also for ring 3"
	}
	s += who
	for _, f := range []struct {
		set  bool
		name string
	}{{e.NX, "not executable"}, {e.Global, "global: stays when CR3 changes"}, {e.Dirty, "dirty: written to"}, {e.Large, "a large page"}} {
		if f.set {
			s += ", " + f.name
		}
	}
	return s
}

// shortVPN returns a virtual page number in few digits; the kernel's half begins with an ellipsis.
func shortVPN(v uint64) string {
	v &= 1<<36 - 1
	if v>>35 != 0 {
		return "…" + hex(v&0xFFFFF, 5)
	}
	return hex(v, 5)
}
