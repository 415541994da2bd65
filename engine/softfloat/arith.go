package softfloat

import (
	"math"
	"math/bits"
)

// add computes x+y of two operands that are no NaNs.
func (e *Env) add(x, y *num) wide {
	if x.class == infinite || y.class == infinite {
		return e.addInfinity(x, y)
	}
	e.operandFlags(x, y)
	switch {
	case x.class == zero && y.class == zero:
		if x.neg == y.neg {
			return zeroOf(x.neg)
		}
		return zeroOf(e.Round == Down)
	case x.class == zero:
		return exact(y)
	case y.class == zero:
		return exact(x)
	}
	if x.exp < y.exp || x.exp == y.exp && x.sig < y.sig {
		x, y = y, x
	}
	hi, lo := shiftRightJam(y.sig, 0, uint(x.exp-y.exp))
	w := wide{class: finite, neg: x.neg, exp: x.exp}
	if x.neg == y.neg {
		var carry uint64
		w.hi, carry = bits.Add64(x.sig, hi, 0)
		w.lo = lo
		if carry != 0 {
			w.hi, w.lo = shiftRightJam(w.hi, w.lo, 1)
			w.hi |= integerBit
			w.exp++
		}
		return w
	}
	var borrow uint64
	w.lo, borrow = bits.Sub64(0, lo, 0)
	w.hi, _ = bits.Sub64(x.sig, hi, borrow)
	if w.hi|w.lo == 0 {
		return zeroOf(e.Round == Down)
	}
	w.hi, w.lo, w.exp = normalise(w.hi, w.lo, w.exp)
	return w
}

func (e *Env) addInfinity(x, y *num) wide {
	if x.class == infinite && y.class == infinite && x.neg != y.neg {
		return e.invalid()
	}
	e.operandFlags(x, y)
	if x.class == infinite {
		return infinityOf(x.neg)
	}
	return infinityOf(y.neg)
}

// mul computes x·y of two operands that are no NaNs.
func (e *Env) mul(x, y *num) wide {
	neg := x.neg != y.neg
	if x.class == infinite && y.class == zero || x.class == zero && y.class == infinite {
		return e.invalid()
	}
	e.operandFlags(x, y)
	switch {
	case x.class == infinite || y.class == infinite:
		return infinityOf(neg)
	case x.class == zero || y.class == zero:
		return zeroOf(neg)
	}
	hi, lo := bits.Mul64(x.sig, y.sig)
	w := wide{class: finite, neg: neg}
	w.hi, w.lo, w.exp = normalise(hi, lo, x.exp+y.exp+1)
	return w
}

// div computes x/y of two operands that are no NaNs.
func (e *Env) div(x, y *num) wide {
	neg := x.neg != y.neg
	switch {
	case x.class == y.class && x.class != finite:
		return e.invalid()
	case y.class == zero && x.class == finite:
		e.raise(DivideByZero)
		return infinityOf(neg)
	}
	e.operandFlags(x, y)
	switch {
	case x.class == infinite:
		return infinityOf(neg)
	case x.class == zero || y.class == infinite:
		return zeroOf(neg)
	}
	w := wide{class: finite, neg: neg, exp: x.exp - y.exp}
	var rest uint64
	if x.sig < y.sig {
		w.exp--
		w.hi, rest = bits.Div64(x.sig, 0, y.sig)
	} else {
		w.hi, rest = bits.Div64(x.sig>>1, x.sig<<63, y.sig)
	}
	w.lo, rest = bits.Div64(rest, 0, y.sig)
	w.lo |= b2u(rest != 0)
	return w
}

// sqrt computes the square root of an operand that is no NaN.
func (e *Env) sqrt(x *num) wide {
	if x.class == zero {
		return zeroOf(x.neg)
	}
	if x.neg {
		return e.invalid()
	}
	e.operandFlags(x, x)
	if x.class == infinite {
		return infinityOf(false)
	}
	hi, lo, exp := x.sig, uint64(0), x.exp
	if exp&1 == 0 {
		hi, lo = hi>>1, hi<<63
	}
	root, rest := isqrt(hi, lo)
	w := wide{class: finite, hi: root, exp: exp >> 1}
	// The next bit of the root is set when the remainder exceeds it: (root+½)² = root² + root + ¼.
	if rest.hi != 0 || rest.lo > root {
		w.lo = integerBit
	}
	w.lo |= b2u(rest.hi|rest.lo != 0)
	return w
}

type uint128 struct{ hi, lo uint64 }

func (a uint128) sub(b uint128) uint128 {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, borrow)
	return uint128{hi, lo}
}

func (a uint128) less(b uint128) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

func square(r uint64) uint128 {
	hi, lo := bits.Mul64(r, r)
	return uint128{hi, lo}
}

// isqrt gives the integer square root of hi:lo ≥ 2^126 and what remains. The host's square root is an estimate only.
func isqrt(hi, lo uint64) (uint64, uint128) {
	n := uint128{hi, lo}
	root := ^uint64(0)
	if est := math.Sqrt(float64(hi)) * (1 << 32); est < 1<<64 {
		root = uint64(est)
	}
	if hi < root { // one step of Newton's method doubles the 50 good bits
		q, _ := bits.Div64(hi, lo, root)
		sum, carry := bits.Add64(root, q, 0)
		root = sum>>1 | carry<<63
	}
	for n.less(square(root)) {
		root--
	}
	for root != ^uint64(0) && !n.less(square(root+1)) {
		root++
	}
	return root, n.sub(square(root))
}
