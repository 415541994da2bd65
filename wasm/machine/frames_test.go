package main

import (
	"bytes"
	"testing"

	"vitrine/engine/mem"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// The frame shown holds what guest memory holds, its mappings lead to it, and the frames marked as written are those
// whose bytes have changed.
func TestFramesAreMemory(t *testing.T) {
	s, _ := stopAt(t, "cow", "cow")
	ram := s.comp.M.RAM
	before := bytes.Clone(ram.Bytes)
	for step := range 60 {
		s.Command(view.Command{Kind: "step", N: 1})
		play(t, s)
		v := &s.Batch().Frame.RAM
		for i := range v.Frames {
			page := ram.Page(mem.Frame(i))
			old := before[i*mem.FrameSize:][:mem.FrameSize]
			if !bytes.Equal(page, old) && (len(v.Written) == 0 || v.Written[i/64]>>(i%64)&1 == 0) {
				t.Fatalf("step %d: frame %x has changed and is not told", step, i)
			}
			copy(old, page)
		}
		c := &v.Chosen
		if !c.Valid || !bytes.Equal(c.Bytes, ram.Page(mem.Frame(c.Frame))[:len(c.Bytes)]) {
			t.Fatalf("step %d: %+v", step, c)
		}
		for _, p := range c.Maps {
			if pa, ok := s.picture.physical(p.VA); p.PID == 0 && (!ok || pa != uint64(c.Frame)<<12) {
				t.Errorf("step %d: %x leads to %x, not to frame %x", step, p.VA, pa, c.Frame)
			}
		}
		if len(c.Maps) == 0 {
			t.Errorf("step %d: nothing leads to frame %x, though the kernel maps all", step, c.Frame)
		}
	}
}

// A chosen frame stays, with the kernel's count of its owners and the pages of both processes that share it.
func TestFramesShared(t *testing.T) {
	s, f := stopAt(t, "cow", "cow")
	shared := -1
	for _, row := range f.Cow.Rows {
		if row.A.Present && row.B.Present && row.A.Frame == row.B.Frame && row.A.Use == view.UseCow {
			shared = int(row.A.Frame)
		}
	}
	if shared < 0 {
		t.Skip("nothing is shared at this moment")
	}
	s.Command(view.Command{Kind: "frame", N: float64(shared)})
	v := &s.Batch().Frame.RAM.Chosen
	if !v.Asked || int(v.Frame) != shared || v.Refs != s.comp.K.MM.FrameInfo(mem.Frame(shared)).Ref || v.Use != view.UseCow {
		t.Errorf("%+v", v)
	}
	here, there := 0, 0
	for _, p := range v.Maps {
		if p.PID != 0 {
			there++
		} else if p.VA>>63 == 0 {
			here++
		}
	}
	if here+there < 2 {
		t.Errorf("%d mappings here, %d in other processes: %+v", here, there, v.Maps)
	}
	s.Command(view.Command{Kind: "frame", Text: "follow"})
	if s.Batch().Frame.RAM.Chosen.Asked {
		t.Error("it does not follow")
	}
}

// What the machine can tell agrees with what the kernel knows: every page table in use is one, and free frames that were
// never written hold zeros.
func TestFramesFacts(t *testing.T) {
	s, _ := stopAt(t, "hello", "syscall")
	p := &s.picture
	p.look()
	frames := &s.comp.K.MM.State.Frames
	tables := 0
	for i := range frames.Use {
		u := p.fact(i)
		if u == view.UsePageTable {
			tables++
			if use := frames.Use[i]; use != mm.PageTable && use != mm.Kernel {
				t.Errorf("frame %x is a table by CR3 and %v by the kernel", i, use)
			}
		}
		if u == view.UseUntouched && !bytes.Equal(s.comp.M.RAM.Page(mem.Frame(i)), make([]byte, mem.FrameSize)) {
			t.Errorf("frame %x was never written and is not empty", i)
		}
		if u == view.UseUser && frames.Use[i] != mm.Anonymous && frames.Use[i] != mm.PageCache && frames.Use[i] != mm.Zero && frames.Use[i] != mm.SharedMemory {
			t.Errorf("frame %x is a page of ring 3 and %v", i, frames.Use[i])
		}
	}
	if tables < 5 {
		t.Errorf("%d tables", tables)
	}
}
