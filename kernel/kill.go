package kernel

import "vitrine/kernel/abi"

// Kill sends as kill(2) says: pid > 0 one process, 0 the caller's group, -1 all but init and the caller, < -1 a group.
// from nil is the kernel itself. Signal 0 only checks.
func (k *Kernel) Kill(from *Task, pid int32, info Siginfo) abi.Errno {
	switch {
	case pid > 0:
		t := k.FindTask(pid)
		if t == nil {
			return abi.ESRCH
		}
		return k.killOne(from, t, info)
	case pid == 0 && from != nil:
		return k.killGroup(from, from.PGID, info)
	case pid == -1:
		return k.killAll(from, info)
	}
	return k.killGroup(from, -pid, info)
}

// Tgkill sends to one thread; tgid 0 or below is tkill(2), which does not check the process.
func (k *Kernel) Tgkill(from *Task, tgid, tid int32, info Siginfo) abi.Errno {
	t := k.FindTask(tid)
	if t == nil || tgid > 0 && t.TGID != tgid {
		return abi.ESRCH
	}
	if e := checkKill(from, t, info.Signo); e != abi.OK || info.Signo == 0 {
		return e
	}
	return k.SendSignal(t, info)
}

// SendSignalGroup is the kernel's own signal to a process group: Ctrl-C, SIGHUP, SIGTTIN.
func (k *Kernel) SendSignalGroup(pgid int32, info Siginfo) abi.Errno {
	return k.killGroup(nil, pgid, info)
}

func (k *Kernel) killOne(from, t *Task, info Siginfo) abi.Errno {
	if e := checkKill(from, t, info.Signo); e != abi.OK || info.Signo == 0 {
		return e
	}
	return k.SendSignalProcess(t, info)
}

func (k *Kernel) killGroup(from *Task, pgid int32, info Siginfo) abi.Errno {
	return k.killEach(from, info, func(t *Task) bool { return t.PGID == pgid })
}

// killAll succeeds when there is anybody, whether they may be reached or not. Linux kernel/signal.c:kill_something_info
func (k *Kernel) killAll(from *Task, info Siginfo) abi.Errno {
	e := k.killEach(from, info, func(t *Task) bool { return t.PID > 1 && (from == nil || t.TGID != from.TGID) })
	if e == abi.EPERM {
		return abi.OK
	}
	return e
}

// killEach sends to every process that is meant. It succeeds when one of them could be reached.
// Linux kernel/signal.c:__kill_pgrp_info
func (k *Kernel) killEach(from *Task, info Siginfo, meant func(*Task) bool) abi.Errno {
	result := abi.ESRCH
	k.ForEachTask(func(t *Task) bool {
		if !t.Leader() || t.PID == 0 || !meant(t) {
			return true
		}
		if e := k.killOne(from, t, info); e == abi.OK || result == abi.ESRCH {
			result = e
		}
		return true
	})
	return result
}

// checkKill is Linux kernel/signal.c:check_kill_permission.
func checkKill(from, t *Task, sig int32) abi.Errno {
	if sig < 0 || sig > NumSigs {
		return abi.EINVAL
	}
	if from == nil || from.TGID == t.TGID || from.Capable(abi.CAP_KILL) {
		return abi.OK
	}
	f, c := &from.Cred, &t.Cred
	if f.EUID == c.SUID || f.EUID == c.UID || f.UID == c.SUID || f.UID == c.UID || sig == abi.SIGCONT && from.SID == t.SID {
		return abi.OK
	}
	return abi.EPERM
}
