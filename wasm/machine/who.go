package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// whoQuestion is {kind: "who"}: who wrote this last, or next?
type whoQuestion struct {
	Place view.Place
	Next  bool
	At    *float64 // the moment from which on it looks; without it the present one
}

var placeKinds = map[string]boot.TargetKind{"register": boot.Register, "byte": boot.Linear, "physical": boot.Physical, "entry": boot.Entry, "frame": boot.WholeFrame}

// targetOf reads a place. Whose addresses are meant is settled now: the task on the CPU is another one elsewhere.
func (s *Session) targetOf(p *view.Place) (boot.Target, error) {
	kind, ok := placeKinds[p.Kind]
	t := boot.Target{Kind: kind, Register: p.Register, PID: p.PID, N: max(p.N, 1), Level: p.Level}
	if !ok {
		return t, boot.ErrTarget
	}
	if p.Addr != "" {
		addr, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(p.Addr)), "0x"), 16, 64)
		if err != nil {
			return t, fmt.Errorf("%.40q is no hexadecimal number", p.Addr)
		}
		t.Addr = addr
	}
	if p.PID == 0 && s.comp.K != nil && t.Addr>>63 == 0 && (kind == boot.Linear || kind == boot.Entry) {
		if c := s.comp.K.Current(); c != nil && c.ASID != 0 {
			t.PID, p.PID = c.PID, c.PID
		}
	}
	return t, nil
}

func askWho(s *Session, j *job, raw []byte) (any, error) {
	var q whoQuestion
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, errQuestion
	}
	target, err := s.targetOf(&q.Place)
	if err != nil {
		return nil, err
	}
	at := uint64(boot.Present)
	if q.At != nil {
		at = uint64(max(*q.At, 0))
	}
	ch, err := s.hist.Who(target, at, q.Next, j.progress)
	if err != nil {
		return nil, err
	}
	name := placeName(&q.Place)
	if ch == nil {
		return nothing(name, &q.Place, q.Next), nil
	}
	a := &view.Answer{Found: true, Place: &q.Place, Now: ch.Now, Done: ch.Done}
	a.Title = name + " was written by " + author(&ch.By)
	a.Text = append(a.Text, changed(ch))
	if text := course(&ch.By); text != "" {
		a.Text = append(a.Text, text)
	}
	a.Facts = s.facts(&ch.By, ch.Now, ch.Retired)
	return a, nil
}

func nothing(name string, p *view.Place, next bool) *view.Answer {
	a := &view.Answer{Title: name + " has not changed before", Place: p, Text: []string{"Since the machine was switched on nothing has changed it."}, Facts: []view.Fact{}}
	if next {
		a.Title = name + " is not changed any more"
		a.Text = []string{"Up to the end of what has been run so far nothing changes it. Run the machine on and ask again."}
	}
	return a
}

// placeName says what is asked about.
func placeName(p *view.Place) string {
	of := ""
	if p.PID != 0 {
		of = fmt.Sprintf(" of pid %d", p.PID)
	}
	switch p.Kind {
	case "register":
		return p.Register
	case "byte":
		if p.N > 1 {
			return fmt.Sprintf("What lies at %s, %d bytes%s,", p.Addr, p.N, of)
		}
		return "The byte at " + p.Addr + of
	case "physical":
		return "The byte at the physical address " + p.Addr
	case "entry":
		return fmt.Sprintf("The page-table entry for %s, level %d%s,", p.Addr, p.Level, of)
	}
	return "Frame " + p.Addr
}

// author names who did it, short.
func author(a *boot.Author) string {
	switch a.What {
	case boot.ByInstruction:
		return a.Text
	case boot.ByKernel:
		if a.Call != "" {
			return "the kernel, in " + a.Caller.Name
		}
		return "the kernel"
	case boot.ByDelivery:
		return "the CPU, on its way into the kernel"
	}
	return "no instruction"
}

// course says how it came to a write of the kernel.
func course(a *boot.Author) string {
	text := ""
	switch {
	case a.What == boot.ByDelivery:
		return "The CPU was delivering: " + a.Door + "."
	case a.Door != "":
		text = "The kernel was entered by " + a.Door + "."
	}
	if a.Why != "" {
		text = strings.TrimSpace(text + " What did it: " + a.Why + ".")
	}
	return text
}

func changed(ch *boot.Change) string {
	switch {
	case ch.Old == nil:
		return "There was nothing before; since then it is " + valueText(ch.New) + "."
	case ch.New == nil:
		return "It was " + valueText(ch.Old) + "; since then it does not exist: the page is not mapped, or the process is gone."
	}
	return "It was " + valueText(ch.Old) + " and became " + valueText(ch.New) + "."
}

// valueText writes up to eight bytes as a number, and as a character where it is one.
func valueText(b []byte) string {
	if len(b) > 8 {
		return fmt.Sprintf("% x", b)
	}
	v := uint64(0)
	for i := len(b) - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	if len(b) == 1 && v > ' ' && v < 0x7f {
		return fmt.Sprintf("0x%02x ‘%c’", v, rune(v))
	}
	return fmt.Sprintf("0x%0*x", 2*len(b), v)
}

// facts lists what is known of an author.
func (s *Session) facts(a *boot.Author, now, retired uint64) []view.Fact {
	list := []view.Fact{{Name: "when", Value: fmt.Sprintf("instruction %s · %.3f ms", view.Grouped(retired), float64(now)/unitsPerMs)}}
	add := func(name, value string) {
		if value != "" {
			list = append(list, view.Fact{Name: name, Value: value})
		}
	}
	if a.Text != "" {
		add("instruction", a.Text)
		add("at", s.place(a.Exe, a.RIP, a.CPL, a.Symbol))
		add("ring", strconv.Itoa(int(a.CPL)))
	}
	if a.PID != 0 {
		add("task", fmt.Sprintf("pid %d %s", a.PID, a.Comm))
	} else if s.comp.K != nil && a.Text != "" {
		add("task", "none, or the idle task")
	}
	if a.Caller.Name != "" {
		add("system call", a.Caller.Text)
		if a.Caller.PID != a.PID {
			add("called by", fmt.Sprintf("pid %d %s", a.Caller.PID, a.Caller.Comm))
		}
		if a.Caller.Site != 0 {
			add("called at", s.place(a.Caller.Exe, a.Caller.Site, 3, ""))
		}
	} else if a.User != 0 {
		add("came from", s.place(a.Exe, a.User, 3, ""))
	}
	add("the kernel's work", strings.Join(a.Work, "\n"))
	return list
}

// place names an address in a program: its symbol and its line.
func (s *Session) place(exe string, rip uint64, cpl uint8, symbol string) string {
	text := "0x" + hex(rip)
	if symbol != "" {
		return text + " " + symbol
	}
	if s.comp.K == nil {
		if sym := view.Find(s.picture.symbols, rip); sym != nil {
			text += " " + offset(sym, rip)
		}
		return text
	}
	if cpl != 3 {
		return text
	}
	for i := range s.progs {
		p := &s.progs[i]
		if p.Path != exe {
			continue
		}
		if sym := view.Find(p.Symbols, rip); sym != nil {
			text += " " + offset(sym, rip)
		}
		if n := p.LineOf(rip); n > 0 && n <= len(p.Source) {
			text += fmt.Sprintf("\n%s:%d  %s", p.File, n, strings.TrimSpace(p.Source[n-1]))
		}
		return text
	}
	return text + " in " + exe
}

func offset(sym *view.Symbol, addr uint64) string {
	if sym.Addr == addr {
		return sym.Name
	}
	return sym.Name + "+0x" + hex(addr-sym.Addr)
}
