package view

import (
	"fmt"
	"strings"
)

// execText tells of the last execve: the call, who looked at which bytes, the file, where it landed, and the first stack.
func execText(f *Frame) string {
	e := &f.Exec
	switch {
	case f.Kernel.Foreign != "":
		return "somebody else's kernel (" + f.Kernel.Foreign + "): how it starts programs is not known"
	case !e.Valid:
		return "no program has been started yet"
	}
	var b strings.Builder
	for _, t := range e.Before {
		fmt.Fprintf(&b, "before: pid %d execve(%q) %s\n", t.PID, t.Filename, outcome(t.Errno))
	}
	fmt.Fprintf(&b, "pid %d %s(%q, [%s], %d strings) %s\n", e.PID, e.Call, e.Filename, quoted(e.Argv), e.Envc, outcome(e.Errno))
	for depth := range e.Levels {
		levelText(&b, depth, &e.Levels[depth])
	}
	if e.Errno != "" {
		return b.String()
	}
	elfText(&b, &e.Program)
	if e.Interp.Path != "" {
		b.WriteString("the dynamic linker, which runs first:\n")
		elfText(&b, &e.Interp)
	}
	landedText(&b, e)
	fmt.Fprintf(&b, "rip %x at the first instruction, AT_ENTRY %x, AT_BASE %x\n", e.Entry, e.AtEntry, e.Base)
	if e.RIP != 0 {
		fmt.Fprintf(&b, "now at %x in user mode\n", e.RIP)
	}
	stackText(&b, &e.Stack)
	return b.String()
}

func outcome(errno string) string {
	if errno == "" {
		return "succeeded"
	}
	return "failed: " + errno
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(out, ", ")
}

func levelText(b *strings.Builder, depth int, l *ExecLevel) {
	fmt.Fprintf(b, "level %d: %s, the first %d bytes:\n", depth, l.Path, l.Read)
	for at := 0; at < l.Read && at < len(l.Buf); at += 16 {
		row := l.Buf[at:min(at+16, l.Read, len(l.Buf))]
		fmt.Fprintf(b, "  %02x  %-48s%s\n", at, fmt.Sprintf("% x", row), printable(row))
	}
	for i := range l.Steps {
		s := &l.Steps[i]
		fmt.Fprintf(b, "  %s looked at %d bytes: %s %s\n", s.Format, s.Looked, s.Note, s.Errno)
		for _, m := range s.Tried {
			fmt.Fprintf(b, "    entry %s, offset %d, magic % x %s: fits %t\n", m.Name, m.Offset, m.Magic, m.Extension, m.Fits)
		}
	}
	fmt.Fprintf(b, "  argv before [%s], after [%s]\n", quoted(l.Argv), quoted(l.After))
}

// printable is bytes as letters, dots for the others.
func printable(p []byte) string {
	out := make([]byte, len(p))
	for i, c := range p {
		if out[i] = c; c < ' ' || c > '~' {
			out[i] = '.'
		}
	}
	return string(out)
}

func elfText(b *strings.Builder, e *ELF) {
	fmt.Fprintf(b, "%s, %d bytes\n", e.Path, e.Size)
	for _, f := range HeaderFields(e.Head) {
		fmt.Fprintf(b, "  %-12s %s  %s\n", f.Name, f.Value, f.Means)
	}
	for i := range e.Headers {
		h := &e.Headers[i]
		fmt.Fprintf(b, "  %-12s off %x vaddr %x filesz %x memsz %x %s align %x\n", ProgName(h.Type), h.Off, h.Vaddr, h.Filesz, h.Memsz, ProgFlags(h.Flags), h.Align)
	}
	for i := range e.Sections {
		if s := &e.Sections[i]; !s.Null() {
			fmt.Fprintf(b, "  %-20s addr %x off %x size %x\n", s.Name, s.Addr, s.Off, s.Size)
		}
	}
	if e.Unread {
		b.WriteString("  its section headers have not been read by anybody yet\n")
	}
}

func landedText(b *strings.Builder, e *Exec) {
	for i := range e.Areas {
		a := &e.Areas[i]
		fmt.Fprintf(b, "%012x-%012x %s %s %s", a.Start, a.End, a.Prot, AreaName(a.Kind), a.Name)
		if a.FileEnd != 0 {
			fmt.Fprintf(b, ", zeros from %x", a.FileEnd)
		}
		b.WriteByte('\n')
	}
	if e.More > 0 {
		fmt.Fprintf(b, "and %d more\n", e.More)
	}
}

func stackText(b *strings.Builder, s *ExecStack) {
	for i := range s.Words {
		w := &s.Words[i]
		fmt.Fprintf(b, "%012x  %0*x  %s %s\n", w.Addr, 2*s.Word, w.Value, w.Name, w.Text)
	}
	if s.Cut {
		b.WriteString("and more\n")
	}
}
