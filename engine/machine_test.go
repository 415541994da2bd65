package engine_test

import (
	"testing"

	"vitrine/assets/boot"
	"vitrine/engine"
	"vitrine/engine/trace"
)

// TestSameHash boots in one go, in odd pieces, observed, with its code cache dropped, and through snapshots into fresh
// machines: the machine must be the same at the same time.
func TestSameHash(t *testing.T) {
	disk := boot.DiskHead(0)
	whole, pieces, watched, copied := newPC(disk), newPC(disk), newPC(disk), newPC(disk)
	watched.Trace.Mask = ^trace.Mask(0)
	for at := uint64(2_011); at < 300_000; at += 2_011 {
		if e := whole.Run(at); e.Reason != engine.Budget {
			break // the kernel is called: from here on it would have to answer
		}
		for n := whole.Now() % 89; pieces.Now() < at; n = (n*7 + 5) % 997 {
			pieces.Run(min(at, pieces.Now()+1+n))
			if n%5 == 0 {
				pieces.CPU.DropCode()
			}
		}
		watched.Run(at)
		copied.Run(at)
		fresh := newPC(disk)
		if err := fresh.Restore(copied.Snapshot()); err != nil {
			t.Fatal(err)
		}
		copied = fresh
		want := whole.Hash()
		if pieces.Hash() != want || watched.Hash() != want || copied.Hash() != want {
			t.Fatalf("at %d: whole %#x, in pieces %#x, observed %#x, through a snapshot %#x", at, want, pieces.Hash(), watched.Hash(), copied.Hash())
		}
	}
	if whole.Now() < 20_000 {
		t.Errorf("stopped at %d", whole.Now())
	}
}

// FuzzRestore: whatever a snapshot says, Restore refuses or the machine runs.
func FuzzRestore(f *testing.F) {
	f.Add([]byte{}, uint16(0), byte(1))
	f.Add([]byte("x"), uint16(40), byte(0xff))
	m := engine.New(engine.Config{RAM: engine.MinRAM, ROM: boot.ROM()})
	good := m.Snapshot()
	f.Fuzz(func(t *testing.T, tail []byte, at uint16, x byte) {
		b := append([]byte(nil), good...)
		b[int(at)%len(b)] ^= x
		b = append(b, tail...)
		m := engine.New(engine.Config{RAM: engine.MinRAM, ROM: boot.ROM()})
		if m.Restore(b) == nil {
			m.Run(m.Now() + 1000)
		}
	})
}
