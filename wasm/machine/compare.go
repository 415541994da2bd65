package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// compareQuestion is {kind: "compare"}: what differs between the moment At and the present one? With Frame, which bytes of it.
type compareQuestion struct {
	At    float64
	Frame *string // hexadecimal
}

// maxListed bounds a table of the answer.
const maxListed = 200

func askCompare(s *Session, j *job, raw []byte) (any, error) {
	var q compareQuestion
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, errQuestion
	}
	at := uint64(max(q.At, 0))
	if q.Frame != nil {
		return s.compareFrame(at, *q.Frame)
	}
	d, err := s.hist.Compare(at, j.progress)
	if err == boot.ErrTarget {
		return nil, fmt.Errorf("the marked moment is not on this branch")
	}
	if err != nil {
		return nil, err
	}
	a := &view.Answer{Facts: []view.Fact{instantFact("A", d.A.Now, d.A.Retired), instantFact("B, the present", d.B.Now, d.B.Retired)}, Text: []string{}}
	if a.Title = "What differs between A and now"; d.Same() {
		a.Title = "Nothing differs between A and now"
		a.Text = []string{"Both moments have the same state, to the last bit."}
	}
	a.Tables = compareTables(d)
	return a, nil
}

func instantFact(name string, now, retired uint64) view.Fact {
	return view.Fact{Name: name, Value: fmt.Sprintf("instruction %s · %.3f ms", view.Grouped(retired), float64(now)/unitsPerMs)}
}

func compareTables(d *boot.Differences) []view.Table {
	registers := view.Table{Title: "Registers and flags", Head: []string{"register", "A", "now"}}
	for _, r := range d.Registers {
		registers.Add(r.Name, short(r.A), short(r.B))
	}
	tasks := view.Table{Title: "Tasks", Head: []string{"pid", "name", "what", "A", "now"}}
	for _, t := range d.Tasks {
		pid := strconv.Itoa(int(t.PID))
		switch {
		case t.New:
			tasks.Add(pid, t.Comm, "new", "", "")
		case t.Gone:
			tasks.Add(pid, t.Comm, "gone", "", "")
		}
		for _, c := range t.Changes {
			tasks.Add(pid, t.Comm, c.Name, c.A, c.B)
		}
	}
	list := []view.Table{registers, tasks}
	for _, sp := range d.Spaces {
		title := "Page tables"
		if sp.PID != 0 {
			title = fmt.Sprintf("Page tables of pid %d %s", sp.PID, sp.Comm)
		}
		t := view.Table{Title: title, Head: []string{"address", "level", "A", "now"}, More: sp.More}
		for _, e := range sp.Entries {
			t.Add(hex(e.VA), strconv.Itoa(e.Level), entryText(e.A), entryText(e.B))
		}
		list = append(list, t)
	}
	files := view.Table{Title: "Open files", Head: []string{"pid", "fd", "A", "now"}}
	for _, f := range d.Files {
		files.Add(strconv.Itoa(int(f.PID)), strconv.Itoa(f.FD), f.A, f.B)
	}
	list = append(list, files)
	list = append(list, frameTables(d)...)
	out := list[:0]
	for _, t := range list {
		if len(t.Rows) > 0 {
			t.More += t.Cut(maxListed)
			out = append(out, t)
		}
	}
	return out
}

// short leaves leading zeros out.
func short(number string) string { return cmp.Or(strings.TrimLeft(number, "0"), "0") }

// entryText writes an entry as the frame that it names and its bits. SDM 3A "4-Level Paging and 5-Level Paging"
func entryText(e uint64) string {
	if e == 0 {
		return "—"
	}
	text := hex(e&mmu.AddrMask>>mem.FrameShift) + " "
	for _, b := range []struct {
		bit  uint64
		name string
	}{{mmu.U, "U"}, {mmu.W, "W"}, {mmu.A, "A"}, {mmu.D, "D"}, {mmu.G, "G"}, {mmu.PS, " PS"}, {mmu.NX, " NX"}} {
		if e&b.bit != 0 {
			text += b.name
		}
	}
	return text
}

// frameTables count the frames that differ by what they are for, and list them.
func frameTables(d *boot.Differences) []view.Table {
	counts, at := view.Table{Title: "Memory: frames that differ, by what they are for", Head: []string{"now", "frames"}}, map[string]int{}
	frames := view.Table{Title: "Memory: the frames", Head: []string{"frame", "A", "now"}}
	n := []int{}
	for _, f := range d.Frames {
		use := f.B
		if use == "" {
			use = "not known"
		}
		i, ok := at[use]
		if !ok {
			i = len(n)
			at[use], n = i, append(n, 0)
			counts.Add(use, "")
		}
		n[i]++
		frames.Add(hex(uint64(f.Frame)), f.A, f.B)
		frames.Frame = append(frames.Frame, hex(uint64(f.Frame)))
	}
	for i := range n {
		counts.Rows[i][1] = strconv.Itoa(n[i])
	}
	return []view.Table{counts, frames}
}

// compareFrame lists the bytes of a frame that differ, 16 in a row.
func (s *Session) compareFrame(at uint64, number string) (any, error) {
	f, err := strconv.ParseUint(number, 16, 32)
	if err != nil {
		return nil, boot.ErrTarget
	}
	old, err := s.hist.FrameAt(at, mem.Frame(f))
	if err != nil {
		return nil, err
	}
	page := s.comp.M.RAM.Page(mem.Frame(f))
	t := view.Table{Title: "Frame " + number, Head: []string{"physical", "A", "now"}}
	for i := 0; i < len(page); i += 16 {
		if string(old[i:i+16]) != string(page[i:i+16]) {
			t.Add(hex(f<<mem.FrameShift+uint64(i)), fmt.Sprintf("% x", old[i:i+16]), fmt.Sprintf("% x", page[i:i+16]))
		}
	}
	a := &view.Answer{Title: "The bytes of frame " + number + " that differ between A and now", Text: []string{}, Facts: []view.Fact{}}
	if len(t.Rows) > 0 {
		a.Tables = []view.Table{t}
	}
	return a, nil
}
