package view

import (
	"fmt"
	"strings"

	"vitrine/engine/trace"
)

// Twin is the frame as text, for readers without a canvas and for tests. Each field is the text of one element.
type Twin struct {
	Registers, Code, Walk, Tasks, VMAs, Timer, Rings, Frames, Pages, Boot, Processes, Exec string
	Count, Time, Rate                                                                      string
}

// MakeTwin writes a frame as text.
func MakeTwin(f *Frame) Twin {
	return Twin{
		Registers: registersText(&f.CPU), Code: codeText(&f.Code) + microText(&f.Micro), Walk: walkText(&f.Walk, &f.CPU), Tasks: tasksText(&f.Kernel),
		VMAs: vmasText(&f.Kernel), Timer: timerText(&f.Timer), Rings: ringsText(f), Frames: framesText(f), Pages: pagesText(&f.Memory), Boot: bootText(f), Processes: processesText(f), Exec: execText(f),
		Count: "instruction " + Grouped(f.Retired), Time: timeText(f), Rate: rateText(f),
	}
}

// Grouped writes a number with thin spaces between groups of three digits.
func Grouped(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u2009" + s[i:]
	}
	return s
}

// UnitsPerMs is how much of the virtual clock is one millisecond in the guest.
const UnitsPerMs = 100_000

func timeText(f *Frame) string {
	text := fmt.Sprintf("%.3f ms in the guest", float64(f.Now)/UnitsPerMs)
	if f.Idle > 0 {
		text += fmt.Sprintf(" · %.0f ms of it idle", float64(f.Idle)/UnitsPerMs)
	}
	return text
}

func rateText(f *Frame) string {
	switch {
	case f.Stop == "waiting for input":
		return "waiting for you"
	case !f.Running && f.Stop != "":
		return strings.SplitN(f.Stop, ":", 2)[0]
	case f.Held:
		return "slowed to be seen"
	case f.Rate >= 1e6:
		return fmt.Sprintf("≈ %.1f M instr/s", float64(f.Rate)/1e6)
	case f.Rate >= 1e3:
		return fmt.Sprintf("≈ %.1f k instr/s", float64(f.Rate)/1e3)
	}
	return fmt.Sprintf("≈ %d instr/s", f.Rate)
}

var registerNames = [16]string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}

// flagBits are the letters of RFLAGS by bit number. SDM 1 "EFLAGS Register".
var flagBits = []struct {
	bit  uint
	name string
}{{11, "O"}, {10, "D"}, {9, "I"}, {8, "T"}, {7, "S"}, {6, "Z"}, {4, "A"}, {2, "P"}, {0, "C"}}

func registersText(c *CPU) string {
	var b strings.Builder
	fmt.Fprintf(&b, "mode %s, ring %d", c.Mode, c.Ring)
	if c.Halted {
		b.WriteString(", halted")
	}
	fmt.Fprintf(&b, "\nrip  %016x%s\n", c.RIP, was(c.RIP, c.PrevRIP))
	if c.IPFrame != 0 {
		fmt.Fprintf(&b, "fetched from frame %05x\n", c.IPFrame)
	}
	for i, name := range registerNames {
		fmt.Fprintf(&b, "%-4s %016x%s\n", name, c.R[i], was(c.R[i], c.PrevR[i]))
	}
	b.WriteString("flags ")
	for _, f := range flagBits {
		if c.RFLAGS>>f.bit&1 != 0 {
			b.WriteString(f.name)
		} else {
			b.WriteString("·")
		}
	}
	fmt.Fprintf(&b, "\ncr0  %08x  cr2 %016x\ncr3  %08x  cr4 %08x  efer %x\ncs %04x  ss %04x  fs base %x  gs base %x", c.CR0, c.CR2, c.CR3, c.CR4, c.EFER,
		c.Sel[1], c.Sel[2], c.FSBase, c.GSBase)
	for i := range c.X {
		if x, old := c.X[i], c.PrevX[i]; x != [2]uint64{} || x != old {
			fmt.Fprintf(&b, "\nxmm%-2d %016x %016x", i, x[1], x[0])
			if x != old {
				fmt.Fprintf(&b, "  was %x %016x", old[1], old[0])
			}
		}
	}
	for _, f := range c.FPU {
		fmt.Fprintf(&b, "\n%s  %04x %016x  %v", f.Name, f.SE, f.Sig, f.Value())
	}
	return b.String()
}

func was(now, before uint64) string {
	if now == before {
		return ""
	}
	return fmt.Sprintf("  was %x", before)
}

func codeText(c *Code) string {
	var b strings.Builder
	b.WriteString(c.Where + "\n")
	if len(c.Calls) > 1 {
		b.WriteString("called by " + strings.Join(c.Calls[:len(c.Calls)-1], ", ") + "\n")
	}
	for i, l := range c.Lines {
		if l.Symbol != "" {
			fmt.Fprintf(&b, "%s:\n", l.Symbol)
		}
		mark := " "
		if i == c.Current {
			mark = ">"
		}
		fmt.Fprintf(&b, "%s %8x  %-24s %s\n", mark, l.Addr, fmt.Sprintf("% x", l.Bytes), l.Intel)
	}
	for _, o := range c.Operands {
		switch {
		case o.Mem && o.Known:
			fmt.Fprintf(&b, "%s = address %x, holds %x\n", o.Text, o.Addr, o.Value)
		case o.Mem:
			fmt.Fprintf(&b, "%s = address %x\n", o.Text, o.Addr)
		case o.Known:
			fmt.Fprintf(&b, "%s = %x\n", o.Text, o.Value)
		}
	}
	for _, s := range c.Source {
		if s.Current {
			fmt.Fprintf(&b, "%s:%d  %s\n", s.File, s.N, strings.TrimSpace(s.Text))
		}
	}
	return b.String()
}

