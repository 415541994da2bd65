package engine_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"vitrine/engine"
	"vitrine/engine/cpu"
	"vitrine/engine/dev"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// Random bytes as code, on a whole machine with its timer and interrupts, in every mode. Handlers of exceptions skip one
// byte of what raised them, so that execution comes along all of the bytes.

// A codeMode is where random code runs.
type codeMode struct {
	name   string
	bits   uint8 // of the code segment: 16, 32, 64
	real   bool
	v86    bool
	ring   uint16
	paging mmu.Mode
}

// codeModes are all modes.
func codeModes() (list []codeMode) {
	list = append(list, codeMode{name: "real", bits: 16, real: true})
	for _, p := range []mmu.Mode{mmu.Off, mmu.Legacy, mmu.PAE} {
		list = append(list, codeMode{name: fmt.Sprintf("V86, paging %d", p), bits: 16, v86: true, ring: 3, paging: p})
		for _, ring := range []uint16{0, 3} {
			for _, bits := range []uint8{16, 32} {
				list = append(list, codeMode{name: fmt.Sprintf("%d-bit protected, ring %d, paging %d", bits, ring, p), bits: bits, ring: ring, paging: p})
			}
		}
	}
	for _, p := range []mmu.Mode{mmu.Level4, mmu.Level5} {
		for _, ring := range []uint16{0, 3} {
			for _, bits := range []uint8{16, 32, 64} {
				list = append(list, codeMode{name: fmt.Sprintf("%d-bit in long mode, ring %d, paging %d", bits, ring, p), bits: bits, ring: ring, paging: p})
			}
		}
	}
	return list
}

func (m codeMode) long() bool { return m.paging >= mmu.Level4 }

// Where things lie in the guest.
const (
	tablesAt   = 0x1000 // to 0x7000
	gdtAt      = 0x7000
	idtAt      = 0x8000
	tssAt      = 0x9000
	handlersAt = 0xa000
	stack0Top  = 0xcf00
	stack3Top  = 0xef00
	codeAt     = 0x10000
	dataAt     = 0x30000
)

// Selectors of the guest.
const (
	code0Sel   = 0x08
	data0Sel   = 0x10
	code3Sel   = 0x18
	data3Sel   = 0x20
	tssSel     = 0x28
	handlerSel = 0x38
)

// dice is a small generator of numbers.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	x := uint64(*d)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *dice) below(n uint64) uint64 { return d.next() % n }

// randomMachine returns a machine that is about to execute code.
func randomMachine(mode codeMode, code []byte, seed uint64) *engine.Machine {
	m := engine.New(engine.Config{RAM: engine.MinRAM, Disk: make(dev.Image, 64<<10)})
	d := dice(seed)
	m.Out(0x20, 1, 0x11) // the 8259s, the timer every 97 µs
	m.Out(0x21, 1, 0x20)
	m.Out(0x21, 1, 4)
	m.Out(0x21, 1, 1)
	m.Out(0x21, 1, uint32(d.below(2)*0xff))
	m.Out(0x43, 1, 0x34)
	m.Out(0x40, 1, uint32(20+d.below(100)))
	m.Out(0x40, 1, 0)
	buildTables(m, mode, &d)
	buildHandlers(m, mode)
	m.RAM.WriteAt(code, codeAt)
	for i := range uint64(512) {
		m.RAM.Write64(dataAt+8*i, d.next())
	}
	enter(m, mode, &d)
	if err := m.Restore(m.Snapshot()); err != nil { // caches that went by the old state
		panic(err)
	}
	return m
}

