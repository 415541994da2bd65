package main

import (
	"fmt"

	"github.com/cespare/xxhash/v2"

	"vitrine/engine/dev"
)

// first is what is read of a disk before the prompt, which comes in one piece: scripts/dist has found out which blocks these are.
type first struct {
	sum     string         // xxHash64 in hexadecimal of the blocks one behind the other; "" there is none
	at      map[uint64]int // where a block lies in content, once that is there
	runs    []uint64       // where a run of blocks begins and how long it is, by turns
	content []byte
}

// blockSectors is how many sectors a block has.
const blockSectors = 8

// give hands the piece over, and tells whether it is what it should be.
func (f *first) give(content []byte) bool {
	if f.sum == "" || fmt.Sprintf("%016x", xxhash.Sum64(content)) != f.sum {
		return false
	}
	f.at = map[uint64]int{}
	offset := 0
	for i := 0; i+1 < len(f.runs); i += 2 {
		for b := f.runs[i]; b-f.runs[i] < f.runs[i+1] && offset < len(content); b++ {
			f.at[b] = offset
			offset += blockSectors * dev.SectorSize
		}
	}
	f.content = content
	return true
}

// read copies a sector if it is in the piece.
func (f *first) read(lba uint64, p []byte) bool {
	offset, ok := f.at[lba/blockSectors]
	offset += int(lba%blockSectors) * dev.SectorSize
	if !ok || offset+dev.SectorSize > len(f.content) {
		return false
	}
	copy(p, f.content[offset:][:dev.SectorSize])
	return true
}
