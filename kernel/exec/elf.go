package exec

import (
	"bytes"
	"encoding/binary"

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

// loadELF is the binary format of nearly everything. Linux fs/binfmt_elf.c:load_elf_binary
func loadELF(l *Loader, b *binprm) abi.Errno {
	b.looked = abi.EhdrSize
	var p elfProgram
	p.file = b.file
	if _, err := binary.Decode(b.Buf[:], binary.LittleEndian, &p.h); err != nil {
		panic("BUG: exec: the ELF header does not fit in the buffer")
	}
	if why := p.h.refusal(); why != "" {
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
	return l.runELF(b, &p)
}

// refusal tells why the header is none of ours, or "".
func (h *ehdr) refusal() string {
	switch {
	case !bytes.HasPrefix(h.Ident[:], []byte("\x7fELF")):
		return `no "\x7fELF"`
	case h.Type != abi.ET_EXEC && h.Type != abi.ET_DYN:
		return "ELF, but no program"
	case h.Machine != abi.EM_X86_64:
		return "ELF for another machine"
	}
	return ""
}

// maxPhdrs: the table has at most 64 KiB.
const maxPhdrs = 65536 / abi.PhdrSize

// readPhdrs reads the program headers. Linux fs/binfmt_elf.c:load_elf_phdrs
func (l *Loader) readPhdrs(im *image) ([]phdr, abi.Errno) {
	n := int(im.h.Phnum)
	if im.h.Phentsize != abi.PhdrSize || n == 0 || n > maxPhdrs {
		return nil, abi.ENOEXEC
	}
	raw := make([]byte, n*abi.PhdrSize)
	if e := l.readFull(im.file, raw, im.h.Phoff); e != abi.OK {
		return nil, e
	}
	ph := make([]phdr, n)
	if _, err := binary.Decode(raw, binary.LittleEndian, ph); err != nil {
		panic("BUG: exec: program headers: " + err.Error())
	}
	return ph, abi.OK
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

// wantsExecStack: PT_GNU_STACK asks for an executable stack; without it x86-64 gives none.
// Linux arch/x86/include/asm/elf.h:elf_read_implies_exec
func (im *image) wantsExecStack() bool {
	for i := range im.ph {
		if im.ph[i].Type == abi.PT_GNU_STACK {
			return im.ph[i].Flags&abi.PF_X != 0
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
		im := &image{file: f}
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
	raw := make([]byte, abi.EhdrSize)
	if e := l.readFull(im.file, raw, 0); e != abi.OK {
		return b.refuse(e, "the dynamic linker has no header")
	}
	if _, err := binary.Decode(raw, binary.LittleEndian, &im.h); err != nil {
		panic("BUG: exec: ELF header: " + err.Error())
	}
	if !bytes.HasPrefix(im.h.Ident[:], []byte("\x7fELF")) || im.h.Machine != abi.EM_X86_64 {
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
