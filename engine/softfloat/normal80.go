package softfloat

import "math/bits"

// Shortcuts for the common case of the x87: normal operands, a result that stays normal, full precision, rounding to nearest.
// They do what the general functions do, without unpacking.

const (
	exponent80 = 0x7fff
	sign80     = 0x8000
)

// plainMode tells that the shortcuts apply to this environment.
func (e *Env) plainMode() bool { return e.Round == Nearest && e.Prec == 64 && !e.Tiny }

// normal80 tells that v is a normal number.
func normal80(v F80) bool { return v.Sig>>63 != 0 && (v.SE+1)&exponent80 > 1 }

// nearest80 rounds hi:lo·2^(exp−16383−127), normalised; ok is false when the result may leave the normal range.
func (e *Env) nearest80(sign uint16, exp int32, hi, lo uint64) (r F80, ok bool) {
	if exp < 2 || exp >= exponent80-1 {
		return r, false
	}
	e.RoundUp = lo > integerBit || lo == integerBit && hi&1 != 0
	if lo != 0 {
		e.raise(Precision)
	}
	if e.RoundUp {
		if hi++; hi == 0 {
			hi = integerBit
			exp++
		}
	}
	return F80{hi, sign | uint16(exp)}, true
}

func (e *Env) mulNormal(a, b F80) (F80, bool) {
	if !normal80(a) || !normal80(b) || !e.plainMode() {
		return F80{}, false
	}
	hi, lo := bits.Mul64(a.Sig, b.Sig)
	exp := int32(a.SE&exponent80) + int32(b.SE&exponent80) - bias80 + 1
	if hi>>63 == 0 {
		hi, lo, exp = hi<<1|lo>>63, lo<<1, exp-1
	}
	return e.nearest80((a.SE^b.SE)&sign80, exp, hi, lo)
}

func (e *Env) divNormal(a, b F80) (F80, bool) {
	if !normal80(a) || !normal80(b) || !e.plainMode() {
		return F80{}, false
	}
	hi, lo := a.Sig>>1, a.Sig<<63
	exp := int32(a.SE&exponent80) - int32(b.SE&exponent80) + bias80
	if a.Sig < b.Sig {
		hi, lo, exp = a.Sig, 0, exp-1
	}
	q, rest := bits.Div64(hi, lo, b.Sig)
	next, rest := bits.Div64(rest, 0, b.Sig)
	return e.nearest80((a.SE^b.SE)&sign80, exp, q, next|b2u(rest != 0))
}

// addNormal adds numbers whose exponents are less than 64 apart.
func (e *Env) addNormal(a, b F80) (F80, bool) {
	if !normal80(a) || !normal80(b) || !e.plainMode() {
		return F80{}, false
	}
	if a.SE&exponent80 < b.SE&exponent80 || a.SE&exponent80 == b.SE&exponent80 && a.Sig < b.Sig {
		a, b = b, a
	}
	n := a.SE&exponent80 - b.SE&exponent80
	if n > 63 {
		return F80{}, false
	}
	hi, lo, exp := b.Sig>>n, b.Sig<<(64-n), int32(a.SE&exponent80)
	var carry uint64
	if (a.SE^b.SE)&sign80 == 0 {
		if hi, carry = bits.Add64(a.Sig, hi, 0); carry != 0 {
			hi, lo, exp = hi>>1|integerBit, hi<<63|lo>>1|lo&1, exp+1
		}
	} else {
		lo, carry = bits.Sub64(0, lo, 0)
		if hi, _ = bits.Sub64(a.Sig, hi, carry); hi|lo == 0 {
			return F80{}, false
		}
		hi, lo, exp = normalise(hi, lo, exp)
	}
	return e.nearest80(a.SE&sign80, exp, hi, lo)
}

// store64Normal narrows to a normal binary64.
func (e *Env) store64Normal(a F80) (uint64, bool) {
	exp := int32(a.SE&exponent80) - bias80 + 1023
	if exp < 2 || exp > 0x7fd || a.Sig>>63 == 0 || e.Round != Nearest {
		return 0, false
	}
	v := uint64(a.SE>>15)<<63 | uint64(exp)<<52 | a.Sig<<1>>12
	rest := a.Sig & 0x7ff
	e.RoundUp = rest > 0x400 || rest == 0x400 && v&1 != 0
	if rest != 0 {
		e.raise(Precision)
	}
	return v + b2u(e.RoundUp), true // a carry goes into the exponent
}
