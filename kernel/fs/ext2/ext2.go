package ext2

import (
	"fmt"
	"strings"

	"vitrine/engine/state"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/vfs"
)

// FS is the driver: the disk it reads and a record for each mount.
type FS struct {
	vfs.ReadOnly
	State *State
	// Find is the device of a device number, nil when it is the one that New was given.
	Find func(dev uint64) blk.Device
	// Log, when set, is told what is wrong with a disk.
	Log func(text string)
	dev blk.Device
}

// disk is the device under a super block.
func (fs *FS) disk(sb *vfs.SuperBlock) blk.Device {
	if fs.Find != nil {
		if d := fs.Find(sb.Dev); d != nil {
			return d
		}
	}
	return fs.dev
}

// State is the driver's plain data.
type State struct {
	Mounts state.Arena[Mount]
	Told   string // the last complaint in the log: it is not repeated
}

// New returns the driver for a disk, with a State of its own until it is given another.
func New(dev blk.Device) *FS { return &FS{dev: dev, State: new(State)} }

// Name is the type's name for mount(2).
func (fs *FS) Name() string { return "ext2" }

// NoDev is false: it lives on a disk.
func (fs *FS) NoDev() bool { return false }

// op is one operation on a mounted file system: the pieces that every function needs.
type op struct {
	*FS
	v  *vfs.VFS
	sb *vfs.SuperBlock
	m  *Mount
}

func (fs *FS) op(v *vfs.VFS, in *vfs.Inode) op { return fs.opSuper(v, v.Super(in.SB)) }

func (fs *FS) opSuper(v *vfs.VFS, sb *vfs.SuperBlock) op {
	return op{fs, v, sb, fs.State.Mounts.Get(sb.Private)}
}

// damaged says in the log what is wrong with the disk, and is the error for whoever asked. Linux fs/ext2/super.c:ext2_error
func (o op) damaged(format string, args ...any) abi.Errno {
	line := fmt.Sprintf("EXT2-fs error (device %s): ", strings.TrimPrefix(o.sb.Source, "/dev/")) + fmt.Sprintf(format, args...)
	if line != o.State.Told && o.Log != nil {
		o.Log(line)
	}
	o.State.Told = line
	return abi.EUCLEAN
}

// Mount reads the super block. A feature that we must not write next to makes the mount read-only.
func (fs *FS) Mount(v *vfs.VFS, sb *vfs.SuperBlock) (uint64, abi.Errno) {
	var s [superSize]byte
	if err := v.ReadBuffer(sb, superAt, s[:]); err != abi.OK {
		return 0, err
	}
	parsed, err := parse(s[:], uint64(fs.disk(sb).Blocks()))
	if err != abi.OK {
		fs.explain(sb, s[:])
		return 0, err
	}
	if bad := le.Uint32(s[sRoCompat:]) &^ roKnown; bad != 0 {
		fs.say(sb, "mounted read-only because of unsupported optional features ("+featureText(bad, roNames)+")")
		sb.ReadOnly = true
	}
	sb.BlockSize = parsed.BlockSize
	id, m := fs.State.Mounts.Alloc()
	*m = parsed
	sb.Private = id
	o := fs.opSuper(v, sb)
	if err := o.checkGroups(); err != abi.OK {
		fs.State.Mounts.Free(id)
		return 0, err
	}
	if !sb.ReadOnly {
		err = o.mounted(s[:])
	}
	return rootIno, err
}

// checkGroups sees that the descriptors point into the file system. Linux fs/ext2/super.c:ext2_check_descriptors
func (o op) checkGroups() abi.Errno {
	tableBlocks := (o.m.InodesPerGroup*o.m.InodeSize + o.m.BlockSize - 1) / o.m.BlockSize
	for g := range o.m.Groups {
		var d [gdSize]byte
		if err := o.get(o.m.descriptor(g), d[:]); err != abi.OK {
			return err
		}
		table := le.Uint32(d[gdInodeTable:])
		if !o.m.valid(le.Uint32(d[gdBlockBitmap:])) || !o.m.valid(le.Uint32(d[gdInodeBitmap:])) || !o.m.valid(table) ||
			uint64(table)+uint64(tableBlocks) > uint64(o.m.Blocks) {
			return o.damaged("descriptors of group %d", g)
		}
	}
	return abi.OK
}

// mounted notes the mount in the super block.
func (o op) mounted(s []byte) abi.Errno {
	le.PutUint32(s[sMtime:], uint32(o.v.Now().Sec))
	le.PutUint16(s[sMountCount:], le.Uint16(s[sMountCount:])+1)
	return o.put(superAt, s)
}

// Unmount forgets the mount; Sync came before.
func (fs *FS) Unmount(v *vfs.VFS, sb *vfs.SuperBlock) {
	if sb.Private != 0 {
		fs.State.Mounts.Free(sb.Private)
		sb.Private = 0
	}
}

// get and put move bytes of metadata.
func (o op) get(off uint64, p []byte) abi.Errno { return o.v.ReadBuffer(o.sb, off, p) }
func (o op) put(off uint64, p []byte) abi.Errno { return o.v.WriteBuffer(o.sb, off, p) }

func (o op) get32(off uint64) (uint32, abi.Errno) {
	var b [4]byte
	err := o.get(off, b[:])
	return le.Uint32(b[:]), err
}

func (o op) put32(off uint64, x uint32) abi.Errno {
	var b [4]byte
	le.PutUint32(b[:], x)
	return o.put(off, b[:])
}

func (o op) put16(off uint64, x uint16) abi.Errno {
	var b [2]byte
	le.PutUint16(b[:], x)
	return o.put(off, b[:])
}

