package fs

import (
	"sort"

	"vitrine/engine/state"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// tmpFS is files in memory: their contents are in the page cache only, their inodes never leave memory, and all that
// is left to keep here is the directories. Linux mm/shmem.c; devtmpfs is the same with names to begin with.
type tmpFS struct {
	vfs.ReadOnly
	name    string
	state   *TmpState
	initial []initial
}

// initial is a name that a new devtmpfs has.
type initial struct {
	name   string
	mode   uint32
	rdev   uint64
	target string
}

// TmpState is the nodes of all tmpfs mounts; a node's ID is its inode number.
type TmpState struct {
	Nodes  state.Arena[TmpNode]
	Mounts state.Arena[TmpMount]
}

// TmpNode is an inode as it was made, and a directory's names.
type TmpNode struct {
	SB      vfs.FSID
	Mode    uint32
	UID     uint32
	GID     uint32
	Rdev    uint64
	Target  string
	Time    vfs.Time
	Parent  uint64
	Entries []TmpEntry // sorted by Name
	Xattrs  []vfs.Xattr
}

// TmpEntry is a name in a directory.
type TmpEntry struct {
	Name string
	Ino  uint64
	Type uint8
}

func (t *tmpFS) Name() string { return t.name }
func (t *tmpFS) NoDev() bool  { return true }

func (t *tmpFS) node(ino uint64) *TmpNode { return t.state.Nodes.Get(state.ID(ino)) }

// Mount makes a root and what a devtmpfs begins with.
func (t *tmpFS) Mount(v *vfs.VFS, sb *vfs.SuperBlock) (uint64, abi.Errno) {
	now := v.Now()
	perm := uint32(0o1777)
	if t.initial != nil {
		perm = 0o755
	}
	m, err := parseTmpOptions(sb.Data, defaultTmpMount(v, perm))
	if err != abi.OK {
		return 0, err
	}
	id, slot := t.state.Mounts.Alloc()
	*slot = m
	slot.Inodes = 1 + uint64(len(t.initial))
	sb.Private = id
	root, n := t.state.Nodes.Alloc()
	*n = TmpNode{SB: sb.ID, Mode: abi.S_IFDIR | m.Mode, UID: m.UID, GID: m.GID, Time: now, Parent: uint64(root)}
	for _, i := range t.initial {
		id, n := t.state.Nodes.Alloc()
		*n = TmpNode{SB: sb.ID, Mode: i.mode, Rdev: i.rdev, Target: i.target, Time: now, Parent: uint64(root)}
		t.insert(t.node(uint64(root)), TmpEntry{Name: i.name, Ino: uint64(id), Type: uint8(i.mode >> 12)})
	}
	return uint64(root), abi.OK
}

// Unmount forgets the nodes.
func (t *tmpFS) Unmount(v *vfs.VFS, sb *vfs.SuperBlock) {
	if sb.Private == 0 {
		return
	}
	t.state.Mounts.Free(sb.Private)
	sb.Private = 0
	for id := state.ID(1); int(id) <= t.state.Nodes.Len(); id++ {
		if n := t.state.Nodes.Get(id); n != nil && n.SB == sb.ID {
			t.state.Nodes.Free(id)
		}
	}
}

// ReadInode is asked once for each inode.
func (t *tmpFS) ReadInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	n := t.node(in.Ino)
	if n == nil {
		return abi.EIO
	}
	in.Mode, in.UID, in.GID, in.Rdev, in.Target = n.Mode, n.UID, n.GID, n.Rdev, n.Target
	in.Size = uint64(len(n.Target))
	in.Atime, in.Mtime, in.Ctime, in.Btime = n.Time, n.Time, n.Time, n.Time
	in.Nlink = 1
	if in.IsDir() {
		in.Nlink = 2 + t.subdirs(n)
	}
	return abi.OK
}

// subdirs counts the directories in a directory.
func (t *tmpFS) subdirs(n *TmpNode) uint32 {
	count := uint32(0)
	for _, e := range n.Entries {
		if e.Type == abi.DT_DIR {
			count++
		}
	}
	return count
}

// EvictInode forgets a node without names.
func (t *tmpFS) EvictInode(v *vfs.VFS, in *vfs.Inode) {
	t.count(v, in)
	if m := t.mount(v, in); m != nil {
		m.Inodes--
	}
	t.state.Nodes.Free(state.ID(in.Ino))
}

