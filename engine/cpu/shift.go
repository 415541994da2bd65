package cpu

import "golang.org/x/arch/x86/x86asm"

// Shifts and rotates (SDM 1 "Shift and Rotate Instructions"). A count of zero changes no flags.

var (
	_ = def(Def{Op: x86asm.SHL, Ref: "SDM 2B SAL/SAR/SHL/SHR", Fn: shlFn, UndefCount: undefShift, Traits: Changes})
	_ = def(Def{Op: x86asm.SHR, Ref: "SDM 2B SAL/SAR/SHL/SHR", Fn: shrFn, UndefCount: undefShift, Traits: Changes})
	_ = def(Def{Op: x86asm.SAR, Ref: "SDM 2B SAL/SAR/SHL/SHR", Fn: sarFn, UndefCount: undefSar, Traits: Changes})
	_ = def(Def{Op: x86asm.ROL, Ref: "SDM 2B RCL/RCR/ROL/ROR", Fn: rolFn, UndefCount: undefRotate, Traits: Changes})
	_ = def(Def{Op: x86asm.ROR, Ref: "SDM 2B RCL/RCR/ROL/ROR", Fn: rorFn, UndefCount: undefRotate, Traits: Changes})
	_ = def(Def{Op: x86asm.RCL, Ref: "SDM 2B RCL/RCR/ROL/ROR", Fn: rclFn, In: FlagCF, UndefCount: undefRotate, Traits: Changes})
	_ = def(Def{Op: x86asm.RCR, Ref: "SDM 2B RCL/RCR/ROL/ROR", Fn: rcrFn, In: FlagCF, UndefCount: undefRotate, Traits: Changes})
	_ = def(Def{Op: x86asm.SHLD, Ref: "SDM 2B SHLD", Fn: shldFn, UndefCount: undefDouble, Traits: Changes})
	_ = def(Def{Op: x86asm.SHRD, Ref: "SDM 2B SHRD", Fn: shrdFn, UndefCount: undefDouble, Traits: Changes})
)

// shiftArgs reads the value and the masked count.
func (c *CPU) shiftArgs(u *Uop) (a uint64, n uint, ok bool) {
	n = uint(u.Imm)
	if u.Form&FormImm == 0 {
		n = uint(c.S.R[RCX])
	}
	if u.Size == 8 {
		n &= 63
	} else {
		n &= 31
	}
	a, ok = c.dst(u)
	return a, n, ok
}

// shifted stores the result of a shift and sets the flags; cf is the last bit out, of the overflow bit. AF, which
// the SDM leaves undefined, is cleared.
func (c *CPU) shifted(u *Uop, r, cf, of uint64) bool {
	if !c.setDst(u, r) {
		return false
	}
	s := shiftOf(u.Size)
	c.setArith(cf&1*FlagCF | of&1*FlagOF | resultFlags(r<<s, s))
	return true
}

// zeroShift is a shift by zero: the operand is written back, which clears the upper half of a 32-bit register.
func (c *CPU) zeroShift(u *Uop, a uint64) bool { return c.setDst(u, a) }

func shlFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	if !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	top := 8*uint(u.Size) - 1
	r := a << n
	cf := a << (n - 1) >> top
	return c.shifted(u, r, cf, r>>top^cf)
}

func shrFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	if !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	top := 8*uint(u.Size) - 1
	return c.shifted(u, a>>n, a>>(n-1), a>>top)
}

func sarFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	if !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	v := int64(signExtend(a, u.Size))
	return c.shifted(u, uint64(v>>n)&maskOf(u.Size), uint64(v>>(n-1)), 0)
}

// rotated stores the result of a rotate, which changes only CF and OF.
func (c *CPU) rotated(u *Uop, r, cf, of uint64) bool {
	if !c.setDst(u, r) {
		return false
	}
	c.setSome(FlagCF|FlagOF, cf&1*FlagCF|of&1*FlagOF)
	return true
}

func rolFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	if !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	w := 8 * uint(u.Size)
	r := (a<<(n%w) | a>>(w-n%w)) & maskOf(u.Size)
	return c.rotated(u, r, r, r>>(w-1)^r)
}

func rorFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	if !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	w := 8 * uint(u.Size)
	r := (a>>(n%w) | a<<(w-n%w)) & maskOf(u.Size)
	return c.rotated(u, r, r>>(w-1), r>>(w-1)^r>>(w-2))
}

func rclFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	w := 8 * uint(u.Size)
	if n %= w + 1; !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	cf, r := c.carry(), a
	for range n {
		r, cf = r<<1|cf, r>>(w-1)&1
	}
	return c.rotated(u, r, cf, r>>(w-1)^cf)
}

func rcrFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	w := 8 * uint(u.Size)
	if n %= w + 1; !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	cf, r := c.carry(), a
	for range n {
		r, cf = r>>1|cf<<(w-1), r&1
	}
	return c.rotated(u, r, cf, r>>(w-1)^r>>(w-2))
}

func shldFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	if !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	w := 8 * uint(u.Size)
	b := c.reg(u.Src, u.SSize)
	if w == 16 { // counts over 16 are undefined; the registers then repeat, as on the processors there are
		long := a<<32 | b<<16 | a
		r := long << n >> 32
		return c.shifted(u, r&0xffff, long>>(48-n), r>>15^a>>15)
	}
	r := a<<n | b>>(w-n)
	return c.shifted(u, r&maskOf(u.Size), a>>(w-n), r>>(w-1)^a>>(w-1))
}

func shrdFn(c *CPU, u *Uop) bool {
	a, n, ok := c.shiftArgs(u)
	if !ok || n == 0 {
		return ok && c.zeroShift(u, a)
	}
	w := 8 * uint(u.Size)
	b := c.reg(u.Src, u.SSize)
	if w == 16 {
		long := a<<32 | b<<16 | a
		r := long >> n & 0xffff
		return c.shifted(u, r, long>>(n-1), r>>15^a>>15)
	}
	r := a>>n | b<<(w-n)
	return c.shifted(u, r&maskOf(u.Size), a>>(n-1), r>>(w-1)^a>>(w-1))
}
