// Package pc executes the cases of scripts/hw/silicon in the engine: a processor in long mode with Linux's descriptors, in
// ring 3 and with the paging of a case's world, whose every exception handler is HLT.
package pc

import (
	"bytes"
	"encoding/binary"

	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/scripts/hw/silicon"
)

// Physical memory. The first pages are the kernel's, seen at kernel; the world of the cases follows.
const (
	tables   = 0x1000 // PML4, then the tables for the world and for the kernel
	gdt      = 0x8000
	ldt      = 0x8800
	tss      = 0x9000
	idt      = 0xa000
	handlers = 0xb000
	stack    = 0xd000 // its top
	world    = 0x10000
	size     = 0x20000

	kernel = 0xffff800000000000
)

// limit is how many instructions a case may take.
const limit = 40000

// PC is the machine. It is not for use by several goroutines at once.
type PC struct {
	ram      *mem.RAM
	cpu      *cpu.CPU
	base     cpu.State // what every case has in common
	pristine []byte
	before   []byte // the world as the running case found it
}

type ports struct{}

func (ports) In(uint64, uint16, uint8) uint32   { return 0 }
func (ports) Out(uint64, uint16, uint8, uint32) {}

// New makes the machine.
func New() *PC {
	p := &PC{ram: mem.New(size), pristine: silicon.Contents()}
	p.before = bytes.Clone(p.pristine)
	copy(p.ram.Bytes[world:], p.pristine)
	p.paging()
	p.descriptors()
	p.cpu = cpu.New(p.ram, ports{}, &trace.Hub{}, false)
	s := p.cpu.S
	s.CR0 = cpu.CR0PE | cpu.CR0MP | cpu.CR0ET | cpu.CR0NE | cpu.CR0WP | cpu.CR0AM | cpu.CR0PG
	s.CR3 = tables
	s.CR4 = cpu.CR4PAE | cpu.CR4PGE | cpu.CR4OSFXSR | cpu.CR4OSXMMEXCPT | cpu.CR4FSGSBASE | cpu.CR4OSXSAVE
	s.XCR0 = 3
	s.EFER = cpu.EFERSCE | cpu.EFERLME | cpu.EFERLMA | cpu.EFERNXE
	s.GDTR = cpu.Table{Base: kernel + gdt, Limit: 16*8 - 1}
	s.LDTR = cpu.Segment{Sel: 0x50, Attr: 0x82, Limit: 8*8 - 1, Base: kernel + ldt}
	s.TR = cpu.Segment{Sel: 0x40, Attr: 0x8b, Limit: 0x67, Base: kernel + tss}
	s.IDTR = cpu.Table{Base: kernel + idt, Limit: 256*16 - 1}
	p.base = s
	p.cpu.SetState(s)
	p.cpu.FlushTLB()
	return p
}

func (p *PC) put(pa, v uint64) { binary.LittleEndian.PutUint64(p.ram.Bytes[pa:], v) }

// paging maps the world for ring 3 and the kernel for ring 0.
func (p *PC) paging() {
	const (
		present, write, user = 1, 2, 4
		large                = 1 << 7
		noExecute            = 1 << 63
	)
	put := func(table, i, v uint64) { p.put(tables+table*0x1000+8*i, v) }
	next := func(table uint64) uint64 { return (tables + table*0x1000) | present | write | user }
	put(0, 0, next(1))
	put(1, 0, next(2))
	put(2, silicon.World>>21, next(3))
	put(0, 256, next(4))
	put(4, 0, next(5))
	put(5, 0, present|write|large)
	for i := range silicon.Pages {
		kind := silicon.Kind(i)
		if kind == 0 {
			continue
		}
		e := uint64(world+i*silicon.PageSize) | present | user
		if kind&silicon.Writable != 0 {
			e |= write
		}
		if kind&silicon.Executable == 0 {
			e |= noExecute
		}
		put(3, silicon.World>>12&511+uint64(i), e)
	}
}

