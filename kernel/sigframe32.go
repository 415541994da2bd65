package kernel

import (
	"encoding/binary"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/kernel/abi"
)

// The frames of a handler that a 32-bit system call set: sigframe for sigaction(2) without SA_SIGINFO, rt_sigframe with it.
// The floating-point state lies above: the FSAVE image that 32-bit programs know, then FXSAVE's, aligned to 64.
// Linux arch/x86/include/asm/sigframe.h, arch/x86/kernel/signal_32.c
const (
	// struct sigframe_ia32: return address, sig, sigcontext_32, an unused _fpstate_32, extramask, retcode
	sf32Context = 8
	sf32Extra   = sf32Context + sc32Size + 624
	sf32Code    = sf32Extra + 4
	sf32Size    = sf32Code + 8

	// struct rt_sigframe_ia32: return address, sig, &info, &uc, info, ucontext_ia32, retcode
	rt32Info    = 16
	rt32Context = rt32Info + 128
	rt32Stack   = rt32Context + 8 // behind uc_flags and uc_link
	rt32Machine = rt32Stack + 12
	rt32Mask    = rt32Machine + sc32Size
	rt32Code    = rt32Mask + 8
	rt32Size    = rt32Code + 8

	sc32Size   = 88  // struct sigcontext_32
	fsaveSize  = 112 // struct _fpstate_32 before its FXSAVE part
	fxsrMagic  = 0   // of an FSAVE image that an FXSAVE image follows
	nrSigret32 = 119 // i386 numbers of sigreturn and rt_sigreturn
	nrRtSig32  = 173
)

// sc32 lays registers out as struct sigcontext_32, which has DS to GS as words of 32 bits from GS down.
func (k *Kernel) sc32(t *Task, r *PtRegs, fp, mask uint64) (b [sc32Size]byte) {
	le := binary.LittleEndian
	seg := &k.M.CPU.S.Seg
	for i, v := range [...]uint64{uint64(seg[cpu.GS].Sel), uint64(seg[cpu.FS].Sel), uint64(seg[cpu.ES].Sel), uint64(seg[cpu.DS].Sel),
		r.RDI, r.RSI, r.RBP, r.RSP, r.RBX, r.RDX, r.RCX, r.RAX, uint64(t.Fault.Vector), uint64(t.Fault.Error), r.RIP, r.CS,
		r.RFLAGS, r.RSP, r.SS, fp, mask, t.Fault.CR2} {
		le.PutUint32(b[4*i:], uint32(v))
	}
	return b
}

// setupFrame32 builds the frame and points r at the handler, as setupFrame does.
// Linux arch/x86/kernel/signal_32.c:ia32_setup_frame, ia32_setup_rt_frame
func (k *Kernel) setupFrame32(t *Task, r *PtRegs, info *Siginfo, act *SigAction) bool {
	sp, onAlt := t.Sig.handlerStack(uint64(uint32(r.RSP)), 0, act)
	fx := (sp - fxSize) &^ 63
	fp := fx - fsaveSize
	size := uint64(sf32Size)
	if act.Flags&abi.SA_SIGINFO != 0 {
		size = rt32Size
	}
	sp = (fp-size+4)&^15 - 4
	if fp > 1<<32 || sp > 1<<32 || onAlt && !t.Sig.inAltStack(sp) {
		return false
	}
	image := k.fpu32()
	var frame []byte
	if size == rt32Size {
		frame = k.rtFrame32(t, r, info, act, sp, fp)
	} else {
		frame = k.oldFrame32(t, r, info, act, sp, fp)
	}
	if k.CopyOut(t, fp, image) != abi.OK || k.CopyOut(t, sp, frame) != abi.OK {
		return false
	}
	r.RAX, r.RDX, r.RCX = uint64(info.Signo), 0, 0
	if size == rt32Size {
		r.RDX, r.RCX = sp+rt32Info, sp+rt32Context
	}
	r.RSP, r.RIP = sp, act.Handler
	r.CS, r.SS = boot.User32CS, boot.UserDS
	k.setSegment(t, 0, boot.UserDS)
	k.setSegment(t, 1, boot.UserDS)
	r.RFLAGS &^= cpu.FlagDF | cpu.FlagRF | cpu.FlagTF
	t.Sig.autoDisarm()
	return true
}

// savedMask is the mask that the end of the handler brings back.
func (s *SigState) savedMask() uint64 {
	if s.HasSaved {
		return s.Saved
	}
	return s.Blocked
}

