package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// The stages by their place in Frame.Boot.
const (
	atSector    = 1
	atProtected = 2
	atKernel    = 4
)

// bootWork draws what the present stage does: it reads the kernel, turns paging on, or goes through the kernel's steps.
func bootWork(c *ui.Context, m *Model, r ui.Rect) {
	switch now := nowStage(m); {
	case now >= atKernel:
		kernelSteps(c, m, r)
	case now >= atProtected:
		pagingCode(c, m, r)
	default:
		bootReading(c, m, r, now)
	}
}

// bootReading draws the kernel's image coming from the disk, one square for each sector.
func bootReading(c *ui.Context, m *Model, r ui.Rect, now int) {
	t, s := c.Theme, &m.F.Start
	label(c, r, "reading the kernel", itoa(int(s.Loaded))+" of "+plural(s.Sectors, "sector"))
	text := "The ROM has no idea of kernels: it reads one sector, 512 bytes, and jumps into it."
	if now >= atSector {
		text = "The boot sector asks the disk for the kernel, sector by sector, in real mode: it reaches only the first MiB."
	}
	y := c.Para(r.X, r.Y+36, r.W, 17, 4, ui.Text, t.Ink2, text)
	const pitch = 16
	cols := max(1, int(r.W/pitch))
	for i := range int(min(s.Sectors, 512)) {
		q := ui.Rect{X: r.X + float32(i%cols)*pitch, Y: y + 2 + float32(i/cols)*pitch, W: pitch - 3, H: pitch - 3}
		if q.Bottom() > r.Bottom() {
			break
		}
		fill := t.Fill
		switch {
		case uint64(i)+1 == s.Loaded && now < atProtected:
			c.Frame(q, 2, 1.4, t.Kernel, t.Ring0)
			continue
		case uint64(i) < s.Loaded:
			fill = t.Kernel
		}
		c.Round(q, 2, fill)
	}
	high := float32((int(min(s.Sectors, 512))+cols-1)/cols) * pitch
	c.Hover(ui.Rect{X: r.X, Y: y, W: r.W, H: high}, "Each square is a sector of the kernel's image, 512 bytes. It follows the boot sector on the disk.")
	runningNow(c, m, ui.Rect{X: r.X, Y: y + high + 18, W: r.W, H: r.Bottom() - y - high - 18})
}

// runningNow lists the instructions around the one that is next.
func runningNow(c *ui.Context, m *Model, r ui.Rect) {
	t, code := c.Theme, &m.F.Code
	if r.H < 60 || len(code.Lines) == 0 {
		return
	}
	label(c, ui.Rect{X: r.X, Y: r.Y - 10, W: r.W}, "running now", code.Where)
	rows := int((r.H - 14) / 17)
	first := max(0, min(code.Current-rows/2, len(code.Lines)-rows))
	for i := first; i < len(code.Lines) && i < first+rows; i++ {
		l, y := &code.Lines[i], r.Y+14+float32(i-first)*17
		if i == code.Current {
			c.Frame(ui.Rect{X: r.X - 4, Y: y, W: r.W + 8, H: 16}, 4, 1, t.Now, t.NowLine)
		}
		c.Text(r.X+2, y+12, ui.Mono, t.Ink3, hex(l.Addr, 6))
		c.TextFit(r.X+62, y+12, r.W-62, ui.Mono, t.Ink, l.Intel)
	}
}

// pagingCode draws the instructions that turn paging on, with the one after which addresses mean something else.
func pagingCode(c *ui.Context, m *Model, r ui.Rect) {
	t, s := c.Theme, &m.F.Start
	remark := "to come"
	on := m.F.CPU.CR0&view.CR0PG != 0
	switch {
	case on:
		remark = "done"
	case s.PagingIn:
		remark = "now"
	}
	label(c, r, "turning paging on", remark)
	y := r.Y + 30
	for i, l := range s.Paging {
		high := float32(17)
		if i == s.PagingAt {
			high = 36
		}
		if y+high > r.Bottom() {
			return
		}
		row := ui.Rect{X: r.X - 4, Y: y, W: r.W + 8, H: high - 1}
		c.Hover(row, pagingTip(&l))
		if l.Addr == m.F.CPU.RIP && s.PagingIn {
			c.Frame(row, 4, 1, t.Now, t.NowLine)
		} else if i == s.PagingAt {
			c.Frame(row, 4, 1, t.Card.Mix(t.Table, 0.1), t.Table.Fade(0.6))
		}
		c.Text(r.X+2, y+12.5, ui.Mono, t.Ink3, hex(l.Addr, 6))
		if i == s.PagingAt {
			c.TextFit(r.X+62, y+12.5, r.W-62, ui.MonoB, t.Table, l.Intel)
			c.TextFit(r.X+62, y+28.5, r.W-62, ui.Small, t.Table, "CR0.PG: here addresses change their meaning")
		} else {
			c.TextFit(r.X+62, y+12.5, r.W-62, ui.Mono, t.Ink, l.Intel)
		}
		y += high
	}
}

