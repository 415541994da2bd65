package main

import (
	"encoding/json"
	"fmt"

	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// printedQuestion is {kind: "printed"}: which instruction printed this? Of a byte of the console's output, counted from 1, or of
// a character of the console's text.
type printedQuestion struct {
	Byte       float64
	Line, Char int
}

func askPrinted(s *Session, j *job, raw []byte) (any, error) {
	var q printedQuestion
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, errQuestion
	}
	n, char := uint64(max(q.Byte, 0)), ""
	if n == 0 {
		cell, ok := s.picture.screen.At(q.Line, q.Char)
		if !ok || cell.At == 0 {
			return &view.Answer{Title: "Nothing was printed here", Text: []string{"The place is empty, or it has been erased."}, Facts: []view.Fact{}}, nil
		}
		n = uint64(cell.At)
		if cell.Rune != ' ' {
			char = string(cell.Rune)
		}
	}
	p, err := s.hist.Printed(n-1, j.progress)
	if err == boot.ErrTarget {
		return nil, fmt.Errorf("this was printed before anything was kept, or is not printed yet")
	}
	if err != nil {
		return nil, err
	}
	if char == "" {
		char = printable(p.Byte)
	}
	return s.printed(p, char), nil
}

func printable(b byte) string {
	if b == ' ' {
		return "space"
	}
	if b > ' ' && b < 0x7f {
		return string(b)
	}
	return fmt.Sprintf("0x%02x", b)
}

// printed tells how a character came to the console.
func (s *Session) printed(p *boot.Printed, char string) *view.Answer {
	a := &view.Answer{Found: true, Now: p.Now, Done: p.Done, Title: "The character ‘" + char + "’ "}
	retired := p.Retired
	switch p.From {
	case boot.FromCode:
		a.Title += "was printed by " + p.By.Text
		a.Text = []string{"The instruction wrote the byte to the 16550 serial port itself: no kernel of ours stood between."}
	case boot.FromLog:
		a.Title += "was printed by the kernel"
		a.Text = []string{"It is part of a message of the kernel, printk. " + course(&p.By)}
	case boot.FromEcho:
		a.Title += "is the echo of a typed key"
		a.Text = []string{"No program printed it: the terminal shows what is typed. " + course(&p.By)}
	case boot.FromInput:
		a.Title += "was let go by a typed key"
		a.Text = []string{"The terminal had held it back. " + course(&p.By)}
	default:
		a.Title += fmt.Sprintf("was printed by %s, pid %d", p.Caller.Comm, p.Caller.PID)
		a.Text = []string{fmt.Sprintf("The program called %s; the terminal passed the byte on and the kernel wrote it to the 16550 serial port.", p.Caller.Text)}
	}
	a.Facts = s.facts(&p.By, p.Now, retired)
	if p.From == boot.FromCall {
		a.Facts = s.printedFacts(p, retired)
	}
	if p.Buffer != 0 {
		a.Source = &view.Place{Kind: "byte", PID: p.Caller.PID, Addr: "0x" + hex(p.Buffer), N: 1}
	}
	return a
}

// printedFacts follow the byte from the program to the wire.
func (s *Session) printedFacts(p *boot.Printed, retired uint64) []view.Fact {
	c := &p.Caller
	list := s.facts(&boot.Author{}, p.Now, retired)[:1]
	add := func(name, value string) { list = append(list, view.Fact{Name: name, Value: value}) }
	add("program", fmt.Sprintf("pid %d %s, %s", c.PID, c.Comm, c.Exe))
	if c.Site != 0 {
		add("instruction", c.Insn)
		add("at", s.place(c.Exe, c.Site, 3, ""))
	}
	add("system call", c.Text)
	if c.Name == "write" || c.Name == "writev" {
		add("descriptor", fmt.Sprint(int32(c.Args[0])))
	}
	if p.Buffer != 0 {
		text := fmt.Sprintf("%s at 0x%x", printable(p.Source), p.Buffer)
		if p.Source == '\n' {
			text = fmt.Sprintf("line feed at 0x%x", p.Buffer)
		}
		if p.Source != p.Byte {
			text += ", sent as carriage return and line feed"
		}
		add("in its memory", text)
	}
	add("to the wire", fmt.Sprintf("out of port 0x3f8, byte %d of the console's output", p.Index+1))
	return list
}
