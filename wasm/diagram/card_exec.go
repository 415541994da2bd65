package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// execCard is the last execve at a glance: the files on the way, who took each, and the segments in memory.
func execCard(c *ui.Context, m *Model, r ui.Rect) {
	t, e := c.Theme, &m.F.Exec
	if !e.Valid || len(e.Levels) == 0 {
		c.Para(r.X, r.Y+14, r.W, 17, 0, ui.Text, t.Ink2, execLead(m))
		return
	}
	const row = 22
	_, body := r.CutTop(2, 0)
	space := float32(48)
	n := min(len(e.Levels), max(1, int((body.H-space-22)/row)))
	from := len(e.Levels) - n
	for i := range n {
		l := &e.Levels[from+i]
		y := body.Y + float32(i)*row
		word, col := cardVerdict(l)
		text, ink := t.OnAccent, t.Granted
		if !col {
			ink = t.Ring0
		}
		w := c.Width(ui.SmallB, word) + 14
		box := ui.Rect{X: body.Right() - w, Y: y, W: w, H: 17}
		c.Round(box, 8, ink)
		c.Text(box.X+7, y+12.5, ui.SmallB, text, word)
		c.TextFit(body.X, y+13, body.W-w-8, ui.MonoM, t.Ink, l.Path)
		if k := len(l.Steps); k > 0 {
			c.Hover(ui.Rect{X: body.X, Y: y, W: body.W, H: row - 3}, l.Path+": "+formatTip(&l.Steps[k-1]))
		}
	}
	foot := ui.Rect{X: body.X, Y: body.Y + float32(n)*row + 8, W: body.W}
	foot.H = r.Bottom() - foot.Y
	if e.Errno != "" {
		c.Para(foot.X, foot.Y+14, foot.W, 17, 2, ui.Text, t.Ring0, e.Call+" failed: "+e.Errno+". The old program goes on.")
		return
	}
	bottom := cardSpace(c, e, foot)
	words := "entry " + hex(e.Entry, 6)
	if e.Interp.Path != "" {
		words = "linker first, then " + hex(e.AtEntry, 6)
	}
	c.TextFit(foot.X, min(bottom+17, r.Bottom()), foot.W, ui.Small, t.Ink2, words)
}

// cardSpace draws the file's segments and the areas that they became, and returns where it ended.
func cardSpace(c *ui.Context, e *view.Exec, r ui.Rect) float32 {
	t := c.Theme
	list := spaceBoxes(e)
	w := (r.W - 3*float32(len(list)-1)) / float32(max(1, len(list)))
	y, h := r.Y, min(30, r.H-22)
	strip := ui.Rect{X: r.X, Y: r.Y + 2, W: r.W, H: 11}
	falls := r.H > 92
	if falls {
		y += 40
		c.Fill(strip, t.Fill)
	}
	for i := range list {
		b := &list[i]
		b.r = ui.Rect{X: r.X + float32(i)*(w+3), Y: y, W: w, H: h}
		col := execAreaColor(t, b.area)
		if n := b.area.Index; falls && b.area.Kind == view.AreaProgram && n >= 0 && n < len(e.Program.Headers) {
			p, size := &e.Program.Headers[n], float32(max(e.Program.Size, 1))
			from := ui.Rect{X: strip.X + strip.W*float32(p.Off)/size, Y: strip.Y, W: max(2, strip.W*float32(p.Filesz)/size), H: strip.H}
			c.Frame(from, 2, 1, t.Card.Mix(t.Cache, 0.3), t.Cache)
			from.H -= 5
			ribbon(c, from, filePartOf(b), 1, t.Cache.Fade(0.18))
		}
		c.Frame(b.r, 3, 1.1, t.Card.Mix(col, 0.3), col)
		if text := cardPerms(b.area.Prot); c.Width(ui.MonoSB, text) < w-4 {
			c.TextMid(b.r.CX(), b.r.CY()+3.6, ui.MonoSB, t.Ink, text)
		}
		if e.RIP >= b.area.Start && e.RIP < b.area.End {
			c.Outline(b.r.Inset(-1, -1), 4, 1.8, t.Ring3)
		}
	}
	return y + h
}

// cardVerdict is what the formats said of a file in one word, and whether one took it.
func cardVerdict(l *view.ExecLevel) (word string, taken bool) {
	for i := range l.Steps {
		s := &l.Steps[i]
		if s.Mine {
			return s.Format, true
		}
		if s.Errno != "ENOEXEC" {
			return s.Errno, false
		}
	}
	return "ENOEXEC", false
}

func cardPerms(prot string) string {
	text := ""
	for _, p := range prot {
		if p == 'r' || p == 'w' || p == 'x' {
			text += string(p)
		}
	}
	return text
}

// execBadge names the last program that was started.
func execBadge(c *ui.Context, m *Model, r ui.Rect) {
	t, e := c.Theme, &m.F.Exec
	if !e.Valid {
		badgeText(c, r, 0, ui.Text, t.Ink2, "no program yet")
		return
	}
	ink := t.Ink
	if e.Errno == "" {
		for i := range 3 { // a file with its segments
			c.Fill(ui.Rect{X: r.X + float32(i)*6, Y: r.Y + 5, W: 5, H: 9}, [3]ui.Color{t.Cache, t.Cache.Mix(t.Card, 0.4), t.Anon}[i])
		}
	} else {
		ink = t.Ring0
		c.Cross(ui.Point{X: r.X + 6, Y: r.Y + 9}, 4, 2, t.Ring0)
	}
	name := e.Filename
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			name = name[i+1:]
			break
		}
	}
	badgeText(c, r, 24, ui.MonoM, ink, name)
	words := "pid " + itoa(e.PID) + " called execve of " + e.Filename
	if e.Errno != "" {
		words += ": " + e.Errno
	}
	c.Hover(r, words)
}
