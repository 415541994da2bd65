package softfloat

// BCD is the packed decimal of FBLD and FBSTP: 18 digits, the sign in the top bit of the last byte.
type BCD [10]byte

// indefiniteBCD is the masked response to what does not fit.
var indefiniteBCD = BCD{7: 0xc0, 8: 0xff, 9: 0xff}

// FromBCD converts a packed decimal; digits above 9 have no defined meaning.
func FromBCD(d BCD) F80 {
	v := int64(0)
	for i := 8; i >= 0; i-- {
		v = v*100 + int64(d[i]>>4)*10 + int64(d[i]&15)
	}
	x := fromInt(v)
	x.neg = d[9]&0x80 != 0
	return x.pack80()
}

// ToBCD converts to a packed decimal, rounding to an integer.
func (e *Env) ToBCD(a F80) BCD {
	x := unpack80(a)
	probe := Env{Round: e.Round}
	v := probe.toInt(&x, 64, e.Round)
	if v < 0 {
		v = -v
	}
	if probe.Flags&Invalid != 0 || v >= 1e18 || v < 0 {
		e.raise(Invalid)
		e.RoundUp = false
		return indefiniteBCD
	}
	e.raise(probe.Flags)
	e.RoundUp = probe.RoundUp
	var d BCD
	for i := range 9 {
		d[i] = byte(v%10 | v/10%10<<4)
		v /= 100
	}
	d[9] = byte(b2u(x.neg)) << 7
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
