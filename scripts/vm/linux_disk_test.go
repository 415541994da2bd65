//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// diskDrivers of Debian's kernel, in the order in which they need each other.
var diskDrivers = []string{"scsi_common", "scsi_mod", "libata", "sd_mod", "pata_legacy"}

// driversArchive is a second archive for the initrd: the drivers. Linux unpacks one after the other.
func driversArchive(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	add := func(name string, mode int, content []byte) {
		fmt.Fprintf(&b, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00", 0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name)+1, 0, name)
		b.Write(make([]byte, -b.Len()&3))
		b.Write(content)
		b.Write(make([]byte, -b.Len()&3))
	}
	for _, d := range diskDrivers {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(linuxKernel), d+".ko"))
		if err != nil {
			t.Skip(err, ": make linux fetches it")
		}
		add(d+".ko", 0o100644, content)
	}
	add("TRAILER!!!", 0, nil)
	return b.Bytes()
}

// TestLinuxDisk: Linux's own driver finds the disk, by interrupts, mounts what our tools made, and writes to it.
func TestLinuxDisk(t *testing.T) {
	flags := linuxFlags(t)
	disk := root + "/" + defaultDisk
	if _, err := os.Stat(disk); err != nil {
		t.Skip(err)
	}
	initrd, err := os.ReadFile(linuxInitrd)
	if err != nil {
		t.Fatal(err)
	}
	initrd = append(initrd, make([]byte, -len(initrd)&3)...)
	both := filepath.Join(t.TempDir(), "initrd")
	if err := os.WriteFile(both, append(initrd, driversArchive(t)...), 0o644); err != nil {
		t.Fatal(err)
	}
	session := ""
	for _, d := range diskDrivers {
		session += "insmod /" + d + ".ko $([ " + d + " = pata_legacy ] && echo probe_all=1)\n"
	}
	session += "sleep 1; mkdir /m; mount -t ext4 /dev/sda1 /m && ls /m/sbin\necho written by Linux >/m/note; umount /m\n" +
		"echo 3 >/proc/sys/vm/drop_caches; mount -t ext4 /dev/sda1 /m && cat /m/note; umount /m\n" +
		"[ $(grep pata_legacy.0 /proc/interrupts | awk '{print $2}') -gt 50 ] && echo by interrupts\nexit\n"
	r := run1(t, "", session, vmPath(), append(flags, "-disk", disk, "-initrd", both)...)
	for _, want := range []string{"ata1.00: ATA-6: Vitrine disk, 1.0, max PIO4", "ata1.00: configured for PIO", "\ninit", "\nwritten by Linux\r\n", "\nby interrupts\r\n"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	for _, bad := range []string{"exception Emask", "lost interrupt", "I/O error", "BUG:", "WARNING:"} {
		if strings.Contains(r.out, bad) {
			t.Errorf("it says %q", bad)
		}
	}
	if t.Failed() {
		t.Log(r.out, r.err)
	}
}
