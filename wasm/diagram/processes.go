package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Processes is the diagram of the tree of processes, with what connects them.
var Processes = Definition{
	ID: IDProcesses, Title: "Processes",
	Needs: view.MaskOf(view.KindFork, view.KindExec, view.KindExit, view.KindSignal, view.KindSent),
	Slow:  Slow{What: "forks, ends and signals", Kinds: view.MaskOf(view.KindFork, view.KindExec, view.KindExit, view.KindSignal), Ms: 500},
	New:   func() Diagram { return &processes{} },
	Card:  processesCard, Badge: processesBadge,
}

// processes keeps where the nodes were, so that one that has gone can fade.
type processes struct {
	shown []node
	gone  []ghost
}

// node is a task in the picture.
type node struct {
	i, depth int
	up       int // index of the node that it hangs below, -1 none
	pid      int
	at       ui.Rect
	tree     bool // its children are to its right; else below it, indented
}

// ghost is a node whose task is no more.
type ghost struct {
	at    ui.Rect
	name  string
	since float64 // host milliseconds
}

// fadeMs is how long a task that has gone is still seen.
const fadeMs = 450

// growMs is how long a new task takes to its place.
const growMs = 500

// Height implements Diagram.
func (d *processes) Height(m *Model, w float32) float32 {
	if w >= 640 {
		return 600
	}
	return max(560, 370+34*float32(len(m.F.Procs.List)))
}

// Draw implements Diagram.
func (d *processes) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	p := &m.F.Procs
	rest := heading(c, r, "The tree of processes", processesLead(m))
	if !p.Known || len(p.List) == 0 {
		return
	}
	rest, foot := rest.CutBottom(54, 10)
	panel := ui.Rect{}
	below := false
	switch {
	case roomy(hang(p), treeArea(m, rest)): // each node has all that the panel would tell
	case rest.W >= 780:
		rest, panel = rest.CutRight(232, 30)
	case rest.W >= 560 && rest.H >= 420:
		rest, panel = rest.CutBottom(138, 22)
		below = true
	case rest.H >= 340:
		rest, panel = rest.CutBottom(150, 22)
		below = true
	}
	nodes := d.arrange(c, m, rest)
	d.fade(c, m, nodes)
	groups(c, m, nodes)
	for i := range nodes {
		branch(c, m, nodes, i)
	}
	list := chips(m, nodes, rest)
	ways(c, nodes, list)
	for i := len(nodes) - 1; i >= 0; i-- { // a new one comes out from under the one that made it
		d.node(c, m, nodes, i)
	}
	for _, ch := range list {
		link(c, ch.l, ch.at)
	}
	forked(c, m, nodes)
	signalled(c, m, nodes)
	if hidden := len(p.List) - len(nodes) + p.More; hidden > 0 {
		c.TextRight(rest.Right(), rest.Bottom()+8, ui.Small, c.Theme.Ink3, "and "+plural(uint64(hidden), "more task"))
	}
	switch p := focus(c, m, nodes); {
	case below:
		processStrip(c, m, panel, p)
	case panel.W > 0:
		processPanel(c, m, panel, p)
	}
	lately(c, m, foot)
}

func processesLead(m *Model) string {
	p := &m.F.Procs
	switch {
	case m.F.Kernel.Foreign != "":
		return "Somebody else's kernel (" + m.F.Kernel.Foreign + ") keeps its own records of processes, and nobody outside can read them."
	case m.F.Start.Panic != "" && !strings.HasPrefix(m.F.Start.Panic, "Attempted to kill init"):
		return "Kernel panic: " + m.F.Start.Panic
	case m.F.Start.Panic != "":
		return "Kernel panic: " + m.F.Start.Panic + ". Without PID 1 nothing can go on: there would be nobody to adopt orphans."
	case len(p.List) == 0:
		return "There is no process yet: the kernel will make the first, PID 1, when it has set up everything else."
	case len(p.List) == 1:
		return "PID 1 is alone. Every other process will be its descendant."
	}
	counts := map[string]int{}
	for i := range p.List {
		counts[p.List[i].Letter]++
	}
	s := plural(uint64(len(p.List)+p.More), "task") + ", all descended from PID 1"
	for _, k := range []struct{ letter, word string }{{"R", "run or are ready"}, {"S", "sleep"}, {"D", "wait and cannot be woken"}, {"T", "stopped"}, {"Z", "zombie"}} {
		if n := counts[k.letter]; n > 0 {
			s += " · " + itoa(n) + " " + k.word
		}
	}
	return s + ". Click one to see its memory."
}

