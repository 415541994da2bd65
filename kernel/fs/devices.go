package fs

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// Memory devices. null(4), random(4), full(4); Linux drivers/char/mem.c:devlist
const (
	majorMem     = 1
	minorNull    = 3
	minorZero    = 5
	minorFull    = 7
	minorRandom  = 8
	minorURandom = 9
)

// devices is what devtmpfs has from the beginning. The terminals' numbers are those of
// Linux Documentation/admin-guide/devices.txt; their behaviour is registered by whoever has the terminal.
var devices = []initial{
	{name: "console", mode: abi.S_IFCHR | 0o600, rdev: vfs.MakeDev(5, 1)},
	{name: "fd", mode: abi.S_IFLNK | 0o777, target: "/proc/self/fd"},
	{name: "full", mode: abi.S_IFCHR | 0o666, rdev: vfs.MakeDev(majorMem, minorFull)},
	{name: "kmsg", mode: abi.S_IFCHR | 0o644, rdev: vfs.MakeDev(majorMem, minorKmsg)},
	{name: "null", mode: abi.S_IFCHR | 0o666, rdev: vfs.MakeDev(majorMem, minorNull)},
	{name: "ptmx", mode: abi.S_IFCHR | 0o666, rdev: vfs.MakeDev(5, 2)},
	{name: "pts", mode: abi.S_IFDIR | 0o755},
	{name: "random", mode: abi.S_IFCHR | 0o666, rdev: vfs.MakeDev(majorMem, minorRandom)},
	{name: "sda", mode: abi.S_IFBLK | 0o660, rdev: vfs.MakeDev(majorSD, minorSDA)},
	{name: "sda1", mode: abi.S_IFBLK | 0o660, rdev: vfs.MakeDev(majorSD, minorSDA1)},
	{name: "sdb", mode: abi.S_IFBLK | 0o660, rdev: vfs.MakeDev(majorSD, minorSDB)},
	{name: "shm", mode: abi.S_IFDIR | 0o1777},
	{name: "stderr", mode: abi.S_IFLNK | 0o777, target: "/proc/self/fd/2"},
	{name: "stdin", mode: abi.S_IFLNK | 0o777, target: "/proc/self/fd/0"},
	{name: "stdout", mode: abi.S_IFLNK | 0o777, target: "/proc/self/fd/1"},
	{name: "tty", mode: abi.S_IFCHR | 0o666, rdev: vfs.MakeDev(5, 0)},
	{name: "ttyS0", mode: abi.S_IFCHR | 0o620, rdev: vfs.MakeDev(4, 64)},
	{name: "urandom", mode: abi.S_IFCHR | 0o666, rdev: vfs.MakeDev(majorMem, minorURandom)},
	{name: "zero", mode: abi.S_IFCHR | 0o666, rdev: vfs.MakeDev(majorMem, minorZero)},
}

// memDevice is the behaviour of major 1.
type memDevice struct{ world World }

// Open refuses minors that do not exist.
func (d memDevice) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno {
	switch vfs.Minor(in.Rdev) {
	case minorNull, minorZero, minorFull, minorRandom, minorURandom, minorKmsg:
		return abi.OK
	}
	return abi.ENXIO
}

// Release has nothing to do.
func (d memDevice) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode) {}

// Read gives nothing, zeroes or random bytes.
func (d memDevice) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	switch vfs.Minor(in.Rdev) {
	case minorNull:
		return 0, abi.OK
	case minorKmsg:
		return d.readKmsg(f, p)
	case minorRandom, minorURandom:
		d.world.Random(p)
	default:
		clear(p)
	}
	return len(p), abi.OK
}

// Write swallows everything, except that /dev/full never has room.
func (d memDevice) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	switch {
	case vfs.Minor(in.Rdev) == minorFull && len(p) > 0:
		return 0, abi.ENOSPC
	case vfs.Minor(in.Rdev) == minorKmsg:
		return d.writeKmsg(p)
	}
	return len(p), abi.OK
}

// Random devices' requests. random(4)
const (
	rndGetEntCnt = 0x80045200
	entropyBits  = 256
)

// Ioctl tells the random devices' entropy; there are no other requests.
func (d memDevice) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	minor := vfs.Minor(in.Rdev)
	if cmd != rndGetEntCnt || minor != minorRandom && minor != minorURandom {
		return 0, abi.ENOTTY
	}
	return 0, um.CopyOut(arg, []byte{byte(entropyBits & 0xff), entropyBits >> 8, 0, 0})
}

// Poll is always ready, but for the log.
func (d memDevice) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	if vfs.Minor(in.Rdev) == minorKmsg {
		return d.pollKmsg(f)
	}
	return abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLWRNORM
}

// WaitKey is slept on by readers of the log only.
func (d memDevice) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	if vfs.Minor(in.Rdev) == minorKmsg {
		return KmsgKey
	}
	return wait.Any
}

// Seekable: positions are accepted and mean nothing. Linux drivers/char/mem.c:null_lseek
func (d memDevice) Seekable(in *vfs.Inode) bool { return true }
