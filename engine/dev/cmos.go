package dev

// The MC146818 real-time clock with its memory, at ports 0x70 (index, and in bit 7 the gate of the NMI) and 0x71 (data):
// "MC146818" datasheet (Motorola); where a PC keeps its memory size and what its firmware has found: "IBM PC AT Technical
// Reference", "CMOS RAM", and 0x34 by convention. Request line 8. The clock itself is in rtc.go.

import "vitrine/engine/bus"

// Registers of the clock. The date registers are binary-coded decimal unless status B says otherwise.
const (
	rtcSeconds      = 0x00
	rtcSecondsAlarm = 0x01
	rtcMinutes      = 0x02
	rtcMinutesAlarm = 0x03
	rtcHours        = 0x04
	rtcHoursAlarm   = 0x05
	rtcWeekday      = 0x06
	rtcDay          = 0x07
	rtcMonth        = 0x08
	rtcYear         = 0x09
	rtcA            = 0x0a
	rtcB            = 0x0b
	rtcC            = 0x0c
	rtcD            = 0x0d
	rtcCentury      = 0x32
)

// Bytes of the memory that firmware keeps.
const (
	cmosDisks     = 0x12 // high half: type of the first disk, 15: see cmosDisk0
	cmosEquipment = 0x14
	cmosBase      = 0x15 // KiB below 640 KiB, a word
	cmosExtended  = 0x17 // KiB above 1 MiB, a word; again at 0x30
	cmosDisk0     = 0x19
	cmosSum       = 0x2e // sum of 0x10 to 0x2d, the high byte first
	cmosExtended2 = 0x30
	cmosAbove16   = 0x34 // 64 KiB blocks above 16 MiB, a word
)

// Bits of the status registers.
const (
	rtcUpdating   = 1 << 7 // A: an update is near, or under way
	rtcRate       = 0x0f   // A: how often the periodic interrupt comes
	rtcDividerOff = 6 << 4 // A: both bits set hold the divider in reset

	rtcSet        = 1 << 7 // B: no updates, the registers are being set
	rtcPeriodic   = 1 << 6 // B: interrupt enabled; C: has happened
	rtcAlarm      = 1 << 5
	rtcUpdated    = 1 << 4
	rtcBinary     = 1 << 2 // B
	rtc24Hours    = 1 << 1
	rtcInterrupts = rtcPeriodic | rtcAlarm | rtcUpdated

	rtcIRQ   = 1 << 7 // C: one of the enabled has happened
	rtcValid = 1 << 7 // D: the battery is good
)

// CMOSState is the state of the chip.
type CMOSState struct {
	Index   uint8
	NMIMask bool // port 0x70 bit 7: no NMI reaches the CPU
	RAM     [128]uint8
	Date    int64  // Unix time at Epoch
	Epoch   uint64 // virtual time, perhaps before 0, when a second began; seconds end every ClockHz from there
	Now     uint64 // virtual time of the last Advance
}

// CMOS is the clock with its memory.
type CMOS struct {
	S   CMOSState
	irq bus.Line
}

// NewCMOS returns a chip that shows the Unix time date at virtual time 0, and ram bytes of memory.
func NewCMOS(irq bus.Line, date int64, ram uint64) *CMOS {
	c := &CMOS{irq: irq, S: CMOSState{Date: date}}
	m := &c.S.RAM
	m[rtcA] = 0x26 // 32768 Hz, 1024 periodic interrupts a second
	m[rtcB] = rtc24Hours
	m[cmosDisks], m[cmosDisk0] = 0xf0, 47 // a disk that tells by itself what it is
	m[cmosEquipment] = 1<<1 | 1<<2        // coprocessor, mouse; no diskette, no display
	put := func(reg uint8, v uint64) { m[reg], m[reg+1] = uint8(v), uint8(v>>8) }
	const kib, mib = 1 << 10, 1 << 20
	put(cmosBase, 640)
	above1 := min((max(ram, mib)-mib)/kib, 0xffff)
	put(cmosExtended, above1)
	put(cmosExtended2, above1)
	put(cmosAbove16, min((max(ram, 16*mib)-16*mib)/(64*kib), 0xffff))
	sum := uint16(0)
	for _, b := range m[0x10:cmosSum] {
		sum += uint16(b)
	}
	m[cmosSum], m[cmosSum+1] = uint8(sum>>8), uint8(sum)
	return c
}

// Info is the device's place on the board.
func (c *CMOS) Info() bus.Info {
	return bus.Info{Name: "CMOS RTC", Ports: []bus.Range{{First: 0x70, Last: 0x71}}, IRQ: 8}
}

// State is the device's plain data.
func (c *CMOS) State() any { return &c.S }

// In reads the chosen register; reading C answers the interrupt.
func (c *CMOS) In(port uint16, size uint8) uint32 {
	if port == 0x70 {
		return 0xff
	}
	m := &c.S.RAM
	switch r := c.S.Index; r {
	case rtcSeconds, rtcMinutes, rtcHours, rtcWeekday, rtcDay, rtcMonth, rtcYear, rtcCentury:
		if c.frozen() {
			return uint32(m[r])
		}
		return uint32(c.encode(r, dateOf(c.unix()).field(r)))
	case rtcA:
		if c.updating() {
			return uint32(m[rtcA]) | rtcUpdating
		}
		return uint32(m[rtcA])
	case rtcC:
		v := m[rtcC]
		m[rtcC] = 0
		c.interrupt()
		return uint32(v)
	case rtcD:
		return rtcValid
	default:
		return uint32(m[r])
	}
}

// Out chooses a register or writes it.
func (c *CMOS) Out(port uint16, size uint8, v uint32) {
	b := uint8(v)
	if port == 0x70 {
		c.S.Index, c.S.NMIMask = b&0x7f, b&0x80 != 0
		return
	}
	m := &c.S.RAM
	switch r := c.S.Index; r {
	case rtcSeconds, rtcMinutes, rtcHours, rtcWeekday, rtcDay, rtcMonth, rtcYear, rtcCentury:
		if c.frozen() {
			m[r] = b
			return
		}
		d := dateOf(c.unix())
		d.set(r, c.decode(r, b))
		c.S.Date += d.unix() - c.unix()
	case rtcA:
		c.writeA(b &^ rtcUpdating)
	case rtcB:
		c.writeB(b)
	case rtcC, rtcD:
	default:
		m[r] = b
	}
}
