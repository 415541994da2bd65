//go:build linux

package sys_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/assets/boot"
	"vitrine/engine/dev"
	machine "vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// mke2fs are file systems that Debian's mke2fs makes and ext2 is to be at home on: block and inode sizes, with a journal that
// nobody needs, with and without what is usual.
var mke2fs = map[string][]string{
	"1k":        {"-t", "ext2", "-b", "1024"},
	"2k-small":  {"-t", "ext2", "-b", "2048", "-I", "128", "-m", "10"},
	"4k":        {"-t", "ext2", "-b", "4096", "-m", "3"},
	"journal":   {"-t", "ext3", "-b", "1024", "-J", "size=1"},
	"bare":      {"-t", "ext2", "-b", "1024", "-O", "none,filetype", "-I", "256"},
	"manygroup": {"-t", "ext2", "-b", "1024", "-g", "2048", "-O", "^resize_inode"},
}

// needE2fsprogs skips a test where Debian's tools for ext2 are not.
func needE2fsprogs(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"/usr/sbin/mke2fs", "/usr/sbin/e2fsck"} {
		if _, err := os.Stat(tool); err != nil {
			t.Skip("no ", tool, " here")
		}
	}
}

// formatted is a disk with init on a file system that mke2fs made.
func formatted(t *testing.T, options []string) []byte {
	t.Helper()
	const size, head = 24 << 20, boot.PartitionLBA * 512
	file := filepath.Join(t.TempDir(), "part")
	if err := os.WriteFile(file, make([]byte, size-head), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("/usr/sbin/mke2fs", append(append([]string{"-q", "-F"}, options...), file)...).CombinedOutput(); err != nil {
		t.Fatalf("mke2fs: %v\n%s", err, out)
	}
	part, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	im, err := image.Open(append(boot.DiskHead((size-head)/512), part...))
	if err != nil {
		t.Fatal(err)
	}
	return furnish(t, im)
}

// diskOf is the disk of a computer as it is now.
func diskOf(c *machine.Computer) []byte {
	disk := make([]byte, c.M.ATA.Sectors()*dev.SectorSize)
	for i := range c.M.ATA.Sectors() {
		c.M.ATA.ReadSector(i, disk[i*dev.SectorSize:][:dev.SectorSize])
	}
	return disk
}

// fsck runs e2fsck on a file system that was left in order.
func fsck(t *testing.T, disk []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "part")
	if err := os.WriteFile(file, disk, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("/usr/sbin/e2fsck", "-fn", file).CombinedOutput(); err != nil {
		t.Errorf("e2fsck: %v\n%s", err, out)
	}
}

// TestDisks works file systems of all kinds hard: what is found on them is the same on each, and e2fsck finds nothing wrong.
func TestDisks(t *testing.T) {
	needCompiler(t)
	needE2fsprogs(t)
	program := filepath.Join(t.TempDir(), "heavy")
	compile(t, "testdata/disk/heavy.c", program)
	first := ""
	for name, options := range mke2fs {
		t.Run(name, func(t *testing.T) {
			c := guestComputer(t, formatted(t, options), program, workDir)
			out := finish(t, c).out
			out = strings.ReplaceAll(out, "\r", "")
			if first == "" {
				first = out
				t.Log(out)
			}
			if out != first {
				t.Errorf("not as on the other disks:\n%s", firstDifference(first, out))
			}
			fsck(t, diskOf(c)[boot.PartitionLBA*dev.SectorSize:])
		})
	}
}

// secondDisk is what the program prints that mounts a second disk.
const secondDisk = `mount("/dev/none", "m", "ext2", 0, "") = -1 ENOENT
mount("/dev/null", "m", "ext2", 0, "") = -1 errno 15
mount("/dev/sda1", "m", "ext2", 0, "") = -1 EBUSY
mount("/dev/sdb", "m", "ext2", 0, "") = 0
mount("/dev/sdb", "m", "ext2", 0, "") = -1 EBUSY
1 810
m/hello: 11 "hello there"
open("/dev/sdb", O_WRONLY) = -1 EBUSY
swapoff("/dev/sdb") = -1 EINVAL
link("m/new", "outside") = -1 EXDEV
rename("m/new", "m/renamed") = 0
mkdir("m/dir", 0755) = 0
umount("m") = -1 EBUSY
umount("m") = 0
access("m/hello", F_OK) = -1 ENOENT
mount("/dev/sdb", "m", "ext2", MS_RDONLY | MS_NOATIME, "") = 0
m/dir/file: 18 "on the second disk"
open("m/dir/more", O_WRONLY | O_CREAT, 0644) = -1 EROFS
409600
ef53
umount("m") = 0
3145728
pwrite(from, buf, 4096, 0) = 4096
mount("/dev/sdb", "m", "ext2", 0, "") = -1 EINVAL
`

// TestSecondDisk mounts a disk that mke2fs filled: what is written to it is there the next time, and e2fsck finds it in order.
func TestSecondDisk(t *testing.T) {
	needCompiler(t)
	needE2fsprogs(t)
	program, dir, file := filepath.Join(t.TempDir(), "second"), t.TempDir(), filepath.Join(t.TempDir(), "disk")
	compile(t, "testdata/disk/second.c", program)
	os.WriteFile(filepath.Join(dir, "hello"), []byte("hello there"), 0o644)
	if out, err := exec.Command("/usr/sbin/mke2fs", "-q", "-t", "ext2", "-b", "1024", "-d", dir, file, "3M").CombinedOutput(); err != nil {
		t.Fatalf("mke2fs: %v\n%s", err, out)
	}
	second, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := power(t, machine.Options{RAM: machine.DefaultRAM, Disk: dev.Image(diskWith(t, baseDisk(t), program, workDir)), Swap: dev.Image(second)})
	if out := strings.ReplaceAll(finish(t, c).out, "\r", ""); out != secondDisk {
		t.Errorf("not what it should be:\n%s", firstDifference(secondDisk, out))
	}
	im, err := image.Open(diskOf(c))
	if err != nil {
		t.Fatal(err)
	}
	left, err := im.ReadFile("/root/copy")
	if err != nil {
		t.Fatal(err)
	}
	fsck(t, left)
	if log := string(c.K.State.Log.Text); !strings.Contains(log, "EXT2-fs (/dev/sdb): error: can't find an ext2 filesystem") {
		t.Error("the log does not say why the last mount failed")
	}
}

// untar packs and unpacks a tree, and takes a half of it away.
const untar = `b=/bin/busybox; cd /root; $b mkdir -p t/a/b/c t/empty
for i in $($b seq 1 25); do $b seq 1 $((i * i)) > t/a/f$i; $b ln t/a/f$i t/a/b/h$i; $b ln -s ../f$i t/a/b/s$i; done
$b head -c 300000 /dev/urandom > t/a/b/c/random; $b truncate -s 5000000 t/sparse; $b mkfifo t/fifo; $b chmod 4750 t/a/f3; $b chown 12:34 t/a/f4
$b touch -d '2001-02-03 04:05:06' t/a/f5
$b tar cf t.tar t && $b mkdir x && $b tar xf t.tar -C x
$b diff -r t/a x/t/a && echo equal; (cd t && $b find . -type f | $b sort | $b xargs $b stat -c '%n %f %h %u %g %Y') > one
(cd x/t && $b find . -type f | $b sort | $b xargs $b stat -c '%n %f %h %u %g %Y') > two; $b cmp one two && echo same; $b wc -l < one
$b rm -r t x/t/a/b; $b ls x/t/a | $b wc -l; $b cp -a x y; $b mv x z; $b find y z | $b wc -l`

// TestTree packs a tree with tar and unpacks it: it is the same, and e2fsck finds the disk in order.
func TestTree(t *testing.T) {
	needCompiler(t)
	needE2fsprogs(t)
	if _, err := os.Stat("/bin/busybox"); err != nil {
		t.Skip("no busybox here")
	}
	c := guestComputer(t, baseDisk(t), "/bin/busybox", "sh", "-c", untar)
	if out := strings.ReplaceAll(finish(t, c).out, "\r", ""); out != "equal\nsame\n52\n25\n62\n" {
		t.Errorf("%q", out)
	}
	fsck(t, diskOf(c)[boot.PartitionLBA*dev.SectorSize:])
}
