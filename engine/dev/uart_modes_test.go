package dev

import "testing"

func (u *UART) reg(r uint16) uint8 { return uint8(u.In(0x3f8+r, 1)) }

func (u *UART) put(r uint16, v uint32) { u.Out(0x3f8+r, 1, v) }

// TestUARTProbe is Linux's probe (drivers/tty/serial/8250/8250_port.c:autoconfig): it must find a 16550A, no more.
func TestUARTProbe(t *testing.T) {
	u, _ := newUART(0)
	u.put(1, 0)
	if v := u.reg(1); v != 0 {
		t.Errorf("IER %#x", v)
	}
	u.put(1, 0xff)
	if v := u.reg(1); v != 0x0f {
		t.Errorf("IER %#x: a 16750 has more bits", v)
	}
	u.put(1, 0)
	u.put(4, 0x1a)
	if v := u.reg(6) & 0xf0; v != 0x90 {
		t.Errorf("MSR %#x in loopback with RTS and OUT2", v)
	}
	u.put(4, 0x0b)
	u.put(2, 0)
	if v := u.reg(2); v != 1 {
		t.Errorf("IIR %#x without FIFOs", v)
	}
	u.put(2, 1)
	if v := u.reg(2); v != 0xc1 {
		t.Errorf("IIR %#x with FIFOs", v)
	}
	u.put(3, 0x80)
	u.put(2, 0x21) // the 64-byte FIFO of a 16750
	if v := u.reg(2); v>>5 != 6 {
		t.Errorf("IIR %#x", v)
	}
	u.put(3, 0xbf) // a 16650 shows its EFR in place of IIR
	if v := u.reg(2); v != 0xc1 {
		t.Errorf("register 2 is %#x with LCR 0xbf", v)
	}
}

// TestUARTEmptyAgain is Linux's test for the transmitter's interrupt: enabling it anew raises it anew.
func TestUARTEmptyAgain(t *testing.T) {
	u, _ := newUART(0)
	for range 2 {
		u.put(1, 2)
		if v := u.reg(2); v != 0xc2 {
			t.Errorf("IIR %#x", v)
		}
		u.put(1, 0)
	}
}

// TestUARTPriorities: line status, data, transmitter, modem, each cleared in its own way.
func TestUARTPriorities(t *testing.T) {
	u, w := newUART(0x0f)
	u.put(2, 0)
	u.put(4, 0x19) // loopback without RTS: CTS falls
	u.put(0, 'a')
	u.put(0, 'b')  // overrun
	u.put(3, 0x43) // break
	u.put(3, 0x03)
	want := func(iir uint8) {
		t.Helper()
		if v := u.reg(2); v != iir {
			t.Errorf("IIR %#x, want %#x", v, iir)
		}
	}
	if w.level {
		t.Error("OUT2 is inactive in loopback")
	}
	want(0x06)
	if v := u.reg(5); v != 0x73 {
		t.Errorf("LSR %#x: overrun, break, data", v)
	}
	want(0x04)
	if v := u.reg(0); v != 0 {
		t.Errorf("data %#x: the break's 0 has run over what was there", v)
	}
	want(0x02) // and that clears it
	u.put(4, 0x0b)
	want(0x00)
	if !w.level {
		t.Error("no interrupt outside of loopback")
	}
	if v := u.reg(6); v&0x0f == 0 {
		t.Errorf("MSR %#x: nothing has changed", v)
	}
	want(0x01)
	if w.level {
		t.Error("the line stays high")
	}
}

func TestUARTRing(t *testing.T) {
	u, _ := newUART(0)
	u.put(4, 0x10)
	u.reg(6)
	u.put(4, 0x14)
	if v := u.reg(6); v != 0x40 {
		t.Errorf("MSR %#x: the beginning of a ring is no change", v)
	}
	u.put(4, 0x10)
	if v := u.reg(6); v != 0x04 {
		t.Errorf("MSR %#x: its end is", v)
	}
}

func TestUARTFIFOControl(t *testing.T) {
	u, _ := newUART(1)
	u.Receive([]byte("abcdefgh"))
	u.put(2, 0x87|2) // clear what was received
	if u.reg(5)&1 != 0 {
		t.Error("still data")
	}
	u.put(2, 0xc0)
	if u.S.FCR != 0 {
		t.Errorf("FCR %#x: bits are taken only together with bit 0", u.S.FCR)
	}
	u.Receive([]byte("xy"))
	if u.S.Len != 1 {
		t.Errorf("%d bytes without FIFOs", u.S.Len)
	}
	if u.reg(0) != 'x' || u.reg(0) != 'y' {
		t.Error("bytes get lost")
	}
}
