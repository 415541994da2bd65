package cpu

// CPUID is what the instruction would return: EAX, EBX, ECX, EDX. SDM 2A "CPUID"
func CPUID(leaf, sub uint32) (a, b, c, d uint32) { return cpuid(leaf, sub) }
