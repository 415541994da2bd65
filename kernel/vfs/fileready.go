package vfs

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// What can be done with an open file besides reading and writing.

// Ioctl asks the driver. ioctl(2)
func (v *VFS) Ioctl(f FileID, cmd uint32, arg uint64, um User) (int64, abi.Errno) {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	if in.Mode&abi.S_IFMT == abi.S_IFIFO || in.IsReg() && v.ops(in) == nil {
		return v.ioctlCount(file, in, cmd, arg, um)
	}
	ops := v.ops(in)
	if ops == nil {
		return 0, abi.ENOTTY
	}
	return ops.Ioctl(v, file, in, cmd, arg, um)
}

// fionread asks how many bytes can be read. ioctl_tty(2)
const fionread = 0x541b

// ioctlCount serves FIONREAD on files and pipes.
func (v *VFS) ioctlCount(file *File, in *Inode, cmd uint32, arg uint64, um User) (int64, abi.Errno) {
	if cmd != fionread {
		return 0, abi.ENOTTY
	}
	n := uint32(int64(in.Size) - file.Pos)
	if in.Pipe != 0 {
		n = v.S.Pipes.Get(in.Pipe).Count()
	}
	return 0, um.CopyOut(arg, []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
}

// Poll tells what a file is ready for. Pages and directories always are. poll(2)
func (v *VFS) Poll(f FileID) uint32 {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	if in.Mode&abi.S_IFMT == abi.S_IFIFO {
		return v.pollPipe(file, in)
	}
	if ops := v.ops(in); ops != nil {
		return ops.Poll(v, file, in)
	}
	return abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLWRNORM
}

// WaitKey says what to sleep on until the file may be ready for reading or writing.
func (v *VFS) WaitKey(f FileID, write bool) wait.Key {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	if in.Mode&abi.S_IFMT == abi.S_IFIFO {
		return pipeKey(in, write)
	}
	if ops := v.ops(in); ops != nil {
		return ops.WaitKey(v, file, in, write)
	}
	return wait.Any
}

// Fsync writes a file's pages, its inode and the device's own pages. fsync(2)
func (v *VFS) Fsync(f FileID) abi.Errno {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	if !in.IsReg() && !in.IsDir() {
		return abi.EINVAL
	}
	if !v.evictable(in) {
		return abi.OK
	}
	err := v.flushInode(file.Inode)
	if bdev := v.S.Supers.Get(in.SB).Bdev; bdev != 0 {
		err = firstError(err, v.flushPages(v.inode(bdev)))
	}
	return err
}
