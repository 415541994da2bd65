package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// An I/O priority is a class and, below it, a level. Linux include/uapi/linux/ioprio.h
const (
	ioprioShift  = 13
	ioprioLevels = 8

	ioprioNone = 0
	ioprioRT   = 1
	ioprioBE   = 2
	ioprioIdle = 3
)

var _ = define(kernel.Syscall{Nr: 251, Name: "ioprio_set", Man: "ioprio_set(2); block/ioprio.c:ioprio_set",
	Args: args(pInt("which"), pInt("who"), pHex("ioprio")), Fn: ioprioSet})

// ioprioSet notes the priority. There is no queue in front of the disk that could heed it, as with Linux's scheduler "none".
func ioprioSet(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	prio := a.Uint(2)
	if e := ioprioValid(t, prio); e != abi.OK {
		return 0, e
	}
	e := abi.ESRCH
	if bad := eachPriority(k, t, a.Int(0)-1, a.Int(1), func(o *kernel.Task) {
		if t.Cred.EUID != 0 && t.Cred.EUID != o.Cred.UID && t.Cred.UID != o.Cred.UID {
			e = abi.EPERM
			return
		}
		o.IOPrio = uint16(prio)
		if e == abi.ESRCH {
			e = abi.OK
		}
	}); bad != abi.OK {
		return 0, bad
	}
	return 0, e
}

// ioprioValid checks what is asked for. Linux block/ioprio.c:ioprio_check_cap
func ioprioValid(t *kernel.Task, prio uint32) abi.Errno {
	level := prio & (1<<ioprioShift - 1)
	switch prio >> ioprioShift {
	case ioprioRT, ioprioBE:
		if prio>>ioprioShift == ioprioRT && t.Cred.EUID != 0 {
			return abi.EPERM
		}
		if level >= ioprioLevels {
			return abi.EINVAL
		}
	case ioprioIdle:
	case ioprioNone:
		if level != 0 {
			return abi.EINVAL
		}
	default:
		return abi.EINVAL
	}
	return abi.OK
}

var _ = define(kernel.Syscall{Nr: 252, Name: "ioprio_get", Man: "ioprio_get(2); block/ioprio.c:ioprio_get",
	Args: args(pInt("which"), pInt("who")), Ret: kernel.ArgHex, Fn: ioprioGet})

// ioprioGet answers what was set for one process, and for several the best of what they have.
func ioprioGet(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	which := a.Int(0) - 1
	best, e := uint16(0), abi.ESRCH
	if bad := eachPriority(k, t, which, a.Int(1), func(o *kernel.Task) {
		prio := o.IOPrio
		if which != prioProcess {
			prio = ioprioOf(o)
		}
		if e != abi.OK || prio < best {
			best, e = prio, abi.OK
		}
	}); bad != abi.OK {
		return 0, bad
	}
	return int64(best), e
}

// ioprioOf is what a task has that never asked: by its scheduling class and nice value. Linux include/linux/ioprio.h:__get_task_ioprio
func ioprioOf(t *kernel.Task) uint16 {
	if t.IOPrio>>ioprioShift != ioprioNone {
		return t.IOPrio
	}
	class := uint16(ioprioBE)
	switch {
	case realtime(int32(t.Sched.Class)):
		class = ioprioRT
	case t.Sched.Class == abi.SCHED_IDLE:
		class = ioprioIdle
	}
	return class<<ioprioShift | uint16(int16(t.Nice)+20)/5
}
