package view

import (
	"fmt"
	"strings"
)

// processesText writes the tree as ps --forest does, with what each waits for and what it has open.
func processesText(f *Frame) string {
	p := &f.Procs
	if !p.Known {
		return "somebody else's kernel: its processes are not known"
	}
	if len(p.List) == 0 {
		return "no process yet"
	}
	var b strings.Builder
	b.WriteString("  PID  PPID  PGID   SID S command\n")
	p.Walk(func(i, depth int) { p.line(&b, i, depth) })
	for _, l := range p.Links {
		fmt.Fprintf(&b, "%s %s, %d of %d bytes:", l.Kind, l.Name, l.Bytes, l.Size)
		for _, e := range l.Ends {
			fmt.Fprintf(&b, " %s", e.Text())
		}
		b.WriteByte('\n')
	}
	if k := &p.Fork; k.At != 0 {
		fmt.Fprintf(&b, "last fork: %s by pid %d made pid %d", k.Call, k.Parent, k.Child)
		if k.Returned {
			fmt.Fprintf(&b, "; it returned %d to the parent and 0 to the child", k.Value)
		}
		b.WriteByte('\n')
	}
	for _, s := range []*SignalSeen{&p.Told, &p.Signal} {
		if s.Number == 0 || s == &p.Signal && *s == p.Told {
			continue
		}
		fmt.Fprintf(&b, "last signal: %s from %s to pid %d: %s\n", s.Name, s.Sender(), s.To, s.Action)
	}
	for _, g := range p.Gone {
		fmt.Fprintf(&b, "ended: pid %d, %s\n", g.PID, g.Status)
	}
	return b.String()
}

func (p *Processes) line(b *strings.Builder, i, depth int) {
	t := &p.List[i]
	name := strings.Repeat("  ", min(depth, 12)) + t.Comm
	if t.Thread() {
		name += " (thread)"
	}
	fmt.Fprintf(b, "%5d %5d %5d %5d %s %s", t.PID, t.PPID, t.PGID, t.SID, t.Letter, name)
	switch {
	case t.Status != "":
		b.WriteString(", " + t.Status)
	case t.Waits != "":
		b.WriteString(", " + t.Call + " waits for " + t.Waits)
	case t.Call != "":
		b.WriteString(", in " + t.Call)
	}
	if t.RIP != 0 {
		fmt.Fprintf(b, ", rip %x", t.RIP)
	}
	if t.Born != 0 {
		fmt.Fprintf(b, ", was a child of %d", t.Born)
	}
	if len(t.Pending) > 0 {
		b.WriteString(", pending " + strings.Join(t.Pending, " "))
	}
	for _, fd := range t.FDs {
		fmt.Fprintf(b, " %d=%s", fd.N, fd.Name)
	}
	b.WriteByte('\n')
}

// Text is an end as "1 of pid 7, for writing".
func (e *End) Text() string {
	how := "for reading"
	switch {
	case e.Read && e.Write:
		how = "both ways"
	case e.Write:
		how = "for writing"
	}
	return fmt.Sprintf("%d of pid %d %s", e.FD, e.PID, how)
}

// Sender names who sent it.
func (s *SignalSeen) Sender() string {
	if s.From == 0 {
		return "the kernel"
	}
	return fmt.Sprintf("pid %d", s.From)
}

// Walk visits the list as a tree, a parent before its children, each once whatever the numbers say: threads below their
// process, processes below their parents, and who has no parent in the list at depth 0.
func (p *Processes) Walk(visit func(i, depth int)) {
	at := make(map[int]int, len(p.List))
	for i := range p.List {
		at[p.List[i].PID] = i
	}
	kids := make([][]int, len(p.List))
	var roots []int
	for i := range p.List {
		if j, ok := at[p.List[i].Above()]; ok && j != i {
			kids[j] = append(kids[j], i)
		} else {
			roots = append(roots, i)
		}
	}
	seen := make([]bool, len(p.List))
	var down func(i, depth int)
	down = func(i, depth int) {
		if seen[i] {
			return
		}
		seen[i] = true
		visit(i, depth)
		for _, k := range kids[i] {
			down(k, depth+1)
		}
	}
	for _, i := range roots {
		down(i, 0)
	}
	for i := range p.List {
		down(i, 0) // a circle, which no kernel makes
	}
}

// Above is the PID of the task that it hangs below: its process, or its parent.
func (t *Process) Above() int {
	if t.Thread() {
		return t.TGID
	}
	return t.PPID
}
