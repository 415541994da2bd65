package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"vitrine/engine/mmu"
	"vitrine/engine/trace"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// types has a line typed at the prompt and returns the picture when nothing happens any more.
func types(t *testing.T, s *Session, line string) *view.Memory {
	t.Helper()
	s.Command(view.Command{Kind: "play"})
	s.Command(view.Command{Kind: "input", Text: line + "\r"})
	play(t, s)
	return &s.Batch().Frame.Memory
}

func spaceOf(t *testing.T, m *view.Memory, pid int) *view.Space {
	t.Helper()
	for i := range m.Spaces {
		if m.Spaces[i].PID == pid {
			return &m.Spaces[i]
		}
	}
	t.Fatalf("no address space of pid %d: %+v", pid, m.PIDs)
	return nil
}

// TestSpaceLikeProc: what the guest prints of /proc/1/maps and /proc/1/pagemap is what the picture shows of init.
func TestSpaceLikeProc(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	s.Command(view.Command{Kind: "resize", Rows: 60, Cols: 160})
	s.Command(view.Command{Kind: "space", N: 1})
	m := types(t, s, "cat /proc/1/maps >/root/maps; dd if=/proc/1/pagemap of=/root/pages bs=8 skip=1024 count=32 2>/dev/null; clear")
	if !m.Asked || m.Chosen != 1 {
		t.Fatalf("pid %d is shown", m.Chosen)
	}
	types(t, s, "cat /root/maps")
	space, lines := spaceOf(t, m, 1), 0
	for _, a := range space.Areas {
		text := fmt.Sprintf("%08x-%08x %s %08x", a.Start, a.End, a.Prot, a.Offset)
		for _, line := range strings.Split(s.ConsoleText(), "\n") {
			if strings.HasPrefix(line, text) && strings.HasSuffix(strings.TrimSpace(line), " "+a.Name) || strings.HasPrefix(line, text) && a.Name == "" {
				lines++
			}
		}
	}
	if lines != len(space.Areas) || lines < 5 {
		t.Errorf("%d of %d areas are in\n%s", lines, len(space.Areas), s.ConsoleText())
	}
	types(t, s, "clear; od -An -v -tx8 /root/pages")
	var entries []uint64
	for _, word := range strings.Fields(s.ConsoleText()) {
		if v, err := strconv.ParseUint(word, 16, 64); err == nil && len(word) == 16 {
			entries = append(entries, v)
		}
	}
	if len(entries) != 32 {
		t.Fatalf("%d entries in\n%s", len(entries), s.ConsoleText())
	}
	present := 0
	for i, e := range entries {
		frame, ok := frameAt(space, uint64(1024+i)<<12)
		if want := e&mm.PagemapPresent != 0; ok != want || ok && uint64(frame) != e&(1<<55-1) {
			t.Errorf("page %x: frame %x, %v; /proc/1/pagemap has %x", 1024+i, frame, ok, e)
		}
		if ok {
			present++
		}
	}
	if present < 3 {
		t.Errorf("only %d pages are in memory", present)
	}
}

// frameAt is the frame that the picture shows for a page.
func frameAt(s *view.Space, va uint64) (uint32, bool) {
	for i := range s.Areas {
		a := &s.Areas[i]
		cell := a.Cell(va)
		if cell < 0 || a.Per != 1 {
			continue
		}
		switch view.Page(a.Cells[cell]) & view.PageKind {
		case view.PageNone, view.PageWaiting, view.PageSwapped:
			return 0, false
		}
		return a.Frame(cell), true
	}
	return 0, false
}

// TestSpaceIsWalked: every page of both address spaces stands as a walk through its tables finds it, and is said to be others',
// too, when both have its frame.
func TestSpaceIsWalked(t *testing.T) {
	s, _ := stopAt(t, "cow", "exec")
	for _, kind := range []string{"fork", "cow", "cow", "cow"} {
		s.Command(view.Command{Kind: "event", Text: kind})
		play(t, s)
	}
	m := &s.Batch().Frame.Memory
	if len(m.Spaces) != 2 || m.Spaces[0].Comm != "cow" || m.Spaces[1].Comm != "cow" {
		t.Fatalf("%+v, %d spaces", m.PIDs, len(m.Spaces))
	}
	kinds, shared := [view.NumPages]int{}, 0
	for i := range m.Spaces {
		space, other := &m.Spaces[i], &m.Spaces[1-i]
		root := s.comp.M.CPU.S.Root()
		root.CR3 = space.CR3
		for k := range space.Areas {
			a := &space.Areas[k]
			for cell := range a.Cells {
				va := a.Start + uint64(cell)<<12
				w := mmu.Walk(s.comp.M.RAM, root, va)
				frame, ok := frameAt(space, va)
				page := view.Page(a.Cells[cell])
				kinds[page&view.PageKind]++
				if ok != w.Present || ok && uint64(frame) != w.Phys>>12 {
					t.Errorf("pid %d, %x: frame %x, %v; the walk finds %x, %v", space.PID, va, frame, ok, w.Phys, w.Present)
				}
				if e := w.Steps[w.N-1].Entry; ok && (e&mmu.W != 0 != (page&view.PageWritable != 0) || e&mmu.D != 0 != (page&view.PageDirty != 0)) {
					t.Errorf("pid %d, %x: %x is told of entry %x", space.PID, va, page, e)
				}
				if there, also := frameAt(other, va); ok && also && there == frame {
					shared++
					if page&view.PageMany == 0 || m.Many[frame/64]>>(frame%64)&1 == 0 {
						t.Errorf("pid %d, %x: both have frame %x, and it is not told", space.PID, va, frame)
					}
				}
			}
		}
	}
	if kinds[view.PageCow] < 10 || kinds[view.PageFile] < 4 || kinds[view.PageAnon] < 1 || kinds[view.PageNone] < 10 || shared < 20 {
		t.Errorf("%v, %d shared", kinds, shared)
	}
}

