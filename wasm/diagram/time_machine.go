package diagram

import (
	"sort"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// machineLanes draws time as the machine alone knows it: which ring had the CPU, under which tables, and what came
// through which door.
func (d *timeline) machineLanes(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	label := min(112, r.W*0.26)
	area := ui.Rect{X: r.X + label, Y: r.Y, W: r.W - label, H: r.H - 22}
	zoom(c, m, area)
	l := newLanes(m, area)
	room := max(5, int(area.H/22)) - 3
	doors := doorsInView(m, l, min(4, room/2))
	spaces := l.recent(m, max(1, min(5, room-len(doors))))
	rows := 3 + len(doors) + len(spaces)
	pitch := min(44, area.H/float32(rows))
	y := r.Y
	row := func(words string, ink ui.Color) float32 {
		mid := y + pitch/2
		c.TextFit(r.X, mid+4, label-10, ui.Mono, ink, words)
		c.HLine(area.X, area.Right(), mid, t.Soft)
		y += pitch
		return mid
	}
	for _, band := range []struct {
		words string
		ring  uint8
		ink   ui.Color
	}{{"ring 3", 3, t.Ring3}, {"ring 0", 0, t.Ring0}, {"halted", view.RingIdle, t.Ink3}} {
		mid := row(band.words, band.ink)
		l.stays(c, m, band.ring, band.ink, mid)
	}
	for _, lane := range spaces {
		mid := row(laneLabel(m, lane), t.Ink2)
		l.tables(c, lane, mid)
	}
	for i := range doors {
		mid := row(doors[i].words, t.Ink)
		l.uses(c, m, &doors[i], mid)
	}
	l.seek(c, m)
	l.now(c, m, r.Y, y)
	l.scale(c, m, y+14)
}

// stays draws when a ring had the CPU.
func (l lanes) stays(c *ui.Context, m *Model, ring uint8, col ui.Color, mid float32) {
	for _, s := range m.H.Rings {
		if s.Ring != ring {
			continue
		}
		r, ok := l.bar(s.From, s.To, mid-8, 16)
		if !ok {
			continue
		}
		r.W = max(r.W, 1)
		c.Fill(r, col.Fade(0.85))
		if r.W > 3 {
			to := s.To
			if to == 0 || to > l.at {
				to = l.at
			}
			c.Hover(r, span(to-min(to, s.From)))
		}
	}
}

// tables draws when an address space was CR3's.
func (l lanes) tables(c *ui.Context, lane *view.Lane, mid float32) {
	for _, s := range lane.Spans {
		if r, ok := l.bar(s.From, s.To, mid-6, 12); ok && s.State == view.Running {
			r.W = max(r.W, 1)
			c.Round(r, min(2, r.W/2), c.Theme.Table.Fade(0.8))
			c.Hover(r, "CR3 named the tables at "+hex(uint64(lane.PID)<<12, 8)+", "+length(s))
		}
	}
}

// doorUse is a door with the event that tells of its use.
type doorUse struct {
	words string
	kind  view.Kind
	a     uint64 // what the event's A must be; of exceptions its upper half
	n     int    // in view
}

// doorsInView returns at most n doors that were used in view, those used most, by their names.
func doorsInView(m *Model, l lanes, n int) []doorUse {
	var list []doorUse
	for i := range m.F.Rings.Doors {
		door := &m.F.Rings.Doors[i]
		u := doorUse{words: door.Name, a: uint64(door.Vector)}
		switch door.Kind {
		case view.DoorSyscall:
			u.kind = view.KindSyscallIn
		case view.DoorSysenter:
			u.kind = view.KindSysenter
		case view.DoorSoft:
			u.kind = view.KindSoftInt
		case view.DoorException:
			u.kind = view.KindException
		case view.DoorInterrupt:
			u.kind, u.words = view.KindInterrupt, door.Name+" "+door.About
		default:
			continue
		}
		for k := range m.H.Marks {
			if e := &m.H.Marks[k]; u.is(e) && e.At > l.from {
				u.n++
			}
		}
		if u.n > 0 {
			list = append(list, u)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].n > list[j].n })
	list = list[:min(n, len(list))]
	sort.Slice(list, func(i, j int) bool { return list[i].words < list[j].words })
	return list
}

// is tells whether an event is a use of the door.
func (u *doorUse) is(e *view.Event) bool {
	switch {
	case e.Kind != u.kind:
		return false
	case u.kind == view.KindSyscallIn, u.kind == view.KindSysenter:
		return true
	case u.kind == view.KindException:
		return e.A>>32 == u.a
	}
	return e.A == u.a
}

// uses draws a tick for each use of a door.
func (l lanes) uses(c *ui.Context, m *Model, u *doorUse, mid float32) {
	last := float32(-10)
	for k := range m.H.Marks {
		e := &m.H.Marks[k]
		if !u.is(e) || e.At <= l.from || e.At > l.to {
			continue
		}
		x := l.x(e.At)
		if x-last < 1.5 {
			continue
		}
		last = x
		c.Fill(ui.Rect{X: x - 0.7, Y: mid - 7, W: 1.4, H: 14}, markColor(c.Theme, u.kind))
		c.Hover(ui.Rect{X: x - 3, Y: mid - 9, W: 6, H: 18}, u.words+" at "+span(e.At))
	}
}
