package dev

import "vitrine/engine/bus"

// Modes of a counter ("8254", "Mode Definitions"). 6 and 7 are the same as 2 and 3.
const (
	pitTerminal   = iota // 0: interrupt on terminal count
	pitOneShot           // 1: hardware retriggerable one-shot
	pitRate              // 2: rate generator
	pitSquare            // 3: square wave
	pitSoftStrobe        // 4
	pitHardStrobe        // 5
)

// Counter8254 is the state of one counter: its registers (CR, OL, status) and the counting element (CE). Times are in
// pulses of the timer's clock.
type Counter8254 struct {
	Mode, Access uint8 // Access: 1 low byte, 2 high byte, 3 low then high
	BCD          bool
	Gate         bool
	Null         bool   // a control word or a count was written that the counting element has not taken yet
	Count        uint32 // CR: the count written last, 1 to 65536; 0 since the control word
	N            uint32 // CE: what it was loaded with; 0 since the control word
	Load         uint64 // the pulse that brings CR to CE; bus.Never when nothing waits for a pulse alone
	Running      bool   // CE counts
	Off          bool   // mode 0: a new count is on its way, the output is low
	Start        uint64 // the pulse at which CE, if it counts, was full; in modes 2 and 3 when the present period began
	Held         uint64 // how far CE had come when it stopped
	Tick         uint64 // the last advance

	WriteHigh, ReadHigh bool  // two-byte access: the high byte comes next
	WriteLow            uint8 // the low byte that waits for the high one
	Latched             uint8 // bytes of Latch left to read
	Latch               uint16
	StatusLatched       bool
	Status              uint8
}

func (c *Counter8254) periodic() bool { return c.Mode == pitRate || c.Mode == pitSquare }

// triggered tells whether the rising gate starts the mode.
func (c *Counter8254) triggered() bool { return c.Mode == pitOneShot || c.Mode == pitHardStrobe }

// control takes a control word for this counter: it stops until a new count is written.
func (c *Counter8254) control(b uint8) {
	if b>>4&3 == 0 {
		c.latch()
		return
	}
	mode := b >> 1 & 7
	if mode > pitHardStrobe {
		mode -= 4
	}
	*c = Counter8254{Mode: mode, Access: b >> 4 & 3, BCD: b&1 != 0, Gate: c.Gate, Tick: c.Tick, Null: true, Load: bus.Never}
}

// write takes a byte of a new count.
func (c *Counter8254) write(b uint8) {
	switch {
	case c.Access == 1:
		c.load(uint16(b))
	case c.Access == 2:
		c.load(uint16(b) << 8)
	case !c.WriteHigh:
		c.WriteLow, c.WriteHigh = b, true
		if c.Mode == pitTerminal { // "8254", mode 0: writing the first byte disables counting
			c.hold()
			c.Off = true
		}
	default:
		c.WriteHigh = false
		c.load(uint16(b)<<8 | uint16(c.WriteLow))
	}
}

// load takes a complete count into CR. In modes 0 and 4, and for the first one of modes 2 and 3, the next pulse brings
// it to CE; else it waits for the end of the period (2, 3) or for the trigger (1, 5).
func (c *Counter8254) load(v uint16) {
	c.Count, c.Null = c.decode(v), true
	if c.triggered() || c.periodic() && c.N != 0 {
		return
	}
	c.Load = c.Tick + 1
	c.Off = c.Mode == pitTerminal
}

// decode turns a written count into N; 0 stands for the largest.
func (c *Counter8254) decode(v uint16) uint32 {
	n, top := uint32(v), uint32(1<<16)
	if c.BCD {
		n, top = uint32(v>>12)*1000+uint32(v>>8&15)*100+uint32(v>>4&15)*10+uint32(v&15), 10000
	}
	if n == 0 {
		return top
	}
	return n
}

// hold stops CE where it is.
func (c *Counter8254) hold() {
	c.Held, c.Running = c.elapsed(), false
}

// setGate drives the gate: in modes 0 and 4 it lets CE count, in modes 2 and 3 its rising edge also begins a new period,
// in modes 1 and 5 the rising edge is the trigger and the level means nothing ("8254", "Gate Pin Operations Summary").
func (c *Counter8254) setGate(level bool) {
	if level == c.Gate {
		return
	}
	c.Gate = level
	switch {
	case c.triggered() || c.periodic():
		if level && c.Count != 0 {
			c.Load = c.Tick + 1
		}
		if !level && c.periodic() {
			c.hold()
		}
	case !level:
		c.hold()
	case c.N != 0 && !c.Off:
		c.Running, c.Start = true, c.Tick-c.Held
	}
}

// elapsed is how many pulses CE has counted since it was full.
func (c *Counter8254) elapsed() uint64 {
	if !c.Running {
		return c.Held
	}
	return c.Tick - c.Start
}

// high is for how many pulses of its period mode 3 is high; an odd N gives the high half one more.
func high(n uint32) uint64 { return uint64(n+1) / 2 }

// advance brings the counter to pulse t and tells whether the output rose on the way.
func (c *Counter8254) advance(t uint64) (rose bool) {
	for t > c.Tick {
		at, was := c.reloadAt(), c.out()
		passed := c.runTo(min(at, t))
		if at <= t {
			c.reload(at)
		}
		rose = rose || passed || !was && c.out()
	}
	return rose
}

