package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Time is the diagram of the timer, the interrupt lines, the tasks' lanes and the switches between them.
var Time = Definition{
	ID: IDTime, Title: "Time", Needs: view.MaskOf(view.KindIRQ, view.KindInterrupt, view.KindSwitch),
	Slow:  Slow{What: "switches", Kinds: view.MaskOf(view.KindSwitch), Ms: 120},
	Lanes: true,
	New:   func() Diagram { return &timeline{} },
	Card:  timeCard,
	Badge: timeBadge,
}

type timeline struct{ pid int } // whose saved registers are shown, 0 the task that lost the CPU last

// Height implements Diagram.
func (d *timeline) Height(m *Model, w float32) float32 {
	if w < 640 && m.F.Kernel.Foreign != "" {
		return 760
	}
	if w < 640 {
		return 970
	}
	return 660
}

// Draw implements Diagram.
func (d *timeline) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	rest := heading(c, r, "Who runs, and who decides", timeLead(m))
	told := m.H.Stories.Last[view.StoryIRQ]
	steps := told.Steps()
	foreign := m.F.Kernel.Foreign != ""
	switch {
	case foreign:
		steps = doorSteps(m)
	case !m.F.Kernel.Booted:
		steps = bootSteps(m)
	}
	rest = story(c, rest, steps)
	if r.W < 640 {
		top, rest := rest.CutTop(128, 12)
		d.clock(c, m, top)
		lines, rest := rest.CutTop(150, 12)
		d.lines(c, m, lines)
		if foreign {
			d.machineLanes(c, m, rest)
			return
		}
		if len(m.F.Kernel.Tasks) == 0 {
			chapters(c, m, rest)
			return
		}
		band, rest := rest.CutTop(policyHeight(r.W), 14)
		d.policyBand(c, m, band)
		lanes, saved := rest.CutTop(rest.H-196, 14)
		d.lanes(c, m, lanes)
		d.saved(c, m, saved)
		return
	}
	top, rest := rest.CutTop(126, 20)
	clock, lines := top.CutLeft(max(278, top.W*0.34), 20)
	d.clock(c, m, clock)
	d.lines(c, m, lines)
	if foreign {
		lanes, band := rest.CutBottom(186, 18)
		d.machineLanes(c, m, lanes)
		(&rings{}).innerBand(c, m, band)
		return
	}
	if len(m.F.Kernel.Tasks) == 0 {
		chapters(c, m, rest)
		return
	}
	band, rest := rest.CutTop(policyHeight(r.W), 14)
	d.policyBand(c, m, band)
	lanes, saved := rest.CutBottom(138, 14)
	d.lanes(c, m, lanes)
	d.saved(c, m, saved)
}

func timeLead(m *Model) string {
	tm, k := &m.F.Timer, &m.F.Kernel
	if tm.Reload == 0 {
		return "Nobody has programmed the timer yet: nothing will interrupt what runs now."
	}
	if tm.HZ == 0 {
		return "The 8254 is set to go off once: " + itoa(int(tm.Reload)) + " counts of its 1.193 MHz clock, then nothing until the kernel sets it again."
	}
	s := "The 8254 counts down at 1.193 MHz whatever runs, and interrupts " + itoa(int(tm.HZ)) + " times a second."
	if k.Booted && k.Slice > 0 {
		s += " The kernel lets a task run for " + span(k.Slice) + " before it looks for another."
	}
	return s
}

// clock draws the countdown with the timer's own numbers.
func (d *timeline) clock(c *ui.Context, m *Model, r ui.Rect) {
	t, tm := c.Theme, &m.F.Timer
	c.Outline(r, 8, 1, t.Line)
	c.Text(r.X+14, r.Y+22, ui.TextB, t.Ink, "8254 timer, channel 0")
	radius := min(40, (r.H-42)/2)
	at := ui.Point{X: r.X + 18 + radius, Y: r.Y + 32 + radius}
	countdown(c, tm, at, radius)
	x := at.X + radius + 24
	if tm.Reload == 0 {
		c.Text(x, at.Y+4, ui.Small, t.Ink2, "not programmed yet")
		return
	}
	next := "now"
	if tm.NextAt > m.F.Now {
		next = "in " + span(tm.NextAt-m.F.Now)
	}
	period, ticks := span(tm.Period), "jiffies"
	if tm.HZ == 0 || tm.Period == 0 {
		period = "goes off once"
	}
	if m.F.Kernel.Foreign != "" {
		ticks = "taken"
	}
	rows := [][2]string{{"reload", itoa(int(tm.Reload))}, {"next tick", next}, {"period", period}, {ticks, group(tm.Ticks)}}
	y := at.Y - 24
	for _, row := range rows {
		c.Text(x, y, ui.Small, t.Ink3, row[0])
		c.TextFit(x+64, y, r.Right()-x-70, ui.MonoM, t.Ink, row[1])
		if at := (ui.Rect{X: x, Y: y - 13, W: r.Right() - x - 6, H: 19}); c.Over(at) {
			c.Hover(at, timerTip(tm, row[0]))
		}
		y += 19
	}
}

