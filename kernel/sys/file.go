package sys

import (
	"cmp"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

var _ = define(kernel.Syscall{Nr: 8, Name: "lseek", Man: "lseek(2); fs/read_write.c:ksys_lseek",
	Args: args(pFD("fd"), pInt("offset"), pFlags("whence", "whence")), Fn: lseek})

func lseek(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if isDevice(k, f, devKmsg) {
		return done(fs.SeekKmsg(k.VFS.File(f), facts{k}.KernelLog(), int64(a[1]), int(a.Int(2))))
	}
	if fileMode(k, f) == abi.S_IFCHR && !isTTY(k, f) || k.VFS.Anon(f) != vfs.NoAnon {
		return 0, abi.OK // null_lseek, noop_llseek: a position means nothing there
	}
	return k.VFS.Lseek(f, int64(a[1]), int(a.Int(2)))
}

var _ = define(kernel.Syscall{Nr: 77, Name: "ftruncate", Man: "ftruncate(2); fs/open.c:do_sys_ftruncate",
	Args: args(pFD("fd"), pInt("length")), Fn: ftruncate})

func ftruncate(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if int64(a[1]) < 0 {
		return 0, abi.EINVAL
	}
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	e = k.VFS.Ftruncate(k.Ctx(t), f, int64(a[1]))
	signalFailedWrite(k, t, e)
	return done(e)
}

var _ = define(kernel.Syscall{Nr: 76, Name: "truncate", Man: "truncate(2); fs/open.c:do_sys_truncate",
	Args: args(pPath("path"), pInt("length")), Fn: truncate})

func truncate(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if int64(a[1]) < 0 {
		return 0, abi.EINVAL
	}
	path, e := k.CopyPath(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	e = k.VFS.Truncate(k.Ctx(t), path, int64(a[1]))
	signalFailedWrite(k, t, e)
	return done(e)
}

var _ = define(kernel.Syscall{Nr: 285, Name: "fallocate", Man: "fallocate(2); fs/open.c:ksys_fallocate", Missing: "on the disk anything but making holes, as Linux refuses it without extents",
	Args: args(pFD("fd"), pHex("mode"), pInt("offset"), pInt("len")), Fn: fallocate})

func fallocate(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if int64(a[2]) < 0 || int64(a[3]) <= 0 {
		return 0, abi.EINVAL
	}
	return done(k.VFS.Fallocate(k.Ctx(t), f, a.Uint(1), int64(a[2]), int64(a[3])))
}

var _ = define(kernel.Syscall{Nr: 74, Name: "fsync", Man: "fsync(2); fs/sync.c:do_fsync",
	Args: args(pFD("fd")), Fn: fsync, OnSignal: kernel.Uninterruptible})

func fsync(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(k.VFS.Fsync(f))
}

var _ = define(kernel.Syscall{Nr: 75, Name: "fdatasync", Man: "fdatasync(2); fs/sync.c:do_fsync",
	Args: args(pFD("fd")), Fn: fsync, OnSignal: kernel.Uninterruptible})

var _ = define(kernel.Syscall{Nr: 162, Name: "sync", Man: "sync(2); fs/sync.c:ksys_sync", Fn: syncAll})

func syncAll(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.VFS.Sync())
}

var _ = define(kernel.Syscall{Nr: 306, Name: "syncfs", Man: "syncfs(2); fs/sync.c:syncfs",
	Args: args(pFD("fd")), Fn: syncfs})

func syncfs(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if _, e := k.VFS.Get(k.Ctx(t), a.Int(0)); e != abi.OK {
		return 0, e
	}
	return done(k.VFS.Sync())
}

var _ = define(kernel.Syscall{Nr: 221, Name: "fadvise64", Man: "posix_fadvise(2); mm/fadvise.c:ksys_fadvise64_64",
	Args: args(pFD("fd"), pInt("offset"), pInt("len"), pFlags("advice", "fadvise")), Fn: fadvise})

// fadvise checks and does nothing: the page cache reads what is touched.
func fadvise(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if fileMode(k, f) == abi.S_IFIFO {
		return 0, abi.ESPIPE
	}
	if int64(a[2]) < 0 || a.Uint(3) > 5 {
		return 0, abi.EINVAL
	}
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 187, Name: "readahead", Man: "readahead(2); mm/readahead.c",
	Args: args(pFD("fd"), pInt("offset"), pUint("count")), Fn: readahead})

