package boot

import (
	"encoding/binary"
	"slices"
	"strings"

	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel/mm"
)

// probe reads a target again and again.
type probe struct {
	c    *Computer
	size int
	// read puts the value into b, of size bytes, and returns its physical address (0 for a register); ok is false while there is
	// no such thing.
	read func(b []byte) (pa uint64, ok bool)
	// frames appends the frames that must have been written when the value has changed. It is nil for registers.
	frames func(list []mem.Frame) []mem.Frame
}

func (c *Computer) probe(t Target) (*probe, error) {
	p := &probe{c: c, size: t.N}
	size := c.M.RAM.Size()
	switch {
	case t.Kind == Register:
		r := registerOf(t.Register)
		if r == nil {
			return nil, ErrTarget
		}
		p.size = r.size
		p.read = func(b []byte) (uint64, bool) { r.read(&c.M.CPU.S, b); return 0, true }
	case t.Kind == WholeFrame && t.Addr < uint64(c.M.RAM.Frames()):
		p.size = mem.FrameSize
		p.physical(t.Addr << mem.FrameShift)
	case t.Kind == Physical && t.N > 0 && t.N <= MaxTarget && c.M.RAM.Has(t.Addr, uint64(t.N)):
		p.physical(t.Addr)
	case t.Kind == Linear && t.N > 0 && t.N <= MaxTarget && t.Addr <= t.Addr+uint64(t.N):
		p.linear(t.Addr, c.space(t.PID))
	case t.Kind == Entry && t.Level >= 1 && t.Level <= 5:
		p.entry(t, c.space(t.PID))
	default:
		return nil, ErrTarget
	}
	if p.read == nil || size == 0 {
		return nil, ErrTarget
	}
	return p, nil
}

// space returns what tells the root of an address space at any moment. One of a process is its own; without a process it is
// the one that CR3 names at present.
func (c *Computer) space(pid int32) func() (mmu.Root, bool) {
	cr3 := c.M.CPU.S.CR3
	return func() (mmu.Root, bool) {
		root := c.M.CPU.S.Root()
		if pid == 0 || c.K == nil {
			root.CR3 = cr3
			return root, true
		}
		t := c.K.FindTask(pid)
		if t == nil || t.ASID == 0 {
			return root, false
		}
		as := c.K.MM.AS(t.ASID)
		if as == nil {
			return root, false
		}
		root.CR3 = as.Root.Addr()
		return root, true
	}
}

func (p *probe) physical(pa uint64) {
	p.read = func(b []byte) (uint64, bool) { p.c.M.RAM.ReadAt(b, pa); return pa, true }
	p.frames = func(list []mem.Frame) []mem.Frame { return p.span(list, pa, uint64(p.size)) }
}

// span appends the frames of a range of RAM.
func (p *probe) span(list []mem.Frame, pa, n uint64) []mem.Frame {
	if !p.c.M.RAM.Has(pa, n) {
		return list
	}
	for f := mem.FrameOf(pa); f <= mem.FrameOf(pa+n-1); f++ {
		list = append(list, f)
	}
	return list
}

// linear is bytes at a linear address, wherever the page is.
func (p *probe) linear(la uint64, space func() (mmu.Root, bool)) {
	ram := p.c.M.RAM
	p.read = func(b []byte) (first uint64, ok bool) {
		root, ok := space()
		for at := uint64(0); ok && at < uint64(len(b)); {
			n := min(uint64(len(b))-at, mem.FrameSize-(la+at)&mem.FrameMask)
			pte, there := mmu.Find(ram, &root, la+at)
			pa := pte&mmu.AddrMask | (la+at)&mem.FrameMask
			if !there || !ram.Has(pa, n) {
				return 0, false
			}
			if at == 0 {
				first = pa
			}
			ram.ReadAt(b[at:at+n], pa)
			at += n
		}
		return first, ok
	}
	p.frames = func(list []mem.Frame) []mem.Frame {
		list = p.walked(list, la, space)
		if last := la + uint64(p.size) - 1; last>>mem.FrameShift != la>>mem.FrameShift {
			list = p.walked(list, last, space)
		}
		return list
	}
}

// walked appends the frames of a walk: its tables, and the page.
func (p *probe) walked(list []mem.Frame, la uint64, space func() (mmu.Root, bool)) []mem.Frame {
	root, ok := space()
	if !ok {
		return list
	}
	w := mmu.Walk(p.c.M.RAM, root, la)
	for i := range w.N {
		if !w.InRegister(i) {
			list = p.span(list, w.EntryAddr(i), root.Mode.EntrySize())
		}
	}
	if w.Present {
		list = p.span(list, w.Phys, 1)
	}
	return list
}

