package cpu

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// Pseudo-vectors of Trap.
const (
	vecNone  = 0xff // nothing pending
	vecAlone = 0xfe // run this instruction again as a block of its own
	vecStop  = 0xfd // nothing happened: the budget is used up
)

// Run executes until n units of time have passed (instructions, and one for each trap delivered) or something needs
// the machine. It stops at exactly the instruction.
func (c *CPU) Run(n uint64) Exit {
	c.syncStale()
	c.modeChanged()
	c.out = ExitNone
	c.trap.Vector = vecNone
	c.rfAt = c.S.Retired
	end := c.Now() + n
	c.report()
	if c.S.Shadow != 0 {
		c.shadowed(min(end, c.Now()+1))
	} else {
		c.execute(end)
	}
	c.flags()
	c.settleRF()
	c.code.now = 0
	if c.out == ExitNone {
		return ExitBudget
	}
	return c.out
}

// shadowed executes the one instruction after STI, MOV SS or POP SS, during which interrupts are held off.
func (c *CPU) shadowed(end uint64) {
	c.shadow, c.S.Shadow = c.S.Shadow, 0
	c.execute(end)
	if c.out == ExitBreak {
		c.S.Shadow = c.shadow // the instruction is still to come
	}
	c.shadow = 0
	if c.out == ExitNone {
		c.out = ExitAgain
	}
}

// execute goes on until Now reaches end or c.out is set, as closely watched as somebody wants it.
func (c *CPU) execute(end uint64) {
	if c.trace.Has(trace.Instr) || c.register != nil || c.trace.Stop>>trace.Walk&1 != 0 {
		c.observed(end)
	} else {
		c.loop(end)
	}
}

// observed is the loop for when somebody looks at each instruction: the same loop, driven one at a time.
func (c *CPU) observed(end uint64) {
	for c.Now() < end && c.out == ExitNone {
		rip, retired := c.S.RIP, c.S.Retired
		c.loop(c.Now() + 1)
		if c.S.Retired != retired && c.trace.Has(trace.Instr) {
			c.emit(trace.Instr, rip, c.S.RIP-rip)
		}
		if c.Look() {
			c.leave()
		}
	}
}

// emit records an event of the CPU.
func (c *CPU) emit(k trace.Kind, a, b uint64) {
	c.trace.Now, c.trace.Ring = c.Now(), c.S.CPL()
	c.trace.Emit(k, a, b)
	if c.trace.Stop>>k&1 != 0 {
		c.leave()
	}
}

// leave has Run return to the machine behind the present instruction.
func (c *CPU) leave() {
	if c.out == ExitNone {
		c.out = ExitAgain
	}
}

// loop executes until Now reaches end or c.out is set.
func (c *CPU) loop(end uint64) {
	c.stop = end - c.S.Charged
	c.setSingle(0)
	for c.S.Retired < c.stop && c.out == ExitNone {
		if c.ctx&ctxSteps != 0 {
			c.alone()
			continue
		}
		if c.blocks() {
			c.report()
			continue
		}
		switch c.trap.Vector {
		case vecStop:
			c.trap.Vector = vecNone
		case vecAlone:
			c.trap.Vector = vecNone
			c.alone()
		default:
			c.takeTrap()
		}
	}
	c.setSingle(0)
}

// one executes one instruction as a block of its own.
func (c *CPU) one() bool {
	stop, single := c.stop, c.single
	c.stop = c.S.Retired + 1
	c.setSingle(ctxSingle)
	ok := c.blocks()
	c.stop = stop
	c.setSingle(single)
	if !ok && c.trap.Vector == vecStop {
		c.trap.Vector = vecNone
		return true
	}
	return ok
}

// alone executes one instruction that needs care: it writes into the page it lies in, meets a data breakpoint, is
// single-stepped, or must be aligned. Debug traps follow behind it.
func (c *CPU) alone() {
	c.stepping = c.S.RFLAGS&FlagTF != 0
	c.waived = [2]uint64{}
	c.smc = true
	ok := c.one()
	c.smc = false
	if c.out == ExitBreak {
		return // before the instruction
	}
	if !ok {
		c.S.Held = 0
		c.takeTrap()
		return
	}
	if c.stepping && c.S.Shadow != ShadowSS && (c.S.DebugCtl&debugBTF == 0 || c.branched()) {
		c.S.Held |= dr6BS
	}
	c.report()
}

// branched tells whether the instruction just executed did not go on behind itself.
func (c *CPU) branched() bool { return c.S.RIP != c.code.block(c.code.now).next }

// setSingle sets whether blocks have one instruction only.
func (c *CPU) setSingle(single uint32) {
	c.single = single
	c.rekey()
}

// rekey recomputes what a jump cache entry must agree with. Whoever changes ctx, single or the epoch calls it.
func (c *CPU) rekey() { c.key = c.code.epoch<<16 | uint64(c.ctx|c.single) }

// backTo sets RIP and Retired to uop at of block b, which did not complete.
func (c *CPU) backTo(b *block, at *Uop) {
	rip, n := b.rip, uint64(b.n)
	for u := c.code.uop(b.first); u != at; u = u.following() {
		rip += uint64(u.Len)
		n -= u.instructions()
	}
	c.S.Retired -= n
	if c.trap.Late {
		return
	}
	c.S.RIP = rip
	if c.trap.Canon && at.onStack() {
		c.trap.Vector = VecSS
	}
	if (c.trap.Vector == VecPF || c.trap.Vector == VecAC) && at.changes() {
		c.refuseChange(at)
	}
}

// refuseChange makes the fault of a load that of an instruction which also writes its operand: processors ask for both at
// once, so that the type of the segment and the first page's protection come before what is wrong with the second page.
func (c *CPU) refuseChange(u *Uop) {
	fault, la := c.trap, c.anyEA(u)
	if c.marked(la) && !c.typed(&c.S.Seg[la>>56&7], accessWrite) {
		c.inSegment(la, 1, accessWrite)
		return
	}
	if fault.Vector != VecPF {
		return
	}
	before := fault.Addr - c.unmarked(la)
	if before < 16 && (before == 0 || fault.Addr&mem.FrameMask == 0) && !c.probe(la, 1) {
		return
	}
	c.trap = fault
	c.trap.Code |= mmu.FaultW
}
