package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// Extended attributes: no file system here keeps them.

func noAttributes(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	path, e := k.CopyPath(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	if _, e := k.VFS.Stat(k.Ctx(t), abi.AT_FDCWD, path, 0); e != abi.OK {
		return 0, e
	}
	return 0, abi.EOPNOTSUPP
}

func noLinkAttributes(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	path, e := k.CopyPath(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	if _, e := k.VFS.Stat(k.Ctx(t), abi.AT_FDCWD, path, abi.AT_SYMLINK_NOFOLLOW); e != abi.OK {
		return 0, e
	}
	return 0, abi.EOPNOTSUPP
}

func noFileAttributes(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if _, e := k.VFS.Get(k.Ctx(t), a.Int(0)); e != abi.OK {
		return 0, e
	}
	return 0, abi.EOPNOTSUPP
}

func xattrCall(nr uint16, name string, fn kernel.Handler, first kernel.Arg, rest ...kernel.Arg) bool {
	return define(kernel.Syscall{Nr: nr, Name: name, Man: name + "(2); fs/xattr.c", Args: append(args(first), rest...), Fn: fn})
}

var (
	_ = xattrCall(188, "setxattr", noAttributes, pPath("path"), pStr("name"), pPtr("value"), pUint("size"), pHex("flags"))
	_ = xattrCall(189, "lsetxattr", noLinkAttributes, pPath("path"), pStr("name"), pPtr("value"), pUint("size"), pHex("flags"))
	_ = xattrCall(190, "fsetxattr", noFileAttributes, pFD("fd"), pStr("name"), pPtr("value"), pUint("size"), pHex("flags"))
	_ = xattrCall(191, "getxattr", noAttributes, pPath("path"), pStr("name"), pPtr("value"), pUint("size"))
	_ = xattrCall(192, "lgetxattr", noLinkAttributes, pPath("path"), pStr("name"), pPtr("value"), pUint("size"))
	_ = xattrCall(193, "fgetxattr", noFileAttributes, pFD("fd"), pStr("name"), pPtr("value"), pUint("size"))
	_ = xattrCall(194, "listxattr", noAttributes, pPath("path"), pPtr("list"), pUint("size"))
	_ = xattrCall(195, "llistxattr", noLinkAttributes, pPath("path"), pPtr("list"), pUint("size"))
	_ = xattrCall(196, "flistxattr", noFileAttributes, pFD("fd"), pPtr("list"), pUint("size"))
	_ = xattrCall(197, "removexattr", noAttributes, pPath("path"), pStr("name"))
)
