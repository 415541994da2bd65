package cpu

import "golang.org/x/arch/x86/x86asm"

// XSAVE and its like for the two components there are: x87 and SSE (SDM 1 "Managing State Using the XSAVE Feature Set").

const (
	xcr0X87  = 1 << 0
	xcr0SSE  = 1 << 1
	xcr0Bits = xcr0X87 | xcr0SSE

	xsaveArea = 576 // legacy region and header
	fxMXCSR   = 24  // where MXCSR lies in the legacy region

	xcompact = 1 << 63 // XCOMP_BV: the compacted format
)

var (
	_ = def(Def{Op: x86asm.XSAVE, Ref: "SDM 2D XSAVE", Fn: xsave, Feature: XSAVE})
	_ = def(Def{Op: x86asm.XSAVE64, Ref: "SDM 2D XSAVE", Fn: xsave, Feature: XSAVE})
	_ = def(Def{Op: x86asm.XSAVEOPT, Ref: "SDM 2D XSAVEOPT", Fn: xsaveopt, Feature: XSAVEOPT})
	_ = def(Def{Op: x86asm.XSAVEOPT64, Ref: "SDM 2D XSAVEOPT", Fn: xsaveopt, Feature: XSAVEOPT})
	_ = def(Def{Op: x86asm.XSAVEC, Ref: "SDM 2D XSAVEC", Fn: xsavec, Feature: XSAVEC})
	_ = def(Def{Op: x86asm.XSAVEC64, Ref: "SDM 2D XSAVEC", Fn: xsavec, Feature: XSAVEC})
	_ = def(Def{Op: x86asm.XRSTOR, Ref: "SDM 2D XRSTOR", Fn: xrstor, Feature: XSAVE})
	_ = def(Def{Op: x86asm.XRSTOR64, Ref: "SDM 2D XRSTOR", Fn: xrstor, Feature: XSAVE})
	_ = def(Def{Op: x86asm.XGETBV, Ref: "SDM 2D XGETBV", Fn: xgetbv, Feature: XSAVE})
	_ = def(Def{Op: x86asm.XSETBV, Ref: "SDM 2D XSETBV", Fn: xsetbv, Feature: XSAVE})
)

// beginXsave makes the checks that all of them share and gives the area's address and the requested components.
func (c *CPU) beginXsave(u *Uop) (la, requested uint64, ok bool) {
	switch la = c.ea(u); {
	case c.S.CR4&CR4OSXSAVE == 0:
		return 0, 0, c.raise(VecUD, 0)
	case c.S.CR0&CR0TS != 0:
		return 0, 0, c.raise(VecNM, 0)
	case la&63 != 0:
		return 0, 0, c.inLimit(la, 4, accessRead) && c.misaligned(la)
	}
	return la, c.edxEAX() & c.S.XCR0, true
}

func (c *CPU) edxEAX() uint64 { return c.S.R[RDX]<<32 | uint64(uint32(c.S.R[RAX])) }

// inUse are the components that are not in their initial state (SDM 1 "Tracking of State Components": XINUSE). MXCSR does not
// count.
func (c *CPU) inUse() (v uint64) {
	s := &c.S
	if s.FCW != fcwInitial || s.FSW != 0 || s.FTW != tagsEmpty || s.FIP|s.FDP|uint64(s.FOP) != 0 || s.ST != [8]Float80{} {
		v |= xcr0X87
	}
	if s.X != [16][2]uint64{} {
		v |= xcr0SSE
	}
	return v
}

// saveParts writes components; MXCSR apart.
func (c *CPU) saveParts(u *Uop, la, parts uint64) {
	if parts&xcr0X87 != 0 {
		c.saveX87(la, fxLong(u))
	}
	if parts&xcr0SSE != 0 {
		c.saveXMM(la, u.xmmSaved())
	}
}

// xsavable looks at the area: at its header alone when nothing is requested, from MXCSR on without the x87.
// Behind a 32-bit address the area goes on at 0 after 4 GiB.
func (c *CPU) xsavable(u *Uop, la, requested uint64) bool {
	skip := uint64(0)
	switch {
	case requested == 0:
		skip = fxSize
	case requested&xcr0X87 == 0:
		skip = fxMXCSR
	}
	first, last := la+skip, la+xsaveArea-1
	if u.ASize != 8 && la>>32 == 0 {
		first, last = uint64(uint32(first)), uint64(uint32(last))
	}
	return c.inLimit(la, xsaveArea, accessWrite) && c.probe(last, 1) && c.probe(first, xsaveArea-skip)
}

