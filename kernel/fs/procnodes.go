package fs

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Facts is what procfs shows; the kernel knows it.
type Facts interface {
	// PIDs lists the processes (thread group leaders) in ascending order; Threads the threads of one.
	PIDs() []uint32
	Threads(pid uint32) []uint32
	// Self is the PID of the calling process, 0 when there is none.
	Self() uint32
	// SelfThread is the ID of the calling thread.
	SelfThread() uint32
	// Owner tells whose a process's files are; ok is false when there is no such process.
	Owner(pid uint32) (uid, gid uint32, ok bool)
	// Text appends the content of a file to dst. pid is 0 for files that are not about a process.
	Text(pid uint32, n Node, dst []byte) ([]byte, abi.Errno)
	// SetText takes what was written to a file.
	SetText(pid uint32, n Node, p []byte) abi.Errno
	// ReadAt and WriteAt are files with contents at positions: a process's memory and page map.
	ReadAt(pid uint32, n Node, p []byte, off int64) (int, abi.Errno)
	WriteAt(pid uint32, n Node, p []byte, off int64) (int, abi.Errno)
	// SysText is the content of a file below /sys that changes, SetSysText takes what was written to one. HasDisk tells
	// whether a disk is there.
	SysText(path string) string
	SetSysText(path, text string) abi.Errno
	HasDisk(name string) bool
	// FDInfo is the content of /proc/PID/fdinfo/N.
	FDInfo(f *vfs.File, fd vfs.FD) string
	// Place is the dentry that a process's cwd, root or exe leads to, 0 when there is none.
	Place(pid uint32, n Node) vfs.DentryID
	// Table is a process's descriptor table, 0 when it has none any more.
	Table(pid uint32) vfs.TableID
}

// Node is a place in the tree of procfs.
type Node uint16

// The nodes: those of the system first, then those of a process.
const (
	NoNode Node = iota
	ProcRoot
	ProcSelf
	ProcMeminfo
	ProcStat
	ProcUptime
	ProcLoadavg
	ProcVersion
	ProcCPUInfo
	ProcFilesystems
	ProcMountsLink
	ProcInterrupts
	ProcDevices
	ProcCmdline
	ProcSwaps
	ProcVMStat
	ProcThreadSelf
	ProcSoftirqs
	ProcPartitions
	ProcDiskstats
	ProcConsoles
	ProcLocks
	ProcSys
	ProcSysKernel
	ProcHostname
	ProcOstype
	ProcOsrelease
	ProcOsversion
	ProcPIDMax
	ProcThreadsMax
	ProcNgroupsMax
	ProcSched
	ProcHZ
	ProcSchedSlice
	ProcSchedLatency
	ProcSchedMinGran
	ProcSchedWakeGran
	ProcSchedRRSlice
	ProcSchedRTPeriod
	ProcSchedRTRuntime
	ProcRandomizeVA
	ProcPtyDir
	ProcPtyMax
	ProcPtyNr
	ProcCorePattern
	ProcSysVM
	ProcOvercommit
	ProcOvercommitRatio
	ProcReplacement
	ProcRandomDir
	ProcBootID
	ProcUUID
	ProcDropCaches
	ProcSysNet
	ProcNetUnix
	ProcNetCore
	ProcSysFS
	ProcFileNr
	ProcInodeNr
	ProcDentryState
	ProcInotifyDir
	ProcEpollDir
	ProcBinfmtMisc // where binfmt_misc is mounted
	PIDDir         // /proc/PID, and all that follow are below it
	PIDStat
	PIDStatm
	PIDStatus
	PIDCmdline
	PIDEnviron
	PIDMaps
	PIDSmaps
	PIDSmapsRollup
	PIDPagemap
	PIDMem
	PIDIO
	PIDSyscall
	PIDPersonality
	PIDOOMScore
	PIDOOMAdj
	PIDCoredumpFilter
	PIDCgroup
	PIDTimerslack
	PIDComm
	PIDWchan
	PIDOOMScoreAdj
	PIDSched
	PIDSchedstat
	PIDMounts
	PIDMountinfo
	PIDLimits
	PIDAuxv
	PIDExe
	PIDCwd
	PIDRoot
	PIDFD
	PIDFDInfo
	PIDTask
	PIDFDLink  // /proc/PID/fd/N
	PIDFDInfoN // /proc/PID/fdinfo/N
	TIDDir     // /proc/PID/task/TID, with the files of a process
	NumNodes
)

