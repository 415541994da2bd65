package main

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// cut makes an index for a disk, with nothing there yet, and the chunks.
func cut(t *testing.T, disk []byte, size int) (*chunked, [][]byte) {
	t.Helper()
	var chunks [][]byte
	var sums []string
	for at := 0; at < len(disk); at += size {
		c := disk[at:min(at+size, len(disk))]
		sum := ""
		if !bytes.Equal(c, make([]byte, len(c))) {
			sum = fmt.Sprintf("%016x", xxhash.Sum64(c))
		}
		chunks, sums = append(chunks, c), append(sums, sum)
	}
	d, err := newChunked(uint64(len(disk)/dev.SectorSize), uint64(size), sums)
	if err != nil {
		t.Fatal(err)
	}
	return d, chunks
}

// download is how chunks come: asked is called when the guest waits for one.
type download func(d *chunked, chunks [][]byte, asked int)

var chance = rand.New(rand.NewSource(1))

var downloads = map[string]download{
	"as asked": func(d *chunked, chunks [][]byte, asked int) { d.give(asked, chunks[asked]) },
	"others first": func(d *chunked, chunks [][]byte, asked int) {
		for n := asked + 8; n > asked; n-- {
			if n < len(chunks) && d.sums[n] != "" {
				d.give(n, chunks[n])
			}
		}
		if chance.Intn(3) == 0 { // else it is asked for again
			d.give(asked, chunks[asked])
		}
	},
	"damaged, then whole": func(d *chunked, chunks [][]byte, asked int) {
		bad := bytes.Clone(chunks[asked])
		bad[chance.Intn(len(bad))] ^= 1
		if d.give(asked, bad) || d.give(asked, bad[1:]) || d.give(asked, nil) {
			panic("a damaged chunk was taken")
		}
		d.give(asked, chunks[asked])
	},
	"late": func(d *chunked, chunks [][]byte, asked int) {
		if chance.Intn(20) == 0 {
			d.give(asked, chunks[asked])
		}
	},
}

const chunksLine = "ls -lR /usr | md5sum; cow 4; cat /usr/src/*.c | wc -c; echo written >/tmp/x; sync; cat /tmp/x"

