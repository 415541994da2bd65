package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// vdsoLabels are the places in the vDSO that the kernel must know, and their names in Go.
var vdsoLabels = []struct{ name, label string }{
	{"VDSOVsyscall", "__kernel_vsyscall"}, {"VDSOLandingPad", "int80_landing_pad"},
	{"VDSOSigreturn", "__kernel_sigreturn"}, {"VDSORtSigreturn", "__kernel_rt_sigreturn"},
}

// buildVDSO makes the shared library of 32-bit programs: unlike the other images an ELF file, without what only
// debuggers of the library itself read.
func (a *assembler) buildVDSO() (*image, error) {
	in := func(name string) string { return filepath.Join(a.tmp, name) }
	im := &image{name: "vdso32"}
	for _, c := range [][]string{
		{"gcc", "-m32", "-c", filepath.Join(a.dir, "vdso32.S"), "-o", in("vdso32.o")},
		{"ld", "-m", "elf_i386", "-nostdlib", "-shared", "-soname=linux-gate.so.1", "--hash-style=both", "--eh-frame-hdr", "-Bsymbolic",
			"-z", "noexecstack", "-z", "max-page-size=4096", "--build-id=none", "-T", filepath.Join(a.dir, "vdso32.lds"), "-o", in("vdso32.elf"), in("vdso32.o")},
		{"objcopy", "-S", in("vdso32.elf"), in("vdso32.so")},
	} {
		if _, err := run(c[0], c[1:]...); err != nil {
			return nil, err
		}
	}
	var err error
	if im.bytes, err = os.ReadFile(in("vdso32.so")); err != nil {
		return nil, err
	}
	if len(im.bytes) > 4096 {
		return nil, fmt.Errorf("vdso32.so has %d bytes, more than a page", len(im.bytes))
	}
	im.symbols, err = symbols(in("vdso32.elf"))
	return im, err
}

// find is the address of a label.
func (im *image) find(label string) (uint64, error) {
	for _, s := range im.symbols {
		if s.Name == label {
			return s.Addr, nil
		}
	}
	return 0, fmt.Errorf("%s has no label %s", im.name, label)
}
