package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"slices"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// disk is one of the site's, with the chunks that were read of it.
type disk struct {
	dev.Image
	url   string
	sums  []string
	chunk int // bytes
	read  map[int]bool
}

// ReadSector implements dev.Backing.
func (d *disk) ReadSector(lba uint64, p []byte) {
	d.read[int(lba*dev.SectorSize)/d.chunk] = true
	d.Image.ReadSector(lba, p)
}

// openDisk puts a disk together from its chunks.
func (s *site) openDisk(url string) (*disk, error) {
	text, err := s.unpacked(url)
	if err != nil {
		return nil, err
	}
	var index struct {
		Sectors, Chunk int
		Sums           []string
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, err
	}
	d := &disk{Image: make(dev.Image, index.Sectors*dev.SectorSize), url: url, sums: index.Sums, chunk: index.Chunk, read: map[int]bool{}}
	for n, sum := range index.Sums {
		if sum == "" {
			continue
		}
		packed, err := s.read(path.Join(path.Dir(url), "chunks", sum+".gz"))
		if err != nil {
			return nil, err
		}
		zip, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(zip, d.Image[n*index.Chunk:min((n+1)*index.Chunk, len(d.Image))]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// files are the names of the disk's index and chunks: all of them, or those that were read and two behind each, so that the
// reader can go on a little.
func (d *disk) files(all bool) []string {
	names := []string{d.url}
	for n, sum := range d.sums {
		if sum != "" && (all || d.read[n] || d.read[n-1] || d.read[n-2]) {
			names = append(names, path.Join(path.Dir(d.url), "chunks", sum+".gz"))
		}
	}
	return names
}

// play plays the moment's link, says whether it is verified, and returns what of the disks goes into the file: the small one as
// a whole. A fragment without a link starts from that.
func (s *site) play(fragment string) ([]string, error) {
	small, err := s.openDisk(s.files["disk"].URL)
	if err != nil {
		return nil, err
	}
	names := small.files(true)
	l, _, err := link.Parse(fragment)
	if err == link.ErrNone {
		return names, nil
	}
	if err != nil {
		return nil, err
	}
	root := small
	for key, f := range s.files {
		if key == "disk" || f.Sum == "" || !slices.ContainsFunc(l.Loaded, func(it link.Item) bool { return it.Role == link.Disk && fmt.Sprintf("%016x", it.Sum) == f.Sum }) {
			continue
		}
		if root, err = s.openDisk(f.URL); err != nil {
			return nil, err
		}
	}
	if err := verify(l, root); err != nil {
		return nil, err
	}
	if root != small {
		names = append(names, root.files(false)...)
	}
	return names, nil
}

func verify(l *link.Link, root *disk) error {
	if err := boot.CheckEngine(l); err != nil {
		return err
	}
	root.read = map[int]bool{}
	o, err := boot.Equip(l, &boot.Options{Disk: root})
	if err != nil {
		return err
	}
	clear(root.read) // its hash was asked for
	if o.Disk, err = boot.PutFiles(o.Disk, l.Files); err != nil {
		return err
	}
	c, err := boot.New(*o)
	if err != nil {
		return err
	}
	r, err := boot.NewReplay(c, l)
	if err != nil {
		return err
	}
	r.Run(boot.NoLimit, boot.NoLimit)
	v := r.Verdict()
	fmt.Fprintln(os.Stderr, "export:", v.String())
	if !v.Verified() {
		return fmt.Errorf("the moment is another one here")
	}
	return nil
}
