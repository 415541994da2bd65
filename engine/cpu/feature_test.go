package cpu

import "testing"

// withoutInstruction are the bits that CPUID reports and that announce something else than instructions.
var withoutInstruction = map[[2]uint32]map[uint8]string{
	{1, inEDX}:          {2: "debugging extensions", 3: "4 MiB pages", 6: "PAE", 9: "local APIC", 13: "global pages", 16: "PAT", 17: "PSE-36"},
	{1, inECX}:          {27: "CR4.OSXSAVE"},
	{7, inEBX}:          {7: "SMEP", 6: "when the x87 data pointer is recorded", 13: "the x87 pointers' selectors"},
	{7, inEDX}:          {29: "IA32_ARCH_CAPABILITIES"},
	{7, inECX}:          {2: "UMIP", 16: "57-bit addresses"},
	{0xd, inEAX}:        {2: "XGETBV with ECX = 1"},
	{0x80000001, inECX}: {0: "LAHF and SAHF in 64-bit code"},
	{0x80000001, inEDX}: {20: "NX", 26: "1 GiB pages"},
}

// TestReportedIsDefined: each bit of the feature words belongs to a definition, or is named above with what it is.
func TestReportedIsDefined(t *testing.T) {
	defined := map[Feature]bool{}
	for _, d := range Definitions() {
		defined[d.Feature] = true
	}
	for _, leaf := range [][2]uint32{{1, 0}, {7, 0}, {0xd, 1}, {0x80000001, 0}} {
		a, b, c, d := cpuid(leaf[0], leaf[1])
		for reg, word := range [4]uint32{a, b, c, d} {
			if reg == inEAX && leaf[0] != 0xd || reg == inEBX && leaf[0] != 7 {
				continue // no feature bits
			}
			for bit := range uint8(32) {
				if word>>bit&1 == 0 || withoutInstruction[[2]uint32{leaf[0], uint32(reg)}][bit] != "" {
					continue
				}
				if f := featureAt(leaf[0], uint8(reg), bit); f == Baseline || !defined[f] {
					t.Errorf("leaf %#x, register %d, bit %d is reported, and no definition needs it", leaf[0], reg, bit)
				}
			}
		}
	}
}

func featureAt(leaf uint32, reg, bit uint8) Feature {
	for f, p := range featureBits {
		if p.leaf == leaf && p.reg == reg && p.bit == bit && p.name != "" {
			return Feature(f)
		}
	}
	return Baseline
}
