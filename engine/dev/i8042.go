package dev

// The 8042 keyboard controller at ports 0x60 (data) and 0x64 (status when read, command when written): "IBM PS/2 Hardware
// Interface Technical Reference", "Keyboard and Auxiliary Device Controller". It talks to a keyboard and a mouse, raises
// request lines 1 and 12 when a byte of theirs waits, and has two wires to the board: A20 and reset.
//
// Bytes take no time on the wires: what a device has to say is there as soon as the output buffer is free.

import "vitrine/engine/bus"

const (
	kbcData    = 0x60
	kbcCommand = 0x64
)

// Bits of the status register.
const (
	kbcFull     = 1 << 0 // OBF: a byte waits at the data port
	kbcSystem   = 1 << 2 // the self test has passed
	kbcCommand8 = 1 << 3 // the last write went to the command port
	kbcUnlocked = 1 << 4 // the key in the case
	kbcAux      = 1 << 5 // the byte that waits is the mouse's
)

// Bits of the command byte.
const (
	modeKeyboardIRQ = 1 << 0
	modeAuxIRQ      = 1 << 1
	modeSystem      = 1 << 2 // shows in the status
	modeKeyboardOff = 1 << 4 // its clock is held low: it keeps what it has to say
	modeAuxOff      = 1 << 5
	modeTranslate   = 1 << 6 // scan codes of set 2 become those of set 1
)

// Bits of the output port.
const (
	outNoReset = 1 << 0
	outA20     = 1 << 1
	outKeyIRQ  = 1 << 4
	outAuxIRQ  = 1 << 5
)

// Commands.
const (
	kbcReadRAM     = 0x20 // to 0x3f; 0x20 is the command byte
	kbcWriteRAM    = 0x60 // to 0x7f; the byte follows
	kbcPassword    = 0xa4
	kbcAuxDisable  = 0xa7
	kbcAuxEnable   = 0xa8
	kbcAuxTest     = 0xa9
	kbcSelfTest    = 0xaa
	kbcTest        = 0xab
	kbcDisable     = 0xad
	kbcEnable      = 0xae
	kbcReadInput   = 0xc0
	kbcReadOutput  = 0xd0
	kbcWriteOutput = 0xd1 // the byte follows, as for the next three
	kbcEcho        = 0xd2 // the byte comes back as if from the keyboard
	kbcAuxEcho     = 0xd3 // and from the mouse
	kbcToAux       = 0xd4
	kbcReadTest    = 0xe0
	kbcPulse       = 0xf0 // to 0xff: lines of the output port whose bits are 0
)

// KeyboardState is the state of the controller and of its two devices.
type KeyboardState struct {
	RAM     [32]uint8 // RAM[0] is the command byte
	Status  uint8
	Output  uint8 // the byte at the data port
	Pending uint8 // the command whose byte comes next; 0 when the next goes to the keyboard
	Break   bool  // translation: 0xf0 has come, the next code is of a key that was let go
	Keys    KeyboardDevice
	Mouse   MouseDevice
}

// Keyboard is the controller.
type Keyboard struct {
	bus.Timeless
	S        KeyboardState
	irq, aux bus.Line
	board    *Control
}

// NewKeyboard returns the controller as after power-on: both devices off. irq is the keyboard's line, aux the mouse's.
func NewKeyboard(irq, aux bus.Line, board *Control) *Keyboard {
	k := &Keyboard{irq: irq, aux: aux, board: board}
	k.S.RAM[0] = modeKeyboardOff | modeAuxOff
	k.S.Status = kbcUnlocked
	k.S.Keys.reset()
	k.S.Mouse.reset()
	return k
}

// Info is the device's place on the board.
func (k *Keyboard) Info() bus.Info {
	return bus.Info{Name: "8042 keyboard", Ports: []bus.Range{{First: kbcData, Last: kbcData}, {First: kbcCommand, Last: kbcCommand}}, IRQ: 1}
}

// State is the device's plain data.
func (k *Keyboard) State() any { return &k.S }

// Key is what the keyboard says when a key is pressed or let go: codes of scan code set 2 (0xf0 before the code of a key
// that was let go, 0xe0 before that of an extended one). It tells whether the keyboard could say it: it is off, or full.
func (k *Keyboard) Key(codes []byte) bool {
	ok := k.S.Keys.press(codes)
	k.refill()
	return ok
}

// In reads the data port, which frees it for the next byte, or the status.
func (k *Keyboard) In(port uint16, size uint8) uint32 {
	s := &k.S
	if port == kbcCommand {
		return uint32(s.Status&^kbcSystem | s.RAM[0]&modeSystem)
	}
	v := s.Output
	s.Status &^= kbcFull | kbcAux
	k.lines() // both fall, so that a byte that waits makes an edge
	k.refill()
	return uint32(v)
}

