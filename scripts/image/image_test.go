package image

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	boot "vitrine/assets/boot"
	"vitrine/kernel/blk"
)

// tree lays out a small root on the host.
func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"bin", "etc", "tmp", "usr/src"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	os.Chmod(filepath.Join(dir, "tmp"), 0o777|os.ModeSticky)
	os.WriteFile(filepath.Join(dir, "bin/big"), bytes.Repeat([]byte("0123456789abcdef"), 100000), 0o755)
	os.WriteFile(filepath.Join(dir, "etc/passwd"), []byte("root\n"), 0o600)
	os.Symlink("big", filepath.Join(dir, "bin/link"))
	return dir
}

func build(t *testing.T, root string) []byte {
	t.Helper()
	im, err := New(8 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if err := im.Add(root, "/"); err != nil {
		t.Fatal(err)
	}
	disk, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

func TestBuild(t *testing.T) {
	root := tree(t)
	disk := build(t, root)
	if !bytes.Equal(disk, build(t, root)) {
		t.Error("two images of one tree differ")
	}
	im, err := Open(bytes.Clone(disk))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := os.ReadFile(filepath.Join(root, "bin/big"))
	for _, name := range []string{"/bin/big", "/bin/link"} {
		if got, err := im.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	fsck(t, disk)
}

func TestAddToAnImage(t *testing.T) {
	disk := build(t, tree(t))
	im, err := Open(disk)
	if err != nil {
		t.Fatal(err)
	}
	one := filepath.Join(t.TempDir(), "x")
	os.WriteFile(one, []byte("new"), 0o755)
	for _, to := range []string{"/bin/big", "/some/new/place/x", "etc/passwd"} {
		if err := im.Add(one, to); err != nil {
			t.Error(err)
		}
		if got, err := im.ReadFile(to); string(got) != "new" {
			t.Errorf("%s: %q, %v", to, got, err)
		}
	}
	if err := im.Add(filepath.Join(t.TempDir(), "missing"), "/x"); err == nil {
		t.Error("a file that is not there was added")
	}
	if disk, err = im.Close(); err != nil {
		t.Fatal(err)
	}
	fsck(t, disk)
}

func TestFull(t *testing.T) {
	im, err := New(3 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if err := im.WriteFile("/large", make([]byte, 4<<20), 0o644); err == nil {
		t.Error("4 MiB fit into a disk of 3")
	}
}

// fsck has Debian's checker look at the root partition.
func fsck(t *testing.T, disk []byte) {
	t.Helper()
	tool := "/usr/sbin/e2fsck"
	if _, err := os.Stat(tool); err != nil {
		t.Skip("no e2fsck here")
	}
	file := filepath.Join(t.TempDir(), "part")
	if err := os.WriteFile(file, disk[boot.PartitionLBA*blk.SectorSize:], 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "-fn", file).CombinedOutput(); err != nil {
		t.Errorf("e2fsck: %v\n%s", err, out)
	}
}
