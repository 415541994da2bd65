package vfs

import "vitrine/engine/mem"

// VFS is the file layer: its state and the wiring around it.
type VFS struct {
	S State

	ram    *mem.RAM
	frames FrameSource
	host   Host
	types  [NumFS]FileSystem
	chars  [MaxMajor]FileOps
	blocks [MaxMajor]FileOps
	anons  [numAnonKinds]FileOps
	socket FileOps

	flushing bool // within one call: pages are being written, so reclaim must not write others
}

// MaxMajor bounds device major numbers.
const MaxMajor = 256

// New returns an empty file layer over guest memory.
func New(ram *mem.RAM, frames FrameSource, host Host) *VFS {
	v := &VFS{ram: ram, frames: frames, host: host}
	v.types[Anon], v.types[Memory] = anonFS{}, memFS{}
	return v
}

// Register adds a file system type.
func (v *VFS) Register(kind FSKind, fs FileSystem) { v.types[kind] = fs }

// RegisterChar gives the character devices of a major number their behaviour.
func (v *VFS) RegisterChar(major uint32, ops FileOps) { v.chars[major] = ops }

// RegisterBlock does it for block devices.
func (v *VFS) RegisterBlock(major uint32, ops FileOps) { v.blocks[major] = ops }

// TypeName is a file system type's name.
func (v *VFS) TypeName(kind FSKind) string { return v.types[kind].Name() }

// Types lists the registered file system types in order of kind, for /proc/filesystems.
func (v *VFS) Types() []FileSystem {
	var list []FileSystem
	for kind, fs := range v.types {
		if fs != nil && FSKind(kind) != Memory {
			list = append(list, fs)
		}
	}
	return list
}

// Ctx is who asks: a task's view of the file layer. Package sys fills one from the task for each call.
type Ctx struct {
	FSID   FSID
	Files  TableID
	UID    uint32 // effective; access(2) passes the real one
	GID    uint32
	Groups []uint32
	Caps   uint64 // effective capabilities
	NoFile uint32 // RLIMIT_NOFILE
	FSize  uint64 // RLIMIT_FSIZE, abi.RLIM_INFINITY for none
	// Resolve are the RESOLVE_* that restrict this call's walks: openat2(2).
	Resolve uint32
}

// MakeDev packs a device number as st_rdev does. makedev(3)
func MakeDev(major, minor uint32) uint64 {
	return uint64(major&0xfff)<<8 | uint64(minor&0xff) | uint64(minor&^0xff)<<12 | uint64(major&^0xfff)<<32
}

// Major of a device number.
func Major(dev uint64) uint32 { return uint32(dev>>8)&0xfff | uint32(dev>>32)&^0xfff }

// Minor of a device number.
func Minor(dev uint64) uint32 { return uint32(dev)&0xff | uint32(dev>>12)&^0xff }

// Attr is what stat(2) and statx(2) tell; package sys packs it.
type Attr struct {
	Dev, Ino, Rdev      uint64
	Mode, Nlink         uint32
	UID, GID            uint32
	Size                int64
	Blksize             uint32
	Blocks              uint64 // of 512 bytes
	Atime, Mtime, Ctime Time
	Btime               Time // zero when not known
	Mount               uint64
}

// Statfs is what statfs(2) tells.
type Statfs struct {
	Type, Bsize, Frsize, Namelen, Flags uint64
	Blocks, Bfree, Bavail               uint64
	Files, Ffree                        uint64
	Fsid                                uint64
}
