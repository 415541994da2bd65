package dev

import "vitrine/engine/bus"

// The AT's way to report x87 exceptions, for CR0.NE = 0: an error of the CPU (FERR#) is latched as IRQ 13; a write to port
// 0xf0 clears the latch and lets the CPU go on (IGNNE#) until the error is gone ("IBM PC AT Technical Reference",
// "Coprocessor"; SDM 1 "Guidelines for Writing x87 FPU Exception Handlers").

const portCoprocessor = 0xf0

// CoprocessorState is the state of the latch.
type CoprocessorState struct {
	Latched bool // IRQ 13 is requested
	Cleared bool // port 0xf0 was written; the machine tells the CPU and clears it
}

// Coprocessor is the latch.
type Coprocessor struct {
	bus.Timeless
	S   CoprocessorState
	irq bus.Line
}

// NewCoprocessor returns the latch, wired to IRQ 13.
func NewCoprocessor(irq bus.Line) *Coprocessor { return &Coprocessor{irq: irq} }

// Info is the device's place on the board.
func (c *Coprocessor) Info() bus.Info {
	return bus.Info{Name: "coprocessor error", Ports: []bus.Range{{First: portCoprocessor, Last: portCoprocessor + 1}}, IRQ: 13}
}

// State is the device's plain data.
func (c *Coprocessor) State() any { return &c.S }

// Error latches an error of the CPU.
func (c *Coprocessor) Error() {
	c.S.Latched = true
	c.irq.Set(true)
}

// In reads a port: nothing drives it.
func (c *Coprocessor) In(uint16, uint8) uint32 { return 0xff }

// Out clears the latch. Port 0xf1, which reset a coprocessor, does the same here.
func (c *Coprocessor) Out(uint16, uint8, uint32) {
	c.S = CoprocessorState{Cleared: true}
	c.irq.Set(false)
}
