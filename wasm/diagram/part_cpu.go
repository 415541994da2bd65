package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// cpuCard draws the CPU with its privilege level, a short listing and its interrupt pin.
func cpuCard(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	part(c, r, IDInstructions, "the CPU", 0)
	c.Outline(r, 8, 1.6, t.Ink)
	in := r.Inset(16, 0)
	c.Text(in.X, r.Y+24, ui.Head, t.Ink, "CPU")
	modePill(c, cpu, in.Right(), r.Y+10)
	ip, at := ipText(m)
	c.KeyValue(in.X, r.Y+50, ip, at, t.Ink)
	foot := r.Bottom() - 38
	if r.H <= 140 {
		foot = r.Bottom() - 8
	} else {
		c.HLine(in.X, in.Right(), foot, t.Soft)
		intrPin(c, m, in.X, r.Bottom()-15, in.W)
	}
	area := ui.Rect{X: in.X, Y: r.Y + 62, W: in.W, H: foot - r.Y - 64}
	row := float32(21)
	n := min(7, max(1, float32(int(area.H/row))))
	area.Y += (area.H - n*row) / 2
	area.H = n * row
	listing(c, m, area, row)
}

// modePill shows the privilege level, or before protection exists the mode.
func modePill(c *ui.Context, cpu *view.CPU, right, y float32) {
	switch {
	case cpu.Mode == "real":
		c.Pill(right, y, "real mode", c.Theme.Ink2, c.Theme.OnAccent)
	case cpu.Mode == "protected" && cpu.Ring == 0:
		c.Pill(right, y, "protected mode · ring 0", c.Theme.Ring0, c.Theme.OnAccent)
	case cpu.Mode == "protected":
		c.Pill(right, y, "protected mode · ring "+itoa(int(cpu.Ring)), c.Theme.Ring3, c.Theme.OnAccent)
	default:
		c.RingPill(right, y, cpu.Ring, cpu.Halted)
	}
}

// intrPin tells what the CPU's interrupt pin does and whether the CPU listens to it.
func intrPin(c *ui.Context, m *Model, x, y, w float32) {
	t := c.Theme
	col, words := t.Ink3, "quiet"
	short := w < 180
	waiting := m.F.Stop == "waiting for input"
	switch {
	case m.F.Timer.INTR && waiting && !short:
		col, words = t.Ring0, "raised; the clock stands still"
	case short && m.F.Timer.INTR:
		col, words = t.Ring0, "raised"
	case short:
	case m.F.Timer.INTR && m.F.CPU.IF:
		col, words = t.Ring0, "taken after this one"
	case m.F.Timer.INTR:
		col, words = t.Ring0, "raised, but IF is 0: not now"
	case !m.F.CPU.IF:
		words = "quiet; IF is 0: held off"
	}
	f := ui.Face{Mono: true, Weight: 600, Size: 11}
	k := c.Text(x, y, f, col, "INTR")
	at := ui.Point{X: x + k + 15, Y: y - 4}
	if m.F.Timer.INTR {
		c.Circle(at, 5, col)
	} else {
		c.Ring(at, 5, 1.2, col)
	}
	c.TextFit(x+k+29, y, w-k-29, ui.Small, t.Ink2, words)
}

// flag of RFLAGS. SDM 1 "EFLAGS Register".
type flag struct {
	bit   uint
	name  string
	means string
}

var flags = []flag{
	{11, "O", "overflow: the signed result did not fit"}, {10, "D", "direction of string instructions: down"},
	{9, "I", "interrupts are taken"}, {7, "S", "sign: the result is negative"}, {6, "Z", "zero: the result is 0"},
	{4, "A", "carry out of the lowest four bits"}, {2, "P", "parity: the low byte has an even number of ones"},
	{0, "C", "carry: the unsigned result did not fit"},
}

