package ui

import (
	"strings"
	"testing"
)

func painter() *Painter {
	p := &Painter{Fonts: NewFonts(Fixed{}, 1024, 512)}
	p.Reset(2)
	return p
}

func TestFit(t *testing.T) {
	p := painter()
	long := "a sentence that is longer than its place"
	for w := float32(0); w < 400; w += 7 {
		s := p.Fit(Text, long, w)
		if s != "" && p.Width(Text, s) > w {
			t.Errorf("%q is wider than %v", s, w)
		}
		if s != long && s != "" && !strings.HasSuffix(s, "…") {
			t.Errorf("%q was shortened without a sign", s)
		}
	}
}

func TestWrap(t *testing.T) {
	p := painter()
	text := "every word of this text must come back, none may be lost"
	lines := p.Wrap(Text, text, 90)
	if len(lines) < 3 || strings.Join(lines, " ") != text {
		t.Errorf("wrapped into %q", lines)
	}
}

// TestClip checks that nothing drawn inside a clip leaves it, and that what is outside is dropped.
func TestClip(t *testing.T) {
	p := painter()
	p.Clip(Rect{10, 10, 20, 20})
	p.Text(0, 25, Mono, Light.Ink, "0123456789 0123456789")
	p.Round(Rect{5, 5, 100, 8}, 3, Light.Ink)
	p.Fill(Rect{40, 40, 5, 5}, Light.Ink)
	p.Unclip()
	if len(p.V) == 0 {
		t.Fatal("nothing was drawn")
	}
	for _, v := range p.V {
		if v.DstX < 20 || v.DstX > 60 || v.DstY < 20 || v.DstY > 60 {
			t.Errorf("a vertex at %v, %v", v.DstX, v.DstY)
		}
	}
}

func TestPath(t *testing.T) {
	l := Path{{0, 0}, {10, 0}, {10, 10}}
	if l.Length() != 20 || l.At(0.5) != (Point{10, 0}) || l.At(0.75) != (Point{10, 5}) {
		t.Errorf("length %v, middle %v, three quarters %v", l.Length(), l.At(0.5), l.At(0.75))
	}
	if c := l.Cut(0.25, 0.75); len(c) != 3 || c[0] != (Point{5, 0}) || c[2] != (Point{10, 5}) {
		t.Errorf("cut: %v", c)
	}
	if c := l.Cut(0.7, 0.2); c != nil {
		t.Errorf("a cut backwards: %v", c)
	}
}

// TestBox checks the table of arms: opposite arms of known characters, and that every one but the diagonals draws.
func TestBox(t *testing.T) {
	if len(arms) != 4*128 {
		t.Fatalf("%d digits for 128 characters", len(arms))
	}
	for ch, want := range map[rune]string{'─': "1100", '│': "0011", '┌': "0101", '┘': "1010", '┼': "1111", '╬': "3333", '╔': "0303", '╸': "2000", '╿': "0021"} {
		if i := int(ch-0x2500) * 4; arms[i:i+4] != want {
			t.Errorf("%c has arms %s, want %s", ch, arms[i:i+4], want)
		}
	}
	for ch := rune(0x2500); ch < 0x25A0; ch++ {
		p := painter()
		drawn := p.Box(Rect{0, 0, 8, 16}, ch, Light.Ink)
		if diagonal := ch >= '╱' && ch <= '╳'; drawn == diagonal || drawn && len(p.V) == 0 {
			t.Errorf("%c: drawn %v with %d vertices", ch, drawn, len(p.V))
		}
	}
}

// TestFull checks that an atlas without room says so and works again when cleared.
func TestFull(t *testing.T) {
	p := &Painter{Fonts: NewFonts(Fixed{}, 64, 64)}
	p.Reset(2)
	p.Text(0, 20, Title, Light.Ink, "abcdefghijklmnopqrstuvwxyz")
	if !p.Fonts.Full {
		t.Fatal("26 letters of 30 pixels found room in 64 by 64")
	}
	p.Fonts.Clear()
	p.Reset(1)
	p.Text(0, 20, Tiny, Light.Ink, "a")
	if y, h, pixels := p.Fonts.Flush(); p.Fonts.Full || h == 0 || len(pixels) != 4*64*h {
		t.Errorf("after clearing: rows %d+%d, %d bytes", y, h, len(pixels))
	}
}

func TestEase(t *testing.T) {
	c := NewContext(NewFonts(Fixed{}, 64, 64))
	k := Key{S: "x"}
	at := func(now float64, target float32) float32 {
		c.Begin(1, now, Input{})
		return c.Ease(k, target, 100)
	}
	if v := at(0, 1); v != 1 || c.Moving {
		t.Errorf("begins at %v, moving %v", v, c.Moving)
	}
	at(10, 5)
	if v := at(60, 5); v <= 1 || v >= 5 || !c.Moving {
		t.Errorf("half way at %v, moving %v", v, c.Moving)
	}
	if v := at(200, 5); v != 5 || c.Moving {
		t.Errorf("arrived at %v, moving %v", v, c.Moving)
	}
	c.Reduced = true
	if v := at(210, 9); v != 9 || c.Moving {
		t.Errorf("with reduced motion at %v, moving %v", v, c.Moving)
	}
}
