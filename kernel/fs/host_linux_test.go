package fs

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"vitrine/kernel/abi"
)

// step is one random call made on both systems; it returns what was done and what came out.
func step(r *rand.Rand, s system) (log string) {
	name := func() string {
		p := string("abcd"[r.Intn(4)])
		for r.Intn(3) == 0 {
			p += "/" + []string{"a", "b", "c", "d", ".", "..", "/a"}[r.Intn(7)]
		}
		return p + []string{"", "", "", "", "", "/", "/."}[r.Intn(7)]
	}
	fd := r.Intn(6)
	a, b := name(), name()
	mode := []uint32{0o644, 0o755, 0o777, 0o777, 0o1777, 0o2775, 0o4755, 0o6777, 0o111, 0}[r.Intn(10)]
	if r.Intn(4) == 0 {
		uid := []uint32{0, 1000}[r.Intn(2)]
		s.su(uid)
		defer func() { log = fmt.Sprintf("su %d; ", uid) + log }()
	}
	size := r.Intn(20000)
	flags := uint32([]int{abi.O_RDONLY, abi.O_WRONLY, abi.O_RDWR}[r.Intn(3)] | abi.O_NONBLOCK)
	for _, f := range []int{abi.O_CREAT, abi.O_CREAT, abi.O_EXCL, abi.O_TRUNC, abi.O_APPEND, abi.O_DIRECTORY, abi.O_NOFOLLOW, abi.O_PATH} {
		if r.Intn(5) == 0 {
			flags |= uint32(f)
		}
	}
	if flags&abi.O_CREAT != 0 {
		flags &^= abi.O_DIRECTORY // refused since Linux 6.4, allowed before
	}
	off, whence := int64(r.Intn(30000)-3000), r.Intn(2)
	data := strings.Repeat(string(rune('a'+r.Intn(26))), size)
	calls := []string{"mkdir", "mkdir", "mkdir", "rmdir", "unlink", "rename", "rename", "link", "symlink", "symlink",
		"chmod", "chmod", "chown", "lchown", "touch", "settime", "truncate", "access", "mkfifo", "exchange", "noreplace"}
	switch k := r.Intn(30); {
	case k < 4:
		n, err := s.open(a, flags, mode)
		return fmt.Sprintf("open(%q, %#o, %o) = %d %v", a, flags, mode, n, err)
	case k < 6:
		return fmt.Sprintf("close(%d) = %v", fd, s.close(fd))
	case k < 8:
		text, err := s.read(fd, size)
		return fmt.Sprintf("read(%d, %d) = %d %.20q %v", fd, size, len(text), text, err)
	case k < 10:
		n, err := s.write(fd, data)
		return fmt.Sprintf("write(%d, %d) = %d %v", fd, size, n, err)
	case k == 10:
		n, err := s.pwrite(fd, data, off)
		return fmt.Sprintf("pwrite(%d, %d, %d) = %d %v", fd, size, off, n, err)
	case k == 11:
		n, err := s.seek(fd, off, whence)
		return fmt.Sprintf("lseek(%d, %d, %d) = %d %v", fd, off, whence, n, err)
	case k == 12:
		return fmt.Sprintf("ftruncate(%d, %d) = %v", fd, off, s.ftruncate(fd, off))
	case k == 13:
		n, err := s.dup2(fd, r.Intn(6))
		return fmt.Sprintf("dup2(%d) = %d %v", fd, n, err)
	case k == 14:
		text, err := s.readlink(a)
		return fmt.Sprintf("readlink(%q) = %q %v", a, text, err)
	case k == 15:
		text, err := s.list(fd)
		return fmt.Sprintf("list(%d) = %q %v", fd, text, err)
	case k < 19:
		text, err := s.stat(a, uint32(r.Intn(2))*abi.AT_SYMLINK_NOFOLLOW)
		return fmt.Sprintf("stat(%q) = %s %v", a, text, err)
	default:
		call := calls[r.Intn(len(calls))]
		n := mode
		if call == "truncate" || call == "access" || call == "chown" {
			n = uint32(size)
		}
		return fmt.Sprintf("%s(%q, %q, %o) = %v", call, a, b, n, s.do(call, a, b, n))
	}
}

