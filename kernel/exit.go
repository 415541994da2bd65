package kernel

import (
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// ExitGroup ends t's process: exit_group(2), fatal signals. status is as wait4 reports it.
// Linux kernel/exit.c:do_group_exit
func (k *Kernel) ExitGroup(t *Task, status int32) {
	p := k.Process(t)
	if !p.GroupExit {
		p.GroupExit, p.GroupCode = true, status
	}
	k.killOthers(t, p.GroupCode)
	k.Exit(t, p.GroupCode)
}

// killOthers ends the other threads of the process at once: none of them has anything on a stack.
// Linux kernel/signal.c:zap_other_threads
func (k *Kernel) killOthers(t *Task, status int32) {
	k.forEachThread(t, func(o *Task) {
		if o.ID == t.ID || o.Run == Zombie {
			return
		}
		k.dequeue(o)
		k.Exit(o, status)
	})
}

// Exit ends one thread: exit(2). Linux kernel/exit.c:do_exit
func (k *Kernel) Exit(t *Task, status int32) {
	if t.Run == Zombie || t.Run == Dead {
		return
	}
	k.Charge(costExit)
	if k.Trace.Has(trace.Exit) {
		k.Trace.Emit(trace.Exit, uint64(t.PID), uint64(uint32(status)))
	}
	p := k.Process(t)
	p.Live--
	if p.Live == 0 && !p.GroupExit { // the last thread speaks for all. Linux kernel/exit.c:synchronize_group_exit
		p.GroupExit, p.GroupCode = true, status
	}
	if p.Live == 0 {
		status = p.GroupCode
	}
	if t.TGID == 1 && p.Live == 0 {
		k.Panic("Attempted to kill init! exitcode=0x%08x", uint32(status))
		return
	}
	k.unlockInode(t)
	t.Sys.Active, t.Sys.Paused = false, false
	t.ExitStatus = status
	k.exitMM(t)
	k.VFS.PutTable(t.Files)
	k.VFS.PutFS(t.FS)
	t.Files, t.FS = 0, 0
	p.Ended.add(k.ThreadUsage(t))
	if t.Run == Sleep {
		k.unindexSleep(t)
	}
	t.setRun(Zombie)
	k.orphanChildren(t)
	if p.Live == 0 {
		k.exitProcess(t)
	}
	k.exitNotify(t)
}

// exitMM gives the address space back and tells who waits for that: joiners of a thread and the parent of a vfork.
// Linux kernel/fork.c:mm_release
func (k *Kernel) exitMM(t *Task) {
	if t.ASID == 0 {
		return
	}
	k.notePeak(t)
	k.releaseMM(t)
	space := t.ASID
	t.ASID = 0
	if k.State.Current == t.ID {
		k.switchMM(t)
	}
	k.MM.Free(space)
	k.completeVfork(t)
}

// releaseMM: t lets go of its memory, by its end or by execve. Linux kernel/fork.c:mm_release
func (k *Kernel) releaseMM(t *Task) {
	k.exitRobustList(t)
	if t.ClearChildTID != 0 && k.MM.AS(t.ASID).Users > 1 { // if nobody else has it, nobody could see it
		k.WriteU32(t, t.ClearChildTID, 0)
		k.FutexWake(t, t.ClearChildTID, false, 1)
	}
	t.ClearChildTID = 0
}

// exitProcess is what the end of the last thread means for the rest: children get a new parent, the session loses
// its leader. Linux kernel/exit.c:exit_notify, forget_original_parent
func (k *Kernel) exitProcess(t *Task) {
	p := k.Process(t)
	p.ItimerReal, p.Timers = Itimer{}, nil
	k.setExe(p, 0)
	if t.SID == t.TGID {
		k.Disassociate(t, true)
	}
	reaper := k.reaperFor(t)
	k.forEachChild(t, func(c *Task) bool {
		k.adopt(c, reaper)
		c.ParentTID = reaper
		if c.Run == Zombie && c.Leader() && k.Process(c).Live == 0 {
			c.ExitSignal = abi.SIGCHLD
			k.exitNotify(c)
		} else if c.Leader() {
			c.ExitSignal = abi.SIGCHLD
			k.hangupOrphans(c, t)
		}
		return true
	})
	k.hangupOrphans(t, k.parent(t))
}

// orphanChildren: the children that thread t made have lost it, and get another thread of the process for it if there is
// one. Linux kernel/exit.c:forget_original_parent
func (k *Kernel) orphanChildren(t *Task) {
	heir := t.PID
	k.forEachThread(t, func(o *Task) {
		if heir == t.PID && o.Run != Zombie {
			heir = o.PID
		}
	})
	k.forEachChild(t, func(c *Task) bool {
		if c.ParentTID != t.PID || c.Run == Dead {
			return true
		}
		c.ParentTID = heir
		if c.PDeathSig != 0 && c.Run != Zombie {
			k.SendSignalProcess(c, Siginfo{Signo: c.PDeathSig, PID: t.TGID, UID: t.Cred.UID})
		}
		return true
	})
}

// reaperFor is who inherits t's children: the nearest subreaper above it, or init.
func (k *Kernel) reaperFor(t *Task) int32 {
	for p := k.parent(t); p != nil && p.PID != 1; p = k.parent(p) {
		if k.Process(p).Subreaper && k.Process(p).Live > 0 {
			return p.TGID
		}
	}
	return 1
}

// hangupOrphans sends SIGHUP and SIGCONT to the group of t if it has stopped members and its last connection to the
// rest of the session was between t and parent, one of whom ends. POSIX _exit(); Linux kernel/exit.c:kill_orphaned_pgrp
func (k *Kernel) hangupOrphans(t, parent *Task) {
	if parent == nil || t.SID != parent.SID || t.PGID == parent.PGID || !k.hasStopped(t.PGID) || !k.OrphanedGroup(t.PGID) {
		return
	}
	k.hangupGroup(t.PGID)
	k.SendSignalGroup(t.PGID, Siginfo{Signo: abi.SIGCONT, Code: abi.SI_KERNEL})
}

// hasStopped tells whether a process of a group is stopped. Linux kernel/exit.c:has_stopped_jobs
func (k *Kernel) hasStopped(pgid int32) bool {
	stopped := false
	k.ForEachTask(func(t *Task) bool {
		stopped = t.PGID == pgid && t.Leader() && t.PID != 0 && k.Process(t).StopSig != 0
		return !stopped
	})
	return stopped
}

// exitNotify tells the parent, or lets the task go when nobody will ask for it. Linux kernel/exit.c:exit_notify
func (k *Kernel) exitNotify(t *Task) {
	if !t.Leader() {
		l := k.leader(t)
		k.reap(t)
		if l != nil && l.Run == Zombie && k.Process(l).Live == 0 {
			k.exitNotify(l)
		}
		return
	}
	if k.Process(t).Live > 0 {
		return // the leader stays until its last thread has ended
	}
	k.Wake(EndKey(t.PID), -1)
	if g := k.Process(t); g.GroupExit {
		t.ExitStatus = g.GroupCode
	}
	parent := k.parent(t)
	if parent == nil {
		k.reap(t)
		return
	}
	act := k.Sighand(parent).Action[abi.SIGCHLD]
	ignored := t.ExitSignal == abi.SIGCHLD && act.Handler == abi.SIG_IGN
	if t.ExitSignal > 0 && !ignored { // not even if it is blocked
		info := k.exitInfo(t)
		info.Signo = t.ExitSignal
		k.SendSignalProcess(parent, info)
	}
	k.wakeParent(parent)
	if ignored || t.ExitSignal == abi.SIGCHLD && act.Flags&abi.SA_NOCLDWAIT != 0 {
		k.reap(t)
	}
}

// exitInfo is the siginfo of a child's end.
func (k *Kernel) exitInfo(t *Task) Siginfo {
	code, status := int32(abi.CLD_EXITED), t.ExitStatus>>8
	if sig := t.ExitStatus & 0x7f; sig != 0 {
		code, status = abi.CLD_KILLED, sig
		if t.ExitStatus&abi.WCOREFLAG != 0 {
			code = abi.CLD_DUMPED
		}
	}
	return k.childInfo(t, code, status)
}

// wakeParent wakes every thread of the parent that waits for children.
func (k *Kernel) wakeParent(parent *Task) {
	k.Wake(wait.Key{Kind: wait.Child, ID: uint64(parent.TGID)}, -1)
}

// reap releases a zombie: at once, or after the switch away from it when it is still on the CPU.
func (k *Kernel) reap(t *Task) {
	t.setRun(Dead)
	if t.ID != k.State.Current {
		k.releaseTask(t)
	}
}

// releaseTask frees the record and the kernel stack. Linux kernel/exit.c:release_task
func (k *Kernel) releaseTask(t *Task) {
	if h := k.Sighand(t); h != nil {
		if h.Refs--; h.Refs == 0 {
			k.State.Hands.Free(t.Hand)
		}
	}
	if p := k.Process(t); p != nil {
		if p.Refs--; p.Refs == 0 {
			k.State.Procs.Free(t.Proc)
		}
	}
	k.MM.PutFrame(t.Stack)
	k.unindexTask(t)
	k.State.Tasks.Free(t.ID)
}
