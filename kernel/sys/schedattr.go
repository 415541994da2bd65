package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// What sched_setscheduler(2) and sched_setattr(2) share: a class, a nice value, a priority.
type schedAttr struct {
	class       int32
	nice        int32
	priority    uint32
	resetOnFork bool
}

// attrOf is what t has now.
func attrOf(t *kernel.Task) schedAttr {
	return schedAttr{int32(t.Sched.Class), int32(t.Nice), uint32(t.Sched.Priority), t.Sched.ResetOnFork}
}

// realtime tells whether a class has priorities.
func realtime(class int32) bool { return class == abi.SCHED_FIFO || class == abi.SCHED_RR }

// setAttr changes t's class if by may. SCHED_DEADLINE does not exist here.
// Linux kernel/sched/core.c:__sched_setscheduler
func setAttr(k *kernel.Kernel, by, t *kernel.Task, a schedAttr) abi.Errno {
	switch a.class {
	case abi.SCHED_NORMAL, abi.SCHED_BATCH, abi.SCHED_IDLE, abi.SCHED_FIFO, abi.SCHED_RR:
	default:
		return abi.EINVAL
	}
	if a.priority > maxPriority || realtime(a.class) != (a.priority != 0) {
		return abi.EINVAL
	}
	if !by.Capable(abi.CAP_SYS_NICE) && !mayAttr(k, by, t, a) {
		return abi.EPERM
	}
	t.Sched.ResetOnFork = a.resetOnFork
	k.SetScheduler(t, uint8(a.class), uint8(a.priority))
	if !realtime(a.class) && a.nice != int32(t.Nice) {
		k.SetNice(t, int8(a.nice))
	}
	return abi.OK
}

// maxPriority is the best of the real-time priorities.
const maxPriority = 99

// mayAttr is what is allowed without privilege. Linux kernel/sched/core.c:user_check_sched_setscheduler
func mayAttr(k *kernel.Kernel, by, t *kernel.Task, a schedAttr) bool {
	limit := k.Process(t).Rlimits[abi.RLIMIT_RTPRIO].Cur
	old := attrOf(t)
	switch {
	case realtime(a.class) && a.class != old.class && limit == 0,
		realtime(a.class) && a.priority > old.priority && uint64(a.priority) > limit,
		!realtime(a.class) && a.nice < old.nice && !canNice(k, t, a.nice),
		old.class == abi.SCHED_IDLE && a.class != abi.SCHED_IDLE && !canNice(k, t, old.nice),
		old.resetOnFork && !a.resetOnFork:
		return false
	}
	return by.Cred.EUID == t.Cred.EUID || by.Cred.EUID == t.Cred.UID
}

// canNice tells whether RLIMIT_NICE lets t have this nice value. getrlimit(2)
func canNice(k *kernel.Kernel, t *kernel.Task, nice int32) bool {
	return uint64(20-nice) <= k.Process(t).Rlimits[abi.RLIMIT_NICE].Cur
}

// Sizes of struct sched_attr and its only flag of interest here. Linux include/uapi/linux/sched/types.h
const (
	attrSize0       = 48
	attrSize1       = 56
	attrResetOnFork = 1
	attrKnownFlags  = 0x7f
	attrKeepPolicy  = 8
	attrKeepParams  = 0x10
)

var _ = define(kernel.Syscall{Nr: 314, Name: "sched_setattr", Man: "sched_setattr(2); kernel/sched/core.c",
	Args: args(pPID("pid"), pPtr("attr"), pUint("flags")), Fn: schedSetattr})

func schedSetattr(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[1] == 0 || a.Int(0) < 0 || a.Uint(2) != 0 {
		return 0, abi.EINVAL
	}
	b, e := readAttr(k, t, a[1])
	if e != abi.OK {
		return 0, e
	}
	class, flags := int32(binary.LittleEndian.Uint32(b[4:])), binary.LittleEndian.Uint64(b[8:])
	if class < 0 || flags&^attrKnownFlags != 0 {
		return 0, abi.EINVAL
	}
	o, e := target(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	nice := int32(binary.LittleEndian.Uint32(b[16:]))
	want := schedAttr{class, min(max(nice, -20), 19), binary.LittleEndian.Uint32(b[20:]), flags&attrResetOnFork != 0}
	old := attrOf(o)
	if flags&attrKeepPolicy != 0 {
		want.class = old.class
	}
	if flags&attrKeepParams != 0 {
		want.nice, want.priority = old.nice, old.priority
	}
	return done(setAttr(k, t, o, want))
}

// readAttr reads a struct whose first word is its size; what this kernel does not know of it must be zero.
// Linux kernel/sched/core.c:sched_copy_attr
func readAttr(k *kernel.Kernel, t *kernel.Task, addr uint64) (b [attrSize1]byte, e abi.Errno) {
	size, e := k.ReadU32(t, addr)
	if e != abi.OK {
		return b, e
	}
	if size == 0 {
		size = attrSize0
	}
	if size < attrSize0 || size > vfs.PageSize {
		return b, tooBig(k, t, addr)
	}
	all := make([]byte, size)
	if e := k.CopyIn(t, addr, all); e != abi.OK {
		return b, e
	}
	for _, c := range all[min(size, attrSize1):] {
		if c != 0 {
			return b, tooBig(k, t, addr)
		}
	}
	copy(b[:], all)
	return b, abi.OK
}

// tooBig tells the caller the size that is known here.
func tooBig(k *kernel.Kernel, t *kernel.Task, addr uint64) abi.Errno {
	if e := k.WriteU32(t, addr, attrSize1); e != abi.OK {
		return e
	}
	return abi.E2BIG
}

var _ = define(kernel.Syscall{Nr: 315, Name: "sched_getattr", Man: "sched_getattr(2); kernel/sched/core.c",
	Args: args(pPID("pid"), pPtr("attr"), pUint("size"), pUint("flags")), Fn: schedGetattr})

func schedGetattr(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	size := a.Uint(2)
	if a[1] == 0 || a.Int(0) < 0 || size > vfs.PageSize || size < attrSize0 || a.Uint(3) != 0 {
		return 0, abi.EINVAL
	}
	o, e := target(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	var b [attrSize1]byte
	size = min(size, attrSize1)
	attr := attrOf(o)
	binary.LittleEndian.PutUint32(b[0:], size)
	binary.LittleEndian.PutUint32(b[4:], uint32(attr.class))
	if attr.resetOnFork {
		b[8] = attrResetOnFork
	}
	if realtime(attr.class) {
		binary.LittleEndian.PutUint32(b[20:], attr.priority)
	} else {
		binary.LittleEndian.PutUint32(b[16:], uint32(attr.nice))
	}
	return done(k.CopyOut(t, a[1], b[:size]))
}
