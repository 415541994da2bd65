package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Exec is the diagram of a file that becomes a program.
var Exec = Definition{
	ID: IDExec, Title: "Exec and ELF", Needs: view.MaskOf(view.KindExec),
	Slow: Slow{What: "new programs", Kinds: view.MaskOf(view.KindExec), Ms: 700},
	New:  func() Diagram { return &execDiagram{} },
	Card: execCard, Badge: execBadge,
}

// execDiagram keeps what the reader has chosen to look at of one execve.
type execDiagram struct {
	at    uint64 // of the execve
	level int    // whose bytes are shown
	part  filePart
}

// filePart is a part of an ELF file: its header, a program header, a section, or the table of section headers.
type filePart struct {
	interp bool
	kind   partOf
	index  int
}

type partOf uint8

const (
	partHeader partOf = iota
	partProg
	partSection
	partTable
)

// Widths at which the diagram changes.
const (
	execNarrow = 640 // one column
	execWide   = 880 // rows of 32 bytes
)

// Height implements Diagram.
func (d *execDiagram) Height(m *Model, w float32) float32 {
	if w >= execNarrow {
		return 600
	}
	e := &m.F.Exec
	switch {
	case !e.Valid:
		return 560
	case e.Errno != "":
		return 600 + 44*float32(len(e.Levels)) + 19*float32(len(e.Before)) // the words take six lines on a phone
	}
	h := 748 + 44*float32(len(e.Levels)) + 24*float32(min(len(e.Areas), 16)) + stackPitch*float32(min(len(stackLines(&e.Stack)), 26))
	if e.Interp.Path != "" {
		h += 104
	}
	return h
}

// Draw implements Diagram.
func (d *execDiagram) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	e := &m.F.Exec
	rest := heading(c, r, "A file becomes a program", execLead(m))
	if !e.Valid || len(e.Levels) == 0 {
		awaited(c, m, rest)
		return
	}
	if d.at != e.At {
		*d = execDiagram{at: e.At}
		d.part = filePart{kind: partProg, index: firstLoad(e.Program.Headers)}
	}
	if d.level >= len(e.Levels) {
		d.level = 0
	}
	rest = story(c, rest, execSteps(e))
	if rest.W < execNarrow {
		d.narrow(c, m, rest)
		return
	}
	d.wide(c, m, rest)
}

// wide: the bytes and who looked at them above; the file, where it landed, and the stack below.
func (d *execDiagram) wide(c *ui.Context, m *Model, r ui.Rect) {
	e := &m.F.Exec
	per, roomy := 16, r.W >= execWide || e.Errno != ""
	if r.W >= execWide {
		per = 32
	}
	top, rest := r.CutTop(bufferHeight(per), 8)
	bytes, chain := top.CutLeft(bufferWidth(c, per), 26)
	d.buffer(c, e, bytes, per)
	if !roomy { // what a part of the file is stands where there is room for it
		var about ui.Rect
		chain, about = chain.CutBottom(104, 8)
		d.partPanel(c, e, about)
	}
	d.chain(c, e, chain)
	line, rest := rest.CutTop(24, 12)
	d.argv(c, e, line)
	if e.Errno != "" {
		refused(c, e, rest)
		return
	}
	left, stack := rest.CutRight(min(274, rest.W*0.31), 22)
	firstStack(c, e, stack)
	d.file(c, m, left, roomy)
}

// narrow is everything in one column.
func (d *execDiagram) narrow(c *ui.Context, m *Model, r ui.Rect) {
	e := &m.F.Exec
	chain, rest := r.CutTop(24+44*float32(len(e.Levels)), 10)
	d.chain(c, e, chain)
	line, rest := rest.CutTop(24, 14)
	d.argv(c, e, line)
	bytes, rest := rest.CutTop(bufferHeight(16), 16)
	d.buffer(c, e, bytes, 16)
	if e.Errno != "" {
		refused(c, e, rest)
		return
	}
	high := float32(92)
	if e.Interp.Path != "" {
		high = 196
	}
	file, rest := rest.CutTop(high, 12)
	d.strips(c, e, file)
	about, rest := rest.CutTop(94, 16)
	d.partPanel(c, e, about)
	areas, rest := rest.CutTop(32+24*float32(min(len(e.Areas), 16)), 14)
	areaList(c, e, areas)
	firstStack(c, e, rest)
}

