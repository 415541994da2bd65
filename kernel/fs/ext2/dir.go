package ext2

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// entry is a directory entry in a block.
type entry struct {
	at   uint32 // offset in the block
	ino  uint32
	size uint32 // of the record
	kind uint8
	name []byte // in the block's buffer
}

// used is how many bytes of the record the entry needs.
func (e *entry) used() uint32 {
	if e.ino == 0 {
		return 0
	}
	return recordSize(len(e.name))
}

func recordSize(name int) uint32 { return uint32(deHead+name+3) &^ 3 }

// parseEntry reads the entry at an offset and checks it. Linux fs/ext2/dir.c:ext2_check_folio
func (m *Mount) parseEntry(block []byte, at uint32) (entry, abi.Errno) {
	if at+deHead > uint32(len(block)) {
		return entry{}, abi.EUCLEAN
	}
	b := block[at:]
	e := entry{at: at, ino: le.Uint32(b), size: uint32(le.Uint16(b[4:])), kind: b[7]}
	n := uint32(b[6])
	if !m.Filetype {
		n |= uint32(b[7]) << 8
		e.kind = 0
	}
	if e.size < deHead || e.size%4 != 0 || e.size > uint32(len(b)) || recordSize(int(n)) > e.size || e.ino > m.Inodes {
		return entry{}, abi.EUCLEAN
	}
	e.name = b[deHead : deHead+n]
	return e, abi.OK
}

// putEntry writes an entry.
func (m *Mount) putEntry(block []byte, at, ino, size uint32, name string, mode uint32) {
	b := block[at : at+size]
	le.PutUint32(b, ino)
	le.PutUint16(b[4:], uint16(size))
	b[6], b[7] = byte(len(name)), 0
	if m.Filetype {
		b[7] = fileType(mode)
	}
	copy(b[deHead:], name)
}

// File types in directory entries, and the types that getdents64 shows for them.
var (
	typeOfDirent = [...]uint8{0, abi.DT_REG, abi.DT_DIR, abi.DT_CHR, abi.DT_BLK, abi.DT_FIFO, abi.DT_SOCK, abi.DT_LNK}
	modes        = [...]uint32{0, abi.S_IFREG, abi.S_IFDIR, abi.S_IFCHR, abi.S_IFBLK, abi.S_IFIFO, abi.S_IFSOCK, abi.S_IFLNK}
)

// fileType is the entry's type for st_mode.
func fileType(mode uint32) uint8 {
	for i, m := range modes {
		if i > 0 && mode&abi.S_IFMT == m {
			return uint8(i)
		}
	}
	return 0
}

// dirBlock is one block of a directory being looked at or changed.
type dirBlock struct {
	off uint64 // in the directory
	buf [vfs.PageSize]byte
	b   []byte // the part of buf that is the block
}

// load reads the block at an offset of a directory.
func (o op) load(dir *vfs.Inode, off uint64, d *dirBlock) abi.Errno {
	d.off, d.b = off, d.buf[:o.m.BlockSize]
	return o.v.ReadContents(o.v.Find(dir.SB, dir.Ino), off, d.b)
}

// store writes it back.
func (o op) store(dir *vfs.Inode, d *dirBlock) abi.Errno {
	o.modify()
	if dir.Flags&flagIndex != 0 {
		dir.Flags &^= flagIndex // the hash tree no longer fits; the plain entries do
		dir.Dirty = true
	}
	return o.v.WriteContents(o.v.Find(dir.SB, dir.Ino), d.off, d.b)
}

// entryAt is the entry at an offset of a block.
func (o op) entryAt(dir *vfs.Inode, d *dirBlock, at uint32) (entry, abi.Errno) {
	e, err := o.m.parseEntry(d.b, at)
	if err != abi.OK {
		return e, o.damaged("directory %d: bad entry at %d", dir.Ino, d.off+uint64(at))
	}
	return e, abi.OK
}

// find looks for a name; prev is the entry before it in the block, with size 0 when there is none.
func (o op) find(dir *vfs.Inode, name string, d *dirBlock) (e, prev entry, err abi.Errno) {
	for off := uint64(0); off < dir.Size; off += uint64(o.m.BlockSize) {
		if err := o.load(dir, off, d); err != abi.OK {
			return entry{}, entry{}, err
		}
		prev = entry{}
		for at := uint32(0); at < o.m.BlockSize; {
			e, err := o.entryAt(dir, d, at)
			if err != abi.OK {
				return entry{}, entry{}, err
			}
			if e.ino != 0 && string(e.name) == name {
				return e, prev, abi.OK
			}
			prev = e
			at += e.size
		}
	}
	return entry{}, entry{}, abi.ENOENT
}

