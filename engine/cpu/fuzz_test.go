package cpu

import (
	"fmt"
	"reflect"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// FuzzRun executes random bytes in all modes: whatever the guest does, the host must not panic, and the fast, the
// observed and the cut run must end in the same state.
func FuzzRun(f *testing.F) {
	f.Add([]byte{0x48, 0x89, 0xc3, 0xeb, 0xfe}, uint8(0), uint64(1))
	f.Add([]byte{0xf3, 0xa4, 0x0f, 0x05}, uint8(1), uint64(7))
	f.Add([]byte{0xc6, 0x05, 0xf9, 0xff, 0xff, 0xff, 0x90}, uint8(0), uint64(9))
	f.Add([]byte{0xcd, 0x80, 0xcf}, uint8(3), uint64(3))
	f.Fuzz(func(t *testing.T, code []byte, mode uint8, seed uint64) {
		if len(code) > 4096 {
			return
		}
		fast, other := fuzzBenches[0].fuzz(code, mode, seed), fuzzBenches[1].fuzz(code, mode, seed)
		if seed&1 != 0 {
			other.c.trace.Mask = trace.MaskOf(trace.Instr)
		}
		exits := func(b *bench, step uint64) {
			for b.c.Now() < 400 && !b.c.S.Halted {
				if e := b.c.Run(min(step, 400-b.c.Now())); e == ExitShutdown {
					return
				}
			}
		}
		exits(fast, 400)
		exits(other, 1+seed%13)
		if fast.c.S != other.c.S {
			t.Fatalf("% x mode %d: %s", code, mode, stateDiff(&fast.c.S, &other.c.S))
		}
		if a, b := fast.c.apic.(*mmioDevice), other.c.apic.(*mmioDevice); fmt.Sprint(a.log) != fmt.Sprint(b.log) {
			t.Fatalf("% x mode %d: the device saw %v and %v", code, mode, a.log, b.log)
		}
		for f := range fast.ram.Frames() {
			if string(fast.ram.Page(mem.Frame(f))) != string(other.ram.Page(mem.Frame(f))) {
				t.Fatalf("% x mode %d: frame %#x differs", code, mode, f)
			}
		}
	})
}

const fuzzCode = 0x100000

// Benches are used again, as new ones would cost more than what they run.
var (
	fuzzBenches = [2]*bench{newBenchOf(2 << 20), newBenchOf(2 << 20)}
	fuzzRAM     = append([]byte(nil), fuzzBenches[0].ram.Bytes...)
)

// fuzz puts code where a CPU of the given mode executes next: long mode ring 0 or 3, protected or real mode.
func (b *bench) fuzz(code []byte, mode uint8, seed uint64) *bench {
	c := b.c
	copy(b.ram.Bytes, fuzzRAM)
	b.ram.Stale = b.ram.Stale[:0]
	clear(b.ram.Marks)
	c.S = State{}
	c.trace.Mask = 0
	b.longMode()
	c.DropCode()
	copy(b.ram.Bytes[fuzzCode:], code)
	s := &c.S
	for i := range s.R {
		seed = seed*6364136223846793005 + 1442695040888963407
		s.R[i] = fuzzCode - 64 + seed>>57
	}
	s.R[RCX] = seed >> 60
	s.R[RSP] = benchStack
	s.RIP, s.RFLAGS = fuzzCode, 2
	b.fuzzDevice(seed>>8&3 == 0)
	switch mode % 6 {
	case 1: // ring 3; pages are supervisor's, so it faults at once, with TSS and all
		s.Seg[CS] = Segment{Sel: 0x33, Attr: 0xa0fb, Limit: ^uint32(0)}
		s.Seg[SS] = Segment{Sel: 0x2b, Attr: 0xc0f3, Limit: ^uint32(0)}
		for i := range uint64(benchRAM >> 21) {
			b.ram.Bytes[benchTables+0x2000+8*i] |= 4
		}
		b.ram.Bytes[benchTables] |= 4
		b.ram.Bytes[benchTables+0x1000] |= 4
		s.TR = Segment{Sel: 0x40, Base: 0xa000, Limit: 0x67, Attr: 0x8b}
		b.ram.Write64(0xa004, benchStack)
	case 2: // protected mode
		s.CR0 &^= CR0PG
		s.EFER = 0
		s.Seg[CS] = Segment{Sel: 0x10, Attr: 0xc09b, Limit: ^uint32(0)}
	case 4, 5: // 32-bit code in pages, with PAE or without, now and then those of ring 3
		s.CR4, s.EFER = s.CR4&^CR4PAE|CR4PSE, 0
		s.CR3 = fuzzDirectory
		b.ram.Write32(fuzzDirectory, 0x83|uint32(seed>>9&4))
		if mode%6 == 5 {
			s.CR4 |= CR4PAE
			s.PDPTE[0] = benchTables + 0x2000 | 1
			b.ram.Write64(benchTables+0x2000, 0x83|seed>>9&4)
		}
		s.CR4 |= seed >> 12 & 3 << 20 // SMEP, SMAP
		s.RFLAGS |= seed >> 14 & 1 << 18
		s.Seg[CS] = Segment{Sel: 0x10, Attr: 0xc09b, Limit: ^uint32(0)}
	case 3: // real mode
		s.CR0, s.EFER = CR0ET, 0
		s.Seg[CS] = Segment{Sel: 0x1000, Attr: 0x9b, Limit: 0xffff, Base: 0x10000}
		for _, i := range []int{DS, ES, SS, FS, GS} {
			s.Seg[i] = Segment{Sel: 0x1000, Base: 0x10000, Limit: 0xffff, Attr: 0x93}
		}
		s.IDTR = Table{Limit: 0x3ff}
		copy(b.ram.Bytes[0x10000:], code)
		s.RIP = 0
	}
	b.fuzzGuards(seed>>16, mode%6)
	c.FlushTLB()
	c.modeChanged()
	return b
}

// fuzzGuards switches on, now and then, what the slow path has to look at: breakpoints, single-stepping, alignment,
// segments with limits, virtual-8086 mode.
func (b *bench) fuzzGuards(seed uint64, mode uint8) {
	s := &b.c.S
	if seed&7 == 0 {
		for i := range uint64(4) {
			s.DR[i] = fuzzCode - 64 + seed>>(7*i)&127
		}
		if mode == 3 {
			s.DR[0], s.DR[1] = 0x10000+seed>>7&7, 0x10000+seed>>14&255
		}
		s.DR[7] = 0x4ff | seed>>8<<16&0xffff0000
		s.CR4 |= seed & 8
	}
	if seed>>3&7 == 0 {
		s.RFLAGS |= FlagTF
	}
	if seed>>6&3 == 0 {
		s.CR0 |= CR0AM
		s.RFLAGS |= FlagAC
	}
	if seed>>10&3 == 0 && mode != 3 {
		s.Seg[DS].Limit, s.Seg[ES].Limit = fuzzCode+uint32(seed>>40&63), fuzzCode+uint32(seed>>46&63)
		s.Seg[ES].Attr |= uint16(seed >> 12 & 4)
		s.Seg[FS].Attr &^= uint16(seed >> 14 & 2)
	}
	if seed>>16&3 == 0 && mode == 2 {
		s.RFLAGS |= FlagVM | seed>>18&FlagIOPL
		for i := range s.Seg {
			s.Seg[i] = Segment{Sel: 0x1000, Base: 0x10000, Limit: realLimit, Attr: v86Attr}
		}
		copy(b.ram.Bytes[0x10000:], b.ram.Bytes[fuzzCode:fuzzCode+4096])
		s.RIP = 0
	}
	b.c.debugChanged()
}

// fuzzDirectory is the page directory of 32-bit paging, and fuzzWindow where a device hides RAM: just below the code,
// where registers point.
const (
	fuzzDirectory = 0x7000
	fuzzWindow    = fuzzCode - mem.FrameSize
)

// fuzzDevice puts a new device into the window, or takes it out.
func (b *bench) fuzzDevice(in bool) {
	d := &mmioDevice{}
	if in {
		d.base = fuzzWindow | apicBaseEnable
	}
	b.c.Connect(d, d)
}

// stateDiff says where two states differ.
func stateDiff(a, b *State) (d string) {
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range x.NumField() {
		if x.Field(i).Interface() != y.Field(i).Interface() && x.Type().Field(i).Name != "TLB" {
			d += fmt.Sprintf("%s %#x, %#x; ", x.Type().Field(i).Name, x.Field(i).Interface(), y.Field(i).Interface())
		}
	}
	for i := range a.TLB {
		if a.TLB[i] != b.TLB[i] {
			d += fmt.Sprintf("TLB %d %#x, %#x; ", i, a.TLB[i], b.TLB[i])
		}
	}
	return d
}
