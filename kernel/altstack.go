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
