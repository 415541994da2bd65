package exec

import (
	"encoding/binary"
	"path/filepath"
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

	setID   map[FileRef]SetID
	allowed []FileRef // what may be written to again
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
			return d.add(n, d.data[i]), abi.OK // every open is another FileRef
		}
	}
	return 0, abi.ENOENT
}
func (d *disk) Close(FileRef) { d.opened-- }
func (d *disk) ReadAt(f FileRef, p []byte, off uint64) (int, abi.Errno) {
	data := d.data[f-1]
	if off >= uint64(len(data)) {
		return 0, abi.OK
	}
	return copy(p, data[off:]), abi.OK
}
func (d *disk) Reopen(f FileRef) FileRef {
	d.opened++
	return d.add(d.names[f-1], d.data[f-1])
}
func (d *disk) SetID(f FileRef) SetID      { return d.setID[f] }
func (d *disk) Readable(f FileRef) bool    { return d.names[f-1] != "unreadable" }
func (d *disk) FreeFD() (int32, abi.Errno) { return 3, abi.OK }
func (d *disk) Allow(f FileRef)            { d.allowed = append(d.allowed, f) }
func (d *disk) Object(f FileRef) uint32    { return uint32(f) }

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
	return f, abi.OK
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
	if e := d.m.InitKernel(1); e != abi.OK {
		t.Fatal(e)
	}
	return &world{New(d.m, d, &MiscState{}), d, d.m.FreeFrames()}
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
	if e == abi.OK && res.File != r.File {
		w.Close(res.File)
	}
	if e != abi.OK && res.Space != 0 {
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
	if e != abi.OK {
		t.Fatalf("%#x: %s", va, e.Name())
	}
	return v
}

func (w *world) text(t testing.TB, res Result, va uint64) string {
	t.Helper()
	s, e := w.m.CopyString(res.Space, va, 1<<20)
	if e != abi.OK {
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
