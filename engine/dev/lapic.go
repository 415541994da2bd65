package dev

// The local APIC, the CPU's own interrupt controller (SDM 3A "Advanced Programmable Interrupt Controller (APIC)"), in
// xAPIC mode: one page of 32-bit registers, 16 bytes apart, at the address that the MSR IA32_APIC_BASE says. It has a
// timer (lapictimer.go), sends interrupts to itself (lapicipi.go) and passes on what its pins LINT0 and LINT1 get: the
// 8259's output is wired to LINT0, nothing to LINT1.
//
// After reset it is enabled but masks everything. Firmware leaves "virtual wire mode" behind, in which the 8259's
// interrupts go through LINT0 as if the APIC was not there (SDM 3A "Local APIC State After Power-Up or Reset").

import (
	"math/bits"

	"vitrine/engine/bus"
)

// Offsets of the registers (SDM 3A table "Local APIC Register Address Map").
const (
	lapicID       = 0x020
	lapicVersion  = 0x030
	lapicTPR      = 0x080
	lapicAPR      = 0x090
	lapicPPR      = 0x0a0
	lapicEOI      = 0x0b0
	lapicRRD      = 0x0c0
	lapicLDR      = 0x0d0
	lapicDFR      = 0x0e0
	lapicSVR      = 0x0f0
	lapicISR      = 0x100
	lapicTMR      = 0x180
	lapicIRR      = 0x200
	lapicESR      = 0x280
	lapicICR      = 0x300
	lapicICRHigh  = 0x310
	lapicLVT      = 0x320
	lapicInitial  = 0x380
	lapicCurrent  = 0x390
	lapicDivide   = 0x3e0
	lapicLast     = 0x3f0
	lapicVersion5 = 0x14 | (lvtCount-1)<<16
)

// Entries of the local vector table, in the order of their addresses.
const (
	lvtTimer = iota
	lvtThermal
	lvtPerformance
	lvtLINT0
	lvtLINT1
	lvtError
	lvtCount
)

// Bits of an entry of the local vector table.
const (
	lvtVector   = 0xff
	lvtDelivery = 7 << 8
	lvtLevel    = 1 << 15
	lvtMasked   = 1 << 16
	lvtPeriodic = 1 << 17
)

// lvtBits are the bits that software can write in each entry.
var lvtBits = [lvtCount]uint32{
	lvtTimer:       lvtVector | lvtMasked | lvtPeriodic,
	lvtThermal:     lvtVector | lvtMasked | lvtDelivery,
	lvtPerformance: lvtVector | lvtMasked | lvtDelivery,
	lvtLINT0:       lvtVector | lvtMasked | lvtDelivery | lvtLevel | 1<<13,
	lvtLINT1:       lvtVector | lvtMasked | lvtDelivery | lvtLevel | 1<<13,
	lvtError:       lvtVector | lvtMasked,
}

// Delivery modes (bits 10:8 of LVT entries and of the ICR).
const (
	deliverFixed  = 0
	deliverLowest = 1
	deliverNMI    = 4
	deliverExtINT = 7
)

// Bits of IA32_APIC_BASE and of the spurious-interrupt vector register.
const (
	apicBSP    = 1 << 8
	apicGlobal = 1 << 11
	apicReset  = 0xfee00000 | apicGlobal | apicBSP

	svrEnable = 1 << 8
)

// LAPICState is the state of the local APIC.
type LAPICState struct {
	Base          uint64 // IA32_APIC_BASE
	ID            uint32
	TPR           uint32
	LDR, DFR      uint32
	SVR           uint32
	ESR, Errors   uint32 // as last latched by a write, and what has come since
	ICR, ICRHigh  uint32
	ISR, TMR, IRR [8]uint32 // 256 bits each, by vector
	LVT           [lvtCount]uint32
	LINT0         bool // level of the pin
	NMI           bool // one is on its way to the CPU

	Initial uint32 // timer: what it counts down from
	Divide  uint32 // timer: divide configuration register
	Armed   bool   // timer: it counts
	Start   uint64 // timer: virtual time at which it held Initial
	Now     uint64 // virtual time of the last Advance
}

// LAPIC is the local APIC.
type LAPIC struct{ S LAPICState }

// NewLAPIC returns the local APIC as after power-on.
func NewLAPIC() *LAPIC {
	a := &LAPIC{S: LAPICState{Base: apicReset}}
	a.Reset()
	return a
}

// Reset is what the RESET pin does (SDM 3A "Local APIC State After Power-Up or Reset").
func (a *LAPIC) Reset() {
	a.S = LAPICState{Base: apicReset, DFR: ^uint32(0), SVR: 0xff, LINT0: a.S.LINT0, Now: a.S.Now}
	for i := range a.S.LVT {
		a.S.LVT[i] = lvtMasked
	}
}

// VirtualWire sets the state that firmware leaves to an operating system: enabled, LINT0 an external interrupt
// controller's, LINT1 NMI ("MultiProcessor Specification", "Virtual Wire Mode").
func (a *LAPIC) VirtualWire() {
	a.S.SVR = svrEnable | 0xff
	a.S.LVT[lvtLINT0] = deliverExtINT << 8
	a.S.LVT[lvtLINT1] = deliverNMI << 8
}

