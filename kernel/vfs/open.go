package vfs

import "vitrine/kernel/abi"

// openFlags are the flags a file keeps; the others only matter while it is being opened.
const openFlags = abi.O_ACCMODE | abi.O_APPEND | abi.O_NONBLOCK | abi.O_SYNC | abi.O_DIRECT | abi.O_LARGEFILE |
	abi.O_DIRECTORY | abi.O_NOFOLLOW | abi.O_NOATIME | abi.O_PATH | abi.O_TMPFILE

// pathFlags are all that O_PATH leaves of the others. open(2)
const pathFlags = abi.O_PATH | abi.O_DIRECTORY | abi.O_NOFOLLOW | abi.O_CLOEXEC

// newFile makes an open file, taking over the reference of the dentry.
func (v *VFS) newFile(d DentryID, flags uint32) FileID {
	f, file := v.S.Files.Alloc()
	*file = File{Dentry: d, Inode: v.dentry(d).Inode, Flags: flags & openFlags, Refs: 1}
	return f
}

// Open opens a path and returns a descriptor. A FIFO without a partner gives EAGAIN and the file as pending: the
// caller sleeps on OpenKey(pending) until OpenReady, then Installs it; after a signal it calls PutFile. openat(2)
func (v *VFS) Open(c *Ctx, dirfd int32, path string, flags, mode uint32) (fd int32, pending FileID, err abi.Errno) {
	if !v.HasFreeFD(c) {
		return 0, 0, abi.EMFILE
	}
	f, err := v.openAt(c, dirfd, path, flags, mode)
	if err != abi.OK {
		return 0, 0, err
	}
	file := v.S.Files.Get(f)
	if v.inode(file.Inode).Mode&abi.S_IFMT == abi.S_IFIFO && file.Flags&abi.O_PATH == 0 && !v.OpenReady(f) {
		if flags&abi.O_NONBLOCK == 0 {
			return 0, f, abi.EAGAIN
		}
		if flags&abi.O_ACCMODE == abi.O_WRONLY {
			v.PutFile(f)
			return 0, 0, abi.ENXIO
		}
	}
	fd, err = v.Install(c, f, 0, flags&abi.O_CLOEXEC != 0)
	return fd, 0, err
}

// OpenFile is Open without a descriptor, for the kernel itself (console, /etc/init.argv).
func (v *VFS) OpenFile(c *Ctx, path string, flags, mode uint32) (FileID, abi.Errno) {
	return v.openAt(c, abi.AT_FDCWD, path, flags, mode)
}

// openAt resolves or creates, checks and opens. Linux fs/namei.c:path_openat, fs/open.c:build_open_flags
func (v *VFS) openAt(c *Ctx, dirfd int32, path string, flags, mode uint32) (FileID, abi.Errno) {
	switch {
	case flags&abi.O_PATH != 0:
		flags &= pathFlags
	case flags&abi.O_TMPFILE == abi.O_TMPFILE:
		return v.openTmpfile(c, dirfd, path, flags, mode)
	case flags&abi.O_CREAT != 0 && flags&abi.O_DIRECTORY != 0:
		return 0, abi.EINVAL
	}
	w, err := v.begin(c, dirfd, path)
	if err != abi.OK {
		return 0, err
	}
	created := false
	if flags&abi.O_CREAT != 0 {
		created, err = w.create(flags, mode)
	} else {
		err = w.all(flags&abi.O_NOFOLLOW == 0)
	}
	if err != abi.OK {
		w.end()
		return 0, err
	}
	if !created {
		if err := v.mayOpen(c, w.at, flags); err != abi.OK {
			w.end()
			return 0, err
		}
	}
	if created {
		flags &^= abi.O_TRUNC // there is nothing to cut
	}
	return v.openDentry(c, w.at, flags)
}

