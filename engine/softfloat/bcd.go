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

// Constant is one of the numbers that FLDPI and its kin load.
type Constant struct {
	hi, lo uint64
	exp    int32
}

// The constants to 128 bits (SDM 2A "FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ—Load Constant").
var (
	Log2Of10 = Constant{0xd49a784bcd1b8afe, 0x492bf6ff4dafdb4c, 1}
	Log2OfE  = Constant{0xb8aa3b295c17f0bb, 0xbe87fed0691d3e89, 0}
	Pi       = Constant{0xc90fdaa22168c234, 0xc4c6628b80dc1cd1, 1}
	Log10Of2 = Constant{0x9a209a84fbcff798, 0x8f8959ac0b7c9178, -2}
	LnOf2    = Constant{0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af, -1}
)

// Load rounds a constant as the rounding mode says; no exception is raised.
func (c Constant) Load(r Round) F80 {
	e := Env{Round: r}
	return e.roundFull(wide{hi: c.hi, lo: c.lo, exp: c.exp, class: finite})
}