// at finds the place of a name.
func (n *TmpNode) at(name string) (int, bool) {
	i := sort.Search(len(n.Entries), func(i int) bool { return n.Entries[i].Name >= name })
	return i, i < len(n.Entries) && n.Entries[i].Name == name
}

func (t *tmpFS) insert(dir *TmpNode, e TmpEntry) {
	i, _ := dir.at(e.Name)
	dir.Entries = append(dir.Entries, TmpEntry{})
	copy(dir.Entries[i+1:], dir.Entries[i:])
	dir.Entries[i] = e
}

// Lookup finds a name.
func (t *tmpFS) Lookup(v *vfs.VFS, dir *vfs.Inode, name string) (uint64, abi.Errno) {
	n := t.node(dir.Ino)
	i, found := n.at(name)
	if !found {
		return 0, abi.ENOENT
	}
	return n.Entries[i].Ino, abi.OK
}

// Readdir lists by number: "." and "..", then the names in order.
func (t *tmpFS) Readdir(v *vfs.VFS, dir *vfs.Inode, pos int64, emit func(string, uint64, uint8, int64) bool) abi.Errno {
	n := t.node(dir.Ino)
	for i := max(pos, 0); i < int64(len(n.Entries))+2; i++ {
		e := TmpEntry{Name: ".", Ino: dir.Ino, Type: abi.DT_DIR}
		switch {
		case i == 1:
			e.Name, e.Ino = "..", n.Parent
		case i > 1:
			e = n.Entries[i-2]
		}
		if !emit(e.Name, e.Ino, e.Type, i+1) {
			return abi.OK
		}
	}
	return abi.OK
}

// Create makes a node and a name for it.
func (t *tmpFS) Create(v *vfs.VFS, dir *vfs.Inode, name string, n *vfs.NewInode) (uint64, abi.Errno) {
	if err := t.newInode(v, dir); err != abi.OK {
		return 0, err
	}
	id, node := t.state.Nodes.Alloc()
	*node = TmpNode{SB: dir.SB, Mode: n.Mode, UID: n.UID, GID: n.GID, Rdev: n.Rdev, Target: n.Target, Time: n.Time, Parent: dir.Ino}
	t.insert(t.node(dir.Ino), TmpEntry{Name: name, Ino: uint64(id), Type: uint8(n.Mode >> 12)})
	return uint64(id), abi.OK
}

// Tmpfile makes a node without a name.
func (t *tmpFS) Tmpfile(v *vfs.VFS, dir *vfs.Inode, n *vfs.NewInode) (uint64, abi.Errno) {
	if err := t.newInode(v, dir); err != abi.OK {
		return 0, err
	}
	id, node := t.state.Nodes.Alloc()
	*node = TmpNode{SB: dir.SB, Mode: n.Mode, UID: n.UID, GID: n.GID, Time: n.Time, Parent: dir.Ino}
	return uint64(id), abi.OK
}

// Link adds a name.
func (t *tmpFS) Link(v *vfs.VFS, dir *vfs.Inode, name string, in *vfs.Inode) abi.Errno {
	t.insert(t.node(dir.Ino), TmpEntry{Name: name, Ino: in.Ino, Type: uint8(in.Mode >> 12)})
	return abi.OK
}

// Unlink removes a name.
func (t *tmpFS) Unlink(v *vfs.VFS, dir *vfs.Inode, name string, in *vfs.Inode) abi.Errno {
	n := t.node(dir.Ino)
	i, found := n.at(name)
	if !found {
		return abi.ENOENT
	}
	n.Entries = append(n.Entries[:i], n.Entries[i+1:]...)
	return abi.OK
}

// Replace makes a name mean another inode.
func (t *tmpFS) Replace(v *vfs.VFS, dir *vfs.Inode, name string, in *vfs.Inode) abi.Errno {
	n := t.node(dir.Ino)
	i, found := n.at(name)
	if !found {
		return abi.ENOENT
	}
	n.Entries[i].Ino, n.Entries[i].Type = in.Ino, uint8(in.Mode>>12)
	return abi.OK
}