// flagLetters draws RFLAGS as letters: filled when set, with a mark above when it just changed.
func flagLetters(c *ui.Context, x, y, right float32, now, before uint64, compare bool) {
	t := c.Theme
	size := min(18, (right-x+4)/float32(len(flags))-4)
	for _, f := range flags {
		r := ui.Rect{X: x, Y: y, W: size, H: 18}
		set := now>>f.bit&1 != 0
		face := ui.MonoSB
		if set {
			c.Round(r, 3, t.Ink)
			c.TextMid(r.CX(), y+12.6, face, t.Card, f.name)
		} else {
			c.Outline(r, 3, 1, t.Line)
			c.TextMid(r.CX(), y+12.6, face, t.Ink3, f.name)
		}
		if compare && (now^before)>>f.bit&1 != 0 {
			c.Outline(r.Inset(-1, -1), 4, 1.6, t.Ring3)
		}
		state := f.name + "F = 0. When 1: "
		if set {
			state = f.name + "F = 1: "
		}
		askWho(c, r, "register:"+f.name+"F", state+f.means+" · click: what wrote it?")
		x += size + 4
	}
}

// registerNames in the order of the encoding, and the order in which people read them.
var (
	registerNames = [16]string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}
	readingOrder  = [16]int{0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15}
)

// wide tells whether registers have 64 bits for the code that runs. Before long mode has begun nothing is wider than 32.
func wide(m *Model) bool { return m.F.Code.Bits == 64 || m.F.CPU.Mode == "long" || m.F.Code.Bits == 0 }

// shownRegisters are the registers that the code can name, in reading order, at most n.
func shownRegisters(m *Model, n int) []int {
	if wide(m) {
		return readingOrder[:n]
	}
	return readingOrder[:8]
}

// registerName is a register's name, and registerText its value, in the width of the code that runs.
func registerName(m *Model, i int) string { return inWidth(m, registerNames[i]) }

func inWidth(m *Model, name string) string {
	if wide(m) {
		return name
	}
	return "e" + name[1:]
}

func registerText(m *Model, v uint64) string {
	if wide(m) {
		return hex8(v)
	}
	return hex(v&0xffffffff, 8)
}

// ipText writes the instruction pointer as a heading.
func ipText(m *Model) (name, value string) {
	switch {
	case m.F.CPU.Mode == "real":
		return "CS:IP", hex(uint64(m.F.CPU.Sel[1]), 4) + ":" + hex(m.F.CPU.RIP, 4)
	case !wide(m):
		return "EIP", hex(m.F.CPU.RIP&0xffffffff, 8)
	}
	return "RIP", hex16(m.F.CPU.RIP)
}

// DrawSide draws the CPU as the narrow column beside a diagram: code, registers, flags.
func DrawSide(c *ui.Context, m *Model, r ui.Rect) {
	t, cpu := c.Theme, &m.F.CPU
	c.Card(r)
	in := r.Inset(16, 0)
	toStage(c, ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 36}, IDInstructions, "click to bring the CPU on stage")
	c.Text(in.X, r.Y+28, ui.Head, t.Ink, "CPU")
	modePill(c, cpu, in.Right(), r.Y+13)
	ip, at := ipText(m)
	c.KeyValue(in.X, r.Y+56, ip, at, t.Ink)
	c.HLine(in.X, in.Right(), r.Y+70, t.Soft)

	const regRow = 19.5
	regs := float32(10)*regRow + 3*21 + 40
	code, below := ui.Rect{X: in.X, Y: r.Y + 78, W: in.W, H: r.H - 78}.CutBottom(regs, 0)
	sideCode(c, m, code)
	c.HLine(in.X, in.Right(), below.Y+4, t.Soft)
	sideRegisters(c, m, ui.Rect{X: in.X, Y: below.Y + 14, W: in.W, H: below.H - 14}, regRow)
}

