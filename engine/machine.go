// Package engine is the PC: CPU, memory and devices on one clock. It knows no kernel.
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
	RAM    uint64      // bytes; at least MinRAM
	ROM    []byte      // up to 64 KiB, seen below 1 MiB and below 4 GiB
	Disk   dev.Backing // nil: an empty disk
	Second dev.Backing // a second disk, on the secondary channel; nil: neither is there
	VMCall bool        // VMCALL in ring 0 ends Run with reason VMCall
	Seed   uint64      // of whatever is random: RDRAND, and for the kernel
	Date   int64       // Unix time when Now is 0
}

// MinRAM is the least memory of a machine: room for the ROM's place below 1 MiB and something above.
const MinRAM = 2 << 20

// Machine is the PC.
type Machine struct {
	CPU     *cpu.CPU
	RAM     *mem.RAM
	Bus     *bus.Bus
	Trace   *trace.Hub
	PIT     *dev.PIT
	PIC     *dev.PIC
	Errors  *dev.Coprocessor
	LAPIC   *dev.LAPIC
	UART    *dev.UART
	ATA     *dev.ATA
	CMOS    *dev.CMOS
	Control *dev.Control
	Kbd     *dev.Keyboard
	Config  Config
}

// New returns a machine at its reset vector.
func New(cfg Config) *Machine {
	cfg.RAM = max(cfg.RAM, MinRAM)
	if cfg.Disk == nil {
		cfg.Disk = dev.Image(nil)
	}
	hub := &trace.Hub{}
	m := &Machine{
		RAM:     mem.New(cfg.RAM),
		Trace:   hub,
		Bus:     bus.New(hub),
		PIC:     dev.NewPIC(hub),
		LAPIC:   dev.NewLAPIC(),
		Control: dev.NewControl(),
		Config:  cfg,
	}
	m.PIT = dev.NewPIT(m.PIC.Line(0))
	m.CMOS = dev.NewCMOS(m.PIC.Line(8), cfg.Date, cfg.RAM)
	m.UART = dev.NewUART(m.PIC.Line(4), hub)
	m.ATA = dev.NewATA(m.PIC.Line(14), cfg.Disk, hub)
	m.Kbd = dev.NewKeyboard(m.PIC.Line(1), m.PIC.Line(12), m.Control)
	m.Errors = dev.NewCoprocessor(m.PIC.Line(13))
	for _, d := range []bus.Device{m.PIC, m.PIT, m.CMOS, m.UART, m.ATA, m.Control, m.Kbd, m.LAPIC, m.Errors} {
		m.Bus.Attach(d)
	}
	if cfg.Second != nil {
		m.Bus.Attach(dev.NewSecondATA(m.PIC.Line(15), cfg.Second, hub))
	}
	m.RAM.WriteAt(cfg.ROM, romEnd-uint64(len(cfg.ROM)))
	m.CPU = cpu.New(m.RAM, m.Bus, hub, cfg.VMCall)
	m.CPU.Connect(m.Bus, m.LAPIC)
	m.CPU.S.Rand = cfg.Seed
	return m
}

// romEnd is the end of the ROM's lower view.
const romEnd = 1 << 20

// Now is the virtual clock: instructions retired and time charged otherwise.
func (m *Machine) Now() uint64 { return m.CPU.Now() }

// Charge lets n units of time pass, for work that is done outside the CPU.
func (m *Machine) Charge(n uint64) { m.CPU.S.Charged += n }

// In reads a port on behalf of the kernel.
func (m *Machine) In(port uint16, size uint8) uint32 {
	m.Trace.Now = m.Now()
	return m.Bus.In(m.Now(), port, size)
}

// Out writes a port on behalf of the kernel.
func (m *Machine) Out(port uint16, size uint8, v uint32) {
	m.Trace.Now = m.Now()
	m.Bus.Out(m.Now(), port, size, v)
}
