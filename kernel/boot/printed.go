package boot

import (
	"bytes"

	"vitrine/engine/trace"
	"vitrine/kernel/abi"
)

// What a byte on the console came from.
const (
	FromCall  = "call"        // a system call of a program
	FromEcho  = "echo"        // a typed key, shown by the terminal
	FromLog   = "log"         // the kernel's own message
	FromCode  = "instruction" // OUT of the firmware or of somebody else's kernel
	FromInput = "input"       // held back until a typed key let it go
)

// printedPiece is how many instructions lie between two looks at how much the console has sent.
const printedPiece = 1 << 14

// Printed tells how a byte came to the console.
type Printed struct {
	Index   uint64 // of the byte among all that the console sent, from 0
	Byte    byte
	From    string
	Now     uint64 // the moment before it was written to the 16550
	Done    uint64
	Retired uint64 // at Now
	By      Author
	Caller  Caller // From call: whose call it was
	Buffer  uint64 // and where the byte was in the program's memory; 0 not known
	Source  byte   // what it was there: '\n' is sent as two bytes
}

// Printed finds out which instruction had the console print byte number index.
func (h *History) Printed(index uint64, p Progress) (*Printed, error) {
	if index >= h.sent {
		return nil, ErrTarget
	}
	var out *Printed
	err := h.aside(func() error {
		now, err := h.findPrinted(index, p)
		if err == nil {
			out = h.tellPrinted(index, now)
		}
		return err
	})
	return out, err
}

// findPrinted returns the moment before the step in which the byte was sent.
func (h *History) findPrinted(index uint64, p Progress) (uint64, error) {
	c := h.c
	here := c.M.Now()
	m := h.before(here, byNow)
	for m.sent > index {
		earlier := h.before(m.now-1, byNow)
		if earlier == m || m.now == 0 {
			return 0, ErrTarget // sent before the history began
		}
		m = earlier
	}
	h.restore(m)
	from := m.now
	for h.sent <= index && c.M.Now() < here {
		from = c.M.Now()
		h.alone(func() { c.Run(here, c.M.CPU.S.Retired+printedPiece) })
		if c.M.Now() == from {
			break
		}
		if p != nil && !p(c.M.Now()-m.now, here-m.now) {
			return 0, ErrCancelled
		}
	}
	h.Seek(from)
	h.alone(func() {
		for h.sent <= index {
			from = c.M.Now()
			if stop := c.one(here); stop.Reason != Budget || c.M.Now() == from {
				return
			}
			h.listen()
		}
	})
	if h.sent <= index {
		return 0, ErrTarget
	}
	return from, nil
}

// tellPrinted does the step once more and tells about it.
func (h *History) tellPrinted(index, now uint64) *Printed {
	c := h.c
	h.Seek(now)
	nth := int(index - h.sent)
	out := &Printed{Index: index, Now: now, Retired: c.M.CPU.S.Retired, By: c.author()}
	sent := &probe{c: c, size: 1, read: func(b []byte) (uint64, bool) {
		b[0] = 0
		if c.M.UART.Waiting() > nth {
			b[0] = 1
		}
		return 0, true
	}}
	w := &witness{c: c, probe: sent, last: sent.sample()}
	w.last.take(sent)
	logged := c.logged()
	w.listen()
	c.M.Trace.Mask |= 1 << trace.Console
	h.alone(func() { c.one(NoLimit) })
	w.end()
	out.Done = c.M.Now()
	ch := Change{By: out.By}
	ch.attribute(c, w)
	out.By = ch.By
	said, woken := w.said(nth)
	if nth < len(said) {
		out.Byte = said[nth]
	}
	switch {
	case !w.vmcall:
		out.From = FromCode
	case c.logged() != logged:
		out.From = FromLog
	case w.caller.Name == "" || w.interrupt && !woken:
		out.From = FromEcho
		out.By.Call, out.By.Why = "", ""
		if !w.interrupt {
			out.From = FromInput
		}
	default:
		out.From, out.Caller = FromCall, w.caller
		out.find(w, said[:min(nth+1, len(said))])
	}
	return out
}

// logged is how far the kernel's messages have come on the console.
func (c *Computer) logged() uint64 {
	if c.K == nil {
		return 0
	}
	return c.K.State.Log.Lost + uint64(c.K.State.Log.Sent)
}

// said is what the console sent in this step; woken tells whether another task had been given the CPU before byte nth.
func (w *witness) said(nth int) (out []byte, woken bool) {
	for _, e := range w.events {
		switch e.Kind {
		case trace.Console:
			out = append(out, byte(e.A))
		case trace.Switch:
			woken = woken || len(out) <= nth
		}
	}
	return out, woken
}

// find looks for the last of the bytes that were sent in what the call was to write, through what the terminal makes of '\n'.
func (p *Printed) find(w *witness, said []byte) {
	flags := w.c.K.TTY.State.Termios.Oflag
	crlf := flags&abi.OPOST != 0 && flags&abi.ONLCR != 0
	var made []byte
	for _, piece := range w.caller.out {
		for i, b := range piece.data {
			if b == '\n' && crlf {
				made = append(made, '\r')
			}
			if made = append(made, b); len(made) < len(said) {
				continue
			}
			if bytes.Equal(made[:len(said)], said) {
				p.Buffer, p.Source = piece.at+uint64(i), b
			}
			return
		}
	}
}
