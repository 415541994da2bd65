package fs

import "vitrine/kernel/abi"

// Constant is a file below /proc/sys that says the same always: what programs read to learn a limit that is fixed here,
// with the value that Linux has by default where it is a number without meaning here. Some take a write and forget it.
type Constant struct {
	dir  Node
	name string
	text string
	mode uint32
}

// The modes of constants. procTake is a file that is there to be written to.
const (
	procFixed = abi.S_IFREG | 0o444
	procTake  = abi.S_IFREG | 0o200
)

// Constants are numbered after the nodes. proc_sys_kernel(5), proc_sys_vm(5), proc_sys_fs(5)
var Constants = []Constant{
	{ProcSysKernel, "arch", "x86_64", procFixed},
	{ProcSysKernel, "cap_last_cap", "40", procFixed},
	{ProcSysKernel, "core_pipe_limit", "0", procFixed},
	{ProcSysKernel, "core_uses_pid", "0", procFixed},
	{ProcSysKernel, "ctrl-alt-del", "0", procFixed},
	{ProcSysKernel, "dmesg_restrict", "0", procFixed},
	{ProcSysKernel, "domainname", "(none)", procFixed},
	{ProcSysKernel, "kptr_restrict", "0", procFixed},
	{ProcSysKernel, "overflowgid", "65534", procFixed},
	{ProcSysKernel, "overflowuid", "65534", procFixed},
	{ProcSysKernel, "panic", "0", procFixed},
	{ProcSysKernel, "panic_on_oops", "0", procFixed},
	{ProcSysKernel, "printk", "7\t4\t1\t7", procFixed},
	{ProcSysKernel, "sysctl_writes_strict", "1", procFixed},
	{ProcSysKernel, "tainted", "0", procFixed},
	{ProcRandomDir, "entropy_avail", "256", procFixed},
	{ProcRandomDir, "poolsize", "256", procFixed},
	{ProcRandomDir, "urandom_min_reseed_secs", "60", procFixed},
	{ProcRandomDir, "write_wakeup_threshold", "256", procFixed},
	{ProcSysVM, "compact_memory", "", procTake},
	{ProcSysVM, "dirty_background_ratio", "10", procFixed},
	{ProcSysVM, "dirty_expire_centisecs", "3000", procFixed},
	{ProcSysVM, "dirty_ratio", "20", procFixed},
	{ProcSysVM, "dirty_writeback_centisecs", "500", procFixed},
	{ProcSysVM, "laptop_mode", "0", procFixed},
	{ProcSysVM, "legacy_va_layout", "0", procFixed},
	{ProcSysVM, "max_map_count", "65530", procFixed},
	{ProcSysVM, "mmap_min_addr", "65536", procFixed},
	{ProcSysVM, "nr_hugepages", "0", procFixed},
	{ProcSysVM, "oom_kill_allocating_task", "0", procFixed},
	{ProcSysVM, "page-cluster", "0", procFixed},
	{ProcSysVM, "panic_on_oom", "0", procFixed},
	{ProcSysVM, "swappiness", "60", procFixed},
	{ProcSysVM, "vfs_cache_pressure", "100", procFixed},
	{ProcSysFS, "aio-max-nr", "0", procFixed},
	{ProcSysFS, "aio-nr", "0", procFixed},
	{ProcSysFS, "dir-notify-enable", "0", procFixed},
	{ProcSysFS, "file-max", "9223372036854775807", procFixed},
	{ProcSysFS, "leases-enable", "0", procFixed},
	{ProcSysFS, "mount-max", "100000", procFixed},
	{ProcSysFS, "nr_open", "1048576", procFixed},
	{ProcSysFS, "overflowgid", "65534", procFixed},
	{ProcSysFS, "overflowuid", "65534", procFixed},
	{ProcSysFS, "pipe-max-size", "1048576", procFixed},
	{ProcSysFS, "pipe-user-pages-hard", "0", procFixed},
	{ProcSysFS, "pipe-user-pages-soft", "0", procFixed},
	{ProcSysFS, "protected_fifos", "0", procFixed},
	{ProcSysFS, "protected_hardlinks", "1", procFixed},
	{ProcSysFS, "protected_regular", "0", procFixed},
	{ProcSysFS, "protected_symlinks", "0", procFixed},
	{ProcSysFS, "suid_dumpable", "0", procFixed},
	{ProcInotifyDir, "max_queued_events", "16384", procFixed},
	{ProcInotifyDir, "max_user_instances", "128", procFixed},
	{ProcInotifyDir, "max_user_watches", "8192", procFixed},
	{ProcEpollDir, "max_user_watches", "8192", procFixed},
	{ProcNetUnix, "max_dgram_qlen", "10", procFixed},
	{ProcNetCore, "somaxconn", "4096", procFixed},
}

// constant is the row of a node, nil when it is none.
func constant(n Node) *Constant {
	if n < NumNodes || int(n-NumNodes) >= len(Constants) {
		return nil
	}
	return &Constants[n-NumNodes]
}

// row describes any node.
func row(n Node) procNode {
	if c := constant(n); c != nil {
		return procNode{c.name, c.dir, c.mode}
	}
	return nodes[n]
}

// lastNode is the end of the numbers of nodes.
func lastNode() Node { return NumNodes + Node(len(Constants)) }
