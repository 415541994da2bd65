package main

import (
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/wasm/view"
)

func (p *picture) cpu(v *view.CPU) {
	s := &p.comp.M.CPU.S
	v.R, v.RIP, v.RFLAGS = s.R, s.RIP, s.RFLAGS
	v.PrevR, v.PrevRIP, v.PrevRFLAGS, v.PrevX = s.R, s.RIP, s.RFLAGS, s.X
	if prev := &p.s.prev; p.s.stepped {
		v.PrevR, v.PrevRIP, v.PrevRFLAGS, v.PrevX = prev.R, prev.RIP, prev.RFLAGS, prev.X
	}
	v.CR0, v.CR2, v.CR3, v.CR4, v.EFER = s.CR0, s.CR2, s.CR3, s.CR4, s.EFER
	v.IDT, v.GDT, v.TSS = s.IDTR.Base, s.GDTR.Base, s.TR.Base
	if pa, ok := p.physical(v.IDT); ok {
		v.IDTFrame = uint32(mem.FrameOf(pa))
	}
	v.CSBase = s.Seg[cpu.CS].Base
	if pa, ok := p.physical(v.CSBase + v.RIP); ok && pa < p.comp.M.RAM.Size() {
		v.IPFrame = uint32(mem.FrameOf(pa))
	}
	for i := range s.Seg {
		v.Sel[i] = s.Seg[i].Sel
	}
	v.FSBase, v.GSBase = s.Seg[cpu.FS].Base, s.Seg[cpu.GS].Base
	v.X, v.MXCSR = s.X, s.MXCSR
	v.FPU = x87(s)
	v.Mode, v.Paging = modeOf(s), s.CR0&cpu.CR0PG != 0
	v.Ring, v.Halted, v.IF = s.CPL(), s.Halted, s.RFLAGS&cpu.FlagIF != 0
}

// x87 lists the registers of the x87 stack that are in use, the top first. SDM 1 "x87 FPU Tag Word"
func x87(s *cpu.State) []view.Float {
	const empty = 3
	var list []view.Float
	top := s.FSW >> 11 & 7
	for i := range uint16(8) {
		n := (top + i) & 7
		if s.FTW>>(2*n)&3 != empty {
			list = append(list, view.Float{Name: "st" + string(rune('0'+i)), Sig: s.ST[n].Sig, SE: s.ST[n].SE})
		}
	}
	return list
}

func modeOf(s *cpu.State) string {
	switch {
	case s.EFER&cpu.EFERLMA != 0:
		return "long"
	case s.CR0&cpu.CR0PE != 0:
		return "protected"
	}
	return "real"
}

// physical translates a linear address as the CPU would now, without touching anything.
func (p *picture) physical(la uint64) (uint64, bool) {
	s := &p.comp.M.CPU.S
	w := mmu.Walk(p.comp.M.RAM, s.Root(), la)
	return w.Phys, w.Present
}

// read copies up to len(b) bytes at linear address la and returns how many could be read.
func (p *picture) read(b []byte, la uint64) int {
	for done := 0; done < len(b); {
		pa, ok := p.physical(la + uint64(done))
		if !ok {
			return done
		}
		for left := mem.FrameSize - pa&mem.FrameMask; left > 0 && done < len(b); left-- {
			v, ok := p.comp.M.CPU.Peek(pa)
			if !ok {
				return done
			}
			b[done] = v
			done++
			pa++
		}
	}
	return len(b)
}

// How much of a program is listed around the instruction pointer.
const (
	linesBefore = 6
	linesAfter  = 14
)

// code lists the instructions around RIP.
func (p *picture) code(v *view.Code, c *view.CPU) {
	s := &p.comp.M.CPU.S
	base := s.Seg[cpu.CS].Base
	v.Where = p.where(c)
	v.Bits = s.CodeBits()
	v.Lines, v.Current = p.listing(base, s.RIP, s.CodeBits(), linesBefore, linesAfter)
	if v.Current >= 0 {
		line := &v.Lines[v.Current]
		var bytes [decode.MaxLen]byte
		n := p.read(bytes[:], base+s.RIP)
		p.operands(v, line, bytes[:n], s)
	}
	p.source(v, c)
	p.calls(v, c)
}

// listing decodes before lines before an address, the one at it, and those after it, and says which is the one at it;
// -1 when it cannot be read. Going back is guessing on x86, where instructions have any length; a symbol, or a run of
// instructions that meets the address exactly, makes sure of it.
func (p *picture) listing(base, ip uint64, bits, before, after int) (lines []view.Line, current int) {
	start := ip
	if list := p.before(base, ip, bits, before); len(list) > 0 {
		start = list[0]
	}
	current = -1
	var bytes [decode.MaxLen]byte
	for at := start; len(lines) < before+after; {
		n := p.read(bytes[:], base+at)
		if n == 0 {
			break
		}
		line := p.line(bytes[:n], at, bits)
		if at == ip {
			current = len(lines)
		}
		at += uint64(len(line.Bytes))
		lines = append(lines, line)
	}
	return lines, current
}

