package softfloat

// A packed decimal, as FBLD and FBSTP have it, has 18 digits and its sign in the top bit: it lies in an F80 by its bits,
// the low 16 digits in Sig.

// IndefiniteBCD is the masked response of FBSTP to what does not fit.
var IndefiniteBCD = F80{0xc000000000000000, 0xffff}

// FromBCD converts a packed decimal; digits above 9 have no defined meaning.
func FromBCD(low uint64, high uint16) F80 {
	v := int64(high>>4&15)*10 + int64(high&15)
	for i := 60; i >= 0; i -= 4 {
		v = v*10 + int64(low>>i&15)
	}
	x := fromInt(v)
	x.neg = high>>15 != 0
	return x.pack80()
}

// ToBCD converts to a packed decimal, rounding to an integer.
func (e *Env) ToBCD(a F80) F80 {
	x := unpack80(a)
	probe := Env{Round: e.Round}
	v := probe.toInt(&x, 64, e.Round)
	if v < 0 {
		v = -v
	}
	if probe.Flags&Invalid != 0 || v >= 1e18 || v < 0 {
		e.raise(Invalid)
		e.RoundUp = false
		return IndefiniteBCD
	}
	e.raise(probe.Flags)
	e.RoundUp = probe.RoundUp
	var d F80
	for i := 0; i < 64; i += 4 {
		d.Sig |= uint64(v%10) << i
		v /= 10
	}
	d.SE = uint16(v%10|v/10<<4) | uint16(b2u(x.neg))<<15
	return d
}
