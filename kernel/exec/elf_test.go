package exec

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
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
	if e != abi.OK {
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
		if e := w.m.CopyIn(res.Space, b[:], c.va); e != abi.OK || b[0] != c.want {
			t.Errorf("byte at %#x is %q (%s), want %q", c.va, b[0], e.Name(), c.want)
		}
	}
	if as.StartBrk != 0x406000 || as.Brk != as.StartBrk {
		t.Errorf("brk %#x", as.StartBrk)
	}
	stack := as.Find(res.SP)
	if stack == nil || stack.Flags&(mm.VM_EXEC|mm.VM_GROWSDOWN) != mm.VM_GROWSDOWN || as.Name(stack) != "[stack]" || stack.Len() != 0x21000 {
		t.Errorf("stack %+v", stack)
	}
	if e := w.m.CopyOut(res.Space, 0x401000, []byte{1}); e != abi.EFAULT {
		t.Error("the text is writable")
	}
	w.end(t, res)
}

func TestStaticPIE(t *testing.T) {
	w := newWorld(t)
	f := w.add("/pie", makeELF(abi.ET_DYN, 0x1000, 0x3000,
		seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x1800, memsz: 0x1800},
		seg{typ: abi.PT_LOAD, flags: rw, off: 0x2000, vaddr: 0x3000, filesz: 0x100, memsz: 0x2000}))
	res, e := w.run(t, request(f, "/pie", "pie"))
	if e != abi.OK {
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
	if e != abi.OK {
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

// elf32 is a static 32-bit program of one segment, and of data that ends in the middle of a page.
func elf32() []byte {
	var b bytes.Buffer
	h := ehdr32{Type: abi.ET_EXEC, Machine: abi.EM_386, Version: 1, Entry: 0x8048100, Phoff: abi.Ehdr32Size,
		Ehsize: abi.Ehdr32Size, Phentsize: abi.Phdr32Size, Phnum: 2}
	copy(h.Ident[:], "\x7fELF\x01\x01\x01")
	binary.Write(&b, binary.LittleEndian, h)
	binary.Write(&b, binary.LittleEndian, []phdr32{
		{Type: abi.PT_LOAD, Vaddr: 0x8048000, Filesz: 0x1000, Memsz: 0x1000, Flags: rx, Align: 0x1000},
		{Type: abi.PT_LOAD, Offset: 0x1000, Vaddr: 0x8049000, Filesz: 0x123, Memsz: 0x3000, Flags: rw, Align: 0x1000}})
	return append(b.Bytes(), bytes.Repeat([]byte{'D'}, 0x2000)...)
}

func TestCompatELF(t *testing.T) {
	w := newWorld(t)
	f := w.add("/bin/prog", elf32())
	res, e := w.run(t, request(f, "/bin/prog", "prog"))
	if e != abi.OK || res.Entry != 0x8048100 || res.SP >= mm.TaskSize32 {
		t.Fatalf("%s: entry %#x SP %#x %v", e.Name(), res.Entry, res.SP, res.Steps)
	}
	as := w.m.AS(res.Space)
	var tail [4]byte
	w.m.CopyIn(res.Space, tail[:], 0x8049121)
	if as.TaskSize != mm.TaskSize32 || tail != [4]byte{'D', 'D', 0, 0} || as.StartBrk != 0x804c000 || !as.ReadImpliesExec {
		t.Errorf("ends at %#x, data % x, heap at %#x", as.TaskSize, tail, as.StartBrk)
	}
	var stack [8]byte // argc and argv[0]
	w.m.CopyIn(res.Space, stack[:], res.SP)
	if argv := binary.LittleEndian.Uint32(stack[4:]); stack[0] != 1 || w.text(t, res, uint64(argv)) != "prog" {
		t.Errorf("the stack begins with % x", stack)
	}
	w.end(t, res)
}

func FuzzExec(f *testing.F) {
	f.Add(staticELF())
	f.Add(elf32())
	f.Add([]byte("#!/bin/true -x\n"))
	if real, err := os.ReadFile(os.Args[0]); err == nil {
		f.Add(real[:16<<10]) // this test's own headers
	}
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