// reloadAt is the next pulse that brings CR to CE: Load, and in modes 2 and 3 the end of the period that a new count
// waits for, in mode 3 the end of the half.
func (c *Counter8254) reloadAt() uint64 {
	if !c.periodic() || !c.Running || !c.Null {
		return c.Load
	}
	end := uint64(c.N)
	if h := high(c.N); c.Mode == pitSquare && c.elapsed() < h {
		end = h
	}
	return min(c.Load, c.Start+end)
}

// runTo lets CE count up to pulse t and tells whether the output was low and rose again before t or at it.
func (c *Counter8254) runTo(t uint64) (rose bool) {
	before := c.elapsed()
	c.Tick = t
	after, n := c.elapsed(), uint64(c.N)
	switch {
	case !c.Running:
	case c.periodic() && after >= n:
		if !c.Null { // else reload begins the new period
			c.Start += after / n * n
		}
		return true
	case c.Mode == pitSoftStrobe || c.Mode == pitHardStrobe: // one pulse low, then high
		return before <= n && after > n
	}
	return false
}

// reload brings CR to CE at pulse t.
func (c *Counter8254) reload(t uint64) {
	start := t
	if c.Mode == pitSquare && c.Load != t && c.elapsed() < uint64(c.N) {
		start -= high(c.Count) // only the high half has ended: the low half of the new count begins
	}
	c.N, c.Null, c.Off = c.Count, false, false
	c.Load = bus.Never
	c.Running = c.Gate || c.triggered()
	c.Start, c.Held = start, 0
	if !c.Running {
		c.Start = 0
	}
}

// out is the level of the output.
func (c *Counter8254) out() bool {
	e, n := c.elapsed(), uint64(c.N)
	switch c.Mode {
	case pitTerminal:
		return n != 0 && !c.Off && e >= n
	case pitOneShot:
		return !c.Running || e >= n
	case pitRate: // low for the last pulse of each period
		return !c.Running || e%n != n-1
	case pitSquare:
		return !c.Running || e%n < high(c.N)
	}
	return !c.Running || e != n
}

// next is the pulse at which the output next may change by itself.
func (c *Counter8254) next() uint64 {
	at := c.reloadAt()
	if !c.Running {
		return at
	}
	e, n := c.elapsed(), uint64(c.N)
	edges := [2]uint64{n, n} // pulses after Start, in order
	switch c.Mode {
	case pitRate:
		edges = [2]uint64{n - 1, n}
	case pitSquare:
		edges = [2]uint64{high(c.N), n}
	case pitSoftStrobe, pitHardStrobe:
		edges = [2]uint64{n, n + 1}
	}
	for _, edge := range edges {
		if e < edge {
			return min(at, c.Start+edge)
		}
	}
	return at
}

// value is what CE holds: it counts down, and after 0 around. Before the first pulse after a control word that is not
// defined; it is the count that comes, as ports answer faster here than the timer's clock runs, and Linux takes a read
// after the write to be later than the pulse.
func (c *Counter8254) value() uint16 {
	e, n := c.elapsed(), uint64(c.N)
	if n == 0 {
		n = uint64(c.Count)
	}
	top := uint64(1 << 16)
	if c.BCD {
		top = 10000
	}
	v := (n + top - e%top) % top
	switch {
	case n == 0:
		v = 0
	case c.Mode == pitRate:
		v = (n - e%n) % top
	case c.Mode == pitSquare: // by twos, twice for each period; an odd N is loaded less one
		phase := e % n
		if h := high(c.N); phase >= h {
			phase -= h
		}
		v = (n&^1 - 2*phase) % top
	}
	if c.BCD {
		return uint16(v/1000<<12 | v/100%10<<8 | v/10%10<<4 | v%10)
	}
	return uint16(v)
}

// latch keeps the present value for reading, unless one is kept already.
func (c *Counter8254) latch() {
	if c.Latched != 0 {
		return
	}
	c.Latch = c.value()
	c.Latched = 1
	if c.Access == 3 {
		c.Latched = 2
	}
}

// latchStatus keeps output, null count and mode for reading ("8254", "Read-Back Command").
func (c *Counter8254) latchStatus() {
	if c.StatusLatched {
		return
	}
	c.StatusLatched = true
	c.Status = c.Access<<4 | c.Mode<<1
	if c.out() {
		c.Status |= 1 << 7
	}
	if c.Null {
		c.Status |= 1 << 6
	}
	if c.BCD {
		c.Status |= 1
	}
}

// read gives the status, the latched value or the present one, a byte at a time.
func (c *Counter8254) read() uint8 {
	if c.StatusLatched {
		c.StatusLatched = false
		return c.Status
	}
	v := c.Latch
	if c.Latched == 0 {
		v = c.value()
	} else {
		c.Latched--
	}
	switch {
	case c.Access == 2:
		return uint8(v >> 8)
	case c.Access != 3:
		return uint8(v)
	}
	c.ReadHigh = !c.ReadHigh
	if c.ReadHigh {
		return uint8(v)
	}
	return uint8(v >> 8)
}