// buildTables maps the first 2 MiB where they are, in every paging mode: what the handlers need for ring 0, the code for its
// ring, and the data as it comes.
func buildTables(m *engine.Machine, mode codeMode, d *dice) {
	put := func(at, v uint64) {
		if mode.paging == mmu.Legacy {
			m.RAM.Write32(at, uint32(v))
			return
		}
		m.RAM.Write64(at, v)
	}
	const all = 7
	size, levels := uint64(8), 4
	switch mode.paging {
	case mmu.Off:
		return
	case mmu.Legacy:
		size, levels = 4, 2
	case mmu.PAE:
		levels = 3
	case mmu.Level5:
		levels = 5
	}
	at := uint64(tablesAt)
	for level := levels - 1; level > 0; level-- {
		bits := uint64(all)
		if mode.paging == mmu.PAE && level == 2 {
			bits = 1
		}
		put(at, at+0x1000|bits)
		at += 0x1000
	}
	for i := range uint64(512) {
		bits := uint64(all)
		switch {
		case i<<12 < stack0Top:
			bits = 3
		case mode.ring == 0 && i<<12 < dataAt:
			bits = 3
		case i<<12 >= dataAt && d.below(4) == 0:
			bits = d.below(8)
		}
		put(at+i*size, i<<12|bits)
	}
}

func descriptor(base, limit uint64, attr uint16) uint64 {
	return limit&0xffff | base&0xffffff<<16 | uint64(attr)<<40 | limit>>16&0xf<<48 | base>>24<<56
}

// buildHandlers writes GDT, IDT, TSS and a handler for each vector.
func buildHandlers(m *engine.Machine, mode codeMode) {
	if mode.real {
		for v := range uint64(256) {
			m.RAM.Write32(4*v, handlersAt)
		}
		m.RAM.WriteAt([]byte{0x55, 0x89, 0xe5, 0xff, 0x46, 0x02, 0x5d, 0xcf}, handlersAt) // inc word [bp+2]
		return
	}
	size := map[uint8]uint16{16: 0, 32: 0x4000, 64: 0x2000}[mode.bits]
	handler := uint16(0xc09b)
	if mode.long() {
		handler = 0xa09b
	}
	for sel, d := range map[uint64]uint64{
		code0Sel: descriptor(0, 0xfffff, 0x809b|size), data0Sel: descriptor(0, 0xfffff, 0xc093),
		code3Sel: descriptor(0, 0xfffff, 0x80fb|size), data3Sel: descriptor(0, 0xfffff, 0xc0f3),
		tssSel: descriptor(tssAt, 0x107, 0x8b), handlerSel: descriptor(0, 0xfffff, handler),
	} {
		m.RAM.Write64(gdtAt+sel, d)
	}
	for v := range uint64(256) {
		at := handlersAt + 16*v
		gate := at&0xffff | handlerSel<<16 | 0xee<<40 | at>>16<<48
		if mode.long() {
			m.RAM.Write64(idtAt+16*v, gate)
		} else {
			m.RAM.Write64(idtAt+8*v, gate)
		}
		var text []byte
		withCode := v == 8 || v >= 10 && v <= 14 || v == 17
		switch {
		case mode.long() && withCode:
			text = []byte{0x48, 0x83, 0xc4, 8} // add rsp, 8
		case withCode:
			text = []byte{0x83, 0xc4, 4}
		}
		if v < 32 {
			text = append(text, 0x83, 0x04, 0x24, 1) // add dword [esp], 1
		} else {
			text = append(text, 0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58) // the end of an interrupt
		}
		if mode.long() {
			text = append(text, 0x48)
		}
		m.RAM.WriteAt(append(text, 0xcf), at)
	}
	if mode.long() {
		for i := range uint64(10) {
			m.RAM.Write64(tssAt+4+8*i, stack0Top)
		}
	} else {
		m.RAM.Write32(tssAt+4, stack0Top)
		m.RAM.Write32(tssAt+8, data0Sel)
	}
	m.RAM.Write16(tssAt+0x66, 0x68)
}

