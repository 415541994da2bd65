package main

import (
	"testing"

	"vitrine/wasm/view"
)

// A run is aimed at a function by its name, and comes to the same moment from behind and from before.
func TestUntilAndBackUntil(t *testing.T) {
	s := session(t, Options{Run: "cow"})
	play(t, s)
	main, ok := uint64(0), false
	for i := range s.progs {
		if s.progs[i].Path == "/bin/cow" {
			main, ok = addressOf(s.progs[i].Symbols, "main")
		}
	}
	if !ok {
		t.Fatal("cow has no main")
	}
	f := do(t, s, view.Command{Kind: "backuntil", Text: "break cow:main"})
	if f.CPU.RIP != main || !f.Timeline.Past || f.Stop != "step" {
		t.Fatalf("at %x, %q, want %x; %+v", f.CPU.RIP, f.Stop, main, f.Timeline)
	}
	there, hash := f.Retired, s.comp.Hash()
	do(t, s, view.Command{Kind: "back", N: 1000})
	if f = do(t, s, view.Command{Kind: "until", Text: "break main"}); f.Retired == there {
		t.Error("another program's main was found, though this one's space was not there")
	}
	do(t, s, view.Command{Kind: "seekretired", N: float64(there - 1000)})
	if f = do(t, s, view.Command{Kind: "until", Text: "break cow:main"}); f.Retired != there || s.comp.Hash() != hash {
		t.Errorf("from before it comes to instruction %d, from behind to %d", f.Retired, there)
	}
	sp := f.CPU.R[4]
	if f = do(t, s, view.Command{Kind: "until", Text: "register:rsp"}); f.CPU.R[4] == sp || f.Retired <= there || f.Retired > there+20 {
		t.Errorf("rsp is %x, was %x, after %d instructions", f.CPU.R[4], sp, f.Retired-there)
	}
	if f = do(t, s, view.Command{Kind: "backuntil", Text: "break 1"}); f.Stop != "no such moment before" {
		t.Errorf("%q", f.Stop)
	}
}

// Whatever is written is refused with a reason, or can be waited for.
func FuzzAim(f *testing.F) {
	for _, text := range []string{"", "break", "break main", "break cow:main", "break 0x401136", "write 7ffff7ff8000 8", "write main,99999999999", "register rax", "register:AL", "register", "break ffffffff80102030", "a:b:c"} {
		f.Add(text)
	}
	var s *Session
	f.Fuzz(func(t *testing.T, text string) {
		if s == nil {
			s = session(t, Options{})
			play(t, s)
		}
		g, err := s.aim(text)
		if err == nil && len(g.Breaks) == 0 && len(g.Writes) == 0 && g.Register == nil {
			t.Errorf("%q is nothing to wait for", text)
		}
	})
}
