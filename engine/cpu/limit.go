package cpu

// Outside 64-bit mode an access must lie within its segment and be of a kind that the segment's type allows (SDM 3A
// "Limit Checking", "Type Checking"). Size and direction are known where memory is accessed, the segment where the
// address is computed: linear marks the address with the segment when there is something to check. A marked address is
// in no page of fast, so the slow path sees it, checks it and takes the mark off. Flat segments give plain addresses.

// Marks: the upper byte of a linear address that is not canonical, whether with 48 or with 57 bits.
const (
	segMark  = 0x40 << 56
	segMarks = 0xf0 << 56
	segWrite = 0x08 << 56 // what is read will be written
)

// flat is what Attr must be for a segment whose type allows everything: present writable data that expands upwards.
const (
	flatMask = attrP | attrS | attrCode | attrC | attrRW
	flatAttr = attrP | attrS | attrRW
)

// linear is the linear address of an offset in a segment, outside 64-bit mode.
func (c *CPU) linear(seg uint8, off uint64) uint64 {
	s := &c.S.Seg[seg]
	la := uint64(uint32(off + s.Base))
	if s.Limit != ^uint32(0) || s.Attr&flatMask != flatAttr {
		la |= segMark | uint64(seg)<<56
	}
	return la
}

// marked tells of addresses that linear marked.
func (c *CPU) marked(la uint64) bool { return la&segMarks == segMark && !c.mode64() }

// unmarked is the address without a mark.
func (c *CPU) unmarked(la uint64) uint64 {
	if c.marked(la) {
		return uint64(uint32(la))
	}
	return la
}

// inSegment checks a marked address and takes off the mark: #SS for the stack segment, #GP for the others.
func (c *CPU) inSegment(la, size uint64, acc access) (uint64, bool) {
	n := uint8(la >> 56 & 7)
	s := &c.S.Seg[n]
	if la&segWrite != 0 {
		acc = accessWrite
	}
	if c.typed(s, acc) && s.holds(uint32(la)-uint32(s.Base), size) {
		return uint64(uint32(la)), true
	}
	if n == SS {
		return 0, c.raise(VecSS, 0)
	}
	return 0, c.raise(VecGP, 0)
}

// inLimit checks n bytes at an address that may be marked.
func (c *CPU) inLimit(la, n uint64, acc access) bool {
	if !c.marked(la) {
		return true
	}
	_, ok := c.inSegment(la, n, acc)
	return ok
}

// typed checks the kind of access against the type. Real and virtual-8086 mode have limits but no types.
func (c *CPU) typed(s *Segment, acc access) bool {
	switch {
	case c.realLike():
		return true
	case s.Attr&attrP == 0:
		return false
	case s.Attr&attrCode != 0:
		return acc == accessRead && s.Attr&attrRW != 0
	}
	return acc == accessRead || s.Attr&attrRW != 0
}

// holds checks size bytes at off against the limit.
func (s *Segment) holds(off uint32, size uint64) bool {
	first, last := uint64(off), uint64(off)+size-1
	if s.Attr&(attrCode|attrC) != attrC {
		return last <= uint64(s.Limit) || s.Limit == ^uint32(0) // 4 GiB wrap around
	}
	top := uint64(0xffff)
	if s.Attr&attrDB != 0 {
		top = 0xffffffff
	}
	return first > uint64(s.Limit) && last <= top
}

// room is how many elements of size bytes from la on, going up, lie in the segment, at most n, and the plain address;
// 0 when nothing is known.
func (c *CPU) room(la, size, n uint64, acc access) (plain, k uint64) {
	if !c.marked(la) {
		return la, n
	}
	s := &c.S.Seg[la>>56&7]
	off := uint32(la) - uint32(s.Base)
	if s.Attr&(attrCode|attrC) == attrC || off > s.Limit || !c.typed(s, acc) {
		return 0, 0
	}
	return uint64(uint32(la)), min(n, (uint64(s.Limit)-uint64(off)+1)/size)
}

// realLike tells of real and of virtual-8086 mode, where a selector is a base.
func (c *CPU) realLike() bool { return !c.protected() || c.S.RFLAGS&FlagVM != 0 }

// codeEnd is the highest offset in the code segment.
func (c *CPU) codeEnd() uint64 {
	if c.mode64() {
		return ^uint64(0)
	}
	return uint64(c.S.Seg[CS].Limit)
}
