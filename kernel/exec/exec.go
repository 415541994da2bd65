package exec

import (
	"bytes"

	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// FileRef is an open file of the kernel's; 0 is none.
type FileRef uint32

// Files is what exec asks of the file system.
type Files interface {
	// OpenExec opens path for execution as the caller: a regular file with execute permission, else EACCES; ENOENT,
	// ELOOP, ETXTBSY and the like as open(2). Linux fs/exec.c:open_exec
	OpenExec(path string) (FileRef, abi.Errno)
	Close(f FileRef)
	// ReadAt reads up to len(p) bytes; fewer only at the end of the file.
	ReadAt(f FileRef, p []byte, off uint64) (int, abi.Errno)
	// Object is the Pager's object behind the file.
	Object(f FileRef) uint32
	// Reopen opens the program behind f once more. Linux fs/open.c:file_clone_open
	Reopen(f FileRef) FileRef
	// FreeFD is the number of the descriptor that a new file will get in the program: the lowest that is free when
	// those with close-on-exec are gone; EMFILE when there is none.
	FreeFD() (int32, abi.Errno)
	// SetID is whose rights f gives to who executes it; none where its file system is mounted nosuid.
	SetID(f FileRef) SetID
	// Readable tells whether the caller may read f, which executing does not need.
	Readable(f FileRef) bool
	// Allow lets f be written to, although it stays open.
	Allow(f FileRef)
}

// Request is one execve(2).
type Request struct {
	File        FileRef // the file, opened by the caller, who closes it
	Filename    string  // as given, or /dev/fd/N/… for execveat(2)
	Argv, Envp  [][]byte
	Creds       Creds
	Limits      mm.Limits
	Personality uint32
	Random      [16]byte // for AT_RANDOM
	Layout      Layout
	HWCap       uint64 // CPUID 1, EDX
	HWCap2      uint64
	MinSigStack uint64 // AT_MINSIGSTKSZ; 0 leaves it out
	VDSO32      []byte // the library that the kernel maps into 32-bit programs; empty: none
	Sysinfo     uint64 // AT_SYSINFO, as an offset in it

	// PathInaccessible: Filename leads through a close-on-exec descriptor, so an interpreter could not open it.
	// Linux: BINPRM_FLAGS_PATH_INACCESSIBLE
	PathInaccessible bool
}

// Result is a program ready to run. It is also filled in as far as Exec came when it fails.
type Result struct {
	Space  mm.ASID // for the caller to switch to before it frees the old one
	Entry  uint64  // RIP; all other registers are zero
	SP     uint64
	Comm   string  // base name of Filename, at most 15 bytes
	File   FileRef // the program that runs; the caller closes it too when it is not Request.File
	Binprm Binprm

	// How it went, for the diagram: what was looked at, who looked, and where the segments of the program and of its
	// dynamic linker landed.
	Levels       []Level
	Steps        []Step
	Landed       []Landed
	InterpPath   string // as PT_INTERP names it, "" without one
	InterpObject uint32 // the Pager's object behind it

	Creds       Creds  // the new program's
	Personality uint32 // without what a set-user-ID program does not inherit

	// ExecFile is the file itself when its interpreter gets it as an open descriptor, ExecFD; 0 otherwise. The caller
	// closes it when it is not Request.File.
	ExecFile FileRef
	ExecFD   int32

	// PointOfNoReturn: Linux would have torn the old program down already, so an error beyond it kills with SIGSEGV.
	PointOfNoReturn bool
}

// Level is one file that the formats are asked about: the program itself, or the interpreter that one before named.
type Level struct {
	Path string
	Buf  [bufSize]byte
	Read int      // how many of them the file has
	Argv []string // before any format changed it
}

// Landed is a PT_LOAD segment in the new address space.
type Landed struct {
	Interp  bool   // of the dynamic linker
	Index   int    // of its program header
	Start   uint64 // page of the first byte
	FileEnd uint64 // where the file's bytes end, p_vaddr + p_filesz
	End     uint64 // where the segment ends, p_vaddr + p_memsz: zeros up to here
}

// Step is one binary format's look at the file, for the diagram of the handler chain.
type Step struct {
	Depth  int    // 0: the file itself, 1: its interpreter, …
	Format string // script, elf
	Path   string // bprm.interp at that time
	Looked int    // how many of the first bytes decided
	Errno  abi.Errno
	Note   string   // in words
	Argv   []string // after the step

	Tried []Tried // of misc: the registered entries that were compared, the last one fits when the file is its
}

// Tried is a registered entry of binfmt_misc that was compared with a file.
type Tried struct {
	Name      string
	Extension string // "" of one that goes by magic
	Offset    int
	Magic     []byte
	Fits      bool
}

// maxDepth is how often a format may name another file to run. Linux fs/exec.c:exec_binprm
const maxDepth = 5

// format is one binary format (Linux: struct linux_binfmt).
type format struct {
	name string
	load func(l *Loader, b *binprm) abi.Errno
}

// Loader runs programs.
type Loader struct {
	mm      *mm.Manager
	files   Files
	misc    *MiscState
	formats []format
}

// New returns a loader of the formats that Linux has built in, in their order. misc is where those registered later
// are kept.
func New(m *mm.Manager, f Files, misc *MiscState) *Loader {
	return &Loader{m, f, misc, []format{{"misc", loadMisc}, {"script", loadScript}, {"elf", loadELF}, {"compat_elf", loadCompatELF}}}
}

// Formats are the names of the binary formats in the order they are tried.
func (l *Loader) Formats() []string {
	var names []string
	for _, f := range l.formats {
		names = append(names, f.name)
	}
	return names
}

// Exec is execve(2) without its last step, the switch to the new program. On error the caller's world is untouched.
// Linux fs/exec.c:do_execveat_common, bprm_execve
func (l *Loader) Exec(r Request) (Result, abi.Errno) {
	b := newBinprm(&r)
	e := b.copyStrings()
	if e == abi.OK {
		e = l.execBinprm(b)
	}
	if e != abi.OK && b.res.Space != 0 {
		l.mm.Free(b.res.Space)
		b.res.Space = 0
	}
	if e != abi.OK {
		l.closeUnless(b.file, r.File)
		l.closeUnless(b.res.ExecFile, r.File)
		b.res.ExecFile = 0
	}
	b.res.File = b.file
	b.res.Binprm = b.Binprm
	b.res.Creds, b.res.Personality = b.req.Creds, b.req.Personality
	b.res.Comm = comm(r.Filename)
	return b.res, e
}

// execBinprm hands the file to the formats, then the interpreter that one names, and so on.
// Linux fs/exec.c:exec_binprm
func (l *Loader) execBinprm(b *binprm) abi.Errno {
	for depth := 0; ; depth++ {
		if depth > maxDepth {
			return abi.ELOOP
		}
		b.depth = depth
		if e := l.searchBinaryHandler(b); e != abi.OK {
			return e
		}
		if b.interpreter == 0 {
			return abi.OK
		}
		file := b.file
		b.file, b.interpreter = b.interpreter, 0
		switch {
		case !b.haveExecFD:
			l.closeUnless(file, b.req.File)
		case b.res.ExecFile != 0:
			l.closeUnless(file, b.req.File)
			return abi.ENOEXEC
		default:
			l.files.Allow(file)
			b.res.ExecFile = file
		}
	}
}

// openExec opens an interpreter. An empty name is the current directory's, which cannot be executed, and not, as for
// open(2), none. Linux fs/exec.c:open_exec
func (l *Loader) openExec(path string) (FileRef, abi.Errno) {
	if path == "" {
		return 0, abi.EACCES
	}
	return l.files.OpenExec(path)
}

// closeUnless closes f if it is a file that the caller did not bring.
func (l *Loader) closeUnless(f, brought FileRef) {
	if f != 0 && f != brought {
		l.files.Close(f)
	}
}

// searchBinaryHandler reads the first 256 bytes and asks each format in turn. Linux fs/exec.c:search_binary_handler
func (l *Loader) searchBinaryHandler(b *binprm) abi.Errno {
	b.Buf = [bufSize]byte{}
	n, e := l.files.ReadAt(b.file, b.Buf[:], 0)
	if e != abi.OK {
		return e
	}
	b.res.Levels = append(b.res.Levels, Level{b.Interp, b.Buf, n, b.argvStrings()})
	if !l.files.Readable(b.file) {
		b.unreadable = true
	}
	for _, f := range l.formats {
		b.looked, b.note, b.tried = 0, "", nil
		path := b.Interp
		e := f.load(l, b)
		b.res.Steps = append(b.res.Steps, Step{b.depth, f.name, path, b.looked, e, b.note, b.argvStrings(), b.tried})
		if e != abi.ENOEXEC || b.res.PointOfNoReturn {
			return e
		}
	}
	return abi.ENOEXEC
}

// comm is the task's name. Linux fs/exec.c:begin_new_exec
func comm(filename string) string {
	name := []byte(filename)
	name = name[bytes.LastIndexByte(name, '/')+1:]
	return string(name[:min(len(name), taskCommLen-1)])
}
