package ext2

import (
	"strings"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// inodeAt is the byte offset of an inode on the device.
func (o op) inodeAt(ino uint64) (uint64, abi.Errno) {
	if ino == 0 || ino > uint64(o.m.Inodes) || ino < uint64(o.m.FirstIno) && ino != rootIno {
		return 0, o.damaged("inode %d does not exist", ino)
	}
	group := uint32(ino-1) / o.m.InodesPerGroup
	table, err := o.get32(o.m.descriptor(group) + gdInodeTable)
	if err != abi.OK {
		return 0, err
	}
	if !o.m.valid(table) {
		return 0, o.damaged("group %d: inode table in block %d", group, table)
	}
	return o.m.at(table) + uint64(uint32(ino-1)%o.m.InodesPerGroup)*uint64(o.m.InodeSize), abi.OK
}

// ReadInode takes an inode from the inode table. Linux fs/ext2/inode.c:ext2_iget
func (fs *FS) ReadInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	o := fs.op(v, in)
	var b [largeInode]byte
	raw, _, err := o.rawInode(in.Ino, &b)
	if err != abi.OK {
		return err
	}
	in.Mode = uint32(le.Uint16(raw[iMode:]))
	in.UID = uint32(le.Uint16(raw[iUID:])) | uint32(le.Uint16(raw[iUIDHigh:]))<<16
	in.GID = uint32(le.Uint16(raw[iGID:])) | uint32(le.Uint16(raw[iGIDHigh:]))<<16
	in.Nlink = uint32(le.Uint16(raw[iLinks:]))
	in.Size = uint64(le.Uint32(raw[iSize:]))
	in.Sects = uint64(le.Uint32(raw[iSectors:]))
	in.Flags = le.Uint32(raw[iFlags:])
	in.ACL = le.Uint32(raw[iFileACL:])
	if in.IsReg() {
		in.Size |= uint64(le.Uint32(raw[iSizeHigh:])) << 32
	}
	for i := range in.Block {
		in.Block[i] = le.Uint32(raw[iBlock+4*i:])
	}
	extra := len(raw) >= largeInode && le.Uint16(raw[iExtraSize:]) >= extraSize-8
	in.Atime = readTime(raw, iAtime, iAtimeExtra, extra)
	in.Mtime = readTime(raw, iMtime, iMtimeExtra, extra)
	in.Ctime = readTime(raw, iCtime, iCtimeExtra, extra)
	if extra {
		in.Btime = readTime(raw, iCrtime, iCrtime+4, true)
	}
	return o.checkInode(in)
}

// rawInode fills b with as much of an inode's record as we know, and says where on the disk it is.
func (o op) rawInode(ino uint64, b *[largeInode]byte) (raw []byte, at uint64, err abi.Errno) {
	if at, err = o.inodeAt(ino); err != abi.OK {
		return nil, 0, err
	}
	raw = b[:min(o.m.InodeSize, largeInode)]
	return raw, at, o.get(at, raw)
}

// checkInode refuses inodes that cannot be, and takes device numbers and short link targets out of Block.
func (o op) checkInode(in *vfs.Inode) abi.Errno {
	if in.Nlink == 0 || in.Flags&flagExtents != 0 || in.Size > 1<<41 {
		return o.damaged("inode %d: mode %#o, size %d, %d links, flags %#x", in.Ino, in.Mode, in.Size, in.Nlink, in.Flags)
	}
	switch in.Mode & abi.S_IFMT {
	case abi.S_IFREG:
	case abi.S_IFDIR:
		if in.Size == 0 || in.Size%uint64(o.m.BlockSize) != 0 || in.Size > o.m.at(o.m.Blocks) {
			return o.damaged("inode %d: mode %#o, size %d, %d links, flags %#x", in.Ino, in.Mode, in.Size, in.Nlink, in.Flags)
		}
	case abi.S_IFLNK:
		if in.Size == 0 || in.Size >= vfs.PageSize {
			return o.damaged("inode %d: mode %#o, size %d, %d links, flags %#x", in.Ino, in.Mode, in.Size, in.Nlink, in.Flags)
		}
		if o.m.isFastSymlink(in) {
			in.Target = fastTarget(in)
		}
	case abi.S_IFCHR, abi.S_IFBLK:
		in.Rdev = oldDev(in.Block[0])
		if in.Block[0] == 0 {
			in.Rdev = uint64(in.Block[1])
		}
	case abi.S_IFIFO, abi.S_IFSOCK:
	default:
		return o.damaged("inode %d: mode %#o, size %d, %d links, flags %#x", in.Ino, in.Mode, in.Size, in.Nlink, in.Flags)
	}
	return abi.OK
}

// oldDev unpacks the 16-bit device numbers of old. Linux include/linux/kdev_t.h:old_decode_dev
func oldDev(x uint32) uint64 { return vfs.MakeDev(x>>8&0xff, x&0xff) }

