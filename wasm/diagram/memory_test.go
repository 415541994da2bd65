package diagram

import "testing"

// TestAnyBit compares with looking at each bit.
func TestAnyBit(t *testing.T) {
	bits := []uint64{1 << 63, 0, 1<<5 | 1<<40}
	for first := range 200 {
		for n := range 140 {
			want := false
			for i := first; i < min(first+n, 192); i++ {
				want = want || bits[i/64]>>(i%64)&1 != 0
			}
			if got := anyBit(bits, first, n); got != want {
				t.Fatalf("%d bits from %d on: %v", n, first, got)
			}
		}
	}
}
