package exec

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"

	"vitrine/kernel/abi"
)

// Limits of a registration. Linux fs/binfmt_misc.c
const (
	miscMinLen = 11
	miscMaxLen = 1920 // MAX_REGISTER_LENGTH
	nameMax    = 255
)

// fields cuts a registration at its delimiter. What lies behind the end reads as delimiters, which lets the last one
// be left out only where nothing is to follow.
type fields struct {
	rest []byte
	del  byte
	bad  bool
}

// next is the text up to the delimiter; a NUL inside is an error.
func (f *fields) next() []byte {
	i := bytes.IndexByte(f.rest, f.del)
	if i < 0 {
		f.bad = true
		return nil
	}
	s := f.rest[:i]
	f.rest = f.rest[i+1:]
	if bytes.IndexByte(s, 0) >= 0 && f.del != 0 {
		f.bad = true
	}
	return s
}

// bytes is next for a magic or a mask, where \xHH stands for any byte, even the delimiter.
func (f *fields) bytes() []byte {
	for i := 0; i < len(f.rest); i++ {
		switch c := f.rest[i]; {
		case c == f.del:
			s := f.rest[:i]
			f.rest = f.rest[i+1:]
			return s
		case c == '\\' && i+1 < len(f.rest) && f.rest[i+1] == 'x':
			if i+3 >= len(f.rest) || !isHex(f.rest[i+2]) || !isHex(f.rest[i+3]) {
				f.bad = true
				return nil
			}
			i += 3
		}
	}
	f.bad = true
	return nil
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// parseMisc reads ":name:type:offset:magic:mask:interpreter:flags", the delimiter being the first byte.
// Linux fs/binfmt_misc.c:create_entry
func parseMisc(line []byte) (m MiscEntry, e abi.Errno) {
	if len(line) < miscMinLen || len(line) > miscMaxLen {
		return m, abi.EINVAL
	}
	del := line[0]
	padded := append(bytes.Clone(line), bytes.Repeat([]byte{del}, 8)...)
	f := fields{rest: padded[1:], del: del}
	m.Name = string(f.next())
	if f.bad || m.Name == "" || m.Name == "." || m.Name == ".." || strings.Contains(m.Name, "/") {
		return m, abi.EINVAL
	}
	switch string(f.next()) {
	case "E":
		m.ByExtension = true
	case "M":
	default:
		return m, abi.EINVAL
	}
	if f.bad || !m.parsePattern(&f) {
		return m, abi.EINVAL
	}
	m.Interpreter = string(f.next())
	if f.bad || m.Interpreter == "" {
		return m, abi.EINVAL
	}
	end := len(line) - (len(padded) - len(f.rest)) // what is left of the line, in bytes
	if end < 0 || !m.parseFlags(f.rest[:end]) {
		return m, abi.EINVAL
	}
	return m, abi.OK
}

// parsePattern reads offset, magic and mask; an extension has only the middle one.
func (m *MiscEntry) parsePattern(f *fields) bool {
	offset := f.next()
	if m.ByExtension {
		m.Magic = f.next()
		f.next()
		return !f.bad && len(m.Magic) > 0 && bytes.IndexByte(m.Magic, '/') < 0
	}
	if len(offset) > 0 {
		n, err := strconv.ParseInt(strings.TrimSuffix(string(offset), "\n"), 10, 32)
		if err != nil || n < 0 {
			return false
		}
		m.Offset = uint32(n)
	}
	magic := f.bytes()
	mask := f.bytes()
	if f.bad || len(magic) == 0 || magic[0] == 0 {
		return false
	}
	m.Magic = unescape(magic)
	if len(mask) > 0 && mask[0] != 0 {
		if m.Mask = unescape(mask); len(m.Mask) != len(m.Magic) {
			return false
		}
	}
	return len(m.Magic) <= bufSize && int(m.Offset) <= bufSize-len(m.Magic)
}

// unescape puts bytes in the place of \xH and \xHH and ends at a NUL.
// Linux lib/string_helpers.c:string_unescape, UNESCAPE_HEX
func unescape(s []byte) []byte {
	s = cString(s)
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		if s[i] != 'x' || i+1 == len(s) || !isHex(s[i+1]) {
			out = append(out, '\\', s[i])
			continue
		}
		n := 1
		if i+2 < len(s) && isHex(s[i+2]) {
			n = 2
		}
		v, _ := strconv.ParseUint(string(s[i+1:i+1+n]), 16, 8)
		out = append(out, byte(v))
		i += n
	}
	return out
}

// parseFlags reads the letters; a newline may follow, and nothing else.
func (m *MiscEntry) parseFlags(s []byte) bool {
	for len(s) > 0 {
		switch s[0] {
		case 'P':
			m.Flags |= MiscPreserveArgv0
		case 'O':
			m.Flags |= MiscOpenBinary
		case 'C':
			m.Flags |= MiscCredentials | MiscOpenBinary
		case 'F':
			m.Flags |= MiscFixBinary
		default:
			return len(s) == 1 && s[0] == '\n'
		}
		s = s[1:]
	}
	return true
}

// text is what reading an entry's file gives. Linux fs/binfmt_misc.c:entry_status
func (m *MiscEntry) text(dst []byte) []byte {
	dst = append(dst, onOff(m.Disabled)+"interpreter "+m.Interpreter+"\nflags: "...)
	for i, letter := range []byte("POCF") {
		if m.Flags&(1<<i) != 0 {
			dst = append(dst, letter)
		}
	}
	if m.ByExtension {
		return append(dst, "\nextension ."+string(m.Magic)+"\n"...)
	}
	dst = append(dst, "\noffset "+strconv.Itoa(int(m.Offset))+"\nmagic "+hex.EncodeToString(m.Magic)...)
	if m.Mask != nil {
		dst = append(dst, "\nmask "+hex.EncodeToString(m.Mask)...)
	}
	return append(dst, '\n')
}

func onOff(disabled bool) string {
	if disabled {
		return "disabled\n"
	}
	return "enabled\n"
}
