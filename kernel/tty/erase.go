package tty

import "vitrine/kernel/abi"

// How much one editing character takes away.
type eraseKind uint8

const (
	eraseChar eraseKind = iota
	eraseWord
	eraseLine
)

// erase takes characters from the end of the line being typed, on the screen too. Linux n_tty.c:eraser
func (t *TTY) erase(kind eraseKind) {
	s := t.State
	if s.Head == s.Canon {
		return
	}
	if kind == eraseLine && !t.killsVisibly() {
		return
	}
	inWord := false
	for s.Head != s.Canon {
		head, whole := t.lastChar()
		if !whole {
			break
		}
		c := t.at(head)
		if kind == eraseWord {
			if isAlnum(c) || c == '_' {
				inWord = true
			} else if inWord {
				break
			}
		}
		size := s.Head - head
		s.Head = head
		if t.lflag(abi.ECHO) {
			t.echoErased(kind, c, head, size)
		}
		if kind == eraseChar {
			break
		}
	}
	if s.Head == s.Canon && t.lflag(abi.ECHO) {
		t.finishErasing()
	}
}

// lastChar finds where the last character begins; it may have several bytes. whole is false when only the tail of
// one is there, which is not erased.
func (t *TTY) lastChar() (head uint64, whole bool) {
	s := t.State
	head = s.Head
	for {
		head--
		if !t.continuation(t.at(head)) {
			return head, true
		}
		if head == s.Canon {
			return head, false
		}
	}
}

// killsVisibly tells whether the kill character rubs the line out. Otherwise it is echoed itself, or nothing is.
func (t *TTY) killsVisibly() bool {
	s := t.State
	if !t.lflag(abi.ECHO) {
		s.Head = s.Canon
		return false
	}
	if t.lflag(abi.ECHOK) && t.lflag(abi.ECHOKE) && t.lflag(abi.ECHOE) {
		return true
	}
	s.Head = s.Canon
	t.finishErasing()
	t.echo(s.Termios.Cc[abi.VKILL])
	if t.lflag(abi.ECHOK) {
		t.echoRaw('\n')
	}
	return false
}

// echoErased shows that the character c, of size bytes at head, is gone.
func (t *TTY) echoErased(kind eraseKind, c byte, head, size uint64) {
	s := t.State
	switch {
	case t.lflag(abi.ECHOPRT):
		if !s.Erasing {
			s.Erasing = true
			t.echoRaw('\\')
		}
		t.echo(c)
		for i := uint64(1); i < size; i++ {
			t.echoRaw(t.at(head + i))
			t.moveBack()
		}
	case kind == eraseChar && !t.lflag(abi.ECHOE):
		t.echo(s.Termios.Cc[abi.VERASE])
	case c == '\t':
		t.eraseTab()
	default:
		if isCntrl(c) && t.lflag(abi.ECHOCTL) {
			t.rubOut()
		}
		if !isCntrl(c) || t.lflag(abi.ECHOCTL) {
			t.rubOut()
		}
	}
}

func (t *TTY) rubOut() {
	t.echoRaw('\b')
	t.echoRaw(' ')
	t.echoRaw('\b')
}

// eraseTab moves back over a tab: as many columns as it had filled, counted from the tab before it or from the
// column where the line began. Linux n_tty.c:echo_erase_tab
func (t *TTY) eraseTab() {
	s := t.State
	columns, afterTab := uint32(0), false
	for i := s.Head; i != s.Canon; {
		i--
		c := t.at(i)
		if c == '\t' {
			afterTab = true
			break
		}
		if isCntrl(c) {
			if t.lflag(abi.ECHOCTL) {
				columns += 2
			}
		} else if !t.continuation(c) {
			columns++
		}
	}
	columns &= 7
	if !afterTab {
		columns += s.CanonColumn
	}
	for n := 8 - columns&7; n > 0; n-- {
		t.emit('\b')
		if s.Column > 0 {
			s.Column--
		}
	}
}

// continuation tells whether c is a further byte of a UTF-8 character, on a terminal that knows UTF-8.
func (t *TTY) continuation(c byte) bool { return t.iflag(abi.IUTF8) && c&0xc0 == 0x80 }
