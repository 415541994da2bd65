package softfloat

import "math/bits"

// ext is a number with 128 significand bits, ±(hi:lo)·2^(exp−127), normalised or zero (hi = 0). The transcendental functions
// are computed with it: errors of a few units in the 128th place cannot be seen in 64 but once in 2⁵⁰ results.
type ext struct {
	hi, lo uint64
	exp    int32
	neg    bool
}

var extOne = ext{hi: integerBit}

func (x *num) ext() ext { return ext{hi: x.sig, exp: x.exp, neg: x.neg} }

func (c *Constant) ext() ext { return ext{hi: c.hi, lo: c.lo, exp: c.exp} }

// extOf makes an ext of hi:lo·2^exp, which need not be normalised.
func extOf(neg bool, hi, lo uint64, exp int32) ext {
	if hi|lo == 0 {
		return ext{}
	}
	hi, lo, exp = normalise(hi, lo, exp+127)
	return ext{hi, lo, exp, neg}
}

// wide gives x for rounding; these functions are never exact.
func (x ext) wide() wide {
	if x.hi == 0 {
		return zeroOf(x.neg)
	}
	return wide{hi: x.hi, lo: x.lo | 1, exp: x.exp, neg: x.neg, class: finite}
}

func (x ext) negate() ext {
	x.neg = !x.neg
	return x
}

func (x ext) abs() ext {
	x.neg = false
	return x
}

// scale multiplies by 2^n.
func (x ext) scale(n int32) ext {
	x.exp += n
	return x
}

func (x ext) mul(y ext) ext {
	if x.hi == 0 || y.hi == 0 {
		return ext{neg: x.neg != y.neg}
	}
	hi, mid := bits.Mul64(x.hi, y.hi)
	a, b := bits.Mul64(x.hi, y.lo)
	c, d := bits.Mul64(x.lo, y.hi)
	low, carry1 := bits.Add64(b, d, 0)
	mid, carry2 := bits.Add64(mid, a, carry1)
	hi += carry2
	mid, carry2 = bits.Add64(mid, c, 0)
	hi += carry2
	exp := x.exp + y.exp + 1
	if hi&integerBit == 0 {
		hi, mid = hi<<1|mid>>63, mid<<1|low>>63
		exp--
	}
	return ext{hi, mid, exp, x.neg != y.neg}
}

func (x ext) add(y ext) ext {
	if x.hi == 0 {
		return y
	}
	if y.hi == 0 {
		return x
	}
	if x.exp < y.exp || x.exp == y.exp && (uint128{x.hi, x.lo}).less(uint128{y.hi, y.lo}) {
		x, y = y, x
	}
	hi, lo := shiftRightJam(y.hi, y.lo, uint(x.exp-y.exp))
	if x.neg != y.neg {
		d := (uint128{x.hi, x.lo}).sub(uint128{hi, lo})
		return extOf(x.neg, d.hi, d.lo, x.exp-127)
	}
	lo, carry := bits.Add64(x.lo, lo, 0)
	hi, carry = bits.Add64(x.hi, hi, carry)
	if carry != 0 {
		hi, lo = shiftRightJam(hi, lo, 1)
		hi |= integerBit
		x.exp++
	}
	return ext{hi, lo, x.exp, x.neg}
}

func (x ext) sub(y ext) ext { return x.add(y.negate()) }

// less compares magnitudes.
func (x ext) less(y ext) bool {
	if x.hi == 0 || y.hi == 0 {
		return y.hi != 0
	}
	return x.exp < y.exp || x.exp == y.exp && (uint128{x.hi, x.lo}).less(uint128{y.hi, y.lo})
}

// over divides by a small integer.
func (x ext) over(n uint64) ext {
	if x.hi == 0 {
		return x
	}
	q2, r := x.hi/n, x.hi%n
	q1, r := bits.Div64(r, x.lo, n)
	q0, _ := bits.Div64(r, 0, n)
	s := bits.LeadingZeros64(q2)
	exp := x.exp - int32(s)
	if q2 == 0 {
		q2, q1, q0 = q1, q0, 0
		s = bits.LeadingZeros64(q2)
		exp = x.exp - 64 - int32(s)
	}
	if s == 0 {
		return ext{q2, q1, exp, x.neg}
	}
	return ext{q2<<s | q1>>(64-s), q1<<s | q0>>(64-s), exp, x.neg}
}

// div divides, a bit at a time.
func (x ext) div(y ext) ext {
	if x.hi == 0 {
		return ext{neg: x.neg != y.neg}
	}
	rest, d := uint128{x.hi, x.lo}, uint128{y.hi, y.lo}
	exp := x.exp - y.exp
	top := uint64(0) // the bit above rest
	if rest.less(d) {
		top, rest = rest.double()
		exp--
	}
	var q uint128
	for range 128 {
		_, q = q.double()
		if top != 0 || !rest.less(d) {
			rest = rest.sub(d)
			q.lo |= 1
		}
		top, rest = rest.double()
	}
	return ext{q.hi, q.lo, exp, x.neg != y.neg}
}

// double shifts left by one and gives the bit that falls out.
func (a uint128) double() (uint64, uint128) {
	return a.hi >> 63, uint128{a.hi<<1 | a.lo>>63, a.lo << 1}
}
