package kernel

import (
	"encoding/binary"

	"vitrine/engine/cpu"
)

// The FXSAVE area. SDM 1 "FXSAVE Area"
const (
	fxFCW   = 0
	fxFSW   = 2
	fxFTW   = 4
	fxFOP   = 6
	fxFIP   = 8
	fxFDP   = 16
	fxMXCSR = 24
	fxMask  = 28
	fxST    = 32
	fxXMM   = 160

	mxcsrMask = 0xffff
)

// What a signal frame's FXSAVE area has where the processor leaves room: it tells whether XSAVE's state follows, which here
// it never does. Linux arch/x86/include/uapi/asm/sigcontext.h:struct _fpx_sw_bytes, arch/x86/kernel/fpu/signal.c:save_xstate_epilog
const (
	fxSoftware     = 464 // magic1, extended_size, xfeatures, xstate_size
	fxMagic1       = 0x46505853
	fxMagic2Size   = 4
	fxFeatureFPSSE = 3
)

func putSoftware(p *[fxSize]byte) {
	le := binary.LittleEndian
	le.PutUint32(p[fxSoftware:], fxMagic1)
	le.PutUint32(p[fxSoftware+4:], fxSize+fxMagic2Size)
	le.PutUint64(p[fxSoftware+8:], fxFeatureFPSSE)
	le.PutUint32(p[fxSoftware+16:], fxSize)
}

// putFX stores the floating-point state as FXSAVE64 does.
func putFX(p *[fxSize]byte, s *cpu.State) {
	le := binary.LittleEndian
	le.PutUint16(p[fxFCW:], s.FCW)
	le.PutUint16(p[fxFSW:], s.FSW)
	p[fxFTW] = abridge(s.FTW)
	le.PutUint16(p[fxFOP:], s.FOP)
	le.PutUint64(p[fxFIP:], s.FIP)
	le.PutUint64(p[fxFDP:], s.FDP)
	le.PutUint32(p[fxMXCSR:], s.MXCSR)
	le.PutUint32(p[fxMask:], mxcsrMask)
	top := int(s.FSW >> 11 & 7)
	for i := range 8 {
		st := &s.ST[(top+i)&7]
		le.PutUint64(p[fxST+16*i:], st.Sig)
		le.PutUint16(p[fxST+16*i+8:], st.SE)
	}
	for i := range s.X {
		le.PutUint64(p[fxXMM+16*i:], s.X[i][0])
		le.PutUint64(p[fxXMM+16*i+8:], s.X[i][1])
	}
}

// getFX loads what putFX stored; false when MXCSR has reserved bits, on which FXRSTOR faults.
func getFX(p *[fxSize]byte, s *cpu.State) bool {
	le := binary.LittleEndian
	mxcsr := le.Uint32(p[fxMXCSR:])
	if mxcsr&^uint32(mxcsrMask) != 0 {
		return false
	}
	s.MXCSR = mxcsr
	s.FCW, s.FSW, s.FOP = le.Uint16(p[fxFCW:]), le.Uint16(p[fxFSW:]), le.Uint16(p[fxFOP:])
	s.FIP, s.FDP = le.Uint64(p[fxFIP:]), le.Uint64(p[fxFDP:])
	top := int(s.FSW >> 11 & 7)
	for i := range 8 {
		s.ST[(top+i)&7] = cpu.Float80{Sig: le.Uint64(p[fxST+16*i:]), SE: le.Uint16(p[fxST+16*i+8:])}
	}
	s.FTW = fullTags(p[fxFTW], &s.ST)
	for i := range s.X {
		s.X[i] = [2]uint64{le.Uint64(p[fxXMM+16*i:]), le.Uint64(p[fxXMM+16*i+8:])}
	}
	return true
}

// abridge makes one bit of each two-bit tag: 1 where the register is in use.
func abridge(ftw uint16) (b byte) {
	for i := range 8 {
		if ftw>>(2*i)&3 != 3 {
			b |= 1 << i
		}
	}
	return b
}

// fullTags recomputes the two-bit tags from the registers. SDM 1 "Recreating FSAVE Format"
func fullTags(b byte, st *[8]cpu.Float80) (ftw uint16) {
	for i := range st {
		tag := uint16(3)
		if b>>i&1 != 0 {
			tag = tagOf(&st[i])
		}
		ftw |= tag << (2 * i)
	}
	return ftw
}

func tagOf(f *cpu.Float80) uint16 {
	exp := f.SE & 0x7fff
	switch {
	case exp == 0 && f.Sig == 0:
		return 1 // zero
	case exp == 0 || exp == 0x7fff || f.Sig>>63 == 0:
		return 2 // special
	}
	return 0 // valid
}