// Lookup finds a name. Linux fs/ext2/dir.c:ext2_find_entry
func (fs *FS) Lookup(v *vfs.VFS, dir *vfs.Inode, name string) (uint64, abi.Errno) {
	var d dirBlock
	e, _, err := fs.op(v, dir).find(dir, name, &d)
	return uint64(e.ino), err
}

// Readdir lists from a byte offset on. An offset that is not an entry's is moved on to one, since the directory may
// have changed since it was told. Linux fs/ext2/dir.c:ext2_readdir
func (fs *FS) Readdir(v *vfs.VFS, dir *vfs.Inode, pos int64, emit func(string, uint64, uint8, int64) bool) abi.Errno {
	o := fs.op(v, dir)
	var d dirBlock
	bs := uint64(o.m.BlockSize)
	for off := uint64(pos) / bs * bs; off < dir.Size; off += bs {
		if err := o.load(dir, off, &d); err != abi.OK {
			return err
		}
		for at := uint32(0); at < o.m.BlockSize; {
			e, err := o.entryAt(dir, &d, at)
			if err != abi.OK {
				return err
			}
			at += e.size
			if e.ino == 0 || off+uint64(e.at) < uint64(pos) {
				continue
			}
			kind := uint8(abi.DT_UNKNOWN)
			if int(e.kind) < len(typeOfDirent) {
				kind = typeOfDirent[e.kind]
			}
			if !emit(string(e.name), uint64(e.ino), kind, int64(off+uint64(at))) {
				return abi.OK
			}
		}
	}
	return abi.OK
}

// Empty tells whether only "." and ".." are left. Linux fs/ext2/dir.c:ext2_empty_dir
func (fs *FS) Empty(v *vfs.VFS, dir *vfs.Inode) (bool, abi.Errno) {
	empty := true
	err := fs.Readdir(v, dir, 0, func(name string, ino uint64, kind uint8, next int64) bool {
		empty = name == "." || name == ".."
		return empty
	})
	return empty, err
}

// add puts a new name into the first record with room for it, or into a new block. Linux fs/ext2/dir.c:ext2_add_link
func (o op) add(dir *vfs.Inode, name string, ino, mode uint32) abi.Errno {
	var d dirBlock
	need := recordSize(len(name))
	for off := uint64(0); off < dir.Size; off += uint64(o.m.BlockSize) {
		if err := o.load(dir, off, &d); err != abi.OK {
			return err
		}
		for at := uint32(0); at < o.m.BlockSize; {
			e, err := o.entryAt(dir, &d, at)
			if err != abi.OK {
				return err
			}
			if used := e.used(); e.size-used >= need {
				if used > 0 {
					le.PutUint16(d.b[at+4:], uint16(used))
				}
				o.m.putEntry(d.b, at+used, ino, e.size-used, name, mode)
				return o.store(dir, &d)
			}
			at += e.size
		}
	}
	return o.extend(dir, name, ino, mode)
}

// extend adds a block to a directory with one entry in it.
func (o op) extend(dir *vfs.Inode, name string, ino, mode uint32) abi.Errno {
	if err := o.FS.Reserve(o.v, dir, dir.Size, uint64(o.m.BlockSize)); err != abi.OK {
		return err
	}
	var d dirBlock
	d.off, d.b = dir.Size, d.buf[:o.m.BlockSize]
	o.m.putEntry(d.b, 0, ino, o.m.BlockSize, name, mode)
	dir.Size += uint64(o.m.BlockSize)
	dir.Dirty = true
	return o.store(dir, &d)
}

// Link adds a name for an inode.
func (fs *FS) Link(v *vfs.VFS, dir *vfs.Inode, name string, in *vfs.Inode) abi.Errno {
	return fs.op(v, dir).add(dir, name, uint32(in.Ino), in.Mode)
}

// Unlink removes a name: the record before it takes over its room. Linux fs/ext2/dir.c:ext2_delete_entry
func (fs *FS) Unlink(v *vfs.VFS, dir *vfs.Inode, name string, in *vfs.Inode) abi.Errno {
	o := fs.op(v, dir)
	var d dirBlock
	e, prev, err := o.find(dir, name, &d)
	if err != abi.OK {
		return err
	}
	if prev.size > 0 {
		le.PutUint16(d.b[prev.at+4:], uint16(prev.size+e.size))
	}
	le.PutUint32(d.b[e.at:], 0)
	return o.store(dir, &d)
}

// Replace makes an existing name mean another inode. Linux fs/ext2/dir.c:ext2_set_link
func (fs *FS) Replace(v *vfs.VFS, dir *vfs.Inode, name string, in *vfs.Inode) abi.Errno {
	o := fs.op(v, dir)
	var d dirBlock
	e, _, err := o.find(dir, name, &d)
	if err != abi.OK {
		return err
	}
	o.m.putEntry(d.b, e.at, uint32(in.Ino), e.size, name, in.Mode)
	return o.store(dir, &d)
}

