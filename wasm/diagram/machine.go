package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Machine is the diagram of all parts at once.
var Machine = Definition{
	ID: IDMachine, Title: "Machine",
	Needs: view.MaskOf(view.KindInterrupt, view.KindDiskRead, view.KindDiskWrite, view.KindConsole),
	New:   func() Diagram { return &machine{} },
	Card:  machineCard,
	Badge: machineBadge,
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
		return 1212
	}
	return 600
}

// Draw implements Diagram.
func (d *machine) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	rest := heading(c, r, "The whole machine", machineLead(m))
	steps := m.Story.Steps()
	switch {
	case m.F.Kernel.Foreign != "":
		steps = doorSteps(m)
	case !m.F.Kernel.Booted:
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
	m.spots = [numSpots]ui.Rect{spotKernel: p.kernel, spotCPU: p.cpu, spotMMU: p.mmu, spotRAM: p.ram, spotTimer: p.timer, spotPIC: p.pic, spotUART: p.uart, spotDisk: p.disk}
	lit := lights(c, m)
	timerCard(c, m, p.timer, lit.timer)
	picCard(c, m, p.pic, max(lit.timer, lit.uart, lit.cpu))
	uartCard(c, m, p.uart, lit.uart)
	diskCard(c, m, p.disk, c.Glow(ui.Key{S: "disk"}, m.F.Disk.Busy))
	if p.wires {
		travel(c, m, p, lit)
		calls(c, m, p)
		faults(c, m, p)
		sectors(c, m, p)
	}
}

// machineLead says in one line what the machine is doing.
func machineLead(m *Model) string {
	k := &m.F.Kernel
	task := m.task(k.Current)
	switch {
	case k.Foreign != "" && m.F.CPU.Halted:
		return "The CPU is halted until the next interrupt."
	case k.Foreign != "":
		return "Somebody else's kernel runs: " + k.Foreign + ". The CPU is in ring " + itoa(int(m.F.CPU.Ring)) + "; every part below is the one computer it runs on."
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
	if m.F.CPU.Ring == 0 {
		return "The kernel is at work for pid " + itoa(task.PID) + " (" + task.Comm + ")."
	}
	return "pid " + itoa(task.PID) + " (" + task.Comm + ") runs in user mode; every part below is the one computer it runs on."
}

// arrange places the cards: three rows when wide, a column of pairs when narrow.
func (d *machine) arrange(r ui.Rect) places {
	if r.W < 600 {
		return column(r)
	}
	p := places{wires: true}
	device := min(130, max(100, r.H*0.225))
	p.kernel, r = r.CutTop(min(124, max(106, r.H*0.22)), 16)
	r, devices := r.CutBottom(device, min(38, max(30, r.H*0.08)))
	between := float32(43)
	if r.W < 860 {
		between = 24
	}
	cpuW := min(270, max(212, r.W*0.27)) // an address of 64 bits needs 212
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
	c.Line(ui.Path{{X: p.disk.CX(), Y: p.ram.Bottom() + 3}, {X: p.disk.CX(), Y: p.disk.Y - 3}}, 1.4, col)
}
