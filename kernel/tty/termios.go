package tty

import "vitrine/kernel/abi"

// SetTermios changes the settings. Linux n_tty.c:n_tty_set_termios
func (t *TTY) SetTermios(new abi.Termios) {
	s := t.State
	old := s.Termios
	new.Line = old.Line
	if t.Pty != nil { // a pseudo-terminal has no other sizes of characters, and no parity
		new.Cflag = new.Cflag&^(abi.CSIZE|abi.PARENB) | abi.CS8 | abi.CREAD
	}
	s.Termios = new
	if (old.Lflag^new.Lflag)&(abi.ICANON|abi.EXTPROC) != 0 {
		t.changeMode()
	}
	t.tellTermios(&old)
	if old.Iflag&abi.IXON != 0 && new.Iflag&abi.IXON == 0 {
		t.Start() // or nobody could
	}
	t.admit()
	t.World.Wake(t.ReadKey())
	t.World.Wake(t.WriteKey())
}

// changeMode keeps what was typed across a change between canonical and raw mode: on the way to canonical mode it
// becomes one line.
func (t *TTY) changeMode() {
	s := t.State
	s.EOL = [BufSize / 64]uint64{}
	s.Erasing, s.LNext = false, false
	if !t.lflag(abi.ICANON) || s.Head == s.Tail {
		s.Canon = s.Tail
		return
	}
	t.setEOL(s.Head - 1)
	s.Canon = s.Head
}

// SetWinsize changes the window's size and tells the foreground process group. Linux tty_do_resize
func (t *TTY) SetWinsize(w abi.Winsize) {
	s := t.State
	if s.Winsize == w {
		return
	}
	s.Winsize = w
	if s.PGrp != 0 {
		t.World.SignalGroup(s.PGrp, abi.SIGWINCH)
	}
}
