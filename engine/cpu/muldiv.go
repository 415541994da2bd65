package cpu

import (
	"math/bits"

	"golang.org/x/arch/x86/x86asm"
)

// Multiplication and division (SDM 2A DIV, IDIV, IMUL, 2B MUL).

var (
	_ = def(Def{Op: x86asm.MUL, Ref: "SDM 2B MUL", Fn: mulFn, Out: aflags, Undef: undefMul})
	_ = def(Def{Op: x86asm.IMUL, Ref: "SDM 2A IMUL", Fn: imulFn, Out: aflags, Undef: undefMul})
	_ = def(Def{Op: x86asm.DIV, Ref: "SDM 2A DIV", Fn: divFn, Undef: aflags})
	_ = def(Def{Op: x86asm.IDIV, Ref: "SDM 2A IDIV", Fn: idivFn, Undef: aflags})
)

// setPair writes a double-width result to rDX:rAX, or AX for bytes.
func (c *CPU) setPair(size uint8, hi, lo uint64) {
	if size == 1 {
		c.setReg(RAX, 2, hi<<8|lo&0xff)
		return
	}
	c.setReg(RAX, size, lo)
	c.setReg(RDX, size, hi)
}

// mulFlags sets the flags after a multiplication: CF = OF = the product did not fit. The others, which the SDM leaves
// undefined, are those of the low half, and AF is cleared.
func (c *CPU) mulFlags(size uint8, lo uint64, over bool) {
	s := shiftOf(size)
	f := resultFlags(lo<<s, s) &^ FlagZF
	if over {
		f |= FlagCF | FlagOF
	}
	c.setArith(f)
}

func mulFn(c *CPU, u *Uop) bool {
	b, ok := c.dst(u)
	if !ok {
		return false
	}
	hi, lo := bits.Mul64(c.reg(RAX, u.Size), b)
	if u.Size < 8 {
		hi = lo >> (8 * uint(u.Size))
		lo &= maskOf(u.Size)
	}
	c.setPair(u.Size, hi, lo)
	c.mulFlags(u.Size, lo, hi != 0)
	return true
}

// smul multiplies two operands of size bytes as signed numbers.
func smul(a, b uint64, size uint8) (hi, lo uint64, over bool) {
	x, y := signExtend(a, size), signExtend(b, size)
	hi, lo = bits.Mul64(x, y)
	hi -= uint64(int64(x)>>63)&y + uint64(int64(y)>>63)&x
	if size < 8 {
		over = signExtend(lo, size) != lo
		return lo >> (8 * uint(size)), lo & maskOf(size), over
	}
	return hi, lo, hi != uint64(int64(lo)>>63)
}

func imulFn(c *CPU, u *Uop) bool {
	if u.Form&(FormTwo|FormImm) == 0 {
		b, ok := c.dst(u)
		if !ok {
			return false
		}
		hi, lo, over := smul(c.reg(RAX, u.Size), b, u.Size)
		c.setPair(u.Size, hi, lo)
		c.mulFlags(u.Size, lo, over)
		return true
	}
	var b uint64
	ok := true
	a := c.reg(u.Dst, u.Size)
	switch {
	case u.Form&FormMem1 != 0:
		b, ok = c.load(c.ea(u), u.Size)
	case u.Form&FormTwo != 0:
		b = c.reg(u.Src, u.Size)
	}
	if !ok {
		return false
	}
	if u.Form&FormImm != 0 {
		a = b
		b = uint64(u.Imm)
	}
	_, lo, over := smul(a, b, u.Size)
	c.setReg(u.Dst, u.Size, lo)
	c.mulFlags(u.Size, lo, over)
	return true
}

// dividend is AX, or rDX:rAX.
func (c *CPU) dividend(size uint8) (hi, lo uint64) {
	if size == 1 {
		v := c.reg(RAX, 2)
		return v >> 8, v & 0xff
	}
	return c.reg(RDX, size), c.reg(RAX, size)
}

func divFn(c *CPU, u *Uop) bool {
	b, ok := c.dst(u)
	if !ok {
		return false
	}
	hi, lo := c.dividend(u.Size)
	if b == 0 || hi >= b {
		return c.raise(VecDE, 0)
	}
	var q, r uint64
	if u.Size == 8 {
		q, r = bits.Div64(hi, lo, b)
	} else {
		n := hi<<(8*uint(u.Size)) | lo
		q, r = n/b, n%b
	}
	c.setPair(u.Size, r, q)
	return true
}

func idivFn(c *CPU, u *Uop) bool {
	v, ok := c.dst(u)
	if !ok {
		return false
	}
	size := u.Size
	hi, lo := c.dividend(size)
	b := signExtend(v, size)
	if size < 8 {
		lo = signExtend(hi, size)<<(8*uint(size)) | lo
		hi = uint64(int64(lo) >> 63)
	}
	neg := int64(hi) < 0
	if neg { // the magnitude of hi:lo
		lo = -lo
		hi = ^hi
		if lo == 0 {
			hi++
		}
	}
	d := b
	if int64(b) < 0 {
		d = -b
	}
	if d == 0 || hi >= d {
		return c.raise(VecDE, 0)
	}
	q, r := bits.Div64(hi, lo, d)
	negQ := neg != (int64(b) < 0)
	limit := signOf(size) // the magnitude of the most negative quotient
	if q > limit || q == limit && !negQ {
		return c.raise(VecDE, 0)
	}
	if negQ {
		q = -q
	}
	if neg {
		r = -r
	}
	c.setPair(size, r, q)
	return true
}
