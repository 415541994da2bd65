package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// pidFile is a pidfd as a file: ready when the process has ended.
type pidFile struct{ eventFile }

func (pidFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return 0, abi.EINVAL
}

func (pidFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return 0, abi.EINVAL
}

func (d pidFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	if d.k.Ended(d.k.PIDFileTask(f)) {
		return abi.POLLIN | abi.POLLRDNORM
	}
	return 0
}

func (pidFile) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	return kernel.EndKey(int32(f.Seq))
}

var _ = define(kernel.Syscall{Nr: 434, Name: "pidfd_open", Man: "pidfd_open(2); kernel/pid.c:pidfd_open",
	Args: args(pPID("pid"), pFlags("flags", "pidfd")), Fn: pidfdOpen})

func pidfdOpen(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	pid, flags := a.Int(0), a.Uint(1)
	if flags&^uint32(abi.O_NONBLOCK) != 0 || pid <= 0 {
		return 0, abi.EINVAL
	}
	o := k.FindTask(pid)
	switch {
	case o == nil:
		return 0, abi.ESRCH
	case !o.Leader():
		return 0, abi.EINVAL
	}
	fd, e := k.VFS.Install(k.Ctx(t), k.NewPIDFile(o, flags), 0, true)
	return int64(fd), e
}

// pidfdFile finds the pidfd of a descriptor.
func pidfdFile(k *kernel.Kernel, t *kernel.Task, fd int32) (*vfs.File, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), fd)
	if e != abi.OK {
		return nil, e
	}
	if k.VFS.Anon(f) != vfs.AnonPID {
		return nil, abi.EBADF
	}
	return k.VFS.File(f), abi.OK
}

var _ = define(kernel.Syscall{Nr: 424, Name: "pidfd_send_signal", Man: "pidfd_send_signal(2); kernel/signal.c:pidfd_send_signal",
	Args: args(pFD("pidfd"), pSig("sig"), pPtr("info"), pHex("flags")), Fn: pidfdSendSignal})

func pidfdSendSignal(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	sig := a.Int(1)
	if a.Uint(3) != 0 {
		return 0, abi.EINVAL
	}
	file, e := pidfdFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	pid := int32(file.Seq)
	info := fromUser(t, sig, abi.SI_USER)
	if a[2] != 0 {
		if info, e = readSiginfo(k, t, pid, sig, a[2]); e != abi.OK {
			return 0, e
		}
		if signo, _ := k.ReadU32(t, a[2]); int32(signo) != sig {
			return 0, abi.EINVAL
		}
	}
	if k.PIDFileTask(file) == nil {
		return 0, abi.ESRCH
	}
	return done(k.Kill(t, pid, info))
}

var _ = define(kernel.Syscall{Nr: 438, Name: "pidfd_getfd", Man: "pidfd_getfd(2); kernel/pid.c:pidfd_getfd",
	Args: args(pFD("pidfd"), pFD("targetfd"), pHex("flags")), Fn: pidfdGetfd})

// pidfdGetfd takes a descriptor of another process, which must be the caller's own or the caller root.
func pidfdGetfd(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(2) != 0 {
		return 0, abi.EINVAL
	}
	file, e := pidfdFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	o := k.PIDFileTask(file)
	if o == nil || k.Ended(o) {
		return 0, abi.ESRCH
	}
	if !mayTrace(k, t, o) {
		return 0, abi.EPERM
	}
	c := k.Ctx(t)
	theirs := *c
	theirs.Files = o.Files
	f, e := k.VFS.GetAny(&theirs, a.Int(1))
	if e != abi.OK {
		return 0, e
	}
	k.VFS.GetFile(f)
	fd, e := k.VFS.Install(c, f, 0, true)
	return int64(fd), e
}