func xsave(c *CPU, u *Uop) bool    { return c.saveStandard(u, xcr0Bits) }
func xsaveopt(c *CPU, u *Uop) bool { return c.saveStandard(u, c.inUse()) }

// saveStandard saves the components requested of those that need it.
func (c *CPU) saveStandard(u *Uop, needed uint64) bool {
	la, requested, ok := c.beginXsave(u)
	if !ok {
		return false
	}
	if !c.xsavable(u, la, requested) {
		return false
	}
	old, ok := c.load64(la + 512)
	if !ok {
		return false
	}
	c.saveParts(u, la, requested&needed)
	if requested&xcr0SSE != 0 {
		c.saveMXCSR(la)
	}
	return c.store64(la+512, old&^requested|requested&c.inUse())
}

func xsavec(c *CPU, u *Uop) bool {
	la, requested, ok := c.beginXsave(u)
	if !ok || !c.xsavable(u, la, requested) {
		return false
	}
	parts := c.inUse()
	if c.S.MXCSR != mxcsrInitial {
		parts |= xcr0SSE
	}
	parts &= requested
	c.saveParts(u, la, parts)
	if parts&xcr0SSE != 0 {
		c.saveMXCSR(la)
	}
	c.store64(la+512, parts)
	return c.store64(la+520, requested|xcompact)
}

// xrstor loads components, or initialises those that the header says are not there.
func xrstor(c *CPU, u *Uop) bool {
	la, requested, ok := c.beginXsave(u)
	if !ok {
		return false
	}
	header := c.last(la, 513)
	if u.ASize != 8 && la>>32 == 0 {
		header = uint64(uint32(header)) // as in xsavable
	}
	present, compacted, ok := c.xheader(header)
	if !ok {
		return false
	}
	image, ok := c.loadImage(la, u.xmmSaved())
	if !ok {
		return false
	}
	// The standard format has MXCSR always, the compacted one with the SSE component.
	mxcsr := uint32(mxcsrInitial)
	if !compacted || present&xcr0SSE != 0 {
		mxcsr = uint32(image[3])
	}
	if requested&xcr0SSE != 0 && mxcsr&mxcsrReserved != 0 {
		return c.raise(VecGP, 0)
	}
	if requested&xcr0X87 != 0 {
		if present&xcr0X87 == 0 {
			c.initX87()
		} else {
			c.setX87(&image, fxLong(u))
		}
	}
	if requested&xcr0SSE != 0 {
		if present&xcr0SSE == 0 {
			image = fxImage{}
		}
		c.S.MXCSR = mxcsr
		c.setXMM(&image, u.xmmSaved())
	}
	return true
}

// xheader reads and checks the header: the components present, and the format.
func (c *CPU) xheader(la uint64) (present uint64, compacted, ok bool) {
	var h [8]uint64
	for i := range h {
		i = (i + 1) & 7 // XCOMP_BV first, as a fault tells
		if h[i], ok = c.load64(c.last(la, 8*uint64(i)+1)); !ok {
			return 0, false, false
		}
	}
	bad := h[0]&^c.S.XCR0 | h[2] | h[1]
	if compacted = h[1]&xcompact != 0; compacted {
		parts := h[1] &^ xcompact
		bad = h[0]&^parts | parts&^c.S.XCR0 | h[2] | h[3] | h[4] | h[5] | h[6] | h[7]
	}
	if bad != 0 {
		return 0, false, c.raise(VecGP, 0)
	}
	return h[0], compacted, true
}

func xgetbv(c *CPU, _ *Uop) bool {
	v := c.S.XCR0
	switch n := uint32(c.S.R[RCX]); {
	case c.S.CR4&CR4OSXSAVE == 0:
		return c.raise(VecUD, 0)
	case n == 1:
		v &= c.inUse()
	case n != 0:
		return c.raise(VecGP, 0)
	}
	c.S.R[RAX], c.S.R[RDX] = uint64(uint32(v)), v>>32
	return true
}

func xsetbv(c *CPU, _ *Uop) bool {
	v := c.edxEAX()
	switch {
	case c.S.CR4&CR4OSXSAVE == 0:
		return c.raise(VecUD, 0)
	case c.cpl() != 0, uint32(c.S.R[RCX]) != 0, v&^xcr0Bits != 0, v&xcr0X87 == 0:
		return c.raise(VecGP, 0)
	}
	c.S.XCR0 = v
	return true
}
