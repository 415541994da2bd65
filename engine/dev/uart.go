package dev

// The 16550 serial port: "PC16550D Universal Asynchronous Receiver/Transmitter with FIFOs" datasheet (National
// Semiconductor). COM1 at ports 0x3f8–0x3ff, request line 4. The guest's console.
//
// Bytes take no time on the wire: what is written is sent at once, what arrives waits only for room in the FIFO (the
// sender holds back, as with RTS/CTS). So nothing depends on the baud rate, what is below the trigger level is told as
// timed out at once, and nothing is overrun but in loopback.

import (
	"vitrine/engine/bus"
	"vitrine/engine/trace"
)

// Registers by their offset; with LCR.DLAB set, 0 and 1 are the divisor.
const (
	uartData = iota // RBR when read, THR when written
	uartIER         // which causes interrupt
	uartIIR         // cause when read, FCR when written
	uartLCR
	uartMCR
	uartLSR
	uartMSR
	uartSCR
	uartBase = 0x3f8
)

// Bits of the registers.
const (
	ierRX    = 1 << 0
	ierTHRE  = 1 << 1
	ierLine  = 1 << 2
	ierModem = 1 << 3

	iirModem   = 0x00
	iirNone    = 0x01
	iirTHRE    = 0x02
	iirRX      = 0x04
	iirLine    = 0x06
	iirTimeout = 0x0c
	iirFIFO    = 0xc0

	fcrEnable  = 1 << 0
	fcrClearRX = 1 << 1
	fcrKept    = 0xc9 // trigger level, DMA mode, enable

	lcrBreak = 1 << 6 // the line is held at 0
	lcrDLAB  = 1 << 7

	mcrOut2 = 1 << 3 // on a PC this lets the interrupt through to the 8259
	mcrLoop = 1 << 4 // what is sent is received

	lsrReady   = 1 << 0
	lsrOverrun = 1 << 1
	lsrBreak   = 1 << 4
	lsrTHRE    = 1 << 5
	lsrTEMT    = 1 << 6

	msrIdle = 0xb0 // DCD, DSR, CTS: somebody is there
	msrRing = 1 << 6
)

const (
	uartFIFO = 16
	// UARTWire is how many bytes can be on their way to the port.
	UARTWire = 4096
)

// UARTState is the state of the port.
type UARTState struct {
	IER, FCR, LCR, MCR, SCR uint8
	DLL, DLM                uint8
	THRE                    bool  // the transmitter's interrupt is pending
	Errors                  uint8 // of the line status: since it was read
	Delta                   uint8 // of the modem status, its low half: what has changed since it was read
	FIFO                    [uartFIFO]uint8
	Len                     uint8  // received bytes in FIFO, the oldest first
	Wire                    []byte // bytes that have not found room yet
}

// UART is a serial port.
type UART struct {
	bus.Timeless
	S     UARTState
	irq   bus.Line
	trace *trace.Hub
	sent  []byte // on the way to the outside; no state of the guest
	polls int    // reads of LSR in a row that found nothing to read, for Polled
}

// NewUART returns a port whose interrupt is irq.
func NewUART(irq bus.Line, tr *trace.Hub) *UART { return &UART{irq: irq, trace: tr} }

// Info is the device's place on the board.
func (u *UART) Info() bus.Info {
	return bus.Info{Name: "16550 UART", Ports: []bus.Range{{First: uartBase, Last: uartBase + 7}}, IRQ: 4}
}

// State is the device's plain data.
func (u *UART) State() any { return &u.S }

// Receive hands bytes from the outside to the port and returns how many it took: at most RoomRX.
func (u *UART) Receive(b []byte) int {
	n := min(len(b), u.RoomRX())
	u.S.Wire = append(u.S.Wire, b[:n]...)
	u.refill()
	u.update()
	return n
}

// Listens tells whether the port has nothing for the guest to read, and interrupts when something comes.
func (u *UART) Listens() bool {
	s := &u.S
	return s.Len == 0 && len(s.Wire) == 0 && s.IER&ierRX != 0 && s.MCR&mcrOut2 != 0
}

// Polled tells whether the guest asks again and again for something to read.
func (u *UART) Polled() bool { return u.polls > 1000 && len(u.S.Wire) == 0 }

// RoomRX is how many bytes Receive would take.
func (u *UART) RoomRX() int { return UARTWire - len(u.S.Wire) }

// Drain returns the bytes sent since the last call.
func (u *UART) Drain() []byte {
	b := u.sent
	u.sent = nil
	return b
}

// Waiting is how many bytes Drain would return.
func (u *UART) Waiting() int { return len(u.sent) }

// In reads a register.
func (u *UART) In(port uint16, size uint8) uint32 {
	s := &u.S
	dlab := s.LCR&lcrDLAB != 0
	switch port - uartBase {
	case uartData:
		if dlab {
			return uint32(s.DLL)
		}
		return uint32(u.take())
	case uartIER:
		if dlab {
			return uint32(s.DLM)
		}
		return uint32(s.IER)
	case uartIIR:
		return uint32(u.identify())
	case uartLCR:
		return uint32(s.LCR)
	case uartMCR:
		return uint32(s.MCR)
	case uartLSR:
		return uint32(u.line())
	case uartMSR:
		v := u.modem() | s.Delta
		s.Delta = 0
		u.update()
		return uint32(v)
	}
	return uint32(s.SCR)
}

