package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// joins tells whether a link leads from one task to another.
func joins(m *Model, i int) bool {
	l := &m.F.Procs.Links[i]
	for k := range l.Ends {
		if l.Ends[k].PID != l.Ends[0].PID {
			return true
		}
	}
	return false
}

// chip is where a link is drawn.
type chip struct {
	l  *view.Link
	at ui.Rect
}

// chips finds a place for each link of which two ends are in the picture, beside the tasks that have it open.
func chips(m *Model, nodes []node, r ui.Rect) (list []chip) {
	const most = 10
	for i := range m.F.Procs.Links {
		if len(list) == most {
			break
		}
		if !joins(m, i) {
			continue
		}
		if at, ok := place(nodes, &m.F.Procs.Links[i], len(list), r); ok {
			list = append(list, chip{&m.F.Procs.Links[i], at})
		}
	}
	return list
}

// place returns a link's place; lane keeps it apart from the others.
func place(nodes []node, l *view.Link, lane int, area ui.Rect) (ui.Rect, bool) {
	right, y, n := float32(0), float32(0), 0
	for _, e := range l.Ends {
		if j := find(nodes, e.PID); j >= 0 {
			right = max(right, nodes[j].at.Right())
			y += nodes[j].at.CY()
			n++
		}
	}
	at := ui.Rect{W: 44, H: 20}
	at.X = min(right+30+float32(lane%2)*24, area.Right()-at.W)
	at.Y = y/float32(max(n, 1)) - at.H/2
	return at, n >= 2
}

// ways draws the lines to the links, with arrows in the direction of the bytes. Who has both ends open, as between pipe and fork,
// gets a quiet line.
func ways(c *ui.Context, nodes []node, list []chip) {
	for _, ch := range list {
		for k, e := range ch.l.Ends {
			j := find(nodes, e.PID)
			if j < 0 {
				continue
			}
			both := e.Read && e.Write && ch.l.Kind != "socket"
			for i, o := range ch.l.Ends {
				if o.PID == e.PID && i != k && (o.Read != e.Read || o.Write != e.Write) {
					both = true
				}
			}
			arrow(c, nodes[j].at, ch.at, &e, both || passedOn(nodes, ch.l, j))
		}
	}
}

// passedOn tells whether a child has the link open, too: its parent has made it and only keeps it until it is closed.
func passedOn(nodes []node, l *view.Link, parent int) bool {
	for i := range l.Ends {
		if j := find(nodes, l.Ends[i].PID); j >= 0 && nodes[j].up == parent {
			return true
		}
	}
	return false
}

// link draws a pipe or a pair of sockets as a chip that fills.
func link(c *ui.Context, l *view.Link, chip ui.Rect) {
	t := c.Theme
	edge := t.Ink2
	if l.Lost {
		edge = t.Ring0
	}
	c.Frame(chip, 10, 1.2, t.Card, edge)
	if l.Bytes > 0 && l.Size > 0 {
		full := ui.Rect{X: chip.X + 2, Y: chip.Y + 2, W: (chip.W - 4) * max(0.12, min(1, float32(l.Bytes)/float32(l.Size))), H: chip.H - 4}
		c.Round(full, 8, t.Ink2.Fade(0.25))
	}
	c.TextMid(chip.CX(), chip.Y+14, ui.Tiny, t.Ink, c.Fit(ui.Tiny, l.Kind, chip.W-6))
	c.Hover(chip, linkTip(l))
}

// arrow draws an end of a pipe: to the chip from who writes, from it to who reads.
func arrow(c *ui.Context, at, chip ui.Rect, e *view.End, both bool) {
	t := c.Theme
	from, to := ui.Point{X: at.Right(), Y: at.CY()}, ui.Point{X: chip.CX(), Y: chip.Y}
	if at.CY() > chip.CY() {
		to.Y = chip.Bottom()
	}
	if d := at.CY() - chip.CY(); d > -12 && d < 12 {
		to = ui.Point{X: chip.X, Y: chip.CY()}
	}
	way := ui.Bezier(from, ui.Point{X: to.X, Y: from.Y}, ui.Point{X: to.X, Y: ui.Lerp(from.Y, to.Y, 0.4)}, to)
	switch {
	case both:
		c.Line(way, 1.2, t.Line)
	case e.Read && e.Write:
		c.Line(way, 1.5, t.Ink2)
	case e.Write:
		c.Arrow(way, 1.5, 8, t.Ink2)
	default:
		back := make(ui.Path, len(way))
		for i := range way {
			back[len(way)-1-i] = way[i]
		}
		c.Arrow(back, 1.5, 8, t.Ink2)
	}
}

