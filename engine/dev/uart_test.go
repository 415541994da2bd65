package dev

import (
	"bytes"
	"testing"

	"vitrine/engine/trace"
)

// wire is an interrupt line that a test looks at; it counts rising edges.
type wire struct {
	level bool
	edges int
}

func (w *wire) Set(level bool) {
	if level && !w.level {
		w.edges++
	}
	w.level = level
}

func newUART(ier uint32) (*UART, *wire) {
	w := &wire{}
	u := NewUART(w, &trace.Hub{})
	u.Out(0x3f8+2, 1, 0x87) // FIFOs, trigger level 8
	u.Out(0x3f8+4, 1, 0x0b)
	u.Out(0x3f8+1, 1, ier)
	return u, w
}

func TestUARTSend(t *testing.T) {
	u, w := newUART(0)
	for _, b := range []byte("hi\n") {
		u.Out(0x3f8, 1, uint32(b))
	}
	if got := u.Drain(); string(got) != "hi\n" {
		t.Errorf("sent %q", got)
	}
	if w.edges != 0 {
		t.Error("interrupts though none is enabled")
	}
}

func TestUARTTransmitterInterrupt(t *testing.T) {
	u, w := newUART(2)
	if !w.level {
		t.Fatal("enabling the interrupt with an empty transmitter raises it")
	}
	if iir := u.In(0x3fa, 1); iir&0x0f != 2 {
		t.Errorf("IIR %#x, want transmitter empty", iir)
	}
	if w.level {
		t.Error("reading IIR clears it")
	}
	u.Out(0x3f8, 1, 'x')
	u.Out(0x3f8, 1, 'y')
	if w.edges != 3 {
		t.Errorf("%d edges, want one for each byte and one before", w.edges)
	}
}

func TestUARTReceive(t *testing.T) {
	u, w := newUART(1)
	in := []byte("the quick brown fox jumps")
	if n := u.Receive(in); n != len(in) {
		t.Fatalf("took %d", n)
	}
	if iir := u.In(0x3fa, 1); iir != 0xc4 {
		t.Errorf("IIR %#x, want data above the trigger level", iir)
	}
	var got []byte
	for u.In(0x3fd, 1)&1 != 0 {
		got = append(got, byte(u.In(0x3f8, 1)))
		if len(got) == len(in)-3 && u.In(0x3fa, 1) != 0xcc {
			t.Error("a rest below the trigger level is told as a timeout")
		}
	}
	if !bytes.Equal(got, in) || w.level {
		t.Errorf("got %q, line %v", got, w.level)
	}
}

func TestUARTRoom(t *testing.T) {
	u, _ := newUART(0)
	n := u.Receive(make([]byte, 2*UARTWire))
	if n != UARTWire || u.RoomRX() != uartFIFO {
		t.Errorf("took %d, room %d", n, u.RoomRX())
	}
}

func TestUARTOut2GatesTheInterrupt(t *testing.T) {
	u, w := newUART(1)
	u.Out(0x3fc, 1, 0x03)
	u.Receive([]byte{1})
	if w.level {
		t.Error("interrupt without OUT2")
	}
	u.Out(0x3fc, 1, 0x0b)
	if !w.level {
		t.Error("no interrupt with OUT2")
	}
}

func TestUARTDivisorAndScratch(t *testing.T) {
	u, _ := newUART(5)
	u.Out(0x3fb, 1, 0x83)
	u.Out(0x3f8, 1, 12)
	u.Out(0x3f9, 1, 1)
	if u.In(0x3f8, 1) != 12 || u.In(0x3f9, 1) != 1 {
		t.Error("the divisor does not read back")
	}
	u.Out(0x3fb, 1, 3)
	u.Out(0x3ff, 1, 0xa5)
	if u.In(0x3f9, 1) != 5 || u.In(0x3ff, 1) != 0xa5 {
		t.Error("IER or scratch does not read back")
	}
}

func TestUARTLoopback(t *testing.T) {
	u, _ := newUART(0)
	u.Out(0x3fc, 1, 0x1f)
	u.Out(0x3f8, 1, 'z')
	if u.In(0x3f8, 1) != 'z' || len(u.Drain()) != 0 {
		t.Error("loopback")
	}
	if msr := u.In(0x3fe, 1); msr != 0xf0 {
		t.Errorf("MSR %#x", msr)
	}
}
