package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// kernelCard draws the kernel's own things: its tasks, the running one first, then the run queue, then those that wait.
func kernelCard(c *ui.Context, m *Model, r ui.Rect) {
	t, k := c.Theme, &m.F.Kernel
	to, tip := IDTime, "click to bring time on stage"
	if k.Foreign != "" {
		to, tip = IDRings, "click to bring the rings on stage"
	}
	hover := toStage(c, r, to, tip)
	edge := t.KernelLine
	if hover {
		edge = t.Ring0.Fade(0.5)
	}
	c.Frame(r, 8, 1, t.KernelFill, edge)
	x := r.X + 16
	w := c.Text(x, r.Y+22, ui.TextB, t.Ring0, "kernel")
	if k.Foreign != "" {
		foreignCard(c, m, r, x+w+12)
		return
	}
	if !k.Booted {
		c.TextFit(x+w+12, r.Y+22, r.W-w-40, ui.Small, t.Ink2, "not there yet")
		text := "No kernel runs yet. It comes from the disk, piece by piece: the ROM loads one sector, that sector loads the rest. Here its tasks will be."
		for i := range m.F.Boot {
			if m.F.Boot[i].Now && m.F.Boot[i].Text != "" {
				text = m.F.Boot[i].Text
			}
		}
		c.Para(x, r.Y+48, min(r.W-32, 720), 19, int((r.H-44)/19), ui.Text, t.Ink2, text)
		return
	}
	c.TextFit(x+w+12, r.Y+22, r.W-w-40, ui.Small, t.Ink2, policyWords(k))
	if r.W > 520 {
		c.TextRight(r.Right()-16, r.Y+22, ui.SmallB, t.Ink3, plural(uint64(len(k.Tasks)), "task"))
	}
	tasks := order(k, m.F.Running && m.F.Rate > quick)
	area := ui.Rect{X: x, Y: r.Y + 34, W: r.W - 32, H: r.H - 46}
	const gap = 12
	small := float32(150)
	if area.W < 400 {
		small = 130
	}
	rows := max(1, int((area.H+8)/70))
	cols := min((len(tasks)+rows-1)/rows, max(1, int((area.W+gap)/(small+gap))))
	if len(tasks) == 0 {
		c.Text(area.X, area.Y+24, ui.Small, t.Ink2, "no task yet")
		return
	}
	if cols < 4 && area.W > 600 {
		cols = 4
	}
	wide := (area.W - gap*float32(cols-1)) / float32(cols)
	high := (area.H - 8*float32(rows-1)) / float32(rows)
	for i, task := range tasks {
		if i >= cols*rows {
			break
		}
		card := ui.Rect{X: area.X + float32(i%cols)*(wide+gap), Y: area.Y + float32(i/cols)*(high+8), W: wide, H: high}
		if rest := len(tasks) - i; i == cols*rows-1 && rest > 1 {
			otherTasks(c, m, card, tasks[i:])
			break
		}
		taskCard(c, m, card, task)
	}
}

// otherTasks draws those that have no card as dots: filled while one could run.
func otherTasks(c *ui.Context, m *Model, r ui.Rect, tasks []*view.Task) {
	t := c.Theme
	c.TextFit(r.X+4, r.Y+14, r.W-4, ui.Small, t.Ink2, "and "+itoa(len(tasks))+" more")
	const pitch = 12
	cols, rows := max(1, int((r.W-4)/pitch)), max(0, int((r.H-22)/pitch))
	for i, task := range tasks {
		if i >= cols*rows {
			break
		}
		at := ui.Point{X: r.X + 4 + pitch*(float32(i%cols)+0.5), Y: r.Y + 22 + pitch*(float32(i/cols)+0.5)}
		if task.State == "running" || task.State == "ready" {
			c.Circle(at, 4, t.Ring3)
		} else {
			c.Ring(at, 4, 1.2, t.Ink3)
		}
		if box := (ui.Rect{X: at.X - pitch/2, Y: at.Y - pitch/2, W: pitch, H: pitch}); c.Over(box) {
			toSpace(c, box, m, task)
		}
	}
}

// chapterWords says where in the boot the machine is.
func chapterWords(m *Model) string {
	for _, s := range m.F.Boot {
		if s.Now {
			return s.Name
		}
	}
	if m.F.Chapter == "" {
		return "the machine has not started"
	}
	return m.F.Chapter
}

// foreignCard draws what the machine knows of a kernel that is not ours: the doors that it has built and their use.
func foreignCard(c *ui.Context, m *Model, r ui.Rect, x float32) {
	t := c.Theme
	c.TextFit(x, r.Y+22, r.Right()-x-16, ui.Small, t.Ink2, "somebody else's ("+m.F.Kernel.Foreign+"): its tasks are not known, its doors are")
	area := ui.Rect{X: r.X + 16, Y: r.Y + 34, W: r.W - 32, H: r.H - 46}
	const gap, small = 12, 112
	cols := max(1, int((area.W+gap)/(small+gap)))
	rows := max(1, int((area.H+8)/62))
	shown := shownDoors(m, cols*rows)
	if len(shown) == 0 {
		c.Text(area.X, area.Y+22, ui.Text, t.Ink2, "It has built no door yet.")
		return
	}
	w := min(176, (area.W-gap*float32(cols-1))/float32(cols))
	h := min(66, (area.H-8*float32(rows-1))/float32(rows))
	for i, k := range shown {
		d := &m.F.Rings.Doors[k]
		card := ui.Rect{X: area.X + float32(i%cols)*(w+gap), Y: area.Y + float32(i/cols)*(h+8), W: w, H: h}
		edge, ink := t.KernelLine, t.Ink
		if k == m.F.Rings.Saved.Door && m.F.Rings.Saved.Open {
			edge = t.Ring0
		}
		if d.Count+d.Nested == 0 {
			ink = t.Ink3
		}
		c.Frame(card, 6, 1.2, t.Card, edge)
		c.TextFit(card.X+12, card.Y+20, w-20, ui.MonoB, ink, d.Name)
		c.TextFit(card.X+12, card.Y+37, w-20, ui.Small, t.Ink2, d.About)
		switch n := d.Count + d.Nested; {
		case h <= 52:
		case n == 0:
			c.TextFit(card.X+12, card.Y+54, w-20, ui.Small, t.Ink3, "not used yet")
		default:
			c.TextFit(card.X+12, card.Y+54, w-20, ui.MonoM, t.Ring0, group(n)+" ×")
		}
		toStage(c, card, IDRings, doorTip(m, d))
	}
}

