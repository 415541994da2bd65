// Package silicon executes instructions on the host's processor: a Case says what a user-mode processor and its memory
// hold and which bytes it executes, an Outcome what came of it. host/host.c does it; it needs Linux on x86-64 and gcc.
package silicon

// The world of a case: 16 pages of linear addresses, with what host.c's kind says, and the pages used in 16-bit code by
// segments that begin at World.
const (
	World    = 0x10000000
	PageSize = 4096
	Pages    = 16

	A        = World + 1*PageSize // readable and writable, like B behind it
	B        = World + 2*PageSize
	ReadOnly = World + 3*PageSize // behind B; nothing is behind it
	D        = World + 5*PageSize // writable, between two holes
	Hole     = World + 6*PageSize // not mapped
	Stack    = World + 8*PageSize // writable, between two holes
	Code     = World + 10*PageSize
	CodeEnd  = Code + 2*PageSize // behind the code is nothing
)

// Protections of a page.
const (
	Readable = 1 << iota
	Writable
	Executable
)

// Kind is how a page of the world is mapped; 0 is not at all.
func Kind(page int) int {
	switch page {
	case 1, 2, 5, 8:
		return Readable | Writable
	case 3:
		return Readable
	case 10, 11:
		return Readable | Executable
	}
	return 0
}

// Contents is what the world's memory holds between cases: HLT in the code pages, and bytes of no meaning.
func Contents() []byte {
	b := make([]byte, Pages*PageSize)
	x := uint64(1)
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = byte(x >> 56)
		if i/PageSize >= (Code-World)/PageSize {
			b[i] = 0xf4
		}
	}
	return b
}

// Selectors: those of Linux, and the LDT of host.c.
const (
	User32    = 0x23 // flat 32-bit code
	UserData  = 0x2b
	User64    = 0x33
	Code16    = 0x07 // these and the following begin at World
	Data16    = 0x0f
	Limited   = 0x17 // 32-bit data that ends with page B
	Code32    = 0x1f
	Downwards = 0x27 // expand-down data from page B upwards
	NoRead    = 0x2f // code that cannot be read
	NoWrite   = 0x37
	NotThere  = 0x3f
)

// Segment registers in the order of their encoding.
const (
	ES = iota
	CS
	SS
	DS
	FS
	GS
)

// Poke is bytes put into memory before a case; it lies within one page.
type Poke struct {
	Addr, Len uint32
	Bytes     [64]byte
}

// Case is the state in which code begins to run. The layout is host.c's struct input.
type Case struct {
	Bytes          [32]byte // the code
	Len, NPokes    uint8
	_              [2]byte
	MXCSR          uint32
	RIP, At        uint64 // instruction pointer, and the linear address of the code
	GPR            [16]uint64
	Flags          uint64
	FSBase, GSBase uint64
	Seg            [6]uint16
	FCW, FSW       uint16
	FTW            uint8 // a bit for each register in use
	_              [7]byte
	ST             [8][2]uint64 // ST(0) …: significand, sign and exponent
	X              [16][2]uint64
	Pokes          [4]Poke
}

// CaseSize is the size of a Case in bytes.
const CaseSize = 40 + 16 + 16*8 + 24 + 24 + 128 + 256 + 4*72

// Word is 8 aligned bytes of memory that a case changed.
type Word struct{ Addr, Value uint64 }

// Outcome is the state in which a case ended, always by an exception. The layout of what precedes Words is host.c's
// struct output.
type Outcome struct {
	GPR            [16]uint64
	RIP, Flags     uint64
	CR2            uint64 // of the last page fault, this or an earlier one
	FSBase, GSBase uint64
	Vector, Err    uint32
	Seg            [6]uint16
	FCW, FSW, FOP  uint16
	FTW            uint8
	_              [5]byte
	MXCSR, NWords  uint32
	FIP, FDP       uint64
	ST             [8][2]uint64
	X              [16][2]uint64
}

// OutcomeSize is the size of an Outcome in bytes, without the words.
const OutcomeSize = 128 + 40 + 8 + 12 + 6 + 6 + 8 + 16 + 128 + 256

// Pseudo-vectors of an Outcome.
const (
	Timeout = 0xff // the case did not end
	Escaped = 0xfe // it made a system call
)

// End is an outcome with the memory that changed, in the order of addresses.
type End struct {
	Outcome
	Words []Word
}

// Code is the bytes that a case executes.
func (c *Case) Code() []byte { return c.Bytes[:c.Len] }

// SetCode sets the bytes that a case executes.
func (c *Case) SetCode(b []byte) { c.Len = uint8(copy(c.Bytes[:], b)) }

// Poke puts bytes at an address of the world, cut where the page or 64 bytes end. It tells whether there was room for it.
func (c *Case) Poke(addr uint64, b []byte) bool {
	if int(c.NPokes) == len(c.Pokes) || addr-World >= Pages*PageSize || Kind(int(addr-World)/PageSize) == 0 {
		return false
	}
	p := &c.Pokes[c.NPokes]
	c.NPokes++
	room := PageSize - addr%PageSize
	p.Addr = uint32(addr)
	p.Len = uint32(copy(p.Bytes[:], b[:min(uint64(len(b)), room)]))
	return true
}

// Same tells whether two ends are equal in every bit.
func (e *End) Same(o *End) bool {
	if e.Outcome != o.Outcome || len(e.Words) != len(o.Words) {
		return false
	}
	for i := range e.Words {
		if e.Words[i] != o.Words[i] {
			return false
		}
	}
	return true
}