// TestDownloadsDoNotShow: whatever becomes of the download, guest time and state are those of a disk that is there.
func TestDownloadsDoNotShow(t *testing.T) {
	disk := builtDisk(t)
	o := Options{Run: chunksLine, Date: 1}
	whole, err := NewSession(disk, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	play(t, whole)
	if !strings.Contains(whole.ConsoleText(), "\nwritten\n") {
		t.Fatalf("the console shows\n%s", whole.ConsoleText())
	}
	for name, from := range downloads {
		for _, size := range []int{4 << 10, 64 << 10} {
			t.Run(fmt.Sprint(name, " ", size), func(t *testing.T) {
				d, chunks := cut(t, disk, size)
				s, err := NewSession(d, nil, o)
				if err != nil {
					t.Fatal(err)
				}
				waits := playChunks(t, s, d, func(n int) { from(d, chunks, n) })
				if waits < 10 {
					t.Errorf("it waited %d times", waits)
				}
				if s.comp.M.Now() != whole.comp.M.Now() || s.comp.Hash() != whole.comp.Hash() {
					t.Errorf("now %d, hash %x; with the whole disk %d, %x", s.comp.M.Now(), s.comp.Hash(), whole.comp.M.Now(), whole.comp.Hash())
				}
			})
		}
	}
}

// playChunks plays until nothing more happens, and returns how often it waited for the disk.
func playChunks(t *testing.T, s *Session, d *chunked, asked func(n int)) (waits int) {
	t.Helper()
	ms := 0.0
	next, _ := iter.Pull(player(s, d, func() float64 { ms += sliceMs; return ms }))
	for range 200_000 {
		p, _ := next()
		if p.chunk >= 0 {
			now := s.comp.M.Now()
			asked(p.chunk)
			waits++
			if s.comp.M.Now() != now {
				t.Fatal("time has passed")
			}
		} else if p.wait < 0 {
			return waits
		}
	}
	t.Fatalf("it never stops; the console shows:\n%s", s.ConsoleText())
	return 0
}

// TestChunkedLast: the last chunk may be shorter; zeros are not fetched.
func TestChunkedLast(t *testing.T) {
	disk := bytes.Repeat([]byte("0123456789abcdef"), 7*dev.SectorSize/16)
	clear(disk[2*dev.SectorSize : 4*dev.SectorSize])
	d, chunks := cut(t, disk, 2*dev.SectorSize)
	d.await = func(n int) {
		if n == 1 || !d.give(n, chunks[n]) {
			t.Fatalf("chunk %d", n)
		}
	}
	p := make([]byte, dev.SectorSize)
	for lba := range d.Sectors() {
		if d.ReadSector(lba, p); !bytes.Equal(p, disk[lba*dev.SectorSize:][:dev.SectorSize]) {
			t.Errorf("sector %d", lba)
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add(uint64(8), uint64(1024), 4, []byte("x"))
	f.Add(uint64(1<<62), uint64(512), 0, []byte{})
	f.Fuzz(func(t *testing.T, sectors, chunk uint64, n int, content []byte) {
		d, err := newChunked(sectors, chunk, make([]string, min(max(n, 0), 1000)))
		if err != nil {
			return
		}
		d.give(n, content)
		d.give(-1, content)
		if sectors > 0 {
			d.ReadSector(sectors-1, make([]byte, dev.SectorSize))
		}
	})
}

// TestChunkedSum: the page knows a disk's hash before it has fetched any of it, and it is the one that links have.
func TestChunkedSum(t *testing.T) {
	disk := bytes.Repeat([]byte("0123456789abcdef"), 3*link.ChunkSize/16)
	clear(disk[link.ChunkSize : 2*link.ChunkSize])
	disk = disk[:len(disk)-5*dev.SectorSize]
	d, _ := cut(t, disk, link.ChunkSize)
	_, here := boot.Describe(&boot.Options{Disk: d}, 0)
	_, whole := boot.Describe(&boot.Options{Disk: dev.Image(disk)}, 0)
	if !reflect.DeepEqual(here, whole) {
		t.Errorf("%+v, want %+v", here, whole)
	}
}

// TestFirstPiece: what is read first comes in one piece, all the rest in chunks, and a piece that is wrong is not taken.
func TestFirstPiece(t *testing.T) {
	const chunk = 64 << 10
	image := make([]byte, 3*chunk)
	for i := range image {
		image[i] = byte(chance.Intn(255) + 1)
	}
	d, chunks := cut(t, image, chunk)
	asked := 0
	d.await = func(n int) { asked++; d.give(n, chunks[n]) }
	piece := append(bytes.Clone(image[4096:3*4096]), image[20*4096:21*4096]...)
	d.first = first{sum: fmt.Sprintf("%016x", xxhash.Sum64(piece)), runs: []uint64{1, 2, 20, 1}}
	if d.first.give(piece[1:]) || d.first.give(nil) || !d.first.give(piece) {
		t.Fatal("what was taken is not what should have been")
	}
	got := make([]byte, dev.SectorSize)
	for _, block := range []uint64{1, 2, 20} {
		for lba := 8 * block; lba < 8*block+8; lba++ {
			if d.ReadSector(lba, got); !bytes.Equal(got, image[lba*dev.SectorSize:][:dev.SectorSize]) || asked != 0 {
				t.Fatalf("sector %d: another content, or %d chunks were asked for", lba, asked)
			}
		}
	}
	for lba := range uint64(len(image) / dev.SectorSize) {
		if d.ReadSector(lba, got); !bytes.Equal(got, image[lba*dev.SectorSize:][:dev.SectorSize]) {
			t.Fatalf("sector %d: another content", lba)
		}
	}
	if asked != 3 {
		t.Errorf("%d chunks were asked for, there are 3", asked)
	}
	// An index may say anything.
	for _, runs := range [][]uint64{{1}, {1, 1 << 60}, {^uint64(0), 5, 3, ^uint64(0)}} {
		f := first{sum: d.first.sum, runs: runs}
		f.give(piece)
		f.read(^uint64(0), got)
	}
}
