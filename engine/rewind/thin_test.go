package rewind

import (
	"reflect"
	"slices"
	"testing"
)

// TestSparest: of a long run's places, thinned as it goes, those near its end are dense and no gap is very large.
func TestSparest(t *testing.T) {
	const most, length = 100, 10_000
	var at []uint64
	for now := uint64(0); now < length; now++ {
		at = append(at, now)
		if len(at) <= most {
			continue
		}
		var places []Place
		for i, a := range at {
			p := Place{At: a, Next: now + 1, Fixed: i == 0}
			if i > 0 {
				p.Prev = at[i-1]
			}
			if i+1 < len(at) {
				p.Next = at[i+1]
			}
			places = append(places, p)
		}
		i := Sparest(places, now, 1)
		at = slices.Delete(at, i, i+1)
	}
	largest := uint64(0)
	for i := 1; i < len(at); i++ {
		largest = max(largest, at[i]-at[i-1])
	}
	if near := length - at[len(at)-5]; at[0] != 0 || largest > 5*length/most || near > 3*length/most {
		t.Errorf("the largest gap is %d, the last five are within %d: %v", largest, near, at)
	}
	if Sparest([]Place{{Fixed: true}}, 5, 1) != -1 {
		t.Error("a fixed place was given up")
	}
}

// TestCutTape: wherever a tape is cut, even within what came at one moment, its two parts are the whole.
func TestCutTape(t *testing.T) {
	whole := sample()
	for n, e := range whole.Entries {
		for size := 1; size <= len(e.Bytes); size++ {
			if e.Kind != Input && size < len(e.Bytes) {
				continue
			}
			first := whole.First(n+1, size)
			if a, b := first.Position(); a != n+1 || b != size {
				t.Errorf("cut at %d, %d: the position is %d, %d", n+1, size, a, b)
			}
			for _, e := range whole.Rest(n+1, size).Entries {
				first.Record(e.At, e.Kind, e.Bytes)
			}
			if !reflect.DeepEqual(&first, whole) {
				t.Errorf("cut at %d, %d: %+v", n+1, size, first)
			}
		}
	}
	if !reflect.DeepEqual(whole, sample()) {
		t.Error("cutting changed the tape")
	}
}
