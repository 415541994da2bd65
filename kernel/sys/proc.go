package sys

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/vfs"
)

// facts is what /proc shows. proc(5)
type facts struct{ k *kernel.Kernel }

// NewFacts returns what the file systems ask of the kernel.
func NewFacts(k *kernel.Kernel) fs.World { return facts{k} }

// Random fills p from the pool behind /dev/random.
func (f facts) Random(p []byte) { f.k.Random(p) }

// Log writes a line to the kernel's log.
func (f facts) Log(text string) { f.k.Printk("%s", text) }

// KernelLog is the log.
func (f facts) KernelLog() fs.Log {
	l := &f.k.State.Log
	return fs.Log{Text: l.Text, Lost: l.Lost, Lines: l.LostLines}
}

// PIDs lists the processes.
func (f facts) PIDs() []uint32 {
	return f.pids(func(t *kernel.Task) bool { return t.Leader() && t.PID != 0 })
}

// Threads lists the threads of one.
func (f facts) Threads(pid uint32) []uint32 {
	return f.pids(func(t *kernel.Task) bool { return uint32(t.TGID) == pid })
}

func (f facts) pids(want func(t *kernel.Task) bool) []uint32 {
	var list []uint32
	f.k.ForEachTask(func(t *kernel.Task) bool {
		if t.Run != kernel.Dead && want(t) {
			list = append(list, uint32(t.PID))
		}
		return true
	})
	sort.Slice(list, func(i, j int) bool { return list[i] < list[j] })
	return list
}

// Self is who reads.
func (f facts) Self() uint32 {
	if t := f.k.Current(); t != nil {
		return uint32(t.TGID)
	}
	return 0
}

// SelfThread is the thread that reads.
func (f facts) SelfThread() uint32 {
	if t := f.k.Current(); t != nil {
		return uint32(t.PID)
	}
	return 0
}

// Owner tells whose a process's files are.
func (f facts) Owner(pid uint32) (uid, gid uint32, ok bool) {
	t := f.k.FindTask(int32(pid))
	if t == nil || pid == 0 {
		return 0, 0, false
	}
	if as := f.k.MM.AS(t.ASID); as != nil && !as.Dumpable {
		return 0, 0, true // Linux fs/proc/base.c:task_dump_owner
	}
	return t.Cred.EUID, t.Cred.EGID, true
}

// Place is where a process's cwd, root or exe leads.
func (f facts) Place(pid uint32, n fs.Node) vfs.DentryID {
	t := f.k.FindTask(int32(pid))
	if t == nil || t.FS == 0 {
		return 0
	}
	switch s := f.k.VFS.FSStruct(t.FS); n {
	case fs.PIDCwd:
		return s.Cwd
	case fs.PIDRoot:
		return s.Root
	case fs.PIDExe:
		if as := f.k.MM.AS(t.ASID); as != nil {
			return dentryOf(f.k, as.ExeObject)
		}
	}
	return 0
}

// dentryOf finds a name of an inode, 0 when it has none in the cache.
func dentryOf(k *kernel.Kernel, inode uint32) vfs.DentryID {
	return k.VFS.InodeDentry(vfs.InodeID(inode))
}

// Table is a process's descriptor table.
func (f facts) Table(pid uint32) vfs.TableID {
	if t := f.k.FindTask(int32(pid)); t != nil {
		return t.Files
	}
	return 0
}

// SetText takes what was written to a file.
func (f facts) SetText(pid uint32, n fs.Node, p []byte) abi.Errno {
	text := strings.TrimSuffix(string(p), "\n")
	switch n {
	case fs.ProcHostname:
		if len(text) >= utsLen {
			return abi.EINVAL
		}
		f.k.State.Hostname = text
		return abi.OK
	case fs.ProcRandomizeVA:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 0, 32)
		if err != nil {
			return abi.EINVAL
		}
		f.k.State.RandomizeVA = int32(n)
		return abi.OK
	case fs.PIDComm:
		if t := f.k.FindTask(int32(pid)); t != nil {
			t.SetName(text)
			return abi.OK
		}
		return abi.ESRCH
	case fs.ProcDropCaches:
		return f.dropCaches(text)
	case fs.PIDOOMAdj:
		return f.setOldOOMAdj(pid, text)
	case fs.PIDCoredumpFilter:
		return f.setCoreFilter(pid, text)
	case fs.ProcReplacement:
		if !f.k.SetReplacement(strings.TrimSpace(text)) {
			return abi.EINVAL
		}
		return abi.OK
	case fs.PIDOOMScoreAdj:
		return f.setOOMAdj(pid, text)
	}
	if e, ok := setVMctl(f.k, n, text); ok {
		return e
	}
	if e, ok := setSysctl(f.k, n, text); ok {
		return e
	}
	return abi.EIO // Linux fs/proc/inode.c:proc_reg_write: a file that is only read
}

