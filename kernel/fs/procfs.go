package fs

import (
	"fmt"
	"strconv"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// procFS shows the kernel as files. proc(5). Nothing is stored: inode numbers say what a file is, and contents are
// made when they are read.
type procFS struct {
	vfs.ReadOnly
	facts Facts
	v     *vfs.VFS
}

func (p *procFS) Name() string { return "proc" }
func (p *procFS) NoDev() bool  { return true }

// Mount has a root and no more.
func (p *procFS) Mount(v *vfs.VFS, sb *vfs.SuperBlock) (uint64, abi.Errno) {
	return makeIno(0, ProcRoot, 0), abi.OK
}

// Stable is false: processes and descriptors come and go.
func (p *procFS) Stable(v *vfs.VFS, dir *vfs.Inode) bool { return false }

// ReadInode makes the inode from its number.
func (p *procFS) ReadInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	i := procIno(in.Ino)
	in.Mode, in.Nlink = row(i.node()).mode, 1
	if in.IsDir() {
		in.Nlink = 2
	}
	if pid := i.pid(); pid != 0 {
		in.UID, in.GID, _ = p.facts.Owner(pid)
	}
	if i.node() == PIDFDLink {
		in.Mode = p.linkMode(i)
	}
	now := v.Now()
	in.Atime, in.Mtime, in.Ctime = now, now, now
	return abi.OK
}

// linkMode tells in the owner's bits what a descriptor was opened for. Linux fs/proc/fd.c:tid_fd_update_inode
func (p *procFS) linkMode(i procIno) uint32 {
	mode := uint32(abi.S_IFLNK)
	if f := p.file(i); f != nil {
		if m := f.Flags & abi.O_ACCMODE; m != abi.O_WRONLY {
			mode |= abi.S_IRUSR | abi.S_IXUSR
		}
		if m := f.Flags & abi.O_ACCMODE; m != abi.O_RDONLY {
			mode |= abi.S_IWUSR | abi.S_IXUSR
		}
	}
	return mode
}

// file is the open file that /proc/PID/fd/N stands for, nil when it was closed.
func (p *procFS) file(i procIno) *vfs.File {
	t := p.v.Table(p.facts.Table(i.pid()))
	if t == nil || int(i.sub()) >= len(t.FDs) || t.FDs[i.sub()].File == 0 {
		return nil
	}
	return p.v.File(t.FDs[i.sub()].File)
}

// number reads a decimal name without leading zeroes. Linux fs/proc/util.c:name_to_int
func number(name string) (uint32, bool) {
	n, err := strconv.ParseUint(name, 10, 31)
	return uint32(n), err == nil && (name == "0" || name[0] != '0') && name[0] != '+'
}

// Lookup finds a name: one of the fixed ones of the directory, or a number where numbers are.
func (p *procFS) Lookup(v *vfs.VFS, dir *vfs.Inode, name string) (uint64, abi.Errno) {
	i := procIno(dir.Ino)
	if i.node() != ProcRoot && i.pid() != 0 && !p.alive(i.pid()) {
		return 0, abi.ENOENT
	}
	if n, ok := number(name); ok {
		return p.lookupNumber(i, n)
	}
	for n := ProcSelf; n < lastNode(); n++ {
		if row(n).name == name && shows(i.node(), n) {
			return makeIno(i.pid(), n, 0), abi.OK
		}
	}
	return 0, abi.ENOENT
}

// shows tells whether a directory has the fixed entry n. A thread shows what a process does, but no threads of its own.
func shows(dir, n Node) bool {
	if dir == TIDDir && n != PIDTask {
		dir = PIDDir
	}
	r := row(n)
	return r.name != "" && r.parent == dir
}

func (p *procFS) alive(pid uint32) bool {
	_, _, ok := p.facts.Owner(pid)
	return ok
}

