package fs

import (
	"strings"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// sysFS shows devices and a few switches as files, as far as programs look. Nothing is stored. sysfs(5)
type sysFS struct {
	vfs.ReadOnly
	facts Facts
	tree  sysTree
}

func (s *sysFS) Name() string { return "sysfs" }
func (s *sysFS) NoDev() bool  { return true }

// Mount has a root.
func (s *sysFS) Mount(v *vfs.VFS, sb *vfs.SuperBlock) (uint64, abi.Errno) {
	return s.tree.find(""), abi.OK
}

// node is what an inode shows.
func (s *sysFS) node(ino uint64) *sysNode { return &s.tree[ino-1] }

// ReadInode makes the inode from its number.
func (s *sysFS) ReadInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	if in.Ino == 0 || in.Ino > uint64(len(s.tree)) {
		return abi.EIO
	}
	n := s.node(in.Ino)
	now := v.Now()
	in.Mode, in.Nlink, in.Size, in.Target = n.mode, 1, vfs.PageSize, n.target
	switch {
	case in.IsDir():
		in.Size, in.Nlink = 0, 2
		s.tree.children(n.path, 0, func(i int, name string) bool {
			if s.tree[i].mode == sysDir && s.there(&s.tree[i]) {
				in.Nlink++
			}
			return true
		})
	case in.IsLnk():
		in.Size = 0
	}
	in.Atime, in.Mtime, in.Ctime = now, now, now
	return abi.OK
}

// there tells whether a node exists now: the second disk may be missing.
func (s *sysFS) there(n *sysNode) bool {
	if strings.HasPrefix(n.path, sysDiskB) || strings.HasPrefix(n.target+"/", sysDiskB) || strings.HasSuffix(n.target+"/", "/"+sysDiskB) ||
		n.path+"/" == sysDiskB || n.path == "devices/platform/pata_legacy.1" {
		return s.facts.HasDisk("sdb")
	}
	return true
}

// Stable: what is there stays.
func (s *sysFS) Stable(v *vfs.VFS, dir *vfs.Inode) bool { return true }

// Lookup finds a name.
func (s *sysFS) Lookup(v *vfs.VFS, dir *vfs.Inode, name string) (uint64, abi.Errno) {
	path := name
	if p := s.node(dir.Ino).path; p != "" {
		path = p + "/" + name
	}
	ino := s.tree.find(path)
	if ino == 0 || !s.there(s.node(ino)) {
		return 0, abi.ENOENT
	}
	return ino, abi.OK
}

// Readdir lists by number.
func (s *sysFS) Readdir(v *vfs.VFS, dir *vfs.Inode, pos int64, emit func(string, uint64, uint8, int64) bool) abi.Errno {
	n := s.node(dir.Ino)
	parent := n.path
	if i := strings.LastIndexByte(parent, '/'); i >= 0 {
		parent = parent[:i]
	} else {
		parent = ""
	}
	if pos <= 0 && !emit(".", dir.Ino, abi.DT_DIR, 1) || pos <= 1 && !emit("..", s.tree.find(parent), abi.DT_DIR, 2) {
		return abi.OK
	}
	s.tree.children(n.path, int(max(pos-2, 0)), func(i int, name string) bool {
		return !s.there(&s.tree[i]) || emit(name, uint64(i)+1, uint8(s.tree[i].mode>>12), int64(i)+3)
	})
	return abi.OK
}

// Readlink is known since ReadInode.
func (s *sysFS) Readlink(v *vfs.VFS, in *vfs.Inode) (string, abi.Errno) { return in.Target, abi.OK }

// Create finds that no file can be made, and nothing else at all. Linux fs/kernfs/dir.c:kernfs_dir_iops
func (s *sysFS) Create(v *vfs.VFS, dir *vfs.Inode, name string, n *vfs.NewInode) (uint64, abi.Errno) {
	if n.Mode&abi.S_IFMT != abi.S_IFREG {
		return 0, abi.EPERM
	}
	return 0, abi.EACCES
}

// sysMagic is SYSFS_MAGIC.
const sysMagic = 0x62656572

// Statfs says the type. statfs(2)
func (s *sysFS) Statfs(v *vfs.VFS, sb *vfs.SuperBlock, st *vfs.Statfs) abi.Errno {
	*st = vfs.Statfs{Type: sysMagic, Bsize: vfs.PageSize, Frsize: vfs.PageSize, Namelen: 255}
	return abi.OK
}

// FileOps makes contents when they are read.
func (s *sysFS) FileOps(v *vfs.VFS, in *vfs.Inode) vfs.FileOps { return sysText{s} }

// sysText is the behaviour of the files.
type sysText struct{ *sysFS }

// Open has nothing to do.
func (s sysText) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno { return abi.OK }

// Release has nothing to do.
func (s sysText) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode) {}

// Read makes the text at the beginning of the file and keeps it for the rest. Linux fs/kernfs/file.c:kernfs_fop_read_iter
func (s sysText) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, b []byte, off int64) (int, abi.Errno) {
	if off == 0 || f.Data == nil {
		n := s.node(in.Ino)
		f.Data = []byte(n.text)
		if n.text == "" {
			f.Data = []byte(s.facts.SysText(n.path))
		}
	}
	if off >= int64(len(f.Data)) {
		return 0, abi.OK
	}
	return copy(b, f.Data[off:]), abi.OK
}

// Write changes a switch.
func (s sysText) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, b []byte, off int64) (int, abi.Errno) {
	if err := s.facts.SetSysText(s.node(in.Ino).path, string(b)); err != abi.OK {
		return 0, err
	}
	return len(b), abi.OK
}

// Ioctl knows no requests.
func (s sysText) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	return 0, abi.ENOTTY
}

// Poll is always ready. Linux fs/kernfs/file.c:kernfs_generic_poll, without a change
func (s sysText) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	return abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLWRNORM
}

// WaitKey is never slept on.
func (s sysText) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	return wait.Any
}

// Seekable: the text has positions.
func (s sysText) Seekable(in *vfs.Inode) bool { return true }
