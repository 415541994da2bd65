package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// focus is the task that the panel tells of: the one that is pointed at, the one on the CPU, or the youngest.
func focus(c *ui.Context, m *Model, nodes []node) *view.Process {
	list := m.F.Procs.List
	best := &list[len(list)-1]
	for i := range nodes {
		p := &list[nodes[i].i]
		if c.In.Inside && nodes[i].at.Contains(c.In.Pos) {
			return p
		}
		if p.OnCPU {
			best = p
		}
	}
	return best
}

// processPanel tells of one task: its numbers, what it does, its open files.
func processPanel(c *ui.Context, m *Model, r ui.Rect, p *view.Process) {
	c.VLine(r.X-15, r.Y, r.Bottom(), c.Theme.Soft)
	y := taskHead(c, r, p) + 4
	y = numbers(c, m, ui.Rect{X: r.X, Y: y, W: r.W}, p)
	y = registersOf(c, ui.Rect{X: r.X, Y: y, W: r.W}, p)
	openFiles(c, m, ui.Rect{X: r.X, Y: y + 6, W: r.W, H: r.Bottom() - y - 6}, p)
}

// taskDetails is all of it below a task's name, in a node of the tree.
func taskDetails(c *ui.Context, m *Model, r ui.Rect, p *view.Process) {
	y := c.Para(r.X, r.Y+14, r.W, 16, 2, ui.Small, c.Theme.Ink2, doing(p)) + 6
	y = registersOf(c, ui.Rect{X: r.X, Y: y, W: r.W}, p) + 6
	y = numbers(c, m, ui.Rect{X: r.X, Y: y, W: r.W}, p)
	openFiles(c, m, ui.Rect{X: r.X, Y: y, W: r.W, H: r.Bottom() - y}, p)
}

// processStrip tells the same below the tree.
func processStrip(c *ui.Context, m *Model, r ui.Rect, p *view.Process) {
	c.HLine(r.X, r.Right(), r.Y-10, c.Theme.Soft)
	if r.W < 480 {
		col := r.Columns(2, 20)
		y := taskHead(c, col[0], p)
		y = registersOf(c, ui.Rect{X: col[0].X, Y: y + 6, W: col[0].W}, p)
		numbers(c, m, ui.Rect{X: col[0].X, Y: y + 6, W: col[0].W}, p)
		openFiles(c, m, ui.Rect{X: col[1].X, Y: col[1].Y + 4, W: col[1].W, H: col[1].H - 4}, p)
		return
	}
	col := r.Columns(3, 24)
	y := taskHead(c, col[0], p)
	registersOf(c, ui.Rect{X: col[0].X, Y: y + 6, W: col[0].W}, p)
	numbers(c, m, ui.Rect{X: col[1].X, Y: col[1].Y + 15, W: col[1].W}, p)
	openFiles(c, m, ui.Rect{X: col[2].X, Y: col[2].Y + 4, W: col[2].W, H: col[2].H - 4}, p)
}

// taskHead names a task and says what it does; it returns where the next line goes.
func taskHead(c *ui.Context, r ui.Rect, p *view.Process) float32 {
	letter(c, ui.Rect{X: r.X, Y: r.Y + 1, W: 18, H: 18}, p)
	c.TextFit(r.X+26, r.Y+15, r.W-26, ui.MonoHd, c.Theme.Ink, itoa(p.PID)+" "+p.Comm)
	return c.Para(r.X, r.Y+38, r.W, 16, 2, ui.Small, c.Theme.Ink2, doing(p))
}

// valueX is where a value stands to the right of its name.
const valueX = 50

// numbers lists what a task belongs to, and with whom it shares its memory.
func numbers(c *ui.Context, m *Model, r ui.Rect, p *view.Process) float32 {
	t, y := c.Theme, r.Y
	for _, row := range []struct{ name, value, tip string }{
		{"parent", itoa(p.PPID), "PPID: who is told when it ends."},
		{"group", itoa(p.PGID), "PGID, the process group: one job of the shell. Signals of the keyboard go to a whole group."},
		{"session", itoa(p.SID), "SID, the session: everything that one login or one terminal started."},
	} {
		c.Text(r.X, y, ui.Small, t.Ink3, row.name)
		c.Text(r.X+valueX, y, ui.MonoM, t.Ink, row.value)
		if row.name == "group" && p.PGID == m.F.Procs.Foreground && p.PGID != 0 && r.W >= 200 {
			c.TextFit(r.X+100, y, r.W-100, ui.Small, t.Granted, ">_ has the console")
		}
		c.Hover(ui.Rect{X: r.X, Y: y - 12, W: r.W, H: 17}, row.tip)
		y += 17
	}
	if sharers := sharing(m, p); sharers != "" {
		y = c.Para(r.X, y+3, r.W, 15, 2, ui.Small, t.Table, sharers)
	}
	return y
}

func doing(p *view.Process) string {
	switch {
	case p.Born != 0:
		return "adopted by " + itoa(p.PPID) + " when its parent " + itoa(p.Born) + " ended; " + processWords(p)
	case p.Thread():
		return "a thread of process " + itoa(p.TGID) + "; " + processWords(p)
	case p.Vfork:
		return "borrows its parent's memory until exec (vfork); " + processWords(p)
	}
	return processWords(p)
}

// sharing names the others in its address space.
func sharing(m *Model, p *view.Process) string {
	s := ""
	for i := range m.F.Procs.List {
		if q := &m.F.Procs.List[i]; q.PID != p.PID && q.Space == p.Space && p.Space != 0 {
			s += " " + itoa(q.PID)
		}
	}
	if s == "" {
		return ""
	}
	return "shares its memory with" + s
}

