package exec

import (
	"slices"

	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// Limits of execve(2). Linux include/uapi/linux/binfmts.h, limits.h
const (
	bufSize     = 256        // BINPRM_BUF_SIZE
	maxArgLen   = 32 << 12   // MAX_ARG_STRLEN: one string with its NUL
	maxArgs     = 0x7fffffff // MAX_ARG_STRINGS
	argMax      = 128 << 10  // ARG_MAX: room for strings even under a tiny stack limit
	taskCommLen = 16
	pathMax     = 4096
)

// Binprm is the part of Linux's struct linux_binprm that a diagram shows.
type Binprm struct {
	Filename   string // as execve(2) was given it
	Interp     string // what is being looked at: Filename, then each interpreter
	Argc, Envc int
	Buf        [bufSize]byte
}

// binprm is an exec on its way. The strings are collected here and written to the new stack when it exists; p moves
// as if they lay there already, so the limits bite where Linux's do.
type binprm struct {
	Binprm
	req         *Request
	res         Result
	file        FileRef
	interpreter FileRef // what a format wants run instead
	depth       int
	argv, envp  [][]byte
	p, argmin   uint64 // stack pointer, and how low strings may push it

	haveExecFD    bool // an interpreter wants the file itself as an open descriptor
	execFDCreds   bool // and its set-user-ID bits count
	unreadable    bool // the caller could not read one of the files, so no core dump may show it
	preserveArgv0 bool // argv[0] is still the caller's; AT_FLAGS says so

	looked int
	note   string
	tried  []Tried
}

func newBinprm(r *Request) *binprm {
	return &binprm{
		Binprm: Binprm{Filename: r.Filename, Interp: r.Filename, Envc: len(r.Envp)},
		req:    r,
		file:   r.File,
		p:      mm.TaskSize - 8,
	}
}

// copyStrings pushes the file name, the environment and the arguments. Linux fs/exec.c:do_execveat_common
func (b *binprm) copyStrings() abi.Errno {
	if e := b.stackLimits(); e != abi.OK {
		return e
	}
	if e := b.push(len(b.Filename)); e != abi.OK {
		return e
	}
	for i := len(b.req.Envp) - 1; i >= 0; i-- {
		if e := b.push(len(b.req.Envp[i])); e != abi.OK {
			return e
		}
	}
	b.envp = b.req.Envp
	for i := len(b.req.Argv) - 1; i >= 0; i-- {
		if e := b.push(len(b.req.Argv[i])); e != abi.OK {
			return e
		}
	}
	b.argv, b.Argc = slices.Clone(b.req.Argv), len(b.req.Argv)
	if len(b.req.Argv) == 0 {
		return b.pushArg(nil) // no program sees an empty argv since Linux 5.18
	}
	return abi.OK
}

// stackLimits gives the strings a quarter of the stack's limit, at most 6 MiB, minus the room for the pointers to
// them. Linux fs/exec.c:bprm_stack_limits
func (b *binprm) stackLimits() abi.Errno {
	if len(b.req.Argv) > maxArgs || len(b.req.Envp) > maxArgs {
		return abi.E2BIG
	}
	limit := max(min(mm.DefaultStack/4*3, b.req.Limits.Stack/4), argMax)
	pointers := uint64(max(len(b.req.Argv), 1)+len(b.req.Envp)) * 8
	if limit <= pointers {
		return abi.E2BIG
	}
	b.argmin = b.p - (limit - pointers)
	return abi.OK
}

// push makes room for a string of n bytes and its NUL.
func (b *binprm) push(n int) abi.Errno {
	if n+1 > maxArgLen {
		return abi.E2BIG
	}
	b.p -= uint64(n) + 1
	if b.p < b.argmin {
		return abi.E2BIG
	}
	return abi.OK
}

// pushArg puts s before all arguments. Linux fs/exec.c:copy_string_kernel
func (b *binprm) pushArg(s []byte) abi.Errno {
	if e := b.push(len(s)); e != abi.OK {
		return e
	}
	b.argv = slices.Insert(b.argv, 0, s)
	b.Argc++
	return abi.OK
}

// removeArgZero drops argv[0]. Linux fs/exec.c:remove_arg_zero
func (b *binprm) removeArgZero() {
	if b.Argc == 0 {
		return
	}
	b.p += uint64(len(b.argv[0])) + 1
	b.argv = b.argv[1:]
	b.Argc--
}

func (b *binprm) argvStrings() []string {
	s := make([]string, len(b.argv))
	for i, a := range b.argv {
		s[i] = string(a)
	}
	return s
}

// notMine and refuse leave a word for the diagram beside the errno.
func (b *binprm) notMine(note string) abi.Errno { return b.refuse(abi.ENOEXEC, "not mine: "+note) }

func (b *binprm) refuse(e abi.Errno, note string) abi.Errno {
	b.note = note
	return e
}
