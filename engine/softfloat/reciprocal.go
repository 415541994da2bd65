package softfloat

import "math"

// RCPPS and RSQRTPS are approximations that each maker is free to choose within a relative error of 1.5·2⁻¹². These are Intel's:
// the midpoint of an interval of operands is taken, and its reciprocal or reciprocal square root rounded to 13 bits.
// They raise nothing, and see denormals as zeros (SDM 2B "RCPPS", "RSQRTPS").

// Reciprocal32 approximates 1/a.
func Reciprocal32(a uint32) uint32 {
	e := Env{DAZ: true}
	x := e.unpack32(a)
	switch x.class {
	case zero:
		return a&(1<<31) | infinity32
	case infinite:
		return a & (1 << 31)
	case finite:
		n := uint64(1<<12 | 2*uint32(x.sig<<1>>53) | 1) // the midpoint, times 2^12
		q := (1<<26/n + 1) / 2
		return approximation(a&(1<<31), q, -x.exp-1)
	}
	x = x.quiet()
	return x.pack32()
}

// ReciprocalSqrt32 approximates 1/√a.
func ReciprocalSqrt32(a uint32) uint32 {
	e := Env{DAZ: true}
	x := e.unpack32(a)
	switch {
	case x.class == zero:
		return a&(1<<31) | infinity32
	case x.isNaN():
		x = x.quiet()
		return x.pack32()
	case x.neg:
		return Default32
	case x.class == infinite:
		return 0
	}
	n := uint64(1<<11 | 2*uint32(x.sig<<1>>54) | 1) // the midpoint, times 2^11
	if x.exp&1 == 0 {
		return approximation(0, roundedSqrt(1<<39/n), -x.exp/2-1)
	}
	return approximation(0, roundedSqrt(1<<38/n), -(x.exp+1)/2)
}

// roundedSqrt is half the square root of v < 2^52, rounded; there the host's root has an exact integer part.
func roundedSqrt(v uint64) uint64 { return (uint64(math.Sqrt(float64(v))) + 1) / 2 }

// approximation encodes q·2^(exp−12), with q of 13 bits, or zero when it would be denormal.
func approximation(sign uint32, q uint64, exp int32) uint32 {
	if exp < -126 {
		return sign
	}
	return sign | uint32(exp+127)<<23 | uint32(q)<<11&(1<<23-1)
}
