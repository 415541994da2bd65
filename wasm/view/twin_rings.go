package view

import (
	"fmt"
	"strings"
)

// ringsText writes the doors between the rings, what was saved at the last one, and the last crossings.
func ringsText(f *Frame) string {
	r := &f.Rings
	var b strings.Builder
	fmt.Fprintf(&b, "ring %d; time in ring 3 %s, in ring 0 %s, halted %s\n", f.CPU.Ring, ms(r.Time[3]), ms(r.Time[0]), ms(r.Time[RingHalted]))
	fmt.Fprintf(&b, "IDT at %x, %d gates; ", r.IDTBase, len(r.Gates))
	if r.TSS.Bits != 0 {
		fmt.Fprintf(&b, "TSS at %x, RSP0 %x\n", r.TSS.Base, r.TSS.RSP[0])
	} else {
		b.WriteString("no TSS\n")
	}
	if r.Fast.SCE {
		fmt.Fprintf(&b, "SYSCALL: LSTAR %x %s, STAR %x, SFMASK %x\n", r.Fast.LSTAR, r.Fast.LSTARName, r.Fast.STAR, r.Fast.FMASK)
	}
	b.WriteString("doors\n")
	for i := range r.Doors {
		d := &r.Doors[i]
		mark := " "
		if i == r.Saved.Door {
			mark = ">"
		}
		fmt.Fprintf(&b, "%s %-10s %-20s %9d times", mark, d.Name, d.About, d.Count)
		if d.Nested > 0 {
			fmt.Fprintf(&b, ", %d from ring 0", d.Nested)
		}
		fmt.Fprintf(&b, "  to %x %s\n", d.Target, d.Symbol)
		if d.Path.Took > 0 {
			fmt.Fprintf(&b, "  the last call: %d instructions in, %d back, %d ns in all with the kernel's work\n", d.Path.In, d.Path.Out, d.Path.Took*10)
		}
	}
	savedText(&b, &r.Saved)
	askedText(&b, &r.Asked)
	for _, c := range r.Crossings[max(0, len(r.Crossings)-8):] {
		fmt.Fprintf(&b, "%11.4f ms  ring %d to %d by %s\n", float64(c.At)/UnitsPerMs, c.From, c.To, c.How)
	}
	return b.String()
}

func askedText(b *strings.Builder, a *Request) {
	if a.Name == "" {
		return
	}
	if a.Soon {
		b.WriteString("next: ")
	}
	fmt.Fprintf(b, "system call %d, %s\n", a.Nr, a.Name)
	for _, arg := range a.Args {
		fmt.Fprintf(b, "  %-4s %-10s %x  %s\n", registerNames[arg.Reg], arg.Name, arg.Value, arg.Text)
	}
}

func savedText(b *strings.Builder, s *Saved) {
	if s.Door < 0 || len(s.Words) == 0 {
		return
	}
	state := "saved"
	if !s.Open {
		state = "left over from the last way in"
	}
	fmt.Fprintf(b, "%s (stack: %s)\n", state, s.From)
	for _, w := range s.Words {
		fmt.Fprintf(b, "  %-13s %x", w.Name, w.Value)
		if w.Addr != 0 {
			fmt.Fprintf(b, "  at %x", w.Addr)
		}
		b.WriteByte('\n')
	}
}

func ms(n uint64) string { return fmt.Sprintf("%.3f ms", float64(n)/UnitsPerMs) }
