package dev

// The 8259A programmable interrupt controller, two of them: "8259A Programmable Interrupt Controller" datasheet
// (Intel 231468). The master answers at ports 0x20–0x21, the slave at 0xa0–0xa1; the slave's INT output is the
// master's IR2. The guest programs them in init_IRQ with four initialization words each, masks lines (OCW1), and
// ends every interrupt with an EOI (OCW2). Ports 0x4d0 and 0x4d1 (ELCR) choose for each line whether its edge or its
// level requests: "82374EB/82374SB EISA System Component", "Edge/Level Control Registers".

import (
	"vitrine/engine/bus"
	"vitrine/engine/trace"
)

// Bits of the initialization and operation command words.
const (
	icw1Init   = 1 << 4 // this is ICW1
	icw1Level  = 1 << 3 // LTIM: level triggered
	icw1Single = 1 << 1 // SNGL: no ICW3 follows
	icw1ICW4   = 1 << 0 // IC4: ICW4 follows

	icw4AutoEOI = 1 << 1
	icw4Nested  = 1 << 4 // SFNM: special fully nested mode

	ocw3Select  = 1 << 3 // this is OCW3
	ocw3Poll    = 1 << 2
	ocw3ReadSet = 1 << 1 // RR: bit 0 chooses what the next read of port 0 gives
	ocw3ReadISR = 1 << 0

	picCascade = 2 // the master's input that the slave drives

	picELCR = 0x4d0 // the master's; the slave's follows
)

// Steps of the initialization: which word port 1 takes next.
const (
	picReady = iota
	picWantICW2
	picWantICW3
	picWantICW4
)

// picEdgeOnly are the lines that ELCR cannot make level-triggered: timer, keyboard and cascade; clock and coprocessor.
var picEdgeOnly = [2]uint8{1<<0 | 1<<1 | 1<<picCascade, 1<<0 | 1<<5}

// Chip8259 is the state of one 8259A. Bit n of each register belongs to input IRn.
type Chip8259 struct {
	IRR, ISR, IMR uint8 // requests, in service, masked
	Lines         uint8 // level of the inputs
	Vector        uint8 // ICW2: vector of IR0
	Cascade       uint8 // ICW3
	ICW1, ICW4    uint8
	ELCR          uint8 // inputs whose level requests; the EISA bridge has it, not the chip
	Step          uint8 // initialization: the word that comes next
	Lowest        uint8 // the input with the lowest priority; rotation changes it
	RotateAEOI    bool
	SpecialMask   bool
	ReadISR       bool
	Poll          bool
}

// PICState is the state of the pair.
type PICState struct{ Chip [2]Chip8259 }

// PIC is the pair of interrupt controllers.
type PIC struct {
	bus.Timeless
	S     PICState
	trace *trace.Hub
}

// NewPIC returns the pair as after power-on: not initialized.
func NewPIC(tr *trace.Hub) *PIC {
	p := &PIC{trace: tr}
	for i := range p.S.Chip {
		p.S.Chip[i].Lowest = 7
	}
	return p
}

// Info is the device's place on the board.
func (p *PIC) Info() bus.Info {
	return bus.Info{Name: "8259 PIC", Ports: []bus.Range{
		{First: 0x20, Last: 0x21}, {First: 0xa0, Last: 0xa1}, {First: picELCR, Last: picELCR + 1}}, IRQ: -1}
}

// State is the device's plain data.
func (p *PIC) State() any { return &p.S }

type picLine struct {
	pic *PIC
	irq uint8
}

// Line returns request line irq, 0 to 15. Line 2 is the cascade.
func (p *PIC) Line(irq int) bus.Line { return picLine{p, uint8(irq)} }

// Set drives the line.
func (l picLine) Set(level bool) {
	c := &l.pic.S.Chip[l.irq>>3]
	bit := uint8(1) << (l.irq & 7)
	if level == (c.Lines&bit != 0) {
		return
	}
	c.drive(bit, level)
	l.pic.cascade()
	if level && l.pic.trace.Has(trace.IRQ) {
		l.pic.trace.Emit(trace.IRQ, uint64(l.irq), 0)
	}
}

// drive sets an input. A request is latched by the rising edge, but the input must stay high until it is
// acknowledged ("8259A", "Interrupt Request": else IR7 is delivered in its place).
func (c *Chip8259) drive(bit uint8, level bool) {
	if level {
		c.Lines |= bit
		c.IRR |= bit
		return
	}
	c.Lines &^= bit
	c.IRR &^= bit
}

// level are the inputs whose level requests: it goes on requesting after the acknowledge.
func (c *Chip8259) level() uint8 {
	if c.ICW1&icw1Level != 0 {
		return 0xff
	}
	return c.ELCR
}

// cascade carries the slave's INT output to the master.
func (p *PIC) cascade() {
	out := p.S.Chip[1].pending() >= 0
	if out != (p.S.Chip[0].Lines&(1<<picCascade) != 0) {
		p.S.Chip[0].drive(1<<picCascade, out)
	}
}

// pending is the input to be served next, or −1: unmasked, requested, and of higher priority than what is in
// service ("8259A", "Fully Nested Mode").
func (c *Chip8259) pending() int {
	want := c.IRR &^ c.IMR
	if want == 0 || c.Step != picReady {
		return -1
	}
	for i := uint8(1); i <= 8; i++ {
		n := (c.Lowest + i) & 7
		bit := uint8(1) << n
		blocks := c.ISR&bit != 0 && !(c.SpecialMask && c.IMR&bit != 0)
		nested := c.ICW4&icw4Nested != 0 && c.Cascade&bit != 0
		if blocks && !nested {
			return -1
		}
		if want&bit != 0 {
			return int(n)
		}
	}
	return -1
}

