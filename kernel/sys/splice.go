package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// Flags of splice(2), tee(2) and vmsplice(2). Pages are copied here, as Linux may do for all of them.
const (
	spliceMove     = 1
	spliceNonblock = 2
	spliceMore     = 4
	spliceGift     = 8
	spliceFlags    = spliceMove | spliceNonblock | spliceMore | spliceGift
)

var _ = define(kernel.Syscall{Nr: 275, Name: "splice", Man: "splice(2); fs/splice.c:do_splice", Missing: "sockets and terminals",
	Args: args(pFD("fd_in"), pPtr("off_in"), pFD("fd_out"), pPtr("off_out"), pUint("len"), pFlags("flags", "splice")), Fn: splice})

// splice moves bytes between a pipe and another file.
func splice(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(5)&^spliceFlags != 0 {
		return 0, abi.EINVAL
	}
	if a[4] == 0 {
		return 0, abi.OK
	}
	in, out, e := transferEnds(k, t, a.Int(0), a.Int(2))
	if e != abi.OK {
		return 0, e
	}
	fromPipe, toPipe := k.VFS.IsPipe(in), k.VFS.IsPipe(out)
	switch {
	case fromPipe && a[1] != 0, toPipe && a[3] != 0:
		return 0, abi.ESPIPE
	case !fromPipe && !toPipe, fromPipe && toPipe && k.VFS.File(in).Inode == k.VFS.File(out).Inode:
		return 0, abi.EINVAL
	case toPipe && !fromPipe && !spliceable(k, in), fromPipe && !toPipe && !spliceable(k, out),
		fromPipe && !toPipe && k.VFS.FileFlags(out)&abi.O_APPEND != 0:
		return 0, abi.EINVAL
	}
	nonblock := a.Uint(5)&spliceNonblock != 0
	if fromPipe {
		return fromPipeTo(k, t, in, out, a[3], min(a[4], maxRWCount), nonblock)
	}
	return toPipeFrom(k, t, in, out, a[1], min(a[4], maxRWCount), nonblock)
}

// transferEnds finds the files of a transfer: one to read, one to write.
func transferEnds(k *kernel.Kernel, t *kernel.Task, infd, outfd int32) (in, out vfs.FileID, e abi.Errno) {
	c := k.Ctx(t)
	if in, e = k.VFS.Get(c, infd); e != abi.OK {
		return 0, 0, e
	}
	if out, e = k.VFS.Get(c, outfd); e != abi.OK {
		return 0, 0, e
	}
	if k.VFS.FileFlags(in)&abi.O_ACCMODE == abi.O_WRONLY || k.VFS.FileFlags(out)&abi.O_ACCMODE == abi.O_RDONLY {
		return 0, 0, abi.EBADF
	}
	return in, out, abi.OK
}

// spliceable tells whether a file that is no pipe can be spliced: those whose reads and writes are plain transfers.
func spliceable(k *kernel.Kernel, f vfs.FileID) bool {
	switch fileMode(k, f) {
	case abi.S_IFDIR, abi.S_IFSOCK:
		return false
	}
	return k.VFS.Anon(f) == vfs.NoAnon && !isTTY(k, f)
}

// fromPipeTo empties a pipe into a file or another pipe. Linux fs/splice.c:splice_from_pipe, splice_pipe_to_pipe
func fromPipeTo(k *kernel.Kernel, t *kernel.Task, in, out vfs.FileID, outOff, n uint64, nonblock bool) (int64, abi.Errno) {
	buf := make([]byte, min(n, chunk))
	got := k.VFS.PipePeek(in, 0, buf)
	if got == 0 {
		return emptyPipe(k, t, in, nonblock)
	}
	at, e := int64(0), abi.Errno(abi.OK)
	if outOff != 0 {
		var v [1]int64
		if e = readWords(k, t, outOff, v[:]); e != abi.OK {
			return 0, e
		}
		if at = v[0]; at < 0 {
			return 0, abi.EINVAL
		}
	}
	wrote := 0
	if outOff != 0 {
		wrote, e = k.VFS.Pwrite(k.Ctx(t), out, buf[:got], at)
	} else {
		wrote, e = k.VFS.Write(k.Ctx(t), out, buf[:got])
	}
	if e == abi.EAGAIN && !nonblock && k.VFS.FileFlags(out)&abi.O_NONBLOCK == 0 {
		return sleep(k, t, wait.Never, k.VFS.WaitKey(out, true))
	}
	if e != abi.OK {
		signalFailedWrite(k, t, e)
		return 0, e
	}
	k.VFS.PipeSkip(in, wrote)
	if outOff != 0 {
		e = writeWords(k, t, outOff, at+int64(wrote))
	}
	return int64(wrote), e
}

// emptyPipe is what a transfer out of an empty pipe does: end, or wait for a writer.
func emptyPipe(k *kernel.Kernel, t *kernel.Task, in vfs.FileID, nonblock bool) (int64, abi.Errno) {
	switch {
	case !k.VFS.PipeWriters(in):
		return 0, abi.OK
	case nonblock || k.VFS.FileFlags(in)&abi.O_NONBLOCK != 0:
		return 0, abi.EAGAIN
	}
	return sleep(k, t, wait.Never, k.VFS.WaitKey(in, false))
}

