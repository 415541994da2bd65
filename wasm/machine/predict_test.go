package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"vitrine/wasm/view"
)

// predicted asks, and checks that nothing has changed by asking.
func predicted(t *testing.T, s *Session, kind string) *view.Prediction {
	t.Helper()
	hash, end, now := s.comp.Hash(), s.hist.End(), s.comp.M.Now()
	var p *view.Prediction
	s.Ask(fmt.Appendf(nil, `{"kind": "predict", "what": %q}`, kind), func(text []byte, err error) {
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatal(err)
		}
	})
	play(t, s)
	if s.comp.Hash() != hash || s.hist.End() != end || s.comp.M.Now() != now {
		t.Fatalf("%s changes the machine", kind)
	}
	if len(p.Choices) < 2 || len(p.Choices) > maxChoices {
		t.Errorf("%s: %d choices", kind, len(p.Choices))
	}
	return p
}

func frameNow(s *Session) *view.Frame {
	s.dirty = true
	return &s.Batch().Frame
}

// TestPredict: what is predicted at a fork comes true when the machine is played on by the reader's own commands.
func TestPredict(t *testing.T) {
	s := session(t, Options{Run: "cow"})
	play(t, s)
	s.Command(view.Command{Kind: "backuntil", Text: "event:fork"})
	play(t, s)
	fork := s.comp.M.Now()
	again := func() { s.Command(view.Command{Kind: "seek", N: float64(fork)}); play(t, s) }
	for kind, truth := range map[string]func() string{
		"next-rip": func() string {
			s.Command(view.Command{Kind: "step", N: 1})
			play(t, s)
			return hex(frameNow(s).CPU.RIP)
		},
		"next-fault": func() string {
			s.Command(view.Command{Kind: "event", Text: "page-fault"})
			play(t, s)
			return hex(frameNow(s).CPU.CR2 &^ 0xfff)
		},
		"next-task": func() string {
			s.Command(view.Command{Kind: "event", Text: "switch"})
			play(t, s)
			return fmt.Sprint(frameNow(s).Kernel.Current)
		},
		"next-call": func() string {
			s.Command(view.Command{Kind: "event", Text: "syscall"})
			play(t, s)
			name := ""
			for _, e := range s.picture.log {
				if e.At == s.picture.hit.At && e.Kind == s.picture.hit.Kind {
					name = s.picture.callName(e.A)
				}
			}
			return name
		},
		"fork-return": func() string {
			s.Command(view.Command{Kind: "until", Text: "event:sysret-insn"})
			play(t, s)
			return fmt.Sprint(int64(frameNow(s).CPU.R[0]))
		},
		"walk-stop": func() string {
			s.Command(view.Command{Kind: "event", Text: "exception"})
			play(t, s)
			s.Command(view.Command{Kind: "walk", Addr: frameNow(s).CPU.CR2})
			w := frameNow(s).Walk
			if last := w.Levels[len(w.Levels)-1]; last.Name != "PT" || last.Entry&3 != 1 { // present, and not writable
				return fmt.Sprintf("%+v", last)
			}
			return "8W"
		},
	} {
		again()
		p := predicted(t, s, kind)
		if want := truth(); p.Answer != want {
			t.Errorf("%s: %q was predicted of %v, and %q came", kind, p.Answer, p.Choices, want)
		}
	}
}

// TestPredictHandler: the shell starts a program for 64 bits and one for 32.
func TestPredictHandler(t *testing.T) {
	for line, want := range map[string]string{"hello": "elf", "hello32": "compat_elf"} {
		s := session(t, Options{Run: line})
		play(t, s)
		s.Command(view.Command{Kind: "backuntil", Text: "event:exec"})
		play(t, s)
		s.Command(view.Command{Kind: "back", N: 300})
		play(t, s)
		if p := predicted(t, s, "handler"); p.Answer != want {
			t.Errorf("%s is taken by %q of %v", line, p.Answer, p.Choices)
		}
		var words []string
		for _, c := range formatWords {
			words = append(words, c.ID)
		}
		if formats := append(s.comp.K.Exec.Formats(), "none"); !slices.Equal(words, formats) {
			t.Errorf("there are words for %q, the kernel has %q", words, formats)
		}
	}
}

// TestPredictEnds: nothing is told of a future that was not run, and of no kind that there is not.
func TestPredictEnds(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	for _, kind := range []string{"next-fault", "next-rip", "init", "", "fortune"} {
		var failed error
		s.Ask(fmt.Appendf(nil, `{"kind": "predict", "what": %q}`, kind), func(_ []byte, err error) { failed = err })
		play(t, s)
		if failed == nil {
			t.Errorf("%q is answered", kind)
		}
	}
	s.Command(view.Command{Kind: "seek", N: 1000})
	play(t, s)
	if p := predicted(t, s, "init"); p.Answer != "/sbin/init" {
		t.Errorf("%q becomes PID 1", p.Answer)
	}
}
