package main

import (
	"vitrine/engine/cpu"
	"vitrine/wasm/view"
)

// pushesCode are the exceptions that push an error code. SDM 3A "Error Code"
const pushesCode = 1<<cpu.VecDF | 1<<cpu.VecTS | 1<<cpu.VecNP | 1<<cpu.VecSS | 1<<cpu.VecGP | 1<<cpu.VecPF | 1<<cpu.VecAC | 1<<21

// saved reads what the CPU saved on its last way inwards: on the stack, where the gate's frame lies, or in registers.
func (p *picture) saved(v *view.Rings, f *view.Frame) {
	s := &v.Saved
	s.Door = -1
	way, open := p.way()
	if way == nil {
		return
	}
	s.Open, s.From3 = open, way.from > way.to
	for i := range v.Doors {
		if d := &v.Doors[i]; d.Kind == way.key.kind && d.Vector == way.key.vector {
			s.Door = i
		}
	}
	switch way.key.kind {
	case view.DoorSyscall:
		s.From, s.Size = view.StackKept, 8
		s.Words = []view.Word{{Name: "RCX ← RIP", Value: way.ip + 2}, {Name: "R11 ← RFLAGS"}}
		if open && f.CPU.RIP == v.Fast.LSTAR {
			s.Lies = true
			s.Words[0].Value, s.Words[1].Value = f.CPU.R[cpu.RCX], f.CPU.R[cpu.R11]
		}
	case view.DoorSysenter:
		s.From, s.Top = "IA32_SYSENTER_ESP", v.Fast.ESP
	case view.DoorCallGate:
		s.From = "TSS.RSP0"
	default:
		p.frame(s, way, v, f)
	}
}

// way returns the passage to tell of: the innermost that has not ended, else the last that was.
func (p *picture) way() (w *passage, open bool) {
	if n := len(p.ways.open); n > 0 {
		return &p.ways.open[n-1], true
	}
	for i := len(p.ways.last) - 1; i >= 0; i-- {
		if c := &p.ways.last[i]; !c.Back {
			return &passage{key: doorKey{c.Kind, c.Vector}, from: c.From, to: c.To, at: c.At, ip: c.IP}, false
		}
	}
	return nil, false
}

// frameNames are the words that delivery pushes, the first first. SDM 3A "Exception- or Interrupt-Handler Procedures"
var frameNames = map[uint8][]string{
	2: {"SS", "SP", "FLAGS", "CS", "IP"}, 4: {"SS", "ESP", "EFLAGS", "CS", "EIP"}, 8: {"SS", "RSP", "RFLAGS", "CS", "RIP"},
}

// frame finds the frame that a gate pushed: below where the TSS says that the stack began, or, when the stack was not
// changed, below where the stack pointer was when a step went through the gate.
func (p *picture) frame(s *view.Saved, way *passage, v *view.Rings, f *view.Frame) {
	st := &p.comp.M.CPU.S
	g, ok := p.gate(uint8(way.key.vector))
	if !ok {
		return
	}
	s.Size = 2
	if g.Kind&8 != 0 {
		s.Size = 4
	}
	long := st.EFER&cpu.EFERLMA != 0
	if long {
		s.Size = 8
	}
	inner := way.from > way.to
	names := frameNames[s.Size]
	if !long && !inner {
		names = names[2:]
	}
	if way.key.kind == view.DoorException && way.key.vector < 32 && pushesCode>>way.key.vector&1 != 0 && f.CPU.Mode != "real" {
		names = append(append([]string(nil), names...), "error code")
	}
	bytes := uint64(len(names)) * uint64(s.Size)
	base := uint64(0)
	switch {
	case long && g.IST != 0:
		s.From, s.Top = "IST "+string(rune('0'+g.IST)), v.TSS.IST[g.IST-1]
	case inner && long:
		s.From, s.Top = "TSS.RSP"+string(rune('0'+way.to)), v.TSS.RSP[min(way.to, 2)]
	case inner:
		s.From, s.Top = "TSS.ESP"+string(rune('0'+way.to)), v.TSS.RSP[min(way.to, 2)]
		base = p.segmentBaseOf(v.TSS.SS[min(way.to, 2)])
	default:
		s.From = "the same stack"
		if !long {
			base = st.Seg[cpu.SS].Base
		}
	}
	at := p.frameOf[way.at]
	switch {
	case at != 0:
		s.Top = at - base + bytes
	case s.Top != 0:
		at = below(s.Top, bytes, base, long)
	case s.Open && p.s.stepped && way.at > p.s.prev.Now:
		s.Top = p.s.prev.R[cpu.RSP]
		at = below(s.Top, bytes, base, long)
		p.frameOf[way.at] = at
	}
	p.words(s, names, at, way)
}

