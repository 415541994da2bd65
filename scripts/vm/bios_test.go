//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBIOSFlag boots a disk of somebody else's and types on its keyboard, which is the console.
func TestBIOSFlag(t *testing.T) {
	dir := t.TempDir()
	object, disk := filepath.Join(dir, "bios.o"), filepath.Join(dir, "disk")
	for _, args := range [][]string{
		{"gcc", "-c", root + "/engine/testdata/bios.S", "-o", object},
		{"ld", "-Ttext=0x7c00", "--oformat=binary", "-nostdlib", "-o", disk, object},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	if err := os.Truncate(disk, 4<<20); err != nil {
		t.Fatal(err)
	}
	r := run1(t, "", "x\ny\n", vmPath(), "-bios", "-disk", disk)
	for _, want := range []string{"Booting from hard disk", "drive 00000080", "key 00000078", "key 00000079", "mode 00005003"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if r.status != 1 || t.Failed() {
		t.Errorf("status %d, want that of a write of 0 to the exit port\n%s%s", r.status, r.out, r.err)
	}
	if r := run1(t, "", "", vmPath(), "-bios"); r.status != statusUsage || !strings.Contains(r.err, "-bios needs -disk") {
		t.Errorf("status %d\n%s", r.status, r.err)
	}
}
