package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// signalFile is a signalfd: its Data is the set of signals that are read from it, whoever reads.
type signalFile struct{ eventFile }

// sizeofSignalfd is sizeof(struct signalfd_siginfo).
const sizeofSignalfd = 128

func signalfdMask(f *vfs.File) uint64 { return binary.LittleEndian.Uint64(f.Data) }

func (d signalFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	if len(p) < sizeofSignalfd {
		return 0, abi.EINVAL
	}
	n := 0
	for ; len(p)-n >= sizeofSignalfd; n += sizeofSignalfd {
		info, ok := d.k.DequeueSignal(d.k.Current(), signalfdMask(f))
		if !ok {
			break
		}
		copy(p[n:], encodeSignalfd(&info))
	}
	if n == 0 {
		return 0, abi.EAGAIN
	}
	return n, abi.OK
}

// encodeSignalfd lays out struct signalfd_siginfo. Linux fs/signalfd.c:signalfd_copyinfo
func encodeSignalfd(i *kernel.Siginfo) []byte {
	b := make([]byte, sizeofSignalfd)
	le := binary.LittleEndian
	le.PutUint32(b, uint32(i.Signo))
	le.PutUint32(b[4:], uint32(i.Errno))
	le.PutUint32(b[8:], uint32(i.Code))
	value := func() {
		le.PutUint32(b[44:], uint32(i.Value))
		le.PutUint64(b[48:], i.Value)
	}
	switch {
	case i.Code == abi.SI_TIMER:
		le.PutUint32(b[24:], uint32(i.PID))
		le.PutUint32(b[32:], i.UID)
		value()
	case i.Signo == abi.SIGCHLD && i.Code > 0 && i.Code != abi.SI_KERNEL:
		le.PutUint32(b[12:], uint32(i.PID))
		le.PutUint32(b[16:], i.UID)
		le.PutUint32(b[40:], uint32(i.Status))
		le.PutUint64(b[56:], uint64(i.UTime))
		le.PutUint64(b[64:], uint64(i.STime))
	case i.Code > 0 && i.Code != abi.SI_KERNEL:
		le.PutUint64(b[72:], i.Addr)
	default:
		le.PutUint32(b[12:], uint32(i.PID))
		le.PutUint32(b[16:], i.UID)
		if i.Code < 0 && i.Code != abi.SI_TKILL {
			value()
		}
	}
	return b
}

func (signalFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return 0, abi.EINVAL
}

// Poll tells what waits for the caller, be it blocked or not.
func (d signalFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	t := d.k.Current()
	if (t.Sig.Pending|d.k.Process(t).Pending)&signalfdMask(f) != 0 {
		return abi.POLLIN
	}
	return 0
}

func (d signalFile) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	return kernel.SignalKey(d.k.Current())
}

var _ = define(kernel.Syscall{Nr: 282, Name: "signalfd", Man: "signalfd(2); fs/signalfd.c:do_signalfd4",
	Args: args(pFD("fd"), pStruct("mask", "sigset"), pUint("sizemask")), Fn: signalfd})

func signalfd(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return newSignalfd(k, t, a, 0)
}

var _ = define(kernel.Syscall{Nr: 289, Name: "signalfd4", Man: "signalfd4(2); fs/signalfd.c:do_signalfd4",
	Args: args(pFD("fd"), pStruct("mask", "sigset"), pUint("sizemask"), pFlags("flags", "sfdflags")), Fn: signalfd4})

func signalfd4(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return newSignalfd(k, t, a, a.Uint(3))
}

func newSignalfd(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, flags uint32) (int64, abi.Errno) {
	if a[2] != sigsetSize {
		return 0, abi.EINVAL
	}
	mask, e := k.ReadU64(t, a[1])
	if e != abi.OK {
		return 0, e
	}
	if flags&^uint32(abi.O_CLOEXEC|abi.O_NONBLOCK) != 0 {
		return 0, abi.EINVAL
	}
	mask &^= 1<<(abi.SIGKILL-1) | 1<<(abi.SIGSTOP-1)
	data := binary.LittleEndian.AppendUint64(nil, mask)
	if fd := a.Int(0); fd != -1 {
		f, e := k.VFS.Get(k.Ctx(t), fd)
		if e != abi.OK {
			return 0, e
		}
		if k.VFS.Anon(f) != vfs.AnonSignal {
			return 0, abi.EINVAL
		}
		k.VFS.File(f).Data = data
		k.Wake(kernel.SignalKey(t), -1)
		return int64(fd), abi.OK
	}
	f := k.VFS.NewAnonFile(vfs.AnonSignal, abi.O_RDWR|flags&abi.O_NONBLOCK)
	k.VFS.File(f).Data = data
	fd, e := k.VFS.Install(k.Ctx(t), f, 0, flags&abi.O_CLOEXEC != 0)
	return int64(fd), e
}
