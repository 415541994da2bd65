package mm

import (
	"math/bits"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// Use says what a frame is for.
type Use uint8

// The uses of a frame; what Owner and Index mean depends on it.
const (
	Free         Use = iota
	Reserved         // ROM, legacy holes, boot tables: never handed out
	Kernel           // kernel image and kernel data
	KernelInit       // kernel image needed only while booting; free_initmem gives it back
	PageTable        // owner: address space; index: level<<48 | first page it translates
	KernelStack      // owner: task
	PageCache        // owner: object; index: page of the object
	Anonymous        // owner: address space that first touched it; index: virtual page
	SharedMemory     // owner: shmem object; index: page of the object
	Zero             // empty_zero_page
	NumUses
)

// UseNames are the words for the uses, as shown.
var UseNames = [NumUses]string{"free", "reserved", "kernel", "init", "page table", "kernel stack", "page cache", "anonymous", "shared memory", "zero page"}

func (u Use) String() string { return UseNames[u] }

// Frames has one record per frame of RAM (Linux: struct page), as parallel columns.
type Frames struct {
	Ref    []int32
	Use    []Use
	Owner  []uint32
	Index  []uint64
	Mapped []uint32    // the page-table entry that maps it, or a list of them: rmap.go
	Swap   []SwapEntry // the slot whose contents it has too, when it is in the swap cache
	Young  []bool      // used by the kernel itself since the last look
	Age    []uint8     // looks since it was found used (policy LRU)
	Loaded []uint64    // when it was taken, by Reclaim.Seq
	Bitmap []uint64    // 1 = free
	Moving [2][]uint64 // 1 = a page that may leave memory: for its file, for swap
	Low    uint32      // no word of Bitmap below this one has a free frame
	Count  [NumUses]uint32
}

// FrameInfo is one frame's record.
type FrameInfo struct {
	Ref   int32
	Use   Use
	Owner uint32
	Index uint64
}

// Range is a piece of physical memory that is spoken for at boot.
type Range struct {
	Start, End uint64 // physical addresses, widened to whole frames
	Use        Use
}

// InitFrames makes every frame free except those in the given ranges; a later range wins.
// Linux mm/memblock.c:memblock_free_all
func (m *Manager) InitFrames(reserved []Range) {
	n := m.ram.Frames()
	m.State.Frames = Frames{
		Ref:    make([]int32, n),
		Use:    make([]Use, n),
		Owner:  make([]uint32, n),
		Index:  make([]uint64, n),
		Mapped: make([]uint32, n),
		Swap:   make([]SwapEntry, n),
		Young:  make([]bool, n),
		Age:    make([]uint8, n),
		Loaded: make([]uint64, n),
		Bitmap: make([]uint64, (n+63)/64),
		Moving: [2][]uint64{make([]uint64, (n+63)/64), make([]uint64, (n+63)/64)},
	}
	fr := &m.State.Frames
	fr.Count[Free] = uint32(n)
	for f := range n {
		fr.Bitmap[f/64] |= 1 << (f % 64)
	}
	for _, r := range reserved {
		m.ReserveRange(r)
	}
	m.initWatermarks()
}

// ReserveRange takes the range's frames for r.Use, whatever they were.
func (m *Manager) ReserveRange(r Range) {
	fr := &m.State.Frames
	last := min((r.End+mem.FrameMask)>>mem.FrameShift, uint64(len(fr.Use)))
	for f := r.Start >> mem.FrameShift; f < last; f++ {
		fr.Count[fr.Use[f]]--
		fr.Count[r.Use]++
		fr.Use[f], fr.Owner[f], fr.Index[f], fr.Ref[f] = r.Use, 0, 0, 1
		fr.Bitmap[f/64] &^= 1 << (f % 64)
	}
}

// FreeUse gives back every frame of a use and returns how many there were: free_initmem for KernelInit.
func (m *Manager) FreeUse(u Use) int {
	n := 0
	for f, use := range m.State.Frames.Use {
		if use == u {
			m.PutFrame(mem.Frame(f))
			n++
		}
	}
	return n
}

// AllocFrame takes the lowest free frame. Its content is whatever it was.
// When few are free, pages are made to leave memory first: any that only page tables and their owner hold, so keep a
// reference of what must stay.
func (m *Manager) AllocFrame(u Use, owner uint32, index uint64) (mem.Frame, bool) {
	fr := &m.State.Frames
	m.balance()
	if fr.Count[Free] == 0 || fixed(u) && m.pageable() <= m.State.Reclaim.Pageable {
		return 0, false
	}
	for fr.Bitmap[fr.Low] == 0 {
		fr.Low++
	}
	f := mem.Frame(fr.Low*64 + uint32(bits.TrailingZeros64(fr.Bitmap[fr.Low])))
	m.take(f, u, owner, index)
	return f, true
}

// fixed tells whether frames of a use stay where they are until their owner ends.
func fixed(u Use) bool { return u == PageTable || u == KernelStack }

// moving tells whether pages of a use can leave memory, and for where: 0 their file, 1 swap.
func moving(u Use) (kind int, ok bool) {
	switch u {
	case PageCache:
		return 0, true
	case Anonymous, SharedMemory:
		return 1, true
	}
	return 0, false
}

// pageable is how many frames hold pages that can leave memory, or nothing.
func (m *Manager) pageable() uint32 {
	c := &m.State.Frames.Count
	return c[Free] + c[PageCache] + c[Anonymous] + c[SharedMemory]
}

// AllocFrames takes the lowest n free frames in a row (Linux: alloc_pages) and returns the first.
func (m *Manager) AllocFrames(n int, u Use, owner uint32) (mem.Frame, bool) {
	run := 0
	for f, use := range m.State.Frames.Use {
		if use != Free {
			run = 0
			continue
		}
		if run++; run < n {
			continue
		}
		first := f - n + 1
		for i := range n {
			m.take(mem.Frame(first+i), u, owner, uint64(i))
		}
		return mem.Frame(first), true
	}
	return 0, false
}

func (m *Manager) take(f mem.Frame, u Use, owner uint32, index uint64) {
	fr := &m.State.Frames
	fr.Bitmap[f/64] &^= 1 << (f % 64)
	fr.Count[Free]--
	fr.Count[u]++
	fr.Use[f], fr.Owner[f], fr.Index[f], fr.Ref[f] = u, owner, index, 1
	if kind, ok := moving(u); ok {
		fr.Moving[kind][f/64] |= 1 << (f % 64)
	}
	m.State.Reclaim.Seq++
	fr.Loaded[f], fr.Age[f], fr.Young[f] = m.State.Reclaim.Seq, 0, false
	if m.tr.Has(trace.FrameAlloc) {
		m.tr.Emit(trace.FrameAlloc, uint64(f), uint64(u))
	}
}

// GetFrame adds a reference (Linux: get_page).
func (m *Manager) GetFrame(f mem.Frame) {
	if m.State.Frames.Use[f] == Free {
		panic("BUG: mm: reference to a free frame")
	}
	m.State.Frames.Ref[f]++
}

// PutFrame drops a reference; the last one frees the frame (Linux: put_page).
func (m *Manager) PutFrame(f mem.Frame) {
	fr := &m.State.Frames
	u := fr.Use[f]
	if u == Free || fr.Ref[f] <= 0 {
		panic("BUG: mm: free of a free frame")
	}
	if fr.Ref[f]--; fr.Ref[f] > 0 {
		return
	}
	if fr.Mapped[f] != 0 || fr.Swap[f] != 0 {
		panic("BUG: mm: free of a mapped frame")
	}
	fr.Count[u]--
	fr.Count[Free]++
	if kind, ok := moving(u); ok {
		fr.Moving[kind][f/64] &^= 1 << (f % 64)
	}
	fr.Use[f], fr.Owner[f], fr.Index[f] = Free, 0, 0
	fr.Bitmap[f/64] |= 1 << (f % 64)
	fr.Low = min(fr.Low, uint32(f/64))
	if m.tr.Has(trace.FrameFree) {
		m.tr.Emit(trace.FrameFree, uint64(f), uint64(u))
	}
}

// FrameInfo returns the record of a frame; a number past the end of RAM is a reserved frame.
func (m *Manager) FrameInfo(f mem.Frame) FrameInfo {
	fr := &m.State.Frames
	if int(f) >= len(fr.Use) {
		return FrameInfo{Use: Reserved}
	}
	return FrameInfo{Ref: fr.Ref[f], Use: fr.Use[f], Owner: fr.Owner[f], Index: fr.Index[f]}
}

// FreeFrames is how many frames are free.
func (m *Manager) FreeFrames() int { return int(m.State.Frames.Count[Free]) }
