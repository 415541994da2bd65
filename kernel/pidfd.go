package kernel

import (
	"encoding/binary"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// A pidfd is a file whose Seq is a PID and whose Data is when that process began: a PID that was given again is
// somebody else. pidfd_open(2)

// NewPIDFile opens a process, of which t is the leader.
func (k *Kernel) NewPIDFile(t *Task, flags uint32) vfs.FileID {
	f := k.VFS.NewAnonFile(vfs.AnonPID, abi.O_RDWR|flags&abi.O_NONBLOCK)
	file := k.VFS.File(f)
	file.Seq, file.Data = uint64(t.PID), binary.LittleEndian.AppendUint64(nil, t.Start)
	return f
}

// PIDFileTask is the process of a pidfd, nil when it was waited for.
func (k *Kernel) PIDFileTask(file *vfs.File) *Task {
	t := k.FindTask(int32(file.Seq))
	if t == nil || t.Start != binary.LittleEndian.Uint64(file.Data) {
		return nil
	}
	return t
}

// Ended tells whether all threads of a process have ended.
func (k *Kernel) Ended(t *Task) bool { return t == nil || t.Run == Zombie && k.Process(t).Live == 0 }

// EndKey is what to sleep on until a process ends.
func EndKey(pid int32) wait.Key { return wait.Key{Kind: wait.ProcessEnd, ID: uint64(pid)} }

// SignalKey is what a signalfd's reader sleeps on: any signal to its process.
func SignalKey(t *Task) wait.Key { return wait.Key{Kind: wait.SignalFile, ID: uint64(t.TGID)} }

// givePIDFile stores a pidfd for a new child in its parent's table. Linux kernel/fork.c:copy_process, pidfd_prepare
func (k *Kernel) givePIDFile(t, child *Task, addr uint64) {
	fd, e := k.VFS.Install(k.Ctx(t), k.NewPIDFile(child, 0), 0, true)
	if e == abi.OK {
		k.WriteU32(t, addr, uint32(fd))
	}
}
