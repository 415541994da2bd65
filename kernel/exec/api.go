// Package exec starts programs: Linux's fs/exec.c and its binary formats.
package exec

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// FileRef is an open file of the kernel's; 0 is none.
type FileRef uint32

// Files is what exec asks of the file system.
type Files interface {
	// OpenExec opens path (relative to dirfd's directory) for execution: it must be a regular file that the caller
	// may execute on a file system that allows it, else EACCES; ENOENT and the like as open(2).
	OpenExec(path string) (FileRef, abi.Errno)
	Close(f FileRef)
	// ReadAt reads up to len(p) bytes; short only at the end of the file.
	ReadAt(f FileRef, p []byte, off uint64) (int, abi.Errno)
	Size(f FileRef) uint64
	// Object is the pager's object for mapping the file.
	Object(f FileRef) uint32
}

// Creds is what the auxiliary vector says about the caller.
type Creds struct {
	UID, EUID, GID, EGID uint32
	Secure               bool
}

// Request is one execve(2).
type Request struct {
	File        FileRef // already opened by the caller (who closes it)
	Filename    string  // bprm.Filename: as given, or /dev/fd/N/path for execveat
	Argv        [][]byte
	Envp        [][]byte
	Creds       Creds
	Limits      mm.Limits
	Random      [16]byte // for AT_RANDOM
	Personality uint32
	// NoExecPath: execveat with a close-on-exec descriptor, a script could not be opened again (ENOENT)
	PathInaccessible bool
}

// Step is one format's look at the file, for the diagram.
type Step struct {
	Depth  int
	Format string // "script", "elf"
	Path   string // bprm.interp at that time
	Errno  abi.Errno
	Note   string // "not mine: no #!", "mine: interpreter /bin/sh"
}

// Result is a program ready to run.
type Result struct {
	Space  mm.ASID // new address space; the caller switches to it and frees the old one
	Entry  uint64
	SP     uint64
	Comm   string // at most 15 bytes: base name of Filename
	Binprm Binprm
	Steps  []Step
}

// Binprm is linux_binprm.
type Binprm struct {
	Filename, Interp string
	Argc, Envc       int
	Buf              [256]byte
}

// Loader runs programs.
type Loader struct {
	mm    *mm.Manager
	files Files
}

func New(m *mm.Manager, f Files) *Loader { return &Loader{m, f} }

// Exec builds the new address space. On error nothing has changed and Steps tells how far it came.
func (l *Loader) Exec(r Request) (Result, abi.Errno) { panic("BUG: stub") }
