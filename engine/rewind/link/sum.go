package link

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// Sum is the hash by which content is known.
func Sum(b []byte) uint64 { return xxhash.Sum64(b) }

// ChunkSize is the size of the pieces by which a disk is hashed, in bytes. It is that of the chunks in which the page fetches
// it, so the page knows a disk's hash from its index alone.
const ChunkSize = 64 << 10

// DiskSum is the hash of a disk from those of its chunks; a chunk that is all zero has 0.
func DiskSum(sectors uint64, chunks []uint64) uint64 {
	b := binary.LittleEndian.AppendUint64(nil, sectors)
	for _, sum := range chunks {
		b = binary.LittleEndian.AppendUint64(b, sum)
	}
	return xxhash.Sum64(b)
}
