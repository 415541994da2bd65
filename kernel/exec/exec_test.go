package exec

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// disk is a file system of a few files: exec's Files and mm's Pager at once. A file's object is its number.
type disk struct {
	m      *mm.Manager
	ram    *mem.RAM
	names  []string
	data   [][]byte
	pages  map[[2]uint64]mem.Frame
	maps   map[uint32]int
	opened int
	dir    string // the current directory
}

func (d *disk) add(name string, data []byte) FileRef {
	d.names, d.data = append(d.names, name), append(d.data, data)
	return FileRef(len(d.names))
}

func (d *disk) OpenExec(path string) (FileRef, abi.Errno) {
	if d.dir != "" {
		path = filepath.Clean(path)
		if !filepath.IsAbs(path) {
			path = filepath.Join(d.dir, path)
		}
		if path == d.dir {
			return 0, abi.EACCES
		}
	}
	for i, n := range d.names {
		if n == path {
			d.opened++
			return d.add(n, d.data[i]), 0 // every open is another FileRef
		}
	}
	return 0, abi.ENOENT
}
func (d *disk) Close(FileRef) { d.opened-- }
func (d *disk) ReadAt(f FileRef, p []byte, off uint64) (int, abi.Errno) {
	data := d.data[f-1]
	if off >= uint64(len(data)) {
		return 0, 0
	}
	return copy(p, data[off:]), 0
}
func (d *disk) Object(f FileRef) uint32 { return uint32(f) }

func (d *disk) PageIn(obj uint32, index uint64) (mem.Frame, abi.Errno) {
	k := [2]uint64{uint64(obj), index}
	f, ok := d.pages[k]
	if !ok {
		if f, ok = d.m.AllocFrame(mm.PageCache, obj, index); !ok {
			return 0, abi.ENOMEM
		}
		d.ram.Zero(f)
		copy(d.ram.Page(f), d.data[obj-1][index<<12:])
		d.pages[k] = f
	}
	d.m.GetFrame(f)
	return f, 0
}
func (d *disk) ObjGet(obj uint32)      { d.maps[obj]++ }
func (d *disk) ObjPut(obj uint32)      { d.maps[obj]-- }
func (d *disk) Size(obj uint32) uint64 { return uint64(len(d.data[obj-1])) }
func (d *disk) Dirty(uint32, uint64)   {}

type world struct {
	*Loader
	*disk
	free int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	d := &disk{ram: mem.New(8 << 20), pages: map[[2]uint64]mem.Frame{}, maps: map[uint32]int{}}
	d.m = mm.New(d.ram, &trace.Hub{}, d, nil)
	d.m.InitFrames([]mm.Range{{Start: 0, End: 1 << 20, Use: mm.Reserved}})
	if e := d.m.InitKernel(1); e != 0 {
		t.Fatal(e)
	}
	return &world{New(d.m, d), d, d.m.FreeFrames()}
}

func request(f FileRef, name string, args ...string) Request {
	r := Request{File: f, Filename: name, Limits: mm.DefaultLimits(), HWCap: 0x178bfbff, Random: [16]byte{1, 2, 3}}
	for _, a := range args {
		r.Argv = append(r.Argv, []byte(a))
	}
	r.Envp = [][]byte{[]byte("HOME=/root"), []byte("TERM=linux")}
	return r
}

// run executes and gives everything back, wanting no trace of it to stay.
func (w *world) run(t testing.TB, r Request) (Result, abi.Errno) {
	t.Helper()
	res, e := w.Exec(r)
	if e == 0 && res.File != r.File {
		w.Close(res.File)
	}
	if e != 0 && res.Space != 0 {
		t.Error("a failed exec left an address space")
	}
	return res, e
}

func (w *world) end(t testing.TB, res Result) {
	t.Helper()
	if res.Space != 0 {
		w.m.Free(res.Space)
	}
	if w.opened != 0 {
		t.Errorf("%d files left open", w.opened)
	}
	if got := w.m.FreeFrames() + len(w.pages); got != w.free {
		t.Errorf("%d frames leaked", w.free-got)
	}
	for obj, n := range w.maps {
		if n != 0 {
			t.Errorf("object %d: %d mappings left", obj, n)
		}
	}
}

