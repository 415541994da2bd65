package vfs

import (
	"sort"

	"vitrine/kernel/abi"
)

// inode returns the record; id must name one.
func (v *VFS) inode(id InodeID) *Inode { return v.S.Inodes.Get(id) }

// Inode returns an inode for reading (diagrams, /proc), nil when id names none.
func (v *VFS) Inode(id InodeID) *Inode { return v.S.Inodes.Get(id) }

// driver is the file system of an inode.
func (v *VFS) driver(in *Inode) FileSystem { return v.types[v.S.Supers.Get(in.SB).Kind] }

// IsDir tells whether the inode is a directory; the others likewise.
func (in *Inode) IsDir() bool { return in.Mode&abi.S_IFMT == abi.S_IFDIR }

// IsReg tells whether it is a regular file.
func (in *Inode) IsReg() bool { return in.Mode&abi.S_IFMT == abi.S_IFREG }

// IsLnk tells whether it is a symbolic link.
func (in *Inode) IsLnk() bool { return in.Mode&abi.S_IFMT == abi.S_IFLNK }

// hashAt finds the place of an inode in the hash.
func (v *VFS) hashAt(sb FSID, ino uint64) (int, bool) {
	h := v.S.Hashed
	i := sort.Search(len(h), func(i int) bool {
		return h[i].SB > sb || h[i].SB == sb && h[i].Ino >= ino
	})
	return i, i < len(h) && h[i].SB == sb && h[i].Ino == ino
}

// iget returns the inode with a number, read from its file system when it is not in memory, with one more reference.
// It may allocate: pointers to other inodes are dead afterwards. Linux fs/inode.c:iget_locked
func (v *VFS) iget(sb FSID, ino uint64) (InodeID, abi.Errno) {
	at, found := v.hashAt(sb, ino)
	if found {
		id := v.S.Hashed[at].Inode
		v.inode(id).Refs++
		return id, abi.OK
	}
	id, in := v.S.Inodes.Alloc()
	in.SB, in.Ino, in.Refs = sb, ino, 1
	if err := v.driver(in).ReadInode(v, in); err != abi.OK {
		v.S.Inodes.Free(id)
		return 0, err
	}
	v.S.Hashed = append(v.S.Hashed, Hash{})
	at, _ = v.hashTail(sb, ino)
	copy(v.S.Hashed[at+1:], v.S.Hashed[at:])
	v.S.Hashed[at] = Hash{SB: sb, Ino: ino, Inode: id}
	return id, abi.OK
}

// hashTail is hashAt without the unused last entry.
func (v *VFS) hashTail(sb FSID, ino uint64) (int, bool) {
	whole := v.S.Hashed
	v.S.Hashed = whole[:len(whole)-1]
	at, found := v.hashAt(sb, ino)
	v.S.Hashed = whole
	return at, found
}

// newAnon makes an inode that no directory names, with one reference.
func (v *VFS) newAnon(mode uint32) InodeID {
	sb := v.hiddenSuper(Anon)
	now := v.host.Now()
	v.S.Pending++
	id, in := v.S.Inodes.Alloc()
	*in = Inode{SB: sb, Ino: uint64(v.S.Pending), Mode: mode, Refs: 1, Atime: now, Mtime: now, Ctime: now}
	return id
}

// hiddenSuper is the super block of pipes and the like, or of memory files, made when first wanted.
func (v *VFS) hiddenSuper(kind FSKind) FSID {
	for id := FSID(1); int(id) <= v.S.Supers.Len(); id++ {
		if sb := v.S.Supers.Get(id); sb != nil && sb.Kind == kind {
			return id
		}
	}
	id, sb := v.S.Supers.Alloc()
	*sb = SuperBlock{ID: id, Kind: kind, BlockSize: PageSize, Dev: MakeDev(0, anonMinor)}
	return id
}

// anonMinor is the device number of nameless files; real ones count up from 1.
const anonMinor = 15

// iput drops a reference. An inode without references leaves memory: its pages are written back, or thrown away
// when it has no links left, and then its file system frees it. One that exists only in memory stays as long as it
// has links. Linux fs/inode.c:iput_final
func (v *VFS) iput(id InodeID) {
	in := v.inode(id)
	if in.Refs--; in.Refs > 0 {
		return
	}
	fs := v.driver(in)
	if in.Nlink > 0 && !v.evictable(in) {
		return
	}
	if in.Nlink == 0 {
		v.dropPages(id, 0)
		fs.EvictInode(v, in)
	} else {
		v.flushInode(id)
		v.dropPages(id, 0)
	}
	v.forgetInode(id)
}

// forgetInode takes an inode out of memory.
func (v *VFS) forgetInode(id InodeID) {
	in := v.inode(id)
	if at, found := v.hashAt(in.SB, in.Ino); found && v.S.Hashed[at].Inode == id {
		v.S.Hashed = append(v.S.Hashed[:at], v.S.Hashed[at+1:]...)
	}
	v.S.Inodes.Free(id)
}

// flushInode writes an inode's dirty pages and itself to the device's cache or device.
func (v *VFS) flushInode(id InodeID) abi.Errno {
	in := v.inode(id)
	err := v.flushPages(in)
	if !in.Dirty {
		return err
	}
	if e := v.driver(in).WriteInode(v, in); e != abi.OK {
		return e
	}
	in.Dirty = false
	return err
}

// touch sets times of an inode to now.
func (v *VFS) touch(in *Inode, which uint8) {
	now := v.host.Now()
	if which&touchA != 0 {
		in.Atime = now
	}
	if which&touchM != 0 {
		in.Mtime = now
	}
	if which&touchC != 0 {
		in.Ctime = now
	}
	in.Dirty = true
}

// Which times touch sets.
const (
	touchA = 1 << iota
	touchM
	touchC
)

// before orders times.
func (t Time) before(u Time) bool { return t.Sec < u.Sec || t.Sec == u.Sec && t.Nsec < u.Nsec }

// accessed updates the access time as mount option relatime does: only when it is older than a change, or than a day.
// Linux fs/inode.c:relatime_need_update
func (v *VFS) accessed(in *Inode) {
	if sb := v.S.Supers.Get(in.SB); sb.ReadOnly || sb.Flags&MS_NOATIME != 0 {
		return
	}
	now := v.host.Now()
	if in.Mtime.before(in.Atime) && in.Ctime.before(in.Atime) && now.Sec-in.Atime.Sec < 24*60*60 {
		return
	}
	if in.Atime != now {
		in.Atime, in.Dirty = now, true
	}
}
