package tty

import "vitrine/kernel/abi"

// Writable tells whether Write would take anything.
func (t *TTY) Writable() bool { return !t.State.Stopped }

// Write sends a program's output and returns how many bytes were taken: all, or none while output is stopped.
func (t *TTY) Write(p []byte) int {
	if t.State.Stopped {
		return 0
	}
	if !t.oflag(abi.OPOST) {
		for _, c := range p {
			t.World.Put(c)
		}
		return len(p)
	}
	for _, c := range p {
		t.post(c)
	}
	return len(p)
}

// post is one byte through the output modes. Linux n_tty.c:do_output_char
func (t *TTY) post(c byte) {
	s := &t.State
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

// emit lets a byte go, or holds it while output is stopped.
func (t *TTY) emit(c byte) {
	s := &t.State
	if !s.Stopped {
		t.World.Put(c)
		return
	}
	if len(s.Held) < MaxPending {
		s.Held = append(s.Held, c)
	}
}

// Stop holds output: ^S.
func (t *TTY) Stop() {
	s := &t.State
	if s.Stopped {
		return
	}
	s.Stopped = true
	s.HeldColumn, s.HeldCanon = s.Column, s.CanonColumn
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
	s := &t.State
	if !s.Stopped || s.Firmly {
		return
	}
	s.Stopped = false
	for _, c := range s.Held {
		t.World.Put(c)
	}
	s.Held = nil
	t.World.Wake(t.WriteKey())
}
