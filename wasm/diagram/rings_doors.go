package diagram

import (
	"sort"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// linuxCall is the vector of Linux's system calls of 32 bits.
const linuxCall = 0x80

// shownDoors chooses at most n doors: the last used, then those most used, in their fixed order.
func shownDoors(m *Model, n int) []int {
	v := &m.F.Rings
	index := make([]int, len(v.Doors))
	for i := range index {
		index[i] = i
	}
	weight := func(i int) uint64 {
		d := &v.Doors[i]
		w := d.Count + d.Nested
		if i == v.Saved.Door {
			w += 1 << 60
		}
		switch {
		case d.Kind == view.DoorSyscall:
			w += 1 << 50
		case d.Count > 0 && (d.Kind == view.DoorSysenter || d.Kind == view.DoorSoft && d.Vector == linuxCall):
			w += 1 << 40 // programs ask by it: it stands beside the others to be compared
		case d.Kind == view.DoorSoft && d.Vector == linuxCall:
			w++ // among those not used yet the one that programs know
		}
		return w
	}
	sort.SliceStable(index, func(a, b int) bool { return weight(index[a]) > weight(index[b]) })
	index = index[:min(max(n, 0), len(index))]
	sort.Ints(index)
	return index
}

// wall draws the doors in the wall between the rings, whose layers are the unused rings 1 and 2.
func (d *rings) wall(c *ui.Context, m *Model, area ui.Rect) {
	t := c.Theme
	const doorW, doorH, gap = 102, 86, 10
	cols := max(1, int((area.W+gap)/(doorW+gap)))
	rows := max(1, int((area.H+14)/(doorH+22)))
	shown := shownDoors(m, cols*rows)
	if len(shown) == 0 {
		words := "There is no door yet: IDTR has a limit of " + itoa(int(m.F.Rings.IDTLimit)) + " and no entry is present."
		c.Para(area.X, area.CY()+4, area.W, 17, 2, ui.Text, t.Ink2, words)
		return
	}
	perRow := min(cols, len(shown))
	w := min(150, (area.W-gap*float32(cols-1))/float32(cols))
	used := (len(shown) + perRow - 1) / perRow
	pitch := area.H / float32(used)
	for i, k := range shown {
		row := ui.Rect{X: area.X, Y: area.Y + float32(i/perRow)*pitch, W: area.W, H: pitch}
		if i%perRow == 0 {
			c.HLine(row.X, row.Right(), row.CY()-14, t.Line)
			c.HLine(row.X, row.Right(), row.CY()+14, t.Line)
		}
		box := ui.Rect{X: area.X + float32(i%perRow)*(w+gap), Y: row.CY() - doorH/2, W: w, H: doorH}
		d.door(c, m, &m.F.Rings.Doors[k], k == m.F.Rings.Saved.Door, box, row)
	}
}

// door draws one door with its count; the one used last is open.
func (d *rings) door(c *ui.Context, m *Model, v *view.Door, last bool, r, area ui.Rect) {
	t := c.Theme
	fill, edge, width := t.Card, t.Line, float32(1)
	ink := t.Ink
	if !v.Present || v.Count+v.Nested == 0 {
		ink = t.Ink3
	}
	fresh := c.Glow(ui.Key{S: "door", N: uint64(v.Kind)<<16 | uint64(v.Vector)}, last && m.F.Rings.Saved.Open)
	if last {
		fill, edge, width = t.Card.Mix(t.Now, 0.5+0.5*fresh), t.Ring0, 1.8
	} else if fresh > 0 {
		edge = t.Line.Mix(t.Ring0, fresh)
	}
	if last {
		d.way(c, m, v, r, area)
	}
	c.Frame(r, 6, width, fill, edge)
	if last {
		d.token(c, m, v, r, area)
	}
	c.TextMid(r.CX(), r.Y+19, ui.MonoHd, ink, c.Fit(ui.MonoHd, v.Name, r.W-10))
	c.TextMid(r.CX(), r.Y+33, ui.Tiny, t.Ink2, c.Fit(ui.Tiny, v.About, r.W-10))
	target := v.Symbol
	if target == "" && v.Target != 0 {
		target = "→ " + addressText(v.Target)
	}
	face := ui.Mono
	if c.Width(face, target) > r.W-10 {
		face = ui.Tiny
	}
	c.TextMid(r.CX(), r.Y+48, face, t.Ink2, c.Fit(face, target, r.W-6))
	count := group(v.Count)
	if v.Count == 0 && v.Nested > 0 {
		count = group(v.Nested)
	}
	if v.Count+v.Nested == 0 {
		c.TextMid(r.CX(), r.Y+64, ui.Small, t.Ink3, "not used yet")
	} else {
		c.TextMid(r.CX(), r.Y+64, ui.MonoB, t.Ring0, count+" ×")
	}
	if v.Path.Took > 0 {
		c.TextMid(r.CX(), r.Y+79, ui.Tiny, t.Ink2, c.Fit(ui.Tiny, group(v.Path.In)+" + "+group(v.Path.Out)+" instr.", r.W-8))
	}
	me := pick{v.Kind, v.Vector}
	if d.pick != nil && *d.pick == me {
		c.Outline(r.Inset(-3, -3), 8, 1.4, t.Ring3)
	}
	if _, clicked := c.Click(r, doorTip(m, v)); clicked {
		d.choose(me)
	}
}

func doorTip(m *Model, v *view.Door) string {
	s := doorWords(v) + ": " + plural(v.Count, "time") + " from an outer ring"
	if v.Nested > 0 {
		s += ", " + plural(v.Nested, "time") + " while ring 0 ran"
	}
	if v.Target != 0 {
		s += ". It leads to " + hex(v.Target, 8)
	}
	if v.Path.Took > 0 {
		s += ". The last system call through it took " + plural(v.Path.In, "instruction") + " in and " + plural(v.Path.Out, "instruction") + " back, " +
			span(v.Path.Took) + " in all with the kernel's work"
	}
	if v.At > 0 {
		s += ". Last used at " + span(v.At)
	}
	if m.F.Stats.Lost > 0 {
		s += ". At full speed some passages were not counted"
	}
	return s + "."
}

// way draws the lines from ring 3 to the door and from the door to ring 0: the direction of the last passage.
func (d *rings) way(c *ui.Context, m *Model, v *view.Door, r, area ui.Rect) {
	t := c.Theme
	x := r.CX()
	above, below := ui.Path{{X: x, Y: area.Y + 1}, {X: x, Y: r.Y - 1}}, ui.Path{{X: x, Y: r.Bottom() + 1}, {X: x, Y: area.Bottom() - 1}}
	back := lastCrossing(m) != nil && lastCrossing(m).Back
	switch {
	case !m.F.Rings.Saved.Open && m.F.CPU.Ring == 0: // that way is over
	case back && m.F.CPU.Ring != 0:
		c.Arrow(ui.Path{below[1], below[0]}, 2, 8, t.Ring3)
		c.Arrow(ui.Path{above[1], above[0]}, 2, 8, t.Ring3)
	case !m.F.Rings.Saved.From3:
		c.Arrow(below, 2, 8, t.Ring0)
	default:
		c.Arrow(above, 2, 8, t.Ring0)
		c.Arrow(below, 2, 8, t.Ring0)
	}
}

// token draws what goes through the door while it goes.
func (d *rings) token(c *ui.Context, m *Model, v *view.Door, r, area ui.Rect) {
	at := c.Since(d.seen, 500)
	if at >= 1 {
		return
	}
	way := ui.Path{{X: r.X + 14, Y: area.Y + 2}, {X: r.X + 14, Y: area.Bottom() - 2}}
	col := c.Theme.Ring0
	if x := lastCrossing(m); x != nil && x.Back {
		way[0], way[1] = way[1], way[0]
		col = c.Theme.Ring3
	}
	p := way.At(at)
	c.Circle(p, 7, col)
}

// idtGrid draws the whole IDT, one square for a gate: filled where a program may come in, lit where somebody did.
func (d *rings) idtGrid(c *ui.Context, m *Model, r ui.Rect) {
	t, v := c.Theme, &m.F.Rings
	name := "IDT"
	if m.F.CPU.Mode == "real" {
		name = "vector table"
	}
	w := c.Text(r.X, r.Y+9, ui.SmallB, t.Ink2, name)
	c.TextFit(r.X+w+8, r.Y+9, r.W-w-8, ui.Small, t.Ink3, "at "+addressText(v.IDTBase)+", "+plural(uint64(len(v.Gates)), "gate"))
	const cols, rows = 32, 8
	area := ui.Rect{X: r.X, Y: r.Y + 17, W: r.W, H: r.H - 17}
	pitch := min(area.W/cols, area.H/rows)
	if pitch < 3 {
		return
	}
	use := map[uint16]*view.Door{}
	for i := range v.Doors {
		if e := &v.Doors[i]; e.Kind == view.DoorException || e.Kind == view.DoorInterrupt || e.Kind == view.DoorSoft {
			if old := use[e.Vector]; old == nil || e.Count+e.Nested > old.Count+old.Nested {
				use[e.Vector] = e
			}
		}
	}
	cell := func(i int) ui.Rect {
		return ui.Rect{X: area.X + float32(i%cols)*pitch, Y: area.Y + float32(i/cols)*pitch, W: pitch - 1, H: pitch - 1}
	}
	for i := range cols * rows {
		c.Outline(cell(i), 1.5, 1, t.Soft)
	}
	for i := range v.Gates {
		g := &v.Gates[i]
		sq := cell(int(g.Vector))
		col := t.Kernel.Fade(0.55)
		door := use[uint16(g.Vector)]
		used := door != nil && door.Count+door.Nested > 0
		if g.DPL == 3 {
			col = t.Ring3.Fade(0.75)
		}
		if used {
			col = t.Ring0
		}
		c.Round(sq, 1.5, col)
		if g.DPL == 3 && used {
			c.Circle(ui.Point{X: sq.CX(), Y: sq.CY()}, sq.W*0.22, t.OnAccent)
		}
		if last := lastDoor(m); last != nil && door != nil && last.Vector == door.Vector && last.Kind >= view.DoorSoft && last.Kind <= view.DoorInterrupt {
			c.Outline(sq.Inset(-2, -2), 2.5, 1.4, t.Ink)
		}
		me := pick{view.DoorSoft, uint16(g.Vector)}
		if door != nil {
			me.kind = door.Kind
		}
		if d.pick != nil && *d.pick == me {
			c.Outline(sq.Inset(-2, -2), 2.5, 1.4, t.Ring3)
		}
		if _, clicked := c.Click(sq, gateTip(g, door)); clicked {
			d.choose(me)
		}
	}
}

func gateTip(g *view.Gate, d *view.Door) string {
	name, about := view.VectorName(g.Vector)
	if d != nil {
		name, about = d.Name, d.About
	}
	s := itoa(int(g.Vector)) + ": " + name
	if about != "" && about != name {
		s += ", " + about
	}
	s += ". " + view.GateKind(g.Kind)
	if g.Kind != 0 {
		s += ", DPL " + itoa(int(g.DPL))
	}
	if g.IST != 0 {
		s += ", IST " + itoa(int(g.IST))
	}
	if g.Symbol != "" {
		s += ", to " + g.Symbol
	} else if g.Target != 0 {
		s += ", to " + hex(g.Target, 8)
	}
	return s
}

// papers shows what the CPU reads at a door, the last used or the one that the reader chose: the gate's descriptor, or
// the registers behind SYSCALL.
func (d *rings) papers(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	at, read, ink := d.pick, "", t.Ring3
	if at == nil {
		if last := lastDoor(m); last != nil {
			at, read, ink = &pick{last.Kind, last.Vector}, "read: ", t.Ring0
		} else {
			at, ink = &pick{kind: view.DoorSyscall}, t.Ring0
		}
	}
	head, rows := papersOf(m, *at)
	c.TextFit(r.X, r.Y+13, r.W, ui.SmallB, ink, read+head)
	y := r.Y + 32
	pitch := max(15, min(19, (r.Bottom()-y+8)/float32(max(1, len(rows)))))
	for _, row := range rows {
		if y > r.Bottom() {
			break
		}
		c.Text(r.X, y, ui.Small, t.Ink2, row[0])
		c.TextFit(r.X+72, y, r.W-72, ui.MonoM, t.Ink, row[1])
		if at := (ui.Rect{X: r.X, Y: y - 13, W: r.W, H: pitch}); c.Over(at) {
			c.Hover(at, paperTip(row))
		}
		y += pitch
	}
}

// papersOf returns what stands behind a door.
func papersOf(m *Model, at pick) (head string, rows [][2]string) {
	v := &m.F.Rings
	f := &v.Fast
	switch at.kind {
	case view.DoorSyscall:
		if !f.SCE {
			return "SYSCALL is not enabled", [][2]string{{"EFER.SCE", "0"}, {"TSS", tssWords(&v.TSS)}, {"RSP0", hex(v.TSS.RSP[0], 1)}}
		}
		return "the MSRs behind SYSCALL", [][2]string{{"LSTAR", named(f.LSTAR, f.LSTARName)}, {"STAR", "in " + hex(f.STAR>>32&0xffff, 4) + ", back " + hex(f.STAR>>48, 4)},
			{"SFMASK", hex(f.FMASK, 1)}, {"TSS.RSP0", addressText(v.TSS.RSP[0])}, {"not read", "IDT, TSS, stack"}}
	case view.DoorSysenter:
		return "the MSRs behind SYSENTER", [][2]string{{"CS", hex(f.CS, 4)}, {"ESP", addressText(f.ESP)}, {"EIP", named(f.EIP, f.EIPName)}}
	case view.DoorCallGate:
		for i := range v.Calls {
			if g := &v.Calls[i]; g.Sel == at.vector {
				return "a call gate of the GDT", [][2]string{{"selector", hex(uint64(g.Sel), 4)}, {"DPL", itoa(int(g.DPL))}, {"code", hex(uint64(g.Code), 4)}, {"target", named(g.Target, g.Symbol)}}
			}
		}
		return "no call gate " + hex(uint64(at.vector), 4), nil
	}
	for i := range v.Gates {
		if g := &v.Gates[i]; uint16(g.Vector) == at.vector {
			return "IDT[" + itoa(int(g.Vector)) + "] at " + addressText(g.At), gateRows(g)
		}
	}
	return "no gate " + itoa(int(at.vector)), nil
}

func gateRows(g *view.Gate) [][2]string {
	if g.Kind == 0 {
		return [][2]string{{"far pointer", hex(uint64(g.Sel), 4) + ":" + hex(g.Raw[0]&0xffff, 4)}, {"target", named(g.Target, g.Symbol)}}
	}
	rows := [][2]string{{"offset", named(g.Target, g.Symbol)}, {"selector", hex(uint64(g.Sel), 4)}, {"type", view.GateKind(g.Kind)}}
	if g.Kind&7 == 6 {
		rows[2][1] += ": IF ← 0"
	}
	may := "0: not by INT n"
	if g.DPL == 3 {
		may = "3: also by INT n"
	}
	rows = append(rows, [2]string{"DPL", may})
	if g.IST != 0 {
		rows = append(rows, [2]string{"IST", itoa(int(g.IST)) + ": a stack of its own"})
	}
	raw := hex(g.Raw[0], 16)
	if g.Raw[1] != 0 {
		raw += " " + hex(g.Raw[1], 8)
	}
	return append(rows, [2]string{"bytes", raw})
}

func named(addr uint64, name string) string {
	if name != "" {
		return name
	}
	return addressText(addr)
}

func tssWords(s *view.TSS) string {
	if s.Bits == 0 {
		return "none loaded"
	}
	return itoa(int(s.Bits)) + "-bit at " + addressText(s.Base)
}

// papersMean explains what the CPU reads at a door. SDM 3A "IDT Descriptors", "Fast System Calls in 64-Bit Mode".
var papersMean = map[string]string{
	"offset": "where the handler begins", "selector": "the code segment that is loaded into CS: its privilege is the new ring",
	"type": "an interrupt gate clears IF on the way in, a trap gate does not", "DPL": "the least privileged ring that may use the gate with INT n; the CPU itself always may",
	"IST": "the CPU takes this stack from the TSS whatever it ran before", "bytes": "the descriptor as it lies in memory",
	"LSTAR": "SYSCALL jumps here", "STAR": "the segments of the kernel, and those of the program to go back to", "SFMASK": "bits of RFLAGS that SYSCALL clears",
	"TSS.RSP0": "the stack that the CPU takes when an interrupt comes from ring 3", "RSP0": "the stack that the CPU takes when an interrupt comes from ring 3",
	"EFER.SCE": "the bit that allows SYSCALL", "TSS": "the task-state segment: which stacks to take", "not read": "SYSCALL needs none of these, that is why it is fast",
	"CS": "the segment of the kernel; SS is the next entry", "ESP": "the stack that SYSENTER takes", "EIP": "SYSENTER jumps here",
	"target": "where it leads to", "code": "the code segment that is loaded into CS", "far pointer": "segment and offset of the handler",
}

func paperTip(row [2]string) string {
	s := row[0] + " = " + row[1]
	if mean := papersMean[row[0]]; mean != "" {
		s += ": " + mean
	}
	return s
}