// descriptors fills GDT, LDT, TSS and IDT as Linux has them, and the LDT as host.c does.
func (p *PC) descriptors() {
	for i, d := range []uint64{1: 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff,
		0x00cff3000000ffff, 0x00affb000000ffff} {
		p.put(gdt+8*uint64(i), d)
	}
	p.put(gdt+8*15, 0x0040f50000000000)             // Linux keeps the processor's number in its limit
	const base = silicon.World << 16 & 0xffffff0000 // bits 23:0; the rest of it:
	const high = silicon.World >> 24 << 56
	for i, d := range []uint64{
		0x0010fb000000ffff, 0x0010f3000000ffff, 0x0050f30000002fff, 0x0040fb000000ffff,
		0x0040f70000001fff, 0x0040f9000000ffff, 0x0040f1000000ffff, 0x004073000000ffff} {
		p.put(ldt+8*uint64(i), d|base|high)
	}
	p.put(tss+4, kernel+stack)
	p.ram.Write16(tss+0x66, 0x68) // no I/O bitmap
	for v := range uint64(256) {
		at := uint64(kernel + handlers + v)
		dpl := uint64(0)
		if v == cpu.VecBP || v == cpu.VecOF {
			dpl = 3 << 45
		}
		p.put(idt+16*v, at&0xffff|0x10<<16|0x8e00<<32|dpl|(at>>16&0xffff)<<48)
		p.put(idt+16*v+8, at>>32)
		p.ram.Bytes[handlers+v] = 0xf4
	}
}

// segment is what loading a selector puts into a segment register.
func (p *PC) segment(sel uint16) cpu.Segment {
	table := uint64(gdt)
	if sel&4 != 0 {
		table = ldt
	}
	if sel < 4 {
		return cpu.Segment{Sel: sel}
	}
	d := binary.LittleEndian.Uint64(p.ram.Bytes[table+uint64(sel&^7):])
	s := cpu.Segment{Sel: sel, Attr: uint16(d>>40) & 0xf0ff, Base: d>>16&0xffffff | d>>56<<24, Limit: uint32(d&0xffff | d>>32&0xf0000)}
	if s.Attr>>15 != 0 {
		s.Limit = s.Limit<<12 | 0xfff
	}
	return s
}

// Run executes a case.
func (p *PC) Run(c *silicon.Case) (e silicon.End) {
	p.write(c.At, c.Code())
	p.pokes(c, false)
	p.enter(c)
	exit := p.cpu.Run(limit)
	for exit == cpu.ExitAgain && p.cpu.Now() < limit {
		exit = p.cpu.Run(limit - p.cpu.Now())
	}
	p.note(&e, exit)
	p.pokes(c, true)
	p.write(c.At, p.pristine[c.At-silicon.World:][:c.Len])
	return e
}

// write changes the world, at a linear address.
func (p *PC) write(addr uint64, b []byte) {
	p.ram.WriteAt(b, addr-silicon.World+world)
	copy(p.before[addr-silicon.World:], b)
}

func (p *PC) pokes(c *silicon.Case, undo bool) {
	for i := range c.Pokes[:c.NPokes] {
		k := &c.Pokes[i]
		b := k.Bytes[:k.Len]
		if undo {
			b = p.pristine[k.Addr-silicon.World:][:k.Len]
		}
		p.write(uint64(k.Addr), b)
	}
}