// before finds up to n addresses of instructions before ip.
func (p *picture) before(base, ip uint64, bits, n int) []uint64 {
	first, from := uint64(0), ip-6*uint64(n)
	if ip < 6*uint64(n) {
		from = 0
	}
	for sym := p.symbol(ip); sym != nil && sym.Addr > from; sym = p.around(sym) {
		first = sym.Addr
	}
	from = max(from, first)
	for ; from < ip; from++ {
		if list := p.meets(base, from, ip, bits); len(list) > 0 {
			return list[max(0, len(list)-n):]
		}
	}
	return nil
}

// around is the symbol in whose code another one lies: a function of assembly with labels in it.
func (p *picture) around(sym *view.Symbol) *view.Symbol {
	if o := p.symbol(sym.Addr - 1); o != nil && sym.Addr < o.Addr+o.Size {
		return o
	}
	return nil
}

// meets decodes from one address on and returns the instructions' addresses when one of them ends exactly at rip.
func (p *picture) meets(base, from, rip uint64, bits int) []uint64 {
	var list []uint64
	var bytes [decode.MaxLen]byte
	for at := from; at < rip; {
		n := p.read(bytes[:], base+at)
		inst, err := decode.Decode(bytes[:n], bits)
		if err != nil {
			return nil
		}
		list = append(list, at)
		at += uint64(inst.Len)
		if at > rip {
			return nil
		}
	}
	return list
}

func (p *picture) line(bytes []byte, at uint64, bits int) view.Line {
	inst, err := decode.Decode(bytes, bits)
	if err != nil {
		return view.Line{Addr: at, Bytes: append([]byte(nil), bytes[:1]...), Intel: "(bad)", GNU: "(bad)", Symbol: p.label(at),
			Parts: []view.Part{{Kind: view.PartOpcode, Len: 1}}}
	}
	line := view.Line{Addr: at, Bytes: append([]byte(nil), bytes[:inst.Len]...), Symbol: p.label(at)}
	line.Intel = decode.Text(inst, at, decode.Intel, p.lookup)
	line.GNU = decode.Text(inst, at, decode.GNU, p.lookup)
	line.Parts = parts(line.Bytes, inst, bits)
	if rel, ok := inst.Args[0].(x86asm.Rel); ok {
		line.Target = at + uint64(inst.Len) + uint64(int64(rel))
		line.Taken = taken(inst.Op, &p.comp.M.CPU.S)
	}
	return line
}

// label is the name of the symbol that begins at addr.
func (p *picture) label(addr uint64) string {
	if sym := p.symbol(addr); sym != nil && sym.Addr == addr {
		return sym.Name
	}
	return ""
}

func (p *picture) lookup(addr uint64) (string, uint64) {
	if sym := p.symbol(addr); sym != nil && addr > 0xffff {
		return sym.Name, sym.Addr
	}
	return "", 0
}

// symbol finds what holds addr: the boot code and the kernel by their own tables, a program by the current task's.
func (p *picture) symbol(addr uint64) *view.Symbol {
	if p.comp.K == nil {
		return view.Find(p.symbols, addr)
	}
	if addr>>63 != 0 || !p.comp.K.State.Booted {
		return view.Find(bootSymbols(), addr)
	}
	if prog := p.program(); prog != nil {
		return view.Find(prog.Symbols, addr)
	}
	return nil
}

var bootTable []view.Symbol

func bootSymbols() []view.Symbol {
	if bootTable == nil {
		for _, s := range boot.Symbols {
			bootTable = append(bootTable, view.Symbol{Addr: s.Addr, Size: s.Size, Name: s.Name})
		}
	}
	return bootTable
}

// program is the current task's program, when it is one of our own.
func (p *picture) program() *view.Program {
	k := p.comp.K
	if k == nil {
		return nil
	}
	t := k.Task(k.State.Current)
	if t == nil || t.ASID == 0 {
		return nil
	}
	path := k.Process(t).ExePath
	for i := range p.s.progs {
		if p.s.progs[i].Path == path {
			return &p.s.progs[i]
		}
	}
	return nil
}

func (p *picture) where(c *view.CPU) string {
	k := p.comp.K
	name := ""
	if sym := p.symbol(c.RIP); sym != nil {
		name = sym.Name
	}
	switch {
	case k == nil && c.Ring == 0:
		return join("kernel", name)
	case k == nil:
		return join("a program in ring "+string(rune('0'+c.Ring)), name)
	case c.Mode == "real" && p.comp.M.CPU.S.Seg[cpu.CS].Base >= 0xf0000:
		return join("ROM", name)
	case !k.State.Booted && c.RIP>>63 == 0:
		return join("boot code", name)
	case c.RIP>>63 != 0:
		return join("kernel", name)
	}
	if t := k.Task(k.State.Current); t != nil {
		return join(t.Name(), name)
	}
	return name
}

func join(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

// source shows the lines of the program's source around RIP.
func (p *picture) source(v *view.Code, c *view.CPU) {
	const around = 3
	prog := p.program()
	if prog == nil || c.Ring != 3 {
		return
	}
	n := prog.LineOf(c.RIP)
	for i := max(n-around, 1); n > 0 && i <= min(n+around, len(prog.Source)); i++ {
		v.Source = append(v.Source, view.SourceLine{File: prog.File, N: i, Text: strings.ReplaceAll(prog.Source[i-1], "\t", "    "), Current: i == n})
	}
}
