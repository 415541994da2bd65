package softfloat

import "math"

const (
	magnitude64 = 1<<63 - 1
	minNormal64 = 1 << 52
	infinity64  = 0x7ff << 52
)

// plain64 tells that v is a normal number or zero, so that it can raise nothing by itself.
func plain64(v uint64) bool {
	m := v & magnitude64
	return m-minNormal64 < infinity64-minNormal64 || m == 0
}

// settled64 tells that a rounded result is far from overflow and underflow. A zero is not: it must be known to be exact.
func settled64(v uint64) bool { return v&magnitude64-(minNormal64+1) < infinity64-(minNormal64+1) }

func (e *Env) round64(w wide) uint64 {
	x := e.round(&format64, 53, w)
	return x.pack64()
}

// Add64 computes a+b.
func (e *Env) Add64(a, b uint64) uint64 {
	if e.HostSafe && plain64(a) && plain64(b) {
		if r := math.Float64bits(float64(math.Float64frombits(a) + math.Float64frombits(b))); settled64(r) || r&magnitude64 == 0 {
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
	if e.HostSafe && plain64(a) && plain64(b) {
		if r := math.Float64bits(float64(math.Float64frombits(a) - math.Float64frombits(b))); settled64(r) || r&magnitude64 == 0 {
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
	if e.HostSafe && plain64(a) && plain64(b) {
		if r := math.Float64bits(float64(math.Float64frombits(a) * math.Float64frombits(b))); settled64(r) || a&magnitude64 == 0 || b&magnitude64 == 0 {
			return r
		}
	}
	x, y := e.unpack64(a), e.unpack64(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack64()
	}
	return e.round64(e.mul(&x, &y))
}

// Div64 computes a/b.
func (e *Env) Div64(a, b uint64) uint64 {
	if e.HostSafe && plain64(a) && plain64(b) && b&magnitude64 != 0 {
		if r := math.Float64bits(float64(math.Float64frombits(a) / math.Float64frombits(b))); settled64(r) || a&magnitude64 == 0 {
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
