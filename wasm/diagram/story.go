package diagram

import (
	"vitrine/wasm/ui"
)

// DrawStory draws what is happening in plain sentences, and under it what has happened since the machine started.
func DrawStory(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	c.Card(r)
	in := r.Inset(18, 0)
	c.Text(in.X, r.Y+28, ui.SmallB, t.Ink3, "What is happening")
	text := m.F.Story
	if text == "" {
		text = machineLead(m)
	}
	facts := factRows(m)
	foot := float32(len(facts)+1)/2*19 + 30
	if r.H < 200 {
		foot = 0
	}
	lines := max(2, int((r.H-48-foot)/21))
	c.Para(in.X, r.Y+54, in.W, 21, lines, ui.Body, t.Ink, text)
	if foot == 0 {
		return
	}
	y := r.Bottom() - foot + 12
	c.HLine(in.X, in.Right(), y, t.Soft)
	half := in.W / 2
	for i, f := range facts {
		x := in.X + float32(i%2)*half
		base := y + 22 + float32(i/2)*19
		w := c.Text(x, base, ui.MonoM, t.Ink, f.n)
		c.TextFit(x+w+6, base, half-w-12, ui.Small, t.Ink3, f.what)
	}
}

type fact struct{ n, what string }

func factRows(m *Model) []fact {
	s := &m.F.Stats
	if m.F.Kernel.Foreign != "" {
		return []fact{
			{group(s.Syscalls), "system calls"}, {group(s.PageFaults), "page faults"},
			{group(s.Switches), "changes of CR3"}, {group(s.TimerIRQs), "timer interrupts"},
			{group(m.F.Rings.Inwards), "ways into ring 0"}, {span(m.F.Idle), "idle, skipped"},
		}
	}
	return []fact{
		{group(s.Syscalls), "system calls"}, {group(s.PageFaults), "page faults"},
		{group(s.Switches), "switches"}, {group(s.CowFaults), "pages copied on write"},
		{group(s.TimerIRQs), "timer ticks"}, {span(m.F.Idle), "idle, skipped"},
	}
}
