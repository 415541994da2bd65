package load

import "encoding/binary"

// The multiboot information structure ("Boot information format").

const (
	infoMemory  = 1 << 0
	infoCmdline = 1 << 2
	infoModules = 1 << 3
	infoELF     = 1 << 5
	infoMap     = 1 << 6
	infoLoader  = 1 << 9

	infoSize = 120

	// What the loader leaves for the kernel lies from here on, or above the kernel when that is taken.
	infoArea = 0x8000

	loaderName = "Vitrine"
)

// multibootInfo writes the structure and all that it points to.
func (l *loader) multibootInfo(r *Request, e *elfFile) (at uint64, err error) {
	var info [infoSize]byte
	flags := uint32(infoMemory | infoCmdline | infoMap | infoLoader)
	word := func(off int, v uint64) { binary.LittleEndian.PutUint32(info[off:], uint32(v)) }
	word(4, ExtendedDataAt>>10)
	word(8, (l.m.RAM.Size()-highRAM)>>10)

	if r.Initrd != nil { // before the small things, which find room anywhere
		list, err := l.putModule(r.Initrd)
		if err != nil {
			return 0, err
		}
		flags |= infoModules
		word(20, 1)
		word(24, list)
	}
	if e != nil && len(e.sections) > 0 {
		table, err := l.putSections(e)
		if err != nil {
			return 0, err
		}
		flags |= infoELF
		word(28, uint64(len(e.sections)))
		word(32, uint64(e.shsize))
		word(36, table)
		word(40, uint64(e.shstrndx))
	}
	for _, text := range []struct {
		off int
		s   string
	}{{16, r.Append}, {64, loaderName}} {
		at, err := l.put(infoArea, append([]byte(text.s), 0), "the command line")
		if err != nil {
			return 0, err
		}
		word(text.off, at)
	}
	table := l.multibootMap()
	mmap, err := l.put(infoArea, table, "the memory map")
	if err != nil {
		return 0, err
	}
	word(44, uint64(len(table)))
	word(48, mmap)
	word(0, uint64(flags))
	return l.put(infoArea, info[:], "the multiboot information")
}

// multibootMap is the memory map: entries of 20 bytes behind a word that says so.
func (l *loader) multibootMap() []byte {
	var b []byte
	for _, r := range l.memoryMap() {
		b = binary.LittleEndian.AppendUint32(b, 20)
		b = binary.LittleEndian.AppendUint64(b, r.from)
		b = binary.LittleEndian.AppendUint64(b, r.to-r.from)
		b = binary.LittleEndian.AppendUint32(b, r.kind)
	}
	return b
}

// putModule places the module behind the kernel and returns where the list of modules is.
func (l *loader) putModule(module []byte) (list uint64, err error) {
	start, err := l.put(highRAM, module, "the module")
	if err != nil {
		return 0, err
	}
	name, err := l.put(infoArea, []byte("initrd\x00"), "the module's name")
	if err != nil {
		return 0, err
	}
	var b []byte
	for _, v := range []uint64{start, start + uint64(len(module)), name, 0} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return l.put(infoArea, b, "the list of modules")
}

// putSections places the section headers, and every section that no segment brought: symbols, strings, debug data. The
// headers then say where in memory each is.
func (l *loader) putSections(e *elfFile) (uint64, error) {
	table, err := cut(e.file, e.shoff, uint64(e.shsize*len(e.sections)), "ELF section headers")
	if err != nil {
		return 0, err
	}
	table = append([]byte(nil), table...)
	for i, s := range e.sections {
		if s.addr != 0 || s.size == 0 || s.kind == 0 || s.kind == shtNobits {
			continue
		}
		content, err := cut(e.file, s.off, s.size, "ELF section")
		if err != nil {
			return 0, err
		}
		at, err := l.put(highRAM, content, "an ELF section")
		if err != nil {
			return 0, err
		}
		e.setAddr(table[i*e.shsize:], at)
	}
	return l.put(infoArea, table, "the ELF section headers")
}

// setAddr sets the address in a section header.
func (e *elfFile) setAddr(header []byte, at uint64) {
	if e.wide {
		binary.LittleEndian.PutUint64(header[16:], at)
		return
	}
	binary.LittleEndian.PutUint32(header[12:], uint32(at))
}
