package dev

// The keyboard at the end of the 8042's cable: "IBM PS/2 Hardware Interface Technical Reference", "101/102-Key Keyboard".

// Commands to the keyboard, and what it answers.
const (
	keyLEDs        = 0xed // a byte follows
	keyEcho        = 0xee
	keyScanSet     = 0xf0 // a byte follows: 1 to 3 chooses, 0 asks
	keyIdentify    = 0xf2
	keyRate        = 0xf3 // a byte follows
	keyEnable      = 0xf4
	keyDefaultsOff = 0xf5
	keyDefaults    = 0xf6
	keyResend      = 0xfe
	keyReset       = 0xff

	replyTestPassed = 0xaa
	replyACK        = 0xfa
	replyResend     = 0xfe
	scanBreak       = 0xf0 // before the code of a key that was let go, in sets 2 and 3
)

// outQueue is what a device has not been able to say yet, the oldest first.
type outQueue struct {
	Bytes [16]uint8
	Len   uint8
}

func (q *outQueue) put(b ...uint8) {
	for _, c := range b {
		if int(q.Len) < len(q.Bytes) {
			q.Bytes[q.Len] = c
			q.Len++
		}
	}
}

func (q *outQueue) take() uint8 {
	b := q.Bytes[0]
	copy(q.Bytes[:], q.Bytes[1:q.Len])
	q.Len--
	q.Bytes[q.Len] = 0
	return b
}

func (q *outQueue) clear() { *q = outQueue{} }

// KeyboardDevice is the state of the keyboard.
type KeyboardDevice struct {
	Out     outQueue
	Pending uint8 // the command whose byte comes next
	Last    uint8 // the byte said last, for a resend
	Set     uint8 // scan code set, 1 or 2
	LEDs    uint8 // bit 0 scroll lock, 1 num lock, 2 caps lock
	Rate    uint8
	Off     bool // keys are not told
}

// reset is the state after power-on and after the defaults command.
func (d *KeyboardDevice) reset() {
	*d = KeyboardDevice{Set: 2, Rate: 0x2b} // 10.9 characters a second after 500 ms
}

// press queues the codes of a key, all or none of them; set 1 has no break code of its own but bit 7.
func (d *KeyboardDevice) press(codes []byte) bool {
	if d.Off || int(d.Out.Len)+len(codes) > len(d.Out.Bytes) {
		return false
	}
	up := uint8(0)
	for _, b := range codes {
		switch {
		case d.Set == 2:
			d.Out.put(b)
		case b == scanBreak:
			up = 0x80
		default:
			d.Out.put(translate(b) | up)
			up = 0
		}
	}
	return true
}

func (d *KeyboardDevice) reply(b ...uint8) {
	d.Out.put(b...)
	d.Last = b[len(b)-1]
}

// command takes a byte from the host. Whatever waited to be said is forgotten.
func (d *KeyboardDevice) command(b uint8) {
	if d.Pending != 0 && b < keyLEDs {
		d.parameter(b)
		return
	}
	d.Pending = 0
	if b == keyResend {
		d.Out.put(d.Last)
		return
	}
	d.Out.clear()
	switch b {
	case keyLEDs, keyScanSet, keyRate:
		d.Pending = b
		d.reply(replyACK)
	case keyEcho:
		d.reply(keyEcho)
	case keyIdentify:
		d.reply(replyACK, 0xab, 0x83)
	case keyEnable:
		d.Off = false
		d.reply(replyACK)
	case keyDefaultsOff, keyDefaults:
		leds := d.LEDs
		d.reset()
		d.LEDs, d.Off = leds, b == keyDefaultsOff
		d.reply(replyACK)
	case keyReset:
		d.reset()
		d.reply(replyACK, replyTestPassed)
	default:
		d.reply(replyResend)
	}
}

// parameter takes the byte that belongs to a command.
func (d *KeyboardDevice) parameter(b uint8) {
	cmd := d.Pending
	d.Pending = 0
	switch {
	case cmd == keyLEDs:
		d.LEDs = b & 7
	case cmd == keyRate:
		d.Rate = b & 0x7f
	case b == 0:
		d.reply(replyACK, d.Set)
		return
	case b == 1 || b == 2:
		d.Set = b
	default: // this keyboard has no set 3
		d.reply(replyResend)
		return
	}
	d.reply(replyACK)
}

// translate turns a code of set 2 into one of set 1, as the 8042's table does; what is no key's code stays.
func translate(b uint8) uint8 {
	switch {
	case b < uint8(len(set1)):
		return set1[b]
	case b == 0x83: // F7
		return 0x41
	case b == 0x84: // System Request
		return 0x54
	}
	return b
}

// set1 has the code of set 1 for each of set 2 ("IBM PS/2 Hardware Interface Technical Reference", "Scan Code Set 1").
var set1 = [0x80]uint8{
	0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
	0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
	0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
	0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
	0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
	0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
	0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
	0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
}
