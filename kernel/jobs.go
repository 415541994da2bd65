package kernel

import "vitrine/kernel/abi"

// stopGroup stops every thread of t's process. Linux kernel/signal.c:do_signal_stop
func (k *Kernel) stopGroup(t *Task, sig int32) {
	p := k.Process(t)
	p.StopSig, p.StopTold = sig, false
	k.forEachThread(t, func(o *Task) {
		if o.Run == Zombie || o.Run == Dead || o.Run == Stopped {
			return
		}
		k.dequeue(o)
		k.unlockInode(o) // a call that stands still must not keep others from its file
		if o.Run == Sleep {
			k.unindexSleep(o)
		}
		o.setRun(Stopped)
	})
	k.tellParent(t, abi.CLD_STOPPED, sig)
}

// resumeGroup lets a stopped process go on. Linux kernel/signal.c:prepare_signal
func (k *Kernel) resumeGroup(t *Task, tell bool) {
	p := k.Process(t)
	if p.StopSig == 0 {
		return
	}
	p.StopSig = 0
	k.forEachThread(t, func(o *Task) { k.unstop(o) })
	if tell {
		p.ContTold = true
		k.tellParent(t, abi.CLD_CONTINUED, abi.SIGCONT)
	}
}

// unstop makes a stopped thread ready again: in ring 3, or in the system call it was in.
func (k *Kernel) unstop(t *Task) {
	if t.Run != Stopped {
		return
	}
	if t.Sys.Active {
		t.setRun(Invoke)
	} else {
		t.setRun(User)
	}
	k.enqueue(t, woken)
}

// tellParent sends SIGCHLD for a stop or a continue and wakes a waiting parent.
// Linux kernel/signal.c:do_notify_parent_cldstop
func (k *Kernel) tellParent(t *Task, code, status int32) {
	parent := k.parent(t)
	if parent == nil {
		return
	}
	act := k.Sighand(parent).Action[abi.SIGCHLD]
	if act.Handler != abi.SIG_IGN && act.Flags&abi.SA_NOCLDSTOP == 0 {
		k.SendSignalProcess(parent, k.childInfo(t, code, status))
	}
	k.wakeParent(parent)
}

// childInfo is the siginfo of SIGCHLD. sigaction(2)
func (k *Kernel) childInfo(t *Task, code, status int32) Siginfo {
	return Siginfo{Signo: abi.SIGCHLD, Code: code, PID: t.TGID, UID: t.Cred.UID, Status: status,
		UTime: int64(t.UTime / clockTick), STime: int64(t.STime / clockTick)}
}

// clockTick is the unit of clock_t: 10 ms.
const clockTick = 10_000_000 / UnitNS

// OrphanedGroup tells whether no member of the group has a parent in another group of the same session, who could
// continue it. POSIX "Orphaned Process Group"; Linux kernel/exit.c:will_become_orphaned_pgrp
func (k *Kernel) OrphanedGroup(pgid int32) bool {
	orphaned := true
	k.ForEachTask(func(t *Task) bool {
		if t.PGID != pgid || !t.Leader() || t.Run == Zombie || t.Run == Dead {
			return true
		}
		p := k.FindTask(t.PPID)
		if p != nil && p.PID != 1 && p.PGID != pgid && p.SID == t.SID {
			orphaned = false
		}
		return orphaned
	})
	return orphaned
}
