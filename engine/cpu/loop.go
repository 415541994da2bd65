package cpu

import (
	"unsafe"

	"vitrine/engine/mem"
)

// blocks executes block after block until the budget (stop) is used up, c.out is set, or a trap is pending. It returns
// false for a trap; RIP and Retired are then those of the instruction that raised it.
//
// What Go makes of it in WebAssembly decided its shape: no calls on the hot path but for the unusual, no pointers stored,
// one switch with few cases. A load comes before the switch, so that it is there once.
func (c *CPU) blocks() bool {
	r := c.S.words()
	ram := unsafe.Pointer(&c.mem[0])
blocks:
	for {
		rip := c.S.RIP
		j := &c.code.jumps[(rip^rip>>12)&(jumpSize-1)]
		if j.rip != rip || j.key != c.key {
			if !c.find() {
				return false
			}
		}
		now := j.block
		b := &c.code.blocks[now]
		if c.S.Retired+uint64(b.n) > c.stop {
			if c.S.Retired >= c.stop {
				return true
			}
			c.setSingle(ctxSingle)
			continue
		}
		c.code.now = now
		c.S.Retired += uint64(b.n)
		uops := c.code.uops[b.first : b.first+uint32(b.uops)]
		for i := range uops {
			u := &uops[i]
			reg := r[u.Src&31] + uint64(u.Imm)
			v := reg // the second operand
			k := u.Kind
			if k&KindLoad != 0 {
				la := r[u.Base&31] + r[u.Index&31]<<(u.Scale&3) + uint64(u.Disp)
				e := &c.fast[(la>>mem.FrameShift&(TLBSize-1)|c.user)&(fastSize-1)]
				if e.R != (la+uint64(u.Size)-1)&^mem.FrameMask {
					var ok bool
					if v, ok = c.loadSlow(la, uint64(u.Size)); !ok {
						c.backTo(b, i)
						return false
					}
				} else if u.Size == 8 {
					v = rd64(ram, la+e.Add)
				} else if u.Size == 4 {
					v = rd32(ram, la+e.Add)
				} else if u.Size == 1 {
					v = rd8(ram, la+e.Add)
				} else {
					v = rd16(ram, la+e.Add)
				}
			}
			switch k & kindMask {
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
				if c.out != ExitNone || c.ctx&ctxTF != 0 {
					return true
				}
				continue blocks
			case KindTrap:
				c.raise(u.Dst, 0)
				c.backTo(b, i)
				return false
			case kindNop:
			case kindMov:
				r[u.Dst&15] = v << (u.Seg & 63) >> (u.Seg & 63)
			case kindMovsx:
				r[u.Dst&15] = uint64(int64(v<<(u.SSize&63))>>(u.SSize&63)) << (u.Seg & 63) >> (u.Seg & 63)
			case kindLea:
				la := r[u.Base&31] + r[u.Index&31]<<(u.Scale&3) + uint64(u.Disp)
				r[u.Dst&15] = la << (u.Seg & 63) >> (u.Seg & 63)
			case kindStore:
				la := r[u.Base&31] + r[u.Index&31]<<(u.Scale&3) + uint64(u.Disp)
				e := &c.fast[(la>>mem.FrameShift&(TLBSize-1)|c.user)&(fastSize-1)]
				if e.W != (la+uint64(u.Size)-1)&^mem.FrameMask {
					if !c.storeSlow(la, uint64(u.Size), v) {
						c.backTo(b, i)
						return false
					}
				} else if u.Size == 8 {
					wr64(ram, la+e.Add, v)
				} else if u.Size == 4 {
					wr32(ram, la+e.Add, v)
				} else if u.Size == 1 {
					wr8(ram, la+e.Add, v)
				} else {
					wr16(ram, la+e.Add, v)
				}
			case kindAdd:
				a, x := r[u.Dst&15]<<(u.Seg&63), v<<(u.Seg&63)
				c.fop, c.fa, c.fb = flagsAdd|uint32(u.Seg)<<16, a, x
				r[u.Dst&15] = (a + x) >> (u.Seg & 63)
			case kindSub:
				a, x := r[u.Dst&15]<<(u.Seg&63), v<<(u.Seg&63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
				r[u.Dst&15] = (a - x) >> (u.Seg & 63)
			case kindAnd:
				a := (r[u.Dst&15] & v) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				r[u.Dst&15] = a >> (u.Seg & 63)
			case kindOr:
				a := (r[u.Dst&15] | v) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				r[u.Dst&15] = a >> (u.Seg & 63)
			case kindXor:
				a := (r[u.Dst&15] ^ v) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				r[u.Dst&15] = a >> (u.Seg & 63)
			case kindAddN:
				r[u.Dst&15] = (r[u.Dst&15] + v) << (u.Seg & 63) >> (u.Seg & 63)
			case kindSubN:
				r[u.Dst&15] = (r[u.Dst&15] - v) << (u.Seg & 63) >> (u.Seg & 63)
			case kindAndN:
				r[u.Dst&15] = (r[u.Dst&15] & v) << (u.Seg & 63) >> (u.Seg & 63)
			case kindOrN:
				r[u.Dst&15] = (r[u.Dst&15] | v) << (u.Seg & 63) >> (u.Seg & 63)
			case kindXorN:
				r[u.Dst&15] = (r[u.Dst&15] ^ v) << (u.Seg & 63) >> (u.Seg & 63)
			case kindCmp:
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, r[u.Dst&15]<<(u.Seg&63), v<<(u.Seg&63)
			case kindCmpR:
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, v<<(u.Seg&63), reg<<(u.Seg&63)
			case kindTest:
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, (r[u.Dst&15]&v)<<(u.Seg&63), 0
			case kindTestR:
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, (v&reg)<<(u.Seg&63), 0
			case kindShl:
				a := r[u.Dst&15] << (u.Seg & 63)
				x := a << (u.Imm & 63)
				cf := a << ((u.Imm - 1) & 63) >> 63
				c.fop, c.fa, c.fb = flagsShift|uint32(u.Seg)<<16, x, cf|(x>>63^cf)<<11
				r[u.Dst&15] = x >> (u.Seg & 63)
			case kindShr:
				a := r[u.Dst&15] << (u.Seg & 63) >> (u.Seg & 63)
				x := a >> (u.Imm & 63)
				c.fop, c.fa, c.fb = flagsShift|uint32(u.Seg)<<16, x<<(u.Seg&63), a>>((u.Imm-1)&63)&1|a<<(u.Seg&63)>>63<<11
				r[u.Dst&15] = x
			case kindSar:
				a := int64(r[u.Dst&15]<<(u.Seg&63)) >> (u.Seg & 63)
				x := uint64(a>>(u.Imm&63)) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsShift|uint32(u.Seg)<<16, x, uint64(a>>((u.Imm-1)&63))&1
				r[u.Dst&15] = x >> (u.Seg & 63)
			case kindShlN:
				r[u.Dst&15] = r[u.Dst&15] << (u.Imm & 63) << (u.Seg & 63) >> (u.Seg & 63)
			case kindShrN:
				r[u.Dst&15] = r[u.Dst&15] << (u.Seg & 63) >> (u.Seg & 63) >> (u.Imm & 63)
			case kindSarN:
				a := int64(r[u.Dst&15]<<(u.Seg&63)) >> (u.Seg & 63)
				r[u.Dst&15] = uint64(a>>(u.Imm&63)) << (u.Seg & 63) >> (u.Seg & 63)
			case kindImul:
				c.imul(u, v)
			case kindInc:
				c.keepCarry()
				a := r[u.Dst&15] << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsInc|uint32(u.Seg)<<16, a, 1<<(u.Seg&63)
				r[u.Dst&15] = (a + 1<<(u.Seg&63)) >> (u.Seg & 63)
			case kindDec:
				c.keepCarry()
				a := r[u.Dst&15] << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsDec|uint32(u.Seg)<<16, a, 1<<(u.Seg&63)
				r[u.Dst&15] = (a - 1<<(u.Seg&63)) >> (u.Seg & 63)
			case kindNeg:
				x := r[u.Dst&15] << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, 0, x
				r[u.Dst&15] = -x >> (u.Seg & 63)
			case kindSet:
				x := uint64(0)
				if c.holds(u) {
					x = 1
				}
				r[u.Dst&15] = r[u.Dst&15]&^0xff | x
			case kindCmov:
				if !c.holds(u) {
					v = r[u.Dst&15]
				}
				r[u.Dst&15] = v << (u.Seg & 63) >> (u.Seg & 63)
			case kindPush:
				la := r[RSP] - 8
				e := &c.fast[(la>>mem.FrameShift&(TLBSize-1)|c.user)&(fastSize-1)]
				if e.W == (la+7)&^mem.FrameMask {
					wr64(ram, la+e.Add, v)
				} else if !c.storeSlow(la, 8, v) {
					c.backTo(b, i)
					return false
				}
				r[RSP] = la
			case kindPop:
				r[RSP] += 8
				r[u.Dst&15] = v
			case kindLeave:
				r[RSP] = r[RBP] + 8
				r[RBP] = v
			case kindModify:
				if !c.modify(u, v) {
					c.backTo(b, i)
					return false
				}
			case kindCmpJcc:
				a, x := r[u.Dst&15]<<(u.Seg&63), v<<(u.Seg&63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
				c.S.RIP = b.next
				if u.Fn>>outcome(a, x)&1 != 0 {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindCmpRJcc:
				a, x := v<<(u.Seg&63), reg<<(u.Seg&63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
				c.S.RIP = b.next
				if u.Fn>>outcome(a, x)&1 != 0 {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindTestJcc:
				a := (r[u.Dst&15] & v) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				c.S.RIP = b.next
				if u.Fn>>outcome(a, 0)&1 != 0 {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindTestRJcc:
				a := (v & reg) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				c.S.RIP = b.next
				if u.Fn>>outcome(a, 0)&1 != 0 {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindJcc:
				c.S.RIP = b.next
				if c.holds(u) {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindJmp:
				c.S.RIP = b.taken
				continue blocks
			case kindJmpTo:
				if !canonical48(v) && !c.jump(v) {
					c.backTo(b, i)
					return false
				}
				c.S.RIP = v
				continue blocks
			case kindCall:
				la := r[RSP] - 8
				e := &c.fast[(la>>mem.FrameShift&(TLBSize-1)|c.user)&(fastSize-1)]
				if e.W == (la+7)&^mem.FrameMask {
					wr64(ram, la+e.Add, b.next)
				} else if !c.storeSlow(la, 8, b.next) {
					c.backTo(b, i)
					return false
				}
				r[RSP] = la
				c.S.RIP = b.taken
				continue blocks
			case kindCallTo:
				if !c.callTo(v, b.next) {
					c.backTo(b, i)
					return false
				}
				continue blocks
			case kindRet:
				if !canonical48(v) && !c.jump(v) {
					c.backTo(b, i)
					return false
				}
				r[RSP] += 8 + reg
				c.S.RIP = v
				continue blocks
			}
		}
		c.S.RIP = b.next
	}
}

// canonical48 tells whether v is canonical with four levels of paging, and so with five.
func canonical48(v uint64) bool { return v+1<<47 < 1<<48 }

// holds evaluates the condition of a hot uop.
func (c *CPU) holds(u *Uop) bool {
	if c.fop&flagsOp == flagsSub && u.Fn != 0 {
		return u.Fn>>outcome(c.fa, c.fb)&1 != 0
	}
	return condOf(u.Form, c.flags())
}

// imul multiplies into a register; the two-operand form has no immediate.
func (c *CPU) imul(u *Uop, v uint64) {
	size := 8 - u.Seg/8
	a := c.S.R[u.Dst&15]
	if u.Form != 0 {
		a = uint64(u.Disp)
	}
	_, lo, over := smul(a, v, size)
	c.setReg(u.Dst, size, lo)
	c.mulFlags(size, lo, over)
}

// modify is an arithmetic instruction with a memory destination, whose old value is a.
func (c *CPU) modify(u *Uop, a uint64) bool {
	x := c.S.words()[u.Src&31] + uint64(u.Imm)
	op, fa, fb := uint32(flagsSub), uint64(0), uint64(0)
	var v uint64
	switch u.Fn {
	case kindAdd:
		v = a + x
		op, fa, fb = flagsAdd, a, x
	case kindSub:
		v = a - x
		fa, fb = a, x
	case kindAnd:
		v = a & x
		fa = v
	case kindOr:
		v = a | x
		fa = v
	default:
		v = a ^ x
		fa = v
	}
	r := c.S.words()
	la := r[u.Base&31] + r[u.Index&31]<<(u.Scale&3) + uint64(u.Disp)
	if !c.store(la, u.Size, v) {
		return false
	}
	c.fop, c.fa, c.fb = op|uint32(u.Seg)<<16, fa<<(u.Seg&63), fb<<(u.Seg&63)
	return true
}

// callTo is an indirect near call.
func (c *CPU) callTo(target, next uint64) bool {
	old := c.S.RIP
	if !c.jump(target) {
		return false
	}
	if !c.push(8, next) {
		c.S.RIP = old
		return false
	}
	return true
}
