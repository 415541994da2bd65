package boot_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"vitrine/kernel/boot"
)

// labels are the addresses of a program's symbols, as the linker wrote them.
func labels(t *testing.T, program string) map[string]uint64 {
	t.Helper()
	f, err := elf.NewFile(strings.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	list, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]uint64{}
	for _, s := range list {
		out[s.Name] = s.Value
	}
	return out
}

// whoGuest runs testdata/who.c until it pauses, with a history.
func whoGuest(t *testing.T) (*guest, *boot.History, map[string]uint64) {
	t.Helper()
	program := compiled(t, "testdata/who.c")
	g := newGuest(t, "quiet", map[string]string{"/bin/who": program}, "/bin/who")
	h := boot.NewHistory(g.Computer, boot.HistoryOptions{Interval: 200_000})
	h.Run(10*second, boot.NoLimit)
	return g, h, labels(t, program)
}

func word(b []byte) uint32 {
	if len(b) != 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// TestWhoWrote follows the writes into a variable from the last to the first and on again, as the program has them.
func TestWhoWrote(t *testing.T) {
	g, h, at := whoGuest(t)
	const parent = 2 // init started it
	cell := boot.Target{Kind: boot.Linear, PID: parent, Addr: at["cell"], N: 4}
	hash, now := g.Hash(), g.M.Now()
	want := []struct {
		rip uint64 // 0: the kernel's work
		new uint32
		why string // part of what is told of it
	}{
		{at["store_c"], 0x55555555, ""}, {0, 0x44444444, "read(3, "}, {at["store_b"], 0x22222222, ""}, {at["store_a"], 0x11111111, ""}, {0, 0x10, "page fault"},
	}
	var seen []*boot.Change
	for i, w := range want {
		ch, err := h.Who(cell, boot.Present, false, nil)
		if err != nil || ch == nil {
			t.Fatalf("write %d: %v %v", i, ch, err)
		}
		if i == 0 && (g.Hash() != hash || g.M.Now() != now) {
			t.Fatal("the question shows")
		}
		by := &ch.By
		told := by.Door + by.Call + by.Why + strings.Join(by.Work, " ")
		if word(ch.New) != w.new || w.rip != 0 && (by.RIP != w.rip || by.What != boot.ByInstruction || by.CPL != 3 || !strings.HasPrefix(by.Text, "mov dword ptr")) ||
			w.rip == 0 && by.What != boot.ByKernel || !strings.Contains(told, w.why) || by.PID != parent {
			t.Errorf("write %d: %x → %x by %+v, want %+v", i, ch.Old, ch.New, by, w)
		}
		seen = append(seen, ch)
		h.Seek(ch.Now)
	}
	if ch, err := h.Who(cell, boot.Present, false, nil); ch != nil && word(ch.New) != 0 || err != nil {
		t.Errorf("something before the program began: %+v %v", ch, err)
	}
	for _, want := range slices.Backward(seen) { // and on: the same writes
		ch, err := h.Who(cell, boot.Present, true, nil)
		if err != nil || ch == nil || ch.Now != want.Now || !bytes.Equal(ch.New, want.New) {
			t.Fatalf("next: %+v %v, want %+v", ch, err, want)
		}
		h.Seek(ch.Done)
	}
	if ch, _ := h.Who(cell, boot.Present, true, nil); ch != nil {
		t.Errorf("there is no later write: %+v", ch)
	}
}

// TestWhoCopied: a process that is born has its parent's value, and its first write makes a copy of the page.
func TestWhoCopied(t *testing.T) {
	_, h, at := whoGuest(t)
	cell := boot.Target{Kind: boot.Linear, PID: 2, Addr: at["cell"], N: 4}
	for range 3 { // c's store, the kernel's, b's
		ch, err := h.Who(cell, boot.Present, false, nil)
		if err != nil || ch == nil {
			t.Fatal(err)
		}
		h.Seek(ch.Now)
	}
	cell.PID = 3
	born, err := h.Who(cell, boot.Present, true, nil)
	if err != nil || born == nil || born.Old != nil || word(born.New) != 0x22222222 || !strings.HasPrefix(born.By.Call, "clone") && !strings.HasPrefix(born.By.Call, "fork") {
		t.Fatalf("the child's birth: %+v %v", born, err)
	}
	h.Seek(born.Done)
	child, err := h.Who(cell, boot.Present, true, nil)
	if err != nil || child == nil || child.By.RIP != at["store_child"] || child.By.PID != 3 || word(child.New) != 0x33333333 {
		t.Fatalf("the child's write: %+v %v", child, err)
	}
	h.Seek(child.Now)
	entry, err := h.Who(boot.Target{Kind: boot.Entry, PID: 3, Addr: at["cell"], Level: 1}, boot.Present, false, nil)
	if err != nil || entry == nil || entry.By.What != boot.ByKernel || !strings.Contains(strings.Join(entry.By.Work, ";"), "on write") {
		t.Fatalf("the entry: %+v %v", entry, err)
	}
}

// TestWhoEach compares with a run in which every change is noted, instruction by instruction.
func TestWhoEach(t *testing.T) {
	g, h, at := whoGuest(t)
	targets := []boot.Target{{Kind: boot.Linear, PID: 2, Addr: at["cell"], N: 1}, {Kind: boot.Register, Register: "CF"}}
	for _, name := range []string{"rax", "rsp", "r13", "cr3", "xmm0", "cs", "cr2"} {
		targets = append(targets, boot.Target{Kind: boot.Register, Register: name})
	}
	end := g.M.Now()
	begin := end - min(end, 60_000)
	type change struct {
		now, done uint64
		new       string
	}
	log := make([][]change, len(targets))
	probes := make([]*boot.Probe, len(targets))
	h.Seek(begin)
	last := make([]string, len(targets))
	for i := range targets {
		probes[i], _ = boot.NewProbe(g.Computer, targets[i])
		last[i] = probes[i].Value()
	}
	for g.M.Now() < end {
		now := g.M.Now()
		if g.Run(now+1, boot.NoLimit).Reason != boot.Budget {
			break
		}
		for i := range targets {
			if v := probes[i].Value(); v != last[i] {
				log[i] = append(log[i], change{now, g.M.Now(), v})
				last[i] = v
			}
		}
	}
	seed := uint64(1)
	for range 4 {
		seed = seed*6364136223846793005 + 1442695040888963407
		now := begin + seed>>20%(end-begin)
		h.Seek(now)
		now = g.M.Now()
		hash := g.Hash()
		for i := range targets {
			var before, after *change
			for j := range log[i] {
				if c := &log[i][j]; c.done <= now {
					before = c
				} else if after == nil {
					after = c
				}
			}
			for next, want := range map[bool]*change{false: before, true: after} {
				if want == nil {
					continue // it lies outside of what was noted
				}
				ch, err := h.Who(targets[i], boot.Present, next, nil)
				if err != nil || ch == nil || ch.Now != want.now || ch.Done != want.done || string(ch.New) != want.new {
					t.Errorf("%+v at %d, next %v: %+v %v, want %+v", targets[i], now, next, ch, err, want)
				}
			}
		}
		if g.Hash() != hash || g.M.Now() != now {
			t.Fatalf("a question at %d shows", now)
		}
	}
	n := 0
	for i := range log {
		n += len(log[i])
	}
	if n < 1000 {
		t.Errorf("only %d changes in all", n)
	}
}

// TestWhoCancelled: a question that is broken off leaves everything as it was.
func TestWhoCancelled(t *testing.T) {
	g, h, _ := whoGuest(t)
	h.Seek(g.M.Now() / 2)
	hash, n := g.Hash(), 0
	_, err := h.Who(boot.Target{Kind: boot.Register, Register: "efer"}, boot.Present, false, func(done, of uint64) bool {
		if n++; done > of {
			t.Errorf("%d of %d", done, of)
		}
		return n < 3
	})
	if err != boot.ErrCancelled || n != 3 || g.Hash() != hash {
		t.Errorf("%v after %d", err, n)
	}
	for _, wrong := range []boot.Target{{Register: "rix"}, {Kind: boot.Physical, Addr: 1 << 40, N: 1}, {Kind: boot.Linear, Addr: ^uint64(0), N: 64},
		{Kind: boot.WholeFrame, Addr: 1 << 30}, {Kind: boot.Entry, Level: 9}, {Kind: 77}} {
		if _, err := h.Who(wrong, boot.Present, false, nil); err != boot.ErrTarget {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}
