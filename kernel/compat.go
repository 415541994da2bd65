package kernel

// i386Numbers maps the 32-bit system call numbers of INT 0x80 to the 64-bit ones, for calls whose arguments mean the
// same in both. Linux arch/x86/entry/syscalls/syscall_32.tbl
var i386Numbers = [...]struct{ nr32, nr64 uint16 }{
	{1, 60},    // exit
	{2, 57},    // fork
	{3, 0},     // read
	{4, 1},     // write
	{5, 2},     // open
	{6, 3},     // close
	{7, 61},    // waitpid; the fourth argument of wait4 is 0 then
	{9, 86},    // link
	{10, 87},   // unlink
	{12, 80},   // chdir
	{13, 201},  // time
	{15, 90},   // chmod
	{19, 8},    // lseek
	{20, 39},   // getpid
	{24, 102},  // getuid
	{27, 37},   // alarm
	{29, 34},   // pause
	{33, 21},   // access
	{36, 162},  // sync
	{37, 62},   // kill
	{38, 82},   // rename
	{39, 83},   // mkdir
	{40, 84},   // rmdir
	{41, 32},   // dup
	{42, 22},   // pipe
	{47, 104},  // getgid
	{49, 107},  // geteuid
	{50, 108},  // getegid
	{60, 95},   // umask
	{63, 33},   // dup2
	{64, 110},  // getppid
	{65, 111},  // getpgrp
	{66, 112},  // setsid
	{85, 89},   // readlink
	{91, 11},   // munmap
	{118, 74},  // fsync
	{125, 10},  // mprotect
	{132, 121}, // getpgid
	{158, 24},  // sched_yield
	{224, 186}, // gettid
	{252, 231}, // exit_group
}

// noCompat is a number that no system call has.
const noCompat = MaxSyscall

func compatNumber(nr uint64) uint64 {
	for _, p := range i386Numbers {
		if uint64(p.nr32) == nr {
			return uint64(p.nr64)
		}
	}
	return noCompat
}
