package rewind

import (
	"bytes"
	"testing"

	"vitrine/engine/mem"
)

// TestPages goes to and fro between moments of memory, some of which are given up on the way.
func TestPages(t *testing.T) {
	const frames = 100 // no whole number of groups
	ram := mem.New(frames * mem.FrameSize)
	var s Store
	var kept []*Pages
	var want [][]byte
	var at *Pages
	seed := uint64(1)
	random := func(n int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed >> 33 % uint64(n))
	}
	for n := range 400 {
		for range random(6) {
			ram.Write8(uint64(random(frames*mem.FrameSize)), uint8(random(3)))
		}
		switch {
		case n%3 == 0:
			at = s.Keep(ram, at)
			kept, want = append(kept, at), append(want, bytes.Clone(ram.Bytes))
		case n%7 == 1 && len(kept) > 5:
			i := random(len(kept))
			if kept[i] == at {
				at = nil // what was written since is not known any more
			}
			s.Release(kept[i])
			kept, want = append(kept[:i:i], kept[i+1:]...), append(want[:i:i], want[i+1:]...)
		default:
			i := random(len(kept))
			s.Put(ram, at, kept[i])
			at = kept[i]
			if !bytes.Equal(ram.Bytes, want[i]) {
				t.Fatalf("step %d: memory is not what it was", n)
			}
		}
	}
	for _, p := range kept {
		s.Release(p)
	}
	if s.Bytes() != 0 {
		t.Errorf("%d bytes are left", s.Bytes())
	}
}

// TestPagesCost: a moment takes what was written, and what was written with the same bytes takes nothing.
func TestPagesCost(t *testing.T) {
	ram := mem.New(64 << 20)
	for f := range ram.Frames() {
		ram.Write8(mem.Frame(f).Addr(), 1)
	}
	var s Store
	a := s.Keep(ram, nil)
	first := s.Bytes()
	for f := range 10 {
		ram.Write8(mem.Frame(f).Addr(), 2)
	}
	for f := 1000; f < 2000; f++ {
		ram.Write8(mem.Frame(f).Addr(), 1)
	}
	s.Keep(ram, a)
	if more, table := s.Bytes()-first, int64(len(a.groups))*(pointerBytes+4); more != 10*pageBytes+groupBytes+table {
		t.Errorf("ten frames cost %d bytes", more)
	}
}

// TestWritten: what was written is known, with the same bytes too, and when a moment between two is given up.
func TestWritten(t *testing.T) {
	ram := mem.New(100 * mem.FrameSize)
	var s Store
	first := s.Keep(ram, nil)
	ram.Write8(mem.Frame(33).Addr(), 0)
	middle := s.Keep(ram, first)
	ram.Write8(mem.Frame(99).Addr()+5, 7)
	last := s.Keep(ram, middle)
	if !first.Written(0, 0) || !middle.Written(32, 40) || middle.Written(34, 99) || last.Written(33, 98) || !last.Written(99, 99) {
		t.Error("not what was written")
	}
	s.Follow(last, middle)
	s.Release(middle)
	if !last.Written(33, 33) || !last.Written(99, 99) || last.Written(0, 32) {
		t.Error("a moment that was given up has taken with it what was written before")
	}
	s.Follow(last, first)
	s.Release(first)
	if !last.Written(0, 0) {
		t.Error("what nobody knows is taken for not written")
	}
	s.Release(last)
	if s.Bytes() != 0 {
		t.Errorf("%d bytes are left", s.Bytes())
	}
}
