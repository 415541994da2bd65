package main

import (
	"sort"
	"strconv"

	"vitrine/engine/cpu"
	"vitrine/wasm/view"
)

// rings reads the doors between the rings from the registers and from guest memory.
func (p *picture) rings(v *view.Rings, f *view.Frame) {
	s := &p.comp.M.CPU.S
	p.ways = p.pass.corrected(f.CPU.Ring, s.Halted, f.CPU.Mode == "real", f.Now)
	v.IDTBase, v.IDTLimit = s.IDTR.Base, s.IDTR.Limit
	for n := 0; n < 256; n++ {
		if g, ok := p.gate(uint8(n)); ok {
			v.Gates = append(v.Gates, g)
		}
	}
	v.Fast = view.FastCalls{SCE: s.EFER&cpu.EFERSCE != 0, STAR: s.STAR, LSTAR: s.LSTAR, CSTAR: s.CSTAR, FMASK: s.SFMASK,
		CS: s.SysenterCS, ESP: s.SysenterESP, EIP: s.SysenterEIP, LSTARName: p.nameAt(s.LSTAR), EIPName: p.nameAt(s.SysenterEIP)}
	v.Calls = p.callGates()
	p.tss(&v.TSS)
	v.Time, v.Inwards = p.ways.time, p.ways.inwards
	v.Doors = p.doors(v, f)
	v.Crossings = append([]view.Crossing(nil), p.ways.last...)
	for i := range v.Crossings {
		if c := &v.Crossings[i]; !c.Back {
			c.How, _ = p.doorName(doorKey{c.Kind, c.Vector})
		}
	}
	p.saved(v, f)
	p.excerpts(v, f)
	p.asked(&v.Asked, v, f)
}

// gateSize is how many bytes an entry of the IDT has in the CPU's present mode.
func gateSize(s *cpu.State) uint64 {
	switch {
	case s.EFER&cpu.EFERLMA != 0:
		return 16
	case s.CR0&cpu.CR0PE != 0:
		return 8
	}
	return 4
}

// gate reads an entry of the IDT; ok is false when it is beyond the limit, unreadable or not present.
func (p *picture) gate(vector uint8) (g view.Gate, ok bool) {
	s := &p.comp.M.CPU.S
	size := gateSize(s)
	g = view.Gate{Vector: vector, At: s.IDTR.Base + uint64(vector)*size}
	if uint64(vector)*size+size-1 > uint64(s.IDTR.Limit) {
		return g, false
	}
	lo, ok := p.load(g.At, min(size, 8))
	if !ok {
		return g, false
	}
	g.Raw[0] = lo
	if size == 4 {
		g.Sel, g.Target = uint16(lo>>16), lo>>16<<4+lo&0xffff
		g.Symbol = p.nameAt(g.Target)
		return g, lo != 0
	}
	g.Kind, g.DPL, g.Sel = uint8(lo>>40&0x1f), uint8(lo>>45&3), uint16(lo>>16)
	g.Target = lo&0xffff | lo>>48<<16
	if g.Kind == 6 || g.Kind == 7 {
		g.Target = lo & 0xffff
	}
	if size == 16 {
		hi, ok := p.load(g.At+8, 8)
		if !ok {
			return g, false
		}
		g.Raw[1], g.IST = hi, uint8(lo>>32&7)
		g.Target |= hi << 32
	}
	if g.Kind == 5 {
		g.Target = 0
	}
	g.Symbol = p.nameAt(g.Target)
	return g, lo>>47&1 != 0
}

// load reads n ≤ 8 bytes, little-endian, at a linear address.
func (p *picture) load(la, n uint64) (v uint64, ok bool) {
	var b [8]byte
	if p.read(b[:n], la) != int(n) {
		return 0, false
	}
	for i := range n {
		v |= uint64(b[i]) << (8 * i)
	}
	return v, true
}

// descriptor reads a descriptor of the GDT or LDT.
func (p *picture) descriptor(sel uint16) (uint64, bool) {
	s := &p.comp.M.CPU.S
	base, limit := s.GDTR.Base, uint32(s.GDTR.Limit)
	if sel&4 != 0 {
		base, limit = s.LDTR.Base, s.LDTR.Limit
	}
	if sel&^7 == 0 && sel&4 == 0 || uint32(sel&^7)+7 > limit {
		return 0, false
	}
	return p.load(base+uint64(sel&^7), 8)
}

// ringOf returns the privilege level that a gate of the IDT leads to: that of its code segment's descriptor.
func (p *picture) ringOf(vector uint8) uint8 {
	g, ok := p.gate(vector)
	if !ok {
		return 0
	}
	return p.codeRing(g.Sel)
}

func (p *picture) codeRing(sel uint16) uint8 {
	if p.comp.M.CPU.S.CR0&cpu.CR0PE == 0 {
		return 0
	}
	d, _ := p.descriptor(sel)
	return uint8(d >> 45 & 3)
}

// callGates finds the call gates of the GDT. SDM 3A "Call Gates"
func (p *picture) callGates() []view.CallGate {
	s := &p.comp.M.CPU.S
	if s.CR0&cpu.CR0PE == 0 {
		return nil
	}
	const shown = 256 // entries that are looked at; a GDT can have 8192
	var list []view.CallGate
	for at := uint32(8); at+7 <= min(uint32(s.GDTR.Limit), 8*shown-1); at += 8 {
		d, ok := p.load(s.GDTR.Base+uint64(at), 8)
		if !ok {
			break
		}
		long := s.EFER&cpu.EFERLMA != 0
		kind := d >> 40 & 0x1f
		if d>>47&1 != 0 && (kind == 0xc || kind == 4 && !long) {
			g := view.CallGate{Sel: uint16(at), Code: uint16(d >> 16), DPL: uint8(d >> 45 & 3), Target: d&0xffff | d>>48<<16}
			if kind == 4 {
				g.Target = d & 0xffff
			}
			if long {
				hi, _ := p.load(s.GDTR.Base+uint64(at)+8, 8)
				g.Target |= hi << 32
			}
			g.Symbol = p.nameAt(g.Target)
			list = append(list, g)
		}
		if long && d>>44&1 == 0 && kind != 0 {
			at += 8 // system descriptors have 16 bytes in long mode
		}
	}
	return list
}

