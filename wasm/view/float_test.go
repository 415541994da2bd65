package view

import (
	"math"
	"testing"
)

// The numbers are FLDPI's and FLDL2E's as SDM 2A "FLD1/FLDL2T/…" gives them, and the ends of the format.
func TestFloat(t *testing.T) {
	for _, c := range []struct {
		f    Float
		want float64
	}{
		{Float{Sig: 0xc90fdaa22168c235, SE: 0x4000}, math.Pi}, {Float{Sig: 0xb8aa3b295c17f0bc, SE: 0x3fff}, math.Log2E},
		{Float{Sig: 1 << 63, SE: 0xbfff}, -1}, {Float{}, 0}, {Float{Sig: 1 << 63, SE: 0xffff}, math.Inf(-1)},
	} {
		if got := c.f.Value(); got != c.want {
			t.Errorf("%+v is %v, want %v", c.f, got, c.want)
		}
	}
	if v := (Float{Sig: 3 << 62, SE: 0x7fff}).Value(); !math.IsNaN(v) {
		t.Errorf("not a number: %v", v)
	}
}
