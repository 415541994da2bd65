package view

// Memory is who has which page of what: address spaces page by page, the cache of files, and how room is made when frames run
// out. Only a kernel whose records are known can tell it.
type Memory struct {
	Known  bool
	Chosen int      // PID whose memory is told of: the reader's choice, else whose turn it is; 0 nobody's
	Asked  bool     // the reader chose
	Spaces []Space  // that one and the one that has most in common with it, the lower PID first
	PIDs   []int    // of everybody with an address space of their own
	Many   []uint64 // a bit for each frame: more than one page-table entry leads to it

	Fault Fault
	Files []CachedFile // with the most pages first
	More  CachedFile   // all others together: Size is how many files they are
	Room  Room
	Swap  []SwapArea

	Faults, Major, SwapIn, SwapOut, Reclaimed, Zeroed, Copied uint64 // since boot
}

// Space is one address space.
type Space struct {
	PID                     int
	Comm, State             string
	CR3                     uint64
	Areas                   []Region // by address
	More                    int      // areas beyond those
	Pages, Present, Swapped uint64   // of all areas; Present counts pages of files and the page of zeros, too
	Tables                  int      // frames with page tables below the root
	Own                     []uint64 // a bit for each frame: a page of the space is in it
}

// Page is how a page of an address space stands, in the low bits of a byte; above them what its entry says.
type Page uint8

// How pages stand.
const (
	PageNone    Page = iota // nothing leads to it: the first touch faults
	PageWaiting             // the same, but the file's page is in memory already: that fault needs no disk
	PageFile                // in a frame of the page cache
	PageAnon                // in a frame of its own
	PageCow                 // in a frame that several have until one of them writes
	PageShared              // in a frame that several have on purpose
	PageZero                // in the frame of zeros, until it is written
	PageSwapped             // in a slot of a swap area
	NumPages

	PageKind     Page = 0x0f
	PageWritable Page = 0x10
	PageAccessed Page = 0x20
	PageDirty    Page = 0x40
	PageMany     Page = 0x80 // other entries lead to its frame, too
)

// PageNames say how a page stands, in a few words.
var PageNames = [NumPages]string{"not there yet", "not mapped yet, its file's page is in memory", "of a file, in the page cache", "memory of its own",
	"shared until one of them writes", "shared memory", "the page of zeros", "in swap"}

// Region is one mapping (Linux: struct vm_area_struct), cut into cells of Per pages each.
type Region struct {
	Start, End       uint64
	Prot             string // rwxp, rwxs
	Name             string // as in /proc/PID/maps, "" for memory that nothing stands behind
	Offset           uint64 // of Start in its file
	Per              uint32
	Cells            []uint8  // a Page each: how most pages stand that are not PageNone
	Filled           []uint8  // when Per > 1: how many of 255 parts of a cell are in memory
	Frames           []uint32 // the frame of a cell's first page that is in memory; of a cell in swap the slot
	Present, Swapped uint32   // pages
}

// Pages is how many pages the area has.
func (a *Region) Pages() uint64 { return (a.End - a.Start) >> 12 }

// Cell is the cell that a page of the area belongs to, -1 when it is not of the area.
func (a *Region) Cell(va uint64) int {
	if va < a.Start || va >= a.End || a.Per == 0 {
		return -1
	}
	return int((va - a.Start) >> 12 / uint64(a.Per))
}

// Frame is the frame of a cell's first page that is in memory, or the slot of a cell in swap.
func (a *Region) Frame(cell int) uint32 {
	if cell < 0 || cell >= len(a.Frames) {
		return 0
	}
	return a.Frames[cell]
}

// Fault is the page fault that was handled last.
type Fault struct {
	Valid bool
	PID   int
	VA    uint64
	How   string // the kernel's function that handled it
	Frame uint32 // where the page is now, 0 nowhere
	At    uint64
}

// CachedFile is a file of which pages are in memory.
type CachedFile struct {
	Name  string
	Pages uint32 // in memory
	Size  uint64 // in pages
}

// Room is how memory is kept from running out.
type Room struct {
	Policy    string // clock, lru, fifo
	Hand      uint32 // clock: the frame to look at next
	Oldest    uint32 // lru, fifo: the frame whose page is the oldest by the policy's measure, 0 none
	Age       uint8  // lru: looks since it was found used
	Low, High uint32 // with Low frames free or fewer, pages leave until High are
	Free      uint32
	Left      []Left // the last pages that left memory, newest last
	Beats     []Beat // the recent past in stretches of equal length, the present one last
	Beat      uint64 // length of a stretch in units of Now
}

// Left is a page that left memory to make room.
type Left struct {
	Frame uint32
	Use   Use
	Area  int8   // the swap area that it went to; -1: its file has it
	Slot  uint32 // and where in it
	At    uint64
}

// Beat counts what happened in a stretch of time.
type Beat struct{ Faults, In, Out uint16 }

// SwapArea is a disk or a file that pages go to, cut into cells of Per slots each.
type SwapArea struct {
	Path        string
	Prio        int16
	Slots, Used uint32 // without the header and bad ones
	Per         uint32
	Cells       []SwapCell
}

// SwapCell is Per slots of a swap area.
type SwapCell struct {
	Used   uint16 // slots in use
	Cached uint16 // of them, with a copy in memory
	PID    int32  // whose page is in the first that is used; 0: shared memory, or a file in memory
	VA     uint64
}