// The same random calls on the host's Linux and here must come out the same, on ext2 and on tmpfs.
func TestLikeLinux(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("permissions differ when not root")
	}
	groups, err := os.Getgroups()
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	defer os.Chdir(old)
	defer syscall.Umask(syscall.Umask(0o022))
	const deep = "p/q/r/s/t/u/v/w" // so that ".." stays inside
	for _, base := range []string{"/", "/tmp/"} {
		for seed := int64(1); seed <= 20; seed++ {
			t.Run(fmt.Sprintf("%s%d", base, seed), func(t *testing.T) {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				v, c, disk := newTree(t, nobody{})
				dir := filepath.Join(t.TempDir(), deep)
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				os.Chdir(dir)
				path := base
				for _, p := range strings.Split(deep, "/") {
					path += p
					v.Mkdir(c, abi.AT_FDCWD, path, 0o755)
					path += "/"
				}
				v.Chdir(c, path)
				l, g := &linux{}, &guest{v, c}
				for _, id := range groups {
					c.Groups = append(c.Groups, uint32(id))
				}
				defer l.su(0)
				defer func() {
					for fd := range l.fds {
						l.close(fd)
					}
				}()
				r1, r2 := rand.New(rand.NewSource(seed)), rand.New(rand.NewSource(seed))
				var log []string
				for range 400 {
					want, got := step(r1, l), step(r2, g)
					log = append(log, want)
					if want != got {
						t.Fatalf("after\n%s\nLinux: %s\nhere:  %s", strings.Join(log[max(0, len(log)-60):len(log)-1], "\n"), want, got)
					}
				}
				for fd := range 40 {
					g.close(fd)
				}
				l.su(0)
				if err := v.Shutdown(); err != abi.OK {
					t.Fatal(err)
				}
				check(t, disk)
			})
		}
	}
}

// linux is the host. Its descriptors are renumbered so that both systems count from 0.
type linux struct{ fds []int }

func num(err error) abi.Errno {
	if err == nil {
		return abi.OK
	}
	return abi.Errno(err.(syscall.Errno))
}

func (l *linux) fd(fd int) int {
	if fd < 0 || fd >= len(l.fds) {
		return -1
	}
	return l.fds[fd]
}

func (l *linux) open(path string, flags, mode uint32) (int, abi.Errno) {
	fd, err := syscall.Open(path, int(flags), mode)
	if err != nil {
		return 0, num(err)
	}
	return l.add(fd), abi.OK
}

func (l *linux) add(fd int) int {
	for i, x := range l.fds {
		if x < 0 {
			l.fds[i] = fd
			return i
		}
	}
	l.fds = append(l.fds, fd)
	return len(l.fds) - 1
}

func (l *linux) close(fd int) abi.Errno {
	err := syscall.Close(l.fd(fd))
	if err == nil {
		l.fds[fd] = -1
	}
	return num(err)
}

func (l *linux) read(fd, n int) (string, abi.Errno) {
	p := make([]byte, n)
	n, err := syscall.Read(l.fd(fd), p)
	return string(p[:max(n, 0)]), num(err)
}

func (l *linux) write(fd int, data string) (int, abi.Errno) {
	n, err := syscall.Write(l.fd(fd), []byte(data))
	return max(n, 0), num(err)
}

func (l *linux) pwrite(fd int, data string, off int64) (int, abi.Errno) {
	n, err := syscall.Pwrite(l.fd(fd), []byte(data), off)
	return max(n, 0), num(err)
}

func (l *linux) seek(fd int, off int64, whence int) (int64, abi.Errno) {
	n, err := syscall.Seek(l.fd(fd), off, whence)
	return max(n, 0), num(err)
}

func (l *linux) ftruncate(fd int, n int64) abi.Errno { return num(syscall.Ftruncate(l.fd(fd), n)) }

