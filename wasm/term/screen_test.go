package term

import (
	"strings"
	"testing"

	"vitrine/wasm/view"
)

func show(s *Screen) string { return strings.Join(s.Text(), "\n") }

func TestText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "hello", "hello"},
		{"newline", "a\r\nb", "a\nb"},
		{"bare line feed keeps the column", "a\nb", "a\n b"},
		{"wrap is late", "0123456789", "0123456789"},
		{"wrap", "0123456789X", "0123456789\nX"},
		{"backspace", "abc\b\bX", "aXc"},
		{"tab", "a\tX", "a       X"},
		{"cursor position", "\x1b[2;3HX", "\n  X"},
		{"erase line", "abcdef\x1b[3D\x1b[K", "abc"},
		{"erase display", "abc\x1b[2J\x1b[HX", "X"},
		{"insert cells", "abc\r\x1b[2@X", "X abc"},
		{"delete cells", "abcdef\r\x1b[2P", "cdef"},
		{"insert line", "a\r\nb\x1b[H\x1b[L", "\na\nb"},
		{"delete line", "a\r\nb\x1b[H\x1b[M", "b"},
		{"title does not print", "\x1b]0;title\x07ok", "ok"},
		{"unknown sequences vanish", "\x1b[?9999h\x1bPdcs\x1b\\\x1b[>4;1mok", "ok"},
		{"utf-8", "žluť", "žluť"},
		{"wide", "漢字x", "漢字x"},
		{"wide is not cut", "012345678漢", "012345678\n漢"},
		{"overwritten wide", "漢\rx", "x"},
		{"line drawing", "\x1b(0lqk\x1b(B", "┌─┐"},
		{"alternate screen", "main\x1b[?1049halt\x1b[?1049l!", "main!"},
		{"repeat", "a\x1b[3b", "aaaa"},
		{"bad utf-8", "\xff\xfeok", "\uFFFD\uFFFDok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := New(4, 10)
			s.Write([]byte(tt.in))
			if got := show(s); got != tt.want {
				t.Errorf("%q shows\n%q, want\n%q", tt.in, got, tt.want)
			}
		})
	}
}

func TestScrollbackAndRegion(t *testing.T) {
	s := New(3, 10)
	s.Write([]byte("1\r\n2\r\n3\r\n4"))
	if got := show(s); got != "1\n2\n3\n4" {
		t.Errorf("scrolled text is %q", got)
	}
	s.Write([]byte("\x1b[1;2r\x1b[2;1Hx\r\ny"))
	if got := rowText(s.row(2)); got != "4" {
		t.Errorf("line below the scroll region is %q, want 4", got)
	}
}

func TestColours(t *testing.T) {
	s := New(2, 10)
	s.Write([]byte("\x1b[1;31;48;5;200ma\x1b[38;2;1;2;3mb\x1b[0mc"))
	row := s.row(0)
	if row[0].FG != 2 || row[0].BG != 201 || row[0].Attr != view.AttrBold {
		t.Errorf("a is %+v", row[0])
	}
	if row[1].FG != RGB|0x010203 {
		t.Errorf("b's colour is %#x", row[1].FG)
	}
	if row[2].FG != 0 || row[2].BG != 0 || row[2].Attr != 0 {
		t.Errorf("c is %+v", row[2])
	}
}

func TestReply(t *testing.T) {
	s := New(5, 10)
	s.Write([]byte("\x1b[2;4H\x1b[6n"))
	if got := string(s.Reply()); got != "\x1b[2;4R" {
		t.Errorf("cursor report is %q", got)
	}
}

func TestResizeKeepsTheCursorLine(t *testing.T) {
	s := New(5, 10)
	s.Write([]byte("1\r\n2\r\n3\r\n4\r\n$ "))
	s.Resize(2, 20)
	s.Write([]byte("x"))
	if got := show(s); got != "1\n2\n3\n4\n$ x" {
		t.Errorf("after resize: %q", got)
	}
}

func FuzzWrite(f *testing.F) {
	f.Add([]byte("\x1b[5;10Hx\x1b[2J\x1b[38;2;1m\x1b[99999999999b"), uint8(5), uint8(7))
	f.Add([]byte("\x1b[?1049h\x1b[3;1r\x1b[L\x1b[M漢"), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, in []byte, rows, cols uint8) {
		s := New(int(rows%40), int(cols%90))
		s.Write(in)
		s.Resize(int(cols%50), int(rows%100))
		s.Write(in)
		var v view.Term
		s.View(&v)
		if len(v.Cells) != v.Rows*v.Cols || v.CurX >= v.Cols || v.CurY >= v.Rows || v.CurX < 0 || v.CurY < 0 {
			t.Fatalf("inconsistent view: %d cells for %d×%d, cursor %d,%d", len(v.Cells), v.Rows, v.Cols, v.CurX, v.CurY)
		}
	})
}

func TestCursorKeys(t *testing.T) {
	s := New(5, 10)
	for _, tt := range []struct{ mode, key, want string }{
		{"", "\x1b[A", "\x1b[A"}, {"\x1b[?1h", "\x1b[A", "\x1bOA"}, {"", "\x1b[H", "\x1bOH"}, {"", "\x1b[5~", "\x1b[5~"},
		{"", "x", "x"}, {"", "\x1b[A\x1b[A", "\x1b[A\x1b[A"}, {"\x1b[?1l", "\x1b[B", "\x1b[B"},
	} {
		s.Write([]byte(tt.mode))
		if got := s.Key(tt.key); got != tt.want {
			t.Errorf("%q after mode %q sends %q, want %q", tt.key, tt.mode, got, tt.want)
		}
	}
}
