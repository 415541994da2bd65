package dev

import (
	"testing"

	"vitrine/engine/trace"
)

func (p *PIC) raise(irq int) {
	p.Line(irq).Set(false)
	p.Line(irq).Set(true)
}

// acks acknowledges until nobody asks, without an EOI.
func (p *PIC) acks() (v []uint8) {
	for p.INTR() {
		v = append(v, p.Ack())
	}
	return v
}

func TestPICLevel(t *testing.T) {
	p := newPIC(1)
	p.Out(0x4d0, 1, 0xff)
	p.Out(0x4d1, 1, 0xff)
	if m, s := p.In(0x4d0, 1), p.In(0x4d1, 1); m != 0xf8 || s != 0xde {
		t.Errorf("ELCR %#x, %#x: timer, keyboard, cascade, clock and coprocessor stay edges", m, s)
	}
	l := p.Line(5)
	l.Set(true)
	p.Ack()
	p.Out(0x20, 1, 0x20)
	if !p.INTR() {
		t.Error("a level that stays does not ask again after the EOI")
	}
	l.Set(false)
	if p.INTR() {
		t.Error("a level that has gone still asks")
	}
	p.Line(0).Set(true)
	p.Ack()
	p.Out(0x20, 1, 0x20)
	if p.INTR() {
		t.Error("the timer's edge asks twice")
	}
}

// TestPICInitializationKeepsELCR: ICW1 clears the chip, not the bridge, and with level lines it does not lose requests.
func TestPICInitializationKeepsELCR(t *testing.T) {
	p := newPIC(1)
	p.Out(0x4d1, 1, 1<<3)
	p.Line(11).Set(true)
	p.Line(10).Set(true)
	initPIC(p, 1)
	if p.S.Chip[1].IRR != 1<<3 || p.In(0x4d1, 1) != 1<<3 {
		t.Errorf("IRR %#x: the level asks, the old edge does not", p.S.Chip[1].IRR)
	}
}

// TestPICSpecialMask: a handler that masks its own line and sets the special mask lets all others in, also lower ones.
func TestPICSpecialMask(t *testing.T) {
	p := newPIC(1)
	p.raise(3)
	p.Ack()
	p.raise(6)
	if p.INTR() {
		t.Fatal("IR6 interrupts IR3")
	}
	p.Out(0x21, 1, 1<<3)
	p.Out(0x20, 1, 0x68)
	if v := p.Ack(); v != 0x36 {
		t.Errorf("vector %#x", v)
	}
	p.Out(0x20, 1, 0x20)
	if p.S.Chip[0].ISR != 1<<3 {
		t.Errorf("ISR %#x: a non-specific EOI in special mask mode leaves the masked input in service", p.S.Chip[0].ISR)
	}
	p.Out(0x20, 1, 0x48)
	p.raise(7)
	if p.INTR() {
		t.Error("without special mask mode IR3 blocks again")
	}
}

// TestPICSpecialFullyNested: a second input of the slave interrupts while the slave's first is in service.
func TestPICSpecialFullyNested(t *testing.T) {
	for _, c := range []struct {
		icw4 uint32
		n    int
	}{{0x01, 1}, {0x11, 2}} {
		p := NewPIC(&trace.Hub{})
		initPIC(p, c.icw4)
		p.Out(0xa0, 1, 0x11) // the slave is never in that mode
		for _, b := range []uint32{0x38, 2, 1} {
			p.Out(0xa1, 1, b)
		}
		p.raise(12)
		first := p.acks()
		p.raise(9)
		if got := append(first, p.acks()...); len(got) != c.n {
			t.Errorf("ICW4 %#x: vectors %#x", c.icw4, got)
		}
	}
}

func TestPICRotateInAutoEOI(t *testing.T) {
	p := newPIC(3)
	p.Out(0x20, 1, 0x80) // rotate in automatic EOI mode
	p.raise(2 + 1)
	p.Ack()
	p.raise(0)
	p.raise(4)
	if v := p.Ack(); v != 0x34 {
		t.Errorf("vector %#x: after IR3 comes IR4", v)
	}
	p.Out(0x20, 1, 0x00)
	p.Ack()
	if p.S.Chip[0].Lowest != 4 {
		t.Errorf("lowest priority %d: rotation was switched off", p.S.Chip[0].Lowest)
	}
}

func TestPICSetPriority(t *testing.T) {
	p := newPIC(1)
	p.Out(0x20, 1, 0xc5) // IR5 lowest: IR6 is highest
	p.raise(0)
	p.raise(6)
	if v := p.Ack(); v != 0x36 {
		t.Errorf("vector %#x", v)
	}
	p.Out(0x20, 1, 0xe6) // rotate on specific EOI
	if c := &p.S.Chip[0]; c.ISR != 0 || c.Lowest != 6 {
		t.Errorf("ISR %#x, lowest %d", c.ISR, c.Lowest)
	}
}

// TestPICSpuriousOfTheSlave: the slave's request has gone, the master's is in service all the same.
func TestPICSpuriousOfTheSlave(t *testing.T) {
	p := newPIC(1)
	p.Line(10).Set(true)
	p.S.Chip[1].IRR = 0 // it goes in the moment of the acknowledge
	if v := p.Ack(); v != 0x3f {
		t.Errorf("vector %#x, want the slave's IR7", v)
	}
	if p.S.Chip[0].ISR != 1<<2 || p.S.Chip[1].ISR != 0 {
		t.Errorf("in service: %#x, %#x", p.S.Chip[0].ISR, p.S.Chip[1].ISR)
	}
}

func TestPICPollOfTheSlave(t *testing.T) {
	p := newPIC(1)
	p.raise(13)
	p.Out(0xa0, 1, 0x0c)
	if v := p.In(0xa0, 1); v != 0x85 {
		t.Errorf("poll %#x", v)
	}
	if p.INTR() {
		t.Error("the polled request still goes to the CPU")
	}
}

// TestPICSingle: SNGL skips ICW3, and without IC4 the mode is the plain one.
func TestPICSingle(t *testing.T) {
	p := NewPIC(&trace.Hub{})
	p.Out(0x20, 1, 0x12)
	p.Out(0x21, 1, 0x40)
	p.raise(1)
	if v := p.Ack(); v != 0x41 {
		t.Errorf("vector %#x", v)
	}
}