// Reparent makes a moved directory's ".." mean its new parent.
func (fs *FS) Reparent(v *vfs.VFS, in, dir *vfs.Inode) abi.Errno { return fs.Replace(v, in, "..", dir) }

// Create makes an inode and a name for it. Linux fs/ext2/namei.c:ext2_create, ext2_mkdir, ext2_symlink
func (fs *FS) Create(v *vfs.VFS, dir *vfs.Inode, name string, n *vfs.NewInode) (uint64, abi.Errno) {
	o := fs.op(v, dir)
	isDir := n.Mode&abi.S_IFMT == abi.S_IFDIR
	ino, err := o.allocInode(dir.Ino, isDir)
	if err != abi.OK {
		return 0, err
	}
	in := vfs.Inode{
		SB: dir.SB, Ino: uint64(ino), Mode: n.Mode, UID: n.UID, GID: n.GID, Nlink: 1,
		Atime: n.Time, Mtime: n.Time, Ctime: n.Time,
	}
	err = o.fill(&in, dir, n)
	if err == abi.OK {
		err = o.initInode(&in)
	}
	if err == abi.OK {
		err = o.add(dir, name, ino, n.Mode)
	}
	if err != abi.OK {
		fs.Truncate(v, &in, 0)
		o.freeInode(ino, isDir)
		return 0, err
	}
	return uint64(ino), abi.OK
}

// Tmpfile makes a file without a name. On the disk it has a link until it is written: without one it would not be read.
// Linux fs/ext2/namei.c:ext2_tmpfile
func (fs *FS) Tmpfile(v *vfs.VFS, dir *vfs.Inode, n *vfs.NewInode) (uint64, abi.Errno) {
	o := fs.op(v, dir)
	ino, err := o.allocInode(dir.Ino, false)
	if err != abi.OK {
		return 0, err
	}
	in := vfs.Inode{SB: dir.SB, Ino: uint64(ino), Mode: n.Mode, UID: n.UID, GID: n.GID, Nlink: 1, Atime: n.Time, Mtime: n.Time, Ctime: n.Time}
	if err := o.initInode(&in); err != abi.OK {
		o.freeInode(ino, false)
		return 0, err
	}
	return uint64(ino), abi.OK
}

// fill gives a new inode its first contents: a directory's two entries, a link's target, a device's number.
func (o op) fill(in, dir *vfs.Inode, n *vfs.NewInode) abi.Errno {
	var d dirBlock
	d.b = d.buf[:o.m.BlockSize]
	switch n.Mode & abi.S_IFMT {
	case abi.S_IFDIR:
		in.Nlink = 2
		o.m.putEntry(d.b, 0, uint32(in.Ino), recordSize(1), ".", in.Mode)
		o.m.putEntry(d.b, recordSize(1), uint32(dir.Ino), o.m.BlockSize-recordSize(1), "..", dir.Mode)
		in.Size = uint64(o.m.BlockSize)
		return o.firstBlock(in, d.b)
	case abi.S_IFLNK:
		in.Size = uint64(len(n.Target))
		if in.Size >= 60 {
			if in.Size >= uint64(o.m.BlockSize) {
				return abi.ENAMETOOLONG
			}
			copy(d.b, n.Target)
			return o.firstBlock(in, d.b)
		}
		copy(d.b, n.Target)
		for i := range in.Block {
			in.Block[i] = le.Uint32(d.b[4*i:])
		}
	case abi.S_IFCHR, abi.S_IFBLK:
		major, minor := vfs.Major(n.Rdev), vfs.Minor(n.Rdev)
		if major < 256 && minor < 256 && n.Rdev != 0 {
			in.Block[0] = major<<8 | minor
		} else {
			in.Block[1] = uint32(n.Rdev)
		}
	}
	return abi.OK
}

// firstBlock gives a new inode one block with contents.
func (o op) firstBlock(in *vfs.Inode, b []byte) abi.Errno {
	block, err := o.bmapAlloc(in, 0)
	if err != abi.OK {
		return err
	}
	return o.put(o.m.at(block), b)
}

// initInode writes a new inode over whatever its place on the disk held.
func (o op) initInode(in *vfs.Inode) abi.Errno {
	at, err := o.inodeAt(in.Ino)
	if err != abi.OK {
		return err
	}
	var raw [vfs.PageSize]byte
	if o.m.InodeSize >= largeInode {
		le.PutUint16(raw[iExtraSize:], extraSize)
		writeTime(raw[:], iCrtime, iCrtime+4, true, in.Ctime)
	}
	if err := o.put(at, raw[:o.m.InodeSize]); err != abi.OK {
		return err
	}
	return o.writeInode(in, 0)
}
