package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 157, Name: "prctl", Man: "prctl(2); kernel/sys.c:prctl", Missing: "seccomp, PR_SET_MM and what processors without CET, SVE or the like refuse too",
	Args: args(pFlags("option", "prctl"), pHex("arg2"), pHex("arg3"), pHex("arg4"), pHex("arg5")), Fn: prctl})

func prctl(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	p := k.Process(t)
	switch a.Int(0) {
	case abi.PR_SET_NAME:
		return setName(k, t, a[1])
	case abi.PR_GET_NAME:
		return done(k.CopyOut(t, a[1], t.Comm[:]))
	case abi.PR_SET_PDEATHSIG:
		if a[1] > kernel.NumSigs {
			return 0, abi.EINVAL
		}
		t.PDeathSig = int32(a[1])
		return 0, abi.OK
	case abi.PR_GET_PDEATHSIG:
		return done(k.WriteU32(t, a[1], uint32(t.PDeathSig)))
	case abi.PR_SET_CHILD_SUBREAPER:
		p.Subreaper = a[1] != 0
		return 0, abi.OK
	case abi.PR_GET_CHILD_SUBREAPER:
		return done(k.WriteU32(t, a[1], uint32(toInt(p.Subreaper))))
	case abi.PR_GET_DUMPABLE:
		return int64(toInt(k.MM.AS(t.ASID).Dumpable)), abi.OK // SUID_DUMP_DISABLE, SUID_DUMP_USER
	case abi.PR_SET_DUMPABLE:
		if a[1] > 1 {
			return 0, abi.EINVAL
		}
		k.MM.AS(t.ASID).Dumpable = a[1] == 1
		return 0, abi.OK
	case abi.PR_GET_NO_NEW_PRIVS:
		if a[1] != 0 || a[2] != 0 || a[3] != 0 || a[4] != 0 {
			return 0, abi.EINVAL
		}
		return int64(toInt(t.NoNewPrivs)), abi.OK
	case abi.PR_CAPBSET_READ, abi.PR_CAPBSET_DROP, abi.PR_GET_SECUREBITS, abi.PR_SET_SECUREBITS, abi.PR_GET_KEEPCAPS,
		abi.PR_SET_KEEPCAPS, abi.PR_CAP_AMBIENT:
		return capPrctl(t, a)
	case abi.PR_SET_NO_NEW_PRIVS:
		if a[1] != 1 || a[2] != 0 || a[3] != 0 || a[4] != 0 {
			return 0, abi.EINVAL
		}
		t.NoNewPrivs = true
		return 0, abi.OK
	case abi.PR_SET_THP_DISABLE:
		if a[2] != 0 || a[3] != 0 || a[4] != 0 {
			return 0, abi.EINVAL
		}
		k.MM.AS(t.ASID).NoHuge = a[1] != 0
		return 0, abi.OK
	case abi.PR_GET_THP_DISABLE, abi.PR_MCE_KILL_GET:
		if a[1]|a[2]|a[3]|a[4] != 0 {
			return 0, abi.EINVAL
		}
		if a.Int(0) == abi.PR_MCE_KILL_GET {
			return abi.PR_MCE_KILL_DEFAULT, abi.OK
		}
		return int64(toInt(k.MM.AS(t.ASID).NoHuge)), abi.OK
	case abi.PR_GET_TIMERSLACK:
		return int64(t.TimerSlack), abi.OK
	case abi.PR_SET_TIMERSLACK: // kept only: the ticks group sleepers more than any slack
		if t.TimerSlack = a[1]; a[1] == 0 {
			t.TimerSlack = kernel.DefaultTimerSlack
		}
		return 0, abi.OK
	case abi.PR_GET_TSC:
		return done(k.WriteU32(t, a[1], abi.PR_TSC_ENABLE))
	case abi.PR_SET_TSC: // RDTSC cannot be forbidden here
		return onlyValue(a[1], abi.PR_TSC_ENABLE)
	case abi.PR_GET_TIMING:
		return abi.PR_TIMING_STATISTICAL, abi.OK
	case abi.PR_SET_TIMING:
		return onlyValue(a[1], abi.PR_TIMING_STATISTICAL)
	case abi.PR_GET_SECCOMP:
		return 0, abi.OK
	case abi.PR_GET_TID_ADDRESS:
		return done(k.WriteU64(t, a[1], t.ClearChildTID))
	}
	k.Lacks(t, "prctl option %d", a.Int(0))
	return 0, abi.EINVAL
}

// onlyValue is an option with one value that is there.
func onlyValue(v, only uint64) (int64, abi.Errno) {
	if v != only {
		return 0, abi.EINVAL
	}
	return 0, abi.OK
}

func setName(k *kernel.Kernel, t *kernel.Task, addr uint64) (int64, abi.Errno) {
	var b [kernel.CommLen]byte
	for i := range b[:kernel.CommLen-1] {
		if e := k.CopyIn(t, addr+uint64(i), b[i:i+1]); e != abi.OK {
			return 0, e
		}
		if b[i] == 0 {
			break
		}
	}
	t.Comm = b
	return 0, abi.OK
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