func linkTip(l *view.Link) string {
	s := l.Name + ": " + group(l.Bytes) + " of " + group(l.Size) + " bytes wait to be read."
	for i := range l.Ends {
		if i == 6 {
			s += "\nand " + itoa(len(l.Ends)-6) + " more ends"
			break
		}
		s += "\ndescriptor " + l.Ends[i].Text()
	}
	if l.Lost {
		s += "\nNobody has the other end: a reader finds the end of the file, a writer gets SIGPIPE."
	}
	return s
}

// signalled draws the last signal on its way from its sender to its target, as long as it is news.
func signalled(c *ui.Context, m *Model, nodes []node) {
	s := &m.F.Procs.Signal
	if when := max(s.Sent, s.At); s.Number == 0 || when < m.F.Procs.Fork.At || !news(m, when) {
		return
	}
	to := find(nodes, s.To)
	if to < 0 {
		return
	}
	t, target := c.Theme, nodes[to].at
	tip := ui.Point{X: target.X + 26, Y: target.Y - 1}
	from := ui.Point{X: tip.X, Y: tip.Y - 28}
	if i := find(nodes, s.From); i >= 0 && i != to {
		from = ui.Point{X: nodes[i].at.X + 26, Y: nodes[i].at.Y - 1}
		if nodes[i].at.CY() < target.CY() {
			from.Y = nodes[i].at.Bottom() + 1
		}
	}
	way := ui.Path{from, tip}
	if from.X != tip.X {
		lift := max(26, min(70, (from.X-tip.X)*0.3))
		way = ui.Bezier(from, ui.Point{X: from.X - 26, Y: from.Y}, ui.Point{X: tip.X - 20, Y: tip.Y - lift}, tip)
	}
	c.Dashes(way, 1.6, 5, 3, t.Ring0)
	c.Head(way, 9, t.Ring0)
	at := way.At(0.15 + 0.5*c.Since(max(m.Seen[view.KindSent], m.Seen[view.KindSignal]), 600))
	w := c.Width(ui.MonoSB, s.Name) + 14
	chip := ui.Rect{X: at.X - w/2, Y: at.Y - 9, W: w, H: 18}
	c.Round(chip, 9, t.Ring0)
	c.TextMid(chip.CX(), chip.Y+12.5, ui.MonoSB, t.OnAccent, s.Name)
	c.Hover(chip, s.Name+" (signal "+itoa(s.Number)+") from "+s.Sender()+" to pid "+itoa(s.To)+": "+s.Action+".")
}

// lately says what happened last: the fork, the signal and the end.
func lately(c *ui.Context, m *Model, r ui.Rect) {
	t, p := c.Theme, &m.F.Procs
	c.HLine(r.X, r.Right(), r.Y, t.Soft)
	var words []struct{ head, text string }
	if f := &p.Fork; f.At != 0 {
		call := f.Call
		if call == "" {
			call = "fork"
		}
		text := call + " in " + itoa(f.Parent) + " made " + itoa(f.Child)
		if f.Returned {
			text += ": it returned " + itoa(int(f.Value)) + " there and 0 in " + itoa(f.Child)
		}
		words = append(words, struct{ head, text string }{"last fork", text})
	}
	s := &p.Told
	if s.Number == 0 {
		s = &p.Signal
	}
	if s.Number != 0 {
		words = append(words, struct{ head, text string }{"last signal", s.Name + " from " + s.Sender() + " to " + itoa(s.To) + ": " + s.Action})
	}
	if n := len(p.Gone); n > 0 {
		words = append(words, struct{ head, text string }{"last end", itoa(p.Gone[n-1].PID) + ", " + p.Gone[n-1].Status})
	}
	if len(words) == 0 {
		return
	}
	cols := r.Columns(len(words), 20)
	if r.W < 520 {
		cols = cols[len(cols)-1:]
		cols[0] = r
		words = words[:1]
	}
	for i, col := range cols {
		c.Text(col.X, col.Y+18, ui.SmallB, t.Ink3, words[i].head)
		c.Para(col.X, col.Y+35, col.W, 15, 2, ui.Small, t.Ink2, words[i].text)
		c.Hover(col, words[i].text)
	}
}
