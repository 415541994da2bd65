package term

import "unicode/utf8"

// state of the parser between two bytes (ECMA-48 "Control functions").
type state uint8

const (
	ground state = iota
	escape
	escapeInter // ESC and intermediate bytes: charset designation
	csi
	osc
	oscEscape
	swallow // DCS, SOS, PM, APC: read until ST and ignored
	swallowEscape
)

const (
	maxParams = 32
	maxOSC    = 256
)

type parser struct {
	state   state
	params  [maxParams]int
	n       int  // parameters begun
	private byte // '?', '>', '<', '=' after CSI
	inter   byte
	osc     []byte
	utf     [utf8.UTFMax]byte
	utfLen  int
}

// Write feeds bytes to the terminal. It never fails; what it does not understand it ignores.
func (s *Screen) Write(p []byte) (int, error) {
	for _, b := range p {
		s.fed++
		s.feed(b)
	}
	return len(p), nil
}

func (s *Screen) feed(b byte) {
	p := &s.parser
	if p.state == ground {
		s.feedGround(b)
		return
	}
	if b == 0x18 || b == 0x1a { // CAN, SUB abort any sequence
		p.state = ground
		return
	}
	switch p.state {
	case escape:
		s.feedEscape(b)
	case escapeInter:
		s.designate(p.inter, b)
		p.state = ground
	case csi:
		s.feedCSI(b)
	case osc:
		s.feedOSC(b)
	case oscEscape:
		s.endOSC()
		p.state = ground
		if b != '\\' {
			s.feed(b)
		}
	case swallow:
		if b == 0x1b {
			p.state = swallowEscape
		}
	case swallowEscape:
		p.state = swallow
		if b == '\\' {
			p.state = ground
		}
	}
}

func (s *Screen) feedGround(b byte) {
	p := &s.parser
	switch {
	case b < 0x20 || b == 0x7f:
		p.utfLen = 0
		s.control(b)
	case b < 0x80:
		p.utfLen = 0
		s.put(rune(b))
	default:
		p.utf[p.utfLen] = b
		p.utfLen++
		if !utf8.FullRune(p.utf[:p.utfLen]) {
			return
		}
		r, _ := utf8.DecodeRune(p.utf[:p.utfLen])
		p.utfLen = 0
		s.put(r)
	}
}

func (s *Screen) feedEscape(b byte) {
	p := &s.parser
	p.state = ground
	switch {
	case b == '[':
		p.state = csi
		p.params = [maxParams]int{}
		p.n, p.private, p.inter = 0, 0, 0
	case b == ']':
		p.state = osc
		p.osc = p.osc[:0]
	case b == 'P' || b == 'X' || b == '^' || b == '_':
		p.state = swallow
	case b >= 0x20 && b < 0x30:
		p.inter = b
		p.state = escapeInter
	case b < 0x20:
		s.control(b)
		p.state = escape
	default:
		s.escape(b)
	}
}

func (s *Screen) feedCSI(b byte) {
	p := &s.parser
	switch {
	case b < 0x20:
		if b == 0x1b {
			p.state = escape
			return
		}
		s.control(b)
	case b >= '0' && b <= '9':
		if p.n == 0 {
			p.n = 1
		}
		if p.n <= maxParams {
			v := &p.params[p.n-1]
			*v = min(*v*10+int(b-'0'), 65535)
		}
	case b == ';' || b == ':':
		p.n = min(max(p.n, 1)+1, maxParams)
	case b >= '<' && b <= '?':
		p.private = b
	case b < 0x30:
		p.inter = b
	case b >= 0x40 && b < 0x7f:
		p.state = ground
		s.csi(b)
	default:
		p.state = ground
	}
}

func (s *Screen) feedOSC(b byte) {
	p := &s.parser
	switch {
	case b == 7:
		s.endOSC()
		p.state = ground
	case b == 0x1b:
		p.state = oscEscape
	case len(p.osc) < maxOSC:
		p.osc = append(p.osc, b)
	}
}

// endOSC takes the window title (OSC 0 and 2); every other operating system command is ignored.
func (s *Screen) endOSC() {
	o := s.parser.osc
	if len(o) > 2 && (o[0] == '0' || o[0] == '2') && o[1] == ';' {
		s.title = string(o[2:])
	}
}

// param returns parameter i, or fallback when it was left out or is zero.
func (s *Screen) param(i, fallback int) int {
	if i >= s.parser.n || s.parser.params[i] == 0 {
		return fallback
	}
	return s.parser.params[i]
}
