package load_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"vitrine/engine"
	"vitrine/engine/cpu"
	"vitrine/engine/load"
)

// patched is a copy of file with 32-bit numbers replaced.
func patched(file []byte, at map[int]uint32) []byte {
	b := bytes.Clone(file)
	for off, v := range at {
		binary.LittleEndian.PutUint32(b[off:], v)
	}
	return b
}

// fakeLinux is a bzImage whose kernel is one HLT at the 64-bit entry.
func fakeLinux() []byte {
	b := make([]byte, 4096)
	b[0x1f1] = 1
	binary.LittleEndian.PutUint16(b[0x1fe:], 0xaa55)
	b[0x200], b[0x201] = 0xeb, 0x66
	copy(b[0x202:], "HdrS")
	binary.LittleEndian.PutUint16(b[0x206:], 0x20f)
	b[0x211] = 1
	binary.LittleEndian.PutUint32(b[0x22c:], 0x7fffffff)
	binary.LittleEndian.PutUint32(b[0x230:], 0x200000)
	b[0x234], b[0x236] = 1, 1
	binary.LittleEndian.PutUint32(b[0x238:], 64)
	binary.LittleEndian.PutUint64(b[0x258:], 0x1000000)
	binary.LittleEndian.PutUint32(b[0x260:], 0x100000)
	b[1024+0x200] = 0xf4
	return b
}

// TestRefused: each error says what is wrong.
func TestRefused(t *testing.T) {
	elf := build(t, forms[0].cc, forms[0].ld, false)
	flat := build(t, forms[2].cc, forms[2].ld, true)
	linux := fakeLinux()
	header := bytes.Index(flat, []byte{0x02, 0xb0, 0xad, 0x1b})
	inELF := bytes.Index(elf, []byte{0x02, 0xb0, 0xad, 0x1b})
	ph := int(binary.LittleEndian.Uint32(elf[28:]))
	const magic = 0x1badb002
	flagsAt := func(at int, v uint32) map[int]uint32 { return map[int]uint32{at + 4: v, at + 8: -(magic + v)} }
	for _, c := range []struct {
		name    string
		kernel  []byte
		request load.Request
		want    string
	}{
		{"empty", nil, load.Request{}, "neither a multiboot image nor a bzImage"},
		{"ELF without header", patched(elf, map[int]uint32{inELF: 0}), load.Request{}, "no multiboot header in its first 8192"},
		{"multiboot 2", append([]byte{0xd6, 0x50, 0x52, 0xe8, 0, 0, 0, 0, 16, 0, 0, 0}, 0x1a, 0xaf, 0xad, 0x17), load.Request{}, "multiboot 2"},
		{"video", patched(elf, flagsAt(inELF, 7)), load.Request{}, "video"},
		{"unknown flags", patched(elf, flagsAt(inELF, 0x13)), load.Request{}, "something unknown"},
		{"neither ELF nor addresses", patched(flat, flagsAt(header, 3)), load.Request{}, "no addresses"},
		{"outside of memory", patched(elf, map[int]uint32{ph + 12: 0xfffff000}), load.Request{}, "there is 0x0–0x9fc00 and 0x100000–0x2000000"},
		{"video memory", patched(elf, map[int]uint32{ph + 12: 0xa0000}), load.Request{}, "needs memory from 0xa0000"},
		{"huge", patched(elf, map[int]uint32{ph + 20: 0xffffffff}), load.Request{}, "needs memory from"},
		{"more in the file than in memory", patched(elf, map[int]uint32{ph + 20: 1}), load.Request{}, "in memory"},
		{"behind the file", patched(elf, map[int]uint32{ph + 4: 0x7fffffff}), load.Request{}, "behind the end of the file"},
		{"entry", patched(elf, map[int]uint32{24: 0x500}), load.Request{}, "lies in no segment"},
		{"many segments", patched(elf, map[int]uint32{44: 0xffff}), load.Request{}, "too many"},
		{"header above load address", patched(flat, map[int]uint32{header + 12: 0}), load.Request{}, "do not fit"},
		{"load end below", patched(flat, map[int]uint32{header + 20: 1}), load.Request{}, "below the load address"},
		{"bss end below", patched(flat, map[int]uint32{header + 24: 1}), load.Request{}, "bss end"},
		{"entry outside", patched(flat, map[int]uint32{header + 28: 1}), load.Request{}, "outside of the kernel"},
		{"module too large", elf, load.Request{Initrd: make([]byte, 32<<20)}, "no room for the module"},
		{"old Linux", patched(linux, map[int]uint32{0x206: 0x20b}), load.Request{}, "2.11 is older than 2.12"},
		{"32-bit Linux", patched(linux, map[int]uint32{0x234: 1}), load.Request{}, "no 64-bit entry"},
		{"low Linux", patched(linux, map[int]uint32{0x210: 0}), load.Request{}, "below 1 MiB"},
		{"no kernel", linux[:1024], load.Request{}, "ends before the kernel"},
		{"short header", patched(linux, map[int]uint32{0x200: 0x6448_10eb}), load.Request{}, "setup header ends"},
		{"alignment", patched(linux, map[int]uint32{0x230: 3}), load.Request{}, "power of two"},
		{"large Linux", patched(linux, map[int]uint32{0x260: 0x40000000}), load.Request{}, "see -mem"},
		{"long command line", linux, load.Request{Append: strings.Repeat("x", 65)}, "takes 64"},
		{"large initrd", linux, load.Request{Initrd: make([]byte, 16<<20)}, "no room for the initrd"},
	} {
		c.request.Kernel = c.kernel
		_, err := load.Boot(newMachine(), &c.request)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want … %s …", c.name, err, c.want)
		}
	}
}

