package sys

import (
	"bytes"
	"testing"
)

// The sizes are those of the manual pages' structures, as gcc -m32 and -m64 lay them out.
func TestShapeSizes(t *testing.T) {
	for _, c := range []struct {
		name         string
		s            shape
		narrow, wide int
	}{
		{"timespec", timespec32, 8, 16}, {"itimerspec", itimerspec32, 16, 32}, {"__kernel_timespec", timespec64, 16, 16},
		{"rusage", rusage32, 72, 144}, {"flock", "hhlli", 16, 32}, {"flock64", "hhqqi", 24, 32}, {"stack_t", "uiu", 12, 24},
		{"sigaction", "uuuq", 20, 32}, {"msghdr", msghdr32, 28, 56}, {"statfs", "llllllliilllllll", 64, 120},
		{"statfs64", "llqqqqqiilllllll", 84, 120},
		{"sysinfo", "luuuuuuuuuhhuuiii", 64, 112 + 8}, // the last two are the 32-bit one's padding
	} {
		if n, w := c.s.size(false), c.s.size(true); n != c.narrow || w != c.wide {
			t.Errorf("struct %s: %d and %d bytes", c.name, n, w)
		}
	}
}

// FuzzShapes: what is widened and made narrow again is what it was, whatever the structure, but for padding and the upper
// halves that __kernel_timespec does not count.
func FuzzShapes(f *testing.F) {
	f.Add("hhlli", []byte("0123456789abcdef"))
	f.Add("qrqulh", bytes.Repeat([]byte{0xff}, 40))
	f.Fuzz(func(t *testing.T, letters string, b []byte) {
		for _, c := range letters {
			if !bytes.ContainsRune([]byte("hilurq"), c) {
				return
			}
		}
		s := shape(letters)
		if len(letters) > 64 || len(b) < s.size(false) {
			return
		}
		b = b[:s.size(false)]
		w := s.widen(b)
		again, _ := s.narrow(w)
		if len(w) != s.size(true) || len(again) != len(b) {
			t.Fatalf("%s: %d to %d and %d bytes", s, len(b), len(w), len(again))
		}
		list, _, _ := s.members()
		for _, m := range list {
			if !bytes.Equal(b[m.narrow:m.narrow+m.nBytes], again[m.narrow:m.narrow+m.nBytes]) {
				t.Errorf("%s: % x became % x", s, b, again)
			}
		}
	})
}