// sideCode draws where we are, the listing and the encoding of the current instruction.
func sideCode(c *ui.Context, m *Model, r ui.Rect) {
	t, code := c.Theme, &m.F.Code
	y := r.Y + 15
	head := code.Where
	for _, s := range code.Source {
		if s.Current {
			w := c.Text(r.X, y, ui.Mono, t.Ink3, s.File+":"+itoa(s.N))
			c.TextFit(r.X+w+12, y, r.W-w-12, ui.MonoM, t.Ink, strings.TrimSpace(s.Text))
			head = ""
		}
	}
	if head != "" {
		c.TextFit(r.X, y, r.W, ui.Small, t.Ink2, head)
	}
	if len(code.Lines) == 0 {
		c.Para(r.X, r.Y+44, r.W, 17, 3, ui.Small, t.Ink3, "Nothing can be decoded here: "+noCode(m))
		return
	}
	const row = 22
	var extra float32
	if l := current(m); l != nil && len(l.Parts) > 0 {
		extra = 2 + float32(fieldRows(c, l, r.W))*22
	}
	n := max(1, int((r.H-24-extra-8)/row))
	first := window(len(code.Lines), code.Current, n)
	at := r.Y + 24
	for i := first; i < len(code.Lines) && i < first+n; i++ {
		l := &code.Lines[i]
		h := float32(row)
		if i == code.Current && extra > 0 {
			h += extra
			c.Frame(ui.Rect{X: r.X - 8, Y: at, W: r.W + 16, H: h}, 4, 1, t.Now, t.NowLine)
			c.Polygon(t.Ring3, ui.Point{X: r.X - 14, Y: at + 7}, ui.Point{X: r.X - 6, Y: at + 12}, ui.Point{X: r.X - 14, Y: at + 17})
			nowLine(c, l, ui.Rect{X: r.X, Y: at + 1, W: r.W, H: row})
			encoding(c, l, r.X+4, at+row, r.W)
		} else {
			codeLine(c, l, ui.Rect{X: r.X, Y: at, W: r.W, H: row}, false)
		}
		at += h
	}
}

// nowLine draws the words of the current line on a ground drawn before.
func nowLine(c *ui.Context, l *view.Line, r ui.Rect) {
	op, ops := mnemonic(l.Intel)
	base := r.Y + r.H/2 + 4
	c.Text(r.X+2, base, ui.Mono, c.Theme.Ink2, addressText(l.Addr))
	x := r.X + max(60, c.Width(ui.Mono, addressText(l.Addr))+16)
	x += max(c.Text(x, base, ui.MonoB, c.Theme.Ink, op)+8, 42)
	c.TextFit(x, base, r.Right()-x, ui.MonoM, c.Theme.Ink, ops)
}

// sideRegisters draws the ten registers people look at first, the flags, CR3 and CR2.
func sideRegisters(c *ui.Context, m *Model, r ui.Rect, row float32) {
	t, cpu := c.Theme, &m.F.CPU
	y := r.Y + 14
	stepped := !m.F.Running
	for _, i := range shownRegisters(m, 10) {
		ink := t.Ink
		if stepped && cpu.R[i] != cpu.PrevR[i] {
			ink = t.Ring3
		}
		c.Text(r.X, y, ui.Mono, t.Ink2, registerName(m, i))
		w := c.Text(r.X+42, y, ui.MonoM, ink, registerText(m, cpu.R[i]))
		askRegister(c, m, registerNames[i], cpu.R[i], ui.Rect{X: r.X - 3, Y: y - 13, W: 48 + w, H: 17})
		if ink == t.Ring3 {
			c.TextFit(r.X+170, y, r.W-170, ui.Tiny, t.Ink3, "was "+hex(cpu.PrevR[i], 1))
		}
		y += row
	}
	y += 7
	c.Text(r.X, y, ui.Mono, t.Ink2, inWidth(m, "rflags"))
	flagLetters(c, r.X+60, y-13, r.Right(), cpu.RFLAGS, cpu.PrevRFLAGS, stepped)
	y += 26
	c.Text(r.X, y, ui.Mono, t.Ink2, "cr3")
	w := c.Text(r.X+42, y, ui.MonoM, t.Ink, hex(cpu.CR3, 9))
	askRegister(c, m, "cr3", cpu.CR3, ui.Rect{X: r.X - 3, Y: y - 13, W: 48 + w, H: 17})
	if task := m.task(m.F.Kernel.Current); task != nil {
		c.TextFit(r.X+52+w, y, r.W-52-w, ui.Tiny, t.Ink3, "page tables of pid "+itoa(task.PID))
	}
	y += 21
	ink := t.Ink
	if m.Story.Kind == view.StoryFault || m.Story.Kind == view.StoryCow {
		ink = t.Ring0
	}
	c.Text(r.X, y, ui.Mono, t.Ink2, "cr2")
	w = c.Text(r.X+42, y, ui.MonoM, ink, registerText(m, cpu.CR2))
	toWalk(c, ui.Rect{X: r.X - 3, Y: y - 13, W: 48 + w, H: 17}, cpu.CR2, 0, registerTip(m, "cr2", cpu.CR2))
	if cpu.CR2 != 0 {
		c.TextFit(r.X+52+w, y, r.W-52-w, ui.Tiny, t.Ink3, "the last fault")
	}
}
