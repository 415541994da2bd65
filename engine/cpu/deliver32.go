package cpu

// deliverProtected goes through a 16 or 32-bit gate outside long mode (SDM 3A "Exception- or Interrupt-Handler
// Procedures"). Task gates are refused.
func (c *CPU) deliverProtected(vector uint8, code uint32, k cause) bool {
	bad := uint32(vector)*8 + 2 + k.ext()
	if uint32(vector)*8+7 > uint32(c.S.IDTR.Limit) {
		return c.raise(VecGP, bad)
	}
	g, ok := c.sysLoad(c.S.IDTR.Base+uint64(vector)*8, 8)
	if !ok {
		return false
	}
	kind := g >> 40 & 0x1f
	if kind&^9 != 6 { // interrupt and trap gates, 16 or 32 bits
		return c.raise(VecGP, bad)
	}
	if k == causeSoftware && uint8(g>>45&3) < c.cpl() {
		return c.raise(VecGP, bad)
	}
	if g>>47&1 == 0 {
		return c.raise(VecNP, bad)
	}
	cs, ok := c.gateTarget(uint16(g>>16), k)
	if !ok {
		return false
	}
	size := uint8(2)
	rip := g & 0xffff
	if kind&8 != 0 {
		size = 4
		rip |= g >> 48 << 16
	}
	frame := [6]uint64{uint64(code), c.S.RIP, uint64(c.S.Seg[CS].Sel), c.flags(), c.S.R[RSP], uint64(c.S.Seg[SS].Sel)}
	first, last := 1, 4
	if k == causeException && hasErrorCode>>vector&1 != 0 {
		first = 0
	}
	ss, esp := c.S.Seg[SS], c.S.R[RSP]
	if cpl := uint8(cs.Sel & 3); cpl != c.cpl() {
		if ss, esp, ok = c.innerStack(cpl); !ok {
			return false
		}
		last = 6
	}
	if !c.push32(&ss, &esp, frame[first:last], size, uint8(cs.Sel&3)) {
		return false
	}
	if kind&1 == 0 {
		c.S.RFLAGS &^= FlagIF
	}
	c.S.RFLAGS &^= FlagTF | FlagNT | FlagRF | FlagVM
	c.S.Seg[SS], c.S.R[RSP] = ss, esp
	c.S.RIP = rip
	c.setCS(cs)
	return true
}

// innerStack reads SS and ESP for privilege cpl from a 32-bit TSS.
func (c *CPU) innerStack(cpl uint8) (ss Segment, esp uint64, ok bool) {
	at := c.S.TR.Base + 4 + 8*uint64(cpl)
	if esp, ok = c.sysLoad(at, 4); !ok {
		return ss, 0, false
	}
	sel, ok := c.sysLoad(at+4, 2)
	if !ok {
		return ss, 0, false
	}
	d, ok := c.descriptor(uint16(sel), VecTS)
	if !ok {
		return ss, 0, false
	}
	ss = parseDescriptor(uint16(sel), d)
	if ss.Attr&(attrS|attrCode|attrRW|attrP) != attrS|attrRW|attrP || ss.dpl() != cpl {
		return ss, 0, c.raise(VecTS, uint32(sel)&^3)
	}
	return ss, esp, true
}

// push32 pushes words, the last first, on a stack outside 64-bit mode: all or nothing.
func (c *CPU) push32(ss *Segment, esp *uint64, words []uint64, size, cpl uint8) bool {
	mask := uint64(0xffff)
	if ss.Attr&attrDB != 0 {
		mask = 0xffffffff
	}
	user := c.user
	defer func() { c.user, c.smc = user, false }()
	if cpl < 3 {
		c.user = c.supervisor()
	}
	c.smc = true
	sp := *esp
	for i := len(words) - 1; i >= 0; i-- {
		sp = sp&^mask | (sp-uint64(size))&mask
		if !c.store(uint64(uint32(ss.Base+sp&mask)), size, words[i]) {
			return false
		}
	}
	*esp = sp
	return true
}
