package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 59, Name: "execve", Man: "execve(2); fs/exec.c:do_execveat_common",
	Args: args(pPath("pathname"), pArgv("argv"), pStruct("envp", "env")), OnSignal: kernel.Uninterruptible, Fn: execve})

func execve(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return execveAt(k, t, abi.AT_FDCWD, a[0], a[1], a[2], 0)
}

var _ = define(kernel.Syscall{Nr: 322, Name: "execveat", Man: "execveat(2); fs/exec.c:do_execveat_common",
	Args:     args(pDirFD("dirfd"), pPath("pathname"), pArgv("argv"), pStruct("envp", "env"), pFlags("flags", "at")),
	OnSignal: kernel.Uninterruptible, Fn: execveat})

func execveat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return execveAt(k, t, a.Int(0), a[1], a[2], a[3], a.Uint(4))
}

func execveAt(k *kernel.Kernel, t *kernel.Task, dirfd int32, path, argv, envp uint64, flags uint32) (int64, abi.Errno) {
	name, e := k.CopyPath(t, path)
	if e != abi.OK {
		return 0, e
	}
	if name == "" && flags&abi.AT_EMPTY_PATH == 0 {
		return 0, abi.ENOENT
	}
	if flags&^uint32(abi.AT_EMPTY_PATH|abi.AT_SYMLINK_NOFOLLOW) != 0 {
		return 0, abi.EINVAL
	}
	args, e := k.CopyStrings(t, argv)
	if e != abi.OK {
		return 0, e
	}
	env, e := k.CopyStrings(t, envp)
	if e != abi.OK {
		return 0, e
	}
	return k.Execve(t, dirfd, name, args, env, flags)
}
