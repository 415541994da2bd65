package kernel

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
)

// Controlling terminals: which terminal a session has, and what becomes of the session when one of them ends.

// SetTTY makes a terminal the controlling one of t's session; t leads it. Linux drivers/tty/tty_jobctrl.c:__proc_set_tty
func (k *Kernel) SetTTY(t *Task, term *tty.TTY) {
	term.Claim(t.SID, t.PGID)
	p := k.Process(t)
	p.TTY, p.OldPGrp = term.State.Dev, 0
}

// ClearSessionTTY takes its terminal from every process of a session. Linux drivers/tty/tty_jobctrl.c:session_clear_tty
func (k *Kernel) ClearSessionTTY(sid int32) {
	k.ForEachTask(func(t *Task) bool {
		if t.SID == sid && t.Leader() && t.PID != 0 {
			k.Process(t).TTY = 0
		}
		return true
	})
}

// Disassociate ends what a session and its terminal have to do with each other: the leader t exits, or gives the
// terminal up. A leader that exits hangs up a serial line; of a pseudo-terminal only the foreground group is told.
// Linux drivers/tty/tty_jobctrl.c:disassociate_ctty
func (k *Kernel) Disassociate(t *Task, exits bool) {
	p := k.Process(t)
	term := k.Terms.Find(p.TTY)
	if p.TTY == 0 || term == nil {
		if old := p.OldPGrp; exits && old != 0 {
			p.OldPGrp = 0
			k.hangupGroup(old)
			k.SendSignalGroup(old, Siginfo{Signo: abi.SIGCONT, Code: abi.SI_KERNEL})
		}
		return
	}
	switch pgrp := term.State.PGrp; {
	case exits && term.Pty == nil:
		k.hangup(term, true)
	case pgrp != 0:
		k.hangupGroup(pgrp)
		if !exits {
			k.SendSignalGroup(pgrp, Siginfo{Signo: abi.SIGCONT, Code: abi.SI_KERNEL})
		}
	}
	if term.State.Session == t.SID {
		term.State.Session, term.State.PGrp = 0, 0
	}
	k.ClearSessionTTY(t.SID)
}

func (k *Kernel) hangupGroup(pgrp int32) {
	k.SendSignalGroup(pgrp, Siginfo{Signo: abi.SIGHUP, Code: abi.SI_KERNEL})
}

// Hangup cuts a terminal's line: files opened before are dead, the session loses it and its leader is told.
// vhangup(2); Linux drivers/tty/tty_io.c:__tty_hangup
func (k *Kernel) Hangup(term *tty.TTY) { k.hangup(term, false) }

// hangup tells the foreground group too when the session itself ends.
func (k *Kernel) hangup(term *tty.TTY, sessionEnds bool) {
	s := term.State
	session, pgrp := s.Session, s.PGrp
	if session != 0 {
		k.ForEachTask(func(t *Task) bool {
			if t.SID == session && t.Leader() && t.PID != 0 {
				k.losesTTY(t, s.Dev, pgrp)
			}
			return true
		})
	}
	if pgrp != 0 && sessionEnds {
		k.hangupGroup(pgrp)
	}
	term.Hangup()
}

// losesTTY is a hang-up for one process of the session. Linux drivers/tty/tty_jobctrl.c:tty_signal_session_leader
func (k *Kernel) losesTTY(t *Task, dev uint32, pgrp int32) {
	p := k.Process(t)
	if p.TTY == dev {
		p.TTY = 0
	}
	if t.SID != t.PID {
		return
	}
	k.SendSignalProcess(t, Siginfo{Signo: abi.SIGHUP, Code: abi.SI_KERNEL})
	k.SendSignalProcess(t, Siginfo{Signo: abi.SIGCONT, Code: abi.SI_KERNEL})
	if pgrp != 0 {
		p.OldPGrp = pgrp
	}
}
