package sys

import (
	"fmt"
	"strings"

	"vitrine/kernel/abi"
)

// flag is one name in a set. A flag of several bits must stand before its parts.
type flag struct {
	value uint64
	name  string
}

// A flagSet is or-ed names; with enum it is one name of many. mask, when set, are bits that hold a number named by
// the enum set base.
type flagSet struct {
	enum  bool
	zero  string // what 0 is called
	other string // comment for an unknown value
	base  string // the set of the value's lowest part
	mask  uint64
	flags []flag
}

// flagText prints v with the names of a set.
func flagText(set string, v uint64) string {
	s, ok := flagSets[set]
	if !ok {
		return pointer(v)
	}
	v = uint64(uint32(v))
	if s.enum {
		for _, f := range s.flags {
			if uint32(f.value) == uint32(v) {
				return f.name
			}
		}
		return fmt.Sprintf("%#x /* %s */", v, s.other)
	}
	var names []string
	if s.base != "" {
		names = append(names, flagText(s.base, v&s.mask))
		v &^= s.mask
	}
	for _, f := range s.flags {
		if f.value != 0 && v&f.value == f.value {
			names = append(names, f.name)
			v &^= f.value
		}
	}
	switch {
	case v != 0 && len(names) == 0 && s.other != "":
		return fmt.Sprintf("%#x /* %s */", v, s.other)
	case v != 0:
		names = append(names, fmt.Sprintf("%#x", v))
	case len(names) == 0 && s.zero != "":
		return s.zero
	case len(names) == 0:
		return "0"
	}
	return strings.Join(names, "|")
}

