package abi

// Stat is struct stat of x86-64. stat(2); Linux arch/x86/include/uapi/asm/stat.h
type Stat struct {
	Dev, Ino, Nlink     uint64
	Mode, UID, GID, Pad uint32
	Rdev                uint64
	Size                int64
	Blksize, Blocks     int64 // Blocks counts 512 bytes
	Atim, Mtim, Ctim    Timespec
	Unused              [3]int64
}

// StatxTimestamp is struct statx_timestamp.
type StatxTimestamp struct {
	Sec  int64
	Nsec uint32
	Pad  int32
}

// Statx is struct statx. statx(2)
type Statx struct {
	Mask, Blksize               uint32
	Attributes                  uint64
	Nlink, UID, GID             uint32
	Mode, Pad0                  uint16
	Ino, Size, Blocks           uint64
	AttributesMask              uint64
	Atime, Btime, Ctime, Mtime  StatxTimestamp
	RdevMajor, RdevMinor        uint32
	DevMajor, DevMinor          uint32
	MntID                       uint64
	DioMemAlign, DioOffsetAlign uint32
	Spare                       [12]uint64
}

// Statfs is struct statfs. statfs(2)
type Statfs struct {
	Type, Bsize           int64
	Blocks, Bfree, Bavail uint64
	Files, Ffree          uint64
	Fsid                  [2]int32
	Namelen, Frsize       int64
	Flags                 int64
	Spare                 [4]int64
}

// Flock is struct flock. fcntl(2)
type Flock struct {
	Type, Whence int16
	Pad0         uint32
	Start, Len   int64
	PID          int32
	Pad1         uint32
}

// Iovec is struct iovec. readv(2)
type Iovec struct{ Base, Len uint64 }

// Pollfd is struct pollfd. poll(2)
type Pollfd struct {
	FD              int32
	Events, Revents int16
}

// DirentHeader is struct linux_dirent64 up to the name, which follows with its NUL and padding to 8 bytes.
// getdents64(2); the record is packed: its header is 19 bytes.
type DirentHeader struct {
	Ino    uint64
	Off    int64
	Reclen uint16
	Type   uint8
}

// AppendDirent appends one record of getdents64(2).
func AppendDirent(b []byte, ino uint64, off int64, typ uint8, name string) []byte {
	n := DirentLen(name)
	start := len(b)
	b = Append(b, &DirentHeader{ino, off, uint16(n), typ})
	b = append(b, name...)
	return append(b, make([]byte, n-(len(b)-start))...)
}

// DirentLen is the length of a record with the given name.
func DirentLen(name string) int { return (19 + len(name) + 1 + 7) &^ 7 }

// MakeDev joins a device number as glibc and Linux exchange it. makedev(3)
func MakeDev(major, minor uint32) uint64 {
	return uint64(minor&0xff) | uint64(major&0xfff)<<8 | uint64(minor&^0xff)<<12 | uint64(major&^0xfff)<<32
}
