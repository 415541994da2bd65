package sys

import (
	"encoding/binary"
	"fmt"
	"strings"

	"vitrine/engine/state"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// mountinfo is proc_pid_mountinfo(5). The number of a mount is its super block's.
func mountinfo(k *kernel.Kernel) string {
	var b strings.Builder
	arena := &k.VFS.S.Supers
	for id := state.ID(1); int(id) <= arena.Len(); id++ {
		sb := arena.Get(id)
		if sb == nil || sb.Kind.Hidden() {
			continue
		}
		where, parent := "/", state.ID(0)
		if sb.Covered != 0 {
			where, parent = k.VFS.Path(sb.Covered, 0), k.VFS.Dentry(sb.Covered).SB
		}
		mode := "rw"
		if sb.ReadOnly {
			mode = "ro"
		}
		fmt.Fprintf(&b, "%d %d %d:%d / %s %s - %s %s %s\n", id, parent, vfs.Major(sb.Dev), vfs.Minor(sb.Dev), where, k.VFS.MountFlags(sb),
			k.VFS.TypeName(sb.Kind), sb.Source, mode+k.VFS.SuperOptions(sb))
	}
	return b.String()
}

// limitRows are the lines of proc_pid_limits(5). Linux fs/proc/base.c:lnames
var limitRows = [abi.RLIM_NLIMITS]struct{ name, unit string }{
	abi.RLIMIT_CPU: {"Max cpu time", "seconds"}, abi.RLIMIT_FSIZE: {"Max file size", "bytes"}, abi.RLIMIT_DATA: {"Max data size", "bytes"},
	abi.RLIMIT_STACK: {"Max stack size", "bytes"}, abi.RLIMIT_CORE: {"Max core file size", "bytes"}, abi.RLIMIT_RSS: {"Max resident set", "bytes"},
	abi.RLIMIT_NPROC: {"Max processes", "processes"}, abi.RLIMIT_NOFILE: {"Max open files", "files"},
	abi.RLIMIT_MEMLOCK: {"Max locked memory", "bytes"}, abi.RLIMIT_AS: {"Max address space", "bytes"}, abi.RLIMIT_LOCKS: {"Max file locks", "locks"},
	abi.RLIMIT_SIGPENDING: {"Max pending signals", "signals"}, abi.RLIMIT_MSGQUEUE: {"Max msgqueue size", "bytes"},
	abi.RLIMIT_NICE: {"Max nice priority", ""}, abi.RLIMIT_RTPRIO: {"Max realtime priority", ""}, abi.RLIMIT_RTTIME: {"Max realtime timeout", "us"},
}

func limitsText(p *kernel.Process) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units")
	value := func(v uint64) string {
		if v == abi.RLIM_INFINITY {
			return "unlimited"
		}
		return fmt.Sprint(v)
	}
	for i, row := range limitRows {
		fmt.Fprintf(&b, "%-25s %-20s %-20s ", row.name, value(p.Rlimits[i].Cur), value(p.Rlimits[i].Max))
		if row.unit != "" {
			fmt.Fprintf(&b, "%-10s", row.unit)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// auxvText is the auxiliary vector as the program got it.
func auxvText(as *mm.AddressSpace) []byte {
	var b []byte
	if as != nil {
		for _, v := range as.Auxv {
			b = binary.LittleEndian.AppendUint64(b, v)
		}
	}
	return b
}

// vmstat is proc_vmstat(5), as far as it is counted here.
func vmstat(k *kernel.Kernel) string {
	f, c := &k.MM.State.Frames, &k.MM.State.Counters
	var b strings.Builder
	for _, row := range []struct {
		name string
		n    uint64
	}{
		{"nr_free_pages", uint64(f.Count[mm.Free])}, {"nr_anon_pages", uint64(f.Count[mm.Anonymous])},
		{"nr_file_pages", uint64(f.Count[mm.PageCache])}, {"nr_dirty", uint64(k.VFS.S.Dirty)},
		{"nr_writeback", 0}, {"nr_shmem", uint64(f.Count[mm.SharedMemory])}, {"nr_anon_transparent_hugepages", k.MM.HugePages()},
		{"nr_kernel_stack", uint64(f.Count[mm.KernelStack]) * 4},
		{"nr_page_table_pages", uint64(f.Count[mm.PageTable])}, {"pgpgin", readKB(k)}, {"pgpgout", wroteKB(k)},
		{"pswpin", c.SwapIn}, {"pswpout", c.SwapOut}, {"pgfault", c.Faults}, {"pgmajfault", c.Major},
		{"thp_fault_alloc", c.HugeFault}, {"thp_fault_fallback", c.HugeFallback}, {"thp_split_pmd", c.HugeSplit},
	} {
		fmt.Fprintf(&b, "%s %d\n", row.name, row.n)
	}
	return b.String()
}

// readKB and wroteKB are what disks moved, in KiB.
func readKB(k *kernel.Kernel) (kb uint64) {
	for i := range k.State.Disks {
		kb += k.State.Disks[i].ReadSectors >> 1
	}
	return kb
}

func wroteKB(k *kernel.Kernel) (kb uint64) {
	for i := range k.State.Disks {
		kb += k.State.Disks[i].WroteSectors >> 1
	}
	return kb
}
