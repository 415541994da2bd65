package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// stackPitch is the height of a word of the stack.
const stackPitch = 15.5

// stackLine is a line of the drawn stack: a word, a pair of the auxiliary vector, or what is left out.
type stackLine struct {
	addr       uint64
	name, text string
	value      uint64
	kind       uint8
	skip       int // how many are left out here
}

// stackLines are the words of the first stack from RSP up, the auxiliary vector's pairs as one line each.
func stackLines(s *view.ExecStack) []stackLine {
	var out []stackLine
	for i := range s.Words {
		w := &s.Words[i]
		if w.Kind == view.StackAuxType {
			continue
		}
		out = append(out, stackLine{addr: w.Addr, name: w.Name, text: w.Text, value: w.Value, kind: min(w.Kind, view.StackAuxValue)})
	}
	return out
}

// auxRank says which entries of the auxiliary vector matter most where there is not room for all.
var auxRank = map[string]int{"AT_PHDR": 1, "AT_ENTRY": 2, "AT_BASE": 3, "AT_RANDOM": 4, "AT_EXECFN": 5, "AT_PAGESZ": 6, "AT_NULL": 7, "AT_PHNUM": 8,
	"AT_PLATFORM": 9, "AT_UID": 10, "AT_SECURE": 11, "AT_SYSINFO_EHDR": 12, "AT_EXECFD": 13}

// chooseLines keeps at most n lines, the arguments before the environment and that before what of the auxiliary vector matters
// less, and says how many of each part are left out.
func chooseLines(lines []stackLine, n int) []stackLine {
	if len(lines) <= n {
		return lines
	}
	var count [view.StackAuxValue + 1]int
	for i := range lines {
		count[lines[i].kind]++
	}
	fixed := 1 + count[view.StackNull]
	room := max(n-fixed, 6)
	argv := min(count[view.StackArgv], max(2, room*2/5))
	env := min(count[view.StackEnv], 2)
	keep := [...]int{view.StackArgc: 1, view.StackNull: count[view.StackNull], view.StackArgv: argv, view.StackEnv: env, view.StackAuxValue: max(2, room-argv-env)}
	var kept []stackLine
	for i := 0; i < len(lines); {
		kind := lines[i].kind
		end := i
		for end < len(lines) && lines[end].kind == kind {
			end++
		}
		kept = append(kept, partLines(lines[i:end], keep[kind])...)
		i = end
	}
	return kept[:min(len(kept), n)]
}

// partLines keeps n lines of one part: the first ones, of the auxiliary vector those that matter most. What is left out is one line.
func partLines(lines []stackLine, n int) []stackLine {
	if len(lines) <= n {
		return lines
	}
	n = max(n-1, 0)
	if lines[0].kind != view.StackAuxValue {
		return append(append([]stackLine(nil), lines[:n]...), stackLine{skip: len(lines) - n, kind: lines[0].kind})
	}
	keep := make([]bool, len(lines))
	left := n
	for rank := 1; rank <= len(auxRank)+1 && left > 0; rank++ {
		for i := range lines {
			r := auxRank[lines[i].name]
			if r == 0 {
				r = len(auxRank) + 1
			}
			if r == rank && left > 0 {
				keep[i], left = true, left-1
			}
		}
	}
	var kept []stackLine
	for i := range lines {
		if keep[i] {
			kept = append(kept, lines[i])
		}
	}
	return append(kept, stackLine{skip: len(lines) - len(kept), kind: lines[0].kind})
}

// firstStack draws what lies at RSP when the program begins: the lowest address, to which RSP points, on top.
func firstStack(c *ui.Context, e *view.Exec, r ui.Rect) {
	t, s := c.Theme, &e.Stack
	w := c.Text(r.X, r.Y+12, ui.Head, t.Ink, "the new stack")
	c.TextFit(r.X+w+10, r.Y+12, r.W-w-10, ui.Small, t.Ink2, "as built, from RSP up")
	c.Hover(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 17}, "read from memory right after the kernel built it: argc, pointers to the arguments and the environment, the auxiliary vector; the strings lie above, up to "+hex(s.Top, 6))
	room := int((r.H - 24) / stackPitch)
	lines := chooseLines(stackLines(s), room)
	y := r.Y + 22
	for i := range lines {
		stackRow(c, e, &lines[i], ui.Rect{X: r.X, Y: y, W: r.W, H: stackPitch})
		y += stackPitch
	}
}

// stackRow draws a line of the stack.
func stackRow(c *ui.Context, e *view.Exec, l *stackLine, r ui.Rect) {
	t := c.Theme
	base := r.Y + 11.5
	bar := ui.Rect{X: r.X, Y: r.Y + 0.5, W: 3, H: r.H - 1}
	c.Fill(bar, stackColor(t, l.kind))
	x := r.X + 9
	if l.skip > 0 {
		c.Text(x, base, ui.Tiny, t.Ink3, "… "+itoa(l.skip)+" more")
		return
	}
	f := ui.Face{Mono: true, Weight: 400, Size: 10.5}
	nameW := min(106, r.W*0.4)
	ink := t.Ink
	if l.kind == view.StackNull {
		ink = t.Ink3
	}
	if l.addr == e.Stack.SP {
		c.TextRight(r.Right(), base, ui.SmallB, t.Ring3, "RSP")
		c.Head(ui.Path{{X: r.X - 12, Y: r.CY()}, {X: r.X - 2, Y: r.CY()}}, 8, t.Ring3)
	}
	c.TextFit(x, base, nameW-4, f, ink, l.name)
	text := l.text
	if text == "" && l.kind != view.StackNull {
		text = "0x" + hex(l.value, 1)
	}
	c.TextFit(x+nameW, base, r.Right()-x-nameW-2, f, t.Ink2, text)
	tip := hex(l.addr, 6) + ": " + l.name + " = 0x" + hex(l.value, 1) + " (" + group(l.value) + ")"
	if means := view.AuxMeaning(l.name); means != "" {
		tip += ", " + means
	}
	if l.text != "" {
		tip += ": " + l.text
	}
	c.Hover(r, tip)
}

// stackColor tells the parts of the stack apart.
func stackColor(t *ui.Theme, kind uint8) ui.Color {
	switch kind {
	case view.StackArgc:
		return t.Ring3
	case view.StackArgv:
		return t.Ring3.Fade(0.7)
	case view.StackEnv:
		return t.Granted.Fade(0.8)
	case view.StackNull:
		return t.Line
	}
	return t.Anon
}
