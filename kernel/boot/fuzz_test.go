package boot_test

import (
	"bytes"
	"math/rand"
	"sync"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
)

// plainDisk is the guest's disk with nothing added.
var plainDisk = sync.OnceValues(guestRoot)

// attack switches a computer on, lets it boot and types a few commands. Whatever it is made of, it must stop or go on.
func attack(t testing.TB, o boot.Options) boot.Stop {
	c, err := boot.New(o)
	if err != nil {
		return boot.Stop{Reason: boot.Panic, Text: err.Error()}
	}
	c.Input([]byte("ls -lR / | head -n 50; cat /etc/passwd /bin/busybox | wc -c; cow; echo x >/tmp/x; cat /tmp/x\n"))
	stop := c.Run(2_500_000, boot.NoLimit)
	if stop.Reason == boot.Budget && !c.K.State.SchedOn {
		return stop // an endless loop in the boot's machine code
	}
	stop = c.Run(15_000_000, boot.NoLimit)
	if stop.Reason == boot.Panic && stop.Text == "" {
		t.Error("a panic without a text")
	}
	if err := c.K.MM.Check(); c.K.State.SchedOn && err != nil && stop.Reason != boot.Panic {
		t.Error(err)
	}
	c.Output()
	c.Hash()
	return stop
}

// Where on the disk damage hurts: the boot sector, the kernel image, the root's super block and descriptors, its inodes.
var soreSpots = []struct{ from, size int }{
	{0, 512}, {512, 64 << 10}, {2048 * dev.SectorSize, 8192}, {2048*dev.SectorSize + 8192, 1 << 20}, {2048 * dev.SectorSize, 8 << 20},
}

// damageDisk changes n bytes of one spot.
func damageDisk(disk []byte, seed int64, spot, n uint8) {
	r := rand.New(rand.NewSource(seed))
	s := soreSpots[int(spot)%len(soreSpots)]
	for range 1 + int(n)%16 {
		at := s.from + r.Intn(min(s.size, len(disk)-s.from))
		for range 200 { // empty places are not interesting
			if disk[at] != 0 {
				break
			}
			at = s.from + r.Intn(min(s.size, len(disk)-s.from))
		}
		disk[at] = []byte{0, 1, 0xff, 0x80, byte(r.Intn(256)), disk[at] ^ 1<<r.Intn(8)}[r.Intn(6)]
	}
}

// FuzzDisk boots from a damaged disk: it works, or the guest panics with a text, or it hangs by itself.
func FuzzDisk(f *testing.F) {
	disk, err := plainDisk()
	if err != nil {
		f.Fatal(err)
	}
	for i := range 10 {
		f.Add(int64(i), uint8(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed int64, spot, n uint8) {
		damaged := bytes.Clone(disk)
		damageDisk(damaged, seed, spot, n)
		attack(t, boot.Options{RAM: boot.MinRAM, Disk: dev.Image(damaged), Seed: 1})
	})
}

// FuzzCmdline boots with any kernel command line.
func FuzzCmdline(f *testing.F) {
	disk, err := plainDisk()
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range []string{"", "quiet", "hz=0", "hz=99999999", "hz=-1 slice=-1", "slice=0 hz=20", "hz=1000 slice=1000", "hz=20 slice=1ms",
		"init=", "init=/", "init=/etc/passwd", "init=/bin/sh", "sched=none ro", "init=/dev/console", "= == a=b=c \x00 \xff", "init=" + string(make([]byte, 5000)),
		"init=" + string(bytes.Repeat([]byte("/x"), 5000)), "slice=18446744073709551615 hz=18446744073709551616"} {
		f.Add(line, uint64(8<<20))
	}
	for _, ram := range []uint64{0, 1, 4096, boot.MinRAM - 1, boot.MinRAM + 4095, 1 << 62, ^uint64(0)} {
		f.Add("", ram)
	}
	f.Fuzz(func(t *testing.T, line string, ram uint64) {
		if ram > 256<<20 && ram < 4<<30 {
			ram >>= 4 // the host's memory is not what is tested
		}
		attack(t, boot.Options{Cmdline: line, RAM: ram, Disk: dev.Image(disk), Seed: 1, Rows: uint16(ram), Cols: uint16(ram >> 4)})
	})
}

// FuzzRestore damages a snapshot. It is refused, and the computer is what it was.
func FuzzRestore(f *testing.F) {
	disk, err := plainDisk()
	if err != nil {
		f.Fatal(err)
	}
	o := boot.Options{RAM: boot.MinRAM, Disk: dev.Image(disk), Seed: 1}
	c, err := boot.New(o)
	if err != nil {
		f.Fatal(err)
	}
	c.Run(5_000_000, boot.NoLimit)
	saved := c.Snapshot()
	f.Add(uint32(0), uint8(1), uint32(0))
	f.Add(uint32(20), uint8(0xff), uint32(0))
	f.Add(uint32(1000), uint8(3), uint32(1))
	f.Fuzz(func(t *testing.T, at uint32, bits uint8, cut uint32) {
		damaged := bytes.Clone(saved[:len(saved)-int(cut)%len(saved)])
		damaged[int(at)%len(damaged)] ^= bits
		before := c.Hash()
		if err := c.Restore(damaged); (err == nil) != bytes.Equal(damaged, saved) {
			t.Errorf("damaged snapshot: %v", err)
		}
		if c.Hash() != before {
			t.Error("the computer is another one")
		}
	})
}
