package diagram

import (
	"slices"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Names of the words of pt_regs, lowest address first. Linux arch/x86/include/asm/ptrace.h.
var ptRegs = [21]string{"r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi", "orig_rax", "rip", "cs", "eflags", "rsp", "ss"}

// saved draws the pt_regs that a task which does not run left on its kernel stack: all that is needed to go on. Just after a switch
// those of the task that comes stand beside it.
func (d *timeline) saved(c *ui.Context, m *Model, r ui.Rect) {
	t := c.Theme
	task, next := d.who(m), coming(m)
	switch {
	case task == nil || len(task.Frame) < len(ptRegs):
		c.Frame(r, 8, 1, t.KernelFill, t.KernelLine)
		c.Text(r.X+16, r.Y+24, ui.TextB, t.Ring0, "saved registers")
		c.Para(r.X+16, r.Y+48, r.W-32, 18, 3, ui.Text, t.Ink2, "When a task loses the CPU, all its registers stand on its kernel stack, as pt_regs. No task waits there now.")
	case next != nil && next != task && r.W >= 600:
		half := r.Columns(2, 14)
		ptRegsCard(c, half[0], task, "pid "+itoa(task.PID)+" "+task.Comm+" goes", "its pt_regs stay on its stack")
		ptRegsCard(c, half[1], next, "pid "+itoa(next.PID)+" "+next.Comm+" comes", "its pt_regs are loaded now")
	default:
		ptRegsCard(c, r, task, "pt_regs of pid "+itoa(task.PID)+" "+task.Comm, "on its kernel stack below "+addressText(task.KStack)+": where it goes on, and with what")
	}
}

// coming is the task that the kernel has just switched to, as long as it has not gone on in ring 3; nil at other times.
func coming(m *Model) *view.Task {
	e := &m.Event[view.KindSwitch]
	if e.At == 0 || m.F.CPU.Ring != 0 || m.F.Kernel.Current != int(e.B) {
		return nil
	}
	for _, in := range []view.Kind{view.KindInterrupt, view.KindException, view.KindSyscallIn} {
		if m.Event[in].At > e.At {
			return nil
		}
	}
	if task := m.task(int(e.B)); task != nil && len(task.Frame) >= len(ptRegs) {
		return task
	}
	return nil
}

// ptRegsCard lists the words of a task's pt_regs, those first that tell most, as many as there is room for.
func ptRegsCard(c *ui.Context, r ui.Rect, task *view.Task, title, note string) {
	t := c.Theme
	c.Frame(r, 8, 1, t.KernelFill, t.KernelLine)
	w := c.Text(r.X+16, r.Y+24, ui.TextB, t.Ring0, title)
	c.TextFit(r.X+28+w, r.Y+24, r.W-w-44, ui.Small, t.Ink2, note)
	words := task.Frame[len(task.Frame)-len(ptRegs):]
	order := []int{16, 19, 18, 10, 15, 14, 13, 12, 7, 9, 8, 5, 4, 3, 2, 1, 0, 11, 6, 17, 20}
	cols := max(2, int((r.W-32)/214))
	rows := int((r.H - 38) / 19)
	colW := (r.W - 32) / float32(cols)
	name := float32(64)
	if colW < 190 { // without the longest name the values have room
		order = slices.DeleteFunc(order, func(k int) bool { return k == 15 })
		name = 48
	}
	for i, k := range order {
		if i >= cols*rows {
			break
		}
		x, y := r.X+16+float32(i/rows)*colW, r.Y+48+float32(i%rows)*19
		ink := t.Ink
		if k == 16 {
			ink = t.Ring3
		}
		c.Text(x, y, ui.Mono, t.Ink2, ptRegs[k])
		c.TextFit(x+name, y, colW-name-6, ui.MonoM, ink, hex(words[k], 1))
	}
}

// who returns the task whose registers are shown: the chosen one, or the one that lost the CPU last.
func (d *timeline) who(m *Model) *view.Task {
	waits := func(task *view.Task) bool {
		return task != nil && len(task.Frame) > 0 && task.PID != m.F.Kernel.Current
	}
	if task := m.task(d.pid); waits(task) {
		return task
	}
	if task := m.task(int(m.Event[view.KindSwitch].A)); waits(task) {
		return task
	}
	for _, task := range order(&m.F.Kernel, false) {
		if waits(task) {
			return task
		}
	}
	return nil
}