// registersOf shows where a task is and what RAX holds: after a fork both are at the same place with another RAX.
func registersOf(c *ui.Context, r ui.Rect, p *view.Process) float32 {
	if p.RIP == 0 {
		return r.Y
	}
	t := c.Theme
	c.Text(r.X, r.Y+4, ui.Small, t.Ink3, "rip")
	c.TextFit(r.X+valueX, r.Y+4, r.W-valueX, ui.MonoM, t.Ink, hex(p.RIP, 6))
	if p.Call != "" { // RAX is what it will return, which nobody knows yet
		return r.Y + 17
	}
	c.Text(r.X, r.Y+21, ui.Small, t.Ink3, "rax")
	c.TextFit(r.X+valueX, r.Y+21, r.W-valueX, ui.MonoM, t.Ink, hex(p.RAX, 1))
	c.Hover(ui.Rect{X: r.X, Y: r.Y - 8, W: r.W, H: 34}, "Where it goes on in ring 3, and RAX there. After a fork parent and child stand at the same instruction; only RAX differs.")
	return r.Y + 34
}

// openFiles lists descriptors and where they lead.
func openFiles(c *ui.Context, m *Model, r ui.Rect, p *view.Process) {
	t := c.Theme
	if r.H < 40 {
		return
	}
	c.Text(r.X, r.Y+10, ui.SmallB, t.Ink, "open files")
	y := r.Y + 28
	fds, more := p.FDs, p.MoreFDs
	if p.Thread() && len(fds) == 0 {
		c.Text(r.X, y, ui.Small, t.Ink3, "those of process "+itoa(p.TGID))
		return
	}
	if len(fds) == 0 {
		c.Text(r.X, y, ui.Small, t.Ink3, "none")
		return
	}
	for i := range fds {
		fd := &fds[i]
		if y+16 > r.Bottom() && i+1 < len(fds) {
			more += len(fds) - i
			break
		}
		c.TextRight(r.X+18, y, ui.MonoM, t.Ink, itoa(fd.N))
		mode := "r"
		switch {
		case fd.Read && fd.Write:
			mode = "rw"
		case fd.Write:
			mode = "w"
		}
		c.Text(r.X+26, y, ui.Mono, t.Ink3, mode)
		ink := t.Ink2
		if fd.Link >= 0 {
			ink = t.Ink
		}
		name := fd.Name
		if c.Width(ui.Mono, name) > r.W-46 {
			name = shortFile(name)
		}
		c.TextFit(r.X+46, y, r.W-46, ui.Mono, ink, name)
		c.Hover(ui.Rect{X: r.X, Y: y - 12, W: r.W, H: 16}, fdTip(m, fd))
		y += 16
	}
	if more > 0 {
		c.Text(r.X+26, min(y, r.Bottom()), ui.Small, t.Ink3, "and "+itoa(more)+" more")
	}
}

func fdTip(m *Model, fd *view.FD) string {
	s := "descriptor " + itoa(fd.N) + ": " + fd.Name
	if fd.Link >= 0 && fd.Link < len(m.F.Procs.Links) {
		s += "\n" + linkTip(&m.F.Procs.Links[fd.Link])
	}
	return s
}

// processesCard is the tree as a short list.
func processesCard(c *ui.Context, m *Model, r ui.Rect) {
	t, p := c.Theme, &m.F.Procs
	if !p.Known || len(p.List) == 0 {
		c.Para(r.X, r.Y+16, r.W, 17, 5, ui.Text, t.Ink2, processesLead(m))
		return
	}
	nodes := hang(p)
	row := min(24, max(15, r.H/float32(len(nodes))))
	rows := max(1, int(r.H/row))
	from := max(0, min(len(nodes)-rows, newest(nodes)-rows+2))
	for i := from; i < len(nodes) && i < from+rows; i++ {
		n := &nodes[i]
		q := &p.List[n.i]
		line := ui.Rect{X: r.X + min(float32(n.depth)*14, r.W*0.4), Y: r.Y + float32(i-from)*row, W: r.W, H: row}
		line.W = r.Right() - line.X
		letter(c, ui.Rect{X: line.X, Y: line.Y + 1, W: min(16, row-3), H: min(16, row-3)}, q)
		w := c.TextFit(line.X+23, line.Y+min(16, row-3)*0.5+5, line.W-23, ui.MonoM, t.Ink, itoa(q.PID)+" "+q.Comm)
		c.TextFit(line.X+33+w, line.Y+min(16, row-3)*0.5+5, line.W-33-w, ui.Small, t.Ink2, processWords(q))
	}
}

// newest is the index of the node that was made last.
func newest(nodes []node) int {
	at := 0
	for i := range nodes {
		if nodes[i].pid > nodes[at].pid {
			at = i
		}
	}
	return at
}

// processesBadge counts the tasks by state.
func processesBadge(c *ui.Context, m *Model, r ui.Rect) {
	t, p := c.Theme, &m.F.Procs
	if !p.Known || len(p.List) == 0 {
		c.Text(r.X, r.CY()+4, ui.SmallM, t.Ink3, "none yet")
		return
	}
	x := r.X
	for _, l := range []string{"R", "S", "D", "T", "Z"} {
		n, one := 0, view.Process{Letter: l}
		for i := range p.List {
			if p.List[i].Letter == l {
				n++
				one.OnCPU = one.OnCPU || p.List[i].OnCPU
			}
		}
		if n == 0 || x+30 > r.Right()+4 {
			continue
		}
		letter(c, ui.Rect{X: x, Y: r.CY() - 7, W: 14, H: 14}, &one)
		x += 18 + c.Text(x+18, r.CY()+4, ui.MonoM, t.Ink, itoa(n)) + 9
	}
}