// execLead says in a sentence or two what the execve came to.
func execLead(m *Model) string {
	e := &m.F.Exec
	switch {
	case m.F.Kernel.Foreign != "":
		return "How programs are started only the kernel's own records tell. This kernel is somebody else's (" + m.F.Kernel.Foreign + "), so it is unknown."
	case !e.Valid:
		return "No program has been started yet. The boot's last step is the first execve: the kernel's own, of /sbin/init."
	case e.Errno != "" && e.Fatal:
		return "execve of " + e.Filename + " failed with " + e.Errno + " behind the point of no return: the old program is gone, so pid " + itoa(e.PID) + " dies by SIGSEGV."
	case e.Errno != "":
		return e.Call + " of " + e.Filename + " failed: " + e.Errno + ". Nothing of pid " + itoa(e.PID) + " has changed, its old program goes on."
	}
	text := "pid " + itoa(e.PID) + " stays, its program is replaced: " + e.Call + " of " + e.Filename
	if n := len(e.Levels); n > 1 {
		text += ", which leads to " + e.Levels[n-1].Path
	}
	if e.Interp.Path != "" {
		text += "; its dynamic linker runs first"
	}
	text += ". Segments are mapped, not copied."
	if n := len(e.Before); n > 0 && e.Before[n-1].PID == e.PID && e.Before[n-1].Errno != "" {
		text += " Just before, " + e.Before[n-1].Filename + " was refused with " + e.Before[n-1].Errno + ": the caller now runs it itself."
	}
	return text
}

// execSteps is the call chain with Linux's names, as far as it came.
func execSteps(e *view.Exec) []view.Step {
	names := []string{e.Call, "do_" + e.Call, "do_execveat_common", "bprm_execve", "search_binary_handler"}
	if e.Call == "execveat" {
		names = append(names[:1], names[2:]...)
	}
	for i := range e.Levels {
		for _, s := range e.Levels[i].Steps {
			if s.Mine || s.Errno != "ENOEXEC" {
				names = append(names, loadName(s.Format))
			}
		}
	}
	names = compact(names)
	if e.Errno == "" {
		names = append(names, "start_thread")
	} else {
		names = append(names, e.Errno)
	}
	out := make([]view.Step, len(names))
	for i, n := range names {
		out[i] = view.Step{Text: n, Done: i < len(names)-1, Now: i == len(names)-1}
	}
	return out
}

// loadName is Linux's function behind a format.
func loadName(format string) string {
	if format == "compat_elf" {
		return "load_elf_binary (32-bit)"
	}
	if format == "script" {
		return "load_script"
	}
	return "load_" + format + "_binary"
}

// compact joins equal neighbours: "load_script ×3".
func compact(names []string) []string {
	var out []string
	for i := 0; i < len(names); {
		n := 1
		for i+n < len(names) && names[i+n] == names[i] {
			n++
		}
		name := names[i]
		if n > 1 {
			name += " × " + itoa(n)
		}
		out = append(out, name)
		i += n
	}
	return out
}