// toPipeFrom fills a pipe from a file, once there is room. Linux fs/splice.c:splice_file_to_pipe
func toPipeFrom(k *kernel.Kernel, t *kernel.Task, in, out vfs.FileID, inOff, n uint64, nonblock bool) (int64, abi.Errno) {
	room, e := pipeRoom(k, t, out, nonblock)
	if e != abi.OK {
		return 0, e
	}
	buf := make([]byte, min(n, uint64(room)*vfs.PageSize, chunk))
	got, at := 0, int64(0)
	if inOff != 0 {
		var v [1]int64
		if e := readWords(k, t, inOff, v[:]); e != abi.OK {
			return 0, e
		}
		at = v[0]
		got, e = k.VFS.Pread(in, buf, at)
	} else {
		got, e = k.VFS.Read(in, buf)
	}
	if e == abi.EAGAIN && !nonblock && k.VFS.FileFlags(in)&abi.O_NONBLOCK == 0 {
		return sleep(k, t, wait.Never, k.VFS.WaitKey(in, false))
	}
	if e != abi.OK || got == 0 {
		return 0, e
	}
	if _, e := k.VFS.Write(k.Ctx(t), out, buf[:got]); e != abi.OK {
		return 0, e
	}
	if inOff != 0 {
		e = writeWords(k, t, inOff, at+int64(got))
	}
	return int64(got), e
}

// pipeRoom is how many pages a pipe takes; without any the caller sleeps. Linux fs/splice.c:wait_for_space
func pipeRoom(k *kernel.Kernel, t *kernel.Task, out vfs.FileID, nonblock bool) (int, abi.Errno) {
	room, readers := k.VFS.PipeRoom(out)
	switch {
	case !readers:
		signalFailedWrite(k, t, abi.EPIPE)
		return 0, abi.EPIPE
	case room > 0:
		return room, abi.OK
	case nonblock || k.VFS.FileFlags(out)&abi.O_NONBLOCK != 0:
		return 0, abi.EAGAIN
	}
	_, e := sleep(k, t, wait.Never, k.VFS.WaitKey(out, true))
	return 0, e
}

var _ = define(kernel.Syscall{Nr: 276, Name: "tee", Man: "tee(2); fs/splice.c:do_tee",
	Args: args(pFD("fd_in"), pFD("fd_out"), pUint("len"), pFlags("flags", "splice")), Fn: tee})

// tee copies what lies in a pipe to another without taking it out.
func tee(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(3)&^spliceFlags != 0 {
		return 0, abi.EINVAL
	}
	if a[2] == 0 {
		return 0, abi.OK
	}
	in, out, e := transferEnds(k, t, a.Int(0), a.Int(1))
	if e != abi.OK {
		return 0, e
	}
	if !k.VFS.IsPipe(in) || !k.VFS.IsPipe(out) || k.VFS.File(in).Inode == k.VFS.File(out).Inode {
		return 0, abi.EINVAL
	}
	nonblock := a.Uint(3)&spliceNonblock != 0
	buf := make([]byte, min(a[2], chunk))
	got := k.VFS.PipePeek(in, 0, buf)
	if got == 0 {
		return emptyPipe(k, t, in, nonblock)
	}
	room, e := pipeRoom(k, t, out, nonblock)
	if e != abi.OK {
		return 0, e
	}
	n, e := k.VFS.Write(k.Ctx(t), out, buf[:min(got, room*vfs.PageSize)])
	return int64(n), e
}

var _ = define(kernel.Syscall{Nr: 278, Name: "vmsplice", Man: "vmsplice(2); fs/splice.c:vmsplice",
	Args: args(pFD("fd"), pStruct("iov", "iov"), pUint("nr_segs"), pFlags("flags", "splice")), Fn: vmsplice})

// vmsplice writes memory into a pipe, or reads it from one.
func vmsplice(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(3)&^spliceFlags != 0 {
		return 0, abi.EINVAL
	}
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if !k.VFS.IsPipe(f) {
		return 0, abi.EBADF
	}
	sp, e := iovSpan(k, t, a[1], a[2])
	if e != abi.OK || sp.n == 0 {
		return 0, e
	}
	if k.VFS.FileFlags(f)&abi.O_ACCMODE == abi.O_RDONLY {
		return readFile(k, t, f, atPosition, sp)
	}
	if t.Sys.Done == 0 {
		if room, readers := k.VFS.PipeRoom(f); room == 0 && readers && a.Uint(3)&spliceNonblock != 0 {
			return 0, abi.EAGAIN
		}
	}
	return writeFile(k, t, f, atPosition, sp)
}

var _ = define(kernel.Syscall{Nr: 277, Name: "sync_file_range", Man: "sync_file_range(2); fs/sync.c:ksys_sync_file_range",
	Args: args(pFD("fd"), pInt("offset"), pInt("nbytes"), pFlags("flags", "sync_file_range")), Fn: syncFileRange, OnSignal: kernel.Uninterruptible})

// syncFileRange writes the whole file where Linux writes the range: what was asked for is among it.
func syncFileRange(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	const write, all = 2, 7
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	off, n := int64(a[1]), int64(a[2])
	if a.Uint(3)&^all != 0 || off < 0 || n < 0 || off+n < off {
		return 0, abi.EINVAL
	}
	switch fileMode(k, f) {
	case abi.S_IFREG, abi.S_IFBLK, abi.S_IFDIR, abi.S_IFLNK:
	default:
		return 0, abi.ESPIPE
	}
	if a.Uint(3)&write == 0 {
		return 0, abi.OK
	}
	return done(k.VFS.Fsync(f))
}
