package engine_test

import (
	"archive/tar"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/assets/boot"
	"vitrine/engine"
	"vitrine/engine/dev"
)

const grubDir = "/usr/lib/grub/i386-pc"

// grubConfig prints what the BIOS told GRUB and boots a kernel from the archive in its image.
const grubConfig = `
terminal_output console
ls
lsmmap
multiboot (memdisk)/hello
boot
`

// grubDisk is a disk with GRUB's boot sector and, behind it, its core with a configuration and a multiboot kernel.
func grubDisk(t *testing.T) dev.Image {
	t.Helper()
	if _, err := exec.LookPath("grub-mkimage"); err != nil {
		t.Skip("no grub-mkimage: scripts/setup test installs it")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	run := func(args ...string) {
		t.Helper()
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	read := func(name string) []byte {
		t.Helper()
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(at(name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run("gcc", "-m32", "-c", "-o", at("hello.o"), "load/testdata/hello.S")
	run("ld", "-m", "elf_i386", "-n", "-Ttext=0x101000", "-o", at("hello"), at("hello.o"))
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	hello := read(at("hello"))
	w.WriteHeader(&tar.Header{Name: "hello", Size: int64(len(hello)), Mode: 0o644, Format: tar.FormatUSTAR})
	w.Write(hello)
	w.Close()
	write("memdisk.tar", archive.Bytes())
	write("grub.cfg", []byte(grubConfig))
	run("grub-mkimage", "-d", grubDir, "-O", "i386-pc", "-o", at("core.img"), "-p", "/", "-m", at("memdisk.tar"), "-c", at("grub.cfg"),
		"memdisk", "tar", "biosdisk", "part_msdos", "ls", "lsmmap", "multiboot", "boot", "terminal")
	disk := make(dev.Image, 4<<20)
	copy(disk, read(grubDir + "/boot.img")[:446])
	copy(disk[510:], "\x55\xaa")
	copy(disk[dev.SectorSize:], read(at("core.img")))
	return disk
}

// TestGRUB: Debian's boot loader comes up on the ROM, finds the disk and the memory, and starts a kernel.
func TestGRUB(t *testing.T) {
	m := engine.New(engine.Config{RAM: 64 << 20, ROM: boot.ROM(), Disk: grubDisk(t)})
	var out strings.Builder
	for range 1000 {
		e := m.Run(m.Now() + second/100)
		out.Write(m.UART.Drain())
		if e.Reason != engine.Budget {
			break
		}
	}
	got := strings.ReplaceAll(out.String(), "\r", "")
	for _, want := range []string{
		"Booting from hard disk\nGRUB loading", "Welcome to GRUB!", "(hd0) (memdisk)",
		"base_addr = 0x100000, length = 0x3f00000, available RAM", "2badb002 00000011",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("nothing of %q in\n%s", want, got)
		}
	}
	if m.Control.S.Code != 7 {
		t.Errorf("the kernel ends with %d, want 7", m.Control.S.Code)
	}
}
