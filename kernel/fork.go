package kernel

import (
	"vitrine/engine/cpu"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/wait"
)

// CloneArgs are clone(2), clone3(2), fork(2) and vfork(2) in one. Linux struct kernel_clone_args
type CloneArgs struct {
	Flags      uint64
	Stack      uint64 // the child's RSP; 0 keeps the parent's
	TLS        uint64 // FS base; a descriptor when TLSEntry names its place in the GDT
	TLSEntry   uint32
	ParentTID  uint64
	PIDFile    uint64 // where the pidfd goes
	ChildTID   uint64
	ExitSignal int32
	SetTID     int32 // the child's PID, 0 to take the next
}

// Phases of a clone with CLONE_VFORK.
const vforkWaiting = 1

// Clone makes a task and returns its PID; with CLONE_VFORK it blocks until the child lets go of the memory.
// Linux kernel/fork.c:kernel_clone
func (k *Kernel) Clone(t *Task, c CloneArgs) (int64, abi.Errno) {
	if t.Sys.Phase == vforkWaiting {
		return k.waitVfork(t)
	}
	if e := k.checkClone(t, c); e != abi.OK {
		return 0, e
	}
	if c.Flags&abi.CLONE_PIDFD != 0 && !k.VFS.HasFreeFD(k.Ctx(t)) {
		return 0, abi.EMFILE
	}
	child, e := k.copyProcess(t, c)
	if e != abi.OK {
		return 0, e
	}
	k.State.Stats.Forks++
	k.Charge(costFork)
	if k.Trace.Has(trace.Fork) {
		k.Trace.Emit(trace.Fork, uint64(t.PID), uint64(child.PID))
	}
	if c.Flags&abi.CLONE_PARENT_SETTID != 0 {
		k.WriteU32(t, c.ParentTID, uint32(child.PID))
	}
	if c.Flags&abi.CLONE_PIDFD != 0 {
		k.givePIDFile(t, child, c.PIDFile)
	}
	k.enqueue(child, born)
	if c.Flags&abi.CLONE_VFORK == 0 {
		return int64(child.PID), abi.OK
	}
	child.Vfork = t.ID
	t.Sys.Phase = vforkWaiting
	t.Sys.Scratch[0] = uint64(child.PID)
	return k.waitVfork(t)
}

// waitVfork sleeps until completeVfork has cleared the child's link. Linux kernel/fork.c:wait_for_vfork_done
func (k *Kernel) waitVfork(t *Task) (int64, abi.Errno) {
	pid := int32(t.Sys.Scratch[0])
	child := k.FindTask(pid)
	if child == nil || child.Vfork != t.ID {
		return int64(pid), abi.OK
	}
	t.Sys.Deaf = true
	return 0, k.Block(t, wait.Never, wait.Key{Kind: wait.Vfork, ID: uint64(pid)})
}

// completeVfork lets the parent go on: the child has a new program or has ended.
func (k *Kernel) completeVfork(t *Task) {
	if t.Vfork == 0 {
		return
	}
	t.Vfork = 0
	k.Wake(wait.Key{Kind: wait.Vfork, ID: uint64(t.PID)}, -1)
}

// checkClone is the first part of Linux kernel/fork.c:copy_process.
func (k *Kernel) checkClone(t *Task, c CloneArgs) abi.Errno {
	const fsAndNS = abi.CLONE_FS | abi.CLONE_NEWNS
	const fsAndUser = abi.CLONE_FS | abi.CLONE_NEWUSER
	f := c.Flags
	switch {
	case f&fsAndNS == fsAndNS || f&fsAndUser == fsAndUser:
		return abi.EINVAL
	case f&abi.CLONE_PARENT != 0 && t.TGID == 1:
		return abi.EINVAL // a sibling of init nobody could wait for
	case f&abi.CLONE_THREAD != 0 && f&abi.CLONE_SIGHAND == 0:
		return abi.EINVAL
	case f&abi.CLONE_SIGHAND != 0 && f&abi.CLONE_VM == 0:
		return abi.EINVAL
	case f&abi.CLONE_CLEAR_SIGHAND != 0 && f&abi.CLONE_SIGHAND != 0:
		return abi.EINVAL
	case f&abi.CLONE_PIDFD != 0 && f&(abi.CLONE_THREAD|abi.CLONE_DETACHED) != 0:
		return abi.EINVAL
	case f&abi.CLONE_INTO_CGROUP != 0:
		return abi.EINVAL
	case f&abi.CLONE_SETTLS != 0 && c.TLSEntry == 0 && c.TLS >= k.MM.TaskSizeMax():
		return abi.EPERM
	}
	if e := k.namespaces(t, f); e != abi.OK {
		return e
	}
	return k.checkSetTID(t, c.SetTID)
}

