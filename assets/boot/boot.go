// Package boot holds the machine code of the boot: the ROM, the boot sector and the kernel image with the kernel's
// entry points. The sources are the .S files beside it; `go run ./scripts/gen boot` assembles them into boot_gen.go.
package boot

// Symbol is a label of the machine code. Addr is where it runs: kernel symbols are virtual addresses.
type Symbol struct {
	Addr, Size uint64
	Name       string
}

// Addr returns the address of a label; asking for one that does not exist is a bug of the caller.
func Addr(name string) uint64 {
	for _, s := range Symbols {
		if s.Name == name {
			return s.Addr
		}
	}
	panic("BUG: no such symbol in the boot code: " + name)
}
