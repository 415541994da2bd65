package view

import (
	"fmt"
	"strings"
)

// Bits of CR0 and EFER that say how the CPU reads instructions and addresses. SDM 3A "Control Registers", "IA32_EFER MSR"
const (
	CR0PE   = 1 << 0
	CR0PG   = 1 << 31
	CR4PAE  = 1 << 5
	CR4LA57 = 1 << 12
	EFERLME = 1 << 8
	EFERLMA = 1 << 10
)

// Millis writes a time of the virtual clock in milliseconds.
func Millis(at uint64) string { return fmt.Sprintf("%.3f ms", float64(at)/UnitsPerMs) }

// bootText tells of the stages, the kernel's steps, what lies in memory, the search for init and what was printed.
func bootText(f *Frame) string {
	s := &f.Start
	if !s.Known {
		return "somebody else's kernel: how it starts only it knows"
	}
	var b strings.Builder
	for _, st := range f.Boot {
		stageText(&b, &st)
	}
	fmt.Fprintf(&b, "kernel image: %d of %d sectors read\n", s.Loaded, s.Sectors)
	b.WriteString("steps of start_kernel and kernel_init\n")
	for _, st := range s.Steps {
		when := "not yet"
		if st.Done {
			when = Millis(st.At)
		}
		fmt.Fprintf(&b, "%12s  %-16s %s\n", when, st.Name, st.What)
	}
	b.WriteString("code that turns paging on\n")
	for i, l := range s.Paging {
		mark := " "
		if i == s.PagingAt {
			mark = ">"
		}
		fmt.Fprintf(&b, "%s %8x  %-24s %s\n", mark, l.Addr, fmt.Sprintf("% x", l.Bytes), l.Intel)
	}
	b.WriteString("memory\n")
	for _, a := range s.Memory {
		fmt.Fprintf(&b, "%10x-%10x  %s\n", a.Start, a.End, a.Name)
	}
	for _, t := range s.Inits {
		fmt.Fprintf(&b, "init: %s %s\n", t.Path, t.Outcome())
	}
	b.WriteString("printed\n")
	for _, l := range s.Log {
		if l.Timed {
			fmt.Fprintf(&b, "%12s  ", Millis(l.At))
		}
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

func stageText(b *strings.Builder, s *BootStage) {
	when := "not yet"
	if s.Done {
		when = Millis(s.At)
	}
	fmt.Fprintf(b, "%12s  %-16s %d bit", when, s.Name, s.Bits)
	for _, m := range s.Modes() {
		if m.Set {
			b.WriteString(" " + m.Name)
		}
	}
	if s.Code != "" {
		fmt.Fprintf(b, ", %s at %x", s.Code, s.Addr)
	}
	if s.Done {
		fmt.Fprintf(b, ", %d sectors read", s.Sectors)
	}
	b.WriteByte('\n')
}

// ModeBit is a bit of a control register that decides how the CPU works.
type ModeBit struct {
	Name  string
	Set   bool
	Means string
}

// Modes are the bits as they were when the stage was reached. Without CR4.PAE the CPU refuses to enter long mode, so it is
// set where EFER.LMA is. SDM 3A "Initializing IA-32e Mode"
func (s *BootStage) Modes() []ModeBit { return Modes(s.CR0, s.EFER&EFERLMA>>5, s.EFER) }

// Modes are the bits in the order in which they are set on the way.
func Modes(cr0, cr4, efer uint64) []ModeBit {
	return []ModeBit{
		{"PE", cr0&CR0PE != 0, "CR0.PE, protection enable: segments come from descriptor tables, and there are rings."},
		{"PAE", cr4&CR4PAE != 0, "CR4.PAE, physical-address extension: page-table entries have 64 bits. Long mode needs it."},
		{"LME", efer&EFERLME != 0, "EFER.LME, long mode enable: it is asked for; it begins when paging does."},
		{"PG", cr0&CR0PG != 0, "CR0.PG, paging: from here on every address goes through the page tables that CR3 names."},
		{"LMA", efer&EFERLMA != 0, "EFER.LMA, long mode active: the CPU sets it itself when paging begins with LME set."},
	}
}

// Outcome says in a few words what came of an attempt to run init.
func (t *InitTry) Outcome() string {
	switch {
	case t.Trying:
		return "is being tried"
	case t.Errno == "":
		return "runs"
	case t.Means != "":
		return t.Errno + ": " + t.Means
	}
	return t.Errno
}
