package boot

import (
	"encoding/binary"

	"vitrine/engine/rewind"
	"vitrine/kernel/abi"
)

// Input types on the console. What the serial port has no room for waits outside the machine.
func (c *Computer) Input(b []byte) {
	c.typed, c.later = append(c.typed, b...), 0
	c.takeInput()
}

// Type types on the console, as somebody does: at the next instant of the tape's grid, until when the machine goes on or,
// if it waits, idles. So the tape is short.
func (c *Computer) Type(b []byte) {
	if len(c.typed) == 0 {
		c.later = rewind.Align(c.M.Now())
	}
	c.typed = append(c.typed, b...)
	c.takeInput()
}

// Resize changes the size of the console; programs in the foreground get SIGWINCH. Somebody else's kernel does not hear of
// it: a serial line has no way to say it.
func (c *Computer) Resize(rows, cols uint16) {
	size := binary.LittleEndian.AppendUint16(nil, rows)
	c.enter(rewind.Resize, binary.LittleEndian.AppendUint16(size, cols))
}

// Tape is everything that came from outside so far.
func (c *Computer) Tape() *rewind.Tape { return &c.tape }

// Play makes a fresh computer take its input from a tape.
func (c *Computer) Play(t *rewind.Tape) { c.cue = &rewind.Reader{Tape: t} }

// due is when the next input comes that is known of, from the tape that is being played or typed; NoLimit when there is none.
func (c *Computer) due() uint64 {
	at := NoLimit
	if len(c.typed) > 0 && c.later > c.M.Now() {
		at = c.later
	}
	if c.cue != nil {
		if next, ok := c.cue.Due(); ok {
			at = min(at, next)
		}
	}
	if c.horizon > c.M.Now() {
		at = min(at, c.horizon)
	}
	return at
}

// takeInput lets in what is due.
func (c *Computer) takeInput() {
	if c.cue != nil {
		for e, ok := c.cue.Next(c.M.Now()); ok; e, ok = c.cue.Next(c.M.Now()) {
			c.enter(e.Kind, e.Bytes)
		}
	}
	if c.later > c.M.Now() {
		return
	}
	if n := min(len(c.typed), c.M.UART.RoomRX()); n > 0 {
		c.enter(rewind.Input, c.typed[:n])
		c.typed = append([]byte(nil), c.typed[n:]...)
	}
}

// enter puts an input on the tape and lets it take effect.
func (c *Computer) enter(kind rewind.Kind, b []byte) {
	if c.entered != nil {
		c.entered(kind, b)
	}
	c.tape.Record(c.M.Now(), kind, b)
	switch {
	case kind == rewind.Input:
		c.M.UART.Receive(b)
	case kind == rewind.Resize && len(b) == 4 && c.K != nil:
		w := c.K.TTY.State.Winsize
		w.Row, w.Col = binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		c.K.TTY.SetWinsize(abi.Winsize{Row: w.Row, Col: w.Col, Xpixel: w.Xpixel, Ypixel: w.Ypixel})
	}
}
