package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
)

// TestOwnDisk: the image of a disk that a reader brings is mounted, and what is wrong with another is said.
func TestOwnDisk(t *testing.T) {
	const mke2fs = "/usr/sbin/mke2fs"
	if _, err := os.Stat(mke2fs); err != nil {
		t.Skip("no mke2fs here")
	}
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "disk.img")
	if err := os.WriteFile(filepath.Join(dir, "from-outside"), []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(mke2fs, "-q", "-F", "-t", "ext2", "-d", dir, path, "1M").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, Options{Program: &Program{"my disk.img", image}})
	play(t, s)
	if text := s.ConsoleText(); !strings.Contains(text, "5 ") || !strings.Contains(text, "from-outside") {
		t.Errorf("the console shows\n%s", text)
	}
	floppy := make([]byte, 4096)
	floppy[510], floppy[511] = 0x55, 0xaa
	if _, err := NewSession(dev.Image(nil), nil, Options{Mem: boot.MinRAM, Program: &Program{"floppy.img", floppy}}); err == nil || !strings.Contains(err.Error(), "floppy") {
		t.Errorf("a floppy: %v", err)
	}
}
