package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// file draws the file as a strip to scale, the areas that its segments became, and where there is room what the chosen part is.
func (d *execDiagram) file(c *ui.Context, m *Model, r ui.Rect, about bool) {
	e := &m.F.Exec
	if about {
		var panel ui.Rect
		r, panel = r.CutBottom(min(84, r.H*0.28), 12)
		d.partPanel(c, e, panel)
	}
	strips, space := r.CutTop(92, 0)
	places := d.strips(c, e, strips)
	falls := min(96, max(20, space.H-92))
	d.space(c, m, ui.Rect{X: space.X, Y: space.Y + falls, W: space.W, H: min(space.H-falls, 104)}, places)
}

// segmentAt is where a segment is in its strip.
type segmentAt struct {
	interp bool
	index  int
	box    ui.Rect
}

// strips draws the program's file and, where there is one, its dynamic linker's.
func (d *execDiagram) strips(c *ui.Context, e *view.Exec, r ui.Rect) []segmentAt {
	if e.Interp.Path == "" {
		return d.strip(c, e, false, ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 92})
	}
	if r.H > 150 { // one below the other
		out := d.strip(c, e, false, ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 92})
		return append(out, d.strip(c, e, true, ui.Rect{X: r.X, Y: r.Y + 104, W: r.W, H: 92})...)
	}
	left, right := r.CutRight(r.W*0.36, 18)
	return append(d.strip(c, e, false, left), d.strip(c, e, true, right)...)
}

// strip draws one file: its headers enlarged, and below them the whole to scale.
func (d *execDiagram) strip(c *ui.Context, e *view.Exec, interp bool, r ui.Rect) (out []segmentAt) {
	t := c.Theme
	f := &e.Program
	if interp {
		f = &e.Interp
	}
	facts := group(f.Size) + " bytes"
	if interp {
		facts = "runs first"
	}
	w := c.TextFit(r.X, r.Y+12, r.W-70, ui.MonoB, t.Ink, pathIn(c, f.Path, r.W-74))
	c.TextFit(r.X+w+10, r.Y+12, r.W-w-10, ui.Small, t.Ink2, facts)
	c.Hover(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 17}, "the file "+f.Path+", "+group(f.Size)+" bytes")
	if len(f.Headers) == 0 {
		c.Text(r.X, r.Y+40, ui.Small, t.Ink2, "Its headers cannot be read now.")
		return nil
	}
	bar := ui.Rect{X: r.X, Y: r.Y + 58, W: r.W, H: 18}
	d.lens(c, f, interp, ui.Rect{X: r.X, Y: r.Y + 20, W: r.W, H: 22}, bar)
	c.Fill(bar, t.Fill)
	x := func(off uint64) float32 {
		return bar.X + bar.W*float32(float64(min(off, f.Size))/float64(max(f.Size, 1)))
	}
	for i := range f.Headers {
		h := &f.Headers[i]
		if h.Type != ptLoad {
			continue
		}
		box := ui.Rect{X: x(h.Off), Y: bar.Y, H: bar.H}
		box.W = max(3, x(h.Off+h.Filesz)-box.X)
		d.segment(c, f, interp, i, box)
		out = append(out, segmentAt{interp, i, box})
	}
	if head, ok := view.ParseELF(f.Head); ok && head.Shnum > 0 {
		d.tail(c, f, interp, &head, bar, x)
	}
	cachedPages(c, f, ui.Rect{X: bar.X, Y: bar.Bottom() + 2, W: bar.W, H: 3})
	if !interp {
		d.sections(c, f, ui.Rect{X: bar.X, Y: bar.Bottom() + 5, W: bar.W, H: 13}, x)
	}
	return out
}