func (p *procFS) lookupNumber(dir procIno, n uint32) (uint64, abi.Errno) {
	switch dir.node() {
	case ProcRoot:
		if n != 0 && p.alive(n) {
			return makeIno(n, PIDDir, 0), abi.OK
		}
	case PIDFD, PIDFDInfo:
		ino := makeIno(dir.pid(), numbered(dir.node()), n)
		if n < 1<<20 && p.file(procIno(ino)) != nil {
			return ino, abi.OK
		}
	case PIDTask:
		for _, tid := range p.facts.Threads(dir.pid()) {
			if tid == n {
				return makeIno(tid, TIDDir, 0), abi.OK
			}
		}
	}
	return 0, abi.ENOENT
}

// numbered is what the numbers in a process's directory of descriptors are.
func numbered(dir Node) Node {
	if dir == PIDFDInfo {
		return PIDFDInfoN
	}
	return PIDFDLink
}

// numberBase is where the positions of numbered names begin in a listing: after all fixed ones, number by number, so
// that a process that ends meanwhile makes no other one appear twice or not at all.
var numberBase = int64(lastNode()) + 2

// Readdir lists the fixed names, then the numbers.
func (p *procFS) Readdir(v *vfs.VFS, dir *vfs.Inode, pos int64, emit func(string, uint64, uint8, int64) bool) abi.Errno {
	i := procIno(dir.Ino)
	for at := max(pos, 0); at < numberBase; at++ {
		name, ino, kind := p.fixed(i, at)
		if name != "" && !emit(name, ino, kind, at+1) {
			return abi.OK
		}
	}
	numbers, node := p.numbers(i)
	for _, n := range numbers {
		at := numberBase + int64(n)
		if at < pos {
			continue
		}
		ino := makeIno(n, node, 0)
		if node == PIDFDLink || node == PIDFDInfoN {
			ino = makeIno(i.pid(), node, n)
		}
		if !emit(strconv.Itoa(int(n)), ino, uint8(row(node).mode>>12), at+1) {
			return abi.OK
		}
	}
	return abi.OK
}

// fixed is the entry at a position before numberBase, "" when the directory has none there.
func (p *procFS) fixed(dir procIno, at int64) (string, uint64, uint8) {
	switch at {
	case 0:
		return ".", uint64(dir), abi.DT_DIR
	case 1:
		return "..", makeIno(0, ProcRoot, 0), abi.DT_DIR
	}
	n := Node(at - 2)
	if !shows(dir.node(), n) {
		return "", 0, 0
	}
	return row(n).name, makeIno(dir.pid(), n, 0), uint8(row(n).mode >> 12)
}

// numbers are the numbered names of a directory, and what they are.
func (p *procFS) numbers(dir procIno) ([]uint32, Node) {
	switch dir.node() {
	case ProcRoot:
		return p.facts.PIDs(), PIDDir
	case PIDTask:
		return p.facts.Threads(dir.pid()), TIDDir
	case PIDFD, PIDFDInfo:
		var open []uint32
		if t := p.v.Table(p.facts.Table(dir.pid())); t != nil {
			for fd, s := range t.FDs {
				if s.File != 0 {
					open = append(open, uint32(fd))
				}
			}
		}
		return open, numbered(dir.node())
	}
	return nil, NoNode
}

// Readlink is asked for links that do not jump.
func (p *procFS) Readlink(v *vfs.VFS, in *vfs.Inode) (string, abi.Errno) {
	switch procIno(in.Ino).node() {
	case ProcSelf:
		if pid := p.facts.Self(); pid != 0 {
			return strconv.Itoa(int(pid)), abi.OK
		}
	case ProcThreadSelf:
		if pid := p.facts.Self(); pid != 0 {
			return fmt.Sprintf("%d/task/%d", pid, p.facts.SelfThread()), abi.OK
		}
	case ProcMountsLink:
		return "self/mounts", abi.OK
	}
	return "", abi.ENOENT
}

// Jump is where the links of a process lead, whatever the names there are by now. Linux fs/proc/base.c:proc_pid_get_link
func (p *procFS) Jump(v *vfs.VFS, in *vfs.Inode) vfs.DentryID {
	i := procIno(in.Ino)
	switch i.node() {
	case PIDExe, PIDCwd, PIDRoot:
		return p.facts.Place(i.pid(), i.node())
	case PIDFDLink:
		if f := p.file(i); f != nil {
			return f.Dentry
		}
	}
	return 0
}

