package tty

// Background tells whether process group pgrp of the controlled session is not the foreground one: its reads get
// SIGTTIN, its changes (and with TOSTOP its writes) SIGTTOU. Linux tty_jobctrl.c:__tty_check_change
func (t *TTY) Background(pgrp int32) bool { return t.State.PGrp != 0 && t.State.PGrp != pgrp }

// Claim makes the terminal the controlling one of a session, whose leader's group comes to the foreground.
// Linux tty_jobctrl.c:__proc_set_tty
func (t *TTY) Claim(session, pgrp int32) {
	t.State.Session = session
	t.State.PGrp = pgrp
}

// Hangup cuts the line: what was typed and not read is gone, and so is everything for files opened before. The settings
// are the first ones again. Linux tty_io.c:__tty_hangup, tty_ldisc.c:tty_ldisc_hangup
func (t *TTY) Hangup() {
	s := t.State
	s.Hangups++
	s.Session, s.PGrp = 0, 0
	s.Stopped, s.Firmly, s.Held, s.Pending = false, false, nil, nil
	t.FlushInput()
	if t.Pty != nil {
		s.Termios = ptyTermios
		t.Pty.Status = 0
		t.World.Wake(MasterKey(s.Dev, true))
	}
	t.World.Wake(t.ReadKey())
	t.World.Wake(t.WriteKey())
}
