package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mmu"
)

// CPUID is the truth: what it reports works, what it does not report raises #UD.

var _ = def(Def{Op: x86asm.CPUID, Ref: "SDM 2A CPUID", Fn: cpuidFn})

// Identity of the processor. The vendor is one that programs know: glibc 2.36 and older do not look at leaf 1 of
// others and then refuse to run ("CPU ISA level is lower than required"). SYSENTER in 64-bit mode is Intel's. The model is the
// first one with SSE4.2: glibc chooses string functions by it (RATIONALE.md).
const (
	Vendor    = "GenuineIntel"
	Brand     = "Vitrine x86-64 processor, 100 MHz"
	Signature = 0x000106a5 // family 6, model 26, stepping 5
)

// Feature bits (SDM 2A table "Feature Information Returned in the EDX Register").
const (
	FeatureEDX = 1<<0 | // FPU
		1<<2 | // DE
		1<<3 | // PSE
		1<<4 | // TSC
		1<<5 | // MSR
		1<<6 | // PAE
		1<<8 | // CX8
		1<<11 | // SEP
		1<<13 | // PGE
		1<<15 | // CMOV
		1<<16 | // PAT
		1<<17 | // PSE-36
		1<<19 | // CLFSH
		1<<23 | // MMX
		1<<24 | // FXSR
		1<<25 | // SSE
		1<<26 // SSE2
	featureAPIC = 1 << 9 // in EDX while the local APIC is enabled
	featureECX  = 1<<0 | // SSE3
		1<<9 | // SSSE3
		1<<13 | // CX16
		1<<19 | 1<<20 | // SSE4.1, SSE4.2
		1<<22 | 1<<23 | // MOVBE, POPCNT
		1<<26 | // XSAVE
		1<<30 // RDRAND
	feature7EBX = 1<<0 | // FSGSBASE
		1<<3 | // BMI1
		1<<6 | // the x87 data pointer is recorded with exceptions only
		1<<7 | // SMEP
		1<<8 | // BMI2
		1<<13 | // the x87 pointers' selectors are saved as zeros
		1<<18 | 1<<19 | // RDSEED, ADX
		1<<20 | // SMAP
		1<<23 | 1<<24 // CLFLUSHOPT, CLWB
	feature7ECX = 1<<2 | 1<<16 | 1<<22                  // UMIP, LA57, RDPID
	feature7EDX = 1 << 29                               // IA32_ARCH_CAPABILITIES
	extendedEDX = 1<<11 | 1<<20 | 1<<26 | 1<<27 | 1<<29 // SYSCALL, NX, 1 GB pages, RDTSCP, LM
	extendedECX = 1<<0 | 1<<5 | 1<<8                    // LAHF in 64-bit mode, LZCNT, PREFETCHW
)

// cpuid returns EAX, EBX, ECX, EDX of a leaf.
func cpuid(leaf, sub uint32) (a, b, c, d uint32) {
	text := func(s string, i int) uint32 {
		var v uint32
		for j := range 4 {
			if i+j < len(s) {
				v |= uint32(s[i+j]) << (8 * j)
			}
		}
		return v
	}
	switch leaf {
	case 0:
		return 0xd, text(Vendor, 0), text(Vendor, 8), text(Vendor, 4)
	case 1:
		return Signature, 8<<8 | 1<<16, featureECX, FeatureEDX
	case 2:
		return 0xff01, 0, 0, 0 // see leaf 4
	case 4:
		if sub < uint32(len(caches)) {
			return caches[sub].leaf()
		}
	case 7:
		if sub == 0 {
			return 0, feature7EBX, feature7ECX, feature7EDX
		}
	case 0xd:
		switch sub {
		case 0:
			return xcr0Bits, xsaveArea, xsaveArea, 0
		case 1:
			return 1<<0 | 1<<1 | 1<<2, xsaveArea, 0, 0 // XSAVEOPT, XSAVEC, XGETBV with ECX = 1
		}
	case 0x80000000:
		return 0x80000008, 0, 0, 0
	case 0x80000001:
		return Signature, 0, extendedECX, extendedEDX
	case 0x80000002, 0x80000003, 0x80000004:
		i := int(leaf-0x80000002) * 16
		return text(Brand, i), text(Brand, i+4), text(Brand, i+8), text(Brand, i+12)
	case 0x80000008:
		return mmu.PhysBits | 57<<8, 0, 0, 0
	}
	return 0, 0, 0, 0
}

// cpuid is what the instruction returns now.
func (c *CPU) cpuid(leaf, sub uint32) (a, b, x, d uint32) {
	a, b, x, d = cpuid(leaf, sub)
	if leaf == 1 && c.S.CR4&CR4OSXSAVE != 0 {
		x |= 1 << 27
	}
	if leaf == 1 && c.apicPage != noPage {
		d |= featureAPIC
	}
	return a, b, x, d
}

func cpuidFn(c *CPU, u *Uop) bool {
	a, b, x, d := c.cpuid(uint32(c.S.R[RAX]), uint32(c.S.R[RCX]))
	r := &c.S.R
	r[RAX], r[RBX], r[RCX], r[RDX] = uint64(a), uint64(b), uint64(x), uint64(d)
	return true
}
