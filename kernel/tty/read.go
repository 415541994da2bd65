package tty

import "vitrine/kernel/abi"

// Ready tells whether a read would find something. Linux input_available_p
func (t *TTY) Ready() bool {
	s := t.State
	if t.lines() {
		return s.Canon != s.Tail
	}
	return s.Head != s.Tail
}

// PollReady tells whether poll(2) says readable: outside canonical mode VMIN counts, unless VTIME is set.
func (t *TTY) PollReady() bool {
	s := t.State
	need := uint64(1)
	if !t.lines() && s.Termios.Cc[abi.VTIME] == 0 && s.Termios.Cc[abi.VMIN] > 0 {
		need = uint64(s.Termios.Cc[abi.VMIN])
	}
	if t.lines() {
		return s.Canon != s.Tail
	}
	return s.Head-s.Tail >= need
}

// Rules is when a read ends. termios(3) "Canonical and noncanonical mode"
type Rules struct {
	Canonical bool
	Min       int   // bytes needed, at least 1; noncanonical only
	First     int64 // ns to wait for the first byte, 0 for ever; noncanonical with VMIN 0
	NoWait    bool  // do not wait for the first byte: VMIN 0 and VTIME 0
	Between   int64 // ns to wait between two bytes, 0 for ever; noncanonical with VMIN > 0
}

// tenth is VTIME's unit in ns.
const tenth = 100_000_000

// ReadRules says when a read that starts now will end.
func (t *TTY) ReadRules() Rules {
	if t.lflag(abi.ICANON) {
		return Rules{Canonical: true, Min: 1}
	}
	cc := &t.State.Termios.Cc
	min, time := int(cc[abi.VMIN]), int64(cc[abi.VTIME])*tenth
	if min == 0 {
		return Rules{Min: 1, First: time, NoWait: time == 0}
	}
	return Rules{Min: min, Between: time}
}

// Read takes typed bytes: in canonical mode at most one line, otherwise whatever is there. Zero bytes from a ready
// terminal are the end of file.
func (t *TTY) Read(p []byte) int {
	if len(p) == 0 || !t.Ready() {
		return 0
	}
	n := 0
	if t.lines() {
		n = t.readLine(p)
	} else {
		n = t.readRaw(p)
	}
	t.admit()
	return n
}

func (t *TTY) readRaw(p []byte) int {
	s := t.State
	n := 0
	for n < len(p) && s.Tail != s.Head {
		p[n] = t.at(s.Tail)
		s.Tail++
		n++
	}
	return n
}

// readLine takes up to and including the end of the line. Linux n_tty.c:canon_copy_from_read_buf
func (t *TTY) readLine(p []byte) int {
	s := t.State
	n := 0
	for n < len(p) && s.Tail != s.Canon {
		i := s.Tail
		s.Tail++
		c := t.at(i)
		if !t.isEOL(i) {
			p[n] = c
			n++
			continue
		}
		t.clearEOL(i)
		if c != 0 {
			p[n] = c
			n++
		}
		return n
	}
	t.skipEOF()
	return n
}

// skipEOF eats an end-of-file mark right behind a read that was filled to the last byte, so that the next read
// does not take it for the end of the file. Linux n_tty.c:canon_skip_eof
func (t *TTY) skipEOF() {
	s := t.State
	if s.Tail == s.Canon || !t.isEOL(s.Tail) || t.at(s.Tail) != 0 {
		return
	}
	t.clearEOL(s.Tail)
	s.Tail++
}

// InputCount is FIONREAD: bytes a program may read now. Linux n_tty.c:inq_canon
func (t *TTY) InputCount() int {
	s := t.State
	if !t.lines() {
		return int(s.Head - s.Tail)
	}
	n := 0
	for i := s.Tail; i != s.Canon; i++ {
		if !t.isEOL(i) || t.at(i) != 0 {
			n++
		}
	}
	return n
}