// entryBits are the named bits of a page-table entry. SDM 3A "4-Level Paging and 5-Level Paging".
var entryBits = []struct {
	bit  uint
	name string
}{{63, "NX"}, {7, "PS"}, {6, "D"}, {5, "A"}, {2, "U"}, {1, "W"}, {0, "P"}}

func walkText(w *Walk, c *CPU) string {
	if !w.Valid {
		return "paging is off: every address is physical"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "address %x (%s), cr3 %x\n", w.VA, w.Why, w.CR3)
	for _, l := range w.Levels {
		fmt.Fprintf(&b, "%-4s at %8x  entry %3d = %0*x ", l.Name, l.Table, l.Index, 2*int(w.Entry), l.Entry)
		for _, e := range entryBits {
			if l.Entry>>e.bit&1 != 0 {
				b.WriteString(" " + e.name)
			}
		}
		b.WriteByte('\n')
	}
	switch {
	case w.Page != 0:
		fmt.Fprintf(&b, "physical %x, in a page of %d KiB", w.Phys, w.Page>>10)
	default:
		b.WriteString("no page")
	}
	if w.Hit {
		b.WriteString(", in the TLB")
	}
	if w.Fault != "" {
		b.WriteString("\n" + w.Fault)
	}
	return b.String()
}

func tasksText(k *Kernel) string {
	switch {
	case k.Foreign != "":
		return "somebody else's kernel (" + k.Foreign + "): its tasks are not known"
	case !k.Booted:
		return "no kernel yet"
	}
	var b strings.Builder
	slice := "no slices"
	if k.Slice > 0 {
		slice = fmt.Sprintf("slice %.1f ms", float64(k.Slice)/UnitsPerMs)
	}
	fmt.Fprintf(&b, "policy %s, %s, %d Hz\n", k.Policy, slice, k.HZ)
	if k.Latency > 0 {
		fmt.Fprintf(&b, "target latency %.2f ms, no slice is less than %.2f ms\n", float64(k.Latency)/UnitsPerMs, float64(k.MinGran)/UnitsPerMs)
	}
	for i := range k.Tasks {
		t := &k.Tasks[i]
		fmt.Fprintf(&b, "%5d %-15s %-9s %s", t.PID, t.Comm, t.State, t.Reason)
		if k.Policy == "fair" {
			fmt.Fprintf(&b, " nice %d, weight %d, vruntime %.2f ms", t.Nice, t.Weight, float64(t.VTime)/1e6)
		}
		b.WriteByte('\n')
	}
	if len(k.Queue) > 0 {
		fmt.Fprintf(&b, "run queue %v\n", k.Queue)
	}
	return b.String()
}

func vmasText(k *Kernel) string {
	for i := range k.Tasks {
		t := &k.Tasks[i]
		if t.PID != k.Current && !(k.Current == 0 && i == len(k.Tasks)-1) {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "pid %d %s, %d pages in memory\n", t.PID, t.Comm, t.RSS)
		for _, v := range t.VMAs {
			fmt.Fprintf(&b, "%012x-%012x %s %s\n", v.Start, v.End, v.Prot, v.Name)
		}
		return b.String()
	}
	return "no process"
}

func timerText(t *Timer) string {
	return fmt.Sprintf("8254 mode %d, reload %d, now at %d, %d Hz, %d ticks\n8259 master  request %08b  mask %08b  in service %08b  vectors from %d\n8259 slave   request %08b  mask %08b  in service %08b  vectors from %d",
		t.Mode, t.Reload, t.Count, t.HZ, t.Ticks, t.IRR[0], t.IMR[0], t.ISR[0], t.Base[0], t.IRR[1], t.IMR[1], t.ISR[1], t.Base[1])
}

// EventText writes an event as one line of the log.
func EventText(e *trace.Event, call func(nr uint64) string) string {
	info := &trace.Kinds[e.Kind]
	head := fmt.Sprintf("%11.4f ms  ", float64(e.At)/UnitsPerMs)
	switch e.Kind {
	case trace.Syscall:
		return head + fmt.Sprintf("pid %d  %s()", e.Task, call(e.A))
	case trace.SyscallRet:
		return head + fmt.Sprintf("pid %d  %s() = %d", e.Task, call(e.A), int64(e.B))
	case trace.Exception:
		return head + fmt.Sprintf("exception %d, error %#x, cr2 %#x", e.A>>32, e.A&0xffffffff, e.B)
	}
	text := head + info.Text
	for i, f := range []Field{info.A, info.B} {
		if f.Name != "" {
			text += "  " + f.Name + " " + fmt.Sprintf(f.Verb, [2]uint64{e.A, e.B}[i])
		}
	}
	return text
}

// Field is trace's description of one of an event's numbers.
type Field = trace.Field
