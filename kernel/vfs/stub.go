package vfs

import (
	"vitrine/engine/mem"
	"vitrine/engine/state"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// IDs of the arenas.
type (
	InodeID  = state.ID
	DentryID = state.ID
	FileID   = state.ID
	TableID  = state.ID
	FSID     = state.ID
)

// Mounts.

// MountRoot mounts the first file system and makes it the tree's root.
func (v *VFS) MountRoot(kind FSKind, source string, readOnly bool) abi.Errno { panic("BUG: stub") }
func (v *VFS) Mount(c *Ctx, source, target, fstype string, flags uint64) abi.Errno {
	panic("BUG: stub")
}
func (v *VFS) Umount(c *Ctx, target string, flags int) abi.Errno { panic("BUG: stub") }

// MountsText is the content of /proc/mounts.
func (v *VFS) MountsText(dst []byte) []byte { panic("BUG: stub") }

// fs_struct: root, working directory, umask.

// NewFS makes an fs_struct at the root with umask 022; after MountRoot.
func (v *VFS) NewFS() FSID                             { panic("BUG: stub") }
func (v *VFS) CopyFS(id FSID) FSID                     { panic("BUG: stub") } // fork
func (v *VFS) ShareFS(id FSID)                         { panic("BUG: stub") } // CLONE_FS
func (v *VFS) PutFS(id FSID)                           { panic("BUG: stub") } // exit
func (v *VFS) Umask(id FSID, mask uint32) (old uint32) { panic("BUG: stub") }
func (v *VFS) Chdir(c *Ctx, path string) abi.Errno     { panic("BUG: stub") }
func (v *VFS) Fchdir(c *Ctx, fd int32) abi.Errno       { panic("BUG: stub") }
func (v *VFS) Chroot(c *Ctx, path string) abi.Errno    { panic("BUG: stub") }
func (v *VFS) Getcwd(c *Ctx) (string, abi.Errno)       { panic("BUG: stub") }

// Path names a dentry as seen from root (0: the real root), " (deleted)" appended when unlinked.
func (v *VFS) Path(d, root DentryID) string { panic("BUG: stub") }

// FilePath is the target of /proc/PID/fd/N: a path, or pipe:[N].
func (v *VFS) FilePath(f FileID, root DentryID) string { panic("BUG: stub") }

// Descriptor tables.

func (v *VFS) NewTable() TableID                           { panic("BUG: stub") }
func (v *VFS) CopyTable(id TableID) TableID                { panic("BUG: stub") } // fork
func (v *VFS) ShareTable(id TableID)                       { panic("BUG: stub") } // CLONE_FILES
func (v *VFS) PutTable(id TableID)                         { panic("BUG: stub") } // exit: the last one closes all
func (v *VFS) CloseOnExec(id TableID)                      { panic("BUG: stub") } // execve; unshare first with CopyTable when Refs > 1
func (v *VFS) Get(c *Ctx, fd int32) (FileID, abi.Errno)    { panic("BUG: stub") } // EBADF; also for O_PATH files. No reference taken
func (v *VFS) GetAny(c *Ctx, fd int32) (FileID, abi.Errno) { panic("BUG: stub") } // O_PATH files too
func (v *VFS) Install(c *Ctx, f FileID, min int32, cloexec bool) (int32, abi.Errno) {
	panic("BUG: stub")
}                                                                                // takes over the reference; EMFILE closes it
func (v *VFS) Close(c *Ctx, fd int32) abi.Errno                                  { panic("BUG: stub") }
func (v *VFS) CloseRange(c *Ctx, first, last uint32, cloexecOnly bool) abi.Errno { panic("BUG: stub") }
func (v *VFS) Dup(c *Ctx, fd, min int32, cloexec bool) (int32, abi.Errno)        { panic("BUG: stub") } // dup, F_DUPFD
func (v *VFS) Dup2(c *Ctx, old, new int32) (int32, abi.Errno)                    { panic("BUG: stub") }
func (v *VFS) Dup3(c *Ctx, old, new int32, flags uint32) (int32, abi.Errno)      { panic("BUG: stub") }
func (v *VFS) Cloexec(c *Ctx, fd int32) (bool, abi.Errno)                        { panic("BUG: stub") }
func (v *VFS) SetCloexec(c *Ctx, fd int32, on bool) abi.Errno                    { panic("BUG: stub") }
func (v *VFS) FileFlags(f FileID) uint32                                         { panic("BUG: stub") } // F_GETFL
func (v *VFS) SetFileFlags(f FileID, flags uint32) abi.Errno                     { panic("BUG: stub") } // F_SETFL
func (v *VFS) GetFile(f FileID)                                                  { panic("BUG: stub") } // one more reference
func (v *VFS) PutFile(f FileID)                                                  { panic("BUG: stub") } // one less; the last closes

// Opening. Open returns a descriptor. A FIFO without a partner returns EAGAIN *with* the descriptor's file in
// pending: sleep on OpenKey(pending), call OpenReady until it is true, then Install; PutFile on a signal.
func (v *VFS) Open(c *Ctx, dirfd int32, path string, flags, mode uint32) (fd int32, pending FileID, err abi.Errno) {
	panic("BUG: stub")
}
func (v *VFS) OpenKey(f FileID) wait.Key { panic("BUG: stub") }
func (v *VFS) OpenReady(f FileID) bool   { panic("BUG: stub") }

// OpenExec opens a program for execve(2): execute permission, a regular file, ETXTBSY when it is open for writing.
func (v *VFS) OpenExec(c *Ctx, dirfd int32, path string, flags uint32) (FileID, abi.Errno) {
	panic("BUG: stub")
}

// OpenFile is Open without a descriptor, for the kernel itself (console, /etc/init.argv).
func (v *VFS) OpenFile(c *Ctx, path string, flags, mode uint32) (FileID, abi.Errno) {
	panic("BUG: stub")
}
func (v *VFS) Pipe(flags uint32) (r, w FileID, err abi.Errno) { panic("BUG: stub") }

// Open files. Not ready: EAGAIN, whatever O_NONBLOCK says; the caller looks at FileFlags and sleeps on WaitKey.

func (v *VFS) Read(f FileID, p []byte) (int, abi.Errno)                           { panic("BUG: stub") }
func (v *VFS) Write(c *Ctx, f FileID, p []byte) (int, abi.Errno)                  { panic("BUG: stub") } // partial on a full pipe; EPIPE: send SIGPIPE
func (v *VFS) Pread(f FileID, p []byte, off int64) (int, abi.Errno)               { panic("BUG: stub") }
func (v *VFS) Pwrite(c *Ctx, f FileID, p []byte, off int64) (int, abi.Errno)      { panic("BUG: stub") }
func (v *VFS) Lseek(f FileID, off int64, whence int) (int64, abi.Errno)           { panic("BUG: stub") }
func (v *VFS) Getdents64(f FileID, p []byte) (int, abi.Errno)                     { panic("BUG: stub") }
func (v *VFS) Ioctl(f FileID, cmd uint32, arg uint64, um User) (int64, abi.Errno) { panic("BUG: stub") }
func (v *VFS) Poll(f FileID) uint32                                               { panic("BUG: stub") } // POLLIN …
func (v *VFS) WaitKey(f FileID, write bool) wait.Key                              { panic("BUG: stub") }
func (v *VFS) Fsync(f FileID) abi.Errno                                           { panic("BUG: stub") }
func (v *VFS) Sync() abi.Errno                                                    { panic("BUG: stub") }
func (v *VFS) Fstat(f FileID) Attr                                                { panic("BUG: stub") }
func (v *VFS) Fstatfs(f FileID) (Statfs, abi.Errno)                               { panic("BUG: stub") }
func (v *VFS) Ftruncate(c *Ctx, f FileID, size int64) abi.Errno                   { panic("BUG: stub") }
func (v *VFS) Fallocate(c *Ctx, f FileID, mode uint32, off, n int64) abi.Errno    { panic("BUG: stub") }

// Paths. dirfd is abi.AT_FDCWD or a descriptor; flags are AT_*.

func (v *VFS) Stat(c *Ctx, dirfd int32, path string, flags uint32) (Attr, abi.Errno) {
	panic("BUG: stub")
}
func (v *VFS) Access(c *Ctx, dirfd int32, path string, mode, flags uint32) abi.Errno {
	panic("BUG: stub")
}
func (v *VFS) Truncate(c *Ctx, path string, size int64) abi.Errno            { panic("BUG: stub") }
func (v *VFS) Mkdir(c *Ctx, dirfd int32, path string, mode uint32) abi.Errno { panic("BUG: stub") }
func (v *VFS) Mknod(c *Ctx, dirfd int32, path string, mode uint32, dev uint64) abi.Errno {
	panic("BUG: stub")
}
func (v *VFS) Rmdir(c *Ctx, dirfd int32, path string) abi.Errno  { panic("BUG: stub") }
func (v *VFS) Unlink(c *Ctx, dirfd int32, path string) abi.Errno { panic("BUG: stub") }
func (v *VFS) Rename(c *Ctx, oldfd int32, old string, newfd int32, new string, flags uint32) abi.Errno {
	panic("BUG: stub")
}
func (v *VFS) Link(c *Ctx, oldfd int32, old string, newfd int32, new string, flags uint32) abi.Errno {
	panic("BUG: stub")
}
func (v *VFS) Symlink(c *Ctx, target string, dirfd int32, path string) abi.Errno { panic("BUG: stub") }
func (v *VFS) Readlink(c *Ctx, dirfd int32, path string) (string, abi.Errno)     { panic("BUG: stub") }
func (v *VFS) Chmod(c *Ctx, dirfd int32, path string, mode, flags uint32) abi.Errno {
	panic("BUG: stub")
}
func (v *VFS) Fchmod(c *Ctx, f FileID, mode uint32) abi.Errno { panic("BUG: stub") }
func (v *VFS) Chown(c *Ctx, dirfd int32, path string, uid, gid, flags uint32) abi.Errno {
	panic("BUG: stub")
}
func (v *VFS) Fchown(c *Ctx, f FileID, uid, gid uint32) abi.Errno { panic("BUG: stub") }

// Utimens takes UTIME_NOW and UTIME_OMIT in Nsec; an empty path means dirfd itself.
func (v *VFS) Utimens(c *Ctx, dirfd int32, path string, t [2]Time, flags uint32) abi.Errno {
	panic("BUG: stub")
}
func (v *VFS) Statfs(c *Ctx, path string) (Statfs, abi.Errno) { panic("BUG: stub") }

// Pager (see mm.Pager): objects are inodes.

func (v *VFS) PageIn(obj uint32, index uint64) (mem.Frame, abi.Errno) { panic("BUG: stub") } // +1 reference; EFAULT past the end (SIGBUS)
func (v *VFS) ObjGet(obj uint32)                                      { panic("BUG: stub") }
func (v *VFS) ObjPut(obj uint32)                                      { panic("BUG: stub") }
func (v *VFS) Size(obj uint32) uint64                                 { panic("BUG: stub") }
func (v *VFS) Dirty(obj uint32, index uint64)                         { panic("BUG: stub") } // before a shared mapping may write
// Object is the object of an open file for mmap(2): ENODEV when it cannot be mapped. No reference taken.
func (v *VFS) Object(f FileID) (uint32, abi.Errno) { panic("BUG: stub") }

// NewShmem makes a nameless object of zeroes for MAP_SHARED|MAP_ANONYMOUS, with one reference (ObjPut frees it).
func (v *VFS) NewShmem(size uint64) (uint32, abi.Errno) { panic("BUG: stub") }

// Reclaim frees up to n cached pages nobody maps, writing dirty ones back; it returns how many.
func (v *VFS) Reclaim(n int) int { panic("BUG: stub") }

// Writeback stores dirty pages and inodes; the kernel calls it every few seconds.
func (v *VFS) Writeback() { panic("BUG: stub") }