// create walks to the last name and makes it when it is not there; symbolic links at the end are followed, since
// they may point to a name that is to be made. Linux fs/namei.c:open_last_lookups
func (w *walker) create(flags, mode uint32) (created bool, err abi.Errno) {
	v := w.v
	for {
		l, err := w.parent()
		if err != abi.OK {
			return false, err
		}
		if !l.plain() {
			return false, w.createDots(l.name, flags)
		}
		if l.slash {
			return false, abi.EISDIR
		}
		d, err := v.lookup(w.at, l.name)
		if err == abi.ENOENT {
			return true, w.makeFile(l.name, mode)
		}
		if err != abi.OK {
			return false, err
		}
		if flags&abi.O_EXCL != 0 {
			v.DPut(d)
			return false, abi.EEXIST
		}
		if !v.inodeOf(d).IsLnk() || flags&abi.O_NOFOLLOW != 0 {
			return false, w.moveTo(d)
		}
		if err := w.follow(d); err != abi.OK {
			return false, err
		}
		if w.rest == "" { // a link that jumped
			return false, abi.OK
		}
	}
}

// createDots is create for a path that ends in ".", ".." or is all slashes: that is there, and a directory.
func (w *walker) createDots(name string, flags uint32) abi.Errno {
	if name != "" {
		if err := w.step(name, true); err != abi.OK {
			return err
		}
	}
	if flags&abi.O_EXCL != 0 {
		return abi.EEXIST
	}
	return abi.OK
}

// makeFile makes a regular file and stands on it.
func (w *walker) makeFile(name string, mode uint32) abi.Errno {
	n := w.v.creation(w.c, w.v.inodeOf(w.at), mode&0o7777|abi.S_IFREG)
	d, err := w.v.make(w.c, w.at, name, &n)
	if err != abi.OK {
		return err
	}
	w.stand(d)
	return abi.OK
}

// mayOpen checks whether an existing file may be opened with flags. Linux fs/namei.c:do_open, may_open
func (v *VFS) mayOpen(c *Ctx, d DentryID, flags uint32) abi.Errno {
	in := v.inodeOf(d)
	if flags&abi.O_CREAT != 0 && in.IsDir() {
		return abi.EISDIR
	}
	if flags&abi.O_DIRECTORY != 0 && !in.IsDir() {
		return abi.ENOTDIR
	}
	if flags&abi.O_PATH != 0 {
		return abi.OK
	}
	if in.IsLnk() {
		return abi.ELOOP
	}
	want := [...]uint32{mayRead, mayWrite, mayRead | mayWrite, mayRead | mayWrite}[flags&abi.O_ACCMODE]
	if flags&abi.O_TRUNC != 0 {
		want |= mayWrite
	}
	if in.IsDir() && want&mayWrite != 0 {
		return abi.EISDIR
	}
	if err := v.may(c, in, want); err != abi.OK {
		return err
	}
	if flags&abi.O_NOATIME != 0 && !c.owns(in) {
		return abi.EPERM
	}
	return abi.OK
}

// openDentry opens what the walk found, taking over the dentry's reference. Linux fs/open.c:do_dentry_open
func (v *VFS) openDentry(c *Ctx, d DentryID, flags uint32) (FileID, abi.Errno) {
	f := v.newFile(d, flags)
	if flags&abi.O_PATH != 0 {
		return f, abi.OK
	}
	if err := v.openInode(c, f, flags); err != abi.OK {
		v.S.Files.Get(f).Flags = abi.O_PATH // nothing was opened: nothing to release
		v.PutFile(f)
		return 0, err
	}
	v.notify(d, abi.IN_OPEN)
	return f, abi.OK
}

// openInode does what opening means for each type of inode.
func (v *VFS) openInode(c *Ctx, f FileID, flags uint32) abi.Errno {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	switch in.Mode & abi.S_IFMT {
	case abi.S_IFSOCK:
		return abi.ENXIO
	case abi.S_IFIFO:
		if !file.reads() && !file.writes() {
			return abi.EINVAL // O_ACCMODE, for ioctl(2) only, is for devices. Linux fs/pipe.c:fifo_open
		}
		v.openPipe(file, file.Inode)
		return abi.OK
	case abi.S_IFCHR, abi.S_IFBLK:
		if v.S.Supers.Get(in.SB).Flags&MS_NODEV != 0 {
			return abi.EACCES
		}
		if v.ops(in) == nil {
			return abi.ENXIO
		}
	}
	if ops := v.ops(in); ops != nil {
		return ops.Open(v, file, in)
	}
	if !in.IsReg() {
		return abi.OK
	}
	if file.writes() || flags&abi.O_TRUNC != 0 {
		if in.Writers < 0 {
			return abi.ETXTBSY
		}
	}
	if flags&abi.O_TRUNC != 0 {
		v.dropPrivileges(c, in)
		if err := v.truncate(file.Inode, 0); err != abi.OK {
			return err
		}
		v.notify(file.Dentry, abi.IN_MODIFY)
	}
	if file.writes() {
		in.Writers++
	}
	return abi.OK
}

