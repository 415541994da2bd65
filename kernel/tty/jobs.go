package tty

import "vitrine/kernel/abi"

// Background tells whether process group pgrp of the controlled session is not the foreground one: its reads get
// SIGTTIN, its changes (and with TOSTOP its writes) SIGTTOU. Linux tty_jobctrl.c:__tty_check_change
func (t *TTY) Background(pgrp int32) bool { return t.State.PGrp != 0 && t.State.PGrp != pgrp }

// Claim makes the terminal the controlling one of a session, whose leader's group comes to the foreground.
// Linux tty_jobctrl.c:__proc_set_tty
func (t *TTY) Claim(session, pgrp int32) {
	t.State.Session = session
	t.State.PGrp = pgrp
}

// Release ends the terminal's control of its session, whose leader exits or lets go of it; the foreground group
// is hung up. Linux tty_jobctrl.c:disassociate_ctty
func (t *TTY) Release() {
	pgrp := t.State.PGrp
	t.State.Session, t.State.PGrp = 0, 0
	if pgrp != 0 {
		t.World.SignalGroup(pgrp, abi.SIGHUP)
		t.World.SignalGroup(pgrp, abi.SIGCONT)
	}
}
