package term

import (
	"strings"
	"testing"
	"unicode/utf8"

	"vitrine/wasm/view"
)

// TestAt: each character on the screen and above it knows which byte of the stream ended it, wherever it has been moved to.
func TestAt(t *testing.T) {
	s := New(3, 6)
	stream := "ab\r\n\x1b[1mč漢d\x1b[0m\r\nline that wraps\r\nxy\x1b[1;3H\x1b[@Z"
	for i := range len(stream) {
		s.Write([]byte{stream[i]})
	}
	seen := 0
	for y, line := range s.Text() {
		x := 0
		for _, r := range line {
			cell, ok := s.At(y, x)
			x++
			if !ok || rune(cell.Rune) != r {
				t.Fatalf("line %d, character %d: %q, the text has %q", y, x-1, cell.Rune, r)
			}
			if r == ' ' && cell.At == 0 {
				continue
			}
			seen++
			if before := stream[:cell.At]; !strings.HasSuffix(before, string(r)) {
				t.Errorf("%q at %d,%d came with byte %d, behind %q", r, y, x-1, cell.At, before[max(0, len(before)-utf8.UTFMax):])
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d characters were looked at in %q", seen, s.Text())
	}
	for _, wrong := range [][2]int{{-1, 0}, {0, -1}, {100, 0}, {0, 100}} {
		if c, ok := s.At(wrong[0], wrong[1]); ok || c != (view.Cell{}) {
			t.Errorf("there is something at %v", wrong)
		}
	}
}
