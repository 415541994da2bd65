package sys

import (
	"encoding/binary"
	"fmt"
	"strings"

	"vitrine/engine/cpu"
	"vitrine/kernel"
)

// featureNames are the words of /proc/cpuinfo for the bits of CPUID 1.EDX and 1.ECX. Linux arch/x86/include/asm/cpufeatures.h
var featureNames = [2][32]string{
	{"fpu", "vme", "de", "pse", "tsc", "msr", "pae", "mce", "cx8", "apic", "", "sep", "mtrr", "pge", "mca", "cmov", "pat", "pse36",
		"pn", "clflush", "", "dts", "acpi", "mmx", "fxsr", "sse", "sse2", "ss", "ht", "tm", "ia64", "pbe"},
	{"pni", "pclmulqdq", "dtes64", "monitor", "ds_cpl", "vmx", "smx", "est", "tm2", "ssse3", "cid", "sdbg", "fma", "cx16", "xtpr",
		"pdcm", "", "pcid", "dca", "sse4_1", "sse4_2", "x2apic", "movbe", "popcnt", "tsc_deadline_timer", "aes", "xsave", "",
		"avx", "f16c", "rdrand", "hypervisor"},
}

// extendedNames are those of CPUID 0x80000001.EDX that 1.EDX does not have.
var extendedNames = [32]string{11: "syscall", 20: "nx", 26: "pdpe1gb", 27: "rdtscp", 29: "lm"}

// laterNames are those of CPUID 7.EBX and 0x80000001.ECX.
var laterNames = [2][32]string{
	{0: "fsgsbase", 3: "bmi1", 7: "smep", 8: "bmi2", 18: "rdseed", 19: "adx", 20: "smap", 23: "clflushopt", 24: "clwb"},
	{0: "lahf_lm", 5: "abm", 8: "3dnowprefetch"},
}

// cpuinfo says what CPUID says. proc_cpuinfo(5)
func cpuinfo(k *kernel.Kernel) string {
	_, b, c, d := cpu.CPUID(0, 0)
	vendor := words(b, d, c)
	signature, _, ecx, edx := cpu.CPUID(1, 0)
	_, _, extECX, ext := cpu.CPUID(0x80000001, 0)
	_, leaf7, _, _ := cpu.CPUID(7, 0)
	brand := ""
	for leaf := uint32(0x80000002); leaf <= 0x80000004; leaf++ {
		brand += words(cpu.CPUID(leaf, 0))
	}
	var flags []string
	for i, set := range []uint32{edx, ecx, ext, leaf7, extECX} {
		names := [...]*[32]string{&featureNames[0], &featureNames[1], &extendedNames, &laterNames[0], &laterNames[1]}[i]
		for bit, name := range names {
			if set>>bit&1 != 0 && name != "" {
				flags = append(flags, name)
			}
		}
	}
	family, model := signature>>8&15, signature>>4&15
	if family == 15 {
		family += signature >> 20 & 0xff
	}
	if family == 6 || family >= 15 {
		model |= signature >> 16 & 15 << 4
	}
	widths, _, _, _ := cpu.CPUID(0x80000008, 0)
	mhz := 1000.0 / kernel.UnitNS
	var s strings.Builder
	row := func(name, format string, args ...any) { fmt.Fprintf(&s, name+": "+format+"\n", args...) }
	row("processor\t", "0")
	row("vendor_id\t", "%s", vendor)
	row("cpu family\t", "%d", family)
	row("model\t\t", "%d", model)
	row("model name\t", "%s", strings.TrimSpace(brand))
	row("stepping\t", "%d", signature&15)
	row("cpu MHz\t\t", "%.3f", mhz)
	row("fpu\t\t", "yes")
	row("wp\t\t", "yes")
	row("flags\t\t", "%s", strings.Join(flags, " "))
	row("bogomips\t", "%.2f", 2*mhz)
	row("address sizes\t", "%d bits physical, %d bits virtual", widths&0xff, widths>>8&0xff)
	s.WriteString("\n")
	return s.String()
}

// words makes text of registers.
func words(regs ...uint32) string {
	var b []byte
	for _, r := range regs {
		b = binary.LittleEndian.AppendUint32(b, r)
	}
	return strings.TrimRight(string(b), "\x00")
}
