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

// An answer that is to wait until the machine has come where it was sent waits for steps, also for those that were asked
// for while a job was under way, and not where nothing runs.
func TestAskAtRest(t *testing.T) {
	s := session(t, Options{Run: "cow"})
	where := func(commands ...view.Command) (at float64, stop string) {
		t.Helper()
		for _, c := range commands {
			s.Command(c)
		}
		var a struct {
			Retired float64
			Stop    string
		}
		answered := false
		s.Ask([]byte(`{"kind":"state","rest":true}`), func(b []byte, err error) {
			answered = true
			if err == nil {
				err = json.Unmarshal(b, &a)
			}
			if err != nil {
				t.Error(err)
			}
		})
		play(t, s)
		if !answered {
			t.Fatalf("no answer after %v", commands)
		}
		return a.Retired, a.Stop
	}
	pause := view.Command{Kind: "pause"}
	if at, stop := where(pause, view.Command{Kind: "step", N: 100_000}); at != 100_000 || stop != "step" {
		t.Errorf("100,000 steps lead to %v, %s", at, stop)
	}
	if at, _ := where(view.Command{Kind: "back", N: 1000}, view.Command{Kind: "step", N: 300}); at != 99_300 {
		t.Errorf("1,000 back and 300 on lead to %v", at)
	}
	if _, stop := where(view.Command{Kind: "event", Text: "cow"}); stop != "step" {
		t.Errorf("the copy: %s", stop)
	}
	s.Command(view.Command{Kind: "play"})
	play(t, s)
	if _, stop := where(view.Command{Kind: "event", Text: "cow"}); stop != "waiting for input" {
		t.Errorf("at the prompt: %s", stop)
	}
	s.Command(view.Command{Kind: "input", Text: "cow\r"})
	if _, stop := where(view.Command{Kind: "event", Text: "cow"}); stop != "step" {
		t.Errorf("the copy after typing: %s", stop)
	}
}

// What is told are the newest events of the kinds wanted, oldest first; listening changes nothing.
func TestTold(t *testing.T) {
	s, silent := session(t, Options{Run: "cow"}), session(t, Options{Run: "cow"})
	s.Command(view.Command{Kind: "tell", Mask: uint64(view.MaskOf(view.KindFork, view.KindCOW))})
	play(t, s)
	play(t, silent)
	if s.comp.Hash() != silent.comp.Hash() {
		t.Error("listening has changed the machine")
	}
	var list []happening
	b := s.Batch()
	if err := json.Unmarshal([]byte(s.told(b.Events)), &list); err != nil {
		t.Fatal(err)
	}
	forks, last := 0, uint64(0)
	for _, h := range list {
		if h.Kind != "fork" && h.Kind != "cow" || h.Now < last {
			t.Errorf("told out of turn: %+v", h)
		}
		if h.Kind == "fork" && h.Data["child"] != "" {
			forks++
		}
		last = h.Now
	}
	if forks == 0 {
		t.Errorf("no fork among %+v", list)
	}
	many := make([]view.Event, 3*maxTold)
	for i := range many {
		many[i] = view.Event{At: uint64(i), Kind: view.KindCOW}
	}
	if err := json.Unmarshal([]byte(s.told(many)), &list); err != nil || len(list) != maxTold || list[0].Lost != 2*maxTold || list[maxTold-1].Now != 3*maxTold-1 {
		t.Errorf("of %d events %d were told, %d said to be lost (%v)", len(many), len(list), list[0].Lost, err)
	}
}

// The boot's stages and the programs are chapters: to and fro they are found at the same moments.
func TestChapters(t *testing.T) {
	s := session(t, Options{Paused: true})
	var there []uint64
	next := func() {
		for {
			f := do(t, s, view.Command{Kind: "chapter", N: 1})
			if f.Stop == "waiting for input" {
				return
			}
			there = append(there, f.Now)
		}
	}
	next()
	stages := len(there)
	if stages < numStages-1 {
		t.Fatalf("%d chapters up to the prompt", stages)
	}
	s.Command(view.Command{Kind: "input", Text: "hello; hello\r"})
	next()
	if len(there) < stages+4 { // two begin, two end
		t.Errorf("%d chapters in two programs", len(there)-stages)
	}
	for i := len(there) - 1; i >= 0; i-- {
		if f := do(t, s, view.Command{Kind: "chapter", N: -1}); f.Now != there[i] {
			t.Fatalf("chapter %d of %d: %d; it began at %d", i, len(there), f.Now, there[i])
		}
	}
	if f := do(t, s, view.Command{Kind: "chapter", N: -1}); f.Now != 0 || f.Stop != "the beginning" {
		t.Errorf("before all chapters: %d, %q", f.Now, f.Stop)
	}
}

// Steps that have not been made yet are made before a step back, and a key comes where the machine was sent first.
func TestCommandsInOrder(t *testing.T) {
	s := session(t, Options{Paused: true})
	before := do(t, s, view.Command{Kind: "step", N: 1000}).Retired
	s.Command(view.Command{Kind: "step", N: 10})
	s.Command(view.Command{Kind: "back", N: 3})
	s.Command(view.Command{Kind: "step", N: 1})
	if f := do(t, s, view.Command{Kind: "back", N: 2}); f.Retired != before+6 {
		t.Errorf("instruction %d, not %d", f.Retired, before+6)
	}
	s.Command(view.Command{Kind: "seekretired", N: 500})
	f := do(t, s, view.Command{Kind: "input", Text: "x"})
	if f.Retired != 500 || f.UART.RX != 1 || len(f.Timeline.Branches) != 2 {
		t.Errorf("instruction %d, %d bytes typed, %d branches", f.Retired, f.UART.RX, len(f.Timeline.Branches))
	}
}

// A moment that was jumped to has a recent past: what happened before it is told, and it is the same moment.
func TestRunUp(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	s.Command(view.Command{Kind: "input", Text: "spin & spin\r"})
	ms := 0.0
	for s.comp.M.Now() < 40_000_000 {
		s.Slice(func() float64 { ms += sliceMs; return ms })
	}
	s.Command(view.Command{Kind: "pause"})
	s.Batch()
	now := s.comp.M.Now() - 1_000_000
	do(t, s, view.Command{Kind: "seek", N: float64(now)})
	here, at := s.comp.Hash(), s.comp.M.Now()
	do(t, s, view.Command{Kind: "seek", N: 0})
	s.Command(view.Command{Kind: "seek", N: float64(now)})
	play(t, s)
	b := s.Batch()
	if b.Frame.Now != at || s.comp.Hash() != here || b.From > at-runUp {
		t.Fatalf("at %d, told from %d; it was %d", b.Frame.Now, b.From, at)
	}
	switches := 0
	for _, e := range b.Events {
		if e.Kind == view.KindSwitch {
			switches++
		}
	}
	if switches < 3 { // a slice is of 4 ms, and 20 ms are told
		t.Errorf("%d switches are told of the last %d units", switches, at-b.From)
	}
}