func readahead(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if k.VFS.FileFlags(f)&abi.O_ACCMODE == abi.O_WRONLY {
		return 0, abi.EBADF
	}
	if fileMode(k, f) != abi.S_IFREG {
		return 0, abi.EINVAL
	}
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 73, Name: "flock", Man: "flock(2); fs/locks.c:flock",
	Args: args(pFD("fd"), pFlags("operation", "flock")), Fn: flock})

func flock(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	const mandatory = 32 // LOCK_MAND: no longer there, and ignored
	if a.Int(1)&mandatory != 0 {
		return 0, abi.OK
	}
	switch a.Int(1) &^ abi.LOCK_NB {
	case abi.LOCK_SH, abi.LOCK_EX, abi.LOCK_UN:
	default:
		return 0, abi.EINVAL
	}
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != 0 {
		return 0, e
	}
	op := a.Int(1)
	l := vfs.Lock{Inode: k.VFS.File(f).Inode, Owner: vfs.Owner{Kind: vfs.OwnerFlock, ID: uint32(f)}, PID: t.TGID,
		End: vfs.LockEnd, Exclusive: op&abi.LOCK_EX != 0}
	if op&abi.LOCK_UN != 0 {
		k.VFS.ClearLock(l)
		return 0, 0
	}
	return setLock(k, t, l, op&abi.LOCK_NB == 0)
}

// setLock takes a lock, sleeping while others are in the way if it may.
func setLock(k *kernel.Kernel, t *kernel.Task, l vfs.Lock, sleeps bool) (int64, abi.Errno) {
	e := k.VFS.SetLock(l)
	if e != abi.EAGAIN || !sleeps {
		return 0, e
	}
	if l.Owner.Kind == vfs.OwnerTable {
		if deadlock(k, &l) {
			return 0, abi.EDEADLK
		}
		t.Sys.Scratch = [4]uint64{uint64(l.Inode), l.Start, l.End, wantsRecord | uint64(toInt(l.Exclusive))}
	}
	return 0, k.Block(t, wait.Never, vfs.LockKey(l.Inode))
}

// wantsRecord marks in Scratch[3] that a task waits for a lock of its process, which the other words describe.
const wantsRecord = 2

// maxDeadlock is how far a chain of processes that wait for each other is followed. Linux MAX_DEADLK_ITERATIONS
const maxDeadlock = 10

// deadlock tells whether who holds what l's owner wants waits for that owner in turn. Linux fs/locks.c:posix_locks_deadlock
func deadlock(k *kernel.Kernel, l *vfs.Lock) bool {
	holder := k.VFS.Conflict(l)
	for range maxDeadlock {
		if holder == nil {
			return false
		}
		want, waits := wantedBy(k, holder.Owner)
		if !waits {
			return false
		}
		if holder = k.VFS.Conflict(&want); holder != nil && holder.Owner == l.Owner {
			return true
		}
	}
	return false
}

// wantedBy is the lock that a process sleeps for.
func wantedBy(k *kernel.Kernel, o vfs.Owner) (l vfs.Lock, waits bool) {
	if o.Kind != vfs.OwnerTable {
		return l, false
	}
	k.ForEachTask(func(t *kernel.Task) bool {
		s := &t.Sys.Scratch
		if waits = t.Run == kernel.Sleep && t.Wait.Reason == wait.FileLock && uint32(t.Files) == o.ID && s[3]&wantsRecord != 0; waits {
			l = vfs.Lock{Inode: vfs.InodeID(s[0]), Owner: o, Start: s[1], End: s[2], Exclusive: s[3]&1 != 0}
		}
		return !waits
	})
	return l, waits
}

var _ = define(kernel.Syscall{Nr: 72, Name: "fcntl", Man: "fcntl(2); fs/fcntl.c:do_fcntl", Missing: "leases, F_NOTIFY",
	Args: args(pFD("fd"), pFlags("cmd", "fcntl"), pHex("arg")), Fn: fcntl})

