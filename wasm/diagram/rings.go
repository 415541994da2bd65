package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Rings is the diagram of the privilege levels and the doors between them.
var Rings = Definition{
	ID: IDRings, Title: "Rings", Needs: view.MaskOf(view.KindException, view.KindInterrupt, view.KindSoftInt, view.KindSyscallIn, view.KindSysenter),
	Slow: Slow{What: "exceptions", Kinds: view.MaskOf(view.KindException, view.KindPageFault, view.KindSoftInt), Ms: 150},
	New:  func() Diagram { return &rings{} },
	Card: ringsCard, Badge: ringsBadge,
}

// rings remembers when (in host time) the newest crossing was first seen: a token goes through the door then.
type rings struct {
	at   uint64
	seen float64
	pick *pick // the door whose papers the reader wants to see, nil the one used last
}

// pick is a door that the reader chose.
type pick struct {
	kind   view.DoorKind
	vector uint16
}

// choose takes a door, or gives it back when it is chosen already.
func (d *rings) choose(p pick) {
	if d.pick != nil && *d.pick == p {
		d.pick = nil
		return
	}
	d.pick = &p
}

// Height implements Diagram.
func (d *rings) Height(_ *Model, w float32) float32 {
	if w < 640 {
		return 1236
	}
	return 600
}

// Draw implements Diagram.
func (d *rings) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	d.follow(c, m)
	head := r
	if r.W >= 480 {
		emblem(c, m, ui.Point{X: r.Right() - 46, Y: r.Y + 38})
		head.W -= 72
	}
	// The lead changes with every crossing: what is below it must not move with its length.
	lines, lead := float32(1), c.Fit(ui.Lead, ringsLead(m), head.W-40)
	if r.W < 640 {
		lines, lead = 3, ringsLead(m)
	}
	heading(c, head, "Rings, and the doors between them", lead)
	_, rest := r.CutTop(47+17*lines, 0)
	rest = ui.Rect{X: r.X + 20, Y: rest.Y, W: r.W - 40, H: rest.H - 20}
	rest = story(c, rest, doorSteps(m))
	if r.W < 640 {
		d.column(c, m, rest)
		return
	}
	rest, strip := rest.CutBottom(52, 12)
	user, rest := rest.CutTop(max(96, min(118, rest.H*0.24)), 0)
	wall, kernel := rest.CutTop(112, 0)
	outerBand(c, m, user)
	d.innerBand(c, m, kernel)
	doors, table := wall.CutRight(min(238, wall.W*0.25), 22)
	d.wall(c, m, doors)
	d.idtGrid(c, m, table.Inset(0, 14))
	crossings(c, m, strip)
}

// column is the layout for a narrow screen.
func (d *rings) column(c *ui.Context, m *Model, r ui.Rect) {
	user, r := r.CutTop(136, 0)
	wall, r := r.CutTop(224, 0)
	kernel, r := r.CutTop(542, 16)
	table, r := r.CutTop(100, 16)
	outerBand(c, m, user)
	d.innerBand(c, m, kernel)
	d.wall(c, m, wall)
	d.idtGrid(c, m, table)
	strip, _ := r.CutTop(56, 0)
	crossings(c, m, strip)
}

// follow notices a new crossing.
func (d *rings) follow(c *ui.Context, m *Model) {
	if n := len(m.F.Rings.Crossings); n > 0 {
		if at := m.F.Rings.Crossings[n-1].At; at != d.at {
			d.at, d.seen = at, c.Now
		}
	}
}

// lastCrossing returns the newest crossing, nil when there was none.
func lastCrossing(m *Model) *view.Crossing {
	if n := len(m.F.Rings.Crossings); n > 0 {
		return &m.F.Rings.Crossings[n-1]
	}
	return nil
}

// lastDoor returns the door of the last way inwards, nil when there was none.
func lastDoor(m *Model) *view.Door {
	v := &m.F.Rings
	if v.Saved.Door >= 0 && v.Saved.Door < len(v.Doors) {
		return &v.Doors[v.Saved.Door]
	}
	return nil
}

