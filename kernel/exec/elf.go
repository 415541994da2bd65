package exec

import (
	"bytes"

	"vitrine/kernel/abi"
)

// ehdr is Elf64_Ehdr. elf(5)
type ehdr struct {
	Ident                      [abi.EI_NIDENT]byte
	Type, Machine              uint16
	Version                    uint32
	Entry, Phoff, Shoff        uint64
	Flags                      uint32
	Ehsize, Phentsize, Phnum   uint16
	Shentsize, Shnum, Shstrndx uint16
}

// phdr is Elf64_Phdr.
type phdr struct {
	Type, Flags          uint32
	Offset, Vaddr, Paddr uint64
	Filesz, Memsz, Align uint64
}

// image is an ELF file's headers: all that the kernel reads of it. Sections mean nothing to it.
type image struct {
	m    *machine
	file FileRef
	h    ehdr
	ph   []phdr
}

// elfProgram is what load_elf_binary learns before the point of no return.
type elfProgram struct {
	image
	interp    *image // PT_INTERP's file, nil for a static program
	execStack bool
}

// loadELF is the binary format of nearly everything.
func loadELF(l *Loader, b *binprm) abi.Errno { return l.loadELF(b, &x8664) }

// loadCompatELF is that of 32-bit programs.
func loadCompatELF(l *Loader, b *binprm) abi.Errno { return l.loadELF(b, &i386) }

// loadELF is Linux fs/binfmt_elf.c:load_elf_binary.
func (l *Loader) loadELF(b *binprm, m *machine) abi.Errno {
	b.looked = m.ehdr
	p := elfProgram{image: image{m: m, file: b.file, h: m.header(b.Buf[:])}}
	if why := p.refusal(); why != "" {
		return b.notMine(why)
	}
	var e abi.Errno
	if p.ph, e = l.readPhdrs(&p.image); e != abi.OK {
		return b.refuse(abi.ENOEXEC, "program headers cannot be used")
	}
	p.execStack = p.wantsExecStack()
	if p.interp, e = l.openInterp(b, &p); e != abi.OK {
		return e
	}
	if p.interp != nil {
		defer l.files.Close(p.interp.file)
	}
	if b.res.ExecFile != 0 {
		if b.res.ExecFD, e = l.files.FreeFD(); e != abi.OK {
			b.res.PointOfNoReturn = true
			return b.refuse(e, "no free descriptor for the file itself")
		}
	}
	if p.interp != nil && !l.files.Readable(p.interp.file) {
		b.unreadable = true
	}
	l.credsFromFile(b)
	p.setPersonality(&b.req.Personality)
	return l.runELF(b, &p)
}

// refusal tells why the header is none of ours, or "".
func (im *image) refusal() string {
	h := &im.h
	switch {
	case !bytes.HasPrefix(h.Ident[:], []byte("\x7fELF")):
		return `no "\x7fELF"`
	case h.Type != abi.ET_EXEC && h.Type != abi.ET_DYN:
		return "ELF, but no program"
	case !im.m.accepts(h.Machine):
		return "ELF for another machine"
	}
	return ""
}

// maxPhdrTable is how many bytes the table may have.
const maxPhdrTable = 65536

// readPhdrs reads the program headers. Linux fs/binfmt_elf.c:load_elf_phdrs
func (l *Loader) readPhdrs(im *image) ([]phdr, abi.Errno) {
	size := int(im.h.Phnum) * im.m.phdr
	if int(im.h.Phentsize) != im.m.phdr || size == 0 || size > maxPhdrTable {
		return nil, abi.ENOEXEC
	}
	raw := make([]byte, size)
	if e := l.readFull(im.file, raw, im.h.Phoff); e != abi.OK {
		return nil, e
	}
	return im.m.table(raw), abi.OK
}

// readFull reads all of p or fails: EIO past the end of the file, EINVAL beyond any file.
// Linux fs/binfmt_elf.c:elf_read
func (l *Loader) readFull(f FileRef, p []byte, off uint64) abi.Errno {
	if int64(off) < 0 || int64(off)+int64(len(p)) < 0 {
		return abi.EINVAL
	}
	n, e := l.files.ReadAt(f, p, off)
	if e == abi.OK && n != len(p) {
		return abi.EIO
	}
	return e
}

