package mmu

// Mode is a paging mode (SDM 3A "Four Paging Modes"). Its value is the number of levels of its tables.
type Mode uint8

// The modes.
const (
	Off    Mode = 0 // CR0.PG clear: linear addresses are physical
	Legacy Mode = 2 // 32-bit paging: entries of 4 bytes
	PAE    Mode = 3 // the highest table is four registers
	Level4 Mode = 4
	Level5 Mode = 5
)

// Root is what a walk depends on besides memory: where it begins and by which rules.
type Root struct {
	Mode  Mode
	PSE   bool // CR4.PSE: 32-bit paging has pages of 4 MiB
	NXE   bool // EFER.NXE: bit 63 is NX, and not reserved
	CR3   uint64
	PDPTE [4]uint64 // PAE paging: the registers that a write to CR3 loads
}

// PhysBits is the width of a physical address (CPUID 80000008H:EAX[7:0], MAXPHYADDR): as far as 4 MiB pages reach.
const PhysBits = 40

// EntrySize is the size of a table entry in bytes.
func (m Mode) EntrySize() uint64 {
	if m == Legacy {
		return 4
	}
	return 8
}

// Index is the place of va in a table of the given level.
func (m Mode) Index(va uint64, level int) int {
	switch {
	case m == Legacy:
		return int(va >> (2 + 10*uint(level)) & 1023)
	case m == PAE && level == 3:
		return int(va >> 30 & 3)
	}
	return Index(va, level)
}

// PageSize is how much one entry of the given level maps.
func (m Mode) PageSize(level int) uint64 {
	if m == Legacy {
		return 1 << (2 + 10*uint(level))
	}
	return PageSize(level)
}

// Bits of an entry that must be 0 (SDM 3A, the tables "Format of a … Entry").
const (
	reservedPhys  = AddrMask &^ (1<<PhysBits - 1)
	reservedPAE   = 0x7ff0000000000000 // 62:52: free for software in the other modes
	reservedPDPTE = 1<<63 | reservedPAE | reservedPhys | 0x1e6
	reserved4M    = 1 << 21 // bits 20:13 are physical address bits 39:32 (PSE-36)
)

// ReservedPDPTE tells whether e is refused as a page-directory-pointer-table entry of PAE paging: #GP when it is loaded.
func ReservedPDPTE(e uint64) bool { return e&P != 0 && e&reservedPDPTE != 0 }

// reserved is the bits that every entry of 8 bytes must have clear.
func (r *Root) reserved() uint64 {
	bits := uint64(reservedPhys)
	if !r.NXE {
		bits |= NX
	}
	if r.Mode == PAE {
		bits |= reservedPAE
	}
	return bits
}
