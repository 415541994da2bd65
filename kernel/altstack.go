package kernel

import "vitrine/kernel/abi"

// onAltStack tells whether a program with this sp runs on its alternate stack and may not replace it. One with
// SS_AUTODISARM may. Linux include/linux/sched/signal.h:on_sig_stack
func (s *SigState) onAltStack(sp uint64) bool {
	return uint32(s.AltFlags)&abi.SS_AUTODISARM == 0 && s.inAltStack(sp)
}

// inAltStack tells whether sp lies in the alternate stack. Linux __on_sig_stack
func (s *SigState) inAltStack(sp uint64) bool {
	return s.AltSize != 0 && sp > s.AltStack && sp-s.AltStack <= s.AltSize
}

// handlerStack is from where a handler's frame goes down, for a program with this sp and so much below it that is not to be
// touched, and whether that is on the alternate stack, which the frame then must not leave.
// Linux arch/x86/kernel/signal.c:get_sigframe
func (s *SigState) handlerStack(sp, gap uint64, act *SigAction) (top uint64, alt bool) {
	if act.Flags&abi.SA_ONSTACK != 0 && s.AltSize != 0 && !s.onAltStack(sp-gap) {
		return s.AltStack + s.AltSize, true
	}
	return sp - gap, s.onAltStack(sp)
}

// autoDisarm forgets an alternate stack with SS_AUTODISARM while a handler runs.
func (s *SigState) autoDisarm() {
	if uint32(s.AltFlags)&abi.SS_AUTODISARM != 0 {
		s.AltStack, s.AltSize, s.AltFlags = 0, 0, abi.SS_DISABLE
	}
}

// AltStackFlags is what sigaltstack(2) says of the stack to a program with this sp.
func (s *SigState) AltStackFlags(sp uint64) uint32 {
	flags := uint32(s.AltFlags) & abi.SS_AUTODISARM
	switch {
	case s.AltSize == 0:
		flags |= abi.SS_DISABLE
	case s.onAltStack(sp):
		flags |= abi.SS_ONSTACK
	}
	return flags
}

// SetAltStack replaces the alternate stack of a program with this sp. Linux kernel/signal.c:do_sigaltstack
func (s *SigState) SetAltStack(sp, stack uint64, flags uint32, size uint64) abi.Errno {
	if s.onAltStack(sp) {
		return abi.EPERM
	}
	mode := flags &^ abi.SS_AUTODISARM
	if mode != 0 && mode != abi.SS_ONSTACK && mode != abi.SS_DISABLE {
		return abi.EINVAL
	}
	if mode == abi.SS_DISABLE {
		stack, size = 0, 0
	} else if size < abi.MINSIGSTKSZ {
		return abi.ENOMEM
	}
	s.AltStack, s.AltSize, s.AltFlags = stack, size, int32(flags)
	return abi.OK
}
