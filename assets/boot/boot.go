// Package boot holds the machine code of the boot: the ROM, the boot sector and the kernel image with the kernel's
// doors. The sources are the .S files beside it; `go run ./scripts/gen boot` assembles them into boot_gen.go.
package boot

import "bytes"

// Symbol is a label of the machine code. Addr is where it runs: physical in the ROM, the boot sector and the setup
// code, virtual in the rest of the kernel image.
type Symbol struct {
	Addr, Size uint64
	Name       string
}

// ROM returns the 64 KiB of the ROM chip. The code lies at its end, below the reset vector; the rest is erased flash.
func ROM() []byte {
	p := bytes.Repeat([]byte{0xff}, ROMSize)
	copy(p[ROMSize-len(romCode):], romCode)
	return p
}

// BootSector returns the first 446 bytes of the disk's first sector. The partition table follows them.
func BootSector() []byte { return []byte(bootSector) }

// Kernel returns the kernel image as it stands on the disk from sector 1 on, in whole sectors. It runs at KernelPhys.
func Kernel() []byte { return []byte(kernel) }

// VDSO returns the shared library that 32-bit programs find mapped (vdso32.S). The constants VDSO… are offsets in it.
func VDSO() []byte { return []byte(vdso) }

// Addr returns the address of a label.
func Addr(name string) uint64 { return Find(name).Addr }

// Find returns a label; asking for one that does not exist is a bug of the caller.
func Find(name string) Symbol {
	for _, s := range Symbols {
		if s.Name == name {
			return s
		}
	}
	panic("BUG: no such label in the boot code: " + name)
}

// Phys returns the physical address of a label of the kernel image.
func Phys(name string) uint64 {
	a := Addr(name)
	if a >= KernelBase {
		return a - KernelBase
	}
	return a
}

// Lookup names the code at an address: the last label at or below it, and the distance. ok is false outside the
// boot code.
func Lookup(addr uint64) (name string, off uint64, ok bool) {
	for i := len(Symbols) - 1; i >= 0; i-- {
		s := Symbols[i]
		if s.Addr <= addr && addr-s.Addr < s.Size {
			return s.Name, addr - s.Addr, true
		}
	}
	return "", 0, false
}

// zeros keeps the generated file short.
func zeros(n int) string { return string(make([]byte, n)) }
