// Package mem is the machine's physical memory: one flat byte slice cut into 4 KiB frames.
package mem

import "encoding/binary"

// Frame sizes.
const (
	FrameShift = 12
	FrameSize  = 1 << FrameShift
	FrameMask  = FrameSize - 1
)

// Frame is a physical frame number (physical address >> 12).
type Frame uint32

// Addr is the physical address of the frame's first byte.
func (f Frame) Addr() uint64 { return uint64(f) << FrameShift }

// FrameOf is the frame that holds physical address pa.
func FrameOf(pa uint64) Frame { return Frame(pa >> FrameShift) }

// Marks of a frame (RAM.Marks). They are caches about the frame, never guest state.
const (
	MarkCode  = 1 << 0 // the CPU has cached micro-operations made from this frame
	MarkDirty = 1 << 1 // written since the last snapshot
	MarkFresh = 1 << 2 // written since an onlooker last cleared it
	MarkWatch = 1 << 3 // an onlooker waits for a write into it (watch.go)

	MarkWritten = MarkDirty | MarkFresh // what a write sets
)

// RAM is physical memory. The CPU reads and writes Bytes directly on its fast path; everybody else goes through
// the methods, which keep Marks and Stale true.
type RAM struct {
	Bytes []byte
	Marks []uint8 // one per frame
	Stale []Frame // code frames written from outside the CPU; the CPU drops their micro-operations before it runs on

	watch []Range
	Hit   bool               // something watched was written since an onlooker last cleared it
	Noted func(pa, n uint64) // called before each such write, nil: nothing
}

// New returns zeroed RAM; size is rounded down to whole frames.
func New(size uint64) *RAM {
	size &^= FrameMask
	return &RAM{Bytes: make([]byte, size), Marks: make([]uint8, size>>FrameShift)}
}

// Size in bytes.
func (r *RAM) Size() uint64 { return uint64(len(r.Bytes)) }

// Frames is how many frames there are.
func (r *RAM) Frames() int { return len(r.Marks) }

// Has tells whether the n bytes at pa are RAM.
func (r *RAM) Has(pa, n uint64) bool { return pa < r.Size() && n <= r.Size()-pa }

// Touch notes that frame f is about to be written as a whole by something other than the CPU's own fast path.
func (r *RAM) Touch(f Frame) {
	r.Notice(f.Addr(), FrameSize)
	r.touch(f)
}

func (r *RAM) touch(f Frame) {
	if r.Marks[f]&MarkCode != 0 {
		r.Marks[f] &^= MarkCode
		r.Stale = append(r.Stale, f)
	}
	r.Marks[f] |= MarkWritten
}

func (r *RAM) touchRange(pa, n uint64) {
	if n == 0 {
		return
	}
	for f := FrameOf(pa); f <= FrameOf(pa+n-1); f++ {
		first, last := max(pa, f.Addr()), min(pa+n-1, f.Addr()+FrameMask)
		r.Notice(first, last-first+1)
		r.touch(f)
	}
}

// Page returns frame f for reading.
func (r *RAM) Page(f Frame) []byte {
	return r.Bytes[f.Addr() : f.Addr()+FrameSize : f.Addr()+FrameSize]
}

// Read8 … Read64 read little-endian; pa must be RAM.
func (r *RAM) Read8(pa uint64) uint8 { return r.Bytes[pa] }

// Read16 reads two bytes.
func (r *RAM) Read16(pa uint64) uint16 { return binary.LittleEndian.Uint16(r.Bytes[pa:]) }

// Read32 reads four bytes.
func (r *RAM) Read32(pa uint64) uint32 { return binary.LittleEndian.Uint32(r.Bytes[pa:]) }

// Read64 reads eight bytes.
func (r *RAM) Read64(pa uint64) uint64 { return binary.LittleEndian.Uint64(r.Bytes[pa:]) }

// Write8 … Write64 write little-endian; pa must be RAM.
func (r *RAM) Write8(pa uint64, v uint8) { r.touchRange(pa, 1); r.Bytes[pa] = v }

// Write16 writes two bytes.
func (r *RAM) Write16(pa uint64, v uint16) {
	r.touchRange(pa, 2)
	binary.LittleEndian.PutUint16(r.Bytes[pa:], v)
}

// Write32 writes four bytes.
func (r *RAM) Write32(pa uint64, v uint32) {
	r.touchRange(pa, 4)
	binary.LittleEndian.PutUint32(r.Bytes[pa:], v)
}

// Write64 writes eight bytes.
func (r *RAM) Write64(pa uint64, v uint64) {
	r.touchRange(pa, 8)
	binary.LittleEndian.PutUint64(r.Bytes[pa:], v)
}

// ReadAt copies from physical memory; the range must be RAM.
func (r *RAM) ReadAt(p []byte, pa uint64) { copy(p, r.Bytes[pa:pa+uint64(len(p))]) }

// WriteAt copies into physical memory; the range must be RAM.
func (r *RAM) WriteAt(p []byte, pa uint64) {
	r.touchRange(pa, uint64(len(p)))
	copy(r.Bytes[pa:], p)
}

// Zero clears frame f.
func (r *RAM) Zero(f Frame) { r.Touch(f); clear(r.Page(f)) }

// Copy copies frame src to frame dst.
func (r *RAM) Copy(dst, src Frame) { r.Touch(dst); copy(r.Page(dst), r.Page(src)) }
