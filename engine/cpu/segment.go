package cpu

// Attributes of a segment (Segment.Attr): bits 55:40 of its descriptor (SDM 3A "Segment Descriptors").
const (
	attrType = 0xf
	attrA    = 1 << 0 // accessed
	attrRW   = 1 << 1 // readable code, writable data
	attrC    = 1 << 2 // conforming code
	attrCode = 1 << 3
	attrS    = 1 << 4 // code or data, not system
	attrP    = 1 << 7
	attrL    = 1 << 13 // 64-bit code
	attrDB   = 1 << 14 // 32-bit
	attrG    = 1 << 15 // limit counts 4 KiB
)

func (s *Segment) dpl() uint8 { return uint8(s.Attr >> 5 & 3) }

// parseDescriptor unpacks the 8 bytes of a descriptor.
func parseDescriptor(sel uint16, d uint64) Segment {
	s := Segment{
		Sel:   sel,
		Attr:  uint16(d>>40) & 0xf0ff,
		Base:  d>>16&0xffffff | d>>56<<24,
		Limit: uint32(d&0xffff | d>>32&0xf0000),
	}
	if s.Attr&attrG != 0 {
		s.Limit = s.Limit<<12 | 0xfff
	}
	return s
}

func (c *CPU) long() bool      { return c.S.EFER&EFERLMA != 0 }
func (c *CPU) protected() bool { return c.S.CR0&CR0PE != 0 }
func (c *CPU) mode64() bool    { return c.ctx&ctxMode == Mode64 }
func (c *CPU) cpl() uint8 {
	if !c.protected() {
		return 0
	}
	return c.S.CPL()
}

// sysLoad reads a descriptor table or a TSS.
func (c *CPU) sysLoad(la uint64, size uint8) (uint64, bool) {
	user := c.user
	c.user = fastKernel
	v, ok := c.load(la, size)
	c.user = user
	return v, ok
}

// descriptor reads the descriptor of sel; vector with the selector as error code is raised when there is none.
func (c *CPU) descriptor(sel uint16, vector uint8) (d uint64, ok bool) {
	code := uint32(sel &^ 3)
	base, limit := c.S.GDTR.Base, uint32(c.S.GDTR.Limit)
	if sel&4 != 0 {
		base, limit = c.S.LDTR.Base, c.S.LDTR.Limit
	}
	at := uint32(sel &^ 7)
	if at+7 > limit {
		return 0, c.raise(vector, code)
	}
	return c.sysLoad(base+uint64(at), 8)
}

// setAccessed sets the accessed bit of a descriptor in memory.
func (c *CPU) setAccessed(sel uint16, d uint64) bool {
	if d>>40&attrA != 0 {
		return true
	}
	base := c.S.GDTR.Base
	if sel&4 != 0 {
		base = c.S.LDTR.Base
	}
	user := c.user
	c.user = fastKernel
	ok := c.store8(base+uint64(sel&^7)+5, uint8(d>>40)|attrA)
	c.user = user
	return ok
}

// realSegment loads a segment register in real mode.
func (c *CPU) realSegment(n uint8, sel uint16) {
	s := &c.S.Seg[n]
	s.Sel = sel
	s.Base = uint64(sel) << 4
	if n == CS {
		s.Attr = s.Attr&^attrType | 0xb
	}
}

// loadSegment loads a data segment register (SDM 2A "MOV", "Segment Registers").
func (c *CPU) loadSegment(n uint8, sel uint16) bool {
	if !c.protected() {
		c.realSegment(n, sel)
		return true
	}
	cpl := c.cpl()
	if sel&^3 == 0 {
		if n == SS && (!c.mode64() || cpl == 3 || uint8(sel&3) != cpl) {
			return c.raise(VecGP, 0)
		}
		c.S.Seg[n] = Segment{Sel: sel}
		if n == SS {
			c.S.Seg[n].Attr = uint16(cpl) << 5
		}
		return true
	}
	d, ok := c.descriptor(sel, VecGP)
	if !ok {
		return false
	}
	s := parseDescriptor(sel, d)
	rpl := uint8(sel & 3)
	code := uint32(sel &^ 3)
	if n == SS {
		if rpl != cpl || s.dpl() != cpl || s.Attr&(attrS|attrCode|attrRW) != attrS|attrRW {
			return c.raise(VecGP, code)
		}
		if s.Attr&attrP == 0 {
			return c.raise(VecSS, code)
		}
	} else {
		if s.Attr&attrS == 0 || s.Attr&(attrCode|attrRW) == attrCode {
			return c.raise(VecGP, code)
		}
		conforming := s.Attr&(attrCode|attrC) == attrCode|attrC
		if !conforming && (rpl > s.dpl() || cpl > s.dpl()) {
			return c.raise(VecGP, code)
		}
		if s.Attr&attrP == 0 {
			return c.raise(VecNP, code)
		}
	}
	if !c.setAccessed(sel, d) {
		return false
	}
	s.Attr |= attrA
	c.S.Seg[n] = s
	return true
}

// codeSegment reads and checks the descriptor for a far transfer to sel with the given privilege afterwards.
func (c *CPU) codeSegment(sel uint16, rpl uint8) (s Segment, ok bool) {
	if sel&^3 == 0 {
		return s, c.raise(VecGP, 0)
	}
	d, ok := c.descriptor(sel, VecGP)
	if !ok {
		return s, false
	}
	s = parseDescriptor(sel, d)
	code := uint32(sel &^ 3)
	if s.Attr&(attrS|attrCode) != attrS|attrCode {
		return s, c.raise(VecGP, code)
	}
	if s.Attr&attrC != 0 && s.dpl() > rpl || s.Attr&attrC == 0 && s.dpl() != rpl {
		return s, c.raise(VecGP, code)
	}
	if c.long() && s.Attr&(attrL|attrDB) == attrL|attrDB {
		return s, c.raise(VecGP, code)
	}
	if s.Attr&attrP == 0 {
		return s, c.raise(VecNP, code)
	}
	if !c.setAccessed(sel, d) {
		return s, false
	}
	s.Attr |= attrA
	s.Sel = sel&^3 | uint16(rpl)
	return s, true
}

// setCS enters a code segment.
func (c *CPU) setCS(s Segment) {
	if s.Base != c.S.Seg[CS].Base {
		c.bump() // the jump cache goes by RIP alone
	}
	c.S.Seg[CS] = s
	c.modeChanged()
}

// SetSegment loads segment register n from its descriptor as MOV does, for the kernel; false when it is refused.
func (c *CPU) SetSegment(n uint8, sel uint16) bool {
	c.modeChanged()
	ok := c.loadSegment(n, sel)
	c.trap.Vector = vecNone
	return ok
}
