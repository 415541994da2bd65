package cpu

import "vitrine/engine/trace"

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
	c.flags()
	c.settleRF()
	c.spend()
	for {
		c.enterTrap(&t)
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

// enterTrap does what an exception does before it is delivered.
func (c *CPU) enterTrap(t *Trap) {
	switch t.Vector {
	case VecPF:
		c.S.CR2 = t.Addr
	case VecDB:
		c.S.DR[6] = c.S.DR[6]&^dr6Hits | t.Addr
	}
	if faults>>t.Vector&1 != 0 || t.Vector == VecDB && t.Addr&dr6BD != 0 {
		c.S.RFLAGS |= FlagRF
		c.rfAt = c.S.Retired
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
// changed, unless a task switch went half-way (Trap.Late).
func (c *CPU) deliver(vector uint8, code uint32, k cause) bool {
	smc := c.smc
	c.smc, c.ext = true, k.ext()
	c.settleRF()
	var ok bool
	switch {
	case !c.protected():
		ok = c.deliverReal(vector)
	case c.long():
		ok = c.deliverLong(vector, code, k)
	default:
		ok = c.deliverProtected(vector, code, k)
	}
	c.smc, c.ext = smc, 0
	if ok && vector == VecDB && k != causeSoftware {
		c.S.DR[7] &^= dr7GD
		c.S.DebugCtl &^= debugBTF
	}
	return ok
}

// deliverReal goes through the interrupt vector table (SDM 3B "Real-Address Mode Interrupt Table").
func (c *CPU) deliverReal(vector uint8) bool {
	at := uint64(vector) * 4
	if at+3 > uint64(c.S.IDTR.Limit) {
		return c.raise(VecGP, 0)
	}
	v, ok := c.sysLoad(c.S.IDTR.Base+at, 4)
	if !ok {
		return false
	}
	if v&0xffff > uint64(c.S.Seg[CS].Limit) {
		return c.raise(VecGP, 0)
	}
	st := stack{ss: c.S.Seg[SS], sp: c.S.R[RSP]}
	if !c.pushOn(&st, []uint64{c.S.RIP, uint64(c.S.Seg[CS].Sel), c.flags()}, 2) {
		return false
	}
	c.S.R[RSP] = st.sp
	c.S.RFLAGS &^= FlagIF | FlagTF | FlagAC | FlagRF
	c.enterReal(uint16(v>>16), v&0xffff)
	return true
}

// deliverLong goes through a 64-bit gate (SDM 3A "64-Bit Mode Stack Frame").
func (c *CPU) deliverLong(vector uint8, code uint32, k cause) bool {
	bad := uint32(vector)*8 + 2 + c.ext
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
	cs, ok := c.handler(uint16(lo >> 16))
	if !ok {
		return false
	}
	st, ok := c.gateStack(uint8(lo>>32&7), uint8(cs.Sel&3))
	if !ok {
		return false
	}
	rip, ok := c.codeTarget(&cs, lo&0xffff|lo>>48<<16|hi<<32)
	if !ok {
		return false
	}
	rsp := c.S.R[RSP]
	if !c.mode64() {
		rsp = uint64(uint32(rsp)) // compatibility mode has lost what was above
	}
	frame := [6]uint64{uint64(code), c.S.RIP, uint64(c.S.Seg[CS].Sel), c.flags(), rsp, uint64(c.S.Seg[SS].Sel)}
	words := frame[1:]
	if k == causeException && hasErrorCode>>vector&1 != 0 {
		words = frame[:]
	}
	st.sp &^= 15
	if !c.pushOn(&st, words, 8) || !c.setAccessed(&cs) {
		return false
	}
	if lo>>40&1 == 0 { // interrupt gate
		c.S.RFLAGS &^= FlagIF
	}
	c.S.RFLAGS &^= FlagTF | FlagNT | FlagRF | FlagVM
	c.S.Seg[SS], c.S.R[RSP] = st.ss, st.sp
	c.S.RIP = rip
	c.setCS(cs)
	return true
}

// gateStack is the stack that delivery to ring cpl starts from in long mode: IST, RSP0…2 of the TSS, or the present one.
func (c *CPU) gateStack(ist, cpl uint8) (st stack, ok bool) {
	inner := cpl != c.cpl()
	switch {
	case ist != 0:
		st = stack{ss: c.S.Seg[SS], cpl: cpl, inner: inner}
		if inner {
			st.ss = Segment{Sel: uint16(cpl), Attr: uint16(cpl) << 5}
		}
		st.sp, ok = c.longStack(28 + 8*uint32(ist))
		return st, ok
	case inner:
		return c.innerStack(cpl)
	}
	return stack{ss: c.S.Seg[SS], sp: c.S.R[RSP], cpl: cpl}, true
}
