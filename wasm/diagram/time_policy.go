package diagram

import (
	"strconv"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// policyBand draws what the scheduler goes by: the rule with the numbers that hold now, who is next, and what the last switch
// changed.
func (d *timeline) policyBand(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	if !m.F.Kernel.Booted {
		return
	}
	name, words := policyRule(m)
	w := c.Text(r.X, r.Y+14, ui.TextB, t.Ink, name)
	at := ui.Rect{X: r.X + w + 12, Y: r.Y, W: r.W - w - 12, H: 20}
	if c.Width(ui.MonoM, words) > at.W {
		at = ui.Rect{X: r.X, Y: r.Y + 20, W: r.W, H: 20}
	}
	c.TextFit(at.X, at.Y+14, at.W, ui.MonoM, t.Ink2, words)
	c.Hover(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: at.Y + 20 - r.Y}, policyTip(m.F.Kernel.Policy))
	d.queue(c, m, ui.Rect{X: r.X, Y: at.Y + 23, W: r.W, H: 20})
	lastSwitch(c, m, ui.Rect{X: r.X, Y: at.Y + 46, W: r.W, H: 20})
}

// policyHeight is room for the band in a width.
func policyHeight(w float32) float32 {
	if w < 640 {
		return 86
	}
	return 66
}

// policyRule are the policy's name and its rule, with numbers.
func policyRule(m *Model) (name, rule string) {
	k := &m.F.Kernel
	n := len(k.Queue)
	running := m.task(k.Current)
	if running != nil && stateWord(running) == "running" {
		n++
	}
	switch k.Policy {
	case "latency":
		return "target latency", "slice = max(" + milli(k.Latency) + " / " + itoa(max(1, n)) + " ready, " + milli(k.MinGran) + ") = " +
			milli(max(k.Latency/uint64(max(1, n)), k.MinGran))
	case "fair":
		words := "whoever has the least vruntime is next"
		if running != nil && running.Slice > 0 && n > 1 {
			all := running.Weight
			for _, pid := range k.Queue {
				if o := m.task(pid); o != nil {
					all += o.Weight
				}
			}
			period := max(k.Latency, uint64(n)*k.MinGran)
			words = "slice = max(" + milli(period) + " · " + itoa(running.Weight) + "/" + itoa(all) + ", " + milli(k.MinGran) + ") = " +
				milli(max(period*uint64(running.Weight)/uint64(max(1, all)), k.MinGran))
		}
		return "fair", words
	case "cooperative":
		return "cooperative", "no slices: a task runs until it waits, ends or yields"
	}
	return "round robin", "slice = " + milli(k.Slice) + ", " + plural(k.Slice*uint64(k.HZ)/perSec, "tick")
}

func policyTip(policy string) string {
	switch policy {
	case "latency":
		return "each ready task shall have had a turn within the target latency, but no turn is shorter than the minimum granularity; turns end at ticks"
	case "fair":
		return "vruntime is the time on the CPU × 1024 / weight; weight is 1024 at nice 0, and a quarter more or less for each step"
	case "cooperative":
		return "the timer interrupts, and the kernel returns to the same task"
	}
	return "everybody has the same slice, one after the other"
}

// queue names who is on the CPU and who follows, as far as there is room.
func (d *timeline) queue(c *ui.Context, m *Model, r ui.Rect) {
	t, k := c.Theme, &m.F.Kernel
	x := r.X + c.Text(r.X, r.Y+14, ui.Small, t.Ink3, "run queue") + 12
	if len(k.Queue) == 0 {
		c.Text(x, r.Y+14, ui.Small, t.Ink3, "empty: nobody waits for the CPU")
		return
	}
	for i, pid := range k.Queue {
		s := itoa(pid)
		if w := c.Width(ui.MonoB, s) + 16; x+w > r.Right()-40 {
			c.Text(x, r.Y+14, ui.Small, t.Ink3, "+"+itoa(len(k.Queue)-i))
			return
		}
		box := ui.Rect{X: x, Y: r.Y, W: c.Width(ui.MonoB, s) + 16, H: 20}
		edge := t.Line
		if i == 0 {
			edge = t.Ring3
		}
		c.Outline(box, 5, 1, edge)
		c.TextMid(box.CX(), box.Y+14, ui.MonoB, t.Ink, s)
		if o := m.task(pid); o != nil {
			place := "place " + itoa(i+1) + " in the queue"
			if k.Policy == "fair" {
				place += ": vruntime " + vtime(o.VTime) + ", weight " + itoa(o.Weight)
			}
			c.Hover(box, "pid "+s+" "+o.Comm+", "+place)
		}
		x = box.Right() + 6
	}
}

// lastSwitch says what the last switch of tasks changed in the CPU.
func lastSwitch(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	e := m.Event[view.KindSwitch]
	from, to := m.task(int(e.A)), m.task(int(e.B))
	if m.Seen[view.KindSwitch] == 0 || from == nil || to == nil {
		return
	}
	x := r.X + c.Text(r.X, r.Y+14, ui.Small, t.Ink3, "last switch") + 12
	x += c.Text(x, r.Y+14, ui.MonoB, t.Ink, itoa(from.PID)+" → "+itoa(to.PID)) + 14
	tables := "CR3 " + hex(from.CR3, 8) + " → " + hex(to.CR3, 8)
	c.TextFit(x, r.Y+14, r.Right()-x, ui.Mono, t.Ink2, tables)
	c.Hover(r, "page tables: "+tables+"; the top of the kernel's stack, RSP0 in the TSS: "+hex(from.KStack, 16)+" → "+hex(to.KStack, 16))
}

// virtual draws a task's virtual time as a bar: its distance to whoever is furthest behind.
func (d *timeline) virtual(c *ui.Context, m *Model, task *view.Task, r ui.Rect) {
	t := c.Theme
	low, high := task.VTime, task.VTime
	for i := range m.F.Kernel.Tasks {
		if o := &m.F.Kernel.Tasks[i]; stateWord(o) == "running" || stateWord(o) == "ready" {
			low, high = min(low, o.VTime), max(high, o.VTime)
		}
	}
	c.TextFit(r.X, r.Y+10, r.W, ui.Tiny, t.Ink2, "vruntime "+vtime(task.VTime))
	f := float32(1)
	if high > low {
		f = float32(task.VTime-low) / float32(high-low)
	}
	bar := ui.Rect{X: r.X, Y: r.Y + 15, W: r.W, H: 4}
	c.Round(bar, 2, t.Soft)
	bar.W *= max(f, 0.03)
	c.Round(bar, 2, t.Ring3)
	c.Hover(r, "nice "+itoa(task.Nice)+", weight "+itoa(task.Weight)+"; the bar begins at the least virtual time of the ready ones, whose turn is next, and ends at the most")
}

// milli is a span in ms, to two places, without zeros at its end.
func milli(d uint64) string {
	return strconv.FormatFloat(float64(d*100/view.UnitsPerMs)/100, 'f', -1, 64) + " ms"
}

// vtime is a virtual time in ms.
func vtime(ns int64) string { return strconv.FormatFloat(float64(ns)/1e6, 'f', 2, 64) + " ms" }
