package tty

import "vitrine/kernel/abi"

// echo shows a typed character, control characters as ^X. Linux n_tty.c:echo_char
func (t *TTY) echo(c byte) {
	if t.lflag(abi.ECHOCTL) && isCntrl(c) && c != '\t' {
		t.emit('^')
		t.emit(c ^ 0o100)
		t.State.Column += 2
		return
	}
	t.echoRaw(c)
}

// echoRaw shows a character as a program's output would. Linux n_tty.c:echo_char_raw
func (t *TTY) echoRaw(c byte) {
	if c == 0xff { // n_tty's own escape byte, which its echo leaves unprocessed
		t.emit(c)
		t.State.Column++
		return
	}
	if t.oflag(abi.OPOST) {
		t.post(c)
		return
	}
	t.emit(c)
}

// noteColumn remembers where the line begins on the screen, for erasing tabs.
func (t *TTY) noteColumn() {
	if t.State.Canon == t.State.Head {
		t.State.CanonColumn = t.State.Column
	}
}

func (t *TTY) moveBack() {
	if t.State.Column > 0 {
		t.State.Column--
	}
}

// finishErasing closes the \…/ of ECHOPRT.
func (t *TTY) finishErasing() {
	if t.State.Erasing {
		t.State.Erasing = false
		t.echoRaw('/')
	}
}