// bootSteps are the chapters of the boot as a story.
func bootSteps(m *Model) []view.Step {
	steps := make([]view.Step, 0, len(m.F.Boot))
	for _, s := range m.F.Boot {
		steps = append(steps, view.Step{Text: s.Name, Done: s.Done, Now: s.Now})
	}
	return steps
}

var policyNames = map[string]string{"rr": "round robin", "fair": "fair", "latency": "latency", "cooperative": "cooperative"}

func policyWords(k *view.Kernel) string {
	name := policyNames[k.Policy]
	if name == "" {
		name = k.Policy
	}
	s := name
	if k.Slice > 0 {
		s += " · slice " + span(k.Slice)
	}
	if k.HZ > 0 {
		s += " · " + group(uint64(k.HZ)) + " Hz"
	}
	return s
}

// order returns the running task, then the queue, then the others by PID; when they would change places faster than
// one can see, all by PID.
func order(k *view.Kernel, still bool) []*view.Task {
	if still {
		out := make([]*view.Task, len(k.Tasks))
		for i := range k.Tasks {
			out[i] = &k.Tasks[i]
		}
		return out
	}
	byPID := map[int]*view.Task{}
	for i := range k.Tasks {
		byPID[k.Tasks[i].PID] = &k.Tasks[i]
	}
	var out []*view.Task
	take := func(pid int) {
		if t := byPID[pid]; t != nil {
			out = append(out, t)
			delete(byPID, pid)
		}
	}
	take(k.Current)
	for _, pid := range k.Queue {
		take(pid)
	}
	for i := range k.Tasks {
		take(k.Tasks[i].PID)
	}
	return out
}

// taskCard draws one task; it glides when its place in the queue changes.
func taskCard(c *ui.Context, m *Model, r ui.Rect, task *view.Task) {
	t := c.Theme
	id := uint64(task.PID)
	r.X = c.Ease(ui.Key{S: "task.x", N: id}, r.X, 300)
	r.Y = c.Ease(ui.Key{S: "task.y", N: id}, r.Y, 300)
	state := stateWord(task)
	ink, name, edge, width := t.Ink3, t.Ink3, t.Line, float32(1)
	switch state {
	case "running":
		ink, name, edge, width = t.Ring3, t.Ink, t.Ring3, 1.8
	case "ready":
		ink, name = t.Ring3.Mix(t.Card, 0.25), t.Ink
	}
	if c.Over(r) && toSpace(c, r, m, task) {
		width = max(width, 1.4)
	}
	c.Frame(r, 6, width, t.Card, edge)
	x, w := r.X+12, r.W-24
	n := c.Text(x, r.Y+21, ui.MonoHd, ink, itoa(task.PID))
	sw := c.TextRight(r.Right()-12, r.Y+21, ui.SmallB, ink, state)
	c.TextFit(x+n+9, r.Y+21, w-n-9-sw-8, ui.MonoHd, name, task.Comm)
	if r.H < 48 {
		return
	}
	c.TextFit(x, r.Y+40, w, ui.Small, dimUnless(t, state == "running" || state == "ready"), taskWords(m, task))
	if state == "running" || state == "ready" {
		part := float32(0)
		if task.Slice > 0 {
			part = float32(task.Used) / float32(task.Slice)
		}
		c.Bar(ui.Rect{X: x, Y: r.Bottom() - 13, W: w, H: 4}, part, ink)
	}
}

func dimUnless(t *ui.Theme, bright bool) ui.Color {
	if bright {
		return t.Ink2
	}
	return t.Ink3
}

// stateWord returns the state as people say it: a sleeping task is blocked on something.
func stateWord(task *view.Task) string {
	if task.State == "sleeping" {
		return "blocked"
	}
	return task.State
}

// taskWords tells what a task does or waits for.
func taskWords(m *Model, task *view.Task) string {
	switch stateWord(task) {
	case "running":
		s := "until it waits or yields"
		if task.Slice > 0 {
			s = span(task.Used) + " of " + span(task.Slice) + " used"
		}
		if task.Syscall != "" {
			s = "in " + task.Syscall
		}
		return s
	case "ready":
		for i, pid := range m.F.Kernel.Queue {
			if pid == task.PID && i > 0 {
				return "waits " + plural(uint64(i), "slice")
			}
		}
		return "next"
	case "zombie":
		return "ended, not yet waited for"
	}
	if task.Reason != "" {
		return task.Reason
	}
	return task.Syscall
}
