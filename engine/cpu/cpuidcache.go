package cpu

// cache is one of the caches of CPUID leaf 4 (SDM 2A "CPUID"). The machine has none, but sizes steer programs: glibc's memcpy
// goes around the caches, four pages at a time, above 3/4 of the last one, and takes 16 KiB for that when it is not told.
type cache struct {
	level, kind uint32 // kind: 1 data, 2 instructions, 3 both
	ways, sets  uint32 // of lines of 64 bytes
}

var caches = [...]cache{
	{level: 1, kind: 1, ways: 8, sets: 64},    // 32 KiB
	{level: 1, kind: 2, ways: 4, sets: 128},   // 32 KiB
	{level: 2, kind: 3, ways: 8, sets: 512},   // 256 KiB
	{level: 3, kind: 3, ways: 16, sets: 8192}, // 8 MiB
}

func (c *cache) leaf() (eax, ebx, ecx, edx uint32) {
	const initialised = 1 << 8
	return c.kind | c.level<<5 | initialised, 64 - 1 | (c.ways-1)<<22, c.sets - 1, 0
}
