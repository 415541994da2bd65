package softfloat

import "math/bits"

// wide is a result before rounding: ±(hi:lo)·2^(exp−127), normalised, its last bit sticky. Other classes are final.
type wide struct {
	hi, lo uint64
	exp    int32
	class  class
	neg    bool
}

func exact(x *num) wide { return wide{hi: x.sig, exp: x.exp, class: x.class, neg: x.neg} }

func zeroOf(neg bool) wide     { return wide{class: zero, neg: neg} }
func infinityOf(neg bool) wide { return wide{class: infinite, neg: neg} }

// invalid raises the exception and gives its masked response.
func (e *Env) invalid() wide {
	e.raise(Invalid)
	return wide{class: quietNaN, neg: true, hi: defaultNaN.sig}
}

// wrapBias moves an exponent out of range back into it when the exception is unmasked (SDM 1 "Numeric Overflow Exception (#O)").
// FSCALE can go farther than that: then the result is zero or infinity in every rounding mode.
const wrapBias = 24576

// round makes w a number of format f with prec significand bits, and raises overflow, underflow and precision.
// Tininess is detected after rounding (SDM 1 "Numeric Underflow Exception (#U)").
func (e *Env) round(f *format, prec uint8, w wide) num {
	e.RoundUp = false
	x := num{class: w.class, neg: w.neg, sig: w.hi, exp: w.exp}
	if w.class != finite {
		return x
	}
	sig, carry, inexact := e.roundBits(prec, w.neg, w.hi, w.lo)
	exp := w.exp + carry
	if exp < f.emin {
		return e.underflow(f, prec, w, exp, sig, inexact)
	}
	if exp > f.emax {
		return e.overflow(f, prec, w.neg, exp, sig, inexact)
	}
	if inexact {
		e.raise(Precision)
	}
	x.sig, x.exp = sig, exp
	return x
}

// roundBits rounds hi:lo to its upper prec bits. A carry out of the top means that the exponent grows by one.
func (e *Env) roundBits(prec uint8, neg bool, hi, lo uint64) (sig uint64, carry int32, inexact bool) {
	drop := 64 - uint(prec)
	unit := uint64(1) << drop
	rest, half := lo, uint64(integerBit)
	sticky := false
	if drop != 0 {
		rest, half, sticky = hi&(unit-1), unit>>1, lo != 0
	}
	sig = hi &^ (unit - 1)
	if rest == 0 && !sticky {
		return sig, 0, false
	}
	e.RoundUp = e.away(neg, sig&unit != 0, rest, half, sticky)
	if !e.RoundUp {
		return sig, 0, true
	}
	sig += unit
	if sig == 0 {
		return integerBit, 1, true
	}
	return sig, 0, true
}

// away decides whether an inexact magnitude is rounded up, given what is cut off.
func (e *Env) away(neg, odd bool, rest, half uint64, sticky bool) bool {
	switch e.Round {
	case Down:
		return neg
	case Up:
		return !neg
	case Zero:
		return false
	}
	if rest != half {
		return rest > half
	}
	return sticky || odd
}

// underflow gives the response to a tiny result. exp, sig and inexact are those of the result rounded without a bound on its exponent.
func (e *Env) underflow(f *format, prec uint8, w wide, exp int32, sig uint64, inexact bool) num {
	if e.Masks&Underflow == 0 {
		e.raise(Underflow)
		if inexact {
			e.raise(Precision)
		}
		if !e.Wrap {
			return num{class: zero, neg: w.neg} // nobody sees it
		}
		if exp+wrapBias < f.emin {
			e.RoundUp = false
			e.raise(Precision)
			return num{class: zero, neg: w.neg}
		}
		return num{class: finite, neg: w.neg, sig: sig, exp: exp + wrapBias}
	}
	if e.FTZ {
		e.raise(Underflow | Precision)
		return num{class: zero, neg: w.neg}
	}
	hi, lo := shiftRightJam(w.hi, w.lo, uint(f.emin-w.exp))
	e.RoundUp = false
	sig, _, inexact = e.roundBits(prec, w.neg, hi, lo)
	if inexact {
		e.raise(Underflow | Precision)
	}
	if sig == 0 {
		return num{class: zero, neg: w.neg}
	}
	return num{class: finite, neg: w.neg, sig: sig, exp: f.emin}
}

func (e *Env) overflow(f *format, prec uint8, neg bool, exp int32, sig uint64, inexact bool) num {
	e.raise(Overflow)
	if e.Masks&Overflow == 0 {
		if inexact {
			e.raise(Precision)
		}
		if !e.Wrap {
			return num{class: infinite, neg: neg} // nobody sees it
		}
		if exp-wrapBias > f.emax {
			e.RoundUp = true
			e.raise(Precision)
			return num{class: infinite, neg: neg}
		}
		return num{class: finite, neg: neg, sig: sig, exp: exp - wrapBias}
	}
	e.raise(Precision)
	e.RoundUp = e.Round == Nearest || e.Round == Down && neg || e.Round == Up && !neg
	if e.RoundUp {
		return num{class: infinite, neg: neg}
	}
	return num{class: finite, neg: neg, sig: ^uint64(0) << (64 - uint(prec)), exp: f.emax}
}

// shiftRightJam shifts hi:lo right and keeps in the last bit whether anything was lost.
func shiftRightJam(hi, lo uint64, n uint) (uint64, uint64) {
	switch {
	case n == 0:
		return hi, lo
	case n < 64:
		lost := lo << (64 - n)
		return hi >> n, lo>>n | hi<<(64-n) | b2u(lost != 0)
	case n < 128:
		lost := lo | hi<<(128-n)
		if n == 64 {
			lost = lo
		}
		return 0, hi>>(n-64) | b2u(lost != 0)
	}
	return 0, b2u(hi|lo != 0)
}

// normalise shifts a non-zero hi:lo left until its top bit is set.
func normalise(hi, lo uint64, exp int32) (uint64, uint64, int32) {
	if hi == 0 {
		hi, lo, exp = lo, 0, exp-64
	}
	n := uint(bits.LeadingZeros64(hi))
	if n == 0 {
		return hi, lo, exp
	}
	return hi<<n | lo>>(64-n), lo << n, exp - int32(n)
}
