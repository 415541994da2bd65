package kernel

import (
	"encoding/binary"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/kernel/abi"
)

// The frame that a handler runs on, as it lies on the user's stack, lowest address first:
// return address, struct ucontext, siginfo; above it the FXSAVE area, aligned to 64.
// Linux arch/x86/include/asm/sigframe.h:rt_sigframe, arch/x86/include/uapi/asm/{ucontext,sigcontext}.h
const (
	sfContext  = 8              // struct ucontext: uc_flags, uc_link, uc_stack
	sfMContext = sfContext + 40 // struct sigcontext_64
	sfSigMask  = sfMContext + 256
	sfInfo     = sfSigMask + 8
	sfSize     = sfInfo + 128
	fxSize     = 512
	redZone    = 128 // psABI x86-64 "The Stack Frame"

	// minSigStack is the most that setupFrame takes from an alternate stack, in whole 16 bytes: AT_MINSIGSTKSZ.
	// Linux arch/x86/kernel/signal.c:get_sigframe_size
	minSigStack = (fxSize + 63 + sfSize + 15 + 8 + 15) &^ 15

	ucFlags = 0x2 | 0x4 // UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS
)

// Words of struct sigcontext_64 after the general registers.
const (
	scIP     = 16
	scFlags  = 17
	scSel    = 18 // cs, gs, fs, ss
	scErr    = 19
	scTrapNo = 20
	scMask   = 21
	scCR2    = 22
	scFP     = 23
)

// sigRegs are the general registers in the order of struct sigcontext_64.
func sigRegs(r *PtRegs) [16]*uint64 {
	return [...]*uint64{&r.R8, &r.R9, &r.R10, &r.R11, &r.R12, &r.R13, &r.R14, &r.R15, &r.RDI, &r.RSI, &r.RBP, &r.RBX,
		&r.RDX, &r.RAX, &r.RCX, &r.RSP}
}

// setupFrame builds the frame and points r at the handler; false when the stack cannot take it.
// Linux arch/x86/kernel/signal_64.c:x64_setup_rt_frame
func (k *Kernel) setupFrame(t *Task, r *PtRegs, info *Siginfo, act *SigAction) bool {
	if act.Flags&abi.SA_IA32_ABI != 0 {
		return k.setupFrame32(t, r, info, act)
	}
	if act.Flags&abi.SA_RESTORER == 0 {
		return false // there is no vDSO whose code could return
	}
	sp, onAlt := t.Sig.handlerStack(r.RSP, redZone, act)
	fp := (sp - fxSize) &^ 63
	sp = (fp-sfSize)&^15 - 8
	if onAlt && !t.Sig.inAltStack(sp) {
		return false
	}

	var fx [fxSize]byte
	putFX(&fx, &k.M.CPU.S)
	putSoftware(&fx)
	frame := k.sigFrame(t, r, info, act, fp)
	if k.CopyOut(t, fp, fx[:]) != abi.OK || k.CopyOut(t, sp, frame[:]) != abi.OK {
		return false
	}
	r.RDI, r.RSI, r.RDX, r.RAX = uint64(info.Signo), sp+sfInfo, sp+sfContext, 0
	r.RSP, r.RIP = sp, act.Handler
	r.CS, r.SS = boot.UserCS, boot.UserDS
	r.RFLAGS &^= cpu.FlagDF | cpu.FlagRF | cpu.FlagTF
	t.Sig.autoDisarm()
	return true
}

func (k *Kernel) sigFrame(t *Task, r *PtRegs, info *Siginfo, act *SigAction, fp uint64) (f [sfSize]byte) {
	le := binary.LittleEndian
	le.PutUint64(f[0:], act.Restorer)
	le.PutUint64(f[sfContext:], ucFlags)
	le.PutUint64(f[sfContext+16:], t.Sig.AltStack)
	le.PutUint32(f[sfContext+24:], uint32(t.Sig.AltFlags))
	le.PutUint64(f[sfContext+32:], t.Sig.AltSize)
	put := func(word int, v uint64) { le.PutUint64(f[sfMContext+8*word:], v) }
	for i, reg := range sigRegs(r) {
		put(i, *reg)
	}
	put(scIP, r.RIP)
	put(scFlags, r.RFLAGS)
	put(scSel, r.CS&0xffff|r.SS<<48)
	put(scErr, uint64(t.Fault.Error))
	put(scTrapNo, uint64(t.Fault.Vector))
	put(scCR2, t.Fault.CR2)
	put(scFP, fp)
	mask := t.Sig.savedMask()
	put(scMask, mask)
	le.PutUint64(f[sfSigMask:], mask)
	b := info.Bytes()
	copy(f[sfInfo:], b[:])
	return f
}

