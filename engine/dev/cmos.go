package dev

// The MC146818 real-time clock with its memory, at ports 0x70 (index) and 0x71 (data): "MC146818" datasheet
// (Motorola); where a PC keeps its memory size: "IBM PC AT Technical Reference", and 0x34 by convention. The ROM asks
// for the memory, the kernel once for the date. Its interrupt is not wired.

import "vitrine/engine/bus"

// Registers of the clock. The date registers are binary-coded decimal unless status B says otherwise.
const (
	rtcSeconds = 0x00
	rtcMinutes = 0x02
	rtcHours   = 0x04
	rtcWeekday = 0x06
	rtcDay     = 0x07
	rtcMonth   = 0x08
	rtcYear    = 0x09
	rtcA       = 0x0a
	rtcB       = 0x0b
	rtcC       = 0x0c
	rtcD       = 0x0d
	rtcCentury = 0x32

	rtcUpdating = 1 << 7 // status A
	rtcBinary   = 1 << 2 // status B
	rtc24Hours  = 1 << 1
	rtcValid    = 1 << 7 // status D: the battery is good
)

// CMOSState is the state of the chip.
type CMOSState struct {
	Index uint8
	RAM   [128]uint8
	Date  int64  // Unix time at virtual time 0; setting the clock changes it
	Now   uint64 // virtual time of the last Advance
}

// CMOS is the clock with its memory.
type CMOS struct{ S CMOSState }

// NewCMOS returns a chip that shows the Unix time date at virtual time 0, and ram bytes of memory.
func NewCMOS(date int64, ram uint64) *CMOS {
	c := &CMOS{S: CMOSState{Date: date}}
	m := &c.S.RAM
	m[rtcA] = 0x26 // 32768 Hz, the usual divider
	m[rtcB] = rtc24Hours
	put := func(reg uint8, v uint64) { m[reg], m[reg+1] = uint8(v), uint8(v>>8) }
	const kib, mib = 1 << 10, 1 << 20
	put(0x15, 640)
	above1 := min((max(ram, mib)-mib)/kib, 0xffff)
	put(0x17, above1)
	put(0x30, above1)
	put(0x34, min((max(ram, 16*mib)-16*mib)/(64*kib), 0xffff))
	return c
}

// Info is the device's place on the board.
func (c *CMOS) Info() bus.Info {
	return bus.Info{Name: "CMOS RTC", Ports: []bus.Range{{First: 0x70, Last: 0x71}}, IRQ: -1}
}

// State is the device's plain data.
func (c *CMOS) State() any { return &c.S }

// Advance keeps the time.
func (c *CMOS) Advance(now uint64) { c.S.Now = now }

// Next is never: the clock is looked at, it does not interrupt.
func (c *CMOS) Next() uint64 { return bus.Never }

// In reads the chosen register.
func (c *CMOS) In(port uint16, size uint8) uint32 {
	if port == 0x70 {
		return 0xff
	}
	switch r := c.S.Index; r {
	case rtcSeconds, rtcMinutes, rtcHours, rtcWeekday, rtcDay, rtcMonth, rtcYear, rtcCentury:
		return uint32(c.encode(r, dateOf(c.unix()).field(r)))
	case rtcA:
		v := c.S.RAM[rtcA]
		if c.S.Now%ClockHz >= ClockHz-ClockHz/4096 { // the last 244 µs of a second
			v |= rtcUpdating
		}
		return uint32(v)
	case rtcC:
		return 0
	case rtcD:
		return rtcValid
	default:
		return uint32(c.S.RAM[r])
	}
}

// Out chooses a register or writes it. Bit 7 of the index masks the NMI on a PC; no NMI comes here.
func (c *CMOS) Out(port uint16, size uint8, v uint32) {
	b := uint8(v)
	if port == 0x70 {
		c.S.Index = b & 0x7f
		return
	}
	switch r := c.S.Index; r {
	case rtcSeconds, rtcMinutes, rtcHours, rtcDay, rtcMonth, rtcYear, rtcCentury:
		d := dateOf(c.unix())
		d.set(r, c.decode(r, b))
		c.S.Date += d.unix() - c.unix()
	case rtcA:
		c.S.RAM[rtcA] = b &^ rtcUpdating
	case rtcWeekday, rtcC, rtcD:
	default:
		c.S.RAM[r] = b
	}
}

func (c *CMOS) unix() int64 { return c.S.Date + int64(c.S.Now/ClockHz) }

// encode shows a value as the registers do: decimal digits in halves of the byte, hours perhaps with bit 7 for p.m.
func (c *CMOS) encode(r uint8, v int) uint8 {
	pm := uint8(0)
	if r == rtcHours && c.S.RAM[rtcB]&rtc24Hours == 0 {
		pm = uint8(v/12) << 7
		v = (v+11)%12 + 1
	}
	if c.S.RAM[rtcB]&rtcBinary != 0 {
		return uint8(v) | pm
	}
	return uint8(v/10<<4|v%10) | pm
}

// decode is the inverse of encode.
func (c *CMOS) decode(r, b uint8) int {
	half := r == rtcHours && c.S.RAM[rtcB]&rtc24Hours == 0
	pm := 0
	if half {
		pm = int(b>>7) * 12
		b &= 0x7f
	}
	v := int(b)
	if c.S.RAM[rtcB]&rtcBinary == 0 {
		v = int(b>>4)*10 + int(b&15)
	}
	if half {
		v = v%12 + pm
	}
	return v
}
