package vfs

import (
	"encoding/binary"

	"vitrine/kernel/abi"
)

// make creates an inode of n's description under a name that is known to be free, and returns its dentry with a
// reference. Linux fs/namei.c:vfs_create, vfs_mkdir, vfs_mknod, vfs_symlink
func (v *VFS) make(c *Ctx, dir DentryID, name string, n *NewInode) (DentryID, abi.Errno) {
	din := v.inodeOf(dir)
	if err := v.mayCreate(c, dir); err != abi.OK {
		return 0, err
	}
	isDir := n.Mode&abi.S_IFMT == abi.S_IFDIR
	if isDir && din.Nlink >= maxNlink {
		return 0, abi.EMLINK
	}
	fs, sb := v.driver(din), din.SB
	ino, err := fs.Create(v, din, name, n)
	if err != abi.OK {
		return 0, err
	}
	if isDir {
		din.Nlink++ // the new directory's ".."
	}
	v.touch(din, touchM|touchC)
	id, err := v.iget(sb, ino)
	if err != abi.OK {
		return 0, err
	}
	d := v.dalloc(dir, name, id, !fs.Stable(v, v.inodeOf(dir)))
	v.notifyName(dir, abi.IN_CREATE, 0, name, isDir)
	return d, abi.OK
}

// maxNlink is ext2's EXT2_LINK_MAX.
const maxNlink = 32000

// mayCreate checks that a name may be added to a directory: also that it still exists. Linux fs/namei.c:may_create
func (v *VFS) mayCreate(c *Ctx, dir DentryID) abi.Errno {
	in := v.inodeOf(dir)
	if v.dentry(dir).Unhashed && v.dentry(dir).Parent != 0 {
		return abi.ENOENT
	}
	return v.may(c, in, mayWrite|mayExec)
}

// fresh walks to a name that must not exist yet; slash may follow only where a directory is to be made.
// The walk is left standing on the directory. Linux fs/namei.c:filename_create
func (v *VFS) fresh(c *Ctx, dirfd int32, path string, isDir bool) (walker, string, abi.Errno) {
	w, err := v.begin(c, dirfd, path)
	if err != abi.OK {
		return w, "", err
	}
	l, err := w.parent()
	if err != abi.OK {
		w.end()
		return w, "", err
	}
	if !l.plain() {
		w.end()
		return w, "", abi.EEXIST
	}
	d, err := v.lookup(w.at, l.name)
	switch {
	case err == abi.OK:
		v.DPut(d)
		err = abi.EEXIST
	case err != abi.ENOENT:
	case l.slash && !isDir:
	case v.writable(v.inodeOf(w.at)) != abi.OK:
		err = abi.EROFS
	default:
		return w, l.name, abi.OK
	}
	w.end()
	return w, "", err
}

// create makes a name for a new inode of the given mode.
func (v *VFS) create(c *Ctx, dirfd int32, path string, mode uint32, rdev uint64, target string) abi.Errno {
	w, name, err := v.fresh(c, dirfd, path, mode&abi.S_IFMT == abi.S_IFDIR)
	if err != abi.OK {
		return err
	}
	defer w.end()
	n := v.creation(c, v.inodeOf(w.at), mode)
	n.Rdev, n.Target = rdev, target
	if target != "" {
		n.Mode = mode // a link's permissions are not subject to the umask
	}
	d, err := v.make(c, w.at, name, &n)
	if err != abi.OK {
		return err
	}
	v.DPut(d)
	return abi.OK
}

// Mkdir makes a directory. mkdirat(2)
func (v *VFS) Mkdir(c *Ctx, dirfd int32, path string, mode uint32) abi.Errno {
	return v.create(c, dirfd, path, mode&0o1777|abi.S_IFDIR, 0, "")
}

// Mknod makes a file, FIFO, socket or device. mknodat(2)
func (v *VFS) Mknod(c *Ctx, dirfd int32, path string, mode uint32, dev uint64) abi.Errno {
	switch mode & abi.S_IFMT {
	case 0:
		mode |= abi.S_IFREG
		dev = 0
	case abi.S_IFREG, abi.S_IFIFO, abi.S_IFSOCK:
		dev = 0
	case abi.S_IFCHR, abi.S_IFBLK:
		if !c.can(abi.CAP_MKNOD) {
			return abi.EPERM
		}
	case abi.S_IFDIR:
		return abi.EPERM
	default:
		return abi.EINVAL
	}
	return v.create(c, dirfd, path, mode, dev, "")
}

