package dev

// The mouse at the 8042's second port: "IBM PS/2 Hardware Interface Technical Reference", "Mouse". Nobody moves it: it
// answers what drivers ask to find out what it is.

// Commands to the mouse.
const (
	mouseScale1     = 0xe6
	mouseScale2     = 0xe7
	mouseResolution = 0xe8 // a byte follows
	mouseStatus     = 0xe9
	mouseStream     = 0xea
	mouseRead       = 0xeb
	mouseUnwrap     = 0xec
	mouseWrap       = 0xee
	mouseRemote     = 0xf0
	mouseIdentify   = 0xf2
	mouseRate       = 0xf3 // a byte follows
	mouseEnable     = 0xf4
	mouseDisable    = 0xf5
	mouseDefaults   = 0xf6
	mouseResend     = 0xfe
	mouseReset      = 0xff

	replyError = 0xfc
)

// Bits of the first status byte.
const (
	mouseIsScaled  = 1 << 4
	mouseIsEnabled = 1 << 5
	mouseIsRemote  = 1 << 6
)

// MouseDevice is the state of the mouse.
type MouseDevice struct {
	Out              outQueue
	Pending          uint8 // the command whose byte comes next
	Last             uint8 // the byte said last, for a resend
	Status           uint8
	Resolution, Rate uint8
	Wrap             bool // whatever comes is said back
}

// reset is the state after power-on and after the defaults command.
func (d *MouseDevice) reset() { *d = MouseDevice{Resolution: 2, Rate: 100} }

func (d *MouseDevice) reply(b ...uint8) {
	d.Out.put(b...)
	d.Last = b[len(b)-1]
}

// command takes a byte from the host.
func (d *MouseDevice) command(b uint8) {
	switch {
	case d.Wrap && b != mouseReset && b != mouseUnwrap:
		d.reply(b)
	case b == mouseResend:
		d.Out.put(d.Last)
	case d.Pending != 0:
		d.parameter(b)
	default:
		d.Out.clear()
		d.execute(b)
	}
}

// parameter takes the byte that belongs to a command.
func (d *MouseDevice) parameter(b uint8) {
	if d.Pending == mouseRate {
		d.Rate = b
	} else {
		d.Resolution = b & 3
	}
	d.Pending = 0
	d.reply(replyACK)
}

func (d *MouseDevice) execute(b uint8) {
	switch b {
	case mouseScale1:
		d.Status &^= mouseIsScaled
	case mouseScale2:
		d.Status |= mouseIsScaled
	case mouseResolution, mouseRate:
		d.Pending = b
	case mouseStatus:
		d.reply(replyACK, d.Status, d.Resolution, d.Rate)
		return
	case mouseRead:
		d.reply(replyACK, 1<<3, 0, 0) // no button, no way
		return
	case mouseStream:
		d.Status &^= mouseIsRemote
	case mouseRemote:
		d.Status |= mouseIsRemote
	case mouseWrap, mouseUnwrap:
		d.Wrap = b == mouseWrap
	case mouseIdentify:
		d.reply(replyACK, 0)
		return
	case mouseEnable:
		d.Status |= mouseIsEnabled
	case mouseDisable:
		d.Status &^= mouseIsEnabled
	case mouseDefaults:
		d.reset()
	case mouseReset:
		d.reset()
		d.reply(replyACK, replyTestPassed, 0)
		return
	default:
		d.reply(replyError)
		return
	}
	d.reply(replyACK)
}