// Bytes lays the information out as siginfo_t. Linux include/uapi/asm-generic/siginfo.h
func (s *Siginfo) Bytes() (b [128]byte) {
	le := binary.LittleEndian
	le.PutUint32(b[0:], uint32(s.Signo))
	le.PutUint32(b[4:], uint32(s.Errno))
	code := s.Code
	if code == codeForced {
		code = abi.SI_KERNEL
	}
	le.PutUint32(b[8:], uint32(code))
	if code > 0 && sigSynchronous&sigbit(s.Signo) != 0 {
		le.PutUint64(b[16:], s.Addr)
		return b
	}
	le.PutUint32(b[16:], uint32(s.PID))
	le.PutUint32(b[20:], s.UID)
	if code > 0 && code != abi.SI_KERNEL { // the end of a child, told by whatever signal
		le.PutUint32(b[24:], uint32(s.Status))
		le.PutUint64(b[32:], uint64(s.UTime))
		le.PutUint64(b[40:], uint64(s.STime))
		return b
	}
	le.PutUint64(b[24:], s.Value)
	return b
}

// userFlags are the bits of RFLAGS that a program may set by rt_sigreturn. Linux FIX_EFLAGS
const userFlags = cpu.FlagAC | cpu.FlagOF | cpu.FlagDF | cpu.FlagTF | cpu.FlagSF | cpu.FlagZF | cpu.FlagAF |
	cpu.FlagPF | cpu.FlagCF | cpu.FlagRF

// SigReturn undoes setupFrame: rt_sigreturn(2). A frame that cannot be read kills.
// Linux arch/x86/kernel/signal_64.c:rt_sigreturn
func (k *Kernel) SigReturn(t *Task) (int64, abi.Errno) {
	k.Charge(costSignal)
	r := k.Regs(t)
	var f [sfSize]byte
	if k.CopyIn(t, r.RSP-8, f[:]) != abi.OK || !k.restoreContext(t, &r, &f) {
		k.ForgetSyscall(t)
		k.ForceSignal(t, Siginfo{Signo: abi.SIGSEGV, Code: abi.SI_KERNEL})
		return 0, abi.OK
	}
	k.SetRegs(t, &r)
	k.ForgetSyscall(t)
	return 0, abi.OK
}

func (k *Kernel) restoreContext(t *Task, r *PtRegs, f *[sfSize]byte) bool {
	le := binary.LittleEndian
	get := func(word int) uint64 { return le.Uint64(f[sfMContext+8*word:]) }
	if fp := get(scFP); fp != 0 {
		var fx [fxSize]byte
		if k.CopyIn(t, fp, fx[:]) != abi.OK || !getFX(&fx, &k.M.CPU.S) {
			return false
		}
	} else {
		var f FPU
		initFPU(&f)
		loadFPU(&k.M.CPU.S, &f)
	}
	for i, reg := range sigRegs(r) {
		*reg = get(i)
	}
	r.RIP = get(scIP)
	r.RFLAGS = r.RFLAGS&^userFlags | get(scFlags)&userFlags
	r.CS, r.SS = get(scSel)&0xffff|3, get(scSel)>>48|3
	r.OrigRAX = ^uint64(0)
	r.Vector = 0 // IRETQ: RCX and R11 are not SYSCALL's any more
	k.SetBlocked(t, le.Uint64(f[sfSigMask:]))
	t.Sig.SetAltStack(r.RSP, le.Uint64(f[sfContext+16:]), le.Uint32(f[sfContext+24:]), le.Uint64(f[sfContext+32:])) // as far as it is one
	return true
}
