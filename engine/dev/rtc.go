package dev

import "vitrine/engine/bus"

// The clock of the MC146818 divides 32768 Hz down to seconds. An update takes 1984 µs, and 244 µs before it begins UIP
// rises ("MC146818", "Update Cycle").
const (
	rtcHz      = 32768
	rtcUIPTime = (244 + 1984) * (ClockHz / 1_000_000)
)

// stopped tells whether the divider is held in reset: no seconds, no periodic interrupt.
func (c *CMOS) stopped() bool { return c.S.RAM[rtcA]&rtcDividerOff == rtcDividerOff }

// frozen tells whether the date registers keep what is written to them.
func (c *CMOS) frozen() bool { return c.S.RAM[rtcB]&rtcSet != 0 || c.stopped() }

// seconds is how many seconds have ended since Epoch at virtual time now. Epoch may lie before 0, and before now it
// always does.
func (c *CMOS) seconds(now uint64) uint64 { return (now - c.S.Epoch) / ClockHz }

// unix is the time now; when the divider stands, writeA has counted what came before into Date.
func (c *CMOS) unix() int64 {
	if c.stopped() {
		return c.S.Date
	}
	return c.S.Date + int64(c.seconds(c.S.Now))
}

func (c *CMOS) updating() bool {
	return !c.frozen() && (c.S.Now-c.S.Epoch)%ClockHz >= ClockHz-rtcUIPTime
}

// pulse is which pulse of the periodic interrupt it is at virtual time now ("MC146818", table 5: rates 1 and 2 are those
// of 8 and 9), and whether there are any.
func (c *CMOS) pulse(now uint64) (n uint64, ok bool) {
	shift, ok := c.periodShift()
	if !ok {
		return 0, false
	}
	t := now - c.S.Epoch
	return (t/ClockHz*rtcHz + t%ClockHz*rtcHz/ClockHz) >> shift, true
}

func (c *CMOS) periodShift() (shift uint, ok bool) {
	rate := uint(c.S.RAM[rtcA] & rtcRate)
	if rate == 0 || c.stopped() {
		return 0, false
	}
	if rate <= 2 {
		rate += 7
	}
	return rate - 1, true
}

// pulseTime is the first virtual time of pulse n.
func (c *CMOS) pulseTime(n uint64) uint64 {
	shift, _ := c.periodShift()
	k := n << shift // of rtcHz
	return c.S.Epoch + k/rtcHz*ClockHz + (k%rtcHz*ClockHz+rtcHz-1)/rtcHz
}

// Advance sets the flags of what has happened since the last time.
func (c *CMOS) Advance(now uint64) {
	before := c.S.Now
	c.S.Now = now
	flags := &c.S.RAM[rtcC]
	old := *flags
	if *flags&rtcPeriodic == 0 {
		was, _ := c.pulse(before)
		if n, _ := c.pulse(now); n != was {
			*flags |= rtcPeriodic
		}
	}
	if was := c.seconds(before); !c.frozen() && c.seconds(now) != was {
		*flags |= rtcUpdated
		if *flags&rtcAlarm == 0 && c.alarmed(was+1, c.seconds(now)) {
			*flags |= rtcAlarm
		}
	}
	if *flags != old {
		c.interrupt()
	}
}

// alarmed tells whether one of the seconds first to last is the alarm's. After a day it would all come again.
func (c *CMOS) alarmed(first, last uint64) bool {
	_, day := floorDiv(c.S.Date, 86400)
	for n := first; n <= min(last, first+86399); n++ {
		t := (uint64(day) + n) % 86400
		if c.rings(rtcHoursAlarm, int(t/3600)) && c.rings(rtcMinutesAlarm, int(t/60%60)) && c.rings(rtcSecondsAlarm, int(t%60)) {
			return true
		}
	}
	return false
}

// rings compares an alarm register; with its two highest bits set it always fits.
func (c *CMOS) rings(r uint8, v int) bool {
	b := c.S.RAM[r]
	return b >= 0xc0 || b == c.encode(r-1, v)
}

// interrupt drives the request line from flags and enables.
func (c *CMOS) interrupt() {
	flags := &c.S.RAM[rtcC]
	on := *flags&c.S.RAM[rtcB]&rtcInterrupts != 0
	*flags &^= rtcIRQ
	if on {
		*flags |= rtcIRQ
	}
	c.irq.Set(on)
}

// Next is when a flag will be set that interrupts. An alarm is looked for at every second.
func (c *CMOS) Next() uint64 {
	m := &c.S.RAM
	want := m[rtcB] &^ m[rtcC]
	next := uint64(bus.Never)
	if want&rtcPeriodic != 0 {
		if n, ok := c.pulse(c.S.Now); ok {
			next = c.pulseTime(n + 1)
		}
	}
	if want&(rtcAlarm|rtcUpdated) != 0 && !c.frozen() {
		next = min(next, c.S.Epoch+(c.seconds(c.S.Now)+1)*ClockHz)
	}
	return next
}

// writeA chooses rates. Letting the divider go again makes the first update come after half a second.
func (c *CMOS) writeA(b uint8) {
	was, frozen := c.stopped(), c.frozen()
	if b&rtcDividerOff == rtcDividerOff && !was {
		c.show()
		c.S.Date, c.S.Epoch = c.unix(), c.S.Now
	}
	c.S.RAM[rtcA] = b
	if was && !c.stopped() {
		c.S.Epoch = c.S.Now - ClockHz/2
	}
	if frozen && !c.frozen() {
		c.take()
	}
}

// writeB enables interrupts, chooses the form of the registers, and with SET stops them to be written.
func (c *CMOS) writeB(b uint8) {
	frozen := c.frozen()
	if b&rtcSet != 0 {
		b &^= rtcUpdated // "MC146818", "Register B": SET clears UIE
		c.show()
	}
	c.S.RAM[rtcB] = b
	if frozen && !c.frozen() {
		c.take()
	}
	c.interrupt()
}

// rtcDate are the registers of the date.
var rtcDate = [...]uint8{rtcSeconds, rtcMinutes, rtcHours, rtcWeekday, rtcDay, rtcMonth, rtcYear, rtcCentury}

// show stops the registers at what they show.
func (c *CMOS) show() {
	if c.frozen() {
		return
	}
	d := dateOf(c.unix())
	for _, r := range rtcDate {
		c.S.RAM[r] = c.encode(r, d.field(r))
	}
}

// take lets the clock run on from what the registers hold. The fraction of the second goes on: SET does not touch the
// divider.
func (c *CMOS) take() {
	var d date
	for _, r := range rtcDate {
		d.set(r, c.decode(r, c.S.RAM[r]))
	}
	c.S.Date += d.unix() - c.unix()
	for _, r := range rtcDate {
		c.S.RAM[r] = 0
	}
}

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
