package cpu

import (
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// cause tells what an event delivered through the IDT is.
type cause uint8

const (
	causeException cause = iota
	causeExternal
	causeSoftware // INT n, INT3, INTO
)

// ext is the EXT bit of error codes raised while delivering.
func (k cause) ext() uint32 {
	if k == causeSoftware {
		return 0
	}
	return 1
}

// takeTrap delivers the pending exception. Delivery takes one unit of time, so that the machine's clock moves even
// when a guest does nothing but fault.
func (c *CPU) takeTrap() {
	t := c.trap
	c.trap.Vector = vecNone
	c.code.now = 0 // no block runs any more
	c.S.Charged++
	c.stop--
	c.flags()
	for {
		if t.Vector == VecPF {
			c.S.CR2 = t.Addr
		}
		if c.trace.Has(trace.Exception) {
			c.emit(trace.Exception, uint64(t.Vector)<<32|uint64(t.Code), c.S.CR2)
		}
		if c.deliver(t.Vector, t.Code, causeException) {
			return
		}
		next := c.trap
		c.trap.Vector = vecNone
		if t.Vector == VecDF {
			c.out = ExitShutdown
			return
		}
		if doubles(t.Vector, next.Vector) {
			next = Trap{Vector: VecDF}
		}
		t = next
	}
}

// doubles tells whether exception b while delivering a makes a double fault (SDM 3A "Interrupt 8").
func doubles(a, b uint8) bool {
	const contributory = 1<<VecDE | 1<<VecTS | 1<<VecNP | 1<<VecSS | 1<<VecGP
	second := b == VecPF || contributory>>b&1 != 0
	return a == VecPF && second || contributory>>a&1 != 0 && contributory>>b&1 != 0
}

// Interrupt delivers a hardware interrupt. The machine calls it between instructions, when IF allows it.
func (c *CPU) Interrupt(vector uint8) {
	c.modeChanged()
	c.S.Halted = false
	c.S.Charged++
	c.out = ExitNone
	if c.trace.Has(trace.Interrupt) {
		c.emit(trace.Interrupt, uint64(vector), c.S.RIP)
	}
	if !c.deliver(vector, 0, causeExternal) {
		c.takeTrap()
	}
}

// Down tells whether the last Interrupt ended in a triple fault.
func (c *CPU) Down() bool { return c.out == ExitShutdown }

// deliver goes through the IDT; S.RIP is the return address. On false another exception is pending and nothing was
// changed.
func (c *CPU) deliver(vector uint8, code uint32, k cause) bool {
	switch {
	case !c.protected():
		return c.deliverReal(vector)
	case c.long():
		return c.deliverLong(vector, code, k)
	}
	return c.deliverProtected(vector, code, k)
}

// deliverReal goes through the interrupt vector table (SDM 3B "Real-Address Mode Interrupt Table").
func (c *CPU) deliverReal(vector uint8) bool {
	at := uint64(vector) * 4
	if at+3 > uint64(c.S.IDTR.Limit) {
		return c.raise(VecGP, 0)
	}
	v, ok := c.load32(c.S.IDTR.Base + at)
	if !ok {
		return false
	}
	sp := uint16(c.S.R[RSP])
	c.smc = true // the frame may lie in the page of the running code
	defer func() { c.smc = false }()
	for i, w := range [3]uint64{c.flags(), uint64(c.S.Seg[CS].Sel), c.S.RIP} {
		if !c.store16(c.S.Seg[SS].Base+uint64(sp-2*uint16(i+1)), uint16(w)) {
			return false
		}
	}
	c.setReg(RSP, 2, uint64(sp-6))
	c.S.RFLAGS &^= FlagIF | FlagTF | FlagAC
	c.realSegment(CS, uint16(v>>16))
	c.S.RIP = uint64(uint16(v))
	c.setCS(c.S.Seg[CS])
	c.bump()
	return true
}

// deliverLong goes through a 64-bit gate (SDM 3A "64-Bit Mode Stack Frame").
func (c *CPU) deliverLong(vector uint8, code uint32, k cause) bool {
	bad := uint32(vector)*8 + 2 + k.ext()
	if uint32(vector)*16+15 > uint32(c.S.IDTR.Limit) {
		return c.raise(VecGP, bad)
	}
	lo, ok := c.sysLoad(c.S.IDTR.Base+uint64(vector)*16, 8)
	if !ok {
		return false
	}
	hi, ok := c.sysLoad(c.S.IDTR.Base+uint64(vector)*16+8, 8)
	if !ok {
		return false
	}
	if kind := lo >> 40 & 0x1f; kind != 0xe && kind != 0xf {
		return c.raise(VecGP, bad)
	}
	if k == causeSoftware && uint8(lo>>45&3) < c.cpl() {
		return c.raise(VecGP, bad)
	}
	if lo>>47&1 == 0 {
		return c.raise(VecNP, bad)
	}
	cs, ok := c.gateTarget(uint16(lo>>16), k)
	if !ok {
		return false
	}
	rip := lo&0xffff | lo>>48<<16 | hi<<32
	if !mmu.Canonical(rip, c.levels()) {
		return c.raise(VecGP, k.ext())
	}
	rsp, ok := c.gateStack(uint8(lo>>32&7), cs, k)
	if !ok {
		return false
	}
	frame := [6]uint64{uint64(code), c.S.RIP, uint64(c.S.Seg[CS].Sel), c.flags(), c.S.R[RSP], uint64(c.S.Seg[SS].Sel)}
	words := frame[1:]
	if k == causeException && hasErrorCode>>vector&1 != 0 {
		words = frame[:]
	}
	rsp = rsp&^15 - 8*uint64(len(words))
	if !c.pushFrame(rsp, words, uint8(cs.Sel&3)) {
		return false
	}
	if lo>>40&1 == 0 { // interrupt gate
		c.S.RFLAGS &^= FlagIF
	}
	c.S.RFLAGS &^= FlagTF | FlagNT | FlagRF | FlagVM
	if cpl := uint8(cs.Sel & 3); cpl != c.cpl() {
		c.S.Seg[SS] = Segment{Sel: uint16(cpl), Attr: uint16(cpl) << 5}
	}
	c.S.R[RSP] = rsp
	c.S.RIP = rip
	c.setCS(cs)
	return true
}

// gateTarget is the code segment that a gate leads to, with the new CPL in its selector.
func (c *CPU) gateTarget(sel uint16, k cause) (cs Segment, ok bool) {
	bad := uint32(sel&^3) + k.ext()
	if sel&^3 == 0 {
		return cs, c.raise(VecGP, k.ext())
	}
	d, ok := c.descriptor(sel, VecGP)
	if !ok {
		return cs, false
	}
	cs = parseDescriptor(sel, d)
	if cs.Attr&(attrS|attrCode) != attrS|attrCode || cs.dpl() > c.cpl() || c.long() && cs.Attr&(attrL|attrDB) != attrL {
		return cs, c.raise(VecGP, bad)
	}
	if cs.Attr&attrP == 0 {
		return cs, c.raise(VecNP, bad)
	}
	cpl := cs.dpl()
	if cs.Attr&attrC != 0 {
		cpl = c.cpl()
	}
	cs.Sel = sel&^3 | uint16(cpl)
	return cs, true
}

// gateStack is the stack pointer that delivery starts from: IST, RSP0…2 of the TSS, or the present one.
func (c *CPU) gateStack(ist uint8, cs Segment, k cause) (uint64, bool) {
	cpl := uint8(cs.Sel & 3)
	at := uint32(0)
	switch {
	case ist != 0:
		at = 28 + 8*uint32(ist)
	case cpl != c.cpl():
		at = 4 + 8*uint32(cpl)
	default:
		return c.S.R[RSP], true
	}
	if at+7 > c.S.TR.Limit {
		return 0, c.raise(VecTS, uint32(c.S.TR.Sel&^3)+k.ext())
	}
	rsp, ok := c.sysLoad(c.S.TR.Base+uint64(at), 8)
	if !ok {
		return 0, false
	}
	if !mmu.Canonical(rsp, c.levels()) {
		return 0, c.raise(VecSS, k.ext())
	}
	return rsp, true
}

// pushFrame writes words at rsp with the privilege of cpl: all or nothing.
func (c *CPU) pushFrame(rsp uint64, words []uint64, cpl uint8) bool {
	user := c.user
	defer func() { c.user = user }()
	if cpl < 3 {
		c.user = c.supervisor()
	}
	c.smc = true // the frame may lie in the page of the running code
	if !c.probe(rsp, 8*uint64(len(words))) {
		c.smc = false
		return false
	}
	for i, w := range words {
		c.store64(rsp+8*uint64(i), w)
	}
	c.smc = false
	return true
}