// pagingTips explain the code by the register it writes.
var pagingTips = []struct{ part, means string }{
	{"mov cr4", "CR4.PAE (bit 5): page-table entries of 64 bits, which long mode needs; PGE, OSFXSR and OSXMMEXCPT with it."},
	{"mov cr3", "CR3: the physical address of the top page table. Nothing looks there yet."},
	{"wrmsr", "EFER (0xc0000080): LME (bit 8) asks for long mode, NXE (bit 11) for the no-execute bit, SCE (bit 0) for SYSCALL."},
	{"mov cr0", "CR0.PG (bit 31): the next instruction is fetched through the page tables. It is found because the tables map this place to itself, too. EFER.LMA is set by the CPU."},
	{"lgdt", "The descriptor table that has a code segment with L = 1: 64-bit code."},
	{"jmp far", "CS is loaded with the 64-bit segment: from here on instructions are read as 64-bit code."},
}

func pagingTip(l *view.Line) string {
	for _, p := range pagingTips {
		if strings.HasPrefix(l.Intel, p.part) {
			return p.means
		}
	}
	if l.Symbol != "" {
		return l.Symbol
	}
	return ""
}

// kernelSteps draws the kernel's named steps and the search for init.
func kernelSteps(c *ui.Context, m *Model, r ui.Rect) {
	t, s := c.Theme, &m.F.Start
	tries := len(s.Inits)
	label(c, r, "start_kernel", "step by step, as in Linux's init/main.c")
	y := r.Y + 26
	h := min(19, max(14, (r.H-40-float32(tries)*17)/float32(max(1, len(s.Steps)))))
	for i := range s.Steps {
		st := &s.Steps[i]
		row := ui.Rect{X: r.X - 4, Y: y, W: r.W + 8, H: h}
		if row.Bottom() > r.Bottom() {
			return
		}
		bootStepRow(c, row, st)
		y += h
	}
	if tries == 0 || y+20 > r.Bottom() {
		return
	}
	c.HLine(r.X, r.Right(), y+5, t.Soft)
	y += 8
	for i := range s.Inits {
		if y+17 > r.Bottom()+4 {
			return
		}
		initRow(c, ui.Rect{X: r.X, Y: y, W: r.W, H: 17}, &s.Inits[i])
		y += 17
	}
}

func bootStepRow(c *ui.Context, r ui.Rect, s *view.BootStep) {
	t := c.Theme
	ink, base := t.Ink3, r.Y+r.H/2+4
	face := ui.Mono
	if s.Done {
		ink = t.Ink
		toMoment(c, r, s.At, s.Name+": "+s.What+". Began "+span(s.At)+" after power-on. Click to go there.")
	} else {
		c.Hover(r, s.Name+": "+s.What+". Not yet.")
	}
	if s.Now {
		c.Frame(r, 4, 1, t.Now, t.NowLine)
		face = ui.MonoB
	}
	mark := ui.Point{X: r.X + 10, Y: r.CY()}
	if s.Done {
		c.Circle(mark, 3, t.Ring0)
	} else {
		c.Ring(mark, 3, 1, t.Line)
	}
	c.TextFit(r.X+22, base, r.W-90, face, ink, s.Name)
	if s.Done {
		c.TextRight(r.Right()-6, base, ui.Mono, t.Ink2, span(s.At))
	}
}

func initRow(c *ui.Context, r ui.Rect, try *view.InitTry) {
	t := c.Theme
	base := r.Y + 12.5
	w := c.Text(r.X+18, base, ui.MonoM, t.Ink, try.Path)
	mark := ui.Point{X: r.X + 6, Y: r.CY()}
	ink := t.Ink2
	switch {
	case try.Trying:
		c.Ring(mark, 4, 1.4, t.Ring0)
	case try.Errno != "":
		c.Cross(mark, 3.4, 1.6, t.Ring0)
		ink = t.Ring0
	default:
		c.Circle(mark, 4, t.Ring3)
		ink = t.Ring3
	}
	c.TextFit(r.X+28+w, base, r.W-w-30, ui.SmallM, ink, try.Outcome())
	c.Hover(r, "The kernel tries to execute "+try.Path+" as PID 1: it "+try.Outcome()+".")
}
