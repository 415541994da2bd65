package cpu

// Feature is what an instruction needs beyond the first 64-bit processors' integer instructions, by CPUID's bits.
type Feature uint8

// Features in the order of their CPUID leaf and bit. A definition names the one without which it is #UD.
const (
	Baseline Feature = iota
	FPU
	TSC
	MSR
	CX8
	SEP
	CMOV
	CLFSH
	MMX
	FXSR
	SSE
	SSE2
	SSE3
	SSSE3
	CX16
	SSE41
	SSE42
	MOVBE
	POPCNT
	XSAVE
	RDRAND
	FSGSBASE
	BMI1
	BMI2
	RDSEED
	ADX
	SMAP
	CLFLUSHOPT
	CLWB
	RDPID
	XSAVEOPT
	XSAVEC
	LZCNT
	PREFETCHW
	SYSCALL
	RDTSCP
	LongMode
)

// Registers in which CPUID returns feature bits.
const (
	inEAX = iota
	inEBX
	inECX
	inEDX
)

// featureBit says where CPUID reports a feature (SDM 2A "CPUID").
type featureBit struct {
	name      string
	leaf, sub uint32
	reg, bit  uint8
}

var featureBits = [...]featureBit{
	FPU:        {"fpu", 1, 0, inEDX, 0},
	TSC:        {"tsc", 1, 0, inEDX, 4},
	MSR:        {"msr", 1, 0, inEDX, 5},
	CX8:        {"cx8", 1, 0, inEDX, 8},
	SEP:        {"sep", 1, 0, inEDX, 11},
	CMOV:       {"cmov", 1, 0, inEDX, 15},
	CLFSH:      {"clfsh", 1, 0, inEDX, 19},
	MMX:        {"mmx", 1, 0, inEDX, 23},
	FXSR:       {"fxsr", 1, 0, inEDX, 24},
	SSE:        {"sse", 1, 0, inEDX, 25},
	SSE2:       {"sse2", 1, 0, inEDX, 26},
	SSE3:       {"sse3", 1, 0, inECX, 0},
	SSSE3:      {"ssse3", 1, 0, inECX, 9},
	CX16:       {"cx16", 1, 0, inECX, 13},
	SSE41:      {"sse4.1", 1, 0, inECX, 19},
	SSE42:      {"sse4.2", 1, 0, inECX, 20},
	MOVBE:      {"movbe", 1, 0, inECX, 22},
	POPCNT:     {"popcnt", 1, 0, inECX, 23},
	XSAVE:      {"xsave", 1, 0, inECX, 26},
	RDRAND:     {"rdrand", 1, 0, inECX, 30},
	FSGSBASE:   {"fsgsbase", 7, 0, inEBX, 0},
	BMI1:       {"bmi1", 7, 0, inEBX, 3},
	BMI2:       {"bmi2", 7, 0, inEBX, 8},
	RDSEED:     {"rdseed", 7, 0, inEBX, 18},
	ADX:        {"adx", 7, 0, inEBX, 19},
	SMAP:       {"smap", 7, 0, inEBX, 20},
	CLFLUSHOPT: {"clflushopt", 7, 0, inEBX, 23},
	CLWB:       {"clwb", 7, 0, inEBX, 24},
	RDPID:      {"rdpid", 7, 0, inECX, 22},
	XSAVEOPT:   {"xsaveopt", 0xd, 1, inEAX, 0},
	XSAVEC:     {"xsavec", 0xd, 1, inEAX, 1},
	LZCNT:      {"lzcnt", 0x80000001, 0, inECX, 5},
	PREFETCHW:  {"prefetchw", 0x80000001, 0, inECX, 8},
	SYSCALL:    {"syscall", 0x80000001, 0, inEDX, 11},
	RDTSCP:     {"rdtscp", 0x80000001, 0, inEDX, 27},
	LongMode:   {"lm", 0x80000001, 0, inEDX, 29},
}

// String is the name of a feature; "" for what every processor has.
func (f Feature) String() string { return featureBits[f].name }

// Reported tells whether a processor whose CPUID is given by query has the feature.
func (f Feature) Reported(query func(leaf, sub uint32) (a, b, c, d uint32)) bool {
	if f == Baseline {
		return true
	}
	p := &featureBits[f]
	a, b, c, d := query(p.leaf, p.sub)
	return [...]uint32{a, b, c, d}[p.reg]>>p.bit&1 != 0
}