func fcntl(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	c, fd, cmd := k.Ctx(t), a.Int(0), a.Int(1)
	f, e := k.VFS.GetAny(c, fd)
	if e != abi.OK {
		return 0, e
	}
	flags := k.VFS.FileFlags(f)
	if flags&abi.O_PATH != 0 && !pathCommand(cmd) {
		return 0, abi.EBADF
	}
	switch cmd {
	case abi.F_DUPFD, abi.F_DUPFD_CLOEXEC:
		if int32(a[2]) < 0 || uint64(uint32(a[2])) >= k.Process(t).Rlimits[abi.RLIMIT_NOFILE].Cur {
			return 0, abi.EINVAL
		}
		n, e := k.VFS.Dup(c, fd, a.Int(2), cmd == abi.F_DUPFD_CLOEXEC)
		return int64(n), e
	case abi.F_GETFD:
		on, e := k.VFS.Cloexec(c, fd)
		if on {
			return abi.FD_CLOEXEC, e
		}
		return 0, e
	case abi.F_SETFD:
		return done(k.VFS.SetCloexec(c, fd, a[2]&abi.FD_CLOEXEC != 0))
	case abi.F_GETFL:
		return int64(flags), abi.OK
	case abi.F_SETFL:
		return done(k.VFS.SetFileFlags(f, a.Uint(2), fd))
	case abi.F_GET_SEALS:
		seals, e := k.VFS.Seals(f)
		return int64(seals), e
	case abi.F_ADD_SEALS:
		return done(addSeals(k, f, a.Uint(2)))
	case abi.F_GETPIPE_SZ, abi.F_SETPIPE_SZ:
		return pipeSize(k, f, cmd, a.Uint(2))
	case abi.F_GETLK, abi.F_SETLK, abi.F_SETLKW, abi.F_OFD_GETLK, abi.F_OFD_SETLK, abi.F_OFD_SETLKW:
		return recordLock(k, t, f, cmd, a[2])
	case abi.F_SETOWN, abi.F_GETOWN, abi.F_SETSIG, abi.F_GETSIG, abi.F_SETOWN_EX, abi.F_GETOWN_EX:
		return fileOwner(k, t, f, cmd, a[2])
	case abi.F_GETLEASE:
		return abi.F_UNLCK, abi.OK // nobody has any
	}
	k.Lacks(t, "fcntl command %d", cmd)
	return 0, abi.EINVAL
}

// pathCommand tells whether fcntl(2) allows cmd on an O_PATH descriptor. Linux fs/fcntl.c:check_fcntl_cmd
func pathCommand(cmd int32) bool {
	switch cmd {
	case abi.F_DUPFD, abi.F_DUPFD_CLOEXEC, abi.F_GETFD, abi.F_SETFD, abi.F_GETFL:
		return true
	}
	return false
}

func pipeSize(k *kernel.Kernel, f vfs.FileID, cmd int32, size uint32) (int64, abi.Errno) {
	n, e := 0, abi.OK
	if cmd == abi.F_GETPIPE_SZ {
		n, e = k.VFS.PipeSize(f)
	} else {
		n, e = k.VFS.SetPipeSize(f, uint64(size))
	}
	return int64(n), e
}

var _ = define(kernel.Syscall{Nr: 40, Name: "sendfile", Man: "sendfile(2); fs/read_write.c:do_sendfile",
	Args: args(pFD("out_fd"), pFD("in_fd"), pPtr("offset"), pUint("count")), Fn: sendfile})

