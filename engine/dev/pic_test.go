package dev

import (
	"testing"

	"vitrine/engine/trace"
)

// initPIC programs the pair as Linux does: vectors 0x30 and 0x38, slave on IR2, nothing masked.
func initPIC(p *PIC, icw4 uint32) {
	for _, w := range [][2]uint32{
		{0x20, 0x11}, {0x21, 0x30}, {0x21, 1 << 2}, {0x21, icw4}, {0xa0, 0x11}, {0xa1, 0x38}, {0xa1, 2}, {0xa1, icw4},
	} {
		p.Out(uint16(w[0]), 1, w[1])
	}
}

func newPIC(icw4 uint32) *PIC {
	p := NewPIC(&trace.Hub{})
	initPIC(p, icw4)
	return p
}

func TestPICPriority(t *testing.T) {
	p := newPIC(1)
	p.Line(4).Set(true)
	p.Line(0).Set(true)
	if !p.INTR() {
		t.Fatal("no INTR with two requests")
	}
	if v := p.Ack(); v != 0x30 {
		t.Errorf("first vector %#x, want 0x30", v)
	}
	if p.INTR() {
		t.Error("IR4 interrupts IR0, which has the higher priority")
	}
	p.Out(0x20, 1, 0x20)
	if v := p.Ack(); v != 0x34 {
		t.Errorf("after EOI vector %#x, want 0x34", v)
	}
	p.Line(0).Set(false)
	p.Line(0).Set(true)
	if !p.INTR() {
		t.Error("IR0 does not interrupt IR4")
	}
}

func TestPICSlave(t *testing.T) {
	p := newPIC(1)
	p.Line(14).Set(true)
	if v := p.Ack(); v != 0x3e {
		t.Errorf("vector %#x, want 0x3e", v)
	}
	p.Out(0x20, 1, 0x0b)
	p.Out(0xa0, 1, 0x0b)
	if m, s := p.In(0x20, 1), p.In(0xa0, 1); m != 1<<2 || s != 1<<6 {
		t.Errorf("in service: master %#x, slave %#x", m, s)
	}
	p.Out(0xa0, 1, 0x66) // specific EOI
	p.Out(0x20, 1, 0x62)
	if p.S.Chip[0].ISR|p.S.Chip[1].ISR != 0 {
		t.Error("still in service after both EOIs")
	}
}

func TestPICMask(t *testing.T) {
	p := newPIC(1)
	p.Out(0x21, 1, 0xfe)
	p.Line(1).Set(true)
	if p.INTR() {
		t.Error("a masked line interrupts")
	}
	if irr := p.In(0x20, 1); irr != 1<<1 {
		t.Errorf("IRR %#x, want 2", irr)
	}
	p.Out(0x21, 1, 0)
	if !p.INTR() {
		t.Error("the request was lost while masked")
	}
}

func TestPICSpurious(t *testing.T) {
	p := newPIC(1)
	p.Line(3).Set(true)
	p.Line(3).Set(false)
	if v := p.Ack(); v != 0x37 {
		t.Errorf("vector %#x, want the spurious 0x37", v)
	}
	if p.S.Chip[0].ISR != 0 {
		t.Error("a spurious interrupt is in service")
	}
}

func TestPICEdge(t *testing.T) {
	p := newPIC(1)
	p.Line(5).Set(true)
	p.Ack()
	p.Out(0x20, 1, 0x20)
	if p.INTR() {
		t.Error("a line that stays high interrupts again")
	}
}

func TestPICAutoEOI(t *testing.T) {
	p := newPIC(3)
	p.Line(0).Set(true)
	p.Ack()
	if p.S.Chip[0].ISR != 0 {
		t.Error("in service in spite of automatic EOI")
	}
}

func TestPICRotation(t *testing.T) {
	p := newPIC(1)
	p.Line(3).Set(true)
	p.Ack()
	p.Out(0x20, 1, 0xa0) // rotate on non-specific EOI: 3 is lowest now, 4 highest
	p.Line(0).Set(true)
	p.Line(4).Set(true)
	if v := p.Ack(); v != 0x34 {
		t.Errorf("vector %#x, want 0x34", v)
	}
}

func TestPICPoll(t *testing.T) {
	p := newPIC(1)
	p.Out(0x20, 1, 0x0c)
	if v := p.In(0x20, 1); v != 0 {
		t.Errorf("poll without a request: %#x", v)
	}
	p.Line(6).Set(true)
	p.Out(0x20, 1, 0x0c)
	if v := p.In(0x20, 1); v != 0x86 {
		t.Errorf("poll: %#x, want 0x86", v)
	}
}

func TestPICUninitialized(t *testing.T) {
	p := NewPIC(&trace.Hub{})
	p.Out(0x20, 1, 0x11)
	p.Line(0).Set(true)
	if p.INTR() {
		t.Error("interrupts in the middle of the initialization")
	}
}