// Symlink makes a symbolic link. symlinkat(2)
func (v *VFS) Symlink(c *Ctx, target string, dirfd int32, path string) abi.Errno {
	switch {
	case target == "":
		return abi.ENOENT
	case len(target) >= PathMax:
		return abi.ENAMETOOLONG
	}
	return v.create(c, dirfd, path, abi.S_IFLNK|0o777, 0, target)
}

// Readlink reads a symbolic link; an empty path means the link that dirfd has open with O_PATH. readlinkat(2)
func (v *VFS) Readlink(c *Ctx, dirfd int32, path string) (string, abi.Errno) {
	flags := uint32(abi.AT_SYMLINK_NOFOLLOW)
	if path == "" && dirfd != abi.AT_FDCWD {
		flags |= abi.AT_EMPTY_PATH
	}
	d, err := v.resolveAt(c, dirfd, path, flags)
	if err != abi.OK {
		return "", err
	}
	defer v.DPut(d)
	in := v.inodeOf(d)
	if !in.IsLnk() {
		if path == "" {
			return "", abi.ENOENT
		}
		return "", abi.EINVAL
	}
	if j, ok := v.driver(in).(Jumper); ok {
		if to := j.Jump(v, in); to != 0 {
			return v.Path(to, v.S.FS.Get(c.FSID).Root), abi.OK
		}
	}
	return v.target(in)
}

// victim walks to a name that is to be removed: the walk stands on its directory.
func (v *VFS) victim(c *Ctx, dirfd int32, path string) (walker, last, abi.Errno) {
	w, err := v.begin(c, dirfd, path)
	if err != abi.OK {
		return w, last{}, err
	}
	l, err := w.parent()
	if err != abi.OK {
		w.end()
	}
	return w, l, err
}

// Rmdir removes an empty directory. rmdir(2)
func (v *VFS) Rmdir(c *Ctx, dirfd int32, path string) abi.Errno {
	w, l, err := v.victim(c, dirfd, path)
	if err != abi.OK {
		return err
	}
	defer w.end()
	switch l.name {
	case "":
		return abi.EBUSY
	case ".":
		return abi.EINVAL
	case "..":
		return abi.ENOTEMPTY
	}
	d, err := v.lookupHere(w.at, l.name)
	if err != abi.OK {
		return err
	}
	defer v.deleted(w.at, d)
	dir, in := v.inodeOf(w.at), v.inodeOf(d)
	if err := v.mayDelete(c, dir, in); err != abi.OK {
		return err
	}
	if err := v.removable(d); err != abi.OK {
		return err
	}
	if err := v.driver(dir).Unlink(v, dir, l.name, in); err != abi.OK {
		return err
	}
	in.Nlink = 0
	dir.Nlink--
	v.touch(in, touchC)
	v.touch(dir, touchM|touchC)
	v.unhash(d)
	return abi.OK
}

// deleted drops a dentry that is to be removed, or could not be, and tells the watchers of its directory. Linux
// include/linux/fsnotify.h:d_delete_notify
func (v *VFS) deleted(dir, d DentryID) {
	gone, name, isDir := v.dentry(d).Unhashed, v.dentry(d).Name, v.inodeOf(d).IsDir()
	v.DPut(d)
	if gone {
		v.notifyName(dir, abi.IN_DELETE, 0, name, isDir)
	}
}

// removable checks that d is a directory without anything in it or on it.
func (v *VFS) removable(d DentryID) abi.Errno {
	in := v.inodeOf(d)
	if !in.IsDir() {
		return abi.ENOTDIR
	}
	if v.dentry(d).Mounted != 0 {
		return abi.EBUSY
	}
	empty, err := v.driver(in).Empty(v, in)
	if err == abi.OK && !empty {
		return abi.ENOTEMPTY
	}
	return err
}