func (o op) get16(off uint64) (uint16, abi.Errno) {
	var b [2]byte
	err := o.get(off, b[:])
	return le.Uint16(b[:]), err
}

// modify notes that the disk is about to change: until the next Sync it counts as not cleanly unmounted.
func (o op) modify() {
	if !o.m.Changed {
		o.m.Changed = true
		o.put16(superAt+sState, 0)
	}
}

// Sync stores the counters. What is on the disk after it is whole, unless files without a name are still open.
func (fs *FS) Sync(v *vfs.VFS, sb *vfs.SuperBlock) abi.Errno {
	o := fs.opSuper(v, sb)
	if o.m == nil || !o.m.Changed {
		return abi.OK
	}
	var s [superSize]byte
	if err := o.get(superAt, s[:]); err != abi.OK {
		return err
	}
	le.PutUint32(s[sFreeBlocks:], o.m.FreeBlocks)
	le.PutUint32(s[sFreeInodes:], o.m.FreeInodes)
	le.PutUint32(s[sWtime:], uint32(v.Now().Sec))
	if !v.Orphans(sb.ID) {
		le.PutUint16(s[sState:], stateValid)
		o.m.Changed = false
	}
	return o.put(superAt, s[:])
}

// Statfs counts blocks and inodes. statfs(2)
func (fs *FS) Statfs(v *vfs.VFS, sb *vfs.SuperBlock, st *vfs.Statfs) abi.Errno {
	m := fs.State.Mounts.Get(sb.Private)
	tables := uint64(m.Groups) * (uint64(m.InodesPerGroup)*uint64(m.InodeSize)/uint64(m.BlockSize) + 2)
	*st = vfs.Statfs{
		Type: magic, Bsize: uint64(m.BlockSize), Frsize: uint64(m.BlockSize), Namelen: nameMax,
		Blocks: uint64(m.Blocks) - min(tables, uint64(m.Blocks)), Bfree: uint64(m.FreeBlocks),
		Bavail: uint64(m.FreeBlocks - min(m.FreeBlocks, m.Reserved)),
		Files:  uint64(m.Inodes), Ffree: uint64(m.FreeInodes),
	}
	return abi.OK
}

// readDevice fills a page of the block device's cache.
func readDevice(dev blk.Device, index uint64, p []byte) abi.Errno {
	first := index * (vfs.PageSize / blk.SectorSize)
	if first >= uint64(dev.Blocks()) {
		return abi.EIO
	}
	n := min(uint64(len(p)/blk.SectorSize), uint64(dev.Blocks())-first)
	return dev.ReadBlock(uint32(first), p[:n*blk.SectorSize])
}

// writeDevice is its inverse.
func writeDevice(dev blk.Device, index uint64, p []byte) abi.Errno {
	first := index * (vfs.PageSize / blk.SectorSize)
	n := min(uint64(len(p)/blk.SectorSize), uint64(dev.Blocks())-first)
	return dev.WriteBlock(uint32(first), p[:n*blk.SectorSize])
}

// isDevice tells the inode of the block device's cache from files.
func isDevice(in *vfs.Inode) bool { return in.Ino == 0 }

// ReadPage reads a page of a file, block by block; holes are zero. Linux fs/mpage.c:do_mpage_readpage
func (fs *FS) ReadPage(v *vfs.VFS, in *vfs.Inode, index uint64, p []byte) abi.Errno {
	if isDevice(in) {
		return readDevice(fs.disk(v.Super(in.SB)), index, p)
	}
	o := fs.op(v, in)
	bs := uint64(o.m.BlockSize)
	for i := uint64(0); i < vfs.PageSize/bs; i++ {
		if (index*vfs.PageSize + i*bs) >= in.Size {
			break
		}
		block, err := o.bmap(in, index*(vfs.PageSize/bs)+i)
		if err != abi.OK {
			return err
		}
		if block == 0 {
			continue
		}
		to := p[i*bs : (i+1)*bs]
		if v.CachedBuffer(o.sb, o.m.at(block), to) {
			continue
		}
		if err := o.disk(o.sb).ReadBlock(uint32(o.m.at(block)/blk.SectorSize), to); err != abi.OK {
			return err
		}
	}
	return abi.OK
}

// WritePage writes the blocks of a page that have a place on the disk.
func (fs *FS) WritePage(v *vfs.VFS, in *vfs.Inode, index uint64, p []byte) abi.Errno {
	if isDevice(in) {
		return writeDevice(fs.disk(v.Super(in.SB)), index, p)
	}
	o := fs.op(v, in)
	bs := uint64(o.m.BlockSize)
	for i := uint64(0); i < vfs.PageSize/bs; i++ {
		block, err := o.bmap(in, index*(vfs.PageSize/bs)+i)
		if err != abi.OK {
			return err
		}
		if block == 0 {
			continue
		}
		from := p[i*bs : (i+1)*bs]
		if err := o.disk(o.sb).WriteBlock(uint32(o.m.at(block)/blk.SectorSize), from); err != abi.OK {
			return err
		}
		v.UpdateBuffer(o.sb, o.m.at(block), from)
	}
	return abi.OK
}

// Reserve gives blocks to bytes [off, off+n) of a file. Linux fs/ext2/inode.c:ext2_get_block
func (fs *FS) Reserve(v *vfs.VFS, in *vfs.Inode, off, n uint64) abi.Errno {
	if n == 0 {
		return abi.OK
	}
	o := fs.op(v, in)
	bs := uint64(o.m.BlockSize)
	for b := off / bs; b <= (off+n-1)/bs; b++ {
		if _, err := o.bmapAlloc(in, b); err != abi.OK {
			return err
		}
	}
	return abi.OK
}