func (w *world) word(t testing.TB, res Result, va uint64) uint64 {
	t.Helper()
	v, e := w.m.Read64(res.Space, va)
	if e != 0 {
		t.Fatalf("%#x: %s", va, e.Name())
	}
	return v
}

func (w *world) text(t testing.TB, res Result, va uint64) string {
	t.Helper()
	s, e := w.m.CopyString(res.Space, va, 1<<20)
	if e != 0 {
		t.Fatalf("string at %#x: %s", va, e.Name())
	}
	return string(s)
}

// seg is a segment of a made-up program.
type seg struct {
	typ, flags                uint32
	off, vaddr, filesz, memsz uint64
	align                     uint64
}

// makeELF builds a file with the given segments and some recognisable bytes behind the headers.
func makeELF(typ uint16, entry uint64, size int, segs ...seg) []byte {
	h := ehdr{Type: typ, Machine: abi.EM_X86_64, Version: 1, Entry: entry, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: uint16(len(segs))}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	b, _ := binary.Append(nil, binary.LittleEndian, &h)
	for _, s := range segs {
		if s.align == 0 {
			s.align = 0x1000
		}
		b, _ = binary.Append(b, binary.LittleEndian, &phdr{s.typ, s.flags, s.off, s.vaddr, s.vaddr, s.filesz, s.memsz, s.align})
	}
	for len(b) < size {
		b = append(b, byte(len(b)>>12)+'A')
	}
	return b
}

const (
	rx = abi.PF_R | abi.PF_X
	rw = abi.PF_R | abi.PF_W
)

func staticELF() []byte {
	return makeELF(abi.ET_EXEC, 0x401000, 0x3000,
		seg{typ: abi.PT_LOAD, flags: rx, vaddr: 0x400000, filesz: 0x1800, memsz: 0x1800},
		seg{typ: abi.PT_LOAD, flags: rw, off: 0x1800, vaddr: 0x402800, filesz: 0x900, memsz: 0x3000},
		seg{typ: abi.PT_GNU_STACK, flags: rw})
}

func TestStatic(t *testing.T) {
	w := newWorld(t)
	f := w.add("/bin/prog", staticELF())
	res, e := w.run(t, request(f, "/bin/prog", "prog", "one"))
	if e != 0 {
		t.Fatal(e.Name(), res.Steps)
	}
	if res.Entry != 0x401000 || res.Comm != "prog" || res.SP%16 != 0 || !res.PointOfNoReturn {
		t.Errorf("%+v", res)
	}
	as := w.m.AS(res.Space)
	if as.RSSFile != 0 && as.Find(0x401000).Flags&mm.VM_EXEC == 0 {
		t.Error("the text is not executable")
	}
	for _, c := range []struct {
		va   uint64
		want byte
	}{{0x401000, 'B'}, {0x402800, 'B'}, {0x4030ff, 'C'}, {0x403100, 0}, {0x403fff, 0}, {0x405000, 0}} {
		var b [1]byte
		if e := w.m.CopyIn(res.Space, b[:], c.va); e != 0 || b[0] != c.want {
			t.Errorf("byte at %#x is %q (%s), want %q", c.va, b[0], e.Name(), c.want)
		}
	}
	if as.StartBrk != 0x406000 || as.Brk != as.StartBrk {
		t.Errorf("brk %#x", as.StartBrk)
	}
	stack := as.Find(res.SP)
	if stack == nil || stack.Flags&(mm.VM_EXEC|mm.VM_GROWSDOWN) != mm.VM_GROWSDOWN || stack.Name != mm.NameStack || stack.Len() != 0x21000 {
		t.Errorf("stack %+v", stack)
	}
	if e := w.m.CopyOut(res.Space, 0x401000, []byte{1}); e != abi.EFAULT {
		t.Error("the text is writable")
	}
	w.end(t, res)
}

