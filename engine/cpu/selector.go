package cpu

import "golang.org/x/arch/x86/x86asm"

// Instructions that look at selectors, and loads of far pointers.

var (
	_ = def(Def{Op: x86asm.ARPL, Ref: "SDM 2A ARPL", Fn: arplFn, Out: FlagZF, Traits: Not64})
	_ = def(Def{Op: x86asm.LAR, Ref: "SDM 2A LAR", Fn: larFn})
	_ = def(Def{Op: x86asm.LSL, Ref: "SDM 2A LSL", Fn: lslFn})
	_ = def(Def{Op: x86asm.VERR, Ref: "SDM 2B VERR/VERW", Fn: verrFn})
	_ = def(Def{Op: x86asm.VERW, Ref: "SDM 2B VERR/VERW", Fn: verwFn})
	_ = def(Def{Op: x86asm.LDS, Ref: "SDM 2A LDS/LES/LFS/LGS/LSS", Fn: farLoadFn(DS), Traits: End | Not64})
	_ = def(Def{Op: x86asm.LES, Ref: "SDM 2A LDS/LES/LFS/LGS/LSS", Fn: farLoadFn(ES), Traits: End | Not64})
	_ = def(Def{Op: x86asm.LSS, Ref: "SDM 2A LDS/LES/LFS/LGS/LSS", Fn: farLoadFn(SS), Traits: End})
	_ = def(Def{Op: x86asm.LFS, Ref: "SDM 2A LDS/LES/LFS/LGS/LSS", Fn: farLoadFn(FS), Traits: End})
	_ = def(Def{Op: x86asm.LGS, Ref: "SDM 2A LDS/LES/LFS/LGS/LSS", Fn: farLoadFn(GS), Traits: End})
)

// visible reads the descriptor of a selector operand if the present privilege may see it. A selector that names none is
// no fault here; ok is false only when memory faulted.
func (c *CPU) visible(u *Uop, second bool, systems uint16) (s Segment, found, ok bool) {
	if c.realLike() {
		return s, false, c.raise(VecUD, 0)
	}
	var v uint64
	switch {
	case u.Form&FormMem != 0:
		v, ok = c.load(c.ea(u), 2)
	case second:
		v, ok = c.reg(u.Src, 2), true
	default:
		v, ok = c.reg(u.Dst, 2), true
	}
	sel := uint16(v)
	if !ok || sel&^3 == 0 {
		return s, false, ok
	}
	d, ok := c.descriptor(sel, VecGP)
	if !ok {
		return s, false, c.trap.Vector == VecGP
	}
	s = parseDescriptor(sel, d)
	if s.Attr&attrS == 0 && systems>>(s.Attr&attrType)&1 == 0 {
		return s, false, true
	}
	if s.Attr&attrS == 0 && c.long() {
		if _, ok := c.upperHalf(sel); !ok {
			return s, false, c.trap.Vector == VecGP
		}
	}
	if !(s.code() && s.conforming()) && (s.dpl() < c.cpl() || s.dpl() < uint8(sel&3)) {
		return s, false, true
	}
	return s, true, true
}

// tell sets ZF to found and clears a trap that only meant "no".
func (c *CPU) tell(found bool) bool {
	c.trap.Vector = vecNone
	zf := uint64(0)
	if found {
		zf = FlagZF
	}
	c.setSome(FlagZF, zf)
	return true
}

// System descriptors that LAR and LSL know in long mode; outside it there are the 16 and 32-bit ones too.
const (
	larLong, lslLong = 1<<2 | 1<<9 | 1<<0xb | 1<<0xc, 1<<2 | 1<<9 | 1<<0xb
	lar32, lsl32     = larLong | 1<<1 | 1<<3 | 1<<4 | 1<<5, lslLong | 1<<1 | 1<<3
)

func larFn(c *CPU, u *Uop) bool {
	systems := uint16(lar32)
	if c.long() {
		systems = larLong
	}
	s, found, ok := c.visible(u, true, systems)
	if !ok {
		return false
	}
	if found {
		limit := s.Limit
		if s.Attr&attrG != 0 {
			limit >>= 12
		}
		c.setReg(u.Dst, u.Size, uint64(s.Attr&0xf0ff)<<8|uint64(limit&0xf0000))
	}
	return c.tell(found)
}

func lslFn(c *CPU, u *Uop) bool {
	systems := uint16(lsl32)
	if c.long() {
		systems = lslLong
	}
	s, found, ok := c.visible(u, true, systems)
	if !ok {
		return false
	}
	if found {
		c.setReg(u.Dst, u.Size, uint64(s.Limit))
	}
	return c.tell(found)
}

func verrFn(c *CPU, u *Uop) bool {
	s, found, ok := c.visible(u, false, 0)
	if !ok {
		return false
	}
	return c.tell(found && s.Attr&(attrCode|attrRW) != attrCode)
}

func verwFn(c *CPU, u *Uop) bool {
	s, found, ok := c.visible(u, false, 0)
	if !ok {
		return false
	}
	return c.tell(found && s.Attr&(attrCode|attrRW) == attrRW)
}

func farLoadFn(seg uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		la := c.ea(u)
		off, ok := c.load(la, u.Size)
		if !ok {
			return false
		}
		sel, ok := c.load16(la + uint64(u.Size))
		if !ok || !c.loadSegment(seg, sel) {
			return false
		}
		c.setReg(u.Dst, u.Size, off)
		return true // LSS holds nothing off: it loads the pointer too
	}
}

// arplFn raises the RPL of a selector to that of another.
func arplFn(c *CPU, u *Uop) bool {
	if c.realLike() {
		return c.raise(VecUD, 0)
	}
	v, ok := c.dst(u)
	if !ok {
		return false
	}
	rpl := c.reg(u.Src, 2) & 3
	if v&3 >= rpl {
		c.setSome(FlagZF, 0)
		return true
	}
	if !c.setDst(u, v&^3|rpl) {
		return false
	}
	c.setSome(FlagZF, FlagZF)
	return true
}
