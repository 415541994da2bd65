package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// node draws one task.
func (d *processes) node(c *ui.Context, m *Model, nodes []node, i int) {
	t, n := c.Theme, &nodes[i]
	p := &m.F.Procs.List[n.i]
	r := n.at
	fill, edge, width := t.Card, t.Line, float32(1)
	switch {
	case p.PID == 1 && m.F.Start.Panic != "":
		edge, width = t.Ring0, 1.8
	case p.OnCPU:
		edge, width = t.Ring3, 1.8
		if p.Kernel {
			edge = t.Ring0
		}
	}
	if hover, clicked := c.Click(r, processTip(m, p)); hover {
		fill = t.Fill
		if clicked {
			toMemory(c, p.PID)
		}
	}
	radius := min(6, r.H/3)
	if p.Letter == "Z" {
		c.Round(r, radius, fill)
		dashedBox(c, r, t.Ink3)
	} else {
		c.Frame(r, radius, width, fill, edge)
	}
	size := min(18, r.H-6)
	badge := ui.Rect{X: r.X + 7, Y: r.Y + 7, W: size, H: size}
	if r.H < 44 {
		badge.X, badge.Y = r.X+3, r.CY()-size/2
	}
	letter(c, badge, p)
	x := badge.Right() + 7
	base := badge.CY() + 4.5
	face, small := ui.MonoHd, ui.Small
	if r.H < 30 {
		face, small = ui.MonoB, ui.Tiny
	}
	ink := t.Ink
	if p.Letter == "Z" {
		ink = t.Ink3
	}
	right := r.Right() - 8
	if m.F.Procs.Foreground != 0 && p.PGID == m.F.Procs.Foreground {
		w := c.Width(ui.MonoSB, ">_")
		c.Text(right-w, base, ui.MonoSB, t.Granted, ">_")
		right -= w + 6
	}
	name := itoa(p.PID) + " " + p.Comm
	x += c.TextFit(x, base, right-x, face, ink, name) + 10
	switch {
	case r.H >= roomyH:
		taskDetails(c, m, ui.Rect{X: r.X + 10, Y: r.Y + 28, W: r.W - 20, H: r.H - 36}, p)
	case r.H >= 66:
		c.TextFit(r.X+10, r.Y+42, r.W-18, ui.Small, t.Ink2, processWords(p))
		thirdLine(c, m, ui.Rect{X: r.X + 10, Y: r.Y + 48, W: r.W - 18, H: 16}, p)
	case r.H >= 44:
		c.TextFit(r.X+10, r.Bottom()-10, r.W-18, ui.Small, t.Ink2, processWords(p))
	case right-x > 40:
		c.TextFit(x, base, right-x, small, t.Ink2, processWords(p))
	}
	if len(p.Pending) > 0 {
		w := c.Width(ui.MonoSB, p.Pending[0]) + 10
		chip := ui.Rect{X: r.Right() - w - 4, Y: r.Y - 7, W: w, H: 14}
		c.Round(chip, 7, t.Ring0)
		c.TextMid(chip.CX(), chip.Y+10.5, ui.MonoSB, t.OnAccent, p.Pending[0])
		c.Hover(chip, "Pending: "+strings.Join(p.Pending, ", ")+". A signal waits until its target is on its way back to ring 3, and while it is blocked.")
	}
}

// thirdLine is where both of a fork go on, as long as that is news; else an adoption or the open files.
func thirdLine(c *ui.Context, m *Model, r ui.Rect, p *view.Process) {
	f := &m.F.Procs.Fork
	if p.RIP != 0 && news(m, f.At) && (p.PID == f.Parent || p.PID == f.Child) {
		c.TextFit(r.X, r.Y+11, r.W, ui.Mono, c.Theme.Ink2, "rip "+hex(p.RIP, 6))
		c.Hover(r, "Where it goes on in ring 3. Just after a fork parent and child stand at the same instruction.")
		return
	}
	c.TextFit(r.X, r.Y+11, r.W, ui.Tiny, c.Theme.Ink3, filesWords(p))
}

// filesWords tells of an adoption, or lists the open files, those that lead to the same place together: "0 1 2 console · 3 pipe".
func filesWords(p *view.Process) string {
	if p.Born != 0 {
		return "adopted: its parent " + itoa(p.Born) + " ended"
	}
	if p.Thread() {
		return "thread of " + itoa(p.TGID)
	}
	s, last := "", ""
	for i := range p.FDs {
		name := p.FDs[i].Name
		if name == last {
			continue
		}
		numbers := ""
		for j := i; j < len(p.FDs) && p.FDs[j].Name == name; j++ {
			numbers += itoa(p.FDs[j].N) + " "
		}
		if s != "" {
			s += " · "
		}
		last = name
		s += numbers + shortFile(name)
	}
	return s
}

