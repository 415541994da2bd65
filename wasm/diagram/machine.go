package diagram

import (
	"math/bits"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Machine is the diagram of all parts at once.
var Machine = Definition{
	ID: IDMachine, Title: "The machine",
	Needs: view.MaskOf(view.KindIRQ, view.KindInterrupt, view.KindWalk, view.KindDiskRead, view.KindDiskWrite, view.KindConsole),
	New:   func() Diagram { return &machine{} },
}

type machine struct{}

// places is where each part's card is.
type places struct {
	kernel, cpu, mmu, ram, timer, pic, uart, disk ui.Rect
	wires                                         bool // there is room between the cards
}

// Height implements Diagram.
func (d *machine) Height(m *Model, w float32) float32 {
	if w < 640 {
		return 1210
	}
	return 600
}

// Draw implements Diagram.
func (d *machine) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	rest := heading(c, r, "The whole machine", machineLead(m))
	steps := m.Story.Steps()
	if !m.F.Kernel.Booted {
		steps = bootSteps(m)
	}
	rest = story(c, rest, steps)
	p := d.arrange(rest)
	if p.wires {
		wires(c, p)
	}
	kernelCard(c, m, p.kernel)
	cpuCard(c, m, p.cpu)
	mmuCard(c, m, p.mmu)
	ramCard(c, m, p.ram)
	lit := lights(c, m)
	timerCard(c, m, p.timer, lit.timer)
	picCard(c, m, p.pic, max(lit.timer, lit.uart, lit.cpu))
	uartCard(c, m, p.uart, lit.uart)
	diskCard(c, m, p.disk, c.Glow(ui.Key{S: "disk"}, m.F.Disk.Busy))
	if p.wires {
		travel(c, m, p, lit)
	}
}

// machineLead says in one line what the machine is doing.
func machineLead(m *Model) string {
	k := &m.F.Kernel
	task := m.task(k.Current)
	switch {
	case !k.Booted:
		return "Before there is a kernel: " + chapterWords(m) + "."
	case m.F.CPU.Halted:
		return "Nobody has anything to do. The CPU is halted until the next interrupt."
	case task == nil:
		return "The kernel itself is at work."
	case task.Slice > 0 && task.Used >= task.Slice:
		return "pid " + itoa(task.PID) + " has used up its slice. The timer asks the CPU to stop and hand over."
	case task.Syscall != "":
		return "pid " + itoa(task.PID) + " (" + task.Comm + ") is in the kernel: " + task.Syscall + "."
	}
	return "pid " + itoa(task.PID) + " (" + task.Comm + ") runs in user mode; every part below is the one computer it runs on."
}

// arrange places the cards: three rows when wide, a column of pairs when narrow.
func (d *machine) arrange(r ui.Rect) places {
	if r.W < 600 {
		return column(r)
	}
	p := places{wires: true}
	device := min(130, max(104, r.H*0.225))
	p.kernel, r = r.CutTop(min(124, max(112, r.H*0.22)), 16)
	r, devices := r.CutBottom(device, 38)
	between := float32(43)
	if r.W < 860 {
		between = 24
	}
	cpuW := min(270, r.W*0.27)
	mmuW := min(196, r.W*0.2)
	p.cpu, r = r.CutLeft(cpuW, between)
	p.mmu, p.ram = r.CutLeft(mmuW, between)
	w := devices.W - 60
	p.timer, devices = devices.CutLeft(w*0.245, 20)
	p.pic, devices = devices.CutLeft(w*0.315, 20)
	p.uart, p.disk = devices.CutLeft(w*0.21, 20)
	return p
}

// column places the cards for a narrow screen.
func column(r ui.Rect) places {
	var p places
	var row ui.Rect
	const gap = 12
	p.kernel, r = r.CutTop(186, gap)
	p.cpu, r = r.CutTop(216, gap)
	p.ram, r = r.CutTop(206, gap)
	row, r = r.CutTop(158, gap)
	p.mmu, p.timer = row.CutLeft((row.W-gap)/2, gap)
	p.pic, r = r.CutTop(114, gap)
	row, _ = r.CutTop(118, gap)
	p.uart, p.disk = row.CutLeft((row.W-gap)/2, gap)
	return p
}

// wires draws the quiet lines between parts that always talk to each other.
func wires(c *ui.Context, p places) {
	col := c.Theme.Ink3.Fade(0.6)
	c.Line(ui.Path{{X: p.cpu.CX(), Y: p.kernel.Bottom() + 3}, {X: p.cpu.CX(), Y: p.cpu.Y - 3}}, 1.4, col)
	y := p.cpu.Y + 70
	c.Line(ui.Path{{X: p.cpu.Right() + 2, Y: y}, {X: p.mmu.X - 2, Y: y}}, 1.4, col)
	c.Line(ui.Path{{X: p.mmu.Right() + 2, Y: y}, {X: p.ram.X - 2, Y: y}}, 1.4, col)
}

// light is how strongly each part of an interrupt's way is lit: fully while something is there, fading after.
type light struct{ timer, uart, cpu, gate float32 }