// timerModes are what channel 0 does when its count is over. Intel 8254 data sheet, "Mode Definitions".
var timerModes = [8]string{"mode 0: its line rises once", "mode 1: one shot, started by hardware", "mode 2: rate generator, counts again and again", "mode 3: square wave, counts again and again",
	"mode 4: strobe, once", "mode 5: strobe, started by hardware", "mode 2", "mode 3"}

// timerTip explains a number of the 8254.
func timerTip(tm *view.Timer, name string) string {
	switch name {
	case "reload":
		return "the counter begins at " + itoa(int(tm.Reload)) + " (0x" + hex(uint64(tm.Reload), 4) + ") and loses one 1 193 182 times a second; " + timerModes[tm.Mode&7]
	case "next tick":
		return "when the count reaches 0 the timer raises IRQ 0; now it is at " + itoa(int(tm.Count))
	case "period":
		return "from tick to tick; the kernel chose " + itoa(int(tm.HZ)) + " a second"
	}
	return plural(tm.Ticks, "tick") + " handled by the kernel so far: its own clock"
}

// lines draws the sixteen interrupt lines, the three registers of each 8259, and the way to the CPU.
func (d *timeline) lines(c *ui.Context, m *Model, r ui.Rect) {
	t, tm := c.Theme, &m.F.Timer
	lit := lights(c, m)
	hot := max(lit.timer, lit.uart, lit.cpu)
	c.Outline(r, 8, 1, t.Line)
	if hot > 0 {
		c.Outline(r, 8, 1.6, t.Ring0.Fade(hot))
	}
	c.Text(r.X+14, r.Y+22, ui.TextB, t.Ink, "8259 interrupt controllers")
	pinW := float32(150)
	if r.W < 500 {
		pinW = 0
		pin := "INTR low"
		if tm.INTR {
			pin = "INTR high"
		}
		c.TextRight(r.Right()-14, r.Y+22, ui.SmallB, t.Ink2, pin)
	}
	in := ui.Rect{X: r.X + 14, Y: r.Y + 32, W: r.W - 28 - pinW, H: r.H - 40}
	switch {
	case in.W > 400:
		a, b := in.CutLeft((in.W-24)/2, 24)
		d.chip(c, tm, a, 0)
		d.chip(c, tm, b, 1)
	case r.H < 146:
		for chip := range 2 {
			d.flatChip(c, tm, ui.Rect{X: in.X, Y: in.CY() - 30 + float32(chip)*33, W: in.W, H: 24}, chip)
		}
	default:
		irqRow(c, tm, in.X, in.Y, in.W, 0, 8)
		irqRow(c, tm, in.X, in.Y+50, in.W, 8, 8)
		c.TextFit(in.X, r.Bottom()-12, in.W, ui.Mono, t.Ink2, picWords(tm, 0)+"   "+picWords(tm, 1))
	}
	if pinW == 0 {
		return
	}
	x := r.Right() - pinW
	c.VLine(x, r.Y+14, r.Bottom()-14, t.Soft)
	intrPin(c, m, x+16, r.Y+46, pinW-26)
	flag, words := "IF 1", "the CPU listens"
	if !m.F.CPU.IF {
		flag, words = "IF 0", "held off"
	}
	w := c.Text(x+16, r.Y+72, ui.MonoB, t.Ink, flag)
	c.TextFit(x+24+w, r.Y+72, pinW-w-34, ui.Small, t.Ink2, words)
	if m.Seen[view.KindInterrupt] > 0 {
		c.TextFit(x+16, r.Y+98, pinW-24, ui.Small, t.Ink3, "last vector "+itoa(int(m.Event[view.KindInterrupt].A)))
	}
}