func TestInitialStack(t *testing.T) {
	w := newWorld(t)
	f := w.add("/bin/prog", staticELF())
	res, e := w.run(t, request(f, "/bin/prog", "prog", "one", ""))
	if e != 0 {
		t.Fatal(e.Name())
	}
	sp := res.SP
	next := func() uint64 { v := w.word(t, res, sp); sp += 8; return v }
	if argc := next(); argc != 3 {
		t.Errorf("argc %d", argc)
	}
	for _, want := range []string{"prog", "one", ""} {
		if got := w.text(t, res, next()); got != want {
			t.Errorf("argv: %q, want %q", got, want)
		}
	}
	if next() != 0 || w.text(t, res, next()) != "HOME=/root" || w.text(t, res, next()) != "TERM=linux" || next() != 0 {
		t.Error("envp")
	}
	aux := map[uint64]uint64{}
	for {
		k, v := next(), next()
		if k == abi.AT_NULL {
			break
		}
		aux[k] = v
	}
	for k, want := range map[uint64]uint64{abi.AT_PHDR: 0x400040, abi.AT_PHENT: 56, abi.AT_PHNUM: 3, abi.AT_PAGESZ: 4096, abi.AT_BASE: 0,
		abi.AT_ENTRY: 0x401000, abi.AT_CLKTCK: 100, abi.AT_HWCAP: 0x178bfbff, abi.AT_SECURE: 0} {
		if aux[k] != want {
			t.Errorf("auxv %d = %#x, want %#x", k, aux[k], want)
		}
	}
	if w.text(t, res, aux[abi.AT_EXECFN]) != "/bin/prog" || w.text(t, res, aux[abi.AT_PLATFORM]) != "x86_64" {
		t.Error("AT_EXECFN, AT_PLATFORM")
	}
	if w.word(t, res, aux[abi.AT_RANDOM]) != 0x030201 {
		t.Error("AT_RANDOM")
	}
	if _, ok := aux[abi.AT_SYSINFO_EHDR]; ok {
		t.Error("there is no vDSO to point to")
	}
	if w.word(t, res, mm.TaskSize-8) != 0 || w.text(t, res, mm.TaskSize-8-10) != "/bin/prog" {
		t.Error("the file name is not on top")
	}
	w.end(t, res)
}

func TestEmptyArgv(t *testing.T) {
	w := newWorld(t)
	res, e := w.run(t, request(w.add("/p", staticELF()), "/p"))
	if e != 0 || w.word(t, res, res.SP) != 1 || w.text(t, res, w.word(t, res, res.SP+8)) != "" {
		t.Error("argc 0 must become one empty string")
	}
	w.end(t, res)
}

func TestStaticPIE(t *testing.T) {
	w := newWorld(t)
	f := w.add("/pie", makeELF(abi.ET_DYN, 0x1000, 0x3000,
		seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x1800, memsz: 0x1800},
		seg{typ: abi.PT_LOAD, flags: rw, off: 0x2000, vaddr: 0x3000, filesz: 0x100, memsz: 0x2000}))
	res, e := w.run(t, request(f, "/pie", "pie"))
	if e != 0 {
		t.Fatal(e.Name(), res.Steps)
	}
	as := w.m.AS(res.Space)
	base := res.Entry - 0x1000
	if base != 0x7ffff7fff000-0x5000 || as.StartBrk != 0x555555554000 {
		t.Errorf("base %#x brk %#x", base, as.StartBrk)
	}
	if as.Find(base+0x2000) != nil {
		t.Error("the hole between the segments is mapped")
	}
	w.end(t, res)
}