// Namespaces are CLONE_NEW…: there is one of each kind, and there cannot be more.
const Namespaces = abi.CLONE_NEWNS | abi.CLONE_NEWCGROUP | abi.CLONE_NEWUTS | abi.CLONE_NEWIPC | abi.CLONE_NEWUSER |
	abi.CLONE_NEWPID | abi.CLONE_NEWNET

// namespaces refuses new ones as a Linux that is built without them. Linux kernel/nsproxy.c:copy_namespaces
func (k *Kernel) namespaces(t *Task, flags uint64) abi.Errno {
	switch {
	case flags&Namespaces == 0:
		return abi.OK
	case flags&Namespaces != abi.CLONE_NEWUSER && !t.Capable(abi.CAP_SYS_ADMIN):
		return abi.EPERM
	}
	return abi.EINVAL
}

// checkSetTID tells whether t may make a task with this number. Linux kernel/pid.c:alloc_pid
func (k *Kernel) checkSetTID(t *Task, pid int32) abi.Errno {
	switch {
	case pid == 0:
		return abi.OK
	case !t.Capable(abi.CAP_SYS_ADMIN):
		return abi.EPERM
	case pid >= MaxPID:
		return abi.EINVAL
	case k.pidInUse(pid):
		return abi.EEXIST
	}
	return abi.OK
}

// copyProcess makes the child, ready but not yet in the run queue. Linux kernel/fork.c:copy_process
func (k *Kernel) copyProcess(t *Task, c CloneArgs) (*Task, abi.Errno) {
	if int(k.State.Tasks.Live) >= k.MaxThreads() {
		return nil, abi.EAGAIN
	}
	if k.overUserLimit(t, 1) && !t.Capable(abi.CAP_SYS_RESOURCE) && !t.Capable(abi.CAP_SYS_ADMIN) {
		return nil, abi.EAGAIN
	}
	t.NProcExceeded = false
	stack, ok := k.MM.AllocFrame(mm.KernelStack, 0, 0)
	if !ok {
		return nil, abi.ENOMEM
	}
	space, e := k.copyMM(t, c.Flags)
	if e != abi.OK {
		k.MM.PutFrame(stack)
		return nil, e
	}
	id, child := k.State.Tasks.Alloc()
	*child = *t
	child.ID, child.ASID, child.Stack = id, space, stack
	if child.PID = c.SetTID; child.PID == 0 {
		child.PID = k.allocPID()
	}
	k.resetChild(child)
	k.copyFiles(t, child, c.Flags)
	k.copySignals(t, child, c.Flags)
	k.copyProc(t, child, c)
	k.copyThread(t, child, c)
	k.indexTask(child)
	return child, abi.OK
}

// resetChild clears what a child does not inherit.
func (k *Kernel) resetChild(t *Task) {
	t.Run, t.Sys, t.Wait = User, SysState{}, wait.State{}
	t.ClearChildTID, t.RobustList, t.RobustList32, t.Vfork = 0, 0, 0, 0
	t.UTime, t.STime, t.MinFlt, t.MajFlt, t.NVCsw, t.NIvCsw = 0, 0, 0, 0, 0, 0
	t.Start, t.PDeathSig, t.Resched = k.M.Now(), 0, Stay
	t.Sched, t.Nice = t.Sched.forked(t.Nice)
	t.Cred.Groups = append([]uint32(nil), t.Cred.Groups...)
}

