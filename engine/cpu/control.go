package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/trace"
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
		return 0, true
	}
	return 0, c.raise(VecUD, 0)
}

// The bits of CR4 that exist.
const cr4Bits = 1<<0 | 1<<1 | 1<<2 | 1<<3 | CR4PSE | CR4PAE | 1<<6 | CR4PGE | 1<<8 | CR4OSFXSR | CR4OSXMMEXCPT | CR4LA57 | CR4FSGSBASE

func (c *CPU) writeCR(n uint8, v uint64) bool {
	switch n {
	case 0:
		return c.writeCR0(v)
	case 2:
		c.S.CR2 = v
	case 3:
		c.LoadCR3(v)
	case 4:
		if v&^uint64(cr4Bits) != 0 || c.long() && (v&CR4PAE == 0 || (v^c.S.CR4)&CR4LA57 != 0) {
			return c.raise(VecGP, 0)
		}
		c.S.CR4 = v
		c.flushGlobal()
		c.modeChanged()
	case 8:
		if v != 0 {
			return c.raise(VecGP, 0) // there is no local APIC whose priority it could set
		}
	default:
		return c.raise(VecUD, 0)
	}
	return true
}

// writeCR0 enters and leaves protected mode, paging and, with EFER.LME, long mode.
func (c *CPU) writeCR0(v uint64) bool {
	const known = CR0PE | CR0MP | CR0EM | CR0TS | CR0ET | CR0NE | CR0WP | CR0AM | 1<<29 | 1<<30 | CR0PG
	s := &c.S
	if v>>32 != 0 || v&CR0PG != 0 && v&CR0PE == 0 || v&(1<<29) != 0 && v&(1<<30) == 0 {
		return c.raise(VecGP, 0)
	}
	v = v&known | CR0ET
	efer := s.EFER
	switch {
	case v&CR0PG != 0 && s.CR0&CR0PG == 0 && efer&EFERLME != 0:
		if s.CR4&CR4PAE == 0 || s.Seg[CS].Attr&attrL != 0 {
			return c.raise(VecGP, 0)
		}
		efer |= EFERLMA
	case v&CR0PG == 0 && s.CR0&CR0PG != 0:
		if c.mode64() {
			return c.raise(VecGP, 0)
		}
		efer &^= EFERLMA
	}
	if v&CR0PG != 0 && efer&EFERLMA == 0 {
		return c.raise(VecGP, 0) // 32-bit and PAE paging are not built: QUIRKS
	}
	changed := (v^s.CR0)&(CR0PG|CR0PE|CR0WP) != 0
	s.CR0, s.EFER = v, efer
	if changed {
		c.flushGlobal()
	}
	c.modeChanged()
	if changed && c.trace.Has(trace.Mode) {
		c.emit(trace.Mode, s.CR0, s.EFER)
	}
	return true
}

func (c *CPU) movDebug(u *Uop) bool {
	if u.Form&FormGPR0 != 0 {
		n := u.Src
		if n == 4 || n == 5 {
			n += 2
		}
		if n > 7 {
			return c.raise(VecUD, 0)
		}
		c.S.R[u.Dst&15] = c.S.DR[n]
		return true
	}
	n, v := u.Dst, c.S.R[u.Src&15]
	if n == 4 || n == 5 {
		n += 2
	}
	switch {
	case n > 7:
		return c.raise(VecUD, 0)
	case n >= 6 && v>>32 != 0:
		return c.raise(VecGP, 0)
	case n == 6:
		v = v&0xe00f | 0xffff0ff0
	case n == 7:
		v = v&0xffff23ff | 0x400
	}
	c.S.DR[n] = v
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
	c.InvalidatePage(c.ea(u))
	return true
}
