package softfloat

import "math/bits"

func (e *Env) round80(w wide) F80 {
	x := e.round(&format80, e.Prec, w)
	return x.pack80()
}

// roundFull rounds to all 64 bits: precision control governs add, subtract, multiply, divide and square root only
// (SDM 1 "Precision Control Field").
func (e *Env) roundFull(w wide) F80 {
	x := e.round(&format80, 64, w)
	return x.pack80()
}

// Add80 computes a+b.
func (e *Env) Add80(a, b F80) F80 {
	if r, ok := e.addNormal(a, b); ok {
		return r
	}
	x, y := unpack80(a), unpack80(b)
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80()
	}
	return e.round80(e.add(&x, &y))
}

// Sub80 computes a−b.
func (e *Env) Sub80(a, b F80) F80 {
	if r, ok := e.addNormal(a, F80{b.Sig, b.SE ^ sign80}); ok {
		return r
	}
	x, y := unpack80(a), unpack80(b)
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80()
	}
	y.neg = !y.neg
	return e.round80(e.add(&x, &y))
}

// Mul80 computes a·b.
func (e *Env) Mul80(a, b F80) F80 {
	if r, ok := e.mulNormal(a, b); ok {
		return r
	}
	x, y := unpack80(a), unpack80(b)
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80()
	}
	return e.round80(e.mul(&x, &y))
}

// Div80 computes a/b.
func (e *Env) Div80(a, b F80) F80 {
	if r, ok := e.divNormal(a, b); ok {
		return r
	}
	x, y := unpack80(a), unpack80(b)
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80()
	}
	return e.round80(e.div(&x, &y))
}

// Sqrt80 computes the square root of a.
func (e *Env) Sqrt80(a F80) F80 {
	x := unpack80(a)
	if n, ok := e.nan87(&x, &x); ok {
		return n.pack80()
	}
	return e.round80(e.sqrt(&x))
}

// Compare80 orders a and b; a QNaN is invalid only when signal is set.
func (e *Env) Compare80(a, b F80, signal bool) Order {
	x, y := unpack80(a), unpack80(b)
	return e.order(&x, &y, signal)
}

// RoundInt80 is FRNDINT.
func (e *Env) RoundInt80(a F80) F80 {
	x := unpack80(a)
	e.RoundUp = false
	if n, ok := e.nan87(&x, &x); ok {
		return n.pack80()
	}
	e.operandFlags(&x, &x)
	if x.class != finite || x.exp >= 63 {
		return a
	}
	mag, inexact, up := x.integer(e.Round)
	if inexact {
		e.raise(Precision)
		e.RoundUp = up
	}
	r := fromInt(int64(mag))
	if mag>>63 != 0 {
		r.sig, r.exp = mag, 63
	}
	r.neg = x.neg
	return r.pack80()
}

// Scale80 is FSCALE: a·2^trunc(b).
func (e *Env) Scale80(a, b F80) F80 {
	x, y := unpack80(a), unpack80(b)
	e.RoundUp = false
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80()
	}
	if y.class == infinite {
		return e.roundFull(e.scaleInfinity(&x, &y))
	}
	e.operandFlags(&x, &y)
	w := exact(&x)
	if x.class != finite || y.class == zero || y.exp < 0 {
		return e.roundFull(w)
	}
	n := int32(1 << 17) // beyond any exponent, and small enough not to overflow
	if y.exp < 16 {
		n = int32(y.sig >> uint(63-y.exp))
	}
	if y.neg {
		n = -n
	}
	w.exp += n
	return e.roundFull(w)
}

func (e *Env) scaleInfinity(x, y *num) wide {
	if x.class == zero && !y.neg || x.class == infinite && y.neg {
		return e.invalid()
	}
	e.operandFlags(x, y)
	if y.neg {
		return zeroOf(x.neg)
	}
	return infinityOf(x.neg)
}

