package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"vitrine/engine/rewind/link"
	"vitrine/wasm/view"
)

// asked has a question answered.
func asked(t *testing.T, s *Session, raw string, answer any) error {
	t.Helper()
	var failed error
	s.Ask([]byte(raw), func(b []byte, err error) {
		if failed = err; err == nil {
			failed = json.Unmarshal(b, answer)
		}
	})
	play(t, s)
	return failed
}

// linkOf is the session's present moment as a link.
func linkOf(t *testing.T, s *Session) string {
	t.Helper()
	var a struct{ Fragment string }
	if err := asked(t, s, `{"kind":"link","view":{"stage":"walk","theme":"dark"}}`, &a); err != nil {
		t.Fatal(err)
	}
	return a.Fragment
}

// opened is a session that has played a link, and what it said of it.
func opened(t *testing.T, text string, file []byte, o Options) (*Session, verdict) {
	t.Helper()
	l, err := parseReplay(text, file)
	if v := inspect(l, err, false); v.Verdict != "" {
		t.Fatalf("%+v", v)
	}
	o.Replay, o.Paused = l, true
	s := session(t, o)
	play(t, s)
	for _, m := range s.said {
		if v, ok := m.(verdict); ok {
			return s, v
		}
	}
	t.Fatal("no verdict")
	return nil, verdict{}
}

// typing has somebody type at about five keys a second.
func typing(t *testing.T, s *Session, text string) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, key := range text {
		s.run(s.comp.M.Now()+uint64(20e6*math.Exp(0.6*random.NormFloat64())), 0)
		s.Command(view.Command{Kind: "input", Text: string(key)})
	}
	play(t, s)
}

// TestLinkOfSession: the link of a session, of its past too, leads there, with all that was before it, and goes on equally.
func TestLinkOfSession(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	s.Command(view.Command{Kind: "resize", Rows: 30, Cols: 100})
	typing(t, s, strings.Repeat("ls -l / | wc -l\recho $((6*7))\rstty size\r", 3))
	here, console := linkOf(t, s), s.ConsoleText()
	if again := linkOf(t, s); again != here || !strings.HasSuffix(here, "&view=walk&theme=dark") {
		t.Errorf("%s\n%s", here, again)
	}
	half := s.comp.M.CPU.S.Retired / 2
	do(t, s, view.Command{Kind: "seekretired", N: float64(half)})
	past := linkOf(t, s)

	b, v := opened(t, here, nil, Options{})
	if v.Verdict != "verified" || b.ConsoleText() != console || b.stop != "paused" || b.playing {
		t.Errorf("%+v, %q\n%s", v, b.stop, b.ConsoleText())
	}
	do(t, b, view.Command{Kind: "seekretired", N: float64(half)})
	if got := linkOf(t, b); got != past {
		t.Errorf("half way back in what was replayed:\n%s\nwant\n%s", got, past)
	}
	c, v := opened(t, past, nil, Options{})
	if v.Verdict != "verified" || c.comp.M.CPU.S.Retired != half {
		t.Errorf("%+v at %d", v, c.comp.M.CPU.S.Retired)
	}
	for _, x := range []*Session{b, s} {
		do(t, x, view.Command{Kind: "end"})
		x.Command(view.Command{Kind: "play"})
		x.Command(view.Command{Kind: "input", Text: "echo on\r"})
		play(t, x)
	}
	if b.comp.Hash() != s.comp.Hash() || !strings.HasSuffix(b.ConsoleText(), s.ConsoleText()) {
		t.Errorf("after the link it goes on differently:\n%s\nwant\n%s", b.ConsoleText(), s.ConsoleText())
	}
}

// TestFileOfSession: a file carries checkpoints, and tells where another run parts.
func TestFileOfSession(t *testing.T) {
	s := session(t, Options{})
	s.points.Every = 1 << 18
	play(t, s)
	typing(t, s, "ls -l /\rps\r")
	var a struct{ File string }
	if err := asked(t, s, `{"kind":"file"}`, &a); err != nil {
		t.Fatal(err)
	}
	file, err := base64.StdEncoding.DecodeString(a.File)
	if err != nil {
		t.Fatal(err)
	}
	if _, v := opened(t, "", file, Options{}); v.Verdict != "verified" || v.Agreed == 0 {
		t.Errorf("%+v", v)
	}
	l, err := link.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	e := &l.Tape.Entries[2]
	e.Bytes = []byte("#")
	if file, err = link.Save(l); err != nil {
		t.Fatal(err)
	}
	if _, v := opened(t, "", file, Options{}); v.Verdict != "differs" || !v.Parted || v.Differs <= e.At || v.Agreed > e.At || v.Want.Hash == v.Got.Hash {
		t.Errorf("changed at %d: %+v", e.At, v)
	}
}

