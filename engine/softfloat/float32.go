package softfloat

import "math"

const (
	magnitude32 = 1<<31 - 1
	minNormal32 = 1 << 23
	infinity32  = 0xff << 23
)

// denormal32 tells that v is a denormal number.
func denormal32(v uint32) bool { return v&magnitude32-1 < minNormal32-1 }

// settled32 tells that a rounded result is normal and far from overflow and underflow; then no operand was a NaN or an infinity.
func settled32(v uint32) bool { return v&magnitude32-(minNormal32+1) < infinity32-(minNormal32+1) }

// zeroProduct32 tells that a·b is a zero that raises nothing.
func zeroProduct32(a, b uint32) bool {
	a, b = a&magnitude32, b&magnitude32
	return (a == 0 || b == 0) && a < infinity32 && b < infinity32 && !denormal32(a) && !denormal32(b)
}

// The operations by the host. ok tells that the result is good, provided Env.HostSafe: neither operand is denormal, and the
// result is settled or the zero of a sum, which is exact. They are small enough to be inlined.

// HostAdd32 is Add32.
func HostAdd32(a, b uint32) (r uint32, ok bool) {
	r = math.Float32bits(float32(math.Float32frombits(a) + math.Float32frombits(b)))
	return r, !denormal32(a) && !denormal32(b) && (settled32(r) || r&magnitude32 == 0)
}

// HostSub32 is Sub32.
func HostSub32(a, b uint32) (r uint32, ok bool) {
	r = math.Float32bits(float32(math.Float32frombits(a) - math.Float32frombits(b)))
	return r, !denormal32(a) && !denormal32(b) && (settled32(r) || r&magnitude32 == 0)
}

// HostMul32 is Mul32.
func HostMul32(a, b uint32) (r uint32, ok bool) {
	r = math.Float32bits(float32(math.Float32frombits(a) * math.Float32frombits(b)))
	return r, !denormal32(a) && !denormal32(b) && settled32(r)
}

// HostDiv32 is Div32.
func HostDiv32(a, b uint32) (r uint32, ok bool) {
	r = math.Float32bits(float32(math.Float32frombits(a) / math.Float32frombits(b)))
	return r, !denormal32(a) && !denormal32(b) && settled32(r)
}

func (e *Env) round32(w wide) uint32 {
	x := e.round(&format32, 24, w)
	return x.pack32()
}

// Add32 computes a+b.
func (e *Env) Add32(a, b uint32) uint32 {
	if e.HostSafe {
		if r, ok := HostAdd32(a, b); ok {
			return r
		}
	}
	x, y := e.unpack32(a), e.unpack32(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack32()
	}
	return e.round32(e.add(&x, &y))
}

// Sub32 computes a−b.
func (e *Env) Sub32(a, b uint32) uint32 {
	if e.HostSafe {
		if r, ok := HostSub32(a, b); ok {
			return r
		}
	}
	x, y := e.unpack32(a), e.unpack32(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack32()
	}
	y.neg = !y.neg
	return e.round32(e.add(&x, &y))
}

// Mul32 computes a·b.
func (e *Env) Mul32(a, b uint32) uint32 {
	if e.HostSafe {
		if r, ok := HostMul32(a, b); ok {
			return r
		}
	}
	if zeroProduct32(a, b) {
		return (a ^ b) &^ magnitude32
	}
	x, y := e.unpack32(a), e.unpack32(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack32()
	}
	return e.round32(e.mul(&x, &y))
}

// Div32 computes a/b.
func (e *Env) Div32(a, b uint32) uint32 {
	if e.HostSafe {
		if r, ok := HostDiv32(a, b); ok {
			return r
		}
	}
	x, y := e.unpack32(a), e.unpack32(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack32()
	}
	return e.round32(e.div(&x, &y))
}

// Sqrt32 computes the square root of a.
func (e *Env) Sqrt32(a uint32) uint32 {
	if e.HostSafe && a-minNormal32 < infinity32-minNormal32 {
		return math.Float32bits(float32(math.Sqrt(float64(math.Float32frombits(a)))))
	}
	x := e.unpack32(a)
	if n, ok := e.nanSSE(&x, &x); ok {
		return n.pack32()
	}
	return e.round32(e.sqrt(&x))
}

// Min32 is MINSS: the second operand when either is a NaN or both are zeros.
func (e *Env) Min32(a, b uint32) uint32 {
	x, y := e.unpack32(a), e.unpack32(b)
	if e.order(&x, &y, true) == Less {
		return x.keep32(a)
	}
	return y.keep32(b)
}

// Max32 is MAXSS: the second operand when either is a NaN or both are zeros.
func (e *Env) Max32(a, b uint32) uint32 {
	x, y := e.unpack32(a), e.unpack32(b)
	if e.order(&x, &y, true) == Greater {
		return x.keep32(a)
	}
	return y.keep32(b)
}

// keep32 is v as the operation saw it: a denormal taken for zero becomes one, a NaN passes untouched.
func (x *num) keep32(v uint32) uint32 {
	if x.class == zero {
		return v & (1 << 31)
	}
	return v
}

// Compare32 orders a and b; a QNaN is invalid only when signal is set.
func (e *Env) Compare32(a, b uint32, signal bool) Order {
	x, y := e.unpack32(a), e.unpack32(b)
	return e.order(&x, &y, signal)
}
