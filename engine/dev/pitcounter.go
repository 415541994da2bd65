package dev

import "vitrine/engine/bus"

// Modes of a counter. 6 and 7 are the same as 2 and 3.
const (
	pitTerminal   = iota // 0: interrupt on terminal count
	pitOneShot           // 1: hardware retriggerable one-shot
	pitRate              // 2: rate generator
	pitSquare            // 3: square wave
	pitSoftStrobe        // 4
	pitHardStrobe        // 5
)

// Counter8254 is the state of one counter. Times are in pulses of the timer's clock.
type Counter8254 struct {
	Mode, Access uint8 // Access: 1 low byte, 2 high byte, 3 low then high
	BCD          bool
	Gate         bool
	Counting     bool   // a count was loaded and, in modes 1 and 5, triggered
	Count        uint32 // N, 1 to 65536; 0 before the first was written
	Pending      uint32 // a count that takes effect at the end of the period or, in modes 1 and 5, with the next trigger
	Start        uint64 // when N was loaded; in modes 2 and 3 when the present period began
	Held         uint64 // modes 0 and 4 with the gate low: how far the count had come
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
	*c = Counter8254{Mode: mode, Access: b >> 4 & 3, BCD: b&1 != 0, Gate: c.Gate, Tick: c.Tick}
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
		if c.Mode == pitTerminal {
			c.Counting = false // "8254", mode 0: writing the first byte disables counting
		}
	default:
		c.WriteHigh = false
		c.load(uint16(b)<<8 | uint16(c.WriteLow))
	}
}

// load takes a complete count. It reaches the counting element with the next pulse.
func (c *Counter8254) load(v uint16) {
	n := c.decode(v)
	if c.Counting && (c.periodic() || c.triggered()) {
		c.Pending = n
		return
	}
	c.Count, c.Pending = n, 0
	if c.triggered() {
		return
	}
	c.Counting = true
	c.Start = c.Tick + 1
	c.Held = 0
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

// setGate drives the gate: low stops counting, the rising edge starts it or starts it again.
func (c *Counter8254) setGate(level bool) {
	if level == c.Gate {
		return
	}
	if !level && (c.Mode == pitTerminal || c.Mode == pitSoftStrobe) {
		c.Held = c.elapsed()
	}
	c.Gate = level
	if !level || c.Count == 0 {
		return
	}
	if c.Mode == pitTerminal || c.Mode == pitSoftStrobe {
		c.Start = c.Tick - c.Held
		return
	}
	if c.Pending != 0 {
		c.Count, c.Pending = c.Pending, 0
	}
	c.Counting = true
	c.Start = c.Tick + 1
}

// elapsed is how many pulses the present count has had.
func (c *Counter8254) elapsed() uint64 {
	if !c.Gate && (c.Mode == pitTerminal || c.Mode == pitSoftStrobe) {
		return c.Held
	}
	if c.Tick < c.Start {
		return 0
	}
	return c.Tick - c.Start
}

// high is for how many pulses of its period mode 3 is high; an odd N gives the high half one more.
func high(n uint32) uint64 { return uint64(n+1) / 2 }

// advance brings the counter to pulse t and tells whether the output rose on the way.
func (c *Counter8254) advance(t uint64) (rose bool) {
	if c.Pending != 0 && c.periodic() && c.Gate {
		rose = c.applyPending(t)
	}
	was := c.out()
	before := c.elapsed()
	c.Tick = max(c.Tick, t)
	if c.periodic() && c.Counting && c.Gate {
		n := c.elapsed() / uint64(c.Count)
		c.Start += n * uint64(c.Count)
		return rose || n > 0
	}
	strobe := uint64(c.Count) + 1 // modes 4 and 5: the low pulse ends
	if c.Mode >= pitSoftStrobe && c.Counting && before < strobe && c.elapsed() >= strobe {
		return true
	}
	return !was && c.out()
}

// applyPending puts a new count of mode 2 or 3 in force if that is due at pulse t: at the end of the period, in
// mode 3 at the end of the half.
func (c *Counter8254) applyPending(t uint64) (rose bool) {
	due := c.Start + uint64(c.Count)
	if c.Mode == pitSquare && c.elapsed() < high(c.Count) {
		due = c.Start + high(c.Count)
	}
	if due > t {
		return false
	}
	rose = due == c.Start+uint64(c.Count)
	c.Start = due
	if !rose { // the low half of the new count begins
		c.Start = due - high(c.Pending)
	}
	c.Count, c.Pending = c.Pending, 0
	c.Tick = due
	return rose
}

// out is the level of the output.
func (c *Counter8254) out() bool {
	if !c.Counting {
		return c.Mode != pitTerminal
	}
	e, n := c.elapsed(), uint64(c.Count)
	switch c.Mode {
	case pitTerminal, pitOneShot:
		return e >= n
	case pitRate:
		return !c.Gate || e%n != n-1
	case pitSquare:
		return !c.Gate || e%n < high(c.Count)
	}
	return e != n
}

// next is the pulse at which the output changes by itself.
func (c *Counter8254) next() uint64 {
	if !c.Counting || !c.Gate && !c.triggered() {
		return bus.Never
	}
	e, n := c.elapsed(), uint64(c.Count)
	edges := [2]uint64{n, n} // pulses after Start, in order
	switch c.Mode {
	case pitRate:
		edges = [2]uint64{n - 1, n}
	case pitSquare:
		edges = [2]uint64{high(c.Count), n}
	case pitSoftStrobe, pitHardStrobe:
		edges = [2]uint64{n, n + 1}
	}
	for _, edge := range edges {
		if e < edge {
			return c.Start + edge
		}
	}
	return bus.Never
}

// value is what the counting element holds.
func (c *Counter8254) value() uint16 {
	e, n := c.elapsed(), uint64(c.Count)
	v := n - e // counts down, and around
	switch {
	case n == 0:
		v = 0
	case c.Mode == pitRate:
		v = n - e%n
	case c.Mode == pitSquare: // by twos, twice for each period; an odd N is loaded less one
		phase := e % n
		if h := high(c.Count); phase >= h {
			phase -= h
		}
		v = n&^1 - 2*phase
	}
	if c.BCD {
		d := v % 10000
		return uint16(d/1000<<12 | d/100%10<<8 | d/10%10<<4 | d%10)
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
	if c.Pending != 0 || c.Count == 0 || c.Counting && c.Tick < c.Start {
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
