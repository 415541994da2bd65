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
	r := unsafe.Pointer(&c.S)
	ram := unsafe.Pointer(&c.mem[0])
blocks:
	for {
		rip := c.S.RIP
		j := c.code.jump(rip)
		if j.rip != rip || j.key != c.key {
			if !c.find() {
				return false
			}
		}
		b := c.code.block(j.block)
		left := c.stop - c.S.Retired
		if left < uint64(b.n) {
			if left == 0 {
				return true
			}
			c.setSingle(ctxSingle)
			continue
		}
		c.code.now = j.block
		c.S.Retired += uint64(b.n)
		for u := c.code.uop(b.first); ; u = u.following() {
			if u.Kind&KindLoad == 0 {
				v := *word(r, u.Src) + uint64(u.Imm) // the second operand
				if u.Kind == kindMov {
					*word(r, u.Dst) = v << (u.Seg & 63) >> (u.Seg & 63)
					continue
				}
				switch u.Kind {
				case kindAddN:
					*word(r, u.Dst) = (*word(r, u.Dst) + v) << (u.Seg & 63) >> (u.Seg & 63)
				case kindPacked:
					x := c.xmm(u.Src)
					c.packed(u, x[0], x[1])
				case kindStore:
					la := *word(r, u.Base) + *word(r, u.Index)<<(u.Scale&3) + uint64(u.Disp)
					e := c.entry(la)
					if e.W != (la+uint64(u.Size)-1)&^mem.FrameMask {
						if !c.storeSlow(la, uint64(u.Size), v) {
							c.backTo(b, u)
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
				case kindSubN:
					*word(r, u.Dst) = (*word(r, u.Dst) - v) << (u.Seg & 63) >> (u.Seg & 63)
				case kindAndN:
					*word(r, u.Dst) = (*word(r, u.Dst) & v) << (u.Seg & 63) >> (u.Seg & 63)
				case kindCmpJcc:
					a, x := *word(r, u.Dst)<<(u.Seg&63), v<<(u.Seg&63)
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
					c.S.RIP = b.next
					if u.Fn>>outcome(a, x)&1 != 0 {
						c.S.RIP = b.taken
					}
					continue blocks
				case kindAddCmpJcc:
					*word(r, u.Base) = (*word(r, u.Base) + *word(r, u.Index) + uint64(u.Disp)) << (u.Scale & 63) >> (u.Scale & 63)
					a, x := *word(r, u.Dst)<<(u.Seg&63), (*word(r, u.Src)+uint64(u.Imm))<<(u.Seg&63)
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
					c.S.RIP = b.next
					if u.Fn>>outcome(a, x)&1 != 0 {
						c.S.RIP = b.taken
					}
					continue blocks
				case kindJcc:
					c.S.RIP = b.next
					if c.fop&flagsOp == flagsSub && u.Fn != 0 {
						if u.Fn>>outcome(c.fa, c.fb)&1 != 0 {
							c.S.RIP = b.taken
						}
					} else if c.holds(u) {
						c.S.RIP = b.taken
					}
					continue blocks
				case kindShl:
					a := *word(r, u.Dst) << (u.Seg & 63)
					x := a << (u.Imm & 63)
					cf := a << ((u.Imm - 1) & 63) >> 63
					c.fop, c.fa, c.fb = flagsShift|uint32(u.Seg)<<16, x, cf|(x>>63^cf)<<11
					*word(r, u.Dst) = x >> (u.Seg & 63)
				case kindCall:
					la := *word(r, 8*RSP) - 8
					e := c.entry(la)
					if e.W == (la+7)&^mem.FrameMask {
						wr64(ram, la+e.Add, b.next)
					} else if !c.storeSlow(la, 8, b.next) {
						c.backTo(b, u)
						return false
					}
					*word(r, 8*RSP) = la
					c.S.RIP = b.taken
					continue blocks
				case kindDec:
					c.keepCarry()
					a := *word(r, u.Dst) << (u.Seg & 63)
					c.fop, c.fa, c.fb = flagsDec|uint32(u.Seg)<<16, a, 1<<(u.Seg&63)
					*word(r, u.Dst) = (a - 1<<(u.Seg&63)) >> (u.Seg & 63)
				case kindAnd:
					a := (*word(r, u.Dst) & v) << (u.Seg & 63)
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
					*word(r, u.Dst) = a >> (u.Seg & 63)
				case kindShiftCL:
					c.shiftCL(u)
				case kindLea:
					la := *word(r, u.Base) + *word(r, u.Index)<<(u.Scale&3) + uint64(u.Disp)
					*word(r, u.Dst) = la << (u.Seg & 63) >> (u.Seg & 63)
				case kindXLoad:
					la := *word(r, u.Base) + *word(r, u.Index)<<(u.Scale&3) + uint64(u.Disp)
					e := c.entry(la)
					if e.R == (la+15)&^mem.FrameMask && la&uint64(u.Imm) == 0 {
						*c.xmm(u.Dst) = [2]uint64{rd64(ram, la+e.Add), rd64(ram, la+e.Add+8)}
					} else if !c.xload(u, la) {
						c.backTo(b, u)
						return false
					}
				case kindInc:
					c.keepCarry()
					a := *word(r, u.Dst) << (u.Seg & 63)
					c.fop, c.fa, c.fb = flagsInc|uint32(u.Seg)<<16, a, 1<<(u.Seg&63)
					*word(r, u.Dst) = (a + 1<<(u.Seg&63)) >> (u.Seg & 63)
				case kindPush:
					la := *word(r, 8*RSP) - 8
					e := c.entry(la)
					if e.W == (la+7)&^mem.FrameMask {
						wr64(ram, la+e.Add, v)
					} else if !c.storeSlow(la, 8, v) {
						c.backTo(b, u)
						return false
					}
					*word(r, 8*RSP) = la
				case kindSet:
					x := uint64(0)
					if c.holds(u) {
						x = 1
					}
					*word(r, u.Dst) = *word(r, u.Dst)&^0xff | x
				case kindJmpTo:
					if !canonical48(v) && !c.jump(v) {
						c.backTo(b, u)
						return false
					}
					c.S.RIP = v
					continue blocks
				case KindFamily:
					if !fns[u.Fn](c, u) {
						c.backTo(b, u)
						return false
					}
				case kindMovLow:
					low := ^uint64(0) >> (u.Seg & 63)
					*word(r, u.Dst) = *word(r, u.Dst)&^low | v&low
				case kindXMov:
					*c.xmm(u.Dst) = *c.xmm(u.Src)
				case kindXor:
					a := (*word(r, u.Dst) ^ v) << (u.Seg & 63)
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
					*word(r, u.Dst) = a >> (u.Seg & 63)
				case kindNeg:
					x := *word(r, u.Dst) << (u.Seg & 63)
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, 0, x
					*word(r, u.Dst) = -x >> (u.Seg & 63)
				case kindCmp:
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, *word(r, u.Dst)<<(u.Seg&63), v<<(u.Seg&63)
				case kindSar:
					a := int64(*word(r, u.Dst)<<(u.Seg&63)) >> (u.Seg & 63)
					x := uint64(a>>(u.Imm&63)) << (u.Seg & 63)
					c.fop, c.fa, c.fb = flagsShift|uint32(u.Seg)<<16, x, uint64(a>>((u.Imm-1)&63))&1
					*word(r, u.Dst) = x >> (u.Seg & 63)
				case kindTestJcc:
					a := (*word(r, u.Dst) & v) << (u.Seg & 63)
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
					c.S.RIP = b.next
					if u.Fn>>outcome(a, 0)&1 != 0 {
						c.S.RIP = b.taken
					}
					continue blocks
				case kindXorN:
					*word(r, u.Dst) = (*word(r, u.Dst) ^ v) << (u.Seg & 63) >> (u.Seg & 63)
				case kindNext:
					c.S.RIP = b.next
					continue blocks
				case kindMovsx:
					*word(r, u.Dst) = uint64(int64(v<<(u.SSize&63))>>(u.SSize&63)) << (u.Seg & 63) >> (u.Seg & 63)
				case kindRolN:
					a := *word(r, u.Dst) << (u.Seg & 63) >> (u.Seg & 63)
					*word(r, u.Dst) = (a<<(u.Imm&63) | a>>((64-int64(u.Seg)-u.Imm)&63)) << (u.Seg & 63) >> (u.Seg & 63)
				case kindOr:
					a := (*word(r, u.Dst) | v) << (u.Seg & 63)
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
					*word(r, u.Dst) = a >> (u.Seg & 63)
				case kindAdd:
					a, x := *word(r, u.Dst)<<(u.Seg&63), v<<(u.Seg&63)
					c.fop, c.fa, c.fb = flagsAdd|uint32(u.Seg)<<16, a, x
					*word(r, u.Dst) = (a + x) >> (u.Seg & 63)
				case kindTwo:
					c.two(u, v)
				case kindSarN:
					a := int64(*word(r, u.Dst)<<(u.Seg&63)) >> (u.Seg & 63)
					*word(r, u.Dst) = uint64(a>>(u.Imm&63)) << (u.Seg & 63) >> (u.Seg & 63)
				case kindShrN:
					*word(r, u.Dst) = *word(r, u.Dst) << (u.Seg & 63) >> (u.Seg & 63) >> (u.Imm & 63)
				case kindPackedM:
					la := *word(r, u.Base) + *word(r, u.Index)<<(u.Scale&3) + uint64(u.Disp)
					e := c.entry(la)
					if e.R == (la+15)&^mem.FrameMask && la&15 == 0 {
						c.packed(u, rd64(ram, la+e.Add), rd64(ram, la+e.Add+8))
					} else if !c.packedSlow(u, la) {
						c.backTo(b, u)
						return false
					}
				case kindXLow:
					*c.xmm(u.Dst) = [2]uint64{v << (u.Seg & 63) >> (u.Seg & 63), 0}
				case kindCallTo:
					if !c.callTo(v, b.next) {
						c.backTo(b, u)
						return false
					}
					continue blocks
				case kindJmp:
					c.S.RIP = b.taken
					continue blocks
				case kindXStore:
					la := *word(r, u.Base) + *word(r, u.Index)<<(u.Scale&3) + uint64(u.Disp)
					e := c.entry(la)
					if e.W == (la+15)&^mem.FrameMask && la&uint64(u.Imm) == 0 {
						x := c.xmm(u.Src)
						wr64(ram, la+e.Add, x[0])
						wr64(ram, la+e.Add+8, x[1])
					} else if !c.xstore(u, la) {
						c.backTo(b, u)
						return false
					}
				case kindOrN:
					*word(r, u.Dst) = (*word(r, u.Dst) | v) << (u.Seg & 63) >> (u.Seg & 63)
				case kindSub:
					a, x := *word(r, u.Dst)<<(u.Seg&63), v<<(u.Seg&63)
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
					*word(r, u.Dst) = (a - x) >> (u.Seg & 63)
				case kindShr:
					a := *word(r, u.Dst) << (u.Seg & 63) >> (u.Seg & 63)
					x := a >> (u.Imm & 63)
					c.fop, c.fa, c.fb = flagsShift|uint32(u.Seg)<<16, x<<(u.Seg&63), a>>((u.Imm-1)&63)&1|a<<(u.Seg&63)>>63<<11
					*word(r, u.Dst) = x
				case kindXStoreQ:
					la := *word(r, u.Base) + *word(r, u.Index)<<(u.Scale&3) + uint64(u.Disp)
					e := c.entry(la)
					if e.W == (la+7)&^mem.FrameMask {
						wr64(ram, la+e.Add, c.xmm(u.Src)[0])
					} else if !c.storeSlow(la, 8, c.xmm(u.Src)[0]) {
						c.backTo(b, u)
						return false
					}
				case kindShlN:
					*word(r, u.Dst) = *word(r, u.Dst) << (u.Imm & 63) << (u.Seg & 63) >> (u.Seg & 63)
				case kindCmov:
					if !c.holds(u) {
						v = *word(r, u.Dst)
					}
					*word(r, u.Dst) = v << (u.Seg & 63) >> (u.Seg & 63)
				case kindNop:

				case KindFamilyEnd:
					c.S.RIP = b.next
					if !fns[u.Fn](c, u) {
						c.backTo(b, u)
						return false
					}
					if c.out != ExitNone || c.ctx&ctxSteps != 0 {
						return true
					}
					continue blocks
				case kindRol:
					c.rotate(u)
				case kindTest:
					c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, (*word(r, u.Dst)&v)<<(u.Seg&63), 0
				case KindTrap:
					c.raise(u.Dst, 0)
					c.backTo(b, u)
					return false
				}
				continue
			}
			var v uint64 // the second operand
			la := *word(r, u.Base) + *word(r, u.Index)<<(u.Scale&3) + uint64(u.Disp)
			e := c.entry(la)
			if e.R != (la+uint64(u.Size)-1)&^mem.FrameMask {
				var ok bool
				if v, ok = c.loadSlow(la, uint64(u.Size)); !ok {
					c.backTo(b, u)
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
			if u.Kind == kindMov|KindLoad {
				*word(r, u.Dst) = v
				continue
			}
			switch u.Kind {
			case kindCmpRJcc | KindLoad:
				a, x := v<<(u.Seg&63), (*word(r, u.Src)+uint64(u.Imm))<<(u.Seg&63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
				c.S.RIP = b.next
				if u.Fn>>outcome(a, x)&1 != 0 {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindRet | KindLoad:
				if !canonical48(v) && !c.jump(v) {
					c.backTo(b, u)
					return false
				}
				*word(r, 8*RSP) += 8 + uint64(u.Imm)
				c.S.RIP = v
				continue blocks
			case kindCmpR | KindLoad:
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, v<<(u.Seg&63), (*word(r, u.Src)+uint64(u.Imm))<<(u.Seg&63)
			case kindCmpJcc | KindLoad:
				a, x := *word(r, u.Dst)<<(u.Seg&63), v<<(u.Seg&63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
				c.S.RIP = b.next
				if u.Fn>>outcome(a, x)&1 != 0 {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindAnd | KindLoad:
				a := (*word(r, u.Dst) & v) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				*word(r, u.Dst) = a >> (u.Seg & 63)
			case kindPush | KindLoad:
				la := *word(r, 8*RSP) - 8
				e := c.entry(la)
				if e.W == (la+7)&^mem.FrameMask {
					wr64(ram, la+e.Add, v)
				} else if !c.storeSlow(la, 8, v) {
					c.stackFault() // the operand is not on the stack by itself
					c.backTo(b, u)
					return false
				}
				*word(r, 8*RSP) = la
			case kindJmpTo | KindLoad:
				if !canonical48(v) && !c.jump(v) {
					c.backTo(b, u)
					return false
				}
				c.S.RIP = v
				continue blocks
			case kindMovLow | KindLoad:
				low := ^uint64(0) >> (u.Seg & 63)
				*word(r, u.Dst) = *word(r, u.Dst)&^low | v&low
			case kindXor | KindLoad:
				a := (*word(r, u.Dst) ^ v) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				*word(r, u.Dst) = a >> (u.Seg & 63)
			case kindTestRJcc | KindLoad:
				a := (v & (*word(r, u.Src) + uint64(u.Imm))) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				c.S.RIP = b.next
				if u.Fn>>outcome(a, 0)&1 != 0 {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindCmp | KindLoad:
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, *word(r, u.Dst)<<(u.Seg&63), v<<(u.Seg&63)
			case kindTestJcc | KindLoad:
				a := (*word(r, u.Dst) & v) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				c.S.RIP = b.next
				if u.Fn>>outcome(a, 0)&1 != 0 {
					c.S.RIP = b.taken
				}
				continue blocks
			case kindPop | KindLoad:
				*word(r, 8*RSP) += 8
				*word(r, u.Dst) = v
			case kindMovsx | KindLoad:
				*word(r, u.Dst) = uint64(int64(v<<(u.SSize&63))>>(u.SSize&63)) << (u.Seg & 63) >> (u.Seg & 63)
			case kindOr | KindLoad:
				a := (*word(r, u.Dst) | v) << (u.Seg & 63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, 0
				*word(r, u.Dst) = a >> (u.Seg & 63)
			case kindAdd | KindLoad:
				a, x := *word(r, u.Dst)<<(u.Seg&63), v<<(u.Seg&63)
				c.fop, c.fa, c.fb = flagsAdd|uint32(u.Seg)<<16, a, x
				*word(r, u.Dst) = (a + x) >> (u.Seg & 63)
			case kindTwo | KindLoad:
				c.two(u, v)
			case kindTestR | KindLoad:
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, (v&(*word(r, u.Src)+uint64(u.Imm)))<<(u.Seg&63), 0
			case kindModify | KindLoad:
				if !c.modify(u, v) {
					c.backTo(b, u)
					return false
				}
			case kindXLow | KindLoad:
				*c.xmm(u.Dst) = [2]uint64{v << (u.Seg & 63) >> (u.Seg & 63), 0}
			case kindCallTo | KindLoad:
				if !c.callTo(v, b.next) {
					c.backTo(b, u)
					return false
				}
				continue blocks
			case kindLeave | KindLoad:
				*word(r, 8*RSP) = *word(r, 8*RBP) + 8
				*word(r, 8*RBP) = v
			case kindSub | KindLoad:
				a, x := *word(r, u.Dst)<<(u.Seg&63), v<<(u.Seg&63)
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, a, x
				*word(r, u.Dst) = (a - x) >> (u.Seg & 63)
			case kindCmov | KindLoad:
				if !c.holds(u) {
					v = *word(r, u.Dst)
				}
				*word(r, u.Dst) = v << (u.Seg & 63) >> (u.Seg & 63)
			case kindTest | KindLoad:
				c.fop, c.fa, c.fb = flagsSub|uint32(u.Seg)<<16, (*word(r, u.Dst)&v)<<(u.Seg&63), 0
			}
		}
	}
}
