package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/cespare/xxhash/v2"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// disks are what the page can start from: "disk", and after "disk-" the name that a link chooses.
var disks = []struct {
	name, image, title, mem string
	lines                   []string // typed at the prompt, each on a fresh machine: what they read is fetched together
}{
	{"disk", "build/disk.img", "BusyBox", "16M", nil},
	{"disk-debian", "build/disk-debian.img", "Debian", "64M", []string{
		"python3 -c 'import threading, subprocess, json'", "perl -e 1", "lua -e 1", "tcc -run samples/hello.c", "sqlite3 /tmp/x.db <samples/books.sql",
		"make -C samples/project -n", "vi -c q", "less /etc/motd </dev/null", "goroutines",
	}},
}

// chunkSize is how much of a disk is fetched at once. Of 32, 64, 128 and 256 KiB, 64 let little be fetched that is not
// needed (0.84 MB before the prompt; 0.73, 1.14 and 1.18 with the others) in few requests (29; 47, 20 and 12).
const chunkSize = link.ChunkSize

// index tells the page what a disk is made of.
type index struct {
	Sectors int      `json:"sectors"`
	Chunk   int      `json:"chunk"` // bytes
	Sums    []string `json:"sums"`  // xxHash64 of each chunk, which is its file's name; "" when it is all zero
	Boot    []int    `json:"boot"`  // what is read before the prompt, in that order
	Runs    [][]int  `json:"runs"`  // what each of some programs reads then
}

// addDisks cuts the disks that are built into chunks. What the site before this one has is not compressed again.
func addDisks(fresh, before string, manifest map[string]File) error {
	if err := os.MkdirAll(filepath.Join(fresh, "chunks"), 0o755); err != nil {
		return err
	}
	for _, d := range disks {
		image, err := os.ReadFile(d.image)
		if errors.Is(err, fs.ErrNotExist) && d.name != "disk" {
			continue
		}
		if err != nil {
			return err
		}
		file, err := addDisk(fresh, before, filepath.Base(d.image), image, d.mem, d.lines)
		if err != nil {
			return fmt.Errorf("%s: %w", d.image, err)
		}
		file.Title, file.Mem, file.Sum = d.title, d.mem, fmt.Sprintf("%016x", boot.DiskSum(dev.Image(image)))
		manifest[d.name] = file
	}
	return nil
}

func addDisk(fresh, before, name string, image []byte, mem string, lines []string) (File, error) {
	in := index{Sectors: len(image) / dev.SectorSize, Chunk: chunkSize}
	zero := make([]byte, chunkSize)
	for at := 0; at < len(image); at += chunkSize {
		chunk, sum := image[at:min(at+chunkSize, len(image))], ""
		if !bytes.Equal(chunk, zero[:len(chunk)]) {
			sum = fmt.Sprintf("%016x", xxhash.Sum64(chunk))
		}
		in.Sums = append(in.Sums, sum)
	}
	if err := in.record(image, mem, lines); err != nil {
		return File{}, err
	}
	wire, err := writeChunks(fresh, before, image, in.Sums)
	if err != nil {
		return File{}, err
	}
	text, err := json.Marshal(in)
	if err != nil {
		return File{}, err
	}
	file, err := writePacked(fresh, name[:len(name)-len(".img")]+".json", text)
	file.Size = len(image)
	for _, n := range in.Boot {
		file.Wire += wire[n]
	}
	return file, err
}

// writeChunks writes what is not zero, on all processors, and returns the sizes of the files.
func writeChunks(fresh, before string, image []byte, sums []string) ([]int, error) {
	wire, errs := make([]int, len(sums)), make([]error, len(sums))
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		all.Go(func() {
			for n := w; n < len(sums); n += workers {
				if sums[n] != "" {
					at := n * chunkSize
					wire[n], errs[n] = writeChunk(fresh, before, sums[n], image[at:min(at+chunkSize, len(image))])
				}
			}
		})
	}
	all.Wait()
	return wire, errors.Join(errs...)
}

func writeChunk(fresh, before, sum string, chunk []byte) (int, error) {
	name := filepath.Join("chunks", sum+".gz")
	packed, err := os.ReadFile(filepath.Join(before, name))
	if err != nil || !unpacksTo(packed, chunk) {
		if packed, err = pack(chunk); err != nil {
			return 0, err
		}
	}
	return len(packed), os.WriteFile(filepath.Join(fresh, name), packed, 0o644)
}

func unpacksTo(packed, want []byte) bool {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return false
	}
	var got bytes.Buffer
	_, err = got.ReadFrom(zip)
	return err == nil && bytes.Equal(got.Bytes(), want)
}

// noted is a disk that notes in which order its chunks are first read.
type noted struct {
	dev.Image
	seen  map[int]bool
	order []int
}

func (d *noted) ReadSector(lba uint64, p []byte) {
	if n := int(lba * dev.SectorSize / chunkSize); !d.seen[n] {
		d.seen[n] = true
		d.order = append(d.order, n)
	}
	d.Image.ReadSector(lba, p)
}

// take returns the order so far, and begins a new one with what was not read yet.
func (d *noted) take() []int {
	order := d.order
	d.order = nil
	return order
}

// record runs the machine up to its prompt, and from there with each of the lines. The page does the same with the same
// machine, so that what is read before the prompt is all that it needs until then.
func (in *index) record(image []byte, mem string, lines []string) error {
	ram, err := boot.ParseSize(mem)
	if err != nil {
		return err
	}
	d := &noted{Image: image, seen: map[int]bool{}}
	o := boot.Options{RAM: ram, Disk: d, Seed: 1, Rows: 24, Cols: 80}
	c, err := boot.New(o)
	if err != nil {
		return err
	}
	if err := toPrompt(c); err != nil {
		return err
	}
	in.Boot, in.Runs = d.take(), [][]int{}
	atPrompt, seen := c.Snapshot(), maps.Clone(d.seen)
	for _, line := range lines {
		if err := c.Restore(atPrompt); err != nil {
			return err
		}
		d.seen = maps.Clone(seen)
		c.Input([]byte(line + "\r"))
		if err := toPrompt(c); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		in.Runs = append(in.Runs, d.take())
	}
	return nil
}

// toPrompt runs until somebody must type.
func toPrompt(c *boot.Computer) error {
	const most = 3_000_000_000 // instructions; it takes some million
	if stop := c.Run(boot.NoLimit, c.Stats().Instructions+most); stop.Reason != boot.WaitInput {
		return fmt.Errorf("it does not come to a prompt: %v %s\n%s", stop.Reason, stop.Text, c.Output())
	}
	return nil
}
