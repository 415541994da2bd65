package vfs

import "vitrine/kernel/abi"

// NoLimit is RLIM_INFINITY.
const NoLimit = ^uint64(0)

// maxFile bounds file sizes where the file system does not; ext2 with 4 KiB blocks stops at 2 TiB.
const maxFile = 1 << 41

// attr fills what stat(2) tells.
func (v *VFS) attr(in *Inode) Attr {
	sb := v.S.Supers.Get(in.SB)
	a := Attr{
		Dev: sb.Dev, Ino: in.Ino, Rdev: in.Rdev, Mode: in.Mode, Nlink: in.Nlink, UID: in.UID, GID: in.GID,
		Size: int64(in.Size), Blksize: sb.BlockSize, Blocks: in.Sects,
		Atime: in.Atime, Mtime: in.Mtime, Ctime: in.Ctime, Btime: in.Btime, Mount: uint64(sb.ID),
	}
	if sb.Kind == Anon {
		a.Nlink = 1
	}
	return a
}

// Fstat is stat(2) of an open file.
func (v *VFS) Fstat(f FileID) Attr { return v.attr(v.inode(v.S.Files.Get(f).Inode)) }

// Stat takes AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. newfstatat(2)
func (v *VFS) Stat(c *Ctx, dirfd int32, path string, flags uint32) (Attr, abi.Errno) {
	d, err := v.resolveAt(c, dirfd, path, flags)
	if err != abi.OK {
		return Attr{}, err
	}
	a := v.attr(v.inodeOf(d))
	v.DPut(d)
	return a, abi.OK
}

// change resolves a path, lets do change the inode, notes the time and tells watchers of the event.
func (v *VFS) change(c *Ctx, dirfd int32, path string, flags, event uint32, do func(in *Inode) abi.Errno) abi.Errno {
	d, err := v.resolveAt(c, dirfd, path, flags)
	if err != abi.OK {
		return err
	}
	err = v.changeDentry(d, event, do)
	v.DPut(d)
	return err
}

func (v *VFS) changeDentry(d DentryID, event uint32, do func(in *Inode) abi.Errno) abi.Errno {
	in := v.inodeOf(d)
	if err := v.writable(in); err != abi.OK {
		return err
	}
	if err := do(in); err != abi.OK {
		return err
	}
	v.touch(in, touchC)
	v.notify(d, event)
	return abi.OK
}

// Access checks permissions for the caller in c, whose UID and GID are the real ones unless AT_EACCESS was asked for.
// access(2)
func (v *VFS) Access(c *Ctx, dirfd int32, path string, mode, flags uint32) abi.Errno {
	if mode&^(abi.R_OK|abi.W_OK|abi.X_OK) != 0 {
		return abi.EINVAL
	}
	d, err := v.resolveAt(c, dirfd, path, flags)
	if err != abi.OK {
		return err
	}
	err = v.may(c, v.inodeOf(d), mode)
	v.DPut(d)
	return err
}

// chmod is the change that chmod(2) makes. Linux fs/attr.c:setattr_prepare, setattr_copy
func chmod(c *Ctx, mode uint32) func(in *Inode) abi.Errno {
	return func(in *Inode) abi.Errno {
		if !c.owns(in) {
			return abi.EPERM
		}
		if in.IsLnk() {
			return abi.EOPNOTSUPP
		}
		if !c.can(abi.CAP_FSETID) && !c.inGroup(in.GID) {
			mode &^= abi.S_ISGID
		}
		in.Mode = in.Mode&abi.S_IFMT | mode&0o7777
		return abi.OK
	}
}

// Chmod changes permissions. fchmodat(2)
func (v *VFS) Chmod(c *Ctx, dirfd int32, path string, mode, flags uint32) abi.Errno {
	return v.change(c, dirfd, path, flags, abi.IN_ATTRIB, chmod(c, mode))
}

// Fchmod changes an open file's.
func (v *VFS) Fchmod(c *Ctx, f FileID, mode uint32) abi.Errno {
	return v.changeDentry(v.S.Files.Get(f).Dentry, abi.IN_ATTRIB, chmod(c, mode))
}

