package kernel

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// WaitFor says which children wait4(2) or waitid(2) means and what it does with them.
type WaitFor struct {
	PID     int32 // as wait4: > 0 that child, 0 the caller's group, -1 any, < -1 that group
	Options uint32
}

// Waited is what was found: PID 0 without an error is WNOHANG's "none yet".
type Waited struct {
	PID    int32
	UID    uint32
	Status int32 // as wait4 reports it
	Usage  Usage
}

// DoWait looks for a child that has something to tell; it blocks when there is none and WNOHANG is not given.
// Linux kernel/exit.c:do_wait
func (k *Kernel) DoWait(t *Task, w WaitFor) (Waited, abi.Errno) {
	any := false
	var found Waited
	look := func(c *Task) bool {
		if !k.waitMeans(t, c, w) {
			return true
		}
		any = true
		found = k.waitChild(t, c, w.Options)
		return found.PID == 0
	}
	if w.PID <= 0 {
		k.forEachChild(t, look)
	} else if c := k.FindTask(w.PID); c != nil {
		look(c)
	}
	if found.PID != 0 {
		return found, abi.OK
	}
	if !any {
		return found, abi.ECHILD
	}
	if w.Options&abi.WNOHANG != 0 {
		return found, abi.OK
	}
	return found, k.Block(t, wait.Never, wait.Key{Kind: wait.Child, ID: uint64(t.TGID)})
}

// waitMeans tells whether c is a child of t's process that the call is about.
// Linux kernel/exit.c:eligible_child, do_wait_thread
func (k *Kernel) waitMeans(t, c *Task, w WaitFor) bool {
	if c.PPID != t.TGID || !c.Leader() || c.Run == Dead || c.PID == 0 {
		return false
	}
	if w.Options&abi.WALL == 0 && (c.ExitSignal != abi.SIGCHLD) != (w.Options&abi.WCLONE != 0) {
		return false // "clone children" are those whose end another signal tells, or none
	}
	if w.Options&abi.WNOTHREAD != 0 && c.ParentTID != t.PID {
		return false
	}
	switch pid := w.PID; {
	case pid > 0:
		return c.PID == pid
	case pid == 0:
		return c.PGID == t.PGID
	case pid < -1:
		return c.PGID == -pid
	}
	return true
}

// waitChild takes what c has to tell. Linux kernel/exit.c:wait_consider_task
func (k *Kernel) waitChild(t, c *Task, options uint32) Waited {
	p := k.Process(c)
	w := Waited{PID: c.PID, UID: c.Cred.UID, Usage: k.ProcessUsage(c)}
	keep := options&abi.WNOWAIT != 0
	switch {
	case c.Run == Zombie && p.Live == 0 && options&abi.WEXITED != 0:
		w.Status = c.ExitStatus
		if !keep {
			kids := &k.Process(t).Children // times(2)
			kids.add(w.Usage)
			kids.add(p.Children)
			k.reap(c)
		}
		return w
	case p.StopSig != 0 && !p.StopTold && options&abi.WUNTRACED != 0:
		w.Status = abi.WaitStopped(int(p.StopSig))
		p.StopTold = !keep
		return w
	case p.ContTold && options&abi.WCONTINUED != 0:
		w.Status = abi.WaitContinuedStatus
		p.ContTold = keep
		return w
	}
	return Waited{}
}