// enter sets the processor's registers.
func enter(m *engine.Machine, mode codeMode, d *dice) {
	s := &m.CPU.S
	for i := range s.R {
		s.R[i] = dataAt + d.below(4096)
		if d.below(3) == 0 {
			s.R[i] = d.next() >> d.below(64)
		}
	}
	s.R[cpu.RCX] = d.below(40)
	s.RFLAGS = 2 | d.next()&(cpu.FlagIF|cpu.FlagDF|cpu.FlagAC|cpu.FlagIOPL|0x8d5)
	s.RIP = codeAt
	for i := range s.X {
		s.X[i] = [2]uint64{d.next(), d.next()}
	}
	if mode.real {
		s.IDTR = cpu.Table{Limit: 0x3ff}
		for i := range s.Seg {
			s.Seg[i] = cpu.Segment{Sel: dataAt >> 4, Base: dataAt, Limit: 0xffff, Attr: 0x93}
		}
		s.Seg[cpu.SS] = cpu.Segment{Limit: 0xffff, Attr: 0x93}
		s.Seg[cpu.CS] = cpu.Segment{Sel: codeAt >> 4, Base: codeAt, Limit: 0xffff, Attr: 0x9b}
		s.R[cpu.RSP], s.RIP = stack0Top, 0
		return
	}
	s.GDTR = cpu.Table{Base: gdtAt, Limit: 0x7f}
	s.IDTR = cpu.Table{Base: idtAt, Limit: 0xfff}
	s.TR = cpu.Segment{Sel: tssSel, Base: tssAt, Limit: 0x107, Attr: 0x8b}
	s.CR0 = cpu.CR0PE | cpu.CR0ET | cpu.CR0NE | d.next()&(cpu.CR0WP|cpu.CR0AM)
	s.CR4 = cpu.CR4OSFXSR | cpu.CR4OSXMMEXCPT | cpu.CR4PGE | d.next()&(cpu.CR4UMIP|cpu.CR4SMEP|cpu.CR4SMAP)
	if d.below(4) == 0 {
		s.RFLAGS |= cpu.FlagTF
	}
	code, data, rpl, top := uint16(code0Sel), uint16(data0Sel), mode.ring, uint64(stack0Top-0x400)
	if mode.ring == 3 {
		code, data, top = code3Sel|3, data3Sel|3, stack3Top
	}
	for i := range s.Seg {
		s.Seg[i] = cpu.Segment{Sel: data, Limit: ^uint32(0), Attr: 0xc093 | rpl<<5}
	}
	size := map[uint8]uint16{16: 0, 32: 0x4000, 64: 0x2000}[mode.bits]
	s.Seg[cpu.CS] = cpu.Segment{Sel: code, Limit: ^uint32(0), Attr: 0x809b | size | rpl<<5}
	s.R[cpu.RSP] = top
	if mode.bits == 16 {
		s.Seg[cpu.CS].Base, s.RIP = codeAt, 0
	}
	if mode.v86 {
		s.RFLAGS |= cpu.FlagVM
		for i := range s.Seg {
			s.Seg[i] = cpu.Segment{Sel: dataAt >> 4, Base: dataAt, Limit: 0xffff, Attr: 0xf3}
		}
		s.Seg[cpu.CS] = cpu.Segment{Sel: codeAt >> 4, Base: codeAt, Limit: 0xffff, Attr: 0xf3}
	}
	s.CR3 = tablesAt
	switch mode.paging {
	case mmu.Off:
		return
	case mmu.PAE:
		s.CR4 |= cpu.CR4PAE
		s.PDPTE[0] = tablesAt + 0x1000 | 1
	case mmu.Level5:
		s.CR4 |= cpu.CR4PAE | cpu.CR4LA57
	case mmu.Level4:
		s.CR4 |= cpu.CR4PAE
	}
	if mode.long() {
		s.EFER = cpu.EFERLME | cpu.EFERLMA | cpu.EFERSCE | cpu.EFERNXE
		s.LSTAR, s.STAR = codeAt, code0Sel<<32|(code3Sel-16)<<48
	}
	s.CR0 |= cpu.CR0PG
}

