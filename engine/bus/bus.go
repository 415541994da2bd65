// Package bus joins the CPU to the devices: I/O ports, interrupt lines, deadlines.
package bus

// Device is what the bus asks of a chip. A device sees its ports and its interrupt line, never the CPU.
type Device interface {
	// In reads a port of the device; size is 1, 2 or 4 bytes.
	In(port uint16, size uint8) uint32
	// Out writes a port of the device.
	Out(port uint16, size uint8, v uint32)
	// Advance brings the device to virtual time now.
	Advance(now uint64)
	// Next is the virtual time at which the device next changes anything by itself; Never when it does not.
	Next() uint64
	// State returns a pointer to the device's plain data, for the codec.
	State() any
}

// Never is the deadline of a device that waits for nothing.
const Never = ^uint64(0)

// Line is an interrupt request line. Raise and Lower set its level.
type Line interface {
	Set(level bool)
}

// Interrupts is the controller's side towards the CPU.
type Interrupts interface {
	// INTR tells whether an unmasked request waits.
	INTR() bool
	// Ack is the CPU's interrupt acknowledge: it returns the vector and moves the request in service.
	Ack() uint8
}
