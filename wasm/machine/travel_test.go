package main

import (
	"encoding/json"
	"testing"

	"vitrine/wasm/view"
)

// do gives a command and plays until nothing more happens.
func do(t *testing.T, s *Session, c view.Command) *view.Frame {
	t.Helper()
	s.Command(c)
	play(t, s)
	b := s.Batch()
	if b == nil {
		t.Fatalf("no picture after %+v", c)
	}
	return &b.Frame
}

// What is typed in the past begins a branch; the old future can be returned to.
func TestTypeInThePast(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	prompt := s.Batch().Frame.Retired
	s.Command(view.Command{Kind: "input", Text: "echo one\r"})
	play(t, s)
	end := s.Batch().Frame.Timeline
	one := s.comp.Hash()

	f := do(t, s, view.Command{Kind: "seekretired", N: float64(prompt)})
	if f.Retired != prompt || !f.Timeline.Past || f.Timeline.End != end.Now || f.Timeline.EndRetired != end.Retired || f.Running {
		t.Fatalf("back at the prompt: %+v, running %v; it ended at %+v", f.Timeline, f.Running, end)
	}
	s.Command(view.Command{Kind: "play"})
	f = do(t, s, view.Command{Kind: "input", Text: "echo two\r"})
	if len(f.Timeline.Branches) != 2 || f.Timeline.Branch != 1 || f.Timeline.Past {
		t.Fatalf("%+v", f.Timeline)
	}
	do(t, s, view.Command{Kind: "rename", N: 0, Text: " first \x00"})
	f = do(t, s, view.Command{Kind: "branch", N: 0})
	if f.Timeline.Branch != 0 || f.Timeline.Now != end.Now || s.comp.Hash() != one {
		t.Errorf("returned to %+v", f.Timeline)
	}
	if f = do(t, s, view.Command{Kind: "forget", N: 1}); len(f.Timeline.Branches) != 1 {
		t.Errorf("%+v", f.Timeline)
	}
}

// A question is answered in JSON, or refused.
func TestAsk(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	ask := func(raw string) (answer map[string]any, err error) {
		s.Ask([]byte(raw), func(b []byte, e error) {
			if err = e; err == nil {
				err = json.Unmarshal(b, &answer)
			}
		})
		play(t, s)
		return answer, err
	}
	a, err := ask(`{"kind":"state"}`)
	if err != nil || a["retired"] != float64(s.comp.M.CPU.S.Retired) || a["wants"] != true {
		t.Errorf("%v %v", a, err)
	}
	for _, raw := range []string{"", "{", "[]", `{"kind":"?"}`, `{"kind":7}`} {
		if _, err := ask(raw); err != errQuestion {
			t.Errorf("%q: %v", raw, err)
		}
	}
}
