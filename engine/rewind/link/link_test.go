package link

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"vitrine/engine/rewind"
)

// sample has something of everything that a link can say.
func sample() *Link {
	l := &Link{
		Engine: 7,
		Setup: Setup{Cmdline: "quiet sched=fair", Append: "console=ttyS0", RAM: 16 << 20, Swap: 8 << 20, Seed: 1, Date: -5,
			Rows: 33, Cols: 99, TermRaw: true, BIOS: true},
		Loaded: []Item{{Role: Disk, Size: 32 << 20, Sum: 0x123456789abcdef}, {Role: Kernel, Size: 4096, Sum: 99, Inside: true, Data: []byte("kernel")}},
		Files: []File{{Path: "/etc", Mode: TypeFolder | 0o755}, {Path: "/etc/init.argv", Mode: TypeRegular | 0o644, Data: []byte("a\x00b\x00")},
			{Path: "/bin/sh", Mode: TypeSymlink | 0o777, Data: []byte("busybox")}},
		Moment:      Moment{Now: 1 << 41, Retired: 1 << 40, Hash: math.MaxUint64},
		Checkpoints: []Checkpoint{{Now: 5, Hash: 6}, {Now: 1 << 30, Hash: 7}},
	}
	l.Tape.Record(100, rewind.Input, []byte("ls\n"))
	l.Tape.Record(5<<16, rewind.Resize, []byte{24, 0, 80, 0})
	l.Tape.Record(1<<40, rewind.Input, []byte{3})
	l.Tape.Record(1<<40+1, rewind.Input, []byte{4})
	return l
}

// demo is a shipped demonstration: the disk, a command line, a moment.
func demo() *Link {
	return &Link{Engine: 1, Setup: Setup{Cmdline: "quiet sched=latency latency=15 hz=100", Seed: 1, Date: 1767225600},
		Loaded: []Item{{Role: Disk, Size: 32 << 20, Sum: 0x0123456789abcdef}},
		Files:  []File{{Path: "/etc/init.argv", Mode: TypeRegular | 0o644, Data: []byte("sh\x00-c\x00cow 5; spin 3 & spin 3; wait\x00")}},
		Moment: Moment{Now: 123456789, Retired: 98765432, Hash: 0xfedcba9876543210}}
}

// typed is demo with so many keys typed on it, as people type: words again and again, about five keys a second.
func typed(keys int) *Link {
	l := demo()
	words := strings.Fields("ls -l / cat /etc/passwd ps echo hello spin & cow 5 ls /usr/src grep main fork.c vi kill %1 sleep 1 cd /tmp touch x rm x")
	random := rand.New(rand.NewPCG(1, 2))
	var text []byte
	for len(text) < keys {
		text = append(text, words[random.IntN(len(words))]...)
		text = append(text, " \n"[random.IntN(2)])
	}
	at := uint64(150_000_000)
	for _, key := range text[:keys] {
		at += uint64(20e6 * math.Exp(0.6*random.NormFloat64()))
		l.Tape.Record(rewind.Align(at), rewind.Input, []byte{key})
	}
	l.Moment.Now += at
	return l
}

func TestRoundTrip(t *testing.T) {
	for _, l := range []*Link{sample(), demo(), typed(1000), {}} {
		v := View{Scene: "paging", At: "1.5", Theme: "dark"}
		text, err := Fragment(l, v)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := Fragment(l, v); again != text {
			t.Error("the same link is not the same")
		}
		for _, address := range []string{text, text[1:], "https://example.org/a/b?c=d" + text, " " + text + "\n"} {
			got, view, err := Parse(address)
			if err != nil || !reflect.DeepEqual(got, l) || view != v {
				t.Errorf("%v\n%+v\nwant\n%+v", err, got, l)
			}
		}
		b, err := Save(l)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Load(b); err != nil || !reflect.DeepEqual(got, l) {
			t.Errorf("file: %v\n%+v\nwant\n%+v", err, got, l)
		}
	}
}

// TestLengths: links are short enough to be passed around.
func TestLengths(t *testing.T) {
	for _, c := range []struct{ keys, most int }{{0, 300}, {40, 400}, {400, 2000}, {1000, 2500}} {
		text, err := Fragment(typed(c.keys), View{Scene: "paging", Theme: "dark"})
		t.Logf("%d keystrokes: %d characters", c.keys, len(text))
		if err != nil || len(text) > c.most {
			t.Errorf("%d keystrokes: %d characters, at most %d; %v", c.keys, len(text), c.most, err)
		}
	}
}