func TestDynamic(t *testing.T) {
	w := newWorld(t)
	w.add("/lib/ld.so", makeELF(abi.ET_DYN, 0x500, 0x2000, seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x2000, memsz: 0x2000}))
	data := makeELF(abi.ET_DYN, 0x1000, 0x3000,
		seg{typ: abi.PT_INTERP, off: 0x2000, filesz: 11, memsz: 11},
		seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x2000, memsz: 0x2000})
	copy(data[0x2000:], "/lib/ld.so\x00")
	res, e := w.run(t, request(w.add("/dyn", data), "/dyn", "dyn"))
	if e != 0 {
		t.Fatal(e.Name(), res.Steps)
	}
	as := w.m.AS(res.Space)
	if as.StartCode != 0x555555554000 || res.Entry != 0x7ffff7fff000-0x2000+0x500 {
		t.Errorf("program at %#x, entry %#x", as.StartCode, res.Entry)
	}
	for i := 0; i < len(as.Auxv); i += 2 {
		if as.Auxv[i] == abi.AT_BASE && as.Auxv[i+1] != res.Entry-0x500 || as.Auxv[i] == abi.AT_ENTRY && as.Auxv[i+1] != 0x555555555000 {
			t.Errorf("auxv %d = %#x", as.Auxv[i], as.Auxv[i+1])
		}
	}
	w.end(t, res)
}

func TestPageZero(t *testing.T) {
	w := newWorld(t)
	r := request(w.add("/p", staticELF()), "/p", "p")
	r.Personality = abi.MMAP_PAGE_ZERO
	res, e := w.run(t, r)
	if e != 0 || w.m.AS(res.Space).Find(0) == nil || w.word(t, res, 0) != 0 {
		t.Error("MMAP_PAGE_ZERO did not map page zero for root")
	}
	w.end(t, res)
	r.Creds.EUID = 1000
	if res, _ = w.run(t, r); w.m.AS(res.Space).Find(0) != nil {
		t.Error("MMAP_PAGE_ZERO mapped page zero for a user")
	}
	w.end(t, res)
}

func TestScriptChain(t *testing.T) {
	w := newWorld(t)
	w.add("/usr/bin/node", staticELF())
	f := w.add("./script", []byte("#! /usr/bin/node   --experimental-module \nrest"))
	res, e := w.run(t, request(f, "./script", "A", "B", "C"))
	if e != 0 {
		t.Fatal(e.Name())
	}
	want := "/usr/bin/node --experimental-module ./script B C"
	if got := strings.Join(w.argv(t, res), " "); got != want {
		t.Errorf("argv %q", got)
	}
	if res.Comm != "script" || res.Binprm.Interp != "/usr/bin/node" || res.Binprm.Filename != "./script" || res.Binprm.Argc != 5 {
		t.Errorf("%+v", res.Binprm)
	}
	var chain []string
	for _, s := range res.Steps {
		chain = append(chain, s.Format+":"+s.Errno.Name())
	}
	if got := strings.Join(chain, " "); got != "script:OK script:ENOEXEC elf:OK" {
		t.Errorf("chain %s", got)
	}
	w.end(t, res)
}

func (w *world) argv(t testing.TB, res Result) []string {
	var list []string
	for i := range w.word(t, res, res.SP) {
		list = append(list, w.text(t, res, w.word(t, res, res.SP+8+i*8)))
	}
	return list
}

func TestScriptRecursion(t *testing.T) {
	for depth, want := range map[int]abi.Errno{5: 0, 6: abi.ELOOP} {
		w := newWorld(t)
		w.add("/s0", staticELF())
		for i := 1; i <= depth; i++ {
			w.add("/s"+string(rune('0'+i)), []byte("#!/s"+string(rune('0'+i-1))+"\n"))
		}
		res, e := w.run(t, request(FileRef(depth+1), "/s", "s"))
		if e != want {
			t.Errorf("%d scripts: %s, want %s", depth, e.Name(), want.Name())
		}
		w.end(t, res)
	}
}

