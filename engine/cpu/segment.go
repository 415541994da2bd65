package cpu

// Attributes of a segment (Segment.Attr): bits 55:40 of its descriptor (SDM 3A "Segment Descriptors").
const (
	attrType = 0xf
	attrA    = 1 << 0 // accessed
	attrBusy = 1 << 1 // of a TSS
	attrRW   = 1 << 1 // readable code, writable data
	attrC    = 1 << 2 // conforming code, data that expands downwards
	attrCode = 1 << 3
	attrS    = 1 << 4 // code or data, not system
	attrP    = 1 << 7
	attrL    = 1 << 13 // 64-bit code
	attrDB   = 1 << 14 // 32-bit
	attrG    = 1 << 15 // limit counts 4 KiB
)

// Types of system descriptors (SDM 3A "System Descriptor Types"). In long mode the 16-bit ones do not exist and the
// 32-bit ones are 64-bit.
const (
	typeTSS16 = 1
	typeLDT   = 2
	typeCall  = 4 // 16-bit call gate; |8: 32-bit
	typeTask  = 5
	typeWide  = 8
)

// Real and virtual-8086 segments.
const (
	realAttr  = 0x93
	v86Attr   = 0xf3
	realLimit = 0xffff
)

func (s *Segment) dpl() uint8       { return uint8(s.Attr >> 5 & 3) }
func (s *Segment) conforming() bool { return s.Attr&(attrCode|attrC) == attrCode|attrC }
func (s *Segment) code() bool       { return s.Attr&(attrS|attrCode) == attrS|attrCode }

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
func (c *CPU) cpl() uint8      { return c.S.CPL() }

// wide tells of 64-bit code segments.
func (c *CPU) wide(cs *Segment) bool { return cs.Attr&attrL != 0 && c.long() }

// asSystem makes accesses those of the system itself, until user and implicit are put back: tables are read and
// written with supervisor privilege, unaligned and unwatched (SDM 3A "Access Rights").
func (c *CPU) asSystem() (user uint64, implicit bool) {
	user, implicit = c.user, c.implicit
	c.user, c.implicit = fastKernel, true
	return user, implicit
}

// sysLoad reads a descriptor table or a TSS.
func (c *CPU) sysLoad(la uint64, size uint8) (uint64, bool) {
	user, implicit := c.asSystem()
	v, ok := c.load(la, size)
	c.user, c.implicit = user, implicit
	return v, ok
}

// sysStore writes one.
func (c *CPU) sysStore(la uint64, size uint8, v uint64) bool {
	user, implicit := c.asSystem()
	ok := c.store(la, size, v)
	c.user, c.implicit = user, implicit
	return ok
}

// sysProbe checks that n bytes of one may be written.
func (c *CPU) sysProbe(la, n uint64) bool {
	user, implicit := c.asSystem()
	ok := c.probe(la, n)
	c.user, c.implicit = user, implicit
	return ok
}

// refuse raises an exception whose error code names a selector (SDM 3A "Error Code").
func (c *CPU) refuse(vector uint8, sel uint16) bool {
	return c.raise(vector, uint32(sel&^3)|c.ext)
}

// descriptorAt is where the descriptor of sel lies, if n bytes of it lie in its table.
func (c *CPU) descriptorAt(sel uint16, n uint32) (la uint64, ok bool) {
	base, limit := c.S.GDTR.Base, uint32(c.S.GDTR.Limit)
	if sel&4 != 0 {
		base, limit = c.S.LDTR.Base, c.S.LDTR.Limit
		if c.S.LDTR.Attr&attrP == 0 {
			return 0, false
		}
	}
	at := uint32(sel &^ 7)
	return base + uint64(at), at+n-1 <= limit
}

// descriptor reads the descriptor of sel; vector with the selector as error code is raised when there is none.
func (c *CPU) descriptor(sel uint16, vector uint8) (d uint64, ok bool) {
	la, ok := c.descriptorAt(sel, 8)
	if !ok {
		return 0, c.refuse(vector, sel)
	}
	return c.sysLoad(la, 8)
}

// setType writes the access byte of a descriptor.
func (c *CPU) setType(sel uint16, attr uint16) bool {
	la, _ := c.descriptorAt(sel, 8)
	return c.sysStore(la+5, 1, uint64(uint8(attr)))
}

// setAccessed sets the accessed bit of a descriptor in memory and in s.
func (c *CPU) setAccessed(s *Segment) bool {
	if s.Attr&attrA != 0 {
		return true
	}
	s.Attr |= attrA
	return c.setType(s.Sel, s.Attr)
}

// realSegment loads a segment register in real or virtual-8086 mode. In real mode limit and attributes stay as they
// were: that is how segments of 4 GiB get there.
func (c *CPU) realSegment(n uint8, sel uint16) {
	s := &c.S.Seg[n]
	switch {
	case c.S.RFLAGS&FlagVM != 0:
		s.Attr, s.Limit = v86Attr, realLimit
	case s.Attr&attrP == 0:
		s.Attr, s.Limit = realAttr, realLimit
	}
	s.Sel = sel
	s.Base = uint64(sel) << 4
	if n == CS {
		s.Attr = s.Attr&^attrType | 0xb
	}
}

// loadSegment loads a data segment register (SDM 2A "MOV", "Segment Registers").
func (c *CPU) loadSegment(n uint8, sel uint16) bool {
	if c.realLike() {
		c.realSegment(n, sel)
		return true
	}
	s, ok := c.dataSegment(n, sel, VecGP)
	if ok {
		c.S.Seg[n] = s
	}
	return ok
}

// dataSegment reads and checks the descriptor for a data segment register; vector is #GP, or #TS in a task switch.
func (c *CPU) dataSegment(n uint8, sel uint16, vector uint8) (s Segment, ok bool) {
	if n == SS {
		cpl := c.cpl()
		if sel&^3 == 0 && vector == VecGP && c.mode64() && cpl != 3 && uint8(sel&3) == cpl {
			return Segment{Sel: sel, Attr: uint16(cpl) << 5}, true
		}
		return c.stackSegment(sel, cpl, vector)
	}
	if sel&^3 == 0 {
		return Segment{Sel: sel}, true
	}
	d, ok := c.descriptor(sel, vector)
	if !ok {
		return s, false
	}
	s = parseDescriptor(sel, d)
	if s.Attr&attrS == 0 || s.Attr&(attrCode|attrRW) == attrCode {
		return s, c.refuse(vector, sel)
	}
	if !s.conforming() && (uint8(sel&3) > s.dpl() || c.cpl() > s.dpl()) {
		return s, c.refuse(vector, sel)
	}
	if s.Attr&attrP == 0 {
		return s, c.refuse(VecNP, sel)
	}
	return s, c.setAccessed(&s)
}

// stackSegment reads and checks a stack segment for privilege cpl.
func (c *CPU) stackSegment(sel uint16, cpl, vector uint8) (s Segment, ok bool) {
	if sel&^3 == 0 {
		return s, c.raise(vector, c.ext)
	}
	d, ok := c.descriptor(sel, vector)
	if !ok {
		return s, false
	}
	s = parseDescriptor(sel, d)
	if uint8(sel&3) != cpl || s.dpl() != cpl || s.Attr&(attrS|attrCode|attrRW) != attrS|attrRW {
		return s, c.refuse(vector, sel)
	}
	if s.Attr&attrP == 0 {
		return s, c.refuse(VecSS, sel)
	}
	return s, c.setAccessed(&s)
}

// setCS enters a code segment.
func (c *CPU) setCS(s Segment) {
	if old := &c.S.Seg[CS]; s.Base != old.Base || s.Limit != old.Limit {
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