// TestRefused: what is no link is told apart by what is wrong with it.
func TestRefused(t *testing.T) {
	good, err := Fragment(demo(), View{})
	if err != nil {
		t.Fatal(err)
	}
	pack := func(b []byte) []byte { return wrap(b, len(b)) }
	content := func(l *Link) []byte { b, _ := l.encode(); return b }
	packed := pack(content(sample()))
	newer := append([]byte{9}, packed[1:]...)
	wrong := append([]byte(nil), packed...)
	wrong[2]++
	bomb := pack(make([]byte, 8<<20))
	liar := append([]byte{deflated, 0, 0, 0, 0, 10}, deflate(make([]byte, 64<<20), 0)...)
	late := demo()
	late.Tape.Record(late.Moment.Now, rewind.Input, []byte("x"))
	late.Moment.Now--
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"nothing", "", ErrNone},
		{"no run", "#scene=paging", ErrNone},
		{"an empty run", "#r=&scene=x", ErrNone},
		{"letters", "#r=<script>", ErrLetters},
		{"padding", good + "=", ErrLetters},
		{"cut", good[:len(good)-4], ErrCut},
		{"cut to pieces", good[:8], ErrCut},
		{"changed", good[:20] + "AAAA" + good[24:], ErrDamaged},
		{"newer", "#r=" + letters.EncodeToString(newer), ErrNewer},
		{"wrong sum", "#r=" + letters.EncodeToString(wrong), ErrDamaged},
		{"bomb", "#r=" + letters.EncodeToString(bomb), ErrHuge},
		{"bomb that lies", "#r=" + letters.EncodeToString(liar)[:MaxFragment-4], ErrDamaged},
		{"huge", "#r=" + strings.Repeat("A", MaxFragment+1), ErrHuge},
		{"huger", strings.Repeat("A", 10<<20), ErrHuge},
		{"no content", "#r=" + letters.EncodeToString(pack([]byte("no link"))), ErrContent},
		{"input after the moment", "#r=" + letters.EncodeToString(pack(content(late))), ErrContent},
	} {
		if l, _, err := Parse(c.text); !errors.Is(err, c.want) || l != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := Load([]byte("vitrin")); !errors.Is(err, ErrNoFile) {
		t.Error(err)
	}
	if _, err := Load(append([]byte(magic), bomb[:100]...)); !errors.Is(err, ErrCut) {
		t.Error(err)
	}
}

// TestTooLarge: programs travel inside up to 8 KiB, deflated; what is larger becomes a file.
func TestTooLarge(t *testing.T) {
	l := demo()
	noise := make([]byte, maxInside+100)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	l.Files[0].Data = noise
	if _, err := Fragment(l, View{}); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if b, err := Save(l); err != nil || len(b) > len(noise)+200 {
		t.Error(len(b), err)
	}
	l.Files[0].Data = noise[:8000]
	if text, err := Fragment(l, View{}); err != nil || len(text) > 11_000 {
		t.Error(len(text), err)
	}
}

// TestHostileView: what is not plain in a parameter does not come through, and hurts nothing else.
func TestHostileView(t *testing.T) {
	good, _ := Fragment(demo(), View{})
	for _, bad := range []string{"<img src=x onerror=alert(1)>", "javascript:alert(1)", "a b", "%3Cb%3E", "\"", "é", strings.Repeat("a", 65), "x\x00"} {
		l, v, err := Parse(good + "&scene=" + bad + "&theme=dark&other=" + bad)
		if want := (View{Theme: "dark"}); l == nil || err != nil || v != want {
			t.Errorf("%q: %+v, %v", bad, v, err)
		}
		if _, err := Fragment(demo(), View{Scene: bad}); err == nil {
			t.Errorf("%q was written", bad)
		}
	}
}

// TestHostileText: a command line and a path are printable, a path does not climb.
func TestHostileText(t *testing.T) {
	for _, bad := range []string{"a\x1b[2J", "a\nb", "\x00", "\xff", "a\u0085"} {
		l := demo()
		l.Setup.Cmdline = bad
		if _, err := Fragment(l, View{}); !errors.Is(err, ErrContent) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "x", "/../x", "/a/../b", "/a//b", "/a/", "/./a"} {
		l := demo()
		l.Files[0].Path = bad
		if _, err := Save(l); !errors.Is(err, ErrContent) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
