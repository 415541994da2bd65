package boot

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"vitrine/engine/rewind/link"
)

// MaxProgram bounds a program from outside, in bytes: what fits on the page's disk beside what is there.
const MaxProgram = 16 << 20

// Program looks at a file from outside that somebody wants to run. interpreter is the dynamic linker that it asks for, "" when
// it needs none. The error says what the file is and why it cannot be run.
func Program(b []byte) (interpreter string, err error) {
	switch {
	case len(b) == 0:
		return "", errors.New("the file is empty")
	case len(b) > MaxProgram:
		return "", fmt.Errorf("the file has %d bytes; the disk has room for %d", len(b), MaxProgram)
	case bytes.HasPrefix(b, []byte("#!")):
		return "", nil
	case bytes.HasPrefix(b, []byte("\x7fELF")):
		return elfProgram(b)
	}
	for _, k := range otherFiles {
		if bytes.HasPrefix(b, []byte(k.magic)) {
			return "", fmt.Errorf("this is %s: the machine runs Linux programs for x86-64 and i386, and scripts", k.what)
		}
	}
	if bytes.IndexByte(b[:min(len(b), 4096)], 0) < 0 {
		return "", errors.New("this is a text that does not begin with #!: nothing says what runs it")
	}
	return "", errors.New("this is neither an ELF program nor a script")
}

// otherFiles are recognised by how they begin.
var otherFiles = []struct{ magic, what string }{
	{"MZ", "a program for Windows or DOS"},
	{"\xcf\xfa\xed\xfe", "a program for macOS"}, {"\xce\xfa\xed\xfe", "a program for macOS"}, {"\xca\xfe\xba\xbe", "a program for macOS or a Java class"},
	{"\x00asm", "a WebAssembly module"}, {"!<arch>\n", "a library or a Debian package"}, {"PK\x03\x04", "a ZIP archive"},
	{"\x1f\x8b", "a gzip file"}, {"\xfd7zXZ\x00", "an xz file"}, {"BZh", "a bzip2 file"}, {"\x28\xb5\x2f\xfd", "a Zstandard file"},
	{"\x89PNG", "a picture"}, {"\xff\xd8\xff", "a picture"}, {"GIF8", "a picture"}, {"%PDF", "a PDF document"},
}

// elfMachines are the processors of e_machine that people have. elf(5)
var elfMachines = map[uint16]string{2: "SPARC", 8: "MIPS", 20: "PowerPC", 21: "PowerPC", 22: "S/390", 40: "ARM", 50: "Itanium", 183: "AArch64 (64-bit ARM)", 243: "RISC-V", 258: "LoongArch"}

// Numbers of elf(5).
const (
	elfClass, elfData = 4, 5
	elfType, elfArch  = 16, 18
	class32, class64  = 1, 2
	littleEndian      = 1
	typeRel, typeExec = 1, 2
	typeDyn, typeCore = 3, 4
	arch386, archX64  = 3, 62
	segmentInterp     = 3
)

// elfProgram looks at the header of an ELF file.
func elfProgram(b []byte) (interpreter string, err error) {
	if len(b) < 64 {
		return "", errors.New("this is the beginning of an ELF file; the rest is missing")
	}
	kind, arch := binary.LittleEndian.Uint16(b[elfType:]), binary.LittleEndian.Uint16(b[elfArch:])
	if b[elfData] != littleEndian {
		return "", errors.New("this is an ELF file for a big-endian processor: the machine is an x86-64 PC")
	}
	if !(arch == archX64 && (b[elfClass] == class64 || b[elfClass] == class32) || arch == arch386 && b[elfClass] == class32) {
		name := elfMachines[arch]
		if name == "" {
			name = fmt.Sprintf("number %d", arch)
		}
		return "", fmt.Errorf("this is an ELF file for the processor %s: the machine is an x86-64 PC", name)
	}
	switch {
	case arch == archX64 && b[elfClass] == class32:
		return "", errors.New("this is an x32 program, which the kernel does not run: it takes x86-64 and i386")
	case kind == typeRel:
		return "", errors.New("this is an object file: it has to be linked first")
	case kind == typeCore:
		return "", errors.New("this is a core file: what a program left when it crashed")
	case kind != typeExec && kind != typeDyn:
		return "", errors.New("this is an ELF file, but no program")
	}
	return elfInterpreter(b), nil
}

// elfInterpreter is the path in PT_INTERP.
func elfInterpreter(b []byte) string {
	table, size, count := uint64(binary.LittleEndian.Uint32(b[28:])), uint64(binary.LittleEndian.Uint16(b[42:])), int(binary.LittleEndian.Uint16(b[44:]))
	offset, length := 4, 16
	if b[elfClass] == class64 {
		table, size, count = binary.LittleEndian.Uint64(b[32:]), uint64(binary.LittleEndian.Uint16(b[54:])), int(binary.LittleEndian.Uint16(b[56:]))
		offset, length = 8, 32
	}
	for range count {
		p := part(b, table, max(size, 40))
		if p == nil {
			return ""
		}
		if binary.LittleEndian.Uint32(p) == segmentInterp {
			at, n := uint64(binary.LittleEndian.Uint32(p[offset:])), uint64(binary.LittleEndian.Uint32(p[length:]))
			return strings.TrimRight(string(part(b, at, min(n, 256))), "\x00")
		}
		table += size
	}
	return ""
}

// part is n bytes of b from at on, nil when they are not there.
func part(b []byte, at, n uint64) []byte {
	if at > uint64(len(b)) || n > uint64(len(b))-at {
		return nil
	}
	return b[at : at+n]
}

// ProgramFile is a program from outside as a file of the guest: in root's folder, by a name that a shell takes as it is.
func ProgramFile(name string, b []byte) link.File {
	name = name[strings.LastIndexAny(name, "/\\")+1:]
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._+-", r) {
			return r
		}
		return '_'
	}, name)
	name = strings.TrimLeft(name[:min(len(name), 60)], "-.")
	if name == "" {
		name = "program"
	}
	return link.File{Path: "/root/" + name, Mode: link.TypeRegular | 0o755, Data: b}
}