func (k *Kernel) oldFrame32(t *Task, r *PtRegs, info *Siginfo, act *SigAction, sp, fp uint64) []byte {
	le := binary.LittleEndian
	f := make([]byte, sf32Size)
	mask := t.Sig.savedMask()
	le.PutUint32(f[4:], uint32(info.Signo))
	sc := k.sc32(t, r, fp, mask)
	copy(f[sf32Context:], sc[:])
	le.PutUint32(f[sf32Extra:], uint32(mask>>32))
	copy(f[sf32Code:], []byte{0x58, 0xb8, nrSigret32, 0, 0, 0, 0xcd, vecIA32}) // popl %eax; movl $nr, %eax; int $0x80
	le.PutUint32(f, uint32(k.restorer32(t, act, boot.VDSOSigreturn, sp+sf32Code)))
	return f
}

func (k *Kernel) rtFrame32(t *Task, r *PtRegs, info *Siginfo, act *SigAction, sp, fp uint64) []byte {
	le := binary.LittleEndian
	f := make([]byte, rt32Size)
	mask := t.Sig.savedMask()
	le.PutUint32(f[4:], uint32(info.Signo))
	le.PutUint32(f[8:], uint32(sp+rt32Info))
	le.PutUint32(f[12:], uint32(sp+rt32Context))
	b := info.Bytes32()
	copy(f[rt32Info:], b[:])
	le.PutUint32(f[rt32Stack:], uint32(t.Sig.AltStack))
	le.PutUint32(f[rt32Stack+4:], uint32(t.Sig.AltFlags))
	le.PutUint32(f[rt32Stack+8:], uint32(t.Sig.AltSize))
	sc := k.sc32(t, r, fp, mask)
	copy(f[rt32Machine:], sc[:])
	le.PutUint64(f[rt32Mask:], mask)
	copy(f[rt32Code:], []byte{0xb8, nrRtSig32, 0, 0, 0, 0xcd, vecIA32}) // movl $nr, %eax; int $0x80
	le.PutUint32(f, uint32(k.restorer32(t, act, boot.VDSORtSigreturn, sp+rt32Code)))
	return f
}

// restorer32 is where a handler returns to: what SA_RESTORER names, or a place in the vDSO; for a program that has none, the
// code in the frame.
func (k *Kernel) restorer32(t *Task, act *SigAction, inVDSO, code uint64) uint64 {
	if act.Flags&abi.SA_RESTORER != 0 {
		return act.Restorer
	}
	if vdso := k.MM.AS(t.ASID).VDSO; vdso != 0 {
		return vdso + inVDSO
	}
	return code
}

// Bytes32 lays the information out as a 32-bit siginfo_t. Linux include/linux/compat.h:struct compat_siginfo
func (s *Siginfo) Bytes32() (b [128]byte) {
	le := binary.LittleEndian
	wide := s.Bytes()
	copy(b[:12], wide[:12])
	if int32(le.Uint32(wide[8:])) > 0 && sigSynchronous&sigbit(s.Signo) != 0 {
		le.PutUint32(b[12:], uint32(s.Addr))
		return b
	}
	copy(b[12:20], wide[16:24]) // pid and uid, or timer and overrun
	if s.Code > 0 && s.Code != abi.SI_KERNEL {
		le.PutUint32(b[20:], uint32(s.Status))
		le.PutUint32(b[24:], uint32(s.UTime))
		le.PutUint32(b[28:], uint32(s.STime))
		return b
	}
	le.PutUint32(b[20:], uint32(s.Value))
	return b
}

// SigReturn32 undoes setupFrame32: sigreturn(2) with the i386 number, or rt_sigreturn.
// Linux arch/x86/kernel/signal_32.c:sigreturn, rt_sigreturn
func (k *Kernel) SigReturn32(t *Task, rt bool) (int64, abi.Errno) {
	k.Charge(costSignal)
	r := k.Regs(t)
	if !k.restoreFrame32(t, &r, rt) {
		k.ForgetSyscall(t)
		k.ForceSignal(t, Siginfo{Signo: abi.SIGSEGV, Code: abi.SI_KERNEL})
		return 0, abi.OK
	}
	k.SetRegs(t, &r)
	k.ForgetSyscall(t)
	return 0, abi.OK
}

