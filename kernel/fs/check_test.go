package fs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vitrine/kernel/blk"
)

// check runs Debian's e2fsck on the disk, where there is one.
func check(t testing.TB, disk blk.Bytes) {
	t.Helper()
	const e2fsck = "/usr/sbin/e2fsck"
	if _, err := os.Stat(e2fsck); err != nil {
		return
	}
	image := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(image, disk, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(e2fsck, "-fn", image).CombinedOutput(); err != nil {
		t.Fatalf("e2fsck: %v\n%s", err, out)
	}
}
