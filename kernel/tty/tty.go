package tty

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// World is what terminals need of the rest of the machine.
type World interface {
	Put(b byte)                      // a byte leaves on the serial line
	Wake(k wait.Key)                 // the readers or the writers may go on
	SignalGroup(pgrp int32, sig int) // kill_pgrp
}

// BufSize is how much typed input the terminal keeps. Linux N_TTY_BUF_SIZE
const BufSize = 4096

// MaxPending bounds the input that waits because the buffer is full, and the echo that waits because output is
// stopped. What comes after is lost, as on a line without flow control.
const MaxPending = 64 << 10

// Terminal is one terminal's plain data. Head, Tail and Canon count bytes since the last flush; Buf is used modulo its size.
type Terminal struct {
	Dev     uint32 // device number, and the ID in its wait keys
	Termios abi.Termios
	Winsize abi.Winsize

	Session int32 // the session it controls, 0 none
	PGrp    int32 // the foreground process group, 0 none

	Buf   [BufSize]byte
	EOL   [BufSize / 64]uint64 // bit set: this byte ends a line
	Head  uint64               // next byte typed goes here
	Tail  uint64               // next byte to be read
	Canon uint64               // end of the last complete line

	Column      uint32 // where the cursor stands
	CanonColumn uint32 // where it stood when the line began

	LNext   bool // the next character is taken literally
	Erasing bool // between \ and / of ECHOPRT
	Stopped bool // output stopped by ^S or TCOOFF
	Firmly  bool // by TCOOFF: only TCOON starts it again

	Exclusive bool   // TIOCEXCL: only root opens it again
	Hangups   uint32 // how often it was hung up: files opened before are dead

	Pending []byte // received but not yet let into Buf, which is full
	Held    []byte // echo that waits for output to start again

	HeldColumn, HeldCanon uint32 // Column and CanonColumn when output stopped
}

// TTY is a terminal with its wiring. Pty is what is at the other end of the line, nil for the serial one.
type TTY struct {
	State *Terminal
	World World
	Pty   *Pty

	sent  bool // within one call: Pty got something to read
	batch bool // within one call: echo is held until all input is in
	due   int  // within one call: so much of the held echo leaves even if output is stopped again
}

// StdTermios is how a terminal starts. Linux tty_std_termios
var StdTermios = abi.Termios{
	Iflag: abi.ICRNL | abi.IXON,
	Oflag: abi.OPOST | abi.ONLCR,
	Cflag: abi.B38400 | abi.CS8 | abi.CREAD | abi.HUPCL,
	Lflag: abi.ISIG | abi.ICANON | abi.ECHO | abi.ECHOE | abi.ECHOK | abi.ECHOCTL | abi.ECHOKE | abi.IEXTEN,
	Cc: [abi.NCCS]uint8{
		abi.VINTR: 'C' & 31, abi.VQUIT: '\\' & 31, abi.VERASE: 0x7f, abi.VKILL: 'U' & 31, abi.VEOF: 'D' & 31,
		abi.VMIN: 1, abi.VSTART: 'Q' & 31, abi.VSTOP: 'S' & 31, abi.VSUSP: 'Z' & 31,
		abi.VREPRINT: 'R' & 31, abi.VDISCARD: 'O' & 31, abi.VWERASE: 'W' & 31, abi.VLNEXT: 'V' & 31,
	},
}

// New returns a terminal with Linux's first settings.
func New(dev uint32, w World) *TTY {
	return &TTY{State: &Terminal{Dev: dev, Termios: StdTermios, Winsize: abi.Winsize{Row: 24, Col: 80}}, World: w}
}

// ReadKey is what readers sleep on.
func (t *TTY) ReadKey() wait.Key { return wait.Key{Kind: wait.TTYRead, ID: uint64(t.State.Dev)} }

// WriteKey is what writers sleep on.
func (t *TTY) WriteKey() wait.Key { return wait.Key{Kind: wait.TTYWrite, ID: uint64(t.State.Dev)} }

func (t *TTY) iflag(bits uint32) bool { return t.State.Termios.Iflag&bits != 0 }
func (t *TTY) oflag(bits uint32) bool { return t.State.Termios.Oflag&bits != 0 }
func (t *TTY) lflag(bits uint32) bool { return t.State.Termios.Lflag&bits != 0 }

// is tells whether c is the control character with this index of c_cc. NUL in c_cc disables it.
func (t *TTY) is(c byte, index int) bool { return c != 0 && c == t.State.Termios.Cc[index] }

func (t *TTY) at(i uint64) byte { return t.State.Buf[i%BufSize] }

func (t *TTY) put(c byte) {
	t.State.Buf[t.State.Head%BufSize] = c
	t.State.Head++
}

func (t *TTY) isEOL(i uint64) bool { return t.State.EOL[i%BufSize/64]>>(i%64)&1 != 0 }
func (t *TTY) setEOL(i uint64)     { t.State.EOL[i%BufSize/64] |= 1 << (i % 64) }
func (t *TTY) clearEOL(i uint64)   { t.State.EOL[i%BufSize/64] &^= 1 << (i % 64) }

// FlushInput forgets everything typed. Linux n_tty_flush_buffer
func (t *TTY) FlushInput() {
	s := t.State
	t.tell(0, abi.TIOCPKT_FLUSHREAD)
	s.Head, s.Tail, s.Canon = 0, 0, 0
	s.EOL = [BufSize / 64]uint64{}
	s.LNext, s.Erasing = false, false
}

// FlushOutput forgets echo that has not left yet, and that it would have moved the cursor; on a pseudo-terminal also
// what is on its way and has not reached the master's buffer. Linux drivers/tty/pty.c:pty_flush_buffer
func (t *TTY) FlushOutput() {
	s := t.State
	if s.Stopped || len(s.Held) > 0 {
		s.Column, s.CanonColumn = s.HeldColumn, s.HeldCanon
	}
	s.Held, t.due = nil, 0
	t.tell(0, abi.TIOCPKT_FLUSHWRITE)
	if p := t.Pty; p != nil && len(p.Out) > masterBuf {
		p.Out = p.Out[:masterBuf]
	}
}
