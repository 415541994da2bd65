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

// fsck runs e2fsck on the partition of a computer that was switched off in order.
func fsck(t *testing.T, c *machine.Computer) {
	t.Helper()
	disk := make([]byte, (c.M.ATA.Sectors()-boot.PartitionLBA)*dev.SectorSize)
	for i := range c.M.ATA.Sectors() - boot.PartitionLBA {
		c.M.ATA.ReadSector(boot.PartitionLBA+i, disk[i*dev.SectorSize:][:dev.SectorSize])
	}
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
			fsck(t, c)
		})
	}
}
