package softfloat

// The transcendental x87 instructions. The SDM promises an error below one unit in the last place; these results are correctly
// rounded but for one in 2⁵⁰, so they may differ from a processor's in the last bit (SDM 1 "Transcendental Instruction Accuracy").
// Special operands are those of the tables in SDM 2A under each instruction.

// F2XM1 is 2ˣ−1 for −1 ≤ a ≤ 1; outside the result is undefined, and a itself here.
func (e *Env) F2XM1(a F80) F80 {
	x := unpack80(a)
	e.RoundUp = false
	if n, ok := e.nan87(&x, &x); ok {
		return n.pack80()
	}
	e.operandFlags(&x, &x)
	switch {
	case x.class == infinite && x.neg:
		return F80{integerBit, 0xbfff}
	case x.class != finite || x.exp > 0 || x.exp == 0 && x.sig != integerBit:
		return a
	case x.exp == 0 && x.neg:
		return F80{integerBit, 0xbffe}
	case x.exp == 0:
		return a
	}
	return e.roundFull(expm1(x.ext().mul(LnOf2.ext())).wide())
}

// FYL2X is b·log₂a.
func (e *Env) FYL2X(a, b F80) F80 {
	x, y := unpack80(a), unpack80(b)
	e.RoundUp = false
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80()
	}
	if x.neg && x.class != zero {
		return e.roundFull(e.invalid())
	}
	sign := y.neg != x.belowOne() // of the result
	one := x.class == finite && x.exp == 0 && x.sig == integerBit
	switch {
	case x.class == zero && y.class == zero, x.class == infinite && y.class == zero, one && y.class == infinite:
		return e.roundFull(e.invalid())
	case x.class == zero && y.class == finite:
		e.raise(DivideByZero)
		return e.roundFull(infinityOf(sign))
	}
	e.operandFlags(&x, &y)
	switch {
	case x.class != finite || y.class == infinite:
		return e.roundFull(infinityOf(sign))
	case y.class == zero:
		return e.roundFull(zeroOf(sign))
	case one:
		return e.roundFull(zeroOf(y.neg))
	}
	if x.sig == integerBit { // a power of two: exact, and reported as inexact all the same
		k := fromInt(int64(x.exp))
		return e.roundInexact(e.mul(&k, &y))
	}
	return e.roundFull(log2(&x).mul(y.ext()).wide())
}

// roundInexact rounds a result that counts as inexact even when it is not.
func (e *Env) roundInexact(w wide) F80 {
	v := e.roundFull(w)
	e.raise(Precision)
	if v.SE&0x7fff == 0 && v.Sig != 0 {
		e.raise(Underflow)
	}
	return v
}

// belowOne tells that the logarithm of a positive x is negative.
func (x *num) belowOne() bool { return x.class == zero || x.class == finite && x.exp < 0 }

// FYL2XP1 is b·log₂(a+1), for |a| < 1−√½.
func (e *Env) FYL2XP1(a, b F80) F80 {
	x, y := unpack80(a), unpack80(b)
	e.RoundUp = false
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80()
	}
	sign := x.neg != y.neg
	switch {
	case x.class == zero && y.class == infinite, x.class == infinite && (x.neg || y.class == zero):
		return e.roundFull(e.invalid())
	}
	e.operandFlags(&x, &y)
	switch {
	case x.class == infinite || y.class == infinite:
		return e.roundFull(infinityOf(sign))
	case x.class == zero || y.class == zero:
		return e.roundFull(zeroOf(sign))
	case x.exp >= -1: // out of range: undefined
		return a
	}
	s := x.ext().div(x.ext().add(extOne.scale(1)))
	return e.roundFull(atanh(s).scale(1).mul(Log2OfE.ext()).mul(y.ext()).wide())
}

// FPATAN is the angle of the point (a, b), between −π and π.
func (e *Env) FPATAN(a, b F80) F80 {
	x, y := unpack80(a), unpack80(b)
	e.RoundUp = false
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80()
	}
	e.operandFlags(&x, &y)
	angle := ext{}
	switch {
	case y.class == zero || x.class == infinite && y.class == finite: // on the x axis
	case x.class == zero || y.class == infinite && x.class == finite: // on the y axis
		angle = Pi.ext().scale(-1)
	case x.class == infinite: // so is y
		angle = Pi.ext().scale(-2)
	case !x.neg && y.exp-x.exp < -34: // the tangent, whose difference from the angle processors do not show in any rounding mode
		return e.roundInexact(e.div(&y, &x))
	default:
		angle = firstQuadrant(x.ext().abs(), y.ext().abs())
	}
	if x.neg {
		angle = Pi.ext().sub(angle)
	}
	angle.neg = y.neg
	return e.roundFull(angle.wide())
}

// firstQuadrant is the angle of (x, y), both positive.
func firstQuadrant(x, y ext) ext {
	if x.less(y) {
		return Pi.ext().scale(-1).sub(arctan(x.div(y)))
	}
	return arctan(y.div(x))
}
