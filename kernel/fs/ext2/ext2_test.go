package ext2

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// host is a kernel whose clock ticks once a call.
type host struct{ now int64 }

func (h *host) Now() vfs.Time        { h.now++; return vfs.Time{Sec: 1700000000 + h.now, Nsec: 5} }
func (h *host) Wake(wait.Key)        {}
func (h *host) Unmap(uint32, uint64) {}

// mountTest mounts a disk in a file layer with memory for a number of pages.
func mountTest(t testing.TB, disk blk.Device, frames int) (*vfs.VFS, *vfs.Ctx, *vfs.Frames) {
	t.Helper()
	ram := mem.New(uint64(frames) * mem.FrameSize)
	pool := vfs.NewFrames(ram)
	v := vfs.New(ram, pool, &host{})
	v.Register(vfs.Ext2, New(disk))
	if err := v.MountRoot(vfs.Ext2, "/dev/root", false); err != abi.OK {
		t.Fatal("mount:", err)
	}
	return v, &vfs.Ctx{FSID: v.NewFS(), Files: v.NewTable(), Caps: abi.CAP_ALL, NoFile: 1024, FSize: vfs.NoLimit}, pool
}

func newDisk(t testing.TB, size, bs int) blk.Bytes {
	t.Helper()
	disk := make(blk.Bytes, size)
	if err := Mkfs(disk, Format{BlockSize: uint32(bs), Time: 1700000000, Label: "test", UUID: [16]byte{1, 2, 3}}); err != abi.OK {
		t.Fatal("mkfs:", err)
	}
	return disk
}

