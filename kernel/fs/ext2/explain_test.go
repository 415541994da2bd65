package ext2

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/vfs"
)

// What cannot be mounted says why: ext4's features, a journal with changes that are not on the disk yet, a size of block that
// is larger than a page, something that is no file system.
func TestRefusals(t *testing.T) {
	const mke2fs, debugfs = "/usr/sbin/mke2fs", "/usr/sbin/debugfs"
	if _, err := os.Stat(mke2fs); err != nil {
		t.Skip("no mke2fs here")
	}
	for _, c := range []struct {
		name    string
		options []string
		feature string
		want    string
		ro      bool // it is mounted, but cannot be written to
	}{
		{"ext4", []string{"-t", "ext4"}, "", "extent 64bit flex_bg", false},
		{"recovery", []string{"-t", "ext3", "-b", "1024", "-J", "size=1"}, "feature +needs_recovery", "needs_recovery", false},
		{"metadata_csum", []string{"-t", "ext2", "-O", "metadata_csum", "-b", "1024"}, "", "metadata_csum", true},
		{"nothing", nil, "", "can't find an ext2 filesystem", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			image := filepath.Join(t.TempDir(), "image")
			if err := os.WriteFile(image, make([]byte, 8<<20), 0o600); err != nil {
				t.Fatal(err)
			}
			if c.options != nil {
				if out, err := exec.Command(mke2fs, append(append([]string{"-q", "-F"}, c.options...), image)...).CombinedOutput(); err != nil {
					t.Fatalf("%v %s", err, out)
				}
			}
			if c.feature != "" {
				if out, err := exec.Command(debugfs, "-w", "-R", c.feature, image).CombinedOutput(); err != nil {
					t.Fatalf("%v %s", err, out)
				}
			}
			data, _ := os.ReadFile(image)
			said := ""
			fs := New(blk.Bytes(data))
			fs.Log = func(text string) { said += text + "\n" }
			ram := mem.New(64 * mem.FrameSize)
			v := vfs.New(ram, vfs.NewFrames(ram), &host{})
			v.Register(vfs.Ext2, fs)
			err := v.MountRoot(vfs.Ext2, "/dev/sdx", false)
			if c.ro != (err == abi.OK) || !strings.Contains(said, c.want) || !strings.HasPrefix(said, "EXT2-fs (/dev/sdx): ") {
				t.Errorf("%v, %q", err, said)
			}
		})
	}
}