func (d *timeline) chip(c *ui.Context, tm *view.Timer, r ui.Rect, chip int) {
	irqRow(c, tm, r.X, r.Y+2, r.W, chip*8, 8)
	words := picWords(tm, chip)
	if with := words + "  base " + itoa(int(tm.Base[chip])); c.Width(ui.Mono, with) <= r.W {
		words = with
	}
	c.TextFit(r.X, r.Bottom()-4, r.W, ui.Mono, c.Theme.Ink2, words)
	c.Hover(ui.Rect{X: r.X, Y: r.Bottom() - 18, W: r.W, H: 18}, "lines that ask, lines that are held off, lines in service; line "+itoa(chip*8)+" is vector "+itoa(int(tm.Base[chip])))
}

// flatChip draws a chip's lines with its registers beside them.
func (d *timeline) flatChip(c *ui.Context, tm *view.Timer, r ui.Rect, chip int) {
	row := min(8*27, r.W-150)
	irqRow(c, tm, r.X, r.Y, row, chip*8, 8)
	words := "irr " + hex(uint64(tm.IRR[chip]), 2) + " imr " + hex(uint64(tm.IMR[chip]), 2) + " isr " + hex(uint64(tm.ISR[chip]), 2)
	at := ui.Rect{X: r.X + row + 8, Y: r.Y, W: r.W - row - 8, H: r.H}
	c.TextFit(at.X, r.CY()+2, at.W, ui.Mono, c.Theme.Ink2, words)
	c.Hover(at, "lines that ask, lines that are held off, lines in service; line "+itoa(chip*8)+" is vector "+itoa(int(tm.Base[chip])))
}

func picWords(tm *view.Timer, chip int) string {
	return "IRR " + hex(uint64(tm.IRR[chip]), 2) + " IMR " + hex(uint64(tm.IMR[chip]), 2) + " ISR " + hex(uint64(tm.ISR[chip]), 2)
}

// lanes draws what each task did lately: in user mode, in the kernel, ready, blocked and on what.
func (d *timeline) lanes(c *ui.Context, m *Model, r ui.Rect) {
	label, state := min(96, r.W*0.22), float32(150)
	if r.W < 640 {
		state = 0
	}
	area := ui.Rect{X: r.X + label, Y: r.Y, W: r.W - label - state, H: r.H - 22}
	zoom(c, m, area)
	l := newLanes(m, area)
	const row = 30
	n := max(1, int(area.H/row))
	shown := l.recent(m, n)
	pitch := min(70, max(row, area.H/float32(max(1, len(shown)))))
	for i, lane := range shown {
		y := r.Y + float32(i)*pitch
		d.lane(c, m, l, lane, ui.Rect{X: r.X, Y: y, W: r.W, H: pitch}, label, state)
	}
	bottom := r.Y + float32(len(shown))*pitch
	l.ticks(c, m, r.Y, bottom)
	l.seek(c, m)
	l.now(c, m, r.Y, bottom)
	l.scale(c, m, bottom+14)
}

// chapters lists the boot's stages with the time at which each was reached: what there is before there are tasks.
func chapters(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	c.Para(r.X, r.Y+18, r.W, 20, 2, ui.Text, t.Ink2, "There is no task yet: the kernel makes the first one, PID 1, at the end of the boot.")
	row := min(44, (r.H-50)/float32(max(1, len(m.F.Boot))))
	for i := range m.F.Boot {
		s := &m.F.Boot[i]
		y := r.Y + 50 + float32(i)*row
		dot := ui.Point{X: r.X + 8, Y: y + 8}
		if i+1 < len(m.F.Boot) {
			c.Line(ui.Path{{X: dot.X, Y: dot.Y + 8}, {X: dot.X, Y: dot.Y + row - 8}}, 1.2, t.Line)
		}
		ink, when := t.Ink3, ""
		switch {
		case s.Now:
			c.Circle(dot, 5, t.Ring0)
			ink, when = t.Ink, span(s.At)
		case s.Done:
			c.Circle(dot, 5, t.Ink2)
			ink, when = t.Ink, span(s.At)
		default:
			c.Ring(dot, 5, 1.2, t.Ink3)
		}
		c.Text(r.X+28, y+12, ui.TextB, ink, s.Name)
		c.TextRight(r.X+230, y+12, ui.Mono, t.Ink2, when)
		if r.W > 480 && (s.Now || s.Done) {
			c.TextFit(r.X+254, y+12, r.W-254, ui.Text, t.Ink2, s.Text)
		}
	}
}