// TestOverlap: two segments at one place.
func TestOverlap(t *testing.T) {
	elf := build(t, forms[0].cc, forms[0].ld, false)
	ph := int(binary.LittleEndian.Uint32(elf[28:]))
	n := int(binary.LittleEndian.Uint16(elf[44:]))
	loads := 0
	for i := range n {
		at := ph + 32*i
		if binary.LittleEndian.Uint32(elf[at:]) == 1 {
			binary.LittleEndian.PutUint32(elf[at+12:], 0x101000)
			loads++
		}
	}
	_, err := load.Boot(newMachine(), &load.Request{Kernel: elf})
	if overlap := err != nil && strings.Contains(err.Error(), "overlaps"); overlap != (loads > 1) {
		t.Errorf("%d segments: %v", loads, err)
	}
}

// TestLinuxEntry checks the state that the 64-bit boot protocol promises.
func TestLinuxEntry(t *testing.T) {
	m := newMachine()
	if _, err := load.Boot(m, &load.Request{Kernel: fakeLinux(), Append: "quiet", Initrd: []byte("an initrd")}); err != nil {
		t.Fatal(err)
	}
	s, ram := &m.CPU.S, m.RAM
	zero := s.R[cpu.RSI]
	if s.RIP != 0x1000200 || s.Seg[cpu.CS].Sel != 0x10 || s.Seg[cpu.DS].Sel != 0x18 || s.RFLAGS != 2 || s.EFER&cpu.EFERLMA == 0 {
		t.Errorf("%+v", s.Seg)
	}
	if got := ram.Bytes[ram.Read32(zero+0x228):][:6]; string(got) != "quiet\x00" {
		t.Errorf("command line %q", got)
	}
	if got := ram.Bytes[ram.Read32(zero+0x218):][:ram.Read32(zero+0x21c)]; string(got) != "an initrd" {
		t.Errorf("initrd %q", got)
	}
	if n := ram.Read8(zero + 0x1e8); n != 6 || ram.Read64(zero+0x2d0+3*20) != 1<<20 {
		t.Errorf("%d entries in the memory map", n)
	}
	m.Run(10)
	if !s.Halted || s.RIP != 0x1000201 {
		t.Errorf("the kernel did not run: RIP %#x", s.RIP)
	}
}

// FuzzBoot loads anything: it is refused, or it is put into memory. One machine is enough, for the loader reads nothing
// from it.
func FuzzBoot(f *testing.F) {
	for _, form := range forms {
		f.Add(build(f, form.cc, form.ld, form.flat), []byte("module"), "a=b")
	}
	f.Add(fakeLinux(), []byte("initrd"), "quiet")
	f.Add([]byte(nil), []byte(nil), "")
	m := engine.New(engine.Config{RAM: 18 << 20})
	f.Fuzz(func(t *testing.T, kernel, initrd []byte, line string) {
		k, err := load.Boot(m, &load.Request{Kernel: kernel, Initrd: initrd, Append: line})
		if err == nil && k.Format == "" {
			t.Error("loaded, but what?")
		}
	})
}