func sendfile(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	c := k.Ctx(t)
	in, e := k.VFS.Get(c, a.Int(1))
	if e != abi.OK {
		return 0, e
	}
	out, e := k.VFS.Get(c, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if k.VFS.FileFlags(in)&abi.O_ACCMODE == abi.O_WRONLY || k.VFS.FileFlags(out)&abi.O_ACCMODE == abi.O_RDONLY {
		return 0, abi.EBADF
	}
	if fileMode(k, in) != abi.S_IFREG && fileMode(k, in) != abi.S_IFBLK || k.VFS.FileFlags(out)&abi.O_APPEND != 0 {
		return 0, abi.EINVAL
	}
	return moveFile(k, t, in, out, a[2], 0, min(a[3], maxRWCount))
}

var _ = define(kernel.Syscall{Nr: 326, Name: "copy_file_range", Man: "copy_file_range(2); fs/read_write.c:vfs_copy_file_range",
	Args: args(pFD("fd_in"), pPtr("off_in"), pFD("fd_out"), pPtr("off_out"), pUint("len"), pHex("flags")), Fn: copyFileRange})

func copyFileRange(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	c := k.Ctx(t)
	in, e := k.VFS.Get(c, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	out, e := k.VFS.Get(c, a.Int(2))
	if e != abi.OK {
		return 0, e
	}
	if a.Uint(5) != 0 {
		return 0, abi.EINVAL
	}
	if isDir(k, in) || isDir(k, out) {
		return 0, abi.EISDIR
	}
	if fileMode(k, in) != abi.S_IFREG || fileMode(k, out) != abi.S_IFREG {
		return 0, abi.EINVAL
	}
	if k.VFS.FileFlags(in)&abi.O_ACCMODE == abi.O_WRONLY || k.VFS.FileFlags(out)&abi.O_ACCMODE == abi.O_RDONLY ||
		k.VFS.FileFlags(out)&abi.O_APPEND != 0 {
		return 0, abi.EBADF
	}
	if overlap, e := copyOverlaps(k, t, in, out, a); overlap || e != abi.OK {
		return 0, cmp.Or(e, abi.EINVAL)
	}
	return moveFile(k, t, in, out, a[1], a[3], min(a[4], maxRWCount))
}

// copyOverlaps tells whether copy_file_range would copy a part of a file to itself. Linux fs/read_write.c:generic_copy_file_checks
func copyOverlaps(k *kernel.Kernel, t *kernel.Task, in, out vfs.FileID, a *kernel.Args) (bool, abi.Errno) {
	if k.VFS.File(in).Inode != k.VFS.File(out).Inode || t.Sys.Done > 0 {
		return false, abi.OK
	}
	from, e := movePosition(k, t, in, a[1])
	if e != abi.OK {
		return false, e
	}
	to, e := movePosition(k, t, out, a[3])
	n := min(int64(min(a[4], maxRWCount)), max(k.VFS.Fstat(in).Size-from, 0))
	return from < to+n && to < from+n, e
}

// moveFile copies n bytes between open files. inOff and outOff are addresses of positions in user memory that are
// used and moved in place of the files' own; 0 means the file's own.
func moveFile(k *kernel.Kernel, t *kernel.Task, in, out vfs.FileID, inOff, outOff, n uint64) (int64, abi.Errno) {
	inAt, e := movePosition(k, t, in, inOff)
	if e != abi.OK {
		return 0, e
	}
	outAt := int64(0)
	if outOff != 0 {
		if outAt, e = movePosition(k, t, out, outOff); e != abi.OK {
			return 0, e
		}
	}
	inAt, outAt = inAt+int64(t.Sys.Done), outAt+int64(t.Sys.Done)
	buf := make([]byte, min(n, chunk))
	for t.Sys.Done < n && e == abi.OK {
		if paused, ended := k.Pause(t, 0); paused {
			storePosition(k, t, in, inOff, 0, inAt)
			return 0, abi.ErrPaused
		} else if ended {
			break
		}
		got, we := 0, 0
		got, e = k.VFS.Pread(in, buf[:min(n-t.Sys.Done, uint64(len(buf)))], inAt)
		if got == 0 || e != abi.OK {
			break
		}
		k.ChargeCopy(got)
		if outOff != 0 {
			we, e = k.VFS.Pwrite(k.Ctx(t), out, buf[:got], outAt)
		} else {
			we, e = k.VFS.Write(k.Ctx(t), out, buf[:got])
		}
		inAt, outAt, t.Sys.Done = inAt+int64(we), outAt+int64(we), t.Sys.Done+uint64(we)
	}
	if e == abi.EAGAIN && k.VFS.FileFlags(out)&abi.O_NONBLOCK == 0 {
		storePosition(k, t, in, inOff, 0, inAt)
		return sleep(k, t, wait.Never, k.VFS.WaitKey(out, true))
	}
	storePosition(k, t, in, inOff, t.Sys.Done, inAt)
	if outOff != 0 {
		writeWords(k, t, outOff, outAt)
	}
	if e != abi.OK {
		signalFailedWrite(k, t, e)
	}
	return partial(t.Sys.Done, e)
}

// movePosition is where a transfer starts. While a transfer sleeps its own position lies in Scratch[1], +1.
func movePosition(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, addr uint64) (int64, abi.Errno) {
	if addr == 0 {
		return k.VFS.S.Files.Get(f).Pos - int64(t.Sys.Scratch[1]), abi.OK
	}
	var v [1]int64
	if e := readWords(k, t, addr, v[:]); e != abi.OK {
		return 0, e
	}
	if v[0] < 0 {
		return 0, abi.EINVAL
	}
	return v[0], abi.OK
}

// storePosition moves the input's position: the file's own at once (and remembers by how much, for the next
// invocation), the caller's only at the end.
func storePosition(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, addr, moved uint64, at int64) {
	if addr == 0 {
		k.VFS.S.Files.Get(f).Pos = at
		t.Sys.Scratch[1] = t.Sys.Done
		return
	}
	if moved > 0 {
		writeWords(k, t, addr, at)
	}
}
