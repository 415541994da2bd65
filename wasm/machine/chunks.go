package main

import (
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
)

// chunked is a disk whose content is fetched in chunks when the guest reads it. The guest does not notice: the chunk is
// awaited inside the read, and no guest time passes meanwhile.
type chunked struct {
	sectors uint64
	size    uint64   // sectors of a chunk; the last one may be shorter
	sums    []string // xxHash64 of each chunk's content in hexadecimal; "" of one that is all zero
	data    [][]byte
	first   first
	await   func(n int) // returns when something has come, perhaps chunk n

	peeking bool // whoever reads takes zeros for what has not come, and looks at missed
	missed  bool
}

var errIndex = errors.New("the disk's index is damaged")

// maxDisk bounds what an index may say of a disk's size, in sectors: 1 TiB.
const maxDisk = 1 << 31

// newChunked returns a disk of which nothing is there yet.
func newChunked(sectors, chunkBytes uint64, sums []string) (*chunked, error) {
	size := chunkBytes / dev.SectorSize
	if sectors > maxDisk || size == 0 || chunkBytes%dev.SectorSize != 0 || uint64(len(sums)) != (sectors+size-1)/size {
		return nil, errIndex
	}
	return &chunked{sectors: sectors, size: size, sums: sums, data: make([][]byte, len(sums))}, nil
}

// Sectors is the size of the disk.
func (d *chunked) Sectors() uint64 { return d.sectors }

// ReadSector copies a sector, and waits until it is there.
func (d *chunked) ReadSector(lba uint64, p []byte) {
	n := int(lba / d.size)
	if d.sums[n] == "" {
		clear(p[:dev.SectorSize])
		return
	}
	if d.peeking && d.data[n] == nil {
		d.missed = true
		clear(p[:dev.SectorSize])
		return
	}
	for d.data[n] == nil {
		if d.first.read(lba, p) {
			return
		}
		d.await(n)
	}
	copy(p, d.data[n][lba%d.size*dev.SectorSize:][:dev.SectorSize])
}

// Sum is the disk's hash as a link has it, known before any chunk has come.
func (d *chunked) Sum() uint64 {
	sums := make([]uint64, len(d.sums))
	for n, text := range d.sums {
		sums[n], _ = strconv.ParseUint(text, 16, 64) // 0 of one that is all zero
	}
	return link.DiskSum(d.sectors, sums)
}

// give hands over a chunk, and tells whether it is what it should be.
func (d *chunked) give(n int, content []byte) bool {
	if n < 0 || n >= len(d.sums) {
		return false
	}
	size := min(d.size, d.sectors-uint64(n)*d.size) * dev.SectorSize
	if uint64(len(content)) != size || fmt.Sprintf("%016x", xxhash.Sum64(content)) != d.sums[n] {
		return false
	}
	d.data[n] = content
	return true
}

// turn is why the player gave way: the slice is over, or the guest reads a chunk that is not there.
type turn struct {
	wait    float64 // what Slice returned
	chunk   int     // -1: none
	problem string  // why there is no session, "" there is one
}

// player plays a session slice by slice. It may give way in the middle of one: the kernel's work that reads the disk is one
// piece, at one instant of guest time, and must neither be cut nor undone when the disk is far away. So what waits is
// whoever called Run. Until the next turn nobody may touch the session.
func player(s *Session, d *chunked, clock func() float64) iter.Seq[turn] {
	return func(yield func(turn) bool) {
		s.yield, s.chunks = func(t turn) { yield(t) }, d
		d.await = func(n int) { yield(turn{chunk: n}) }
		for yield(turn{wait: s.Slice(clock), chunk: -1}) {
		}
	}
}

// starter makes a session and plays it. Making it may wait for the disk, too, when files are put on it. The first turn without
// chunk tells whether there is a session.
func starter(begin func() (*Session, error), d *chunked, clock func() float64) iter.Seq[turn] {
	return func(yield func(turn) bool) {
		defer keepStack()
		d.await = func(n int) { yield(turn{chunk: n}) }
		s, err := begin()
		if err != nil {
			yield(turn{chunk: -1, problem: err.Error()})
			return
		}
		if yield(turn{chunk: -1}) {
			player(s, d, clock)(yield)
		}
	}
}

// fallen is a panic with its stack, which is lost once the panic has left the player's coroutine.
type fallen struct {
	why   any
	stack string
}

func keepStack() {
	if why := recover(); why != nil {
		panic(fallen{why, stack()})
	}
}

// stack is where a panic that is being recovered came from.
func stack() string {
	text := string(debug.Stack())
	if at := strings.Index(text, "\npanic("); at >= 0 {
		if lines := strings.SplitN(text[at+1:], "\n", 3); len(lines) == 3 {
			return lines[2]
		}
	}
	return text
}
