package softfloat

import "math"

const (
	magnitude32 = 1<<31 - 1
	minNormal32 = 1 << 23
	infinity32  = 0xff << 23
)

// plain32 tells that v is a normal number or zero, so that it can raise nothing by itself.
func plain32(v uint32) bool {
	m := v & magnitude32
	return m-minNormal32 < infinity32-minNormal32 || m == 0
}

// settled32 tells that a rounded result is far from overflow and underflow. A zero is not: it must be known to be exact.
func settled32(v uint32) bool { return v&magnitude32-(minNormal32+1) < infinity32-(minNormal32+1) }

func (e *Env) round32(w wide) uint32 {
	x := e.round(&format32, 24, w)
	return x.pack32()
}

// Add32 computes a+b.
func (e *Env) Add32(a, b uint32) uint32 {
	if e.HostSafe && plain32(a) && plain32(b) {
		if r := math.Float32bits(float32(math.Float32frombits(a) + math.Float32frombits(b))); settled32(r) || r&magnitude32 == 0 {
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
	if e.HostSafe && plain32(a) && plain32(b) {
		if r := math.Float32bits(float32(math.Float32frombits(a) - math.Float32frombits(b))); settled32(r) || r&magnitude32 == 0 {
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
	if e.HostSafe && plain32(a) && plain32(b) {
		if r := math.Float32bits(float32(math.Float32frombits(a) * math.Float32frombits(b))); settled32(r) || a&magnitude32 == 0 || b&magnitude32 == 0 {
			return r
		}
	}
	x, y := e.unpack32(a), e.unpack32(b)
	if n, ok := e.nanSSE(&x, &y); ok {
		return n.pack32()
	}
	return e.round32(e.mul(&x, &y))
}

// Div32 computes a/b.
func (e *Env) Div32(a, b uint32) uint32 {
	if e.HostSafe && plain32(a) && plain32(b) && b&magnitude32 != 0 {
		if r := math.Float32bits(float32(math.Float32frombits(a) / math.Float32frombits(b))); settled32(r) || a&magnitude32 == 0 {
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
