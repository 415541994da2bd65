package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// askedPanel draws the system call that the kernel is asked for: its number, and each argument beside its register.
func askedPanel(c *ui.Context, m *Model, r ui.Rect) {
	a := &m.F.Rings.Asked
	if r.H < 34 || m.F.Kernel.Foreign != "" || !m.F.Kernel.Booted {
		return
	}
	t := c.Theme
	if a.Name == "" {
		c.Text(r.X, r.Y+13, ui.SmallB, t.Ink3, "no system call here")
		return
	}
	head := "asked: "
	if a.Soon {
		head = "about to ask: "
	}
	c.TextFit(r.X, r.Y+13, r.W, ui.SmallB, t.Ring3, head+a.Name+"()")
	row := max(14, min(19, (r.H-18)/float32(len(a.Args)+1)))
	y := r.Y + 18 + row - 4
	line := func(reg, name, value, tip string) {
		if y > r.Bottom()+2 {
			return
		}
		c.Text(r.X, y, ui.MonoM, t.Ring3, reg)
		c.TextFit(r.X+36, y, 62, ui.Small, t.Ink2, name)
		c.TextFit(r.X+102, y, r.W-102, ui.MonoM, t.Ink, value)
		if at := (ui.Rect{X: r.X, Y: y - 12, W: r.W, H: row}); c.Over(at) {
			c.Hover(at, tip)
		}
		y += row
	}
	line(inWidth(m, "rax"), "number", itoa(int(a.Nr)), "which system call: "+itoa(int(a.Nr))+" is "+a.Name)
	for i := range a.Args {
		arg := &a.Args[i]
		line(registerName(m, int(arg.Reg)), arg.Name, arg.Text, arg.Name+": "+number(arg.Value))
	}
}

// askedLabel says what a register holds for the system call that is next, "" when that does not concern it.
func askedLabel(a *view.Request, reg int) string {
	if !a.Soon {
		return ""
	}
	if reg == 0 {
		return "← " + a.Name
	}
	for i := range a.Args {
		if int(a.Args[i].Reg) == reg {
			return "← " + a.Args[i].Name + " " + a.Args[i].Text
		}
	}
	return ""
}
