package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

var _ = define(kernel.Syscall{Nr: 90, Name: "chmod", Man: "chmod(2); fs/open.c:do_fchmodat",
	Args: args(pPath("pathname"), pOct("mode")), Fn: chmod})

func chmod(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[0], func(p string) abi.Errno { return k.VFS.Chmod(k.Ctx(t), abi.AT_FDCWD, p, a.Uint(1), 0) })
}

var _ = define(kernel.Syscall{Nr: 268, Name: "fchmodat", Man: "fchmodat(2); fs/open.c:do_fchmodat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pOct("mode")), Fn: fchmodat})

func fchmodat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[1], func(p string) abi.Errno { return k.VFS.Chmod(k.Ctx(t), a.Int(0), p, a.Uint(2), 0) })
}

var _ = define(kernel.Syscall{Nr: 452, Name: "fchmodat2", Man: "fchmodat2(2); fs/open.c:do_fchmodat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pOct("mode"), pFlags("flags", "at")), Fn: fchmodat2})

func fchmodat2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(3)&^uint32(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	return withPath(k, t, a[1], func(p string) abi.Errno {
		return k.VFS.Chmod(k.Ctx(t), a.Int(0), p, a.Uint(2), a.Uint(3))
	})
}

var _ = define(kernel.Syscall{Nr: 91, Name: "fchmod", Man: "fchmod(2); fs/open.c:fchmod",
	Args: args(pFD("fd"), pOct("mode")), Fn: fchmod})

func fchmod(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(k.VFS.Fchmod(k.Ctx(t), f, a.Uint(1)))
}

var _ = define(kernel.Syscall{Nr: 92, Name: "chown", Man: "chown(2); fs/open.c:do_fchownat",
	Args: args(pPath("pathname"), pInt("owner"), pInt("group")), Fn: chown})

func chown(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[0], func(p string) abi.Errno {
		return k.VFS.Chown(k.Ctx(t), abi.AT_FDCWD, p, a.Uint(1), a.Uint(2), 0)
	})
}

var _ = define(kernel.Syscall{Nr: 94, Name: "lchown", Man: "lchown(2); fs/open.c:do_fchownat",
	Args: args(pPath("pathname"), pInt("owner"), pInt("group")), Fn: lchown})

func lchown(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[0], func(p string) abi.Errno {
		return k.VFS.Chown(k.Ctx(t), abi.AT_FDCWD, p, a.Uint(1), a.Uint(2), abi.AT_SYMLINK_NOFOLLOW)
	})
}

