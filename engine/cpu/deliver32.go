package cpu

// deliverProtected goes through a gate outside long mode (SDM 3A "Exception- or Interrupt-Handler Procedures").
func (c *CPU) deliverProtected(vector uint8, code uint32, k cause) bool {
	bad := uint32(vector)*8 + 2 + c.ext
	if uint32(vector)*8+7 > uint32(c.S.IDTR.Limit) {
		return c.raise(VecGP, bad)
	}
	g, ok := c.sysLoad(c.S.IDTR.Base+uint64(vector)*8, 8)
	if !ok {
		return false
	}
	kind := g >> 40 & 0x1f
	if kind != typeTask && kind&^9 != 6 { // task gates; interrupt and trap gates of 16 or 32 bits
		return c.raise(VecGP, bad)
	}
	if k == causeSoftware && uint8(g>>45&3) < c.cpl() {
		return c.raise(VecGP, bad)
	}
	if g>>47&1 == 0 {
		return c.raise(VecNP, bad)
	}
	coded := k == causeException && hasErrorCode>>vector&1 != 0
	if kind == typeTask {
		return c.deliverTask(uint16(g>>16), code, coded)
	}
	cs, ok := c.handler(uint16(g >> 16))
	if !ok {
		return false
	}
	size, rip := uint8(2), g&0xffff
	if kind&8 != 0 {
		size = 4
		rip |= g >> 48 << 16
	}
	st := stack{ss: c.S.Seg[SS], sp: c.S.R[RSP], cpl: uint8(cs.Sel & 3)}
	inner := st.cpl != c.cpl()
	if inner {
		if st, ok = c.innerStack(st.cpl); !ok {
			return false
		}
	}
	words := append(make([]uint64, 0, 10), uint64(code), c.S.RIP, uint64(c.S.Seg[CS].Sel), c.flags())
	if inner {
		words = append(words, c.S.R[RSP], uint64(c.S.Seg[SS].Sel))
	}
	v86 := c.S.RFLAGS&FlagVM != 0
	if v86 {
		for _, n := range [4]int{ES, DS, FS, GS} {
			words = append(words, uint64(c.S.Seg[n].Sel))
		}
	}
	if !coded {
		words = words[1:]
	}
	if rip, ok = c.codeTarget(&cs, rip); !ok || !c.pushOn(&st, words, size) || !c.setAccessed(&cs) {
		return false
	}
	if kind&1 == 0 {
		c.S.RFLAGS &^= FlagIF
	}
	c.S.RFLAGS &^= FlagTF | FlagNT | FlagRF | FlagVM
	c.S.Seg[SS], c.S.R[RSP] = st.ss, st.sp
	if v86 {
		for _, n := range [4]int{ES, DS, FS, GS} {
			c.S.Seg[n] = Segment{}
		}
	}
	c.S.RIP = rip
	c.setCS(cs)
	return true
}

// handler reads the code segment that an interrupt gate names, with the new CPL in its selector.
func (c *CPU) handler(sel uint16) (cs Segment, ok bool) {
	if cs, ok = c.gateTarget(sel); !ok {
		return cs, false
	}
	if cs.Attr&attrP == 0 {
		return cs, c.refuse(VecNP, sel)
	}
	cpl := cs.dpl()
	if cs.conforming() {
		cpl = c.cpl()
	}
	if c.S.RFLAGS&FlagVM != 0 && cpl != 0 {
		return cs, c.refuse(VecGP, sel)
	}
	cs.Sel = sel&^3 | uint16(cpl)
	return cs, true
}

// deliverTask goes through a task gate: the handler is a task of its own.
func (c *CPU) deliverTask(sel uint16, code uint32, coded bool) bool {
	s, ok := c.freeTSS(sel)
	if !ok || !c.switchTask(s, taskCall) {
		return false
	}
	size := uint8(2)
	if s.Attr&typeWide != 0 {
		size = 4
	}
	if coded && !c.push(size, uint64(code)) {
		c.trap.Late = true
		return false
	}
	return true
}
