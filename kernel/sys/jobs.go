package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 109, Name: "setpgid", Man: "setpgid(2); kernel/sys.c:setpgid",
	Args: args(pPID("pid"), pPID("pgid")), Fn: setpgid})

func setpgid(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	pid, pgid := a.Int(0), a.Int(1)
	if pid == 0 {
		pid = t.TGID
	}
	if pgid == 0 {
		pgid = pid
	}
	if pgid < 0 {
		return 0, abi.EINVAL
	}
	p := k.FindTask(pid)
	if p == nil {
		return 0, abi.ESRCH
	}
	if !p.Leader() {
		return 0, abi.EINVAL
	}
	if e := maySetGroup(k, t, p, pgid); e != abi.OK {
		return 0, e
	}
	k.SetGroup(p, pgid, p.SID)
	return 0, abi.OK
}

// maySetGroup is the list of rules of setpgid(2).
func maySetGroup(k *kernel.Kernel, t, p *kernel.Task, pgid int32) abi.Errno {
	switch {
	case p.PPID == t.TGID && p.TGID != t.TGID:
		if p.SID != t.SID {
			return abi.EPERM
		}
		if k.Process(p).DidExec {
			return abi.EACCES
		}
	case p.TGID != t.TGID:
		return abi.ESRCH
	}
	if p.SID == p.TGID {
		return abi.EPERM // a session leader
	}
	if pgid == p.TGID {
		return abi.OK
	}
	if sid, ok := sessionOfGroup(k, pgid); !ok || sid != t.SID {
		return abi.EPERM
	}
	return abi.OK
}

// taskOrSelf is the task with a PID, the caller for 0, nil when there is none.
func taskOrSelf(k *kernel.Kernel, t *kernel.Task, pid int32) *kernel.Task {
	if pid == 0 {
		return t
	}
	return k.FindTask(pid)
}

var _ = define(kernel.Syscall{Nr: 121, Name: "getpgid", Man: "getpgid(2); kernel/sys.c:do_getpgid",
	Args: args(pPID("pid")), Fn: getpgid})

func getpgid(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	p := taskOrSelf(k, t, a.Int(0))
	if p == nil {
		return 0, abi.ESRCH
	}
	return int64(p.PGID), abi.OK
}

var _ = define(kernel.Syscall{Nr: 111, Name: "getpgrp", Man: "getpgrp(2); kernel/sys.c:getpgrp", Fn: getpgrp})

func getpgrp(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return int64(t.PGID), abi.OK
}

var _ = define(kernel.Syscall{Nr: 124, Name: "getsid", Man: "getsid(2); kernel/sys.c:getsid",
	Args: args(pPID("pid")), Fn: getsid})

func getsid(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	p := taskOrSelf(k, t, a.Int(0))
	if p == nil {
		return 0, abi.ESRCH
	}
	return int64(p.SID), abi.OK
}

var _ = define(kernel.Syscall{Nr: 112, Name: "setsid", Man: "setsid(2); kernel/sys.c:ksys_setsid", Fn: setsid})

func setsid(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if _, taken := sessionOfGroup(k, t.TGID); taken || t.SID == t.TGID {
		return 0, abi.EPERM
	}
	k.SetGroup(t, t.TGID, t.TGID)
	k.Process(t).TTY = 0
	return int64(t.TGID), abi.OK
}
