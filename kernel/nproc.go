package kernel

import "vitrine/kernel/abi"

// overUserLimit tells whether t's real user would have more tasks than t's RLIMIT_NPROC with so many more. The limit does not
// hold for root. Linux kernel/ucount.c:is_rlimit_overlimit
func (k *Kernel) overUserLimit(t *Task, more uint64) bool {
	limit := k.Process(t).Rlimits[abi.RLIMIT_NPROC].Cur
	if t.Cred.UID == 0 || limit >= MaxTasks {
		return false
	}
	n := more
	k.ForEachTask(func(o *Task) bool {
		if o.Cred.UID == t.Cred.UID && o.Run != Dead {
			n++
		}
		return true
	})
	return n > limit
}

// NoteUserLimit follows a change of t's real user: setuid(2) does not fail for want of tasks, but execve(2) does.
// Linux kernel/sys.c:flag_nproc_exceeded
func (k *Kernel) NoteUserLimit(t *Task) { t.NProcExceeded = k.overUserLimit(t, 0) }
