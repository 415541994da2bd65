package view

import (
	"fmt"
	"strings"
)

// pageLetters say how pages stand, one letter for each cell; a capital when others have the frame, too.
var pageLetters = [NumPages]byte{PageNone: '.', PageWaiting: ',', PageFile: 'f', PageAnon: 'a', PageCow: 'c', PageShared: 's', PageZero: '0', PageSwapped: '_'}

// pagesText tells who has which page, what the page cache holds, and what is in swap.
func pagesText(m *Memory) string {
	if !m.Known {
		return "no kernel tells whose the pages are"
	}
	var b strings.Builder
	b.WriteString(". not there  , in the page cache only  f of a file  a its own  c copied when written  s shared  0 zeros  _ in swap; a capital: others have the frame, too\n")
	for i := range m.Spaces {
		spaceText(&b, &m.Spaces[i])
	}
	if f := &m.Fault; f.Valid {
		fmt.Fprintf(&b, "last page fault: pid %d at %x, %s", f.PID, f.VA, f.How)
		if f.Frame != 0 {
			fmt.Fprintf(&b, ", now in frame %x", f.Frame)
		}
		b.WriteByte('\n')
	}
	cacheText(&b, m)
	roomText(&b, m)
	return b.String()
}

func spaceText(b *strings.Builder, s *Space) {
	fmt.Fprintf(b, "pid %d %s, %s: %d pages, %d in memory, %d in swap, %d frames of page tables below cr3 %x\n", s.PID, s.Comm, s.State, s.Pages, s.Present, s.Swapped, s.Tables, s.CR3)
	for i := range s.Areas {
		a := &s.Areas[i]
		fmt.Fprintf(b, "  %012x-%012x %s %d of %d in memory", a.Start, a.End, a.Prot, a.Present, a.Pages())
		if a.Swapped > 0 {
			fmt.Fprintf(b, ", %d in swap", a.Swapped)
		}
		if a.Per > 1 {
			fmt.Fprintf(b, ", %d pages a letter", a.Per)
		}
		fmt.Fprintf(b, "  %s\n    %s\n", a.Name, a.Letters())
	}
	if s.More > 0 {
		fmt.Fprintf(b, "  and %d more\n", s.More)
	}
}

// Letters writes how the pages of an area stand, a letter for each cell.
func (a *Region) Letters() string {
	letters := make([]byte, len(a.Cells))
	for i, cell := range a.Cells {
		p := Page(cell)
		l := pageLetters[min(p&PageKind, NumPages-1)]
		if p&PageMany != 0 && l >= 'a' && l <= 'z' {
			l -= 'a' - 'A'
		}
		letters[i] = l
	}
	return string(letters)
}

func cacheText(b *strings.Builder, m *Memory) {
	b.WriteString("page cache\n")
	for _, f := range m.Files {
		fmt.Fprintf(b, "%6d of %d pages  %s\n", f.Pages, f.Size, f.Name)
	}
	if m.More.Pages > 0 {
		fmt.Fprintf(b, "%6d pages of %d more files\n", m.More.Pages, m.More.Size)
	}
}

func roomText(b *strings.Builder, m *Memory) {
	r := &m.Room
	fmt.Fprintf(b, "making room: policy %s, %d frames free, pages leave at %d until %d are\n", r.Policy, r.Free, r.Low, r.High)
	if r.Policy == "clock" {
		fmt.Fprintf(b, "the hand points to frame %x\n", r.Hand)
	} else if r.Oldest != 0 {
		fmt.Fprintf(b, "the oldest page is in frame %x\n", r.Oldest)
	}
	fmt.Fprintf(b, "%d page faults, %d of them waited for a disk; %d pages to swap, %d back, %d left memory, %d cleared, %d copied on write\n",
		m.Faults, m.Major, m.SwapOut, m.SwapIn, m.Reclaimed, m.Zeroed, m.Copied)
	if n := len(r.Beats); n > 0 {
		fmt.Fprintf(b, "in the last %.0f ms: %d faults, %d to swap, %d back\n", float64(r.Beat)/UnitsPerMs, r.Beats[n-1].Faults, r.Beats[n-1].Out, r.Beats[n-1].In)
	}
	for _, l := range r.Left {
		fmt.Fprintf(b, "  left: frame %x, %s", l.Frame, UseNames[min(l.Use, NumUses-1)])
		if l.Area >= 0 {
			fmt.Fprintf(b, ", to slot %d", l.Slot)
		}
		b.WriteByte('\n')
	}
	for i := range m.Swap {
		swapText(b, &m.Swap[i])
	}
}

// swapText lists the slots in use in runs that belong to one process.
func swapText(b *strings.Builder, a *SwapArea) {
	fmt.Fprintf(b, "swap %s, priority %d: %d of %d slots in use\n", a.Path, a.Prio, a.Used, a.Slots)
	for i := 0; i < len(a.Cells); {
		first := i
		for i < len(a.Cells) && a.Cells[i].Used > 0 && a.Cells[i].PID == a.Cells[first].PID {
			i++
		}
		if i == first {
			i++
			continue
		}
		who := "shared memory or files in memory"
		if pid := a.Cells[first].PID; pid != 0 {
			who = fmt.Sprintf("pid %d from %x", pid, a.Cells[first].VA)
		}
		fmt.Fprintf(b, "  slots %d–%d: %s\n", first*int(a.Per), i*int(a.Per)-1, who)
	}
}