func (k *Kernel) copyMM(t *Task, flags uint64) (mm.ASID, abi.Errno) {
	if flags&abi.CLONE_VM != 0 {
		k.MM.Hold(t.ASID)
		return t.ASID, abi.OK
	}
	return k.MM.Fork(t.ASID)
}

func (k *Kernel) copyFiles(t, child *Task, flags uint64) {
	if flags&abi.CLONE_FILES != 0 {
		k.VFS.ShareTable(t.Files)
	} else {
		child.Files = k.VFS.CopyTable(t.Files)
	}
	if flags&abi.CLONE_FS != 0 {
		k.VFS.ShareFS(t.FS)
	} else {
		child.FS = k.VFS.CopyFS(t.FS)
	}
}

// copySignals: the mask is inherited, pending signals are not. The alternate stack goes with the memory.
func (k *Kernel) copySignals(t, child *Task, flags uint64) {
	s := &child.Sig
	s.Pending, s.Queue, s.HasSaved = 0, nil, false
	if flags&(abi.CLONE_VM|abi.CLONE_VFORK) == abi.CLONE_VM {
		s.AltStack, s.AltSize, s.AltFlags = 0, 0, abi.SS_DISABLE
	}
	if flags&abi.CLONE_SIGHAND != 0 {
		k.Sighand(t).Refs++
		return
	}
	id, hand := k.State.Hands.Alloc()
	*hand = *k.Sighand(t)
	hand.Refs = 1
	child.Hand = id
	if flags&abi.CLONE_CLEAR_SIGHAND != 0 {
		hand.resetHandlers()
	}
}

// copyProc joins the parent's process for a thread and makes a process otherwise.
func (k *Kernel) copyProc(t, child *Task, c CloneArgs) {
	if c.Flags&abi.CLONE_THREAD != 0 {
		p := k.Process(t)
		p.Refs++
		p.Live++
		child.ExitSignal = -1
		return
	}
	old := k.Process(t)
	id, p := k.State.Procs.Alloc()
	*p = Process{Refs: 1, Live: 1, Rlimits: old.Rlimits, ExePath: old.ExePath, OOMAdj: old.OOMAdj,
		Personality: old.Personality, Membarrier: old.Membarrier, CoreFilter: old.CoreFilter, TTY: old.TTY}
	k.setExe(p, old.Exe)
	child.Proc = id
	child.TGID = child.PID
	child.PPID, child.ParentTID = t.TGID, t.PID
	child.ExitSignal = c.ExitSignal
	if c.Flags&abi.CLONE_PARENT != 0 {
		child.PPID, child.ParentTID, child.ExitSignal = t.PPID, t.ParentTID, k.leader(t).ExitSignal
	}
}

// copyThread gives the child the parent's registers on its own kernel stack, with 0 for the answer.
// Linux arch/x86/kernel/process.c:copy_thread
func (k *Kernel) copyThread(t, child *Task, c CloneArgs) {
	r := k.Regs(t)
	r.RAX = 0
	if c.Stack != 0 {
		r.RSP = c.Stack
	}
	k.SetRegs(child, &r)
	child.KRSP, child.KRIP = virt(child.frame()), k.sym.retFromFork
	s := &k.M.CPU.S
	saveFPU(s, &child.FPU) // the parent is on the CPU
	child.FSBase, child.GSBase = s.Seg[cpu.FS].Base, s.KernelGSBase
	k.saveSegments(child)
	switch {
	case c.Flags&abi.CLONE_SETTLS == 0:
	case c.TLSEntry != 0:
		child.TLS[c.TLSEntry-firstTLS] = c.TLS
		k.reloadTLS(child)
	default:
		child.FSBase = c.TLS
	}
	if c.Flags&abi.CLONE_CHILD_SETTID != 0 {
		k.WriteU32(child, c.ChildTID, uint32(child.PID))
	}
	if c.Flags&abi.CLONE_CHILD_CLEARTID != 0 {
		child.ClearChildTID = c.ChildTID
	}
}