// arrange places the nodes: as a tree from left to right where there is room, else as an indented list.
func (d *processes) arrange(c *ui.Context, m *Model, r ui.Rect) []node {
	nodes := hang(&m.F.Procs)
	r = treeArea(m, r)
	if !treeLayout(nodes, r) {
		nodes = listLayout(nodes, r)
	}
	for i := range nodes {
		n := &nodes[i]
		id := uint64(n.pid)
		n.at.X = c.Ease(ui.Key{S: "proc.x", N: id}, n.at.X, 350)
		n.at.Y = c.Ease(ui.Key{S: "proc.y", N: id}, n.at.Y, 350)
		n.at.W = c.Ease(ui.Key{S: "proc.w", N: id}, n.at.W, 350)
		n.at.H = c.Ease(ui.Key{S: "proc.h", N: id}, n.at.H, 350)
	}
	d.grow(c, m, nodes)
	return nodes
}

// treeArea is what the links that join tasks leave of r.
func treeArea(m *Model, r ui.Rect) ui.Rect {
	if r.W <= 420 {
		return r
	}
	for i := range m.F.Procs.Links {
		if joins(m, i) {
			r.W -= 96
			break
		}
	}
	return r
}

// hang lists the tasks as nodes, each behind the one it hangs below.
func hang(p *view.Processes) []node {
	nodes := make([]node, 0, len(p.List))
	var way []int // the last node at each depth
	p.Walk(func(i, depth int) {
		way = append(way[:min(depth, len(way))], len(nodes))
		up := -1
		if depth > 0 {
			up = way[depth-1]
		}
		nodes = append(nodes, node{i: i, depth: depth, up: up, pid: p.List[i].PID})
	})
	return nodes
}

// grow lets a new task come out of the one that made it.
func (d *processes) grow(c *ui.Context, m *Model, nodes []node) {
	e := &m.Event[view.KindFork]
	at := c.Since(m.Seen[view.KindFork], growMs)
	if at >= 1 {
		return
	}
	for i := range nodes {
		n := &nodes[i]
		if n.pid != int(e.B) || n.up < 0 {
			continue
		}
		from := nodes[n.up].at
		n.at = ui.Rect{X: ui.Lerp(from.X, n.at.X, at), Y: ui.Lerp(from.Y, n.at.Y, at), W: ui.Lerp(from.W, n.at.W, at), H: ui.Lerp(from.H, n.at.H, at)}
	}
}

// tree is how much room nodes have as one: a column for each depth, a row for each leaf.
type tree struct {
	deepest, leaves int
	w, row, gap     float32
}

func measure(nodes []node, r ui.Rect) tree {
	k := tree{gap: 42}
	for i := range nodes {
		k.deepest = max(k.deepest, nodes[i].depth)
		if leaf(nodes, i) {
			k.leaves++
		}
	}
	if k.deepest > 3 {
		k.gap = 18
	}
	k.w = (r.W+k.gap)/float32(k.deepest+1) - k.gap
	k.row = r.H / float32(max(1, k.leaves))
	return k
}

func leaf(nodes []node, i int) bool {
	return i+1 == len(nodes) || nodes[i+1].depth <= nodes[i].depth
}

// Sizes of a node that has all that is known of its task.
const roomyW, roomyH = 112, 182

// roomy tells whether each node has room for all that is known of its task.
func roomy(nodes []node, r ui.Rect) bool {
	k := measure(nodes, r)
	return k.w >= roomyW && k.row >= roomyH+14
}