// tss reads the task-state segment's stack pointers.
func (p *picture) tss(v *view.TSS) {
	s := &p.comp.M.CPU.S
	v.Sel, v.Base, v.Limit = s.TR.Sel, s.TR.Base, s.TR.Limit
	if s.CR0&cpu.CR0PE == 0 || s.TR.Sel&^3 == 0 {
		return
	}
	field := func(at, n uint64) uint64 {
		if at+n-1 > uint64(v.Limit) {
			return 0
		}
		x, _ := p.load(v.Base+at, n)
		return x
	}
	switch {
	case s.EFER&cpu.EFERLMA != 0:
		v.Bits = 64
		for i := range v.RSP {
			v.RSP[i] = field(4+8*uint64(i), 8)
		}
		for i := range v.IST {
			v.IST[i] = field(36+8*uint64(i), 8)
		}
	case s.TR.Attr&8 != 0:
		v.Bits = 32
		for i := range v.RSP {
			v.RSP[i], v.SS[i] = field(4+8*uint64(i), 4), uint16(field(8+8*uint64(i), 2))
		}
	default:
		v.Bits = 16
		for i := range v.RSP {
			v.RSP[i], v.SS[i] = field(2+4*uint64(i), 2), uint16(field(4+4*uint64(i), 2))
		}
	}
}

// doors lists the ways inwards: those that were used, and those that the kernel has opened for programs.
func (p *picture) doors(v *view.Rings, f *view.Frame) []view.Door {
	keys := map[doorKey]bool{}
	for k := range p.ways.uses {
		keys[k] = true
	}
	if v.Fast.SCE {
		keys[doorKey{view.DoorSyscall, 0}] = true
	}
	if v.Fast.CS&^3 != 0 {
		keys[doorKey{view.DoorSysenter, 0}] = true
	}
	for i := range v.Gates {
		if g := &v.Gates[i]; g.DPL == 3 && f.CPU.Mode != "real" {
			keys[doorKey{view.DoorSoft, uint16(g.Vector)}] = true
		}
	}
	for i := range v.Calls {
		keys[doorKey{view.DoorCallGate, v.Calls[i].Sel}] = true
	}
	list := make([]view.Door, 0, len(keys))
	for k := range keys {
		list = append(list, p.door(k, v))
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		return a.Kind < b.Kind || a.Kind == b.Kind && a.Vector < b.Vector
	})
	return list
}

func (p *picture) door(k doorKey, v *view.Rings) view.Door {
	d := view.Door{Kind: k.kind, Vector: k.vector}
	d.Name, d.About = p.doorName(k)
	if u := p.ways.uses[k]; u != nil {
		d.Count, d.Nested, d.At, d.Path = u.count, u.nested, u.at, u.path
	}
	switch k.kind {
	case view.DoorSyscall:
		d.Target, d.Symbol, d.Present = v.Fast.LSTAR, v.Fast.LSTARName, v.Fast.SCE
	case view.DoorSysenter:
		d.Target, d.Symbol, d.Present = v.Fast.EIP, v.Fast.EIPName, v.Fast.CS&^3 != 0
	case view.DoorCallGate:
		for i := range v.Calls {
			if g := &v.Calls[i]; g.Sel == k.vector {
				d.Target, d.Symbol, d.Present = g.Target, g.Symbol, true
			}
		}
	default:
		for i := range v.Gates {
			if g := &v.Gates[i]; uint16(g.Vector) == k.vector {
				d.Target, d.Symbol, d.Present = g.Target, g.Symbol, true
			}
		}
	}
	return d
}

// doorName says what a door is called and what comes through it.
func (p *picture) doorName(k doorKey) (name, about string) {
	switch k.kind {
	case view.DoorSyscall:
		return "syscall", "system calls"
	case view.DoorSysenter:
		return "sysenter", "32-bit system calls"
	case view.DoorCallGate:
		return "call " + hex(uint64(k.vector)), "a call gate"
	case view.DoorSoft:
		if k.vector == 3 {
			return "int3", "breakpoint"
		}
		return "int 0x" + hex(uint64(k.vector)), "software interrupt"
	case view.DoorException:
		return view.VectorName(uint8(k.vector))
	}
	for i := range p.comp.M.PIC.S.Chip {
		base := uint16(p.comp.M.PIC.S.Chip[i].Vector)
		if k.vector >= base && k.vector < base+8 {
			line := int(k.vector-base) + 8*i
			about = view.IRQNames[line]
			if about == "" {
				about = "vector " + strconv.Itoa(int(k.vector))
			}
			return "IRQ " + strconv.Itoa(line), about
		}
	}
	name, about = view.VectorName(uint8(k.vector))
	if about == "" {
		about = "interrupt"
	}
	return name, about
}

// nameAt is the symbol at an address, with the distance from its beginning.
func (p *picture) nameAt(addr uint64) string {
	sym := p.symbol(addr)
	switch {
	case addr == 0 || sym == nil:
		return ""
	case sym.Addr == addr:
		return sym.Name
	}
	return sym.Name + "+0x" + hex(addr-sym.Addr)
}
