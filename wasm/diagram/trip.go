package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// station names a part of the computer, wherever on the canvas it is drawn.
type station uint8

// The parts between which something can travel.
const (
	spotCPU station = iota + 1
	spotMMU
	spotRAM
	spotKernel
	spotTimer
	spotPIC
	spotUART
	spotDisk
	spotConsole
	numSpots
)

// trip is something on its way between parts: which event it shows, and since when (host time).
type trip struct {
	kind  view.Kind
	event view.Event
	start float64
}

// tripKinds are the events that are shown as something that travels.
var tripKinds = view.MaskOf(view.KindInterrupt, view.KindException, view.KindPageFault, view.KindSyscall, view.KindDiskRead, view.KindDiskWrite, view.KindConsole)

// How long a trip takes, and for how long its end can be seen, in host milliseconds.
const (
	perLeg   = 330
	tripRest = 500
)

// place notes where a part is drawn in this picture, the first time.
func (m *Model) place(s station, r ui.Rect) {
	if m.spots[s].W == 0 {
		m.spots[s] = r
	}
}

// PlaceDiagram notes that a diagram stands in r: what it is about is there.
func (m *Model) PlaceDiagram(id string, r ui.Rect) {
	switch id {
	case IDInstructions:
		m.place(spotCPU, r)
	case IDWalk:
		m.place(spotMMU, r)
	case IDMemory:
		m.place(spotRAM, r)
	case IDRings:
		m.place(spotKernel, r)
	case IDTime:
		m.place(spotTimer, r)
		m.place(spotPIC, r)
	case IDConsole:
		m.place(spotConsole, r)
	}
}

// travels notes an event that will be shown as something that travels, unless another one is still on its way: while the machine
// runs, one is shown at a time and to its end.
func (m *Model) travels(e *view.Event, now float64) {
	if tripKinds>>e.Kind&1 == 0 {
		return
	}
	if m.F.Running && now < m.trip.start+float64(len(m.legs(m.trip)))*perLeg+tripRest {
		return
	}
	m.trip = trip{e.Kind, *e, now}
}

// slowly is how many instructions a second still let each one's fetch be seen.
const slowly = 4

// fetched notes that the next instruction comes from its frame, when the machine goes step by step and nothing else has happened.
func (m *Model) fetched(before *view.Frame, now float64) {
	f := m.F
	steps := f.Retired - before.Retired
	if m.trip.start == now || f.Retired <= before.Retired || steps > slowly || f.Running && (f.Speed == 0 || f.Speed > slowly) {
		return
	}
	m.trip = trip{view.KindInstr, view.Event{At: f.Now, A: f.CPU.RIP}, now}
}

// leg is a part of a trip.
type leg struct {
	from, to station
	text     string
}

// legs is the way of a trip from part to part.
func (m *Model) legs(t trip) []leg {
	switch e := &t.event; t.kind {
	case view.KindInterrupt:
		v := itoa(int(e.A))
		from := []leg{{spotTimer, spotPIC, "IRQ 0"}}
		switch line := int(e.A) - int(m.F.Timer.Base[0]); {
		case line == 4:
			from[0] = leg{spotUART, spotPIC, "IRQ 4"}
		case line == 14:
			from[0] = leg{spotDisk, spotPIC, "IRQ 14"}
		case line != 0:
			from = nil
		}
		return append(from, leg{spotPIC, spotCPU, v}, leg{spotCPU, spotRAM, "IDT[" + v + "]"}, leg{spotCPU, spotKernel, "handler"})
	case view.KindInstr:
		text := "fetch"
		if l := current(m); l != nil && len(l.Bytes) > 0 {
			text = hexBytes(l.Bytes[:min(len(l.Bytes), 8)])
		}
		return []leg{{spotRAM, spotCPU, text}}
	case view.KindException:
		name, _ := view.VectorName(uint8(e.A >> 32))
		if e.A>>32 == pageFault {
			return []leg{{spotMMU, spotKernel, name}}
		}
		return []leg{{spotCPU, spotKernel, name}}
	case view.KindPageFault:
		return []leg{{spotMMU, spotKernel, "#PF"}, {spotKernel, spotRAM, "entry"}, {spotKernel, spotCPU, "try again"}}
	case view.KindSyscall:
		name := m.H.Calls[e.A]
		if name == "" {
			name = "call " + itoa(int(e.A))
		}
		return []leg{{spotCPU, spotKernel, name}}
	case view.KindDiskRead:
		return []leg{{spotDisk, spotRAM, plural(e.B, "sector")}}
	case view.KindDiskWrite:
		return []leg{{spotRAM, spotDisk, plural(e.B, "sector")}}
	case view.KindConsole:
		text := "byte " + hex(e.A&0xff, 2)
		if e.A > ' ' && e.A < 127 {
			text = string(rune(e.A))
		}
		return []leg{{spotKernel, spotUART, text}, {spotUART, spotConsole, text}}
	}
	return nil
}