// same is the ID that chown(2) leaves alone.
const same = ^uint32(0)

// chown is the change that chown(2) makes: only root gives files away; the owner may choose among his groups.
// Linux fs/open.c:chown_common
func chown(c *Ctx, uid, gid uint32) func(in *Inode) abi.Errno {
	return func(in *Inode) abi.Errno {
		if !c.can(abi.CAP_CHOWN) {
			giveaway := uid != same && uid != in.UID
			foreign := gid != same && gid != in.GID && !c.inGroup(gid)
			touches := uid != same || gid != same || !in.IsDir() && in.Mode&(abi.S_ISUID|abi.S_ISGID) != 0
			if giveaway || foreign || touches && c.UID != in.UID {
				return abi.EPERM
			}
		}
		if uid != same {
			in.UID = uid
		}
		if gid != same {
			in.GID = gid
		}
		if in.IsDir() {
			return abi.OK
		}
		in.Mode &^= abi.S_ISUID
		if in.Mode&abi.S_IXGRP != 0 {
			in.Mode &^= abi.S_ISGID
		}
		return abi.OK
	}
}

// Chown changes owner and group. fchownat(2)
func (v *VFS) Chown(c *Ctx, dirfd int32, path string, uid, gid, flags uint32) abi.Errno {
	return v.change(c, dirfd, path, flags, abi.IN_ATTRIB, chown(c, uid, gid))
}

// Fchown changes an open file's.
func (v *VFS) Fchown(c *Ctx, f FileID, uid, gid uint32) abi.Errno {
	return v.changeDentry(v.S.Files.Get(f).Dentry, abi.IN_ATTRIB, chown(c, uid, gid))
}

// Utimens sets access and modification time, with UTIME_NOW and UTIME_OMIT in Nsec; an empty path means the file
// dirfd itself. utimensat(2)
func (v *VFS) Utimens(c *Ctx, dirfd int32, path string, t [2]Time, flags uint32) abi.Errno {
	for _, x := range t {
		if x.Nsec > 999999999 && x.Nsec != abi.UTIME_NOW && x.Nsec != abi.UTIME_OMIT {
			return abi.EINVAL
		}
	}
	if t[0].Nsec == abi.UTIME_OMIT && t[1].Nsec == abi.UTIME_OMIT {
		return abi.OK
	}
	if path == "" {
		flags |= abi.AT_EMPTY_PATH
	}
	event := uint32(abi.IN_ATTRIB)
	switch {
	case t[1].Nsec == abi.UTIME_OMIT:
		event = abi.IN_ACCESS
	case t[0].Nsec == abi.UTIME_OMIT:
		event = abi.IN_MODIFY
	}
	return v.change(c, dirfd, path, flags, event, func(in *Inode) abi.Errno {
		if err := v.mayTouch(c, in, t); err != abi.OK {
			return err
		}
		v.setTime(&in.Atime, t[0])
		v.setTime(&in.Mtime, t[1])
		return abi.OK
	})
}

// mayTouch checks utimensat's rule: setting both to now needs write permission, anything else ownership.
func (v *VFS) mayTouch(c *Ctx, in *Inode, t [2]Time) abi.Errno {
	if c.owns(in) {
		return abi.OK
	}
	if t[0].Nsec == abi.UTIME_NOW && t[1].Nsec == abi.UTIME_NOW {
		return v.may(c, in, mayWrite)
	}
	return abi.EPERM
}

func (v *VFS) setTime(to *Time, t Time) {
	switch t.Nsec {
	case abi.UTIME_OMIT:
	case abi.UTIME_NOW:
		*to = v.host.Now()
	default:
		*to = t
	}
}