// below is the linear address of a frame of so many bytes under a stack pointer, which long mode aligns first.
func below(top, bytes, base uint64, long bool) uint64 {
	if long {
		top &^= 15
	}
	return base + top - bytes
}

// words reads the frame at a linear address. It is believed when the saved CS has the privilege that was left.
func (p *picture) words(s *view.Saved, names []string, at uint64, way *passage) {
	for i, name := range names {
		w := view.Word{Name: name}
		if at != 0 {
			w.Addr = at + uint64(len(names)-1-i)*uint64(s.Size)
			value, ok := p.load(w.Addr, uint64(s.Size))
			if !ok {
				at = 0
			}
			w.Value = value
		}
		s.Words = append(s.Words, w)
	}
	for i := range s.Words {
		if s.Words[i].Name == "CS" {
			s.Lies = at != 0 && (uint8(s.Words[i].Value&3) == way.from || p.comp.M.CPU.S.CR0&cpu.CR0PE == 0)
		}
	}
}

func (p *picture) segmentBaseOf(sel uint16) uint64 {
	d, _ := p.descriptor(sel)
	return d>>16&0xffffff | d>>56<<24
}

// Lines of code shown on each side of the doors.
const (
	excerptBefore = 2
	excerptAfter  = 5
)

// excerpts shows where the outer ring is or was left, and where ring 0 is or was entered.
func (p *picture) excerpts(v *view.Rings, f *view.Frame) {
	st := &p.comp.M.CPU.S
	here := p.excerpt(st.Seg[cpu.CS].Base, st.RIP, st.CodeBits())
	here.Where = f.Code.Where
	if f.CPU.Ring != 0 {
		v.User = here
		if way, _ := p.way(); way != nil {
			v.Inner = p.doorExcerpt(way, v)
		}
		return
	}
	v.Inner = here
	if p.comp.M.CPU.S.CR0&cpu.CR0PE == 0 {
		return
	}
	ip, cs := uint64(0), uint16(0)
	if n := len(p.ways.open); n > 0 && p.ways.open[0].from == 3 {
		ip = p.ways.open[0].ip
		if s := &v.Saved; n == 1 && s.Lies {
			ip, cs = savedIP(s)
		}
		if p.ways.open[0].key.kind == view.DoorSyscall {
			ip = p.ways.open[0].ip
		}
	}
	if ip == 0 {
		return
	}
	v.User = p.excerpt(p.segmentBaseOf(cs), ip, p.bitsOf(cs))
	v.User.Where = p.nameAt(ip)
}

// savedIP returns the saved instruction pointer and code segment of a frame.
func savedIP(s *view.Saved) (ip uint64, cs uint16) {
	for _, w := range s.Words {
		switch w.Name {
		case "RIP", "EIP", "IP":
			ip = w.Value
		case "CS":
			cs = uint16(w.Value)
		}
	}
	return ip, cs
}

// bitsOf is how wide the code of a segment is; a selector that says nothing counts as the mode's widest.
func (p *picture) bitsOf(sel uint16) int {
	s := &p.comp.M.CPU.S
	d, ok := p.descriptor(sel)
	switch {
	case s.EFER&cpu.EFERLMA != 0 && (!ok || d>>53&1 != 0):
		return 64
	case !ok || d>>54&1 != 0:
		return 32
	}
	return 16
}

// doorExcerpt is the code that a door leads to.
func (p *picture) doorExcerpt(way *passage, v *view.Rings) view.Excerpt {
	for i := range v.Doors {
		d := &v.Doors[i]
		if d.Kind != way.key.kind || d.Vector != way.key.vector || d.Target == 0 {
			continue
		}
		bits := 32
		if p.comp.M.CPU.S.EFER&cpu.EFERLMA != 0 {
			bits = 64
		}
		e := p.excerpt(0, d.Target, bits)
		e.Where, e.Current = d.Symbol, -1
		return e
	}
	return view.Excerpt{}
}

// excerpt lists the code around an address.
func (p *picture) excerpt(base, ip uint64, bits int) view.Excerpt {
	lines, current := p.listing(base, ip, bits, excerptBefore, excerptAfter)
	return view.Excerpt{Lines: lines, Current: current, Known: current >= 0}
}
