package view

import "fmt"

// ELFField is a named field of a header, with its bytes' place in it.
type ELFField struct {
	Name, Value, Means string
	Off, Len           int
}

// HeaderFields are the fields of an ELF header; nil when it is none.
func HeaderFields(head []byte) []ELFField {
	h, ok := ParseELF(head)
	if !ok {
		return nil
	}
	long := h.Bits / 8
	at := 0
	var out []ELFField
	add := func(n int, name, value, means string) {
		out = append(out, ELFField{name, value, means, at, n})
		at += n
	}
	hex := func(v uint64) string { return fmt.Sprintf("%#x", v) }
	dec := func(v uint16) string { return fmt.Sprint(v) }
	add(4, "magic", `\x7f ELF`, "what every ELF file begins with")
	add(1, "EI_CLASS", fmt.Sprint(head[4]), fmt.Sprintf("addresses of %d bits", h.Bits))
	add(1, "EI_DATA", fmt.Sprint(head[5]), "1: the lowest byte comes first")
	add(1, "EI_VERSION", fmt.Sprint(head[6]), "1: the only one there is")
	add(1, "EI_OSABI", fmt.Sprint(head[7]), "0: System V, 3: Linux")
	add(8, "padding", "", "unused")
	add(2, "e_type", hex(uint64(h.Type)), typeNames[h.Type])
	add(2, "e_machine", hex(uint64(h.Machine)), machineName(h.Machine))
	add(4, "e_version", fmt.Sprint(h.Version), "1")
	add(long, "e_entry", hex(h.Entry), "the program's first instruction")
	add(long, "e_phoff", hex(h.Phoff), "where in the file the program headers are")
	add(long, "e_shoff", hex(h.Shoff), "where the section headers are; the kernel does not look")
	add(4, "e_flags", hex(uint64(h.Flags)), "none on x86")
	add(2, "e_ehsize", dec(h.Ehsize), "bytes of this header")
	add(2, "e_phentsize", dec(h.Phentsize), "bytes of a program header")
	add(2, "e_phnum", dec(h.Phnum), "how many program headers")
	add(2, "e_shentsize", dec(h.Shentsize), "bytes of a section header")
	add(2, "e_shnum", dec(h.Shnum), "how many section headers")
	add(2, "e_shstrndx", dec(h.Shstrndx), "which section has the names of the sections")
	return out
}

var typeNames = map[uint16]string{0: "ET_NONE: no type", 1: "ET_REL: an object file, no program", 2: "ET_EXEC: a program for fixed addresses", 3: "ET_DYN: may be put anywhere", 4: "ET_CORE: a core dump"}

func machineName(m uint16) string {
	switch m {
	case 3:
		return "EM_386: 32-bit x86"
	case 62:
		return "EM_X86_64: 64-bit x86"
	case 40:
		return "EM_ARM"
	case 183:
		return "EM_AARCH64"
	case 243:
		return "EM_RISCV"
	}
	return "another machine"
}

// ProgFields are the fields of a program header of a file of the given class, in the order of the file.
func (h *ELFProg) ProgFields() []ELFField {
	hex := func(v uint64) string { return fmt.Sprintf("%#x", v) }
	return []ELFField{
		{Name: "p_type", Value: ProgName(h.Type), Means: progMeans[h.Type]},
		{Name: "p_flags", Value: ProgFlags(h.Flags), Means: "R may be read, W written, X executed"},
		{Name: "p_offset", Value: hex(h.Off), Means: "where in the file it begins"},
		{Name: "p_vaddr", Value: hex(h.Vaddr), Means: "where in memory, before a position-independent program is moved"},
		{Name: "p_filesz", Value: hex(h.Filesz), Means: "how many bytes the file has of it"},
		{Name: "p_memsz", Value: hex(h.Memsz), Means: "how many it takes in memory; what the file lacks is zero"},
		{Name: "p_align", Value: hex(h.Align), Means: "p_vaddr and p_offset are equal modulo this"},
	}
}

var progNames = map[uint32]string{0: "NULL", 1: "LOAD", 2: "DYNAMIC", 3: "INTERP", 4: "NOTE", 5: "SHLIB", 6: "PHDR", 7: "TLS",
	0x6474e550: "GNU_EH_FRAME", 0x6474e551: "GNU_STACK", 0x6474e552: "GNU_RELRO", 0x6474e553: "GNU_PROPERTY"}

var progMeans = map[uint32]string{1: "a segment: the kernel maps it", 2: "what the dynamic linker works from", 3: "the path of the dynamic linker, which then runs first",
	4: "a note: not mapped for its own sake", 6: "where this table is itself", 7: "the first contents of variables that each thread has of its own", 0x6474e550: "tables for unwinding the stack",
	0x6474e551: "whether the stack may be executed", 0x6474e552: "what is made read-only when it has been relocated", 0x6474e553: "which properties of the processor it wants"}

// ProgName is the name of a program header's type, without PT_.
func ProgName(kind uint32) string {
	if n, ok := progNames[kind]; ok {
		return n
	}
	return fmt.Sprintf("%#x", kind)
}

// ProgFlags are p_flags as letters.
func ProgFlags(f uint32) string {
	out := []byte("---")
	for i, c := range "XWR" {
		if f>>i&1 != 0 {
			out[2-i] = byte(c)
		}
	}
	return string(out)
}

// AreaName is the kind of an area in words.
func AreaName(kind uint8) string { return areaNames[min(int(kind), len(areaNames)-1)] }

var areaNames = [...]string{AreaOther: "mapping", AreaProgram: "program", AreaInterp: "dynamic linker", AreaZero: "zeros", AreaHeap: "heap", AreaStack: "stack",
	AreaKernel: "from the kernel", AreaLibrary: "library"}
