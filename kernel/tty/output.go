package tty

import "vitrine/kernel/abi"

// Writable tells whether Write would take anything.
func (t *TTY) Writable() bool { return !t.State.Stopped && t.room() > 0 }

// Write sends a program's output and returns how many bytes were taken: none while output is stopped, fewer than all
// when the line has no more room.
func (t *TTY) Write(p []byte) int {
	n := 0
	for n < len(p) && t.Writable() {
		if !t.oflag(abi.OPOST) {
			t.send(p[n])
		} else if t.room() < t.width(p[n]) {
			break
		} else {
			t.post(p[n])
		}
		n++
	}
	t.push()
	return n
}

// width is how many bytes a byte becomes.
func (t *TTY) width(c byte) int {
	switch {
	case c == '\n' && t.oflag(abi.ONLCR):
		return 2
	case c == '\t' && t.State.Termios.Oflag&abi.TABDLY == abi.XTABS:
		return int(8 - t.State.Column&7)
	}
	return 1
}

// post is one byte through the output modes. Linux n_tty.c:do_output_char
func (t *TTY) post(c byte) {
	s := t.State
	switch c {
	case '\n':
		if t.oflag(abi.ONLRET) {
			s.Column = 0
		}
		if t.oflag(abi.ONLCR) {
			s.Column, s.CanonColumn = 0, 0
			t.emit('\r')
			break
		}
		s.CanonColumn = s.Column
	case '\r':
		if t.oflag(abi.ONOCR) && s.Column == 0 {
			return
		}
		if !t.oflag(abi.OCRNL) {
			s.Column, s.CanonColumn = 0, 0
			break
		}
		c = '\n'
		if t.oflag(abi.ONLRET) {
			s.Column, s.CanonColumn = 0, 0
		}
	case '\t':
		n := 8 - s.Column&7
		s.Column += n
		if s.Termios.Oflag&abi.TABDLY == abi.XTABS {
			for ; n > 0; n-- {
				t.emit(' ')
			}
			return
		}
	case '\b':
		t.moveBack()
	default:
		if isCntrl(c) {
			break
		}
		if t.oflag(abi.OLCUC) {
			c = toUpper(c)
		}
		if !t.continuation(c) {
			s.Column++
		}
	}
	t.emit(c)
}

// emit lets a byte go, or holds it while output is stopped or the line is full.
func (t *TTY) emit(c byte) {
	s := t.State
	if !t.batch && !s.Stopped && t.room() > 0 {
		t.send(c)
		return
	}
	if len(s.Held) < MaxPending {
		s.Held = append(s.Held, c)
	}
}

// Stop holds output: ^S.
func (t *TTY) Stop() {
	s := t.State
	if s.Stopped {
		return
	}
	s.Stopped = true
	if len(s.Held) == 0 {
		s.HeldColumn, s.HeldCanon = s.Column, s.CanonColumn
	}
	t.tell(abi.TIOCPKT_START, abi.TIOCPKT_STOP)
}

// StopFirmly is TCOOFF, StartFirmly TCOON. Linux tty_ioctl.c:n_tty_ioctl_helper
func (t *TTY) StopFirmly() {
	t.Stop()
	t.State.Firmly = true
}

// StartFirmly undoes StopFirmly, and nothing else.
func (t *TTY) StartFirmly() {
	if t.State.Firmly {
		t.State.Firmly = false
		t.Start()
	}
}

// Start lets output go on: ^Q. Linux tty_io.c:start_tty
func (t *TTY) Start() {
	s := t.State
	if !s.Stopped || s.Firmly {
		return
	}
	s.Stopped = false
	t.tell(abi.TIOCPKT_STOP, abi.TIOCPKT_START)
	if !t.batch {
		t.release()
		t.push()
	}
	t.World.Wake(t.WriteKey())
}

// SendChar puts one of the flow control characters on the line, even while output is stopped.
// Linux tty_io.c:tty_send_xchar
func (t *TTY) SendChar(c byte) {
	t.send(c)
	t.push()
}
