package dev

// System control port A (port 0x92) of the PS/2: bit 1 is the A20 gate, bit 0 resets the CPU ("IBM PS/2 Hardware
// Interface Technical Reference"). The address line itself is always open, as on CPUs since Haswell; the bit only
// remembers. And port 0xf4, which is this machine's own: a write of v ends it with status v.

import "vitrine/engine/bus"

const (
	portA    = 0x92
	portExit = 0xf4

	portAReset = 1 << 0
)

// ControlState is the state of the two ports.
type ControlState struct {
	PortA  uint8
	Reset  bool   // the guest asked for a reset; the machine obeys and clears it
	Exited bool   // the guest wrote the exit port
	Code   uint32 // what it wrote
}

// Control is the board's own logic.
type Control struct{ S ControlState }

// NewControl returns the ports as after power-on.
func NewControl() *Control { return &Control{} }

// Info is the device's place on the board.
func (c *Control) Info() bus.Info {
	return bus.Info{Name: "system control", Ports: []bus.Range{{First: portA, Last: portA}, {First: portExit, Last: portExit + 3}}, IRQ: -1}
}

// State is the device's plain data.
func (c *Control) State() any { return &c.S }

// Advance does nothing: there is no clock.
func (c *Control) Advance(uint64) {}

// Next is never: there is no clock.
func (c *Control) Next() uint64 { return bus.Never }

// In reads port A; the exit port reads as 0.
func (c *Control) In(port uint16, size uint8) uint32 {
	if port == portA {
		return uint32(c.S.PortA)
	}
	return 0
}

// Out writes port A or ends the machine.
func (c *Control) Out(port uint16, size uint8, v uint32) {
	switch port {
	case portA:
		if v&portAReset != 0 && c.S.PortA&portAReset == 0 {
			c.S.Reset = true
		}
		c.S.PortA = uint8(v)
	case portExit:
		c.S.Exited, c.S.Code = true, v
	}
}