// Truncate cuts or extends a file. truncate(2)
func (v *VFS) Truncate(c *Ctx, path string, size int64) abi.Errno {
	if size < 0 {
		return abi.EINVAL
	}
	d, err := v.resolve(c, abi.AT_FDCWD, path, true)
	if err != abi.OK {
		return err
	}
	defer v.DPut(d)
	in := v.inodeOf(d)
	switch {
	case in.IsDir():
		return abi.EISDIR
	case !in.IsReg():
		return abi.EINVAL
	}
	if err := v.may(c, in, mayWrite); err != abi.OK {
		return err
	}
	if in.Writers < 0 {
		return abi.ETXTBSY
	}
	err = v.resize(c, v.dentry(d).Inode, size)
	if err == abi.OK {
		v.notify(d, abi.IN_MODIFY)
	}
	return err
}

// Ftruncate is Truncate of a file open for writing. ftruncate(2)
func (v *VFS) Ftruncate(c *Ctx, f FileID, size int64) abi.Errno {
	file := v.S.Files.Get(f)
	if in := v.inode(file.Inode); size < 0 || !in.IsReg() || !file.writes() {
		return abi.EINVAL
	}
	err := v.resize(c, file.Inode, size)
	if err == abi.OK {
		v.notify(file.Dentry, abi.IN_MODIFY)
	}
	return err
}

// resize checks the limits and sets the size.
func (v *VFS) resize(c *Ctx, id InodeID, size int64) abi.Errno {
	in := v.inode(id)
	if seals := v.seals(in); seals&SealShrink != 0 && uint64(size) < in.Size || seals&SealGrow != 0 && uint64(size) > in.Size {
		return abi.EPERM
	}
	if uint64(size) > in.Size && (size > maxFile || c != nil && uint64(size) > c.FSize) {
		return abi.EFBIG
	}
	v.dropPrivileges(c, in)
	return v.truncate(id, uint64(size))
}

// truncate sets the size: pages past the end leave the cache and every address space, the rest of the last page
// becomes zero, the file system frees the blocks. Linux mm/truncate.c:truncate_setsize
func (v *VFS) truncate(id InodeID, size uint64) abi.Errno {
	in := v.inode(id)
	old := in.Size
	if size < old {
		if err := v.zeroTail(id, size); err != abi.OK {
			return err
		}
		v.host.Unmap(uint32(id), pagesOf(size))
		v.dropPages(id, pagesOf(size))
	}
	in.Size = size
	v.touch(in, touchM|touchC)
	if size >= old {
		return abi.OK
	}
	return v.driver(in).Truncate(v, in, size)
}

// zeroTail clears the last page from size on, so that a later extension reads zeroes.
func (v *VFS) zeroTail(id InodeID, size uint64) abi.Errno {
	if size%PageSize == 0 {
		return abi.OK
	}
	f, err := v.page(id, size/PageSize)
	if err != abi.OK {
		return err
	}
	var zero [PageSize]byte
	v.ram.WriteAt(zero[size%PageSize:], f.Addr()+size%PageSize)
	v.setDirty(v.inode(id), size/PageSize)
	return abi.OK
}

// Statfs describes the file system a path is on. statfs(2)
func (v *VFS) Statfs(c *Ctx, path string) (Statfs, abi.Errno) {
	d, err := v.resolve(c, abi.AT_FDCWD, path, true)
	if err != abi.OK {
		return Statfs{}, err
	}
	st, err := v.statfs(v.inodeOf(d).SB)
	v.DPut(d)
	return st, err
}

// Fstatfs is Statfs of an open file.
func (v *VFS) Fstatfs(f FileID) (Statfs, abi.Errno) {
	return v.statfs(v.inode(v.S.Files.Get(f).Inode).SB)
}

// Mount flags that statfs(2) shows.
const (
	stRdonly = 1
	stValid  = 0x20
)

func (v *VFS) statfs(id FSID) (Statfs, abi.Errno) {
	sb := v.S.Supers.Get(id)
	var st Statfs
	if err := v.types[sb.Kind].Statfs(v, sb, &st); err != abi.OK {
		return st, err
	}
	st.Flags |= stValid
	if sb.ReadOnly {
		st.Flags |= stRdonly
	}
	st.Fsid = sb.Dev
	return st, abi.OK
}
