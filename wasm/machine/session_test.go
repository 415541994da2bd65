package main

import (
	"math"
	"os"
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/state"
	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// builtDisk is the built disk; where it is not built the test is passed over. `make test` builds it first.
func builtDisk(t *testing.T) dev.Image {
	t.Helper()
	disk, err := os.ReadFile("../../build/disk.img")
	if err != nil {
		if os.Getenv("VITRINE_PAGE") == "" {
			t.Skip("the disk is not built: make build")
		}
		t.Fatal(err)
	}
	return disk
}

// builtPrograms are what is known of the disk's programs.
func builtPrograms(t *testing.T) []view.Program {
	t.Helper()
	packed, err := os.ReadFile("../../build/programs.bin")
	if err != nil {
		t.Fatal(err)
	}
	var programs []view.Program
	if err := state.Decode(packed, &programs); err != nil {
		t.Fatal(err)
	}
	return programs
}

// session boots the built disk.
func session(t *testing.T, o Options) *Session {
	t.Helper()
	s, err := NewSession(builtDisk(t), builtPrograms(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// play slices until nothing more happens without the reader, with a clock that makes each slice one chunk long.
func play(t *testing.T, s *Session) {
	t.Helper()
	ms := 0.0
	clock := func() float64 { ms += sliceMs; return ms }
	for i := 0; i < 200_000; i++ {
		if s.Slice(clock) < 0 {
			return
		}
	}
	t.Fatalf("it never stops; the console shows:\n%s", s.ConsoleText())
}

func TestPlayToPrompt(t *testing.T) {
	s := session(t, Options{Run: "echo $((6*7))"})
	play(t, s)
	if text := s.ConsoleText(); !strings.Contains(text, "\n42\n") {
		t.Errorf("the console shows:\n%s", text)
	}
	b := s.Batch()
	if b == nil || b.Frame.Stop != "waiting for input" || !b.Frame.Kernel.Booted {
		t.Fatalf("batch %+v", b)
	}
	for i, stage := range b.Frame.Boot {
		if !stage.Done || i > 0 && stage.At <= b.Frame.Boot[i-1].At {
			t.Errorf("boot stage %q: done %v at %d", stage.Name, stage.Done, stage.At)
		}
	}
	if s.Batch() != nil {
		t.Error("a second batch although nothing has changed")
	}
}

func TestStepToCopyOnWrite(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	before := s.Batch().Frame.Cow.Copies
	s.Command(view.Command{Kind: "event", Text: "cow"})
	s.Command(view.Command{Kind: "input", Text: "cow\r"})
	play(t, s)
	f := &s.Batch().Frame
	if f.Cow.Copies != before+1 || f.Stop != "step" {
		t.Fatalf("%d copies, %d before; stop %q", f.Cow.Copies, before, f.Stop)
	}
	if !strings.Contains(f.Story, "copied frame") {
		t.Errorf("the story is %q", f.Story)
	}
	if !f.Cow.Valid || f.Cow.Active < 0 || len(f.Cow.Rows) == 0 {
		t.Errorf("the pair: valid %v, active row %d of %d", f.Cow.Valid, f.Cow.Active, len(f.Cow.Rows))
	}
}

func TestStepInstruction(t *testing.T) {
	s := session(t, Options{Paused: true})
	for i := uint64(1); i <= 50; i++ {
		s.Command(view.Command{Kind: "step", N: 1})
		play(t, s)
		f := &s.Batch().Frame
		if f.Retired != i {
			t.Fatalf("after %d steps %d instructions have retired", i, f.Retired)
		}
		if f.Code.Current < 0 || f.Code.Lines[f.Code.Current].Intel == "(bad)" {
			t.Fatalf("step %d: the listing around %x has no current line", i, f.CPU.RIP)
		}
	}
}

// Commands that make no sense are ignored.
func TestWildCommands(t *testing.T) {
	s := session(t, Options{Paused: true})
	for _, c := range []view.Command{{}, {Kind: "nonsense"}, {Kind: "resize", Rows: -5, Cols: 1 << 30}, {Kind: "walk", Addr: 1 << 63}, {Kind: "event", Text: "?"},
		{Kind: "speed", N: -7}, {Kind: "step", N: -1}, {Kind: "mask", Mask: ^uint64(0)}, {Kind: "input", Text: strings.Repeat("x", 100_000)},
		{Kind: "seek", N: math.NaN()}, {Kind: "seek", N: math.Inf(1)}, {Kind: "seek", N: -1}, {Kind: "seekretired", N: 1e300}, {Kind: "back", N: math.Inf(1)},
		{Kind: "back", N: math.NaN()}, {Kind: "branch", N: 0.5}, {Kind: "branch", N: -1}, {Kind: "branch", N: math.NaN()}, {Kind: "branch", N: 1e18}, {Kind: "forget", N: 0},
		{Kind: "forget", N: 77}, {Kind: "rename", N: math.NaN(), Text: "x"}, {Kind: "rename", Text: "\xff\x00" + strings.Repeat("é", 1000)}, {Kind: "chapter", N: math.NaN()},
		{Kind: "micro", N: math.NaN()}, {Kind: "until", Text: "write", N: math.NaN()}, {Kind: "backuntil", Text: "register:"}, {Kind: "cancel"}, {Kind: "end"}} {
		s.Command(c)
	}
	play(t, s)
	s.Command(view.Command{Kind: "pause"})
	s.Slice(func() float64 { return 0 })
	if s.Batch() == nil {
		t.Error("no picture after wild commands")
	}
}

// Watching changes nothing: the state after n instructions is the same with every kind listened to and a picture after each slice.
func TestWatchingChangesNothing(t *testing.T) {
	const n = 200_000
	hash := func(watch bool) uint64 {
		s := session(t, Options{Paused: true})
		s.Command(view.Command{Kind: "step", N: n})
		if watch {
			s.Command(view.Command{Kind: "mask", Mask: 1<<trace.NumKinds - 1})
		}
		for s.Slice(func() float64 { return 1e9 }) >= 0 {
			if watch {
				s.Batch()
			}
		}
		return s.comp.Hash()
	}
	if plain, watched := hash(false), hash(true); plain != watched {
		t.Errorf("plain %x, watched %x", plain, watched)
	}
}

// At full speed the machine is held at each event of the kinds the page asked for, and nothing else changes.
func TestSlowAtCopies(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	before := s.comp.K.MM.State.Counters.COWCopied
	s.Command(view.Command{Kind: "slow", Mask: uint64(view.MaskOf(trace.COW)), N: 400})
	s.Command(view.Command{Kind: "input", Text: "cow\r"})
	held := uint64(0)
	ms := 0.0
	for {
		wait := s.Slice(func() float64 { ms++; return ms })
		if wait < 0 {
			break
		}
		if wait == 400 {
			held++
			if f := &s.Batch().Frame; !f.Held || !strings.Contains(f.Story, "copied frame") {
				t.Fatalf("held %v, story %q", f.Held, f.Story)
			}
		}
	}
	if copies := s.comp.K.MM.State.Counters.COWCopied - before; held == 0 || held > copies {
		t.Errorf("held %d times for %d copies", held, copies)
	}
	if !strings.Contains(s.ConsoleText(), "still reads A") {
		t.Errorf("the console shows:\n%s", s.ConsoleText())
	}
}
