package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

var _ = define(kernel.Syscall{Nr: 165, Name: "mount", Man: "mount(2); fs/namespace.c:mount", Missing: "binding, moving, propagation other than private",
	Args: args(pStr("source"), pPath("target"), pStr("filesystemtype"), pFlags("mountflags", "mount"), pPtr("data")), Fn: mount})

func mount(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	var s [3]string // source, target, type
	for i, addr := range a[:3] {
		if addr == 0 && i != 1 {
			continue
		}
		var e abi.Errno
		if s[i], e = k.CopyPath(t, addr); e != abi.OK {
			return 0, e
		}
	}
	if !t.Capable(abi.CAP_SYS_ADMIN) {
		return 0, abi.EPERM
	}
	data := ""
	if a[4] != 0 {
		var e abi.Errno
		if data, e = k.CopyPath(t, a[4]); e != abi.OK {
			return 0, e
		}
	}
	e := k.VFS.Mount(k.Ctx(t), s[0], s[1], s[2], a[3], data)
	switch {
	case e == abi.ENODEV:
		k.Lacks(t, "file system type %.32q", s[2])
	case e == abi.EINVAL && a[3]&(vfs.MS_BIND|vfs.MS_MOVE|vfs.MS_SHARED|vfs.MS_SLAVE|vfs.MS_UNBINDABLE) != 0:
		k.Lacks(t, "mount with flags %#x", a[3])
	}
	return 0, e
}

var _ = define(kernel.Syscall{Nr: 166, Name: "umount2", Man: "umount(2); fs/namespace.c:ksys_umount", Missing: "MNT_EXPIRE; MNT_DETACH of what is in use",
	Args: args(pPath("target"), pFlags("flags", "umount")), Fn: umount2})

func umount2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	path, e := k.CopyPath(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	if !t.Capable(abi.CAP_SYS_ADMIN) {
		return 0, abi.EPERM
	}
	return done(k.VFS.Umount(k.Ctx(t), path, int(a.Int(1))))
}
