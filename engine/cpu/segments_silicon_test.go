package cpu

import (
	"encoding/binary"
	"fmt"
	"math/rand"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/scripts/silicon/segments"
)

// Compatibility mode against silicon: code in 16 and 32-bit segments of an LDT, in ring 3, with memory operands, stacks
// and targets around the limits.

const (
	segLDT    = 0x20000
	segTables = 0x21000 // page directory and page table of the addresses that the host has mapped
)

// newSegments is a bench in which only what the host process has is mapped for ring 3.
func newSegments() *bench {
	b := newBench()
	b.longMode()
	r := b.ram
	r.Write64(benchTables, r.Read64(benchTables)|mmu.U)
	r.Write64(benchTables+0x1000, r.Read64(benchTables+0x1000)|mmu.U)
	for i, start := range []uint64{segments.Code, segments.Done} {
		table := uint64(segTables + 0x1000*i)
		r.Write64(benchTables+0x2000+8*(start>>21), table|mmu.P|mmu.W|mmu.U)
		for page := start; page < start+1<<21; page += mem.FrameSize {
			pte := page | mmu.P | mmu.W | mmu.U
			in := page < segments.Code+segments.CodeSize || page >= segments.Data && page < segments.Data+segments.DataSize || page == segments.Done
			if !in {
				pte = 0
			}
			r.Write64(table+8*(page>>mem.FrameShift&511), pte)
		}
	}
	r.Write64(benchGDT+0x20, 0x00cffb000000ffff)
	r.Write64(benchGDT+0x28, 0x00cff3000000ffff)
	r.Write64(benchGDT+0x30, 0x00affb000000ffff)
	for _, v := range []uint64{VecBP, VecOF} {
		r.Bytes[benchIDT+16*v+5] |= 0x60
	}
	r.Write64(0xa004, benchStack)
	r.Write64(0xa000+0x60, 0x68<<48) // no ports
	copy(r.Bytes[segments.Done:], []byte{0x0f, 0x0b})
	return b
}

// segmentDescriptor is the descriptor that Linux makes of a segment.
func segmentDescriptor(s *segments.Segment) uint64 {
	base, limit := uint64(s.Base), uint64(s.Limit)
	kind := uint64(s.Contents)<<2 | uint64(1-s.ReadOnly)<<1 | 1
	attr := kind | 0x70 | uint64(1-s.Absent)<<7
	return limit&0xffff | base&0xffffff<<16 | attr<<40 | limit>>16&15<<48 | 1<<52 | uint64(s.Big)<<54 | uint64(s.Page)<<55 | base>>24<<56
}

// runSegments does in the engine what segments.Run does on the host.
func (b *bench) runSegments(in *segments.Case) segments.Case {
	out := *in
	c, r := b.c, b.ram
	b.longMode()
	s := &c.S
	s.CR0 |= CR0AM | CR0MP | CR0WP
	s.EFER |= EFERNXE
	s.GDTR.Limit = 0x7f
	s.TR = Segment{Sel: 0x40, Base: 0xa000, Limit: 0x67, Attr: 0x8b}
	s.LDTR = Segment{Sel: 0x50, Base: segLDT, Limit: 63, Attr: 0x82}
	for i := range in.LDT {
		r.Write64(segLDT+8*uint64(i), segmentDescriptor(&in.LDT[i]))
	}
	for i := range segments.CodeSize {
		r.Bytes[segments.Code+i] = 0xcc
	}
	copy(r.Bytes[segments.Code+in.At:], in.Code[:in.Len])
	copy(r.Bytes[segments.Data:], in.Mem[:])
	for f := range uint64(8) {
		r.Touch(mem.FrameOf(segments.Code + f<<12))
	}
	for i, v := range in.GPR {
		s.R[i] = uint64(v)
	}
	c.loadFX(in.FX[:])
	s.Seg[CS] = flatCode(0x33, 3, true)
	s.Seg[SS] = flatData(0x2b, 3)
	s.RFLAGS = 2
	s.R[RSP] = segments.Done + 0x800
	c.modeChanged()
	for n, sel := range map[uint8]uint16{DS: in.DS, ES: in.ES, GS: in.GS, FS: 0} {
		c.SetSegment(n, sel)
	}
	c.trap.Vector = vecNone
	if !c.returnOuter(uint16(in.CS), uint64(in.Start), in.SS, uint64(in.GPR[RSP])) {
		out.Vector, out.Err = uint32(c.trap.Vector), c.trap.Code
		return out
	}
	s.RFLAGS = uint64(in.Flags) | 2 | FlagIF
	c.modeChanged()
	exit := ExitAgain
	for end := c.Now() + 2000; exit == ExitAgain && c.Now() < end; {
		exit = c.Run(end - c.Now())
	}
	copy(out.Mem[:], r.Bytes[segments.Data:])
	c.saveFX(out.FX[:])
	out.DS, out.ES, out.GS = s.Seg[DS].Sel, s.Seg[ES].Sel, s.Seg[GS].Sel
	for i := range out.GPR {
		out.GPR[i] = uint32(s.R[i])
	}
	if exit != ExitHalt {
		out.Vector = segments.Endless
		return out
	}
	b.frameOf(&out)
	return out
}

