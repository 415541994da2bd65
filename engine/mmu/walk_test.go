package mmu

import (
	"encoding/binary"
	"testing"

	"vitrine/engine/mem"
)

// format is one row of the tables "Format of a … Entry" of SDM 3A: which bits hold an address, which must be 0.
type format struct {
	addr, zero uint64
	page       uint64 // size of the page, 0 for a reference to a table
}

// span is the bits hi:lo.
func span(hi, lo int) uint64 { return (1<<(hi-lo+1) - 1) << lo }

// formatOf finds the format of a present entry; M is 40.
func formatOf(mode Mode, level int, e uint64, pse bool) format {
	ps := e>>7&1 != 0
	phys := span(51, 40)
	switch {
	case mode == Legacy && level == 1:
		return format{addr: span(31, 12), page: 4096}
	case mode == Legacy && ps && pse:
		return format{addr: span(31, 22), zero: span(21, 21), page: 4 << 20}
	case mode == Legacy:
		return format{addr: span(31, 12)}
	case mode == PAE:
		phys = span(62, 40)
	}
	switch {
	case level >= 4:
		return format{addr: span(39, 12), zero: phys | span(7, 7)}
	case level == 3 && ps:
		return format{addr: span(39, 30), zero: phys | span(29, 13), page: 1 << 30}
	case level == 2 && ps:
		return format{addr: span(39, 21), zero: phys | span(20, 13), page: 2 << 20}
	case level == 1:
		return format{addr: span(39, 12), zero: phys, page: 4096}
	}
	return format{addr: span(39, 12), zero: phys}
}

// manual is a second walk, by the formats; it is there to be compared with Walk.
func manual(ram []byte, root Root, va uint64) (r Result) {
	first := map[Mode]int{Legacy: 22, PAE: 30, Level4: 39, Level5: 48}[root.Mode]
	width, size := 9, uint64(8)
	table := root.CR3 & span(51, 12)
	if root.Mode == Legacy {
		width, size = 10, 4
		table = root.CR3 & span(31, 12)
	}
	r = Result{Mode: root.Mode, Perm: W | U | A}
	for shift, level := first, int(root.Mode); ; shift, level = shift-width, level-1 {
		i := va >> shift & (1<<width - 1)
		e := ^uint64(0)
		step := Step{Level: level, Table: table}
		if root.Mode == PAE && level == 3 {
			i &= 3
			step.Table = root.CR3 & span(31, 5)
			e = root.PDPTE[i]
		} else if at := table + i*size; at+size <= uint64(len(ram)) && size == 8 {
			e = binary.LittleEndian.Uint64(ram[at:])
		} else if size == 4 {
			e = span(31, 0)
			if at+size <= uint64(len(ram)) {
				e = uint64(binary.LittleEndian.Uint32(ram[at:]))
			}
		}
		step.Index, step.Entry = int(i), e
		r.Steps[r.N] = step
		r.N++
		if e&1 == 0 {
			return r
		}
		if root.Mode == PAE && level == 3 {
			table = e & span(39, 12)
			continue
		}
		f := formatOf(root.Mode, level, e, root.PSE)
		if !root.NXE && root.Mode != Legacy {
			f.zero |= NX
		}
		r.Perm = r.Perm&e | r.Perm&NX
		if root.Mode != Legacy {
			r.Perm |= e & NX
		}
		if e&f.zero != 0 {
			r.Reserved = true
			return r
		}
		if f.page == 0 {
			table = e & f.addr
			continue
		}
		r.Present, r.PageSize = true, f.page
		r.Phys = e&f.addr | va&(f.page-1)
		if f.page == 4<<20 {
			r.Phys |= e >> 13 & 0xff << 32
		}
		r.Perm |= e & (G | D)
		return r
	}
}

// FuzzWalk walks random tables: Walk must not panic and must agree with the formats, and Find with Walk.
func FuzzWalk(f *testing.F) {
	for seed := range uint64(64) {
		f.Add(seed, uint8(seed), seed*0x9e3779b97f4a7c15)
	}
	ram := mem.New(16 * mem.FrameSize)
	f.Fuzz(func(t *testing.T, seed uint64, kind uint8, va uint64) {
		next := func() uint64 {
			seed = seed*6364136223846793005 + 1442695040888963407
			return seed>>32 | seed<<32
		}
		entry := func() uint64 {
			e := next()&0xf000 | next()&0xfff | P
			switch next() % 16 {
			case 0:
				e = next()
			case 1, 2:
				e |= 1 << (next() & 63)
			case 3:
				e &^= P
			case 4, 5, 6, 7:
			default:
				e &^= PS
			}
			return e
		}
		for i := 0; i < len(ram.Bytes); i += 8 {
			e := entry()
			if kind&3 == 0 {
				e = e&0xffffffff | entry()<<32
			}
			binary.LittleEndian.PutUint64(ram.Bytes[i:], e)
		}
		root := Root{Mode: [4]Mode{Legacy, PAE, Level4, Level5}[kind&3], PSE: kind&4 != 0, NXE: kind&8 != 0, CR3: entry()}
		for i := range root.PDPTE {
			root.PDPTE[i] = entry() & (span(39, 12) | 1)
		}
		if root.Mode <= PAE {
			va &= 0xffffffff
		}
		for range 64 {
			check(t, ram, root, va)
			va = va*6364136223846793005 + 1442695040888963407
			if root.Mode <= PAE {
				va &= 0xffffffff
			}
		}
	})
}

func check(t *testing.T, ram *mem.RAM, root Root, va uint64) {
	t.Helper()
	got, want := Walk(ram, root, va), manual(ram.Bytes, root, va)
	if got != want {
		t.Fatalf("%+v, address %#x:\ngot  %+v\nwant %+v", root, va, got, want)
	}
	pte, ok := Find(ram, &root, va)
	if ok != got.Present {
		t.Fatalf("Find says %v, Walk %+v", ok, got)
	}
	large := uint64(0)
	if got.PageSize > mem.FrameSize {
		large = PS
	}
	if ok && pte != got.Phys&^mem.FrameMask|got.Perm|large {
		t.Fatalf("Find gives %#x, Walk %+v", pte, got)
	}
}

// TestReservedPDPTE: bits 2:1, 8:5 and 63:M of a PDPTE of PAE paging (SDM 3A "PDPTE Registers").
func TestReservedPDPTE(t *testing.T) {
	for bit := range 64 {
		want := bit == 1 || bit == 2 || bit >= 5 && bit <= 8 || bit >= PhysBits
		if got := ReservedPDPTE(P | 1<<bit); got != want {
			t.Errorf("bit %d: reserved %v", bit, got)
		}
		if bit > 0 && ReservedPDPTE(1<<bit) {
			t.Errorf("bit %d of an absent entry is reserved", bit)
		}
	}
}

// TestOff: without paging every address is itself.
func TestOff(t *testing.T) {
	if w := Walk(mem.New(mem.FrameSize), Root{}, 0x12345678); !w.Present || w.Phys != 0x12345678 || w.N != 0 {
		t.Errorf("%+v", w)
	}
}
