package abi

// UtsLen is the size of one field of Utsname. uname(2)
const UtsLen = 65

// Utsname is struct new_utsname.
type Utsname struct {
	Sysname, Nodename, Release, Version, Machine, Domainname [UtsLen]byte
}

// CString puts s and a NUL in a fixed array, cut when it is too long.
func CString(dst []byte, s string) {
	n := copy(dst[:len(dst)-1], s)
	clear(dst[n:])
}

// Rlimit is struct rlimit64. prlimit(2)
type Rlimit struct{ Cur, Max uint64 }

// Sysinfo is struct sysinfo. sysinfo(2)
type Sysinfo struct {
	Uptime                                  int64
	Loads                                   [3]uint64
	TotalRAM, FreeRAM, SharedRAM, BufferRAM uint64
	TotalSwap, FreeSwap                     uint64
	Procs, Pad0                             uint16
	Pad1                                    uint32
	TotalHigh, FreeHigh                     uint64
	MemUnit                                 uint32
	Pad2                                    uint32
}

// CloneArgs is struct clone_args as far as version 2. clone(2)
type CloneArgs struct {
	Flags, PIDFD, ChildTID, ParentTID uint64
	ExitSignal                        uint64
	Stack, StackSize, TLS             uint64
	SetTID, SetTIDSize, Cgroup        uint64
}

// RobustListHead is struct robust_list_head. set_robust_list(2)
type RobustListHead struct {
	Next        uint64
	FutexOffset int64
	Pending     uint64
}

// SchedParam is struct sched_param.
type SchedParam struct{ Priority int32 }