// frameOf reads what the exception says.
func (b *bench) frameOf(out *segments.Case) {
	s := &b.c.S
	out.Vector = uint32(s.RIP - 1 - benchHandlers)
	frame := s.R[RSP]
	out.Err = 0
	if hasErrorCode>>out.Vector&1 != 0 {
		out.Err = uint32(b.ram.Read64(frame))
		frame += 8
	}
	out.IP = uint32(b.ram.Read64(frame))
	out.Flags = uint32(b.ram.Read64(frame + 16))
	out.GPR[RSP] = uint32(b.ram.Read64(frame + 24))
	out.SS = uint16(b.ram.Read64(frame + 32))
	out.CR2 = s.CR2
	if out.Vector == VecUD && out.IP == segments.Done {
		out.Vector, out.IP = segments.NoVector, 0
		out.Flags &^= FlagRF
		return
	}
	for _, p := range [3]*uint16{&out.DS, &out.ES, &out.GS} {
		if *p <= 3 {
			*p = 0 // by the IRET to the signal handler
		}
	}
}

// segmentDifference says where two outcomes differ.
func segmentDifference(got, want *segments.Case, x87 bool) (d string) {
	note := func(what string, a, b uint64) {
		if a != b {
			d += fmt.Sprintf(" %s %#x, silicon %#x;", what, a, b)
		}
	}
	note("vector", uint64(got.Vector), uint64(want.Vector))
	if got.Vector == segments.Endless && d == "" {
		return ""
	}
	if d != "" {
		return d + fmt.Sprintf(" (error %#x, %#x; IP %#x, %#x)", got.Err, want.Err, got.IP, want.IP)
	}
	if got.Vector == VecPF { // the host does not map what the bench keeps for itself
		note("error", uint64(got.Err&^mmu.FaultP), uint64(want.Err&^mmu.FaultP))
		note("CR2", got.CR2, want.CR2)
	} else if got.Vector != segments.NoVector {
		note("error", uint64(got.Err), uint64(want.Err))
	}
	note("IP", uint64(got.IP), uint64(want.IP))
	const flags = arith | FlagDF | FlagTF | FlagAC | FlagRF | FlagNT | FlagID
	note("flags", uint64(got.Flags&flags), uint64(want.Flags&flags))
	for i := range got.GPR {
		note(fmt.Sprintf("register %d", i), uint64(got.GPR[i]), uint64(want.GPR[i]))
	}
	for i, p := range [4][2]uint16{{got.DS, want.DS}, {got.ES, want.ES}, {got.SS, want.SS}, {got.GS, want.GS}} {
		note("segment register "+[]string{"DS", "ES", "SS", "GS"}[i], uint64(p[0]), uint64(p[1]))
	}
	for i := range got.Mem { // silicon stores the first fields of a long operand before it looks at the rest
		if x87 && got.Vector != segments.NoVector {
			break
		}
		if got.Mem[i] != want.Mem[i] {
			d += fmt.Sprintf(" memory at %#x: %#x, silicon %#x;", i, got.Mem[i], want.Mem[i])
			break
		}
	}
	if string(got.FX[32:160+128]) != string(want.FX[32:160+128]) {
		d += " x87 or XMM registers;"
	}
	return d
}