// fsck runs Debian's checker on the disk.
func fsck(t testing.TB, disk blk.Bytes) {
	t.Helper()
	e2fsck, err := exec.LookPath("e2fsck")
	if err != nil {
		if e2fsck, err = exec.LookPath("/usr/sbin/e2fsck"); err != nil {
			t.Skip("no e2fsck here")
		}
	}
	image := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(image, disk, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(e2fsck, "-fn", image).CombinedOutput()
	if err != nil {
		t.Fatalf("e2fsck: %v\n%s", err, out)
	}
}

func must(t testing.TB, what string, err abi.Errno) {
	t.Helper()
	if err != abi.OK {
		t.Fatalf("%s: %v", what, err)
	}
}

func writeFile(t testing.TB, v *vfs.VFS, c *vfs.Ctx, path string, data []byte) {
	t.Helper()
	f, err := v.OpenFile(c, path, abi.O_WRONLY|abi.O_CREAT|abi.O_TRUNC, 0o644)
	must(t, "open "+path, err)
	for len(data) > 0 {
		n, err := v.Write(c, f, data)
		must(t, "write "+path, err)
		data = data[n:]
	}
	v.PutFile(f)
}

func readFile(t testing.TB, v *vfs.VFS, c *vfs.Ctx, path string) []byte {
	t.Helper()
	f, err := v.OpenFile(c, path, abi.O_RDONLY, 0)
	must(t, "open "+path, err)
	defer v.PutFile(f)
	var all []byte
	buf := make([]byte, 10000)
	for {
		n, err := v.Read(f, buf)
		must(t, "read "+path, err)
		if n == 0 {
			return all
		}
		all = append(all, buf[:n]...)
	}
}

var blockSizes = []int{1024, 2048, 4096}

func TestFormatIsClean(t *testing.T) {
	for _, bs := range blockSizes {
		for _, size := range []int{1 << 20, 5<<20 + 4096*3, 70 << 20} {
			t.Run(fmt.Sprint(bs, "/", size), func(t *testing.T) { fsck(t, newDisk(t, size, bs)) })
		}
	}
}

func TestTreeSurvivesRemount(t *testing.T) {
	for _, bs := range blockSizes {
		t.Run(fmt.Sprint(bs), func(t *testing.T) {
			disk := newDisk(t, 24<<20, bs)
			v, c, _ := mountTest(t, disk, 300) // less memory than files: pages are written back on the way
			big := make([]byte, 5<<20+123)
			rand.New(rand.NewSource(1)).Read(big)
			long := strings.Repeat("x", 200)
			must(t, "mkdir", v.Mkdir(c, abi.AT_FDCWD, "/dir", 0o755))
			writeFile(t, v, c, "/dir/big", big)
			writeFile(t, v, c, "/dir/small", []byte("small\n"))
			must(t, "symlink", v.Symlink(c, "small", abi.AT_FDCWD, "/dir/fast"))
			must(t, "symlink", v.Symlink(c, long, abi.AT_FDCWD, "/dir/slow"))
			must(t, "mknod", v.Mknod(c, abi.AT_FDCWD, "/dir/null", abi.S_IFCHR|0o666, vfs.MakeDev(1, 3)))
			must(t, "mknod", v.Mknod(c, abi.AT_FDCWD, "/dir/odd", abi.S_IFBLK|0o600, vfs.MakeDev(300, 70000)))
			for i := range 500 {
				writeFile(t, v, c, fmt.Sprintf("/dir/%s%d", long[:i%100], i), []byte{byte(i)})
			}
			for i := 0; i < 500; i += 3 {
				must(t, "unlink", v.Unlink(c, abi.AT_FDCWD, fmt.Sprintf("/dir/%s%d", long[:i%100], i)))
			}
			must(t, "sync", v.Sync())
			fsck(t, disk)

			v, c, _ = mountTest(t, disk, 300)
			if !bytes.Equal(readFile(t, v, c, "/dir/big"), big) {
				t.Error("big file differs")
			}
			if got := readFile(t, v, c, "/dir/fast"); string(got) != "small\n" {
				t.Errorf("through the link: %q", got)
			}
			if got, _ := v.Readlink(c, abi.AT_FDCWD, "/dir/slow"); got != long {
				t.Errorf("slow link: %q", got)
			}
			a, _ := v.Stat(c, abi.AT_FDCWD, "/dir/odd", 0)
			if vfs.Major(a.Rdev) != 300 || vfs.Minor(a.Rdev) != 70000 || a.Mtime.Nsec != 5 {
				t.Errorf("device %+v", a)
			}
			if _, err := v.Stat(c, abi.AT_FDCWD, "/dir/xxx3", 0); err != abi.ENOENT {
				t.Errorf("unlinked file: %v", err)
			}
			must(t, "truncate", v.Truncate(c, "/dir/big", 70000))
			if !bytes.Equal(readFile(t, v, c, "/dir/big"), big[:70000]) {
				t.Error("truncated file differs")
			}
			must(t, "extend", v.Truncate(c, "/dir/big", 100000))
			if !bytes.Equal(readFile(t, v, c, "/dir/big")[70000:], make([]byte, 30000)) {
				t.Error("extension is not zero")
			}
			must(t, "shutdown", v.Shutdown())
			fsck(t, disk)
		})
	}
}

func TestSparseFile(t *testing.T) {
	disk := newDisk(t, 8<<20, 4096)
	v, c, _ := mountTest(t, disk, 200)
	f, err := v.OpenFile(c, "/sparse", abi.O_RDWR|abi.O_CREAT, 0o600)
	must(t, "open", err)
	for _, off := range []int64{0, 50 << 10, 5 << 20, 5 << 30} { // direct, indirect, double, triple
		_, err := v.Pwrite(c, f, []byte("here"), off)
		must(t, "pwrite", err)
	}
	buf := make([]byte, 8)
	for _, off := range []int64{50<<10 - 4, 5<<20 - 4, 5<<30 - 4} {
		v.Pread(f, buf, off)
		if string(buf) != "\x00\x00\x00\x00here" {
			t.Errorf("at %d: %q", off, buf)
		}
	}
	must(t, "sync", v.Sync())
	fsck(t, disk)
	must(t, "truncate", v.Ftruncate(c, f, 5<<20+1))
	must(t, "sync", v.Sync())
	fsck(t, disk)
	v.PutFile(f)
	must(t, "unlink", v.Unlink(c, abi.AT_FDCWD, "/sparse"))
	must(t, "sync", v.Sync())
	fsck(t, disk)
}

func TestFullDisk(t *testing.T) {
	disk := newDisk(t, 1<<20, 4096)
	v, c, _ := mountTest(t, disk, 600)
	before, _ := v.Statfs(c, "/")
	f, err := v.OpenFile(c, "/fill", abi.O_WRONLY|abi.O_CREAT, 0o600)
	must(t, "open", err)
	page := make([]byte, 4096)
	for err == abi.OK {
		_, err = v.Write(c, f, page)
	}
	if err != abi.ENOSPC {
		t.Fatalf("full disk: %v", err)
	}
	if err := v.Mkdir(c, abi.AT_FDCWD, "/d", 0o755); err != abi.ENOSPC {
		t.Errorf("mkdir on a full disk: %v", err)
	}
	must(t, "sync", v.Sync())
	fsck(t, disk)
	v.PutFile(f)
	must(t, "unlink", v.Unlink(c, abi.AT_FDCWD, "/fill"))
	if after, _ := v.Statfs(c, "/"); after.Bfree != before.Bfree || after.Ffree != before.Ffree {
		t.Errorf("not all came back: %+v, before %+v", after, before)
	}
	must(t, "sync", v.Sync())
	fsck(t, disk)
}

// Linux's mke2fs with its usual features must be readable where we claim it.
func TestReadsMke2fs(t *testing.T) {
	mke2fs, err := exec.LookPath("/usr/sbin/mke2fs")
	if err != nil {
		t.Skip("no mke2fs here")
	}
	root := t.TempDir()
	os.Mkdir(root+"/sub", 0o755)
	os.WriteFile(root+"/sub/file", bytes.Repeat([]byte("mke2fs "), 100000), 0o640)
	image := filepath.Join(t.TempDir(), "image")
	if out, err := exec.Command(mke2fs, "-q", "-t", "ext2", "-b", "4096", "-d", root, image, "16M").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	data, _ := os.ReadFile(image)
	disk := blk.Bytes(data)
	v, c, _ := mountTest(t, disk, 600)
	if got := readFile(t, v, c, "/sub/file"); !bytes.Equal(got, bytes.Repeat([]byte("mke2fs "), 100000)) {
		t.Error("file differs")
	}
	writeFile(t, v, c, "/sub/more", []byte("more"))
	must(t, "shutdown", v.Shutdown())
	fsck(t, disk)
}

func TestFormatIsDeterministic(t *testing.T) {
	if !bytes.Equal(newDisk(t, 3<<20, 4096), newDisk(t, 3<<20, 4096)) {
		t.Error("two formats differ")
	}
}
