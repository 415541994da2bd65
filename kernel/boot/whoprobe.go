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
	// ranges appends the bytes of RAM of which one must have been written when the value has changed, unless a process was born,
	// ended or began another program. It is nil for registers.
	ranges   func(list []mem.Range) []mem.Range
	register cpu.Register // of a register
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
		p.register = r.get
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
	p.ranges = func(list []mem.Range) []mem.Range { return p.span(list, pa, uint64(p.size)) }
}

// span appends a range of RAM.
func (p *probe) span(list []mem.Range, pa, n uint64) []mem.Range {
	if !p.c.M.RAM.Has(pa, n) {
		return list
	}
	return append(list, mem.Range{First: pa, Last: pa + n - 1})
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
	p.ranges = func(list []mem.Range) []mem.Range {
		n := min(uint64(p.size), mem.FrameSize-la&mem.FrameMask)
		list = p.walked(list, la, n, space)
		if n < uint64(p.size) {
			list = p.walked(list, la+n, uint64(p.size)-n, space)
		}
		return list
	}
}

// walked appends what a walk reads: the entries, and n bytes of the page.
func (p *probe) walked(list []mem.Range, la, n uint64, space func() (mmu.Root, bool)) []mem.Range {
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
		list = p.span(list, w.Phys, n)
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
	p.ranges = func(list []mem.Range) []mem.Range { return p.walked(list, t.Addr, 1, space) }
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
	size int // in bytes
	get  cpu.Register
}

func (r *aRegister) read(s *cpu.State, b []byte) {
	var w [16]byte
	v := r.get(s)
	binary.LittleEndian.PutUint64(w[:], v[0])
	binary.LittleEndian.PutUint64(w[8:], v[1])
	copy(b, w[:])
}

// askedFlags are the flags that have a name in a question, besides all registers.
var askedFlags = []string{"CF", "PF", "AF", "ZF", "SF", "TF", "IF", "DF", "OF", "AC"}

var registers = allRegisters()

func allRegisters() (list []aRegister) {
	list = append(list, aRegister{"rip", 8, func(s *cpu.State) [2]uint64 { return [2]uint64{s.RIP} }})
	for _, r := range cpu.Registers {
		size := 8
		switch r.Name[:2] {
		case "XM", "FP", "GD", "ID", "LD", "TR":
			size = 16
		}
		list = append(list, aRegister{strings.ToLower(r.Name), size, r.Get})
	}
	for _, name := range askedFlags {
		get, _ := cpu.RegisterByName(name)
		list = append(list, aRegister{name, 1, get})
	}
	return list
}

func registerOf(name string) *aRegister {
	for i := range registers {
		if strings.EqualFold(registers[i].name, name) {
			return &registers[i]
		}
	}
	return nil
}

// useOf is what the kernel's records say of a frame.
func (c *Computer) useOf(f mem.Frame) (mm.Use, bool) {
	if c.K == nil || int(f) >= len(c.K.MM.State.Frames.Use) {
		return 0, false
	}
	return c.K.MM.State.Frames.Use[f], true
}
