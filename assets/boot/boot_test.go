package boot

import (
	"bytes"
	"debug/elf"
	"testing"
)

func TestSizes(t *testing.T) {
	if n := len(ROM()); n != ROMSize {
		t.Errorf("ROM of %d bytes", n)
	}
	if n := len(BootSector()); n > partitionTable {
		t.Errorf("the boot sector's code has %d bytes", n)
	}
	if n := len(Kernel()); n%sectorSize != 0 || KernelLBA*sectorSize+n > PartitionLBA*sectorSize || LoadBase+n > 0x9fc00 {
		t.Errorf("a kernel image of %d bytes does not fit", n)
	}
}

func TestResetVector(t *testing.T) {
	rom := ROM()
	if rom[ROMSize-16] != 0xea {
		t.Errorf("the reset vector is no far jump: % x", rom[ROMSize-16:])
	}
	if a := Addr("reset_vector"); a != ROMBase+ROMSize-16 {
		t.Errorf("reset_vector at %#x", a)
	}
}

func TestDiskHead(t *testing.T) {
	d := DiskHead(100)
	if d[510] != 0x55 || d[511] != 0xaa || d[446+4] != 0x83 || d[446+8] != 0 || d[446+9] != 8 || d[446+12] != 100 {
		t.Errorf("sector 0 ends in % x", d[446:512])
	}
	if !bytes.HasPrefix(d[512:], Kernel()) {
		t.Error("the kernel image is not in sector 1")
	}
}

func TestInitPages(t *testing.T) {
	begin, end := Addr("__init_begin"), Addr("__init_end")
	if begin%4096 != 0 || end%4096 != 0 || begin != KernelBase+KernelPhys {
		t.Errorf("init pages %#x to %#x", begin, end)
	}
	for _, name := range []string{"start_kernel", "setup_arch", "mount_root", "higher_half", "level3_ident_pgt"} {
		if a := Addr(name); a < begin || a >= end {
			t.Errorf("%s is not in the init pages", name)
		}
	}
	for _, name := range []string{"rest_init", "free_initmem", "kernel_init", "cpu_idle", "idt_stubs", "percpu", "init_top_pgt"} {
		if a := Addr(name); a < end {
			t.Errorf("%s would be freed", name)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		addr uint64
		name string
		off  uint64
	}{
		{0x7c00, "boot_sector", 0}, {0x7c01, "boot_sector", 1}, {0x100000, "startup_32", 0},
		{Addr("cpu_idle") + 1, "cpu_idle", 1}, {Addr("idt_stubs") + 14*16 + 2, "asm_exc_page_fault", 2},
	} {
		if name, off, ok := Lookup(c.addr); name != c.name || off != c.off || !ok {
			t.Errorf("%#x: %s+%#x, %v", c.addr, name, off, ok)
		}
	}
	if name, _, ok := Lookup(0x5000); ok {
		t.Errorf("0x5000 is in %s", name)
	}
}

// TestStubs checks that each vector's stub pushes its number, after a 0 where the CPU pushes no error code.
func TestStubs(t *testing.T) {
	errorCode := map[int]bool{8: true, 10: true, 11: true, 12: true, 13: true, 14: true, 17: true, 21: true, 29: true, 30: true}
	base := Addr("idt_stubs") - KernelBase - KernelPhys
	for v := range 256 {
		code := Kernel()[int(base)+16*v:]
		if !errorCode[v] {
			if code[0] != 0x6a || code[1] != 0 {
				t.Errorf("vector %d: no error code is pushed: % x", v, code[:4])
			}
			code = code[2:]
		}
		pushed := int(code[1])
		if code[0] == 0x68 {
			pushed |= int(code[2]) << 8
		} else if code[0] != 0x6a {
			t.Errorf("vector %d: no push: % x", v, code[:4])
		}
		if pushed != v {
			t.Errorf("vector %d: pushes %d", v, pushed)
		}
	}
}

// TestVDSO reads the library as a dynamic linker does.
func TestVDSO(t *testing.T) {
	f, err := elf.NewFile(bytes.NewReader(VDSO()))
	if err != nil {
		t.Fatal(err)
	}
	load := f.Progs[0]
	if f.Class != elf.ELFCLASS32 || f.Machine != elf.EM_386 || f.Type != elf.ET_DYN || f.Entry != VDSOVsyscall || len(VDSO()) > 4096 ||
		load.Type != elf.PT_LOAD || load.Off != 0 || load.Vaddr != 0 || load.Flags != elf.PF_R|elf.PF_X {
		t.Errorf("%+v %+v", f.FileHeader, load.ProgHeader)
	}
	if names, err := f.DynString(elf.DT_SONAME); err != nil || len(names) != 1 || names[0] != "linux-gate.so.1" {
		t.Error(names, err)
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]uint64{"__kernel_vsyscall": VDSOVsyscall, "__kernel_sigreturn": VDSOSigreturn, "__kernel_rt_sigreturn": VDSORtSigreturn}
	for _, s := range symbols {
		if at, ok := want[s.Name]; ok && (s.Value != at || s.Version != "LINUX_2.5" || elf.ST_TYPE(s.Info) != elf.STT_FUNC || s.Size == 0) {
			t.Errorf("%+v, want it at %#x", s, at)
		}
		delete(want, s.Name)
	}
	if len(want) != 0 {
		t.Errorf("missing: %v", want)
	}
	if code := VDSO()[VDSOLandingPad-4:]; !bytes.HasPrefix(code, []byte{0x0f, 0x34, 0xcd, 0x80, 0x5d}) {
		t.Errorf("before the landing pad: % x", code[:5])
	}
}
