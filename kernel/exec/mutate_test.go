package exec

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"vitrine/kernel/abi"
)

// Programs with damaged headers, scripts and registered formats, by the thousand: the loader takes or refuses them, and
// in the end everything is where it was.

var (
	mutantsFlag = flag.Int("mutants", 20000, "how many damaged programs to start")
	mutantsSeed = flag.Int64("mutantseed", 1, "the first seed of damage")
)

// hospital is a world that is used again and again.
type hospital struct {
	*world
	frames int
}

// admit puts files into an empty world and executes the first.
func (h *hospital) admit(t testing.TB, line []byte, files ...[]byte) (started bool) {
	h.names, h.data = h.names[:0], h.data[:0]
	for i, name := range []string{"/tmp/a.out", "/lib/ld.so", "/bin/sh"} {
		h.add(name, files[i%len(files)])
	}
	if len(line) > 0 {
		h.Loader.register(line)
	}
	res, _ := h.run(t, request(1, "/tmp/a.out", "a", "b"))
	if res.Space != 0 {
		h.lookAround(res)
	}
	if res.ExecFile > 1 { // opened on the way, and the program's own descriptor now
		h.Close(res.ExecFile)
	}
	h.Loader.remove(func(*MiscEntry) bool { return true })
	h.end(t, res)
	for _, f := range h.pages {
		h.m.PutFrame(f)
	}
	clear(h.pages)
	clear(h.maps)
	if got := h.m.FreeFrames(); got != h.frames {
		t.Fatalf("%d frames leaked", h.frames-got)
	}
	return res.Space != 0
}

// lookAround touches what a program that starts touches: its first instruction, its stack, a byte of every mapping.
func (h *hospital) lookAround(res Result) {
	as := h.m.AS(res.Space)
	var places []uint64
	for v := range as.VMAs.All() {
		places = append(places, v.Start, v.End-1)
	}
	b := []byte{0}
	for _, va := range append(places, res.Entry, res.SP, as.Brk) {
		h.m.CopyIn(res.Space, b, va)
		h.m.CopyOut(res.Space, va, b)
	}
}

func newHospital(t testing.TB) *hospital {
	w := newWorld(t)
	return &hospital{world: w, frames: w.m.FreeFrames()}
}

// makeELF32 is makeELF for i386.
func makeELF32(typ uint16, entry uint32, size int, segs ...seg) []byte {
	h := ehdr32{Type: typ, Machine: abi.EM_386, Version: 1, Entry: entry, Phoff: abi.Ehdr32Size, Ehsize: abi.Ehdr32Size,
		Phentsize: abi.Phdr32Size, Phnum: uint16(len(segs))}
	copy(h.Ident[:], "\x7fELF\x01\x01\x01")
	b, _ := binary.Append(nil, binary.LittleEndian, &h)
	for _, s := range segs {
		p := phdr32{s.typ, uint32(s.off), uint32(s.vaddr), uint32(s.vaddr), uint32(s.filesz), uint32(s.memsz), s.flags, 0x1000}
		b, _ = binary.Append(b, binary.LittleEndian, &p)
	}
	return append(b, bytes.Repeat([]byte{'A'}, size-len(b))...)
}

// healthy are programs of every sort, with an interpreter's name where one belongs.
func healthy(t testing.TB) [][]byte {
	load := func(off, vaddr, filesz, memsz uint64, flags uint32) seg {
		return seg{typ: abi.PT_LOAD, flags: flags, off: off, vaddr: vaddr, filesz: filesz, memsz: memsz}
	}
	interp := seg{typ: abi.PT_INTERP, off: 0x800, filesz: 11, memsz: 11}
	stack := seg{typ: abi.PT_GNU_STACK, flags: rw}
	tls := seg{typ: abi.PT_TLS, flags: abi.PF_R, off: 0x900, vaddr: 0x900, filesz: 16, memsz: 64}
	dynamic := makeELF(abi.ET_DYN, 0x1000, 0x3000, interp, load(0, 0, 0x1800, 0x1800, rx), load(0x1800, 0x3800, 0x800, 0x3000, rw), tls, stack)
	fixed := makeELF(abi.ET_EXEC, 0x401000, 0x3000, interp, load(0, 0x400000, 0x1800, 0x1800, rx), load(0x2000, 0x404000, 0x800, 0x900, rw), stack)
	narrow := makeELF32(abi.ET_EXEC, 0x8049000, 0x3000, load(0, 0x8048000, 0x1800, 0x1800, rx), load(0x1800, 0x804b800, 0x100, 0x2000, rw), stack)
	loose := makeELF32(abi.ET_DYN, 0x1000, 0x2000, interp, load(0, 0, 0x1800, 0x1900, rx))
	for _, b := range [][]byte{dynamic, fixed, loose} {
		copy(b[0x800:], "/lib/ld.so\x00")
	}
	own, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	return [][]byte{staticELF(), dynamic, fixed, narrow, loose, own[:8<<10],
		makeELF(abi.ET_DYN, 0x1000, 0x2000, seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x2000, memsz: 0x2000, align: 0x200000}),
		[]byte("#!/bin/sh -e\necho\n"), []byte("#!/lib/ld.so\n"), []byte("#! \t/tmp/a.out  a b \r\n"), []byte("text")}
}