// pathIn is a path, or its last part where there is no room for more.
func pathIn(c *ui.Context, path string, room float32) string {
	if c.Width(ui.MonoB, path) <= room {
		return path
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// lens draws the ELF header and the program headers much larger than they are in the file.
func (d *execDiagram) lens(c *ui.Context, f *view.ELF, interp bool, r, bar ui.Rect) {
	t := c.Theme
	n := len(f.Headers)
	first := min(82, r.W*0.2)
	w := min(74, (r.W-first)/float32(n))
	end := r.X + first + w*float32(n)
	c.Line(ui.Path{{X: r.X + 0.5, Y: r.Bottom() + 1}, {X: bar.X + 0.5, Y: bar.Y}}, 1, t.Line)
	c.Line(ui.Path{{X: end - 4, Y: r.Bottom() + 1}, {X: bar.X + 3, Y: bar.Y}}, 1, t.Line)
	box := ui.Rect{X: r.X, Y: r.Y, W: first - 3, H: r.H}
	d.cell(c, box, filePart{interp, partHeader, 0}, "ELF header", "the ELF header, the first "+itoa(len(f.Head))+" bytes; click to see its fields")
	for i := range f.Headers {
		h := &f.Headers[i]
		name := view.ProgName(h.Type)
		tip := "program header " + itoa(i) + " of " + itoa(n) + ", at byte " + group(h.At) + " of the file: " + name + " " + view.ProgFlags(h.Flags)
		short := name
		if h.Type == ptLoad {
			short = "LOAD " + perms(h.Flags)
		}
		if c.Width(ui.Small, short) > w-8 {
			short = shortProg(h, c.Width(ui.Small, "NOTE") <= w-8)
		}
		d.cell(c, ui.Rect{X: r.X + first + float32(i)*w, Y: r.Y, W: w - 3, H: r.H}, filePart{interp, partProg, i}, short, tip)
	}
}

// shortProg is the name of a program header where there is little room for it.
func shortProg(h *view.ELFProg, some bool) string {
	name := view.ProgName(h.Type)
	switch {
	case h.Type == ptLoad:
		return perms(h.Flags)
	case len(name) > 4 && name[:4] == "GNU_":
		name = name[4:]
	}
	if some {
		return name[:min(len(name), 4)]
	}
	return name[:1]
}

// perms are a segment's flags that are set.
func perms(f uint32) string {
	text := ""
	for _, p := range []struct {
		bit  uint32
		name string
	}{{4, "R"}, {pfW, "W"}, {pfX, "X"}} {
		if f&p.bit != 0 {
			text += p.name
		}
	}
	return text
}

// cell is a box that chooses a part of the file.
func (d *execDiagram) cell(c *ui.Context, r ui.Rect, p filePart, text, tip string) {
	t := c.Theme
	hover, clicked := c.Click(r, tip)
	if clicked {
		d.part = p
	}
	fill, edge := t.Card, t.Line
	switch {
	case d.part == p:
		fill, edge = t.Now, t.NowLine
	case hover:
		edge = t.Ink3
	}
	c.Frame(r, 4, 1, fill, edge)
	c.TextMid(r.CX(), r.CY()+4, ui.Small, t.Ink, c.Fit(ui.Small, text, r.W))
}

// segment draws a PT_LOAD segment's bytes in the strip.
func (d *execDiagram) segment(c *ui.Context, f *view.ELF, interp bool, i int, r ui.Rect) {
	t := c.Theme
	h := &f.Headers[i]
	part := filePart{interp, partProg, i}
	hover, clicked := c.Click(r.Inset(0, -2), "segment "+perms(h.Flags)+": bytes 0x"+hex(h.Off, 1)+" to 0x"+hex(h.Off+h.Filesz, 1)+" of the file ("+group(h.Filesz)+"), for address "+hex(h.Vaddr, 6))
	if clicked {
		d.part = part
	}
	edge, width := t.Cache, float32(1.2)
	if d.part == part || hover {
		edge, width = t.Ink, 1.6
	}
	c.Frame(r, 2, width, t.Card.Mix(t.Cache, 0.28), edge)
	if text := perms(h.Flags); c.Width(ui.MonoSB, text)+6 < r.W {
		c.TextMid(r.CX(), r.CY()+3.6, ui.MonoSB, t.Ink, text)
	}
}

// tail draws the section headers' place in the strip.
func (d *execDiagram) tail(c *ui.Context, f *view.ELF, interp bool, h *view.ELFHeader, bar ui.Rect, x func(uint64) float32) {
	t := c.Theme
	size := uint64(h.Shnum) * h.ShdrSize()
	r := ui.Rect{X: x(h.Shoff), Y: bar.Y, H: bar.H}
	r.W = max(3, x(h.Shoff+size)-r.X)
	r.X = min(r.X, bar.Right()-r.W)
	part := filePart{interp, partTable, 0}
	words := "not read by anybody yet"
	if !f.Unread {
		words = "click to see it"
	}
	hover, clicked := c.Click(r.Inset(-2, -2), "the table of "+itoa(int(h.Shnum))+" section headers, "+group(size)+" bytes at 0x"+hex(h.Shoff, 1)+". The kernel does not look at it; "+words)
	if clicked {
		d.part = part
	}
	edge := t.Ink3
	if hover || d.part == part {
		edge = t.Ink
	}
	c.Frame(r, 2, 1, t.Soft, edge)
}

// cachedPages draws which pages of the file are in memory now.
func cachedPages(c *ui.Context, f *view.ELF, r ui.Rect) {
	t := c.Theme
	pages := int((f.Size + 4095) / 4096)
	if pages == 0 || len(f.Cached) == 0 {
		return
	}
	there := 0
	for i := 0; i < pages && i/8 < len(f.Cached); i++ {
		if f.Cached[i/8]>>(i%8)&1 == 0 {
			continue
		}
		n := 1
		for i+n < pages && (i+n)/8 < len(f.Cached) && f.Cached[(i+n)/8]>>((i+n)%8)&1 != 0 {
			n++
		}
		from, to := r.X+r.W*float32(i)/float32(pages), r.X+r.W*float32(i+n)/float32(pages)
		c.Fill(ui.Rect{X: from, Y: r.Y, W: max(1, min(to, r.Right())-from), H: r.H}, t.Cache)
		there += n
		i += n - 1
	}
	c.Hover(r.Inset(0, -2), itoa(there)+" of "+itoa(pages)+" pages of the file are in memory now, in the page cache: exec read the first, page faults read the others")
}

// sections draws the sections below the strip: ticks where they begin, names where there is room.
func (d *execDiagram) sections(c *ui.Context, f *view.ELF, r ui.Rect, x func(uint64) float32) {
	t := c.Theme
	if len(f.Sections) == 0 {
		word := "no section headers: the kernel does not miss them"
		if f.Unread {
			word = "sections: not fetched from the disk yet, the kernel does not need them"
		}
		c.TextFit(r.X, r.Y+11, r.W, ui.Tiny, t.Ink3, word)
		return
	}
	end := r.X - 4
	for i := range f.Sections {
		s := &f.Sections[i]
		if s.Null() || s.Nobits() || s.Size == 0 {
			continue
		}
		box := ui.Rect{X: x(s.Off), Y: r.Y, H: r.H}
		box.W = max(2, x(s.Off+s.Size)-box.X)
		part := filePart{kind: partSection, index: i}
		ink := t.Ink2
		if d.part == part {
			ink = t.Ink
			c.Fill(box, t.Now)
		}
		c.VLine(box.X, r.Y, r.Y+4, t.Ink3)
		if w := c.Width(ui.Tiny, s.Name); box.X >= end && w+3 < max(box.W, 0) {
			c.Text(box.X+3, r.Y+11, ui.Tiny, ink, s.Name)
			end = box.X + w + 6
		}
		if _, clicked := c.Click(box, "section "+s.Name+", "+group(s.Size)+" bytes at 0x"+hex(s.Off, 1)+" of the file: for linkers and debuggers, not for the kernel"); clicked {
			d.part = part
		}
	}
}
