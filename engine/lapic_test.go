package engine_test

import (
	"encoding/binary"
	"testing"

	"vitrine/engine"
	"vitrine/engine/cpu"
	"vitrine/engine/trace"
)

// Places in the memory of newAPIC's guest.
const (
	apicIDT, apicCode, apicCounts = 0x2000, 0x4000, 0x9000
	apicTimer, apicPIT            = 0x40, 0x20 // vectors
)

// newAPIC is a machine in flat 32-bit protected mode that lets the local APIC's timer tick every 1,000 units of time, the
// 8254 through the 8259 now and then, sends itself one NMI, and then only halts. The handlers count.
func newAPIC() *engine.Machine {
	m := engine.New(engine.Config{RAM: 4 << 20})
	m.LAPIC.VirtualWire()
	code := make([]byte, 0, 256)
	put := func(addr, v uint32) { // movl $v, addr
		code = append(code, 0xc7, 0x05)
		code = binary.LittleEndian.AppendUint32(code, addr)
		code = binary.LittleEndian.AppendUint32(code, v)
	}
	put(0xfee003e0, 0xb)                        // divide by 1
	put(0xfee00320, 1<<17|apicTimer)            // periodic
	put(0xfee00380, 1000)                       // initial count
	put(0xfee00310, 0)                          // to ID 0
	put(0xfee00300, 4<<8)                       // NMI
	code = append(code, 0xfb, 0xf4, 0xeb, 0xfd) // sti; 1: hlt; jmp 1b
	m.RAM.WriteAt(code, apicCode)
	for i, h := range []struct{ vector, count, eoi uint32 }{{apicTimer, 0, 0xfee000b0}, {2, 4, 0}, {apicPIT, 8, 0}} {
		at := uint32(apicCode + 0x100 + 0x40*i)
		code = append([]byte{0xff, 0x05}, binary.LittleEndian.AppendUint32(nil, apicCounts+h.count)...) // incl
		if h.eoi != 0 {
			put(h.eoi, 0)
		} else if h.vector == apicPIT {
			code = append(code, 0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58) // push %eax; mov $0x20, %al; out %al, $0x20; pop %eax
		}
		m.RAM.WriteAt(append(code, 0xcf), uint64(at)) // iret
		m.RAM.Write64(apicIDT+8*uint64(h.vector), uint64(at&0xffff)|8<<16|0x8e00<<32|uint64(at>>16)<<48)
	}
	const gdt = 0x1000
	m.RAM.Write64(gdt+8, 0x00cf9b000000ffff)
	m.RAM.Write64(gdt+16, 0x00cf93000000ffff)
	for _, o := range [][2]uint8{{0x20, 0x11}, {0x21, apicPIT}, {0x21, 4}, {0x21, 1}, {0x21, 0xfe}, {0x43, 0x34}, {0x40, 100}, {0x40, 0}} {
		m.Out(uint16(o[0]), 1, uint32(o[1]))
	}
	s := m.CPU.S
	s.CR0 = cpu.CR0PE | cpu.CR0ET
	for i := range s.Seg {
		s.Seg[i] = cpu.Segment{Sel: 16, Attr: 0xc093, Limit: ^uint32(0)}
	}
	s.Seg[cpu.CS] = cpu.Segment{Sel: 8, Attr: 0xc09b, Limit: ^uint32(0)}
	s.GDTR, s.IDTR = cpu.Table{Base: gdt, Limit: 23}, cpu.Table{Base: apicIDT, Limit: 0x7ff}
	s.RIP, s.R[cpu.RSP], s.RFLAGS = apicCode, 0x8000, 2
	m.CPU.SetState(s)
	return m
}

// TestLocalAPIC lets the timer of the APIC, the 8254 behind the 8259, and an NMI interrupt one guest: in one Run, in
// pieces, observed and through snapshots.
func TestLocalAPIC(t *testing.T) {
	const end = 100_500
	whole := newAPIC()
	whole.Run(end)
	timer, nmi, pit := whole.RAM.Read32(apicCounts), whole.RAM.Read32(apicCounts+4), whole.RAM.Read32(apicCounts+8)
	if timer != 100 || nmi != 1 || pit != 12 { // mode 2 begins with its output high: one more
		t.Errorf("%d interrupts of the APIC's timer, %d NMIs, %d of the 8254", timer, nmi, pit)
	}
	pieces, watched, copied := newAPIC(), newAPIC(), newAPIC()
	watched.Trace.Mask = ^trace.Mask(0)
	watched.Run(end)
	for n := uint64(1); pieces.Now() < end; n = (n*7 + 5) % 997 {
		pieces.Run(min(end, pieces.Now()+1+n))
		pieces.CPU.DropCode()
	}
	for copied.Now() < end {
		copied.Run(min(end, copied.Now()+5_003))
		fresh := newAPIC()
		if err := fresh.Restore(copied.Snapshot()); err != nil {
			t.Fatal(err)
		}
		copied = fresh
	}
	if h := whole.Hash(); pieces.Hash() != h || watched.Hash() != h || copied.Hash() != h {
		t.Errorf("whole %#x, in pieces %#x, observed %#x, through snapshots %#x", h, pieces.Hash(), watched.Hash(), copied.Hash())
	}
}
