package softfloat

import "math/bits"

// F80 is an x87 extended value: explicit 64-bit significand, sign in bit 15 and 15-bit exponent below it.
type F80 struct {
	Sig uint64
	SE  uint16
}

type class uint8

const (
	zero class = iota
	finite
	infinite
	quietNaN
	signalNaN
	unsupported // an 80-bit encoding that the 387 and later refuse (SDM 1 "Unsupported Double Extended-Precision Floating-Point Encodings")
)

// num is an unpacked operand. A finite one is ±sig·2^(exp−63) with the top bit of sig set.
// The payload of a NaN lies in sig as the 80-bit format has it.
type num struct {
	sig      uint64
	exp      int32
	class    class
	neg      bool
	denormal bool
}

func (x *num) isNaN() bool { return x.class >= quietNaN }

// format describes a destination: significand bits, and the exponents of its smallest and largest normal numbers.
type format struct {
	prec       uint8
	emin, emax int32
}

var (
	format32 = format{24, -126, 127}
	format64 = format{53, -1022, 1023}
	format80 = format{64, -16382, 16383}
)

const (
	quietBit   = 1 << 62
	integerBit = 1 << 63
	bias80     = 16383

	// Default32 and Default80 are the QNaN floating-point indefinite (SDM 1 "QNaN Floating-Point Indefinite").
	Default32 uint32 = 0xffc00000
)

// Default80 is the QNaN floating-point indefinite of the x87.
var Default80 = F80{0xc000000000000000, 0xffff}

var defaultNaN = num{class: quietNaN, neg: true, sig: 0xc000000000000000}

func (e *Env) unpack64(v uint64) (x num) {
	x.neg = v>>63 != 0
	exp, frac := int32(v>>52&0x7ff), v<<12>>1
	switch {
	case exp == 0x7ff:
		x.setSpecial(frac)
	case exp != 0:
		x.class, x.exp, x.sig = finite, exp-1023, frac|integerBit
	case frac != 0:
		x.setDenormal(frac, -1022, e.DAZ)
	}
	return x
}

func (e *Env) unpack32(v uint32) (x num) {
	x.neg = v>>31 != 0
	exp, frac := int32(v>>23&0xff), uint64(v)<<41>>1
	switch {
	case exp == 0xff:
		x.setSpecial(frac)
	case exp != 0:
		x.class, x.exp, x.sig = finite, exp-127, frac|integerBit
	case frac != 0:
		x.setDenormal(frac, -126, e.DAZ)
	}
	return x
}

func unpack80(v F80) (x num) {
	x.neg = v.SE>>15 != 0
	exp := int32(v.SE & 0x7fff)
	switch {
	case exp == 0x7fff:
		x.setSpecial(v.Sig &^ integerBit)
		if v.Sig&integerBit == 0 {
			x.class = unsupported
		}
	case v.Sig&integerBit != 0:
		x.class, x.exp, x.sig = finite, exp-bias80, v.Sig
		if exp == 0 { // a pseudo-denormal
			x.exp, x.denormal = 1-bias80, true
		}
	case exp != 0:
		x.class = unsupported
	case v.Sig != 0:
		x.setDenormal(v.Sig, 1-bias80, false)
	}
	return x
}

// setSpecial fills in an infinity or a NaN from a fraction whose top bit is bit 62.
func (x *num) setSpecial(frac uint64) {
	switch {
	case frac == 0:
		x.class = infinite
	case frac&quietBit != 0:
		x.class, x.sig = quietNaN, frac|integerBit
	default:
		x.class, x.sig = signalNaN, frac|integerBit
	}
}

func (x *num) setDenormal(sig uint64, emin int32, asZero bool) {
	if asZero {
		return
	}
	n := bits.LeadingZeros64(sig)
	x.class, x.denormal, x.sig, x.exp = finite, true, sig<<n, emin-int32(n)
}

// pack32 encodes a rounded number.
func (x *num) pack32() uint32 {
	v := uint32(b2u(x.neg)) << 31
	switch x.class {
	case finite:
		return v | packExponent32(x) | uint32(x.sig<<1>>41)
	case infinite:
		return v | 0x7f800000
	case zero:
		return v
	}
	return v | 0x7f800000 | uint32(x.sig<<1>>41)
}

func packExponent32(x *num) uint32 {
	if x.sig&integerBit == 0 {
		return 0
	}
	return uint32(x.exp+127) << 23
}

// pack64 encodes a rounded number.
func (x *num) pack64() uint64 {
	v := b2u(x.neg) << 63
	switch x.class {
	case finite:
		if x.sig&integerBit != 0 {
			v |= uint64(x.exp+1023) << 52
		}
		return v | x.sig<<1>>12
	case infinite:
		return v | 0x7ff<<52
	case zero:
		return v
	}
	return v | 0x7ff<<52 | x.sig<<1>>12
}

// pack80 encodes a rounded number.
func (x *num) pack80() F80 {
	se := uint16(b2u(x.neg)) << 15
	switch x.class {
	case finite:
		if x.sig&integerBit != 0 {
			se |= uint16(x.exp + bias80)
		}
		return F80{x.sig, se}
	case infinite:
		return F80{integerBit, se | 0x7fff}
	case zero:
		return F80{0, se}
	}
	return F80{x.sig, se | 0x7fff}
}

// pack80Denormal encodes a number that may be denormal and was not rounded.
func (x *num) pack80Denormal() F80 {
	if x.class == finite && x.exp < format80.emin {
		x.sig, x.exp = x.sig>>uint(format80.emin-x.exp), format80.emin
	}
	return x.pack80()
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
