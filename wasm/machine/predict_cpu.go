package main

import (
	"cmp"
	"fmt"
	"strconv"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// byID orders choices whose IDs are hexadecimal numbers of one length, or words.
func byID(a, b view.Choice) int {
	return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
}

// nextRIP: what is RIP after this instruction? It might be the next one's address, a jump's goal, the same again after a fault,
// or an entry of the kernel.
func nextRIP(l *lookahead) (*view.Prediction, error) {
	s := l.s
	m := s.comp.M
	var f view.Frame
	s.picture.draw(&f)
	code := &f.Code
	if code.Current < 0 || code.Current >= len(code.Lines) {
		return nil, errFuture
	}
	at := &code.Lines[code.Current]
	if m.Now() >= s.hist.End() {
		return nil, errFuture
	}
	s.hist.Seek(l.here + 1) // one that faults does not retire, but takes its time
	rip, reveal := m.CPU.S.RIP, l.there()
	l.back()
	name := s.codeChoice
	next := at.Addr + uint64(len(at.Bytes))
	others := []view.Choice{name(next, "the next instruction")}
	if at.Target != 0 {
		others = append(others, name(at.Target, "where it jumps to"))
	}
	others = append(others, name(at.Addr, "this instruction again"))
	if code.Current+2 < len(code.Lines) {
		others = append(others, name(code.Lines[code.Current+2].Addr, "the one after the next"))
	}
	others = append(others, name(m.CPU.S.LSTAR, "the kernel's entry for syscall"))
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(known(name(rip, ""), others), others, byID)
	return p, nil
}

// codeChoice is an address of code, with its symbol and what it is.
func (s *Session) codeChoice(rip uint64, what string) view.Choice {
	text := "0x" + hex(rip)
	symbols := bootSymbols()
	if p := s.picture.program(); p != nil && rip>>63 == 0 {
		symbols = p.Symbols
	}
	if sym := view.Find(symbols, rip); sym != nil {
		text += " " + offset(sym, rip)
	}
	if what != "" {
		text += ": " + what
	}
	return view.Choice{ID: hex(rip), Text: text}
}

// userRIP: at which instruction does the program that has the CPU begin, or go on, in ring 3? It might be the entry of its file or
// of its dynamic linker, its main function, or where its file or its first segment begins.
func userRIP(l *lookahead) (*view.Prediction, error) {
	s := l.s
	t := l.current()
	if t == nil {
		return nil, errFuture
	}
	pid, cpu := t.PID, s.comp.M.CPU
	for first := true; first || cpu.S.CPL() != 3; first = false {
		if _, err := l.to(1<<trace.SyscallOut|1<<trace.Iret|1<<trace.Sysexit, func(e *trace.Event) bool { return int32(e.Task) == pid }); err != nil {
			return nil, err
		}
	}
	rip, reveal := cpu.S.RIP, l.there()
	var others []view.Choice
	if rec := s.picture.derived.exec; rec != nil && rec.pid == t.PID {
		if p := s.picture.program(); p != nil {
			if main, ok := addressOf(p.Symbols, "main"); ok {
				others = append(others, s.codeChoice(main, "the program's main"))
			}
		}
		v := &rec.view
		others = append(others, s.codeChoice(v.AtEntry, "the entry that the program's file names"), s.codeChoice(v.Entry, "the entry of its dynamic linker"))
		if v.Base != 0 {
			others = append(others, s.codeChoice(v.Base, "where its dynamic linker begins"))
		}
		for _, h := range v.Program.Headers {
			others = append(others, s.codeChoice(h.Vaddr, "where a segment begins"))
		}
	}
	l.back()
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(known(s.codeChoice(rip, ""), others), others, byID)
	return p, nil
}

// nextFault: which page faults next? It might be any other page of that address space.
func nextFault(l *lookahead) (*view.Prediction, error) {
	e, err := l.to(1<<trace.PageFault, nil)
	if err != nil {
		return nil, err
	}
	reveal := l.there()
	l.back()
	s, k := l.s, l.s.comp.K
	t := k.FindTask(int32(e.Task))
	if t == nil || k.MM.AS(t.ASID) == nil { // it is not there yet: it will be like the one that makes it
		t = l.current()
	}
	as := k.MM.AS(t.ASID)
	if as == nil {
		return nil, errFuture
	}
	page := e.A &^ uint64(mem.FrameMask)
	name := func(va uint64) view.Choice {
		c := view.Choice{ID: hex(va), Text: "0x" + hex(va)}
		if a := areaAt(as, va); a != nil {
			c.Text += " · " + s.picture.rowName(as, a)
		} else {
			c.Text += " · nothing is mapped there"
		}
		return c
	}
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(name(page), otherPages(as, page, name), byID)
	return p, nil
}

// otherPages are pages of an address space that might fault: neighbours, then the first page of each other area that can be
// written, then of the rest.
func otherPages(as *mm.AddressSpace, page uint64, name func(uint64) view.Choice) (list []view.Choice) {
	for _, va := range []uint64{page + mem.FrameSize, page - mem.FrameSize} {
		if areaAt(as, va) != nil {
			list = append(list, name(va))
			break
		}
	}
	for _, write := range []bool{true, false} {
		for a := range as.VMAs.All() {
			if a.Start <= page && page < a.End || write != (a.Flags&mm.VM_WRITE != 0) {
				continue
			}
			list = append(list, name(a.Start))
		}
	}
	return list
}

func areaAt(as *mm.AddressSpace, va uint64) *mm.VMA {
	for a := range as.VMAs.All() {
		if a.Start <= va && va < a.End {
			return a
		}
	}
	return nil
}

// walkStop: which entry stops the next walk, and which of its bits?
func walkStop(l *lookahead) (*view.Prediction, error) {
	e, err := l.to(1<<trace.Exception, func(e *trace.Event) bool { return e.A>>32 == pageFault })
	if err != nil {
		return nil, err
	}
	m := l.s.comp.M
	w := mmu.Walk(m.RAM, m.CPU.S.Root(), e.B)
	reveal := l.there()
	l.back()
	level, bit := stopsAt(&w, e.A&0xffffffff)
	name := func(level int, bit string) view.Choice {
		return view.Choice{ID: strconv.Itoa(9-level) + bit, Text: fmt.Sprintf("%s of the %s entry", bit, levelNames[level])}
	}
	others := []view.Choice{name(1, "W"), name(1, "P"), name(2, "P"), name(1, "U"), name(3, "P"), name(1, "NX")}
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(name(level, bit), others, byID)
	return p, nil
}

// levelNames are Intel's, by the level of a table.
var levelNames = [...]string{1: "PT", 2: "PD", 3: "PDPT", 4: "PML4", 5: "PML5"}

// Bits of a page fault's error code. SDM 3A "Page-Fault Exceptions".
const (
	faultWrite = 1 << 1
	faultUser  = 1 << 2
	faultFetch = 1 << 4
)

// stopsAt finds the entry that does not let an access through.
func stopsAt(w *mmu.Result, code uint64) (level int, bit string) {
	last := &w.Steps[w.N-1]
	if !w.Present {
		return last.Level, "P"
	}
	for i := range w.Steps[:w.N] {
		st := &w.Steps[i]
		switch {
		case code&faultUser != 0 && st.Entry&mmu.U == 0:
			return st.Level, "U"
		case code&faultWrite != 0 && st.Entry&mmu.W == 0:
			return st.Level, "W"
		case code&faultFetch != 0 && st.Entry&mmu.NX != 0:
			return st.Level, "NX"
		}
	}
	return last.Level, "P"
}

// nextVictim: which frame is evicted next? It might be any other one that holds something that can leave memory.
func nextVictim(l *lookahead) (*view.Prediction, error) {
	e, err := l.to(1<<trace.Reclaim|1<<trace.SwapOut, nil)
	if err != nil {
		return nil, err
	}
	reveal := l.there()
	l.back()
	k := l.s.comp.K
	name := func(f mem.Frame) view.Choice {
		info := k.MM.FrameInfo(f)
		return view.Choice{ID: fmt.Sprintf("%06x", uint64(f)), Text: fmt.Sprintf("frame %x: %s", uint64(f), view.UseNames[usesOf[info.Use]])}
	}
	var others []view.Choice
	frames := mem.Frame(l.s.comp.M.RAM.Frames())
	for i := range frames {
		f := (k.MM.State.Reclaim.Hand + i) % frames
		use := k.MM.FrameInfo(f).Use
		if use != mm.Anonymous && use != mm.PageCache {
			continue
		}
		if others = append(others, name(f)); len(others) == maxChoices {
			break
		}
	}
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(name(mem.Frame(e.A)), others, byID)
	return p, nil
}