// OpenExec opens a program for execve(2): a regular file with an x bit, refused with ETXTBSY while it is open for
// writing; and as long as the result is open, so are writers. Linux fs/exec.c:do_open_execat
func (v *VFS) OpenExec(c *Ctx, dirfd int32, path string, flags uint32) (FileID, abi.Errno) {
	d, err := v.resolveAt(c, dirfd, path, flags)
	if err != abi.OK {
		return 0, err
	}
	if err := v.mayExecute(c, v.inodeOf(d)); err != abi.OK {
		v.DPut(d)
		return 0, err
	}
	f := v.newFile(d, abi.O_RDONLY)
	file := v.S.Files.Get(f)
	file.Deny = true
	v.inode(file.Inode).Writers--
	return f, abi.OK
}

// ReopenExec opens the program behind an open file of OpenExec's once more. Linux fs/open.c:file_clone_open
func (v *VFS) ReopenExec(f FileID) FileID {
	d := v.DGet(v.S.Files.Get(f).Dentry)
	again := v.newFile(d, abi.O_RDONLY)
	file := v.S.Files.Get(again)
	file.Deny = true
	v.inode(file.Inode).Writers--
	return again
}

// AllowExec turns an open file of OpenExec's into an ordinary one, which hinders no writer.
// Linux include/linux/fs.h:allow_write_access
func (v *VFS) AllowExec(f FileID) {
	file := v.S.Files.Get(f)
	file.Deny = false
	v.inode(file.Inode).Writers++
}

// SetID tells whose rights a program gives: set-group-ID only counts for a file that the group may execute, and
// nothing counts under nosuid. Linux fs/exec.c:bprm_fill_uid
func (v *VFS) SetID(f FileID) (user bool, uid uint32, group bool, gid uint32) {
	in := v.inode(v.S.Files.Get(f).Inode)
	if v.S.Supers.Get(in.SB).Flags&MS_NOSUID != 0 {
		return false, 0, false, 0
	}
	const setGroup = abi.S_ISGID | abi.S_IXGRP
	return in.Mode&abi.S_ISUID != 0, in.UID, in.Mode&setGroup == setGroup, in.GID
}

// Readable tells whether the caller might read an open program. Linux fs/exec.c:would_dump
func (v *VFS) Readable(c *Ctx, f FileID) bool {
	return v.may(c, v.inode(v.S.Files.Get(f).Inode), mayRead) == abi.OK
}

func (v *VFS) mayExecute(c *Ctx, in *Inode) abi.Errno {
	switch {
	case in.IsLnk():
		return abi.ELOOP
	case !in.IsReg() || v.driver(in).FileOps(v, in) != nil:
		return abi.EACCES
	}
	if err := v.may(c, in, mayExec); err != abi.OK {
		return err
	}
	if in.Writers > 0 {
		return abi.ETXTBSY
	}
	return abi.OK
}

// FileFlags is F_GETFL. fcntl(2)
func (v *VFS) FileFlags(f FileID) uint32 { return v.S.Files.Get(f).Flags }

// settable are the flags that F_SETFL changes. Linux fs/fcntl.c:SETFL_MASK
const settable = abi.O_APPEND | abi.O_NONBLOCK | abi.O_DIRECT | abi.O_NOATIME

// SetFileFlags is F_SETFL. fcntl(2)
func (v *VFS) SetFileFlags(f FileID, flags uint32, fd int32) abi.Errno {
	file := v.S.Files.Get(f)
	if (file.Flags^flags)&abi.O_ASYNC != 0 {
		v.setAsync(f, flags&abi.O_ASYNC != 0, fd)
	}
	file.Flags = file.Flags&^settable | flags&settable
	return abi.OK
}
