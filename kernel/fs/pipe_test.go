package fs

import (
	"strings"
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

func TestPipe(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	r, w, _ := v.Pipe(0)
	buf := make([]byte, 100000)
	if _, err := v.Read(r, buf); err != abi.EAGAIN {
		t.Errorf("empty: %v", err)
	}
	if v.Poll(r) != 0 || v.Poll(w) != abi.POLLOUT|abi.POLLWRNORM {
		t.Errorf("poll: %#x %#x", v.Poll(r), v.Poll(w))
	}
	n := 0
	for {
		k, err := v.Write(c, w, []byte{byte(n)})
		if err == abi.EAGAIN {
			break
		}
		n += k
	}
	if n != 65536 {
		t.Errorf("holds %d bytes", n)
	}
	if n, err := v.Read(r, buf); n != 65536 || buf[300] != 44 || err != abi.OK {
		t.Errorf("read %d %v", n, err)
	}
	if n, err := v.Write(c, w, buf); n != 65536 || err != abi.OK {
		t.Errorf("large write: %d %v", n, err)
	}
	if v.Poll(w) != 0 {
		t.Errorf("full: poll %#x", v.Poll(w))
	}
	v.PutFile(w)
	if v.Poll(r)&(abi.POLLIN|abi.POLLHUP) != abi.POLLIN|abi.POLLHUP {
		t.Errorf("no writer: poll %#x", v.Poll(r))
	}
	v.Read(r, buf)
	if n, err := v.Read(r, buf); n != 0 || err != abi.OK {
		t.Errorf("end: %d %v", n, err)
	}
	v.PutFile(r)
	if v.S.Pipes.Live != 0 {
		t.Error("pipe left behind")
	}
}

func TestBrokenPipe(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	r, w, _ := v.Pipe(0)
	v.PutFile(r)
	if _, err := v.Write(c, w, []byte("x")); err != abi.EPIPE {
		t.Errorf("no reader: %v", err)
	}
	if v.Poll(w)&abi.POLLERR == 0 {
		t.Errorf("poll: %#x", v.Poll(w))
	}
	if _, err := v.Lseek(w, 0, 0); err != abi.ESPIPE {
		t.Errorf("lseek: %v", err)
	}
}

func TestFIFOWaitsForPartner(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	v.Mknod(c, abi.AT_FDCWD, "/fifo", abi.S_IFIFO|0o600, 0)
	if _, _, err := v.Open(c, abi.AT_FDCWD, "/fifo", abi.O_WRONLY|abi.O_NONBLOCK, 0); err != abi.ENXIO {
		t.Errorf("writer without reader: %v", err)
	}
	_, pending, err := v.Open(c, abi.AT_FDCWD, "/fifo", abi.O_RDONLY, 0)
	if err != abi.EAGAIN || pending == 0 || v.OpenReady(pending) {
		t.Fatalf("reader: %v", err)
	}
	if v.OpenKey(pending).Kind != wait.PipeOpen {
		t.Error("key")
	}
	fd, _, err := v.Open(c, abi.AT_FDCWD, "/fifo", abi.O_WRONLY, 0)
	if err != abi.OK || !v.OpenReady(pending) {
		t.Fatalf("writer: %v", err)
	}
	v.Close(c, fd) // the reader's open succeeds even if it only looks now
	if !v.OpenReady(pending) {
		t.Error("the writer came and went unseen")
	}
	v.PutFile(pending)
}

func TestDescriptorLimitAndSharing(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	c.NoFile = 4
	for range 4 {
		if _, _, err := v.Open(c, abi.AT_FDCWD, "/", abi.O_RDONLY, 0); err != abi.OK {
			t.Fatal(err)
		}
	}
	if _, _, err := v.Open(c, abi.AT_FDCWD, "/", abi.O_RDONLY, 0); err != abi.EMFILE {
		t.Errorf("fifth: %v", err)
	}
	if _, err := v.Dup2(c, 0, 4); err != abi.EBADF {
		t.Errorf("dup2 past the limit: %v", err)
	}
	v.SetCloexec(c, 2, true)
	child := *c
	child.Files = v.CopyTable(c.Files)
	v.CloseOnExec(child.Files)
	if _, err := v.Get(&child, 2); err != abi.EBADF {
		t.Errorf("close on exec: %v", err)
	}
	f, _ := v.Get(c, 1)
	v.Lseek(f, 3, abi.SEEK_SET)
	g, _ := v.Get(&child, 1)
	if pos, _ := v.Lseek(g, 0, abi.SEEK_CUR); pos != 3 {
		t.Errorf("position is not shared: %d", pos)
	}
	v.PutTable(child.Files)
	v.PutTable(c.Files)
	if v.S.Files.Live != 0 {
		t.Errorf("%d files left", v.S.Files.Live)
	}
}

func TestTextBusy(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	g := &guest{v, c}
	fd, _ := g.open("/prog", abi.O_RDWR|abi.O_CREAT, 0o755)
	if _, err := v.OpenExec(c, abi.AT_FDCWD, "/prog", 0); err != abi.ETXTBSY {
		t.Errorf("exec of a file being written: %v", err)
	}
	g.close(fd)
	x, err := v.OpenExec(c, abi.AT_FDCWD, "/prog", 0)
	if err != abi.OK {
		t.Fatal(err)
	}
	if _, err := g.open("/prog", abi.O_WRONLY, 0); err != abi.ETXTBSY {
		t.Errorf("write to a running program: %v", err)
	}
	v.PutFile(x)
	if _, err := g.open("/prog", abi.O_WRONLY, 0); err != abi.OK {
		t.Errorf("afterwards: %v", err)
	}
	for path, want := range map[string]abi.Errno{"/": abi.EACCES, "/dev/null": abi.EACCES, "/no": abi.ENOENT, "/prog/x": abi.ENOTDIR} {
		if _, err := v.OpenExec(c, abi.AT_FDCWD, path, 0); err != want {
			t.Errorf("exec %s: %v", path, err)
		}
	}
}

func TestPermissions(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	g := &guest{v, c}
	v.Mkdir(c, abi.AT_FDCWD, "/secret", 0o700)
	fd, _ := g.open("/secret/file", abi.O_CREAT|abi.O_WRONLY, 0o644)
	g.close(fd)
	fd, _ = g.open("/readable", abi.O_CREAT|abi.O_WRONLY, 0o640)
	g.close(fd)
	v.Chown(c, abi.AT_FDCWD, "/readable", 0, 100, 0)
	user := *c
	user.UID, user.GID, user.Groups, user.Caps = 1000, 1000, []uint32{100}, 0
	u := &guest{v, &user}
	for _, x := range []struct {
		what string
		got  abi.Errno
		want abi.Errno
	}{
		{"search", second(u.stat("/secret/file", 0)), abi.EACCES},
		{"group read", second(u.open("/readable", abi.O_RDONLY, 0)), abi.OK},
		{"group write", second(u.open("/readable", abi.O_WRONLY, 0)), abi.EACCES},
		{"create", second(u.open("/new", abi.O_CREAT|abi.O_WRONLY, 0o644)), abi.EACCES},
		{"chmod", u.do("chmod", "/readable", "", 0o777), abi.EPERM},
		{"sticky", u.do("mkdir", "/tmp/mine", "", 0o755), abi.OK},
		{"unlink", u.do("unlink", "/readable", "", 0), abi.EACCES},
		{"chown", v.Chown(&user, abi.AT_FDCWD, "/tmp/mine", 0, 0, 0), abi.EPERM},
		{"mknod", v.Mknod(&user, abi.AT_FDCWD, "/tmp/dev", abi.S_IFCHR, 1), abi.EPERM},
		{"exec without x", second(v.OpenExec(c, abi.AT_FDCWD, "/readable", 0)), abi.EACCES},
	} {
		if x.got != x.want {
			t.Errorf("%s: %v, want %v", x.what, x.got, x.want)
		}
	}
	user.UID = 1001
	if err := u.do("rmdir", "/tmp/mine", "", 0); err != abi.EPERM {
		t.Errorf("somebody else's in a sticky directory: %v", err)
	}
}

func second[T any](_ T, err abi.Errno) abi.Errno { return err }

func TestReadOnlyMount(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	g := &guest{v, c}
	fd, _ := g.open("/file", abi.O_CREAT|abi.O_RDWR, 0o644)
	if err := v.Mount(c, "", "/", "", vfs.MS_REMOUNT|vfs.MS_RDONLY, ""); err != abi.EBUSY {
		t.Errorf("with a file open for writing: %v", err)
	}
	g.close(fd)
	if err := v.Mount(c, "", "/", "", vfs.MS_REMOUNT|vfs.MS_RDONLY, ""); err != abi.OK {
		t.Fatal(err)
	}
	if _, err := g.open("/file", abi.O_WRONLY, 0); err != abi.EROFS {
		t.Errorf("open for writing: %v", err)
	}
	for _, call := range []string{"mkdir", "unlink", "chmod", "mkfifo"} {
		path := "/file"
		if call == "mkdir" || call == "mkfifo" {
			path = "/new"
		}
		if err := g.do(call, path, "", 0o644); err != abi.EROFS {
			t.Errorf("%s: %v", call, err)
		}
	}
	if _, err := g.open("/tmp/x", abi.O_CREAT|abi.O_WRONLY, 0o644); err != abi.OK {
		t.Errorf("another file system: %v", err)
	}
}

func TestUmount(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	g := &guest{v, c}
	fd, _ := g.open("/tmp/file", abi.O_CREAT|abi.O_WRONLY, 0o644)
	g.write(fd, strings.Repeat("x", 9000))
	if err := v.Umount(c, "/tmp", 0); err != abi.EBUSY {
		t.Errorf("with an open file: %v", err)
	}
	g.close(fd)
	cached := v.S.Cached
	if err := v.Umount(c, "/tmp", 0); err != abi.OK {
		t.Fatal(err)
	}
	if v.S.Cached != cached-3 {
		t.Errorf("%d pages cached, %d before", v.S.Cached, cached)
	}
	if _, err := g.stat("/tmp/file", 0); err != abi.ENOENT {
		t.Errorf("file of an unmounted file system: %v", err)
	}
	if err := v.Umount(c, "/", 0); err != abi.EBUSY {
		t.Errorf("root: %v", err)
	}
}
