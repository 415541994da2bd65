package fs

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"testing"

	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/fs/ext2"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// clock is the part of a kernel that the file layer needs here.
type clock struct{ now int64 }

func (h *clock) Now() vfs.Time        { h.now++; return vfs.Time{Sec: 1700000000 + h.now} }
func (h *clock) Wake(wait.Key)        {}
func (h *clock) Unmap(uint32, uint64) {}

// nobody is a World without processes.
type nobody struct{}

func (nobody) Random(p []byte) {
	for i := range p {
		p[i] = byte(i)
	}
}
func (nobody) PIDs() []uint32                         { return nil }
func (nobody) Threads(uint32) []uint32                { return nil }
func (nobody) Self() uint32                           { return 0 }
func (nobody) Owner(uint32) (uint32, uint32, bool)    { return 0, 0, false }
func (nobody) SetText(uint32, Node, []byte) abi.Errno { return abi.EINVAL }
func (nobody) Place(uint32, Node) vfs.DentryID        { return 0 }
func (nobody) Table(uint32) vfs.TableID               { return 0 }
func (nobody) Log(string)                             {}
func (nobody) SysText(string) string                  { return "" }
func (nobody) SetSysText(string, string) abi.Errno    { return abi.EINVAL }
func (nobody) HasDisk(string) bool                    { return false }
func (nobody) KernelLog() Log                         { return Log{} }
func (nobody) SelfThread() uint32                     { return 0 }
func (nobody) FDInfo(*vfs.File, vfs.FD) string        { return "" }
func (nobody) ReadAt(uint32, Node, []byte, int64) (int, abi.Errno) {
	return 0, abi.EIO
}
func (nobody) WriteAt(uint32, Node, []byte, int64) (int, abi.Errno) {
	return 0, abi.EIO
}
func (nobody) Text(pid uint32, n Node, dst []byte) ([]byte, abi.Errno) {
	return append(dst, n.String()+"\n"...), abi.OK
}

// newTree mounts a fresh disk as root, with /dev, /proc and /tmp.
func newTree(t testing.TB, w World) (*vfs.VFS, *vfs.Ctx, blk.Bytes) {
	t.Helper()
	disk := make(blk.Bytes, 16<<20)
	if err := ext2.Mkfs(disk, ext2.Format{Time: 1700000000}); err != abi.OK {
		t.Fatal(err)
	}
	ram := mem.New(8 << 20)
	v := vfs.New(ram, vfs.NewFrames(ram), &clock{})
	s := Register(v, disk, w)
	if err := s.MountRoot(false); err != abi.OK {
		t.Fatal(err)
	}
	c := &vfs.Ctx{FSID: v.NewFS(), Files: v.NewTable(), Caps: abi.CAP_ALL, NoFile: vfs.DefaultNoFile, FSize: vfs.NoLimit}
	for _, dir := range []string{"/dev", "/proc", "/tmp"} {
		if err := v.Mkdir(c, abi.AT_FDCWD, dir, 0o755); err != abi.OK {
			t.Fatal(err)
		}
	}
	for _, m := range [][2]string{{"/dev", "devtmpfs"}, {"/proc", "proc"}, {"/tmp", "tmpfs"}} {
		if err := v.Mount(c, m[1], m[0], m[1], 0, ""); err != abi.OK {
			t.Fatal(m, err)
		}
	}
	return v, c, disk
}

// system is the calls that are compared; the host's Linux is one, ours the other.
type system interface {
	open(path string, flags, mode uint32) (fd int, err abi.Errno)
	close(fd int) abi.Errno
	read(fd, n int) (string, abi.Errno)
	write(fd int, data string) (int, abi.Errno)
	pwrite(fd int, data string, off int64) (int, abi.Errno)
	seek(fd int, off int64, whence int) (int64, abi.Errno)
	ftruncate(fd int, n int64) abi.Errno
	dup2(a, b int) (int, abi.Errno)
	stat(path string, flags uint32) (string, abi.Errno)
	do(call string, a, b string, n uint32) abi.Errno
	readlink(path string) (string, abi.Errno)
	list(fd int) (string, abi.Errno)
	su(uid uint32)
}

// summary is what must agree: the size and links of directories are the file system's own affair.
func summary(mode, nlink, uid, gid uint32, size int64, rdev uint64) string {
	if mode&abi.S_IFMT == abi.S_IFDIR {
		return fmt.Sprintf("%o %d:%d", mode, uid, gid)
	}
	return fmt.Sprintf("%o %d:%d %d %d %x", mode, uid, gid, nlink, size, rdev)
}

// guest is our file layer.
type guest struct {
	v *vfs.VFS
	c *vfs.Ctx
}

func (g *guest) open(path string, flags, mode uint32) (int, abi.Errno) {
	fd, pending, err := g.v.Open(g.c, abi.AT_FDCWD, path, flags, mode)
	if pending != 0 {
		g.v.PutFile(pending)
	}
	return int(fd), err
}

func (g *guest) close(fd int) abi.Errno { return g.v.Close(g.c, int32(fd)) }

func (g *guest) read(fd, n int) (string, abi.Errno) {
	f, err := g.v.Get(g.c, int32(fd))
	if err != abi.OK {
		return "", err
	}
	p := make([]byte, n)
	n, err = g.v.Read(f, p)
	return string(p[:n]), err
}

