package exec

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// miscFS is the file system binfmt_misc: a directory with the files register and status and one for each format.
// There is one, however often it is mounted. Linux fs/binfmt_misc.c
type miscFS struct {
	vfs.ReadOnly
	l *Loader
}

// MiscFS is the file system in which formats are registered.
func (l *Loader) MiscFS() vfs.FileSystem { return miscFS{l: l} }

// Inode numbers of what is always there.
const (
	miscRoot     = 1
	miscStatus   = 2
	miscRegister = 3
)

// Name is the word for mount(2).
func (miscFS) Name() string { return "binfmt_misc" }

// NoDev: it needs no device.
func (miscFS) NoDev() bool { return true }

// Mount has a root and no more.
func (miscFS) Mount(v *vfs.VFS, sb *vfs.SuperBlock) (uint64, abi.Errno) { return miscRoot, abi.OK }

// Stable is false: names come with what is written to register.
func (miscFS) Stable(v *vfs.VFS, dir *vfs.Inode) bool { return false }

// ReadInode makes the inode from its number.
func (miscFS) ReadInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	in.Mode, in.Nlink = abi.S_IFREG|0o644, 1
	switch in.Ino {
	case miscRoot:
		in.Mode, in.Nlink = abi.S_IFDIR|0o755, 2
	case miscRegister:
		in.Mode = abi.S_IFREG | 0o200
	}
	now := v.Now()
	in.Atime, in.Mtime, in.Ctime = now, now, now
	return abi.OK
}

// inodeOf finds the number behind a name, 0 when there is none.
func (s *MiscState) inodeOf(name string) uint64 {
	switch name {
	case "status":
		return miscStatus
	case "register":
		return miscRegister
	}
	for i := range s.Entries {
		if s.Entries[i].Name == name {
			return s.Entries[i].Ino
		}
	}
	return 0
}

// Lookup finds a name.
func (m miscFS) Lookup(v *vfs.VFS, dir *vfs.Inode, name string) (uint64, abi.Errno) {
	if len(name) > nameMax {
		return 0, abi.ENAMETOOLONG
	}
	if ino := m.l.misc.inodeOf(name); ino != 0 {
		return ino, abi.OK
	}
	return 0, abi.ENOENT
}

// Readdir lists the entries, newest first, then what is always there. A position is the number of the entry that was
// last told of, so that removing entries while they are listed skips none.
func (m miscFS) Readdir(v *vfs.VFS, dir *vfs.Inode, pos int64, emit func(string, uint64, uint8, int64) bool) abi.Errno {
	const end = int64(1) << 62 // positions of entries count down from here
	if pos == 0 && !emit(".", miscRoot, abi.DT_DIR, 1) {
		return abi.OK
	}
	if pos <= 1 && !emit("..", miscRoot, abi.DT_DIR, 2) {
		return abi.OK
	}
	one := func(name string, ino uint64) bool {
		at := end - int64(ino)
		return at < pos || emit(name, ino, abi.DT_REG, at+1)
	}
	for i := range m.l.misc.Entries {
		if e := &m.l.misc.Entries[i]; !one(e.Name, e.Ino) {
			return abi.OK
		}
	}
	if one("register", miscRegister) {
		one("status", miscStatus)
	}
	return abi.OK
}

// Statfs says BINFMTFS_MAGIC. statfs(2)
func (miscFS) Statfs(v *vfs.VFS, sb *vfs.SuperBlock, st *vfs.Statfs) abi.Errno {
	*st = vfs.Statfs{Type: 0x42494e4d, Bsize: vfs.PageSize, Frsize: vfs.PageSize, Namelen: nameMax}
	return abi.OK
}

// FileOps makes contents when they are read and does what is written.
func (m miscFS) FileOps(v *vfs.VFS, in *vfs.Inode) vfs.FileOps { return miscFile{m.l} }

// miscFile is the behaviour of the files.
type miscFile struct{ l *Loader }

// Open and Release have nothing to do.
func (miscFile) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno { return abi.OK }
func (miscFile) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode)        {}

// Read tells the state of an entry or of all; register cannot be read.
func (m miscFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, b []byte, off int64) (int, abi.Errno) {
	var text []byte
	switch e := m.l.misc.find(in.Ino); {
	case in.Ino == miscStatus:
		text = []byte(onOff(m.l.misc.Disabled))
	case in.Ino == miscRegister:
		return 0, abi.EINVAL
	case e == nil: // removed while the file was open
		return 0, abi.OK
	default:
		text = e.text(nil)
	}
	if off >= int64(len(text)) {
		return 0, abi.OK
	}
	return copy(b, text[off:]), abi.OK
}

// Write registers a format, or takes an order for one or for all. Each write is a whole order.
func (m miscFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, b []byte, off int64) (int, abi.Errno) {
	if in.Ino == miscRegister {
		if e := m.l.register(b); e != abi.OK {
			return 0, e
		}
		return len(b), abi.OK
	}
	switch order := string(b); {
	case order == "":
		return 0, abi.OK
	case order == "0" || order == "0\n":
		m.setDisabled(in.Ino, true)
	case order == "1" || order == "1\n":
		m.setDisabled(in.Ino, false)
	case order == "-1" || order == "-1\n":
		m.l.remove(func(e *MiscEntry) bool { return in.Ino == miscStatus || e.Ino == in.Ino })
	default:
		return 0, abi.EINVAL
	}
	return len(b), abi.OK
}

// setDisabled switches an entry, or by the file status all of them together.
func (m miscFile) setDisabled(ino uint64, off bool) {
	if ino == miscStatus {
		m.l.misc.Disabled = off
	} else if e := m.l.misc.find(ino); e != nil {
		e.Disabled = off
	}
}

// Ioctl knows no requests.
func (miscFile) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	return 0, abi.ENOTTY
}

// Poll is always ready.
func (miscFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	return abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLWRNORM
}

// WaitKey is never slept on.
func (miscFile) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key { return wait.Any }

// Seekable: the texts have positions.
func (miscFile) Seekable(in *vfs.Inode) bool { return true }
