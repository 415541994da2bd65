package tty

import "vitrine/kernel/abi"

// Receive takes bytes from the serial line. Linux n_tty_receive_buf_common
func (t *TTY) Receive(p []byte) {
	s := t.State
	if room := MaxPending - len(s.Pending); len(p) > room {
		p = p[:room]
	}
	s.Pending = append(s.Pending, p...)
	t.admit()
}

// admit lets pending bytes into the buffer while there is room. What they echo leaves when all are in, so that ^S
// stops and ^C drops the echo of what came with it. Linux n_tty.c:flush_echoes
func (t *TTY) admit() {
	s := t.State
	n := 0
	if len(s.Held) == 0 {
		s.HeldColumn, s.HeldCanon = s.Column, s.CanonColumn
	}
	t.batch = true
	for n < len(s.Pending) && t.makeRoom() {
		c := s.Pending[n]
		n++
		t.receive(c)
	}
	t.batch = false
	t.release()
	s.Pending = s.Pending[n:]
	if len(s.Pending) == 0 {
		s.Pending = nil
	}
	t.push()
	if n > 0 && !t.lines() && s.Head != s.Tail {
		t.World.Wake(t.ReadKey())
	}
	if n > 0 && t.Pty != nil {
		t.World.Wake(MasterKey(s.Dev, true))
	}
}

// lines tells whether input is read line by line: EXTPROC leaves lines to the far end. Linux n_tty.c L_ICANON, L_EXTPROC
func (t *TTY) lines() bool { return t.lflag(abi.ICANON) && !t.lflag(abi.EXTPROC) }

// makeRoom tells whether one more byte may enter. A canonical line that fills the buffer without a newline takes
// further bytes in its last place, so that erasing and the newline still work.
func (t *TTY) makeRoom() bool {
	s := t.State
	room := int64(BufSize) - int64(s.Head-s.Tail)
	if t.iflag(abi.PARMRK) {
		room = (room + 2) / 3
	}
	room--
	if room > 0 {
		return true
	}
	if !t.lflag(abi.ICANON) || s.Canon != s.Tail {
		return false
	}
	if room < 0 {
		s.Head--
	}
	return true
}

// receive is one byte through the input modes. Linux n_tty_receive_buf_standard
func (t *TTY) receive(c byte) {
	s := t.State
	if t.lflag(abi.EXTPROC) && !t.iflag(abi.ISTRIP) && !(t.iflag(abi.IUCLC) && t.lflag(abi.IEXTEN)) {
		t.put(c)
		return
	}
	if t.iflag(abi.ISTRIP) {
		c &= 0x7f
	}
	if t.iflag(abi.IUCLC) && t.lflag(abi.IEXTEN) {
		c = toLower(c)
	}
	if s.LNext {
		s.LNext = false
		t.store(c)
		return
	}
	if t.flowControl(c) || t.signalChar(c) {
		return
	}
	if s.Stopped && t.iflag(abi.IXON) && t.iflag(abi.IXANY) {
		t.Start()
	}
	mapped := false
	switch {
	case c == '\r' && t.iflag(abi.IGNCR):
		return
	case c == '\r' && t.iflag(abi.ICRNL):
		c, mapped = '\n', true
	case c == '\n' && t.iflag(abi.INLCR):
		c = '\r'
	}
	if t.lflag(abi.ICANON) && t.editLine(c) {
		return
	}
	if mapped && t.lflag(abi.ECHO) { // a newline made from Enter is echoed as one, not as ^J
		t.finishErasing()
		t.echoRaw(c)
		t.put(c)
		return
	}
	t.store(c)
}

// flowControl handles ^S and ^Q.
func (t *TTY) flowControl(c byte) bool {
	if !t.iflag(abi.IXON) {
		return false
	}
	switch {
	case t.is(c, abi.VSTART):
		t.Start()
		s := t.State
		t.due, s.HeldColumn, s.HeldCanon = len(s.Held), s.Column, s.CanonColumn
	case t.is(c, abi.VSTOP):
		t.Stop()
	default:
		return false
	}
	return true
}

// signalChar handles ^C, ^\ and ^Z: a signal to the foreground process group. Linux n_tty_receive_signal_char
func (t *TTY) signalChar(c byte) bool {
	if !t.lflag(abi.ISIG) {
		return false
	}
	sig := 0
	switch {
	case t.is(c, abi.VINTR):
		sig = abi.SIGINT
	case t.is(c, abi.VQUIT):
		sig = abi.SIGQUIT
	case t.is(c, abi.VSUSP):
		sig = abi.SIGTSTP
	default:
		return false
	}
	if t.State.PGrp != 0 {
		t.World.SignalGroup(t.State.PGrp, sig)
	}
	if !t.lflag(abi.NOFLSH) {
		t.FlushOutput()
		t.FlushInput()
	}
	if t.iflag(abi.IXON) {
		t.Start()
	}
	if t.lflag(abi.ECHO) {
		t.echo(c)
	}
	return true
}

// editLine does what canonical mode does with a special character, and tells whether c was one.
func (t *TTY) editLine(c byte) bool {
	extended := t.lflag(abi.IEXTEN)
	switch {
	case t.is(c, abi.VERASE):
		t.erase(eraseChar)
	case t.is(c, abi.VKILL):
		t.erase(eraseLine)
	case extended && t.is(c, abi.VWERASE):
		t.erase(eraseWord)
	case extended && t.is(c, abi.VLNEXT):
		t.literalNext()
	case extended && t.lflag(abi.ECHO) && t.is(c, abi.VREPRINT):
		t.reprint(c)
	case c == '\n':
		if t.lflag(abi.ECHO | abi.ECHONL) {
			t.echoRaw('\n')
		}
		t.endLine(c)
	case t.is(c, abi.VEOF):
		t.endLine(0) // the mark itself is never read
	case t.is(c, abi.VEOL) || extended && t.is(c, abi.VEOL2):
		if t.lflag(abi.ECHO) {
			t.noteColumn()
			t.echo(c)
		}
		t.doubleFF(c)
		t.endLine(c)
	default:
		return false
	}
	return true
}

// literalNext is ^V.
func (t *TTY) literalNext() {
	t.State.LNext = true
	if !t.lflag(abi.ECHO) {
		return
	}
	t.finishErasing()
	if t.lflag(abi.ECHOCTL) {
		t.echoRaw('^')
		t.echoRaw('\b')
	}
}

// reprint is ^R: the line typed so far, once more.
func (t *TTY) reprint(c byte) {
	s := t.State
	t.finishErasing()
	t.echo(c)
	t.echoRaw('\n')
	for i := s.Canon; i != s.Head; i++ {
		t.echo(t.at(i))
	}
}

// store echoes an ordinary character and keeps it.
func (t *TTY) store(c byte) {
	if t.lflag(abi.ECHO) {
		t.finishErasing()
		t.noteColumn()
		t.echo(c)
	}
	t.doubleFF(c)
	t.put(c)
}

// doubleFF marks a byte 0xff as data where 0xff begins a parity mark. termios(3) PARMRK
func (t *TTY) doubleFF(c byte) {
	if c == 0xff && t.iflag(abi.PARMRK) {
		t.put(c)
	}
}

// endLine keeps c as the end of a line and lets readers have the line.
func (t *TTY) endLine(c byte) {
	s := t.State
	t.setEOL(s.Head)
	t.put(c)
	s.Canon = s.Head
	t.World.Wake(t.ReadKey())
}
