package cpu

import "vitrine/engine/trace"

// Kinds of uops that are not hot.
const (
	KindFamily    = iota // call the definition's function
	KindFamilyEnd        // the same, at the end of a block
	KindTrap             // raise exception Dst
)

// Pseudo-vectors of Trap.
const (
	vecNone  = 0xff // nothing pending
	vecAlone = 0xfe // run this instruction again as a block of its own
)

// Run executes until n units of time have passed (instructions, and one for each trap delivered) or something needs
// the machine. It stops at exactly the instruction.
func (c *CPU) Run(n uint64) Exit {
	c.syncStale()
	c.modeChanged()
	c.out = ExitNone
	c.trap.Vector = vecNone
	end := c.Now() + n
	if c.S.Shadow != 0 {
		c.shadowed(min(end, c.Now()+1))
	} else if c.trace.Has(trace.Instr) || len(c.breaks) != 0 {
		c.observed(end)
	} else {
		c.loop(end)
	}
	c.flags()
	c.code.now = 0
	if c.out == ExitNone {
		return ExitBudget
	}
	return c.out
}

// shadowed executes the one instruction after STI, MOV SS or POP SS, during which interrupts are held off.
func (c *CPU) shadowed(end uint64) {
	c.S.Shadow = 0
	if c.trace.Has(trace.Instr) || len(c.breaks) != 0 {
		c.observed(end)
	} else {
		c.loop(end)
	}
	if c.out == ExitNone {
		c.out = ExitAgain
	}
}

// observed is the loop for when somebody listens: the same loop, driven one instruction at a time.
func (c *CPU) observed(end uint64) {
	first := true
	for c.Now() < end && c.out == ExitNone {
		if c.atBreak() && !first {
			c.out = ExitBreak
			return
		}
		first = false
		rip, retired := c.S.RIP, c.S.Retired
		c.loop(c.Now() + 1)
		if c.S.Retired != retired && c.trace.Has(trace.Instr) {
			c.trace.Now, c.trace.Ring = c.Now(), c.S.CPL()
			c.trace.Emit(trace.Instr, rip, c.S.RIP-rip)
		}
	}
}

func (c *CPU) atBreak() bool {
	for _, a := range c.breaks {
		if a == c.S.RIP {
			return true
		}
	}
	return false
}

// emit records an event of the CPU.
func (c *CPU) emit(k trace.Kind, a, b uint64) {
	c.trace.Now, c.trace.Ring = c.Now(), c.S.CPL()
	c.trace.Emit(k, a, b)
}

// loop executes until Now reaches end or c.out is set. Retired is kept in S at the end of blocks only; within one it
// is already that after the block.
func (c *CPU) loop(end uint64) {
	alone := false
	c.end = end
	for c.Now() < end && c.out == ExitNone {
		ctx := c.ctx
		if alone {
			ctx |= ctxSingle
		}
		i, ok := c.lookup(ctx)
		if !ok {
			c.takeTrap()
			continue
		}
		b := &c.code.blocks[i]
		if uint64(b.n) > end-c.Now() {
			if i, ok = c.lookup(ctx | ctxSingle); !ok {
				c.takeTrap()
				continue
			}
			b = &c.code.blocks[i]
		}
		c.code.now = i
		c.smc = alone
		alone = false
		c.S.Retired += uint64(b.n)
		if !c.exec(b) {
			if c.trap.Vector == vecAlone {
				c.trap.Vector = vecNone
				alone = true
				continue
			}
			c.takeTrap()
		} else if b.ctx&ctxTF != 0 && c.out == ExitNone {
			c.S.DR[6] |= dr6BS
			c.raise(VecDB, 0)
			c.takeTrap()
		}
	}
	c.smc = false
}

// lookup finds the block at RIP.
func (c *CPU) lookup(ctx uint32) (uint32, bool) {
	rip := c.S.RIP
	j := &c.code.jumps[jumpIndex(rip)]
	if j.rip == rip && j.key == c.key(ctx) {
		return j.block, true
	}
	return c.find(ctx)
}

// exec executes one block. It returns false when a trap is pending; RIP and Retired are then those of the
// instruction that raised it.
func (c *CPU) exec(b *block) bool {
	uops := c.code.uops[b.first : b.first+uint32(b.uops)]
	for i := range uops {
		u := &uops[i]
		switch u.Kind {
		case KindFamily:
			if !fns[u.Fn](c, u) {
				c.backTo(b, i)
				return false
			}
		case KindFamilyEnd:
			c.S.RIP = b.next
			if !fns[u.Fn](c, u) {
				c.backTo(b, i)
				return false
			}
			return true
		case KindTrap:
			c.raise(u.Dst, 0)
			c.backTo(b, i)
			return false
		}
	}
	c.S.RIP = b.next
	return true
}

// backTo sets RIP and Retired to uop i of block b, which did not complete.
func (c *CPU) backTo(b *block, i int) {
	uops := c.code.uops[b.first : b.first+uint32(b.uops)]
	rip := b.rip
	for j := range uops[:i] {
		rip += uint64(uops[j].Len)
	}
	c.S.RIP = rip
	c.S.Retired -= uint64(len(uops) - i)
	if c.trap.Canon && uops[i].Seg == SS && uops[i].Form != 0 {
		c.trap.Vector = VecSS
	}
}

// dr6BS is the single-step bit of DR6.
const dr6BS = 1 << 14