// edges are values that headers are damaged with.
var edges = []uint64{0, 1, 2, 3, 0x10, 0x38, 0xfff, 0x1000, 0x1001, 0x3fffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffff000, 1 << 32, 1 << 46,
	0x7ffffffff000, 0x7fffffffffff, 1 << 47, 1 << 63, 1<<63 - 1, ^uint64(0), ^uint64(0xfff)}

// damage changes a few fields, bytes or headers of a program.
func damage(r *rand.Rand, whole []byte) []byte {
	b := bytes.Clone(whole)
	for range 1 + r.IntN(4) {
		head := min(len(b), 64+56*6)
		if head < 16 {
			return append(b, byte(r.IntN(256)))
		}
		at := r.IntN(head - 8)
		switch r.IntN(8) {
		case 0:
			b[at] = byte(r.IntN(256))
		case 1, 2:
			binary.LittleEndian.PutUint64(b[at&^7:], edges[r.IntN(len(edges))])
		case 3:
			binary.LittleEndian.PutUint32(b[at&^3:], uint32(edges[r.IntN(len(edges))]))
		case 4:
			binary.LittleEndian.PutUint16(b[at&^1:], uint16(edges[r.IntN(len(edges))]))
		case 5:
			copy(b[at:at+8], b[r.IntN(head-8):])
		case 6:
			b = b[:16+r.IntN(len(b)-15)]
		case 7:
			binary.LittleEndian.PutUint64(b[at&^7:], binary.LittleEndian.Uint64(b[at&^7:])+uint64(r.IntN(0x3000))-0x1800)
		}
	}
	return b
}

// lines are registrations to damage.
var lines = []string{":e:E::out::/bin/sh:", ":m:M::\\x7fELF::/bin/sh:POC", ":m:M:1:ELF:\\xff\\xff\\xff:/lib/ld.so:F", ":n:M:0:#!::/tmp/a.out:P"}

func damageLine(r *rand.Rand) []byte {
	b := []byte(lines[r.IntN(len(lines))])
	for range r.IntN(3) {
		b[r.IntN(len(b))] = ":\\x\x00EMPOCF/0123456789\n"[r.IntN(21)]
	}
	return b
}

// TestMutants: twenty thousand damaged programs, or as many as -mutants says.
func TestMutants(t *testing.T) {
	h, programs := newHospital(t), healthy(t)
	started, slowest := 0, time.Duration(0)
	for i := range *mutantsFlag {
		r := rand.New(rand.NewPCG(uint64(*mutantsSeed)+uint64(i), 1))
		var files [][]byte
		for range 3 {
			b := programs[r.IntN(len(programs))]
			if r.IntN(3) > 0 {
				b = damage(r, b)
			}
			files = append(files, b)
		}
		var line []byte
		if r.IntN(4) == 0 {
			line = damageLine(r)
		}
		began := time.Now()
		if h.admit(t, line, files...) {
			started++
		}
		slowest = max(slowest, time.Since(began))
		if t.Failed() {
			t.Fatalf("-mutantseed=%d", *mutantsSeed+int64(i))
		}
		if i%256 == 0 {
			if err := h.m.Check(); err != nil {
				t.Fatalf("-mutantseed=%d or a little before: %v", *mutantsSeed+int64(i), err)
			}
		}
	}
	t.Logf("%d programs, %d of them started, the slowest took %v", *mutantsFlag, started, slowest)
}

// FuzzMutants executes any program with any interpreter and any registration.
func FuzzMutants(f *testing.F) {
	h := newHospital(f)
	programs := healthy(f)
	for i, p := range programs {
		f.Add(p, programs[(i+1)%len(programs)], []byte(lines[i%len(lines)]))
	}
	f.Fuzz(func(t *testing.T, program, other, line []byte) {
		h.admit(t, line, program, other)
		if err := h.m.Check(); err != nil {
			t.Error(err)
		}
	})
}
