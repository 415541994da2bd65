// Package load puts other people's kernels into a machine that has just been switched on: what a boot loader does,
// without one. It knows multiboot 1 images (multiboot.go) and Linux's bzImage (linux.go). What it writes follows from
// the request alone, so the request is part of what determines a run.
package load

import (
	"bytes"
	"errors"

	"vitrine/engine"
)

// Request is what is to be loaded.
type Request struct {
	Kernel []byte
	Append string // the kernel's command line
	Initrd []byte // Linux's initrd, or multiboot's one module; nil when there is none

	// What the BIOS left in memory: interrupt vectors with the data area behind them, and the extended data area. Without
	// them a kernel finds no BIOS to call.
	BIOSData     [bdaEnd]byte
	ExtendedData [ebdaSize]byte
}

// Symbol is a named stretch of the kernel, at the address where it runs. When its table does not say the size, it goes to
// the next symbol.
type Symbol struct {
	Addr, Size uint64
	Name       string
}

// sized fills in missing sizes; list is in order.
func sized(list []Symbol) []Symbol {
	for i := len(list) - 2; i >= 0; i-- {
		s, next := &list[i], &list[i+1]
		if s.Size != 0 {
			continue
		}
		if s.Size = next.Addr - s.Addr; s.Size == 0 {
			s.Size = next.Size // two names of one place
		}
	}
	return list
}

// The formats.
const (
	Multiboot = "multiboot"
	Linux     = "Linux"
)

// Kernel is what was loaded.
type Kernel struct {
	Format  string
	Symbols []Symbol // of the ELF file, by address; for Linux's see LinuxSymbols
}

// Format tells what kind of kernel a file is: Linux, Multiboot, or "" for neither.
func Format(file []byte) string {
	switch {
	case IsLinux(file):
		return Linux
	case findMultiboot(file) >= 0:
		return Multiboot
	}
	return ""
}

// Boot puts the kernel into m's memory and sets the CPU to its entry. m must have just been switched on; after an error it
// must not be used.
func Boot(m *engine.Machine, r *Request) (*Kernel, error) {
	l := &loader{m: m}
	l.usable()
	l.firmware(r)
	switch Format(r.Kernel) {
	case Linux:
		return l.linux(r)
	case Multiboot:
		return l.multiboot(r)
	}
	switch {
	case findMagic(r.Kernel, multiboot2Magic) >= 0:
		return nil, errors.New("the kernel has a multiboot 2 header; this loader knows multiboot 1")
	case bytes.HasPrefix(r.Kernel, []byte(elfMagic)):
		return nil, errors.New("the kernel is ELF, but has no multiboot header in its first 8192 bytes")
	}
	return nil, errors.New("the kernel is neither a multiboot image nor a bzImage")
}

// loader is the work of one Boot.
type loader struct {
	m     *engine.Machine
	taken []span // by address, without overlap
	ram   []span // what a kernel may use
}
