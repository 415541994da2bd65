package softfloat

import "math"

const (
	magnitude64 = 1<<63 - 1
	minNormal64 = 1 << 52
	infinity64  = 0x7ff << 52
)

// denormal64 tells that v is a denormal number.
func denormal64(v uint64) bool { return v&magnitude64-1 < minNormal64-1 }

// settled64 tells that a rounded result is normal and far from overflow and underflow; then no operand was a NaN or an infinity.
func settled64(v uint64) bool { return v&magnitude64-(minNormal64+1) < infinity64-(minNormal64+1) }

// zeroProduct64 tells that a·b is a zero that raises nothing.
func zeroProduct64(a, b uint64) bool {
	a, b = a&magnitude64, b&magnitude64
	return (a == 0 || b == 0) && a < infinity64 && b < infinity64 && !denormal64(a) && !denormal64(b)
}

// The operations by the host. ok tells that the result is good, provided Env.HostSafe: neither operand is denormal, and the
// result is settled or the zero of a sum, which is exact. They are small enough to be inlined.

// HostAdd64 is Add64.
func HostAdd64(a, b uint64) (r uint64, ok bool) {
	r = math.Float64bits(float64(math.Float64frombits(a) + math.Float64frombits(b)))
	return r, !denormal64(a) && !denormal64(b) && (settled64(r) || r&magnitude64 == 0)
}

// HostSub64 is Sub64.
func HostSub64(a, b uint64) (r uint64, ok bool) {
	r = math.Float64bits(float64(math.Float64frombits(a) - math.Float64frombits(b)))
	return r, !denormal64(a) && !denormal64(b) && (settled64(r) || r&magnitude64 == 0)
}

// HostMul64 is Mul64.
func HostMul64(a, b uint64) (r uint64, ok bool) {
	r = math.Float64bits(float64(math.Float64frombits(a) * math.Float64frombits(b)))
	return r, !denormal64(a) && !denormal64(b) && settled64(r)
}

// HostDiv64 is Div64.
func HostDiv64(a, b uint64) (r uint64, ok bool) {
	r = math.Float64bits(float64(math.Float64frombits(a) / math.Float64frombits(b)))
	return r, !denormal64(a) && !denormal64(b) && settled64(r)
}

func (e *Env) round64(w wide) uint64 {
	x := e.round(&format64, 53, w)
	return x.pack64()
}

// Add64 computes a+b.
func (e *Env) Add64(a, b uint64) uint64 {
	if e.HostSafe {
		if r, ok := HostAdd64(a, b); ok {
			return r
		}
	}
	x, y := e.unpack64(a), e.unpack64(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack64()
	}
	return e.round64(e.add(&x, &y))
}

// Sub64 computes a−b.
func (e *Env) Sub64(a, b uint64) uint64 {
	if e.HostSafe {
		if r, ok := HostSub64(a, b); ok {
			return r
		}
	}
	x, y := e.unpack64(a), e.unpack64(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack64()
	}
	y.neg = !y.neg
	return e.round64(e.add(&x, &y))
}

// Mul64 computes a·b.
func (e *Env) Mul64(a, b uint64) uint64 {
	if e.HostSafe {
		if r, ok := HostMul64(a, b); ok {
			return r
		}
	}
	if zeroProduct64(a, b) {
		return (a ^ b) &^ magnitude64
	}
	x, y := e.unpack64(a), e.unpack64(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack64()
	}
	return e.round64(e.mul(&x, &y))
}

// Div64 computes a/b.
func (e *Env) Div64(a, b uint64) uint64 {
	if e.HostSafe {
		if r, ok := HostDiv64(a, b); ok {
			return r
		}
	}
	x, y := e.unpack64(a), e.unpack64(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack64()
	}
	return e.round64(e.div(&x, &y))
}

// Sqrt64 computes the square root of a.
func (e *Env) Sqrt64(a uint64) uint64 {
	if e.HostSafe && a-minNormal64 < infinity64-minNormal64 {
		return math.Float64bits(math.Sqrt(math.Float64frombits(a)))
	}
	x := e.unpack64(a)
	if n, ok := e.nanSSE(&x, &x); ok {
		return n.pack64()
	}
	return e.round64(e.sqrt(&x))
}

// Min64 is MINSD: the second operand when either is a NaN or both are zeros.
func (e *Env) Min64(a, b uint64) uint64 {
	x, y := e.unpack64(a), e.unpack64(b)
	if e.order(&x, &y, true) == Less {
		return x.keep64(a)
	}
	return y.keep64(b)
}

// Max64 is MAXSD: the second operand when either is a NaN or both are zeros.
func (e *Env) Max64(a, b uint64) uint64 {
	x, y := e.unpack64(a), e.unpack64(b)
	if e.order(&x, &y, true) == Greater {
		return x.keep64(a)
	}
	return y.keep64(b)
}

// keep64 is v as the operation saw it: a denormal taken for zero becomes one, a NaN passes untouched.
func (x *num) keep64(v uint64) uint64 {
	if x.class == zero {
		return v & (1 << 63)
	}
	return v
}

// Compare64 orders a and b; a QNaN is invalid only when signal is set.
func (e *Env) Compare64(a, b uint64, signal bool) Order {
	x, y := e.unpack64(a), e.unpack64(b)
	return e.order(&x, &y, signal)
}
