package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// inotifyFile is an inotify instance as a file. Its events lie in Data (vfs/notify.go).
type inotifyFile struct{ eventFile }

func (d inotifyFile) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode) {
	for id := vfs.FileID(1); int(id) <= v.S.Files.Len(); id++ {
		if v.File(id) == f {
			v.ReleaseWatches(id)
		}
	}
}

func (inotifyFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return f.ReadEvents(p)
}

func (inotifyFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return 0, abi.EBADF // it is open for reading only
}

func (inotifyFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	if len(f.Data) > 0 {
		return abi.POLLIN | abi.POLLRDNORM
	}
	return 0
}

func (inotifyFile) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	if cmd != abi.FIONREAD {
		return 0, abi.ENOTTY
	}
	return 0, um.CopyOut(arg, binary.LittleEndian.AppendUint32(nil, uint32(len(f.Data))))
}

var _ = define(kernel.Syscall{Nr: 253, Name: "inotify_init", Man: "inotify_init(2); fs/notify/inotify/inotify_user.c:do_inotify_init",
	Fn: inotifyInit})

func inotifyInit(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return newInotify(k, t, 0)
}

var _ = define(kernel.Syscall{Nr: 294, Name: "inotify_init1", Man: "inotify_init1(2); fs/notify/inotify/inotify_user.c:do_inotify_init",
	Args: args(pFlags("flags", "inflags")), Fn: inotifyInit1})

func inotifyInit1(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(0)&^uint32(abi.O_CLOEXEC|abi.O_NONBLOCK) != 0 {
		return 0, abi.EINVAL
	}
	return newInotify(k, t, a.Uint(0))
}

func newInotify(k *kernel.Kernel, t *kernel.Task, flags uint32) (int64, abi.Errno) {
	f := k.VFS.NewAnonFile(vfs.AnonInotify, abi.O_RDONLY|flags&abi.O_NONBLOCK)
	fd, e := k.VFS.Install(k.Ctx(t), f, 0, flags&abi.O_CLOEXEC != 0)
	return int64(fd), e
}

var _ = define(kernel.Syscall{Nr: 254, Name: "inotify_add_watch", Man: "inotify_add_watch(2); fs/notify/inotify/inotify_user.c:inotify_add_watch",
	Args: args(pFD("fd"), pPath("pathname"), pFlags("mask", "inotify")), Fn: inotifyAddWatch})

func inotifyAddWatch(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	const known = abi.IN_ALL_EVENTS | abi.IN_UNMOUNT | abi.IN_Q_OVERFLOW | abi.IN_IGNORED | abi.IN_ONLYDIR | abi.IN_DONT_FOLLOW |
		abi.IN_EXCL_UNLINK | abi.IN_MASK_ADD | abi.IN_MASK_CREATE | abi.IN_ISDIR | abi.IN_ONESHOT
	mask := a.Uint(2)
	if mask&known == 0 {
		return 0, abi.EINVAL
	}
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if mask&abi.IN_MASK_ADD != 0 && mask&abi.IN_MASK_CREATE != 0 || k.VFS.Anon(f) != vfs.AnonInotify {
		return 0, abi.EINVAL
	}
	path, e := k.CopyPath(t, a[1])
	if e != abi.OK {
		return 0, e
	}
	wd, e := k.VFS.AddWatch(k.Ctx(t), f, path, mask)
	return int64(wd), e
}

var _ = define(kernel.Syscall{Nr: 255, Name: "inotify_rm_watch", Man: "inotify_rm_watch(2); fs/notify/inotify/inotify_user.c:inotify_rm_watch",
	Args: args(pFD("fd"), pInt("wd")), Fn: inotifyRmWatch})

func inotifyRmWatch(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if k.VFS.Anon(f) != vfs.AnonInotify {
		return 0, abi.EINVAL
	}
	return done(k.VFS.RemoveWatch(f, a.Int(1)))
}
