package boot

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ext2Image has mke2fs make a file system with one file.
func ext2Image(t *testing.T) []byte {
	t.Helper()
	const mke2fs = "/usr/sbin/mke2fs"
	if _, err := os.Stat(mke2fs); err != nil {
		t.Skip("no mke2fs here")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "note"), []byte("from outside\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "disk.img")
	if out, err := exec.Command(mke2fs, "-q", "-F", "-t", "ext2", "-d", dir, path, "1M").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// partitioned puts a part behind a partition table.
func partitioned(kind byte, part []byte) []byte {
	const first = 64
	disk := append(make([]byte, first*sector), part...)
	e := disk[tableAt+entryLen:]
	e[entryKind] = kind
	binary.LittleEndian.PutUint32(e[entryStart:], first)
	binary.LittleEndian.PutUint32(e[entryLength:], uint32(len(part)/sector))
	binary.LittleEndian.PutUint16(disk[bootMarkAt:], bootMark)
	return disk
}

// TestDiskImage: a file system that Debian's tool made is found, alone and in a partition.
func TestDiskImage(t *testing.T) {
	image := ext2Image(t)
	for _, disk := range [][]byte{image, partitioned(linuxPartition, image)} {
		fs, isDisk, err := DiskImage(disk)
		if !isDisk || err != nil || !bytes.Equal(fs, image) {
			t.Fatalf("%v %v, %d bytes", isDisk, err, len(fs))
		}
	}
}

func TestDiskImageRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file   []byte
		isDisk bool
		says   string
	}{
		"a text":        {[]byte("hello"), false, ""},
		"a program":     {append([]byte("\x7fELF"), partitioned(7, nil)[4:]...), false, ""},
		"a floppy":      {partitioned(0, make([]byte, 4096)), true, "without a partition of Linux's"},
		"Windows":       {partitioned(7, make([]byte, 4096)), true, "type 0x07 and none"},
		"Linux, no fs":  {partitioned(linuxPartition, make([]byte, 4096)), true, "type 0x83 and none"},
		"half a sector": {partitioned(0, make([]byte, 4096))[:1000], false, ""},
	} {
		_, isDisk, err := DiskImage(c.file)
		if isDisk != c.isDisk || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v", name, isDisk, err)
		}
	}
}

func FuzzDiskImage(f *testing.F) {
	f.Add(partitioned(linuxPartition, make([]byte, 4096)))
	f.Add(partitioned(7, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if fs, isDisk, err := DiskImage(b); (err != nil || fs != nil) && !isDisk || len(fs) > len(b) {
			t.Error(len(fs), isDisk, err)
		}
	})
}
