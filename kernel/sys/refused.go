package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// Calls that are here by name only: they fail with ENOSYS, as on a Linux that was configured without them, and the log
// names each once. Linux kernel/sys_ni.c

// System V IPC, as without CONFIG_SYSVIPC.
var (
	_ = refuse(29, "shmget")
	_ = refuse(30, "shmat")
	_ = refuse(31, "shmctl")
	_ = refuse(67, "shmdt")
	_ = refuse(64, "semget")
	_ = refuse(65, "semop")
	_ = refuse(220, "semtimedop")
	_ = refuse(66, "semctl")
	_ = refuse(68, "msgget")
	_ = refuse(69, "msgsnd")
	_ = refuse(70, "msgrcv")
	_ = refuse(71, "msgctl")
)

// POSIX message queues, as without CONFIG_POSIX_MQUEUE.
var (
	_ = refuse(240, "mq_open")
	_ = refuse(241, "mq_unlink")
	_ = refuse(242, "mq_timedsend")
	_ = refuse(243, "mq_timedreceive")
	_ = refuse(244, "mq_notify")
	_ = refuse(245, "mq_getsetattr")
)

// Asynchronous I/O and io_uring, as without CONFIG_AIO and CONFIG_IO_URING.
var (
	_ = refuse(206, "io_setup")
	_ = refuse(207, "io_destroy")
	_ = refuse(208, "io_getevents")
	_ = refuse(209, "io_submit")
	_ = refuse(210, "io_cancel")
	_ = refuse(333, "io_pgetevents")
	_ = refuse(425, "io_uring_setup")
	_ = refuse(426, "io_uring_enter")
	_ = refuse(427, "io_uring_register")
)

// fanotify, file handles, quotas and their like, as without CONFIG_FANOTIFY, CONFIG_FHANDLE, CONFIG_QUOTA, CONFIG_SYSFS_SYSCALL.
var (
	_ = refuse(300, "fanotify_init")
	_ = refuse(301, "fanotify_mark")
	_ = refuse(303, "name_to_handle_at")
	_ = refuse(304, "open_by_handle_at")
	_ = refuse(179, "quotactl")
	_ = refuse(443, "quotactl_fd")
	_ = refuse(139, "sysfs")
	_ = refuse(136, "ustat")
	_ = refuse(163, "acct")
	_ = refuse(212, "lookup_dcookie")
)

// The mount interface by descriptors, and moving mounts.
var (
	_ = refuse(155, "pivot_root")
	_ = refuse(428, "open_tree")
	_ = refuse(429, "move_mount")
	_ = refuse(430, "fsopen")
	_ = refuse(431, "fsconfig")
	_ = refuse(432, "fsmount")
	_ = refuse(433, "fspick")
	_ = refuse(442, "mount_setattr")
)

// Debugging and looking into other processes.
var (
	_ = refuse(101, "ptrace")
	_ = refuse(298, "perf_event_open")
	_ = refuse(312, "kcmp")
	_ = refuse(321, "bpf")
)

// Keys and confinement.
var (
	_ = refuse(248, "add_key")
	_ = refuse(249, "request_key")
	_ = refuse(250, "keyctl")
	_ = refuse(317, "seccomp")
	_ = refuse(444, "landlock_create_ruleset")
	_ = refuse(445, "landlock_add_rule")
	_ = refuse(446, "landlock_restrict_self")
	_ = refuse(447, "memfd_secret")
)

// NUMA, as without CONFIG_NUMA and CONFIG_MIGRATION.
var (
	_ = refuse(237, "mbind")
	_ = refuse(238, "set_mempolicy")
	_ = refuse(239, "get_mempolicy")
	_ = refuse(256, "migrate_pages")
	_ = refuse(279, "move_pages")
	_ = refuse(450, "set_mempolicy_home_node")
)

// Modules and other kernels.
var (
	_ = refuse(175, "init_module")
	_ = refuse(176, "delete_module")
	_ = refuse(313, "finit_module")
	_ = refuse(246, "kexec_load")
	_ = refuse(320, "kexec_file_load")
)

// Ports and descriptor tables of ring 3, as without CONFIG_X86_IOPL_IOPERM and CONFIG_MODIFY_LDT_SYSCALL.
var (
	_ = refuse(172, "iopl")
	_ = refuse(173, "ioperm")
	_ = refuse(154, "modify_ldt")
)

// Memory and the rest.
var (
	_ = refuse(216, "remap_file_pages")
	_ = refuse(323, "userfaultfd")
	_ = refuse(440, "process_madvise")
	_ = refuse(448, "process_mrelease")
	_ = refuse(329, "pkey_mprotect")
	_ = refuse(331, "pkey_free")
	_ = refuse(449, "futex_waitv")
	_ = refuse(171, "setdomainname")
)

// What no Linux of today has.
var (
	_ = refuse(134, "uselib")
	_ = refuse(156, "_sysctl")
	_ = refuse(174, "create_module")
	_ = refuse(177, "get_kernel_syms")
	_ = refuse(178, "query_module")
	_ = refuse(180, "nfsservctl")
	_ = refuse(181, "getpmsg")
	_ = refuse(182, "putpmsg")
	_ = refuse(183, "afs_syscall")
	_ = refuse(184, "tuxcall")
	_ = refuse(185, "security")
	_ = refuse(214, "epoll_ctl_old")
	_ = refuse(215, "epoll_wait_old")
	_ = refuse(236, "vserver")
)

// refuse registers a call that is not here.
func refuse(nr uint16, name string) bool {
	return define(kernel.Syscall{Nr: nr, Name: name, Man: name + "(2)", Refused: abi.ENOSYS})
}
