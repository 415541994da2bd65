package load

import (
	"fmt"
	"slices"

	"vitrine/engine/mem"
)

// span is a stretch of physical memory, from inclusive, to exclusive.
type span struct{ from, to uint64 }

// ExtendedDataAt is where conventional memory ends: its last KiB is the BIOS's own ("BIOS Boot Specification").
const ExtendedDataAt = 0x9fc00

// The rest of the memory below 1 MiB.
const (
	bdaEnd   = 0x500 // interrupt vectors and the BIOS's data area
	ebdaSize = 0xa0000 - ExtendedDataAt
	romStart = 0xf0000
	highRAM  = 0x100000
)

func (l *loader) usable() {
	l.ram = []span{{0, ExtendedDataAt}, {highRAM, l.m.RAM.Size()}}
}

// claim reserves n bytes at a fixed address for what.
func (l *loader) claim(at, n uint64, what string) error {
	if n == 0 {
		return nil
	}
	if at+n < at {
		return fmt.Errorf("%s at %#x has an impossible size of %#x bytes", what, at, n)
	}
	s := span{at, at + n}
	if !slices.ContainsFunc(l.ram, func(r span) bool { return r.from <= s.from && s.to <= r.to }) {
		return fmt.Errorf("%s needs memory from %#x to %#x; there is %s", what, s.from, s.to, l.memory())
	}
	i, _ := slices.BinarySearchFunc(l.taken, s.from, func(t span, from uint64) int {
		if t.to <= from {
			return -1
		}
		return 1
	})
	if i < len(l.taken) && l.taken[i].from < s.to {
		return fmt.Errorf("%s at %#x overlaps what already lies at %#x", what, s.from, l.taken[i].from)
	}
	l.taken = slices.Insert(l.taken, i, s)
	return nil
}

func (l *loader) memory() string {
	text := ""
	for i, r := range l.ram {
		if i > 0 {
			text += " and "
		}
		text += fmt.Sprintf("%#x–%#x", r.from, r.to)
	}
	return text
}

// place reserves n bytes, whole pages, in the first hole at or above from.
func (l *loader) place(from, n uint64, what string) (uint64, error) {
	for _, r := range l.ram {
		at := pageUp(max(from, r.from))
		for _, t := range l.taken {
			if t.to > at && t.from < at+n {
				at = pageUp(t.to)
			}
		}
		if at < r.to && n <= r.to-at {
			return at, l.claim(at, n, what)
		}
	}
	return 0, fmt.Errorf("there is no room for %s of %d bytes beside the kernel", what, n)
}

// placeHigh reserves n bytes, whole pages, as high as possible below end.
func (l *loader) placeHigh(end, n uint64, what string) (uint64, error) {
	top := min(end, l.m.RAM.Size())
	for i := len(l.taken); ; i-- {
		bottom := uint64(highRAM)
		if i > 0 {
			bottom = max(bottom, l.taken[i-1].to)
		}
		if n <= top {
			if at := (top - n) &^ mem.FrameMask; at >= bottom {
				return at, l.claim(at, n, what)
			}
		}
		if i == 0 {
			return 0, fmt.Errorf("there is no room for %s of %d bytes above the kernel", what, n)
		}
		top = min(top, l.taken[i-1].from)
	}
}

// put reserves room for b in the first hole at or above from, and copies it there.
func (l *loader) put(from uint64, b []byte, what string) (uint64, error) {
	at, err := l.place(from, max(uint64(len(b)), 1), what)
	if err != nil {
		return 0, err
	}
	l.m.RAM.WriteAt(b, at)
	return at, nil
}

func pageUp(a uint64) uint64 { return (a + mem.FrameMask) &^ mem.FrameMask }
