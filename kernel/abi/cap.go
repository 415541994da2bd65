package abi

// Capabilities. Linux include/uapi/linux/capability.h
const (
	CAP_CHOWN           = 0
	CAP_DAC_OVERRIDE    = 1
	CAP_DAC_READ_SEARCH = 2
	CAP_FOWNER          = 3
	CAP_FSETID          = 4
	CAP_KILL            = 5
	CAP_SETGID          = 6
	CAP_SETUID          = 7
	CAP_SETPCAP         = 8
	CAP_IPC_LOCK        = 14
	CAP_SYS_RAWIO       = 17
	CAP_SYS_CHROOT      = 18
	CAP_SYS_PTRACE      = 19
	CAP_SYS_ADMIN       = 21
	CAP_SYS_BOOT        = 22
	CAP_SYS_NICE        = 23
	CAP_SYS_RESOURCE    = 24
	CAP_SYS_TIME        = 25
	CAP_SYS_TTY_CONFIG  = 26
	CAP_MKNOD           = 27
	CAP_WAKE_ALARM      = 35
	CAP_LAST_CAP        = 40

	CAP_ALL = 1<<(CAP_LAST_CAP+1) - 1 // as a set
	// CAP_FS_SET are those that go with the file system user ID: CHOWN to FSETID, LINUX_IMMUTABLE, MKNOD, MAC_OVERRIDE.
	CAP_FS_SET = 1<<CAP_CHOWN | 1<<CAP_DAC_OVERRIDE | 1<<CAP_DAC_READ_SEARCH | 1<<CAP_FOWNER | 1<<CAP_FSETID | 1<<9 | 1<<CAP_MKNOD | 1<<32
)

// Bits of prctl(2), PR_SET_SECUREBITS; the lock of each is the next one. Linux include/uapi/linux/securebits.h
const (
	SECURE_NOROOT               = 1 << 0
	SECURE_NO_SETUID_FIXUP      = 1 << 2
	SECURE_KEEP_CAPS            = 1 << 4
	SECURE_KEEP_CAPS_LOCKED     = 1 << 5
	SECURE_NO_CAP_AMBIENT_RAISE = 1 << 6
	SECURE_ALL_BITS             = 0x55
	SECURE_ALL_LOCKS            = 0xaa
)

// More options of prctl(2).
const (
	PR_GET_TIMING      = 13
	PR_SET_TIMING      = 14
	PR_GET_SECCOMP     = 21
	PR_CAPBSET_DROP    = 24
	PR_GET_TSC         = 25
	PR_SET_TSC         = 26
	PR_SET_TIMERSLACK  = 29
	PR_GET_TIMERSLACK  = 30
	PR_MCE_KILL_GET    = 34
	PR_GET_TID_ADDRESS = 40
	PR_CAP_AMBIENT     = 47

	PR_CAP_AMBIENT_IS_SET    = 1
	PR_CAP_AMBIENT_RAISE     = 2
	PR_CAP_AMBIENT_LOWER     = 3
	PR_CAP_AMBIENT_CLEAR_ALL = 4

	PR_TIMING_STATISTICAL = 0
	PR_TSC_ENABLE         = 1
	PR_MCE_KILL_DEFAULT   = 2
)
