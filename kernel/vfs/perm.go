package vfs

import "vitrine/kernel/abi"

// What may asks for, as the bits of access(2).
const (
	mayExec  = abi.X_OK
	mayWrite = abi.W_OK
	mayRead  = abi.R_OK
)

// can tells whether the caller has a capability.
func (c *Ctx) can(capability uint) bool { return c.Caps>>capability&1 != 0 }

// may checks permission bits. CAP_DAC_OVERRIDE passes, except that executing a file needs at least one x bit.
// Linux fs/namei.c:generic_permission
func (v *VFS) may(c *Ctx, in *Inode, want uint32) abi.Errno {
	sb := v.S.Supers.Get(in.SB)
	if want&mayWrite != 0 && sb.ReadOnly && (in.IsReg() || in.IsDir() || in.IsLnk()) {
		return abi.EROFS
	}
	if want&mayExec != 0 && in.IsReg() && sb.Flags&MS_NOEXEC != 0 {
		return abi.EACCES
	}
	bits := in.Mode
	switch {
	case c.UID == in.UID:
		bits >>= 6
	case c.inGroup(in.GID):
		bits >>= 3
	}
	if want&^bits&7 == 0 || c.overrides(in, want) {
		return abi.OK
	}
	return abi.EACCES
}

// overrides tells whether a capability makes up for missing permission bits.
func (c *Ctx) overrides(in *Inode, want uint32) bool {
	if in.IsDir() && want&mayWrite == 0 || want == mayRead {
		if c.can(abi.CAP_DAC_READ_SEARCH) {
			return true
		}
	}
	anyExec := in.Mode&(abi.S_IXUSR|abi.S_IXGRP|abi.S_IXOTH) != 0
	return (in.IsDir() || want&mayExec == 0 || anyExec) && c.can(abi.CAP_DAC_OVERRIDE)
}

// inGroup tells whether the caller is in a group.
func (c *Ctx) inGroup(gid uint32) bool {
	if c.GID == gid {
		return true
	}
	for _, g := range c.Groups {
		if g == gid {
			return true
		}
	}
	return false
}

// owns tells whether the caller may change the inode's attributes. Linux fs/inode.c:inode_owner_or_capable
func (c *Ctx) owns(in *Inode) bool { return c.can(abi.CAP_FOWNER) || c.UID == in.UID }

// mayDelete checks that a name in dir may be removed. Linux fs/namei.c:may_delete
func (v *VFS) mayDelete(c *Ctx, dir, victim *Inode) abi.Errno {
	if err := v.may(c, dir, mayWrite|mayExec); err != abi.OK {
		return err
	}
	if dir.Mode&abi.S_ISVTX != 0 && !c.can(abi.CAP_FOWNER) && c.UID != dir.UID && c.UID != victim.UID {
		return abi.EPERM
	}
	return abi.OK
}

// mayHardlink keeps users from making names for files that they could not write and that might be privileged, as with
// sysctl protected_hardlinks, which Debian sets. proc_sys_fs(5); Linux fs/namei.c:may_linkat, safe_hardlink_source
func (v *VFS) mayHardlink(c *Ctx, in *Inode) bool {
	if c.owns(in) {
		return true
	}
	const privileged = abi.S_ISGID | abi.S_IXGRP
	return in.IsReg() && in.Mode&abi.S_ISUID == 0 && in.Mode&privileged != privileged &&
		v.may(c, in, mayRead|mayWrite) == abi.OK
}

// writable refuses changes of a read-only file system. Linux fs/namespace.c:mnt_want_write
func (v *VFS) writable(in *Inode) abi.Errno {
	if v.S.Supers.Get(in.SB).ReadOnly {
		return abi.EROFS
	}
	return abi.OK
}

// creation returns the attributes of a new inode in dir: the directory's group when it is set-group-ID, the umask
// taken off. Linux fs/inode.c:inode_init_owner
func (v *VFS) creation(c *Ctx, dir *Inode, mode uint32) NewInode {
	n := NewInode{Mode: mode &^ v.S.FS.Get(c.FSID).Umask, UID: c.UID, GID: c.GID, Time: v.host.Now()}
	if dir.Mode&abi.S_ISGID == 0 {
		return n
	}
	n.GID = dir.GID
	const privileged = abi.S_ISGID | abi.S_IXGRP
	switch {
	case mode&abi.S_IFMT == abi.S_IFDIR:
		n.Mode |= abi.S_ISGID
	case n.Mode&privileged == privileged && c.UID != 0 && !c.inGroup(n.GID):
		n.Mode &^= abi.S_ISGID // Linux fs/inode.c:mode_strip_sgid
	}
	return n
}

// Privileged tells whether who runs may use the blocks that a file system keeps for root. Linux fs/ext2/balloc.c:ext2_has_free_blocks
func (v *VFS) Privileged() bool {
	p, ok := v.host.(Privileged)
	return !ok || p.Privileged()
}
