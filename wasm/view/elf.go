package view

import (
	"bytes"
	"encoding/binary"
)

// ELFHeader is an ELF header of either class. elf(5)
type ELFHeader struct {
	Bits                       int // 64 or 32: EI_CLASS
	Type, Machine              uint16
	Version                    uint32
	Entry, Phoff, Shoff        uint64
	Flags                      uint32
	Ehsize, Phentsize, Phnum   uint16
	Shentsize, Shnum, Shstrndx uint16
}

// Classes of an ELF file, and sizes of the headers of each.
const (
	elfClass64             = 2
	ehdr64, phdr64, shdr64 = 64, 56, 64
	ehdr32, phdr32, shdr32 = 52, 32, 40
	classAt, typeAt        = 4, 16
	shtNull, shtNobits     = 0, 8
)

// words reads fields of growing offsets.
type words struct {
	p    []byte
	wide bool
}

func (w *words) half() uint16 {
	v := binary.LittleEndian.Uint16(w.p)
	w.p = w.p[2:]
	return v
}

func (w *words) word() uint32 {
	v := binary.LittleEndian.Uint32(w.p)
	w.p = w.p[4:]
	return v
}

// long is as wide as the file's class: an address, an offset, a size.
func (w *words) long() uint64 {
	if !w.wide {
		return uint64(w.word())
	}
	v := binary.LittleEndian.Uint64(w.p)
	w.p = w.p[8:]
	return v
}

// ParseELF reads the header at the beginning of a file; ok is false when there is none, or not all of it.
func ParseELF(head []byte) (h ELFHeader, ok bool) {
	if len(head) < ehdr32 || !bytes.HasPrefix(head, []byte("\x7fELF")) {
		return h, false
	}
	w := words{head[typeAt:], head[classAt] == elfClass64}
	if h.Bits = 32; w.wide {
		if h.Bits = 64; len(head) < ehdr64 {
			return h, false
		}
	}
	h.Type, h.Machine, h.Version = w.half(), w.half(), w.word()
	h.Entry, h.Phoff, h.Shoff = w.long(), w.long(), w.long()
	h.Flags = w.word()
	h.Ehsize, h.Phentsize, h.Phnum = w.half(), w.half(), w.half()
	h.Shentsize, h.Shnum, h.Shstrndx = w.half(), w.half(), w.half()
	return h, true
}

// HeadSize is how many bytes the ELF header has, PhdrSize and ShdrSize those of an entry of the tables.
func (h *ELFHeader) HeadSize() uint64 { return h.size(ehdr64, ehdr32) }

// PhdrSize is the size of a program header.
func (h *ELFHeader) PhdrSize() uint64 { return h.size(phdr64, phdr32) }

// ShdrSize is the size of a section header.
func (h *ELFHeader) ShdrSize() uint64 { return h.size(shdr64, shdr32) }

func (h *ELFHeader) size(wide, narrow uint64) uint64 {
	if h.Bits == 64 {
		return wide
	}
	return narrow
}

// ParseProgs reads program headers: as many as raw holds whole.
func (h *ELFHeader) ParseProgs(raw []byte) []ELFProg {
	size := int(h.PhdrSize())
	list := make([]ELFProg, len(raw)/size)
	for i := range list {
		p := &list[i]
		w := words{raw[i*size : (i+1)*size], h.Bits == 64}
		p.Type = w.word()
		if w.wide {
			p.Flags = w.word()
		}
		p.Off, p.Vaddr, p.Paddr, p.Filesz, p.Memsz = w.long(), w.long(), w.long(), w.long(), w.long()
		if !w.wide {
			p.Flags = w.word()
		}
		p.Align = w.long()
		p.At = h.Phoff + uint64(i*size)
	}
	return list
}

// ParseSections reads section headers with their names from the table of strings that read gives the bytes of; nil when
// it gives none. read is asked for a place in the file and a size.
func (h *ELFHeader) ParseSections(raw []byte, read func(off, n uint64) []byte) []ELFSection {
	size := int(h.ShdrSize())
	list := make([]ELFSection, len(raw)/size)
	names := make([]uint32, len(list))
	for i := range list {
		s := &list[i]
		w := words{raw[i*size : (i+1)*size], h.Bits == 64}
		names[i], s.Type = w.word(), w.word()
		s.Flags, s.Addr, s.Off, s.Size = w.long(), w.long(), w.long(), w.long()
	}
	if int(h.Shstrndx) >= len(list) {
		return list
	}
	table := &list[h.Shstrndx]
	text := read(table.Off, min(table.Size, maxNames))
	if text == nil {
		return nil
	}
	for i := range list {
		if at := uint64(names[i]); at < uint64(len(text)) {
			name := text[at:]
			if end := bytes.IndexByte(name, 0); end >= 0 {
				name = name[:end]
			}
			list[i].Name = string(name[:min(len(name), 40)])
		}
	}
	return list
}

// maxNames bounds the sections' names.
const maxNames = 1 << 16

// Nobits tells that a section has no bytes in the file.
func (s *ELFSection) Nobits() bool { return s.Type == shtNobits }

// Null tells that it is the empty first entry.
func (s *ELFSection) Null() bool { return s.Type == shtNull }