// pageFault is the vector of page faults.
const pageFault = 14

// underway tells whether something is on its way now.
func (m *Model) underway(c *ui.Context) bool {
	return !c.Reduced && m.trip.start > 0 && c.Now < m.trip.start+float64(len(m.legs(m.trip)))*perLeg
}

// lit tells how strongly a trip of one of the kinds is to be seen: fully on its way and while the machine stands at that moment,
// fading after.
func (m *Model) lit(c *ui.Context, kinds view.Mask) float32 {
	t := &m.trip
	if kinds>>t.kind&1 == 0 {
		return 0
	}
	if !m.F.Running && m.F.Now-min(m.F.Now, t.event.At) < perMicro*10 {
		return 1
	}
	end := t.start + float64(len(m.legs(*t)))*perLeg
	return 1 - c.Since(end, tripRest)
}

// DrawTrip draws what is on its way, over everything else.
func DrawTrip(c *ui.Context, m *Model) {
	legs := m.legs(m.trip)
	n := 0
	for _, l := range legs { // those of which both ends can be seen
		if a, b := m.spots[l.from], m.spots[l.to]; a.W > 0 && b.W > 0 && a != b {
			legs[n] = l
			n++
		}
	}
	if n == 0 || c.Reduced || m.trip.start <= 0 {
		return
	}
	gone := (c.Now - m.trip.start) / perLeg
	if gone < 0 || gone >= float64(n) {
		return
	}
	c.Moving = true
	l := legs[int(gone)]
	at := c.Since(m.trip.start+float64(int(gone))*perLeg, perLeg)
	drawLeg(c, m, l, at)
}

// drawLeg draws one leg of a trip: its way, what has been gone of it, and the coin.
func drawLeg(c *ui.Context, m *Model, l leg, at float32) {
	t := c.Theme
	col := t.Ring0
	switch l.from {
	case spotDisk:
		col = t.Cache
	case spotUART:
		col = t.Ink2
	case spotRAM:
		col = t.Ring3
	}
	if l.to == spotDisk {
		col = t.Cache
	}
	way := between(m.spots[l.from], m.spots[l.to])
	if p := m.ways[l.from][l.to]; p != nil {
		way = p
	}
	c.Line(way.Cut(max(0, at-0.45), at), 2.2, col.Fade(0.55))
	p := way.At(at)
	w := c.Width(ui.SmallB, l.text) + 14
	r := ui.Rect{X: p.X - w/2, Y: p.Y - 9, W: w, H: 18}
	c.Round(r, 9, col)
	c.TextMid(p.X, p.Y+4, ui.SmallB, t.OnAccent, l.text)
}

// between is the way from the edge of one part to that of another: across where they lie beside each other, down or up else.
func between(a, b ui.Rect) ui.Path {
	if a.Right() <= b.X || b.Right() <= a.X {
		from, to := ui.Point{X: a.Right(), Y: a.CY()}, ui.Point{X: b.X, Y: b.CY()}
		if b.Right() <= a.X {
			from.X, to.X = a.X, b.Right()
		}
		return ui.Swing(from, to)
	}
	x := (max(a.X, b.X) + min(a.Right(), b.Right())) / 2
	from, to := ui.Point{X: x, Y: a.Bottom()}, ui.Point{X: x, Y: b.Y}
	if b.Bottom() <= a.Y {
		from.Y, to.Y = a.Y, b.Bottom()
	}
	return ui.Path{from, to}
}