// Out writes a register.
func (u *UART) Out(port uint16, size uint8, v uint32) {
	s, b := &u.S, uint8(v)
	dlab := s.LCR&lcrDLAB != 0
	switch port - uartBase {
	case uartData:
		if dlab {
			s.DLL = b
			return
		}
		u.send(b)
	case uartIER:
		if dlab {
			s.DLM = b
			return
		}
		if b&ierTHRE != 0 && s.IER&ierTHRE == 0 {
			s.THRE = true // enabling it with an empty transmitter interrupts at once
		}
		s.IER = b & 0x0f
	case uartIIR:
		if b&fcrClearRX != 0 || (b^s.FCR)&fcrEnable != 0 {
			s.Len = 0
		}
		s.FCR = b & fcrKept // the clear bits fall back by themselves
		if b&fcrEnable == 0 {
			s.FCR = 0 // "PC16550D", "FIFO Control Register": the other bits are not programmed without bit 0
		}
		u.refill()
	case uartLCR:
		if b&^s.LCR&lcrBreak != 0 && s.MCR&mcrLoop != 0 {
			u.loop(0)
			s.Errors |= lsrBreak
		}
		s.LCR = b
	case uartMCR:
		was := u.modem()
		s.MCR = b & 0x1f
		u.changed(was)
		u.refill()
	case uartSCR:
		s.SCR = b
	}
	u.update()
}

// send transmits a byte: it leaves at once, and the transmitter is empty again.
func (u *UART) send(b uint8) {
	s := &u.S
	u.polls = 0
	s.THRE = false
	u.update()
	s.THRE = true
	if s.MCR&mcrLoop != 0 {
		u.loop(b)
		return
	}
	u.sent = append(u.sent, b)
	if u.trace.Has(trace.Console) {
		u.trace.Emit(trace.Console, uint64(b), 0)
	}
}

// loop receives what was sent in loopback. When there is no room, the FIFO keeps what it has, and without FIFOs the new
// byte takes the place of the old ("PC16550D", "Line Status Register", OE).
func (u *UART) loop(b uint8) {
	s := &u.S
	if s.Len < u.depth() {
		s.FIFO[s.Len] = b
		s.Len++
		return
	}
	s.Errors |= lsrOverrun
	if s.FCR&fcrEnable == 0 {
		s.FIFO[0] = b
	}
}

// depth is how many received bytes the chip holds.
func (u *UART) depth() uint8 {
	if u.S.FCR&fcrEnable != 0 {
		return uartFIFO
	}
	return 1
}

// refill moves bytes from the wire into the FIFO.
func (u *UART) refill() {
	s := &u.S
	for s.Len < u.depth() && len(s.Wire) > 0 && s.MCR&mcrLoop == 0 {
		s.FIFO[s.Len] = s.Wire[0]
		s.Len++
		s.Wire = s.Wire[1:]
	}
}

// take reads the oldest received byte.
func (u *UART) take() uint8 {
	s := &u.S
	b := s.FIFO[0]
	if s.Len == 0 {
		return b
	}
	copy(s.FIFO[:], s.FIFO[1:s.Len])
	s.Len--
	u.update() // without a FIFO the request falls between two bytes
	u.refill()
	u.update()
	return b
}

// cause is the interrupt of the highest priority ("PC16550D", "Interrupt Identification Register").
func (u *UART) cause() uint8 {
	s := &u.S
	trigger := uint8(1)
	if s.FCR&fcrEnable != 0 {
		trigger = [4]uint8{1, 4, 8, 14}[s.FCR>>6]
	}
	switch {
	case s.IER&ierLine != 0 && s.Errors != 0:
		return iirLine
	case s.IER&ierRX != 0 && s.Len >= trigger:
		return iirRX
	case s.IER&ierRX != 0 && s.Len > 0: // below the trigger level and nothing more on the wire
		return iirTimeout
	case s.IER&ierTHRE != 0 && s.THRE:
		return iirTHRE
	case s.IER&ierModem != 0 && s.Delta != 0:
		return iirModem
	}
	return iirNone
}

// identify reads IIR; reading the transmitter's interrupt clears it.
func (u *UART) identify() uint8 {
	v := u.cause()
	if v == iirTHRE {
		u.S.THRE = false
		u.update()
	}
	if u.S.FCR&fcrEnable != 0 {
		v |= iirFIFO
	}
	return v
}

// line reads LSR: the transmitter is always empty; reading forgets the errors.
func (u *UART) line() uint8 {
	s := &u.S
	v := lsrTHRE | lsrTEMT | s.Errors
	u.polls++
	if s.Len > 0 {
		v |= lsrReady
		u.polls = 0
	}
	s.Errors = 0
	u.update()
	return v
}

// modem are the lines that MSR shows: a peer that is always ready, or in loopback the chip's own outputs.
func (u *UART) modem() uint8 {
	m := u.S.MCR
	if m&mcrLoop == 0 {
		return msrIdle
	}
	return m>>1&1<<4 | m&1<<5 | m&4<<4 | m&8<<4 // RTS→CTS, DTR→DSR, OUT1→RI, OUT2→DCD
}

// changed notes which lines differ from was; of the ring only its end counts.
func (u *UART) changed(was uint8) {
	now := u.modem()
	u.S.Delta |= ((was^now)&^msrRing | was&^now&msrRing) >> 4
}

// update drives the interrupt. In loopback the OUT2 pin is inactive, whatever MCR says: nothing gets through.
func (u *UART) update() {
	open := u.S.MCR&(mcrOut2|mcrLoop) == mcrOut2
	u.irq.Set(open && u.cause() != iirNone)
}