// INTR is the output to the CPU.
func (p *PIC) INTR() bool { return p.S.Chip[0].pending() >= 0 }

// Ack is the CPU's acknowledge cycle. When the request has gone meanwhile, the answer is IR7 and nothing is in
// service: a spurious interrupt.
func (p *PIC) Ack() uint8 {
	master, slave := &p.S.Chip[0], &p.S.Chip[1]
	n := master.ack()
	if n != picCascade || master.Cascade&(1<<picCascade) == 0 {
		p.cascade()
		return master.Vector + uint8(n)
	}
	vector := slave.Vector + uint8(slave.ack())
	p.cascade()
	return vector
}

func (c *Chip8259) ack() int {
	n := c.pending()
	if n < 0 {
		return 7
	}
	bit := uint8(1) << n
	if c.level()&bit == 0 {
		c.IRR &^= bit
	}
	if c.ICW4&icw4AutoEOI == 0 {
		c.ISR |= bit
	} else if c.RotateAEOI {
		c.Lowest = uint8(n)
	}
	return n
}

// In reads IRR, ISR, IMR, or answers a poll.
func (p *PIC) In(port uint16, size uint8) uint32 {
	if port >= picELCR {
		return uint32(p.S.Chip[port-picELCR].ELCR)
	}
	c := &p.S.Chip[port>>7&1]
	if c.Poll {
		return uint32(p.poll(c))
	}
	if port&1 != 0 {
		return uint32(c.IMR)
	}
	if c.ReadISR {
		return uint32(c.ISR)
	}
	return uint32(c.IRR)
}

// poll acknowledges by a read: bit 7 tells whether there was a request, bits 2:0 which.
func (p *PIC) poll(c *Chip8259) uint8 {
	c.Poll = false
	if c.pending() < 0 {
		return 0
	}
	n := c.ack()
	p.cascade()
	return 0x80 | uint8(n)
}

// Out writes a command word.
func (p *PIC) Out(port uint16, size uint8, v uint32) {
	if port >= picELCR {
		p.writeELCR(port-picELCR, uint8(v))
		return
	}
	c := &p.S.Chip[port>>7&1]
	switch b := uint8(v); {
	case port&1 != 0:
		c.writeData(b)
	case b&icw1Init != 0:
		*c = Chip8259{Lines: c.Lines, ICW1: b, ELCR: c.ELCR, Step: picWantICW2, Lowest: 7}
		c.IRR = c.Lines & c.level()
	case b&ocw3Select != 0:
		c.writeOCW3(b)
	default:
		c.writeOCW2(b)
	}
	p.cascade()
}

// writeELCR chooses edge or level for the lines of a chip; a line that is high requests at once when its level counts.
func (p *PIC) writeELCR(chip uint16, b uint8) {
	c := &p.S.Chip[chip]
	c.ELCR = b &^ picEdgeOnly[chip]
	c.IRR |= c.Lines & c.ELCR
	p.cascade()
}

// writeData takes ICW2 to ICW4 during the initialization and the mask (OCW1) after it.
func (c *Chip8259) writeData(b uint8) {
	switch c.Step {
	case picReady:
		c.IMR = b
	case picWantICW2:
		c.Vector = b &^ 7
		c.Step = picWantICW3
		if c.ICW1&icw1Single != 0 {
			c.afterICW3()
		}
	case picWantICW3:
		c.Cascade = b
		c.afterICW3()
	case picWantICW4:
		c.ICW4 = b
		c.Step = picReady
	}
}

func (c *Chip8259) afterICW3() {
	c.Step = picReady
	if c.ICW1&icw1ICW4 != 0 {
		c.Step = picWantICW4
	}
}

func (c *Chip8259) writeOCW3(b uint8) {
	c.Poll = b&ocw3Poll != 0
	if b&ocw3ReadSet != 0 {
		c.ReadISR = b&ocw3ReadISR != 0
	}
	if b&0x40 != 0 { // ESMM: bit 5 (SMM) counts
		c.SpecialMask = b&0x20 != 0
	}
}

// writeOCW2 ends interrupts and rotates priorities; bits 7:5 are R, SL, EOI.
func (c *Chip8259) writeOCW2(b uint8) {
	level := b & 7
	switch b >> 5 {
	case 0b000, 0b100:
		c.RotateAEOI = b&0x80 != 0
	case 0b001: // non-specific EOI
		c.endHighest()
	case 0b011: // specific EOI
		c.ISR &^= 1 << level
	case 0b101: // rotate on non-specific EOI
		if n := c.endHighest(); n >= 0 {
			c.Lowest = uint8(n)
		}
	case 0b111: // rotate on specific EOI
		c.ISR &^= 1 << level
		c.Lowest = level
	case 0b110: // set priority
		c.Lowest = level
	}
}

// endHighest takes the input with the highest priority out of service and returns it, or −1.
func (c *Chip8259) endHighest() int {
	for i := uint8(1); i <= 8; i++ {
		n := (c.Lowest + i) & 7
		bit := uint8(1) << n
		if c.ISR&bit != 0 && !(c.SpecialMask && c.IMR&bit != 0) {
			c.ISR &^= bit
			return int(n)
		}
	}
	return -1
}
