package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Extended attributes. Each operation comes three times: by path, by path without following a link at its end, and by
// descriptor. xattr(7)

// onDentry is what one operation does to the dentry that the call's first argument names.
type onDentry func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, d vfs.DentryID) (int64, abi.Errno)

// byPath resolves the first argument, a path.
func byPath(flags uint32, do onDentry) kernel.Handler {
	return func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		path, e := k.CopyPath(t, a[0])
		if e != abi.OK {
			return 0, e
		}
		d, e := k.VFS.Lookup(k.Ctx(t), abi.AT_FDCWD, path, flags)
		if e != abi.OK {
			return 0, e
		}
		defer k.VFS.DPut(d)
		return do(k, t, a, d)
	}
}

// byFD takes the first argument for a descriptor.
func byFD(do onDentry) kernel.Handler {
	return func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
		if e != abi.OK {
			return 0, e
		}
		return do(k, t, a, k.VFS.XattrFile(f))
	}
}

// xattrName reads the name of an attribute; ERANGE when it is empty or too long. Linux fs/xattr.c:import_xattr_name
func xattrName(k *kernel.Kernel, t *kernel.Task, addr uint64) (string, abi.Errno) {
	b, e := k.MM.CopyString(t.ASID, addr, vfs.XattrNameMax+1)
	if e == abi.ENAMETOOLONG || e == abi.OK && len(b) == 0 {
		return "", abi.ERANGE
	}
	return string(b), e
}

// setXattr is setxattr(2). Linux fs/xattr.c:setxattr_copy, do_setxattr
func setXattr(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, d vfs.DentryID) (int64, abi.Errno) {
	if a.Uint(4)&^uint32(vfs.XattrCreate|vfs.XattrReplace) != 0 {
		return 0, abi.EINVAL
	}
	name, e := xattrName(k, t, a[1])
	if e != abi.OK {
		return 0, e
	}
	if a[3] > vfs.XattrSizeMax {
		return 0, abi.E2BIG
	}
	value := make([]byte, a[3])
	if e := k.CopyIn(t, a[2], value); e != abi.OK {
		return 0, e
	}
	return done(k.VFS.SetXattr(k.Ctx(t), d, name, value, a.Uint(4)))
}

// getXattr is getxattr(2).
func getXattr(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, d vfs.DentryID) (int64, abi.Errno) {
	name, e := xattrName(k, t, a[1])
	if e != abi.OK {
		return 0, e
	}
	value, e := k.VFS.GetXattr(k.Ctx(t), d, name)
	if e != abi.OK {
		return 0, e
	}
	return putXattr(k, t, a[2], a[3], value)
}

// listXattr is listxattr(2): names, each with its NUL.
func listXattr(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, d vfs.DentryID) (int64, abi.Errno) {
	names, e := k.VFS.ListXattr(k.Ctx(t), d)
	if e != abi.OK {
		return 0, e
	}
	var b []byte
	for _, name := range names {
		b = append(append(b, name...), 0)
	}
	return putXattr(k, t, a[1], a[2], b)
}

// putXattr gives what was asked for, or with a size of 0 how long it is.
func putXattr(k *kernel.Kernel, t *kernel.Task, addr, size uint64, b []byte) (int64, abi.Errno) {
	switch {
	case size == 0:
		return int64(len(b)), abi.OK
	case uint64(len(b)) > size:
		return 0, abi.ERANGE
	}
	return int64(len(b)), k.CopyOut(t, addr, b)
}

// removeXattr is removexattr(2).
func removeXattr(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, d vfs.DentryID) (int64, abi.Errno) {
	name, e := xattrName(k, t, a[1])
	if e != abi.OK {
		return 0, e
	}
	return done(k.VFS.RemoveXattr(k.Ctx(t), d, name))
}

// xattrCalls defines an operation's three calls, whose numbers follow each other.
func xattrCalls(nr uint16, name string, do onDentry, rest ...kernel.Arg) bool {
	call := func(i uint16, prefix string, first kernel.Arg, fn kernel.Handler) {
		define(kernel.Syscall{Nr: nr + i, Name: prefix + name, Man: name + "(2); fs/xattr.c", Args: append(args(first), rest...), Fn: fn})
	}
	call(0, "", pPath("path"), byPath(0, do))
	call(1, "l", pPath("path"), byPath(abi.AT_SYMLINK_NOFOLLOW, do))
	call(2, "f", pFD("fd"), byFD(do))
	return true
}

var (
	_ = xattrCalls(188, "setxattr", setXattr, pStr("name"), pPtr("value"), pUint("size"), pFlags("flags", "xattr"))
	_ = xattrCalls(191, "getxattr", getXattr, pStr("name"), pPtr("value"), pUint("size"))
	_ = xattrCalls(194, "listxattr", listXattr, pPtr("list"), pUint("size"))
	_ = xattrCalls(197, "removexattr", removeXattr, pStr("name"))
)
