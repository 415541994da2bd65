package dev

import (
	"vitrine/engine/bus"
	"vitrine/engine/trace"
)

// PIC is the pair of 8259 interrupt controllers.
type PIC struct{ S PICState }

// PICState is the PIC's state.
type PICState struct{}

func NewPIC(tr *trace.Hub) *PIC          { panic("BUG: stub") }
func (p *PIC) Line(irq int) bus.Line     { panic("BUG: stub") }
func (p *PIC) INTR() bool                { panic("BUG: stub") }
func (p *PIC) Ack() uint8                { panic("BUG: stub") }
func (p *PIC) Info() bus.Info            { panic("BUG: stub") }
func (p *PIC) In(uint16, uint8) uint32   { panic("BUG: stub") }
func (p *PIC) Out(uint16, uint8, uint32) { panic("BUG: stub") }
func (p *PIC) Advance(uint64)            { panic("BUG: stub") }
func (p *PIC) Next() uint64              { panic("BUG: stub") }
func (p *PIC) State() any                { return &p.S }

// PIT is the 8254 timer.
type PIT struct{ S PITState }
type PITState struct{}

func NewPIT(irq bus.Line) *PIT           { panic("BUG: stub") }
func (p *PIT) Info() bus.Info            { panic("BUG: stub") }
func (p *PIT) In(uint16, uint8) uint32   { panic("BUG: stub") }
func (p *PIT) Out(uint16, uint8, uint32) { panic("BUG: stub") }
func (p *PIT) Advance(uint64)            { panic("BUG: stub") }
func (p *PIT) Next() uint64              { panic("BUG: stub") }
func (p *PIT) State() any                { return &p.S }

// UART is the 16550 serial port.
type UART struct{ S UARTState }
type UARTState struct{}

func NewUART(irq bus.Line, tr *trace.Hub) *UART { panic("BUG: stub") }

// Receive hands bytes from the outside to the port and returns how many it took.
func (u *UART) Receive(b []byte) int { panic("BUG: stub") }

// RoomRX is how many bytes Receive would take.
func (u *UART) RoomRX() int { panic("BUG: stub") }

// Drain returns the bytes sent since the last call.
func (u *UART) Drain() []byte             { panic("BUG: stub") }
func (u *UART) Info() bus.Info            { panic("BUG: stub") }
func (u *UART) In(uint16, uint8) uint32   { panic("BUG: stub") }
func (u *UART) Out(uint16, uint8, uint32) { panic("BUG: stub") }
func (u *UART) Advance(uint64)            { panic("BUG: stub") }
func (u *UART) Next() uint64              { panic("BUG: stub") }
func (u *UART) State() any                { return &u.S }

// SectorSize is the size of a disk sector.
const SectorSize = 512

// Backing is the immutable image behind a disk. What the guest writes stays in the drive's overlay.
type Backing interface {
	ReadSector(lba uint64, p []byte) // fills p, SectorSize bytes
	Sectors() uint64
}

// Image is a Backing in memory.
type Image []byte

func (m Image) ReadSector(lba uint64, p []byte) { panic("BUG: stub") }
func (m Image) Sectors() uint64                 { panic("BUG: stub") }

// ATA is the primary channel with one drive.
type ATA struct{ S ATAState }
type ATAState struct{}

func NewATA(irq bus.Line, disk Backing, tr *trace.Hub) *ATA { panic("BUG: stub") }
func (a *ATA) Info() bus.Info                               { panic("BUG: stub") }
func (a *ATA) In(uint16, uint8) uint32                      { panic("BUG: stub") }
func (a *ATA) Out(uint16, uint8, uint32)                    { panic("BUG: stub") }
func (a *ATA) Advance(uint64)                               { panic("BUG: stub") }
func (a *ATA) Next() uint64                                 { panic("BUG: stub") }
func (a *ATA) State() any                                   { return &a.S }

// CMOS is the MC146818 clock with its memory.
type CMOS struct{ S CMOSState }
type CMOSState struct{}

// NewCMOS: date is the Unix time at virtual time 0, ram the memory size in bytes.
func NewCMOS(date int64, ram uint64) *CMOS { panic("BUG: stub") }
func (c *CMOS) Info() bus.Info             { panic("BUG: stub") }
func (c *CMOS) In(uint16, uint8) uint32    { panic("BUG: stub") }
func (c *CMOS) Out(uint16, uint8, uint32)  { panic("BUG: stub") }
func (c *CMOS) Advance(uint64)             { panic("BUG: stub") }
func (c *CMOS) Next() uint64               { panic("BUG: stub") }
func (c *CMOS) State() any                 { return &c.S }

// Control is the rest of the board: system control port A (0x92: A20, reset) and the exit port 0xf4.
type Control struct{ S ControlState }
type ControlState struct {
	A20    bool
	Reset  bool // the guest asked for a reset
	Exited bool // the guest wrote the exit port
	Code   uint32
}

func NewControl() *Control                   { panic("BUG: stub") }
func (c *Control) Info() bus.Info            { panic("BUG: stub") }
func (c *Control) In(uint16, uint8) uint32   { panic("BUG: stub") }
func (c *Control) Out(uint16, uint8, uint32) { panic("BUG: stub") }
func (c *Control) Advance(uint64)            { panic("BUG: stub") }
func (c *Control) Next() uint64              { panic("BUG: stub") }
func (c *Control) State() any                { return &c.S }
