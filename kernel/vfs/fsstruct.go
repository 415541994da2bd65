package vfs

import "vitrine/kernel/abi"

// NewFS makes an fs_struct at the root of the tree with umask 022.
func (v *VFS) NewFS() FSID {
	id, fs := v.S.FS.Alloc()
	*fs = FSStruct{Root: v.DGet(v.S.Root), Cwd: v.DGet(v.S.Root), Umask: 0o022, Refs: 1}
	return id
}

// CopyFS copies it for fork(2). Linux fs/fs_struct.c:copy_fs_struct
func (v *VFS) CopyFS(id FSID) FSID {
	from := *v.S.FS.Get(id)
	to, fs := v.S.FS.Alloc()
	*fs = FSStruct{Root: v.DGet(from.Root), Cwd: v.DGet(from.Cwd), Umask: from.Umask, Refs: 1}
	return to
}

// ShareFS takes a reference for CLONE_FS.
func (v *VFS) ShareFS(id FSID) { v.S.FS.Get(id).Refs++ }

// PutFS drops one at exit.
func (v *VFS) PutFS(id FSID) {
	fs := v.S.FS.Get(id)
	if fs.Refs--; fs.Refs > 0 {
		return
	}
	v.DPut(fs.Cwd)
	v.DPut(fs.Root)
	v.S.FS.Free(id)
}

// FSStruct returns it for reading (/proc), nil when id names none.
func (v *VFS) FSStruct(id FSID) *FSStruct { return v.S.FS.Get(id) }

// Umask sets the mask and returns the old one. umask(2)
func (v *VFS) Umask(id FSID, mask uint32) uint32 {
	fs := v.S.FS.Get(id)
	old := fs.Umask
	fs.Umask = mask & 0o777
	return old
}

// directory resolves a path to a directory that may be entered.
func (v *VFS) directory(c *Ctx, path string) (DentryID, abi.Errno) {
	d, err := v.resolve(c, abi.AT_FDCWD, path, true)
	if err != abi.OK {
		return 0, err
	}
	if err := v.enterable(c, d); err != abi.OK {
		v.DPut(d)
		return 0, err
	}
	return d, abi.OK
}

func (v *VFS) enterable(c *Ctx, d DentryID) abi.Errno {
	in := v.inodeOf(d)
	if !in.IsDir() {
		return abi.ENOTDIR
	}
	return v.may(c, in, mayExec)
}

// Chdir changes the working directory. chdir(2)
func (v *VFS) Chdir(c *Ctx, path string) abi.Errno {
	d, err := v.directory(c, path)
	if err != abi.OK {
		return err
	}
	v.setCwd(c, d)
	return abi.OK
}

// Fchdir changes it to an open directory. fchdir(2)
func (v *VFS) Fchdir(c *Ctx, fd int32) abi.Errno {
	f, err := v.GetAny(c, fd)
	if err != abi.OK {
		return err
	}
	d := v.S.Files.Get(f).Dentry
	if err := v.enterable(c, d); err != abi.OK {
		return err
	}
	v.setCwd(c, v.DGet(d))
	return abi.OK
}

func (v *VFS) setCwd(c *Ctx, d DentryID) {
	fs := v.S.FS.Get(c.FSID)
	old := fs.Cwd
	fs.Cwd = d
	v.DPut(old)
}

// Chroot changes the root directory. chroot(2)
func (v *VFS) Chroot(c *Ctx, path string) abi.Errno {
	d, err := v.directory(c, path)
	if err != abi.OK {
		return err
	}
	if !c.can(abi.CAP_SYS_CHROOT) {
		v.DPut(d)
		return abi.EPERM
	}
	fs := v.S.FS.Get(c.FSID)
	old := fs.Root
	fs.Root = d
	v.DPut(old)
	return abi.OK
}

// Getcwd names the working directory, ENOENT when it was removed. getcwd(2)
func (v *VFS) Getcwd(c *Ctx) (string, abi.Errno) {
	fs := v.S.FS.Get(c.FSID)
	if v.dentry(fs.Cwd).Unhashed {
		return "", abi.ENOENT
	}
	path := v.Path(fs.Cwd, fs.Root)
	if !v.below(fs.Cwd, fs.Root) {
		path = "(unreachable)" + path // outside of the root that chroot(2) set
	}
	return path, abi.OK
}

// below tells whether a dentry is root or somewhere under it, across mounts.
func (v *VFS) below(d, root DentryID) bool {
	for d != root {
		de := v.dentry(d)
		next := de.Parent
		if next == 0 {
			next = v.S.Supers.Get(de.SB).Covered
		}
		if next == 0 {
			return false
		}
		d = next
	}
	return true
}

// FilePath is the target of /proc/PID/fd/N: a path, or pipe:[N].
func (v *VFS) FilePath(f FileID, root DentryID) string { return v.Path(v.S.Files.Get(f).Dentry, root) }
