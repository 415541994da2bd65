package vfs

import "vitrine/kernel/abi"

// What a pseudo-terminal's master needs of the tree: the devpts it makes names in.

// DevptsOf returns the devpts that an open ptmx belongs to: the one it lies in, or the one mounted on its sibling
// "pts"; 0 when there is none. Linux fs/devpts/inode.c:devpts_acquire
func (v *VFS) DevptsOf(f *File) FSID {
	de := v.dentry(f.Dentry)
	if v.S.Supers.Get(de.SB).Kind == Devpts {
		return de.SB
	}
	if de.Parent == 0 {
		return 0
	}
	d, err := v.lookup(de.Parent, "pts")
	if err != abi.OK {
		return 0
	}
	sb := v.dentry(d).SB
	v.DPut(d)
	if v.S.Supers.Get(sb).Kind != Devpts {
		return 0
	}
	return sb
}

// OpenName opens a name in the root of a mounted file system, whatever the caller can see. It checks no permissions.
// Linux drivers/tty/pty.c:ptm_open_peer
func (v *VFS) OpenName(c *Ctx, sb FSID, name string, flags uint32) (FileID, abi.Errno) {
	d, err := v.lookup(v.S.Supers.Get(sb).Root, name)
	if err != abi.OK {
		return 0, err
	}
	return v.openDentry(c, d, flags)
}