// procNode is one row of the tree.
type procNode struct {
	name   string
	parent Node
	mode   uint32
}

const (
	procDir  = abi.S_IFDIR | 0o555
	procFile = abi.S_IFREG | 0o444
	procTune = abi.S_IFREG | 0o644
	procLink = abi.S_IFLNK | 0o777
)

// nodes has one row for each Node. proc(5)
var nodes = [NumNodes]procNode{
	ProcRoot:        {"", 0, procDir},
	ProcSelf:        {"self", ProcRoot, procLink},
	ProcMeminfo:     {"meminfo", ProcRoot, procFile},
	ProcStat:        {"stat", ProcRoot, procFile},
	ProcUptime:      {"uptime", ProcRoot, procFile},
	ProcLoadavg:     {"loadavg", ProcRoot, procFile},
	ProcVersion:     {"version", ProcRoot, procFile},
	ProcCPUInfo:     {"cpuinfo", ProcRoot, procFile},
	ProcFilesystems: {"filesystems", ProcRoot, procFile},
	ProcMountsLink:  {"mounts", ProcRoot, procLink},
	ProcInterrupts:  {"interrupts", ProcRoot, procFile},
	ProcDevices:     {"devices", ProcRoot, procFile},
	ProcCmdline:     {"cmdline", ProcRoot, procFile},
	ProcSwaps:       {"swaps", ProcRoot, procFile},
	ProcVMStat:      {"vmstat", ProcRoot, procFile},
	ProcThreadSelf:  {"thread-self", ProcRoot, procLink},
	ProcSoftirqs:    {"softirqs", ProcRoot, procFile},
	ProcPartitions:  {"partitions", ProcRoot, procFile},
	ProcDiskstats:   {"diskstats", ProcRoot, procFile},
	ProcConsoles:    {"consoles", ProcRoot, procFile},
	ProcLocks:       {"locks", ProcRoot, procFile},

	ProcSys:            {"sys", ProcRoot, procDir},
	ProcSysKernel:      {"kernel", ProcSys, procDir},
	ProcHostname:       {"hostname", ProcSysKernel, procTune},
	ProcOstype:         {"ostype", ProcSysKernel, procFile},
	ProcOsrelease:      {"osrelease", ProcSysKernel, procFile},
	ProcOsversion:      {"version", ProcSysKernel, procFile},
	ProcPIDMax:         {"pid_max", ProcSysKernel, procFile},
	ProcThreadsMax:     {"threads-max", ProcSysKernel, procFile},
	ProcNgroupsMax:     {"ngroups_max", ProcSysKernel, procFile},
	ProcSched:          {"sched", ProcSysKernel, procTune},
	ProcHZ:             {"hz", ProcSysKernel, procTune},
	ProcSchedSlice:     {"sched_slice_ns", ProcSysKernel, procTune},
	ProcSchedLatency:   {"sched_latency_ns", ProcSysKernel, procTune},
	ProcSchedMinGran:   {"sched_min_granularity_ns", ProcSysKernel, procTune},
	ProcSchedWakeGran:  {"sched_wakeup_granularity_ns", ProcSysKernel, procTune},
	ProcSchedRRSlice:   {"sched_rr_timeslice_ms", ProcSysKernel, procTune},
	ProcSchedRTPeriod:  {"sched_rt_period_us", ProcSysKernel, procTune},
	ProcSchedRTRuntime: {"sched_rt_runtime_us", ProcSysKernel, procTune},
	ProcCorePattern:    {"core_pattern", ProcSysKernel, procFile},
	ProcRandomizeVA:    {"randomize_va_space", ProcSysKernel, procTune},
	ProcPtyDir:         {"pty", ProcSysKernel, procDir},
	ProcPtyMax:         {"max", ProcPtyDir, procFile},
	ProcPtyNr:          {"nr", ProcPtyDir, procFile},

	ProcSysVM:           {"vm", ProcSys, procDir},
	ProcOvercommit:      {"overcommit_memory", ProcSysVM, procTune},
	ProcOvercommitRatio: {"overcommit_ratio", ProcSysVM, procTune},
	ProcReplacement:     {"replacement", ProcSysVM, procTune},
	ProcRandomDir:       {"random", ProcSysKernel, procDir},
	ProcBootID:          {"boot_id", ProcRandomDir, procFile},
	ProcUUID:            {"uuid", ProcRandomDir, procFile},
	ProcDropCaches:      {"drop_caches", ProcSysVM, abi.S_IFREG | 0o200},
	ProcSysNet:          {"net", ProcSys, procDir},
	ProcNetUnix:         {"unix", ProcSysNet, procDir},
	ProcNetCore:         {"core", ProcSysNet, procDir},

	ProcSysFS:       {"fs", ProcSys, procDir},
	ProcFileNr:      {"file-nr", ProcSysFS, procFile},
	ProcInodeNr:     {"inode-nr", ProcSysFS, procFile},
	ProcDentryState: {"dentry-state", ProcSysFS, procFile},
	ProcInotifyDir:  {"inotify", ProcSysFS, procDir},
	ProcEpollDir:    {"epoll", ProcSysFS, procDir},
	ProcBinfmtMisc:  {"binfmt_misc", ProcSysFS, procDir},

	PIDDir:            {"", ProcRoot, procDir},
	PIDStat:           {"stat", PIDDir, procFile},
	PIDStatm:          {"statm", PIDDir, procFile},
	PIDStatus:         {"status", PIDDir, procFile},
	PIDCmdline:        {"cmdline", PIDDir, procFile},
	PIDEnviron:        {"environ", PIDDir, abi.S_IFREG | 0o400},
	PIDMaps:           {"maps", PIDDir, procFile},
	PIDSmaps:          {"smaps", PIDDir, procFile},
	PIDSmapsRollup:    {"smaps_rollup", PIDDir, procFile},
	PIDPagemap:        {"pagemap", PIDDir, abi.S_IFREG | 0o400},
	PIDMem:            {"mem", PIDDir, abi.S_IFREG | 0o600},
	PIDIO:             {"io", PIDDir, abi.S_IFREG | 0o400},
	PIDSyscall:        {"syscall", PIDDir, abi.S_IFREG | 0o400},
	PIDPersonality:    {"personality", PIDDir, abi.S_IFREG | 0o400},
	PIDOOMScore:       {"oom_score", PIDDir, procFile},
	PIDOOMAdj:         {"oom_adj", PIDDir, procTune},
	PIDCoredumpFilter: {"coredump_filter", PIDDir, procTune},
	PIDCgroup:         {"cgroup", PIDDir, procFile},
	PIDTimerslack:     {"timerslack_ns", PIDDir, procFile | 0o222},
	PIDComm:           {"comm", PIDDir, procTune},

	PIDWchan:       {"wchan", PIDDir, procFile},
	PIDOOMScoreAdj: {"oom_score_adj", PIDDir, procTune},
	PIDSched:       {"sched", PIDDir, procFile},
	PIDSchedstat:   {"schedstat", PIDDir, procFile},
	PIDMounts:      {"mounts", PIDDir, procFile},
	PIDMountinfo:   {"mountinfo", PIDDir, procFile},
	PIDLimits:      {"limits", PIDDir, procFile},
	PIDAuxv:        {"auxv", PIDDir, abi.S_IFREG | 0o400},
	PIDExe:         {"exe", PIDDir, procLink},
	PIDCwd:         {"cwd", PIDDir, procLink},
	PIDRoot:        {"root", PIDDir, procLink},
	PIDFD:          {"fd", PIDDir, abi.S_IFDIR | 0o500},
	PIDFDInfo:      {"fdinfo", PIDDir, procDir},
	PIDTask:        {"task", PIDDir, procDir},
	PIDFDLink:      {"", PIDFD, procLink},
	PIDFDInfoN:     {"", PIDFDInfo, procFile},
	TIDDir:         {"", PIDTask, procDir},
}

// String is the node's last name.
func (n Node) String() string { return row(n).name }

// The number of an inode says all about it: process, thread or descriptor, node. A thread's directory has the nodes
// of a process, with the thread's number as PID.
type procIno uint64

func makeIno(pid uint32, n Node, sub uint32) uint64 {
	return uint64(pid)<<32 | uint64(sub)<<12 | uint64(n)
}

func (i procIno) pid() uint32 { return uint32(i >> 32) }
func (i procIno) sub() uint32 { return uint32(i>>12) & 0xfffff }
func (i procIno) node() Node  { return Node(i & 0xfff) }