func ringsLead(m *Model) string {
	cpu := &m.F.CPU
	door := lastDoor(m)
	switch {
	case cpu.Mode == "real":
		return "In real mode there are no rings: whoever runs may do all. Interrupts go through a table of far pointers."
	case cpu.Ring != 0:
		return "CPL is " + itoa(int(cpu.Ring)) + ": " + runner(m) + " may compute and touch its own pages. Each way inwards is a door that the kernel has built."
	case cpu.Halted:
		return "CPL is 0. Nothing is to be done: the CPU is halted until an interrupt comes through its door."
	case door != nil && m.F.Rings.Saved.Open && m.F.Rings.Saved.From3:
		return "CPL is 0: " + doorWords(door) + " brought the CPU in" + ago(m) + ". The way back is saved below."
	case door != nil && m.F.Rings.Saved.Open:
		return "CPL is 0, and was 0 before: " + doorWords(door) + " interrupted the kernel itself" + ago(m) + "."
	case m.F.Rings.Inwards == 0 && m.F.Rings.Time[3] == 0:
		return "CPL is 0: nothing has run in ring 3 yet. The kernel prepares the doors before it lets anybody out."
	}
	return "CPL is 0: the kernel may do everything, also load CR3, the IDT and the MSRs behind the doors."
}

// runner names who runs in the outer ring.
func runner(m *Model) string {
	if t := m.task(m.F.Kernel.Current); t != nil {
		return "pid " + itoa(t.PID) + " (" + t.Comm + ")"
	}
	return "the program"
}

func doorWords(d *view.Door) string {
	if d.About == "" {
		return d.Name
	}
	return d.Name + " (" + d.About + ")"
}

func ago(m *Model) string {
	for i := len(m.F.Rings.Crossings) - 1; i >= 0; i-- {
		if x := &m.F.Rings.Crossings[i]; !x.Back {
			return ", " + span(m.F.Now-min(m.F.Now, x.At)) + " ago"
		}
	}
	return ""
}

// doorSteps is what the CPU does at the door that was used last, as a story.
func doorSteps(m *Model) []view.Step {
	v := &m.F.Rings
	door := lastDoor(m)
	if door == nil {
		return bootSteps(m)
	}
	words := []string{door.Name}
	switch door.Kind {
	case view.DoorSyscall:
		words = append(words, "RCX ← RIP", "R11 ← RFLAGS", "RFLAGS & ~SFMASK", "CS, SS ← STAR", "RIP ← LSTAR")
	case view.DoorSysenter:
		words = append(words, "CS, SS ← SYSENTER_CS", "RSP ← SYSENTER_ESP", "RIP ← SYSENTER_EIP")
	case view.DoorCallGate:
		words = append(words, "GDT["+hex(uint64(door.Vector>>3), 1)+"]", "DPL checked", "stack ← TSS", "push SS RSP CS RIP")
	default:
		words = append(words, "IDT["+itoa(int(door.Vector))+"]")
		if door.Kind == view.DoorSoft {
			words = append(words, "DPL 3: allowed")
		}
		if v.Saved.From != "the same stack" {
			words = append(words, "RSP ← "+v.Saved.From)
		}
		words = append(words, "push "+plural(uint64(len(v.Saved.Words)), "word"), "RIP ← gate")
	}
	out := make([]view.Step, 0, len(words)+2)
	for _, w := range words {
		out = append(out, view.Step{Text: w, Done: true})
	}
	back := "iret"
	if x := lastCrossing(m); x != nil && x.Back {
		back = x.How
	} else if door.Kind == view.DoorSyscall {
		back = "sysret"
	} else if door.Kind == view.DoorSysenter {
		back = "sysexit"
	}
	return append(out, view.Step{Text: "handler", Done: true, Now: v.Saved.Open}, view.Step{Text: back, Done: !v.Saved.Open})
}

// emblem draws the four rings, the present one filled.
func emblem(c *ui.Context, m *Model, at ui.Point) {
	t := c.Theme
	in := m.F.CPU.Ring
	for ring := 3; ring >= 0; ring-- {
		radius := 8 + 6*float32(ring)
		col, width := t.Line, float32(1)
		switch ring {
		case 3:
			col = t.Ring3
		case 0:
			col = t.Ring0
		}
		if uint8(ring) == in && m.F.CPU.Mode != "real" {
			width = 4
			if ring == 0 {
				c.Circle(at, radius, col)
				continue
			}
		}
		c.Ring(at, radius, width, col)
	}
	ink := t.Ink2
	if in == 0 && m.F.CPU.Mode != "real" {
		ink = t.OnAccent
	}
	c.TextMid(at.X, at.Y+4.2, ui.MonoB, ink, itoa(int(in)))
	c.Hover(ui.Rect{X: at.X - 26, Y: at.Y - 26, W: 52, H: 52}, "the rings of protection, 0 innermost; CPL is "+itoa(int(in))+". Nearly every kernel uses 0 and 3 alone.")
}
