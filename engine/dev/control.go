package dev

// The board's own ports. System control port A (0x92) of the PS/2: bit 1 is the A20 gate, bit 0 resets the CPU ("IBM PS/2
// Hardware Interface Technical Reference"). The reset control register of PCI chipsets at 0xcf9 ("Intel 82371AB
// (PIIX4)", "RC: Reset Control Register"). Port 0x80, where firmware shows how far it has come. And port 0xf4, which is
// this machine's own: a write of v ends it with status v.

import "vitrine/engine/bus"

const (
	portPOST  = 0x80
	portA     = 0x92
	portExit  = 0xf4
	portReset = 0xcf9

	portAReset = 1 << 0
	portAGate  = 1 << 1

	resetNow  = 1 << 2 // RCPU: its rising edge resets
	resetHard = 1 << 1 // SRST: the whole board, not the CPU alone
)

// ControlState is the state of the ports.
type ControlState struct {
	PortA  uint8 // bit 1: the A20 gate is open; the 8042's output port shows and moves the same
	RC     uint8
	POST   uint8
	Reset  bool   // the guest asked for a reset; the machine obeys and clears it
	Exited bool   // the guest wrote the exit port
	Code   uint32 // what it wrote
}

// Control is the board's own logic.
type Control struct {
	bus.Timeless
	S ControlState
}

// NewControl returns the ports as after power-on: the A20 gate is open.
func NewControl() *Control { return &Control{S: ControlState{PortA: portAGate}} }

// Info is the device's place on the board.
func (c *Control) Info() bus.Info {
	exit := bus.Range{First: portExit, Last: portExit + 3}
	return bus.Info{
		Name:  "system control",
		Ports: []bus.Range{{First: portPOST, Last: portPOST}, {First: portA, Last: portA}, exit, {First: portReset, Last: portReset}},
		Wide:  []bus.Range{exit},
		IRQ:   -1,
	}
}

// State is the device's plain data.
func (c *Control) State() any { return &c.S }

// A20 tells whether the gate lets address line 20 through.
func (c *Control) A20() bool { return c.S.PortA&portAGate != 0 }

// SetA20 moves the gate.
func (c *Control) SetA20(open bool) {
	c.S.PortA &^= portAGate
	if open {
		c.S.PortA |= portAGate
	}
}

// In reads a port; the exit port reads as 0.
func (c *Control) In(port uint16, size uint8) uint32 {
	switch port {
	case portPOST:
		return uint32(c.S.POST)
	case portA:
		return uint32(c.S.PortA)
	case portReset:
		return uint32(c.S.RC)
	}
	return 0
}

// Out writes a port.
func (c *Control) Out(port uint16, size uint8, v uint32) {
	s, b := &c.S, uint8(v)
	switch port {
	case portPOST:
		s.POST = b
	case portA:
		s.Reset = s.Reset || b&^s.PortA&portAReset != 0
		s.PortA = b & (portAReset | portAGate)
	case portReset:
		s.Reset = s.Reset || b&^s.RC&resetNow != 0
		s.RC = b & (resetNow | resetHard)
	case portExit:
		s.Exited, s.Code = true, v
	}
}
