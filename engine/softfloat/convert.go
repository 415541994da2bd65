package softfloat

import "math/bits"

// Widen converts binary32 to binary64.
func (e *Env) Widen(a uint32) uint64 {
	x := e.unpack32(a)
	if n, ok := e.nanSSE(&x, &x); ok {
		return n.pack64()
	}
	e.operandFlags(&x, &x)
	return x.pack64()
}

// Narrow converts binary64 to binary32.
func (e *Env) Narrow(a uint64) uint32 {
	x := e.unpack64(a)
	if n, ok := e.nanSSE(&x, &x); ok {
		return n.pack32()
	}
	e.operandFlags(&x, &x)
	r := e.round(&format32, 24, exact(&x))
	return r.pack32()
}

// Load32 converts binary32 to the extended format.
func (e *Env) Load32(a uint32) F80 {
	x := e.unpack32(a)
	return e.load(&x)
}

// Load64 converts binary64 to the extended format.
func (e *Env) Load64(a uint64) F80 {
	if exp := a >> 52 & 0x7ff; exp-1 < 0x7fe { // a normal number
		return F80{a<<11 | integerBit, uint16(a>>63)<<15 | uint16(exp+bias80-1023)}
	}
	x := e.unpack64(a)
	return e.load(&x)
}

func (e *Env) load(x *num) F80 {
	if n, ok := e.nan87(x, x); ok {
		return n.pack80()
	}
	e.operandFlags(x, x)
	return x.pack80()
}

// Operand32 takes a binary32 memory operand of x87 arithmetic as it is: an SNaN stays one, and that it is denormal is
// remembered for the operation.
func (e *Env) Operand32(a uint32) F80 {
	x := e.unpack32(a)
	e.Tiny = x.denormal
	return x.pack80()
}

// Operand64 is Operand32 for binary64.
func (e *Env) Operand64(a uint64) F80 {
	if exp := a >> 52 & 0x7ff; exp-1 < 0x7fe { // a normal number
		return F80{a<<11 | integerBit, uint16(a>>63)<<15 | uint16(exp+bias80-1023)}
	}
	x := e.unpack64(a)
	e.Tiny = x.denormal
	return x.pack80()
}

// Store32 converts an extended value to binary32.
func (e *Env) Store32(a F80) uint32 {
	r := e.store(a, &format32)
	return r.pack32()
}

// Store64 converts an extended value to binary64.
func (e *Env) Store64(a F80) uint64 {
	if r, ok := e.store64Normal(a); ok {
		return r
	}
	r := e.store(a, &format64)
	return r.pack64()
}

func (e *Env) store(a F80, f *format) num {
	x := unpack80(a)
	if n, ok := e.nan87(&x, &x); ok {
		return n
	}
	return e.round(f, f.prec, exact(&x))
}

func fromInt(v int64) num {
	if v == 0 {
		return num{}
	}
	x := num{class: finite, neg: v < 0, sig: uint64(v)}
	if x.neg {
		x.sig = -x.sig
	}
	n := bits.LeadingZeros64(x.sig)
	x.sig <<= n
	x.exp = int32(63 - n)
	return x
}

// FromInt32 converts an integer to binary32.
func (e *Env) FromInt32(v int64) uint32 {
	x := fromInt(v)
	r := e.round(&format32, 24, exact(&x))
	return r.pack32()
}

// FromInt64 converts an integer to binary64.
func (e *Env) FromInt64(v int64) uint64 {
	x := fromInt(v)
	r := e.round(&format64, 53, exact(&x))
	return r.pack64()
}

// FromInt80 converts an integer to the extended format, which holds every one exactly.
func FromInt80(v int64) F80 {
	x := fromInt(v)
	return x.pack80()
}

// Int32 converts binary32 to an integer of width bits; mode is the rounding. What does not fit is invalid and gives the
// integer indefinite, the most negative number.
func (e *Env) Int32(a uint32, width uint, mode Round) int64 {
	x := e.unpack32(a)
	return e.toInt(&x, width, mode)
}

// Int64 converts binary64 to an integer as Int32 does.
func (e *Env) Int64(a uint64, width uint, mode Round) int64 {
	x := e.unpack64(a)
	return e.toInt(&x, width, mode)
}

// Int80 converts an extended value to an integer as Int32 does.
func (e *Env) Int80(a F80, width uint, mode Round) int64 {
	x := unpack80(a)
	return e.toInt(&x, width, mode)
}

func (e *Env) toInt(x *num, width uint, mode Round) int64 {
	indefinite := int64(-1) << (width - 1)
	e.RoundUp = false
	if x.class == zero {
		return 0
	}
	if x.class != finite || x.exp > 63 {
		e.raise(Invalid)
		return indefinite
	}
	mag, inexact, up := x.integer(mode)
	if x.neg && mag > 1<<(width-1) || !x.neg && mag >= 1<<(width-1) {
		e.raise(Invalid)
		return indefinite
	}
	if inexact {
		e.raise(Precision)
		e.RoundUp = up
	}
	if x.neg {
		return -int64(mag)
	}
	return int64(mag)
}

// integer rounds the magnitude of a finite x below 2^64 to an integer.
func (x *num) integer(mode Round) (mag uint64, inexact, up bool) {
	hi, lo := shiftRightJam(x.sig, 0, uint(63-x.exp))
	if lo == 0 {
		return hi, false, false
	}
	e := Env{Round: mode}
	up = e.away(x.neg, hi&1 != 0, lo, integerBit, false)
	return hi + b2u(up), true, up
}