var flagSets = map[string]flagSet{
	"accmode": {enum: true, other: "O_???", flags: []flag{{0, "O_RDONLY"}, {1, "O_WRONLY"}, {2, "O_RDWR"}, {3, "O_ACCMODE"}}},
	"open": {base: "accmode", mask: 3, flags: []flag{{abi.O_CREAT, "O_CREAT"}, {abi.O_EXCL, "O_EXCL"}, {abi.O_NOCTTY, "O_NOCTTY"},
		{abi.O_TRUNC, "O_TRUNC"}, {abi.O_APPEND, "O_APPEND"}, {abi.O_NONBLOCK, "O_NONBLOCK"}, {abi.O_SYNC, "O_SYNC"},
		{abi.O_DSYNC, "O_DSYNC"}, {abi.O_DIRECT, "O_DIRECT"}, {abi.O_LARGEFILE, "O_LARGEFILE"}, {abi.O_NOFOLLOW, "O_NOFOLLOW"},
		{abi.O_NOATIME, "O_NOATIME"}, {abi.O_CLOEXEC, "O_CLOEXEC"}, {abi.O_PATH, "O_PATH"}, {abi.O_TMPFILE, "O_TMPFILE"},
		{abi.O_DIRECTORY, "O_DIRECTORY"}}},
	"fdflags": {flags: []flag{{abi.O_NONBLOCK, "O_NONBLOCK"}, {abi.O_CLOEXEC, "O_CLOEXEC"}, {abi.O_DIRECT, "O_DIRECT"}}},
	"at": {flags: []flag{{abi.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"}, {abi.AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW"},
		{abi.AT_NO_AUTOMOUNT, "AT_NO_AUTOMOUNT"}, {abi.AT_EMPTY_PATH, "AT_EMPTY_PATH"},
		{abi.AT_STATX_FORCE_SYNC, "AT_STATX_FORCE_SYNC"}, {abi.AT_STATX_DONT_SYNC, "AT_STATX_DONT_SYNC"}}},
	"eventfd":  {flags: []flag{{1, "EFD_SEMAPHORE"}, {abi.O_NONBLOCK, "EFD_NONBLOCK"}, {abi.O_CLOEXEC, "EFD_CLOEXEC"}}},
	"sfdflags": {flags: []flag{{abi.O_NONBLOCK, "SFD_NONBLOCK"}, {abi.O_CLOEXEC, "SFD_CLOEXEC"}}},
	"tfdflags": {flags: []flag{{abi.O_NONBLOCK, "TFD_NONBLOCK"}, {abi.O_CLOEXEC, "TFD_CLOEXEC"}}},
	"tfdtimer": {flags: []flag{{tfdAbstime, "TFD_TIMER_ABSTIME"}, {tfdCancelOnSet, "TFD_TIMER_CANCEL_ON_SET"}}},
	"pidfd":    {flags: []flag{{abi.O_NONBLOCK, "PIDFD_NONBLOCK"}}},
	"memfd":    {flags: []flag{{mfdCloexec, "MFD_CLOEXEC"}, {mfdAllowSealing, "MFD_ALLOW_SEALING"}}},
	"inflags":  {flags: []flag{{abi.O_NONBLOCK, "IN_NONBLOCK"}, {abi.O_CLOEXEC, "IN_CLOEXEC"}}},
	"inotify": {flags: []flag{{abi.IN_ALL_EVENTS, "IN_ALL_EVENTS"}, {abi.IN_ACCESS, "IN_ACCESS"}, {abi.IN_MODIFY, "IN_MODIFY"},
		{abi.IN_ATTRIB, "IN_ATTRIB"}, {abi.IN_CLOSE_WRITE, "IN_CLOSE_WRITE"}, {abi.IN_CLOSE_NOWRITE, "IN_CLOSE_NOWRITE"},
		{abi.IN_OPEN, "IN_OPEN"}, {abi.IN_MOVED_FROM, "IN_MOVED_FROM"}, {abi.IN_MOVED_TO, "IN_MOVED_TO"}, {abi.IN_CREATE, "IN_CREATE"},
		{abi.IN_DELETE, "IN_DELETE"}, {abi.IN_DELETE_SELF, "IN_DELETE_SELF"}, {abi.IN_MOVE_SELF, "IN_MOVE_SELF"},
		{abi.IN_ONLYDIR, "IN_ONLYDIR"}, {abi.IN_DONT_FOLLOW, "IN_DONT_FOLLOW"}, {abi.IN_EXCL_UNLINK, "IN_EXCL_UNLINK"},
		{abi.IN_MASK_CREATE, "IN_MASK_CREATE"}, {abi.IN_MASK_ADD, "IN_MASK_ADD"}, {abi.IN_ISDIR, "IN_ISDIR"}, {abi.IN_ONESHOT, "IN_ONESHOT"}}},
	"altstack":     {flags: []flag{{1, "SS_ONSTACK"}, {2, "SS_DISABLE"}, {1 << 31, "SS_AUTODISARM"}}},
	"epoll_create": {flags: []flag{{abi.O_CLOEXEC, "EPOLL_CLOEXEC"}}},
	"epoll_ctl":    {enum: true, other: "EPOLL_CTL_???", flags: []flag{{1, "EPOLL_CTL_ADD"}, {2, "EPOLL_CTL_DEL"}, {3, "EPOLL_CTL_MOD"}}},
	"epoll": {flags: []flag{{1, "EPOLLIN"}, {2, "EPOLLPRI"}, {4, "EPOLLOUT"}, {8, "EPOLLERR"}, {0x10, "EPOLLHUP"},
		{0x2000, "EPOLLRDHUP"}, {epollExclusive, "EPOLLEXCLUSIVE"}, {epollOneShot, "EPOLLONESHOT"}, {epollEdge, "EPOLLET"}}},
	"unlinkat":  {flags: []flag{{abi.AT_REMOVEDIR, "AT_REMOVEDIR"}}},
	"faccessat": {flags: []flag{{abi.AT_EACCESS, "AT_EACCESS"}, {abi.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"}, {abi.AT_EMPTY_PATH, "AT_EMPTY_PATH"}}},
	"access":    {zero: "F_OK", flags: []flag{{4, "R_OK"}, {2, "W_OK"}, {1, "X_OK"}}},
	"rename":    {flags: []flag{{1, "RENAME_NOREPLACE"}, {2, "RENAME_EXCHANGE"}, {4, "RENAME_WHITEOUT"}}},
	"statx":     {flags: []flag{{0xfff, "STATX_ALL"}, {0x7ff, "STATX_BASIC_STATS"}, {1, "STATX_TYPE"}, {2, "STATX_MODE"}, {4, "STATX_NLINK"}, {8, "STATX_UID"}, {0x10, "STATX_GID"}, {0x20, "STATX_ATIME"}, {0x40, "STATX_MTIME"}, {0x80, "STATX_CTIME"}, {0x100, "STATX_INO"}, {0x200, "STATX_SIZE"}, {0x400, "STATX_BLOCKS"}, {0x800, "STATX_BTIME"}, {0x1000, "STATX_MNT_ID"}}},
	"whence":    {enum: true, other: "SEEK_???", flags: []flag{{0, "SEEK_SET"}, {1, "SEEK_CUR"}, {2, "SEEK_END"}, {3, "SEEK_DATA"}, {4, "SEEK_HOLE"}}},
	"fadvise": {enum: true, other: "POSIX_FADV_???", flags: []flag{{0, "POSIX_FADV_NORMAL"}, {1, "POSIX_FADV_RANDOM"},
		{2, "POSIX_FADV_SEQUENTIAL"}, {3, "POSIX_FADV_WILLNEED"}, {4, "POSIX_FADV_DONTNEED"}, {5, "POSIX_FADV_NOREUSE"}}},
	"flock": {flags: []flag{{1, "LOCK_SH"}, {2, "LOCK_EX"}, {8, "LOCK_UN"}, {4, "LOCK_NB"}}},
	"fcntl": {enum: true, other: "F_???", flags: []flag{{0, "F_DUPFD"}, {1, "F_GETFD"}, {2, "F_SETFD"}, {3, "F_GETFL"}, {4, "F_SETFL"},
		{5, "F_GETLK"}, {6, "F_SETLK"}, {7, "F_SETLKW"}, {8, "F_SETOWN"}, {9, "F_GETOWN"}, {10, "F_SETSIG"}, {11, "F_GETSIG"},
		{15, "F_SETOWN_EX"}, {16, "F_GETOWN_EX"}, {36, "F_OFD_GETLK"}, {37, "F_OFD_SETLK"}, {38, "F_OFD_SETLKW"},
		{1030, "F_DUPFD_CLOEXEC"}, {1031, "F_SETPIPE_SZ"}, {1032, "F_GETPIPE_SZ"},
		{1033, "F_ADD_SEALS"}, {1034, "F_GET_SEALS"}}},
	"close_range": {flags: []flag{{closeRangeUnshare, "CLOSE_RANGE_UNSHARE"}, {closeRangeCloexec, "CLOSE_RANGE_CLOEXEC"}}},
	"prot":        {zero: "PROT_NONE", flags: []flag{{1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"}, {0x1000000, "PROT_GROWSDOWN"}}},
	"maptype":     {enum: true, other: "MAP_???", flags: []flag{{1, "MAP_SHARED"}, {2, "MAP_PRIVATE"}, {3, "MAP_SHARED_VALIDATE"}}},
	"mmap": {base: "maptype", mask: 0xf, flags: []flag{{0x10, "MAP_FIXED"}, {0x20, "MAP_ANONYMOUS"}, {0x40, "MAP_32BIT"},
		{0x100, "MAP_GROWSDOWN"}, {0x800, "MAP_DENYWRITE"}, {0x1000, "MAP_EXECUTABLE"}, {0x2000, "MAP_LOCKED"},
		{0x4000, "MAP_NORESERVE"}, {0x8000, "MAP_POPULATE"}, {0x10000, "MAP_NONBLOCK"}, {0x20000, "MAP_STACK"},
		{0x40000, "MAP_HUGETLB"}, {0x100000, "MAP_FIXED_NOREPLACE"}}},
	"mremap":   {flags: []flag{{1, "MREMAP_MAYMOVE"}, {2, "MREMAP_FIXED"}, {4, "MREMAP_DONTUNMAP"}}},
	"msync":    {flags: []flag{{1, "MS_ASYNC"}, {2, "MS_INVALIDATE"}, {4, "MS_SYNC"}}},
	"mlockall": {flags: []flag{{1, "MCL_CURRENT"}, {2, "MCL_FUTURE"}, {4, "MCL_ONFAULT"}}},
	"madvise": {enum: true, other: "MADV_???", flags: []flag{{0, "MADV_NORMAL"}, {1, "MADV_RANDOM"}, {2, "MADV_SEQUENTIAL"},
		{3, "MADV_WILLNEED"}, {4, "MADV_DONTNEED"}, {8, "MADV_FREE"}, {9, "MADV_REMOVE"}, {10, "MADV_DONTFORK"}, {11, "MADV_DOFORK"},
		{12, "MADV_MERGEABLE"}, {13, "MADV_UNMERGEABLE"}, {14, "MADV_HUGEPAGE"}, {15, "MADV_NOHUGEPAGE"}, {16, "MADV_DONTDUMP"},
		{17, "MADV_DODUMP"}, {18, "MADV_WIPEONFORK"}, {19, "MADV_KEEPONFORK"}, {20, "MADV_COLD"}, {21, "MADV_PAGEOUT"},
		{22, "MADV_POPULATE_READ"}, {23, "MADV_POPULATE_WRITE"}, {24, "MADV_DONTNEED_LOCKED"}}},
	"wait": {flags: []flag{{1, "WNOHANG"}, {2, "WSTOPPED"}, {4, "WEXITED"}, {8, "WCONTINUED"}, {0x1000000, "WNOWAIT"},
		{0x20000000, "__WNOTHREAD"}, {0x40000000, "__WALL"}, {0x80000000, "__WCLONE"}}},
	"idtype": {enum: true, other: "P_???", flags: []flag{{0, "P_ALL"}, {1, "P_PID"}, {2, "P_PGID"}, {3, "P_PIDFD"}}},
	"cloneflags": {flags: []flag{{abi.CLONE_VM, "CLONE_VM"}, {abi.CLONE_FS, "CLONE_FS"}, {abi.CLONE_FILES, "CLONE_FILES"},
		{abi.CLONE_SIGHAND, "CLONE_SIGHAND"}, {abi.CLONE_PIDFD, "CLONE_PIDFD"}, {abi.CLONE_PTRACE, "CLONE_PTRACE"},
		{abi.CLONE_VFORK, "CLONE_VFORK"}, {abi.CLONE_PARENT, "CLONE_PARENT"}, {abi.CLONE_THREAD, "CLONE_THREAD"},
		{abi.CLONE_NEWNS, "CLONE_NEWNS"}, {abi.CLONE_SYSVSEM, "CLONE_SYSVSEM"}, {abi.CLONE_SETTLS, "CLONE_SETTLS"},
		{abi.CLONE_PARENT_SETTID, "CLONE_PARENT_SETTID"}, {abi.CLONE_CHILD_CLEARTID, "CLONE_CHILD_CLEARTID"},
		{abi.CLONE_DETACHED, "CLONE_DETACHED"}, {abi.CLONE_UNTRACED, "CLONE_UNTRACED"}, {abi.CLONE_CHILD_SETTID, "CLONE_CHILD_SETTID"}}},
	"arch_prctl": {enum: true, other: "ARCH_???", flags: []flag{{abi.ARCH_SET_GS, "ARCH_SET_GS"}, {abi.ARCH_SET_FS, "ARCH_SET_FS"},
		{abi.ARCH_GET_FS, "ARCH_GET_FS"}, {abi.ARCH_GET_GS, "ARCH_GET_GS"}, {0x3001, "0x3001 /* ARCH_??? */"}}},
	"prctl": {enum: true, other: "PR_???", flags: []flag{{1, "PR_SET_PDEATHSIG"}, {2, "PR_GET_PDEATHSIG"}, {3, "PR_GET_DUMPABLE"},
		{4, "PR_SET_DUMPABLE"}, {7, "PR_GET_KEEPCAPS"}, {8, "PR_SET_KEEPCAPS"}, {15, "PR_SET_NAME"}, {16, "PR_GET_NAME"},
		{13, "PR_GET_TIMING"}, {14, "PR_SET_TIMING"}, {21, "PR_GET_SECCOMP"}, {23, "PR_CAPBSET_READ"}, {24, "PR_CAPBSET_DROP"},
		{25, "PR_GET_TSC"}, {26, "PR_SET_TSC"}, {27, "PR_GET_SECUREBITS"}, {28, "PR_SET_SECUREBITS"}, {29, "PR_SET_TIMERSLACK"},
		{30, "PR_GET_TIMERSLACK"}, {34, "PR_MCE_KILL_GET"}, {40, "PR_GET_TID_ADDRESS"}, {42, "PR_GET_THP_DISABLE"}, {47, "PR_CAP_AMBIENT"}, {36, "PR_SET_CHILD_SUBREAPER"}, {37, "PR_GET_CHILD_SUBREAPER"}, {38, "PR_SET_NO_NEW_PRIVS"},
		{39, "PR_GET_NO_NEW_PRIVS"}, {0x53564d41, "PR_SET_VMA"}}},
	"sigprocmask": {enum: true, other: "SIG_???", flags: []flag{{0, "SIG_BLOCK"}, {1, "SIG_UNBLOCK"}, {2, "SIG_SETMASK"}}},
	"saflags": {flags: []flag{{abi.SA_RESTORER, "SA_RESTORER"}, {abi.SA_ONSTACK, "SA_ONSTACK"}, {abi.SA_RESTART, "SA_RESTART"},
		{abi.SA_NODEFER, "SA_NODEFER"}, {abi.SA_RESETHAND, "SA_RESETHAND"}, {abi.SA_SIGINFO, "SA_SIGINFO"},
		{abi.SA_NOCLDSTOP, "SA_NOCLDSTOP"}, {abi.SA_NOCLDWAIT, "SA_NOCLDWAIT"}}},
	"clock": {enum: true, other: "CLOCK_???", flags: []flag{{0, "CLOCK_REALTIME"}, {1, "CLOCK_MONOTONIC"}, {2, "CLOCK_PROCESS_CPUTIME_ID"},
		{3, "CLOCK_THREAD_CPUTIME_ID"}, {4, "CLOCK_MONOTONIC_RAW"}, {5, "CLOCK_REALTIME_COARSE"}, {6, "CLOCK_MONOTONIC_COARSE"},
		{7, "CLOCK_BOOTTIME"}, {8, "CLOCK_REALTIME_ALARM"}, {9, "CLOCK_BOOTTIME_ALARM"}, {11, "CLOCK_TAI"}}},
	"timer":  {flags: []flag{{1, "TIMER_ABSTIME"}}},
	"itimer": {enum: true, other: "ITIMER_???", flags: []flag{{0, "ITIMER_REAL"}, {1, "ITIMER_VIRTUAL"}, {2, "ITIMER_PROF"}}},
	"futexop": {enum: true, other: "FUTEX_???", flags: []flag{{0, "FUTEX_WAIT"}, {1, "FUTEX_WAKE"}, {2, "FUTEX_FD"}, {3, "FUTEX_REQUEUE"},
		{4, "FUTEX_CMP_REQUEUE"}, {5, "FUTEX_WAKE_OP"}, {6, "FUTEX_LOCK_PI"}, {7, "FUTEX_UNLOCK_PI"}, {8, "FUTEX_TRYLOCK_PI"},
		{9, "FUTEX_WAIT_BITSET"}, {10, "FUTEX_WAKE_BITSET"}, {0x80, "FUTEX_WAIT_PRIVATE"}, {0x81, "FUTEX_WAKE_PRIVATE"},
		{0x83, "FUTEX_REQUEUE_PRIVATE"}, {0x84, "FUTEX_CMP_REQUEUE_PRIVATE"}, {0x85, "FUTEX_WAKE_OP_PRIVATE"},
		{0x86, "FUTEX_LOCK_PI_PRIVATE"}, {0x87, "FUTEX_UNLOCK_PI_PRIVATE"}, {0x89, "FUTEX_WAIT_BITSET_PRIVATE"},
		{0x8a, "FUTEX_WAKE_BITSET_PRIVATE"}}},
	"futex":     {base: "futexop", mask: ^uint64(abi.FUTEX_CLOCK_REALTIME), flags: []flag{{abi.FUTEX_CLOCK_REALTIME, "FUTEX_CLOCK_REALTIME"}}},
	"getrandom": {flags: []flag{{1, "GRND_NONBLOCK"}, {2, "GRND_RANDOM"}, {4, "GRND_INSECURE"}}},
	"rlimit": {enum: true, other: "RLIMIT_???", flags: []flag{{0, "RLIMIT_CPU"}, {1, "RLIMIT_FSIZE"}, {2, "RLIMIT_DATA"}, {3, "RLIMIT_STACK"},
		{4, "RLIMIT_CORE"}, {5, "RLIMIT_RSS"}, {6, "RLIMIT_NPROC"}, {7, "RLIMIT_NOFILE"}, {8, "RLIMIT_MEMLOCK"}, {9, "RLIMIT_AS"},
		{10, "RLIMIT_LOCKS"}, {11, "RLIMIT_SIGPENDING"}, {12, "RLIMIT_MSGQUEUE"}, {13, "RLIMIT_NICE"}, {14, "RLIMIT_RTPRIO"}, {15, "RLIMIT_RTTIME"}}},
	"rusage": {enum: true, other: "RUSAGE_???", flags: []flag{{0, "RUSAGE_SELF"}, {0xffffffff, "RUSAGE_CHILDREN"}, {1, "RUSAGE_THREAD"}}},
	"prio":   {enum: true, other: "PRIO_???", flags: []flag{{0, "PRIO_PROCESS"}, {1, "PRIO_PGRP"}, {2, "PRIO_USER"}}},
	"sched": {enum: true, other: "SCHED_???", flags: []flag{{0, "SCHED_OTHER"}, {1, "SCHED_FIFO"}, {2, "SCHED_RR"}, {3, "SCHED_BATCH"},
		{5, "SCHED_IDLE"}, {6, "SCHED_DEADLINE"}}},
	"syslog": {enum: true, other: "SYSLOG_ACTION_???", flags: []flag{{0, "SYSLOG_ACTION_CLOSE"}, {1, "SYSLOG_ACTION_OPEN"}, {2, "SYSLOG_ACTION_READ"},
		{3, "SYSLOG_ACTION_READ_ALL"}, {4, "SYSLOG_ACTION_READ_CLEAR"}, {5, "SYSLOG_ACTION_CLEAR"}, {6, "SYSLOG_ACTION_CONSOLE_OFF"},
		{7, "SYSLOG_ACTION_CONSOLE_ON"}, {8, "SYSLOG_ACTION_CONSOLE_LEVEL"}, {9, "SYSLOG_ACTION_SIZE_UNREAD"}, {10, "SYSLOG_ACTION_SIZE_BUFFER"}}},
	"reboot": {enum: true, other: "LINUX_REBOOT_CMD_???", flags: []flag{{rebootPowerOff, "LINUX_REBOOT_CMD_POWER_OFF"},
		{rebootRestart, "LINUX_REBOOT_CMD_RESTART"}, {rebootRestart2, "LINUX_REBOOT_CMD_RESTART2"}, {rebootHalt, "LINUX_REBOOT_CMD_HALT"}, {rebootCADOn, "LINUX_REBOOT_CMD_CAD_ON"},
		{rebootCADOff, "LINUX_REBOOT_CMD_CAD_OFF"}}},
	"mount": {flags: []flag{{1, "MS_RDONLY"}, {2, "MS_NOSUID"}, {4, "MS_NODEV"}, {8, "MS_NOEXEC"}, {0x20, "MS_REMOUNT"}, {0x1000, "MS_BIND"},
		{0x8000, "MS_SILENT"}}},
	"splice":          {flags: []flag{{1, "SPLICE_F_MOVE"}, {2, "SPLICE_F_NONBLOCK"}, {4, "SPLICE_F_MORE"}, {8, "SPLICE_F_GIFT"}}},
	"rwf":             {flags: []flag{{1, "RWF_HIPRI"}, {2, "RWF_DSYNC"}, {4, "RWF_SYNC"}, {8, "RWF_NOWAIT"}, {16, "RWF_APPEND"}}},
	"sync_file_range": {flags: []flag{{1, "SYNC_FILE_RANGE_WAIT_BEFORE"}, {2, "SYNC_FILE_RANGE_WRITE"}, {4, "SYNC_FILE_RANGE_WAIT_AFTER"}}},
	"xattr":           {flags: []flag{{1, "XATTR_CREATE"}, {2, "XATTR_REPLACE"}}},
	"swapon":          {flags: []flag{{0x8000, "SWAP_FLAG_PREFER"}, {0x10000, "SWAP_FLAG_DISCARD"}}},
	"umount":          {flags: []flag{{1, "MNT_FORCE"}, {2, "MNT_DETACH"}, {4, "MNT_EXPIRE"}, {8, "UMOUNT_NOFOLLOW"}}},
	"poll": {flags: []flag{{1, "POLLIN"}, {2, "POLLPRI"}, {4, "POLLOUT"}, {8, "POLLERR"}, {0x10, "POLLHUP"}, {0x20, "POLLNVAL"},
		{0x40, "POLLRDNORM"}, {0x80, "POLLRDBAND"}, {0x100, "POLLWRNORM"}, {0x200, "POLLWRBAND"}}},
	"ioctl": {enum: true, other: "???", flags: []flag{{abi.TCGETS, "TCGETS"}, {abi.TCSETS, "TCSETS"}, {abi.TCSETSW, "TCSETSW"},
		{abi.TCSETSF, "TCSETSF"}, {abi.TCGETA, "TCGETA"}, {abi.TCSETA, "TCSETA"}, {abi.TCSBRK, "TCSBRK"}, {abi.TCXONC, "TCXONC"},
		{abi.TCFLSH, "TCFLSH"}, {abi.TIOCSCTTY, "TIOCSCTTY"}, {abi.TIOCGPGRP, "TIOCGPGRP"}, {abi.TIOCSPGRP, "TIOCSPGRP"},
		{abi.TIOCOUTQ, "TIOCOUTQ"}, {abi.TIOCSTI, "TIOCSTI"}, {abi.TIOCGWINSZ, "TIOCGWINSZ"}, {abi.TIOCSWINSZ, "TIOCSWINSZ"},
		{abi.FIONREAD, "FIONREAD"}, {abi.FIONBIO, "FIONBIO"}, {abi.TIOCNOTTY, "TIOCNOTTY"}, {abi.TIOCGETD, "TIOCGETD"},
		{abi.TIOCGSID, "TIOCGSID"}, {abi.FIONCLEX, "FIONCLEX"}, {abi.FIOCLEX, "FIOCLEX"}, {abi.FIOASYNC, "FIOASYNC"},
		{ficlone, "FICLONE"}, {ficloneRange, "FICLONERANGE"},
		{fidedupeRange, "FIDEDUPERANGE"}, {fsIocFiemap, "FS_IOC_FIEMAP"}, {fsIocGetflags, "FS_IOC_GETFLAGS"}, {fsIocSetflags, "FS_IOC_SETFLAGS"}, {figetbsz, "FIGETBSZ"}}},
	"family": {enum: true, other: "AF_???", flags: []flag{{abi.AF_UNSPEC, "AF_UNSPEC"}, {abi.AF_UNIX, "AF_UNIX"}, {2, "AF_INET"},
		{10, "AF_INET6"}, {16, "AF_NETLINK"}, {17, "AF_PACKET"}, {38, "AF_ALG"}, {40, "AF_VSOCK"}}},
	"sockkind": {enum: true, other: "SOCK_???", flags: []flag{{abi.SOCK_STREAM, "SOCK_STREAM"}, {abi.SOCK_DGRAM, "SOCK_DGRAM"},
		{abi.SOCK_RAW, "SOCK_RAW"}, {4, "SOCK_RDM"}, {abi.SOCK_SEQPACKET, "SOCK_SEQPACKET"}}},
	"socktype":  {base: "sockkind", mask: abi.SOCK_TYPE_MASK, flags: sockFlags},
	"sockflags": {flags: sockFlags},
	"shutdown":  {enum: true, other: "SHUT_???", flags: []flag{{0, "SHUT_RD"}, {1, "SHUT_WR"}, {2, "SHUT_RDWR"}}},
	"sol":       {enum: true, other: "SOL_???", flags: []flag{{abi.SOL_SOCKET, "SOL_SOCKET"}, {6, "SOL_TCP"}}},
	"so": {enum: true, other: "SO_???", flags: []flag{{abi.SO_DEBUG, "SO_DEBUG"}, {abi.SO_REUSEADDR, "SO_REUSEADDR"}, {abi.SO_TYPE, "SO_TYPE"},
		{abi.SO_ERROR, "SO_ERROR"}, {abi.SO_DONTROUTE, "SO_DONTROUTE"}, {abi.SO_BROADCAST, "SO_BROADCAST"}, {abi.SO_SNDBUF, "SO_SNDBUF"},
		{abi.SO_RCVBUF, "SO_RCVBUF"}, {abi.SO_KEEPALIVE, "SO_KEEPALIVE"}, {abi.SO_OOBINLINE, "SO_OOBINLINE"}, {abi.SO_PRIORITY, "SO_PRIORITY"},
		{abi.SO_LINGER, "SO_LINGER"}, {abi.SO_REUSEPORT, "SO_REUSEPORT"}, {abi.SO_PASSCRED, "SO_PASSCRED"}, {abi.SO_PEERCRED, "SO_PEERCRED"},
		{abi.SO_RCVLOWAT, "SO_RCVLOWAT"}, {abi.SO_SNDLOWAT, "SO_SNDLOWAT"}, {abi.SO_RCVTIMEO, "SO_RCVTIMEO_OLD"},
		{abi.SO_SNDTIMEO, "SO_SNDTIMEO_OLD"}, {abi.SO_TIMESTAMP, "SO_TIMESTAMP_OLD"}, {abi.SO_ACCEPTCONN, "SO_ACCEPTCONN"},
		{abi.SO_PEERSEC, "SO_PEERSEC"}, {abi.SO_SNDBUFFORCE, "SO_SNDBUFFORCE"}, {abi.SO_RCVBUFFORCE, "SO_RCVBUFFORCE"},
		{abi.SO_PROTOCOL, "SO_PROTOCOL"}, {abi.SO_DOMAIN, "SO_DOMAIN"}}},
	"msg": {flags: []flag{{abi.MSG_OOB, "MSG_OOB"}, {abi.MSG_PEEK, "MSG_PEEK"}, {4, "MSG_DONTROUTE"}, {abi.MSG_CTRUNC, "MSG_CTRUNC"},
		{abi.MSG_TRUNC, "MSG_TRUNC"}, {abi.MSG_DONTWAIT, "MSG_DONTWAIT"}, {abi.MSG_EOR, "MSG_EOR"}, {abi.MSG_WAITALL, "MSG_WAITALL"},
		{abi.MSG_ERRQUEUE, "MSG_ERRQUEUE"}, {abi.MSG_NOSIGNAL, "MSG_NOSIGNAL"}, {0x8000, "MSG_MORE"}, {abi.MSG_WAITFORONE, "MSG_WAITFORONE"},
		{abi.MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"}}},
}

var sockFlags = []flag{{abi.SOCK_NONBLOCK, "SOCK_NONBLOCK"}, {abi.SOCK_CLOEXEC, "SOCK_CLOEXEC"}}
