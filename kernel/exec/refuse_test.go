package exec

import (
	"bytes"
	"testing"

	"vitrine/kernel/abi"
)

// badFile is a file that must not start, and how it must fail.
type badFile struct {
	name  string
	data  []byte
	want  abi.Errno
	fatal bool // after the point of no return: SIGSEGV
}

// badFiles may name the interpreters emp (empty), txt (text) and nos (without segments); nop does not exist.
func badFiles() []badFile {
	load := seg{typ: abi.PT_LOAD, flags: rx, vaddr: 0x400000, filesz: 0x1000, memsz: 0x1000}
	interp := seg{typ: abi.PT_INTERP, off: 0x800, filesz: 4, memsz: 4}
	with := func(path string, segs ...seg) []byte {
		b := makeELF(abi.ET_EXEC, 0x400100, 0x1000, segs...)
		copy(b[0x800:], path)
		return b
	}
	change := func(at int, v ...byte) []byte {
		b := staticELF()
		copy(b[at:], v)
		return b
	}
	return []badFile{
		{"empty file", nil, abi.ENOEXEC, false},
		{"text", []byte("echo hi\n"), abi.ENOEXEC, false},
		{"script without interpreter", []byte("#!\n"), abi.ENOEXEC, false},
		{"script with missing interpreter", []byte("#!/nope\n"), abi.ENOENT, false},
		{"only the magic", []byte("\x7fELF"), abi.ENOEXEC, false},
		{"object file", change(16, abi.ET_REL), abi.ENOEXEC, false},
		{"32-bit machine", change(18, abi.EM_386), abi.ENOEXEC, false},
		{"wrong phentsize", change(54, 32), abi.ENOEXEC, false},
		{"no phdrs", change(56, 0), abi.ENOEXEC, false},
		{"too many phdrs", append(change(56, 0x93, 4), make([]byte, 0x10000)...), abi.ENOEXEC, false},
		{"phdrs outside the file", change(32, 0, 0, 1), abi.ENOEXEC, false},
		{"phdrs nowhere", change(32, 0, 0, 0, 0, 0, 0, 0, 0x80), abi.ENOEXEC, false},
		{"interp too short", with("", seg{typ: abi.PT_INTERP, filesz: 1}, load), abi.ENOEXEC, false},
		{"interp too long", with("", seg{typ: abi.PT_INTERP, filesz: 4097}, load), abi.ENOEXEC, false},
		{"interp without NUL", with("ldxx", interp, load), abi.ENOEXEC, false},
		{"interp outside the file", with("", seg{typ: abi.PT_INTERP, off: 0x2000, filesz: 4}, load), abi.EIO, false},
		{"interp missing", with("nop\x00", interp, load), abi.ENOENT, false},
		{"interp empty", with("emp\x00", interp, load), abi.EIO, false},
		{"interp is text", with("txt\x00", interp, load), abi.ELIBBAD, false},
		{"interp has no segments", with("nos\x00", interp, load), abi.EINVAL, true},
		{"kernel address", makeELF(abi.ET_EXEC, 0, 0x1000, seg{typ: abi.PT_LOAD, flags: rx, vaddr: 0xffffffff80000000, filesz: 0x1000, memsz: 0x1000}), abi.ENOMEM, true},
		{"filesz above memsz", makeELF(abi.ET_EXEC, 0x400000, 0x1000, seg{typ: abi.PT_LOAD, flags: rx, vaddr: 0x400000, filesz: 0x1000, memsz: 0x800}), abi.EINVAL, true},
		{"giant bss", makeELF(abi.ET_EXEC, 0x400000, 0x1000, seg{typ: abi.PT_LOAD, flags: rw, vaddr: 0x400000, filesz: 0x1000, memsz: 1 << 62}), abi.ENOMEM, true},
		{"offset and address out of step", makeELF(abi.ET_EXEC, 0x400000, 0x2000, seg{typ: abi.PT_LOAD, flags: rx, off: 0x10, vaddr: 0x400000, filesz: 0x100, memsz: 0x100}), abi.EINVAL, true},
		{"entry in the kernel", makeELF(abi.ET_EXEC, 0xffff800000000000, 0x1000, load), abi.EINVAL, true},
		{"PIE without segments", makeELF(abi.ET_DYN, 0, 0x1000, seg{typ: abi.PT_NOTE}), abi.OK, true},
	}
}

var badInterps = map[string][]byte{
	"emp": nil,
	"txt": bytes.Repeat([]byte("text"), 100),
	"nos": makeELF(abi.ET_DYN, 0, 0x1000, seg{typ: abi.PT_NOTE}),
}

func TestRefusals(t *testing.T) {
	for _, c := range badFiles() {
		w := newWorld(t)
		f := w.add("/x", c.data)
		for name, data := range badInterps {
			w.add(name, data)
		}
		res, e := w.run(t, request(f, "/x", "x"))
		if e != c.want || res.PointOfNoReturn != c.fatal {
			t.Errorf("%s: %s, point of no return %v; want %s %v", c.name, e.Name(), res.PointOfNoReturn, c.want.Name(), c.fatal)
		}
		w.end(t, res)
	}
}
