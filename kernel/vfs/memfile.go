package vfs

import "vitrine/kernel/abi"

// memFS is the files of memfd_create(2): pages in the cache that no device is behind, and no name.
type memFS struct{ ReadOnly }

func (memFS) Name() string { return "tmpfs" }
func (memFS) NoDev() bool  { return true }

// ReadPage leaves a new page zero. Reserve and Truncate count.
func (memFS) ReadPage(v *VFS, in *Inode, index uint64, p []byte) abi.Errno  { return abi.OK }
func (memFS) WritePage(v *VFS, in *Inode, index uint64, p []byte) abi.Errno { return abi.OK }
func (memFS) Reserve(v *VFS, in *Inode, off, n uint64) abi.Errno            { return countPages(in) }
func (memFS) Truncate(v *VFS, in *Inode, size uint64) abi.Errno             { return countPages(in) }

func countPages(in *Inode) abi.Errno {
	in.Sects = uint64(len(in.Pages)) * (PageSize / 512)
	return abi.OK
}

// Statfs says TMPFS_MAGIC. statfs(2)
func (memFS) Statfs(v *VFS, sb *SuperBlock, st *Statfs) abi.Errno {
	*st = Statfs{Type: 0x01021994, Bsize: PageSize, Frsize: PageSize, Namelen: nameMax}
	return abi.OK
}

// Hidden tells whether files of this type have no place in the tree.
func (k FSKind) Hidden() bool { return k == Anon || k == Memory }

// Seals of memory files. memfd_create(2), fcntl(2)
const (
	SealSeal        = 1
	SealShrink      = 2
	SealGrow        = 4
	SealWrite       = 8
	SealFutureWrite = 16
	sealAll         = 31
	sealNoWrite     = SealWrite | SealFutureWrite
)

// NewMemFile makes a memory file, open for reading and writing, with seals to begin with.
func (v *VFS) NewMemFile(c *Ctx, name string, seals uint32) FileID {
	id := v.newAnon(abi.S_IFREG | 0o777)
	in := v.inode(id)
	in.SB, in.Flags, in.UID, in.GID = v.hiddenSuper(Memory), seals, c.UID, c.GID
	d := v.dalloc(0, "/memfd:"+name+" (deleted)", id, false)
	v.dentry(d).Unhashed = true
	f := v.newFile(d, abi.O_RDWR|abi.O_LARGEFILE)
	v.S.Files.Get(f).Free = true
	return f
}

// seals are those of an inode: none of anything but a memory file.
func (v *VFS) seals(in *Inode) uint32 {
	if v.S.Supers.Get(in.SB).Kind != Memory {
		return 0
	}
	return in.Flags
}

// Seals is F_GET_SEALS. fcntl(2)
func (v *VFS) Seals(f FileID) (uint32, abi.Errno) {
	in := v.inode(v.S.Files.Get(f).Inode)
	if v.S.Supers.Get(in.SB).Kind != Memory {
		return 0, abi.EINVAL
	}
	return in.Flags, abi.OK
}

// AddSeals is F_ADD_SEALS; mapped tells whether the file is mapped shared and writable. Linux mm/memfd.c:memfd_add_seals
func (v *VFS) AddSeals(f FileID, seals uint32, mapped bool) abi.Errno {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	switch {
	case !file.writes():
		return abi.EPERM
	case seals&^sealAll != 0 || v.S.Supers.Get(in.SB).Kind != Memory:
		return abi.EINVAL
	case in.Flags&SealSeal != 0:
		return abi.EPERM
	case seals&SealWrite != 0 && in.Flags&SealWrite == 0 && mapped:
		return abi.EBUSY
	}
	in.Flags |= seals
	return abi.OK
}

// Sealed tells whether an open file may not be written to any more, by a mapping either.
func (v *VFS) Sealed(f FileID) bool {
	return v.seals(v.inode(v.S.Files.Get(f).Inode))&sealNoWrite != 0
}
