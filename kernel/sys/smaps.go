package sys

import (
	"fmt"
	"strings"

	"vitrine/engine/mem"
	"vitrine/kernel"
	"vitrine/kernel/mm"
)

// vmFlagNames are the words of smaps for the bits of VMA.Flags, in Linux's order: by bit.
// Linux fs/proc/task_mmu.c:show_smap_vma_flags
var vmFlagNames = []struct {
	bit  uint32
	name string
}{
	{mm.VM_READ, "rd"}, {mm.VM_WRITE, "wr"}, {mm.VM_EXEC, "ex"}, {mm.VM_SHARED, "sh"}, {mm.VM_MAYREAD, "mr"},
	{mm.VM_MAYWRITE, "mw"}, {mm.VM_MAYEXEC, "me"}, {mm.VM_MAYSHARE, "ms"}, {mm.VM_GROWSDOWN, "gd"}, {mm.VM_LOCKED, "lo"},
	{mm.VM_SEQ_READ, "sr"}, {mm.VM_RAND_READ, "rr"}, {mm.VM_DONTCOPY, "dc"}, {mm.VM_DONTEXPAND, "de"}, {mm.VM_LOCKONFAULT, "lf"}, {mm.VM_ACCOUNT, "ac"}, {mm.VM_NORESERVE, "nr"},
	{mm.VM_WIPEONFORK, "wf"}, {mm.VM_DONTDUMP, "dd"}, {mm.VM_HUGEPAGE, "hg"}, {mm.VM_NOHUGEPAGE, "nh"},
}

// smaps is maps with what is there of each mapping. proc_pid_smaps(5)
func smaps(k *kernel.Kernel, as *mm.AddressSpace) string {
	if as == nil {
		return ""
	}
	var b strings.Builder
	for v := range as.VMAs.All() {
		b.WriteString(mapLine(k, as, v))
		u := k.MM.UsageOf(as, v)
		smapsRow(&b, "Size", v.Len())
		smapsRow(&b, "KernelPageSize", mem.FrameSize)
		smapsRow(&b, "MMUPageSize", mem.FrameSize)
		smapsRow(&b, "Rss", u.Resident)
		smapsRow(&b, "Pss", u.Pss)
		smapsRow(&b, "Pss_Dirty", u.PssDirty)
		smapsUsage(&b, &u)
		fmt.Fprintf(&b, "THPeligible:    %d\nVmFlags: ", toInt(k.MM.HugeAllowed(as, v)))
		for _, f := range vmFlagNames {
			if v.Flags&f.bit != 0 {
				b.WriteString(f.name + " ")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func smapsRow(b *strings.Builder, name string, bytes uint64) {
	fmt.Fprintf(b, "%-16s%8d kB\n", name+":", bytes>>10)
}

// smapsUsage is what a mapping's part of smaps and smaps_rollup have in common. Linux fs/proc/task_mmu.c:__show_smap
func smapsUsage(b *strings.Builder, u *mm.Usage) {
	for _, row := range []struct {
		name  string
		bytes uint64
	}{
		{"Shared_Clean", u.SharedClean}, {"Shared_Dirty", u.SharedDirty}, {"Private_Clean", u.PrivateClean}, {"Private_Dirty", u.PrivateDirty},
		{"Referenced", u.Referenced}, {"Anonymous", u.Anonymous}, {"LazyFree", 0}, {"AnonHugePages", u.AnonHuge}, {"ShmemPmdMapped", 0},
		{"FilePmdMapped", 0}, {"Shared_Hugetlb", 0}, {"Private_Hugetlb", 0}, {"Swap", u.Swap}, {"SwapPss", u.SwapPss}, {"Locked", u.Locked},
	} {
		smapsRow(b, row.name, row.bytes)
	}
}

// smapsRollup adds all mappings up. proc_pid_smaps_rollup(5)
func smapsRollup(k *kernel.Kernel, as *mm.AddressSpace) string {
	if as == nil {
		return ""
	}
	var u mm.Usage
	start, end := uint64(0), uint64(0)
	for v := range as.VMAs.All() {
		one := k.MM.UsageOf(as, v)
		u.Add(&one)
		if end == 0 {
			start = v.Start
		}
		end = v.End
	}
	var b strings.Builder
	head := fmt.Sprintf("%08x-%08x ---p 00000000 00:00 0 ", start, end)
	fmt.Fprintf(&b, "%-73s[rollup]\n", head)
	smapsRow(&b, "Rss", u.Resident)
	smapsRow(&b, "Pss", u.Pss)
	smapsRow(&b, "Pss_Dirty", u.PssDirty)
	smapsRow(&b, "Pss_Anon", u.PssAnon)
	smapsRow(&b, "Pss_File", u.PssFile)
	smapsRow(&b, "Pss_Shmem", u.Pss-min(u.Pss, u.PssAnon+u.PssFile))
	smapsUsage(&b, &u)
	return b.String()
}
