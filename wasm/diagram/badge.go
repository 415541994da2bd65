package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// badgeText writes a badge's one value, after a glyph that is as wide as room.
func badgeText(c *ui.Context, r ui.Rect, room float32, f ui.Face, col ui.Color, text string) {
	c.TextFit(r.X+room, r.Y+13.5, r.W-room, f, col, text)
}

// machineBadge tells how far the machine is.
func machineBadge(c *ui.Context, m *Model, r ui.Rect) {
	col := c.Theme.Ink3
	if m.F.Running && !m.F.CPU.Halted {
		col = c.Theme.Granted
	}
	c.Circle(ui.Point{X: r.X + 5, Y: r.Y + 9}, 4, col)
	badgeText(c, r, 16, ui.MonoM, c.Theme.Ink, short(m.F.Retired)+" instr.")
	c.Hover(r, plural(m.F.Retired, "instruction")+" since power-on, "+span(m.F.Now)+" of the machine's own time")
}

// short writes a count in at most four digits with its unit.
func short(n uint64) string {
	for _, u := range []struct {
		of   uint64
		name string
	}{{1_000_000_000, " G"}, {1_000_000, " M"}, {10_000, " k"}} {
		if n < u.of {
			continue
		}
		per := u.of
		if u.name == " k" {
			per = 1000
		}
		if n >= 100*per {
			return group(n/per) + u.name
		}
		return fixed(float64(n), float64(per)) + u.name
	}
	return group(n)
}

// instructionsBadge shows the instruction that comes next.
func instructionsBadge(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	ring := t.Ring0
	if m.F.CPU.Ring == 3 {
		ring = t.Ring3
	}
	c.Polygon(ring, ui.Point{X: r.X, Y: r.Y + 4}, ui.Point{X: r.X + 8, Y: r.Y + 9}, ui.Point{X: r.X, Y: r.Y + 14})
	words := "unreadable"
	if l := current(m); l != nil {
		words = l.Intel
	}
	badgeText(c, r, 14, ui.MonoM, t.Ink, words)
	ip, at := ipText(m)
	c.Hover(r, words+" at "+ip+" "+at)
}

// ringsBadge shows in which ring the CPU is.
func ringsBadge(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	at := ui.Point{X: r.X + 9, Y: r.Y + 9}
	outer, inner, words := t.Line, t.Line, "ring "+itoa(int(cpu.Ring))
	switch {
	case cpu.Mode == "real":
		words = "real mode"
	case cpu.Ring == 0:
		inner, words = t.Ring0, "ring 0 · kernel"
		if cpu.Halted {
			words = "ring 0 · halted"
		}
	default:
		outer, words = t.Ring3, words+" · user"
	}
	if c.Width(ui.TextB, words) > r.W-26 {
		words, _, _ = strings.Cut(words, " ·")
	}
	c.Ring(at, 9, 3, outer)
	c.Circle(at, 4, inner)
	badgeText(c, r, 26, ui.TextB, t.Ink, words)
	c.Hover(r, "the CPU's privilege level; "+plural(m.F.Rings.Inwards, "way")+" into ring 0 so far")
}

// timeBadge shows how long it is until the next tick.
func timeBadge(c *ui.Context, m *Model, r ui.Rect) {
	t, tm := c.Theme, &m.F.Timer
	at := ui.Point{X: r.X + 9, Y: r.Y + 9}
	c.Ring(at, 9, 3, t.Soft)
	if tm.Reload == 0 {
		badgeText(c, r, 26, ui.Text, t.Ink2, "not set yet")
		return
	}
	if left := min(1, float32(tm.Count)/float32(tm.Reload)); left > 0 {
		c.Line(ui.Arc(at, 7.5, 0, left), 3, t.Ring0)
	}
	words := "a tick is due"
	if tm.NextAt > m.F.Now {
		words = "in " + span(tm.NextAt-m.F.Now)
	}
	badgeText(c, r, 26, ui.TextB, t.Ink, words)
	c.Hover(r, group(tm.Ticks)+" ticks so far; the counter stands at "+itoa(int(tm.Count))+" of "+itoa(int(tm.Reload)))
}

// walkBadge shows the last page that was looked up and its frame.
func walkBadge(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Walk
	switch {
	case !m.F.CPU.Paging:
		badgeText(c, r, 0, ui.Text, t.Ink2, "paging is off")
	case !w.Valid:
		badgeText(c, r, 0, ui.MonoM, t.Ink, tlbWords(&m.F.TLB))
	case w.Fault != "":
		c.Cross(ui.Point{X: r.X + 5, Y: r.Y + 9}, 4, 2, t.Ring0)
		badgeText(c, r, 16, ui.MonoM, t.Ring0, "#PF "+shortVPN(w.VA>>12))
	default:
		badgeText(c, r, 0, ui.MonoM, t.Ink, shortVPN(w.VA>>12)+" → "+hex(w.Phys>>12, 3))
	}
	c.Hover(r, walkLead(m)+" "+tlbWords(&m.F.TLB)+".")
}

// cowBadge counts the frames that a family shares.
func cowBadge(c *ui.Context, m *Model, r ui.Rect) {
	t, w := c.Theme, &m.F.Cow
	y := r.Y + 9
	a, f, b := ui.Point{X: r.X + 4, Y: y}, ui.Point{X: r.X + 17, Y: y}, ui.Point{X: r.X + 30, Y: y}
	shared := w.Valid && w.Shared > 0
	col, words := t.Line, "0 shared"
	if shared {
		col, words = t.Anon, itoa(w.Shared)+" shared"
	}
	c.Line(ui.Path{a, b}, 1.6, col)
	c.Ring(a, 4, 1.4, t.Ink3)
	c.Ring(b, 4, 1.4, t.Ink3)
	c.Round(ui.Rect{X: f.X - 4, Y: y - 4, W: 8, H: 8}, 2, col)
	badgeText(c, r, 42, ui.TextB, t.Ink, words)
	if shared {
		c.Hover(r, "pid "+itoa(w.Parent.PID)+" and its child "+itoa(w.Child.PID)+" share "+itoa(w.Shared)+" of "+plural(uint64(w.Total), "frame")+"; "+group(w.Copies)+" copied on write so far")
	}
}

// consoleBadge shows the line that the cursor is on.
func consoleBadge(c *ui.Context, m *Model, r ui.Rect) {
	line := ""
	if l := lastLines(&m.F.Term, 1); len(l) > 0 {
		line = l[0]
	}
	badgeText(c, r, 0, ui.MonoM, c.Theme.Ink, line)
}

// taskCounts returns how many tasks run or could run, and how many there are.
func taskCounts(k *view.Kernel) (ready, all int) {
	for i := range k.Tasks {
		if s := k.Tasks[i].State; s == "running" || s == "ready" {
			ready++
		}
	}
	return ready, len(k.Tasks)
}
