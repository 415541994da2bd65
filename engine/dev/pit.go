package dev

// The 8254 programmable interval timer: "8254 Programmable Interval Timer" datasheet (Intel 231164). Ports
// 0x40–0x43; counter 0 drives request line 0 (the guest's tick, mode 2 or 3), counter 2 the speaker, with its gate
// and output in port 0x61 (the guest calibrates its clocks with it).
//
// Nothing ticks: a counter remembers when its count was loaded, and everything else follows from the clock.

import (
	"math/bits"

	"vitrine/engine/bus"
)

// The clock of the PC's timer, and that of the machine (engine.Machine.Now).
const (
	PITHz   = 1193182
	ClockHz = 100_000_000
)

const (
	pitBase    = 0x40
	pitControl = 0x43
	portB      = 0x61
)

// PITState is the state of the chip and of port 0x61.
type PITState struct {
	Counter [3]Counter8254
	PortB   uint8  // bit 0: gate of counter 2, bit 1: its output reaches the speaker, bits 2 and 3: parity checks off
	Now     uint64 // virtual time of the last Advance
}

// PIT is the interval timer.
type PIT struct {
	S   PITState
	irq bus.Line
}

// NewPIT returns the timer as after power-on: nothing counts. Counter 0 drives irq.
func NewPIT(irq bus.Line) *PIT {
	p := &PIT{irq: irq}
	for i := range p.S.Counter {
		p.S.Counter[i].Gate = i != 2
		p.S.Counter[i].Tick = epoch
		p.S.Counter[i].Load = bus.Never
	}
	return p
}

// Info is the device's place on the board.
func (p *PIT) Info() bus.Info {
	return bus.Info{Name: "8254 PIT", Ports: []bus.Range{{First: pitBase, Last: pitControl}, {First: portB, Last: portB}}, IRQ: 0}
}

// State is the device's plain data.
func (p *PIT) State() any { return &p.S }

// epoch is the pulse at virtual time 0: large enough that a period may have begun before it.
const epoch = 1 << 17

// ticks is which pulse of the timer's clock it is at virtual time now.
func ticks(now uint64) uint64 {
	if now < 1<<43 { // a day: the product has 64 bits, as always but in a test
		return now*PITHz/ClockHz + epoch
	}
	hi, lo := bits.Mul64(now, PITHz)
	q, _ := bits.Div64(hi, lo, ClockHz)
	return q + epoch
}

// timeOf is the first virtual time at which ticks has reached t.
func timeOf(t uint64) uint64 {
	if t -= epoch; t < 1<<37 {
		return (t*ClockHz + PITHz - 1) / PITHz
	}
	hi, lo := bits.Mul64(t, ClockHz)
	lo, carry := bits.Add64(lo, PITHz-1, 0)
	hi += carry
	if hi >= PITHz {
		return bus.Never
	}
	q, _ := bits.Div64(hi, lo, PITHz)
	return q
}

// Advance brings the counters to virtual time now.
func (p *PIT) Advance(now uint64) {
	p.S.Now = now
	t := ticks(now)
	for i := range p.S.Counter {
		rose := p.S.Counter[i].advance(t)
		if i == 0 && rose {
			p.irq.Set(false)
			p.irq.Set(true)
		}
	}
	p.irq.Set(p.S.Counter[0].out())
}

// Count is what a read of counter i would give now, without latching anything.
func (p *PIT) Count(i int) uint16 { return p.S.Counter[i].value() }

// Next is when the output of counter 0 changes.
func (p *PIT) Next() uint64 {
	t := p.S.Counter[0].next()
	if t == bus.Never {
		return bus.Never
	}
	return timeOf(t)
}

// In reads a counter or port 0x61. The control port cannot be read.
func (p *PIT) In(port uint16, size uint8) uint32 {
	switch port {
	case portB:
		return uint32(p.readPortB())
	case pitControl:
		return 0xff
	}
	return uint32(p.S.Counter[port-pitBase].read())
}

// readPortB: bit 4 follows the refresh of the memory (it changes every 15 µs), bit 5 is the output of counter 2; bits 6
// and 7 would tell of bad memory and bad cards.
func (p *PIT) readPortB() uint8 {
	v := p.S.PortB
	v |= uint8(p.S.Now/1500&1) << 4
	if p.S.Counter[2].out() {
		v |= 1 << 5
	}
	return v
}

// Out writes a counter, a control word or port 0x61.
func (p *PIT) Out(port uint16, size uint8, v uint32) {
	b := uint8(v)
	switch port {
	case portB:
		p.S.PortB = b & 0x0f
		p.S.Counter[2].setGate(b&1 != 0)
	case pitControl:
		p.control(b)
	default:
		p.S.Counter[port-pitBase].write(b)
	}
	p.irq.Set(p.S.Counter[0].out())
}

// control takes a control word: bits 7:6 choose the counter, 3 is the read-back command.
func (p *PIT) control(b uint8) {
	if b>>6 != 3 {
		p.S.Counter[b>>6].control(b)
		return
	}
	for i := range p.S.Counter {
		if b>>(i+1)&1 == 0 {
			continue
		}
		c := &p.S.Counter[i]
		if b&0x20 == 0 {
			c.latch()
		}
		if b&0x10 == 0 {
			c.latchStatus()
		}
	}
}
