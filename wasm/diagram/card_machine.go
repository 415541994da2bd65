package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// machineCard is the whole computer as a plan: the kernel above, CPU, MMU and RAM, the chips below; lit is what works now.
func machineCard(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	lit := lights(c, m)
	top, rest := r.CutTop(r.H*0.24, 10)
	mid, low := rest.CutTop((rest.H-10)*0.6, 10)
	c.Frame(top, 5, 1, t.KernelFill, t.KernelLine)
	planTasks(c, m, top)
	cpu, mid := mid.CutLeft(mid.W*0.3, 10)
	mmu, ram := mid.CutLeft(mid.W*0.26, 10)
	ring := t.Ring3
	if m.F.CPU.Ring == 0 {
		ring = t.Ring0
	}
	for _, p := range []struct {
		r    ui.Rect
		name string
		hot  float32
	}{{cpu, "CPU", lit.cpu}, {mmu, "MMU", 0}} {
		c.Frame(p.r, 5, 1.3, t.Card, t.Ink3.Mix(t.Ring0, p.hot))
		c.TextMid(p.r.CX(), p.r.CY()+4, ui.SmallB, t.Ink, p.name)
	}
	c.Round(ui.Rect{X: cpu.X + 5, Y: cpu.Bottom() - 8, W: cpu.W - 10, H: 3}, 1.5, ring)
	if n := drawn(&m.F.RAM); n > 0 && ram.H > 20 {
		mosaic(c, m, ram, fit(n, ram))
	}
	for i, p := range low.Columns(4, 8) {
		hot := []float32{lit.timer, max(lit.timer, lit.uart), lit.uart, c.Glow(ui.Key{S: "disk"}, m.F.Disk.Busy)}[i]
		c.Frame(p, 5, 1.2, t.Card, t.Line.Mix(t.Ring0, hot))
		c.TextMid(p.CX(), p.CY()+4, ui.Tiny, t.Ink2, []string{"timer", "PIC", "UART", "disk"}[i])
	}
}

// planTasks draws the tasks as dots: the running one filled, those that could run in outline.
func planTasks(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	k := &m.F.Kernel
	if !k.Booted || len(k.Tasks) == 0 {
		words := "no kernel yet"
		if k.Foreign != "" {
			words = k.Foreign
		}
		c.TextMid(r.CX(), r.CY()+4, ui.Small, t.Ink2, words)
		return
	}
	x := r.X + 12
	w := c.Text(x, r.CY()+4, ui.SmallB, t.Ring0, "kernel")
	x += w + 16
	for i := range k.Tasks {
		task := &k.Tasks[i]
		if x > r.Right()-30 && i < len(k.Tasks)-1 {
			c.Text(x-4, r.CY()+4, ui.Tiny, t.Ink3, "+"+itoa(len(k.Tasks)-i))
			break
		}
		at := ui.Point{X: x, Y: r.CY()}
		switch task.State {
		case "running":
			c.Circle(at, 5.5, t.Ring3)
		case "ready":
			c.Ring(at, 5.5, 2, t.Ring3)
		default:
			c.Ring(at, 5.5, 1.2, t.Ink3)
		}
		c.Hover(ui.Rect{X: at.X - 7, Y: at.Y - 7, W: 14, H: 14}, taskTip(m, task))
		x += 17
	}
}

// taskTip says in one line who a task is and what it does.
func taskTip(m *Model, task *view.Task) string {
	s := "pid " + itoa(task.PID) + " " + task.Comm + ": " + stateWord(task)
	if w := taskWords(m, task); w != "" {
		s += ", " + w
	}
	return s + "; " + plural(uint64(max(0, task.RSS)), "frame") + " in memory"
}
