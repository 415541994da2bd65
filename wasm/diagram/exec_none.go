package diagram

import "vitrine/wasm/ui"

// awaited says what will be seen here when a program is started; of somebody else's kernel, where else to look.
func awaited(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	if m.F.Kernel.Foreign != "" {
		box := ui.Rect{X: r.X, Y: r.Y + 14, W: min(r.W, 420), H: 34}
		hover, clicked := c.Click(box, "")
		edge := t.Line
		if hover {
			edge = t.Ink3
		}
		c.Frame(box, 7, 1, t.Card, edge)
		c.TextFit(box.X+14, box.Y+22, box.W-28, ui.Text, t.Ring3, "the doors of this kernel, and who went through them")
		if clicked {
			c.Act(ui.Action{Kind: "stage", Text: IDRings})
		}
		return
	}
	parts := [][2]string{
		{"the first 256 bytes", "execve reads them into linux_binprm; by them the kernel knows what kind of file it is"},
		{"the formats", "misc, script, elf: each is asked in turn, until one says that the file is its own"},
		{"the file", "ELF header, program headers, segments; and the sections, which the kernel never reads"},
		{"the address space", "each segment is mapped to where its header says; what the file lacks becomes zeros"},
		{"the stack", "argc, argv, envp and the auxiliary vector, as the program finds them at RSP"},
	}
	h := min(74, (r.H-14*float32(len(parts)))/float32(len(parts)))
	for i, p := range parts {
		box := ui.Rect{X: r.X, Y: r.Y + 10 + float32(i)*(h+12), W: r.W, H: h}
		c.Outline(box, 7, 1, t.Soft)
		c.Text(box.X+18, box.CY()-4, ui.Head, t.Ink2, p[0])
		c.Para(box.X+18, box.CY()+14, box.W-36, 15, 2, ui.Text, t.Ink2, p[1])
	}
}
