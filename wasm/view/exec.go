package view

// Exec is the last execve(2) of the kernel's that had a file to look at: what of it happened, what the file is, and where
// its parts landed. All of it was read when the kernel did it, but for what says that it is as it is now.
type Exec struct {
	Valid    bool
	At       uint64 // Now
	PID      int
	Call     string // execve or execveat
	Filename string
	Argv     []string
	Argc     int // of all arguments; Argv has the first of them
	Envc     int
	Errno    string // "" when it succeeded, else ENOEXEC and the like
	Fatal    bool   // it failed where there was no old program to go back to
	Levels   []ExecLevel
	Argv1    []string // as the program gets it
	Program  ELF
	Interp   ELF // the dynamic linker, Path "" without one
	Landed   []ExecLanded
	Stack    ExecStack
	Entry    uint64 // RIP at the first instruction
	AtEntry  uint64 // AT_ENTRY: where the program itself begins
	Base     uint64 // AT_BASE: where the dynamic linker is
	Areas    []ExecArea
	More     int    // areas left out
	Alive    bool   // the program still runs: Areas are as they are now
	RIP      uint64 // where its CPU, or what was saved of it, is in user mode; 0 not known
	Before   []ExecTry
}

// ExecTry is an execve before the one shown.
type ExecTry struct {
	At       uint64
	PID      int
	Filename string
	Errno    string
}

// ExecLevel is a file that the binary formats were asked about, with its first bytes in linux_binprm.
type ExecLevel struct {
	Path  string
	Buf   []byte   // 256 bytes
	Read  int      // how many the file has
	Argv  []string // before
	Name  [2]int   // where in Buf a script names its interpreter: from, to; to 0 when it does not
	Arg   [2]int   // likewise its argument
	Line  int      // where the first line of a script ends, 0 of others
	After []string // arguments after it
	Steps []ExecStep
}

// ExecStep is one format's look.
type ExecStep struct {
	Format string
	Looked int // how many of the first bytes
	Errno  string
	Mine   bool
	Note   string
	Tried  []ExecMisc
}

// ExecMisc is an entry of binfmt_misc that was compared.
type ExecMisc struct {
	Name      string
	Extension string
	Offset    int
	Magic     []byte
	Fits      bool
}

// ELF is a file of that format as the kernel reads it, and the sections, which it does not.
type ELF struct {
	Path     string
	Size     uint64
	Head     []byte // the ELF header
	Headers  []ELFProg
	Sections []ELFSection
	Unread   bool   // the section headers lie where nobody has read yet
	Cached   []byte // a bit for each page of the file that is in memory now, at most CachedPages
}

// CachedPages is for how many pages of a file Cached tells.
const CachedPages = 4096

// ELFProg is a program header. elf(5)
type ELFProg struct {
	Type, Flags                             uint32
	Off, Vaddr, Paddr, Filesz, Memsz, Align uint64
	At                                      uint64 // where in the file the header is
	Bytes                                   []byte // the first ones of what it describes; nil: nobody has read them yet
}

// ELFSection is a section header. elf(5)
type ELFSection struct {
	Name            string
	Type            uint32
	Flags           uint64
	Addr, Off, Size uint64
	Bytes           []byte
}

// ExecLanded is a PT_LOAD segment in the address space.
type ExecLanded struct {
	Interp              bool
	Index               int // of the program header
	Start, FileEnd, End uint64
}

// Kinds of areas.
const (
	AreaOther uint8 = iota
	AreaProgram
	AreaInterp
	AreaZero // anonymous pages of the program's or the linker's own: .bss
	AreaHeap
	AreaStack
	AreaKernel // vDSO
	AreaLibrary
)

// ExecArea is a mapping of the new address space.
type ExecArea struct {
	VMA
	Kind    uint8
	Index   int    // of the program header it comes from, -1 none
	FileEnd uint64 // within it: where the file's bytes end and zeros begin; 0 where that does not happen
	Pages   []byte // for each page, or each of 32 parts of it: 0 not there, 1 of the page cache, 2 its own
}

// ExecStack is the new program's stack from RSP up, as the kernel left it.
type ExecStack struct {
	SP, Top uint64
	Word    int // bytes of one
	Words   []StackWord
	Strings []StackString
	Cut     bool // there is more
}

// StackWord is a word of it.
type StackWord struct {
	Addr, Value uint64
	Kind        uint8  // StackArgc …
	Name        string // argc, argv[0], AT_PHDR
	Text        string // what it means: the string it points to, where known
}

// What a word of the first stack is.
const (
	StackArgc uint8 = iota
	StackArgv
	StackEnv
	StackNull
	StackAuxType
	StackAuxValue
)

// StackString is a string that lies above the words.
type StackString struct {
	Addr uint64
	Text string
	Name string // argv[0]
}
