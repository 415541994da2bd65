package vfs

import (
	"strconv"

	"vitrine/kernel/abi"
)

// Nameless is what a FileSystem may also be: it makes files without names.
type Nameless interface {
	// Tmpfile makes an inode near a directory.
	Tmpfile(v *VFS, dir *Inode, n *NewInode) (uint64, abi.Errno)
}

// openTmpfile is open(2) with O_TMPFILE: a file in a directory's file system that has no name, but may be given one by
// linkat(2) unless O_EXCL says that it never shall. Linux fs/namei.c:do_tmpfile, vfs_tmpfile
func (v *VFS) openTmpfile(c *Ctx, dirfd int32, path string, flags, mode uint32) (FileID, abi.Errno) {
	if m := flags & abi.O_ACCMODE; m != abi.O_WRONLY && m != abi.O_RDWR {
		return 0, abi.EINVAL
	}
	w, err := v.begin(c, dirfd, path)
	if err != abi.OK {
		return 0, err
	}
	defer w.end()
	if err := w.all(true); err != abi.OK {
		return 0, err
	}
	dir := v.inodeOf(w.at)
	fs, ok := v.driver(dir).(Nameless)
	switch {
	case !dir.IsDir():
		return 0, abi.ENOTDIR
	case v.writable(dir) != abi.OK:
		return 0, abi.EROFS
	case v.may(c, dir, mayWrite|mayExec) != abi.OK:
		return 0, v.may(c, dir, mayWrite|mayExec)
	case !ok:
		return 0, abi.EOPNOTSUPP
	}
	n := v.creation(c, dir, mode&0o7777|abi.S_IFREG)
	sb := dir.SB
	ino, err := fs.Tmpfile(v, dir, &n)
	if err != abi.OK {
		return 0, err
	}
	id, err := v.iget(sb, ino)
	if err != abi.OK {
		return 0, err
	}
	in := v.inode(id)
	in.Nlink, in.Dirty, in.Linkable = 0, true, flags&abi.O_EXCL == 0
	d := v.dalloc(0, "#"+strconv.FormatUint(ino, 10), id, false)
	v.dentry(d).Parent, v.dentry(d).Unhashed = v.DGet(w.at), true
	return v.openDentry(c, d, flags)
}
