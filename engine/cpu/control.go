package cpu

import (
	"golang.org/x/arch/x86/x86asm"
)

// Control and debug registers (SDM 3A "System Architecture Overview").

var (
	_ = def(Def{Op: x86asm.LMSW, Ref: "SDM 2A LMSW", Fn: lmswFn, Traits: End | Ring0})
	_ = def(Def{Op: x86asm.SMSW, Ref: "SDM 2B SMSW", Fn: smswFn})
	_ = def(Def{Op: x86asm.CLTS, Ref: "SDM 2A CLTS", Fn: cltsFn, Traits: End | Ring0})
	_ = def(Def{Op: x86asm.INVLPG, Ref: "SDM 2A INVLPG", Fn: invlpgFn, Traits: End | Ring0})
)

// movControl is MOV to or from a control or debug register.
func (c *CPU) movControl(u *Uop) bool {
	if c.cpl() != 0 {
		return c.raise(VecGP, 0)
	}
	if u.Bits&BitDebug != 0 {
		return c.movDebug(u)
	}
	if u.Form&FormGPR0 != 0 {
		v, ok := c.readCR(u.Src)
		if ok {
			c.S.R[u.Dst&15] = v
		}
		return ok
	}
	v := c.S.R[u.Src&15]
	if !c.mode64() {
		v = uint64(uint32(v))
	}
	return c.writeCR(u.Dst, v)
}

func (c *CPU) readCR(n uint8) (uint64, bool) {
	switch n {
	case 0:
		return c.S.CR0, true
	case 2:
		return c.S.CR2, true
	case 3:
		return c.S.CR3, true
	case 4:
		return c.S.CR4, true
	case 8:
		return c.readCR8(), true
	}
	return 0, c.raise(VecUD, 0)
}

func (c *CPU) writeCR(n uint8, v uint64) bool {
	switch n {
	case 0:
		return c.writeCR0(v)
	case 2:
		c.S.CR2 = v
	case 3:
		return c.writeCR3(v)
	case 4:
		return c.writeCR4(v)
	case 8:
		return c.writeCR8(v)
	default:
		return c.raise(VecUD, 0)
	}
	return true
}

// movDebug is MOV to or from a debug register. DR4 and DR5 are other names of DR6 and DR7 unless CR4.DE is set.
func (c *CPU) movDebug(u *Uop) bool {
	n, read := u.Dst, u.Form&FormGPR0 != 0
	if read {
		n = u.Src
	}
	if n > 7 || c.S.CR4&CR4DE != 0 && n&^1 == 4 {
		return c.raise(VecUD, 0)
	}
	if c.S.DR[7]&dr7GD != 0 {
		c.trap = Trap{Vector: VecDB, Addr: dr6BD}
		return false
	}
	if n&^1 == 4 {
		n += 2
	}
	if read {
		c.S.R[u.Dst&15] = c.S.DR[n]
		return true
	}
	v := c.S.R[u.Src&15]
	if !c.mode64() {
		v = uint64(uint32(v))
	}
	switch {
	case n >= 6 && v>>32 != 0:
		return c.raise(VecGP, 0)
	case n == 6:
		v = v&0xe00f | 0xffff0ff0
	case n == 7:
		v = v&0xffff23ff | 0x400
	}
	c.S.DR[n] = v
	c.debugChanged()
	return true
}

func lmswFn(c *CPU, u *Uop) bool {
	v := *u
	v.Size = 2
	w, ok := c.dst(&v)
	if !ok {
		return false
	}
	return c.writeCR0(c.S.CR0&^0xe | w&0xf) // PE can be set, not cleared
}

func smswFn(c *CPU, u *Uop) bool {
	if !c.secret() {
		return false
	}
	if u.Form&FormMem0 != 0 {
		return c.store16(c.ea(u), uint16(c.S.CR0))
	}
	c.setReg(u.Dst, u.Size, c.S.CR0)
	return true
}

func cltsFn(c *CPU, u *Uop) bool {
	c.S.CR0 &^= CR0TS
	c.modeChanged()
	return true
}

func invlpgFn(c *CPU, u *Uop) bool {
	c.InvalidatePage(c.unmarked(c.ea(u)))
	return true
}