// setOOMAdj: only root may make a process dearer than it was. Linux fs/proc/base.c:__set_oom_adj
func (f facts) setOOMAdj(pid uint32, text string) abi.Errno {
	adj, err := strconv.ParseInt(strings.TrimSpace(text), 0, 32)
	if err != nil || adj < abi.OOM_SCORE_ADJ_MIN || adj > abi.OOM_SCORE_ADJ_MAX {
		return abi.EINVAL
	}
	t := f.k.FindTask(int32(pid))
	if t == nil {
		return abi.ESRCH
	}
	p := f.k.Process(t)
	if adj < int64(p.OOMAdj) && !f.k.Current().Capable(abi.CAP_SYS_RESOURCE) {
		return abi.EACCES
	}
	p.OOMAdj = int16(adj)
	return abi.OK
}

// Text is the content of a file.
func (f facts) Text(pid uint32, n fs.Node, dst []byte) ([]byte, abi.Errno) {
	if n > fs.PIDDir {
		t := f.k.FindTask(int32(pid))
		if t == nil {
			return dst, abi.ESRCH
		}
		return f.processText(t, n, dst)
	}
	return append(dst, f.systemText(n)...), abi.OK
}

func (f facts) systemText(n fs.Node) string {
	k := f.k
	switch n {
	case fs.ProcMeminfo:
		return meminfo(k)
	case fs.ProcStat:
		return systemStat(k)
	case fs.ProcUptime:
		_, _, idle := cpuTimes(k)
		return fmt.Sprintf("%s %s\n", hundredths(k.Now()), hundredths(idle*kernel.UnitNS))
	case fs.ProcLoadavg:
		return loadavg(k)
	case fs.ProcVersion:
		return fmt.Sprintf("Linux version %s (vitrine) (Go) %s\n", Release, Version)
	case fs.ProcCPUInfo:
		return cpuinfo(k)
	case fs.ProcFilesystems:
		return filesystems(k)
	case fs.ProcInterrupts:
		return interrupts(k)
	case fs.ProcDevices:
		return "Character devices:\n  1 mem\n  4 ttyS\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n128 ptm\n136 pts\n\nBlock devices:\n  8 sd\n"
	case fs.ProcCmdline:
		return k.State.Cmdline + "\n"
	case fs.ProcSwaps:
		return swaps(k)
	case fs.ProcVMStat:
		return vmstat(k)
	case fs.ProcHostname:
		return k.State.Hostname + "\n"
	case fs.ProcOstype:
		return "Linux\n"
	case fs.ProcOsrelease:
		return Release + "\n"
	case fs.ProcOsversion:
		return Version + "\n"
	case fs.ProcThreadsMax:
		return fmt.Sprintln(k.MaxThreads())
	case fs.ProcPIDMax:
		return fmt.Sprintln(kernel.MaxPID)
	case fs.ProcNgroupsMax:
		return fmt.Sprintln(maxGroups)
	case fs.ProcCorePattern:
		return kernel.CorePattern + "\n"
	case fs.ProcRandomizeVA:
		return fmt.Sprintln(k.State.RandomizeVA)
	case fs.ProcSoftirqs:
		return softirqs
	case fs.ProcPartitions:
		return partitions(k)
	case fs.ProcDiskstats:
		return diskstats(k)
	case fs.ProcConsoles:
		return "ttyS0                -W- (EC  p a)    4:64\n"
	case fs.ProcLocks:
		return locksText(k)
	case fs.ProcBootID:
		return uuid(k.State.BootID)
	case fs.ProcUUID:
		var b [16]byte
		k.Random(b[:])
		return uuid(b)
	case fs.ProcFileNr:
		return fmt.Sprintf("%d\t0\t%d\n", k.VFS.S.Files.Live, uint64(1<<63-1))
	case fs.ProcInodeNr:
		return fmt.Sprintf("%d\t%d\n", k.VFS.S.Inodes.Live, k.VFS.S.Inodes.Len()-int(k.VFS.S.Inodes.Live))
	case fs.ProcDentryState:
		return fmt.Sprintf("%d\t%d\t45\t0\t0\t0\n", k.VFS.S.Dentries.Live, k.VFS.UnusedDentries())
	case fs.ProcReplacement:
		return k.MM.State.Reclaim.Policy.String() + "\n"
	}
	if text, ok := vmctlText(k, n); ok {
		return text
	}
	text, _ := sysctlText(k, n)
	return text
}