// refused says that no format took the file, and what came before.
func refused(c *ui.Context, e *view.Exec, r ui.Rect) {
	t := c.Theme
	words := "Some format took the file, but could not go on: see its word above."
	switch e.Errno {
	case "ENOEXEC":
		words = "No format took the file: none of the handlers knows its first bytes. The kernel will not guess. A shell that gets ENOEXEC reads the file as commands itself, as POSIX wants; what comes of that is its exit code: 126 when it cannot be executed, 127 when it is not found."
	case "ELOOP":
		words = "Each interpreter named another one. Linux follows five and then gives up."
	}
	y := c.Para(r.X, r.Y+26, min(r.W, 640), 19, 6, ui.Text, t.Ink2, words)
	if len(e.Before) == 0 {
		return
	}
	c.Text(r.X, y+18, ui.SmallB, t.Ink3, "before")
	for i := range e.Before {
		b := &e.Before[len(e.Before)-1-i]
		y += 19
		end := "succeeded"
		ink := t.Ink2
		if b.Errno != "" {
			end, ink = b.Errno, t.Ring0
		}
		row := ui.Rect{X: r.X + 52, Y: y + 4, W: min(r.W-52, 420), H: 19}
		w := c.TextFit(row.X, y+18, row.W*0.72, ui.MonoM, t.Ink, "pid "+itoa(b.PID)+"  "+b.Filename)
		c.TextFit(row.X+w+10, y+18, row.W-w-10, ui.SmallM, ink, end)
		seekTo(c, row, b.At)
	}
}

// seekTo goes to the moment of an execve when r is clicked.
func seekTo(c *ui.Context, r ui.Rect, at uint64) {
	if _, clicked := c.Click(r, "click to go to this moment"); clicked {
		c.Act(ui.Action{Kind: "seek", N: float64(at)})
	}
}

func firstLoad(list []view.ELFProg) int {
	for i := range list {
		if list[i].Type == ptLoad {
			return i
		}
	}
	return 0
}

// The types of program headers that the drawing knows. elf(5)
const (
	ptLoad   = 1
	ptInterp = 3
	pfX, pfW = 1, 2
)

// longestArg is how wide an argument may be drawn.
const longestArg = 130

// argChips draws words as lozenges from x to the right; those that are new stand out. It returns where it ended.
func argChips(c *ui.Context, x, y, right float32, words []string, isNew func(i int) bool) float32 {
	t := c.Theme
	for i, s := range words {
		text := c.Fit(ui.Mono, strings.ReplaceAll(s, " ", "\u2423"), longestArg)
		w := c.Width(ui.Mono, text) + 14
		if x+w > right && (i > 0 || x+30 > right) {
			c.Text(x, y+15, ui.Small, t.Ink3, "+ "+itoa(len(words)-i))
			return x + 26
		}
		if x+w > right {
			text = c.Fit(ui.Mono, text, right-x-14)
			w = right - x
		}
		box := ui.Rect{X: x, Y: y, W: w, H: 21}
		if isNew(i) {
			c.Frame(box, 5, 1, t.Now, t.NowLine)
		} else {
			c.Frame(box, 5, 1, t.Card, t.Line)
		}
		c.Text(x+7, y+14.5, ui.Mono, t.Ink, text)
		c.Hover(box, "argv["+itoa(i)+"] = \""+s+"\"")
		x += w + 4
	}
	return x
}

// argv draws the arguments before and after the chosen level.
func (d *execDiagram) argv(c *ui.Context, e *view.Exec, r ui.Rect) {
	t := c.Theme
	l := &e.Levels[d.level]
	x := r.X + 8 + c.Text(r.X, r.Y+15, ui.SmallB, t.Ink3, "argv")
	none := func(int) bool { return false }
	if same(l.Argv, l.After) {
		argChips(c, x, r.Y, r.Right(), l.Argv, none)
		return
	}
	half := x + (r.W-x+r.X)*0.36
	x = argChips(c, x, r.Y, half, l.Argv, none) + 4
	c.Text(x, r.Y+15, ui.Text, t.Ink3, "→")
	kept := len(l.Argv) - 1 // argv[0] gave way
	argChips(c, x+20, r.Y, r.Right(), l.After, func(i int) bool { return i < len(l.After)-kept })
}

func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
