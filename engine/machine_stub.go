// Package engine is the PC: CPU, memory and devices on one clock.
package engine

import (
	"vitrine/engine/bus"
	"vitrine/engine/cpu"
	"vitrine/engine/dev"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// Config describes a machine.
type Config struct {
	RAM    uint64
	ROM    []byte
	Disk   dev.Backing
	VMCall bool
	Seed   uint64
	Date   int64
}

// Machine is the PC.
type Machine struct {
	CPU     *cpu.CPU
	RAM     *mem.RAM
	Bus     *bus.Bus
	Trace   *trace.Hub
	PIT     *dev.PIT
	PIC     *dev.PIC
	UART    *dev.UART
	ATA     *dev.ATA
	CMOS    *dev.CMOS
	Control *dev.Control
}

// Reason tells why Run returned.
type Reason uint8

// Reasons.
const (
	Budget Reason = iota
	VMCall
	Halted
	Shutdown
	PowerOff
)

// Exit is Run's answer.
type Exit struct{ Reason Reason }

// New returns a machine at its reset vector.
func New(Config) *Machine { panic("BUG: stub") }

// Run executes until Now reaches limit or something needs the caller.
func (m *Machine) Run(limit uint64) Exit                 { panic("BUG: stub") }
func (m *Machine) Now() uint64                           { panic("BUG: stub") }
func (m *Machine) Charge(n uint64)                       { panic("BUG: stub") }
func (m *Machine) In(port uint16, size uint8) uint32     { panic("BUG: stub") }
func (m *Machine) Out(port uint16, size uint8, v uint32) { panic("BUG: stub") }
func (m *Machine) State() any                            { panic("BUG: stub") }
func (m *Machine) Snapshot() []byte                      { panic("BUG: stub") }
func (m *Machine) Restore([]byte) error                  { panic("BUG: stub") }
func (m *Machine) Hash() uint64                          { panic("BUG: stub") }