// Reparent notes a moved directory's new parent.
func (t *tmpFS) Reparent(v *vfs.VFS, in, dir *vfs.Inode) abi.Errno {
	t.node(in.Ino).Parent = dir.Ino
	return abi.OK
}

// Empty tells whether a directory has no names.
func (t *tmpFS) Empty(v *vfs.VFS, dir *vfs.Inode) (bool, abi.Errno) {
	return len(t.node(dir.Ino).Entries) == 0, abi.OK
}

// Xattrs lists a node's extended attributes.
func (t *tmpFS) Xattrs(v *vfs.VFS, in *vfs.Inode) ([]vfs.Xattr, abi.Errno) {
	return t.node(in.Ino).Xattrs, abi.OK
}

// SetXattrs keeps them.
func (t *tmpFS) SetXattrs(v *vfs.VFS, in *vfs.Inode, list []vfs.Xattr) abi.Errno {
	t.node(in.Ino).Xattrs = list
	return abi.OK
}

// ReadPage leaves a new page zero; pages that were written never leave the cache.
func (t *tmpFS) ReadPage(v *vfs.VFS, in *vfs.Inode, index uint64, p []byte) abi.Errno { return abi.OK }

// WritePage has nowhere to write to.
func (t *tmpFS) WritePage(v *vfs.VFS, in *vfs.Inode, index uint64, p []byte) abi.Errno { return abi.OK }

// Reserve counts the page, which has been taken from memory already: ENOSPC when the file system may not have it.
func (t *tmpFS) Reserve(v *vfs.VFS, in *vfs.Inode, off, n uint64) abi.Errno { return t.count(v, in) }

// Truncate counts what is left.
func (t *tmpFS) Truncate(v *vfs.VFS, in *vfs.Inode, size uint64) abi.Errno { return t.count(v, in) }

// Readlink is known since ReadInode.
func (t *tmpFS) Readlink(v *vfs.VFS, in *vfs.Inode) (string, abi.Errno) { return in.Target, abi.OK }

// tmpfsMagic is TMPFS_MAGIC.
const tmpfsMagic = 0x01021994

// Statfs tells the limits and what is left. statfs(2); Linux mm/shmem.c:shmem_statfs
func (t *tmpFS) Statfs(v *vfs.VFS, sb *vfs.SuperBlock, st *vfs.Statfs) abi.Errno {
	*st = vfs.Statfs{Type: tmpfsMagic, Bsize: vfs.PageSize, Frsize: vfs.PageSize, Namelen: 255}
	m := t.state.Mounts.Get(sb.Private)
	if m == nil {
		return abi.OK
	}
	st.Blocks, st.Files = m.MaxPages, m.MaxInodes
	st.Bfree = m.MaxPages - min(m.MaxPages, m.Pages)
	st.Bavail = st.Bfree
	st.Ffree = m.MaxInodes - min(m.MaxInodes, m.Inodes)
	return abi.OK
}

// Preallocates: a page in the cache is room.
func (t *tmpFS) Preallocates() bool { return true }

// NextData and NextHole look for pages in the cache: there are no others.
func (t *tmpFS) NextData(v *vfs.VFS, in *vfs.Inode, off uint64) (uint64, bool, abi.Errno) {
	i := firstPage(in, off/vfs.PageSize)
	if i == len(in.Pages) {
		return 0, false, abi.OK
	}
	return max(off, in.Pages[i].Index*vfs.PageSize), true, abi.OK
}

// NextHole walks the pages that follow each other.
func (t *tmpFS) NextHole(v *vfs.VFS, in *vfs.Inode, off uint64) (uint64, abi.Errno) {
	index := off / vfs.PageSize
	for i := firstPage(in, index); i < len(in.Pages) && in.Pages[i].Index == index; i++ {
		index++
	}
	return min(max(off, index*vfs.PageSize), in.Size), abi.OK
}

// firstPage is the place of the first cached page from index on.
func firstPage(in *vfs.Inode, index uint64) int {
	return sort.Search(len(in.Pages), func(i int) bool { return in.Pages[i].Index >= index })
}

// Punch has nothing more to free than the cache did; it counts what is left.
func (t *tmpFS) Punch(v *vfs.VFS, in *vfs.Inode, off, end uint64) abi.Errno {
	return t.Truncate(v, in, in.Size)
}
