package vfs

import (
	"vitrine/engine/mem"
	"vitrine/engine/state"
)

// State is everything the file layer knows, as plain data.
type State struct {
	Supers   state.Arena[SuperBlock]
	Inodes   state.Arena[Inode]
	Dentries state.Arena[Dentry]
	Files    state.Arena[File]
	Tables   state.Arena[FDTable]
	FS       state.Arena[FSStruct]
	Pipes    state.Arena[Pipe]

	Async   []FileID // open files with O_ASYNC
	Locks   []Lock   // advisory locks, oldest first
	Watches []Watch  // of inotify instances, oldest first
	Cookie  uint32   // of the last rename that inotify told of
	Hashed  []Hash   // inodes by (super block, number), sorted: Linux's inode hash
	Root    state.ID // dentry of the root mount
	Dirty   uint32   // dirty pages in the cache
	Cached  uint32   // pages in the cache
	Hand    state.ID // inode where the next reclaim starts
	Pending uint32   // next number of an anonymous inode
}

// Hash is one entry of the inode hash.
type Hash struct {
	SB    state.ID
	Ino   uint64
	Inode state.ID
}

// SuperBlock is a mounted file system. Linux struct super_block
type SuperBlock struct {
	Kind      FSKind
	ReadOnly  bool
	Flags     uint64 // MS_* of mount(2)
	BlockSize uint32
	Dev       uint64   // st_dev of its files
	Root      state.ID // dentry
	Covered   state.ID // dentry it is mounted on, 0 for the root
	Bdev      state.ID // inode whose pages are the blocks of the device, 0 when there is none
	Source    string   // as given to mount(2)
	Data      string   // likewise: the file system's own options
	ID        state.ID // its own
	Private   state.ID // the driver's own record
}

// Time is a point in time since 1970.
type Time struct {
	Sec  int64
	Nsec uint32
}

// Inode is a file, whatever its names. Linux struct inode
type Inode struct {
	SB    state.ID
	Ino   uint64
	Mode  uint32 // type and permissions, as st_mode
	UID   uint32
	GID   uint32
	Nlink uint32
	Rdev  uint64 // character and block devices
	Size  uint64
	Sects uint64 // 512-byte units allocated, st_blocks
	Atime Time
	Mtime Time
	Ctime Time
	Btime Time // of birth; zero where the file system keeps none

	Refs     int32    // dentries, open files and mappings
	Writers  int32    // open for writing; negative: being executed (ETXTBSY)
	Pipe     state.ID // a FIFO or pipe that is open
	Dirty    bool     // differs from what the driver last wrote
	Linkable bool     // made without a name, but may be given one: O_TMPFILE
	Flags    uint32   // the driver's
	Block    [15]uint32
	ACL      uint32 // the driver's: block of the extended attributes
	Pages    []Page // sorted by Index
	Target   string // of a symbolic link, once read
}

// Page is one page of a file in the cache.
type Page struct {
	Index uint64
	Frame mem.Frame
	Dirty bool
	Swap  uint32 // where it is in swap, when Frame is 0
	Mkw   bool   // mapped shared and writable: may change without the cache being told again
}

// Dentry is a name in a directory. Linux struct dentry
type Dentry struct {
	Name     string
	Parent   state.ID // itself 0 at a mount's root: see SuperBlock.Covered
	Inode    state.ID
	SB       state.ID
	Mounted  state.ID // super block mounted here
	Refs     int32    // open files, working directories, children, mounts
	Unhashed bool     // no longer in its directory
	Fleeting bool     // in a directory that changes by itself (procfs): not kept without references
	Kids     []state.ID
}

// File is an open file description, shared by dup and fork. Linux struct file
type File struct {
	Dentry state.ID
	Inode  state.ID
	Flags  uint32 // open(2)'s, without O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC, O_CLOEXEC
	Refs   int32
	Deny   bool // opened for execution: writers are refused
	Free   bool // writes, but does not keep the file from being executed: memfd_create
	Pos    int64
	Seq    uint64 // the driver's: generation, snapshot, …
	Data   []byte // the driver's: text generated for this opening
	Owner  SigOwner
	Last   int32 // inotify's: where in Data the last event begins
}

// FD is one descriptor.
type FD struct {
	File    state.ID
	Cloexec bool
}

// FDTable is a process's descriptors. Linux struct files_struct
type FDTable struct {
	FDs  []FD
	Refs int32
	Low  int32 // no descriptor below this one is free
}

// FSStruct is a process's place in the tree. Linux struct fs_struct
type FSStruct struct {
	Root  state.ID
	Cwd   state.ID
	Umask uint32
	Refs  int32
}

// Pipe is a pipe's buffer and its ends. Linux struct pipe_inode_info
type Pipe struct {
	Inode   state.ID
	Bufs    []PipeBuffer // oldest first
	Slots   uint32       // most buffers there may be: the pipe's size in pages
	Readers int32
	Writers int32
	ROpens  uint64 // times ever opened for reading: tells a waiting opener that a partner came
	WOpens  uint64
}

// PipeBuffer is one page of a pipe, of which Len bytes from Off on are still to be read. Linux struct pipe_buffer
type PipeBuffer struct {
	Page []byte
	Off  uint32
	Len  uint32
}