func (d *timeline) lane(c *ui.Context, m *Model, l lanes, lane *view.Lane, r ui.Rect, label, state float32) {
	t := c.Theme
	mid := r.CY()
	task := m.task(lane.PID)
	ink := t.Ink
	if task == nil {
		ink = t.Ink3
	}
	w := c.Text(r.X, mid+4, ui.MonoB, ink, itoa(lane.PID))
	c.TextFit(r.X+w+8, mid+4, label-w-14, ui.Mono, ink, laneName(lane))
	if _, clicked := c.Click(ui.Rect{X: r.X, Y: r.Y, W: label, H: r.H}, "click to see its saved registers"); clicked {
		d.pid = lane.PID
	}
	c.HLine(l.area.X, l.area.Right(), mid, t.Soft)
	l.spans(c, lane, mid-8, 16)
	l.inKernel(c, m, lane.PID, mid-8, 16)
	l.waits(c, lane, mid)
	if state == 0 || task == nil {
		return
	}
	x := l.area.Right() + 14
	words, col := stateWord(task), t.Ink3
	switch words {
	case "running":
		col = t.Ring3
	case "ready":
		col = t.Ring3.Mix(t.Card, 0.25)
	}
	if task.Nice != 0 {
		words += " · nice " + itoa(task.Nice)
	}
	c.TextFit(x, mid-2, state-14, ui.SmallB, col, words)
	if m.F.Kernel.Policy == "fair" && col != t.Ink3 && r.H >= 30 {
		d.virtual(c, m, task, ui.Rect{X: x, Y: mid + 1, W: state - 14, H: 20})
		return
	}
	c.TextFit(x, mid+12, state-14, ui.Tiny, t.Ink3, taskWords(m, task))
}

// inKernel marks the stretches that a task spent in ring 0.
func (l lanes) inKernel(c *ui.Context, m *Model, pid int, y, h float32) {
	for _, s := range m.H.Rings {
		if s.Ring != 0 || s.Task != pid {
			continue
		}
		if r, ok := l.bar(s.From, s.To, y, h); ok {
			r.W = max(r.W, 1.5)
			c.Fill(r, c.Theme.Ring0)
		}
	}
}

// waits names what a task was blocked on, where there is room.
func (l lanes) waits(c *ui.Context, lane *view.Lane, mid float32) {
	for _, s := range lane.Spans {
		r, ok := l.bar(s.From, s.To, mid-8, 16)
		if !ok || s.State != view.Blocked {
			continue
		}
		c.Dashes(ui.Path{{X: r.X, Y: mid}, {X: r.Right(), Y: mid}}, 1.2, 2, 5, c.Theme.Ink3)
		word := s.Why
		if word == "" {
			word = "blocked"
		}
		if w := c.Width(ui.Tiny, word); r.W > w+24 {
			c.Fill(ui.Rect{X: r.CX() - w/2 - 5, Y: mid - 7, W: w + 10, H: 14}, c.Theme.Card)
			c.TextMid(r.CX(), mid+3.5, ui.Tiny, c.Theme.Ink3, word)
		}
		c.Hover(r, "blocked: "+word+", "+length(s))
	}
}

// ticks draws a faint line for each timer interrupt, unless they would be a curtain.
func (l lanes) ticks(c *ui.Context, m *Model, top, bottom float32) {
	p := m.F.Timer.Period
	if p == 0 || float32(float64(l.to-l.from)/float64(p))*6 > l.area.W {
		return
	}
	for i := range m.H.Marks {
		e := &m.H.Marks[i]
		if e.Kind == view.KindInterrupt && e.At > l.from {
			c.VLine(l.x(e.At), top, bottom, c.Theme.Ring0.Fade(0.18))
		}
	}
}