// randomCode mixes bytes of chance with beginnings of instructions that have an effect.
func randomCode(d *dice) []byte {
	openings := [][]byte{{0xf3, 0xa4}, {0xf3, 0xab}, {0xf2, 0xae}, {0x0f, 0x22, 0xd8}, {0x0f, 0x22, 0xc0}, {0x0f, 0x01}, {0x8e}, {0x9d}, {0xcf}, {0xcd},
		{0xea}, {0xff}, {0x0f, 0x30}, {0x0f, 0x32}, {0xfb, 0xf4}, {0x0f, 0xae}, {0xf0, 0x0f, 0xc1}, {0xe6, 0x20}, {0xec}, {0xee}, {0x0f, 0xc7}, {0x17},
		{0x0f, 0x23}, {0x66, 0x0f, 0x3a}, {0xd9}, {0xdb}, {0xdf}, {0x48, 0x0f}, {0xc8}, {0xc9}, {0xca}, {0xcb}, {0x0f, 0x05}, {0x0f, 0x07}, {0x0f, 0x34}}
	var code []byte
	for len(code) < 400 {
		if d.below(3) == 0 {
			code = append(code, openings[d.below(uint64(len(openings)))]...)
		}
		code = binary.LittleEndian.AppendUint32(code, uint32(d.next()))[:len(code)+1+int(d.below(4))]
	}
	return append(code, 0xeb, 0xfe)
}

// finish runs m to a time in steps, and wants that every Run of the engine comes on.
func finish(t *testing.T, m *engine.Machine, end uint64, step func() uint64) engine.Exit {
	for {
		before := m.Now()
		limit := min(end, before+step())
		e := m.Run(limit)
		switch {
		case e.Reason != engine.Budget && e.Reason != engine.Reset:
			return e
		case e.Reason == engine.Budget && m.Now() < limit:
			t.Fatalf("at %d, Run(%d) ended at %d", before, limit, m.Now())
		case m.Now() >= end:
			return e
		}
	}
}

// sameWays runs code in several ways that must end in the same state.
func sameWays(t *testing.T, mode codeMode, code []byte, seed uint64) {
	const end = 3000
	start := randomMachine(mode, code, seed).Snapshot()
	load := func() *engine.Machine {
		m := engine.New(engine.Config{RAM: engine.MinRAM, Disk: make(dev.Image, 64<<10)})
		if err := m.Restore(start); err != nil {
			t.Fatal(err)
		}
		return m
	}
	whole := load()
	want := finish(t, whole, end, func() uint64 { return end })
	d := dice(seed ^ 0x5555)
	watched, cut := load(), load()
	watched.Trace.Mask = ^trace.Mask(0)
	ways := map[string]*engine.Machine{"observed": watched, "in pieces": cut}
	finish(t, watched, end, func() uint64 { return end })
	finish(t, cut, end, func() uint64 {
		switch d.below(40) {
		case 0, 1, 2, 3, 4:
			cut.CPU.DropCode()
		case 5:
			fresh := load()
			if err := fresh.Restore(cut.Snapshot()); err != nil {
				t.Fatal(err)
			}
			*cut = *fresh
		}
		return 1 + d.below(1<<d.below(9))
	})
	for name, m := range ways {
		if m.Hash() != whole.Hash() {
			t.Fatalf("%s, seed %d, %s: another state at the end (%v): at %d, RIP %#x; in one go at %d, RIP %#x\n% x", mode.name, seed, name, want.Reason,
				m.Now(), m.CPU.S.RIP, whole.Now(), whole.CPU.S.RIP, code)
		}
	}
}

// TestRandomCode: in every mode, random code never panics, always makes progress, and ends in one state.
func TestRandomCode(t *testing.T) {
	rounds := uint64(6)
	if testing.Short() {
		rounds = 2
	}
	for i, mode := range codeModes() {
		t.Run(mode.name, func(t *testing.T) {
			for n := range rounds {
				seed := uint64(i)<<32 | n
				d := dice(seed)
				sameWays(t, mode, randomCode(&d), seed)
			}
		})
	}
}

// FuzzCode is TestRandomCode with the bytes of whoever looks for trouble.
func FuzzCode(f *testing.F) {
	modes := codeModes()
	for i := range modes {
		d := dice(i)
		f.Add(randomCode(&d), uint8(i), uint64(i))
	}
	f.Fuzz(func(t *testing.T, code []byte, mode uint8, seed uint64) {
		if len(code) > 4096 {
			return
		}
		sameWays(t, modes[int(mode)%len(modes)], code, seed)
	})
}