// shortFile is the last part of a path, or the kind of what has none.
func shortFile(name string) string {
	if i := strings.IndexByte(name, ':'); i > 0 && name[0] != '/' {
		return name[:i]
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// toMemory brings the address space of a task on stage.
func toMemory(c *ui.Context, pid int) {
	c.Act(ui.Action{Kind: "space", N: float64(pid)})
	c.Act(ui.Action{Kind: "stage", Text: IDMemory})
}

// letter draws the state as ps writes it: filled while it runs, its edge alone while it is ready, grey while it sleeps.
func letter(c *ui.Context, r ui.Rect, p *view.Process) {
	t := c.Theme
	face := ui.MonoSB
	face.Size = min(11, r.H*0.7)
	base := r.CY() + face.Size*0.36
	run := t.Ring3
	if p.Kernel {
		run = t.Ring0
	}
	switch {
	case p.OnCPU:
		c.Round(r, 4, run)
		c.TextMid(r.CX(), base, face, t.OnAccent, p.Letter)
	case p.Letter == "R":
		c.Outline(r, 4, 1.6, run)
		c.TextMid(r.CX(), base, face, run, p.Letter)
	case p.Letter == "T":
		c.Round(r, 2, t.Ink2)
		c.TextMid(r.CX(), base, face, t.OnAccent, p.Letter)
	case p.Letter == "Z":
		c.Outline(r, 4, 1, t.Ink3)
		c.TextMid(r.CX(), base, face, t.Ink3, p.Letter)
		c.Line(ui.Path{{X: r.X + 2, Y: r.Bottom() - 2}, {X: r.Right() - 2, Y: r.Y + 2}}, 1, t.Ink3)
	default:
		c.Round(r, 4, t.Fill)
		c.TextMid(r.CX(), base, face, t.Ink2, p.Letter)
	}
}

func dashedBox(c *ui.Context, r ui.Rect, col ui.Color) {
	c.Dashes(ui.Path{{X: r.X, Y: r.Y}, {X: r.Right(), Y: r.Y}, {X: r.Right(), Y: r.Bottom()}, {X: r.X, Y: r.Bottom()}, {X: r.X, Y: r.Y}}, 1, 4, 3, col)
}

// processWords says in a few words what a task does.
func processWords(p *view.Process) string {
	switch {
	case p.Status != "" && p.Letter != "Z":
		return "ended: " + p.Status
	case p.Status != "":
		return p.Status + ", not waited for"
	case p.Letter == "T":
		return "stopped"
	case p.Waits != "" && p.Call != "":
		return p.Call + ": " + p.Waits
	case p.Waits != "":
		return p.Waits
	case p.Call != "" && p.OnCPU:
		return "in " + p.Call
	case p.Call != "":
		return "ready, in " + p.Call
	case p.OnCPU:
		return "running"
	case p.Letter == "R":
		return "ready"
	}
	return ""
}

var letterWords = map[string]string{"R": "running or ready to", "S": "sleeping; a signal wakes it", "D": "sleeping; nothing but what it waits for wakes it", "T": "stopped by a signal",
	"Z": "zombie: ended, its status not yet collected", "X": "dead"}

// processTip says all about a task that has no room in its node.
func processTip(m *Model, p *view.Process) string {
	s := "pid " + itoa(p.PID) + " " + p.Comm + ", " + p.Letter + ": " + letterWords[p.Letter] + "."
	if p.Thread() {
		s = "thread " + itoa(p.PID) + " of process " + itoa(p.TGID) + " " + p.Comm + ", " + p.Letter + ": " + letterWords[p.Letter] + "."
	}
	s += "\nParent " + itoa(p.PPID) + ", group " + itoa(p.PGID) + ", session " + itoa(p.SID) + ", user " + itoa(int(p.UID)) + "."
	if m.F.Procs.Foreground == p.PGID && p.PGID != 0 {
		s += " Its group has the console: Ctrl-C reaches it."
	}
	switch {
	case p.Waits != "":
		s += "\nIn " + p.Call + ", waits for " + p.Waits + " (wchan " + p.Channel + ")."
	case p.Call != "":
		s += "\nIn the kernel: " + p.Call + "."
	case p.Status != "":
		s += "\nIts parent will be told: " + p.Status + "."
	}
	if p.Born != 0 {
		s += "\nIts parent was " + itoa(p.Born) + ", which ended: " + itoa(p.PPID) + " has adopted it."
	}
	if p.Vfork {
		s += "\nIts parent waits until it lets go of the memory they share (vfork)."
	}
	if n := len(p.FDs) + p.MoreFDs; n > 0 {
		s += "\n" + plural(uint64(n), "open file") + "."
	}
	return s
}

// branch draws the line from the task that a node hangs below.
func branch(c *ui.Context, m *Model, nodes []node, i int) {
	t, n := c.Theme, &nodes[i]
	if n.up < 0 || n.up >= len(nodes) {
		return
	}
	up, p := nodes[n.up].at, &m.F.Procs.List[n.i]
	var way ui.Path
	if n.tree {
		way = ui.Swing(ui.Point{X: up.Right(), Y: up.CY()}, ui.Point{X: n.at.X, Y: n.at.CY()})
	} else {
		if n.at.X < up.X || n.at.X > up.X+up.W*0.8 || n.at.Y < up.Y {
			return // in another column
		}
		x := min(up.X+8, n.at.X-6)
		way = ui.Path{{X: x, Y: up.Bottom()}, {X: x, Y: n.at.CY()}, {X: n.at.X, Y: n.at.CY()}}
	}
	switch {
	case p.Born != 0:
		c.Dashes(way, 1.4, 4, 3, t.Ink3)
	case p.Thread():
		c.Dashes(way, 1.2, 1.5, 3, t.Ink2)
	default:
		c.Line(way, 1.4, t.Line.Mix(t.Ink3, 0.5))
	}
}

// shortly is how long after it, in the machine's time, what happened last is still told at its place.
const shortly = 4 * perMilli

// news tells whether what happened at a time is still told at its place: not long, and not when everybody waits for the reader.
func news(m *Model, at uint64) bool {
	return at != 0 && m.F.Now <= at+shortly && m.F.Stop != "waiting for input"
}

// forked writes what fork returned to both, as long as that is news.
func forked(c *ui.Context, m *Model, nodes []node) {
	f := &m.F.Procs.Fork
	i := find(nodes, f.Child)
	if !news(m, f.At) || i < 0 || nodes[i].up < 0 || nodes[nodes[i].up].pid != f.Parent {
		return
	}
	if c.Since(m.Seen[view.KindFork], growMs) < 1 {
		return // it is on its way still
	}
	child, parent := &nodes[i], &nodes[nodes[i].up]
	call := f.Call
	if call == "" {
		call = "fork"
	}
	if f.Returned {
		returns(c, parent.at, call+"() = "+itoa(int(f.Value)), call+" returned "+itoa(int(f.Value))+" to the parent: the child's PID.")
	}
	returns(c, child.at, call+"() = 0", call+" returns 0 to the child: that is how it knows that it is the child.")
}

// returns writes what a call returned on the upper edge of a node.
func returns(c *ui.Context, at ui.Rect, text, tip string) {
	w := c.Width(ui.MonoSB, text) + 12
	r := ui.Rect{X: at.Right() - w - 8, Y: at.Y - 9, W: w, H: 17}
	c.Frame(r, 4, 1, c.Theme.Now, c.Theme.NowLine)
	c.TextMid(r.CX(), r.Y+12, ui.MonoSB, c.Theme.Ink, text)
	c.Hover(r, tip)
}

// groups marks those that are one job: several processes of a group, below the same parent.
func groups(c *ui.Context, m *Model, nodes []node) {
	t := c.Theme
	for i := range nodes {
		p := &m.F.Procs.List[nodes[i].i]
		box, n, last := nodes[i].at, 1, i
		for j := i + 1; j < len(nodes) && nodes[j].depth >= nodes[i].depth; j++ {
			q := &m.F.Procs.List[nodes[j].i]
			if nodes[j].up != nodes[i].up || nodes[j].depth != nodes[i].depth {
				continue
			}
			if q.PGID != p.PGID {
				break
			}
			box.W, box.H = max(box.Right(), nodes[j].at.Right())-box.X, nodes[j].at.Bottom()-box.Y
			n, last = n+1, j
		}
		first := i == 0 || sameJobBefore(m, nodes, i) < 0
		if n < 2 || !first || p.PGID == 0 || box.H < 0 || nodes[last].at.X != nodes[i].at.X {
			continue
		}
		band := box.Inset(-6, -5)
		c.Round(band, 8, t.Fill)
		text := "job " + itoa(p.PGID)
		if p.PGID == m.F.Procs.Foreground {
			text += " · foreground"
		}
		if nodes[i].tree {
			c.Text(band.X+8, band.Bottom()+11, ui.Tiny, t.Ink2, text)
		}
		c.Hover(band, "Process group "+itoa(p.PGID)+": the shell started these together as one job. Ctrl-C, Ctrl-Z and the shell's fg and bg reach them all.")
	}
}

// sameJobBefore finds a sibling before a node that is in the same group, -1 when there is none.
func sameJobBefore(m *Model, nodes []node, i int) int {
	for j := i - 1; j >= 0; j-- {
		if nodes[j].up == nodes[i].up && nodes[j].depth == nodes[i].depth {
			if m.F.Procs.List[nodes[j].i].PGID == m.F.Procs.List[nodes[i].i].PGID {
				return j
			}
			return -1
		}
	}
	return -1
}