func (k *Kernel) restoreFrame32(t *Task, r *PtRegs, rt bool) bool {
	le := binary.LittleEndian
	f, at, back := make([]byte, sf32Size), sf32Context, uint64(8) // the return address and, by popl, sig are off the stack
	if rt {
		f, at, back = make([]byte, rt32Size), rt32Machine, 4
	}
	if k.CopyIn(t, uint64(uint32(r.RSP))-back, f) != abi.OK {
		return false
	}
	sc := f[at : at+sc32Size]
	mask := uint64(le.Uint32(sc[80:]))
	if rt {
		mask = le.Uint64(f[rt32Mask:])
	} else {
		mask |= uint64(le.Uint32(f[sf32Extra:])) << 32
	}
	if !k.restoreContext32(t, r, sc) {
		return false
	}
	k.SetBlocked(t, mask)
	if rt {
		t.Sig.SetAltStack(r.RSP, uint64(le.Uint32(f[rt32Stack:])), le.Uint32(f[rt32Stack+4:]), uint64(le.Uint32(f[rt32Stack+8:])))
	}
	return true
}

// restoreContext32 is Linux arch/x86/kernel/signal_32.c:ia32_restore_sigcontext.
func (k *Kernel) restoreContext32(t *Task, r *PtRegs, sc []byte) bool {
	le := binary.LittleEndian
	word := func(i int) uint64 { return uint64(le.Uint32(sc[4*i:])) }
	if !k.setFPU32(t, word(19)) {
		return false
	}
	for i, reg := range []int{3, 2, 1, 0} { // GS, FS, ES, DS as indices of segRegs
		k.setSegment(t, reg, uint16(word(i)))
	}
	for i, w := range []*uint64{&r.RDI, &r.RSI, &r.RBP, &r.RSP, &r.RBX, &r.RDX, &r.RCX, &r.RAX} {
		*w = word(4 + i)
	}
	r.RIP = word(14)
	r.CS, r.SS = word(15)&0xffff|3, word(18)&0xffff|3
	r.RFLAGS = r.RFLAGS&^userFlags | word(16)&userFlags
	r.OrigRAX = ^uint64(0)
	r.Vector = 0
	return true
}

// fpu32 is struct _fpstate_32: the FSAVE image with the exponents and significands, then FXSAVE's.
// Linux arch/x86/kernel/fpu/regset.c:convert_from_fxsr
func (k *Kernel) fpu32() []byte { return fsave(&k.M.CPU.S) }

func fsave(s *cpu.State) []byte {
	le := binary.LittleEndian
	b := make([]byte, fsaveSize+fxSize)
	for i, v := range [...]uint32{0xffff0000 | uint32(s.FCW), 0xffff0000 | uint32(s.FSW), 0xffff0000 | uint32(s.FTW),
		uint32(s.FIP), boot.User32CS | uint32(s.FOP)<<16, uint32(s.FDP), 0xffff0000 | boot.UserDS} {
		le.PutUint32(b[4*i:], v)
	}
	var fx [fxSize]byte
	putFX(&fx, s)
	for i := range 8 {
		copy(b[28+10*i:], fx[fxST+16*i:fxST+16*i+10])
	}
	le.PutUint16(b[108:], s.FSW)
	le.PutUint16(b[110:], fxsrMagic)
	copy(b[fsaveSize:], fx[:])
	return b
}

// setFPU32 loads what fpu32 stored; a NULL pointer is the state of a new program. The FSAVE image counts where the two
// overlap, since 32-bit handlers change that. Linux arch/x86/kernel/fpu/signal.c:__fpu_restore_sig
func (k *Kernel) setFPU32(t *Task, fp uint64) bool {
	s := &k.M.CPU.S
	if fp == 0 {
		var f FPU
		initFPU(&f)
		loadFPU(s, &f)
		return true
	}
	le := binary.LittleEndian
	b := make([]byte, fsaveSize+fxSize)
	if k.CopyIn(t, fp, b) != abi.OK {
		return false
	}
	fx := [fxSize]byte(b[fsaveSize:])
	le.PutUint16(fx[fxFCW:], le.Uint16(b[0:]))
	le.PutUint16(fx[fxFSW:], le.Uint16(b[4:]))
	fx[fxFTW] = abridge(le.Uint16(b[8:]))
	le.PutUint16(fx[fxFOP:], le.Uint16(b[18:]))
	for i := range 8 {
		copy(fx[fxST+16*i:], b[28+10*i:38+10*i])
	}
	return getFX(&fx, s)
}
