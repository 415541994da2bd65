package tty

import "vitrine/kernel/abi"

// The line that a terminal's output leaves on: the serial one, or a pseudo-terminal's.

// room is how many bytes the line takes now.
func (t *TTY) room() int {
	if t.Pty == nil {
		return MaxPending
	}
	return masterRoom - len(t.Pty.Out)
}

// send puts a byte on the line.
func (t *TTY) send(c byte) {
	if t.Pty == nil {
		t.World.Put(c)
		return
	}
	t.Pty.Out = append(t.Pty.Out, c)
	t.sent = true
}

// push wakes the master's reader, once for all that was sent in a call.
func (t *TTY) push() {
	if t.sent {
		t.sent = false
		t.World.Wake(MasterKey(t.State.Dev, false))
	}
}

// roomAgain follows a read of the master: held echo goes on, writers may.
func (t *TTY) roomAgain() {
	t.release()
	t.push()
	t.World.Wake(t.WriteKey())
}

// Unthrottle lets in what waited for room. Linux tty_ioctl.c:tty_unthrottle
func (t *TTY) Unthrottle() { t.admit() }

// Drop forgets what the master has not read.
func (t *TTY) Drop() {
	t.Pty.Out = nil
	t.roomAgain()
}

// release sends what was held, as far as the line takes it.
func (t *TTY) release() {
	s := t.State
	n := 0
	for n < len(s.Held) && (!s.Stopped || n < t.due) && t.room() > 0 {
		t.send(s.Held[n])
		n++
	}
	t.due = 0
	s.Held = s.Held[n:]
	if len(s.Held) == 0 {
		s.Held = nil
	}
}

// tell notes a change for a master in packet mode. ioctl_tty(2) TIOCPKT
func (t *TTY) tell(off, on uint8) {
	if t.Pty == nil || !t.Pty.Packet {
		return
	}
	t.Pty.Status = t.Pty.Status&^off | on
	t.World.Wake(MasterKey(t.State.Dev, false))
}

// tellTermios notes whether ^S and ^Q are flow control, and any change under EXTPROC.
// Linux drivers/tty/pty.c:pty_set_termios
func (t *TTY) tellTermios(old *abi.Termios) {
	now := &t.State.Termios
	was, is := flows(old), flows(now)
	switch {
	case is && !was:
		t.tell(abi.TIOCPKT_NOSTOP, abi.TIOCPKT_DOSTOP)
	case was && !is:
		t.tell(abi.TIOCPKT_DOSTOP, abi.TIOCPKT_NOSTOP)
	}
	if (old.Lflag|now.Lflag)&abi.EXTPROC != 0 {
		t.tell(0, abi.TIOCPKT_IOCTL)
	}
}

// flows tells whether ^S stops output and ^Q starts it.
func flows(ts *abi.Termios) bool {
	return ts.Iflag&abi.IXON != 0 && ts.Cc[abi.VSTOP] == 'S'&31 && ts.Cc[abi.VSTART] == 'Q'&31
}