func (l *linux) dup2(a, b int) (int, abi.Errno) {
	if l.fd(a) < 0 || l.fd(b) < 0 {
		return 0, abi.EBADF
	}
	return b, num(syscall.Dup2(l.fd(a), l.fd(b)))
}

func (l *linux) stat(path string, flags uint32) (string, abi.Errno) {
	var st syscall.Stat_t
	err := syscall.Stat(path, &st)
	if flags != 0 {
		err = syscall.Lstat(path, &st)
	}
	if err != nil {
		return "", num(err)
	}
	return summary(st.Mode, uint32(st.Nlink), st.Uid, st.Gid, st.Size, st.Rdev), abi.OK
}

func (l *linux) do(call, a, b string, n uint32) abi.Errno {
	switch call {
	case "mkdir":
		return num(syscall.Mkdir(a, n))
	case "rmdir":
		return num(syscall.Rmdir(a))
	case "unlink":
		return num(syscall.Unlink(a))
	case "rename":
		return num(syscall.Rename(a, b))
	case "link":
		return num(syscall.Link(a, b))
	case "symlink":
		return num(syscall.Symlink(a, b))
	case "chmod":
		return num(syscall.Chmod(a, n))
	case "truncate":
		return num(syscall.Truncate(a, int64(n)))
	case "access":
		return num(syscall.Access(a, n&7))
	case "chown":
		return num(syscall.Chown(a, []int{0, 1000, -1}[n%3], []int{0, 1000, -1}[n/3%3]))
	case "lchown":
		return num(syscall.Lchown(a, 1000, 1000))
	case "touch":
		return utimensat(a, nil)
	case "settime":
		return utimensat(a, &[2]syscall.Timespec{{Sec: 5}, {Sec: 6}})
	case "mkfifo":
		return num(syscall.Mkfifo(a, n))
	case "chdir":
		return num(syscall.Chdir(a))
	case "exchange", "noreplace":
		flag := uintptr(2)
		if call == "noreplace" {
			flag = 1
		}
		return renameat2(a, b, flag)
	}
	panic(call)
}

// su changes whom the kernel takes this thread for when it looks at files; the tests stay on one thread. setfsuid(2)
func (l *linux) su(uid uint32) {
	syscall.RawSyscall(syscall.SYS_SETFSGID, uintptr(uid), 0, 0)
	syscall.RawSyscall(syscall.SYS_SETFSUID, uintptr(uid), 0, 0)
}

func utimensat(path string, t *[2]syscall.Timespec) abi.Errno {
	p, _ := syscall.BytePtrFromString(path)
	at := abi.AT_FDCWD
	_, _, e := syscall.Syscall6(syscall.SYS_UTIMENSAT, uintptr(at), uintptr(unsafe.Pointer(p)), uintptr(unsafe.Pointer(t)), 0, 0, 0)
	return abi.Errno(e)
}

func (l *linux) readlink(path string) (string, abi.Errno) {
	p := make([]byte, 5000)
	n, err := syscall.Readlink(path, p)
	return string(p[:max(n, 0)]), num(err)
}

func (l *linux) list(fd int) (string, abi.Errno) {
	var names []string
	buf := make([]byte, 1<<16)
	if _, err := syscall.Seek(l.fd(fd), 0, 0); err != nil {
		return "", num(err)
	}
	for {
		n, err := syscall.ReadDirent(l.fd(fd), buf)
		if err != nil {
			return "", num(err)
		}
		if n == 0 {
			break
		}
		_, _, names = syscall.ParseDirent(buf[:n], -1, names)
	}
	syscall.Seek(l.fd(fd), 0, 0) // where the end is, is the file system's own affair
	sort.Strings(names)
	return strings.Join(names, " "), abi.OK
}

func renameat2(a, b string, flag uintptr) abi.Errno {
	pa, _ := syscall.BytePtrFromString(a)
	pb, _ := syscall.BytePtrFromString(b)
	at := abi.AT_FDCWD
	_, _, e := syscall.Syscall6(316, uintptr(at), uintptr(unsafe.Pointer(pa)), uintptr(at), uintptr(unsafe.Pointer(pb)), flag, 0)
	return abi.Errno(e)
}
