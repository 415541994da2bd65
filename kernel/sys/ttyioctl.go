package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
)

// ttyIoctl is ioctl(2) on a terminal; settings asked of a master are its slave's. Linux drivers/tty/tty_io.c:tty_ioctl
func ttyIoctl(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, cmd uint32, arg uint64) (int64, abi.Errno) {
	x := terminalOf(k, k.VFS.File(f))
	if x.dead {
		if cmd == abi.TIOCSPGRP {
			return 0, abi.ENOTTY
		}
		return 0, abi.EIO
	}
	if x.master() {
		if e, ok := masterIoctl(k, t, &x, cmd, arg); ok {
			return 0, e
		}
	}
	s := x.State
	switch cmd {
	case abi.TIOCGWINSZ:
		b := s.Winsize.Encode()
		return done(k.CopyOut(t, arg, b[:]))
	case abi.TIOCSWINSZ:
		return setWinsize(k, t, x.TTY, arg)
	case abi.TIOCGEXCL:
		return done(k.WriteU32(t, arg, uint32(toInt(s.Exclusive))))
	case abi.TIOCEXCL, abi.TIOCNXCL:
		s.Exclusive = cmd == abi.TIOCEXCL
		return 0, abi.OK
	case abi.TIOCGDEV:
		return done(k.WriteU32(t, arg, s.Dev))
	case abi.TIOCSTI:
		return pushInput(k, t, &x, arg)
	case abi.TIOCVHANGUP:
		if !t.Capable(abi.CAP_SYS_ADMIN) {
			return 0, abi.EPERM
		}
		k.Hangup(x.TTY)
		return 0, abi.OK
	case abi.TIOCGPTPEER:
		return openPeer(k, t, &x, uint32(arg))
	case abi.TIOCGPGRP, abi.TIOCGSID, abi.TIOCSPGRP, abi.TIOCSCTTY, abi.TIOCNOTTY:
		return jobIoctl(k, t, &x, f, cmd, arg)
	}
	return lineIoctl(k, t, &x, cmd, arg)
}

// lineIoctl is what the line discipline serves. Linux drivers/tty/n_tty.c:n_tty_ioctl, tty_ioctl.c:tty_mode_ioctl
func lineIoctl(k *kernel.Kernel, t *kernel.Task, x *terminal, cmd uint32, arg uint64) (int64, abi.Errno) {
	switch cmd {
	case abi.TCGETS:
		b := x.State.Termios.Encode()
		return done(k.CopyOut(t, arg, b[:]))
	case abi.TCGETS2:
		b := x.State.Termios.Encode()
		return done(k.CopyOut(t, arg, append(b[:], speeds...)))
	case abi.TCSETS, abi.TCSETSW, abi.TCSETS2, abi.TCSETSW2:
		return setTermios(k, t, x.TTY, false, arg)
	case abi.TCSETSF, abi.TCSETSF2:
		return setTermios(k, t, x.TTY, true, arg)
	case abi.TCGETA:
		return done(k.CopyOut(t, arg, encodeTermio(&x.State.Termios)))
	case abi.TCSETA, abi.TCSETAW, abi.TCSETAF:
		return setTermio(k, t, x.TTY, cmd == abi.TCSETAF, arg)
	case abi.FIONREAD:
		if x.master() {
			return done(k.WriteU32(t, arg, uint32(min(len(x.Pty.Out), tty.BufSize))))
		}
		return done(k.WriteU32(t, arg, uint32(x.InputCount())))
	case abi.TIOCOUTQ, abi.TIOCGETD:
		return done(k.WriteU32(t, arg, 0)) // output has left; the line discipline is N_TTY
	case abi.TIOCSETD:
		n, e := k.ReadU32(t, arg)
		if e == abi.OK && n != 0 {
			e = abi.EINVAL
		}
		return 0, e
	case abi.TCFLSH, abi.TCXONC, abi.TCSBRK, abi.TCSBRKP:
		return ttyFlow(k, t, x, cmd, arg)
	}
	return 0, abi.ENOTTY
}

// speeds are c_ispeed and c_ospeed of struct termios2: 38400 both.
var speeds = []byte{0, 0x96, 0, 0, 0, 0x96, 0, 0}

func setTermios(k *kernel.Kernel, t *kernel.Task, x *tty.TTY, flush bool, arg uint64) (int64, abi.Errno) {
	if e := ttyChange(k, t, x, abi.SIGTTOU); e != abi.OK {
		return 0, e
	}
	var b [abi.TermiosSize]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	var ts abi.Termios
	ts.Decode(&b)
	if flush {
		x.FlushInput()
	}
	x.SetTermios(ts)
	return 0, abi.OK
}

