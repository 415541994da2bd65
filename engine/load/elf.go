package load

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ELF as far as a boot loader reads it: "Executable and Linking Format", version 1.2, and the 64-bit form of it.

const (
	elfMagic = "\x7fELF"

	elf32, elf64     = 1, 2 // EI_CLASS
	emI386, emX86_64 = 3, 62
	ptLoad           = 1
	shtSymtab        = 2
	shtNobits        = 8
	sttFunc          = 2 // below it: untyped labels, data
	shnReserved      = 0xff00

	maxSegments = 512
	maxSymbols  = 1 << 20
)

// elfFile is the header with its tables.
type elfFile struct {
	file     []byte
	wide     bool // 64-bit
	entry    uint64
	segments []segment
	sections []section
	shoff    uint64
	shsize   int // of an entry
	shstrndx uint16
}

type segment struct{ off, vaddr, paddr, filesz, memsz uint64 }

type section struct {
	kind, link            uint32
	addr, off, size, each uint64
}

// fields reads little-endian numbers one after the other.
type fields struct{ b []byte }

func (f *fields) u16() uint16 { v := binary.LittleEndian.Uint16(f.b); f.b = f.b[2:]; return v }
func (f *fields) u32() uint32 { v := binary.LittleEndian.Uint32(f.b); f.b = f.b[4:]; return v }
func (f *fields) u64() uint64 { v := binary.LittleEndian.Uint64(f.b); f.b = f.b[8:]; return v }

// word is an address or size: as wide as the class says.
func (f *fields) word(wide bool) uint64 {
	if wide {
		return f.u64()
	}
	return uint64(f.u32())
}

// cut is n bytes of the file at off.
func cut(file []byte, off, n uint64, what string) ([]byte, error) {
	if off > uint64(len(file)) || n > uint64(len(file))-off {
		return nil, fmt.Errorf("%s: %d bytes from %#x on lie behind the end of the file of %d bytes", what, n, off, len(file))
	}
	return file[off : off+n], nil
}

func parseELF(file []byte) (*elfFile, error) {
	if len(file) < 64 || string(file[:4]) != elfMagic {
		return nil, errors.New("ELF header: it is missing")
	}
	e := &elfFile{file: file, wide: file[4] == elf64}
	if file[4] != elf32 && file[4] != elf64 || file[5] != 1 {
		return nil, errors.New("ELF header: neither 32-bit nor 64-bit little-endian")
	}
	f := fields{file[16:]}
	kind, machine := f.u16(), f.u16()
	if kind != 2 && kind != 3 {
		return nil, fmt.Errorf("ELF header: type %d is not an executable", kind)
	}
	if want := map[bool]uint16{false: emI386, true: emX86_64}[e.wide]; machine != want {
		return nil, fmt.Errorf("ELF header: machine %d; %d is wanted", machine, want)
	}
	f.u32() // version
	e.entry = f.word(e.wide)
	phoff := f.word(e.wide)
	e.shoff = f.word(e.wide)
	f.u32() // flags
	f.u16() // size of this header
	phsize, phnum := f.u16(), f.u16()
	shsize, shnum := f.u16(), f.u16()
	e.shstrndx = f.u16()
	if err := e.readSegments(phoff, phsize, phnum); err != nil {
		return nil, err
	}
	return e, e.readSections(shsize, shnum)
}

func (e *elfFile) readSegments(off uint64, size, n uint16) error {
	if least := map[bool]uint16{false: 32, true: 56}[e.wide]; n > 0 && size < least {
		return fmt.Errorf("ELF program headers: %d bytes each are too few", size)
	}
	if n > maxSegments {
		return fmt.Errorf("ELF program headers: %d are too many", n)
	}
	table, err := cut(e.file, off, uint64(size)*uint64(n), "ELF program headers")
	if err != nil {
		return err
	}
	for ; n > 0; n-- {
		f := fields{table}
		kind := f.u32()
		if e.wide {
			f.u32() // flags
		}
		s := segment{off: f.word(e.wide), vaddr: f.word(e.wide), paddr: f.word(e.wide), filesz: f.word(e.wide), memsz: f.word(e.wide)}
		if kind == ptLoad {
			e.segments = append(e.segments, s)
		}
		table = table[size:]
	}
	return nil
}

func (e *elfFile) readSections(size, n uint16) error {
	if n == 0 {
		return nil
	}
	if least := map[bool]uint16{false: 40, true: 64}[e.wide]; size < least {
		return fmt.Errorf("ELF section headers: %d bytes each are too few", size)
	}
	e.shsize = int(size)
	table, err := cut(e.file, e.shoff, uint64(size)*uint64(n), "ELF section headers")
	if err != nil {
		return err
	}
	for ; n > 0; n-- {
		f := fields{table}
		f.u32() // name
		s := section{kind: f.u32()}
		f.word(e.wide) // flags
		s.addr, s.off, s.size = f.word(e.wide), f.word(e.wide), f.word(e.wide)
		s.link = f.u32()
		f.u32()        // info
		f.word(e.wide) // alignment
		s.each = f.word(e.wide)
		e.sections = append(e.sections, s)
		table = table[size:]
	}
	return nil
}

// symbols reads the symbol table; a damaged one is as none.
func (e *elfFile) symbols() []Symbol {
	for i := range e.sections {
		if s := &e.sections[i]; s.kind == shtSymtab && int(s.link) < len(e.sections) {
			return e.symtab(s, &e.sections[s.link])
		}
	}
	return nil
}

func (e *elfFile) symtab(s, names *section) []Symbol {
	table, err := cut(e.file, s.off, s.size, "symbols")
	text, err2 := cut(e.file, names.off, names.size, "names of symbols")
	each := map[bool]int{false: 16, true: 24}[e.wide]
	if err != nil || err2 != nil || len(table)/each > maxSymbols {
		return nil
	}
	var list []Symbol
	for ; len(table) >= each; table = table[each:] {
		name, kind, shndx, sym := e.symbol(table)
		if kind > sttFunc || shndx == 0 || shndx >= shnReserved || uint64(name) >= uint64(len(text)) {
			continue
		}
		sym.Name, _, _ = strings.Cut(string(text[name:min(len(text), int(name)+256)]), "\x00")
		if sym.Name != "" {
			list = append(list, sym)
		}
	}
	slices.SortStableFunc(list, func(a, b Symbol) int { return cmp.Compare(a.Addr, b.Addr) })
	return sized(list)
}

// symbol reads an entry: the offset of its name, its type, what it stands for; section 0 means that it is undefined.
func (e *elfFile) symbol(b []byte) (name uint32, kind uint8, shndx uint16, s Symbol) {
	f := fields{b}
	name = f.u32()
	if !e.wide {
		s.Addr, s.Size = uint64(f.u32()), uint64(f.u32())
	}
	kind = uint8(f.u16() & 15)
	shndx = f.u16()
	if e.wide {
		s.Addr, s.Size = f.u64(), f.u64()
	}
	return name, kind, shndx, s
}
