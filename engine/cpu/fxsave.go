package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mmu"
)

// FXSAVE and FXRSTOR, and the legacy region that XSAVE shares with them (SDM 1 "XSAVE-Managed State").

var (
	_ = def(Def{Op: x86asm.FXSAVE, Ref: "SDM 2A FXSAVE", Fn: fxsave, Traits: NeedX87, Feature: FXSR})
	_ = def(Def{Op: x86asm.FXSAVE64, Ref: "SDM 2A FXSAVE", Fn: fxsave, Traits: NeedX87, Feature: FXSR})
	_ = def(Def{Op: x86asm.FXRSTOR, Ref: "SDM 2A FXRSTOR", Fn: fxrstor, Traits: NeedX87, Feature: FXSR})
	_ = def(Def{Op: x86asm.FXRSTOR64, Ref: "SDM 2A FXRSTOR", Fn: fxrstor, Traits: NeedX87, Feature: FXSR})
)

// fxArea is what FXSAVE writes of its 512 bytes; the rest is left alone.
const fxArea, fxSize = 416, 512

// savable and loadable look at the last byte of an area, then at the rest: a fault tells that processors do.
func (c *CPU) savable(la, n uint64) bool {
	return c.inLimit(la, n, accessWrite) && c.probe(c.last(la, n), 1) && c.probe(la, n)
}

func (c *CPU) loadable(la, n uint64) bool {
	if !c.inLimit(la, n, accessRead) {
		return false
	}
	_, ok := c.load8(c.last(la, n))
	return ok && c.readable(la, n)
}

// misaligned raises the exception of an area that does not begin where it must.
func (c *CPU) misaligned(la uint64) bool {
	if c.mode64() && !mmu.Canonical(la, c.levels()) {
		c.trap = Trap{Vector: VecGP, Canon: true}
		return false
	}
	if c.marked(la) {
		var ok bool
		if la, ok = c.inSegment(la, 1, accessRead); !ok {
			return false
		}
	}
	if c.guard&guardAlign != 0 && c.user == fastUser && la&3 != 0 {
		return c.raise(VecAC, 0)
	}
	return c.raise(VecGP, 0)
}

// fxImage is the area as it was read.
type fxImage [fxArea / 8]uint64

// xmmSaved is how many XMM registers the mode reaches.
func (u *Uop) xmmSaved() int {
	if u.Bits&BitMode == Mode64<<4 {
		return 16
	}
	return 8
}

// fxLong tells that the instruction pointers are saved with 64 bits: REX.W.
func fxLong(u *Uop) bool {
	switch defs[u.Fn].Op {
	case x86asm.FXSAVE64, x86asm.FXRSTOR64, x86asm.XSAVE64, x86asm.XSAVEOPT64, x86asm.XSAVEC64, x86asm.XRSTOR64:
		return true
	}
	return false
}

// fxsave writes the image of SDM 2A "FXSAVE", table "Non-64-bit-Mode Layout", or the 64-bit one.
func fxsave(c *CPU, u *Uop) bool {
	la := c.ea(u)
	if la&15 != 0 {
		return c.inLimit(la, 4, accessRead) && c.misaligned(la)
	}
	if !c.savable(la, fxSize) {
		return false
	}
	c.saveX87(la, fxLong(u))
	c.saveMXCSR(la)
	c.saveXMM(la, u.xmmSaved())
	return true
}

// saveX87 writes the x87 part of the area. The selectors of the pointers are zeros, which CPUID says.
func (c *CPU) saveX87(la uint64, long bool) {
	s := &c.S
	c.store64(la, uint64(s.FCW)|uint64(s.FSW)<<16|uint64(c.tagsInUse())<<32|uint64(s.FOP)<<48)
	fip, fdp := s.FIP, s.FDP
	if !long {
		fip, fdp = uint64(uint32(fip)), uint64(uint32(fdp))
	}
	c.store64(la+8, fip)
	c.store64(la+16, fdp)
	for i := range uint64(8) {
		r := c.st(uint8(i))
		c.store64(la+32+16*i, r.Sig)
		c.store64(la+40+16*i, uint64(r.SE))
	}
}

func (c *CPU) saveMXCSR(la uint64) { c.store64(la+24, uint64(c.S.MXCSR)|(1<<16-1)<<32) }

func (c *CPU) saveXMM(la uint64, n int) {
	for i := range n {
		c.store64(la+160+16*uint64(i), c.S.X[i][0])
		c.store64(la+168+16*uint64(i), c.S.X[i][1])
	}
}

// fxrstor loads the whole image before it changes anything.
func fxrstor(c *CPU, u *Uop) bool {
	la := c.ea(u)
	if la&15 != 0 {
		return c.inLimit(la, 4, accessRead) && c.misaligned(la)
	}
	if !c.loadable(la, fxSize) {
		return false
	}
	image, ok := c.loadImage(la, u.xmmSaved())
	if !ok {
		return false
	}
	if image[3]&mxcsrReserved != 0 {
		return c.raise(VecGP, 0)
	}
	c.setX87(&image, fxLong(u))
	c.S.MXCSR = uint32(image[3])
	c.setXMM(&image, u.xmmSaved())
	return true
}

// loadImage reads the area with n XMM registers.
func (c *CPU) loadImage(la uint64, n int) (image fxImage, ok bool) {
	for i := range 20 + 2*n {
		if image[i], ok = c.load64(c.last(la, 8*uint64(i)+1)); !ok {
			return image, false
		}
	}
	return image, true
}

func (c *CPU) setX87(image *fxImage, long bool) {
	s := &c.S
	s.FCW, s.FSW, s.FOP = uint16(image[0])&fcwWritable|fcwFixed, uint16(image[0]>>16), uint16(image[0]>>48)&0x7ff
	c.updateErrorSummary()
	c.setTagsInUse(uint8(image[0] >> 32))
	s.FIP, s.FDP = uint64(int64(image[1]<<7)>>7), image[2] // FIP has as many bits as a linear address
	if !long {
		s.FIP, s.FDP = uint64(uint32(image[1])), uint64(uint32(image[2]))
	}
	for i := range 8 {
		*c.st(uint8(i)) = Float80{Sig: image[4+2*i], SE: uint16(image[5+2*i])}
	}
}

func (c *CPU) setXMM(image *fxImage, n int) {
	for i := range n {
		c.S.X[i] = [2]uint64{image[20+2*i], image[21+2*i]}
	}
}
