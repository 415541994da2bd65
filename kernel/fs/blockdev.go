package fs

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// The disk and its first partition. sd(4)
const (
	majorSD   = 8
	minorSDA  = 0
	minorSDA1 = 1
	minorSDB  = 16
)

// blockDevice is /dev/sda and /dev/sda1, for reading, and /dev/sdb. A partition with a mounted file system is read through the
// cache in which the file system changes it. Linux block/fops.c
type blockDevice struct{ set *Set }

// AddDrive makes the whole drive readable as /dev/sda; the partition with the root file system is known already.
func (s *Set) AddDrive(d BlockDevice) { s.drive = d }

// AddSecond makes a second drive known as /dev/sdb.
func (s *Set) AddSecond(d BlockDevice) { s.second = d }

// Device is what a device number stands for, nil when there is none.
func (s *Set) Device(rdev uint64) BlockDevice {
	if vfs.Major(rdev) != majorSD {
		return nil
	}
	return blockDevice{s}.minor(vfs.Minor(rdev))
}

// device is what a minor number stands for, nil when there is none.
func (d blockDevice) device(in *vfs.Inode) blk.Device { return d.minor(vfs.Minor(in.Rdev)) }

func (d blockDevice) minor(n uint32) blk.Device {
	switch n {
	case minorSDA:
		return d.set.drive
	case minorSDA1:
		return d.set.root
	case minorSDB:
		if d.set.second != nil && d.set.second.Blocks() > 0 {
			return d.set.second
		}
	}
	return nil
}

// Open refuses writers of a disk that is in use by a file system. Linux block/bdev.c:bdev_may_open
func (d blockDevice) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno {
	switch {
	case d.device(in) == nil:
		return abi.ENXIO
	case f.Flags&abi.O_ACCMODE != abi.O_RDONLY && (vfs.Minor(in.Rdev) != minorSDB || v.MountedFrom(in.Rdev)):
		return abi.EBUSY
	}
	return abi.OK
}

// Release has nothing to do.
func (d blockDevice) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode) {}

// maxBlockRead is how much one read takes from the disk.
const maxBlockRead = 64 << 10

// Read reads the sectors around the wanted bytes.
func (d blockDevice) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	dev := d.device(in)
	size := int64(dev.Blocks()) * blk.SectorSize
	if off >= size {
		return 0, abi.OK
	}
	p = p[:min(int64(len(p)), size-off, maxBlockRead)]
	if sb := d.set.mounted(in.Rdev); sb != nil {
		return len(p), v.ReadBuffer(sb, uint64(off), p)
	}
	first := off / blk.SectorSize
	last := (off + int64(len(p)) + blk.SectorSize - 1) / blk.SectorSize
	sectors := make([]byte, (last-first)*blk.SectorSize)
	if err := dev.ReadBlock(uint32(first), sectors); err != abi.OK {
		return 0, err
	}
	return copy(p, sectors[off%blk.SectorSize:]), abi.OK
}

// mounted is the super block of the file system on a device, nil when none is mounted.
func (s *Set) mounted(dev uint64) *vfs.SuperBlock {
	for id := vfs.FSID(1); int(id) <= s.v.S.Supers.Len(); id++ {
		if sb := s.v.Super(id); sb != nil && sb.Bdev != 0 && sb.Dev == dev {
			return sb
		}
	}
	return nil
}

// Write reads the sectors around the bytes, changes them and writes them: nothing caches the second drive.
func (d blockDevice) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	dev := d.device(in)
	size := int64(dev.Blocks()) * blk.SectorSize
	if off >= size {
		return 0, abi.ENOSPC
	}
	p = p[:min(int64(len(p)), size-off, maxBlockRead)]
	first := off / blk.SectorSize
	last := (off + int64(len(p)) + blk.SectorSize - 1) / blk.SectorSize
	sectors := make([]byte, (last-first)*blk.SectorSize)
	if err := dev.ReadBlock(uint32(first), sectors); err != abi.OK {
		return 0, err
	}
	n := copy(sectors[off%blk.SectorSize:], p)
	return n, dev.WriteBlock(uint32(first), sectors)
}

// Requests for the size. Linux include/uapi/linux/fs.h
const (
	blkGetSize   = 0x1260
	blkSSZGet    = 0x1268
	blkGetSize64 = 0x80081272
)

// Ioctl tells sizes.
func (d blockDevice) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	x, n := uint64(d.device(in).Blocks()), 8
	switch cmd {
	case blkGetSize:
	case blkGetSize64:
		x *= blk.SectorSize
	case blkSSZGet:
		x, n = blk.SectorSize, 4
	default:
		return 0, abi.ENOTTY
	}
	var b [8]byte
	for i := range b {
		b[i] = byte(x >> (8 * i))
	}
	return 0, um.CopyOut(arg, b[:n])
}

// Poll is always ready.
func (d blockDevice) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	return abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLWRNORM
}

// WaitKey is never slept on.
func (d blockDevice) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	return wait.Any
}

// DeviceSize is the size of the disk, where lseek(2) finds its end.
func (d blockDevice) DeviceSize(in *vfs.Inode) int64 {
	return int64(d.device(in).Blocks()) * blk.SectorSize
}

// Seekable: disks have positions; the end is where their size says.
func (d blockDevice) Seekable(in *vfs.Inode) bool { return true }
