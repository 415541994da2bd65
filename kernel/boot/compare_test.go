package boot_test

import (
	"bytes"
	"slices"
	"testing"

	"vitrine/engine/mem"
	"vitrine/kernel/boot"
)

// TestCompare compares moments of a run, among them each with itself, and checks memory and registers by looking at both.
func TestCompare(t *testing.T) {
	g, h, at := whoGuest(t)
	end := g.M.Now()
	cell := boot.Target{Kind: boot.Linear, PID: 2, Addr: at["cell"], N: 4}
	var writes []uint64 // moments behind the program's stores: c's, the kernel's, b's
	for range 3 {
		ch, err := h.Who(cell, boot.Present, false, nil)
		if err != nil || ch == nil {
			t.Fatal(err)
		}
		writes = append(writes, ch.Done)
		h.Seek(ch.Now)
	}
	for _, pair := range [][2]uint64{{writes[2], writes[1]}, {writes[1], writes[2]}, {writes[2], writes[2]}, {1000, end}} {
		h.Seek(pair[0])
		a := slices.Clone(g.M.RAM.Bytes)
		rax := g.M.CPU.S.R[0]
		h.Seek(pair[1])
		hash := g.Hash()
		d, err := h.Compare(pair[0], nil)
		if err != nil {
			t.Fatal(err)
		}
		if g.Hash() != hash || g.M.Now() != pair[1] {
			t.Fatal("the comparison shows")
		}
		i := 0
		for f := range mem.Frame(g.M.RAM.Frames()) {
			differs := !bytes.Equal(a[f.Addr():f.Addr()+mem.FrameSize], g.M.RAM.Page(f))
			listed := i < len(d.Frames) && d.Frames[i].Frame == f
			if listed {
				i++
			}
			if differs != listed {
				t.Errorf("%v: frame %#x differs: %v, is listed: %v", pair, f, differs, listed)
			}
		}
		if listed := slices.ContainsFunc(d.Registers, func(r boot.Pair) bool { return r.Name == "rax" }); listed != (rax != g.M.CPU.S.R[0]) {
			t.Errorf("%v: rax is listed: %v", pair, listed)
		}
		if d.Same() != (pair[0] == pair[1]) {
			t.Errorf("%v: %+v", pair, d)
		}
	}
	// Between b's store and the kernel's the child was born, wrote to its copy, and died; from power-on to the end two tasks came.
	h.Seek(end)
	d, err := h.Compare(1000, nil)
	if err != nil || len(d.Tasks) < 2 || !d.Tasks[0].New || d.Tasks[0].PID != 1 || d.Tasks[1].Comm != "who" || len(d.Spaces) < 2 || len(d.Files) < 6 {
		t.Errorf("since power-on: %+v %+v %v", d.Tasks, d.Files, err)
	}
	page, err := h.FrameAt(1000, mem.FrameOf(0x7c00))
	if err != nil || !bytes.Equal(page[0xc00:0xe00], make([]byte, 512)) {
		t.Errorf("before the boot sector was read there is something at its place: %v", err)
	}
	if _, err := h.Compare(end+1, nil); err != boot.ErrTarget {
		t.Errorf("a moment that has not been: %v", err)
	}
}

// TestCompareEntry: what fork shares is written-protected, and a write has the entry name another frame.
func TestCompareEntry(t *testing.T) {
	g, h, at := whoGuest(t)
	cell := boot.Target{Kind: boot.Linear, PID: 3, Addr: at["cell"], N: 4}
	var child *boot.Change
	for now := uint64(boot.Present); ; { // its life, backwards
		ch, err := h.Who(cell, now, false, nil)
		if err != nil || ch == nil {
			t.Fatal("the child's store was not found: ", err)
		}
		if ch.By.RIP == at["store_child"] {
			child = ch
			break
		}
		now = ch.Now
	}
	birth, err := h.Who(cell, child.Now, false, nil)
	if err != nil || birth == nil {
		t.Fatal(err)
	}
	h.Seek(child.Done)
	d, err := h.Compare(birth.Done, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(d.Spaces, func(s boot.SpaceDifference) bool { return s.PID == 3 })
	if i < 0 {
		t.Fatalf("the child's tables are as they were: %+v", d.Spaces)
	}
	page := at["cell"] &^ 0xfff
	j := slices.IndexFunc(d.Spaces[i].Entries, func(e boot.EntryDifference) bool { return e.VA == page && e.Level == 1 })
	if j < 0 {
		t.Fatalf("its entry for %#x is as it was: %+v", page, d.Spaces[i].Entries)
	}
	e := d.Spaces[i].Entries[j]
	const frame, writable = 0xffffffffff000, 2
	if e.A&frame == e.B&frame || e.A&writable != 0 || e.B&writable == 0 {
		t.Errorf("the entry was %#x and became %#x", e.A, e.B)
	}
	if f := g.K.FindTask(3); f == nil || f.Name() != "who" {
		t.Error("there is no child")
	}
}
