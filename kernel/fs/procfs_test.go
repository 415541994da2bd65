package fs

import (
	"strings"
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// two is a World with two processes, of which 7 asks.
type two struct {
	nobody
	c    **vfs.Ctx
	v    **vfs.VFS
	gone *bool
}

func (w two) PIDs() []uint32 {
	if *w.gone {
		return []uint32{1}
	}
	return []uint32{1, 7}
}
func (w two) Threads(pid uint32) []uint32 { return []uint32{pid} }
func (w two) Self() uint32                { return 7 }
func (w two) Owner(pid uint32) (uint32, uint32, bool) {
	return 0, 0, pid == 1 || pid == 7 && !*w.gone
}
func (w two) Table(uint32) vfs.TableID { return (*w.c).Files }
func (w two) Place(uint32, Node) vfs.DentryID {
	return (*w.v).FSStruct((*w.c).FSID).Cwd
}

func text(t *testing.T, v *vfs.VFS, c *vfs.Ctx, path string) string {
	t.Helper()
	f, err := v.OpenFile(c, path, abi.O_RDONLY, 0)
	if err != abi.OK {
		t.Fatalf("open %s: %v", path, err)
	}
	defer v.PutFile(f)
	var all []byte
	p := make([]byte, 3)
	for {
		n, err := v.Read(f, p)
		if err != abi.OK {
			t.Fatalf("read %s: %v", path, err)
		}
		if n == 0 {
			return string(all)
		}
		all = append(all, p[:n]...)
	}
}

func TestProcfs(t *testing.T) {
	var v *vfs.VFS
	var c *vfs.Ctx
	gone := false
	v, c, _ = newTree(t, two{c: &c, v: &v, gone: &gone})
	g := &guest{v, c}
	for path, want := range map[string]string{
		"/proc/meminfo": "meminfo\n", "/proc/self/stat": "stat\n", "/proc/1/task/1/status": "status\n",
		"/proc/sys/kernel/osrelease": "osrelease\n", "/proc/mounts": "mounts\n",
	} {
		if got := text(t, v, c, path); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	v.Chdir(c, "/tmp")
	if got, _ := v.Readlink(c, abi.AT_FDCWD, "/proc/self/cwd"); got != "/tmp" {
		t.Errorf("cwd: %q", got)
	}
	fd, _ := g.open("/proc", abi.O_RDONLY, 0)
	if got, _ := g.list(fd); got != "1 7 cmdline consoles cpuinfo devices diskstats filesystems interrupts loadavg locks meminfo mounts partitions self softirqs stat swaps sys thread-self uptime version vmstat" {
		t.Errorf("list: %q", got)
	}
	g.close(fd)
	for _, path := range []string{"/proc/2", "/proc/07", "/proc/+7", "/proc/7/fd/99", "/proc/7/nope"} {
		if _, err := g.open(path, abi.O_RDONLY, 0); err != abi.ENOENT {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := g.open("/proc/new", abi.O_WRONLY|abi.O_CREAT, 0o644); err != abi.ENOENT {
		t.Errorf("create: %v", err)
	}
	if err := g.do("unlink", "/proc/meminfo", "", 0); err != abi.EPERM {
		t.Errorf("unlink: %v", err)
	}
}

func TestProcessLeaves(t *testing.T) {
	var v *vfs.VFS
	var c *vfs.Ctx
	gone := false
	v, c, _ = newTree(t, two{c: &c, v: &v, gone: &gone})
	g := &guest{v, c}
	dir, err := g.open("/proc/7", abi.O_RDONLY, 0)
	if err != abi.OK {
		t.Fatal(err)
	}
	inodes := v.S.Inodes.Live
	gone = true
	if _, err := g.stat("/proc/7/stat", 0); err != abi.ENOENT {
		t.Errorf("stat of a process that is gone: %v", err)
	}
	v.Fchdir(c, int32(dir))
	if _, err := g.open("stat", abi.O_RDONLY, 0); err != abi.ENOENT {
		t.Errorf("inside its directory: %v", err)
	}
	v.Chdir(c, "/")
	g.close(dir)
	if v.S.Inodes.Live >= inodes {
		t.Errorf("%d inodes live, %d before", v.S.Inodes.Live, inodes)
	}
}

func TestDescriptorLinks(t *testing.T) {
	var v *vfs.VFS
	var c *vfs.Ctx
	gone := false
	v, c, _ = newTree(t, two{c: &c, v: &v, gone: &gone})
	g := &guest{v, c}
	r, w, _ := v.Pipe(0)
	v.Install(c, r, 0, false)
	v.Install(c, w, 0, false)
	if got, _ := g.readlink("/dev/stdin"); got != "/proc/self/fd/0" {
		t.Errorf("stdin: %q", got)
	}
	if got, _ := g.readlink("/proc/self/fd/0"); !strings.HasPrefix(got, "pipe:[") {
		t.Errorf("fd 0: %q", got)
	}
	// Opening a descriptor's link opens the pipe again, though it has no name.
	out, err := g.open("/dev/fd/1", abi.O_WRONLY, 0)
	if err != abi.OK {
		t.Fatal(err)
	}
	g.write(out, "hello")
	if got, err := g.read(0, 10); got != "hello" {
		t.Errorf("read %q %v", got, err)
	}
	file, _ := g.open("/gone", abi.O_RDWR|abi.O_CREAT, 0o600)
	g.write(file, "still here")
	g.do("unlink", "/gone", "", 0)
	if got, _ := g.readlink("/proc/self/fd/3"); got != "/gone (deleted)" {
		t.Errorf("fd 3: %q", got)
	}
	again, err := g.open("/proc/7/fd/3", abi.O_RDONLY, 0)
	if got, _ := g.read(again, 100); got != "still here" {
		t.Errorf("reopened: %q %v", got, err)
	}
}

func TestDisksAsFiles(t *testing.T) {
	v, c, disk := newTree(t, nobody{})
	g := &guest{v, c}
	fd, err := g.open("/dev/sda1", abi.O_RDONLY, 0)
	if err != abi.OK {
		t.Fatal(err)
	}
	g.seek(fd, 1024+56, 0)
	if got, err := g.read(fd, 2); got != "\x53\xef" {
		t.Errorf("magic number: %q %v", got, err)
	}
	g.seek(fd, int64(len(disk))-3, 0)
	if got, _ := g.read(fd, 10); len(got) != 3 {
		t.Errorf("%d bytes at the end", len(got))
	}
	if _, err := g.open("/dev/sda1", abi.O_RDWR, 0); err != abi.EBUSY {
		t.Errorf("for writing: %v", err)
	}
	if _, err := g.open("/dev/sda", abi.O_RDONLY, 0); err != abi.ENXIO {
		t.Errorf("no drive: %v", err)
	}
}

func TestDevices(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	g := &guest{v, c}
	for _, d := range []struct {
		path, read string
		rerr, werr abi.Errno
	}{
		{"/dev/null", "", abi.OK, abi.OK}, {"/dev/zero", "\x00\x00\x00", abi.OK, abi.OK},
		{"/dev/full", "\x00\x00\x00", abi.OK, abi.ENOSPC}, {"/dev/urandom", "\x00\x01\x02", abi.OK, abi.OK},
	} {
		fd, err := g.open(d.path, abi.O_RDWR, 0)
		if err != abi.OK {
			t.Errorf("%s: %v", d.path, err)
			continue
		}
		if got, err := g.read(fd, 3); got != d.read || err != d.rerr {
			t.Errorf("read %s: %q %v", d.path, got, err)
		}
		if _, err := g.write(fd, "x"); err != d.werr {
			t.Errorf("write %s: %v", d.path, err)
		}
		g.close(fd)
	}
	if err := g.do("mkdir", "/dev/net", "", 0o755); err != abi.OK {
		t.Errorf("mkdir in /dev: %v", err)
	}
	if _, err := g.open("/dev/tty", abi.O_RDWR, 0); err != abi.ENXIO {
		t.Errorf("a terminal without a driver: %v", err)
	}
}