// wantsExecStack: PT_GNU_STACK asks for an executable stack; without it a 64-bit program gets none, a 32-bit one does.
func (im *image) wantsExecStack() bool {
	for i := range im.ph {
		if im.ph[i].Type == abi.PT_GNU_STACK {
			return im.ph[i].Flags&abi.PF_X != 0
		}
	}
	return im.m.execAll
}

// setPersonality: a 64-bit program begins without READ_IMPLIES_EXEC, a 32-bit one that says nothing about its stack with it.
// Linux arch/x86/kernel/process_64.c:set_personality_64bit, fs/binfmt_elf.c:load_elf_binary
func (im *image) setPersonality(p *uint32) {
	switch {
	case !im.m.execAll:
		*p &^= abi.READ_IMPLIES_EXEC
	case !im.hasGNUStack():
		*p |= abi.READ_IMPLIES_EXEC
	}
}

// hasGNUStack tells whether the program says what its stack is to be.
func (im *image) hasGNUStack() bool {
	for i := range im.ph {
		if im.ph[i].Type == abi.PT_GNU_STACK {
			return true
		}
	}
	return false
}

// openInterp opens the dynamic linker that the first PT_INTERP names and reads its headers.
func (l *Loader) openInterp(b *binprm, p *elfProgram) (*image, abi.Errno) {
	for i := range p.ph {
		if p.ph[i].Type != abi.PT_INTERP {
			continue
		}
		path, e := l.interpPath(b, &p.ph[i])
		if e != abi.OK {
			return nil, e
		}
		f, e := l.openExec(path)
		if e != abi.OK {
			return nil, b.refuse(e, "dynamic linker "+path)
		}
		b.res.InterpPath, b.res.InterpObject = path, l.files.Object(f)
		im := &image{m: p.m, file: f}
		if e := l.readInterp(b, im); e != abi.OK {
			l.files.Close(f)
			return nil, e
		}
		return im, abi.OK
	}
	return nil, abi.OK
}

func (l *Loader) interpPath(b *binprm, ph *phdr) (string, abi.Errno) {
	if ph.Filesz > pathMax || ph.Filesz < 2 {
		return "", b.refuse(abi.ENOEXEC, "PT_INTERP has no sensible size")
	}
	raw := make([]byte, ph.Filesz)
	if e := l.readFull(b.file, raw, ph.Offset); e != abi.OK {
		return "", b.refuse(e, "PT_INTERP lies outside the file")
	}
	if raw[len(raw)-1] != 0 {
		return "", b.refuse(abi.ENOEXEC, "PT_INTERP does not end in NUL")
	}
	return string(cString(raw)), abi.OK
}

func (l *Loader) readInterp(b *binprm, im *image) abi.Errno {
	raw := make([]byte, im.m.ehdr)
	if e := l.readFull(im.file, raw, 0); e != abi.OK {
		return b.refuse(e, "the dynamic linker has no header")
	}
	im.h = im.m.header(raw)
	if !bytes.HasPrefix(im.h.Ident[:], []byte("\x7fELF")) || !im.m.accepts(im.h.Machine) {
		return b.refuse(abi.ELIBBAD, "the dynamic linker is no ELF file for this machine")
	}
	var e abi.Errno
	if im.ph, e = l.readPhdrs(im); e != abi.OK {
		return b.refuse(abi.ELIBBAD, "the dynamic linker's program headers cannot be used")
	}
	return abi.OK
}

// totalSize is from the first segment's page to the last one's end; 0 without segments.
// Linux fs/binfmt_elf.c:total_mapping_size
func (im *image) totalSize() uint64 {
	first, last, any := ^uint64(0), uint64(0), false
	for i := range im.ph {
		if ph := &im.ph[i]; ph.Type == abi.PT_LOAD {
			first = min(first, pageStart(ph.Vaddr))
			last = max(last, ph.Vaddr+ph.Memsz)
			any = true
		}
	}
	if !any {
		return 0
	}
	return last - first
}

// alignment is the largest power of two that a segment wants. Linux fs/binfmt_elf.c:maximum_alignment
func (im *image) alignment() uint64 {
	most := uint64(0)
	for i := range im.ph {
		a := im.ph[i].Align
		if im.ph[i].Type == abi.PT_LOAD && a != 0 && a&(a-1) == 0 {
			most = max(most, a)
		}
	}
	return pageUp(most)
}