// encodeTermio lays out the older struct termio: 16-bit modes and 8 control characters.
func encodeTermio(ts *abi.Termios) []byte {
	var p packer
	for _, flags := range []uint32{ts.Iflag, ts.Oflag, ts.Cflag, ts.Lflag} {
		p.u16(uint16(flags))
	}
	p.b = append(p.b, ts.Line)
	p.b = append(p.b, ts.Cc[:8]...)
	p.pad(1)
	return p.b
}

// setTermio changes the lower halves of the modes and the first 8 control characters.
func setTermio(k *kernel.Kernel, t *kernel.Task, x *tty.TTY, flush bool, arg uint64) (int64, abi.Errno) {
	if e := ttyChange(k, t, x, abi.SIGTTOU); e != abi.OK {
		return 0, e
	}
	var b [18]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	ts := x.State.Termios
	for i, flags := range []*uint32{&ts.Iflag, &ts.Oflag, &ts.Cflag, &ts.Lflag} {
		*flags = *flags&^0xffff | uint32(binary.LittleEndian.Uint16(b[2*i:]))
	}
	copy(ts.Cc[:8], b[9:17])
	if flush {
		x.FlushInput()
	}
	x.SetTermios(ts)
	return 0, abi.OK
}

func setWinsize(k *kernel.Kernel, t *kernel.Task, x *tty.TTY, arg uint64) (int64, abi.Errno) {
	var b [abi.WinsizeSize]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	var w abi.Winsize
	w.Decode(&b)
	x.SetWinsize(w)
	return 0, abi.OK
}

// ttyFlow is tcflush(3), tcflow(3), tcdrain(3) and tcsendbreak(3).
func ttyFlow(k *kernel.Kernel, t *kernel.Task, x *terminal, cmd uint32, arg uint64) (int64, abi.Errno) {
	if x.master() {
		return masterFlow(k, x, cmd, arg)
	}
	if e := ttyChange(k, t, x.TTY, abi.SIGTTOU); e != abi.OK {
		return 0, e
	}
	if cmd == abi.TCSBRK || cmd == abi.TCSBRKP {
		return 0, abi.OK
	}
	if arg > abi.TCION || cmd == abi.TCFLSH && arg > abi.TCIOFLUSH {
		return 0, abi.EINVAL
	}
	if cmd == abi.TCFLSH {
		if arg != abi.TCOFLUSH {
			x.FlushInput()
			x.Unthrottle()
		}
		if arg != abi.TCIFLUSH {
			x.FlushOutput()
		}
		return 0, abi.OK
	}
	cc := &x.State.Termios.Cc
	switch arg {
	case abi.TCOOFF:
		x.StopFirmly()
	case abi.TCOON:
		x.StartFirmly()
	case abi.TCIOFF:
		x.SendChar(cc[abi.VSTOP])
	case abi.TCION:
		x.SendChar(cc[abi.VSTART])
	}
	return 0, abi.OK
}

// masterFlow is the same on a master: what it has not read is flushed, or flow control characters are typed at the slave.
func masterFlow(k *kernel.Kernel, x *terminal, cmd uint32, arg uint64) (int64, abi.Errno) {
	switch {
	case cmd == abi.TCSBRK || cmd == abi.TCSBRKP:
	case arg > abi.TCION || cmd == abi.TCFLSH && arg > abi.TCIOFLUSH:
		return 0, abi.EINVAL
	case cmd == abi.TCFLSH && arg != abi.TCOFLUSH:
		x.Drop()
	case cmd == abi.TCXONC && arg == abi.TCIOFF:
		x.Receive([]byte{tty.StdTermios.Cc[abi.VSTOP]})
	case cmd == abi.TCXONC && arg == abi.TCION:
		x.Receive([]byte{tty.StdTermios.Cc[abi.VSTART]})
	}
	return 0, abi.OK
}

// pushInput is TIOCSTI: a byte as if typed.
func pushInput(k *kernel.Kernel, t *kernel.Task, x *terminal, arg uint64) (int64, abi.Errno) {
	if (x.master() || !controls(k, t, x.TTY)) && !t.Capable(abi.CAP_SYS_ADMIN) {
		return 0, abi.EPERM
	}
	var b [1]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	if x.master() {
		x.SendChar(b[0])
		return 0, abi.OK
	}
	x.Receive(b[:])
	return 0, abi.OK
}
