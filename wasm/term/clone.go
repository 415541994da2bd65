package term

import "slices"

// Clone returns a screen that shows the same, answers to what it is sent as this one would, and shares with it only the
// lines above the screen, which do not change.
func (s *Screen) Clone() *Screen {
	c := *s
	c.cells = slices.Clone(s.cells)
	c.other = slices.Clone(s.other)
	c.tabs = slices.Clone(s.tabs)
	c.scrollback = slices.Clip(s.scrollback)
	c.parser.osc = slices.Clone(s.parser.osc)
	c.reply = slices.Clone(s.reply)
	return &c
}

// Host memory in bytes, as a 64-bit host has it.
const (
	cellBytes   = 20
	rowBytes    = 24
	screenBytes = 1 << 10
)

// Bytes is the host memory that a clone takes, without the lines above the screen.
func (s *Screen) Bytes() int64 {
	return screenBytes + int64(len(s.cells)+len(s.other))*cellBytes + int64(len(s.tabs))
}

// Above is the host memory that the lines above the screen take, how many there are, and how many there ever were.
func (s *Screen) Above() (bytes int64, lines int, ever uint64) {
	for _, row := range s.scrollback {
		bytes += int64(len(row))*cellBytes + rowBytes
	}
	return bytes, len(s.scrollback), s.scrolled
}
