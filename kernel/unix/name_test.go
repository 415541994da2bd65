package unix

import (
	"bytes"
	"testing"

	"vitrine/kernel/abi"
)

func TestParseName(t *testing.T) {
	for _, c := range []struct {
		in, name string
		e        abi.Errno
	}{
		{"", "", abi.EINVAL}, {"\x01", "", abi.EINVAL}, {"\x01\x00", "", abi.EINVAL}, {"\x02\x00path", "", abi.EINVAL},
		{"\x01\x00path", "path", abi.OK}, {"\x01\x00path\x00rest", "path", abi.OK}, {"\x01\x00\x00a\x00b", "\x00a\x00b", abi.OK},
		{"\x01\x00\x00", "\x00", abi.OK}, {"\x01\x00" + string(bytes.Repeat([]byte{'x'}, 109)), "", abi.EINVAL},
	} {
		if name, e := ParseName([]byte(c.in)); name != c.name || e != c.e {
			t.Errorf("%q: %q %v", c.in, name, e)
		}
	}
}

// A name that was read is told so that it is read again as the same.
func FuzzName(f *testing.F) {
	f.Add([]byte("\x01\x00path\x00"))
	f.Add([]byte("\x01\x00\x00abstract"))
	f.Fuzz(func(t *testing.T, b []byte) {
		name, e := ParseName(b)
		if e != abi.OK || len(name) >= maxPath {
			return
		}
		if again, e := ParseName(packName(name)); again != name || e != abi.OK {
			t.Errorf("%q, then %q %v", name, again, e)
		}
	})
}

// What Linux charges for packets, so that a program that fills a socket finds it full after as many.
func TestCharge(t *testing.T) {
	for n, want := range map[int]uint32{0: 768, 1: 768, 192: 768, 193: 1280, 4096: 8448, 16064: 16640, 16065: 16640 + 4096} {
		if got := charge(n); got != want {
			t.Errorf("%d bytes: %d, want %d", n, got, want)
		}
	}
}