// Extract80 is FXTRACT: the exponent of a as a number, and its significand as a number in [1, 2).
func (e *Env) Extract80(a F80) (exponent, significand F80) {
	x := unpack80(a)
	if n, ok := e.nan87(&x, &x); ok {
		return n.pack80(), n.pack80()
	}
	switch x.class {
	case zero:
		e.raise(DivideByZero)
		return F80{integerBit, 0xffff}, a
	case infinite:
		return F80{integerBit, 0x7fff}, a
	}
	e.operandFlags(&x, &x)
	exponent = FromInt80(int64(x.exp))
	x.exp = 0
	return exponent, x.pack80()
}

// Reduction says what Rem80 achieved.
type Reduction uint8

// The outcomes.
const (
	Complete Reduction = iota // the quotient is given
	Partial                   // the exponents were too far apart: more is left
	Refused                   // invalid, or a NaN
)

// Rem80 is FPREM, or FPREM1 when nearest is set: the remainder of a/b with the low bits of the quotient. One call takes at
// most 63 bits off the difference of the exponents.
func (e *Env) Rem80(a, b F80, nearest bool) (r F80, quotient uint64, outcome Reduction) {
	x, y := unpack80(a), unpack80(b)
	if n, ok := e.nan87(&x, &y); ok {
		return n.pack80(), 0, Refused
	}
	if x.class == infinite || y.class == zero {
		return e.roundFull(e.invalid()), 0, Refused
	}
	e.operandFlags(&x, &y)
	if y.class == infinite { // a itself; it does not underflow
		return x.pack80Denormal(), 0, Complete
	}
	diff := x.exp - y.exp
	if x.class == zero || diff < -1 || diff < 0 && !nearest {
		return e.roundFull(exact(&x)), 0, Complete
	}
	w := wide{class: finite, neg: x.neg, exp: y.exp}
	if diff >= 64 {
		n := diff&31 | 32 // what Intel's processors take off
		w.hi, _ = remainder(x.sig, y.sig, uint(n))
		w.exp += diff - n
		return e.roundFull(tidy(w)), 0, Partial
	}
	if diff < 0 { // |a| < |b|: count in units of half a bit of b
		w.hi = x.sig >> 1
		w.lo = x.sig << 63
	} else {
		w.hi, quotient = remainder(x.sig, y.sig, uint(diff))
	}
	if nearest && exceedsHalf(w.hi, w.lo, y.sig, quotient&1 != 0) {
		var borrow uint64
		w.lo, borrow = bits.Sub64(0, w.lo, 0)
		w.hi, _ = bits.Sub64(y.sig, w.hi, borrow)
		w.neg = !w.neg
		quotient++
	}
	return e.roundFull(tidy(w)), quotient, Complete
}

// remainder divides x·2^n by y, for n < 64 and normalised significands.
func remainder(x, y uint64, n uint) (rest, quotient uint64) {
	hi, lo := x>>(64-n), x<<n
	quotient, rest = bits.Div64(hi, lo, y)
	return rest, quotient
}

// exceedsHalf tells that hi:lo is more than half of y, or exactly half and odd.
func exceedsHalf(hi, lo, y uint64, odd bool) bool {
	half := uint128{y >> 1, y << 63}
	rest := uint128{hi, lo}
	return half.less(rest) || odd && rest == half
}

// tidy normalises a remainder, which may be zero.
func tidy(w wide) wide {
	if w.hi|w.lo == 0 {
		return zeroOf(w.neg)
	}
	w.hi, w.lo, w.exp = normalise(w.hi, w.lo, w.exp)
	return w
}

// Class80 is what FXAM sees in a register that is not empty.
type Class80 uint8

// The classes in the order of C3, C2, C0 (SDM 2A "FXAM—Examine Floating-Point").
const (
	Unsupported80 Class80 = iota
	NaN80
	Normal80
	Infinity80
	Zero80
	Empty80
	Denormal80
)

// Classify80 examines a.
func Classify80(a F80) Class80 {
	x := unpack80(a)
	switch {
	case x.class == unsupported:
		return Unsupported80
	case x.isNaN():
		return NaN80
	case x.class == infinite:
		return Infinity80
	case x.class == zero:
		return Zero80
	case x.denormal:
		return Denormal80
	}
	return Normal80
}
