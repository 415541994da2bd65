// Package bus joins the CPU to the devices: I/O ports, interrupt lines, deadlines.
package bus

// Device is what the bus asks of a chip. A device sees its ports and its interrupt line, never the CPU.
type Device interface {
	// Info says what the device is and which ports it answers.
	Info() Info
	// In reads a port of the device; size is 1, at Wide ports also 2 or 4 bytes.
	In(port uint16, size uint8) uint32
	// Out writes a port of the device.
	Out(port uint16, size uint8, v uint32)
	// Advance brings the device to virtual time now, which never goes back. How the way there is cut into steps
	// must not show: Advance(a) then Advance(b) leaves the same State as Advance(b).
	Advance(now uint64)
	// Next is the virtual time at which the device next changes anything by itself; Never when it does not.
	Next() uint64
	// State returns a pointer to the device's plain data, for the codec.
	State() any
}

// Timeless is embedded in a device that changes nothing by itself; the bus does not ask it what time does to it.
type Timeless struct{}

// Advance does nothing.
func (Timeless) Advance(uint64) {}

// Next is never.
func (Timeless) Next() uint64 { return Never }

func (Timeless) timeless() {}

// Info describes a device: the port map and the diagram of the board are made from it.
type Info struct {
	Name  string // short, as the diagram labels it: "8254 PIT"
	Ports []Range
	Wide  []Range // those of Ports that take 2 and 4 bytes at once; the others see an access for each byte
	IRQ   int     // request line at the 8259 pair, −1 when it has none
}

// Range is an inclusive range of ports.
type Range struct{ First, Last uint16 }

// Stream is a device with a data port that REP INS and REP OUTS (and the kernel's insw and outsw) move whole
// buffers through. The effect is that of one access after the other; it is only faster.
type Stream interface {
	// Ins fills p from the port and returns how many bytes the device had.
	Ins(port uint16, p []byte) int
	// Outs writes p to the port and returns how many bytes the device took.
	Outs(port uint16, p []byte) int
}

// Never is the deadline of a device that waits for nothing.
const Never = ^uint64(0)

// Line is an interrupt request line. Set drives its level.
type Line interface {
	Set(level bool)
}
