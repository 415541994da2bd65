package load

import (
	"encoding/binary"
	"errors"
	"fmt"

	"vitrine/engine/cpu"
)

// Multiboot 1: "Multiboot Specification", version 0.6.96.

const (
	multibootMagic  = 0x1badb002
	multiboot2Magic = 0xe85250d6
	multibootEAX    = 0x2badb002
	searchEnd       = 8192 // the header lies before it

	needAligned = 1 << 0 // modules on page boundaries: they always are
	needMemory  = 1 << 1 // memory information: it is always there
	needVideo   = 1 << 2
	needKnown   = needAligned | needMemory
	needMask    = 0xffff  // a loader that does not know one of these must refuse
	hasAddress  = 1 << 16 // the header says itself what to load where
)

// findMultiboot is the offset of the multiboot header, or -1.
func findMultiboot(file []byte) int { return findMagic(file, multibootMagic) }

// findMagic looks for a header of three words or more: magic, flags (or length), checksum; -1 when there is none.
func findMagic(file []byte, magic uint32) int {
	words := 3
	if magic == multiboot2Magic {
		words = 4
	}
	for at := 0; at+4*words <= min(len(file), searchEnd); at += 4 {
		sum := uint32(0)
		for i := range words {
			sum += binary.LittleEndian.Uint32(file[at+4*i:])
		}
		if sum == 0 && binary.LittleEndian.Uint32(file[at:]) == magic {
			return at
		}
	}
	return -1
}

func (l *loader) multiboot(r *Request) (*Kernel, error) {
	at := findMultiboot(r.Kernel)
	flags := binary.LittleEndian.Uint32(r.Kernel[at+4:])
	if flags&needVideo != 0 {
		return nil, errors.New("multiboot header: the kernel asks for a video mode (flag bit 2); this machine has a serial console only")
	}
	if unknown := flags & needMask &^ needKnown; unknown != 0 {
		return nil, fmt.Errorf("multiboot header: the kernel needs something unknown of its loader (flags %#x)", unknown)
	}
	k := &Kernel{Format: Multiboot}
	var e *elfFile
	var err error
	if string(r.Kernel[:4]) == elfMagic {
		if e, err = parseELF(r.Kernel); err != nil {
			return nil, err
		}
		k.Symbols = e.symbols()
	}
	var entry uint64
	switch {
	case flags&hasAddress != 0:
		entry, err = l.multibootAddresses(r.Kernel, at)
	case e != nil:
		entry, err = l.multibootELF(e)
	default:
		err = errors.New("multiboot header: the kernel is not ELF, and the header has no addresses (flag bit 16)")
	}
	if err != nil {
		return nil, err
	}
	info, err := l.multibootInfo(r, e)
	if err != nil {
		return nil, err
	}
	return k, l.enterMultiboot(entry, info)
}

// multibootAddresses loads what the header's address fields say ("The address fields of Multiboot header").
func (l *loader) multibootAddresses(file []byte, at int) (entry uint64, err error) {
	if len(file) < at+32 || searchEnd < at+32 {
		return 0, errors.New("multiboot header: its address fields are cut off")
	}
	f := fields{file[at+12:]}
	header, load, loadEnd, bssEnd, start := uint64(f.u32()), uint64(f.u32()), uint64(f.u32()), uint64(f.u32()), uint64(f.u32())
	if header < load || header-load > uint64(at) {
		return 0, fmt.Errorf("multiboot header: load address %#x and header address %#x do not fit the header's place in the file, %#x", load, header, at)
	}
	from := uint64(at) - (header - load)
	size := uint64(len(file)) - from
	if loadEnd != 0 {
		if loadEnd < load {
			return 0, fmt.Errorf("multiboot header: the load end address %#x is below the load address %#x", loadEnd, load)
		}
		size = loadEnd - load
	}
	content, err := cut(file, from, size, "multiboot header: what is to be loaded")
	if err != nil {
		return 0, err
	}
	if bssEnd == 0 {
		bssEnd = load + size
	}
	if bssEnd < load+size {
		return 0, fmt.Errorf("multiboot header: the bss end address %#x is below the load end address %#x", bssEnd, load+size)
	}
	if err := l.claim(load, bssEnd-load, "the kernel"); err != nil {
		return 0, err
	}
	if start < load || start >= bssEnd {
		return 0, fmt.Errorf("multiboot header: the entry address %#x is outside of the kernel", start)
	}
	l.m.RAM.WriteAt(content, load)
	return start, nil
}

// multibootELF loads the segments to their physical addresses. The entry is virtual or physical: kernels do both.
func (l *loader) multibootELF(e *elfFile) (entry uint64, err error) {
	found := false
	for i, s := range e.segments {
		what := fmt.Sprintf("ELF segment %d", i)
		if s.filesz > s.memsz {
			return 0, fmt.Errorf("%s: it has %d bytes in the file and %d in memory", what, s.filesz, s.memsz)
		}
		content, err := cut(e.file, s.off, s.filesz, what)
		if err != nil {
			return 0, err
		}
		if err := l.claim(s.paddr, s.memsz, what); err != nil {
			return 0, err
		}
		l.m.RAM.WriteAt(content, s.paddr)
		if off := e.entry - s.vaddr; !found && off < s.memsz {
			entry, found = s.paddr+off, true
		}
	}
	for _, s := range e.segments {
		if !found && e.entry-s.paddr < s.memsz {
			entry, found = e.entry, true
		}
	}
	if !found {
		return 0, fmt.Errorf("ELF header: the entry %#x lies in no segment", e.entry)
	}
	return entry, nil
}

// enterMultiboot sets the CPU to the kernel's entry ("Machine state"). The specification promises no GDT; real loaders
// leave one.
func (l *loader) enterMultiboot(entry, info uint64) error {
	s := l.m.CPU.S
	if err := l.putGDT(&s, infoArea); err != nil {
		return err
	}
	flat(&s, sel32, attrCode32)
	s.CR0 = cpu.CR0ET | cpu.CR0PE
	s.RIP = entry
	s.R[cpu.RAX], s.R[cpu.RBX] = multibootEAX, info
	l.m.CPU.SetState(s)
	return nil
}
