package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 61, Name: "wait4", Man: "wait4(2); kernel/exit.c:kernel_wait4",
	Args: args(pPID("pid"), pResult("wstatus", "status"), pFlags("options", "wait"), pPtr("rusage")), Fn: wait4})

func wait4(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	pid, options := a.Int(0), a.Uint(2)
	if options&^uint32(abi.WNOHANG|abi.WUNTRACED|abi.WCONTINUED|abi.WNOTHREAD|abi.WCLONE|abi.WALL) != 0 {
		return 0, abi.EINVAL
	}
	if pid == -1<<31 {
		return 0, abi.ESRCH
	}
	w, e := k.DoWait(t, kernel.WaitFor{PID: pid, Options: options | abi.WEXITED})
	if e != abi.OK || w.PID == 0 {
		return 0, e
	}
	if a[1] != 0 {
		if e := k.WriteU32(t, a[1], uint32(w.Status)); e != abi.OK {
			return 0, e
		}
	}
	if a[3] != 0 {
		if e := putRusage(k, t, a[3], w.Usage); e != abi.OK {
			return 0, e
		}
	}
	return int64(w.PID), abi.OK
}

var _ = define(kernel.Syscall{Nr: 247, Name: "waitid", Man: "waitid(2); kernel/exit.c:kernel_waitid",
	Args: args(pFlags("idtype", "idtype"), pPID("id"), pPtr("infop"), pFlags("options", "wait"), pPtr("rusage")), Fn: waitid})

func waitid(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	options := a.Uint(3)
	if options&^uint32(abi.WNOHANG|abi.WNOWAIT|abi.WEXITED|abi.WSTOPPED|abi.WCONTINUED|abi.WNOTHREAD|abi.WCLONE|abi.WALL) != 0 ||
		options&(abi.WEXITED|abi.WSTOPPED|abi.WCONTINUED) == 0 {
		return 0, abi.EINVAL
	}
	pid, poll, e := waitidTarget(k, t, a.Int(0), a.Int(1))
	if e != abi.OK {
		return 0, e
	}
	if poll {
		options |= abi.WNOHANG
	}
	w, e := k.DoWait(t, kernel.WaitFor{PID: pid, Options: options})
	if e != abi.OK {
		return 0, e
	}
	if poll && w.PID == 0 && a.Uint(3)&abi.WNOHANG == 0 {
		return 0, abi.EAGAIN
	}
	if a[4] != 0 && w.PID != 0 {
		if e := putRusage(k, t, a[4], w.Usage); e != abi.OK {
			return 0, e
		}
	}
	if a[2] == 0 {
		return 0, abi.OK
	}
	return done(putChildInfo(k, t, a[2], w))
}

// waitidTarget turns idtype and id into what wait4 calls pid. With poll set, a pidfd with O_NONBLOCK, nobody waits.
func waitidTarget(k *kernel.Kernel, t *kernel.Task, kind, id int32) (pid int32, poll bool, e abi.Errno) {
	switch {
	case kind == abi.P_ALL:
		return -1, false, abi.OK
	case kind == abi.P_PID && id > 0:
		return id, false, abi.OK
	case kind == abi.P_PGID && id == 0:
		return 0, false, abi.OK
	case kind == abi.P_PGID && id > 0:
		return -id, false, abi.OK
	case kind == abi.P_PIDFD && id >= 0:
		file, e := pidfdFile(k, t, id)
		if e != abi.OK {
			return 0, false, e
		}
		if k.PIDFileTask(file) == nil {
			return 0, false, abi.ECHILD
		}
		return int32(file.Seq), file.Flags&abi.O_NONBLOCK != 0, abi.OK
	}
	return 0, false, abi.EINVAL
}

// putChildInfo fills the siginfo_t of waitid(2). Nothing found is all zero.
func putChildInfo(k *kernel.Kernel, t *kernel.Task, addr uint64, w kernel.Waited) abi.Errno {
	var head, child packer
	sig, code, status := uint32(0), uint32(0), uint32(0)
	if w.PID != 0 {
		sig = abi.SIGCHLD
		code, status = childCode(w.Status)
	}
	head.u32(sig)
	head.u32(0)
	head.u32(code)
	child.u32(uint32(w.PID))
	child.u32(w.UID)
	child.u32(status)
	if e := k.CopyOut(t, addr, head.b); e != abi.OK {
		return e
	}
	return k.CopyOut(t, addr+16, child.b)
}

// childCode takes a status word apart into si_code and si_status.
func childCode(status int32) (code, value uint32) {
	s := uint32(status)
	switch {
	case status == abi.WaitContinuedStatus:
		return abi.CLD_CONTINUED, abi.SIGCONT
	case s&0xff == 0x7f:
		return abi.CLD_STOPPED, s >> 8
	case s&0x7f == 0:
		return abi.CLD_EXITED, s >> 8
	}
	if s&abi.WCOREFLAG != 0 {
		return abi.CLD_DUMPED, s & 0x7f
	}
	return abi.CLD_KILLED, s & 0x7f
}