// hundredths prints seconds with two digits.
func hundredths(ns uint64) string { return fmt.Sprintf("%d.%02d", ns/second, ns%second/(second/100)) }

func meminfo(k *kernel.Kernel) string {
	m := memory(k)
	var b strings.Builder
	for _, row := range []struct {
		name  string
		bytes uint64
	}{
		{"MemTotal", m.total}, {"MemFree", m.free}, {"MemAvailable", m.free + m.cached - m.shared}, {"Buffers", m.buffers},
		{"Cached", m.cached}, {"SwapCached", m.swapCached}, {"Mlocked", m.locked}, {"SwapTotal", m.swap}, {"SwapFree", m.swapFree}, {"Dirty", uint64(k.VFS.S.Dirty) << 12},
		{"Writeback", 0}, {"AnonPages", m.anon}, {"Shmem", m.shared}, {"KReclaimable", 0}, {"Slab", 0}, {"SReclaimable", 0},
		{"SUnreclaim", 0}, {"KernelStack", m.stacks}, {"PageTables", m.tables}, {"CommitLimit", m.limit}, {"Committed_AS", m.promised}, {"AnonHugePages", m.huge},
	} {
		fmt.Fprintf(&b, "%-16s%8d kB\n", row.name+":", row.bytes>>10)
	}
	return b.String()
}

// cpuTimes is how the CPU has been used, in clock units: in ring 3, in the kernel, not at all.
func cpuTimes(k *kernel.Kernel) (user, system, idle uint64) {
	for i := range k.State.Procs.Slots {
		if s := &k.State.Procs.Slots[i]; s.Used {
			user, system = user+s.V.Ended.UTime+s.V.Children.UTime, system+s.V.Ended.STime+s.V.Children.STime
		}
	}
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.PID != 0 {
			user, system = user+t.UTime, system+t.STime
		}
		return true
	})
	return user, system, k.M.Now() - min(user+system, k.M.Now())
}

func systemStat(k *kernel.Kernel) string {
	user, system, idle := cpuTimes(k)
	nice := min(k.State.NiceTime, user)
	running, blocked := 0, 0
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.PID != 0 && (t.Run == kernel.User || t.Run == kernel.Invoke) {
			running++
		}
		return true
	})
	var b strings.Builder
	for _, name := range []string{"cpu ", "cpu0"} {
		fmt.Fprintf(&b, "%s %d %d %d %d 0 0 0 0 0 0\n", name, (user-nice)/unitsPerTick, nice/unitsPerTick, system/unitsPerTick, idle/unitsPerTick)
	}
	total := uint64(0)
	for _, n := range k.State.IRQs {
		total += n
	}
	fmt.Fprintf(&b, "intr %d", total)
	for _, n := range k.State.IRQs {
		fmt.Fprintf(&b, " %d", n)
	}
	s := &k.State.Stats
	fmt.Fprintf(&b, "\nctxt %d\nbtime %d\nprocesses %d\nprocs_running %d\nprocs_blocked %d\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n",
		s.ContextSwitches, k.State.BootTime/second, s.Forks+1, running, blocked)
	return b.String()
}

func loadavg(k *kernel.Kernel) string {
	var b strings.Builder
	for _, load := range k.State.Load {
		fmt.Fprintf(&b, "%d.%02d ", load>>11, load&0x7ff*100>>11)
	}
	running, all := 0, 0
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.PID != 0 && t.Run != kernel.Dead {
			all++
			running += toInt(t.Run == kernel.User || t.Run == kernel.Invoke)
		}
		return true
	})
	fmt.Fprintf(&b, "%d/%d %d\n", running, all, k.State.LastPID)
	return b.String()
}

func filesystems(k *kernel.Kernel) string {
	var b strings.Builder
	for _, t := range k.VFS.Types() {
		if t.NoDev() {
			b.WriteString("nodev")
		}
		b.WriteString("\t" + t.Name() + "\n")
	}
	return b.String()
}

// interrupts lists the lines that something is connected to.
func interrupts(k *kernel.Kernel) string {
	var b strings.Builder
	b.WriteString("           CPU0       \n")
	for _, line := range []struct {
		n    int
		name string
	}{{0, "timer"}, {2, "cascade"}, {4, "ttyS0"}, {14, "ata_piix"}} {
		fmt.Fprintf(&b, "%3d: %10d    XT-PIC      %s\n", line.n, k.State.IRQs[line.n], line.name)
	}
	fmt.Fprintf(&b, "ERR: %10d\n", k.State.Spurious)
	return b.String()
}
