package exec

import (
	"bytes"

	"vitrine/kernel/abi"
)

// loadScript is "#!". The line holds the interpreter's path and one optional argument, everything after the first
// run of blanks; argv[0] gives way to them and to the script's own path. Linux fs/binfmt_script.c:load_script
func loadScript(l *Loader, b *binprm) abi.Errno {
	b.looked = 2
	if b.Buf[0] != '#' || b.Buf[1] != '!' {
		return b.notMine("no #!")
	}
	b.looked = bufSize
	name, arg, ok := parseShebang(&b.Buf)
	if !ok {
		return b.refuse(abi.ENOEXEC, "no interpreter path, or it does not end within 256 bytes")
	}
	if b.req.PathInaccessible {
		return b.refuse(abi.ENOENT, "the interpreter could not open the script: its descriptor is close-on-exec")
	}
	if e := spliceArgs(b, name, arg); e != abi.OK {
		return b.refuse(e, "no room for the interpreter's arguments")
	}
	b.Interp = string(name)
	f, e := l.openExec(b.Interp)
	if e != abi.OK {
		return b.refuse(e, "interpreter "+b.Interp)
	}
	b.interpreter = f
	b.note = "mine: run " + b.Interp
	return abi.OK
}

// spliceArgs replaces argv[0] by the interpreter, its argument if there is one, and the script.
func spliceArgs(b *binprm, name, arg []byte) abi.Errno {
	b.removeArgZero()
	if e := b.pushArg([]byte(b.Interp)); e != abi.OK {
		return e
	}
	if arg != nil {
		if e := b.pushArg(arg); e != abi.OK {
			return e
		}
	}
	return b.pushArg(name)
}

// parseShebang cuts the first line into path and argument. When the 256 bytes end before the line does, a cut
// argument is accepted (the interpreter can read the script again) but a cut path is not.
func parseShebang(buf *[bufSize]byte) (name, arg []byte, ok bool) {
	last := len(buf) - 1
	end := bytes.IndexByte(buf[:], '\n')
	if end < 0 {
		start := nextNonSpacetab(buf, 2, last)
		if start < 0 || nextTerminator(buf, start, last) < 0 {
			return nil, nil, false
		}
		end = last
	}
	for spacetab(buf[end-1]) {
		end--
	}
	start := nextNonSpacetab(buf, 2, end)
	if start < 0 || start == end {
		return nil, nil, false
	}
	sep := nextTerminator(buf, start, end)
	if sep < 0 {
		return clone(buf[start:end]), nil, true
	}
	if buf[sep] != 0 {
		if a := nextNonSpacetab(buf, sep, end); a >= 0 {
			arg = cString(buf[a:end])
		}
	}
	return clone(buf[start:sep]), arg, true
}

func spacetab(c byte) bool { return c == ' ' || c == '\t' }

// nextNonSpacetab returns the first place in [first, last] that is no blank, or -1.
func nextNonSpacetab(buf *[bufSize]byte, first, last int) int {
	for i := first; i <= last; i++ {
		if !spacetab(buf[i]) {
			return i
		}
	}
	return -1
}

// nextTerminator returns the first blank or NUL in [first, last], or -1.
func nextTerminator(buf *[bufSize]byte, first, last int) int {
	for i := first; i <= last; i++ {
		if spacetab(buf[i]) || buf[i] == 0 {
			return i
		}
	}
	return -1
}

// cString is a copy of p up to its first NUL; never nil.
func cString(p []byte) []byte {
	if i := bytes.IndexByte(p, 0); i >= 0 {
		p = p[:i]
	}
	return clone(p)
}

func clone(p []byte) []byte { return append([]byte{}, p...) }