func (g *guest) write(fd int, data string) (int, abi.Errno) {
	f, err := g.v.Get(g.c, int32(fd))
	if err != abi.OK {
		return 0, err
	}
	return g.v.Write(g.c, f, []byte(data))
}

func (g *guest) pwrite(fd int, data string, off int64) (int, abi.Errno) {
	f, err := g.v.Get(g.c, int32(fd))
	switch {
	case off < 0:
		return 0, abi.EINVAL // checked by the system call, before the descriptor
	case err != abi.OK:
		return 0, err
	}
	return g.v.Pwrite(g.c, f, []byte(data), off)
}

func (g *guest) seek(fd int, off int64, whence int) (int64, abi.Errno) {
	f, err := g.v.Get(g.c, int32(fd))
	if err != abi.OK {
		return 0, err
	}
	return g.v.Lseek(f, off, whence)
}

func (g *guest) ftruncate(fd int, n int64) abi.Errno {
	f, err := g.v.Get(g.c, int32(fd))
	switch {
	case n < 0:
		return abi.EINVAL
	case err != abi.OK:
		return err
	}
	return g.v.Ftruncate(g.c, f, n)
}

func (g *guest) dup2(a, b int) (int, abi.Errno) {
	for _, fd := range []int{a, b} {
		if _, err := g.v.GetAny(g.c, int32(fd)); err != abi.OK {
			return 0, err
		}
	}
	n, err := g.v.Dup2(g.c, int32(a), int32(b))
	return int(n), err
}

func (g *guest) stat(path string, flags uint32) (string, abi.Errno) {
	a, err := g.v.Stat(g.c, abi.AT_FDCWD, path, flags)
	if err != abi.OK {
		return "", err
	}
	return summary(a.Mode, a.Nlink, a.UID, a.GID, a.Size, a.Rdev), abi.OK
}

func (g *guest) do(call, a, b string, n uint32) abi.Errno {
	const cwd = abi.AT_FDCWD
	switch call {
	case "mkdir":
		return g.v.Mkdir(g.c, cwd, a, n)
	case "rmdir":
		return g.v.Rmdir(g.c, cwd, a)
	case "unlink":
		return g.v.Unlink(g.c, cwd, a)
	case "rename":
		return g.v.Rename(g.c, cwd, a, cwd, b, 0)
	case "exchange":
		return g.v.Rename(g.c, cwd, a, cwd, b, abi.RENAME_EXCHANGE)
	case "noreplace":
		return g.v.Rename(g.c, cwd, a, cwd, b, abi.RENAME_NOREPLACE)
	case "link":
		return g.v.Link(g.c, cwd, a, cwd, b, 0)
	case "symlink":
		return g.v.Symlink(g.c, a, cwd, b)
	case "chmod":
		return g.v.Chmod(g.c, cwd, a, n, 0)
	case "truncate":
		return g.v.Truncate(g.c, a, int64(n))
	case "access":
		real := *g.c
		real.UID, real.GID, real.Caps = 0, 0, abi.CAP_ALL
		return g.v.Access(&real, cwd, a, n&7, 0)
	case "chown":
		return g.v.Chown(g.c, cwd, a, []uint32{0, 1000, ^uint32(0)}[n%3], []uint32{0, 1000, ^uint32(0)}[n/3%3], 0)
	case "lchown":
		return g.v.Chown(g.c, cwd, a, 1000, 1000, abi.AT_SYMLINK_NOFOLLOW)
	case "touch":
		return g.v.Utimens(g.c, cwd, a, [2]vfs.Time{{Nsec: abi.UTIME_NOW}, {Nsec: abi.UTIME_NOW}}, 0)
	case "settime":
		return g.v.Utimens(g.c, cwd, a, [2]vfs.Time{{Sec: 5}, {Sec: 6}}, 0)
	case "mkfifo":
		return g.v.Mknod(g.c, cwd, a, n|abi.S_IFIFO, 0)
	case "chdir":
		return g.v.Chdir(g.c, a)
	}
	panic(call)
}

func (g *guest) su(uid uint32) {
	if g.c.UID, g.c.GID, g.c.Caps = uid, uid, 0; uid == 0 {
		g.c.Caps = abi.CAP_ALL
	}
}

func (g *guest) readlink(path string) (string, abi.Errno) {
	return g.v.Readlink(g.c, abi.AT_FDCWD, path)
}

func (g *guest) list(fd int) (string, abi.Errno) {
	f, err := g.v.Get(g.c, int32(fd))
	if err != abi.OK {
		return "", err
	}
	if _, err := g.v.Lseek(f, 0, abi.SEEK_SET); err != abi.OK {
		return "", err
	}
	var names []string
	buf := make([]byte, 300)
	for {
		n, err := g.v.Getdents64(f, buf)
		if err != abi.OK {
			return "", err
		}
		if n == 0 {
			break
		}
		for b := buf[:n]; len(b) > 0; b = b[int(b[16])|int(b[17])<<8:] {
			name, _, _ := bytes.Cut(b[19:], []byte{0})
			if s := string(name); s != "." && s != ".." {
				names = append(names, s)
			}
		}
	}
	g.v.Lseek(f, 0, abi.SEEK_SET)
	sort.Strings(names)
	return strings.Join(names, " "), abi.OK
}