// Out writes a command or its byte.
func (k *Keyboard) Out(port uint16, size uint8, v uint32) {
	s, b := &k.S, uint8(v)
	if port == kbcCommand {
		s.Status |= kbcCommand8
		s.Pending = 0
		k.command(b)
	} else {
		s.Status &^= kbcCommand8
		k.data(b)
	}
	k.refill()
}

// command executes what takes no byte, and remembers what does.
func (k *Keyboard) command(b uint8) {
	s := &k.S
	switch {
	case b&^0x1f == kbcReadRAM:
		k.answer(s.RAM[b&0x1f])
	case b&^0x1f == kbcWriteRAM || b >= kbcWriteOutput && b <= kbcToAux:
		s.Pending = b
	case b == kbcPassword:
		k.answer(0xf1) // none is set
	case b == kbcAuxDisable:
		s.RAM[0] |= modeAuxOff
	case b == kbcAuxEnable:
		s.RAM[0] &^= modeAuxOff
	case b == kbcSelfTest:
		s.RAM[0] = modeSystem | modeKeyboardOff | modeAuxOff | s.RAM[0]&modeTranslate
		s.Break = false
		k.answer(0x55)
	case b == kbcTest || b == kbcAuxTest || b == kbcReadTest:
		k.answer(0) // no line is stuck
	case b == kbcDisable:
		s.RAM[0] |= modeKeyboardOff
	case b == kbcEnable:
		s.RAM[0] &^= modeKeyboardOff
	case b == kbcReadInput:
		k.answer(0x80) // unlocked
	case b == kbcReadOutput:
		k.answer(k.output())
	case b >= kbcPulse && b&outNoReset == 0:
		k.board.S.Reset = true
	}
}

// data takes the byte that a command waits for, or hands it to the keyboard.
func (k *Keyboard) data(b uint8) {
	s := &k.S
	cmd := s.Pending
	s.Pending = 0
	switch {
	case cmd == 0:
		s.RAM[0] &^= modeKeyboardOff // writing to the keyboard lets its clock go
		s.Keys.command(b)
	case cmd < kbcWriteOutput:
		s.RAM[cmd&0x1f] = b
		k.lines()
	case cmd == kbcWriteOutput:
		k.board.SetA20(b&outA20 != 0)
		k.board.S.Reset = k.board.S.Reset || b&outNoReset == 0
	case cmd == kbcEcho:
		k.answer(b)
	case cmd == kbcAuxEcho:
		k.put(b, kbcAux)
	case cmd == kbcToAux:
		s.RAM[0] &^= modeAuxOff
		s.Mouse.command(b)
	}
}

// output is the output port: the wires to the board, and the clocks and data lines of the devices, which rest high.
func (k *Keyboard) output() uint8 {
	v := uint8(outNoReset | 1<<6 | 1<<7)
	if k.board.A20() {
		v |= outA20
	}
	if k.S.Status&kbcFull != 0 {
		if k.S.Status&kbcAux != 0 {
			return v | outAuxIRQ
		}
		return v | outKeyIRQ
	}
	return v
}

// answer puts a byte of the controller's own into the output buffer.
func (k *Keyboard) answer(b uint8) { k.put(b, 0) }

// put fills the output buffer; source is kbcAux or 0.
func (k *Keyboard) put(b, source uint8) {
	s := &k.S
	s.Status &^= kbcFull | kbcAux
	k.lines()
	s.Output = b
	s.Status |= kbcFull | source
	k.lines()
}

// refill takes the next byte that a device has to say. The keyboard comes first.
func (k *Keyboard) refill() {
	s := &k.S
	for s.Status&kbcFull == 0 && s.RAM[0]&modeKeyboardOff == 0 && s.Keys.Out.Len > 0 {
		b := s.Keys.Out.take()
		if s.RAM[0]&modeTranslate != 0 {
			if b == scanBreak {
				s.Break = true
				continue
			}
			b = translate(b)
			if s.Break {
				b |= 0x80
			}
			s.Break = false
		}
		k.put(b, 0)
	}
	if s.Status&kbcFull == 0 && s.RAM[0]&modeAuxOff == 0 && s.Mouse.Out.Len > 0 {
		k.put(s.Mouse.Out.take(), kbcAux)
	}
}

// lines drives both request lines.
func (k *Keyboard) lines() {
	s := &k.S
	full, aux := s.Status&kbcFull != 0, s.Status&kbcAux != 0
	k.irq.Set(full && !aux && s.RAM[0]&modeKeyboardIRQ != 0)
	k.aux.Set(full && aux && s.RAM[0]&modeAuxIRQ != 0)
}