// TestCancelledReplay: whoever has seen enough stays where the replay is, and goes on from there.
func TestCancelledReplay(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	typing(t, s, "echo one\recho two\r")
	l, err := parseReplay(linkOf(t, s), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := session(t, Options{Replay: l, Paused: true})
	ms := 0.0
	turns := 0
	b.yield = func(turn) {
		if turns++; turns == 1 {
			b.Command(view.Command{Kind: "cancel"})
		}
	}
	b.Slice(func() float64 { ms += sliceMs; return ms })
	v, ok := b.said[len(b.said)-1].(verdict)
	if !ok || v.Verdict != "cancelled" || b.comp.M.Now() >= l.Moment.Now || b.comp.M.Now() == 0 {
		t.Errorf("%+v at %d of %d", v, b.comp.M.Now(), l.Moment.Now)
	}
	b.Command(view.Command{Kind: "play"})
	play(t, b)
	b.Command(view.Command{Kind: "input", Text: "echo three\r"})
	play(t, b)
	if text := b.ConsoleText(); !strings.Contains(text, "\nthree") {
		t.Error(text)
	}
}

// TestInspect: what hinders a link is told before anything is made.
func TestInspect(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	text := linkOf(t, s)
	change := func(fn func(*link.Link)) string {
		l, _, err := link.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		fn(l)
		out, err := link.Fragment(l, link.View{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	newer := change(func(l *link.Link) { l.Engine += 7 })
	large := change(func(l *link.Link) { l.Setup.RAM = 1 << 30 })
	huge := change(func(l *link.Link) { l.Setup.RAM = 1 << 40 })
	for _, c := range []struct {
		text   string
		anyway bool
		want   string
	}{
		{text, false, ""}, {newer, false, "version"}, {newer, true, ""}, {large, false, "large"}, {large, true, ""}, {huge, true, "damaged"},
		{text[:len(text)/2], false, "damaged"}, {"#r=<script>", true, "damaged"}, {"", true, "damaged"},
	} {
		l, err := parseReplay(c.text, nil)
		if o := inspect(l, err, c.anyway); o.Verdict != c.want || c.want != "" && o.Text == "" || c.want == "" && o.Disk != fmt.Sprintf("%016x", s.loaded[0].Sum) {
			t.Errorf("%.40s, %v: %+v, want %q", c.text, c.anyway, o, c.want)
		}
	}
}

// TestCarriesProgram: a program of the reader's own runs at the first prompt, and the link has it with it.
func TestCarriesProgram(t *testing.T) {
	program := &Program{Name: "my script.sh", Content: []byte("#!/bin/sh\necho carried $((6*7))\n")}
	s := session(t, Options{Program: program})
	play(t, s)
	if text := s.ConsoleText(); !strings.Contains(text, "/root/my_script.sh") || !strings.Contains(text, "carried 42") {
		t.Fatal(text)
	}
	if b, v := opened(t, linkOf(t, s), nil, Options{}); v.Verdict != "verified" || b.ConsoleText() != s.ConsoleText() {
		t.Errorf("%+v\n%s", v, b.ConsoleText())
	}
	l := len(linkOf(t, s))
	if l > 400 {
		t.Errorf("the link has %d characters", l)
	}
	noise := make([]byte, 20_000)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	program.Content = append(program.Content, noise...)
	s = session(t, Options{Program: program})
	var a struct{ File string }
	if err := asked(t, s, `{"kind":"link"}`, &a); err == nil || !strings.Contains(err.Error(), "save it as a file") {
		t.Error(err)
	}
	if err := asked(t, s, `{"kind":"file"}`, &a); err != nil || len(a.File) < 20_000 {
		t.Error(len(a.File), err)
	}
}

// TestPosition: the page hears where the machine is, not too often, and nothing when nothing changes.
func TestPosition(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	ms := 1000.0
	s.clock = func() float64 { return ms }
	if again := s.tellPosition(); again >= 0 || len(s.said) != 1 {
		t.Fatalf("%v, %v", again, s.said)
	}
	if again := s.tellPosition(); again >= 0 || len(s.said) != 1 {
		t.Errorf("told twice: %v", s.said)
	}
	s.Command(view.Command{Kind: "input", Text: "echo here\r"})
	play(t, s)
	s.clock = func() float64 { return ms }
	if again := s.tellPosition(); again != positionMs || len(s.said) != 1 {
		t.Errorf("%v, %v", again, s.said)
	}
	ms += positionMs
	if again := s.tellPosition(); again >= 0 || len(s.said) != 2 {
		t.Errorf("%v, %v", again, s.said)
	}
	p := s.said[1].(position)
	b, v := opened(t, p.Link, nil, Options{})
	if v.Verdict != "unknown" || b.ConsoleText() != s.ConsoleText() || b.comp.Hash() != s.comp.Hash() {
		t.Errorf("%+v\n%s", v, b.ConsoleText())
	}
}

// TestStartAt: a fresh machine goes to an instruction, past its prompt when something is to be typed there.
func TestStartAt(t *testing.T) {
	s := session(t, Options{At: 12_345, Paused: true})
	play(t, s)
	if n := s.comp.M.CPU.S.Retired; n != 12_345 || s.playing {
		t.Errorf("at %d", n)
	}
	a := session(t, Options{Run: "echo typed"})
	play(t, a)
	end := a.comp.M.CPU.S.Retired
	b := session(t, Options{Run: "echo typed", At: end - 5, Paused: true})
	play(t, b)
	if n := b.comp.M.CPU.S.Retired; n != end-5 || b.hist.Past() {
		t.Errorf("at %d, want %d", n, end-5)
	}
	c := session(t, Options{At: 1 << 50, Paused: true})
	play(t, c)
	if !strings.HasSuffix(strings.TrimSpace(c.ConsoleText()), "~ #") {
		t.Error("a moment that does not come leaves it elsewhere than at the prompt")
	}
}