// segmentCase makes a case: segments of all kinds, registers near their limits, and a memory full of selectors.
func segmentCase(r *rand.Rand, f *segmentForm) segments.Case {
	var c segments.Case
	pick := func(v ...uint32) uint32 { return v[r.Intn(len(v))] }
	data := func(base uint32) segments.Segment {
		return segments.Segment{Base: base, Limit: pick(0x7f, 0xff, 0x103, 0x3ff), Contents: uint8(r.Intn(2)),
			ReadOnly: uint8(r.Intn(5) / 4), Big: uint8(r.Intn(2)), Absent: 0}
	}
	c.LDT = [8]segments.Segment{
		{Base: segments.Code, Limit: 0x3fff, Contents: 2, Big: 1},
		{Base: segments.Code, Limit: 0x3fff, Contents: 2},
		data(segments.Data + 0x400), data(segments.Data + 0x800), data(segments.Data + 0x1000),
		{Base: segments.Code, Limit: pick(0x1f, 0x101, 0x3fff), Contents: 2, ReadOnly: uint8(r.Intn(2)), Big: uint8(r.Intn(2))},
		{Base: segments.Data, Limit: 0xfff, Contents: uint8(r.Intn(3)), Absent: 1},
		{Base: 0, Limit: 0xfffff, Page: 1, Big: 1, ReadOnly: uint8(r.Intn(2)), Contents: 0},
	}
	c.LDT[4].ReadOnly = 0
	some := func() uint16 {
		return [...]uint16{segments.Selector(2), segments.Selector(3), segments.Selector(4), segments.Selector(7),
			segments.Selector(7), segments.Selector(5) - 3*uint16(r.Intn(2)), 0, 0x2b}[r.Intn(8)]
	}
	c.DS, c.ES, c.GS = some(), some(), some()
	c.SS = [...]uint16{segments.Selector(4), segments.Selector(4), segments.Selector(4), 0x2b}[r.Intn(4)]
	for i := range c.LDT {
		if c.LDT[i].ReadOnly != 0 && c.LDT[i].Contents == 2 && i == 5 { // not readable: cannot be loaded
			for _, p := range []*uint16{&c.DS, &c.ES, &c.GS} {
				if *p>>3 == 5 {
					*p = 0
				}
			}
		}
	}
	for i := range len(c.Mem) / 2 {
		v := uint16(r.Uint32())
		switch r.Intn(4) {
		case 0:
			v = [...]uint16{7, 15, 0x17, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x47, 0, 3, 0x23, 0x2b, 0x33, 0x10, 0x14, 0x40, 0x50, 0xfff0}[r.Intn(19)]
		case 1:
			v = uint16(r.Intn(0x120))
		}
		if v&0xfff8 == 0x78 { // Linux has a descriptor of its own there
			v = 0
		}
		binary.LittleEndian.PutUint16(c.Mem[2*i:], v)
	}
	off := func(s *segments.Segment) uint32 {
		switch r.Intn(4) {
		case 0:
			return s.Limit + 1 - uint32(r.Intn(40))
		case 1:
			return uint32(r.Intn(0x200)) &^ 3
		case 2:
			return s.Limit - uint32(r.Intn(3)*8)
		}
		return s.Limit + 1 + uint32(r.Intn(12))
	}
	for i := range c.GPR {
		c.GPR[i] = off(&c.LDT[2+r.Intn(3)])
		if r.Intn(6) == 0 {
			c.GPR[i] += segments.Data + 0x400
		}
		if r.Intn(12) == 0 {
			c.GPR[i] = pick(0, 1, 0xffff, 0xfffe, 0xfffffffc, 0xffffffff, 0x10000)
		}
	}
	for i, v := range c.GPR {
		if v&0xfff8 == 0x78 {
			c.GPR[i] -= 8
		}
	}
	c.GPR[RCX] = uint32(r.Intn(6))
	c.GPR[RSP] = off(&c.LDT[4])
	if c.SS == 0x2b {
		c.GPR[RSP] = segments.Data + 0x1000 + uint32(r.Intn(64))
	}
	if c.LDT[4].Big == 0 && r.Intn(2) == 0 {
		c.GPR[RSP] += 0x10000
	}
	c.Flags = uint32(r.Intn(2))*FlagDF | uint32(r.Intn(2))*FlagCF | uint32(r.Intn(8)/7)*FlagAC | uint32(r.Intn(8)/7)*FlagTF | uint32(r.Intn(32)/31)*FlagNT
	binary.LittleEndian.PutUint16(c.FX[:], 0x37f)
	binary.LittleEndian.PutUint32(c.FX[24:], 0x1f80)
	for i := range 128 {
		c.FX[160+i] = byte(r.Uint32())
	}
	place(r, f, &c)
	return c
}