// Info is the device's place on the board: it has no ports.
func (a *LAPIC) Info() bus.Info { return bus.Info{Name: "local APIC", IRQ: -1} }

// State is the device's plain data.
func (a *LAPIC) State() any { return &a.S }

// In and Out are not used: there are no ports.
func (a *LAPIC) In(uint16, uint8) uint32 { return ^uint32(0) }

// Out does nothing.
func (a *LAPIC) Out(uint16, uint8, uint32) {}

// Base is IA32_APIC_BASE.
func (a *LAPIC) Base() uint64 { return a.S.Base }

// SetBase writes IA32_APIC_BASE, whose reserved bits were checked. To disable the APIC forgets all it holds
// (SDM 3A "Enabling or Disabling the Local APIC").
func (a *LAPIC) SetBase(v uint64) {
	if v&apicGlobal == 0 {
		a.Reset()
	}
	a.S.Base = v&^apicBSP | a.S.Base&apicBSP
}

func (a *LAPIC) on() bool { return a.S.Base&apicGlobal != 0 }

// Window is the page of the registers.
func (a *LAPIC) Window() (uint64, bool) { return a.S.Base &^ 0xfff, a.on() }

// Load reads a register: 4 bytes at an offset that is a multiple of 16. Of other accesses the manual says that they are
// undefined; here they see the register's bytes, and 0 between registers.
func (a *LAPIC) Load(off uint64, size uint8) (v uint64) {
	for i := range uint64(size) {
		if at := off + i; at&12 == 0 {
			v |= uint64(a.read(at&^3)>>(8*(at&3))&0xff) << (8 * i)
		}
	}
	return v
}

// Store writes a register. Only aligned writes of 4 bytes do anything; 8 bytes write the register and what is behind it.
func (a *LAPIC) Store(off uint64, size uint8, v uint64) {
	if size >= 4 && off&15 == 0 {
		a.write(off, uint32(v))
	}
}

func (a *LAPIC) read(off uint64) uint32 {
	s := &a.S
	switch off {
	case lapicID:
		return s.ID
	case lapicVersion:
		return lapicVersion5
	case lapicTPR:
		return s.TPR
	case lapicPPR:
		return a.ppr()
	case lapicLDR:
		return s.LDR
	case lapicDFR:
		return s.DFR
	case lapicSVR:
		return s.SVR
	case lapicESR:
		return s.ESR
	case lapicICR:
		return s.ICR
	case lapicICRHigh:
		return s.ICRHigh
	case lapicInitial:
		return s.Initial
	case lapicCurrent:
		return a.current()
	case lapicDivide:
		return s.Divide
	case lapicAPR, lapicRRD, lapicEOI:
		return 0
	}
	i := off >> 4 & 7
	switch {
	case off >= lapicISR && off < lapicTMR:
		return s.ISR[i]
	case off >= lapicTMR && off < lapicIRR:
		return s.TMR[i]
	case off >= lapicIRR && off < lapicESR:
		return s.IRR[i]
	case off >= lapicLVT && off < lapicInitial:
		return s.LVT[(off-lapicLVT)>>4]
	}
	a.illegalRegister(off)
	return 0
}

func (a *LAPIC) write(off uint64, v uint32) {
	s := &a.S
	switch off {
	case lapicID:
		s.ID = v & 0xff000000
	case lapicTPR:
		s.TPR = v & 0xff
	case lapicEOI:
		a.endOfInterrupt()
	case lapicLDR:
		s.LDR = v & 0xff000000
	case lapicDFR:
		s.DFR = v | 0x0fffffff
	case lapicSVR:
		a.writeSVR(v)
	case lapicESR:
		s.ESR, s.Errors = s.Errors, 0
	case lapicICR:
		s.ICR = v & 0xccfff
		a.send()
	case lapicICRHigh:
		s.ICRHigh = v & 0xff000000
	case lapicInitial:
		a.startTimer(v)
	case lapicDivide:
		a.setDivide(v & 0xb)
	case lapicVersion, lapicAPR, lapicPPR, lapicRRD, lapicCurrent:
		// read-only
	default:
		switch {
		case off >= lapicLVT && off < lapicInitial:
			a.writeLVT(int(off-lapicLVT)>>4, v)
		case off < lapicISR || off >= lapicESR:
			a.illegalRegister(off)
		}
	}
}

// writeSVR switches the APIC on and off by software: off, every entry of the LVT is masked (SDM 3A "Local APIC State
// After It Has Been Software Disabled").
func (a *LAPIC) writeSVR(v uint32) {
	a.S.SVR = v & 0x3ff
	if v&svrEnable != 0 {
		return
	}
	for i := range a.S.LVT {
		a.S.LVT[i] |= lvtMasked
	}
}

func (a *LAPIC) writeLVT(i int, v uint32) {
	v &= lvtBits[i]
	if a.S.SVR&svrEnable == 0 {
		v |= lvtMasked
	}
	a.S.LVT[i] = v
}

// highest is the highest vector in a set, or −1.
func highest(set *[8]uint32) int {
	for i := 7; i >= 0; i-- {
		if set[i] != 0 {
			return i*32 + 31 - bits.LeadingZeros32(set[i])
		}
	}
	return -1
}
