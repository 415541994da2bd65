package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// areaPanel tells all there is to know of a mapping.
func (d *memory) areaPanel(c *ui.Context, m *Model, s *view.Space, a *view.Region, r ui.Rect) {
	t := c.Theme
	name := a.Name
	if name == "" {
		name = "anonymous memory"
	}
	c.TextFit(r.X, r.Y+13, r.W-34, ui.MonoHd, t.Ink, name)
	closed := ui.Rect{X: r.Right() - 20, Y: r.Y, W: 20, H: 18}
	c.Cross(ui.Point{X: closed.CX(), Y: closed.CY()}, 4, 1.4, t.Ink3)
	if _, clicked := c.Click(closed, "close"); clicked {
		d.pid = 0
	}
	c.TextFit(r.X, r.Y+31, r.W, ui.Mono, t.Ink2, longAddress(a.Start)+" – "+longAddress(a.End-1))
	c.TextFit(r.X, r.Y+48, r.W-84, ui.Small, t.Ink2, "pid "+itoa(s.PID)+" · "+plural(a.Pages(), "page")+" · "+bytesOf(a.End-a.Start))
	has := func(i int, letter byte) bool { return i < len(a.Prot) && a.Prot[i] == letter }
	c.Bits(r.Right()-73, r.Y+37, 15, []ui.Bit{
		{Name: "R", Set: has(0, 'r'), Fill: t.Ring3, Means: "may be read"},
		{Name: "W", Set: has(1, 'w'), Fill: t.Granted, Means: "may be written"},
		{Name: "X", Set: has(2, 'x'), Fill: t.Ink2, Means: "may be executed"},
		{Name: "S", Set: has(3, 's'), Fill: t.Anon, Means: "shared: who maps it too sees what is written"}})
	y := r.Y + 70
	if a.Name != "" && a.Name[0] == '/' {
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink2, "from byte "+hex(a.Offset, 1)+" ("+group(a.Offset)+") of the file on")
		y += 17
	}
	for _, l := range areaCounts(a) {
		if y > r.Bottom()-18 {
			break
		}
		pageSquare(c, ui.Rect{X: r.X, Y: y - 9, W: 10, H: 10}, l.kind, 1)
		c.TextFit(r.X+16, y, r.W-16, ui.Small, t.Ink2, l.text)
		y += 16
	}
	if y < r.Bottom()-14 {
		c.Para(r.X, y+4, r.W, 15, int((r.Bottom()-y)/15), ui.Small, t.Ink3, touchWords(a))
	}
}

type countLine struct {
	kind view.Page
	text string
}

// areaCounts says how many pages of an area stand how.
func areaCounts(a *view.Region) []countLine {
	if a.Per != 1 {
		absent := a.Pages() - uint64(a.Present) - uint64(a.Swapped)
		lines := []countLine{{view.PageAnon, group(uint64(a.Present)) + " in memory"}, {view.PageNone, group(absent) + " " + view.PageNames[view.PageNone]}}
		if a.Swapped > 0 {
			lines = append(lines, countLine{view.PageSwapped, group(uint64(a.Swapped)) + " in swap"})
		}
		return lines
	}
	var n [view.NumPages]int
	for _, p := range a.Cells {
		if k := view.Page(p) & view.PageKind; k < view.NumPages {
			n[k]++
		}
	}
	var lines []countLine
	for k, n := range n {
		if n > 0 {
			lines = append(lines, countLine{view.Page(k), group(uint64(n)) + " " + view.PageNames[k]})
		}
	}
	return lines
}

// touchWords says what happens at the first touch of a page.
func touchWords(a *view.Region) string {
	shared := len(a.Prot) > 3 && a.Prot[3] == 's'
	switch {
	case len(a.Prot) < 3 || a.Prot[:3] == "---":
		return "Any touch is a segmentation fault: this area only keeps others away."
	case a.Name != "" && a.Name[0] == '/' && shared:
		return "A touch maps the file's own page; what is written reaches the file."
	case a.Name != "" && a.Name[0] == '/' && a.Prot[1] == 'w':
		return "Reading maps the file's page; writing makes a copy of it first."
	case a.Name != "" && a.Name[0] == '/':
		return "A touch maps the file's page, which all have in common who map the file."
	case shared:
		return "A touch finds the page that the others have, or the first one for all."
	case a.Prot[1] != 'w':
		return "A touch maps what is there; nothing can be written."
	}
	return "Reading a new page finds zeros, which all share; writing finds a frame for it."
}
