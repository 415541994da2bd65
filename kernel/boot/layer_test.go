package boot_test

import (
	"bytes"
	"fmt"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// TestPutFiles: whatever their number and size, files come onto the disk, as they do when the whole disk is in memory; the disk
// below stays as it is.
func TestPutFiles(t *testing.T) {
	im, err := image.New(64 << 20)
	if err != nil {
		t.Fatal(err)
	}
	base, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	files := []link.File{{Path: "/root/large", Mode: link.TypeRegular | 0o755, Data: bytes.Repeat([]byte("0123456789abcdef"), 2<<20)},
		{Path: "/root/link", Mode: link.TypeSymlink | 0o777, Data: []byte("large")}, {Path: "/tmp", Mode: link.TypeFolder | 0o777}}
	for i := range 3000 {
		files = append(files, link.File{Path: fmt.Sprintf("/d%d/f%d", i%7, i), Mode: link.TypeRegular | 0o644, Data: []byte{byte(i)}})
	}
	before := bytes.Clone(base)
	over, err := boot.PutFiles(dev.Image(base), files)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(base, before) {
		t.Error("the disk below has changed")
	}
	changed := make([]byte, len(base))
	for n := range over.Sectors() {
		over.ReadSector(n, changed[n*dev.SectorSize:][:dev.SectorSize])
	}
	if im, err = image.Open(changed); err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files[:1:1], files[3:]...) {
		if got, err := im.ReadFile(f.Path); err != nil || !bytes.Equal(got, f.Data) {
			t.Fatalf("%s: %d bytes, %v", f.Path, len(got), err)
		}
	}
	if got, err := im.ReadFile("/root/link"); err != nil || !bytes.Equal(got, files[0].Data) {
		t.Errorf("the symbolic link leads to %d bytes, %v", len(got), err)
	}
	if _, err := boot.PutFiles(dev.Image(make([]byte, 1<<20)), files); err == nil {
		t.Error("files were put on a disk without file system")
	}
	if _, err := boot.PutFiles(dev.Image(base), []link.File{{Path: "/x", Mode: link.TypeRegular, Data: make([]byte, 70<<20)}}); err == nil {
		t.Error("more than the disk holds was put on it")
	}
}