// TestFillsByFaults: each page fault of a program that touches one page after the other puts one more into memory, there and nowhere else.
func TestFillsByFaults(t *testing.T) {
	s, _ := stopAt(t, "touch-pages", "exec")
	filled, before := 0, 0
	for range 60 {
		s.Command(view.Command{Kind: "event", Text: "page-fault"})
		play(t, s)
		m := &s.Batch().Frame.Memory
		v := &m.Fault
		if !v.Valid || len(m.Spaces) == 0 {
			t.Fatalf("%+v", v)
		}
		if v.How != "do_anonymous_page" {
			before = 0
			continue
		}
		space := spaceOf(t, m, v.PID)
		for i := range space.Areas {
			a := &space.Areas[i]
			if a.Cell(v.VA) < 0 {
				continue
			}
			if frame, ok := frameAt(space, v.VA); !ok || frame != v.Frame || m.Spaces[0].PID != v.PID && m.Spaces[1].PID != v.PID {
				t.Errorf("%x: frame %x, %v; %+v", v.VA, frame, ok, v)
			}
			if n := int(a.Present); before != 0 && a.Pages() == 64 && n != before+1 {
				t.Errorf("%d pages after %d", n, before)
			} else if a.Pages() == 64 {
				before = n
				filled++
			}
		}
	}
	if filled < 20 {
		t.Errorf("%d pages were filled", filled)
	}
}

// TestSlots: with more used than there is memory, each used slot is told with the page whose entry names it, and the disk holds as much.
func TestSlots(t *testing.T) {
	s := session(t, Options{Mem: 9 << 20, Swap: 8 << 20, Boot: "quiet swap=/dev/sdb"})
	play(t, s)
	m := types(t, s, "eat 8 1 & sleep 0.12; clear; cat /proc/swaps; kill -STOP %1; clear; cat /proc/swaps")
	if len(m.Swap) != 1 || m.Room.Policy != "clock" || m.SwapOut < 100 {
		t.Fatalf("%d areas, %d pages went to swap\n%s", len(m.Swap), m.SwapOut, s.ConsoleText())
	}
	a, told, used := &m.Swap[0], 0, uint32(0)
	for i, c := range a.Cells {
		used += uint32(c.Used)
		if c.PID == 0 {
			continue
		}
		task := s.comp.K.FindTask(c.PID)
		root := s.comp.M.CPU.S.Root()
		root.CR3 = s.comp.K.MM.AS(task.ASID).Root.Addr()
		w := mmu.Walk(s.comp.M.RAM, root, c.VA)
		e := w.Steps[w.N-1].Entry
		if w.Present || !mm.IsSwap(e) || int(mm.SwapOf(e).Page()/a.Per) != i {
			t.Errorf("cell %d: pid %d, %x has entry %x", i, c.PID, c.VA, e)
		}
		told++
	}
	if used != a.Used || told < 20 {
		t.Errorf("%d slots are shown in use, %d counted, %d with an owner", used, a.Used, told)
	}
	for _, line := range strings.Split(s.ConsoleText(), "\n") {
		f := strings.Fields(line)
		if len(f) < 4 || f[0] != a.Path {
			continue
		}
		const own = 16 // pages that cat and the shell had to have back since
		if kib, _ := strconv.Atoi(f[3]); kib/4 < int(a.Used)-own || kib/4 > int(a.Used)+own {
			t.Errorf("%d slots are shown in use; the guest says %s", a.Used, line)
		}
	}
	if n := len(m.Room.Left); n == 0 || m.Reclaimed == 0 {
		t.Errorf("%d pages are told to have left, of %d", n, m.Reclaimed)
	}
	for _, l := range m.Room.Left {
		if l.Area == 0 && (l.Slot == 0 || l.Slot > a.Slots) || l.Area > 0 {
			t.Errorf("%+v", l)
		}
	}
}

// TestPressure: counts by stretch of time are those of a plain list, however the events lie.
func TestPressure(t *testing.T) {
	for _, gap := range []uint64{1, 997, beatLength / 3, beatLength, 7 * beatLength, 60 * beatLength} {
		var p pressure
		var times []uint64
		now := uint64(5)
		for i := range uint64(200) {
			now += gap * (i%5 + 1)
			times = append(times, now)
			p.event(&trace.Event{Kind: trace.SwapIn, At: now})
		}
		later := now + gap
		var v view.Room
		p.view(&v, later)
		want := make([]view.Beat, keptBeats)
		for _, at := range times {
			if i := int(keptBeats-1) - int(later/beatLength-at/beatLength); i >= 0 {
				want[i].In++
			}
		}
		for i := range want {
			if v.Beats[i] != want[i] && i > int(later/beatLength-now/beatLength) {
				t.Errorf("gap %d, stretch %d: %+v, want %+v", gap, i, v.Beats[i], want[i])
			}
		}
	}
}