// entry is the entry of a table in the walk of an address.
func (p *probe) entry(t Target, space func() (mmu.Root, bool)) {
	root, ok := space()
	if !ok || root.Mode == mmu.Off {
		return
	}
	p.size = int(root.Mode.EntrySize())
	p.read = func(b []byte) (uint64, bool) {
		root, ok := space()
		if !ok || int(root.Mode.EntrySize()) != p.size {
			return 0, false
		}
		w := mmu.Walk(p.c.M.RAM, root, t.Addr)
		for i := range w.N {
			if pa := w.EntryAddr(i); w.Steps[i].Level == t.Level && !w.InRegister(i) && p.c.M.RAM.Has(pa, uint64(p.size)) {
				p.c.M.RAM.ReadAt(b, pa)
				return pa, true
			}
		}
		return 0, false
	}
	p.frames = func(list []mem.Frame) []mem.Frame { return p.walked(list, t.Addr, space) }
}

// sample is what a probe read.
type sample struct {
	b  []byte
	pa uint64
	ok bool
}

func (p *probe) sample() *sample { return &sample{b: make([]byte, p.size)} }

func (s *sample) take(p *probe) { s.pa, s.ok = p.read(s.b) }

func (s *sample) equal(o *sample) bool { return s.ok == o.ok && (!s.ok || slices.Equal(s.b, o.b)) }

func (s *sample) copy() *sample { return &sample{b: slices.Clone(s.b), pa: s.pa, ok: s.ok} }

// aRegister is a register or flag that can be asked about.
type aRegister struct {
	name string
	size int
	read func(s *cpu.State, b []byte)
}

// Registers are the names that a Target may have.
func Registers() (names []string) {
	for i := range registers {
		names = append(names, registers[i].name)
	}
	return names
}

func registerOf(name string) *aRegister {
	for i := range registers {
		if strings.EqualFold(registers[i].name, name) {
			return &registers[i]
		}
	}
	return nil
}

var registers = allRegisters()

func allRegisters() (list []aRegister) {
	word := func(name string, size int, v func(s *cpu.State) uint64) {
		list = append(list, aRegister{name, size, func(s *cpu.State, b []byte) {
			var w [8]byte
			binary.LittleEndian.PutUint64(w[:], v(s))
			copy(b, w[:])
		}})
	}
	for i, name := range []string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"} {
		word(name, 8, func(s *cpu.State) uint64 { return s.R[i] })
	}
	word("rip", 8, func(s *cpu.State) uint64 { return s.RIP })
	word("rflags", 8, func(s *cpu.State) uint64 { return s.RFLAGS })
	for _, f := range []struct {
		name string
		bit  uint
	}{{"CF", 0}, {"PF", 2}, {"AF", 4}, {"ZF", 6}, {"SF", 7}, {"TF", 8}, {"IF", 9}, {"DF", 10}, {"OF", 11}, {"AC", 18}} {
		word(f.name, 1, func(s *cpu.State) uint64 { return s.RFLAGS >> f.bit & 1 })
	}
	word("cr0", 8, func(s *cpu.State) uint64 { return s.CR0 })
	word("cr2", 8, func(s *cpu.State) uint64 { return s.CR2 })
	word("cr3", 8, func(s *cpu.State) uint64 { return s.CR3 })
	word("cr4", 8, func(s *cpu.State) uint64 { return s.CR4 })
	word("efer", 8, func(s *cpu.State) uint64 { return s.EFER })
	for i, name := range []string{"es", "cs", "ss", "ds", "fs", "gs"} {
		word(name, 2, func(s *cpu.State) uint64 { return uint64(s.Seg[i].Sel) })
	}
	word("fs.base", 8, func(s *cpu.State) uint64 { return s.Seg[cpu.FS].Base })
	word("gs.base", 8, func(s *cpu.State) uint64 { return s.Seg[cpu.GS].Base })
	word("idtr", 8, func(s *cpu.State) uint64 { return s.IDTR.Base })
	word("gdtr", 8, func(s *cpu.State) uint64 { return s.GDTR.Base })
	word("tr", 8, func(s *cpu.State) uint64 { return s.TR.Base })
	for i := range 16 {
		list = append(list, aRegister{"xmm" + string("0123456789abcdef"[i]), 16, func(s *cpu.State, b []byte) {
			binary.LittleEndian.PutUint64(b, s.X[i][0])
			binary.LittleEndian.PutUint64(b[8:], s.X[i][1])
		}})
	}
	for i := range list[len(list)-6:] {
		list[len(list)-6+i].name = "xmm1" + string('0'+rune(i))
	}
	return list
}

// useOf is what the kernel's records say of a frame.
func (c *Computer) useOf(f mem.Frame) (mm.Use, bool) {
	if c.K == nil || int(f) >= len(c.K.MM.State.Frames.Use) {
		return 0, false
	}
	return c.K.MM.State.Frames.Use[f], true
}
