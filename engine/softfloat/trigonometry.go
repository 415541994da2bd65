package softfloat

// The processor reduces angles with a π of 66 bits, so far from zero its sines are those of a slightly different angle; here it
// is the same π (SDM 1 "Approximation of Pi").

// halfPi is π/2 in units of 2⁻⁶⁵.
var halfPi = uint128{0x3, 0x243f6a8885a308d3}

// reduceAngle gives r and the quadrant q with x = q·π/2 + r, |r| ≤ π/4.
func reduceAngle(x *num) (r ext, q uint64) {
	if x.exp < -1 {
		return x.ext(), 0
	}
	// x in units of 2⁻⁶⁵ has at most 128 bits; the remainder is exact.
	n := uint(x.exp + 2)
	rest, digits := uint128{}, uint128{x.sig >> (64 - n), x.sig << n}
	for range 128 {
		var bit uint64
		bit, digits = digits.double()
		_, rest = rest.double()
		rest.lo |= bit
		q <<= 1
		if !rest.less(halfPi) {
			rest = rest.sub(halfPi)
			q |= 1
		}
	}
	neg := x.neg
	if left := halfPi.sub(rest); left.less(rest) {
		rest = left
		neg = !neg
		q++
	}
	r = extOf(neg, rest.hi, rest.lo, -65)
	if x.neg {
		q = -q
	}
	return r, q & 3
}

// sineOf is the sine of r + q·π/2.
func sineOf(r ext, q uint64) (s ext) {
	if q&1 != 0 {
		s = cosine(r)
	} else {
		s = sine(r)
	}
	if q&2 != 0 {
		return s.negate()
	}
	return s
}

// angle unpacks the operand of a trigonometric instruction. far tells that it is beyond ±2⁶³, where these give up; final that
// v is the result, because a is a NaN, an infinity or far.
func (e *Env) angle(a F80) (x num, v F80, far, final bool) {
	x = unpack80(a)
	e.RoundUp = false
	if n, ok := e.nan87(&x, &x); ok {
		return x, n.pack80(), false, true
	}
	if x.class == infinite {
		return x, e.roundFull(e.invalid()), false, true
	}
	if x.class == finite && x.exp >= 63 {
		return x, a, true, true
	}
	e.operandFlags(&x, &x)
	return x, v, false, false
}

// FSIN is the sine of a; far tells that a is out of range and nothing was done.
func (e *Env) FSIN(a F80) (v F80, far bool) {
	x, v, far, final := e.angle(a)
	if final || x.class == zero {
		return orItself(v, a, final), far
	}
	if x.isSmallestNormal() {
		return e.smallestAngle(&x), false
	}
	r, q := reduceAngle(&x)
	return e.roundFull(sineOf(r, q).wide()), false
}

func orItself(v, a F80, final bool) F80 {
	if final {
		return v
	}
	return a
}

func (x *num) isSmallestNormal() bool { return x.exp == format80.emin && x.sig == integerBit }

// smallestAngle is the sine and tangent of the smallest normal number: itself, and no underflow, as on silicon.
func (e *Env) smallestAngle(x *num) F80 {
	e.raise(Precision)
	return x.pack80()
}

// FCOS is the cosine of a.
func (e *Env) FCOS(a F80) (v F80, far bool) {
	x, v, far, final := e.angle(a)
	switch {
	case final:
		return v, far
	case x.class == zero:
		return FromInt80(1), false
	}
	r, q := reduceAngle(&x)
	return e.roundFull(sineOf(r, q+1).wide()), false
}

// FSINCOS is both.
func (e *Env) FSINCOS(a F80) (sin, cos F80, far bool) {
	cos, far = e.FCOS(a)
	sin, _ = e.FSIN(a)
	return sin, cos, far
}

// FPTAN is the tangent of a.
func (e *Env) FPTAN(a F80) (v F80, far bool) {
	x, v, far, final := e.angle(a)
	if final || x.class == zero {
		return orItself(v, a, final), far
	}
	if x.isSmallestNormal() {
		return e.smallestAngle(&x), false
	}
	r, q := reduceAngle(&x)
	return e.roundFull(sineOf(r, q).div(sineOf(r, q+1)).wide()), false
}