// Create finds no such file, as Linux says when one tries.
func (p *procFS) Create(v *vfs.VFS, dir *vfs.Inode, name string, n *vfs.NewInode) (uint64, abi.Errno) {
	return 0, abi.ENOENT
}

// procMagic is PROC_SUPER_MAGIC.
const procMagic = 0x9fa0

// Statfs says the type. statfs(2)
func (p *procFS) Statfs(v *vfs.VFS, sb *vfs.SuperBlock, st *vfs.Statfs) abi.Errno {
	*st = vfs.Statfs{Type: procMagic, Bsize: vfs.PageSize, Frsize: vfs.PageSize, Namelen: 255}
	return abi.OK
}

// FileOps makes contents when they are read.
func (p *procFS) FileOps(v *vfs.VFS, in *vfs.Inode) vfs.FileOps { return procText{p} }

// procText is the behaviour of the files.
type procText struct{ *procFS }

// Open has nothing to do.
func (p procText) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno { return abi.OK }

// Release has nothing to do: the text goes with the file.
func (p procText) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode) {}

// Read makes the text at the beginning of the file and keeps it for the rest. Linux fs/seq_file.c:seq_read
func (p procText) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, b []byte, off int64) (int, abi.Errno) {
	i := procIno(in.Ino)
	switch i.node() {
	case PIDMem, PIDPagemap:
		return p.facts.ReadAt(i.pid(), i.node(), b, off)
	}
	if off == 0 || f.Data == nil {
		text, err := p.text(i)
		if err != abi.OK {
			return 0, err
		}
		f.Data = text
	}
	if off >= int64(len(f.Data)) {
		return 0, abi.OK
	}
	return copy(b, f.Data[off:]), abi.OK
}

// text is a file's content.
func (p *procFS) text(i procIno) ([]byte, abi.Errno) {
	if c := constant(i.node()); c != nil {
		return []byte(c.text + "\n"), abi.OK
	}
	if i.node() != PIDFDInfoN {
		return p.facts.Text(i.pid(), i.node(), []byte{})
	}
	f := p.file(i)
	if f == nil {
		return nil, abi.ENOENT
	}
	fd := p.v.Table(p.facts.Table(i.pid())).FDs[i.sub()]
	return []byte(p.facts.FDInfo(f, fd)), abi.OK
}

// Write sets what can be set.
func (p procText) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, b []byte, off int64) (int, abi.Errno) {
	i := procIno(in.Ino)
	switch {
	case i.node() == PIDMem:
		return p.facts.WriteAt(i.pid(), i.node(), b, off)
	case i.node() >= NumNodes && constant(i.node()).mode == procTake:
		return len(b), abi.OK
	case i.node() >= NumNodes:
		return 0, abi.EIO
	}
	if err := p.facts.SetText(i.pid(), i.node(), b); err != abi.OK {
		return 0, err
	}
	return len(b), abi.OK
}

// Ioctl knows no requests.
func (p procText) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	return 0, abi.ENOTTY
}

// Poll is always ready.
func (p procText) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	return abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLWRNORM
}

// WaitKey is never slept on.
func (p procText) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	return wait.Any
}

// DeviceSize: nobody knows how long a text will be, except that those below /proc/sys count as empty.
// Linux fs/seq_file.c:seq_lseek, fs/proc/proc_sysctl.c
func (p procText) DeviceSize(in *vfs.Inode) int64 {
	for n := procIno(in.Ino).node(); n != ProcRoot && n != PIDDir && n != NoNode; n = row(n).parent {
		if n == ProcSys || n == PIDCmdline || n == PIDEnviron || n == PIDAuxv {
			return 0
		}
	}
	return -1
}

// Seekable: the text has positions.
func (p procText) Seekable(in *vfs.Inode) bool { return true }
