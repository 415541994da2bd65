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
