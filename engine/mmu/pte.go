// Package mmu reads page tables: the bits of an entry and the one page walk that the CPU, the kernel and the
// diagrams share (SDM 3A "Paging").
package mmu

// Bits of a page-table entry (SDM 3A "4-Level Paging and 5-Level Paging").
const (
	P   = 1 << 0  // present
	W   = 1 << 1  // writable
	U   = 1 << 2  // user-mode accesses allowed
	PWT = 1 << 3  // page-level write-through
	PCD = 1 << 4  // page-level cache disable
	A   = 1 << 5  // accessed
	D   = 1 << 6  // dirty
	PS  = 1 << 7  // maps a page at level 2 or 3
	G   = 1 << 8  // global
	COW = 1 << 9  // free for software: our kernel marks copy-on-write here
	NX  = 1 << 63 // no execute, with EFER.NXE
)

// AddrMask is the physical address in an entry: bits 51:12.
const AddrMask = 0x000ffffffffff000

// Error code of a page fault (SDM 3A "Page-Fault Exceptions").
const (
	FaultP = 1 << 0 // the page was present: a protection violation
	FaultW = 1 << 1 // the access was a write
	FaultU = 1 << 2 // the access came from user mode
	FaultR = 1 << 3 // a reserved bit was set in an entry
	FaultI = 1 << 4 // the access was an instruction fetch
)

// IndexBits is how much of the address one level translates.
const IndexBits = 9

// Index is the place of va in a table of the given level (1 = PT … 4 = PML4, 5 = PML5) with entries of 8 bytes.
func Index(va uint64, level int) int { return int(va >> (3 + IndexBits*uint(level)) & 511) }

// PageSize is how much one entry of 8 bytes of the given level maps.
func PageSize(level int) uint64 { return 1 << (3 + IndexBits*uint(level)) }

// Canonical tells whether va is sign-extended from the highest translated bit.
func Canonical(va uint64, levels int) bool {
	shift := 64 - 12 - IndexBits*uint(levels)
	return uint64(int64(va<<shift)>>shift) == va
}

// LevelNames are Intel's names of the tables, by level.
var LevelNames = [6]string{1: "PT", 2: "PD", 3: "PDPT", 4: "PML4", 5: "PML5"}
