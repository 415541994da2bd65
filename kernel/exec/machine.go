package exec

import (
	"encoding/binary"

	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// machine is what differs between 64-bit and 32-bit programs. Linux compiles one source twice: fs/binfmt_elf.c and
// fs/compat_binfmt_elf.c
type machine struct {
	platform   string // AT_PLATFORM
	word       int    // bytes of a pointer
	ehdr, phdr int    // sizes of the headers
	top        uint64 // end of user space
	etDyn      uint64 // ELF_ET_DYN_BASE: where a position-independent program goes
	execAll    bool   // without PT_GNU_STACK whatever can be read can be executed. Linux asm/elf.h:elf_read_implies_exec

	// How many places the random layout has. Linux arch/x86/Kconfig, asm/elf.h:__STACK_RND_MASK, kernel/process.c
	mmapPages, stackPages, heapPages uint64
}

var (
	x8664 = machine{platform: "x86_64", word: 8, ehdr: abi.EhdrSize, phdr: abi.PhdrSize, top: mm.TaskSize,
		etDyn: pageStart(mm.TaskSize / 3 * 2), mmapPages: 1 << 28, stackPages: 1 << 22, heapPages: 1 << 18}
	i386 = machine{platform: "i686", word: 4, ehdr: abi.Ehdr32Size, phdr: abi.Phdr32Size, top: mm.TaskSize32,
		etDyn: 0x400000, execAll: true, mmapPages: 1 << 8, stackPages: 1 << 11, heapPages: 1 << 13}
)

func (m *machine) badAddr(a uint64) bool { return a >= m.top }

// accepts tells whether e_machine is m's. The class in e_ident does not count. Linux asm/elf.h:elf_check_arch_ia32
func (m *machine) accepts(em uint16) bool {
	if m == &i386 {
		return em == abi.EM_386 || em == abi.EM_486
	}
	return em == abi.EM_X86_64
}

// ehdr32 is Elf32_Ehdr. elf(5)
type ehdr32 struct {
	Ident                      [abi.EI_NIDENT]byte
	Type, Machine              uint16
	Version                    uint32
	Entry, Phoff, Shoff        uint32
	Flags                      uint32
	Ehsize, Phentsize, Phnum   uint16
	Shentsize, Shnum, Shstrndx uint16
}

// phdr32 is Elf32_Phdr.
type phdr32 struct{ Type, Offset, Vaddr, Paddr, Filesz, Memsz, Flags, Align uint32 }

// header reads an ELF header of m's class.
func (m *machine) header(raw []byte) (h ehdr) {
	if m == &x8664 {
		decode(raw, &h)
		return h
	}
	var n ehdr32
	decode(raw, &n)
	return ehdr{n.Ident, n.Type, n.Machine, n.Version, uint64(n.Entry), uint64(n.Phoff), uint64(n.Shoff), n.Flags,
		n.Ehsize, n.Phentsize, n.Phnum, n.Shentsize, n.Shnum, n.Shstrndx}
}

// table reads the program headers.
func (m *machine) table(raw []byte) []phdr {
	ph := make([]phdr, len(raw)/m.phdr)
	if m == &x8664 {
		decode(raw, ph)
		return ph
	}
	narrow := make([]phdr32, len(ph))
	decode(raw, narrow)
	for i, n := range narrow {
		ph[i] = phdr{n.Type, n.Flags, uint64(n.Offset), uint64(n.Vaddr), uint64(n.Paddr), uint64(n.Filesz), uint64(n.Memsz), uint64(n.Align)}
	}
	return ph
}

func decode(raw []byte, v any) {
	if _, err := binary.Decode(raw, binary.LittleEndian, v); err != nil {
		panic("BUG: exec: an ELF header does not fit: " + err.Error())
	}
}

// words lays out what lies on the first stack: words of m's size.
func (m *machine) words(w []uint64) []byte {
	raw := make([]byte, 0, len(w)*m.word)
	for _, v := range w {
		if m.word == 4 {
			raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
			continue
		}
		raw = binary.LittleEndian.AppendUint64(raw, v)
	}
	return raw
}