// Unlink removes a name of something that is not a directory. unlink(2)
func (v *VFS) Unlink(c *Ctx, dirfd int32, path string) abi.Errno {
	w, l, err := v.victim(c, dirfd, path)
	if err != abi.OK {
		return err
	}
	defer w.end()
	if !l.plain() {
		return abi.EISDIR
	}
	d, err := v.lookupHere(w.at, l.name)
	if err != abi.OK {
		return err
	}
	defer v.deleted(w.at, d)
	dir, in := v.inodeOf(w.at), v.inodeOf(d)
	if l.slash && !in.IsDir() {
		return abi.ENOTDIR
	}
	if err := v.mayDelete(c, dir, in); err != abi.OK && !l.slash {
		return err
	}
	if in.IsDir() {
		return abi.EISDIR
	}
	if err := v.driver(dir).Unlink(v, dir, l.name, in); err != abi.OK {
		return err
	}
	in.Nlink--
	v.touch(in, touchC)
	v.touch(dir, touchM|touchC)
	v.notifySelf(v.dentry(d).Inode, abi.IN_ATTRIB)
	v.unhash(d)
	return abi.OK
}

// Link makes another name of a file. linkat(2)
func (v *VFS) Link(c *Ctx, oldfd int32, old string, newfd int32, new string, flags uint32) abi.Errno {
	d, err := v.linkSource(c, oldfd, old, flags)
	if err != abi.OK {
		return err
	}
	defer v.DPut(d)
	w, name, err := v.fresh(c, newfd, new, false)
	if err != abi.OK {
		return err
	}
	defer w.end()
	dir, in := v.inodeOf(w.at), v.inodeOf(d)
	switch {
	case dir.SB != in.SB:
		return abi.EXDEV
	case !v.mayHardlink(c, in):
		return abi.EPERM
	case v.mayCreate(c, w.at) != abi.OK:
		return v.mayCreate(c, w.at)
	case in.IsDir():
		return abi.EPERM
	case in.Nlink == 0 && !in.Linkable:
		return abi.ENOENT
	case in.Nlink >= maxNlink:
		return abi.EMLINK
	}
	if err := v.driver(dir).Link(v, dir, name, in); err != abi.OK {
		return err
	}
	in.Nlink++
	in.Refs++
	in.Linkable = false
	v.touch(in, touchC)
	v.touch(dir, touchM|touchC)
	v.DPut(v.dalloc(w.at, name, v.dentry(d).Inode, false))
	v.notifySelf(v.dentry(d).Inode, abi.IN_ATTRIB)
	v.notifyName(w.at, abi.IN_CREATE, 0, name, false)
	return abi.OK
}

// linkSource resolves what is to get another name: links are followed only when asked for.
func (v *VFS) linkSource(c *Ctx, dirfd int32, path string, flags uint32) (DentryID, abi.Errno) {
	if flags&^(abi.AT_SYMLINK_FOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	at := flags & abi.AT_EMPTY_PATH
	if at != 0 && path == "" && !c.can(abi.CAP_DAC_READ_SEARCH) {
		return 0, abi.ENOENT // CAP_DAC_READ_SEARCH
	}
	if flags&abi.AT_SYMLINK_FOLLOW == 0 {
		at |= abi.AT_SYMLINK_NOFOLLOW
	}
	return v.resolveAt(c, dirfd, path, at)
}

// direntHead is the size of a linux_dirent64 without its name. getdents64(2)
const direntHead = 19

// Getdents64 fills p with as many entries as fit, from the file's position on. getdents64(2)
func (v *VFS) Getdents64(f FileID, p []byte) (int, abi.Errno) {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	switch {
	case file.Flags&abi.O_PATH != 0:
		return 0, abi.EBADF
	case !in.IsDir():
		return 0, abi.ENOTDIR
	case in.Nlink == 0:
		return 0, abi.ENOENT
	}
	n, full := 0, false
	pos := file.Pos
	err := v.driver(in).Readdir(v, in, pos, func(name string, ino uint64, dtype uint8, next int64) bool {
		size := (direntHead + len(name) + 1 + 7) &^ 7
		if n+size > len(p) {
			full = true
			return false
		}
		e := p[n : n+size]
		clear(e)
		binary.LittleEndian.PutUint64(e, ino)
		binary.LittleEndian.PutUint64(e[8:], uint64(next))
		binary.LittleEndian.PutUint16(e[16:], uint16(size))
		e[18] = dtype
		copy(e[direntHead:], name)
		n, pos = n+size, next
		return true
	})
	v.notify(file.Dentry, abi.IN_ACCESS)
	if n > 0 {
		v.S.Files.Get(f).Pos = pos
		v.accessed(in)
		return n, abi.OK
	}
	if err == abi.OK && full {
		return 0, abi.EINVAL
	}
	v.accessed(in)
	return 0, err
}
