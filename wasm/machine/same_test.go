package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"vitrine/engine/state"
	"vitrine/wasm/view"
)

// seen is a moment as the page sees it.
type seen struct {
	now, retired, hash uint64
	frame              view.Frame
	console, log       string
}

// look takes the picture of a machine that stands still. What depends on the reader's way there is left out: what the
// last instruction changed unless it was stepped to, how the machine runs, what else there is in its time.
func look(s *Session, stepped bool) seen {
	s.Command(view.Command{Kind: "pause"})
	var f view.Frame
	s.picture.draw(&f)
	f.Seq, f.Rate, f.Speed, f.Timeline, f.Stats.Lost = 0, 0, 0, view.Timeline{}, 0
	f.RAM.Hot, f.RAM.Chosen, f.RAM.Code = nil, view.Frame4K{}, nil // Code is what the CPU has in a cache of the host
	if f.RAM.Facts {                                               // of which it has looked through as many frames as there were pictures
		f.RAM.Uses, f.RAM.Counts = nil, [view.NumUses]uint32{}
	}
	if !stepped {
		f.RAM.Written = nil
		f.CPU.PrevR, f.CPU.PrevRIP, f.CPU.PrevRFLAGS = f.CPU.R, f.CPU.RIP, f.CPU.RFLAGS
	}
	if f.Rings.Saved.From == "the same stack" { // where that was is known to who has stepped through the gate
		f.Rings.Saved = view.Saved{}
	}
	return seen{f.Now, f.Retired, s.comp.Hash(), f, s.ConsoleText(), s.LogText()}
}

// same tells where two pictures of a moment differ, "" when they do not.
func (a *seen) same(b *seen) string {
	switch {
	case a.now != b.now || a.retired != b.retired || a.hash != b.hash:
		return fmt.Sprintf("%d, instruction %d, hash %x; it was %d, %d, %x", b.now, b.retired, b.hash, a.now, a.retired, a.hash)
	case a.console != b.console:
		return fmt.Sprintf("the console shows\n%s\nit was\n%s", b.console, a.console)
	case a.log != b.log:
		return fmt.Sprintf("the log is\n%s\nit was\n%s", b.log, a.log)
	case bytes.Equal(state.Encode(&a.frame), state.Encode(&b.frame)) && view.MakeTwin(&a.frame) == view.MakeTwin(&b.frame):
		return ""
	}
	return strings.Join(differences("", fields(a.frame), fields(b.frame)), "\n")
}

// TestSameBothWays goes to random moments of a run that boots, types, forks, copies on write, is resized, and draws
// forms on its screen; and back to each of them. The whole picture is the one that was seen on the way.
func TestSameBothWays(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	s := session(t, Options{Paused: true})
	lines := []string{"cow\r", "ls -l /bin | head -n 30\r", "forks; echo $((6*7))\r", "printf '\\033[2J\\033[5;10Hx\\033[7m%s\\033[0m\\033]0;title\\007' y; vi /etc/passwd\r",
		":q\r", "touch-pages; seq 1 100\r", "segv\r"}
	var all []seen
	for len(lines) > 0 {
		n := 1 + random.Intn(256<<random.Intn(10))
		do(t, s, view.Command{Kind: "step", N: float64(n)})
		all = append(all, look(s, true))
		if s.waiting {
			do(t, s, view.Command{Kind: "resize", Rows: 20 + len(lines), Cols: 90 - len(lines)})
			s.Command(view.Command{Kind: "input", Text: lines[0]})
			lines = lines[1:]
			s.waiting = false
			all = all[:len(all)-1] // at this moment something has been typed since
		}
	}
	toAndFro(t, s, all, random, 30)
	t.Logf("%d moments, %d kB", s.hist.Moments(), s.hist.Bytes()>>10)
}

// toAndFro goes to n of the moments, and steps back to them.
func toAndFro(t *testing.T, s *Session, all []seen, random *rand.Rand, n int) {
	t.Helper()
	for range n {
		i := random.Intn(len(all))
		want := all[i]
		do(t, s, view.Command{Kind: "seekretired", N: float64(want.retired)})
		got := look(s, false)
		plain := want
		plain.frame.RAM.Written = nil
		plain.frame.CPU.PrevR, plain.frame.CPU.PrevRIP, plain.frame.CPU.PrevRFLAGS = plain.frame.CPU.R, plain.frame.CPU.RIP, plain.frame.CPU.RFLAGS
		if d := plain.same(&got); d != "" {
			t.Fatalf("moment %d of %d, sought: %s", i, len(all), d)
		}
		do(t, s, view.Command{Kind: "step", N: float64(1 + random.Intn(1000))})
		do(t, s, view.Command{Kind: "back", N: float64(s.comp.M.CPU.S.Retired - want.retired)})
		got = look(s, true)
		if d := want.same(&got); d != "" {
			t.Fatalf("moment %d of %d, stepped back to: %s", i, len(all), d)
		}
	}
}

// TestForeignBothWays: the same with a kernel that is not ours, of which only the machine is known.
func TestForeignBothWays(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	s, err := NewSession(nil, nil, Options{Kernel: foreignKernel(t), Mem: 16 << 20, Paused: true})
	if err != nil {
		t.Fatal(err)
	}
	var all []seen
	for i := range 40 {
		do(t, s, view.Command{Kind: "step", N: float64(1 + random.Intn(50))})
		all = append(all, look(s, true))
		if s.comp.WantsInput() {
			s.Command(view.Command{Kind: "input", Text: string(rune('a' + i%26))})
			s.waiting = false
			all = all[:len(all)-1]
		}
	}
	toAndFro(t, s, all, random, 20)
}
