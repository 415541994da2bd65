package abi

import "encoding/binary"

// Input modes, c_iflag. termios(3); Linux include/uapi/asm-generic/termbits.h
const (
	IGNBRK  = 0o1
	BRKINT  = 0o2
	IGNPAR  = 0o4
	PARMRK  = 0o10
	INPCK   = 0o20
	ISTRIP  = 0o40
	INLCR   = 0o100
	IGNCR   = 0o200
	ICRNL   = 0o400
	IUCLC   = 0o1000
	IXON    = 0o2000
	IXANY   = 0o4000
	IXOFF   = 0o10000
	IMAXBEL = 0o20000
	IUTF8   = 0o40000
)

// Output modes, c_oflag.
const (
	OPOST  = 0o1
	OLCUC  = 0o2
	ONLCR  = 0o4
	OCRNL  = 0o10
	ONOCR  = 0o20
	ONLRET = 0o40
	OFILL  = 0o100
	OFDEL  = 0o200
	TABDLY = 0o14000
	XTABS  = 0o14000
)

// Control modes, c_cflag.
const (
	B38400 = 0o17
	CSIZE  = 0o60
	CS8    = 0o60
	CREAD  = 0o200
	PARENB = 0o400
	HUPCL  = 0o2000
)

// Local modes, c_lflag.
const (
	ISIG    = 0o1
	ICANON  = 0o2
	ECHO    = 0o10
	ECHOE   = 0o20
	ECHOK   = 0o40
	ECHONL  = 0o100
	NOFLSH  = 0o200
	TOSTOP  = 0o400
	ECHOCTL = 0o1000
	ECHOPRT = 0o2000
	ECHOKE  = 0o4000
	FLUSHO  = 0o10000
	PENDIN  = 0o40000
	IEXTEN  = 0o100000
	EXTPROC = 0o200000
)

// Indexes into c_cc.
const (
	VINTR    = 0
	VQUIT    = 1
	VERASE   = 2
	VKILL    = 3
	VEOF     = 4
	VTIME    = 5
	VMIN     = 6
	VSWTC    = 7
	VSTART   = 8
	VSTOP    = 9
	VSUSP    = 10
	VEOL     = 11
	VREPRINT = 12
	VDISCARD = 13
	VWERASE  = 14
	VLNEXT   = 15
	VEOL2    = 16
	NCCS     = 19
)

// Requests of ioctl(2) on terminals. ioctl_tty(2); Linux include/uapi/asm-generic/ioctls.h
const (
	TCGETS     = 0x5401
	TCSETS     = 0x5402
	TCSETSW    = 0x5403
	TCSETSF    = 0x5404
	TCGETA     = 0x5405
	TCSETA     = 0x5406
	TCSETAW    = 0x5407
	TCSETAF    = 0x5408
	TCSBRK     = 0x5409
	TCXONC     = 0x540a
	TCFLSH     = 0x540b
	TIOCEXCL   = 0x540c
	TIOCNXCL   = 0x540d
	TIOCSCTTY  = 0x540e
	TIOCGPGRP  = 0x540f
	TIOCSPGRP  = 0x5410
	TIOCOUTQ   = 0x5411
	TIOCSTI    = 0x5412
	TIOCGWINSZ = 0x5413
	TIOCSWINSZ = 0x5414
	TIOCMGET   = 0x5415
	TIOCPKT    = 0x5420
	FIONREAD   = 0x541b
	FIONBIO    = 0x5421
	TIOCNOTTY  = 0x5422
	TIOCSETD   = 0x5423
	TIOCGETD   = 0x5424
	TCSBRKP    = 0x5425
	TIOCGSID   = 0x5429
	FIONCLEX   = 0x5450
	FIOCLEX    = 0x5451
	FIOASYNC   = 0x5452
	FIOQSIZE   = 0x5460

	TIOCVHANGUP = 0x5437
	TIOCGPTPEER = 0x5441
	TCGETS2     = 0x802c542a
	TCSETS2     = 0x402c542b
	TCSETSW2    = 0x402c542c
	TCSETSF2    = 0x402c542d
	TIOCGPTN    = 0x80045430
	TIOCSPTLCK  = 0x40045431
	TIOCGDEV    = 0x80045432
	TIOCSIG     = 0x40045436
	TIOCGPKT    = 0x80045438
	TIOCGPTLCK  = 0x80045439
	TIOCGEXCL   = 0x80045440
)

// What a master in packet mode reads first. ioctl_tty(2)
const (
	TIOCPKT_DATA       = 0
	TIOCPKT_FLUSHREAD  = 1
	TIOCPKT_FLUSHWRITE = 2
	TIOCPKT_STOP       = 4
	TIOCPKT_START      = 8
	TIOCPKT_NOSTOP     = 16
	TIOCPKT_DOSTOP     = 32
	TIOCPKT_IOCTL      = 64
)

// Arguments of TCFLSH and TCXONC.
const (
	TCIFLUSH  = 0
	TCOFLUSH  = 1
	TCIOFLUSH = 2
	TCOOFF    = 0
	TCOON     = 1
	TCIOFF    = 2
	TCION     = 3
)

// Termios is the kernel's struct termios, 36 bytes: TCGETS and TCSETS move it.
type Termios struct {
	Iflag, Oflag, Cflag, Lflag uint32
	Line                       uint8
	Cc                         [NCCS]uint8
}

// TermiosSize is its size in user memory.
const TermiosSize = 36

// Encode lays the structure out as a program sees it.
func (t *Termios) Encode() [TermiosSize]byte {
	var b [TermiosSize]byte
	binary.LittleEndian.PutUint32(b[0:], t.Iflag)
	binary.LittleEndian.PutUint32(b[4:], t.Oflag)
	binary.LittleEndian.PutUint32(b[8:], t.Cflag)
	binary.LittleEndian.PutUint32(b[12:], t.Lflag)
	b[16] = t.Line
	copy(b[17:], t.Cc[:])
	return b
}

// Decode reads what a program wrote.
func (t *Termios) Decode(b *[TermiosSize]byte) {
	t.Iflag = binary.LittleEndian.Uint32(b[0:])
	t.Oflag = binary.LittleEndian.Uint32(b[4:])
	t.Cflag = binary.LittleEndian.Uint32(b[8:])
	t.Lflag = binary.LittleEndian.Uint32(b[12:])
	t.Line = b[16]
	copy(t.Cc[:], b[17:])
}

// Winsize is struct winsize, 8 bytes.
type Winsize struct{ Row, Col, Xpixel, Ypixel uint16 }

// WinsizeSize is its size in user memory.
const WinsizeSize = 8

// Encode lays the structure out as a program sees it.
func (w Winsize) Encode() [WinsizeSize]byte {
	var b [WinsizeSize]byte
	binary.LittleEndian.PutUint16(b[0:], w.Row)
	binary.LittleEndian.PutUint16(b[2:], w.Col)
	binary.LittleEndian.PutUint16(b[4:], w.Xpixel)
	binary.LittleEndian.PutUint16(b[6:], w.Ypixel)
	return b
}

// Decode reads what a program wrote.
func (w *Winsize) Decode(b *[WinsizeSize]byte) {
	w.Row = binary.LittleEndian.Uint16(b[0:])
	w.Col = binary.LittleEndian.Uint16(b[2:])
	w.Xpixel = binary.LittleEndian.Uint16(b[4:])
	w.Ypixel = binary.LittleEndian.Uint16(b[6:])
}