// enter puts the case's state into the processor.
func (p *PC) enter(c *silicon.Case) {
	s := &p.cpu.S
	b := &p.base
	s.CR0, s.CR2, s.CR4, s.EFER, s.LDTR, s.TR = b.CR0, 0, b.CR4, b.EFER, b.LDTR, b.TR
	s.DR = b.DR
	s.Halted, s.Shadow, s.Retired, s.Charged = false, 0, 0, 0
	s.R = c.GPR
	s.RIP, s.RFLAGS = c.RIP, c.Flags|2|cpu.FlagIF
	for i, sel := range c.Seg {
		s.Seg[i] = p.segment(sel)
	}
	if c.Seg[silicon.FS] == 0 {
		s.Seg[cpu.FS].Base = c.FSBase
	}
	if c.Seg[silicon.GS] == 0 {
		s.Seg[cpu.GS].Base = c.GSBase
	}
	s.MXCSR, s.X = c.MXCSR, c.X
	s.FCW, s.FSW, s.FTW, s.FOP, s.FIP, s.FDP = c.FCW, c.FSW, 0, 0, 0, 0
	top := int(c.FSW >> 11 & 7)
	for i := range 8 {
		if c.FTW>>i&1 == 0 {
			s.FTW |= 3 << (2 * i)
		}
		s.ST[(top+i)&7] = cpu.Float80{Sig: c.ST[i][0], SE: uint16(c.ST[i][1])}
	}
}

// note reads the outcome from the processor and from the frame of the exception.
func (p *PC) note(e *silicon.End, exit cpu.Exit) {
	s := &p.cpu.S
	e.GPR, e.CR2 = s.R, s.CR2
	e.FSBase, e.GSBase = s.Seg[cpu.FS].Base, s.Seg[cpu.GS].Base
	for i := range e.Seg {
		e.Seg[i] = s.Seg[i].Sel
	}
	switch at := s.RIP - kernel - handlers - 1; {
	case exit == cpu.ExitHalt && at < 256:
		e.Vector = uint32(at)
		p.frame(e)
	case exit == cpu.ExitBudget:
		e.Vector = silicon.Timeout
	default:
		e.Vector = 0x100 + uint32(exit)
	}
	e.FCW, e.FSW, e.FOP, e.FIP, e.FDP = s.FCW, s.FSW, s.FOP, s.FIP, s.FDP
	for i := range 8 {
		if s.FTW>>(2*i)&3 != 3 {
			e.FTW |= 1 << i
		}
		r := &s.ST[(int(s.FSW>>11)+i)&7]
		e.ST[i] = [2]uint64{r.Sig, uint64(r.SE)}
	}
	e.MXCSR, e.X = s.MXCSR, s.X
	p.changes(e)
}

// frame reads what the exception pushed.
func (p *PC) frame(e *silicon.End) {
	const withCode = 1<<cpu.VecDF | 1<<cpu.VecTS | 1<<cpu.VecNP | 1<<cpu.VecSS | 1<<cpu.VecGP | 1<<cpu.VecPF | 1<<cpu.VecAC
	word := func(i uint64) uint64 { return p.ram.Read64(stack - 8*i) }
	e.Seg[silicon.SS], e.GPR[cpu.RSP], e.Flags = uint16(word(1)), word(2), word(3)
	e.Seg[silicon.CS], e.RIP = uint16(word(4)), word(5)
	if e.Vector < 32 && withCode>>e.Vector&1 != 0 {
		e.Err = uint32(word(6))
	}
}

// changes finds what the case wrote, and puts it back.
func (p *PC) changes(e *silicon.End) {
	for i := range silicon.Pages {
		if silicon.Kind(i)&silicon.Writable == 0 {
			continue
		}
		at := i * silicon.PageSize
		live, old := p.ram.Bytes[world+at:][:silicon.PageSize], p.before[at:][:silicon.PageSize]
		if bytes.Equal(live, old) {
			continue
		}
		for j := 0; j < silicon.PageSize; j += 8 {
			if v := binary.LittleEndian.Uint64(live[j:]); v != binary.LittleEndian.Uint64(old[j:]) {
				e.Words = append(e.Words, silicon.Word{Addr: silicon.World + uint64(at+j), Value: v})
			}
		}
		copy(live, old)
	}
	e.NWords = uint32(len(e.Words))
}