// isFastSymlink tells whether a link's target is in the inode itself. Linux fs/ext2/inode.c:ext2_inode_is_fast_symlink
func (m *Mount) isFastSymlink(in *vfs.Inode) bool {
	attributes := uint64(0)
	if in.ACL != 0 {
		attributes = uint64(m.BlockSize / 512)
	}
	return in.IsLnk() && in.Sects <= attributes && in.Size < 60
}

func fastTarget(in *vfs.Inode) string {
	var b [60]byte
	for i, x := range in.Block {
		le.PutUint32(b[4*i:], x)
	}
	target, _, _ := strings.Cut(string(b[:in.Size]), "\x00")
	return target
}

// Times have 32 bits of seconds, and in large inodes two more and the nanoseconds. Linux fs/ext4/ext4.h:ext4_decode_extra_time
func readTime(raw []byte, at, extraAt int, extra bool) vfs.Time {
	t := vfs.Time{Sec: int64(int32(le.Uint32(raw[at:])))}
	if extra {
		x := le.Uint32(raw[extraAt:])
		t.Sec += int64(x&3) << 32
		t.Nsec = min(x>>2, 999999999)
	}
	return t
}

func writeTime(raw []byte, at, extraAt int, extra bool, t vfs.Time) {
	le.PutUint32(raw[at:], uint32(t.Sec))
	if extra {
		epoch := uint32((t.Sec-int64(int32(t.Sec)))>>32) & 3
		le.PutUint32(raw[extraAt:], t.Nsec<<2|epoch)
	}
}

// WriteInode stores an inode in its table. Linux fs/ext2/inode.c:__ext2_write_inode
func (fs *FS) WriteInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	o := fs.op(v, in)
	if o.sb.ReadOnly || isDevice(in) {
		return abi.OK
	}
	o.modify()
	return o.writeInode(in, 0)
}

// writeInode stores the fields we keep over those on the disk, with the time of deletion.
func (o op) writeInode(in *vfs.Inode, dtime uint32) abi.Errno {
	var b [largeInode]byte
	raw, at, err := o.rawInode(in.Ino, &b)
	if err != abi.OK {
		return err
	}
	le.PutUint16(raw[iMode:], uint16(in.Mode))
	le.PutUint16(raw[iUID:], uint16(in.UID))
	le.PutUint16(raw[iUIDHigh:], uint16(in.UID>>16))
	le.PutUint16(raw[iGID:], uint16(in.GID))
	le.PutUint16(raw[iGIDHigh:], uint16(in.GID>>16))
	le.PutUint16(raw[iLinks:], uint16(in.Nlink))
	le.PutUint32(raw[iSize:], uint32(in.Size))
	le.PutUint32(raw[iSectors:], uint32(in.Sects))
	le.PutUint32(raw[iFlags:], in.Flags)
	le.PutUint32(raw[iDtime:], dtime)
	le.PutUint32(raw[iFileACL:], in.ACL)
	if in.IsReg() {
		le.PutUint32(raw[iSizeHigh:], uint32(in.Size>>32))
	}
	for i, x := range in.Block {
		le.PutUint32(raw[iBlock+4*i:], x)
	}
	extra := len(raw) >= largeInode && le.Uint16(raw[iExtraSize:]) >= extraSize-8
	writeTime(raw, iAtime, iAtimeExtra, extra, in.Atime)
	writeTime(raw, iMtime, iMtimeExtra, extra, in.Mtime)
	writeTime(raw, iCtime, iCtimeExtra, extra, in.Ctime)
	if err := o.put(at, raw); err != abi.OK {
		return err
	}
	return o.largeFile(in)
}

// largeFile notes in the super block that there is a file whose size needs more than 31 bits.
func (o op) largeFile(in *vfs.Inode) abi.Errno {
	if in.Size <= 1<<31-1 {
		return abi.OK
	}
	features, err := o.get32(superAt + sRoCompat)
	if err != abi.OK || features&roLargeFile != 0 {
		return err
	}
	return o.put32(superAt+sRoCompat, features|roLargeFile)
}

// EvictInode frees an inode without links and all its blocks. Linux fs/ext2/inode.c:ext2_evict_inode
func (fs *FS) EvictInode(v *vfs.VFS, in *vfs.Inode) {
	o := fs.op(v, in)
	if o.sb.ReadOnly {
		return
	}
	o.modify()
	fs.Truncate(v, in, 0)
	o.dropXattrs(in)
	in.Size = 0
	o.writeInode(in, max(1, uint32(v.Now().Sec)))
	o.freeInode(uint32(in.Ino), in.IsDir())
}

// Readlink reads a target that does not fit in the inode; the short ones are known since ReadInode.
func (fs *FS) Readlink(v *vfs.VFS, in *vfs.Inode) (string, abi.Errno) {
	if fs.op(v, in).m.isFastSymlink(in) {
		return fastTarget(in), abi.OK
	}
	b := make([]byte, in.Size)
	if err := v.ReadContents(v.Find(in.SB, in.Ino), 0, b); err != abi.OK {
		return "", err
	}
	target, _, _ := strings.Cut(string(b), "\x00")
	return target, abi.OK
}
