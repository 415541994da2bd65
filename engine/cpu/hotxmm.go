package cpu

import "golang.org/x/arch/x86/x86asm"

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