var _ = define(kernel.Syscall{Nr: 260, Name: "fchownat", Man: "fchownat(2); fs/open.c:do_fchownat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pInt("owner"), pInt("group"), pFlags("flags", "at")), Fn: fchownat})

func fchownat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(4)&^uint32(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	return withPath(k, t, a[1], func(p string) abi.Errno {
		return k.VFS.Chown(k.Ctx(t), a.Int(0), p, a.Uint(2), a.Uint(3), a.Uint(4))
	})
}

var _ = define(kernel.Syscall{Nr: 93, Name: "fchown", Man: "fchown(2); fs/open.c:ksys_fchown",
	Args: args(pFD("fd"), pInt("owner"), pInt("group")), Fn: fchown})

func fchown(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(k.VFS.Fchown(k.Ctx(t), f, a.Uint(1), a.Uint(2)))
}

var _ = define(kernel.Syscall{Nr: 95, Name: "umask", Man: "umask(2); kernel/sys.c:umask",
	Args: args(pOct("mask")), Ret: kernel.ArgOct, Fn: umask})

func umask(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return int64(k.VFS.Umask(t.FS, a.Uint(0)&0o777)), abi.OK
}

// now2 is both times "now": what a NULL pointer means.
var now2 = [2]vfs.Time{{Nsec: abi.UTIME_NOW}, {Nsec: abi.UTIME_NOW}}

var _ = define(kernel.Syscall{Nr: 280, Name: "utimensat", Man: "utimensat(2); fs/utimes.c:do_utimes",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pStruct("times", "times"), pFlags("flags", "at")), Fn: utimensat})

func utimensat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	times := now2
	if a[2] != 0 {
		var v [4]int64
		if e := readWords(k, t, a[2], v[:]); e != abi.OK {
			return 0, e
		}
		if v[1] == abi.UTIME_OMIT && v[3] == abi.UTIME_OMIT {
			return 0, abi.OK
		}
		for i := range times {
			times[i] = vfs.Time{Sec: v[2*i], Nsec: uint32(v[2*i+1])}
			if n := v[2*i+1]; n != abi.UTIME_NOW && n != abi.UTIME_OMIT && (n < 0 || n >= second) {
				return 0, abi.EINVAL
			}
		}
	}
	if a.Uint(3)&^uint32(abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	if a[1] == 0 && a.Int(0) != abi.AT_FDCWD {
		if a.Uint(3)&^uint32(abi.AT_EMPTY_PATH) != 0 {
			return 0, abi.EINVAL
		}
		if _, e := k.VFS.Get(k.Ctx(t), a.Int(0)); e != abi.OK {
			return 0, e
		}
		return done(k.VFS.Utimens(k.Ctx(t), a.Int(0), "", times, abi.AT_EMPTY_PATH))
	}
	return setTimes(k, t, a.Int(0), a[1], times, a.Uint(3))
}

func setTimes(k *kernel.Kernel, t *kernel.Task, dirfd int32, addr uint64, times [2]vfs.Time, flags uint32) (int64, abi.Errno) {
	return withPath(k, t, addr, func(p string) abi.Errno {
		if p == "" && flags&abi.AT_EMPTY_PATH == 0 {
			return abi.ENOENT
		}
		return k.VFS.Utimens(k.Ctx(t), dirfd, p, times, flags)
	})
}

var _ = define(kernel.Syscall{Nr: 235, Name: "utimes", Man: "utimes(2); fs/utimes.c:do_futimesat",
	Args: args(pPath("filename"), pPtr("times")), Fn: utimes})

func utimes(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return timevals(k, t, abi.AT_FDCWD, a[0], a[1])
}

var _ = define(kernel.Syscall{Nr: 261, Name: "futimesat", Man: "futimesat(2); fs/utimes.c:do_futimesat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pPtr("times")), Fn: futimesat})

func futimesat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return timevals(k, t, a.Int(0), a[1], a[2])
}

func timevals(k *kernel.Kernel, t *kernel.Task, dirfd int32, path, addr uint64) (int64, abi.Errno) {
	times := now2
	if addr != 0 {
		var v [4]int64
		if e := readWords(k, t, addr, v[:]); e != abi.OK {
			return 0, e
		}
		for i := range times {
			if v[2*i+1] < 0 || v[2*i+1] >= 1_000_000 {
				return 0, abi.EINVAL
			}
			times[i] = vfs.Time{Sec: v[2*i], Nsec: uint32(v[2*i+1]) * 1000}
		}
	}
	if path == 0 && dirfd != abi.AT_FDCWD {
		return done(k.VFS.Utimens(k.Ctx(t), dirfd, "", times, abi.AT_EMPTY_PATH))
	}
	return setTimes(k, t, dirfd, path, times, 0)
}

var _ = define(kernel.Syscall{Nr: 132, Name: "utime", Man: "utime(2); fs/utimes.c:utime",
	Args: args(pPath("filename"), pPtr("times")), Fn: utime})

func utime(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	times := now2
	if a[1] != 0 {
		var v [2]int64
		if e := readWords(k, t, a[1], v[:]); e != abi.OK {
			return 0, e
		}
		times = [2]vfs.Time{{Sec: v[0]}, {Sec: v[1]}}
	}
	return setTimes(k, t, abi.AT_FDCWD, a[0], times, 0)
}
