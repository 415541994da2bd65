package state

import (
	"reflect"
	"slices"
	"testing"
)

// large is state of every form that a Freezer knows.
type large struct {
	Plain plainPart
	Words []uint64
	Named []small
	Tab   [2048]small
	Rows  [][]byte
	Few   [3]inner
}

type plainPart struct {
	A    uint32
	S    string
	List []inner
	None []uint32
}

func (s *large) change(n int) {
	s.Plain.A++
	s.Plain.S = string(rune('a' + n%26))
	s.Words = append(s.Words, uint64(n))
	s.Words[n*7919%len(s.Words)]++
	s.Named = append(s.Named[:max(0, len(s.Named)-n%3)], make([]small, n*37%3000)...)
	s.Tab[n*31%len(s.Tab)]++
	s.Rows = append(s.Rows, make([]byte, n%5000))
	if r := s.Rows[n%len(s.Rows)]; len(r) > 0 {
		r[len(r)/2]++
	}
	s.Plain.List = append(s.Plain.List, inner{B: make([]byte, n%9)})
	s.Plain.List[n%len(s.Plain.List)].A++
	s.Few[n%3].B = append(s.Few[n%3].B, byte(n))
	if n%10 == 9 {
		s.Plain.List, s.Rows = s.Plain.List[1:], slices.Delete(s.Rows, 0, 1)
	}
}

func TestFreeze(t *testing.T) {
	s := &large{}
	f := NewFreezer([]Equal{EqualSlices[small]}, s)
	var kept []*Frozen
	var want []large
	var last *Frozen
	for n := range 60 {
		s.change(n)
		last = f.Freeze(last)
		kept, want = append(kept, last), append(want, Clone(*s))
	}
	all := f.Bytes()
	for n := range 200 {
		i := n * 7919 % len(kept)
		f.Thaw(kept[i])
		if !slices.Equal(Encode(s), Encode(&want[i])) {
			t.Fatalf("moment %d is another one after its return", i)
		}
		s.change(n) // nothing of this may reach what is kept
	}
	if f.Bytes() != all {
		t.Errorf("%d bytes after going to and fro, %d before", f.Bytes(), all)
	}
	for n := range kept {
		f.Release(kept[n*7%len(kept)])
	}
	if f.Bytes() != 0 {
		t.Errorf("%d bytes are left", f.Bytes())
	}
}

// TestFreezeShares: what did not change costs nothing but references.
func TestFreezeShares(t *testing.T) {
	s := &large{Words: make([]uint64, 1<<17)}
	f := NewFreezer(nil, s)
	a := f.Freeze(nil)
	first := f.Bytes()
	s.Words[5000]++
	b := f.Freeze(a)
	if more := f.Bytes() - first; more < pieceSize || more > pieceSize+8*(1<<17*8/pieceSize)+1000 {
		t.Errorf("one changed word costs %d bytes", more)
	}
	f.Release(a)
	s.Words[5000] = 0
	f.Thaw(b)
	if s.Words[5000] != 1 || reflect.ValueOf(b.cells[0]).IsNil() {
		t.Error("what was shared with a released moment is gone")
	}
}
