package state

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

type small uint16

type inner struct {
	A  int32
	B  []byte
	On bool
}

type sample struct {
	U8   uint8
	N    small
	I    int
	S    string
	Arr  [3]uint64
	List []inner
	Deep [][]uint32
	Raw  [5]byte
	Nums []small
	Tab  Arena[inner]
}

func example() sample {
	s := sample{
		U8: 200, N: 65535, I: -5, S: "héllo", Arr: [3]uint64{1, 1 << 63, 3},
		List: []inner{{A: -1, B: []byte("xyz"), On: true}, {}},
		Deep: [][]uint32{{1, 2}, nil, {3}}, Raw: [5]byte{1, 2, 3, 4, 5}, Nums: []small{7, 8},
	}
	_, v := s.Tab.Alloc()
	v.B = []byte{9}
	return s
}

func TestRoundTrip(t *testing.T) {
	want := example()
	b := Encode(&want)
	var got sample
	if err := Decode(b, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !bytes.Equal(Encode(want), b) {
		t.Error("a value and a pointer to it encode differently")
	}
}

func TestEmptyAndNilAreOne(t *testing.T) {
	if !bytes.Equal(Encode(inner{B: []byte{}}), Encode(inner{})) {
		t.Error("an empty slice and nil encode differently")
	}
}

func TestCloneSharesNothing(t *testing.T) {
	a := example()
	b := Clone(a)
	if !reflect.DeepEqual(a, b) {
		t.Fatal("the clone differs")
	}
	before := Hash(b)
	a.List[0].B[0] = 'Q'
	a.Deep[0][0] = 99
	a.Tab.Slots[0].V.B[0] = 1
	a.Nums[0] = 0
	if Hash(b) != before {
		t.Error("the clone changed with the original")
	}
}

func TestTruncatedInput(t *testing.T) {
	b := Encode(example())
	for n := range b {
		var v sample
		if Decode(b[:n], &v) == nil {
			t.Fatalf("%d of %d bytes were accepted", n, len(b))
		}
	}
	var v sample
	if Decode(append(b, 0), &v) == nil {
		t.Error("a byte too many was accepted")
	}
}

func TestHugeLengthAllocatesNothing(t *testing.T) {
	b := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}
	var v []uint64
	if err := Decode(b, &v); err == nil || v != nil {
		t.Errorf("got %v, %d elements", err, len(v))
	}
}

func TestNotPlainData(t *testing.T) {
	type tree struct{ Kids []tree }
	for name, v := range map[string]any{
		"pointer": struct{ P *int }{}, "map": struct{ M map[int]int }{}, "func": struct{ F func() }{},
		"hidden": struct{ x int }{}, "interface": struct{ E error }{}, "itself": tree{}, "float": struct{ F float64 }{}, "sizeless": []struct{}{},
	} {
		func() {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "BUG: state") {
					t.Errorf("%s: got %q", name, s)
				}
			}()
			Encode(v)
		}()
	}
}

func TestSchema(t *testing.T) {
	got := Schema(&struct {
		A []inner
		N small
	}{}, small(0), inner{})
	want := "struct { A []state.inner; N state.small } { A []state.inner; N state.small(uint16); }\n" +
		"state.inner { A int32; B []uint8; On bool; }\nstate.small(uint16)\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(example()))
	f.Add(Encode(sample{}))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v sample
		if Decode(b, &v) != nil {
			return
		}
		if !bytes.Equal(Encode(v), b) {
			t.Error("decoding and encoding again gives other bytes")
		}
	})
}