// treeLayout gives each depth a column and each leaf a row; it tells whether there is room for that.
func treeLayout(nodes []node, r ui.Rect) bool {
	const least, low = 112, 34
	k := measure(nodes, r)
	if k.w < least || k.row < low {
		return false
	}
	w, row, h := min(198, k.w), min(96, k.row), float32(70)
	if roomy(nodes, r) {
		w, h = min(260, k.w), min(roomyH+68, k.row-14)
		row = min(k.row, h+40)
		r.X += (r.W - w*float32(k.deepest+1) - k.gap*float32(k.deepest)) / 2
	}
	y := r.Y + max(0, r.H-row*float32(k.leaves))*0.36
	for i := range nodes {
		n := &nodes[i]
		n.tree = true
		n.at = ui.Rect{X: r.X + float32(n.depth)*(w+k.gap), Y: y, W: w, H: min(h, row-10)}
		if leaf(nodes, i) {
			y += row
		}
	}
	middle(nodes)
	return true
}

// middle moves each node between its first and its last child.
func middle(nodes []node) {
	first, last := make([]float32, len(nodes)), make([]float32, len(nodes))
	for i := len(nodes) - 1; i >= 0; i-- {
		n := &nodes[i]
		if last[i] > 0 {
			n.at.Y = (first[i] + last[i]) / 2
		}
		if n.up >= 0 {
			first[n.up] = n.at.Y
			if last[n.up] == 0 {
				last[n.up] = n.at.Y
			}
		}
	}
}

// listLayout gives each task a row, indented by its depth, in as many columns as are needed; it drops those for which there is
// no room.
func listLayout(nodes []node, r ui.Rect) []node {
	const narrow = 150
	row := float32(34)
	cols := 1
	for _, h := range []float32{34, 27, 22, 18} {
		row = h
		cols = (len(nodes) + int(r.H/h) - 1) / max(1, int(r.H/h))
		if float32(cols)*narrow <= r.W {
			break
		}
	}
	cols = max(1, min(cols, int(r.W/narrow)))
	rows := max(1, int(r.H/row))
	rows = min(rows, (len(nodes)+cols-1)/cols)
	row = min(52, max(row, r.H/float32(max(1, rows))))
	nodes = nodes[:min(len(nodes), cols*rows)]
	pitch, step := min(300, r.W/float32(cols)), float32(16)
	if cols == 1 && r.W > 420 {
		pitch, step = min(520, r.W), 30
	}
	for i := range nodes {
		n := &nodes[i]
		indent := min(float32(n.depth)*step, pitch*0.4)
		n.at = ui.Rect{X: r.X + float32(i/rows)*pitch + indent, Y: r.Y + float32(i%rows)*row, W: pitch - indent - 14, H: row - 4}
	}
	return nodes
}

// fade draws those that have gone since the last picture.
func (d *processes) fade(c *ui.Context, m *Model, nodes []node) {
	if m.F.Stop != "" || m.F.Running {
		for _, old := range d.shown {
			if !holds(nodes, old.pid) && len(d.gone) < 12 {
				d.gone = append(d.gone, ghost{old.at, itoa(old.pid), c.Now})
			}
		}
	}
	d.shown = append(d.shown[:0], nodes...)
	left := d.gone[:0]
	for _, g := range d.gone {
		at := c.Since(g.since, fadeMs)
		if at >= 1 {
			continue
		}
		left = append(left, g)
		restore := c.Fade(1 - at)
		r := g.at.Inset(g.at.W*0.2*at, g.at.H*0.35*at)
		c.Outline(r, 6, 1, c.Theme.Ink3)
		c.TextMid(r.CX(), r.CY()+4, ui.Mono, c.Theme.Ink3, g.name)
		restore()
	}
	d.gone = left
}

func holds(nodes []node, pid int) bool { return find(nodes, pid) >= 0 }

// find returns the node of a task, -1 when it has none.
func find(nodes []node, pid int) int {
	for i := range nodes {
		if nodes[i].pid == pid {
			return i
		}
	}
	return -1
}
