package rewind

import (
	"reflect"
	"testing"
)

func sample() *Tape {
	t := &Tape{}
	t.Record(100, Input, []byte("l"))
	t.Record(100, Input, []byte("s\n"))
	t.Record(5000, Resize, []byte{24, 0, 80, 0})
	t.Record(1<<40, Input, []byte{3})
	return t
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	got, err := Decode(want.Encode())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if len(got.Entries) != 3 || string(got.Entries[0].Bytes) != "ls\n" {
		t.Errorf("input of one moment was not joined: %+v", got.Entries)
	}
}

func TestPlay(t *testing.T) {
	r := Reader{Tape: sample()}
	if _, ok := r.Next(99); ok {
		t.Error("input came too early")
	}
	if at, ok := r.Due(); at != 100 || !ok {
		t.Errorf("due %d, %v", at, ok)
	}
	for i := range 3 {
		if _, ok := r.Next(1 << 40); !ok {
			t.Errorf("input %d is missing", i)
		}
	}
	if _, ok := r.Next(1 << 60); ok {
		t.Error("input after the end")
	}
}

func TestCut(t *testing.T) {
	tape := sample()
	tape.Cut(5000)
	if len(tape.Entries) != 2 {
		t.Errorf("%d entries left, want 2", len(tape.Entries))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(sample().Encode())
	f.Add([]byte{tapeVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		tape, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Decode(tape.Encode())
		if err != nil || !reflect.DeepEqual(tape, again) {
			t.Errorf("not the same tape again: %v", err)
		}
	})
}
