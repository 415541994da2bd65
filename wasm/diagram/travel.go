package diagram

import (
	"math/bits"
	"slices"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// light is how strongly each part of an interrupt's way is lit: fully while something is there, fading after.
type light struct{ timer, uart, cpu, gate float32 }

func lights(c *ui.Context, m *Model) light {
	tm := &m.F.Timer
	lines := tm.IRR[0]&^tm.IMR[0] | tm.ISR[0]
	if m.F.Stop == "waiting for input" {
		lines = 0 // the clock stands still: whatever asks will be served when it goes on
	}
	came := m.lit(c, view.MaskOf(view.KindInterrupt))
	taken := m.Event[view.KindInterrupt].A - uint64(tm.Base[0])
	of := func(line uint64) float32 {
		if taken != line {
			return 0
		}
		return came
	}
	return light{
		timer: max(c.Glow(ui.Key{S: "irq0"}, lines&1 != 0), of(0)),
		uart:  max(c.Glow(ui.Key{S: "irq4"}, lines>>4&1 != 0), of(4)),
		cpu:   max(c.Glow(ui.Key{S: "intr"}, lines != 0 && tm.INTR), came),
		gate:  came,
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
	m.ways[spotPIC][spotCPU] = toCPU
	if lit.cpu > 0 && !m.underway(c) {
		at := float32(0.2)
		if !m.F.Timer.INTR {
			at = 0.75
		}
		token(c, toCPU.At(at), itoa(int(vector(m))), lit.cpu)
	}
	gate(c, m, p, lit.gate)
	fetch(c, m, p)
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
	way := toFrameOf(c, m, p, int(cpu.IDTFrame), c.Theme.Ring0.Fade(a))
	m.ways[spotCPU][spotRAM] = way
	c.Dashes(way, 1.4, 5, 4, c.Theme.Ring0.Fade(a*0.9))
	label := "IDT[" + itoa(int(v)) + "] at " + addressText(cpu.IDT+v*16)
	c.Text(p.pic.X+p.pic.W*0.3+18, p.pic.Y-9, ui.SmallB, c.Theme.Ring0.Fade(a), label)
}

// toFrameOf outlines a frame's square in RAM and returns the way to it from the CPU, below the MMU.
func toFrameOf(c *ui.Context, m *Model, p places, frame int, col ui.Color) ui.Path {
	area := ui.Rect{X: p.ram.X + 16, Y: p.ram.Y + 36, W: p.ram.W - 32, H: p.ram.H - 36 - legendHeight(c, m, p.ram.W-32) - 16}
	n := drawn(&m.F.RAM)
	sq := fit(n, area).square(area, min(frame, max(0, n-1)))
	c.Outline(sq.Inset(-2, -2), 3, 1.8, col)
	from := ui.Point{X: p.cpu.Right() + 1, Y: p.cpu.Bottom() - 16}
	to := ui.Point{X: sq.X - 2, Y: sq.Bottom() + 2}
	mid := ui.Point{X: p.ram.X - 16, Y: p.ram.Y + p.ram.H*0.66}
	under := p.mmu.Bottom() + 18
	way := ui.Bezier(from, ui.Point{X: from.X + 50, Y: under}, ui.Point{X: mid.X - 50, Y: under}, mid)
	return append(way, ui.Bezier(mid, ui.Point{X: mid.X + 24, Y: mid.Y - 44}, ui.Point{X: to.X - 90, Y: to.Y + 50}, to)...)
}

// fetch draws the way of the next instruction's bytes from their frame, while the machine goes step by step.
func fetch(c *ui.Context, m *Model, p places) {
	a := m.lit(c, view.MaskOf(view.KindInstr))
	if a == 0 || m.F.CPU.IPFrame == 0 || len(m.F.RAM.Uses) == 0 {
		return
	}
	way := toFrameOf(c, m, p, int(m.F.CPU.IPFrame), c.Theme.Ring3.Fade(a))
	slices.Reverse(way)
	m.ways[spotRAM][spotCPU] = way
	c.Dashes(way, 1.2, 3, 4, c.Theme.Ring3.Fade(a*0.6))
}

// calls lights the door between the CPU and the kernel when a system call goes through it.
func calls(c *ui.Context, m *Model, p places) {
	a := m.lit(c, view.MaskOf(view.KindSyscall))
	if m.trip.kind == view.KindSyscall && m.Story.Kind == view.StorySyscall && m.Story.End == 0 {
		a = 1
	}
	x := p.cpu.CX()
	way := ui.Path{{X: x, Y: p.cpu.Y - 1}, {X: x, Y: p.kernel.Bottom() + 1}}
	m.ways[spotCPU][spotKernel] = way
	m.ways[spotKernel][spotCPU] = ui.Path{way[1], way[0]}
	if a == 0 {
		return
	}
	col := c.Theme.Ring0.Fade(a)
	c.Arrow(way, 2, 8, col)
	if !m.underway(c) {
		c.Text(x+9, (p.cpu.Y+p.kernel.Bottom())/2+4, ui.SmallB, col, m.H.Calls[m.trip.event.A])
	}
}

// faults lights the way of a page fault from the MMU to the kernel.
func faults(c *ui.Context, m *Model, p places) {
	a := float32(0)
	if t := &m.trip; t.kind != view.KindException || t.event.A>>32 == pageFault {
		a = m.lit(c, view.MaskOf(view.KindException, view.KindPageFault))
	}
	x := p.mmu.X + p.mmu.W*0.3
	way := ui.Path{{X: x, Y: p.mmu.Y - 1}, {X: x, Y: p.kernel.Bottom() + 1}}
	m.ways[spotMMU][spotKernel] = way
	if a == 0 {
		return
	}
	col := c.Theme.Ring0.Fade(a)
	c.Outline(p.mmu, 8, 1.6, col)
	c.Arrow(way, 2, 8, col)
	va := m.trip.event.A
	if m.trip.kind == view.KindException {
		va = m.trip.event.B
	}
	if !m.underway(c) {
		c.Text(x+9, (p.mmu.Y+p.kernel.Bottom())/2+4, ui.SmallB, col, "#PF at "+address(va))
	}
}

// sectors lights the way of data between the disk and RAM.
func sectors(c *ui.Context, m *Model, p places) {
	x := p.disk.CX()
	way := ui.Path{{X: x, Y: p.disk.Y - 1}, {X: x, Y: p.ram.Bottom() + 1}}
	back := ui.Path{way[1], way[0]}
	m.ways[spotDisk][spotRAM], m.ways[spotRAM][spotDisk] = way, back
	a := m.lit(c, view.MaskOf(view.KindDiskRead, view.KindDiskWrite))
	if a == 0 {
		return
	}
	word := "read"
	if m.trip.kind == view.KindDiskWrite {
		way, word = back, "written"
	}
	col := c.Theme.Cache.Fade(a)
	c.Arrow(way, 2, 9, col)
	c.Outline(p.disk, 8, 1.6, col)
	if !m.underway(c) {
		c.Text(x+10, (p.disk.Y+p.ram.Bottom())/2+4, ui.SmallB, c.Theme.Ink2.Fade(a), plural(m.trip.event.B, "sector")+" "+word)
	}
}
