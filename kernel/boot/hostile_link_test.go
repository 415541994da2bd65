package boot_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/rewind"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// TestHostileLinks plays links that are well formed and mean harm: each is refused or played, and nothing of ours breaks.
func TestHostileLinks(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	disk := emptyDisk(t)
	var good []*link.Link
	for _, name := range []string{"bios", "multiboot", "kernel"} {
		text, err := os.ReadFile(fmt.Sprintf("testdata/links/%d-%s.txt", boot.Version, name))
		if err != nil {
			t.Fatal(err)
		}
		l, _, err := link.Parse(string(text))
		if err != nil {
			t.Fatal(err)
		}
		good = append(good, l)
	}
	played := 0
	for n := range 300 {
		l := hostile(random, *good[n%len(good)])
		b, err := link.Save(l)
		if err != nil {
			continue // it cannot even be written
		}
		if l, err = link.Load(b); err != nil {
			t.Fatal(err)
		}
		o, err := boot.Equip(l, &boot.Options{Disk: disk})
		if err != nil {
			continue
		}
		if o.Disk != nil && o.Kernel == nil && !o.BIOS {
			o.Disk = furnish(t, o.Disk, l.Files)
		}
		c, err := boot.New(*o)
		if err != nil {
			continue
		}
		r, err := boot.NewReplay(c, l)
		if err != nil {
			continue
		}
		r.Run(1_000_000, 500_000)
		played++
	}
	if played < 100 {
		t.Errorf("only %d were played", played)
	}
}

// hostile changes some of what a link says.
func hostile(random *rand.Rand, l link.Link) *link.Link {
	number := func() uint64 { return random.Uint64() >> random.UintN(64) }
	for range 1 + random.IntN(3) {
		switch random.IntN(9) {
		case 0:
			l.Setup.RAM = []uint64{0, 1, 8 << 20, 8<<20 + 1, 9<<20 + 4095, 3 << 30, number()}[random.IntN(7)]
			if l.Setup.RAM > 64<<20 && l.Setup.RAM <= boot.MaxRAM {
				l.Setup.RAM = 64 << 20 // the test shall not take all memory
			}
		case 1:
			l.Setup.Swap = number() % (4 << 20)
		case 2:
			l.Setup.Date = int64(number()) * (1 - 2*random.Int64N(2))
		case 3:
			l.Setup.Rows, l.Setup.Cols = uint16(number()), uint16(number())
		case 4:
			lines := []string{"mem=1", "hz=0", "hz=18446744073709551615", "sched=x slice=0 latency=0 mingran=0", "init=", "la57 swap=/dev/sda", "root=/dev/sdb", "ro quiet preempt=full"}
			l.Setup.Cmdline, l.Setup.Append = lines[random.IntN(len(lines))], lines[random.IntN(len(lines))]
		case 5:
			l.Setup.BIOS, l.Setup.TermRaw = !l.Setup.BIOS, !l.Setup.TermRaw
		case 6:
			l.Tape.Entries = nil
			at := uint64(0)
			for range random.IntN(50) {
				at += number() % 200_000
				l.Tape.Entries = append(l.Tape.Entries, rewind.Entry{At: at, Kind: rewind.Kind(1 + random.UintN(2)), Bytes: make([]byte, number()%100_000>>random.UintN(17))})
			}
			l.Moment.Now = max(l.Moment.Now, at)
		case 7:
			l.Moment.Now += number() >> 1
		case 8:
			l.Loaded = append([]link.Item(nil), l.Loaded...)
			for i := range l.Loaded {
				if it := &l.Loaded[i]; it.Inside && len(it.Data) > 0 {
					data := append([]byte(nil), it.Data...)
					data[random.IntN(len(data))] ^= byte(1 + random.UintN(254))
					data[len(data)-1] |= 1
					it.Data, it.Size = data, max(it.Size, uint64(len(data)))
					it.Sum = link.Sum(append(data, make([]byte, it.Size-uint64(len(data)))...))
					if it.Role == link.Disk {
						_, same := boot.Describe(&boot.Options{BIOS: true, Disk: dev.Image(append(data, make([]byte, it.Size-uint64(len(data)))...))}, 0)
						it.Sum = same[0].Sum
					}
				}
			}
		}
	}
	return &l
}
