package main

import (
	"encoding/json"
	"strings"
	"testing"

	"vitrine/wasm/view"
)

// asks asks a question and waits for the answer.
func asks(t *testing.T, s *Session, question map[string]any, answer any) error {
	t.Helper()
	raw, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	var text []byte
	var failed error
	over := false
	s.Ask(raw, func(answer []byte, err error) { text, failed, over = answer, err, true })
	for range 1000 {
		if over {
			break
		}
		s.Slice(func() float64 { return 0 })
	}
	if !over {
		t.Fatalf("%s: no answer", raw)
	}
	if failed == nil {
		if err := json.Unmarshal(text, answer); err != nil {
			t.Fatal(err)
		}
	}
	return failed
}

func fact(a *view.Answer, name string) string {
	for _, f := range a.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// TestAskPrinted asks what printed a character of cow's output, on the screen and above it, and follows the byte back into the
// program's memory.
func TestAskPrinted(t *testing.T) {
	s := session(t, Options{Run: "cow; yes | head -n 40"})
	play(t, s)
	hash := s.comp.Hash()
	lines := strings.Split(s.ConsoleText(), "\n")
	line := -1
	for i, text := range lines {
		if strings.HasPrefix(text, "child ") {
			line = i
		}
	}
	if line < 0 {
		t.Fatalf("the console shows\n%s", s.ConsoleText())
	}
	var a view.Answer
	if err := asks(t, s, map[string]any{"kind": "printed", "line": line, "char": 3}, &a); err != nil {
		t.Fatal(err)
	}
	if !a.Found || !strings.Contains(a.Title, "‘l’ was printed by cow, pid ") || fact(&a, "instruction") != "syscall" || !strings.HasPrefix(fact(&a, "system call"), `writev(1, [{iov_base="child `) ||
		!strings.HasPrefix(fact(&a, "in its memory"), "l at 0x") || a.Source == nil {
		t.Fatalf("%+v", a)
	}
	var w view.Answer
	if err := asks(t, s, map[string]any{"kind": "who", "place": a.Source, "at": a.Now}, &w); err != nil {
		t.Fatal(err)
	}
	if !w.Found || !strings.Contains(w.Text[0], "‘l’") || fact(&w, "ring") != "3" || !strings.Contains(fact(&w, "task"), " cow") || w.Now >= a.Now {
		t.Errorf("who put it there: %+v", w)
	}
	if s.comp.Hash() != hash {
		t.Error("questions show")
	}
	for _, q := range []map[string]any{{"kind": "printed", "line": -3}, {"kind": "printed", "line": 1e6}, {"kind": "printed", "line": line, "char": 900}} {
		if err := asks(t, s, q, &a); err != nil || a.Found {
			t.Errorf("%v: %+v %v", q, a, err)
		}
	}
	if err := asks(t, s, map[string]any{"kind": "printed", "byte": 1e15}, &a); err == nil {
		t.Error("a byte that was never sent was found")
	}
}

// TestAskWho asks about registers, flags, memory, entries and frames; and what is no place is refused.
func TestAskWho(t *testing.T) {
	s := session(t, Options{Run: "cow"})
	play(t, s)
	now := s.comp.M.Now()
	s.Command(view.Command{Kind: "pause"})
	s.Command(view.Command{Kind: "seek", N: float64(now - now/8)})
	s.Slice(func() float64 { return 0 })
	regs := map[string]string{}
	state := stateAnswer{}
	if err := asks(t, s, map[string]any{"kind": "state"}, &state); err != nil {
		t.Fatal(err)
	}
	regs = state.Registers
	for _, name := range []string{"rax", "rsp", "cr3"} {
		var a view.Answer
		if err := asks(t, s, map[string]any{"kind": "who", "place": map[string]any{"kind": "register", "register": name}}, &a); err != nil {
			t.Fatal(err)
		}
		digits := strings.TrimPrefix(regs[name], "0x")
		if !a.Found || !strings.HasSuffix(strings.TrimSuffix(a.Text[0], "."), strings.Repeat("0", 16-len(digits))+digits) {
			t.Errorf("%s is %s now; the answer: %+v", name, regs[name], a)
		}
	}
	for _, p := range []map[string]any{{"kind": "register", "register": "ZF"}, {"kind": "entry", "addr": "0x400000", "level": 2, "pid": 1},
		{"kind": "byte", "addr": "0x400000", "n": 8, "pid": 1}, {"kind": "frame", "addr": "200"}, {"kind": "physical", "addr": "0x7c00"}} {
		var a view.Answer
		if err := asks(t, s, map[string]any{"kind": "who", "place": p}, &a); err != nil || !a.Found || a.Title == "" || len(a.Facts) == 0 {
			t.Errorf("%v: %+v %v", p, a, err)
		}
	}
	for _, p := range []map[string]any{{"kind": "register", "register": "<b>"}, {"kind": "byte", "addr": "zz"}, {"kind": "frame", "addr": "fffffffffff"}, {}} {
		if err := asks(t, s, map[string]any{"kind": "who", "place": p}, nil); err == nil {
			t.Errorf("%v is a place", p)
		}
	}
}

// TestAskCompare compares the prompt before a program ran with the prompt behind it.
func TestAskCompare(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	at := s.comp.M.Now()
	s.Command(view.Command{Kind: "input", Text: "spin & cow\r"})
	for range 200 {
		s.Slice(func() float64 { return 0 })
	}
	hash := s.comp.Hash()
	var a view.Answer
	if err := asks(t, s, map[string]any{"kind": "compare", "at": at}, &a); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, table := range a.Tables {
		for _, row := range table.Rows {
			if len(row) != len(table.Head) {
				t.Errorf("%s: %q under %q", table.Title, row, table.Head)
			}
			all[table.Title] += strings.Join(row, " ") + "\n"
		}
	}
	if !strings.Contains(all["Tasks"], " spin new") || all["Registers and flags"] == "" || !strings.Contains(all["Memory: frames that differ, by what they are for"], "anonymous ") {
		t.Errorf("%+v", all)
	}
	frames := a.Tables[len(a.Tables)-1]
	var bytes view.Answer
	if err := asks(t, s, map[string]any{"kind": "compare", "at": at, "frame": frames.Frame[0]}, &bytes); err != nil || len(bytes.Tables) != 1 || len(bytes.Tables[0].Rows) == 0 {
		t.Errorf("the bytes of %s: %+v %v", frames.Frame[0], bytes, err)
	}
	if s.comp.Hash() != hash {
		t.Error("the comparison shows")
	}
	if err := asks(t, s, map[string]any{"kind": "compare", "at": s.comp.M.Now()}, &a); err != nil || !strings.HasPrefix(a.Title, "Nothing differs") {
		t.Errorf("a moment with itself: %+v %v", a, err)
	}
	for _, q := range []map[string]any{{"kind": "compare", "at": 1e15}, {"kind": "compare", "at": at, "frame": "fffffff"}, {"kind": "compare", "at": at, "frame": "x"}} {
		if err := asks(t, s, q, &a); err == nil {
			t.Errorf("%v was answered", q)
		}
	}
}