func TestShebang(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		line      string
		name, arg string
		ok        bool
	}{
		{"#!/bin/sh\n", "/bin/sh", "none", true},
		{"#!/bin/sh", "/bin/sh", "none", true},
		{"#! \t/bin/sh \t \n", "/bin/sh", "none", true},
		{"#!/bin/sh -e -x  \n", "/bin/sh", "-e -x", true},
		{"#!/bin/sh\t-e", "/bin/sh", "-e", true},
		{"#!/bin/sh ", "/bin/sh", "", true},
		{"#!/bin/sh\x00 junk\n", "/bin/sh", "none", true},
		{"#!/bin/sh -a\x00b\n", "/bin/sh", "-a", true},
		{"#!/bin/sh\r\n", "/bin/sh\r", "none", true},
		{"#!\n", "", "", false},
		{"#!   \n", "", "", false},
		{"#!" + strings.Repeat(" ", 300), "", "", false},
		{"#!", "", "none", true},
		{"#!/" + long, "", "", false},
		{"#!/bin/sh " + long, "/bin/sh", long[:245], true},
		{"#!/" + long[:251] + " " + long, "/" + long[:251], "none", true},
		{"#!/" + long[:250] + " " + long, "/" + long[:250], "x", true},
		{"#!/" + long[:252] + " ", "/" + long[:252], "none", true},
		{"#!/" + long[:252] + "\n", "/" + long[:252], "none", true},
		{"#!/" + long[:253] + "\n", "", "", false},
	} {
		var buf [bufSize]byte
		copy(buf[:], c.line)
		name, arg, ok := parseShebang(&buf)
		got := string(arg)
		if arg == nil && ok {
			got = "none"
		}
		if ok != c.ok || ok && (string(name) != c.name || got != c.arg) {
			t.Errorf("%.40q: %q %q %v", c.line, name, got, ok)
		}
	}
}

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
		{"PIE without segments", makeELF(abi.ET_DYN, 0, 0x1000, seg{typ: abi.PT_NOTE}), 0, true},
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

func TestArgumentLimits(t *testing.T) {
	w := newWorld(t)
	f := w.add("/p", staticELF())
	r := request(f, "/p")
	r.Argv = [][]byte{make([]byte, maxArgLen-1)}
	for i := range r.Argv[0] {
		r.Argv[0][i] = 'x'
	}
	res, e := w.run(t, r)
	if e != 0 || w.text(t, res, w.word(t, res, res.SP+8)) != string(r.Argv[0]) {
		t.Errorf("longest argument: %s", e.Name())
	}
	w.end(t, res)
	long := append(r.Argv[0], 'x')
	r.Argv = [][]byte{long}
	if _, e := w.run(t, r); e != abi.E2BIG {
		t.Errorf("one byte more: %s", e.Name())
	}
	r.Argv = nil
	for range 20 {
		r.Argv = append(r.Argv, long[:100000])
	}
	res, e = w.run(t, r)
	if e != 0 {
		t.Errorf("2 MB of arguments: %s", e.Name())
	}
	w.end(t, res)
	r.Argv = append(r.Argv, r.Argv...)
	if _, e := w.run(t, r); e != abi.E2BIG {
		t.Errorf("a quarter of the stack is the limit: %s", e.Name())
	}
}

func FuzzExec(f *testing.F) {
	f.Add(staticELF())
	f.Add([]byte("#!/bin/true -x\n"))
	f.Add(makeELF(abi.ET_DYN, 0x1000, 0x2000, seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x2000, memsz: 0x2000, align: 0x200000}))
	dyn := makeELF(abi.ET_DYN, 0x1000, 0x2000, seg{typ: abi.PT_INTERP, off: 0x800, filesz: 10, memsz: 10}, seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x2000, memsz: 0x2000})
	copy(dyn[0x800:], "/bin/true\x00")
	f.Add(dyn)
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWorld(t)
		file := w.add("/fuzz", data)
		w.add("/bin/true", data)
		res, _ := w.run(t, request(file, "/fuzz", "a", "b"))
		if res.Space != 0 {
			var b [16]byte
			w.m.CopyIn(res.Space, b[:], res.Entry)
		}
		w.end(t, res)
	})
}
