package cpu

// General registers in the order of their encoding (SDM 2A "Register Operand Encoding").
const (
	RAX = iota
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
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

// Segment is a segment register with its hidden part (SDM 3A "Segment Registers").
type Segment struct {
	Sel   uint16
	Attr  uint16 // descriptor bits 55:40 without the limit: type 3:0, S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15
	Limit uint32 // in bytes, already scaled
	Base  uint64
}

// Table is GDTR or IDTR.
type Table struct {
	Base  uint64
	Limit uint16
	Pad   [6]uint8
}

// State is the architectural state of the CPU: plain data, flat, pointer-free, so that generated code can address it.
// Between two Runs it is canonical: no lazy flags, no pending work elsewhere.
type State struct {
	R      [16]uint64 // RAX … R15
	Zero   uint64     // always 0: what an address without base or index reads as R[RegZero]
	RIP    uint64
	RFLAGS uint64
	Seg    [6]Segment
	LDTR   Segment
	TR     Segment
	GDTR   Table
	IDTR   Table

	CR0, CR2, CR3, CR4 uint64
	PDPTE              [4]uint64 // PAE paging: loaded with CR3
	DR                 [8]uint64

	EFER, STAR, LSTAR, CSTAR, SFMASK     uint64 // SDM 4 "Model-Specific Registers"
	KernelGSBase, TSCAux, PAT, Misc      uint64
	SysenterCS, SysenterESP, SysenterEIP uint64
	TSCOffset, DebugCtl                  uint64

	X     [16][2]uint64 // XMM0 … XMM15, low half first
	MXCSR uint32
	XCR0  uint64 // which state XSAVE manages
	Rand  uint64 // of RDRAND and RDSEED: counts on from the machine's seed

	FCW, FSW, FTW, FOP uint16 // x87; FTW as the full 16-bit tag word
	FIP, FDP           uint64
	FERR, IGNNE        bool       // with CR0.NE = 0: an error stops the x87; it goes on all the same
	ST                 [8]Float80 // physical registers, not rotated by TOP

	Halted  bool   // HLT executed, waiting for an interrupt
	Shadow  uint8  // interrupts are held off for one instruction: ShadowSTI, ShadowSS
	NMI     uint8  // NMIPending, NMIBlocked
	Held    uint16 // debug conditions (bits of DR6) that were met and not yet reported
	Storm   uint16 // exceptions since Retired became StormAt, at most stormLimit
	StormAt uint64
	Retired uint64 // instructions retired since reset
	Charged uint64 // time that passed otherwise: kernel work, idling, one unit for each trap delivered
	Idled   uint64 // the part of Charged in which the CPU was halted

	// The TLBs, for data and for instructions. Stale entries are behaviour, so they are state.
	A20  uint64 // bit 20 while the board's gate is shut: it is missing from physical addresses
	TLB  [TLBSize]TLBEntry
	ITLB [ITLBSize]TLBEntry
}

// How many pages the TLBs for data and for instructions hold; they are direct-mapped.
const (
	TLBSize  = 4096
	ITLBSize = 512
)

// TLBEntry is the translation of one 4 KiB page.
type TLBEntry struct {
	VA  uint64 // linear address of the page, with bit 0 set when valid
	PTE uint64 // physical address of the page, with the mmu bits W, U, D, G, NX and PS (part of a larger page)
}

// Float80 is an x87 register as it lies in memory: 64-bit significand, sign and 15-bit exponent.
type Float80 struct {
	Sig uint64
	SE  uint16
	Pad [6]uint8
}

// CPL is the current privilege level, the ring: the DPL of SS, which is the low two bits of CS but for
// virtual-8086 mode (3) and for the first instructions of protected mode (SDM 3A "Privilege Levels", SDM 3C "Guest
// Register State").
func (s *State) CPL() uint8 { return s.Seg[SS].dpl() }

// CodeBits is how instructions are read: 16, 32 or 64.
func (s *State) CodeBits() int {
	switch attr := s.Seg[CS].Attr; {
	case s.EFER&EFERLMA != 0 && attr&attrL != 0:
		return 64
	case attr&attrDB != 0 && s.RFLAGS&FlagVM == 0:
		return 32
	}
	return 16
}

// RFLAGS bits (SDM 1 "EFLAGS Register").
const (
	FlagCF   = 1 << 0
	FlagPF   = 1 << 2
	FlagAF   = 1 << 4
	FlagZF   = 1 << 6
	FlagSF   = 1 << 7
	FlagTF   = 1 << 8
	FlagIF   = 1 << 9
	FlagDF   = 1 << 10
	FlagOF   = 1 << 11
	FlagIOPL = 3 << 12
	FlagNT   = 1 << 14
	FlagRF   = 1 << 16
	FlagVM   = 1 << 17
	FlagAC   = 1 << 18
	FlagID   = 1 << 21
)

// Control register and EFER bits (SDM 3A "Control Registers").
const (
	CR0PE = 1 << 0
	CR0MP = 1 << 1
	CR0EM = 1 << 2
	CR0TS = 1 << 3
	CR0ET = 1 << 4
	CR0NE = 1 << 5
	CR0WP = 1 << 16
	CR0AM = 1 << 18
	CR0NW = 1 << 29
	CR0CD = 1 << 30
	CR0PG = 1 << 31

	CR4TSD        = 1 << 2
	CR4DE         = 1 << 3
	CR4PSE        = 1 << 4
	CR4PAE        = 1 << 5
	CR4PGE        = 1 << 7
	CR4OSFXSR     = 1 << 9
	CR4OSXMMEXCPT = 1 << 10
	CR4UMIP       = 1 << 11
	CR4LA57       = 1 << 12
	CR4FSGSBASE   = 1 << 16
	CR4OSXSAVE    = 1 << 18
	CR4SMEP       = 1 << 20
	CR4SMAP       = 1 << 21

	EFERSCE = 1 << 0
	EFERLME = 1 << 8
	EFERLMA = 1 << 10
	EFERNXE = 1 << 11
)
