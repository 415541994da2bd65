package kernel

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Task returns the record, nil when there is none.
func (k *Kernel) Task(id TaskID) *Task { return k.State.Tasks.Get(id) }

// FindTask finds a thread by its PID (TID). Zombies are found, what is already released is not.
func (k *Kernel) FindTask(pid int32) *Task {
	if pid < 0 || pid >= MaxPID {
		return nil
	}
	if t := k.Task(k.index.byPID[pid]); t != nil && t.Run != Dead {
		return t
	}
	return nil
}

// ForEachTask calls fn for each task in order of ID until fn returns false.
func (k *Kernel) ForEachTask(fn func(t *Task) bool) {
	for i := range k.State.Tasks.Slots {
		if s := &k.State.Tasks.Slots[i]; s.Used && !fn(&s.V) {
			return
		}
	}
}

// forEachThread calls fn for each thread of t's process, the leader first if it was made first.
func (k *Kernel) forEachThread(t *Task, fn func(o *Task)) {
	k.each(k.index.threads[t.Proc], func(o *Task) bool {
		if o.Run != Dead {
			fn(o)
		}
		return true
	})
}

// forEachChild calls fn for each thread of each child of t's process until fn returns false.
func (k *Kernel) forEachChild(t *Task, fn func(c *Task) bool) {
	k.each(k.index.kids[t.Proc], fn)
}

// Process is what t shares with the other threads of its process.
func (k *Kernel) Process(t *Task) *Process { return k.State.Procs.Get(t.Proc) }

// Sighand is t's table of signal handlers.
func (k *Kernel) Sighand(t *Task) *Sighand { return k.State.Hands.Get(t.Hand) }

// leader is the first thread of t's process.
func (k *Kernel) leader(t *Task) *Task { return k.FindTask(t.TGID) }

// parent is the leader of the process that is told of t's end; nil for PID 1 and kernel threads.
func (k *Kernel) parent(t *Task) *Task {
	if t.PPID == 0 {
		return nil
	}
	return k.FindTask(t.PPID)
}

// Ctx is what the file layer needs to know of t.
func (k *Kernel) Ctx(t *Task) *vfs.Ctx {
	p := k.Process(t)
	return &vfs.Ctx{FSID: t.FS, Files: t.Files, UID: t.Cred.FSUID, GID: t.Cred.FSGID, Groups: t.Cred.Groups, Caps: t.Cred.Caps.Effective,
		NoFile: uint32(min(p.Rlimits[abi.RLIMIT_NOFILE].Cur, 1<<20)), FSize: p.Rlimits[abi.RLIMIT_FSIZE].Cur}
}

// MaxThreads is how many tasks there can be: kernel.threads-max, by the size of memory, but never fewer than minThreads.
// Linux kernel/fork.c:set_max_threads, with stacks of 16 KiB
func (k *Kernel) MaxThreads() int {
	return min(max(k.M.RAM.Frames()/32, minThreads), MaxTasks)
}

// allocPID hands out the number after the last one, skipping those in use as PID, group or session.
// Linux kernel/pid.c:alloc_pid
func (k *Kernel) allocPID() int32 {
	for {
		k.State.LastPID++
		if k.State.LastPID >= MaxPID {
			k.State.LastPID = 300 // RESERVED_PIDS
		}
		if !k.pidInUse(k.State.LastPID) {
			return k.State.LastPID
		}
	}
}

func (k *Kernel) pidInUse(pid int32) bool { return k.index.byPID[pid] != 0 || k.index.named[pid] != 0 }

// defaultRlimits are init's. Linux include/asm-generic/resource.h
func (k *Kernel) defaultRlimits() (r [16]Rlimit) {
	for i := range r {
		r[i] = Rlimit{abi.RLIM_INFINITY, abi.RLIM_INFINITY}
	}
	r[abi.RLIMIT_STACK].Cur = 8 << 20
	r[abi.RLIMIT_CORE].Cur = 0
	r[abi.RLIMIT_NPROC] = Rlimit{uint64(k.MaxThreads()), uint64(k.MaxThreads())}
	r[abi.RLIMIT_NOFILE] = Rlimit{1024, 4096}
	r[abi.RLIMIT_MEMLOCK] = Rlimit{8 << 20, 8 << 20}
	r[abi.RLIMIT_SIGPENDING] = Rlimit{maxQueued, maxQueued}
	r[abi.RLIMIT_MSGQUEUE] = Rlimit{819200, 819200}
	r[abi.RLIMIT_NICE] = Rlimit{0, 0}
	r[abi.RLIMIT_RTPRIO] = Rlimit{0, 0}
	return r
}
