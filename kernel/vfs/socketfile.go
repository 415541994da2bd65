package vfs

import (
	"strconv"

	"vitrine/kernel/abi"
)

// RegisterSocket gives the files of sockets their behaviour: package unix.
func (v *VFS) RegisterSocket(ops FileOps) { v.socket = ops }

// NewSocketFile makes the nameless inode of a socket, opened for reading and writing; id is the socket's own number,
// which Inode.Flags keeps. Linux net/socket.c:sock_alloc_file
func (v *VFS) NewSocketFile(id, flags uint32) FileID {
	i := v.newAnon(abi.S_IFSOCK | 0o777)
	in := v.inode(i)
	in.Flags = id
	d := v.dalloc(0, "socket:["+strconv.FormatUint(in.Ino, 10)+"]", i, false)
	v.dentry(d).Unhashed = true
	return v.newFile(d, abi.O_RDWR|flags&abi.O_NONBLOCK)
}

// Socket returns the number of an open file's socket, 0 when it is none. A socket's name in a directory, opened with
// O_PATH, is none either.
func (v *VFS) Socket(f FileID) uint32 {
	in := v.inode(v.S.Files.Get(f).Inode)
	if in.Mode&abi.S_IFMT != abi.S_IFSOCK || v.S.Supers.Get(in.SB).Kind != Anon {
		return 0
	}
	return in.Flags
}

// MayWrite checks that the caller may connect to the socket that an inode names.
func (v *VFS) MayWrite(c *Ctx, id InodeID) abi.Errno { return v.may(c, v.inode(id), mayWrite) }
