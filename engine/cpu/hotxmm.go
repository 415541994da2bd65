package cpu

import "golang.org/x/arch/x86/x86asm"

// What kindPacked does: Fn of its uop.
const (
	packedXor = 1 + iota
	packedOr
	packedAnd
	packedAndNot
	packedEqualB
	packedEqualD
	packedMinUB
	packedSubB
	packedAddB
	packedAddD
	packedAddQ
	packedSigns // PMOVMSKB: the destination is a general register
	packedShuffleD
	packedLowQ // PUNPCKLQDQ
)

// packedOp finds it by instruction; 0 for all others.
func packedOp(op x86asm.Op) uint16 {
	switch op {
	case x86asm.PXOR, x86asm.XORPS, x86asm.XORPD:
		return packedXor
	case x86asm.POR, x86asm.ORPS, x86asm.ORPD:
		return packedOr
	case x86asm.PAND, x86asm.ANDPS, x86asm.ANDPD:
		return packedAnd
	case x86asm.PANDN, x86asm.ANDNPS, x86asm.ANDNPD:
		return packedAndNot
	case x86asm.PCMPEQB:
		return packedEqualB
	case x86asm.PCMPEQD:
		return packedEqualD
	case x86asm.PMINUB:
		return packedMinUB
	case x86asm.PSUBB:
		return packedSubB
	case x86asm.PADDB:
		return packedAddB
	case x86asm.PADDD:
		return packedAddD
	case x86asm.PADDQ:
		return packedAddQ
	case x86asm.PMOVMSKB:
		return packedSigns
	case x86asm.PSHUFD:
		return packedShuffleD
	case x86asm.PUNPCKLQDQ:
		return packedLowQ
	}
	return 0
}

// packed does an operation of two XMM operands; the second is in lo and hi.
func (c *CPU) packed(u *Uop, lo, hi uint64) {
	d := c.xmm(u.Dst)
	switch u.Fn {
	case packedXor:
		d[0], d[1] = d[0]^lo, d[1]^hi
	case packedOr:
		d[0], d[1] = d[0]|lo, d[1]|hi
	case packedAnd:
		d[0], d[1] = d[0]&lo, d[1]&hi
	case packedAndNot:
		d[0], d[1] = lo&^d[0], hi&^d[1]
	case packedEqualB:
		d[0], d[1] = equalBytes(d[0], lo), equalBytes(d[1], hi)
	case packedEqualD:
		d[0], d[1] = equalWords(d[0], lo), equalWords(d[1], hi)
	case packedMinUB:
		d[0], d[1] = minBytes(d[0], lo), minBytes(d[1], hi)
	case packedSubB:
		d[0], d[1] = subLanes(d[0], lo, tops8), subLanes(d[1], hi, tops8)
	case packedAddB:
		d[0], d[1] = addLanes(d[0], lo, tops8), addLanes(d[1], hi, tops8)
	case packedAddD:
		d[0], d[1] = addLanes(d[0], lo, tops32), addLanes(d[1], hi, tops32)
	case packedAddQ:
		d[0], d[1] = d[0]+lo, d[1]+hi
	case packedSigns:
		*c.gpr(u.Dst) = signsOfBytes(lo) | signsOfBytes(hi)<<8
	case packedShuffleD:
		s, i := [2]uint64{lo, hi}, u.Imm
		*d = [2]uint64{pair(dword(&s, i), dword(&s, i>>2)), pair(dword(&s, i>>4), dword(&s, i>>6))}
	default:
		d[1] = lo
	}
}

// equalWords compares the two doublewords of halves.
func equalWords(a, b uint64) uint64 {
	return pair(uint32(ones(uint32(a) == uint32(b))), uint32(ones(a>>32 == b>>32)))
}

// packedSlow is the slow side of kindPackedM.
func (c *CPU) packedSlow(u *Uop, la uint64) bool {
	if la&15 != 0 {
		return c.raise(VecGP, 0)
	}
	v, ok := c.load128(la)
	if ok {
		c.packed(u, v[0], v[1])
	}
	return ok
}

// hotPacked makes uops of packed integer instructions.
func (h *Uop) hotPacked(u *Uop, op x86asm.Op) bool {
	h.Fn = packedOp(op)
	if h.Fn == 0 || u.SSize != 16 {
		return false
	}
	h.Dst, h.Imm = 2*u.Dst, u.Imm
	if h.Fn == packedSigns {
		h.Dst = u.Dst
	}
	if u.Form&FormMem1 != 0 {
		h.Kind, h.Src = kindPackedM, RegZero
		return true
	}
	h.Kind, h.Src = kindPacked, 2*u.Src
	return true
}

// hotXMM makes uops of moves of XMM registers. Registers of h are still numbers here, multiplied by 8 later: an XMM
// register's number is doubled, as its offset is the number × 16.
func (h *Uop) hotXMM(u *Uop, op x86asm.Op) bool {
	h.Imm = 0
	switch op {
	case x86asm.MOVAPS, x86asm.MOVAPD, x86asm.MOVDQA:
		h.Imm = 15
		return h.hotXWhole(u)
	case x86asm.MOVUPS, x86asm.MOVUPD, x86asm.MOVDQU:
		return h.hotXWhole(u)
	case x86asm.MOVSS, x86asm.MOVSD_XMM:
		if u.Form&FormMem == 0 {
			return false // between registers the rest stays
		}
	case x86asm.MOVD, x86asm.MOVQ:
	default:
		return false
	}
	return h.hotXLow(u)
}

func (h *Uop) hotXWhole(u *Uop) bool {
	switch {
	case u.Form&FormMem1 != 0:
		h.Kind, h.Dst, h.Src = kindXLoad, 2*u.Dst, RegZero
	case u.Form&FormMem0 != 0:
		h.Kind, h.Src = kindXStore, 2*u.Src
	default:
		h.Kind, h.Dst, h.Src = kindXMov, 2*u.Dst, 2*u.Src
	}
	return true
}

// hotXLow is for moves of 4 or 8 bytes between an XMM register and memory or a general register.
func (h *Uop) hotXLow(u *Uop) bool {
	switch {
	case u.Form&FormMem0 != 0:
		h.Kind, h.Src = kindXStoreQ, 2*u.Src
		return u.Size == 8 && u.SSize == 16
	case u.Size != 16:
		return false // MMX, or to a general register
	case u.Form&FormMem1 != 0:
		h.Kind, h.Src, h.Size = kindXLow|KindLoad, RegZero, u.SSize
		h.Seg = 0
	case u.Form&FormGPR1 != 0:
		h.Kind, h.Seg = kindXLow, uint8(shiftOf(u.SSize)&63)
	default:
		return false
	}
	h.Dst = 2 * u.Dst
	return true
}
