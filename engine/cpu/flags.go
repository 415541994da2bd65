package cpu

import "math/bits"

// Lazy flags. Most flags are never looked at, so an arithmetic instruction only notes what it did: fop says which
// operation at which size, fa and fb are its operands shifted up so that their sign bit is bit 63. Comparing shifted
// operands gives the same answers at every size. Between two Runs RFLAGS is real.

// Operations of fop. The size shift (64 − bits) is in the upper half.
const (
	flagsReal  = iota // RFLAGS itself holds the flags
	flagsAdd          // fa + fb
	flagsSub          // fa − fb; with fb = 0 it also stands for AND, OR, XOR, TEST with the result fa
	flagsShift        // result fa; CF, AF and OF are in fb as they are in RFLAGS
	flagsInc          // fa + fb; CF is RFLAGS's
	flagsDec          // fa − fb; CF is RFLAGS's
	flagsOp    = 0xff
)

// arith is the set of lazily computed flags.
const arith = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF | FlagOF

// shiftOf is how far an operand of size bytes is shifted up.
func shiftOf(size uint8) uint { return 64 - 8*uint(size) }

// flags makes the lazy flags real and returns RFLAGS.
func (c *CPU) flags() uint64 {
	if c.fop != flagsReal {
		c.S.RFLAGS = c.S.RFLAGS&^arith | c.arithFlags()
		c.fop = flagsReal
	}
	return c.S.RFLAGS
}

// setArith replaces the six arithmetic flags.
func (c *CPU) setArith(v uint64) {
	c.S.RFLAGS = c.S.RFLAGS&^arith | v&arith
	c.fop = flagsReal
}

// setSome replaces the flags in mask.
func (c *CPU) setSome(mask, v uint64) { c.S.RFLAGS = c.flags()&^mask | v&mask }

// arithFlags computes the flags of the last operation.
func (c *CPU) arithFlags() uint64 {
	shift := uint(c.fop >> 16)
	a, b := c.fa, c.fb
	var r, f uint64
	switch c.fop & flagsOp {
	case flagsAdd:
		r = a + b
		if r < a {
			f = FlagCF
		}
		f |= (a ^ r) & (b ^ r) >> 63 * FlagOF
	case flagsSub:
		r = a - b
		if a < b {
			f = FlagCF
		}
		f |= (a ^ b) & (a ^ r) >> 63 * FlagOF
	case flagsInc:
		r = a + b
		f = c.S.RFLAGS&FlagCF | (a^r)&(b^r)>>63*FlagOF
	case flagsDec:
		r = a - b
		f = c.S.RFLAGS&FlagCF | (a^b)&(a^r)>>63*FlagOF
	case flagsShift:
		return resultFlags(a, shift) | b
	default:
		return c.S.RFLAGS & arith
	}
	f |= (a ^ b ^ r) >> (shift & 63) & FlagAF
	return f | resultFlags(r, shift)
}

// result is the result of the last operation, shifted up, when flags are lazy.
func (c *CPU) result() (r uint64, ok bool) {
	switch c.fop & flagsOp {
	case flagsAdd, flagsInc:
		return c.fa + c.fb, true
	case flagsSub, flagsDec:
		return c.fa - c.fb, true
	case flagsShift:
		return c.fa, true
	}
	return 0, false
}

// resultFlags are SF, ZF, PF of a result shifted up.
func resultFlags(r uint64, shift uint) uint64 {
	f := r >> 63 * FlagSF
	if r == 0 {
		f |= FlagZF
	}
	if bits.OnesCount8(uint8(r>>(shift&63)))&1 == 0 {
		f |= FlagPF
	}
	return f
}

func (c *CPU) setLazy(op uint32, size uint8, a, b uint64) {
	s := shiftOf(size)
	c.fop = op | uint32(s)<<16
	c.fa, c.fb = a<<s, b<<s
}

// carry is CF as 0 or 1.
func (c *CPU) carry() uint64 {
	switch c.fop & flagsOp {
	case flagsAdd:
		if c.fa+c.fb < c.fa {
			return 1
		}
		return 0
	case flagsSub:
		if c.fa < c.fb {
			return 1
		}
		return 0
	case flagsShift:
		return c.fb & FlagCF
	}
	return c.S.RFLAGS & FlagCF
}

// keepCarry makes CF real, for an operation that leaves it alone.
func (c *CPU) keepCarry() { c.S.RFLAGS = c.S.RFLAGS&^FlagCF | c.carry() }

// Condition codes in the order of their encoding (SDM 2A "Jcc"); odd ones are the negation of the one before.
const (
	ccO = iota
	ccNO
	ccB
	ccAE
	ccE
	ccNE
	ccBE
	ccA
	ccS
	ccNS
	ccP
	ccNP
	ccL
	ccGE
	ccLE
	ccG
)

// cond evaluates a condition code.
func (c *CPU) cond(cc uint8) bool {
	if c.fop&flagsOp == flagsSub {
		switch cc {
		case ccB:
			return c.fa < c.fb
		case ccAE:
			return c.fa >= c.fb
		case ccE:
			return c.fa == c.fb
		case ccNE:
			return c.fa != c.fb
		case ccBE:
			return c.fa <= c.fb
		case ccA:
			return c.fa > c.fb
		case ccL:
			return int64(c.fa) < int64(c.fb)
		case ccGE:
			return int64(c.fa) >= int64(c.fb)
		case ccLE:
			return int64(c.fa) <= int64(c.fb)
		case ccG:
			return int64(c.fa) > int64(c.fb)
		}
	}
	return condOf(cc, c.flags())
}

// condOf evaluates a condition code on real flags.
func condOf(cc uint8, f uint64) bool {
	var v bool
	switch cc >> 1 {
	case ccO >> 1:
		v = f&FlagOF != 0
	case ccB >> 1:
		v = f&FlagCF != 0
	case ccE >> 1:
		v = f&FlagZF != 0
	case ccBE >> 1:
		v = f&(FlagCF|FlagZF) != 0
	case ccS >> 1:
		v = f&FlagSF != 0
	case ccP >> 1:
		v = f&FlagPF != 0
	case ccL >> 1:
		v = f&FlagSF != 0 != (f&FlagOF != 0)
	case ccLE >> 1:
		v = f&FlagZF != 0 || f&FlagSF != 0 != (f&FlagOF != 0)
	}
	return v != (cc&1 != 0)
}