func lights(c *ui.Context, m *Model) light {
	tm := &m.F.Timer
	lines := tm.IRR[0]&^tm.IMR[0] | tm.ISR[0]
	if m.F.Stop == "waiting for input" {
		lines = 0 // the clock stands still: whatever asks will be served when it goes on
	}
	recent := func(k view.Kind, ms float64) bool { return m.Seen[k] > 0 && c.Now < m.Seen[k]+ms }
	taken := m.Event[view.KindInterrupt]
	came := recent(view.KindInterrupt, 500)
	c.Moving = c.Moving || came
	return light{
		timer: c.Glow(ui.Key{S: "irq0"}, lines&1 != 0 || came && taken.A == uint64(tm.Base[0])),
		uart:  c.Glow(ui.Key{S: "irq4"}, lines>>4&1 != 0 || came && taken.A == uint64(tm.Base[0])+4),
		cpu:   c.Glow(ui.Key{S: "intr"}, lines != 0 && tm.INTR || came),
		gate:  c.Glow(ui.Key{S: "gate"}, came || m.Story.Kind == view.StoryIRQ && m.Story.Last == view.KindInterrupt && m.Story.End == 0),
	}
}

// vector is the interrupt that is on its way: the one the 8259s would name now, or the one that the CPU took last.
func vector(m *Model) uint64 {
	tm := &m.F.Timer
	if asks := tm.IRR[0] &^ tm.IMR[0]; tm.INTR && asks != 0 {
		return uint64(tm.Base[0]) + uint64(bits.TrailingZeros8(asks))
	}
	return m.Event[view.KindInterrupt].A
}

// travel draws an interrupt on its way: from a device through the 8259s to the CPU, and then the CPU's look into the IDT.
func travel(c *ui.Context, m *Model, p places, lit light) {
	t := c.Theme
	toPIC := ui.Path{{X: p.timer.Right() + 1, Y: p.timer.CY() + 6}, {X: p.pic.X - 1, Y: p.pic.CY() + 6}}
	fromUART := ui.Path{{X: p.uart.X - 1, Y: p.pic.CY() + 6}, {X: p.pic.Right() + 1, Y: p.pic.CY() + 6}}
	toCPU := intrWire(p)
	c.Arrow(toPIC, 2, 10, t.Line.Mix(t.Ring0, lit.timer))
	c.Arrow(fromUART, 2, 10, t.Line.Mix(t.Ring0, lit.uart))
	c.Arrow(toCPU, 2, 11, t.Line.Mix(t.Ring0, lit.cpu))
	if lit.cpu > 0 {
		at := float32(0.2)
		if !m.F.Timer.INTR {
			at = 0.2 + 0.55*c.Since(m.Seen[view.KindInterrupt], 500)
		}
		token(c, toCPU.At(at), itoa(int(vector(m))), lit.cpu)
	}
	gate(c, m, p, lit.gate)
}

// intrWire is the way from the 8259's pin to the CPU's.
func intrWire(p places) ui.Path {
	from := ui.Point{X: p.pic.X + p.pic.W*0.3, Y: p.pic.Y - 1}
	to := ui.Point{X: p.cpu.CX() + 20, Y: p.cpu.Bottom() + 2}
	mid := (from.Y + to.Y) / 2
	return ui.Bezier(from, ui.Point{X: from.X, Y: mid - 6}, ui.Point{X: to.X + 60, Y: mid + 8}, to)
}

// token draws the vector number as a small coin.
func token(c *ui.Context, at ui.Point, text string, a float32) {
	c.Circle(at, 9, c.Theme.Ring0.Fade(a))
	f := ui.MonoSB
	c.TextMid(at.X, at.Y+3.6, f, c.Theme.OnAccent.Fade(a), text)
}

// gate draws the CPU's read of the interrupt's gate from the IDT, to the frame of RAM that holds it.
func gate(c *ui.Context, m *Model, p places, a float32) {
	cpu := &m.F.CPU
	if a == 0 || m.Seen[view.KindInterrupt] == 0 || cpu.IDTFrame == 0 || len(m.F.RAM.Uses) == 0 {
		return
	}
	v := m.Event[view.KindInterrupt].A
	area := ui.Rect{X: p.ram.X + 16, Y: p.ram.Y + 36, W: p.ram.W - 32, H: p.ram.H - 36 - legendHeight(c, m, p.ram.W-32) - 16}
	sq := fit(drawn(&m.F.RAM), area).square(area, int(cpu.IDTFrame))
	c.Outline(sq.Inset(-2, -2), 3, 1.8, c.Theme.Ring0.Fade(a))
	from := ui.Point{X: p.cpu.Right() + 1, Y: p.cpu.Bottom() - 16}
	to := ui.Point{X: sq.X - 2, Y: sq.Bottom() + 2}
	mid := ui.Point{X: p.ram.X - 16, Y: p.ram.Y + p.ram.H*0.66}
	under := p.mmu.Bottom() + 18
	way := ui.Bezier(from, ui.Point{X: from.X + 50, Y: under}, ui.Point{X: mid.X - 50, Y: under}, mid)
	way = append(way, ui.Bezier(mid, ui.Point{X: mid.X + 24, Y: mid.Y - 44}, ui.Point{X: to.X - 90, Y: to.Y + 50}, to)...)
	c.Dashes(way, 1.4, 5, 4, c.Theme.Ring0.Fade(a*0.9))
	label := "IDT[" + itoa(int(v)) + "] at " + addressText(cpu.IDT+v*16)
	c.Text(p.pic.X+p.pic.W*0.3+18, p.pic.Y-9, ui.SmallB, c.Theme.Ring0.Fade(a), label)
}
