package abi

// Indexes into e_ident and the values required there. elf(5)
const (
	EI_CLASS    = 4
	EI_DATA     = 5
	EI_VERSION  = 6
	EI_OSABI    = 7
	EI_NIDENT   = 16
	ELFCLASS32  = 1
	ELFCLASS64  = 2
	ELFDATA2LSB = 1
	EV_CURRENT  = 1
)

// Object file types and machine.
const (
	ET_NONE   = 0
	ET_REL    = 1
	ET_EXEC   = 2
	ET_DYN    = 3
	ET_CORE   = 4
	EM_386    = 3
	EM_486    = 6
	EM_X86_64 = 62
)

// Segment types.
const (
	PT_NULL         = 0
	PT_LOAD         = 1
	PT_DYNAMIC      = 2
	PT_INTERP       = 3
	PT_NOTE         = 4
	PT_SHLIB        = 5
	PT_PHDR         = 6
	PT_TLS          = 7
	PT_GNU_EH_FRAME = 0x6474e550
	PT_GNU_STACK    = 0x6474e551
	PT_GNU_RELRO    = 0x6474e552
	PT_GNU_PROPERTY = 0x6474e553
)

// Segment flags.
const (
	PF_X = 1
	PF_W = 2
	PF_R = 4
)

// Sizes of the headers.
const (
	EhdrSize   = 64
	PhdrSize   = 56
	Ehdr32Size = 52
	Phdr32Size = 32
)
