package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// chosenFields are the title, the fields and the first bytes of the chosen part of the file.
func (d *execDiagram) chosenFields(e *view.Exec) (title, remark string, fields []view.ELFField, bytes []byte) {
	f := &e.Program
	if d.part.interp {
		f = &e.Interp
	}
	i := d.part.index
	switch d.part.kind {
	case partHeader:
		all := view.HeaderFields(f.Head)
		for _, n := range all {
			if n.Name != "padding" && n.Name != "EI_VERSION" && n.Name != "magic" {
				fields = append(fields, n)
			}
		}
		return "ELF header", itoa(len(f.Head)) + " bytes", fields, f.Head
	case partProg:
		if i < len(f.Headers) {
			h := &f.Headers[i]
			return "program header " + itoa(i), progWords(h), h.ProgFields(), h.Bytes
		}
	case partSection:
		if i < len(f.Sections) {
			s := &f.Sections[i]
			return "section " + s.Name, "", []view.ELFField{
				{Name: "sh_addr", Value: "0x" + hex(s.Addr, 1), Means: "where in memory; 0: nowhere"},
				{Name: "sh_offset", Value: "0x" + hex(s.Off, 1), Means: "where in the file"},
				{Name: "sh_size", Value: "0x" + hex(s.Size, 1), Means: group(s.Size) + " bytes"},
				{Name: "sh_type", Value: itoa(int(s.Type)), Means: "1: the program's own; 3: strings; 8: no bytes in the file"},
				{Name: "sh_flags", Value: sectionFlags(s.Flags), Means: "W written, A in memory, X executed"}}, s.Bytes
		}
	case partTable:
		h, _ := view.ParseELF(f.Head)
		names := ""
		for i := range f.Sections {
			if !f.Sections[i].Null() {
				names += f.Sections[i].Name + " "
			}
		}
		return "section headers", names, []view.ELFField{{Name: "e_shoff", Value: "0x" + hex(h.Shoff, 1), Means: "where they are"},
			{Name: "e_shnum", Value: itoa(int(h.Shnum)), Means: "how many"}}, nil
	}
	return "", "", nil, nil
}

func sectionFlags(f uint64) string {
	text := ""
	for i, n := range "WAX" {
		if f>>i&1 != 0 {
			text += string(n)
		}
	}
	if text == "" {
		return "–"
	}
	return text
}

// progWords says what a program header asks for.
func progWords(h *view.ELFProg) string {
	switch {
	case h.Type == ptLoad && h.Memsz > h.Filesz:
		return "map it; the last " + group(h.Memsz-h.Filesz) + " bytes are not in the file and become zeros (.bss)"
	case h.Type == ptLoad:
		return "map it, page by page"
	case h.Type == ptInterp:
		return "run the dynamic linker that it names"
	}
	return "for the kernel nothing to map"
}

// partPanel explains the chosen part: its fields by name, and the first bytes.
func (d *execDiagram) partPanel(c *ui.Context, e *view.Exec, r ui.Rect) {
	t := c.Theme
	title, remark, fields, bytes := d.chosenFields(e)
	if title == "" {
		return
	}
	c.Frame(r, 7, 1, t.Paper, t.Line)
	x := r.X + 14
	w := c.Text(x, r.Y+19, ui.TextB, t.Ink, title)
	c.TextFit(x+w+12, r.Y+19, r.W-w-40, ui.Small, t.Ink2, remark)
	y := r.Y + 38
	for _, f := range fields {
		wn := c.Width(ui.Small, f.Name) + 5
		wv := c.Width(ui.MonoM, f.Value) + 14
		if x+wn+wv > r.Right()-8 {
			x, y = r.X+14, y+17
			if y > r.Bottom()-6 {
				return
			}
		}
		c.Text(x, y, ui.Small, t.Ink3, f.Name)
		c.Text(x+wn, y, ui.MonoM, t.Ink, f.Value)
		c.Hover(ui.Rect{X: x, Y: y - 12, W: wn + wv - 10, H: 16}, f.Name+" = "+f.Value+": "+f.Means)
		x += wn + wv
	}
	y += 18
	if y > r.Bottom()-5 {
		return
	}
	x = r.X + 14
	if bytes == nil {
		if d.part.kind == partProg {
			c.Text(x, y, ui.Small, t.Ink3, "its bytes are not in memory: nobody has touched that page yet")
		}
		return
	}
	text := ""
	for _, b := range bytes[:min(len(bytes), 16)] {
		text += hex(uint64(b), 2) + " "
	}
	w = c.Text(x, y, ui.Small, t.Ink3, "begins with ")
	c.TextFit(x+w, y, r.Right()-x-w-8, ui.Mono, t.Ink2, text)
}
