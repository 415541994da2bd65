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
	"slices"
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

// chunkSize is how much of a disk is fetched at once behind the prompt. Of 32, 64, 128 and 256 KiB, 64 let little be fetched that is
// not needed in few requests: what the boot reads lies in 0.84 MB of them (0.73, 1.14 and 1.18 with the others) and 29 requests (47, 20 and 12).
const chunkSize = link.ChunkSize

// index tells the page what a disk is made of.
type index struct {
	Sectors int      `json:"sectors"`
	Chunk   int      `json:"chunk"` // bytes
	Sums    []string `json:"sums"`  // xxHash64 of each chunk, which is its file's name; "" when it is all zero
	First   first    `json:"first"` // what is read before the prompt, and nothing else
	Boot    []int    `json:"boot"`  // the chunks in which that lies, in the order in which it is read
	Runs    [][]int  `json:"runs"`  // what each of some programs reads then
}

// first is a file of the blocks that are read before the prompt: they lie scattered over three times as much.
type first struct {
	Sum    string `json:"sum"`    // xxHash64 of the blocks one behind the other, which is the file's name among the chunks
	Blocks []int  `json:"blocks"` // of blockSize: where a run begins and how long it is, by turns
}

// blockSize is what the guest's file system reads at once, in bytes.
const blockSize = 4096

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
	if err := writeChunks(fresh, before, image, in.Sums); err != nil {
		return File{}, err
	}
	early, err := in.writeFirst(fresh, before, image)
	if err != nil {
		return File{}, err
	}
	text, err := json.Marshal(in)
	if err != nil {
		return File{}, err
	}
	file, err := writePacked(fresh, name[:len(name)-len(".img")]+".json", text)
	file.Size = len(image)
	file.Wire += early
	return file, err
}

// writeFirst writes the file of what is read before the prompt, and returns its size.
func (in *index) writeFirst(fresh, before string, image []byte) (int, error) {
	var content []byte
	for i := 0; i < len(in.First.Blocks); i += 2 {
		at := in.First.Blocks[i] * blockSize
		content = append(content, image[at:min(at+in.First.Blocks[i+1]*blockSize, len(image))]...)
	}
	in.First.Sum = fmt.Sprintf("%016x", xxhash.Sum64(content))
	return writeChunk(fresh, before, in.First.Sum, content)
}

// writeChunks writes what is not zero, on all processors.
func writeChunks(fresh, before string, image []byte, sums []string) error {
	errs := make([]error, len(sums))
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		all.Go(func() {
			for n := w; n < len(sums); n += workers {
				if sums[n] != "" {
					at := n * chunkSize
					_, errs[n] = writeChunk(fresh, before, sums[n], image[at:min(at+chunkSize, len(image))])
				}
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
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
	seen   map[int]bool
	order  []int
	blocks map[int]bool // all that were read
}

func (d *noted) ReadSector(lba uint64, p []byte) {
	d.blocks[int(lba*dev.SectorSize/blockSize)] = true
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

// runs returns the blocks so far, as First has them.
func (d *noted) runs() (list []int) {
	for _, b := range slices.Sorted(maps.Keys(d.blocks)) {
		if n := len(list); n > 0 && list[n-2]+list[n-1] == b {
			list[n-1]++
			continue
		}
		list = append(list, b, 1)
	}
	return list
}

// record runs the machine up to its prompt, and from there with each of the lines. The page does the same with the same
// machine, so that what is read before the prompt is all that it needs until then.
func (in *index) record(image []byte, mem string, lines []string) error {
	ram, err := boot.ParseSize(mem)
	if err != nil {
		return err
	}
	d := &noted{Image: image, seen: map[int]bool{}, blocks: map[int]bool{}}
	o := boot.Options{RAM: ram, Disk: d, Seed: 1, Rows: 24, Cols: 80}
	c, err := boot.New(o)
	if err != nil {
		return err
	}
	if err := toPrompt(c); err != nil {
		return err
	}
	in.Boot, in.Runs, in.First.Blocks = d.take(), [][]int{}, d.runs()
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
