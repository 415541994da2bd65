package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Bits of a paging-structure entry. SDM 3A "Paging"; bit 9 is the kernel's own mark for copy on write.
const (
	bitP   = 1 << 0
	bitW   = 1 << 1
	bitU   = 1 << 2
	bitA   = 1 << 5
	bitD   = 1 << 6
	bitPS  = 1 << 7
	bitG   = 1 << 8
	bitCow = 1 << 9
	bitNX  = 1 << 63
)

// entryBits are the bits of an entry as letters, the permissions in the colours of what they grant.
func entryBits(t *ui.Theme, e uint64, table bool) []ui.Bit {
	bits := []ui.Bit{
		{Name: "P", Set: e&bitP != 0, Fill: t.Ink2, Means: "present: the entry means something to the MMU"},
		{Name: "W", Set: e&bitW != 0, Fill: t.Granted, Means: "writable"},
		{Name: "U", Set: e&bitU != 0, Fill: t.Ring3, Means: "reachable from ring 3"},
		{Name: "A", Set: e&bitA != 0, Fill: t.Ink3, Means: "accessed: the MMU has used it"},
	}
	if !table {
		bits = append(bits, ui.Bit{Name: "D", Set: e&bitD != 0, Fill: t.Granted, Means: "dirty: the page has been written to"})
	} else {
		bits = append(bits, ui.Bit{Name: "PS", Set: e&bitPS != 0, Fill: t.Ink2, Means: "page size: this entry names a large page, the walk ends here"})
	}
	return append(bits, ui.Bit{Name: "NX", Set: e&bitNX != 0, Fill: t.Ink2, Means: "nothing in it may be executed"})
}

// pageBits are the few bits of a PTE that matter for sharing.
func pageBits(t *ui.Theme, e uint64) []ui.Bit {
	all := entryBits(t, e, false)
	return []ui.Bit{all[0], all[2], all[1], all[3], all[4]}
}

// entryPanel explains one entry of the walk in words.
func entryPanel(c *ui.Context, w *view.Walk, r ui.Rect, level int) {
	t, l := c.Theme, &w.Levels[level]
	c.Frame(r, 8, 1, t.Paper, t.Line)
	x := r.X + 18
	c.Text(x, r.Y+25, ui.Head, t.Ink, l.Name+"E "+itoa(l.Index))
	wide := c.Text(x, r.Y+47, ui.MonoBig, t.Ink, entryHex(w, l.Entry))
	askEntry(c, w, level, ui.Rect{X: x - 5, Y: r.Y + 30, W: wide + 10, H: 24})
	half := x + max(200, min(250, r.W*0.36))
	if r.W < 480 {
		c.Bits(x+90, r.Y+14, 15, walkBits(t, w, level))
		c.Para(x, r.Y+66, r.W-36, 16, 2, ui.Small, t.Ink2, entryWords(w, level))
		return
	}
	c.TextFit(x, r.Y+70, half-x-16, ui.Small, t.Ink3, entryPlace(w, l))
	if l.Entry&bitP != 0 {
		frame := l.Entry & frameMask >> 12
		words := "→ frame " + hex(frame, 5)
		link := ui.Rect{X: half, Y: r.Bottom() - 24, W: c.Width(ui.SmallM, words) + 8, H: 18}
		c.Text(link.X, link.Y+13, ui.SmallM, t.Ring3, words)
		toFrame(c, link, frame, "the frame that this entry names, physical "+hex(frame<<12, 8))
	}
	c.Bits(half, r.Y+14, 17, walkBits(t, w, level))
	c.Para(half, r.Y+53, r.Right()-half-16, 17, 2, ui.Text, t.Ink2, entryWords(w, level))
}

// entryHex writes an entry in its width.
func entryHex(w *view.Walk, e uint64) string {
	if w.Entry == 4 {
		return hex(e, 8)
	}
	return hex16(e)
}

// entryPlace says where an entry was read.
func entryPlace(w *view.Walk, l *view.Level) string {
	if l.Reg {
		return "a register, not memory"
	}
	return "physical " + hex(l.Table+uint64(l.Index)*uint64(w.Entry), 8)
}

// walkBits are the bits that an entry of the walk has: one of 4 bytes has no NX.
func walkBits(t *ui.Theme, w *view.Walk, level int) []ui.Bit {
	l := &w.Levels[level]
	bits := entryBits(t, l.Entry, level < len(w.Levels)-1 || w.Page > 4096)
	switch {
	case l.Reg:
		return bits[:1]
	case w.Entry == 4:
		return bits[:len(bits)-1]
	}
	return bits
}

// entryWords says what an entry allows and where the walk goes from it.
func entryWords(w *view.Walk, level int) string {
	l := &w.Levels[level]
	e := l.Entry
	if e&bitP == 0 {
		return "Not present: the walk stops here and the CPU raises #PF."
	}
	if l.Reg && level+1 < len(w.Levels) {
		return "Present; it has no permissions of its own and names the " + w.Levels[level+1].Name + "."
	}
	s := "Present, read-only"
	if e&bitW != 0 {
		s = "Present, writable"
	}
	if e&bitU != 0 {
		s += " and reachable from ring 3"
	} else {
		s += ", for ring 0 alone"
	}
	last := level == len(w.Levels)-1
	switch {
	case last && w.Fault != "":
		return s + "; " + w.Fault + "."
	case last && w.Page > 4096:
		return s + "; a page of " + bytesOf(w.Page) + ", so the walk ends here."
	case last && e&bitCow != 0:
		return s + "; the kernel has marked it: copy it when someone writes."
	case last:
		return s + "; it names the frame."
	}
	return s + "; not a large page, so the walk goes on to the " + w.Levels[level+1].Name + "."
}

// tlbRow draws what the TLB remembers, newest first, and whether it knew this page.
func tlbRow(c *ui.Context, m *Model, r ui.Rect) {
	t, b := c.Theme, &m.F.TLB
	c.Text(r.X, r.Y+24, ui.Head, t.Ink, "TLB")
	n := max(3, min(8, int((r.W-120)/84)))
	cell := ui.Rect{X: r.X + 42, Y: r.Y + 9, H: 22}
	cell.W = (r.W - 42 - 5*float32(n-1) - 128) / float32(n)
	if r.W < 500 {
		cell.W = (r.W - 42 - 5*float32(n-1)) / float32(n)
	}
	for i := range n {
		if i < len(b.Entries) {
			tlbCell(c, m, cell, &b.Entries[i])
		} else {
			c.Outline(cell, 4, 1, t.Soft)
			c.TextMid(cell.CX(), cell.Y+15, ui.Mono, t.Ink3, "—")
		}
		cell.X += cell.W + 5
	}
	if r.W >= 500 {
		c.TextRight(r.Right(), r.Y+24, ui.Small, t.Ink2, tlbWords(b))
	}
}
