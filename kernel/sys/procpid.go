package sys

import (
	"fmt"
	"strconv"
	"strings"

	"vitrine/engine/mem"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// processText is a file of /proc/PID.
func (f facts) processText(t *kernel.Task, n fs.Node, dst []byte) ([]byte, abi.Errno) {
	k := f.k
	as := k.MM.AS(t.ASID)
	switch n {
	case fs.PIDStat:
		return append(dst, processStat(k, t)...), abi.OK
	case fs.PIDStatm:
		return append(dst, statm(as)...), abi.OK
	case fs.PIDStatus:
		return append(dst, processStatus(k, t)...), abi.OK
	case fs.PIDMaps:
		return append(dst, maps(k, as)...), abi.OK
	case fs.PIDSmaps:
		return append(dst, smaps(k, as)...), abi.OK
	case fs.PIDSmapsRollup:
		return append(dst, smapsRollup(k, as)...), abi.OK
	case fs.PIDIO:
		return append(dst, ioText(&k.Process(t).IO)...), abi.OK
	case fs.PIDSyscall:
		return append(dst, syscallText(k, t)...), abi.OK
	case fs.PIDPersonality:
		return fmt.Appendf(dst, "%08x\n", k.Process(t).Personality), abi.OK
	case fs.PIDOOMScore:
		return fmt.Appendf(dst, "%d\n", k.OOMScore(t)), abi.OK
	case fs.PIDOOMAdj:
		return fmt.Appendf(dst, "%d\n", oldOOMAdj(k.Process(t).OOMAdj)), abi.OK
	case fs.PIDCoredumpFilter:
		if as == nil {
			return dst, abi.OK
		}
		return fmt.Appendf(dst, "%08x\n", k.CoreFilter(t)), abi.OK
	case fs.PIDCgroup:
		return append(dst, "0::/\n"...), abi.OK
	case fs.PIDTimerslack:
		return append(dst, "50000\n"...), abi.OK
	case fs.PIDComm:
		return append(dst, t.Name()+"\n"...), abi.OK
	case fs.PIDSched:
		return append(dst, taskSched(k, t)...), abi.OK
	case fs.PIDSchedstat:
		return append(dst, schedstat(t)...), abi.OK
	case fs.PIDOOMScoreAdj:
		return append(dst, strconv.Itoa(int(k.Process(t).OOMAdj))+"\n"...), abi.OK
	case fs.PIDWchan:
		return append(dst, wchan(t)...), abi.OK
	case fs.PIDMountinfo:
		return append(dst, mountinfo(k)...), abi.OK
	case fs.PIDLimits:
		return append(dst, limitsText(k.Process(t))...), abi.OK
	case fs.PIDAuxv:
		return append(dst, auxvText(as)...), abi.OK
	case fs.PIDMounts:
		return k.VFS.MountsText(dst), abi.OK
	case fs.PIDCmdline:
		if as != nil {
			return userText(k, t, as.ArgStart, as.ArgEnd, dst)
		}
	case fs.PIDEnviron:
		if as != nil {
			return userText(k, t, as.EnvStart, as.EnvEnd, dst)
		}
	}
	return dst, abi.OK
}

// userText reads the strings of argv or envp where the program has them now.
func userText(k *kernel.Kernel, t *kernel.Task, start, end uint64, dst []byte) ([]byte, abi.Errno) {
	if end <= start || end-start > 1<<21 {
		return dst, abi.OK
	}
	b := make([]byte, end-start)
	if e := k.MM.CopyIn(t.ASID, b, start); e != abi.OK {
		return dst, abi.OK
	}
	return append(dst, b...), abi.OK
}

// wchan is what a sleeping task waits for.
func wchan(t *kernel.Task) string {
	if t.Run != kernel.Sleep {
		return "0"
	}
	return t.Wait.Reason.String()
}

// stateLetter is the third field of /proc/PID/stat, with the word of /proc/PID/status.
func stateLetter(t *kernel.Task) (string, string) {
	switch t.Run {
	case kernel.Sleep:
		if t.Sys.Deaf {
			return "D", "disk sleep"
		}
		return "S", "sleeping"
	case kernel.Stopped:
		return "T", "stopped"
	case kernel.Zombie:
		return "Z", "zombie"
	case kernel.Dead:
		return "X", "dead"
	}
	return "R", "running"
}

// size is an address space's size in bytes, by kind.
type size struct{ all, data, stack, exe, lib, locked uint64 }

// Linux fs/proc/task_mmu.c:task_mem
func sizes(as *mm.AddressSpace) size {
	if as == nil {
		return size{}
	}
	code := min((as.EndCode+mem.FrameMask)&^mem.FrameMask-as.StartCode&^mem.FrameMask, as.Exec<<12)
	return size{all: as.Total << 12, data: as.Data << 12, stack: as.Stack << 12, exe: code, lib: as.Exec<<12 - code, locked: as.Locked << 12}
}

func resident(as *mm.AddressSpace) int64 {
	if as == nil {
		return 0
	}
	return int64(as.RSSAnon + as.RSSFile + as.RSSShmem)
}

func statm(as *mm.AddressSpace) string {
	if as == nil {
		return "0 0 0 0 0 0 0\n"
	}
	s := sizes(as)
	return fmt.Sprintf("%d %d %d %d 0 %d 0\n", s.all>>12, resident(as), as.RSSFile+as.RSSShmem, s.exe>>12, (s.data+s.stack)>>12)
}

// signalSets are a process's ignored and caught signals.
func signalSets(k *kernel.Kernel, t *kernel.Task) (ignored, caught uint64) {
	h := k.Sighand(t)
	if h == nil {
		return 0, 0
	}
	for sig := 1; sig <= kernel.NumSigs; sig++ {
		switch h.Action[sig].Handler {
		case abi.SIG_DFL:
		case abi.SIG_IGN:
			ignored |= 1 << (sig - 1)
		default:
			caught |= 1 << (sig - 1)
		}
	}
	return ignored, caught
}

// threads counts a process's threads.
func threads(k *kernel.Kernel, t *kernel.Task) int {
	n := 0
	k.ForEachTask(func(o *kernel.Task) bool {
		n += toInt(o.TGID == t.TGID && o.Run != kernel.Dead)
		return true
	})
	return n
}

// processStat has 52 fields. proc_pid_stat(5)
func processStat(k *kernel.Kernel, t *kernel.Task) string {
	letter, _ := stateLetter(t)
	p, as := k.Process(t), k.MM.AS(t.ASID)
	tty, tpgid := 0, int32(-1)
	if term := k.Terms.Find(p.TTY); term != nil {
		tty, tpgid = int(p.TTY), term.State.PGrp
	}
	u := k.ProcessUsage(t)
	ignored, caught := signalSets(k, t)
	s := sizes(as)
	var a mm.AddressSpace
	if as != nil {
		a = *as
	}
	wchan := toInt(t.Run == kernel.Sleep)
	stackLimit := p.Rlimits[abi.RLIMIT_RSS].Cur
	return fmt.Sprintf("%d (%s) %s %d %d %d %d %d 0 %d %d %d %d %d %d %d %d %d %d %d 0 %d %d %d %d %d %d %d 0 0 %d %d %d %d %d 0 0 %d 0 %d %d 0 0 0 %d %d %d %d %d %d %d %d\n",
		t.PID, t.Name(), letter, t.PPID, t.PGID, t.SID, tty, tpgid,
		u.MinFlt, p.Children.MinFlt, u.MajFlt, p.Children.MajFlt, u.UTime/unitsPerTick, u.STime/unitsPerTick, p.Children.UTime/unitsPerTick, p.Children.STime/unitsPerTick,
		priority(t), t.Nice, threads(k, t), t.Start/unitsPerTick, s.all, resident(as), stackLimit,
		a.StartCode, a.EndCode, a.StartStack, t.Sig.Pending, t.Sig.Blocked, ignored, caught, wchan,
		t.ExitSignal, t.Sched.Priority, t.Sched.Class, a.StartData, a.EndData, a.StartBrk, a.ArgStart, a.ArgEnd, a.EnvStart, a.EnvEnd, 0)
}

// processStatus is proc_pid_status(5).
func processStatus(k *kernel.Kernel, t *kernel.Task) string {
	letter, word := stateLetter(t)
	p, as, c := k.Process(t), k.MM.AS(t.ASID), &t.Cred
	ignored, caught := signalSets(k, t)
	var b strings.Builder
	row := func(name, format string, args ...any) { fmt.Fprintf(&b, name+":\t"+format+"\n", args...) }
	row("Name", "%s", t.Name())
	if t.FS != 0 {
		row("Umask", "%04o", k.VFS.FSStruct(t.FS).Umask)
	}
	row("State", "%s (%s)", letter, word)
	row("Tgid", "%d", t.TGID)
	row("Ngid", "0")
	row("Pid", "%d", t.PID)
	row("PPid", "%d", t.PPID)
	row("TracerPid", "0")
	row("Uid", "%d\t%d\t%d\t%d", c.UID, c.EUID, c.SUID, c.FSUID)
	row("Gid", "%d\t%d\t%d\t%d", c.GID, c.EGID, c.SGID, c.FSGID)
	if table := k.VFS.Table(t.Files); table != nil {
		row("FDSize", "%d", max(len(table.FDs), 64))
	}
	b.WriteString("Groups:\t")
	for i, g := range c.Groups {
		fmt.Fprintf(&b, "%s%d", " "[:min(i, 1)], g)
	}
	b.WriteString(" \n") // Linux keeps the space that it once printed by mistake
	if as != nil {
		s := sizes(as)
		kb := func(name string, bytes uint64) { row(name, "%8d kB", bytes>>10) }
		kb("VmPeak", as.PeakTotal<<12)
		kb("VmSize", s.all)
		kb("VmLck", s.locked)
		kb("VmPin", 0)
		kb("VmHWM", uint64(as.PeakRSS)<<12)
		kb("VmRSS", uint64(resident(as))<<12)
		kb("RssAnon", uint64(as.RSSAnon)<<12)
		kb("RssFile", uint64(as.RSSFile)<<12)
		kb("RssShmem", uint64(as.RSSShmem)<<12)
		kb("VmData", s.data)
		kb("VmStk", s.stack)
		kb("VmExe", s.exe)
		kb("VmLib", s.lib)
		kb("VmPTE", uint64(as.Tables)<<12)
		kb("VmSwap", uint64(as.Swapped)<<12)
		row("CoreDumping", "0")
	}
	row("Threads", "%d", threads(k, t))
	row("SigQ", "%d/%d", len(t.Sig.Queue)+len(p.Queue), p.Rlimits[abi.RLIMIT_SIGPENDING].Cur)
	row("SigPnd", "%016x", t.Sig.Pending)
	row("ShdPnd", "%016x", p.Pending)
	row("SigBlk", "%016x", t.Sig.Blocked)
	row("SigIgn", "%016x", ignored)
	row("SigCgt", "%016x", caught)
	for _, set := range capabilities(t) {
		row(set.name, "%016x", set.bits)
	}
	row("NoNewPrivs", "%d", toInt(t.NoNewPrivs))
	row("Cpus_allowed", "1")
	row("Cpus_allowed_list", "0")
	row("voluntary_ctxt_switches", "%d", t.NVCsw)
	row("nonvoluntary_ctxt_switches", "%d", t.NIvCsw)
	return b.String()
}

// maps has one line for each mapping. proc_pid_maps(5); Linux fs/proc/task_mmu.c:show_map_vma
func maps(k *kernel.Kernel, as *mm.AddressSpace) string {
	if as == nil {
		return ""
	}
	var b strings.Builder
	for v := range as.VMAs.All() {
		b.WriteString(mapLine(k, as, v))
	}
	return b.String()
}

func mapLine(k *kernel.Kernel, as *mm.AddressSpace, v *mm.VMA) string {
	line := fmt.Sprintf("%08x-%08x %s %08x %s ", v.Start, v.End, v.Perms(), v.Off, device(k, v))
	if name := mappingName(k, as, v); name != "" {
		line = fmt.Sprintf("%-73s%s", line, name)
	}
	return line + "\n"
}

// device is the device and inode number of a mapped file.
func device(k *kernel.Kernel, v *mm.VMA) string {
	in := mappedInode(k, v)
	if in == nil {
		return "00:00 0"
	}
	dev := uint64(0)
	if sb := k.VFS.S.Supers.Get(in.SB); sb != nil {
		dev = sb.Dev
	}
	return fmt.Sprintf("%02x:%02x %d", vfs.Major(dev), vfs.Minor(dev), in.Ino)
}

func mappedInode(k *kernel.Kernel, v *mm.VMA) *vfs.Inode {
	if v.Object == 0 || v.Object&mm.ShmemBit != 0 {
		return nil
	}
	return k.VFS.S.Inodes.Get(vfs.InodeID(v.Object))
}

func mappingName(k *kernel.Kernel, as *mm.AddressSpace, v *mm.VMA) string {
	if v.Object&mm.ShmemBit != 0 {
		return "/dev/zero (deleted)" // what Linux calls shared anonymous memory
	}
	if d := dentryOf(k, v.Object); d != 0 {
		return k.VFS.Path(d, 0)
	}
	return as.Name(v)
}

// capSet is one set of capabilities, by its name in /proc/PID/status.
type capSet struct {
	name string
	bits uint64
}

// capabilities are t's sets. capabilities(7)
func capabilities(t *kernel.Task) []capSet {
	c := &t.Cred.Caps
	return []capSet{{"CapInh", c.Inheritable}, {"CapPrm", c.Permitted}, {"CapEff", c.Effective}, {"CapBnd", c.Bounding}, {"CapAmb", c.Ambient}}
}
