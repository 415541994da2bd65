package boot_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// TestDiskAfterwards has a guest with little memory work on its disk, then looks at the disk from outside.
func TestDiskAfterwards(t *testing.T) {
	const script = `set -e
cd /root
b=/bin/busybox
for i in 1 2 3 4; do $b cp /bin/busybox copy$i; $b cmp /bin/busybox copy$i; done
$b mkdir -p deep/er/still; echo kept > deep/er/still/file; $b ln -s er/still deep/link; $b mv deep moved
$b seq 1 20000 > numbers; $b sort -n numbers | $b cmp - numbers; $b truncate -s 1000 numbers
$b rm copy1 copy3
for i in $($b seq 1 200); do echo $i > moved/file$i; done
$b rm moved/file1*
`
	g := small(t, script)
	stop := g.until(60)
	if stop.Reason != boot.PowerOff || stop.Status != 0 {
		t.Fatalf("%+v %s", stop, g.out.String())
	}
	disk := make([]byte, g.M.ATA.Sectors()*dev.SectorSize)
	for lba := range g.M.ATA.Sectors() {
		g.M.ATA.ReadSector(lba, disk[lba*dev.SectorSize:][:dev.SectorSize])
	}
	fsck(t, disk)
	im, err := image.Open(disk)
	if err != nil {
		t.Fatal(err)
	}
	busybox, _ := os.ReadFile("/bin/busybox")
	if got, err := im.ReadFile("/root/copy4"); err != nil || !bytes.Equal(got, busybox) {
		t.Errorf("copy4: %d bytes, %v", len(got), err)
	}
	if got, err := im.ReadFile("/root/moved/link/file"); err != nil || string(got) != "kept\n" {
		t.Errorf("moved file: %q, %v", got, err)
	}
	if got, err := im.ReadFile("/root/numbers"); err != nil || len(got) != 1000 {
		t.Errorf("truncated file: %d bytes, %v", len(got), err)
	}
	if _, err := im.ReadFile("/root/copy1"); err == nil {
		t.Error("a removed file is there")
	}
}

// small is a computer with less memory than the files that its script works on.
func small(t *testing.T, script string) *guest {
	t.Helper()
	root, err := guestRoot()
	if err != nil {
		t.Fatal(err)
	}
	im, err := image.Open(bytes.Clone(root))
	if err != nil {
		t.Fatal(err)
	}
	im.WriteFile("/script", []byte(script), 0o644)
	im.WriteFile("/etc/init.argv", []byte("/bin/busybox\x00sh\x00/script\x00"), 0o644)
	disk, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	c, err := boot.New(boot.Options{Cmdline: "quiet", RAM: boot.MinRAM, Disk: dev.Image(disk), TermRaw: true, TermNoEcho: true})
	if err != nil {
		t.Fatal(err)
	}
	return &guest{Computer: c}
}

// fsck has Debian's checker look at the root partition, where there is one.
func fsck(t *testing.T, disk []byte) {
	t.Helper()
	const e2fsck = "/usr/sbin/e2fsck"
	if _, err := os.Stat(e2fsck); err != nil {
		return
	}
	const partition = 2048 * dev.SectorSize
	file := filepath.Join(t.TempDir(), "root")
	if err := os.WriteFile(file, disk[partition:], 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(e2fsck, "-fn", file).CombinedOutput(); err != nil {
		t.Errorf("e2fsck: %v\n%s", err, out)
	}
}
